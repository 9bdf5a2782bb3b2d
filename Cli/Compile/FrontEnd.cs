using Mirlink.Rustc;
using Mirlink.Rustc.Metadata.Raw;

namespace Mirlink.Cli.Compile;

/// <summary>
/// Runs stock rustc as a front end only. `-Zalways-encode-mir` needs RUSTC_BOOTSTRAP=1, which is set for that one process: in the environment of build
/// scripts it would make crates believe in a nightly compiler.
/// </summary>
public sealed class FrontEnd(RustcToolchain toolchain)
{
    // What names outputs or is about machine code; the rest of the command line decides what MIR says.
    private static bool IsOutput(string name, string? value) => name is "--emit" or "-o" or "--out-dir"
        || name == "-C" && value is not null && (value.StartsWith("lto", StringComparison.Ordinal) || value.StartsWith("linker-plugin-lto", StringComparison.Ordinal)
            || value.StartsWith("save-temps", StringComparison.Ordinal));

    private static bool IsDiagnostics(string name) => name is "--cap-lints" or "--json" or "--error-format" or "-D" or "-F" or "--deny" or "--forbid";

    /// <summary>
    /// Every body in the metadata, as it is in rustc's dev builds: what rustc optimizes of functions that no program calls is for nothing, and what it inlines is there again in
    /// each body. Unstable language features stay as forbidden as they are without RUSTC_BOOTSTRAP, unless the user has it.
    /// </summary>
    private static List<string> Unstable(RustcArgs args, bool bootstrapped)
    {
        var options = new List<string> { "-Zalways-encode-mir" };
        if (args.MirOptLevel is null) options.Add("-Zmir-opt-level=1");
        if (!bootstrapped) options.Add("-Zallow-features=");
        return options;
    }

    /// <summary>The command line for the front end alone: of a library that has only a stub of its metadata the file with all of it.</summary>
    /// <param name="files">What was found out of libraries already, by their paths: the file to give to rustc.</param>
    /// <exception cref="MirlinkException">There is only a stub.</exception>
    private static List<string> Arguments(RustcArgs args, Dictionary<string, string> files, Func<string, string?, bool> drop)
    {
        var command = args.Without(drop);
        for (int i = 0; i < command.Count; i++)
        {
            const string option = "--extern=";
            if (!command[i].StartsWith(option, StringComparison.Ordinal) || !command[i].EndsWith(".rlib", StringComparison.Ordinal)) continue;
            int path = command[i].IndexOf('=', option.Length) + 1;
            if (path == 0) continue;
            string rlib = command[i][path..];
            if (!files.TryGetValue(rlib, out string? file)) files.Add(rlib, file = CrateMetadata.MetadataOfStub(rlib) ?? rlib);
            command[i] = command[i][..path] + file;
        }
        return command;
    }

    /// <summary>A library: diagnostics, dep-info and artifact messages go where rustc sends them; metadata with all MIR goes to the given file.</summary>
    /// <param name="bootstrapped">The user has set RUSTC_BOOTSTRAP.</param>
    public static List<string> LibraryArguments(RustcArgs args, string metadata, string? depInfo, bool bootstrapped)
    {
        var command = Arguments(args, [], IsOutput);
        command.Add(depInfo is null ? $"--emit=metadata={metadata}" : $"--emit=metadata={metadata},dep-info={depInfo}");
        command.AddRange(Unstable(args, bootstrapped));
        return command;
    }

    public int CompileLibrary(IReadOnlyList<string> arguments) => Run(arguments, bootstrap: true, quiet: false, out _);

    /// <summary>
    /// A binary: rustc writes no metadata for one, so it is compiled twice at the same time, as the binary that it is for what the user shall read, and as a
    /// library (whose lints would be wrong) for its MIR.
    /// </summary>
    public int CompileBinary(RustcArgs args, string metadata, string scratch, string? depInfo, bool bootstrapped)
    {
        var files = new Dictionary<string, string>();
        var check = Arguments(args, files, IsOutput);
        check.Add(depInfo is null ? $"--emit=metadata={scratch}" : $"--emit=metadata={scratch},dep-info={depInfo}");
        var library = Arguments(args, files, static (name, value) => IsOutput(name, value) || IsDiagnostics(name) || name == "--crate-type");
        library.AddRange(["--crate-type=rlib", "--cap-lints=allow", $"--emit=metadata={metadata}", .. Unstable(args, bootstrapped)]);

        int mirStatus = 0;
        string mirErrors = "";
        var mir = Task.Factory.StartNew(() => mirStatus = Run(library, bootstrap: true, quiet: true, out mirErrors), TaskCreationOptions.LongRunning);
        int status;
        try
        {
            status = Run(check, bootstrap: false, quiet: false, out _);
        }
        finally
        {
            // Its error, if it could not be started, is the other one's too.
            Task.WaitAny(mir);
        }
        mir.GetAwaiter().GetResult();
        if (File.Exists(scratch)) File.Delete(scratch);
        if (status != 0) return status;
        if (mirStatus != 0) Console.Error.Write(mirErrors);
        return mirStatus;
    }

    /// <summary>
    /// The LLVM IR of what was compiled for its MIR, in one module and as it is before any pass: the same crate type, as mangled names depend on that. Only errors are of
    /// interest; they are given back.
    /// </summary>
    public int PrintLlvmIr(RustcArgs args, string path, bool isProgram, bool bootstrapped, out string errors)
    {
        var command = Arguments(args, [], (name, value) => IsOutput(name, value) || IsDiagnostics(name) || isProgram && name == "--crate-type"
            || name == "-C" && value is not null && (value.StartsWith("incremental", StringComparison.Ordinal) || value.StartsWith("codegen-units", StringComparison.Ordinal)));
        if (isProgram) command.Add("--crate-type=rlib");
        // Not --emit=llvm-ir=PATH, which would leave rustc's own scratch files in the current folder, where another run's may be.
        command.AddRange(["--cap-lints=allow", "--emit=llvm-ir", "-o", path, "-Ccodegen-units=1", "-Cno-prepopulate-passes", "-Csymbol-mangling-version=v0", .. Unstable(args, bootstrapped)]);
        return Run(command, bootstrap: true, quiet: true, out errors);
    }

    /// <summary>The command as it is: what is not ours to change.</summary>
    public static int Forward(string rustc, IReadOnlyList<string> args) => ChildProcess.Run(rustc, args);

    private int Run(IReadOnlyList<string> args, bool bootstrap, bool quiet, out string errors)
    {
        string? variable = bootstrap ? "RUSTC_BOOTSTRAP=1" : null;
        errors = "";
        return quiet ? ChildProcess.RunQuietly(toolchain.Rustc, args, variable, out errors) : ChildProcess.Run(toolchain.Rustc, args, variable);
    }
}
