#!/usr/bin/env bash
# rustc as cargo runs it (RUSTC_WRAPPER) for an application of the corpus. A library of the application gives LLVM IR, MIR and metadata with every body, and no
# machine code; its program is only recorded. What the build itself needs (build scripts, procedural macros) is compiled as ever.
# usage: rustc-wrapper.sh RUSTC ARGS...
# writes beside the crate's metadata: NAME.ll, NAME.mir, NAME.printed (what -Z options print), and NAME.args: name and version of the package, working folder,
#   arguments, and for programs the environment, each ended by a zero byte
set -euo pipefail
rustc=$1
shift

kind='' emit='' target='' out='' extra='' name='' before=''
for arg in "$@"; do
    case $before in
        --crate-type) kind=$arg ;;
        --target) target=$arg ;;
        --out-dir) out=$arg ;;
        --crate-name) name=$arg ;;
        -C) [[ $arg != extra-filename=* ]] || extra=${arg#*=} ;;
    esac
    [[ $arg != --emit=* ]] || emit=${arg#*=}
    before=$arg
done
# The build's own programs are for no --target; probes of build scripts have no file name of cargo's.
[[ -n $target && -n $out && -n $extra && $emit == dep-info,*link ]] || exec "$rustc" "$@"

args=()
for arg in "$@"; do [[ $arg == --emit=* ]] || args+=("$arg"); done
file=$out/$name$extra
{
    printf '%s\0' "$CARGO_PKG_NAME" "$CARGO_PKG_VERSION" "$PWD" "${args[@]}"
    [[ $kind != bin ]] || { printf '\0' && env -0; }
} > "$file.args"
if [[ $kind == bin ]]; then
    printf '%s:\n' "$file" > "$file.d"
    : > "$file"
    exit
fi
RUSTC_BOOTSTRAP=1 "$rustc" "${args[@]}" --emit=dep-info,metadata,llvm-ir,mir -Csymbol-mangling-version=v0 -Ccodegen-units=1 -Cno-prepopulate-passes \
    -Zalways-encode-mir -Ztrim-diagnostic-paths=no -Zprint-type-sizes -Zprint-mono-items --cap-lints=allow > "$file.printed"
# An rlib without objects: enough for whoever compiles against it.
work=$(mktemp -d)
cp "$out/lib$name$extra.rmeta" "$work/lib.rmeta"
rm -f "$out/lib$name$extra.rlib"
ar rc "$out/lib$name$extra.rlib" "$work/lib.rmeta"
rm -r "$work"
