using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>Binary and unary operators.</summary>
internal sealed partial class FunctionLowering
{
    private OperandRef LowerBinary(BinOp op, OperandRef left, OperandRef right, TyAndLayout result)
    {
        if (left.Kind == OperandValue.Pair && right.Kind == OperandValue.Pair) return OperandRef.Immediate(result, CompareWide(op, left, right));
        int a = left.Value, b = right.Value;
        var ty = left.Layout.Ty;
        if (op is BinOp.AddWithOverflow or BinOp.SubWithOverflow or BinOp.MulWithOverflow)
        {
            bool signed = ty.IsSigned;
            // The form that optimizers know best, and constants decide.
            if (op == BinOp.SubWithOverflow && !signed) return OperandRef.Pair(result, _b.Binary(LirOp.Sub, a, b), _b.ICmp(IntCond.Ult, a, b));
            if (op == BinOp.AddWithOverflow && !signed)
            {
                int sum = _b.Binary(LirOp.Add, a, b);
                return OperandRef.Pair(result, sum, _b.ICmp(IntCond.Ult, sum, a));
            }
            int value = _b.Emit(op switch
            {
                BinOp.AddWithOverflow => LirOp.SAddOverflow,
                BinOp.SubWithOverflow => LirOp.SSubOverflow,
                _ => signed ? LirOp.SMulOverflow : LirOp.UMulOverflow,
            }, _b.TypeOf(a), a, b);
            if (op == BinOp.MulWithOverflow && signed && DeliberateFault.Is(Fault.MultiplyOverflow)) return OperandRef.Pair(result, value, _b.IConst(LirType.I1, 0L));
            return OperandRef.Pair(result, value, _b.Result(value, 1, LirType.I1));
        }
        return OperandRef.Immediate(result, ScalarBinary(op, a, b, ty, right.Layout.Ty));
    }

    private int ScalarBinary(BinOp op, int a, int b, Ty ty, Ty rightTy)
    {
        bool isFloat = ty.IsFloat, signed = ty.IsSigned;
        switch (op)
        {
            case BinOp.Add: return _b.Binary(isFloat ? LirOp.FAdd : LirOp.Add, a, b);
            case BinOp.Sub: return _b.Binary(isFloat ? LirOp.FSub : LirOp.Sub, a, b);
            case BinOp.Mul: return _b.Binary(isFloat ? LirOp.FMul : LirOp.Mul, a, b);
            case BinOp.AddUnchecked: return _b.Binary(signed ? LirOp.AddNsw : LirOp.AddNuw, a, b);
            case BinOp.SubUnchecked: return _b.Binary(signed ? LirOp.SubNsw : LirOp.SubNuw, a, b);
            case BinOp.MulUnchecked: return _b.Binary(signed ? LirOp.MulNsw : LirOp.MulNuw, a, b);
            case BinOp.Div: return _b.Binary(isFloat ? LirOp.FDiv : signed ? LirOp.SDiv : LirOp.UDiv, a, b);
            case BinOp.Rem: return _b.Binary(isFloat ? LirOp.FRem : signed ? LirOp.SRem : LirOp.URem, a, b);
            case BinOp.BitXor: return _b.Binary(LirOp.Xor, a, b);
            case BinOp.BitAnd: return _b.Binary(LirOp.And, a, b);
            case BinOp.BitOr: return _b.Binary(LirOp.Or, a, b);
            case BinOp.Shl or BinOp.ShlUnchecked: return _b.Binary(LirOp.Shl, a, ShiftAmount(a, b, op == BinOp.ShlUnchecked));
            case BinOp.Shr or BinOp.ShrUnchecked: return _b.Binary(signed && !DeliberateFault.Is(Fault.SignedShift) ? LirOp.AShr : LirOp.LShr, a, ShiftAmount(a, b, op == BinOp.ShrUnchecked));
            case BinOp.Offset:
            {
                ulong size = _ctx.LayoutOf(ty.BuiltinDeref!).Size;
                if (size == 0) return a;
                return _b.PtrAddDyn(a, Scale(b, size, rightTy.IsSigned ? LirOp.MulNsw : LirOp.MulNuw));
            }
            case BinOp.Cmp:
            {
                // Ordering: -1, 0 or 1.
                if (Optimize)
                {
                    // What optimizers know best as one operation.
                    var type = _b.TypeOf(a);
                    var signature = new LirSignature { Params = [new LirParam(type), new LirParam(type)], Returns = [new LirParam(LirType.I8)] };
                    return _b.CallIntrinsic($"llvm.{(signed ? "scmp" : "ucmp")}.i8.{OverloadSuffix(type)}", signature, [a, b], CallFlags.NoUnwind);
                }
                int greater = Compare(BinOp.Gt, a, b, ty), less = Compare(BinOp.Lt, a, b, ty);
                return _b.Binary(LirOp.Sub, _b.Convert(LirOp.ZExt, LirType.I8, greater), _b.Convert(LirOp.ZExt, LirType.I8, less));
            }
            case BinOp.Eq or BinOp.Ne or BinOp.Lt or BinOp.Le or BinOp.Gt or BinOp.Ge:
                return Compare(op, a, b, ty);
            default:
                throw new BugException($"unknown operator {op}");
        }
    }

    private int Compare(BinOp op, int a, int b, Ty ty)
    {
        if (ty.IsFloat)
        {
            return _b.FCmp(op switch
            {
                BinOp.Eq => FloatCond.Oeq,
                BinOp.Ne => DeliberateFault.Is(Fault.UnorderedNotEqual) ? FloatCond.One : FloatCond.Une,
                BinOp.Lt => FloatCond.Olt,
                BinOp.Le => FloatCond.Ole,
                BinOp.Gt => FloatCond.Ogt,
                _ => FloatCond.Oge,
            }, a, b);
        }
        return _b.ICmp(Condition(op, ty.IsSigned), a, b);
    }

    private static IntCond Condition(BinOp op, bool signed) => op switch
    {
        BinOp.Eq => IntCond.Eq,
        BinOp.Ne => IntCond.Ne,
        BinOp.Lt => signed ? IntCond.Slt : IntCond.Ult,
        BinOp.Le => signed ? IntCond.Sle : DeliberateFault.Is(Fault.UnsignedLessOrEqual) ? IntCond.Ult : IntCond.Ule,
        BinOp.Gt => signed ? IntCond.Sgt : IntCond.Ugt,
        BinOp.Ge => signed ? IntCond.Sge : IntCond.Uge,
        _ => throw new BugException($"{op} is not a comparison"),
    };

    /// <summary>Wide pointers compare by address, then by metadata.</summary>
    private int CompareWide(BinOp op, OperandRef left, OperandRef right)
    {
        switch (op)
        {
            case BinOp.Eq: return _b.Binary(LirOp.And, _b.ICmp(IntCond.Eq, left.A, right.A), _b.ICmp(IntCond.Eq, left.B, right.B));
            case BinOp.Ne: return _b.Binary(LirOp.Or, _b.ICmp(IntCond.Ne, left.A, right.A), _b.ICmp(IntCond.Ne, left.B, right.B));
            case BinOp.Lt or BinOp.Le or BinOp.Gt or BinOp.Ge:
            {
                var strict = op is BinOp.Lt or BinOp.Le ? IntCond.Ult : IntCond.Ugt;
                int byAddress = _b.ICmp(strict, left.A, right.A);
                int sameAddress = _b.ICmp(IntCond.Eq, left.A, right.A);
                int byMetadata = _b.ICmp(Condition(op, signed: false), left.B, right.B);
                return _b.Binary(LirOp.Or, byAddress, _b.Binary(LirOp.And, sameAddress, byMetadata));
            }
            default:
                throw new BugException($"{op} of wide pointers");
        }
    }

    /// <summary>A shift amount in the type of what is shifted; taken modulo its width unless known to be in range.</summary>
    private int ShiftAmount(int value, int amount, bool inRange)
    {
        var type = _b.TypeOf(value);
        amount = IntCast(amount, type, signed: false);
        return inRange ? amount : _b.Binary(LirOp.And, amount, _b.IConst(type, (long)(type.ScalarBits - 1)));
    }

    private OperandRef LowerUnary(UnOp op, OperandRef operand, TyAndLayout result)
    {
        switch (op)
        {
            case UnOp.Not:
                return OperandRef.Immediate(result, _b.Unary(LirOp.Not, operand.Value));
            case UnOp.Neg:
                return OperandRef.Immediate(result, _b.Unary(operand.Layout.Ty.IsFloat ? LirOp.FNeg : LirOp.Neg, operand.Value));
            default:
                return operand.Kind == OperandValue.Pair ? OperandRef.Immediate(result, operand.B) : OperandRef.ZeroSized(result);
        }
    }
}
