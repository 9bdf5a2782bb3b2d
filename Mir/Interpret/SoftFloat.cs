using System.Numerics;

namespace Mirlink.Mir.Interpret;

/// <summary>
/// IEEE 754 arithmetic on bit patterns of f16, f32, f64 and f128: round to nearest, ties to even. Every NaN result is the positive quiet NaN, which is
/// what compile-time evaluation chooses (run-time results may differ). f32 and f64 use the hardware where it gives the same.
/// </summary>
public static class SoftFloat
{
    private readonly record struct Format(int MantissaBits, int ExponentBits)
    {
        public int Bias => (1 << (ExponentBits - 1)) - 1;
        public int MaxExponent => (1 << ExponentBits) - 1;
        public U128 MantissaMask => (U128.One << MantissaBits) - 1;
        public int Size => (MantissaBits + ExponentBits + 1) / 8;
        public U128 SignBit => U128.One << (MantissaBits + ExponentBits);
        public U128 Infinity => (U128)MaxExponent << MantissaBits;
        public U128 Nan => Infinity | U128.One << (MantissaBits - 1);
    }

    private static Format Of(FloatTy ty) => ty switch { FloatTy.F16 => new(10, 5), FloatTy.F32 => new(23, 8), FloatTy.F64 => new(52, 11), _ => new(112, 15) };

    private enum Class : byte { Zero, Finite, Infinity, Nan }

    /// <summary>Value = (-1)^Negative * Mantissa * 2^Exponent.</summary>
    private readonly record struct Number(Class Class, bool Negative, BigInteger Mantissa, int Exponent);

    private static Number Decode(Format f, U128 bits)
    {
        bool negative = (bits & f.SignBit) != 0;
        int exponent = (int)(uint)((bits >> f.MantissaBits) & (U128)(uint)f.MaxExponent);
        var mantissa = bits & f.MantissaMask;
        if (exponent == f.MaxExponent) return new Number(mantissa == 0 ? Class.Infinity : Class.Nan, negative, 0, 0);
        if (exponent == 0) return mantissa == 0 ? new Number(Class.Zero, negative, 0, 0) : new Number(Class.Finite, negative, mantissa, 1 - f.Bias - f.MantissaBits);
        return new Number(Class.Finite, negative, mantissa | U128.One << f.MantissaBits, exponent - f.Bias - f.MantissaBits);
    }

    private static U128 Sign(Format f, bool negative) => negative ? f.SignBit : 0;

    /// <summary>Rounds mantissa * 2^exponent; <paramref name="sticky"/>: a nonzero part below was cut off.</summary>
    private static U128 Encode(Format f, bool negative, BigInteger mantissa, int exponent, bool sticky = false)
    {
        if (mantissa.IsZero) return Sign(f, negative);
        long length = (long)mantissa.GetBitLength();
        // Keep the precision of the format, or less below the smallest normal number.
        long lowest = Math.Max(exponent + length - 1 - f.MantissaBits, 1 - f.Bias - f.MantissaBits);
        long drop = lowest - exponent;
        BigInteger kept;
        if (drop <= 0)
        {
            // Exact unless sticky: then make room so that it is below the rounding position.
            if (sticky) return Encode(f, negative, (mantissa << 3) | 1, exponent - 3);
            kept = mantissa << (int)-drop;
        }
        else
        {
            kept = mantissa >> (int)drop;
            var rest = mantissa - (kept << (int)drop);
            var half = BigInteger.One << (int)(drop - 1);
            int c = rest.CompareTo(half);
            if (c > 0 || c == 0 && (sticky || !kept.IsEven)) kept += 1;
        }
        if (kept.IsZero) return Sign(f, negative);
        if (kept.GetBitLength() > f.MantissaBits + 1) { kept >>= 1; lowest++; }
        if (kept.GetBitLength() <= f.MantissaBits) return Sign(f, negative) | (U128)kept;
        long biased = lowest + f.MantissaBits + f.Bias;
        if (biased >= f.MaxExponent) return Sign(f, negative) | f.Infinity;
        return Sign(f, negative) | (U128)(ulong)biased << f.MantissaBits | ((U128)kept & f.MantissaMask);
    }

    public static bool IsNan(FloatTy ty, U128 v) => Decode(Of(ty), v).Class == Class.Nan;
    public static U128 Nan(FloatTy ty) => Of(ty).Nan;
    public static U128 SignBit(FloatTy ty) => Of(ty).SignBit;

    public static U128 Arithmetic(BinOp op, FloatTy ty, U128 l, U128 r)
    {
        if (op != BinOp.Rem)
        {
            switch (ty)
            {
                case FloatTy.F32:
                    {
                        float a = BitConverter.UInt32BitsToSingle((uint)l), b = BitConverter.UInt32BitsToSingle((uint)r);
                        float v = op switch { BinOp.Add => a + b, BinOp.Sub => a - b, BinOp.Mul => a * b, _ => a / b };
                        return float.IsNaN(v) ? Of(ty).Nan : BitConverter.SingleToUInt32Bits(v);
                    }
                case FloatTy.F64:
                    {
                        double a = BitConverter.UInt64BitsToDouble((ulong)l), b = BitConverter.UInt64BitsToDouble((ulong)r);
                        double v = op switch { BinOp.Add => a + b, BinOp.Sub => a - b, BinOp.Mul => a * b, _ => a / b };
                        return double.IsNaN(v) ? Of(ty).Nan : BitConverter.DoubleToUInt64Bits(v);
                    }
            }
        }
        var f = Of(ty);
        Number x = Decode(f, l), y = Decode(f, r);
        if (x.Class == Class.Nan || y.Class == Class.Nan) return f.Nan;
        switch (op)
        {
            case BinOp.Add: return Add(f, x, y);
            case BinOp.Sub: return Add(f, x, y with { Negative = !y.Negative });
            case BinOp.Mul:
                {
                    bool negative = x.Negative != y.Negative;
                    if (x.Class == Class.Infinity || y.Class == Class.Infinity) return x.Class == Class.Zero || y.Class == Class.Zero ? f.Nan : Sign(f, negative) | f.Infinity;
                    return Encode(f, negative, x.Mantissa * y.Mantissa, x.Exponent + y.Exponent);
                }
            case BinOp.Div:
                {
                    bool negative = x.Negative != y.Negative;
                    if (x.Class == Class.Infinity) return y.Class == Class.Infinity ? f.Nan : Sign(f, negative) | f.Infinity;
                    if (y.Class == Class.Infinity) return Sign(f, negative);
                    if (y.Class == Class.Zero) return x.Class == Class.Zero ? f.Nan : Sign(f, negative) | f.Infinity;
                    if (x.Class == Class.Zero) return Sign(f, negative);
                    int shift = 2 * f.MantissaBits + 6;
                    var q = BigInteger.DivRem(x.Mantissa << shift, y.Mantissa, out var rest);
                    return Encode(f, negative, q, x.Exponent - y.Exponent - shift, !rest.IsZero);
                }
            case BinOp.Rem:
                {
                    if (x.Class == Class.Infinity || y.Class == Class.Zero) return f.Nan;
                    if (y.Class == Class.Infinity || x.Class == Class.Zero) return l;
                    int e = Math.Min(x.Exponent, y.Exponent);
                    var rest = BigInteger.Remainder(x.Mantissa << (x.Exponent - e), y.Mantissa << (y.Exponent - e));
                    return Encode(f, x.Negative, rest, e);
                }
            default: throw new BugException($"{op} on floats");
        }
    }

    private static U128 Add(Format f, Number x, Number y)
    {
        if (x.Class == Class.Infinity) return y.Class == Class.Infinity && x.Negative != y.Negative ? f.Nan : Sign(f, x.Negative) | f.Infinity;
        if (y.Class == Class.Infinity) return Sign(f, y.Negative) | f.Infinity;
        if (x.Class == Class.Zero && y.Class == Class.Zero) return Sign(f, x.Negative && y.Negative);
        int e = x.Class == Class.Zero ? y.Exponent : y.Class == Class.Zero ? x.Exponent : Math.Min(x.Exponent, y.Exponent);
        var a = x.Class == Class.Zero ? BigInteger.Zero : x.Mantissa << (x.Exponent - e);
        var b = y.Class == Class.Zero ? BigInteger.Zero : y.Mantissa << (y.Exponent - e);
        var sum = (x.Negative ? -a : a) + (y.Negative ? -b : b);
        // An exact zero from opposite signs is positive.
        return sum.IsZero ? 0 : Encode(f, sum.Sign < 0, BigInteger.Abs(sum), e);
    }

    /// <summary>a * b + c with one rounding.</summary>
    public static U128 MulAdd(FloatTy ty, U128 a, U128 b, U128 c)
    {
        var f = Of(ty);
        Number x = Decode(f, a), y = Decode(f, b), z = Decode(f, c);
        if (x.Class == Class.Nan || y.Class == Class.Nan || z.Class == Class.Nan) return f.Nan;
        bool negative = x.Negative != y.Negative;
        if (x.Class == Class.Infinity || y.Class == Class.Infinity)
        {
            if (x.Class == Class.Zero || y.Class == Class.Zero) return f.Nan;
            return Add(f, new Number(Class.Infinity, negative, 0, 0), z);
        }
        var product = x.Class == Class.Zero || y.Class == Class.Zero
            ? new Number(Class.Zero, negative, 0, 0)
            : new Number(Class.Finite, negative, x.Mantissa * y.Mantissa, x.Exponent + y.Exponent);
        return Add(f, product, z);
    }

    /// <summary>Null if unordered.</summary>
    public static int? Compare(FloatTy ty, U128 l, U128 r)
    {
        var f = Of(ty);
        if ((l & ~f.SignBit) > f.Infinity || (r & ~f.SignBit) > f.Infinity) return null;
        I128 Order(U128 v) => (v & f.SignBit) != 0 ? -(I128)(v & ~f.SignBit) : (I128)v;
        return Order(l).CompareTo(Order(r));
    }

    public static U128 FromInt(FloatTy ty, U128 magnitude, bool negative) => Encode(Of(ty), negative && magnitude != 0, magnitude, 0);

    public static U128 Convert(FloatTy from, FloatTy to, U128 v)
    {
        Format f = Of(from), t = Of(to);
        var n = Decode(f, v);
        return n.Class switch
        {
            Class.Nan => t.Nan,
            Class.Infinity => Sign(t, n.Negative) | t.Infinity,
            _ => Encode(t, n.Negative, n.Mantissa, n.Exponent),
        };
    }

    /// <summary>Truncates towards zero, saturating; NaN is 0.</summary>
    public static I128 ToInt(FloatTy ty, U128 v, int size, bool signed, out bool exactRange, out U128 unsignedValue)
    {
        var n = Decode(Of(ty), v);
        exactRange = true;
        unsignedValue = 0;
        BigInteger min = signed ? (BigInteger)InterpCx.MinValue(size) : 0;
        BigInteger max = signed ? (BigInteger)InterpCx.MaxValue(size) : (BigInteger)Scalar.Truncate(U128.MaxValue, size);
        BigInteger value;
        switch (n.Class)
        {
            case Class.Nan: exactRange = false; return 0;
            case Class.Zero: return 0;
            case Class.Infinity: exactRange = false; value = n.Negative ? min : max; break;
            default:
                value = n.Exponent >= 0 ? n.Exponent > 256 ? max + 1 : n.Mantissa << n.Exponent : n.Mantissa >> -n.Exponent;
                if (n.Negative) value = -value;
                if (value < min) { value = min; exactRange = false; }
                if (value > max) { value = max; exactRange = false; }
                break;
        }
        if (!signed)
        {
            unsignedValue = (U128)value;
            return 0;
        }
        var s = (I128)(U128)value;
        unsignedValue = unchecked((U128)s);
        return s;
    }

    public enum Rounding : byte { Floor, Ceil, Trunc, TiesAway, TiesEven }

    public static U128 RoundToIntegral(FloatTy ty, U128 v, Rounding mode)
    {
        var f = Of(ty);
        var n = Decode(f, v);
        if (n.Class == Class.Nan) return f.Nan;
        if (n.Class != Class.Finite || n.Exponent >= 0) return v;
        int drop = -n.Exponent;
        var whole = n.Mantissa >> drop;
        var rest = n.Mantissa - (whole << drop);
        int half = rest.CompareTo(BigInteger.One << (drop - 1));
        bool up = mode switch
        {
            Rounding.Floor => n.Negative && !rest.IsZero,
            Rounding.Ceil => !n.Negative && !rest.IsZero,
            Rounding.Trunc => false,
            Rounding.TiesAway => half >= 0,
            _ => half > 0 || half == 0 && !whole.IsEven,
        };
        return Encode(f, n.Negative, up ? whole + 1 : whole, 0);
    }
}
