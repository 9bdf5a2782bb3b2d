using Mirlink.Mir.Dataflow;

namespace Mirlink.Mir.Passes;

/// <summary>Which passes a body has been through, so that none looks again at what nobody changed since; and what they found out that still holds.</summary>
internal sealed class PassHistory
{
    /// <summary>By pass: the number of changes when it was through; 0 for never.</summary>
    private readonly int[] _doneAt;
    private int _changes = 1;

    public PassHistory(int passes) => _doneAt = new int[passes];

    private PassHistory(PassHistory other) => (_doneAt, _changes) = ((int[])other._doneAt.Clone(), other._changes);

    public PassHistory Copy() => new(this);

    public bool IsDone(int pass) => _doneAt[pass] == _changes;

    public void Ran(int pass, bool changed)
    {
        if (changed) Changed();
        _doneAt[pass] = _changes;
    }

    /// <summary>The body is not what it was.</summary>
    public void Changed()
    {
        _changes++;
        Forget();
    }

    // -- what was found out --------------------------------------------------------------------------------------------------------------------------

    private Cfg? _cfg;
    private SsaLocals? _ssa;

    public void Forget() => (_cfg, _ssa) = (null, null);

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
}
