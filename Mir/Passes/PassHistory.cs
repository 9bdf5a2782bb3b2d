using Mirlink.Mir.Dataflow;

namespace Mirlink.Mir.Passes;

/// <summary>Which passes a body has been through, so that none looks again at what nobody changed since; and what they found out that still holds.</summary>
internal sealed class PassHistory
{
    /// <summary>By pass: which others changed the body since it was there, as bits; all for a pass that never was.</summary>
    private readonly uint[] _changedBy;

    public PassHistory(int passes)
    {
        _changedBy = new uint[passes];
        Array.Fill(_changedBy, uint.MaxValue);
    }

    private PassHistory(PassHistory other) => _changedBy = (uint[])other._changedBy.Clone();

    public PassHistory Copy() => new(this);

    /// <summary>Was the pass here, and did none of some others change the body since? A bit for each of these.</summary>
    public bool IsDone(int pass, uint others) => (_changedBy[pass] & others) == 0;

    public void Ran(int pass, bool changed)
    {
        if (changed) Changed(pass);
        _changedBy[pass] = 0;
    }

    /// <summary>The body is not what it was.</summary>
    public void Changed(int by)
    {
        for (int i = 0; i < _changedBy.Length; i++) _changedBy[i] |= 1u << by;
        Forget();
    }

    // -- what was found out --------------------------------------------------------------------------------------------------------------------------

    private Cfg? _cfg;
    private SsaLocals? _ssa;
    private Loops? _loops;

    public void Forget() => (_cfg, _ssa, _loops) = (null, null, null);

    public static Cfg CfgOf(Body body)
    {
        if (body.Passes is not { } history) return new Cfg(body);
        return history._cfg ??= new Cfg(body);
    }

    public static SsaLocals SsaOf(Body body, out Cfg cfg)
    {
        cfg = CfgOf(body);
        if (body.Passes is not { } history) return new SsaLocals(body, cfg);
        return history._ssa ??= new SsaLocals(body, cfg);
    }
    public static Loops LoopsOf(Body body)
    {
        var cfg = CfgOf(body);
        // Most bodies have none: they need no dominators for that.
        if (!cfg.HasCycle) return Loops.None;
        if (body.Passes?._loops is { } known) return known;
        var loops = new Loops(cfg, SsaOf(body, out _).Dominators);
        if (body.Passes is { } history) history._loops = loops;
        return loops;
    }
}
