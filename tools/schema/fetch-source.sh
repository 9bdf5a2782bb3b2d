#!/usr/bin/env bash
# Downloads a compiler's source as Debian has it, compiler and library (its package rust-src), from whichever suite carries that release.
# Nothing is installed on the system; the mirror is the one that apt uses.
# usage: tools/schema/fetch-source.sh                     # lists the releases there are
#        tools/schema/fetch-source.sh VERSION [OUT]       # e.g. 1.95.0; into OUT (artifacts/rust-src), as rustc-VERSION
#        tools/schema/fetch-source.sh --std VERSION [OUT] # also the precompiled standard library, as std-VERSION: for tests/Rustc.Tests, where that rustc cannot be run
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
std=
if [[ ${1-} == --std ]]; then std=1; shift; fi
version=${1-}
out=${2:-artifacts/rust-src}
mkdir -p "$out"
out=$(cd "$out" && pwd)
apt=$out/apt
mkdir -p "$apt"/{lists/partial,cache/archives/partial,state,debs}

mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources 2> /dev/null | grep -m 1 '/debian/\?$' || true)
[[ -n $mirror ]] || mirror=$(sed -n 's/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' /etc/apt/sources.list 2> /dev/null | head -n 1)
[[ -n $mirror ]] || { echo "fetch-source: apt has no source to learn the mirror from" >&2; exit 1; }
for suite in experimental sid forky trixie-backports trixie; do
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
done > "$apt/sources.list"
: > "$apt/status"
opts=(-o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State="$apt/state" -o Dir::State::Lists="$apt/lists"
    -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
compgen -G "$apt/lists/*Packages*" > /dev/null || apt-get "${opts[@]}" -qq update

# The newest revision of that release.
revision() { apt-cache "${opts[@]}" madison "$1" | awk -v v="$version+" '{ sub(/~.*/, "", $4) } index($3, v) == 1 { print $3; exit }'; }
unpack() { # package, revision, folder of the package, name in the output
    (cd "$apt/debs" && apt-get "${opts[@]}" -qq download "$1=$2")
    rm -rf "$apt/x"
    dpkg-deb -x "$apt/debs/$1_${2//:/%3a}"_*.deb "$apt/x"
    rm -rf "${out:?}/$4"
    mv "$apt/x/$3" "$out/$4"
    rm -rf "$apt/x" "$apt/debs/$1"_*.deb
    echo "fetch-source: $1 $2 in $out/$4"
}

if [[ -z $version ]]; then
    apt-cache "${opts[@]}" madison rust-src | awk '{ print $3 }' | sort -Vu
    exit
fi
found=$(revision rust-src)
[[ -n $found ]] || { echo "fetch-source: no suite has rust-src $version; there are:" >&2; "$0" >&2; exit 1; }
[[ -d $out/rustc-$version ]] || unpack rust-src "$found" "usr/src/rustc-$version" "rustc-$version"
if [[ -n $std && ! -d $out/std-$version ]]; then
    found=$(revision libstd-rust-dev)
    [[ -n $found ]] || { echo "fetch-source: no suite has libstd-rust-dev $version" >&2; exit 1; }
    unpack libstd-rust-dev "$found" usr/lib/rustlib "std-$version"
fi
