using Mirlink.Backend.Lowering;
using Mirlink.Mir;

namespace Mirlink.Linker;

/// <summary>
/// What an exception during compilation says to whoever linked. Readers check that every number in a body exists (<see cref="BodyNumbers"/>), not that its types fit
/// together: a body damaged in that way is found where it is compiled, by whatever could not be.
/// </summary>
internal static class DamagedCrate
{
    private const string Help = "if the file is damaged, building the crate again helps; otherwise this is a mistake in mirlink: MIRLINK_BACKTRACE=1 shows where";

    /// <summary>The error for a function that could not be compiled: where its own body does not fit together, that.</summary>
    public static MirlinkException Explain(TyCtxt tcx, LoweringContext lowering, Instance instance, Exception e) =>
        Problem(tcx, lowering, instance) is { } problem
            ? new MirlinkException($"{File(tcx, instance.Def)} is damaged: the body of {Describe(tcx, instance.Def)} does not fit together: {problem}", e) { Help = "build the crate again" }
            : Explain(tcx, instance.Def, e);

    /// <summary>The error for anything else that belongs to an item.</summary>
    public static MirlinkException Explain(TyCtxt tcx, DefId def, Exception e) =>
        new($"{Describe(tcx, def)} ({File(tcx, def)}) cannot be compiled: {e.Message}", e) { Help = Help };

    /// <summary>The error for what belongs to no item.</summary>
    public static MirlinkException Explain(TyCtxt tcx, int root, Exception e) =>
        new($"the program in {File(tcx, new DefId(root, 0))} cannot be compiled: {e.Message}", e) { Help = Help };

    private static string? Problem(TyCtxt tcx, LoweringContext lowering, Instance instance)
    {
        try
        {
            return Validator.Check(tcx, lowering.Unoptimized(instance)) is [var first, ..] ? first : null;
        }
        catch (Exception e) when (e is not MirlinkException)
        {
            return e.Message;
        }
        catch (MirlinkException)
        {
            return null;
        }
    }

    private static string Describe(TyCtxt tcx, DefId def)
    {
        string crate = tcx.Crates[def.Krate].Info.Name;
        try
        {
            return $"`{tcx.DefPath(def)}` of crate `{crate}`";
        }
        catch (Exception)
        {
            // Its name is damaged too.
            return $"definition {def.Index} of crate `{crate}`";
        }
    }

    private static string File(TyCtxt tcx, DefId def) => $"`{tcx.Crates[def.Krate].Info.Path}`";
}
