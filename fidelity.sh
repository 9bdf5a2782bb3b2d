#!/usr/bin/env bash
# Asks rustc about everything that Mirlink computes, over whole corpora, prints `equal / asked` for each row and writes docs/fidelity.md.
# usage: ./fidelity.sh [--quick] [ROW...]
#   --quick  a part of the corpus, minutes; without it everything. A run of some rows or of a part leaves docs/fidelity.md alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
report=()
[[ $# -eq 0 ]] && report=(--report docs/fidelity.md)
dotnet build tests/Fidelity/Fidelity.csproj -c Release -v quiet -nologo -m:1
exec tests/Fidelity/bin/Release/net10.0/Mirlink.Fidelity "$@" "${report[@]}"
