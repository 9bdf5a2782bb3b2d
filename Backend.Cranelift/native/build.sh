#!/usr/bin/env bash
# Builds libmirlink_cranelift.so into DIR (default: artifacts/cranelift of the repository), once: nothing happens while it is newer than its
# sources. The crates come from Debian's archive (fetch-crates.sh), or from crates.io where that is what can be reached.
# usage: build.sh [DIR]
# environment: MIRLINK_RUSTC, MIRLINK_CARGO (default /usr/bin/rustc and cargo beside it)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=${1:-$here/../../artifacts/cranelift}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
library=$dir/libmirlink_cranelift.so
rustc=${MIRLINK_RUSTC:-/usr/bin/rustc}
cargo=${MIRLINK_CARGO:-$(dirname "$rustc")/cargo}

inputs=("$here"/{Cargo.toml,Cargo.lock,packages.txt,SHA256SUMS,build.sh,fetch-crates.sh} "$here"/src/*.rs)
stamp=$("$rustc" --version; sha256sum "${inputs[@]}" | cut -d' ' -f1)
if [[ -f $library && -f $dir/.built && $(<"$dir/.built") == "$stamp" ]]; then exit 0; fi

exec 8> "$dir/.lock"
flock 8
if [[ -f $library && -f $dir/.built && $(<"$dir/.built") == "$stamp" ]]; then exit 0; fi
started=$(date +%s)

# cargo works on a copy, so that what it writes stays out of the sources.
rm -rf "$dir/crate"
mkdir -p "$dir/crate" "$dir/home"
cp -r "$here/src" "$here/Cargo.toml" "$dir/crate/"
run() {
    (cd "$dir/crate" && CARGO_HOME=$dir/home RUSTC=$rustc CARGO_TARGET_DIR=$dir/target RUSTFLAGS='' "$cargo" build --release --quiet "$@")
}
if "$here/fetch-crates.sh" "$dir"; then
    printf '[source.crates-io]\nreplace-with = "debian"\n[source.debian]\ndirectory = "%s"\n[net]\noffline = true\n' "$dir/registry" > "$dir/home/config.toml"
    cp "$here/Cargo.lock" "$dir/crate/"
    # The lock holds for the pinned packages; newer ones are resolved again.
    run --locked 2> /dev/null || { rm -f "$dir/crate/Cargo.lock"; run --offline; }
else
    echo 'crates: trying crates.io instead'
    rm -f "$dir/home/config.toml"
    run || { echo "crates: crates.io cannot be reached either, or the build failed" >&2; exit 1; }
fi
cp "$dir/target/release/libmirlink_cranelift.so" "$library.new"
mv "$library.new" "$library"
echo "$stamp" > "$dir/.built"
echo "build: $library built in $(($(date +%s) - started)) s"
