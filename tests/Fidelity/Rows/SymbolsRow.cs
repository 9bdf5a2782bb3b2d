using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Mir.Mangling;
using Mirlink.Rlib;
using Mirlink.Rustc;

namespace Mirlink.Fidelity.Rows;

/// <summary>Every symbol that the standard library's metadata says it exports is in its objects under the name that we compute.</summary>
public sealed class SymbolsRow : IFidelityRow
{
    public int Order => 50;
    public string Name => "symbols";
    public string How => "mangled names of the standard library's exported functions, statics and shared generic instances against the symbol tables of its objects";
    public string MustBe => "100 %";

    public RowResult Run(Corpus corpus)
    {
        var result = new RowResult();
        var toolchain = RustcToolchain.Find();
        var tcx = new TyCtxt();
        string root = Directory.GetFiles(toolchain.LibDir, "libtest-*.rmeta").Single();
        new CrateOpener().Open(tcx, root, new CrateSearch([], [], toolchain));
        new SessionServices().Attach(tcx, new LinkOptions { Root = root, Output = "" });
        var std = StandardLibrary.Open(tcx, toolchain, Backend.PanicStrategy.Unwind);
        var names = new SymbolNames(tcx, std.InternalPrefix);
        long items = 0, itemsFound = 0, generic = 0, genericFound = 0;
        for (int k = 0; k < tcx.Crates.Count; k++)
        {
            var crate = tcx.Crates[k];
            using var archive = ArArchive.Open(Path.ChangeExtension(crate.Info.Path, ".rlib"));
            var defined = archive.ReadSymbolIndex().ToHashSet(StringComparer.Ordinal);
            foreach (var def in crate.ExportedNonGenericSymbols) Ask(names.Of(Instance.Item(def, tcx.IdentityArgs(def))), ref items, ref itemsFound);
            foreach (var instance in crate.ExportedGenericSymbols) Ask(names.Of(instance, k), ref generic, ref genericFound);

            void Ask(string name, ref long asked, ref long equal)
            {
                asked++;
                if (defined.Contains(name)) equal++;
                else result.Differences.Add(new Difference(name, 1, crate.Info.Name, null));
            }
        }
        result.Counts.Add(new Count("functions and statics", itemsFound, items));
        result.Counts.Add(new Count("shared generic instances", genericFound, generic));
        result.Holds = result.Equal == result.Asked && items > 2000;
        return result;
    }
}
