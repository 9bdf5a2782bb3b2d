#!/usr/bin/env bash
# Sets up, builds, and runs every test project. The last line is "N passed, N failed"; the exit code says whether all passed.
# usage: ./test.sh [dotnet test options, e.g. --filter 'DisplayName~closures']
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./setup.sh || exit
./build.sh || exit

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
unset RUST_BACKTRACE
results=artifacts/test-results
rm -rf "$results"
mkdir -p "$results"
dotnet build mirlink.slnx -v quiet -nologo -m:2 || exit

failed_projects=0
for project in tests/*/*.csproj tests/*/*/*.csproj; do
    [[ -f $project ]] || continue
    name=$(basename "$project" .csproj)
    echo "== $name"
    dotnet test "$project" --no-build --nologo -v quiet --logger "trx;LogFileName=$name.trx" --results-directory "$results" "$@" \
        || failed_projects=$((failed_projects + 1))
done

# rustc is asked over a part of the fidelity corpus: some 10 s of CPU once that is compiled.
./fidelity.sh --quick || failed_projects=$((failed_projects + 1))

# Every result file holds one line of counters.
count() { cat "$results"/*.trx 2> /dev/null | grep -o '<Counters [^>]*' | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{ n += $1 } END { print n + 0 }'; }
passed=$(count passed)
failed=$(count failed)
# A project that could not run has no counters but must not look green.
if [[ $failed -eq 0 && $failed_projects -gt 0 ]]; then failed=$failed_projects; fi
echo
echo "everything took $((SECONDS / 60)) min $((SECONDS % 60)) s"
echo "$passed passed, $failed failed"
[[ $failed -eq 0 && $passed -gt 0 ]]
