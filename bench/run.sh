#!/usr/bin/env bash
# Mirlink and stock cargo side by side: builds real applications, links them in several ways and runs them, compares, and writes docs/benchmarks.md.
# usage: bench/run.sh [--repeat N] [--resume] [--report] [-o FILE] [APP...] [PART...] [VARIANT...]
#   APP        applications of the fidelity corpus and `rustc-perf` (default: all that are here)
#   PART       build, codegen, backend, run (default: these), threads (builds the tool twice more)
#   VARIANT    of clean builds: stock-dev, mirlink-dev, stock-release, mirlink-release, stock-lto (default: all)
#   --repeat   rounds of what is timed (3); medians are reported
#   --resume   go on with the results that are there, and measure only what is missing
#   --report   measure nothing, write the report of the results that are there
#   -o         the report, docs/benchmarks.md by default
# environment: MIRLINK (./mirlink), MIRLINK_CORPUS (artifacts/corpus; tests/corpus/fetch.sh fills it), MIRLINK_BENCH (artifacts/bench: results and target folders)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. ./setup.sh > /dev/null || exit
corpus=$(realpath -m "${MIRLINK_CORPUS:-artifacts/corpus}")
[[ -d $corpus/registry ]] || { echo "there are no crates in $corpus: run tests/corpus/fetch.sh first" >&2; exit 1; }
[[ ${1-} != -h && ${1-} != --help ]] || { sed -n '2,11p' "$0"; exit; }
work=$(realpath -m "${MIRLINK_BENCH:-artifacts/bench}")
[[ -n ${MIRLINK-} ]] || ./build.sh >&2 || exit
dotnet build bench/Bench.csproj -c Release -v q -nologo -clp:ErrorsOnly >&2 || exit

. tests/corpus/sources.sh
. tests/corpus/fixture.sh
. bench/rustc-perf.sh
mkdir -p "$work"
export CARGO_HOME=$corpus/cargo-home
for app in ripgrep tokei just eza bat parse parallel server native; do
    line=$(prepare "$app") && [[ -n $line ]] && echo "$app $line"
done > "$work/applications.txt"
rustc_perf "$work/source/rustc-perf" >> "$work/applications.txt"

# What the scenarios work on, the same bytes on every machine.
data=$work/data
if [[ ! -e $data/.complete ]]; then
    rm -rf "$data"
    fixture "$data"
    for _ in $(seq 400); do cat "$data/lines.txt" "$data/unicode.txt"; done > "$data/big.txt"
    for _ in $(seq 300); do cat "$data"/src/*.rs; done > "$data/big.rs"
    { echo '['; for i in $(seq 60000); do echo "{\"id\": $i, \"name\": \"item $i\", \"values\": [1, 2.5, -3e10, $i], \"nested\": {\"a\": null, \"b\": [true, false]}},"; done; echo '0]'; } > "$data/big.json"
    for i in $(seq 3000); do printf 'recipe%s a="x" *rest:\n  @echo {{a}} {{uppercase(a)}} {{rest}}\n\n' "$i"; done > "$data/big.just"
    for _ in $(seq 20000); do printf '[INFO] a\n[WARN] slow 12\n[INFO] done\n[ERROR] code 17 of 42\n'; done > "$data/big.log"
    touch "$data/.complete"
fi

# With one thread: the tool as it is, and without its parallel machinery.
for argument; do
    [[ $argument == threads ]] || continue
    for build in parallel serial; do
        [[ ! -x $work/tools/$build/mirlink || -n $(find Mir Rustc Rlib Backend Backend.* Linker Cli -name '*.cs' -newer "$work/tools/$build/mirlink.dll" -print -quit) ]] || continue
        dotnet publish Cli/Cli.csproj -c Release -r linux-x64 --self-contained false -p:PublishReadyToRun=true -p:MirlinkSerial=$([[ $build == serial ]] && echo true) \
            --artifacts-path "$work/tools/obj-$build" -o "$work/tools/$build" -v q -nologo -clp:ErrorsOnly >&2 || exit
    done
done

export BENCH_ROOT=$PWD BENCH_WORK=$work BENCH_CORPUS=$corpus BENCH_APPLICATIONS=$work/applications.txt BENCH_MIRLINK=${MIRLINK:-$PWD/mirlink} \
    BENCH_RUSTC=$MIRLINK_RUSTC BENCH_CARGO=$MIRLINK_CARGO BENCH_LLD=$(_find_lld) BENCH_COMMIT=$(git rev-parse --short HEAD 2> /dev/null || echo unknown)
BENCH_MIRLINK_BUILD=$("$BENCH_MIRLINK" doctor | sed -n 's/^mirlink *//p')
export BENCH_MIRLINK_BUILD
unset CARGO_HOME
report=(-o docs/benchmarks.md)
for argument; do [[ $argument != -o ]] || report=(); done
exec bench/bin/Release/net10.0/Mirlink.Bench "${report[@]}" "$@"
