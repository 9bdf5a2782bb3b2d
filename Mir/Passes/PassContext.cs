using System.Diagnostics;

namespace Mirlink.Mir.Passes;

/// <summary>What the passes of a link share. Thread-safe.</summary>
public sealed class PassContext(TyCtxt tcx, PassOptions options)
{
    private long _fuel = options.Fuel ?? long.MaxValue;

    public TyCtxt Tcx { get; } = tcx;
    public PassOptions Options { get; } = options;

    /// <summary>Asked before every change of a body, or a group of changes that only make sense together: false when the fuel is used up.</summary>
    public bool Consume() => Options.Fuel is null || Interlocked.Decrement(ref _fuel) >= 0;

    /// <summary>By the number of a type, plus 1: what scalar replacement makes of it.</summary>
    internal ConcurrentTable AggregateParts { get; } = new();

    /// <summary>By the number of a type, plus 1: the field that is all there is to drop of it.</summary>
    internal ConcurrentTable DropCores { get; } = new();

    // -- time ----------------------------------------------------------------------------------------------------------------------------------------

    private readonly Dictionary<string, long[]> _times = new(StringComparer.Ordinal);

    /// <summary>Time that all threads together spent in each pass, by name, and how often it changed a body. In no order.</summary>
    public IEnumerable<(string Pass, TimeSpan Time, long Changes)> Times
    {
        get
        {
            lock (_times) return [.. _times.Select(static t => (t.Key, Stopwatch.GetElapsedTime(0, t.Value[0]), t.Value[1]))];
        }
    }

    internal void AddTime(string pass, long ticks, bool changed)
    {
        long[]? slot;
        lock (_times)
            if (!_times.TryGetValue(pass, out slot)) _times.Add(pass, slot = new long[2]);
        Interlocked.Add(ref slot[0], ticks);
        if (changed) Interlocked.Increment(ref slot[1]);
    }

    // -- constants -----------------------------------------------------------------------------------------------------------------------------------

    public static Operand Scalar(U128 bits, PrimTy ty, Span span = default) => Operand.Const(new MirConst.Val(new ConstValue.Scalar(new ScalarInt(bits, (byte)ty.ByteSize)), ty), span);

    /// <summary>The bits of a constant bool, char or integer; null for everything else, and for what cannot be evaluated: that is an error where it is required.</summary>
    public U128? ConstantBits(in Operand operand)
    {
        if (operand.Kind == OperandKind.RuntimeChecks) return IsChecked(operand.Checks) is { } on ? on ? 1u : 0u : null;
        if (operand.Kind != OperandKind.Constant) return null;
        var constant = operand.Constant!.Const;
        if (constant.Type.Kind is not (TyKind.Bool or TyKind.Char or TyKind.Int or TyKind.Uint)) return null;
        if (constant is MirConst.Val v) return v.Value is ConstValue.Scalar s ? s.Int.Bits : null;
        if (Options.Generic) return null;
        try
        {
            return Tcx.Eval.Evaluate(constant) is ConstValue.Scalar e ? e.Int.Bits : null;
        }
        catch (MirlinkException)
        {
            return null;
        }
    }

    /// <summary>Null where the link is not known that decides it.</summary>
    public bool? IsChecked(RuntimeChecks check) => Options.Generic ? null : check switch
    {
        RuntimeChecks.UbChecks => Options.UbChecks,
        RuntimeChecks.ContractChecks => Options.ContractChecks,
        _ => Options.OverflowChecks,
    };
}
