using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>How a local is kept.</summary>
internal enum LocalKind : byte
{
    /// <summary>Never used: no storage.</summary>
    Unused,
    ZeroSized,
    /// <summary>Assigned once, before every use: its value itself.</summary>
    Value,
    /// <summary>Scalar or vector assigned several times: a register variable; a pair: two.</summary>
    Variable,
    /// <summary>Memory: a stack slot, or memory that the caller gave.</summary>
    Memory,
}

internal struct LocalState
{
    public LocalKind Kind;
    public TyAndLayout Layout;
    /// <summary>Value: what was assigned.</summary>
    public OperandRef Operand;
    /// <summary>Variable: the register variables (B for pairs).</summary>
    public int VarA, VarB;
    /// <summary>Memory: where.</summary>
    public PlaceRef Place;
    /// <summary>Memory: the stack slot, -1 if the memory is not ours.</summary>
    public int Slot;
}

/// <summary>
/// What is reachable (branches on constants are decided here, so that code behind disabled checks is never looked at), which blocks are cold, and how
/// each local is kept.
/// </summary>
internal sealed partial class FunctionLowering
{
    private readonly LocalState[] _locals;
    /// <summary>Target of a switch or assertion on a constant, by block; -1: decided at run time.</summary>
    private int[] _decided = [];
    private bool[] _cold = [];

    /// <summary>Reachable blocks in reverse postorder.</summary>
    private List<int> Analyze()
    {
        int count = _body.Blocks.Length;
        _decided = new int[count];
        Array.Fill(_decided, -1);
        var successors = new List<int>[count];
        var order = ReversePostorder(successors);
        _cold = new bool[count];
        FindColdBlocks(order, successors);

        var usage = new LocalUsage(this, order, successors);
        usage.Run();
        for (int i = 0; i < _locals.Length; i++)
        {
            ref var local = ref _locals[i];
            if (!usage.Mentioned[i] && i > _body.ArgCount) { local.Kind = LocalKind.Unused; continue; }
            local.Layout = _ctx.LayoutOf(_body.Locals[i].Ty);
            local.Slot = local.VarA = local.VarB = -1;
            local.Kind = local.Layout.IsZst ? LocalKind.ZeroSized
                : usage.NeedsMemory[i] || local.Layout.Repr.IsMemory ? LocalKind.Memory
                : usage.IsValue(i) ? LocalKind.Value
                : LocalKind.Variable;
        }
        return order;
    }

    private List<int> ReversePostorder(List<int>[] successors)
    {
        var postorder = new List<int>(_body.Blocks.Length);
        var stack = new Stack<(int Block, int Next)>();
        successors[0] = SuccessorsOf(0);
        stack.Push((0, 0));
        while (stack.Count > 0)
        {
            var (block, at) = stack.Pop();
            var list = successors[block];
            if (at == list.Count) { postorder.Add(block); continue; }
            stack.Push((block, at + 1));
            int next = list[list.Count - 1 - at];
            if (successors[next] is not null) continue;
            successors[next] = SuccessorsOf(next);
            stack.Push((next, 0));
        }
        postorder.Reverse();
        return postorder;
    }

    private List<int> SuccessorsOf(int block)
    {
        var list = new List<int>(2);
        void Unwind(UnwindAction u) { if (u.Kind == UnwindActionKind.Cleanup && Options.Panic == PanicStrategy.Unwind) list.Add(u.Block); }
        switch (_body.Blocks[block].Terminator)
        {
            case Terminator.Goto t: list.Add(t.Target); break;
            case Terminator.SwitchInt t:
                if (ConstantBits(t.Discr, block) is { } bits)
                {
                    int target = t.Otherwise;
                    for (int i = 0; i < t.Values.Length; i++) if (t.Values[i] == bits) { target = t.Targets[i]; break; }
                    _decided[block] = target;
                    list.Add(target);
                    break;
                }
                foreach (int target in t.Targets) if (!list.Contains(target)) list.Add(target);
                break;
            case Terminator.Drop t: list.Add(t.Target); Unwind(t.Unwind); break;
            case Terminator.Call t: if (t.Target >= 0) list.Add(t.Target); Unwind(t.Unwind); break;
            case Terminator.Assert t:
                list.Add(t.Target);
                if (IsOptionalOverflowCheck(t) && !Options.OverflowChecks || ConstantBits(t.Cond, block) is { } c && (c != 0) == t.Expected) _decided[block] = t.Target;
                else Unwind(t.Unwind);
                break;
            case Terminator.InlineAsm t: list.AddRange(t.Targets); Unwind(t.Unwind); break;
            case Terminator.FalseEdge t: list.Add(t.Real); break;
            case Terminator.FalseUnwind t: list.Add(t.Real); break;
        }
        return list;
    }

    private static bool IsOptionalOverflowCheck(Terminator.Assert t) =>
        t.Kind == AssertKind.OverflowNeg || t.Kind == AssertKind.Overflow && t.Op is BinOp.Add or BinOp.Sub or BinOp.Mul or BinOp.Shl or BinOp.Shr;

    /// <summary>The bits of a scalar operand that is a constant, or a local that this block set to one.</summary>
    private U128? ConstantBits(in Operand operand, int block)
    {
        switch (operand.Kind)
        {
            case OperandKind.RuntimeChecks:
                return RuntimeCheck(operand.Checks) ? 1u : 0u;
            case OperandKind.Constant:
                var c = operand.Constant!.Const;
                return c.Type.Kind is TyKind.Bool or TyKind.Int or TyKind.Uint or TyKind.Char ? _tcx.Eval.EvaluateBits(c) : null;
            default:
                if (!operand.Place.IsLocal) return null;
                var statements = _body.Blocks[block].Statements;
                for (int i = statements.Length - 1; i >= 0; i--)
                {
                    ref var s = ref statements[i];
                    if (s.Kind != StatementKind.Assign || s.Place.Local != operand.Place.Local) continue;
                    return s.Place.IsLocal && s.Rvalue is Rvalue.Use { Operand: { IsPlace: false } value } ? ConstantBits(value, block) : null;
                }
                return null;
        }
    }

    private bool RuntimeCheck(RuntimeChecks check) => check switch
    {
        RuntimeChecks.UbChecks => Options.UbChecks,
        RuntimeChecks.ContractChecks => Options.ContractChecks,
        _ => Options.OverflowChecks,
    };

    /// <summary>Blocks from which every way leads to a call of a cold function.</summary>
    private void FindColdBlocks(List<int> order, List<int>[] successors)
    {
        if (!Optimize) return;
        for (int i = order.Count - 1; i >= 0; i--)
        {
            int block = order[i];
            if (_body.Blocks[block].Terminator is Terminator.Call { Func: { Kind: OperandKind.Constant } f } && f.Constant!.Const.Type is FnDefTy callee
                && (_tcx.CodegenFnAttrs(callee.Def).Has(CodegenFnAttrFlags.Cold) || _tcx.Intrinsic(callee.Def)?.Name == "cold_path"))
            {
                _cold[block] = true;
                continue;
            }
            var next = successors[block];
            bool all = next.Count > 0;
            foreach (int s in next) all &= _cold[s] || _body.Blocks[s].IsCleanup && next.Count > 1;
            _cold[block] = all;
        }
    }
}
