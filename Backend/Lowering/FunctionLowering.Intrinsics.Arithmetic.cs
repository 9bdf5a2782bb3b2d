using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>Intrinsics on integers, floats and atomics.</summary>
internal sealed partial class FunctionLowering
{
    private OperandRef? ArithmeticIntrinsic(string name, OperandRef[] args, TyAndLayout result)
    {
        OperandRef Value(int v) => OperandRef.Immediate(result, v);
        if (args.Length == 0 || args[0].Kind != OperandValue.Immediate || args[0].Layout.Repr.IsVector) return null;
        int a = args[0].A;
        bool signed = args[0].Layout.Ty.IsSigned;
        var type = _b.TypeOf(a);
        switch (name)
        {
            case "ctpop": return Value(IntCast(_b.Unary(LirOp.CtPop, a), LirType.I32, false));
            case "ctlz": return Value(IntCast(_b.Unary(LirOp.CtLz, a), LirType.I32, false));
            case "cttz": return Value(IntCast(_b.Unary(LirOp.CtTz, a), LirType.I32, false));
            case "ctlz_nonzero": return Value(IntCast(_b.Emit(LirOp.CtLz, type, a, flags: (int)MemFlags.NonZero), LirType.I32, false));
            case "cttz_nonzero": return Value(IntCast(_b.Emit(LirOp.CtTz, type, a, flags: (int)MemFlags.NonZero), LirType.I32, false));
            case "bswap": return Value(type.ScalarBits == 8 ? a : _b.Unary(LirOp.BSwap, a));
            case "bitreverse": return Value(_b.Unary(LirOp.BitReverse, a));
            case "rotate_left": return Value(_b.Binary(DeliberateFault.Is(Fault.RotateLeft) ? LirOp.RotR : LirOp.RotL, a, IntCast(args[1].Value, type, false)));
            case "rotate_right": return Value(_b.Binary(LirOp.RotR, a, IntCast(args[1].Value, type, false)));
            case "saturating_add": return Value(_b.Binary(signed ? LirOp.SAddSat : LirOp.UAddSat, a, args[1].Value));
            case "saturating_sub": return Value(_b.Binary(signed ? LirOp.SSubSat : LirOp.USubSat, a, args[1].Value));
            case "exact_div": return Value(_b.Binary(signed ? LirOp.SDivExact : LirOp.UDivExact, a, args[1].Value));
            case "disjoint_bitor": return Value(_b.Binary(LirOp.Or, a, args[1].Value));
            case "unchecked_funnel_shl": return Value(_b.Emit(LirOp.FShl, type, a, args[1].Value, IntCast(args[2].Value, type, false)));
            case "unchecked_funnel_shr": return Value(_b.Emit(LirOp.FShr, type, a, args[1].Value, IntCast(args[2].Value, type, false)));
            case "wrapping_add": return Value(_b.Binary(LirOp.Add, a, args[1].Value));
            case "wrapping_sub": return Value(_b.Binary(LirOp.Sub, a, args[1].Value));
            case "wrapping_mul": return Value(_b.Binary(LirOp.Mul, a, args[1].Value));
            case "unchecked_add": return LowerBinary(BinOp.AddUnchecked, args[0], args[1], result);
            case "unchecked_sub": return LowerBinary(BinOp.SubUnchecked, args[0], args[1], result);
            case "unchecked_mul": return LowerBinary(BinOp.MulUnchecked, args[0], args[1], result);
            case "unchecked_div": return LowerBinary(BinOp.Div, args[0], args[1], result);
            case "unchecked_rem": return LowerBinary(BinOp.Rem, args[0], args[1], result);
            case "unchecked_shl": return LowerBinary(BinOp.ShlUnchecked, args[0], args[1], result);
            case "unchecked_shr": return LowerBinary(BinOp.ShrUnchecked, args[0], args[1], result);
            case "add_with_overflow": return LowerBinary(BinOp.AddWithOverflow, args[0], args[1], result);
            case "sub_with_overflow": return LowerBinary(BinOp.SubWithOverflow, args[0], args[1], result);
            case "mul_with_overflow": return LowerBinary(BinOp.MulWithOverflow, args[0], args[1], result);
            case "three_way_compare": return LowerBinary(BinOp.Cmp, args[0], args[1], result);
            case "carrying_mul_add":
            {
                // a * b + c + d in twice the width. The fallback body does it for 128 bits.
                if (type.ScalarBits > 64 || !result.Repr.IsScalarPair) return null;
                var wide = LirType.Int(type.ScalarBits * 2);
                int Wide(int i) => IntCast(args[i].Value, wide, signed);
                int sum = _b.Binary(LirOp.Add, _b.Binary(LirOp.Add, _b.Binary(LirOp.Mul, Wide(0), Wide(1)), Wide(2)), Wide(3));
                int high = _b.Convert(LirOp.Trunc, type, _b.Binary(LirOp.LShr, sum, _b.IConst(wide, (long)type.ScalarBits)));
                return OperandRef.Pair(result, _b.Convert(LirOp.Trunc, type, sum), high);
            }
            default: return null;
        }
    }

    // -- floats ------------------------------------------------------------------------------------------------------------------------------------

    private OperandRef? FloatIntrinsic(string name, OperandRef[] args, TyAndLayout result)
    {
        if (args.Length == 0 || args[0].Kind != OperandValue.Immediate || !args[0].Layout.Ty.IsFloat) return null;
        OperandRef Value(int v) => OperandRef.Immediate(result, v);
        int a = args[0].A;
        var type = _b.TypeOf(a);
        switch (name)
        {
            case "fadd_fast": return Arithmetic(LirOp.FAdd, FastMath.Fast);
            case "fsub_fast": return Arithmetic(LirOp.FSub, FastMath.Fast);
            case "fmul_fast": return Arithmetic(LirOp.FMul, FastMath.Fast);
            case "fdiv_fast": return Arithmetic(LirOp.FDiv, FastMath.Fast);
            case "frem_fast": return Arithmetic(LirOp.FRem, FastMath.Fast);
            case "fadd_algebraic": return Arithmetic(LirOp.FAdd, FastMath.Algebraic);
            case "fsub_algebraic": return Arithmetic(LirOp.FSub, FastMath.Algebraic);
            case "fmul_algebraic": return Arithmetic(LirOp.FMul, FastMath.Algebraic);
            case "fdiv_algebraic": return Arithmetic(LirOp.FDiv, FastMath.Algebraic);
            case "frem_algebraic": return Arithmetic(LirOp.FRem, FastMath.Algebraic);
            case "float_to_int_unchecked":
                return Value(_b.Convert(result.Ty.IsSigned ? LirOp.FpToSi : LirOp.FpToUi, MachineTypes.OfImmediate(result), a));
            case "fabs": return Value(_b.FCall(FloatFn.FAbs, type, a));
        }

        // The others carry the float's width in their name: sqrtf32, round_ties_even_f64, ...
        int suffix = name.LastIndexOf('f');
        if (suffix <= 0 || !(name[(suffix + 1)..] is "16" or "32" or "64" or "128")) return null;
        FloatFn? function = name[..suffix].TrimEnd('_') switch
        {
            "sqrt" => FloatFn.Sqrt,
            "powi" => FloatFn.PowI,
            "sin" => FloatFn.Sin,
            "cos" => FloatFn.Cos,
            "pow" => FloatFn.Pow,
            "exp" => FloatFn.Exp,
            "exp2" => FloatFn.Exp2,
            "log" => FloatFn.Log,
            "log10" => FloatFn.Log10,
            "log2" => FloatFn.Log2,
            "fma" => FloatFn.Fma,
            "fmuladd" => FloatFn.MulAdd,
            "floor" => FloatFn.Floor,
            "ceil" => FloatFn.Ceil,
            "trunc" => FloatFn.Trunc,
            "round_ties_even" => FloatFn.Rint,
            "round" => FloatFn.Round,
            "copysign" => FloatFn.CopySign,
            "fabs" => FloatFn.FAbs,
            "minimum_number_nsz" => FloatFn.MinNum,
            "maximum_number_nsz" => FloatFn.MaxNum,
            // minimum and maximum have bodies in core that say what they do.
            _ => null,
        };
        if (function is not { } f) return null;
        return Value(_b.FCall(f, type, a, args.Length > 1 ? args[1].Value : -1, args.Length > 2 ? args[2].Value : -1));

        OperandRef Arithmetic(LirOp op, FastMath flags) => Value(_b.Emit(op, type, a, args[1].Value, flags: (int)flags));
    }

    // -- atomics -----------------------------------------------------------------------------------------------------------------------------------

    private static AtomicOrdering Ordering(GenericArgs generic, int index)
    {
        // The variant of core's AtomicOrdering.
        var c = generic.Const(index);
        var leaf = c.Value is ValTree.Branch { Children.Length: > 0 } branch ? branch.Children[0].TryBits : c.TryBits;
        return (int)(leaf ?? throw new BugException($"memory ordering {c} is not known")) switch
        {
            0 => AtomicOrdering.Relaxed,
            1 => AtomicOrdering.Release,
            2 => AtomicOrdering.Acquire,
            3 => AtomicOrdering.AcqRel,
            4 => AtomicOrdering.SeqCst,
            var other => throw new BugException($"memory ordering {other}"),
        };
    }

    private OperandRef? AtomicIntrinsic(string name, GenericArgs generic, OperandRef[] args, TyAndLayout result)
    {
        switch (name)
        {
            case "atomic_fence":
                _b.Emit(LirOp.Fence, LirType.Void, flags: (int)Ordering(generic, 0));
                return Unit(result);
            case "atomic_singlethreadfence":
                _b.Emit(LirOp.Fence, LirType.Void, flags: (int)Ordering(generic, 0) | 1 << 4);
                return Unit(result);
        }
        var layout = _ctx.LayoutOf(generic.Type(0));
        if (!layout.Repr.IsScalar) throw new UnsupportedException($"{name} of `{layout.Ty}`");
        var scalar = layout.Repr.A;
        var type = MachineTypes.InMemory(scalar);
        uint align = (uint)layout.Size;
        int pointer = args[0].Value;
        switch (name)
        {
            case "atomic_load":
                return OperandRef.Immediate(result, ToValue(_b.Emit(LirOp.AtomicLoad, type, pointer, imm: align, flags: (int)Ordering(generic, 1))));
            case "atomic_store":
                _b.Emit(LirOp.AtomicStore, LirType.Void, pointer, ToMemory(args[1].Value), imm: align, flags: (int)Ordering(generic, 1));
                return Unit(result);
            case "atomic_cxchg" or "atomic_cxchgweak":
            {
                int flags = (int)Ordering(generic, 1) | (int)Ordering(generic, 2) << 4 | (name == "atomic_cxchgweak" ? 1 << 8 : 0);
                int old = _b.Emit(LirOp.AtomicCas, type, pointer, ToMemory(args[1].Value), ToMemory(args[2].Value), imm: align, flags: flags);
                int success = _b.Result(old, 1, LirType.I1);
                return PairResult(result, ToValue(old), scalar, success);
            }
        }
        AtomicRmwOp? op = name["atomic_".Length..] switch
        {
            "xchg" => AtomicRmwOp.Xchg,
            "xadd" => AtomicRmwOp.Add,
            "xsub" => AtomicRmwOp.Sub,
            "and" => AtomicRmwOp.And,
            "nand" => AtomicRmwOp.Nand,
            "or" => AtomicRmwOp.Or,
            "xor" => AtomicRmwOp.Xor,
            "max" => AtomicRmwOp.Max,
            "min" => AtomicRmwOp.Min,
            "umax" => AtomicRmwOp.UMax,
            "umin" => AtomicRmwOp.UMin,
            _ => null,
        };
        if (op is not { } rmw) return null;
        // xadd and the bit operations name the operand's type too: usize for pointers.
        int ordering = generic.Count > 2 ? 2 : 1;
        int operand = ToMemory(args[1].Value);
        bool throughInteger = type.IsPtr && rmw != AtomicRmwOp.Xchg;
        if (throughInteger && _b.TypeOf(operand).IsPtr) operand = _b.Convert(LirOp.PtrToInt, LirType.I64, operand);
        int before = _b.Emit(LirOp.AtomicRmw, throughInteger ? LirType.I64 : type, pointer, operand, imm: align, flags: (int)Ordering(generic, ordering) | (int)rmw << 4);
        if (throughInteger) before = _b.Convert(LirOp.IntToPtr, LirType.Ptr, before);
        return OperandRef.Immediate(result, ToValue(before));

        int ToMemory(int value) => scalar.IsBool ? _b.Convert(LirOp.ZExt, LirType.I8, value) : value;
        int ToValue(int value) => scalar.IsBool ? _b.Convert(LirOp.Trunc, LirType.I1, value) : value;
    }

    /// <summary>The tuple (T, bool) of a compare-exchange.</summary>
    private OperandRef PairResult(TyAndLayout tuple, int value, Scalar scalar, int flag)
    {
        if (tuple.Repr.IsScalarPair) return OperandRef.Pair(tuple, value, flag);
        var place = NewTemporary(tuple);
        StoreScalar(value, scalar, _b.PtrAdd(place.Ptr, (long)tuple.FieldOffset(0)), AlignAt(place.Align, tuple.FieldOffset(0)));
        _b.Store(_b.Convert(LirOp.ZExt, LirType.I8, flag), _b.PtrAdd(place.Ptr, (long)tuple.FieldOffset(1)), 1);
        return OperandRef.Ref(place);
    }
}
