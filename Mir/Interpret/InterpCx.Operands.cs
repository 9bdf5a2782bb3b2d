using Mirlink.Mir.Abi;

namespace Mirlink.Mir.Interpret;

/// <summary>Operands and constants.</summary>
public sealed partial class InterpCx
{
    internal Op EvalOperand(in Operand operand)
    {
        switch (operand.Kind)
        {
            case OperandKind.Copy or OperandKind.Move: return EvalPlace(operand.Place);
            case OperandKind.Constant: return EvalConstant(operand.Constant!);
            case OperandKind.RuntimeChecks: return Op.Scalar(Scalar.Bool(Machine.RuntimeChecks(operand.Checks)), LayoutOf(Tcx.Interner.Bool));
            default: throw new BugException($"unknown operand {operand.Kind}");
        }
    }

    private Op EvalConstant(ConstOperand c)
    {
        var cache = Top.Mono.Consts;
        if (cache.TryGetValue(c, out var known)) return known;
        var op = ConstToOp(Instantiate(c.Const));
        cache[c] = op;
        return op;
    }

    private MirConst Instantiate(MirConst c)
    {
        switch (c)
        {
            case MirConst.Val v: return v.Ty.HasAny(TypeFlags.NeedsSubst | TypeFlags.NeedsNormalization) ? v with { Ty = Mono(v.Ty) } : v;
            case MirConst.Unevaluated u: return new MirConst.Unevaluated(u.Def, Mono(u.Args), u.Promoted, Mono(u.Ty));
            case MirConst.OfTy t: return new MirConst.OfTy(Mono(t.Ty), Mono(Top, t.Const));
            default: throw new BugException("unknown kind of constant");
        }
    }

    /// <summary>A concrete constant as an operand.</summary>
    internal Op ConstToOp(MirConst c)
    {
        var layout = LayoutOf(c.Type);
        var value = c is MirConst.Val v ? v.Value : Consts.Evaluate(c);
        return ConstToOp(value, layout);
    }

    internal Op ConstToOp(ConstValue value, TyAndLayout layout)
    {
        switch (value)
        {
            case ConstValue.ZeroSized: return Op.Zst(layout);
            case ConstValue.Scalar s: return Op.Scalar(new Scalar(s.Int.Bits, s.Int.Size), layout);
            case ConstValue.Pointer p: return Op.Scalar(new Pointer(InterpAlloc.Of(p.Alloc), p.Offset).ToScalar(), layout);
            case ConstValue.Slice s: return Op.Pair(new Pointer(InterpAlloc.Of(s.Alloc), 0).ToScalar(), Scalar.Usize(s.Meta), layout);
            case ConstValue.Indirect i: return new MPlace(new Pointer(InterpAlloc.Of(i.Alloc), i.Offset), layout);
            default: throw new BugException("unknown kind of constant value");
        }
    }
}
