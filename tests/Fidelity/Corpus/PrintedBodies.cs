using Mirlink.Mir;
using Mirlink.Mir.Text;

namespace Mirlink.Fidelity;

/// <summary>Every body of a crate printed by us, in the order of rustc's text.</summary>
static class PrintedBodies
{
    public static IEnumerable<string> InOrder(Session session, string[] externs)
    {
        var printer = new MirPrinter(session.Tcx, session.Number, new VisiblePaths(session.Tcx, session.Number, externs));
        var crate = session.Crate;
        foreach (int i in session.ItemsInOrder())
        {
            if (crate.TrivialConst(i) is { } trivial)
            {
                yield return printer.PrintTrivialConst(new DefId(session.Number, i), trivial.Value, trivial.Ty);
                continue;
            }
            var (optimized, ctfe, promoted) = Bodies(crate, i);
            if (optimized is not null) yield return printer.Print(optimized);
            else if (ctfe is not null) yield return printer.Print(ctfe);
            foreach (var p in promoted) yield return printer.Print(p);
            if (optimized is not null && ctfe is not null && crate.IsConstFn(i)) yield return printer.Print(ctfe);
        }
    }

    /// <summary>The bodies of an item as they are printed: a constructor's one body is both.</summary>
    public static (Body? Optimized, Body? Ctfe, Body[] Promoted) Bodies(ICrateSource crate, int index) =>
        (crate.HasOptimizedMir(index) ? crate.OptimizedMir(index) : null, crate.MirForCtfe(index), crate.PromotedMir(index) ?? []);
}
