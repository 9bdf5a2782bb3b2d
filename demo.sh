#!/usr/bin/env bash
# Builds examples/workspace with mirlink and with cargo alone, runs both, and shows what is different about the libraries.
# usage: ./demo.sh [--debug]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./setup.sh
./build.sh

profile=release
options=(--release)
if [[ ${1-} == --debug ]]; then profile=debug options=(); fi
mirlink=${MIRLINK:-$PWD/mirlink}
work=$PWD/artifacts/demo
app=stockroom
rm -rf "$work"
mkdir -p "$work"

say() { printf '\n== %s\n' "$*"; }
# What the linker put into a program is found wherever cargo's layout has it.
executable() { find "$1" -path "*/$profile/$app" -type f -perm -u+x -print -quit; }
functions() { nm --defined-only "$1" 2> /dev/null | grep -c ' [tTwW] ' || true; }
# Function symbols that rustc's own build left in the objects of the workspace's libraries and program.
compiled_by_rustc() { find "$work/cargo" -path "*/$profile/deps/*.rcgu.o" ! -name 'record_derive*' -exec nm --defined-only {} + 2> /dev/null | grep -c ' [tTwW] ' || true; }
# An item count of the report.
reported() { awk -v stage="$1" '$1 == stage { print $4 }' "$work/mirlink.err" | tail -n 1; }
# Sections with machine code in the members of an archive, counted by their flags.
code_sections() { readelf -SW "$1" 2> /dev/null | grep -cE ' +[A-Z]*AX[A-Z]* ' || true; }
size() { stat -c %s "$1"; }
seconds() { local s=$EPOCHREALTIME; "${@:2}"; local e=$EPOCHREALTIME; printf -v "$1" '%d.%03d' $(((${e/./} - ${s/./}) / 1000000)) $(((${e/./} - ${s/./}) / 1000 % 1000)); }

say "mirlink build ${options[*]}"
# The link reports what it did on the way (the same table as `mirlink link --timings`).
build_with_mirlink() { (cd examples/workspace && CARGO_TARGET_DIR=$work/mirlink MIRLINK_TIMINGS=1 "$mirlink" build "${options[@]}") 2> >(tee "$work/mirlink.err" >&2); }
seconds ours build_with_mirlink

say "cargo build ${options[*]}, for comparison"
build_with_cargo() { (cd examples/workspace && RUSTC=$MIRLINK_RUSTC RUSTFLAGS=-Csave-temps CARGO_TARGET_DIR=$work/cargo "$MIRLINK_CARGO" build --offline "${options[@]}"); }
seconds theirs build_with_cargo

a=$(executable "$work/mirlink")
b=$(executable "$work/cargo")
[[ -n $a && -n $b ]] || { echo "demo: no program was built" >&2; exit 1; }

say "the program built by mirlink"
"$a" | tee "$work/mirlink.out"
"$b" > "$work/cargo.out"
cmp "$work/mirlink.out" "$work/cargo.out"
echo "(the program built by cargo alone prints the same)"

say "the libraries: no machine code in mirlink's"
printf '  %-10s %26s %26s\n' '' 'mirlink' 'cargo alone'
printf '  %-10s %9s %16s %9s %16s\n' library bytes 'code sections' bytes 'code sections'
with_code=0
for crate in records formula summary catalog; do
    m=$(find "$work/mirlink" -name "lib$crate-*.rlib" -print -quit)
    c=$(find "$work/cargo" -name "lib$crate-*.rlib" -print -quit)
    [[ -n $m && -n $c ]] || { echo "demo: library $crate is missing" >&2; exit 1; }
    n=$(code_sections "$m")
    with_code=$((with_code + n))
    printf '  %-10s %9d %16d %9d %16d\n' "$crate" "$(size "$m")" "$n" "$(size "$c")" "$(code_sections "$c")"
done
[[ $with_code -eq 0 ]] || { echo "demo: a library of mirlink's holds machine code" >&2; exit 1; }
m=$(find "$work/mirlink" -name 'libformula-*.rlib' -print -quit)
say "mirlink inspect $(basename "$m")"
"$mirlink" inspect "$m" | head -n 20

say "the programs"
printf '  %-22s %12s %12s\n' '' mirlink 'cargo alone'
printf '  %-22s %12s %12s\n' 'build, seconds' "$ours" "$theirs"
printf '  %-22s %12d %12d\n' 'bytes' "$(size "$a")" "$(size "$b")"
printf '  %-22s %12d %12d\n' 'function symbols' "$(functions "$a")" "$(functions "$b")"
echo "  mirlink: $(reported collect) instances reached from main, $(reported merge) bodies given to LLVM (equal ones are one)"
echo "  cargo alone: $(compiled_by_rustc) function symbols in rustc's objects, after its optimizer removed what it inlined"
