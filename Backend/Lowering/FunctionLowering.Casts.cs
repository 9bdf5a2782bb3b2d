using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>Casts other than unsizing.</summary>
internal sealed partial class FunctionLowering
{
    private OperandRef LowerCast(Rvalue.Cast cast, TyAndLayout to)
    {
        var source = LowerOperand(cast.Operand);
        switch (cast.Kind)
        {
            case CastKind.ReifyFnPointer:
                return source.Layout.Ty is FnDefTy f
                    ? OperandRef.Immediate(to, FunctionAddress(_tcx.Traits.ResolveForFnPtr(f.Def, f.Args)))
                    : throw new BugException($"{source.Layout.Ty} is reified");
            case CastKind.ClosureFnPointer:
                return source.Layout.Ty is ClosureTy { Kind: TyKind.Closure } c
                    ? OperandRef.Immediate(to, FunctionAddress(_tcx.Traits.ResolveClosure(c.Def, c.Args, "fn_once")))
                    : throw new BugException($"{source.Layout.Ty} is cast to a fn pointer");
            case CastKind.UnsafeFnPointer or CastKind.MutToConstPointer or CastKind.ArrayToPointer:
                return source with { Layout = to };
            case CastKind.Unsize:
                return CoerceUnsized(source, to);
            case CastKind.PointerExposeProvenance:
                return OperandRef.Immediate(to, IntCast(_b.Convert(LirOp.PtrToInt, LirType.I64, source.Value), MachineTypes.OfImmediate(to), signed: false));
            case CastKind.Transmute or CastKind.Subtype:
                return Transmute(source, to);
            case CastKind.PtrToPtr when source.Kind == OperandValue.Pair:
                return to.Repr.IsScalarPair ? OperandRef.Pair(to, source.A, source.B) : OperandRef.Immediate(to, source.A);
            default:
                if (source.Layout.Uninhabited) return UndefOperand(to);
                if (!source.Layout.Repr.IsScalar || !to.Repr.IsScalar) throw new BugException($"{cast.Kind} from {source.Layout.Ty} to {to.Ty}");
                return OperandRef.Immediate(to, CastScalar(source.Value, source.Layout.Repr.A, to.Repr.A));
        }
    }

    private int CastScalar(int value, Scalar from, Scalar to)
    {
        var type = MachineTypes.OfValue(to);
        if (from.IsInt && to.IsInt) return IntCast(value, type, from.Signed);
        if (from.IsFloat && to.IsFloat)
        {
            return to.Size > from.Size ? _b.Convert(LirOp.FpExt, type, value) : to.Size < from.Size ? _b.Convert(LirOp.FpTrunc, type, value) : value;
        }
        if (from.IsInt && to.IsFloat)
        {
            if (from.IsBool) value = _b.Convert(LirOp.ZExt, LirType.I8, value);
            return _b.Convert(from.Signed ? LirOp.SiToFp : LirOp.UiToFp, type, value);
        }
        if (from.IsFloat && to.IsInt && to.Size == 1 && DeliberateFault.Is(Fault.FloatToByte)) return _b.Convert(LirOp.Trunc, type, _b.Convert(LirOp.FpToSiSat, LirType.I32, value));
        if (from.IsFloat && to.IsInt) return _b.Convert(to.Signed ? LirOp.FpToSiSat : LirOp.FpToUiSat, type, value);
        if (from.IsPointer && to.IsPointer) return value;
        if (from.IsInt && to.IsPointer) return _b.Convert(LirOp.IntToPtr, LirType.Ptr, IntCast(value, LirType.I64, from.Signed));
        throw new BugException($"a scalar cast from {from.Primitive} to {to.Primitive}");
    }

    private int IntCast(int value, LirType to, bool signed)
    {
        int from = _b.TypeOf(value).ScalarBits;
        if (from == to.ScalarBits) return value;
        if (from > to.ScalarBits) return _b.Convert(LirOp.Trunc, to, value);
        return _b.Convert(signed && from > 1 && !(from == 16 && DeliberateFault.Is(Fault.SignExtension)) ? LirOp.SExt : LirOp.ZExt, to, value);
    }

    /// <summary>The same bytes as another type, for targets that are values.</summary>
    private OperandRef Transmute(OperandRef source, TyAndLayout to)
    {
        if (source.Layout.Size != to.Size || source.Layout.Uninhabited || to.Uninhabited)
        {
            // Never executed: sizes differ in dead branches of generic code only.
            UnreachableFromHere();
            return UndefOperand(to);
        }
        if (to.IsZst) return OperandRef.ZeroSized(to);
        var from = source.Layout.Repr;
        switch (source.Kind)
        {
            case OperandValue.Ref:
                return LoadOperand(source.AsPlace with { Layout = to });
            case OperandValue.Immediate when from.IsScalar && to.Repr.IsScalar:
                return OperandRef.Immediate(to, Coerce(source.A, from.A, to.Repr.A));
            case OperandValue.Immediate when from.IsVector && to.Repr.IsVector:
                return OperandRef.Immediate(to, CoerceVector(source.A, to));
            case OperandValue.Pair when to.Repr.IsScalarPair && from.A.Size == to.Repr.A.Size && from.B.Size == to.Repr.B.Size && from.PairOffset == to.Repr.PairOffset:
                return OperandRef.Pair(to, Coerce(source.A, from.A, to.Repr.A), Coerce(source.B, from.B, to.Repr.B));
            default:
                var temporary = NewTemporary(Math.Max(source.Layout.Size, to.Size), Math.Max(source.Layout.Align, to.Align), source.Layout);
                Store(source, temporary);
                return LoadOperand(temporary with { Layout = to });
        }
    }
}
