using Mirlink.Backend.Lir;
using Xunit;

namespace Mirlink.Backend.Tests;

public sealed unsafe class MemoryTests
{
    public static TheoryData<string> Levels => TestUnit.Levels("0", "2");

    [Theory, MemberData(nameof(Levels))]
    public void Loads_stores_and_blocks(string level)
    {
        var u = new TestUnit("memory");
        u.Simple("flip", [], [LirType.Ptr], (b, a) =>
        {
            int v = b.Load(LirType.I1, a[0], 1, MemFlags.NoUndef);
            b.Store(b.Unary(LirOp.Not, v), a[0], 1);
            return [];
        });
        u.Simple("facts", [LirType.I8], [LirType.Ptr], (b, a) =>
        {
            int inner = b.Load(LirType.Ptr, a[0], 8, MemFlags.NonNull | MemFlags.NoUndef | MemFlags.Invariant);
            int x = b.Load(LirType.I8, inner, 1, MemFlags.NoUndef, new LirRange(250, 5));
            int y = b.Load(LirType.I8, inner, 1, MemFlags.Volatile, new LirRange(0, 255));
            return [b.Binary(LirOp.Add, x, y)];
        });
        u.Simple("unaligned", [LirType.I64], [LirType.Ptr], (b, a) => [b.Load(LirType.I64, b.PtrAdd(a[0], 3), 1)]);
        u.Simple("blocks", [LirType.I32], [LirType.Ptr, LirType.I64], (b, a) =>
        {
            int slot = b.NewSlot(64, 16);
            b.Emit(LirOp.SlotLive, LirType.Void, slot);
            int p = b.SlotAddr(slot);
            b.MemSet(p, 16, b.IConst(LirType.I8, 0x11L), b.IConst(LirType.I64, 64L));
            b.MemCpy(p, 16, a[0], 1, a[1]);
            b.MemMove(b.PtrAdd(p, 1), 1, p, 16, a[1]);
            b.MemMove(a[0], 1, p, 16, b.IConst(LirType.I64, 8L), MemFlags.Volatile);
            int r = b.Emit(LirOp.MemCmp, LirType.I32, a[0], p, b.IConst(LirType.I64, 8L));
            b.Emit(LirOp.SlotDead, LirType.Void, slot);
            return [r];
        });
        u.Simple("nontemporal", [], [LirType.Ptr], (b, a) => { b.Store(b.IConst(LirType.I64, 9L), a[0], 8, MemFlags.NonTemporal); return []; });
        u.Simple("prefetch", [], [LirType.Ptr], (b, a) => { b.Emit(LirOp.Prefetch, LirType.Void, a[0], imm: 0 | 3 << 1 | 1 << 3); return []; });
        using var so = u.Load(level);
        byte flag = 1;
        ((delegate* unmanaged<byte*, void>)so["flip"])(&flag);
        Assert.Equal(0, flag);
        byte inner = 251;
        byte* pointer = &inner;
        Assert.Equal(246, ((delegate* unmanaged<byte**, byte>)so["facts"])(&pointer));
        byte* bytes = stackalloc byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
        Assert.Equal(0x0b0a090807060504, ((delegate* unmanaged<byte*, long>)so["unaligned"])(bytes));
        Assert.Equal(0, ((delegate* unmanaged<byte*, long, int>)so["blocks"])(bytes, 5));
        Assert.Equal((byte[])[1, 1, 2, 3, 4, 5, 0x11, 0x11, 9], new Span<byte>(bytes, 9).ToArray());
        long cell;
        ((delegate* unmanaged<long*, void>)so["nontemporal"])(&cell);
        ((delegate* unmanaged<long*, void>)so["prefetch"])(&cell);
        Assert.Equal(9, cell);
    }

    [Theory, MemberData(nameof(Levels))]
    public void Atomics(string level)
    {
        var u = new TestUnit("atomics");
        static int Flags(AtomicOrdering o, int rest) => (int)o | rest << 4;
        foreach (var op in Enum.GetValues<AtomicRmwOp>())
            u.Simple($"{op}", [LirType.I32], [LirType.Ptr, LirType.I32], (b, a) => [b.Emit(LirOp.AtomicRmw, LirType.I32, a[0], a[1], flags: Flags(AtomicOrdering.SeqCst, (int)op))]);
        u.Simple("pointer_add", [LirType.Ptr], [LirType.Ptr, LirType.I64], (b, a) => [b.Emit(LirOp.AtomicRmw, LirType.Ptr, a[0], a[1], flags: Flags(AtomicOrdering.AcqRel, (int)AtomicRmwOp.Add))]);
        u.Simple("cas", [LirType.I64, LirType.I64], [LirType.Ptr, LirType.I64, LirType.I64], (b, a) =>
        {
            int r = b.Emit(LirOp.AtomicCas, LirType.I64, a[0], a[1], a[2], flags: Flags(AtomicOrdering.AcqRel, (int)AtomicOrdering.Acquire));
            return [r, b.Convert(LirOp.ZExt, LirType.I64, b.Result(r, 1, LirType.I1))];
        });
        u.Simple("load_store", [LirType.I8], [LirType.Ptr], (b, a) =>
        {
            int v = b.Emit(LirOp.AtomicLoad, LirType.I8, a[0], imm: 1, flags: (int)AtomicOrdering.Acquire);
            b.Emit(LirOp.Fence, LirType.Void, flags: (int)AtomicOrdering.SeqCst);
            b.Emit(LirOp.Fence, LirType.Void, flags: Flags(AtomicOrdering.Acquire, 1));
            b.Emit(LirOp.AtomicStore, LirType.Void, a[0], b.Binary(LirOp.Add, v, v), imm: 1, flags: (int)AtomicOrdering.Release);
            return [v];
        });
        using var so = u.Load(level);
        (AtomicRmwOp Op, int Result)[] expected =
        [
            (AtomicRmwOp.Xchg, -5), (AtomicRmwOp.Add, 7), (AtomicRmwOp.Sub, 17), (AtomicRmwOp.And, 12 & -5), (AtomicRmwOp.Nand, ~(12 & -5)), (AtomicRmwOp.Or, 12 | -5),
            (AtomicRmwOp.Xor, 12 ^ -5), (AtomicRmwOp.Max, 12), (AtomicRmwOp.Min, -5), (AtomicRmwOp.UMax, -5), (AtomicRmwOp.UMin, 12),
        ];
        foreach (var (op, result) in expected)
        {
            int cell = 12;
            Assert.Equal(12, ((delegate* unmanaged<int*, int, int>)so[$"{op}"])(&cell, -5));
            Assert.Equal(result, cell);
        }
        long wide = 100;
        Assert.Equal(100, ((delegate* unmanaged<long*, long, long>)so["pointer_add"])(&wide, 8));
        Assert.Equal(108, wide);
        var cas = (delegate* unmanaged<long*, long, long, Pair>)so["cas"];
        Assert.Equal(new Pair(108, 1), cas(&wide, 108, 3));
        Assert.Equal(new Pair(3, 0), cas(&wide, 108, 4));
        byte b8 = 21;
        Assert.Equal(21, ((delegate* unmanaged<byte*, byte>)so["load_store"])(&b8));
        Assert.Equal(42, b8);
    }

    private readonly record struct Pair(long First, long Second);
}
