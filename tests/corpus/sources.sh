#!/usr/bin/env bash
# The sources of an application of the corpus, ready to be built: sourced, defines `prepare`; run, calls it.
# usage: tests/corpus/sources.sh [APP]
#   prints the executable's name, the manifest and cargo's options, separated by blanks; without APP, the names of all applications
# environment: MIRLINK_CORPUS (artifacts/corpus), MIRLINK_RUST_SRC (/usr/src/rustc-1.96.0, which is looked at for what another source is without)

# A crate without what only its own tests need: `cargo install` ignores that as well, and it is not in the corpus.
without_tests() { awk '/^\[/ { skip = ($0 ~ /^\[(target\..*\.)?dev-dependencies(\.|\])/ || $0 ~ /^\[\[(test|bench|example)\]\]/) } !skip' "$1"; }

# The sources of an application in $corpus/source; prints the executable's name and cargo's options. Fails when they are not there.
prepare() {
    local app=$1 crate to
    to=$corpus/source/$app
    case $app in
        parse | parallel | server | native) # our own
            to=$corpus/source/programs
            mkdir -p "$to"
            cp -ru tests/corpus/programs/. "$to"
            echo "corpus-$app $to/Cargo.toml -p corpus-$app"
            return ;;
        ripgrep) # rustc-perf's copy, in the compiler's source
            crate=$(find {"${MIRLINK_RUST_SRC:-/usr/src/rustc-1.96.0}",/usr/src/rustc-1.96.0}/src/tools/rustc-perf/collector/compile-benchmarks -maxdepth 1 -name 'ripgrep-14.*[0-9]' 2> /dev/null | head -n 1) ;;
        bat) # links with a library of the system
            [[ -e /usr/include/oniguruma.h ]] || return
            crate=$(find "$corpus/registry" -maxdepth 1 -name 'bat-[0-9]*' | sort -V | tail -n 1) ;;
        *) crate=$(find "$corpus/registry" -maxdepth 1 -name "$app-[0-9]*" | sort -V | tail -n 1) ;;
    esac
    [[ -n $crate ]] || return
    if [[ ! -e $to/Cargo.toml ]]; then
        mkdir -p "$corpus/source"
        cp -r "$crate" "$to.new"
        rm -f "$to.new"/{Cargo.lock,.cargo-checksum.json}
        without_tests "$crate/Cargo.toml" > "$to.new/Cargo.toml"
        if [[ $app == ripgrep ]]; then # for the corpus' newer `grep`, where the searcher counts matches and no longer the printers
            sed -i -e '/^\[target.*jemallocator/,/^$/d' -e '/^\[dependencies.grep\]/,/^$/s/0\.3\.2/0.4.1/' "$to.new/Cargo.toml"
            sed -i -e 's/SummaryKind::Quiet$/SummaryKind::QuietWithMatch/' -e '/^ *\.max_matches(self\.max_count)$/d' \
                -e 's/^\( *\)\.stop_on_nonmatch(self\.stop_on_nonmatch);/\1.max_matches(self.max_count)\n&/' "$to.new/crates/core/flags/hiargs.rs"
        fi
        mv "$to.new" "$to"
    fi
    case $app in
        ripgrep) echo "rg $to/Cargo.toml --bin rg" ;;
        eza) echo "eza $to/Cargo.toml --bin eza --no-default-features" ;; # its git support needs libgit2
        *) echo "$app $to/Cargo.toml --bin $app" ;;
    esac
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    set -uo pipefail
    cd "$(dirname "${BASH_SOURCE[0]}")/../.."
    corpus=$(realpath -m "${MIRLINK_CORPUS:-artifacts/corpus}")
    if [[ $# -eq 0 ]]; then
        for file in tests/corpus/scenarios/*.txt; do basename "$file" .txt; done
    else
        prepare "$1"
    fi
fi
