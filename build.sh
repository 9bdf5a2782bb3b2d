#!/usr/bin/env bash
# Publishes the mirlink tool to artifacts/bin, compiled ahead of time (ReadyToRun). Does nothing when that is up to date.
# usage: ./build.sh [--force]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

out=artifacts/bin
stamp=$out/.built
# What the tool is made of: every source and project file of its layers, and what configures the build.
parts=(Mir Rustc Rlib Backend Backend.Llvm Backend.Cranelift Linker Difftest Cli)
sources() { find "${parts[@]}" -type d \( -name bin -o -name obj \) -prune -o -type f "$@" -print; }
# True when no source is newer than the last build, and none was added, removed or renamed since.
up_to_date() {
    [[ -f $stamp && -x $out/mirlink ]] || return 1
    [[ $(sources | sort | cksum) == "$(<"$stamp")" ]] || return 1
    [[ -z $(sources -newer "$stamp" && find Directory.Build.props Directory.Packages.props global.json -newer "$stamp") ]]
}

exec 9>"${TMPDIR:-/tmp}/mirlink-build-$(id -u)-$(pwd | cksum | cut -d' ' -f1).lock"
flock 9

# Cranelift is a library of its own, built once. Without it everything but --backend cranelift works, and the next try is an hour later.
if [[ ${1-} == --force || ! -f artifacts/cranelift/.failed || -n $(find artifacts/cranelift/.failed -mmin +60) ]]; then
    rm -f artifacts/cranelift/.failed
    if ! Backend.Cranelift/native/build.sh; then
        mkdir -p artifacts/cranelift
        touch artifacts/cranelift/.failed
        echo "build: the Cranelift backend could not be built (see above): only the LLVM backend is available" >&2
    fi
else
    echo "build: without the Cranelift backend, which could not be built before (./build.sh --force tries again)" >&2
fi

if [[ ${1-} != --force ]] && up_to_date; then
    Cli/wrapper/build.sh "$out/mirlink-rustc"
    echo "build: $out/mirlink is up to date"
    exit 0
fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
started=$(date +%s)
mkdir -p artifacts
# The stamp is as old as the start, so that a file edited meanwhile counts as newer.
sources | sort | cksum > artifacts/.started
publish() { dotnet publish Cli/Cli.csproj -c Release -r linux-x64 -p:PublishReadyToRun=true -p:DebugType=embedded -o "$out" -v quiet -nologo "$@"; }
rm -rf "$out"
# With the framework in the same image, generics over our own types are compiled ahead of time too: half the CPU time of a short run. It needs the runtime
# pack from NuGet; without it the installed runtime serves.
publish --self-contained true -p:PublishReadyToRunComposite=true > artifacts/publish.log 2>&1 || {
    echo "build: no composite image (see artifacts/publish.log); building for the installed runtime"
    rm -rf "$out"
    publish --self-contained false
}
Cli/wrapper/build.sh "$out/mirlink-rustc"
mv artifacts/.started "$stamp"
echo "build: $out/mirlink built in $(($(date +%s) - started)) s"
