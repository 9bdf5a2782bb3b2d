using System.Numerics;
using System.Text.RegularExpressions;
using Mirlink.Backend.Cranelift;
using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Xunit;

namespace Mirlink.Backend.Tests;

/// <summary>What only Cranelift's side does: library calls, stubs, paddings, instructions in assembly, errors, objects. Nothing runs where it is not built.</summary>
public sealed unsafe class CraneliftTests
{
    public static TheoryData<string> Levels => CraneliftLibrary.IsAvailable ? ["cranelift-0", "cranelift-2"] : ["0"];

    [Theory, MemberData(nameof(Levels))]
    public void Wide_multiplication_overflows_as_it_should(string level)
    {
        var u = new TestUnit("wide");
        foreach (var op in (LirOp[])[LirOp.UMulOverflow, LirOp.SMulOverflow])
            u.Simple($"{op}", [LirType.I8], [LirType.Ptr, LirType.Ptr, LirType.Ptr], (b, a) =>
            {
                int r = b.Emit(op, LirType.I128, b.Load(LirType.I128, a[1], 16), b.Load(LirType.I128, a[2], 16));
                b.Store(r, a[0], 16);
                return [b.Convert(LirOp.ZExt, LirType.I8, b.Result(r, 1, LirType.I1))];
            });
        using var so = u.Load(level);
        UInt128* p = (UInt128*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc(48, 16);
        UInt128[] values = [0, 1, 3, ulong.MaxValue, (UInt128)1 << 64, UInt128.MaxValue, (UInt128)1 << 127, ((UInt128)1 << 127) - 1, (UInt128)(Int128)(-3), new(7, 9), new(1, ulong.MaxValue)];
        foreach (var x in values)
            foreach (var y in values)
                foreach (bool signed in (bool[])[false, true])
                {
                    (p[1], p[2]) = (x, y);
                    bool overflowed = ((delegate* unmanaged<UInt128*, UInt128*, UInt128*, byte>)so[signed ? "SMulOverflow" : "UMulOverflow"])(p, p + 1, p + 2) != 0;
                    var exact = signed ? (BigInteger)(Int128)x * (Int128)y : (BigInteger)x * y;
                    var got = signed ? (BigInteger)(Int128)p[0] : p[0];
                    Assert.Equal(unchecked(x * y), p[0]);
                    Assert.True(overflowed == (exact != got), $"{x} * {y}, signed {signed}");
                }
        System.Runtime.InteropServices.NativeMemory.AlignedFree(p);
    }

    /// <summary>Cranelift took a location just below a function's first one for none.</summary>
    [Theory, MemberData(nameof(Levels))]
    public void Lines_in_any_order(string level)
    {
        var u = new TestUnit("lines");
        var callee = u.Import("callee", TestUnit.Sig([]));
        u.Function("top", TestUnit.Sig([]), b =>
        {
            b.AddScope(new LirScope("/src/top.rs", "top", 10, -1));
            int earlier = b.AddLoc(new LirLoc(12, 5, 0)), later = b.AddLoc(new LirLoc(13, 5, 0));
            foreach (int at in (int[])[later, earlier, later])
            {
                b.CurrentLoc = at;
                b.Call(callee, callee.Signature!, []);
            }
            b.Ret([]);
        });
        using var files = new TestFolder();
        File.WriteAllBytes(files["unit.o"], u.Compile(level, Backend.RelocModel.Pie, debugInfo: 1));
        string lines = TestFolder.Run("readelf", "--debug-dump=decodedline", files["unit.o"]);
        Assert.Matches(@"top.rs +13 [^\n]*\n[^\n]*top.rs +12 [^\n]*\n[^\n]*top.rs +13 ", lines);
    }

    [Theory, MemberData(nameof(Levels))]
    public void Structures_on_the_stack_and_variadic_floats(string level)
    {
        var u = new TestUnit("stack");
        // Seven integers, so that one is on the stack and the structure of alignment 16 after it needs a gap.
        var byval = new LirParam(LirType.Ptr, ParamFlags.ByVal, 32, 16, 32);
        var small = new LirParam(LirType.Ptr, ParamFlags.ByVal, 20, 4, 20);
        var sig = new LirSignature
        {
            Returns = [new LirParam(LirType.I64)],
            Params = [.. Enumerable.Repeat(new LirParam(LirType.I64), 7), byval, small, new LirParam(LirType.I64)],
        };
        u.Function("callee", sig, b =>
        {
            int sum = b.Binary(LirOp.Add, b.Param(6, LirType.I64), b.Param(9, LirType.I64));
            sum = b.Binary(LirOp.Add, sum, b.Load(LirType.I64, b.PtrAdd(b.Param(7, LirType.Ptr), 16), 16));
            b.Ret([b.Binary(LirOp.Add, sum, b.Convert(LirOp.ZExt, LirType.I64, b.Load(LirType.I32, b.PtrAdd(b.Param(8, LirType.Ptr), 16), 4)))]);
        });
        var c = u.Import("c_callee", sig);
        u.Simple("caller", [LirType.I64], [LirType.Ptr, LirType.Ptr], (b, a) =>
        {
            int one = b.IConst(LirType.I64, 1L);
            return [b.Call(c, sig, [one, one, one, one, one, one, b.IConst(LirType.I64, 70L), a[0], a[1], b.IConst(LirType.I64, 9000L)])];
        });
        var variadic = new LirSignature { Returns = [new LirParam(LirType.F64)], Params = [new LirParam(LirType.I32)], Variadic = true };
        u.Simple("mean", [LirType.F64], [LirType.F64, LirType.F64], (b, a) => [b.Call(u.Import("c_mean", variadic), variadic, [b.IConst(LirType.I32, 2L), a[0], a[1]])]);
        using var so = u.Load(level, """
            #include <stdarg.h>
            typedef struct { _Alignas(16) long a[4]; } aligned;
            typedef struct { int a[5]; } small;
            long c_callee(long a, long b, long c, long d, long e, long f, long g, aligned x, small y, long h) { return g + h + x.a[2] + y.a[4]; }
            long callee(long a, long b, long c, long d, long e, long f, long g, aligned x, small y, long h);
            long call_it(void) { aligned x = {{1, 2, 300, 4}}; small y = {{0, 0, 0, 0, 5}}; return callee(0, 0, 0, 0, 0, 0, 20, x, y, 1000); }
            double c_mean(int n, ...) { va_list l; va_start(l, n); double s = 0; for (int i = 0; i < n; i++) s += va_arg(l, double); va_end(l); return s / n; }
            """);
        Assert.Equal(1325, ((delegate* unmanaged<long>)so["call_it"])());
        long* aligned = (long*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc(32, 16);
        aligned[2] = 300;
        int* five = stackalloc int[5] { 0, 0, 0, 0, 5 };
        Assert.Equal(9375, ((delegate* unmanaged<void*, void*, long>)so["caller"])(aligned, five));
        System.Runtime.InteropServices.NativeMemory.AlignedFree(aligned);
        Assert.Equal(2.25, ((delegate* unmanaged<double, double, double>)so["mean"])(1.5, 3));
    }

    [Theory, MemberData(nameof(Levels))]
    public void Platform_intrinsics(string level)
    {
        if (!TestUnit.IsCranelift(level)) return;
        var u = new TestUnit("platform");
        LirType bytes = new(ScalarKind.I8, 16), longs = new(ScalarKind.I64, 2);
        void Op(string name, string intrinsic, LirType result, params LirType[] types) => u.Simple(name, [], [LirType.Ptr, LirType.Ptr, LirType.Ptr], (b, a) =>
        {
            int[] args = [.. types.Select((t, k) => b.Load(t, a[k + 1], 1))];
            b.Store(b.CallIntrinsic(intrinsic, TestUnit.Sig([result], types), args), a[0], 1);
            return [];
        });
        Op("mask", "llvm.x86.sse2.pmovmskb.128", LirType.I32, bytes);
        Op("shuffle", "llvm.x86.ssse3.pshuf.b.128", bytes, bytes, bytes);
        Op("crc", "llvm.x86.sse42.crc32.32.8", LirType.I32, LirType.I32, LirType.I8);
        u.Simple("clmul", [], [LirType.Ptr, LirType.Ptr, LirType.Ptr], (b, a) =>
        {
            int r = b.CallIntrinsic("llvm.x86.pclmulqdq", TestUnit.Sig([longs], longs, longs, LirType.I8), [b.Load(longs, a[1], 1), b.Load(longs, a[2], 1), b.IConst(LirType.I8, 0x10L)]);
            b.Store(r, a[0], 1);
            return [];
        });
        using var so = u.Load(level);
        byte* m = stackalloc byte[48];
        for (int k = 0; k < 16; k++) (m[16 + k], m[32 + k]) = ((byte)(k % 3 == 0 ? 0x80 + k : k), (byte)(15 - k));
        ((delegate* unmanaged<byte*, byte*, byte*, void>)so["mask"])(m, m + 16, m + 32);
        Assert.Equal(0b1001001001001001, *(int*)m);
        ((delegate* unmanaged<byte*, byte*, byte*, void>)so["shuffle"])(m, m + 16, m + 32);
        for (int k = 0; k < 16; k++) Assert.Equal(m[16 + 15 - k], m[k]);
        uint crc = 0xffffffff;
        byte letter = (byte)'a';
        ((delegate* unmanaged<void*, void*, void*, void>)so["crc"])(m, &crc, &letter);
        Assert.Equal(0xc1d04330u, ~*(uint*)m);
        ulong* l = stackalloc ulong[6] { 0, 0, 0b101, 0, 0, 0b11 };
        ((delegate* unmanaged<ulong*, ulong*, ulong*, void>)so["clmul"])(l, l + 2, l + 4);
        Assert.Equal((0b1111ul, 0ul), (l[0], l[1]));
    }

    [Fact]
    public void What_cannot_be_compiled_names_the_function()
    {
        if (!CraneliftLibrary.IsAvailable) return;
        var u = new TestUnit("refused");
        var sig = TestUnit.Sig([LirType.I64], LirType.I64);
        u.Function("tail", sig, b => b.TailCall(u.Symbols.Get("tail", LirSymbolKind.Function), sig, [b.Param(0, LirType.I64)]));
        var e = Assert.Throws<UnsupportedException>(() => u.Compile("cranelift-0"));
        Assert.Equal("tail", e.Function);

        // Four results are more than the convention has registers for: here it is Cranelift that says so.
        var four = new TestUnit("four");
        four.Simple("quadruple", [LirType.I64, LirType.I64, LirType.I64, LirType.I64], [LirType.I64], (b, a) => [a[0], a[0], a[0], a[0]]);
        e = Assert.Throws<UnsupportedException>(() => four.Compile("cranelift-0"));
        Assert.Equal("quadruple", e.Function);
        Assert.Contains("Cranelift", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_compiled_is_left_to_another_backend()
    {
        if (!CraneliftLibrary.IsAvailable) return;
        var u = new TestUnit("mixed");
        u.Simple("first", [LirType.I64], [LirType.I64], (b, a) => a);
        var sig = TestUnit.Sig([LirType.I64], LirType.I64);
        u.Function("tail", sig, b => b.TailCall(u.Symbols.Get("tail", LirSymbolKind.Function), sig, [b.Param(0, LirType.I64)]));
        u.Simple("quadruple", [LirType.I64, LirType.I64, LirType.I64, LirType.I64], [LirType.I64], (b, a) => [a[0], a[0], a[0], a[0]]);
        u.Simple("last", [LirType.I64], [LirType.I64], (b, a) => a);
        List<(LirFunction Function, UnsupportedException Reason)> rejected = [];
        byte[] unit = new CraneliftBackend().Compile(u.Unit, new CodegenOptions(), rejected);
        Assert.Equal([("tail", "tail"), ("quadruple", "quadruple")], rejected.Select(static r => (r.Function.Symbol.Name, r.Reason.Function)));
        using var files = new TestFolder();
        File.WriteAllBytes(files["unit.o"], unit);
        string[] defined = [.. TestFolder.Run("nm", "--defined-only", files["unit.o"]).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static l => l[(l.LastIndexOf(' ') + 1)..])];
        Assert.Equal(["first", "last"], defined.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_panic_is_an_error_and_leaves_the_worker_usable()
    {
        if (!CraneliftLibrary.IsAvailable) return;
        _ = CraneliftLibrary.Path;
        byte[] flags = "opt_level=none"u8.ToArray(), opcodes = "iconst;return;iadd"u8.ToArray();
        nuint length = 0;
        nint session, worker = Native.NewWorker();
        fixed (byte* f = flags, o = opcodes) session = Native.NewSession(f, (nuint)flags.Length, o, (nuint)opcodes.Length, null, 0, &length);
        Assert.NotEqual(0, session);
        // fn() -> i64 in one block: a constant, then either a return or nothing, so that the block never ends.
        uint[] head = [0, 0, 1, 4, 0, 0, 0, 0, 0, 1, 0x8000, 0, 0 | 4 << 16, 42, 0], ret = [1, 1, 0];
        Assert.Equal(0, Compile([.. head, .. ret]));
        Assert.NotEqual(0, Compile(head));
        Assert.NotEqual("", CraneliftLibrary.Text(Native.WorkerError(worker, &length), length));
        // A number that is no value, an operation that is none, a blob that ends too soon.
        Assert.NotEqual(0, Compile([.. head, 1, 1, 7]));
        Assert.NotEqual(0, Compile([.. head, 99]));
        Assert.NotEqual(0, Compile([0, 5]));
        Assert.Equal(0, Compile([.. head, .. ret]));

        int Compile(uint[] blob)
        {
            Native.Compiled c;
            fixed (uint* p = blob) return Native.Compile(session, worker, p, (nuint)blob.Length, 0, &c);
        }
    }

    /// <summary>A value that lives from the first block to the last takes part in the register allocation of all that are between.</summary>
    [Fact]
    public void Frame_addresses_are_made_in_the_blocks_that_use_them_and_blocks_in_a_row_are_one()
    {
        if (!CraneliftLibrary.IsAvailable) return;
        const int Steps = 50;
        var u = new TestUnit("frame");
        // Sums what it puts into a slot of each step, half of them through a pointer into its middle; the steps are behind branches, with an empty block after each.
        u.Function("sum", TestUnit.Sig([LirType.I64], LirType.I64), b =>
        {
            int n = b.Param(0, LirType.I64), total = b.SlotAddr(b.NewSlot(8, 8)), wide = b.SlotAddr(b.NewSlot(64, 64));
            var slots = new int[Steps];
            for (int k = 0; k < Steps; k++)
            {
                slots[k] = b.SlotAddr(b.NewSlot(24, 8));
                if (k % 2 == 1) slots[k] = b.PtrAdd(slots[k], 16);
            }
            b.Store(b.IConst(LirType.I64, 0L), total, 8);
            b.Store(b.IConst(LirType.I64, 1000L), wide, 64);
            for (int k = 0; k < Steps; k++)
            {
                int step = b.NewBlock(), empty = b.NewBlock(), next = b.NewBlock();
                b.CondBr(b.ICmp(IntCond.Ult, b.IConst(LirType.I64, (long)k), n), step, next);
                b.SwitchTo(step);
                b.Store(b.IConst(LirType.I64, (long)k), slots[k], 8);
                b.Br(empty);
                b.SwitchTo(empty);
                b.Store(b.Binary(LirOp.Add, b.Load(LirType.I64, total, 8), b.Load(LirType.I64, slots[k], 8)), total, 8);
                b.Br(next);
                b.SwitchTo(next);
            }
            b.Ret([b.Binary(LirOp.Add, b.Load(LirType.I64, total, 8), b.Load(LirType.I64, wide, 64))]);
        });
        using (var so = u.Load("cranelift-0"))
            foreach (long n in (long[])[0, 1, 7, Steps])
                Assert.Equal(1000 + n * (n - 1) / 2, ((delegate* unmanaged<long, long>)so["sum"])(n));
        using var files = new TestFolder();
        u.Compile("cranelift-0", dump: files["clif"]);
        string text = File.ReadAllText(Directory.GetFiles(files["clif"])[0]);
        // The entry, and of each step two of three.
        Assert.Equal(1 + 2 * Steps, Regex.Count(text, @"^ *block\d+(\(.*\))?:", RegexOptions.Multiline));
        string entry = text[..text.IndexOf("brif", StringComparison.Ordinal)];
        // The sum's, and the one that is aligned by arithmetic.
        Assert.Equal(2, Regex.Count(entry, "stack_addr"));
        Assert.Matches(@"stack_addr\.i64 ss\d+\+16", text);
    }

    [Fact]
    public void Objects_are_the_same_whoever_makes_them()
    {
        if (!CraneliftLibrary.IsAvailable) return;
        var u = new TestUnit("same");
        var counter = u.Data("counter", new byte[8], LirDataKind.Writable);
        for (int k = 0; k < 40; k++)
        {
            long addend = k;
            u.Simple($"f{k}", [LirType.F64], [LirType.I64], (b, a) =>
            {
                b.Store(b.Binary(LirOp.Add, a[0], b.IConst(LirType.I64, addend)), b.SymbolAddr(counter), 8);
                return [b.Binary(LirOp.FRem, b.Convert(LirOp.SiToFp, LirType.F64, a[0]), b.FConst(LirType.F64, BitConverter.DoubleToUInt64Bits(3)))];
            });
        }
        byte[] first = u.Compile("cranelift-0", debugInfo: 1);
        byte[][] others = new byte[8][];
        Parallel.For(0, others.Length, k => others[k] = u.Compile("cranelift-0", debugInfo: 1));
        foreach (byte[] o in others) Assert.True(o.AsSpan().SequenceEqual(first));
        using var files = new TestFolder();
        File.WriteAllBytes(files["unit.o"], first);
        string frames = TestFolder.Run("readelf", "--debug-dump=frames", files["unit.o"]);
        Assert.Equal(40, frames.Split(" FDE ").Length - 1);
        Assert.Contains("DW_CFA_def_cfa_register: r6 (rbp)", frames, StringComparison.Ordinal);
    }

    [Fact]
    public void All_operations_that_blobs_use_are_known()
    {
        if (!CraneliftLibrary.IsAvailable) return;
        // A session looks every name up; an instruction in each width makes one.
        var u = new TestUnit("names");
        u.Simple("f", [LirType.I64], [LirType.I64], (b, a) => a);
        Assert.NotEmpty(u.Compile("cranelift-0", features: "+avx2,+fma,+bmi2"));
    }
}
