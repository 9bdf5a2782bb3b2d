#!/usr/bin/env bash
# Damaged crates: rustc's metadata and our rlibs with bytes flipped, cut off, spliced and swapped. Each must be read, and programs compiled, or refused with an error of ours.
# usage: tests/fuzz.sh [INPUTS] [SEED]      INPUTS (100000): damaged inputs in all, a tenth of them programs that are linked up to the backend, the others for each kind of
#                                           damage the same; SEED (1): the first one's
# Prints a line for each kind of damage; fails if any input led to anything else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

inputs=${1:-100000}
export MIRLINK_FUZZ_INPUTS=$(((inputs * 9 / 10 + 2) / 3)) MIRLINK_FUZZ_LINKS=$(((inputs + 9) / 10)) MIRLINK_FUZZ_SEED=${2:-1} MIRLINK_FUZZ_REPORT=$PWD/artifacts/fuzz.txt
mkdir -p artifacts
rm -f "$MIRLINK_FUZZ_REPORT"
status=0
nice dotnet test tests/Rlib.Tests --nologo -v quiet --filter FullyQualifiedName~FuzzTests > artifacts/fuzz.log 2>&1 || status=$?
cat "$MIRLINK_FUZZ_REPORT" || true
[[ $status -eq 0 ]] || cat artifacts/fuzz.log
exit $status
