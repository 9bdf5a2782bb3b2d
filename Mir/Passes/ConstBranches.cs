namespace Mirlink.Mir.Passes;

/// <summary>
/// Decides branches whose condition is known: constants, checks that this link does not want (overflow checks of code that inherits the setting, library
/// preconditions), intrinsics that ask for facts of a type.
/// </summary>
public sealed class ConstBranches : IMirPass
{
    public string Name => "const-branches";

    public bool Run(Body body, PassContext context)
    {
        bool changed = false;
        for (int b = 0; b < body.Blocks.Length; b++)
        {
            ref var block = ref body.Blocks[b];
            var statements = block.Statements;
            for (int i = 0; i < statements.Length; i++)
            {
                if (statements[i].Rvalue is not Rvalue.Use { Operand: { Kind: OperandKind.RuntimeChecks } check } || context.IsChecked(check.Checks) is not { } on || !context.Consume()) continue;
                statements[i].Rvalue = new Rvalue.Use(PassContext.Scalar(on ? 1u : 0u, context.Tcx.Interner.Bool));
                changed = true;
            }
            if (Decide(context, ref block) is not { } target || !context.Consume()) continue;
            block.Terminator = new Terminator.Goto(target) { SourceInfo = block.Terminator.SourceInfo };
            changed = true;
        }
        return changed;
    }

    private static int? Decide(PassContext context, ref BasicBlockData block)
    {
        switch (block.Terminator)
        {
            case Terminator.SwitchInt t:
            {
                if (Bits(context, block.Statements, t.Discr) is { } bits) return TargetFor(t, bits);
                for (int i = 1; i < t.Targets.Length; i++) if (t.Targets[i] != t.Targets[0]) return null;
                return t.Targets[0];
            }
            case Terminator.Assert t:
                if (context.IsChecked(RuntimeChecks.OverflowChecks) == false && IsOptional(t)) return t.Target;
                return Bits(context, block.Statements, t.Cond) is { } c && (c != 0) == t.Expected ? t.Target : null;
            // `otherwise` of the front end's borrow checks: never taken.
            case Terminator.FalseEdge t: return t.Real;
            case Terminator.FalseUnwind t: return t.Real;
            case Terminator.Call { Target: >= 0, Func: { Kind: OperandKind.Constant } f } t when !context.Options.Generic && f.Constant!.Const.Type is FnDefTy callee && context.Tcx.Intrinsic(callee.Def) is { } intrinsic:
                return FoldIntrinsic(context, ref block, t, intrinsic.Name, callee.Args) ? t.Target : null;
            default: return null;
        }
    }

    public static int TargetFor(Terminator.SwitchInt t, U128 bits)
    {
        for (int i = 0; i < t.Values.Length; i++) if (t.Values[i] == bits) return t.Targets[i];
        return t.Otherwise;
    }

    /// <summary>An overflow check that is made only where overflow checks are on; the others guard undefined behaviour.</summary>
    private static bool IsOptional(Terminator.Assert t) =>
        t.Kind == AssertKind.OverflowNeg || t.Kind == AssertKind.Overflow && t.Op is BinOp.Add or BinOp.Sub or BinOp.Mul or BinOp.Shl or BinOp.Shr;

    /// <summary>The bits of a constant operand, or of a local that the block's last assignment to it makes one.</summary>
    private static U128? Bits(PassContext context, Statement[] statements, in Operand operand)
    {
        if (!operand.IsPlace) return context.ConstantBits(operand);
        if (!operand.Place.IsLocal) return null;
        for (int i = statements.Length - 1; i >= 0; i--)
        {
            ref readonly var s = ref statements[i];
            if (s.Kind is StatementKind.StorageLive or StatementKind.StorageDead or StatementKind.Nop) continue;
            // Only what provably leaves the local alone may stand between: no pointer may have been written through.
            if (s.Kind != StatementKind.Assign || !s.Place.IsLocal) return null;
            if (s.Place.Local != operand.Place.Local) continue;
            return s.Rvalue is Rvalue.Use { Operand: { IsPlace: false } value } ? context.ConstantBits(value) : null;
        }
        return null;
    }

    private static bool FoldIntrinsic(PassContext context, ref BasicBlockData block, Terminator.Call call, string name, GenericArgs args)
    {
        var tcx = context.Tcx;
        Operand value;
        switch (name)
        {
            case "size_of": value = PassContext.Scalar(tcx.Layouts.LayoutOf(args.Type(0)).Size, tcx.Interner.Usize); break;
            case "align_of": value = PassContext.Scalar(tcx.Layouts.LayoutOf(args.Type(0)).Align, tcx.Interner.Usize); break;
            case "size_of_val" when tcx.Traits.IsSized(args.Type(0)): value = PassContext.Scalar(tcx.Layouts.LayoutOf(args.Type(0)).Size, tcx.Interner.Usize); break;
            case "align_of_val" when tcx.Traits.IsSized(args.Type(0)): value = PassContext.Scalar(tcx.Layouts.LayoutOf(args.Type(0)).Align, tcx.Interner.Usize); break;
            case "needs_drop": value = PassContext.Scalar(tcx.Traits.NeedsDrop(args.Type(0)) ? 1u : 0u, tcx.Interner.Bool); break;
            case "assert_inhabited" when !tcx.Layouts.LayoutOf(args.Type(0)).Uninhabited: return true;
            default: return false;
        }
        block.Statements = [.. block.Statements, Statement.Assign(call.Destination, new Rvalue.Use(value), call.SourceInfo)];
        return true;
    }
}
