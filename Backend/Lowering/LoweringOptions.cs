using Mirlink.Mir.Passes;

namespace Mirlink.Backend.Lowering;

/// <summary>The session's settings that change what machine code means or carries. Part of every code cache key.</summary>
public sealed record LoweringOptions
{
    /// <summary>Optimizing (opt-level other than 0): facts for the optimizer (ranges, lifetimes, assumptions) are worth emitting.</summary>
    public bool Optimize { get; init; }
    /// <summary>-C overflow-checks: also for code of other crates that inherits the setting.</summary>
    public bool OverflowChecks { get; init; }
    /// <summary>Library preconditions of unsafe functions are checked (-Z ub-checks, by default with debug assertions).</summary>
    public bool UbChecks { get; init; }
    public bool ContractChecks { get; init; }
    public PanicStrategy Panic { get; init; } = PanicStrategy.Unwind;
    /// <summary>0 none, 1 line tables, 2 full.</summary>
    public int DebugInfo { get; init; }
    /// <summary>Instances that cannot tell their type arguments apart share one body (see <see cref="Mir.Erasure.TypeEraser"/>).</summary>
    public bool Erase { get; init; }
    /// <summary>Which MIR passes run. What the other settings say about checks, level and unwinding is filled in from them.</summary>
    public PassOptions Passes { get; init; } = new();
}
