#!/usr/bin/env bash
# Builds real applications, unchanged, with cargo alone and with mirlink, runs both in several scenarios and compares standard
# output, standard error, exit code and the files left behind.
# usage: tests/corpus/run.sh [-p dev|release] [-k] [APP...]
#   -p   one profile only; may be repeated
#   -k   use what was built before; build only what is missing
#   APP  names in tests/corpus/scenarios; default: all whose sources are there
# A run of everything leaves its verdicts in scenarios-RELEASE.txt of the corpus folder, with its date and the versions of both: ./fidelity.sh can take them.
# environment: MIRLINK (./mirlink), MIRLINK_CORPUS (artifacts/corpus; tests/corpus/fetch.sh fills it), MIRLINK_RUSTC, MIRLINK_CARGO,
#              CARGO_BUILD_JOBS (2)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
. ./setup.sh > /dev/null || exit
corpus=$(realpath -m "${MIRLINK_CORPUS:-artifacts/corpus}")
[[ -d $corpus/registry ]] || { echo "there are no crates in $corpus: run tests/corpus/fetch.sh first" >&2; exit 1; }
export CARGO_HOME=$corpus/cargo-home CARGO_BUILD_JOBS=${CARGO_BUILD_JOBS:-2} CARGO_TERM_COLOR=never
export LC_ALL=C.UTF-8 TZ=UTC TERM=dumb
unset RUST_BACKTRACE RUST_LIB_BACKTRACE RUST_MIN_STACK
triple=x86_64-unknown-linux-gnu

profiles=() keep=''
while [[ ${1-} == -* ]]; do
    case $1 in
        -p) profiles+=("${2:?}"); shift ;;
        -k) keep=1 ;;
        *) sed -n '4,8p' "$0"; exit 2 ;;
    esac
    shift
done
[[ ${#profiles[@]} -gt 0 ]] || profiles=(dev release)
apps=("$@")
all=''
[[ ${#profiles[@]} -eq 2 && $# -eq 0 ]] && all=1
[[ ${#apps[@]} -gt 0 ]] || mapfile -t apps < <(for f in tests/corpus/scenarios/*.txt; do basename "$f" .txt; done)
[[ -n ${MIRLINK-} ]] || ./build.sh >&2 || exit
mirlink=${MIRLINK:-$root/mirlink}

# What another rustc built is no use.
release=$("$MIRLINK_RUSTC" -vV | sed -n 's/^release: //p')
builds=$corpus/build
[[ $release == "$(sed -n '/^[0-9]/{p;q}' Rustc/Schema/releases.txt)" ]] || builds=$corpus/build-$release

# cargo does not know that another build of Mirlink compiles something else.
if [[ $("$mirlink" --version) != "$(cat "$builds/mirlink/.tool" 2> /dev/null)" ]]; then
    rm -rf "${builds:?}/mirlink/$triple"
    mkdir -p "$builds/mirlink"
    "$mirlink" --version > "$builds/mirlink/.tool"
fi

. tests/corpus/sources.sh
. tests/corpus/fixture.sh

build() { # with, profile, manifest, options...
    local with=$1 profile=$2 manifest=$3
    shift 3
    local options=(--offline --profile "$profile" --target "$triple" --target-dir "$builds/$with" --manifest-path "$manifest" "$@")
    if [[ $with == mirlink ]]; then
        "$mirlink" build "${options[@]}"
    else
        RUSTC=$MIRLINK_RUSTC "$MIRLINK_CARGO" build "${options[@]}"
    fi
}

# Thread ids differ between any two runs.
normalize() { sed -E -i -e "s/^(thread ('[^']*'|<unnamed>)) \([0-9]+\) /\1 /" "$1"; }

# One scenario, a line of shell with the application in $app; both builds run under the same name in the same folder.
observe() { # executable, application, scenario, prefix of the files to write
    local there=$run/fixture
    mkdir -p "$run/bin"
    cp -f "$1" "$run/bin/$2"
    fixture "$there"
    (cd "$there" && env -u CARGO_HOME HOME="$run/home" app="$run/bin/$2" timeout -k 1 60 bash -c "$3" < /dev/null > "$4.out" 2> "$4.err")
    echo "exit code $?" > "$4.code"
    (cd "$there" && find . -type f -newermt 2024-02-04 -exec sha256sum {} + | sort) > "$4.files"
    normalize "$4.err"
}

passed=0 failed=0
verdict() {
    if [[ $1 == PASS ]]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    printf '%s  %s\n' "$1" "$2" | tee -a "$run/verdicts"
}

# A folder of this run's own, so that two runs do not meet.
mkdir -p "$builds" "$corpus/log"
run=$(mktemp -d "$corpus/run.XXXXXX")
mkdir "$run/home"
{
    echo "date: $(date -u +%Y-%m-%d)"
    echo "mirlink: $("$mirlink" --version)"
    echo "rustc: $("$MIRLINK_RUSTC" --version)"
} > "$run/verdicts"
trap 'rm -rf "$run"' EXIT
for name in "${apps[@]}"; do
    scenarios=tests/corpus/scenarios/$name.txt
    [[ -f $scenarios ]] || { verdict FAIL "$name: there is no $scenarios"; continue; }
    if ! read -r exe manifest options < <(prepare "$name"); then
        echo "SKIP  $name: its sources, or a library that it needs, are not on this machine" | tee -a "$run/verdicts"
        continue
    fi
    read -ra options <<< "$options"
    for profile in "${profiles[@]}"; do
        folder=$profile
        [[ $profile != dev ]] || folder=debug
        declare -A at=()
        for with in stock mirlink; do
            at[$with]=$builds/$with/$triple/$folder/$exe
            [[ -z $keep || ! -x ${at[$with]} ]] || continue
            log=$corpus/log/$name-$profile-$with.txt
            TIMEFORMAT='%R s, %U + %S s CPU'
            if { time build "$with" "$profile" "$manifest" "${options[@]}" > "$log" 2>&1; } 2> "$log.time"; then
                echo "built $name ($profile) with $with: $(<"$log.time")"
            else
                verdict FAIL "$name ($profile): $with does not build it"
                grep -A 12 '^error' "$log" | head -n 30 | cut -c1-300 | sed 's/^/      /'
                at[$with]=
            fi
        done
        [[ -n ${at[stock]} && -n ${at[mirlink]} ]] || continue
        while IFS= read -r scenario; do
            [[ -n $scenario && $scenario != '#'* ]] || continue
            for with in stock mirlink; do observe "${at[$with]}" "$exe" "$scenario" "$run/$with"; done
            difference=$(for part in out err code files; do diff -a -u --label "stock/$part" --label "mirlink/$part" "$run/stock.$part" "$run/mirlink.$part"; done)
            if [[ -z $difference ]]; then
                verdict PASS "$name ($profile): $scenario"
            else
                verdict FAIL "$name ($profile): $scenario"
                head -n 20 <<< "$difference" | cut -c1-200 | sed 's/^/      /'
            fi
        done < "$scenarios"
    done
done
echo "$passed passed, $failed failed" | tee -a "$run/verdicts"
[[ -z $all ]] || cp "$run/verdicts" "$corpus/scenarios-$release.txt"
[[ $failed -eq 0 ]]
