using Mirlink.Backend;
using Mirlink.Mir;
using Mirlink.Mir.Abi;
using Mirlink.Mir.Interpret;
using Mirlink.Mir.Traits;

namespace Mirlink.Linker;

/// <summary>The services that a link works with: trait selection, layouts and constants as rustc has them.</summary>
public sealed class SessionServices : ISessionServices
{
    public void Attach(TyCtxt tcx, LinkOptions options) => Attach(tcx, options.Optimize, options.Panic);

    public static void Attach(TyCtxt tcx, bool optimize, PanicStrategy panic)
    {
        tcx.Traits = new TraitSelection(tcx);
        tcx.Layouts = new LayoutCx(tcx, new LayoutOptions(optimize, panic == PanicStrategy.Unwind));
        tcx.Eval = new ConstEvaluator(tcx);
    }
}
