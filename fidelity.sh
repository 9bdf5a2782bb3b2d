#!/usr/bin/env bash
# Asks rustc about everything that Mirlink computes, over whole corpora, prints `equal / asked` for each row and writes docs/fidelity.md.
# usage: ./fidelity.sh [--quick] [ROW...]
#   --quick  a part of the corpus, minutes; without it everything. A run of some rows or of a part leaves docs/fidelity.md alone.
# environment: MIRLINK_RUSTC: a rustc of another release; its report is docs/fidelity-RELEASE.md
#              MIRLINK_CORPUS: where tests/corpus/fetch.sh put the applications (artifacts/corpus)
#              MIRLINK_SCENARIOS: what a finished run of tests/corpus/run.sh left behind (scenarios-RELEASE.txt); without it that script runs as well, about an hour
#              FIDELITY_PROGRAM: only programs and applications whose name contains it; FIDELITY_LEVEL: only that level, 0 or 2; FIDELITY_CRATE: rows about crates ask only
#                about libraries that an earlier run compiled and whose file's name contains it; FIDELITY_KEEP: a folder for both LLVM IRs of each program. None of them writes the report
#              MIRLINK_RUST_SRC: its source (/usr/src/rustc-RELEASE, or where tools/schema/fetch-source.sh puts it)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
file=docs/fidelity.md
if [[ -n ${MIRLINK_RUSTC-} ]]; then
    release=$("$MIRLINK_RUSTC" -vV | sed -n 's/^release: //p')
    [[ $release == "$(sed -n '/^[0-9]/{p;q}' Rustc/Schema/releases.txt)" ]] || file=docs/fidelity-$release.md
    [[ -n ${MIRLINK_RUST_SRC-} || -d /usr/src/rustc-$release || ! -d artifacts/rust-src/rustc-$release ]] || export MIRLINK_RUST_SRC=$PWD/artifacts/rust-src/rustc-$release
fi
report=()
[[ $# -eq 0 && -z ${FIDELITY_PROGRAM-}${FIDELITY_LEVEL-}${FIDELITY_CRATE-} ]] && report=(--report "$file")
dotnet build tests/Fidelity/Fidelity.csproj -c Release -v quiet -nologo -m:1
exec tests/Fidelity/bin/Release/net10.0/Mirlink.Fidelity "$@" "${report[@]}"
