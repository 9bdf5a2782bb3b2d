using Mirlink.Backend.Lir;
using Xunit;

namespace Mirlink.Backend.Tests;

public sealed unsafe class ArithmeticTests
{
    public static TheoryData<string> Levels => TestUnit.Levels("0", "1", "2", "3", "s", "z");

    private static readonly LirType[] Ints = [LirType.I8, LirType.I16, LirType.I32, LirType.I64];

    [Theory, MemberData(nameof(Levels))]
    public void Integers_of_every_width(string level)
    {
        var u = new TestUnit("ints");
        LirOp[] ops = [LirOp.Add, LirOp.Sub, LirOp.Mul, LirOp.UDiv, LirOp.SDiv, LirOp.URem, LirOp.SRem, LirOp.And, LirOp.Or, LirOp.Xor, LirOp.Shl, LirOp.LShr, LirOp.AShr,
            LirOp.SAddSat, LirOp.UAddSat, LirOp.SSubSat, LirOp.USubSat, LirOp.SMin, LirOp.SMax, LirOp.UMin, LirOp.UMax, LirOp.RotL, LirOp.RotR];
        foreach (var t in Ints)
            foreach (var op in ops)
                u.Simple($"{op}_{t}", [LirType.I64], [LirType.I64, LirType.I64], (b, a) =>
                {
                    int x = b.Binary(op, Narrow(b, t, a[0]), Narrow(b, t, a[1]));
                    return [t == LirType.I64 ? x : b.Convert(LirOp.ZExt, LirType.I64, x)];
                });
        using var so = u.Load(level);
        foreach (var t in Ints)
            foreach (var op in ops)
                foreach (var (x, y) in ((ulong, ulong)[])[(7, 3), (ulong.MaxValue - 4, 3), (0x80, 1), (0x7f7f7f7f7f7f7f7f, 0x33), (0x8000000000000000, 5), (200, 100)])
                {
                    int bits = t.ScalarBits;
                    ulong mask = bits == 64 ? ulong.MaxValue : (1UL << bits) - 1;
                    ulong r = y & mask;
                    if (op is LirOp.Shl or LirOp.LShr or LirOp.AShr) r %= (ulong)bits;
                    if (r == 0) continue;
                    ulong got = ((delegate* unmanaged<ulong, ulong, ulong>)so[$"{op}_{t}"])(x, r);
                    Assert.True(Expected(op, bits, x & mask, r) == got, $"{op} {t} {x:x} {r:x}: {got:x}");
                }
    }

    private static int Narrow(LirBuilder b, LirType t, int v) => t == LirType.I64 ? v : b.Convert(LirOp.Trunc, t, v);

    private static ulong Expected(LirOp op, int bits, ulong x, ulong y)
    {
        ulong mask = bits == 64 ? ulong.MaxValue : (1UL << bits) - 1;
        Int128 sx = Signed(x, bits), sy = Signed(y, bits), max = (Int128.One << (bits - 1)) - 1, min = -(Int128.One << (bits - 1));
        int n = (int)(y % (ulong)bits);
        return mask & op switch
        {
            LirOp.Add => x + y,
            LirOp.Sub => x - y,
            LirOp.Mul => x * y,
            LirOp.UDiv => x / y,
            LirOp.SDiv => (ulong)(sx / sy),
            LirOp.URem => x % y,
            LirOp.SRem => (ulong)(sx % sy),
            LirOp.And => x & y,
            LirOp.Or => x | y,
            LirOp.Xor => x ^ y,
            LirOp.Shl => x << n,
            LirOp.LShr => x >> n,
            LirOp.AShr => (ulong)(sx >> n),
            LirOp.SAddSat => (ulong)Int128.Clamp(sx + sy, min, max),
            LirOp.SSubSat => (ulong)Int128.Clamp(sx - sy, min, max),
            LirOp.UAddSat => (ulong)Int128.Min((Int128)x + y, mask),
            LirOp.USubSat => x < y ? 0 : x - y,
            LirOp.SMin => (ulong)Int128.Min(sx, sy),
            LirOp.SMax => (ulong)Int128.Max(sx, sy),
            LirOp.UMin => Math.Min(x, y),
            LirOp.UMax => Math.Max(x, y),
            LirOp.RotL => n == 0 ? x : x << n | x >> (bits - n),
            LirOp.RotR => n == 0 ? x : x >> n | x << (bits - n),
            _ => throw new ArgumentException(op.ToString()),
        };
    }

    private static Int128 Signed(ulong x, int bits) => (Int128)(long)(x << (64 - bits)) >> (64 - bits);

    [Theory, MemberData(nameof(Levels))]
    public void Overflow_gives_value_and_flag(string level)
    {
        var u = new TestUnit("overflow");
        LirOp[] ops = [LirOp.SAddOverflow, LirOp.UAddOverflow, LirOp.SSubOverflow, LirOp.USubOverflow, LirOp.SMulOverflow, LirOp.UMulOverflow];
        foreach (var t in Ints)
            foreach (var op in ops)
                u.Simple($"{op}_{t}", [LirType.I64, LirType.I64], [LirType.I64, LirType.I64], (b, a) =>
                {
                    int x = b.Emit(op, t, Narrow(b, t, a[0]), Narrow(b, t, a[1]));
                    return [t == LirType.I64 ? x : b.Convert(LirOp.ZExt, LirType.I64, x), b.Convert(LirOp.ZExt, LirType.I64, b.Result(x, 1, LirType.I1))];
                });
        using var so = u.Load(level);
        foreach (var t in Ints)
            foreach (var op in ops)
                foreach (var (x, y) in ((ulong, ulong)[])[(7, 3), (ulong.MaxValue, 1), (0x7f, 1), (0x7fff, 1), (0x7fffffff, 2), (0x7fffffffffffffff, 2), (100, 200), (3, 7)])
                {
                    ulong mask = t == LirType.I64 ? ulong.MaxValue : (1UL << t.ScalarBits) - 1;
                    bool signed = op is LirOp.SAddOverflow or LirOp.SSubOverflow or LirOp.SMulOverflow;
                    Int128 a = signed ? Signed(x & mask, t.ScalarBits) : x & mask, c = signed ? Signed(y & mask, t.ScalarBits) : y & mask;
                    Int128 exact = op switch { LirOp.SAddOverflow or LirOp.UAddOverflow => a + c, LirOp.SSubOverflow or LirOp.USubOverflow => a - c, _ => a * c };
                    ulong wrapped = (ulong)exact & mask;
                    bool overflowed = exact != (signed ? Signed(wrapped, t.ScalarBits) : wrapped);
                    var got = ((delegate* unmanaged<ulong, ulong, Pair>)so[$"{op}_{t}"])(x, y);
                    Assert.Equal((wrapped, overflowed ? 1ul : 0), (got.First, got.Second));
                }
    }

    private readonly record struct Pair(ulong First, ulong Second);

    [Theory, MemberData(nameof(Levels))]
    public void Wide_integers(string level)
    {
        var u = new TestUnit("i128");
        foreach (var op in (LirOp[])[LirOp.Add, LirOp.Mul, LirOp.UDiv, LirOp.SRem, LirOp.Xor, LirOp.BSwap])
            u.Simple($"{op}", [], [LirType.Ptr, LirType.Ptr, LirType.Ptr], (b, a) =>
            {
                int x = b.Load(LirType.I128, a[1], 16), y = b.Load(LirType.I128, a[2], 16);
                b.Store(op == LirOp.BSwap ? b.Unary(op, x) : b.Binary(op, x, y), a[0], 16);
                return [];
            });
        UInt128 big = new(0x0123456789abcdef, 0xfedcba9876543210);
        u.Simple("big", [LirType.I64, LirType.I64], [], (b, a) => Halves(b, b.IConst(LirType.I128, big)));
        u.Simple("minus_one", [LirType.I64, LirType.I64], [], (b, a) => Halves(b, b.IConst(LirType.I128, -1L)));
        u.Simple("count", [LirType.I32], [LirType.Ptr], (b, a) => [b.Convert(LirOp.CtPop, LirType.I32, b.Load(LirType.I128, a[0], 8))]);
        using var so = u.Load(level);
        UInt128 x = new(5, 7), y = new(1, ulong.MaxValue);
        Assert.Equal(x + y, Bin("Add", x, y));
        Assert.Equal(x * y, Bin("Mul", x, y));
        Assert.Equal(x / y, Bin("UDiv", x, y));
        Assert.Equal(x % y, Bin("SRem", x, y));
        Assert.Equal(x ^ y, Bin("Xor", x, y));
        Assert.Equal(new UInt128(0x1032547698badcfe, 0xefcdab8967452301), Bin("BSwap", big, y));
        Assert.Equal(new Pair(0xfedcba9876543210, 0x0123456789abcdef), ((delegate* unmanaged<Pair>)so["big"])());
        Assert.Equal(new Pair(ulong.MaxValue, ulong.MaxValue), ((delegate* unmanaged<Pair>)so["minus_one"])());
        UInt128 counted = big;
        Assert.Equal(64, ((delegate* unmanaged<UInt128*, int>)so["count"])(&counted));

        static int[] Halves(LirBuilder b, int v) =>
            [b.Convert(LirOp.Trunc, LirType.I64, v), b.Convert(LirOp.Trunc, LirType.I64, b.Binary(LirOp.LShr, v, b.IConst(LirType.I128, 64L)))];

        UInt128 Bin(string f, UInt128 l, UInt128 r)
        {
            // Natural alignment on the managed stack is not promised.
            UInt128* p = (UInt128*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc(48, 16);
            (p[1], p[2]) = (l, r);
            ((delegate* unmanaged<UInt128*, UInt128*, UInt128*, void>)so[f])(p, p + 1, p + 2);
            UInt128 result = p[0];
            System.Runtime.InteropServices.NativeMemory.AlignedFree(p);
            return result;
        }
    }

    [Theory, MemberData(nameof(Levels))]
    public void Bits_and_comparisons(string level)
    {
        var u = new TestUnit("bits");
        foreach (var op in (LirOp[])[LirOp.CtPop, LirOp.CtLz, LirOp.CtTz, LirOp.BSwap, LirOp.BitReverse, LirOp.Neg, LirOp.Not])
            u.Simple($"{op}", [LirType.I32], [LirType.I32], (b, a) => [b.Unary(op, a[0])]);
        foreach (var c in Enum.GetValues<IntCond>())
            u.Simple($"{c}", [LirType.I32], [LirType.I32, LirType.I32], (b, a) => [b.Convert(LirOp.ZExt, LirType.I32, b.ICmp(c, a[0], a[1]))]);
        u.Simple("pick", [LirType.I32], [LirType.I32, LirType.I32], (b, a) => [b.Select(b.ICmp(IntCond.Slt, a[0], a[1]), a[0], a[1])]);
        u.Simple("funnel", [LirType.I32], [LirType.I32, LirType.I32, LirType.I32], (b, a) => [b.Emit(LirOp.FShl, LirType.I32, a[0], a[1], a[2])]);
        u.Simple("black_box", [LirType.F64], [LirType.I32, LirType.F64], (b, a) => [b.Binary(LirOp.FAdd, b.Unary(LirOp.BlackBox, a[1]), b.Convert(LirOp.SiToFp, LirType.F64, b.Unary(LirOp.BlackBox, a[0])))]);
        using var so = u.Load(level);
        Assert.Equal(3u, Un("CtPop", 0b10101));
        Assert.Equal(27u, Un("CtLz", 0b10101));
        Assert.Equal(32u, Un("CtLz", 0));
        Assert.Equal(4u, Un("CtTz", 0b10000));
        Assert.Equal(0x78563412u, Un("BSwap", 0x12345678));
        Assert.Equal(0x80000000u, Un("BitReverse", 1));
        Assert.Equal(uint.MaxValue, Un("Neg", 1));
        Assert.Equal(~5u, Un("Not", 5));
        Assert.Equal(0x23456781u << 4 & 0xfffffff0 | 0xa, ((delegate* unmanaged<uint, uint, uint, uint>)so["funnel"])(0x23456781, 0xa0000000, 4));
        Assert.Equal(3.5, ((delegate* unmanaged<int, double, double>)so["black_box"])(2, 1.5));
        foreach (var (x, y) in ((int, int)[])[(1, 2), (2, 1), (-1, 1), (1, -1), (3, 3)])
        {
            Assert.Equal(Math.Min(x, y), ((delegate* unmanaged<int, int, int>)so["pick"])(x, y));
            foreach (var c in Enum.GetValues<IntCond>())
            {
                bool expected = c switch
                {
                    IntCond.Eq => x == y, IntCond.Ne => x != y, IntCond.Slt => x < y, IntCond.Sle => x <= y, IntCond.Sgt => x > y, IntCond.Sge => x >= y,
                    IntCond.Ult => (uint)x < (uint)y, IntCond.Ule => (uint)x <= (uint)y, IntCond.Ugt => (uint)x > (uint)y, _ => (uint)x >= (uint)y,
                };
                Assert.Equal(expected ? 1 : 0, ((delegate* unmanaged<int, int, int>)so[$"{c}"])(x, y));
            }
        }

        uint Un(string f, uint x) => ((delegate* unmanaged<uint, uint>)so[f])(x);
    }

    [Theory, MemberData(nameof(Levels))]
    public void Floats(string level)
    {
        var u = new TestUnit("floats");
        foreach (var op in (LirOp[])[LirOp.FAdd, LirOp.FSub, LirOp.FMul, LirOp.FDiv, LirOp.FRem])
            u.Simple($"{op}", [LirType.F64], [LirType.F64, LirType.F64], (b, a) => [b.Binary(op, a[0], a[1])]);
        foreach (var fn in Enum.GetValues<FloatFn>())
        {
            if (fn == FloatFn.PowI) continue;
            foreach (var t in (LirType[])[LirType.F32, LirType.F64])
                u.Simple($"{fn}_{t}", [t], [t, t, t], (b, a) => [b.FCall(fn, t, a[0], a[1], a[2])]);
        }
        u.Simple("powi", [LirType.F64], [LirType.F64, LirType.I32], (b, a) => [b.FCall(FloatFn.PowI, LirType.F64, a[0], a[1])]);
        u.Simple("to_i32", [LirType.I32], [LirType.F64], (b, a) => [b.Convert(LirOp.FpToSiSat, LirType.I32, a[0])]);
        u.Simple("to_u8", [LirType.I8], [LirType.F32], (b, a) => [b.Convert(LirOp.FpToUiSat, LirType.I8, a[0])]);
        u.Simple("to_i128", [LirType.I64], [LirType.F64], (b, a) =>
            [b.Convert(LirOp.Trunc, LirType.I64, b.Binary(LirOp.LShr, b.Convert(LirOp.FpToSiSat, LirType.I128, a[0]), b.IConst(LirType.I128, 64L)))]);
        u.Simple("from_u64", [LirType.F32], [LirType.I64], (b, a) => [b.Convert(LirOp.UiToFp, LirType.F32, a[0])]);
        u.Simple("nan", [LirType.F32], [], (b, a) => [b.FConst(LirType.F32, 0x7fa12345)]);
        u.Simple("bits", [LirType.I64], [LirType.F64], (b, a) => [b.Convert(LirOp.BitCast, LirType.I64, a[0])]);
        u.Simple("half", [LirType.F32], [LirType.F32], (b, a) => [b.Convert(LirOp.FpExt, LirType.F32, b.Convert(LirOp.FpTrunc, LirType.F16, a[0]))]);
        u.Simple("unordered", [LirType.I32], [LirType.F64, LirType.F64], (b, a) => [b.Convert(LirOp.ZExt, LirType.I32, b.FCmp(FloatCond.Uno, a[0], a[1]))]);
        u.Simple("less", [LirType.I32], [LirType.F64, LirType.F64], (b, a) => [b.Convert(LirOp.ZExt, LirType.I32, b.FCmp(FloatCond.Olt, a[0], a[1]))]);
        u.Simple("fast", [LirType.F64], [LirType.F64, LirType.F64], (b, a) => [b.Emit(LirOp.FAdd, LirType.F64, a[0], a[1], flags: (int)FastMath.Algebraic)]);
        using var so = u.Load(level);
        Assert.Equal(5.5, Bin("FAdd", 2, 3.5));
        Assert.Equal(1.5, Bin("fast", 2, -0.5));
        Assert.Equal(0.5, Bin("FRem", 3.5, 1));
        Assert.Equal(0.25, Bin("FDiv", 1, 4));
        Assert.Equal(Math.Tan(0.5), Fn("Tan", 0.5, 0, 0), 15);
        Assert.Equal(MathF.Tan(0.5f), Fn32("Tan", 0.5f, 0, 0), 6);
        Assert.Equal(Math.Atan2(1, 2), Fn("Atan2", 1, 2, 0), 15);
        Assert.Equal(3, Fn("Sqrt", 9, 0, 0));
        Assert.Equal(2, Fn("RoundEven", 2.5, 0, 0));
        Assert.Equal(3, Fn("Round", 2.5, 0, 0));
        Assert.Equal(7, Fn("Fma", 2, 3, 1));
        Assert.Equal(-2, Fn("CopySign", 2, -1, 0));
        Assert.Equal(1, Fn("MinNum", double.NaN, 1, 0));
        Assert.True(double.IsNaN(Fn("Minimum", double.NaN, 1, 0)));
        Assert.Equal(8, Fn("Pow", 2, 3, 0), 12);
        Assert.Equal(3, Fn("LogB", 10, 0, 0));
        Assert.Equal(0.125, ((delegate* unmanaged<double, int, double>)so["powi"])(2, -3));
        var i32 = (delegate* unmanaged<double, int>)so["to_i32"];
        Assert.Equal((int.MaxValue, int.MinValue, 0, -3), (i32(1e20), i32(-1e20), i32(double.NaN), i32(-3.9)));
        var u8 = (delegate* unmanaged<float, byte>)so["to_u8"];
        Assert.Equal((255, 0, 0, 200), (u8(1e9f), u8(-1), u8(float.NaN), u8(200.7f)));
        Assert.Equal(long.MaxValue, ((delegate* unmanaged<double, long>)so["to_i128"])(1e300));
        Assert.Equal(1.8446744e19f, ((delegate* unmanaged<ulong, float>)so["from_u64"])(ulong.MaxValue));
        Assert.Equal(0x7fa12345u, BitConverter.SingleToUInt32Bits(((delegate* unmanaged<float>)so["nan"])()));
        Assert.Equal(BitConverter.DoubleToUInt64Bits(1.5), ((delegate* unmanaged<double, ulong>)so["bits"])(1.5));
        Assert.Equal((float)(Half)3.14159f, ((delegate* unmanaged<float, float>)so["half"])(3.14159f));
        Assert.Equal((1, 0), (Cmp("unordered", 1, double.NaN), Cmp("less", 1, double.NaN)));
        Assert.Equal(1, Cmp("less", 1, 2));

        double Bin(string f, double x, double y) => ((delegate* unmanaged<double, double, double>)so[f])(x, y);
        int Cmp(string f, double x, double y) => ((delegate* unmanaged<double, double, int>)so[f])(x, y);
        double Fn(string f, double x, double y, double z) => ((delegate* unmanaged<double, double, double, double>)so[f + "_f64"])(x, y, z);
        float Fn32(string f, float x, float y, float z) => ((delegate* unmanaged<float, float, float, float>)so[f + "_f32"])(x, y, z);
    }
}
