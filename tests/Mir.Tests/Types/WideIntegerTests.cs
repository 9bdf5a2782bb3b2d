using System.Globalization;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace Mirlink.Mir.Tests.Types;

/// <summary>128-bit integers against the framework's, for all operators, conversions and forms of text.</summary>
public class WideIntegerTests
{
    // Words that carry, borrow and change signs, beside any.
    private static readonly Gen<ulong> s_word = Gen.OneOf(
        Gen.Elements<ulong>(0, 1, 2, 10, 1UL << 63, (1UL << 63) - 1, ulong.MaxValue, ulong.MaxValue - 1, 1UL << 32, uint.MaxValue),
        ArbMap.Default.GeneratorFor<ulong>(), Gen.Choose(0, 63).Select(static n => 1UL << n), Gen.Choose(0, 200).Select(static n => (ulong)n));

    private static readonly Gen<UInt128> s_value = s_word.SelectMany(static high => s_word.Select(low => new UInt128(high, low)));

    private static void Check(Action<UInt128, UInt128, int> property) =>
        Prop.ForAll(Arb.From(s_value.SelectMany(static a => s_value.SelectMany(b => Gen.Choose(-140, 300).Select(n => (a, b, n))))), t => property(t.a, t.b, t.n))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void Unsigned_operators() => Check(static (a, b, n) =>
    {
        U128 x = a, y = b;
        (UInt128 Expected, U128 Actual)[] pairs =
        [
            (a + b, x + y), (a - b, x - y), (a * b, x * y), (a & b, x & y), (a | b, x | y), (a ^ b, x ^ y), (~a, ~x), (unchecked(-a), -x),
            (a << n, x << n), (a >> n, x >> n), (a >>> n, x >>> n), (unchecked(a + 1), ++x), (unchecked(b - 1), --y),
            (UInt128.Min(a, b), U128.Min(a, b)), (UInt128.Max(a, b), U128.Max(a, b)),
        ];
        foreach (var (expected, actual) in pairs) Assert.Equal(expected, (UInt128)actual);
        (x, y) = (a, b);
        if (b != 0)
        {
            Assert.Equal(a / b, (UInt128)(x / y));
            Assert.Equal(a % b, (UInt128)(x % y));
        }
        else
        {
            Assert.Throws<DivideByZeroException>(() => x / y);
            Assert.Throws<DivideByZeroException>(() => x % y);
        }
        Assert.Equal((a == b, a != b, a < b, a <= b, a > b, a >= b), (x == y, x != y, x < y, x <= y, x > y, x >= y));
        Assert.Equal(a.CompareTo(b), Math.Sign(x.CompareTo(y)));
        Assert.Equal(a == b, x.Equals(y));
        Assert.Equal(((int)UInt128.LeadingZeroCount(a), (int)UInt128.TrailingZeroCount(a), (int)UInt128.PopCount(a)), (U128.LeadingZeroCount(x), U128.TrailingZeroCount(x), U128.PopCount(x)));
    });

    [Fact]
    public void Signed_operators() => Check(static (ua, ub, n) =>
    {
        Int128 a = (Int128)ua, b = (Int128)ub;
        I128 x = a, y = b;
        (Int128 Expected, I128 Actual)[] pairs =
        [
            (a + b, x + y), (a - b, x - y), (a * b, x * y), (a & b, x & y), (a | b, x | y), (a ^ b, x ^ y), (~a, ~x), (unchecked(-a), -x), (a << n, x << n), (a >> n, x >> n),
            (Int128.Min(a, b), I128.Min(a, b)), (Int128.Max(a, b), I128.Max(a, b)),
        ];
        foreach (var (expected, actual) in pairs) Assert.Equal(expected, (Int128)actual);
        // The framework refuses the one quotient that does not fit.
        if (b != 0 && !(a == Int128.MinValue && b == -1))
        {
            Assert.Equal(a / b, (Int128)(x / y));
            Assert.Equal(a % b, (Int128)(x % y));
        }
        Assert.Equal((a == b, a != b, a < b, a <= b, a > b, a >= b), (x == y, x != y, x < y, x <= y, x > y, x >= y));
        Assert.Equal(a.CompareTo(b), Math.Sign(x.CompareTo(y)));
    });

    [Fact]
    public void The_smallest_number_by_minus_one()
    {
        Assert.Equal(I128.MinValue, I128.MinValue / -1);
        Assert.Equal(I128.Zero, I128.MinValue % -1);
    }

    [Fact]
    public void Conversions() => Check(static (a, _, n) =>
    {
        U128 x = a;
        I128 s = (I128)x;
        unchecked
        {
            Assert.Equal(((byte)a, (sbyte)a, (short)a, (ushort)a, (int)a, (uint)a, (long)a, (ulong)a), ((byte)x, (sbyte)x, (short)x, (ushort)x, (int)x, (uint)x, (long)x, (ulong)x));
            Assert.Equal(((byte)a, (int)a, (uint)a, (long)a, (ulong)a), ((byte)s, (int)s, (uint)s, (long)s, (ulong)s));
            long l = (long)(ulong)a;
            Assert.Equal(((UInt128)(sbyte)l, (UInt128)(short)l, (UInt128)(int)l, (UInt128)l), ((UInt128)(U128)(sbyte)l, (UInt128)(U128)(short)l, (UInt128)(U128)(int)l, (UInt128)(U128)l));
            Assert.Equal(((Int128)(sbyte)l, (Int128)(short)l, (Int128)(int)l, (Int128)l, (Int128)(ulong)l, (Int128)(uint)l, (Int128)(ushort)l, (Int128)(byte)l),
                ((Int128)(I128)(sbyte)l, (Int128)(I128)(short)l, (Int128)(I128)(int)l, (Int128)(I128)l, (Int128)(I128)(ulong)l, (Int128)(I128)(uint)l, (Int128)(I128)(ushort)l, (Int128)(I128)(byte)l));
            Assert.Equal(a, (UInt128)(U128)s);
        }
        Assert.Equal((BigInteger)a, (BigInteger)x);
        Assert.Equal((BigInteger)(Int128)a, (BigInteger)s);
        Assert.Equal(a, (UInt128)(U128)(BigInteger)a);
        Assert.Equal(unchecked((UInt128)(Int128)a), (UInt128)(U128)(BigInteger)(Int128)a);
        byte[] bytes = new byte[16];
        x.Write(bytes);
        Assert.Equal(((BigInteger)a), new BigInteger(bytes, isUnsigned: true));
        Assert.Equal(x, U128.Read(bytes));
    });

    [Fact]
    public void Text() => Check(static (a, _, n) =>
    {
        U128 x = a;
        var culture = CultureInfo.InvariantCulture;
        Assert.Equal(a.ToString(culture), x.ToString());
        Assert.Equal(((Int128)a).ToString(culture), ((I128)x).ToString());
        foreach (string format in (string[])["x", "X", "x32", "x4", "X16"]) Assert.Equal(a.ToString(format, culture), x.ToString(format));
        Assert.Equal($"{a:x} {a}", $"{x:x} {x}");
        Assert.True(U128.TryParse(x.ToString(), out var parsed));
        Assert.Equal(x, parsed);
        Assert.False(U128.TryParse(((BigInteger)x + (BigInteger.One << 128)).ToString(culture), out parsed));
    });

    [Theory]
    [InlineData(""), InlineData("-1"), InlineData("1 "), InlineData("0x1"), InlineData("340282366920938463463374607431768211456"), InlineData("99999999999999999999999999999999999999999")]
    public void No_numbers(string text) => Assert.False(U128.TryParse(text, out _));
}
