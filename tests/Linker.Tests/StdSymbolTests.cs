using Mirlink.Mir;
using Mirlink.Mir.Mangling;
using Mirlink.Rlib;
using Mirlink.Rustc;
using Xunit.Abstractions;

namespace Mirlink.Linker.Tests;

/// <summary>The names that we compute for std's exports against the symbol tables of its objects.</summary>
public sealed class StdSymbolTests(ITestOutputHelper output)
{
    private static (TyCtxt Tcx, StandardLibrary Std, RustcToolchain Toolchain) OpenTestCrate()
    {
        var toolchain = RustcToolchain.Find();
        var tcx = new TyCtxt();
        string root = Directory.GetFiles(toolchain.LibDir, "libtest-*.rmeta").Single();
        new CrateOpener().Open(tcx, root, new CrateSearch([], [], toolchain));
        new SessionServices().Attach(tcx, new LinkOptions { Root = root, Output = "" });
        return (tcx, StandardLibrary.Open(tcx, toolchain, Backend.PanicStrategy.Unwind), toolchain);
    }

    [Fact]
    public void EveryExportedFunctionAndStaticIsInTheObjectsUnderItsMangledName()
    {
        var (tcx, std, _) = OpenTestCrate();
        Assert.Matches("^_RNvCs[0-9A-Za-z]+_7___rustc$", std.InternalPrefix);
        var names = new SymbolNames(tcx, std.InternalPrefix);
        int checkedSymbols = 0;
        var missing = new List<string>();
        foreach (var crate in tcx.Crates)
        {
            string rlib = Path.ChangeExtension(crate.Info.Path, ".rlib");
            using var archive = ArArchive.Open(rlib);
            var defined = archive.ReadSymbolIndex().ToHashSet(StringComparer.Ordinal);
            foreach (var def in crate.ExportedNonGenericSymbols)
            {
                string name = names.Of(Instance.Item(def, tcx.IdentityArgs(def)));
                checkedSymbols++;
                if (!defined.Contains(name)) missing.Add($"{tcx.DefPath(def)}: {name}");
            }
        }
        foreach (string m in missing.Take(40)) output.WriteLine(m);
        Assert.True(checkedSymbols > 2000, $"only {checkedSymbols} symbols were checked");
        Assert.Empty(missing);
    }

    [Fact]
    public void EverySharedGenericInstanceIsInTheObjectsUnderItsMangledName()
    {
        var (tcx, std, _) = OpenTestCrate();
        var names = new SymbolNames(tcx, std.InternalPrefix);
        int checkedSymbols = 0;
        var missing = new List<string>();
        for (int k = 0; k < tcx.Crates.Count; k++)
        {
            var crate = tcx.Crates[k];
            if (crate.ExportedGenericSymbols.Count == 0) continue;
            using var archive = ArArchive.Open(Path.ChangeExtension(crate.Info.Path, ".rlib"));
            var defined = archive.ReadSymbolIndex().ToHashSet(StringComparer.Ordinal);
            foreach (var instance in crate.ExportedGenericSymbols)
            {
                string name = names.Of(instance, k);
                checkedSymbols++;
                if (!defined.Contains(name)) missing.Add(name);
            }
        }
        foreach (string m in missing.Take(40)) output.WriteLine(m);
        Assert.True(checkedSymbols > 50, $"only {checkedSymbols} symbols were checked");
        Assert.Empty(missing);
    }

    /// <summary>A mangled name says what it stands for: `sym` operands of `global_asm!` are found by theirs.</summary>
    [Fact]
    public void NamesLeadBackToWhatTheyStandFor()
    {
        var (tcx, std, _) = OpenTestCrate();
        var names = new SymbolNames(tcx, std.InternalPrefix);
        var resolver = new SymbolResolver(tcx);
        int functions = 0, instances = 0;
        var lost = new List<string>();
        for (int k = 0; k < tcx.Crates.Count; k++)
        {
            foreach (var def in tcx.Crates[k].ExportedNonGenericSymbols)
            {
                var item = Instance.Item(def, new RegionEraser(tcx).Fold(tcx.IdentityArgs(def)));
                if (names.Fixed(item) is not null) continue;
                string name = names.Of(item);
                if (resolver.Resolve(name) is { } found) Assert.Equal(item, found);
                else lost.Add(name);
                functions++;
            }
            foreach (var instance in tcx.Crates[k].ExportedGenericSymbols)
            {
                if (instance.Kind != InstanceKind.Item || tcx.DefKind(instance.Def) == DefKind.Closure) continue;
                string name = names.Of(instance, k);
                if (resolver.Resolve(name) is { } found) Assert.Equal(instance, found);
                else lost.Add(name);
                instances++;
            }
        }
        foreach (string name in lost) output.WriteLine(name);
        output.WriteLine($"{lost.Count} of {functions} + {instances}");
        Assert.True(functions > 1500 && instances > 50, $"only {functions} functions and {instances} instances were asked");
        Assert.True(lost.Count * 50 < functions + instances, $"{lost.Count} names are not understood");
        foreach (string name in (string[])["", "_R", "_RNv", "_RNvC", "_RNvC4core", "_RB_", "_RIB_E", "_RNvB_1f", "_RNvCs1_4core1f", "_RMB_h", "_RYhB_", "_RIC4coreA", "_RNvC99999999999999999999f1f", "_RNvCscoScM8QT1vH_4core1fK", "main"])
            Assert.Null(resolver.Resolve(name));
    }
}
