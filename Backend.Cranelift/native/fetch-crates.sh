#!/usr/bin/env bash
# Downloads Cranelift's source crates as Debian packages and unpacks them into DIR/registry, a cargo directory source. Nothing is installed:
# apt works on a state folder of its own in DIR. The packages are pinned in packages.txt and checked against SHA256SUMS; a pin that the
# suites no longer have is replaced by what they have now, with a notice (apt checks that one by the archive's signature).
# usage: fetch-crates.sh DIR
# environment: MIRLINK_CRATES_SUITES (default "forky sid")
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$1"
dir=$(cd "$1" && pwd)
say() { printf 'crates: %s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }

pins=$(cat "$here/packages.txt" "$here/SHA256SUMS" "$here/fetch-crates.sh" | sha256sum | cut -c1-16)
if [[ -f $dir/registry/.pins && $(<"$dir/registry/.pins") == "$pins" ]]; then exit 0; fi

debs=$dir/debs
mkdir -p "$debs"
file_of() { local v=${2//:/%3a}; compgen -G "$debs/$1_${v}_*.deb" | head -n 1 || true; }

# The archive is whatever this system's own apt uses.
use_apt() {
    [[ -z ${opts+x} ]] || return 0
    command -v apt-get > /dev/null || return 1
    local mirror suite apt=$dir/apt
    mirror=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/debian.sources 2> /dev/null | head -n 1)
    [[ -n $mirror ]] || mirror=$(sed -n 's/^deb \(\[[^]]*\] \)\?\([^ ]*\/debian\/\?\) .*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2> /dev/null | head -n 1)
    [[ -n $mirror ]] || return 1
    mkdir -p "$apt"/{lists/partial,cache/archives/partial,state}
    : > "$apt/sources.list"
    for suite in ${MIRLINK_CRATES_SUITES:-forky sid}; do
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >> "$apt/sources.list"
    done
    : > "$apt/status"
    opts=(-o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State="$apt/state" -o Dir::State::Lists="$apt/lists"
        -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" -o Debug::NoLocking=1 -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none
        -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false)
    apt-get "${opts[@]}" -qq update
}
download() { (cd "$debs" && apt-get "${opts[@]}" -qq download "$@") > "$dir/apt/log" 2>&1; }

# The newest version in the suites that is a patch release of the pin, if need be any newer one.
current() {
    local package=$1 pin=$2 versions
    versions=$(apt-cache "${opts[@]}" madison "$package" | awk -F'|' '{ gsub(/ /, "", $2); print $2 }' | sort -Vru)
    [[ -n $versions ]] || return 1
    grep -m 1 "^$(sed -E 's/^(0\.[0-9]+|[0-9]+)\..*/\1./; s/\./\\./g' <<< "$pin")" <<< "$versions" || head -n 1 <<< "$versions"
}

missing=()
while read -r package version; do [[ -n $(file_of "$package" "$version") ]] || missing+=("$package=$version"); done < "$here/packages.txt"
if [[ ${#missing[@]} -gt 0 ]]; then
    say "fetching ${#missing[@]} packages of Rust sources from this system's Debian archive"
    use_apt || fail "this system's Debian archive cannot be reached"
    download "${missing[@]}" || for pin in "${missing[@]}"; do download "$pin" || true; done
fi

chosen=()
while read -r package version; do
    deb=$(file_of "$package" "$version")
    if [[ -n $deb ]]; then
        sum=$(sha256sum "$deb" | cut -d' ' -f1)
        grep -qxF "$sum  $(basename "$deb")" "$here/SHA256SUMS" || { rm -f "$deb"; fail "$(basename "$deb") is not the file that SHA256SUMS names; its sum is $sum"; }
    else
        use_apt || fail "this system's Debian archive cannot be reached"
        now=$(current "$package" "$version") || fail "$package is not in the archive"
        say "notice: $package $version is gone from the archive; using $now"
        deb=$(file_of "$package" "$now")
        [[ -n $deb ]] || { download "$package=$now" || fail "$package $now cannot be downloaded: $(<"$dir/apt/log")"; deb=$(file_of "$package" "$now"); }
    fi
    chosen+=("$deb")
done < "$here/packages.txt"

rm -rf "$dir/unpacked" "$dir/registry" "$dir/registry.new"
mkdir -p "$dir/registry.new"
for deb in "${chosen[@]}"; do dpkg -x "$deb" "$dir/unpacked"; done
cp -rL "$dir"/unpacked/usr/share/cargo/registry/* "$dir/registry.new/"
rm -rf "$dir/unpacked"
echo "$pins" > "$dir/registry.new/.pins"
mv "$dir/registry.new" "$dir/registry"
say "$(find "$dir/registry" -mindepth 1 -maxdepth 1 -type d | wc -l) crates in $dir/registry"
