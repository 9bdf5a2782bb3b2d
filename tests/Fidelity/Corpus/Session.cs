using Mirlink.Mir;
using Mirlink.Mir.Abi;
using Mirlink.Mir.Interpret;
using Mirlink.Mir.Traits;
using Mirlink.Rustc.Import;

namespace Mirlink.Fidelity;

/// <summary>A crate read from rustc's metadata with everything it depends on.</summary>
public sealed class Session
{
    public TyCtxt Tcx { get; } = new();
    public int Number { get; }
    public RustcCrate Crate { get; }

    public Session(string metadata, string libDirectory)
    {
        Number = new CrateLoader(Tcx, [libDirectory]).Load(metadata);
        Crate = (RustcCrate)Tcx.Crates[Number];
        AddServices(Tcx);
    }

    public static void AddServices(TyCtxt tcx)
    {
        tcx.Traits = new TraitSelection(tcx);
        tcx.Eval = new ConstEvaluator(tcx);
        tcx.Layouts = new LayoutCx(tcx, new LayoutOptions(Optimize: true));
    }

    /// <summary>Items with bodies, in the order in which rustc writes and prints them.</summary>
    public List<int> ItemsInOrder()
    {
        var items = new List<(uint Position, int Index)>();
        for (int i = 0; i < Crate.DefCount; i++)
        {
            var (optimized, ctfe, promoted, trivial) = Crate.BodyPositions(i);
            uint first = uint.MaxValue;
            foreach (uint p in (ReadOnlySpan<uint>)[optimized, ctfe, promoted, trivial]) if (p != 0) first = Math.Min(first, p);
            if (first != uint.MaxValue) items.Add((first, i));
        }
        items.Sort();
        return items.ConvertAll(i => i.Index);
    }
}
