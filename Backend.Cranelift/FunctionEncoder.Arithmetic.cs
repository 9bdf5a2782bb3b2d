using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Cranelift;

internal sealed partial class FunctionEncoder
{
    private Value EncodeInteger(int i, in LirInst inst)
    {
        switch (inst.Op)
        {
            case LirOp.ICmp: return EncodeICmp(in inst);
            case LirOp.FCmp: return EncodeFCmp(in inst);
            case LirOp.Select: return EncodeSelect(in inst);
            case >= LirOp.SAddOverflow and <= LirOp.UMulOverflow:
            {
                if (inst.Type.IsVector) throw new UnsupportedException($"LIR operation {inst.Op} of vectors with Cranelift");
                var (value, overflow) = Overflowing(inst.Op, inst.Type, V(inst.A), V(inst.B));
                _moreResults[i] = [new Value(overflow)];
                return new Value(value);
            }
            case LirOp.CtPop or LirOp.CtLz or LirOp.CtTz: return EncodeBitCount(in inst);
        }
        if (!inst.Type.IsVector) return new Value(ScalarInt(in inst));
        return VectorInt(in inst);
    }

    private int ScalarInt(in LirInst inst)
    {
        if (IsUnary(inst.Op)) return UnaryInt(inst.Op, inst.Type, V(inst.A));
        return inst.Op switch
        {
            LirOp.FShl or LirOp.FShr => Funnel(inst.Op, inst.Type, V(inst.A), V(inst.B), Resize(V(inst.C), T(inst.C), inst.Type)),
            LirOp.RotL or LirOp.RotR => BinaryInt(inst.Op, inst.Type, V(inst.A), Resize(V(inst.B), T(inst.B), inst.Type)),
            _ => BinaryInt(inst.Op, inst.Type, V(inst.A), V(inst.B)),
        };
    }

    private Value VectorInt(in LirInst inst)
    {
        if (NativeVectorOp(inst.Op, inst.Type) is { } native)
            return new Value(IsUnary(inst.Op) ? Op(native, TypeOf(inst.Type), Single(inst.A)) : Op(native, TypeOf(inst.Type), Single(inst.A), Single(inst.B)));
        var type = inst.Type.Element;
        var o = inst.Op;
        if (IsUnary(o)) return PerLane(inst.Type, inst.A, a => UnaryInt(o, type, a));
        if (o is LirOp.FShl or LirOp.FShr)
        {
            var amountType = T(inst.C).Element;
            return PerLane(inst.Type, inst.A, inst.B, inst.C, (a, b, c) => Funnel(o, type, a, b, Resize(c, amountType, type)));
        }
        if (o is LirOp.RotL or LirOp.RotR)
        {
            var amountType = T(inst.B).Element;
            return PerLane(inst.Type, inst.A, inst.B, (a, b) => BinaryInt(o, type, a, Resize(b, amountType, type)));
        }
        return PerLane(inst.Type, inst.A, inst.B, (a, b) => BinaryInt(o, type, a, b));
    }

    private Value EncodeBitCount(in LirInst inst)
    {
        var op = inst.Op;
        var from = T(inst.A).Element;
        var to = inst.Type.Element;
        return PerLane(inst.Type, inst.A, a => Resize(BitCount(op, from, a), from, to));
    }

    private static bool IsUnary(LirOp op) => op is LirOp.Neg or LirOp.Not or LirOp.BSwap or LirOp.BitReverse;

    /// <summary>An unsigned integer in another width.</summary>
    private int Resize(int v, LirType from, LirType to)
    {
        if (from.ScalarBits == to.ScalarBits) return v;
        return from.ScalarBits > to.ScalarBits ? Truncate(v, from, to) : Extend(v, from, to, false);
    }

    private int Truncate(int v, LirType from, LirType to)
    {
        ClifType f = Scalar(from.Scalar), t = Scalar(to.Scalar);
        if (f != t) v = Op(ClifOp.Ireduce, t, v);
        return to == LirType.I1 ? Op(ClifOp.Band, ClifType.I8, v, Const(ClifType.I8, 1L)) : v;
    }

    private int Extend(int v, LirType from, LirType to, bool signed)
    {
        ClifType f = Scalar(from.Scalar), t = Scalar(to.Scalar);
        if (signed && from == LirType.I1)
        {
            if (f != t) v = Op(ClifOp.Uextend, t, v);
            return Negate(t, v);
        }
        return f == t ? v : Op(signed && !(from == LirType.I8 && DeliberateFault.Is(Fault.CraneliftSignExtension)) ? ClifOp.Sextend : ClifOp.Uextend, t, v);
    }

    private int Negate(ClifType t, int v) => t == ClifType.I128 ? Op(ClifOp.Isub, t, Const(t, 0L), v) : Op(ClifOp.Ineg, t, v);

    private int UnaryInt(LirOp op, LirType type, int a)
    {
        var t = Scalar(type.Scalar);
        switch (op)
        {
            case LirOp.Neg: return type == LirType.I1 ? a : Negate(t, a);
            case LirOp.Not: return type == LirType.I1 ? Op(ClifOp.Bxor, t, a, Const(t, 1L)) : Op(ClifOp.Bnot, t, a);
            case LirOp.BSwap: return type.ScalarBits <= 8 ? a : Op(ClifOp.Bswap, t, a);
            default: return type == LirType.I1 ? a : Op(ClifOp.Bitrev, t, a);
        }
    }

    private int BitCount(LirOp op, LirType type, int a)
    {
        var t = Scalar(type.Scalar);
        if (type == LirType.I1) return op == LirOp.CtPop ? a : Op(ClifOp.Bxor, t, a, Const(t, 1L));
        return Op(op switch { LirOp.CtPop => ClifOp.Popcnt, LirOp.CtLz => ClifOp.Clz, _ => ClifOp.Ctz }, t, a);
    }

    /// <summary>Cranelift takes shift amounts of any width, but not of 128 bits everywhere; all are modulo the width.</summary>
    private int Amount(ClifType t, int v) => t == ClifType.I128 ? Op(ClifOp.Ireduce, ClifType.I64, v) : v;

    private int BinaryInt(LirOp op, LirType type, int a, int b)
    {
        var t = Scalar(type.Scalar);
        if (type == LirType.I1) op = OfBools(op);
        switch (op)
        {
            case LirOp.Add or LirOp.AddNsw or LirOp.AddNuw: return Op(ClifOp.Iadd, t, a, b);
            case LirOp.Sub or LirOp.SubNsw or LirOp.SubNuw: return Op(ClifOp.Isub, t, a, b);
            case LirOp.Mul or LirOp.MulNsw or LirOp.MulNuw: return Op(ClifOp.Imul, t, a, b);
            case LirOp.UDiv or LirOp.UDivExact: return t == ClifType.I128 ? Wide("__udivti3", a, b) : Op(ClifOp.Udiv, t, a, b);
            case LirOp.SDiv or LirOp.SDivExact: return t == ClifType.I128 ? Wide("__divti3", a, b) : Op(ClifOp.Sdiv, t, a, b);
            case LirOp.URem: return t == ClifType.I128 ? Wide("__umodti3", a, b) : Op(ClifOp.Urem, t, a, b);
            case LirOp.SRem: return t == ClifType.I128 ? Wide("__modti3", a, b) : Op(ClifOp.Srem, t, a, b);
            case LirOp.And: return Op(ClifOp.Band, t, a, b);
            case LirOp.Or: return Op(ClifOp.Bor, t, a, b);
            case LirOp.Xor: return Op(ClifOp.Bxor, t, a, b);
            case LirOp.Shl: return Op(ClifOp.Ishl, t, a, Amount(t, b));
            case LirOp.LShr: return Op(ClifOp.Ushr, t, a, Amount(t, b));
            case LirOp.AShr: return Op(ClifOp.Sshr, t, a, Amount(t, b));
            case LirOp.RotL: return Op(ClifOp.Rotl, t, a, Amount(t, b));
            case LirOp.RotR: return Op(ClifOp.Rotr, t, a, Amount(t, b));
            case LirOp.SMin: return MinMax(ClifOp.Smin, IntCond.Slt, t, a, b);
            case LirOp.SMax: return MinMax(ClifOp.Smax, IntCond.Sgt, t, a, b);
            case LirOp.UMin: return MinMax(ClifOp.Umin, IntCond.Ult, t, a, b);
            case LirOp.UMax: return MinMax(ClifOp.Umax, IntCond.Ugt, t, a, b);
            case LirOp.SAddSat or LirOp.UAddSat or LirOp.SSubSat or LirOp.USubSat: return Saturating(op, type, a, b);
            default: throw new UnsupportedException($"LIR operation {op} with Cranelift");
        }
    }

    private static LirOp OfBools(LirOp op) => op switch
    {
        LirOp.Add or LirOp.Sub or LirOp.Xor => LirOp.Xor,
        LirOp.Mul or LirOp.And or LirOp.UMin or LirOp.SMax => LirOp.And,
        LirOp.Or or LirOp.UMax or LirOp.SMin => LirOp.Or,
        _ => throw new UnsupportedException($"LIR operation {op} of bools with Cranelift"),
    };

    private int Wide(string function, int a, int b) => CallLibrary(function, ClifType.I128, [ClifType.I128, ClifType.I128], a, b);

    private int MinMax(ClifOp op, IntCond cond, ClifType t, int a, int b) => t == ClifType.I128 ? Select(t, Icmp(cond, t, a, b), a, b) : Op(op, t, a, b);

    private (int Value, int Overflow) Overflowing(LirOp op, LirType type, int a, int b)
    {
        var t = Scalar(type.Scalar);
        if (type == LirType.I1) throw new UnsupportedException($"LIR operation {op} of bools with Cranelift");
        if (t == ClifType.I128 && op == LirOp.UMulOverflow) return WideUnsignedMul(a, b);
        if (t == ClifType.I128 && op == LirOp.SMulOverflow) return WideSignedMul(a, b);
        var clif = op switch
        {
            LirOp.SAddOverflow => ClifOp.Sadd_overflow,
            LirOp.UAddOverflow => ClifOp.Uadd_overflow,
            LirOp.SSubOverflow => ClifOp.Ssub_overflow,
            LirOp.USubOverflow => ClifOp.Usub_overflow,
            LirOp.SMulOverflow => ClifOp.Smul_overflow,
            _ => ClifOp.Umul_overflow,
        };
        int v = _b.Begin(clif, t, results: 2);
        _b.Words([a, b]);
        return (v, v + 1);
    }

    /// <summary>The product overflows if both high halves count, or a cross product does, or adding the cross product to the high half does.</summary>
    private (int, int) WideUnsignedMul(int a, int b)
    {
        const ClifType half = ClifType.I64;
        var (al, ah) = Halves(a);
        var (bl, bh) = Halves(b);
        int zero = Const(half, 0L);
        int both = Op(ClifOp.Band, ClifType.I8, Icmp(IntCond.Ne, half, ah, zero), Icmp(IntCond.Ne, half, bh, zero));
        int cross = Op(ClifOp.Bor, half, Op(ClifOp.Umulhi, half, ah, bl), Op(ClifOp.Umulhi, half, al, bh));
        int crossOverflows = Icmp(IntCond.Ne, half, cross, zero);
        int sum = Op(ClifOp.Iadd, half, Op(ClifOp.Imul, half, ah, bl), Op(ClifOp.Imul, half, al, bh));
        int high = Op(ClifOp.Iadd, half, Op(ClifOp.Umulhi, half, al, bl), sum);
        int carry = DeliberateFault.Is(Fault.CraneliftWideMultiply) ? Const(ClifType.I8, 0L) : Icmp(IntCond.Ult, half, high, sum);
        int overflow = Op(ClifOp.Bor, ClifType.I8, Op(ClifOp.Bor, ClifType.I8, both, crossOverflows), carry);
        return (Op(ClifOp.Imul, ClifType.I128, a, b), overflow);
    }

    private (int, int) WideSignedMul(int a, int b)
    {
        const ClifType t = ClifType.I128;
        int zero = Const(t, 0L);
        int negA = Icmp(IntCond.Slt, t, a, zero), negB = Icmp(IntCond.Slt, t, b, zero);
        var (magnitude, overflow) = WideUnsignedMul(Select(t, negA, Negate(t, a), a), Select(t, negB, Negate(t, b), b));
        int negative = Op(ClifOp.Bxor, ClifType.I8, negA, negB);
        // Up to 2^127 - 1, or 2^127 for a negative product.
        var min = U128.One << 127;
        int limit = Select(t, negative, Const(t, min), Const(t, min - 1));
        int tooLarge = Icmp(IntCond.Ugt, t, magnitude, limit);
        return (Op(ClifOp.Imul, t, a, b), Op(ClifOp.Bor, ClifType.I8, overflow, tooLarge));
    }

    private (int Low, int High) Halves(int v)
    {
        int low = _b.Begin(ClifOp.Isplit, ClifType.I128, results: 2);
        _b.Word((uint)v);
        return (low, low + 1);
    }

    private int Saturating(LirOp op, LirType type, int a, int b)
    {
        var t = Scalar(type.Scalar);
        int bits = type.ScalarBits;
        switch (op)
        {
            case LirOp.UAddSat:
            {
                var (v, o) = Overflowing(LirOp.UAddOverflow, type, a, b);
                return Select(t, o, Const(t, -1L), v);
            }
            case LirOp.USubSat:
            {
                var (v, o) = Overflowing(LirOp.USubOverflow, type, a, b);
                return Select(t, o, Const(t, 0L), v);
            }
            default:
            {
                var (v, o) = Overflowing(op == LirOp.SAddSat ? LirOp.SAddOverflow : LirOp.SSubOverflow, type, a, b);
                // The maximum for a positive a, the minimum for a negative one.
                int sign = Op(ClifOp.Sshr, t, a, Const(ClifType.I32, bits - 1L));
                int limit = Op(ClifOp.Bxor, t, sign, Const(t, (U128.One << (bits - 1)) - 1));
                return Select(t, o, limit, v);
            }
        }
    }

    /// <summary>a:b shifted by an amount modulo the width, in two steps so that no shift is by the whole width.</summary>
    private int Funnel(LirOp op, LirType type, int a, int b, int amount)
    {
        var t = Scalar(type.Scalar);
        int bits = type.ScalarBits;
        int by = Amount(t, amount);
        var at = t == ClifType.I128 ? ClifType.I64 : t;
        by = Op(ClifOp.Band, at, by, Const(at, bits - 1L));
        int rest = Op(ClifOp.Isub, at, Const(at, bits - 1L), by);
        int one = Const(at, 1L);
        return op == LirOp.FShl
            ? Op(ClifOp.Bor, t, Op(ClifOp.Ishl, t, a, by), Op(ClifOp.Ushr, t, Op(ClifOp.Ushr, t, b, one), rest))
            : Op(ClifOp.Bor, t, Op(ClifOp.Ishl, t, Op(ClifOp.Ishl, t, a, one), rest), Op(ClifOp.Ushr, t, b, by));
    }

    // -- comparisons -----------------------------------------------------------------------------------------------------------------------------

    private int Compare(IntCond cond, LirType type, int a, int b)
    {
        // A true bool is -1 when signed.
        if (type == LirType.I1) cond = cond switch { IntCond.Slt => IntCond.Ugt, IntCond.Sle => IntCond.Uge, IntCond.Sgt => IntCond.Ult, IntCond.Sge => IntCond.Ule, _ => cond };
        return Icmp(cond, Scalar(type.Scalar), a, b);
    }

    private Value EncodeICmp(in LirInst inst)
    {
        var cond = (IntCond)inst.Flags;
        var type = T(inst.A);
        if (TypeOf(type) is ClifType.I8x16 or ClifType.I16x8 or ClifType.I32x4 && cond is IntCond.Eq or IntCond.Ne or >= IntCond.Slt)
            return new Value(Icmp(cond, TypeOf(type), Single(inst.A), Single(inst.B)), null, TypeOf(type));
        return type.IsVector ? CompareLanes(cond, in inst) : new Value(Compare(cond, type, V(inst.A), V(inst.B)));
    }

    private Value CompareLanes(IntCond cond, in LirInst inst)
    {
        var element = T(inst.A).Element;
        return PerLane(inst.Type, inst.A, inst.B, (a, b) => Compare(cond, element, a, b));
    }

    private Value EncodeSelect(in LirInst inst)
    {
        var t = TypeOf(inst.Type);
        return !T(inst.A).IsVector && t != ClifType.None ? new Value(Select(t, V(inst.A), Single(inst.B), Single(inst.C))) : SelectLanes(in inst, t);
    }

    private Value SelectLanes(in LirInst inst, ClifType t)
    {
        if (!T(inst.A).IsVector)
        {
            int condition = V(inst.A);
            var scalar = Scalar(inst.Type.Scalar);
            return PerLane(inst.Type, inst.B, inst.C, (b, c) => Select(scalar, condition, b, c));
        }
        var mask = _values[inst.A];
        if (t != ClifType.None && mask.Mask != ClifType.None && Same(mask.Mask, t))
        {
            int m = mask.Mask == t ? mask.Id : Cast(t, mask.Id);
            return new Value(Op(ClifOp.Bitselect, t, m, Single(inst.B), Single(inst.C)));
        }
        var element = Scalar(inst.Type.Scalar);
        return PerLane(inst.Type, inst.A, inst.B, inst.C, (a, b, c) => Select(element, a, b, c));
    }

    /// <summary>Whether lanes are of the same width.</summary>
    private static bool Same(ClifType a, ClifType b) => LaneBits(a) == LaneBits(b);

    private static int LaneBits(ClifType t) => t switch { ClifType.I8x16 => 8, ClifType.I16x8 => 16, ClifType.I32x4 or ClifType.F32x4 => 32, ClifType.I64x2 or ClifType.F64x2 => 64, _ => 0 };
}
