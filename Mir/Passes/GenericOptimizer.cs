namespace Mirlink.Mir.Passes;

/// <summary>
/// Optimizes generic bodies when a library's rlib is made, so that every instance in every program starts from less: copies, constants, unreachable blocks and locals
/// that are the same for all types. Functions without parameters are left to the link, which compiles each once at most, and mostly not at all.
/// </summary>
public sealed class GenericOptimizer
{
    private readonly TyCtxt _tcx;
    private readonly Pipeline _pipeline;

    /// <param name="switches">As <see cref="PassOptions.Switches"/>.</param>
    /// <exception cref="MirlinkException">A switch names no pass.</exception>
    public GenericOptimizer(TyCtxt tcx, IReadOnlyList<string> switches)
    {
        _tcx = tcx;
        _pipeline = new Pipeline(new PassContext(tcx, new PassOptions { Generic = true, Switches = switches }));
    }

    /// <summary>Changes the body, which nobody else has.</summary>
    public void Optimize(DefId def, Body body)
    {
        if (!IsGeneric(def)) return;
        _pipeline.OnGenericMir(body);
        // What the passes know of it is not part of it.
        body.Passes = null;
    }

    /// <summary>May there be more than one instance? Closures have parameters of their own, of which what they are in decides.</summary>
    private bool IsGeneric(DefId def)
    {
        while (_tcx.DefKind(def) is DefKind.Closure or DefKind.InlineConst or DefKind.SyntheticCoroutineBody && _tcx.Parent(def) is { } parent) def = parent;
        return (_tcx.IdentityArgs(def).Flags & TypeFlags.HasParam) != 0;
    }
}
