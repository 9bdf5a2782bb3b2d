using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Cranelift;

/// <summary>Float arithmetic and conversions. Half floats are computed as singles, quadruple ones and what Cranelift lacks by library calls.</summary>
internal sealed partial class FunctionEncoder
{
    private Value EncodeFloat(in LirInst inst)
    {
        if (!inst.Type.IsVector && inst.Op != LirOp.FCall)
            return new Value(inst.Op == LirOp.FNeg ? NegateFloat(inst.Type, V(inst.A)) : Arithmetic(inst.Op, inst.Type, V(inst.A), V(inst.B)));
        return EncodeVectorFloat(in inst);
    }

    private Value EncodeVectorFloat(in LirInst inst)
    {
        var op = inst.Op;
        var type = inst.Type.Element;
        if (op != LirOp.FCall)
        {
            if (NativeVectorOp(op, inst.Type) is { } native)
                return new Value(op == LirOp.FNeg ? Op(native, TypeOf(inst.Type), Single(inst.A)) : Op(native, TypeOf(inst.Type), Single(inst.A), Single(inst.B)));
            return op == LirOp.FNeg ? PerLane(inst.Type, inst.A, a => NegateFloat(type, a)) : PerLane(inst.Type, inst.A, inst.B, (a, b) => Arithmetic(op, type, a, b));
        }
        var fn = (FloatFn)inst.Flags;
        if (fn == FloatFn.PowI)
        {
            int exponent = V(inst.B);
            return PerLane(inst.Type, inst.A, a => PowI(type, a, exponent));
        }
        if (inst.C >= 0) return PerLane(inst.Type, inst.A, inst.B, inst.C, (a, b, c) => FloatFunction(fn, type, a, b, c));
        if (inst.B >= 0) return PerLane(inst.Type, inst.A, inst.B, (a, b) => FloatFunction(fn, type, a, b, -1));
        return PerLane(inst.Type, inst.A, a => FloatFunction(fn, type, a, -1, -1));
    }

    private int HalfToSingle(int v) => CallLibrary("__extendhfsf2", ClifType.F32, [ClifType.F16], v);
    private int SingleToHalf(int v) => CallLibrary("__truncsfhf2", ClifType.F16, [ClifType.F32], v);

    /// <summary>The sign flipped, by integer arithmetic where Cranelift has no float arithmetic.</summary>
    private int NegateFloat(LirType type, int a)
    {
        var t = Scalar(type.Scalar);
        if (t is ClifType.F32 or ClifType.F64) return Op(ClifOp.Fneg, t, a);
        var bits = Int(type.ScalarBits);
        return Cast(t, Op(ClifOp.Bxor, bits, Cast(bits, a), Const(bits, U128.One << (type.ScalarBits - 1))));
    }

    private int Arithmetic(LirOp op, LirType type, int a, int b)
    {
        var t = Scalar(type.Scalar);
        switch (t)
        {
            case ClifType.F16: return SingleToHalf(Arithmetic(op, LirType.F32, HalfToSingle(a), HalfToSingle(b)));
            case ClifType.F128:
                return CallLibrary(op switch { LirOp.FAdd => "__addtf3", LirOp.FSub => "__subtf3", LirOp.FMul => "__multf3", LirOp.FDiv => "__divtf3", _ => "fmodf128" },
                    t, [t, t], a, b);
        }
        switch (op)
        {
            case LirOp.FAdd: return Op(ClifOp.Fadd, t, a, b);
            case LirOp.FSub: return Op(ClifOp.Fsub, t, a, b);
            case LirOp.FMul: return Op(ClifOp.Fmul, t, a, b);
            case LirOp.FDiv: return Op(ClifOp.Fdiv, t, a, b);
            default: return CallLibrary(t == ClifType.F32 ? "fmodf" : "fmod", t, [t, t], a, b);
        }
    }

    private int PowI(LirType type, int a, int exponent)
    {
        var t = Scalar(type.Scalar);
        if (t == ClifType.F16) return SingleToHalf(PowI(LirType.F32, HalfToSingle(a), exponent));
        return CallLibrary(t switch { ClifType.F32 => "__powisf2", ClifType.F64 => "__powidf2", _ => "__powitf2" }, t, [t, ClifType.I32], a, exponent);
    }

    private int FloatFunction(FloatFn fn, LirType type, int a, int b, int c)
    {
        var t = Scalar(type.Scalar);
        if (fn is FloatFn.FAbs or FloatFn.CopySign && t is ClifType.F16 or ClifType.F128) return SignBit(fn, type, a, b);
        if (t == ClifType.F16) return SingleToHalf(FloatFunction(fn, LirType.F32, HalfToSingle(a), b < 0 ? -1 : HalfToSingle(b), c < 0 ? -1 : HalfToSingle(c)));
        if (fn == FloatFn.MulAdd) return Arithmetic(LirOp.FAdd, type, Arithmetic(LirOp.FMul, type, a, b), c);
        if (t != ClifType.F128)
        {
            switch (fn)
            {
                case FloatFn.Sqrt: return Op(ClifOp.Sqrt, t, a);
                case FloatFn.FAbs: return Op(ClifOp.Fabs, t, a);
                case FloatFn.CopySign: return Op(ClifOp.Fcopysign, t, a, b);
                case FloatFn.Floor: return Op(ClifOp.Floor, t, a);
                case FloatFn.Ceil: return Op(ClifOp.Ceil, t, a);
                case FloatFn.Trunc: return Op(ClifOp.Trunc, t, a);
                case FloatFn.Rint or FloatFn.NearbyInt or FloatFn.RoundEven: return Op(ClifOp.Nearest, t, a);
                case FloatFn.Minimum: return Op(ClifOp.Fmin, t, a, b);
                case FloatFn.Maximum: return Op(ClifOp.Fmax, t, a, b);
            }
        }
        string name = fn switch
        {
            FloatFn.MinNum => "fmin",
            FloatFn.MaxNum => "fmax",
            FloatFn.Minimum => "fminimum",
            FloatFn.Maximum => "fmaximum",
            FloatFn.RoundEven => "roundeven",
            FloatFn.NearbyInt => "nearbyint",
            _ => fn.ToString().ToLowerInvariant(),
        } + t switch { ClifType.F32 => "f", ClifType.F128 => "f128", _ => "" };
        if (c >= 0) return CallLibrary(name, t, [t, t, t], a, b, c);
        return b >= 0 ? CallLibrary(name, t, [t, t], a, b) : CallLibrary(name, t, [t], a);
    }

    private int SignBit(FloatFn fn, LirType type, int a, int b)
    {
        var bits = Int(type.ScalarBits);
        var sign = U128.One << (type.ScalarBits - 1);
        int magnitude = Op(ClifOp.Band, bits, Cast(bits, a), Const(bits, sign - 1));
        if (fn == FloatFn.CopySign) magnitude = Op(ClifOp.Bor, bits, magnitude, Op(ClifOp.Band, bits, Cast(bits, b), Const(bits, sign)));
        return Cast(Scalar(type.Scalar), magnitude);
    }

    // -- comparison ----------------------------------------------------------------------------------------------------------------------------

    private Value EncodeFCmp(in LirInst inst)
    {
        var cond = (FloatCond)inst.Flags;
        var type = T(inst.A).Element;
        return PerLane(inst.Type, inst.A, inst.B, (a, b) => CompareFloats(cond, type, a, b));
    }

    private int CompareFloats(FloatCond cond, LirType type, int a, int b)
    {
        var t = Scalar(type.Scalar);
        if (t == ClifType.F16) return CompareFloats(cond, LirType.F32, HalfToSingle(a), HalfToSingle(b));
        if (t == ClifType.F128) return CompareQuads(cond, a, b);
        int v = _b.Begin(ClifOp.Fcmp, t, (int)cond);
        _b.Words([a, b]);
        return v;
    }

    private int CompareQuads(FloatCond cond, int a, int b)
    {
        switch (cond)
        {
            case FloatCond.Oeq: return By("__eqtf2", IntCond.Eq);
            case FloatCond.Une: return By("__netf2", IntCond.Ne);
            case FloatCond.Olt: return By("__lttf2", IntCond.Slt);
            case FloatCond.Ole: return By("__letf2", IntCond.Sle);
            case FloatCond.Ogt: return By("__gttf2", IntCond.Sgt);
            case FloatCond.Oge: return By("__getf2", IntCond.Sge);
            case FloatCond.Uno: return By("__unordtf2", IntCond.Ne);
            case FloatCond.Ord: return By("__unordtf2", IntCond.Eq);
            case FloatCond.Ueq: return Op(ClifOp.Bor, ClifType.I8, CompareQuads(FloatCond.Uno, a, b), CompareQuads(FloatCond.Oeq, a, b));
            default:
                var opposite = cond switch { FloatCond.One => FloatCond.Ueq, FloatCond.Ult => FloatCond.Oge, FloatCond.Ule => FloatCond.Ogt, FloatCond.Ugt => FloatCond.Ole, _ => FloatCond.Olt };
                return Op(ClifOp.Bxor, ClifType.I8, CompareQuads(opposite, a, b), Const(ClifType.I8, 1L));
        }

        int By(string function, IntCond against) =>
            Icmp(against, ClifType.I32, CallLibrary(function, ClifType.I32, [ClifType.F128, ClifType.F128], a, b), Const(ClifType.I32, 0L));
    }

    // -- conversions ---------------------------------------------------------------------------------------------------------------------------

    private Value EncodeConversion(in LirInst inst)
    {
        LirType from = T(inst.A), to = inst.Type;
        if (inst.Op == LirOp.BitCast) return BitCast(inst.A, from, to);
        return from.IsVector ? ConvertLanes(in inst, from, to) : new Value(Convert(inst.Op, from, to, V(inst.A)));
    }

    private Value ConvertLanes(in LirInst inst, LirType from, LirType to)
    {
        var v = _values[inst.A];
        // A mask of lanes as wide as the integers is those integers.
        if (inst.Op == LirOp.SExt && v.Mask != ClifType.None && TypeOf(to) == v.Mask) return new Value(v.Id);
        var op = inst.Op;
        LirType f = from.Element, t = to.Element;
        return PerLane(to, inst.A, a => Convert(op, f, t, a));
    }

    private int Convert(LirOp op, LirType from, LirType to, int a)
    {
        switch (op)
        {
            case LirOp.Trunc: return Truncate(a, from, to);
            case LirOp.ZExt: return Extend(a, from, to, false);
            case LirOp.SExt: return Extend(a, from, to, true);
            case LirOp.PtrToInt: return Resize(a, LirType.I64, to);
            case LirOp.IntToPtr: return Resize(a, from, LirType.I64);
            case LirOp.FpTrunc or LirOp.FpExt: return Refloat(a, from, to);
            case LirOp.FpToSi or LirOp.FpToSiSat: return FloatToInt(a, from, to, true);
            case LirOp.FpToUi or LirOp.FpToUiSat: return FloatToInt(a, from, to, false);
            case LirOp.SiToFp: return IntToFloat(a, from, to, true);
            case LirOp.UiToFp: return IntToFloat(a, from, to, false);
            default: throw new BugException($"conversion {op}");
        }
    }

    private static string Suffix(LirType t) => t.Scalar switch
    {
        ScalarKind.F16 => "hf",
        ScalarKind.F32 => "sf",
        ScalarKind.F64 => "df",
        ScalarKind.F128 => "tf",
        ScalarKind.I32 => "si",
        ScalarKind.I64 => "di",
        ScalarKind.I128 => "ti",
        _ => throw new BugException($"no library calls for {t}"),
    };

    private int Refloat(int a, LirType from, LirType to)
    {
        ClifType f = Scalar(from.Scalar), t = Scalar(to.Scalar);
        if (f == ClifType.F32 && t == ClifType.F64) return Op(ClifOp.Fpromote, t, a);
        if (f == ClifType.F64 && t == ClifType.F32) return Op(ClifOp.Fdemote, t, a);
        // By way of singles, which hold every half exactly.
        if (f == ClifType.F16 && t != ClifType.F32) return Refloat(HalfToSingle(a), LirType.F32, to);
        return CallLibrary($"__{(from.ScalarBits < to.ScalarBits ? "extend" : "trunc")}{Suffix(from)}{Suffix(to)}2", t, [f], a);
    }

    /// <summary>Saturating, with NaN as zero.</summary>
    private int FloatToInt(int a, LirType from, LirType to, bool signed)
    {
        ClifType f = Scalar(from.Scalar), t = Scalar(to.Scalar);
        if (f == ClifType.F16) return FloatToInt(HalfToSingle(a), LirType.F32, to, signed);
        if (to.ScalarBits < 32)
        {
            int wide = FloatToInt(a, from, LirType.I32, true);
            int bits = to.ScalarBits - (signed ? 1 : 0);
            wide = Op(ClifOp.Smin, ClifType.I32, wide, Const(ClifType.I32, (1L << bits) - 1));
            wide = Op(ClifOp.Smax, ClifType.I32, wide, Const(ClifType.I32, signed ? -(1L << bits) : 0L));
            return Truncate(wide, LirType.I32, to);
        }
        if (f == ClifType.F128 || t == ClifType.I128)
        {
            int v = CallLibrary($"__fix{(signed ? "" : "uns")}{Suffix(from)}{Suffix(to)}", t, [f], a);
            // Rust's own library functions saturate; the system's, which may come first, do not.
            return f == ClifType.F128 ? v : Saturated(v, a, f, signed);
        }
        return Op(signed ? ClifOp.Fcvt_to_sint_sat : ClifOp.Fcvt_to_uint_sat, t, a);
    }

    private int Saturated(int v, int a, ClifType f, bool signed)
    {
        const ClifType t = ClifType.I128;
        int max = Power(signed ? 127 : 128, false), min = signed ? Power(127, true) : FloatConst(f, 0);
        int zero = Const(t, 0L);
        var lowest = signed ? U128.One << 127 : 0;
        v = Select(t, Fcmp(FloatCond.Olt, a, min), Const(t, lowest), v);
        v = Select(t, Fcmp(FloatCond.Oge, a, max), Const(t, signed ? lowest - 1 : U128.MaxValue), v);
        return Select(t, Fcmp(FloatCond.Uno, a, a), zero, v);

        int Fcmp(FloatCond cond, int x, int y) { int r = _b.Begin(ClifOp.Fcmp, f, (int)cond); _b.Words([x, y]); return r; }
        // 2^128 is infinity as a single, which is what is too large there.
        int Power(int exponent, bool negative) => FloatConst(f, f == ClifType.F32
            ? BitConverter.SingleToUInt32Bits((negative ? -1 : 1) * MathF.Pow(2, exponent))
            : BitConverter.DoubleToUInt64Bits((negative ? -1 : 1) * Math.Pow(2, exponent)));
    }

    private int IntToFloat(int a, LirType from, LirType to, bool signed)
    {
        ClifType t = Scalar(to.Scalar);
        if (t == ClifType.F16 && from.ScalarBits < 128) return SingleToHalf(IntToFloat(a, from, LirType.F32, signed));
        if (from.ScalarBits < 32)
        {
            a = Extend(a, from, LirType.I32, signed);
            (from, signed) = (LirType.I32, true);
        }
        if (from == LirType.I128 && t == ClifType.F16) return SingleToHalf(IntToFloat(a, from, LirType.F32, signed));
        if (t == ClifType.F128 || from == LirType.I128) return CallLibrary($"__float{(signed ? "" : "un")}{Suffix(from)}{Suffix(to)}", t, [Scalar(from.Scalar)], a);
        if (!signed && from == LirType.I32)
        {
            a = Extend(a, from, LirType.I64, false);
            signed = true;
        }
        return Op(signed ? ClifOp.Fcvt_from_sint : ClifOp.Fcvt_from_uint, t, a);
    }

    private Value BitCast(int value, LirType from, LirType to)
    {
        ClifType f = TypeOf(from), t = TypeOf(to);
        bool fromMask = from.Scalar == ScalarKind.I1 && from.IsVector, toMask = to.Scalar == ScalarKind.I1 && to.IsVector;
        if (fromMask && toMask && from.Lanes == to.Lanes) return _values[value];
        if (fromMask) return new Value(MaskBits(value, to));
        if (toMask)
        {
            int[] lanes = new int[to.Lanes];
            var bits = Scalar(from.Scalar);
            int v = V(value);
            for (int k = 0; k < lanes.Length; k++)
                lanes[k] = Truncate(k == 0 ? v : Op(ClifOp.Ushr, bits, v, Const(ClifType.I32, (long)k)), from, LirType.I1);
            return new Value(-1, lanes);
        }
        if (f == t && f != ClifType.None) return _values[value];
        if (f != ClifType.None && t != ClifType.None) return new Value(Cast(t, V(value), f >= ClifType.I8x16 || t >= ClifType.I8x16));
        int address = SlotAddress(NewSlot((ulong)Math.Max(from.ByteSize, to.ByteSize), FrameAlign), FrameAlign);
        StoreValue(value, address);
        return LoadValue(to, address);
    }

    /// <summary>Bit k is lane k.</summary>
    private int MaskBits(int mask, LirType to)
    {
        var v = _values[mask];
        if (v.Mask != ClifType.None)
        {
            int bits = Op(ClifOp.Vhigh_bits, ClifType.I32, v.Id);
            return Resize(bits, LirType.I32, to);
        }
        var t = Scalar(to.Scalar);
        int sum = -1;
        int[] lanes = Lanes(mask);
        for (int k = 0; k < lanes.Length; k++)
        {
            int bit = t == ClifType.I8 ? lanes[k] : Op(ClifOp.Uextend, t, lanes[k]);
            if (k != 0) bit = Op(ClifOp.Ishl, t, bit, Const(ClifType.I32, (long)k));
            sum = sum < 0 ? bit : Op(ClifOp.Bor, t, sum, bit);
        }
        return sum;
    }
}
