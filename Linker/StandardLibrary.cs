using Mirlink.Mir;
using Mirlink.Rlib;
using Mirlink.Rustc;

namespace Mirlink.Linker;

/// <summary>
/// The machine code of the standard library as shipped: the rlibs of the crates in the link that have any, which symbols they define, and the name of the
/// pseudo crate of runtime symbols (its disambiguator differs from toolchain to toolchain).
/// </summary>
public sealed class StandardLibrary
{
    private readonly HashSet<string> _defined;

    public RustcToolchain Toolchain { get; }
    /// <summary>Rlibs to link, dependents before dependencies.</summary>
    public IReadOnlyList<string> Rlibs { get; }
    /// <summary>Such as "_RNvCsfgHYwM92fyn_7___rustc": see <see cref="Mir.Mangling.SymbolNames"/>.</summary>
    public string InternalPrefix { get; }

    private StandardLibrary(RustcToolchain toolchain, IReadOnlyList<string> rlibs, HashSet<string> defined, string internalPrefix)
    {
        Toolchain = toolchain;
        Rlibs = rlibs;
        _defined = defined;
        InternalPrefix = internalPrefix;
    }

    public bool Defines(string symbol) => _defined.Contains(symbol);

    /// <summary>Opens the archives of all crates of the session that have machine code, and of the panic runtime.</summary>
    public static StandardLibrary Open(TyCtxt tcx, RustcToolchain toolchain, Backend.PanicStrategy panic)
    {
        string runtime = panic == Backend.PanicStrategy.Abort ? "panic_abort" : "panic_unwind";
        var rlibs = new List<string>();
        bool needsRuntime = false, hasRuntime = false;
        // Later crates depend on earlier ones.
        for (int i = tcx.Crates.Count - 1; i >= 0; i--)
        {
            var info = tcx.Crates[i].Info;
            if (info.IsProcMacro) continue;
            if (!info.HasMachineCode)
            {
                // A crate as shipped says so by the objects in its rlib; one without rlib would look like a crate of ours.
                if (Path.GetDirectoryName(info.Path) == toolchain.LibDir) RlibOf(info, toolchain);
                continue;
            }
            needsRuntime |= info.NeedsPanicRuntime;
            if (info.IsPanicRuntime && info.Name != runtime) continue;
            hasRuntime |= info.Name == runtime;
            rlibs.Add(RlibOf(info, toolchain));
        }
        if (needsRuntime && !hasRuntime) rlibs.Insert(0, Find(toolchain, runtime));

        var defined = new HashSet<string>(StringComparer.Ordinal);
        string? prefix = null;
        foreach (string path in rlibs)
        {
            using var archive = ArArchive.Open(path);
            foreach (string symbol in archive.ReadSymbolIndex())
            {
                defined.Add(symbol);
                if (prefix is null && symbol.StartsWith("_RNvC", StringComparison.Ordinal) && symbol.IndexOf("_7___rustc", StringComparison.Ordinal) is > 0 and var at)
                    prefix = symbol[..(at + "_7___rustc".Length)];
            }
        }
        return new StandardLibrary(toolchain, rlibs, defined, prefix ?? "_RNvC7___rustc");
    }

    private static string RlibOf(CrateInfo info, RustcToolchain toolchain)
    {
        string rlib = Path.ChangeExtension(info.Path, ".rlib");
        return File.Exists(rlib) ? rlib : throw new MirlinkException($"the machine code of crate `{info.Name}` is missing: there is no `{rlib}`") { Help = $"install the standard library of rustc {toolchain.VersionNumber} again" };
    }

    private static string Find(RustcToolchain toolchain, string crate)
    {
        var found = Directory.GetFiles(toolchain.LibDir, $"lib{crate}-*.rlib");
        Array.Sort(found, StringComparer.Ordinal);
        return found.Length > 0 ? found[0] : throw new MirlinkException($"the standard library of {toolchain.Version} has no {crate}");
    }
}
