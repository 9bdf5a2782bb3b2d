using System.Globalization;
using Mirlink.Cli.Commands;
using Mirlink.Cli.Statistics;
using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Rustc;
using Mirlink.Rustc.Metadata.Raw;

namespace Mirlink.Cli.Compile;

/// <summary>
/// One rustc command line, carried out our way: a library becomes a MIR-only rlib, a binary is linked from MIR. What is not ours (build scripts, proc macros,
/// queries) goes to rustc untouched.
/// </summary>
internal sealed class CrateCompilation(RustcToolchain toolchain, RustcArgs args)
{
    private readonly FrontEnd _frontEnd = new(toolchain);

    private static bool IsBootstrapped => Environment.GetEnvironmentVariable("RUSTC_BOOTSTRAP") is { Length: > 0 };

    /// <summary>cargo says so of what the user asked for, and not of what that needs.</summary>
    private static bool IsPrimary => Environment.GetEnvironmentVariable("CARGO_PRIMARY_PACKAGE") is { Length: > 0 };

    /// <summary>What cargo was told, and will compare with.</summary>
    private static string? Build => Environment.GetEnvironmentVariable(ToolBuild.Variable);

    public static string Scratch(string beside, string suffix) => $"{beside}.{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}.{suffix}";

    /// <summary>`mirlink rustc … --emit=mir-rlib`: a MIR-only rlib, of a binary's source as well.</summary>
    public int ToMirRlib()
    {
        if (args.Input is null) throw new MirlinkException("`--emit=mir-rlib` needs a source file") { Help = "`mirlink rustc --help` shows how" };
        if (args.IsTest) throw NoTestHarness(args);
        RequireProgramOrLibrary(args);
        string output = args.EmitPath("mir-rlib") ?? args.PathOf("rlib", isLibrary: true);
        string metadata = Scratch(output, "rmeta");
        using var file = new OutputFile(output);
        try
        {
            bool isProgram = CrateType() == "bin";
            int status = isProgram ? _frontEnd.CompileBinary(args, metadata, metadata + ".check", args.DepInfoPath, IsBootstrapped)
                : _frontEnd.CompileLibrary(FrontEnd.LibraryArguments(args, metadata, args.DepInfoPath, IsBootstrapped));
            if (status == 0) MirRlib.Write(toolchain, metadata, file, args, stub: false, AsmText(isProgram));
            return status;
        }
        finally
        {
            Remove(metadata);
        }
    }

    /// <summary>A library for cargo.</summary>
    /// <param name="metadataIsThere">rustc was run already.</param>
    private int Library(bool metadataIsThere)
    {
        using var library = new LibraryCompilation(toolchain, args, IsBootstrapped, IsPrimary, Build);
        int status = metadataIsThere ? 0 : _frontEnd.CompileLibrary(library.RustcArguments);
        if (status == 0) library.WriteRlib(here: true);
        return status;
    }

    /// <summary>A binary for cargo: checked, compiled to MIR, linked.</summary>
    private int Binary()
    {
        string output = args.EmitPath("link") ?? args.PathOf("", isLibrary: false);
        string metadata = Scratch(output, "rmeta");
        // Options that the link will refuse are refused before the front end runs.
        var link = LinkOptionsFor(metadata, output);
        try
        {
            int status = _frontEnd.CompileBinary(args, metadata, metadata + ".check", args.DepInfoPath, IsBootstrapped);
            if (status != 0) return status;
            DepInfo.Track(args, (BackendChoice.Variable, BackendChoice.Chosen), (ToolBuild.Variable, Build));
            if (HasGlobalAsm(metadata))
            {
                using var rlib = new OutputFile(Scratch(output, "rlib"));
                link = link with { Root = rlib.Path };
                MirRlib.Write(toolchain, metadata, rlib, args, stub: false, AsmText(isProgram: true));
            }
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
            KeptLink.Keep(args, link.Root, link.Backend);
            Remove(metadata);
            Remove(link.Root);
        }
    }

    private GlobalAsmText AsmText(bool isProgram) => new(toolchain, args, isProgram, IsBootstrapped);

    /// <summary>A program is linked from its metadata, unless that does not say all.</summary>
    private bool HasGlobalAsm(string metadata)
    {
        using var meta = CrateMetadata.Open(metadata, toolchain.Version);
        for (uint i = 0; i < meta.DefCount; i++) if (meta.DefKind(i) == DefKindRow.GlobalAsm) return true;
        return false;
    }

    /// <summary>A scratch file that may not be there, in a folder that may be gone.</summary>
    private static void Remove(string path)
    {
        if (File.Exists(path)) File.Delete(path);
    }

    private static MirlinkException NoTestHarness(RustcArgs args) => new($"crate `{args.EffectiveCrateName}`: test harnesses (--test) are not supported") { Help = "run tests with `cargo test`" };

    private static void RequireProgramOrLibrary(RustcArgs args)
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

    /// <summary>Whose work a command line of cargo's is.</summary>
    /// <exception cref="MirlinkException">It asks for what is not supported.</exception>
    public static CrateWork WorkOf(RustcArgs args)
    {
        // Host units (build scripts, proc macros and what they need) have no --target: they stay rustc's.
        if (args.IsQuery || args.Target is null || args.Input is null or "-" || !args.Emits("link")) return CrateWork.Rustcs;
        if (args.IsTest) throw NoTestHarness(args);
        if (args.CrateTypes.Count == 0 || args.CrateTypes is ["bin"]) return CrateWork.Binary;
        RequireProgramOrLibrary(args);
        return CrateWork.Library;
    }

    /// <summary>cargo's call of its rustc wrapper.</summary>
    /// <param name="metadataIsThere">A library's, of which rustc's part is done: see <see cref="Serving.ImportServer"/>.</param>
    public int ForCargo(string[] original, bool metadataIsThere) => WorkOf(args) switch
    {
        CrateWork.Rustcs => FrontEnd.Forward(toolchain.Rustc, original),
        CrateWork.Binary => Binary(),
        _ => Library(metadataIsThere),
    };
}

/// <summary>Who carries out one of cargo's calls, and as what.</summary>
internal enum CrateWork { Rustcs, Library, Binary }
