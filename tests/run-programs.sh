#!/usr/bin/env bash
# Runs the programs of tests/programs built by rustc and by mirlink and compares what they do.
# usage: tests/run-programs.sh [-k] [-v] [filter ...]
#   filter  part of a program's name (any of them); `name@O2` restricts the level, e.g. tests/run-programs.sh simd closures@O0
#   -k      keep the built files in artifacts/programs (they are kept for failing programs anyway)
#   -v      show the whole output of a failing step instead of its first lines
# environment: MIRLINK_RUSTC, JOBS (2), MIRLINK (./mirlink), MIRLINK_BACKEND (llvm; cranelift)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export MIRLINK_RUSTC=${MIRLINK_RUSTC:-/usr/bin/rustc}
unset RUST_BACKTRACE RUST_LIB_BACKTRACE RUST_MIN_STACK

header() { sed -n -e '/^\/\//!q' -e "s,^// $2: \{0\,1\},,p" "$1"; }
# Thread ids and backtrace frames differ between any two runs.
normalize() { sed -E -i -e "s/^(thread ('[^']*'|<unnamed>)) \([0-9]+\) /\1 /" -e '/^stack backtrace:/d' -e '/^ +[0-9]+: /d' -e '/^ +at /d' "$1"; }

observe() { # executable, source, prefix of the files to write
    local args env
    read -ra args <<< "$(header "$2" args)"
    mapfile -t env < <(header "$2" env)
    header "$2" stdin > "$3.in"
    # The group takes the shell's own message about a killed child.
    { timeout -k 1 30 env "${env[@]}" "$1" "${args[@]}" < "$3.in" > "$3.out" 2> "$3.err"; } 2> /dev/null
    echo "$?" > "$3.code"
    normalize "$3.err"
}

one() { # name@level
    local name=${1%@*} level=${1#*@O} src dir flags edition key ref why=
    src=tests/programs/$name.rs
    dir=artifacts/programs/O$level
    mkdir -p "$dir" artifacts/programs/expected
    read -ra flags <<< "$(header "$src" compile-flags)"
    edition=$(header "$src" edition)
    local front=(--edition "${edition:-2021}" -A warnings -C "opt-level=$level" "${flags[@]}")

    key=$({ "$MIRLINK_RUSTC" -vV; cat "$src"; printf '%s\n' "${front[@]}"; } | sha256sum | cut -c1-16)
    ref=artifacts/programs/expected/$name-$key
    if [[ ! -f $ref.code ]]; then
        "$MIRLINK_RUSTC" "${front[@]}" "$src" -o "$ref.exe" || { echo "ERROR $1: rustc rejects $src"; return; }
        observe "./$ref.exe" "$src" "$ref"
        rm -f "$ref.exe"
    fi

    local exe=$dir/$name
    rm -f "$exe"
    if ! timeout 180 "${MIRLINK:-./mirlink}" rustc "${front[@]}" --crate-type bin --emit=mir-rlib "$src" -o "$exe.rlib" > "$exe.log" 2>&1; then
        why=compile
    elif ! timeout 180 "${MIRLINK:-./mirlink}" link "$exe.rlib" -o "$exe" "-O$level" "${flags[@]}" > "$exe.log" 2>&1; then
        why=link
    else
        observe "./$exe" "$src" "$exe"
        [[ -x $exe ]] || why=run
        : > "$exe.log"
        cmp -s "$ref.code" "$exe.code" || { why=run; echo "exit code: expected $(<"$ref.code"), got $(<"$exe.code")" >> "$exe.log"; }
        diff -u --label rustc/stdout --label mirlink/stdout "$ref.out" "$exe.out" >> "$exe.log" || why=run
        diff -u --label rustc/stderr --label mirlink/stderr "$ref.err" "$exe.err" >> "$exe.log" || why=run
    fi
    if [[ -z $why ]]; then
        [[ -n $KEEP ]] || rm -f "$exe" "$exe".{rlib,in,out,err,code,log}
        echo "PASS  $1"
    else
        printf 'FAIL  %s (%s)\n%s\n' "$1" "$why" "$(if [[ -n $VERBOSE ]]; then cat "$exe.log"; else head -n 12 "$exe.log" | cut -c1-220; fi | sed 's/^/      /')"
    fi
}

if [[ ${1-} == --one ]]; then one "$2" 2>&1; exit; fi

# The tool as the sources are now, unless another one was named.
[[ -n ${MIRLINK-} ]] || ./build.sh >&2 || exit

export KEEP='' VERBOSE=''
while [[ ${1-} == -* ]]; do
    case $1 in -k) KEEP=1 ;; -v) VERBOSE=1 ;; *) sed -n '2,7p' "$0"; exit 2 ;; esac
    shift
done
selected() {
    local f=$1 filter
    shift
    [[ $# -gt 0 ]] || return 0
    for filter; do [[ $f == *"${filter%@*}"* && ( $filter != *@* || $f == *"@${filter#*@}" ) ]] && return 0; done
    return 1
}
list=$(for f in tests/programs/*.rs; do for level in O0 O2; do n=$(basename "$f" .rs)@$level; ! selected "$n" "$@" || echo "$n"; done; done)
[[ -n $list ]] || { echo "no program matches: $*"; exit 2; }

results=$(mktemp)
trap 'rm -f "$results"' EXIT
xargs -P "${JOBS:-2}" -n 1 "$0" --one <<< "$list" | tee "$results"
passed=$(grep -c '^PASS ' "$results")
failed=$(grep -cE '^(FAIL|ERROR) ' "$results")
echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
