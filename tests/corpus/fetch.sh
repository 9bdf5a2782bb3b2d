#!/usr/bin/env bash
# Downloads the crates of the corpus: Debian's packages of Rust sources, made into a directory source for cargo. Nothing is
# installed on the system; the mirror is the one that apt uses. A second run downloads only what is missing.
# usage: tests/corpus/fetch.sh [PACKAGE...]
#   PACKAGE  librust-*-dev packages, with everything they depend on; default: what the corpus needs
# environment: MIRLINK_CORPUS (artifacts/corpus), MIRLINK_CORPUS_SUITE (sid)
# writes:  registry/NAME-VERSION/   the crates
#          cargo-home/config.toml   makes cargo use them: CARGO_HOME=$MIRLINK_CORPUS/cargo-home
#          versions.txt             the packages and their versions, as sid moves
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mkdir -p "${MIRLINK_CORPUS:=artifacts/corpus}"
corpus=$(cd "$MIRLINK_CORPUS" && pwd)
suite=${MIRLINK_CORPUS_SUITE:-sid}
wanted=("$@")
if [[ ${#wanted[@]} -eq 0 ]]; then
    # Applications, then what ripgrep and the corpus' own programs use.
    wanted=(librust-{just,tokei,eza,bat}-dev
        librust-{grep,ignore,globset,bstr,lexopt,termcolor,textwrap,walkdir,encoding-rs,encoding-rs-io,crossbeam-channel,memmap2}-dev
        librust-{serde-json,serde-derive,regex,clap,clap-derive,anyhow,thiserror,itertools,rayon,tokio,hashbrown,indexmap,smallvec,chrono,rand,flate2,libz-sys,cc}-dev)
fi

apt=$corpus/apt
mkdir -p "$apt"/{lists/partial,cache/archives/partial,state,debs,unpacked} "$corpus"/{registry,cargo-home}

# The mirror and keyring of the system's own apt, with another suite.
mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources 2> /dev/null | head -n 1)
[[ -n $mirror ]] || mirror=$(sed -n 's/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' /etc/apt/sources.list 2> /dev/null | head -n 1)
[[ -n $mirror ]] || { echo "fetch: apt has no source to learn the mirror from" >&2; exit 1; }
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" > "$apt/sources.list"

opts=(-o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State="$apt/state" -o Dir::State::Lists="$apt/lists"
    -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" -o Debug::NoLocking=1 -o APT::Install-Recommends=0 -o APT::Sandbox::User=root)

# apt resolves against a system where nothing is installed but a stand-in for what the suite lacks today.
stand_in() {
    printf 'Package: stand-in\nStatus: install ok installed\nMaintainer: none <none@example.org>\nArchitecture: amd64\nVersion: 1.0\nDescription: stand-in\n'
    [[ $# -eq 0 ]] || { local IFS=,; printf 'Provides: %s\n' "$*"; }
    echo
}
stand_in > "$apt/status"
compgen -G "$apt/lists/*Packages*" > /dev/null || apt-get "${opts[@]}" -qq update

known=()
for package in "${wanted[@]}"; do
    if apt-cache "${opts[@]}" show "$package" > /dev/null 2>&1; then
        known+=("$package")
    else
        echo "fetch: $package is not in $suite" >&2
    fi
done

missing=()
for _ in 1 2 3 4 5; do
    apt-get "${opts[@]}" -s -y install "${known[@]}" > "$apt/plan" 2>&1 && break
    mapfile -t lacking < <(sed -n 's/.*Depends: \(librust-[^ ]*\) \((= [^)]*) \)\?but it is not installable.*/\1/p' "$apt/plan" | sort -u)
    [[ ${#lacking[@]} -gt 0 ]] || { cat "$apt/plan" >&2; exit 1; }
    missing+=("${lacking[@]}")
    echo "fetch: $suite lacks ${lacking[*]}" >&2
    stand_in "${missing[@]}" > "$apt/status"
done
sed -n 's/^Inst \(librust-[^ ]*\) (\([^ ]*\) .*/\1=\2/p' "$apt/plan" | sort -u > "$corpus/versions.txt"
[[ -s $corpus/versions.txt ]] || { cat "$apt/plan" >&2; exit 1; }
echo "fetch: $(wc -l < "$corpus/versions.txt") packages, versions in $corpus/versions.txt"

(
    cd "$apt/debs"
    while IFS='=' read -r package version; do
        compgen -G "${package}_${version//:/%3a}_*.deb" > /dev/null || echo "$package=$version"
    done < "$corpus/versions.txt" | xargs -r -n 40 apt-get "${opts[@]}" -qq download
)
for deb in "$apt"/debs/*.deb; do
    mark=$apt/unpacked/${deb##*/}
    [[ ! -e $mark ]] || continue
    rm -rf "$apt/x"
    dpkg -x "$deb" "$apt/x"
    # Debian links licences and the like to elsewhere in the package; a crate must stand alone.
    [[ ! -d $apt/x/usr/share/cargo/registry ]] || cp -rLn "$apt"/x/usr/share/cargo/registry/* "$corpus/registry/"
    touch "$mark"
done
rm -rf "$apt/x"

cat > "$corpus/cargo-home/config.toml" << EOT
[source.crates-io]
replace-with = "debian"
[source.debian]
directory = "$corpus/registry"
[net]
offline = true
EOT
echo "fetch: $(find "$corpus/registry" -mindepth 1 -maxdepth 1 | wc -l) crates in $corpus/registry"
