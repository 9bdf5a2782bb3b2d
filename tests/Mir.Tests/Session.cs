using Mirlink.Mir.Abi;
using Mirlink.Mir.Interpret;
using Mirlink.Mir.Traits;
using Mirlink.Rustc.Import;

namespace Mirlink.Mir.Tests;

/// <summary>A library compiled by rustc and read back with everything it depends on.</summary>
sealed class Session
{
    private readonly Dictionary<string, List<DefId>> _items = new(StringComparer.Ordinal);

    public TyCtxt Tcx { get; } = new();
    public LayoutCx Layouts { get; }

    /// <param name="source">A Rust file.</param>
    public Session(string source, bool optimize, params string[] flags)
    {
        var directory = Directory.CreateTempSubdirectory("mirlink-mir-tests-");
        try
        {
            var metadata = Path.Combine(directory.FullName, "libcase.rmeta");
            RustcOracle.Check([source, "--crate-name=case", "--crate-type=lib", "--emit=metadata", "-Zalways-encode-mir", "--edition=2024", "--cap-lints=allow", "-o", metadata, .. flags]);
            int krate = new CrateLoader(Tcx, [RustcOracle.LibDirectory]).Load(metadata);
            Tcx.Traits = new TraitSelection(Tcx);
            Tcx.Eval = new ConstEvaluator(Tcx);
            Tcx.Layouts = Layouts = new LayoutCx(Tcx, new LayoutOptions(Optimize: optimize));
            for (int i = 0; i < Tcx.Crates[krate].DefCount; i++)
            {
                var def = new DefId(krate, i);
                if (Tcx.DefKey(def) is { Data: DefPathData.TypeNs or DefPathData.ValueNs, Name: { } name })
                {
                    if (!_items.TryGetValue(name, out var list)) _items.Add(name, list = []);
                    list.Add(def);
                }
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>The one item of that name.</summary>
    public DefId Item(string name) => _items[name] is [var only] ? only : throw new InvalidOperationException($"several items are called {name}");
}
