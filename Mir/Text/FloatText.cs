using System.Globalization;
using System.Numerics;
using System.Text;

namespace Mirlink.Mir.Text;

/// <summary>
/// Floats as MIR text has them: the exact value rounded to a few more decimal digits than the type holds, scientific when more than three zeros would
/// pad it (LLVM's APFloat::toString with its default precision).
/// </summary>
internal static class FloatText
{
    private const int MaxPadding = 3;

    /// <param name="precision">Bits of the significand, the implicit one included.</param>
    private static (int Precision, int ExponentBits) Format(FloatTy ty) => ty switch
    {
        FloatTy.F16 => (11, 5),
        FloatTy.F32 => (24, 8),
        FloatTy.F64 => (53, 11),
        _ => (113, 15),
    };

    public static bool IsFinite(U128 bits, FloatTy ty)
    {
        var (precision, exponentBits) = Format(ty);
        uint all = (1u << exponentBits) - 1;
        return ((uint)(bits >> (precision - 1)) & all) != all;
    }

    public static void Append(StringBuilder output, U128 bits, FloatTy ty)
    {
        var (precision, exponentBits) = Format(ty);
        bool negative = (bits >> (precision - 1 + exponentBits) & 1) != 0;
        uint all = (1u << exponentBits) - 1;
        uint biased = (uint)(bits >> (precision - 1)) & all;
        var fraction = bits & ((U128.One << (precision - 1)) - 1);
        if (biased == all)
        {
            output.Append(fraction != 0 ? "NaN" : negative ? "-Inf" : "+Inf");
            return;
        }
        if (negative) output.Append('-');
        if (biased == 0 && fraction == 0)
        {
            output.Append('0');
            return;
        }
        int bias = (1 << (exponentBits - 1)) - 1;
        int exponent = (biased == 0 ? 1 : (int)biased) - bias - (precision - 1);
        Decimal(output, biased == 0 ? fraction : fraction | U128.One << (precision - 1), exponent, 2 + precision * 59 / 196);
    }

    /// <summary>significand * 2^exponent in at most <paramref name="precision"/> digits.</summary>
    private static void Decimal(StringBuilder output, BigInteger significand, int exponent, int precision)
    {
        int power = 0;
        while (significand.IsEven)
        {
            significand >>= 1;
            exponent++;
        }
        if (exponent >= 0) significand <<= exponent;
        else
        {
            significand *= BigInteger.Pow(5, -exponent);
            power = exponent;
        }
        // digits far beyond the precision are cut before the rest is rounded
        int excess = (int)significand.GetBitLength() - (precision * 196 + 58) / 59;
        if (excess > 0 && excess * 59 / 196 is > 0 and var cut)
        {
            significand /= BigInteger.Pow(10, cut);
            power += cut;
        }
        string digits = significand.ToString(CultureInfo.InvariantCulture);
        if (digits.Length > precision)
        {
            power += digits.Length - precision;
            bool up = digits[precision] >= '5';
            significand = BigInteger.Parse(digits.AsSpan(0, precision), NumberStyles.None, CultureInfo.InvariantCulture) + (up ? 1 : 0);
            digits = significand.ToString(CultureInfo.InvariantCulture);
        }
        int significant = digits.AsSpan().TrimEnd('0').Length;
        power += digits.Length - significant;
        digits = digits[..significant];

        int first = power + digits.Length - 1;
        bool scientific = power >= 0 ? power > MaxPadding || digits.Length + power > precision : first < 0 && -first > MaxPadding;
        if (scientific)
        {
            output.Append(digits[0]).Append('.').Append(digits.Length == 1 ? "0" : digits.AsSpan(1)).Append('E').Append(first < 0 ? "" : "+").Append(first);
            return;
        }
        if (power >= 0) output.Append(digits).Append('0', power);
        else if (-power < digits.Length) output.Append(digits.AsSpan(0, digits.Length + power)).Append('.').Append(digits.AsSpan(digits.Length + power));
        else output.Append("0.").Append('0', -power - digits.Length).Append(digits);
    }
}
