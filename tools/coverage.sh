#!/usr/bin/env bash
# Writes docs/coverage.md: every construct that Mirlink refuses, read off the places in the code that refuse it.
# usage: tools/coverage.sh [--check]   (--check: fail if the document is not what the code says)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

generate() {
    cat <<'X'
# What is not supported

Each of these is an error at compile or link time that names the construct, the function and the crate. None is replaced by a trap, skipped, or guessed.
What only the Cranelift backend refuses is compiled by LLVM in the same link, and an error only where there is no libLLVM.
The list is generated from the code (`tools/coverage.sh`; a test checks that it is up to date); `{…}` stands for what the error fills in.

| part | construct | where |
|---|---|---|
X
    # One line per `new UnsupportedException($"text"…`; interpolations keep their names only.
    git grep -n -E 'new UnsupportedException\(\$?"' -- 'Mir/*.cs' 'Rustc/*.cs' 'Rlib/*.cs' 'Backend/*.cs' 'Backend.Llvm/*.cs' 'Backend.Cranelift/*.cs' 'Linker/*.cs' 'Cli/*.cs' \
        | sed -E 's/^([^:]+):[0-9]+:.*new UnsupportedException\(\$?"(([^"\\{]|\\.|\{[^}]*\})*)".*/\1\t\2/' \
        | sed -E 's/\{[^}]*\}/{…}/g; s/\|/\\|/g' \
        | LC_ALL=C sort -u \
        | awk -F'\t' 'NF == 2 { split($1, p, "/"); printf "| %s | %s | `%s` |\n", p[1], $2, $1 }'
    cat <<'X'

Beyond single constructs: two rustc releases (1.96.0, 1.95.0), one target (x86_64-unknown-linux-gnu), executables only (no `cdylib`, `dylib` or `staticlib`), no test
harness (`--test`), line tables but no variables or types in debug information.
X
}

if [[ ${1-} == --check ]]; then
    diff -u docs/coverage.md <(generate) || { echo "docs/coverage.md is out of date: run tools/coverage.sh"; exit 1; }
else
    generate > docs/coverage.md.tmp
    mv docs/coverage.md.tmp docs/coverage.md
fi
