namespace Mirlink.Mir.Passes;

/// <summary>
/// What is worth inlining. The backend inlines too, and knows more about sizes; what pays here is a callee that becomes no larger than its call, one that
/// exists for one call (closures, shims), and one whose body says more with the caller's constants.
/// </summary>
public static class InlineCost
{
    private const int CallCost = 5;

    /// <summary>Roughly the number of machine-level operations.</summary>
    public static int Of(Body body)
    {
        int cost = 0;
        foreach (ref readonly var block in body.Blocks.AsSpan())
        {
            foreach (ref readonly var s in block.Statements.AsSpan())
                cost += s.Kind switch
                {
                    StatementKind.Assign => s.Rvalue is Rvalue.Aggregate a ? Math.Max(1, a.Operands.Length) : 1,
                    StatementKind.SetDiscriminant or StatementKind.Assume => 1,
                    StatementKind.CopyNonOverlapping => 3,
                    _ => 0,
                };
            cost += block.Terminator switch
            {
                Terminator.Call t => CallCost + t.Args.Length,
                Terminator.Drop => CallCost,
                Terminator.Assert => 3,
                Terminator.SwitchInt t => 1 + t.Values.Length,
                Terminator.Goto => 1,
                _ => 0,
            };
        }
        return cost;
    }

    /// <summary>The largest body that is inlined, for a callee with these attributes.</summary>
    public static int Threshold(Instance callee, CodegenFnAttrs attrs, DefKind? kind, bool optimize)
    {
        if (attrs.Inline == InlineAttr.Always) return optimize ? 200 : 20;
        if (!optimize) return 8;
        if (callee.Kind is not InstanceKind.Item and not InstanceKind.DropGlue) return 60;
        if (kind == DefKind.Closure) return 50;
        return attrs.Inline == InlineAttr.Hint ? 30 : 16;
    }
}
