using Mirlink.Backend;
using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Mir.Passes;
using Mirlink.Rlib;
using Mirlink.Rustc;
using Mirlink.Rustc.Import;
using MetadataStub = Mirlink.Rustc.Metadata.Raw.MetadataStub;

namespace Mirlink.Cli.Compile;

/// <summary>Makes a MIR-only rlib of a crate's metadata: imports it, encodes our section, bundles static native libraries, and writes it all at once or not at all.</summary>
internal static class MirRlib
{
    /// <param name="stub">rustc's metadata stays where it is, the `.rmeta` next to the rlib.</param>
    /// <param name="globalAsm">How to get at the text of `global_asm!`; null where rustc cannot be asked.</param>
    /// <exception cref="MirlinkException">The metadata, or that of a dependency, cannot be used, or the output cannot be written.</exception>
    public static void Write(RustcToolchain toolchain, string metadata, OutputFile output, RustcArgs args, bool stub, GlobalAsmText? globalAsm)
    {
        var tcx = new TyCtxt();
        try
        {
            output.Write(ArWriter.Write(Members(tcx, toolchain, metadata, args, stub, globalAsm)));
        }
        finally
        {
            foreach (var crate in tcx.Crates) (crate as IDisposable)?.Dispose();
        }
    }

    private static List<ArEntry> Members(TyCtxt tcx, RustcToolchain toolchain, string metadata, RustcArgs args, bool stub, GlobalAsmText? globalAsm)
    {
        int crate = new CrateOpener().Open(tcx, metadata, new CrateSearch(args.Externs, [.. args.SearchDirs("dependency", "crate")], toolchain));
        var optimizer = Optimizer(tcx, args);
        if (tcx.Crates[crate] is RustcCrate source && GlobalAsmText.IsIn(source))
            source.GlobalAsm = globalAsm?.Take(tcx, crate) ?? throw new MirlinkException($"crate `{source.Info.Name}` has `global_asm!`, for whose text rustc must be run again");
        var entries = new List<ArEntry>
        {
            new(SectionFormat.MetadataMember, stub && tcx.Crates[crate] is RustcCrate full ? MetadataStub.Of(full.Metadata) : File.ReadAllBytes(metadata)),
            new(SectionFormat.SectionMember, SectionWriter.Write(tcx, crate, toolchain.Version, optimizer)),
        };
        foreach (var lib in tcx.Crates[crate].NativeLibs)
            if (lib.Kind == NativeLibKind.Static && lib.Bundle != false) entries.Add(Bundled(lib, args));
        return entries;
    }

    /// <summary>Switches for passes on generic MIR, separated by commas: `-all` or `-copy-prop`. cargo does not know of it: what it built before stays as it is.</summary>
    public const string PassesVariable = "MIRLINK_LIBRARY_PASSES";

    /// <summary>Null where rustc itself was asked to optimize generic MIR.</summary>
    private static GenericOptimizer? Optimizer(TyCtxt tcx, RustcArgs args)
    {
        if (args.MirOptLevel is not (null or "0" or "1")) return null;
        SessionServices.Attach(tcx, optimize: false, PanicStrategy.Unwind);
        return new GenericOptimizer(tcx, Environment.GetEnvironmentVariable(PassesVariable)?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? []);
    }

    private static ArEntry Bundled(NativeLib lib, RustcArgs args)
    {
        string file = lib.Verbatim == true ? lib.Name : $"lib{lib.Name}.a";
        foreach (string dir in args.SearchDirs("native"))
        {
            string path = Path.Combine(dir, file);
            if (File.Exists(path)) return new ArEntry(file, File.ReadAllBytes(path));
        }
        throw new MirlinkException($"could not find native static library `{lib.Name}`: there is no {file} in the search folders") { Help = "name its folder with `-L native=…`" };
    }
}
