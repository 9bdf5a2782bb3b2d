using System.Diagnostics;
using Mirlink.Mir;
using Mirlink.Mir.Abi;
using Mirlink.Mir.Interpret;
using Mirlink.Mir.Interpret.Program;
using Mirlink.Mir.Traits;

namespace Mirlink.Rustc;

/// <summary>A program compiled against an <see cref="InterpreterSysroot"/>, opened, ready to be interpreted any number of times.</summary>
public sealed class InterpretedProgram : IDisposable
{
    /// <param name="metadata">What <see cref="Compile"/> wrote.</param>
    /// <param name="searchDirs">Where the crates are that it depends on, besides std.</param>
    /// <exception cref="MirlinkException">A crate is missing, damaged, or was compiled against another standard library.</exception>
    public InterpretedProgram(InterpreterSysroot sysroot, string metadata, IEnumerable<string> searchDirs, bool panicAbort = false)
    {
        Crate = sysroot.Open(Tcx, metadata, searchDirs, panicAbort);
        Tcx.Traits = new TraitSelection(Tcx);
        Tcx.Layouts = new LayoutCx(Tcx);
        Tcx.Eval = new ConstEvaluator(Tcx);
    }

    public TyCtxt Tcx { get; } = new();
    public int Crate { get; }

    public ProgramOutcome Run(ProgramOptions options) => ProgramInterpreter.Run(Tcx, Crate, options);

    public void Dispose()
    {
        foreach (var c in Tcx.Crates) (c as IDisposable)?.Dispose();
    }

    /// <summary>rustc's front end on a source file, with the MIR of everything. Its messages when it rejects the file, else null.</summary>
    /// <param name="flags">rustc's own: edition, -C options, --extern.</param>
    public static string? Compile(RustcToolchain toolchain, InterpreterSysroot sysroot, string source, string metadata, IEnumerable<string> flags, string? directory = null)
    {
        var start = new ProcessStartInfo(toolchain.Rustc) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory ?? "" };
        start.Environment["RUSTC_BOOTSTRAP"] = "1";
        // `main` of a library is dead code.
        foreach (string a in (string[])["--sysroot=" + sysroot.Path, "--crate-type=rlib", "-Zalways-encode-mir", "--emit=metadata=" + metadata, "-Adead_code", .. flags, source]) start.ArgumentList.Add(a);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        _ = output.Result;
        return process.ExitCode == 0 ? null : errors;
    }
}
