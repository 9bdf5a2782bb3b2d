using System.Diagnostics;
using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Rustc;
using Mirlink.Rustc.Import;

namespace Mirlink.Rlib.Tests;

/// <summary>A folder with crates compiled by rustc's front end and turned into MIR-only rlibs, as the tool does it.</summary>
internal sealed class CrateFiles : IDisposable
{
    public static RustcToolchain Toolchain { get; } = RustcToolchain.Find();
    public static string Repository { get; } = FindRoot();

    public string Folder { get; } = Directory.CreateTempSubdirectory("mirlink-rlib").FullName;

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Metadata with all MIR of a source file; the crate is named like the metadata.</summary>
    public string Compile(string source, string name, params string[] options)
    {
        string metadata = PathOf($"lib{name}.rmeta");
        var start = new ProcessStartInfo(Toolchain.Rustc, [source, "--crate-name", name, "--crate-type=rlib", "--edition=2024", "--cap-lints=allow", "-Zalways-encode-mir", $"--emit=metadata={metadata}", .. options])
        { RedirectStandardError = true, WorkingDirectory = Folder };
        start.Environment["RUSTC_BOOTSTRAP"] = "1";
        using var process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
        return metadata;
    }

    public string CompileText(string text, string name)
    {
        File.WriteAllText(PathOf(name + ".rs"), text);
        return Compile(name + ".rs", name);
    }

    public (TyCtxt Tcx, int Number) Open(string path)
    {
        var tcx = new TyCtxt();
        int number = new CrateOpener().Open(tcx, path, new CrateSearch([], [], Toolchain));
        if (tcx.Crates[number] is RustcCrate crate) crate.GlobalAsm = Assembly(tcx, number);
        return (tcx, number);
    }

    /// <summary>Stands for what rustc would say of a crate's `global_asm!`: text with operands that are functions, generic ones among them, and statics, and one that is unknown.</summary>
    private static GlobalAsm? Assembly(TyCtxt tcx, int number)
    {
        var crate = tcx.Crates[number];
        var symbols = new List<GlobalAsmSymbol>();
        // Programs are linked.
        if (!crate.Info.Name.StartsWith("program", StringComparison.Ordinal)) symbols.Add(new GlobalAsmSymbol("_Runknown", null));
        bool any = false;
        for (int i = 0; i < crate.DefCount; i++)
        {
            var kind = crate.DefKind(i);
            any |= kind == DefKind.GlobalAsm;
            if (kind is not (DefKind.Fn or DefKind.Static) || crate.IsForeignItem(i)) continue;
            var args = new List<GenericArg>();
            foreach (var p in crate.GenericsOf(i)?.OwnParams ?? []) args.Add(p.Kind switch { GenericParamKind.Lifetime => tcx.Interner.ReErased, GenericParamKind.Type => tcx.Interner.U8, _ => tcx.Interner.ConstUsize(2) });
            symbols.Add(new GlobalAsmSymbol($"_Rsymbol{symbols.Count}", Instance.Item(new DefId(number, i), tcx.Interner.Args([.. args]))));
        }
        return any ? new GlobalAsm(string.Join('\n', symbols.Select(static s => $"lea rax, [rip + {s.Name}] # é")), [.. symbols]) : null;
    }

    /// <summary>The section of a crate, and an archive with it and nothing else.</summary>
    public (byte[] Section, string Rlib) ToRlib(string metadata)
    {
        var (tcx, crate) = Open(metadata);
        byte[] section = SectionWriter.Write(tcx, crate, Toolchain.Version);
        return (section, WriteRlib(section, Path.GetFileNameWithoutExtension(metadata) + ".rlib"));
    }

    public string WriteRlib(byte[] section, string name)
    {
        // Not beside the metadata, whose rlib it would be.
        string rlib = Path.Combine(Directory.CreateDirectory(PathOf("rlibs")).FullName, name);
        File.WriteAllBytes(rlib, ArWriter.Write([new ArEntry(SectionFormat.SectionMember, section)]));
        return rlib;
    }

    private static string FindRoot()
    {
        for (var d = new DirectoryInfo(AppContext.BaseDirectory); d is not null; d = d.Parent)
            if (File.Exists(Path.Combine(d.FullName, "mirlink.slnx"))) return d.FullName;
        throw new DirectoryNotFoundException($"no ancestor of {AppContext.BaseDirectory} holds mirlink.slnx");
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
