#!/usr/bin/env bash
# What Mirlink adds to one crate's compilation: CPU time (user + system, with all child processes) of the wrapper's call as cargo makes it, beside that of
# rustc with the very arguments that the wrapper gives it. Medians, and their difference.
# usage: bench/wrapper.sh [RUNS]      RUNS (15): of each command, alternating
# The machine should have nothing else to do. CPU time is read from bash's `times`, in milliseconds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source ./setup.sh > /dev/null
./build.sh > /dev/null

runs=${1:-15}
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C MIRLINK_RUSTC_WRAPPER=1

cat > "$work/small.rs" <<'RUST'
pub struct Point { pub x: i32, pub y: i32 }
impl Point {
    pub fn new(x: i32, y: i32) -> Point { Point { x, y } }
    pub fn distance2(&self, other: &Point) -> i32 { (self.x - other.x).pow(2) + (self.y - other.y).pow(2) }
}
pub fn sum<T: Copy + Default + std::ops::Add<Output = T>>(values: &[T]) -> T { values.iter().fold(T::default(), |a, &b| a + b) }
pub fn greet(name: &str) -> String { format!("hello, {name}!") }
RUST

# The CPU time of a command in milliseconds.
TIMEFORMAT='%3U %3S'
cpu() {
    local t user sys
    t=$({ time "$@" > /dev/null 2>&1; } 2>&1)
    read -r user sys <<< "${t//./}"
    echo $((10#$user + 10#$sys))
}

median() { printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"; }

# NAME SOURCE: a library crate without dependencies, as cargo has it compiled in a release build.
crate() {
    local name=$1 common=(--crate-name "$1" --edition 2024 "$2" --crate-type lib --error-format=human -C opt-level=3 --target x86_64-unknown-linux-gnu) i
    local wrapper=() rustc=()
    mkdir -p "$work/$name"
    # What CrateCompilation.Library makes of the first command is the second one.
    local by_mirlink=("$root/artifacts/bin/mirlink-rustc" "$MIRLINK_RUSTC" "${common[@]}" --emit=dep-info,metadata,link --out-dir "$work/$name")
    local by_rustc=(env RUSTC_BOOTSTRAP=1 "$MIRLINK_RUSTC" "${common[@]}" "--emit=metadata=$work/$name/lib$name.rmeta,dep-info=$work/$name/$name.d" -Zalways-encode-mir -Zallow-features=)
    "${by_mirlink[@]}"
    "${by_rustc[@]}"
    for ((i = 0; i < runs; i++)); do
        wrapper+=("$(cpu "${by_mirlink[@]}")")
        rustc+=("$(cpu "${by_rustc[@]}")")
    done
    local w r
    w=$(median "${wrapper[@]}") r=$(median "${rustc[@]}")
    printf '%-10s %6d lines   wrapper %4d ms   rustc %4d ms   difference %4d ms\n' "$name" "$(cat "$(dirname "$2")"/*.rs | wc -l)" "$w" "$r" $((w - r))
}

crate small "$work/small.rs"
crate formula "$root/examples/workspace/crates/formula/src/lib.rs"
