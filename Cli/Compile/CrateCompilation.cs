using System.Globalization;
using Mirlink.Cli.Commands;
using Mirlink.Cli.Statistics;
using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Rustc;

namespace Mirlink.Cli.Compile;

/// <summary>
/// One rustc command line, carried out our way: a library becomes a MIR-only rlib, a binary is linked from MIR. What is not ours (build scripts, proc macros,
/// queries) goes to rustc untouched.
/// </summary>
internal sealed class CrateCompilation(RustcToolchain toolchain, RustcArgs args)
{
    private readonly FrontEnd _frontEnd = new(toolchain);

    /// <summary>What rustc would call the file of the crate: -o, or lib{name}{extra}.{ext} in --out-dir.</summary>
    private string PathOf(string extension, bool isLibrary)
    {
        if (args.Output is { } o) return o;
        string name = (isLibrary ? "lib" : "") + args.EffectiveCrateName + args.ExtraFilename;
        return Path.Combine(args.OutDir ?? "", extension.Length == 0 ? name : $"{name}.{extension}");
    }

    private string? DepInfoPath => !args.Emits("dep-info") ? null
        : args.EmitPath("dep-info") ?? Path.Combine(args.OutDir ?? "", $"{args.EffectiveCrateName}{args.ExtraFilename}.d");

    private static string Scratch(string beside, string suffix) => $"{beside}.{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}.{suffix}";

    /// <summary>`mirlink rustc … --emit=mir-rlib`: a MIR-only rlib, of a binary's source as well.</summary>
    public int ToMirRlib()
    {
        if (args.Input is null) throw new MirlinkException("`--emit=mir-rlib` needs a source file") { Help = "`mirlink rustc --help` shows how" };
        if (args.IsTest) throw NoTestHarness();
        RequireProgramOrLibrary();
        string output = args.EmitPath("mir-rlib") ?? PathOf("rlib", isLibrary: true);
        return CompileTo(output, Scratch(output, "rmeta"), isBinary: CrateType() == "bin", keepMetadata: false);
    }

    /// <summary>A library for cargo: metadata where rustc would put it (dependents start with it), then the rlib.</summary>
    public int Library()
    {
        string rlib = args.EmitPath("link") ?? PathOf("rlib", isLibrary: true);
        if (!args.Emits("metadata")) return CompileTo(rlib, Scratch(rlib, "rmeta"), isBinary: false, keepMetadata: false);
        string metadata = args.EmitPath("metadata") ?? Path.Combine(args.OutDir ?? "", $"lib{args.EffectiveCrateName}{args.ExtraFilename}.rmeta");
        return CompileTo(rlib, metadata, isBinary: false, keepMetadata: true);
    }

    private int CompileTo(string rlib, string metadata, bool isBinary, bool keepMetadata)
    {
        using var file = new OutputFile(rlib);
        try
        {
            int status = isBinary ? _frontEnd.CompileBinary(args, metadata, metadata + ".check", DepInfoPath) : _frontEnd.CompileLibrary(args, metadata, DepInfoPath);
            if (status == 0) MirRlib.Write(toolchain, metadata, file, args);
            return status;
        }
        finally
        {
            if (!keepMetadata) Remove(metadata);
        }
    }

    /// <summary>A binary for cargo: checked, compiled to MIR, linked.</summary>
    public int Binary()
    {
        string output = args.EmitPath("link") ?? PathOf("", isLibrary: false);
        string metadata = Scratch(output, "rmeta");
        // Options that the link will refuse are refused before the front end runs.
        var link = LinkOptionsFor(metadata, output);
        try
        {
            int status = _frontEnd.CompileBinary(args, metadata, metadata + ".check", DepInfoPath);
            if (status != 0) return status;
            TrackBackend();
            // Written before cargo learns that the program is there, or it would be fresh without.
            if (LinkSession.Link(link).Statistics is { } statistics)
            {
                using var file = new OutputFile(StatsCommand.FileBeside(output));
                file.Write(System.Text.Encoding.UTF8.GetBytes(StatisticsDocument.Of(statistics).ToJson()));
            }
            return 0;
        }
        finally
        {
            // A link that failed as well: it is the one to look at.
            KeptLink.Keep(args, metadata, link.Backend);
            Remove(metadata);
        }
    }

    /// <summary>Tells cargo, in rustc's way, that the choice of a backend is part of what the program was made of.</summary>
    private void TrackBackend()
    {
        if (DepInfoPath is { } path && File.Exists(path))
            File.AppendAllText(path, $"# env-dep:{BackendChoice.Variable}{(BackendChoice.Chosen is { } chosen ? "=" + chosen : "")}\n");
    }

    /// <summary>A scratch file that may not be there, in a folder that may be gone.</summary>
    private static void Remove(string path)
    {
        if (File.Exists(path)) File.Delete(path);
    }

    private MirlinkException NoTestHarness() => new($"crate `{args.EffectiveCrateName}`: test harnesses (--test) are not supported") { Help = "run tests with `cargo test`" };

    private void RequireProgramOrLibrary()
    {
        foreach (string type in args.CrateTypes)
            if (type is not ("bin" or "lib" or "rlib"))
                throw new MirlinkException($"crate `{args.EffectiveCrateName}` asks for crate type `{type}`, which is not supported") { Help = "programs (`bin`) and Rust libraries (`lib`, `rlib`) are" };
    }

    private string CrateType() => args.CrateTypes.Count == 0 ? "bin" : args.CrateTypes[^1];

    private LinkOptions LinkOptionsFor(string root, string output)
    {
        var options = new LinkOptions
        {
            Root = root,
            Output = output,
            SearchDirs = [.. args.SearchDirs("dependency", "crate", "native")],
            Externs = args.Externs,
            NativeLibs = args.NativeLibs,
            Sysroot = args.Sysroot,
            OptLevel = args.WantsOptimization ? "3" : "0",
            DebugInfo = args.WantsDebugInfo ? 2 : 0,
            Timings = Environment.GetEnvironmentVariable("MIRLINK_TIMINGS") == "1",
            Statistics = Environment.GetEnvironmentVariable(StatsCommand.Variable) == "1",
        };
        foreach (var (name, value) in args.Codegen) options = CodegenArguments.Apply(options, value is null ? name : $"{name}={value}");
        return BackendChoice.ForBuild(options, Diagnostics.Note);
    }

    /// <summary>cargo's call of its rustc wrapper: decides whose work this command line is.</summary>
    public int ForCargo(string[] original)
    {
        // Host units (build scripts, proc macros and what they need) have no --target: they stay rustc's.
        if (args.IsQuery || args.Target is null || args.Input is null or "-" || !args.Emits("link")) return FrontEnd.Forward(toolchain.Rustc, original);
        if (args.IsTest) throw NoTestHarness();
        if (args.CrateTypes.Count == 0 || args.CrateTypes is ["bin"]) return Binary();
        RequireProgramOrLibrary();
        return Library();
    }
}
