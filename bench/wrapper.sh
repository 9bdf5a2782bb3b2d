#!/usr/bin/env bash
# What Mirlink adds to the compilation of one library crate: CPU time (user + system) beside that of rustc with the very arguments that the wrapper gives it.
#   served   the wrapper as cargo calls it under `mirlink build`: its own CPU, its rustc's, and that of the serving process meanwhile (/proc/PID/stat), from its
#            first request to its last, the runtime's compiler and garbage collector included
#   direct   the wrapper without a server: a process of .NET for the crate
# Means over RUNS calls, the three kinds alternating, in a build of its own for each crate.
# usage: bench/wrapper.sh [RUNS]      RUNS (20)
# The machine should have nothing else to do. The CPU time of commands is read from bash's `times`, in milliseconds.
set -euo pipefail

# As cargo: `mirlink build` calls this script with a server listening.
if [[ ${BENCH_CRATE-} ]]; then
    common=(--crate-name "$BENCH_CRATE" --edition 2024 "$BENCH_SOURCE" --crate-type lib --error-format=human -C opt-level=3 --target x86_64-unknown-linux-gnu)
    by_wrapper=("$RUSTC_WRAPPER" "$RUSTC" "${common[@]}" --emit=dep-info,metadata,link --out-dir "$BENCH_OUT")
    # What LibraryCompilation makes of it.
    by_rustc=(env RUSTC_BOOTSTRAP=1 "$RUSTC" "${common[@]}" "--emit=metadata=$BENCH_OUT/lib$BENCH_CRATE.rmeta,dep-info=$BENCH_OUT/$BENCH_CRATE.d" -Zalways-encode-mir -Zallow-features=)
    TIMEFORMAT='%3U %3S'
    total=0
    # The CPU time of a command in milliseconds, to `took` and added to `total`.
    cpu() {
        local t user sys
        t=$({ time "$@" > /dev/null 2>&1; } 2>&1)
        read -r user sys <<< "${t//./}"
        took=$((10#$user + 10#$sys))
    }
    # User and system time of the server so far, in ticks of 10 ms; nothing of its children.
    server() { local f; read -r -a f < <(sed 's/.*) //' "/proc/$PPID/stat"); echo $((f[11] + f[12])); }
    "${by_rustc[@]}" > /dev/null 2>&1
    served=0 direct=0 rustc=0 first=$(server)
    for ((i = 0; i < BENCH_RUNS; i++)); do
        cpu "${by_wrapper[@]}"; served=$((served + took))
        cpu env MIRLINK_SERVER= "${by_wrapper[@]}"; direct=$((direct + took))
        cpu "${by_rustc[@]}"; rustc=$((rustc + took))
    done
    server=$((($(server) - first) * 1000 / $(getconf CLK_TCK)))
    awk -v name="$BENCH_CRATE" -v lines="$(cat "$(dirname "$BENCH_SOURCE")"/*.rs | wc -l)" -v n="$BENCH_RUNS" -v served=$served -v server=$server -v direct=$direct -v rustc=$rustc 'BEGIN {
        printf "%-10s %5d lines   rustc %6.1f ms   served +%5.1f ms (%.1f wrapper, %.1f server)   direct +%5.1f ms\n",
            name, lines, rustc / n, (served + server - rustc) / n, (served - rustc) / n, server / n, (direct - rustc) / n }'
    exit
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."
source ./setup.sh > /dev/null
[[ -n ${MIRLINK-} ]] || ./build.sh > /dev/null
mirlink=${MIRLINK:-$PWD/artifacts/bin/mirlink}

export BENCH_RUNS=${1:-20} LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/small"
cat > "$work/small/lib.rs" <<'RUST'
pub struct Point { pub x: i32, pub y: i32 }
impl Point {
    pub fn new(x: i32, y: i32) -> Point { Point { x, y } }
    pub fn distance2(&self, other: &Point) -> i32 { (self.x - other.x).pow(2) + (self.y - other.y).pow(2) }
}
pub fn sum<T: Copy + Default + std::ops::Add<Output = T>>(values: &[T]) -> T { values.iter().fold(T::default(), |a, &b| a + b) }
pub fn greet(name: &str) -> String { format!("hello, {name}!") }
RUST

crate() { BENCH_CRATE=$1 BENCH_SOURCE=$2 BENCH_OUT=$work/$1 MIRLINK_CARGO=$PWD/bench/wrapper.sh "$mirlink" build --target-dir "$work/target"; }
mkdir -p "$work/formula"
crate small "$work/small/lib.rs"
crate formula "$PWD/examples/workspace/crates/formula/src/lib.rs"
