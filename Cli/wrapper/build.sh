#!/usr/bin/env bash
# Compiles cargo's rustc wrapper to FILE, unless it is newer than its source. Where that is impossible the shell script that is there stays: it does the same
# with a process of .NET for each crate.
# usage: build.sh FILE
# environment: MIRLINK_RUSTC (default: /usr/bin/rustc, or rustup's toolchain of the release in ../../Rustc/Schema/releases.txt)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$1
source=$here/mirlink-rustc.rs
if [[ -x $out && $out -nt $source && $(head -c 4 "$out" | tr -d '\0') == $'\x7fELF' ]]; then exit 0; fi

rustc=${MIRLINK_RUSTC-}
for candidate in /usr/bin/rustc "${RUSTUP_HOME:-$HOME/.rustup}"/toolchains/*/bin/rustc; do
    [[ -z $rustc && -x $candidate ]] && rustc=$candidate
done
if [[ -z $rustc ]]; then
    echo "build: without rustc the wrapper that cargo calls stays a shell script, and each crate costs more (./setup.sh, then ./build.sh)" >&2
    exit 0
fi
scratch=$out.$$.new
trap 'rm -f "$scratch"' EXIT
if ! "$rustc" --edition 2024 -O -C panic=abort -C strip=symbols "$source" -o "$scratch"; then
    echo "build: $source could not be compiled (see above): the wrapper that cargo calls stays a shell script" >&2
    exit 0
fi
mv -f "$scratch" "$out"
