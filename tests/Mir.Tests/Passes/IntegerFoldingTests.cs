using System.Numerics;
using Mirlink.Mir.Passes;

namespace Mirlink.Mir.Tests.Passes;

/// <summary>Folded integers against arithmetic without bounds.</summary>
public class IntegerFoldingTests
{
    private static BigInteger Value(U128 bits, PrimTy ty) =>
        ty.IsSigned && (bits >> (ty.ByteSize * 8 - 1) & 1) != 0 ? (BigInteger)bits - (BigInteger.One << ty.ByteSize * 8) : bits;

    private static U128 Bits(BigInteger value, PrimTy ty) => (U128)(value & ((BigInteger.One << ty.ByteSize * 8) - 1));

    private static U128 Next(Random random, PrimTy ty)
    {
        var edge = random.Next(4) switch { 0 => U128.Zero, 1 => U128.One, 2 => U128.MaxValue, _ => U128.One << (ty.ByteSize * 8 - 1) };
        var any = (U128)(ulong)random.NextInt64() << 64 | (ulong)random.NextInt64();
        return IntegerFolding.Truncate(random.Next(3) == 0 ? edge + (U128)random.Next(3) : any, ty);
    }

    [Fact]
    public void Folding_is_arithmetic_modulo_the_size()
    {
        var interner = new TyCtxt().Interner;
        var random = new Random(1);
        foreach (var ty in interner.Ints.Concat(interner.Uints))
            for (int i = 0; i < 500; i++)
            {
                U128 a = Next(random, ty), b = Next(random, ty);
                BigInteger x = Value(a, ty), y = Value(b, ty);
                Assert.Equal(Bits(x + y, ty), IntegerFolding.Binary(BinOp.Add, ty, a, ty, b));
                Assert.Equal(Bits(x - y, ty), IntegerFolding.Binary(BinOp.Sub, ty, a, ty, b));
                Assert.Equal(Bits(x * y, ty), IntegerFolding.Binary(BinOp.Mul, ty, a, ty, b));
                Assert.Equal(Bits(x & y, ty), IntegerFolding.Binary(BinOp.BitAnd, ty, a, ty, b));
                Assert.Equal(Bits(x | y, ty), IntegerFolding.Binary(BinOp.BitOr, ty, a, ty, b));
                Assert.Equal(Bits(x ^ y, ty), IntegerFolding.Binary(BinOp.BitXor, ty, a, ty, b));
                Assert.Equal(x == y ? 1u : 0u, IntegerFolding.Binary(BinOp.Eq, ty, a, ty, b));
                Assert.Equal(x < y ? 1u : 0u, IntegerFolding.Binary(BinOp.Lt, ty, a, ty, b));
                Assert.Equal(x >= y ? 1u : 0u, IntegerFolding.Binary(BinOp.Ge, ty, a, ty, b));
                int amount = (int)(uint)(b & (U128)(uint)(ty.ByteSize * 8 - 1));
                Assert.Equal(Bits(x << amount, ty), IntegerFolding.Binary(BinOp.Shl, ty, a, ty, b));
                Assert.Equal(Bits(x >> amount, ty), IntegerFolding.Binary(BinOp.Shr, ty, a, ty, b));
                if (!ty.IsSigned && b != 0) Assert.Equal(Bits(x / y, ty), IntegerFolding.Binary(BinOp.Div, ty, a, ty, b));
                if (b == 0) Assert.Null(IntegerFolding.Binary(BinOp.Div, ty, a, ty, b));
                foreach (var to in interner.Ints.Concat(interner.Uints)) Assert.Equal(Bits(x, to), IntegerFolding.Cast(a, ty, to));
            }
    }
}
