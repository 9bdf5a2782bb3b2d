using Mirlink.Mir.Abi;
using Mirlink.Mir.Interpret;
using Mirlink.Mir.Traits;
using Mirlink.Rustc.Import;

namespace Mirlink.Mir.Tests.Interpret;

/// <summary>A file of `Interpret/cases/` compiled to metadata and opened with std.</summary>
internal sealed class InterpretedCrate : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mirlink-mir-tests-").FullName;

    public InterpretedCrate(string name)
    {
        string metadata = Path.Combine(_directory, $"lib{name}.rmeta");
        RustcOracle.Check(Source(name), "--edition=2024", "--crate-type=rlib", "--crate-name=" + name, "-Zalways-encode-mir", "--emit=metadata", "--cap-lints=allow", "-o", metadata);
        Krate = new CrateLoader(Tcx, [RustcOracle.LibDirectory]).Load(metadata);
        Tcx.Traits = new TraitSelection(Tcx);
        Tcx.Layouts = new LayoutCx(Tcx);
        Tcx.Eval = Evaluator = new ConstEvaluator(Tcx);
    }

    public static string Source(string name) => Path.Combine(AppContext.BaseDirectory, "Interpret", "cases", name + ".rs");

    public TyCtxt Tcx { get; } = new();
    public ConstEvaluator Evaluator { get; }
    public int Krate { get; }

    public IEnumerable<DefId> Definitions(DefKind kind)
    {
        for (int i = 0; i < Tcx.Crates[Krate].DefCount; i++)
            if (Tcx.DefKind(new DefId(Krate, i)) == kind) yield return new DefId(Krate, i);
    }

    public ConstValue Evaluate(DefId constant, GenericArgs args) =>
        Evaluator.Evaluate(new MirConst.Unevaluated(constant, args, null, Tcx.Traits.InstantiateAndNormalize(Tcx.TypeOf(constant), args)));

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
