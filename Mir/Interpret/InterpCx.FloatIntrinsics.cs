namespace Mirlink.Mir.Interpret;

/// <summary>Intrinsics of floats.</summary>
public sealed partial class InterpCx
{
    private static FloatTy? FloatSuffix(string name, out string stem)
    {
        foreach (var ty in (ReadOnlySpan<FloatTy>)[FloatTy.F16, FloatTy.F32, FloatTy.F64, FloatTy.F128])
        {
            string suffix = ty switch { FloatTy.F16 => "f16", FloatTy.F32 => "f32", FloatTy.F64 => "f64", _ => "f128" };
            if (!name.EndsWith(suffix, StringComparison.Ordinal)) continue;
            stem = name[..^suffix.Length].TrimEnd('_');
            return ty;
        }
        stem = name;
        return null;
    }

    private bool FloatIntrinsic(string name, Op[] args, in MPlace dest)
    {
        if (FloatSuffix(name, out string stem) is not { } ty)
        {
            if (args.Length == 0 || args[0].Ty is not PrimTy { Kind: TyKind.Float } generic) return false;
            ty = generic.Float;
        }
        if (args.Length == 0 || args[0].Ty is not PrimTy { Kind: TyKind.Float }) return false;
        int size = 2 << (int)ty;
        U128 x = ReadScalar(args[0]).Bits;
        U128 Second(in Op op) => ReadScalar(op).Bits;
        U128 sign = SoftFloat.SignBit(ty);
        U128 value;
        switch (stem)
        {
            case "fabs": value = x & ~sign; break;
            case "copysign": value = x & ~sign | Second(args[1]) & sign; break;
            case "floor": value = SoftFloat.RoundToIntegral(ty, x, SoftFloat.Rounding.Floor); break;
            case "ceil": value = SoftFloat.RoundToIntegral(ty, x, SoftFloat.Rounding.Ceil); break;
            case "trunc": value = SoftFloat.RoundToIntegral(ty, x, SoftFloat.Rounding.Trunc); break;
            case "round": value = SoftFloat.RoundToIntegral(ty, x, SoftFloat.Rounding.TiesAway); break;
            case "round_ties_even": value = SoftFloat.RoundToIntegral(ty, x, SoftFloat.Rounding.TiesEven); break;
            case "fma": value = SoftFloat.MulAdd(ty, x, Second(args[1]), Second(args[2])); break;
            case "fmuladd": value = SoftFloat.Arithmetic(BinOp.Add, ty, SoftFloat.Arithmetic(BinOp.Mul, ty, x, Second(args[1])), Second(args[2])); break;
            case "fadd_algebraic" or "fadd_fast": value = SoftFloat.Arithmetic(BinOp.Add, ty, x, Second(args[1])); break;
            case "fsub_algebraic" or "fsub_fast": value = SoftFloat.Arithmetic(BinOp.Sub, ty, x, Second(args[1])); break;
            case "fmul_algebraic" or "fmul_fast": value = SoftFloat.Arithmetic(BinOp.Mul, ty, x, Second(args[1])); break;
            case "fdiv_algebraic" or "fdiv_fast": value = SoftFloat.Arithmetic(BinOp.Div, ty, x, Second(args[1])); break;
            case "frem_algebraic" or "frem_fast": value = SoftFloat.Arithmetic(BinOp.Rem, ty, x, Second(args[1])); break;
            case "minimum_number_nsz" or "minnum": value = MinMax(ty, x, Second(args[1]), min: true, propagateNan: false); break;
            case "maximum_number_nsz" or "maxnum": value = MinMax(ty, x, Second(args[1]), min: false, propagateNan: false); break;
            case "minimum": value = MinMax(ty, x, Second(args[1]), min: true, propagateNan: true); break;
            case "maximum": value = MinMax(ty, x, Second(args[1]), min: false, propagateNan: true); break;
            case "float_to_int_unchecked":
                {
                    var result = FloatToInt(args[0], dest.Layout, out bool inRange);
                    if (!inRange) throw InterpError.Ub("`float_to_int_unchecked` intrinsic called on a value which cannot be represented in target type");
                    WriteScalar(result, dest);
                    return true;
                }
            default: return false;
        }
        WriteScalar(new Scalar(value, size), dest);
        return true;
    }

    private static U128 MinMax(FloatTy ty, U128 a, U128 b, bool min, bool propagateNan)
    {
        bool aNan = SoftFloat.IsNan(ty, a), bNan = SoftFloat.IsNan(ty, b);
        if (aNan || bNan)
        {
            if (propagateNan || aNan && bNan) return SoftFloat.Nan(ty);
            return aNan ? b : a;
        }
        int c = SoftFloat.Compare(ty, a, b)!.Value;
        // Zeros of both signs are equal: minimum and maximum still order them.
        if (c == 0) return propagateNan ? min ? a | b : a & b : a;
        return c < 0 == min ? a : b;
    }
}
