using Mirlink.Mir;
using Mirlink.Rlib;

namespace Mirlink.Linker;

/// <summary>Native libraries of the crates without machine code and of the command line, as arguments for the ELF linker. Std's own are fixed.</summary>
internal sealed class NativeLibraries(IReadOnlyList<string> searchDirs, string tempDir)
{
    private readonly List<string> _args = [];
    private int _extracted;

    public IReadOnlyList<string> Args => _args;

    public void AddCrate(CrateInfo crate, IReadOnlyList<NativeLib> libs)
    {
        foreach (var lib in libs) Add(lib, crate);
    }

    /// <summary>-l as rustc writes it: [kind[:+modifier,-modifier]=]name[:rename].</summary>
    public void AddFromCommandLine(string spec)
    {
        string kind = "", name = spec;
        bool? bundle = null, whole = null, asNeeded = null, verbatim = null;
        if (spec.IndexOf('=') is > 0 and var eq)
        {
            kind = spec[..eq];
            name = spec[(eq + 1)..];
        }
        if (kind.IndexOf(':') is > 0 and var colon)
        {
            foreach (string modifier in kind[(colon + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                bool on = modifier[0] == '+';
                switch (modifier[1..])
                {
                    case "bundle": bundle = on; break;
                    case "whole-archive": whole = on; break;
                    case "as-needed": asNeeded = on; break;
                    case "verbatim": verbatim = on; break;
                    default: throw new MirlinkException($"unknown modifier `{modifier}` in `-l {spec}`");
                }
            }
            kind = kind[..colon];
        }
        Add(new NativeLib(kind switch
        {
            "" => NativeLibKind.Unspecified,
            "static" => NativeLibKind.Static,
            "dylib" => NativeLibKind.Dylib,
            "link-arg" => NativeLibKind.LinkArg,
            _ => throw new MirlinkException($"unknown kind of library in `-l {spec}`"),
        }, name, null, bundle, whole, asNeeded, verbatim), null);
    }

    private void Add(NativeLib lib, CrateInfo? crate)
    {
        switch (lib.Kind)
        {
            case NativeLibKind.Static:
                string archive = FindStatic(lib, crate);
                if (lib.WholeArchive == true) _args.AddRange(["--whole-archive", archive, "--no-whole-archive"]);
                else _args.Add(archive);
                break;
            case NativeLibKind.Dylib or NativeLibKind.Unspecified:
                if (lib.AsNeeded == false) _args.Add("--no-as-needed");
                _args.Add(lib.Verbatim == true ? "-l:" + lib.Name : "-l" + lib.Name);
                if (lib.AsNeeded == false) _args.Add("--as-needed");
                break;
            case NativeLibKind.LinkArg:
                _args.Add(lib.Name);
                break;
            case NativeLibKind.WasmImportModule or NativeLibKind.Framework:
                break;
            default:
                throw new UnsupportedException($"the native library `{lib.Name}` of kind {lib.Kind}");
        }
    }

    /// <summary>Bundled in the crate's archive, else in the search folders, as rustc names static libraries.</summary>
    private string FindStatic(NativeLib lib, CrateInfo? crate)
    {
        string file = lib.Verbatim == true ? lib.Name : $"lib{lib.Name}.a";
        if (crate is not null && crate.Path.EndsWith(".rlib", StringComparison.Ordinal))
        {
            using var archive = ArArchive.Open(crate.Path);
            if ((archive.Find(lib.Filename ?? file) ?? archive.Find(file)) is { } member)
            {
                string path = Path.Combine(tempDir, $"native{_extracted++}_{file}");
                File.WriteAllBytes(path, archive.Read(member));
                return path;
            }
        }
        foreach (string dir in searchDirs)
        {
            string path = Path.Combine(dir, file);
            if (File.Exists(path)) return path;
        }
        throw new MirlinkException($"could not find native static library `{lib.Name}`{(crate is null ? "" : $" of crate `{crate.Name}`")}: there is no {file} in the search folders") { Help = "name its folder with `-L native=…`" };
    }
}
