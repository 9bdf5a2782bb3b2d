#!/usr/bin/env bash
# Makes sure that what Mirlink needs is on this machine, and says what it found or installed, one line each:
#   .NET 10 SDK; rustc and cargo 1.96.0 (MIRLINK_RUSTC may name another supported release); the libLLVM rustc uses; lld; liblz4; a C compiler driver with the crt files.
# A second run changes nothing and needs no network. Installing needs root or sudo, and apt.
# Sourced, it also exports MIRLINK_RUSTC and MIRLINK_CARGO for the rest of the script.

# As in Rustc/Schema/releases.txt; the first is installed where none is there.
_mirlink_release=1.96.0
_mirlink_other_releases=1.95.0
_mirlink_triple=x86_64-unknown-linux-gnu

_say() { printf 'setup: %-8s %s\n' "$1" "$2"; }
_fail() { printf 'setup: %s\n' "$1" >&2; return 1; }
_as_root() { if [[ $(id -u) -eq 0 ]]; then "$@"; else sudo "$@"; fi; }

# Installs packages; refreshes apt's lists only when it does not know a package or cannot fetch it.
_install() {
    command -v apt-get > /dev/null || { _fail "apt-get is missing, and these are needed: $*"; return; }
    [[ $(id -u) -eq 0 ]] || command -v sudo > /dev/null || { _fail "root or sudo is needed to install: $*"; return; }
    local log
    log=$(mktemp)
    if ! _as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" > "$log" 2>&1; then
        if ! { _as_root apt-get update && _as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } > "$log" 2>&1; then
            tail -n 5 "$log" >&2
            rm -f "$log"
            _fail "could not install: $*"
            return
        fi
    fi
    rm -f "$log"
}

_is_release() { [[ -x $1 && $("$1" --version 2> /dev/null) == "$2 ${3:-$_mirlink_release} "* ]]; }

# rustc and cargo: what the caller named, the system's, or rustup's toolchain of that release. PATH plays no part.
_find_rust() {
    local rustup=${RUSTUP_HOME:-$HOME/.rustup}/toolchains/$_mirlink_release-$_mirlink_triple/bin dir
    if [[ -n ${MIRLINK_RUSTC-} ]]; then
        local release known=
        for release in $_mirlink_release $_mirlink_other_releases; do _is_release "$MIRLINK_RUSTC" rustc "$release" && known=1; done
        [[ -n $known ]] || { _fail "MIRLINK_RUSTC=$MIRLINK_RUSTC is not rustc $_mirlink_release${_mirlink_other_releases:+ or ${_mirlink_other_releases// / or }}"; return 2; }
        [[ -n ${MIRLINK_CARGO-} ]] || MIRLINK_CARGO=$(dirname "$MIRLINK_RUSTC")/cargo
        export MIRLINK_RUSTC MIRLINK_CARGO
        return 0
    fi
    for dir in /usr/bin "$rustup"; do
        if _is_release "$dir/rustc" rustc && _is_release "$dir/cargo" cargo; then
            export MIRLINK_RUSTC=$dir/rustc MIRLINK_CARGO=$dir/cargo
            return 0
        fi
    done
    return 1
}

# A shared libLLVM of rustc's major version: rustup's toolchain carries one, Debian's rustc depends on one.
_find_llvm() {
    local sysroot major file
    if [[ -n ${MIRLINK_LLVM-} ]]; then
        [[ -e $MIRLINK_LLVM ]] && echo "$MIRLINK_LLVM"
        return
    fi
    sysroot=$("$MIRLINK_RUSTC" --print sysroot)
    major=$("$MIRLINK_RUSTC" -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
    for file in "$sysroot"/lib/libLLVM.so.* "$sysroot/lib/rustlib/$_mirlink_triple"/lib/libLLVM.so.* \
        /usr/lib/*/libLLVM.so."$major".* /usr/lib64/libLLVM.so."$major".* /usr/lib/llvm-"$major"/lib/libLLVM.so.*; do
        [[ -f $file ]] && { echo "$file"; return; }
    done
    return 1
}

_find_lld() {
    local file
    for file in /usr/bin/ld.lld-22 "$("$MIRLINK_RUSTC" --print sysroot)/lib/rustlib/$_mirlink_triple"/bin/{gcc-ld/ld.lld,rust-lld} \
        /usr/bin/ld.lld /usr/bin/ld.lld-[0-9]*; do
        [[ -x $file ]] && { echo "$file"; return; }
    done
    return 1
}

_find_lz4() { local f; for f in /usr/lib/*/liblz4.so.1 /usr/lib64/liblz4.so.1 /usr/lib/liblz4.so.1; do [[ -e $f ]] && { echo "$f"; return; }; done; return 1; }
_find_crt() { local f; for f in /usr/lib/*/Scrt1.o /usr/lib64/Scrt1.o /usr/lib/Scrt1.o; do [[ -e $f ]] && { echo "$f"; return; }; done; return 1; }
_find_cc() { local f; for f in cc gcc clang; do command -v "$f" && return; done; return 1; }

_setup() {
    local found packages=()
    [[ $(uname -sm) == 'Linux x86_64' ]] || { _fail "only x86_64 Linux is supported, this is $(uname -sm)"; return; }

    found=$(dotnet --version 2> /dev/null) || found=
    [[ $found == 1[0-9].* ]] || { _fail "the .NET 10 SDK is needed (https://dot.net); found: ${found:-none}"; return; }
    _say found ".NET SDK $found"

    local rust=0
    _find_rust || rust=$?
    [[ $rust -ne 2 ]] || return 1
    [[ $rust -eq 0 ]] || packages+=(rustc-web cargo-web)
    _find_cc > /dev/null || packages+=(gcc)
    _find_crt > /dev/null || packages+=(libc6-dev)
    _find_lz4 > /dev/null || packages+=(liblz4-1)
    if [[ $rust -eq 0 ]]; then
        _find_lld > /dev/null || packages+=(lld-22)
        _find_llvm > /dev/null || packages+=(libllvm22)
    elif [[ ! -x /usr/bin/ld.lld-22 ]]; then
        packages+=(lld-22)
    fi
    if [[ ${#packages[@]} -gt 0 ]]; then
        _say missing "${packages[*]}: installing with apt-get"
        _install "${packages[@]}" || return
        _say installed "${packages[*]}"
        _find_rust || { _fail "rustc and cargo $_mirlink_release are still missing: the distribution ships another release; 'rustup toolchain install $_mirlink_release' works too"; return; }
    fi

    _say found "$("$MIRLINK_RUSTC" --version) in $MIRLINK_RUSTC"
    _say found "$("$MIRLINK_CARGO" --version) in $MIRLINK_CARGO"
    found=$(_find_llvm) || { _fail "no libLLVM of rustc's version"; return; }
    _say found "libLLVM in $found"
    found=$(_find_lld) || { _fail "no lld"; return; }
    _say found "lld in $found"
    found=$(_find_lz4) || { _fail "no liblz4"; return; }
    _say found "liblz4 in $found"
    found=$(_find_cc) || { _fail "no C compiler driver"; return; }
    _say found "C compiler driver $found, crt files beside $(_find_crt)"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    set -uo pipefail
    _setup
else
    _setup || return
fi
