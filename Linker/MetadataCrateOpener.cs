using Mirlink.Mir;
using Mirlink.Rustc.Import;

namespace Mirlink.Linker;

/// <summary>Crates as rustc wrote them: .rmeta files, and rlibs with a metadata member.</summary>
public sealed class MetadataCrateOpener : ICrateOpener
{
    public int Open(TyCtxt tcx, string root, CrateSearch search)
    {
        var loader = new CrateLoader(tcx, [.. search.Dirs, search.Toolchain.LibDir]);
        foreach (var (_, path) in search.Externs) loader.AddExtern(path);
        return loader.Load(root);
    }
}
