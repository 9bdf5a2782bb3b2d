using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Rustc;

namespace Mirlink.Cli.Compile;

/// <summary>
/// A library for cargo in two steps, of which anybody may do the first: rustc, with <see cref="RustcArguments"/> and RUSTC_BOOTSTRAP=1, writes metadata where cargo
/// wants it (dependents start with it); then the rlib is made of that. The rlib's folder is known to be writable before the first step.
/// </summary>
internal sealed class LibraryCompilation : IDisposable
{
    private readonly RustcToolchain _toolchain;
    private readonly RustcArgs _args;
    private readonly string _metadata;
    private readonly bool _keepMetadata, _stub;
    private readonly bool _bootstrapped;
    private readonly string? _build;
    private readonly OutputFile _rlib;

    /// <param name="bootstrapped">The user has set RUSTC_BOOTSTRAP.</param>
    /// <param name="primary">The rlib is what the user asked cargo for, and may be taken out of cargo's folder: it gets metadata of its own, although that is in the `.rmeta`, too.</param>
    /// <param name="build">The <see cref="ToolBuild.Variable"/> that cargo has; null for none.</param>
    /// <exception cref="MirlinkException">The rlib cannot be written there.</exception>
    public LibraryCompilation(RustcToolchain toolchain, RustcArgs args, bool bootstrapped, bool primary, string? build)
    {
        (_toolchain, _args, _bootstrapped, _build) = (toolchain, args, bootstrapped, build);
        string rlib = args.EmitPath("link") ?? args.PathOf("rlib", isLibrary: true);
        _keepMetadata = args.Emits("metadata");
        _stub = _keepMetadata && !primary && MetadataPath(args) == Path.ChangeExtension(rlib, ".rmeta");
        _metadata = _keepMetadata ? MetadataPath(args) : CrateCompilation.Scratch(rlib, "rmeta");
        RustcArguments = FrontEnd.LibraryArguments(args, _metadata, args.DepInfoPath, bootstrapped);
        _rlib = new OutputFile(rlib);
        // What depends on the crate starts before the rlib is there, and must not take one of another build of Mirlink for it.
        File.Delete(rlib);
    }

    public IReadOnlyList<string> RustcArguments { get; }

    private static string MetadataPath(RustcArgs args) => args.EmitPath("metadata") ?? Path.Combine(args.OutDir ?? "", $"lib{args.EffectiveCrateName}{args.ExtraFilename}.rmeta");

    /// <summary>Whether a process in another folder reads and writes the same files; those that only rustc looks at do not matter.</summary>
    public static bool PathsAreAbsolute(RustcArgs args)
    {
        if (args.DepInfoPath is { } depInfo && !Path.IsPathRooted(depInfo)) return false;
        foreach (var (_, path) in args.Externs) if (!Path.IsPathRooted(path)) return false;
        foreach (string dir in args.SearchDirs("dependency", "crate", "native")) if (!Path.IsPathRooted(dir)) return false;
        return args.Emits("metadata") && Path.IsPathRooted(MetadataPath(args)) && Path.IsPathRooted(args.EmitPath("link") ?? args.PathOf("rlib", isLibrary: true));
    }

    /// <param name="here">This process is where rustc was run, and may run it again.</param>
    /// <exception cref="MirlinkException">The rlib cannot be made, or not without running rustc again.</exception>
    public void WriteRlib(bool here)
    {
        MirRlib.Write(_toolchain, _metadata, _rlib, _args, _stub, here ? new GlobalAsmText(_toolchain, _args, isProgram: false, _bootstrapped) : null);
        DepInfo.Track(_args, (ToolBuild.Variable, _build));
    }

    public void Dispose()
    {
        _rlib.Dispose();
        if (!_keepMetadata && File.Exists(_metadata)) File.Delete(_metadata);
    }
}
