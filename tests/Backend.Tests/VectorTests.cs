using System.Runtime.InteropServices;
using Mirlink.Backend.Lir;
using Xunit;

namespace Mirlink.Backend.Tests;

public sealed unsafe class VectorTests
{
    public static TheoryData<string> Levels => TestUnit.Levels("0", "2");
    private static readonly LirType I32x4 = new(ScalarKind.I32, 4), F32x4 = new(ScalarKind.F32, 4), Mask4 = new(ScalarKind.I1, 4), Ptrx4 = new(ScalarKind.Ptr, 4);

    [Theory, MemberData(nameof(Levels))]
    public void Lanes_masks_and_reductions(string level)
    {
        var u = new TestUnit("vectors");
        // Every function: (out, a, b), vectors in memory, 16 bytes each.
        void Op(string name, Func<LirBuilder, int, int, int> body) => u.Simple(name, [], [LirType.Ptr, LirType.Ptr, LirType.Ptr], (b, a) =>
        {
            int r = body(b, b.Load(I32x4, a[1], 16), b.Load(I32x4, a[2], 16));
            b.Store(r, a[0], 4);
            return [];
        });
        Op("add", (b, x, y) => b.Binary(LirOp.Add, x, y));
        Op("splat", (b, x, y) => b.Emit(LirOp.Splat, I32x4, b.Emit(LirOp.ExtractLane, LirType.I32, x, b.IConst(LirType.I32, 2L))));
        Op("insert", (b, x, y) => b.Emit(LirOp.InsertLane, I32x4, x, b.IConst(LirType.I32, 99L), b.IConst(LirType.I32, 1L)));
        Op("shuffle", (b, x, y) => b.Shuffle(I32x4, x, y, [7, 0, 5, 2]));
        Op("select", (b, x, y) => b.Select(b.ICmp(IntCond.Slt, x, y), x, y));
        Op("smax", (b, x, y) => b.Binary(LirOp.SMax, x, y));
        Op("sum", (b, x, y) => b.Emit(LirOp.VectorReduce, LirType.I32, x, flags: (int)VectorReduceOp.Add));
        Op("max", (b, x, y) => b.Emit(LirOp.VectorReduce, LirType.I32, x, flags: (int)VectorReduceOp.SMax));
        Op("all", (b, x, y) => b.Convert(LirOp.ZExt, LirType.I32, b.Emit(LirOp.VectorReduce, LirType.I1, b.ICmp(IntCond.Sle, x, y), flags: (int)VectorReduceOp.And)));
        Op("bitmask", (b, x, y) => b.Convert(LirOp.ZExt, LirType.I32, b.Convert(LirOp.BitCast, LirType.I8, b.ICmp(IntCond.Slt, x, y))));
        Op("fsum", (b, x, y) => b.Convert(LirOp.FpToSiSat, LirType.I32,
            b.Emit(LirOp.VectorReduce, LirType.F32, b.Convert(LirOp.SiToFp, F32x4, x), b.FConst(LirType.F32, BitConverter.SingleToUInt32Bits(0.5f)), flags: (int)VectorReduceOp.FAddOrdered)));
        Op("fsum_relaxed", (b, x, y) => b.Convert(LirOp.FpToSiSat, LirType.I32,
            b.Emit(LirOp.VectorReduce, LirType.F32, b.Convert(LirOp.SiToFp, F32x4, x), flags: (int)VectorReduceOp.FAddRelaxed)));
        Op("sqrt", (b, x, y) => b.Convert(LirOp.FpToSiSat, I32x4, b.FCall(FloatFn.Sqrt, F32x4, b.Convert(LirOp.SiToFp, F32x4, x))));
        u.Simple("masked", [], [LirType.Ptr, LirType.Ptr, LirType.Ptr], (b, a) =>
        {
            int x = b.Load(I32x4, a[1], 16), y = b.Load(I32x4, a[2], 16), mask = b.ICmp(IntCond.Slt, x, y);
            int loaded = b.Emit(LirOp.MaskedLoad, I32x4, a[1], mask, b.Zero(I32x4), 4);
            b.Emit(LirOp.MaskedStore, LirType.Void, a[0], loaded, mask, 4);
            return [];
        });
        u.Simple("gather", [], [LirType.Ptr, LirType.Ptr, LirType.Ptr], (b, a) =>
        {
            int pointers = b.Zero(Ptrx4);
            for (int k = 0; k < 4; k++) pointers = b.Emit(LirOp.InsertLane, Ptrx4, pointers, b.PtrAdd(a[1], 4 * (3 - k)), b.IConst(LirType.I32, (long)k));
            int all = b.Convert(LirOp.BitCast, Mask4, b.IConst(LirType.I8, 0b1011L));
            int loaded = b.Emit(LirOp.Gather, I32x4, pointers, all, b.Load(I32x4, a[2], 16), 4);
            b.Store(loaded, a[0], 16);
            // Scatter lane 0 of y over x's last element.
            b.Emit(LirOp.Scatter, LirType.Void, pointers, b.Load(I32x4, a[2], 16), b.Convert(LirOp.BitCast, Mask4, b.IConst(LirType.I8, 1L)), 4);
            return [];
        });
        using var so = u.Load(level);
        int* m = (int*)NativeMemory.AlignedAlloc(64, 16);
        int[] x = [1, -2, 30, 4], y = [5, -6, 7, 80];
        Assert.Equal([6, -8, 37, 84], Run("add"));
        Assert.Equal([30, 30, 30, 30], Run("splat"));
        Assert.Equal([1, 99, 30, 4], Run("insert"));
        Assert.Equal([80, 1, -6, 30], Run("shuffle"));
        Assert.Equal([1, -6, 7, 4], Run("select"));
        Assert.Equal([5, -2, 30, 80], Run("smax"));
        Assert.Equal(33, Run("sum")[0]);
        Assert.Equal(30, Run("max")[0]);
        Assert.Equal(0, Run("all")[0]);
        Assert.Equal(0b1001, Run("bitmask")[0]);
        Assert.Equal(33, Run("fsum")[0]);
        Assert.Equal(33, Run("fsum_relaxed")[0]);
        Assert.Equal([1, 0, 5, 2], Run("sqrt"));
        Assert.Equal([1, -7, -7, 4], Run("masked"));
        Assert.Equal([4, 30, 7, 1], Run("gather"));
        Assert.Equal(5, m[7]);
        NativeMemory.AlignedFree(m);

        int[] Run(string f)
        {
            new Span<int>(m, 4).Fill(-7);
            x.CopyTo(new Span<int>(m + 4, 4));
            y.CopyTo(new Span<int>(m + 8, 4));
            ((delegate* unmanaged<int*, int*, int*, void>)so[f])(m, m + 4, m + 8);
            return new Span<int>(m, 4).ToArray();
        }
    }
}
