using Mirlink.Backend.Lir;
using Xunit;

namespace Mirlink.Backend.Tests;

public sealed unsafe class CallTests
{
    public static TheoryData<string> Levels => TestUnit.Levels("0", "2");

    private readonly record struct Pair(ulong First, ulong Second);
    private readonly record struct Mixed(double First, ulong Second);
    private readonly record struct Triple(ulong First, ulong Second, ulong Third);

    [Theory, MemberData(nameof(Levels))]
    public void Loops_through_variables(string level)
    {
        var u = new TestUnit("loops");
        // sum of 1..n by a loop whose head is the entry block's successor, with two variables.
        u.Function("sum", TestUnit.Sig([LirType.I64], LirType.I64), b =>
        {
            int n = b.Param(0, LirType.I64);
            int i = b.NewVar(LirType.I64), sum = b.NewVar(LirType.I64), limit = b.NewVar(LirType.I64);
            b.DefVar(i, b.IConst(LirType.I64, 0L));
            b.DefVar(sum, b.IConst(LirType.I64, 0L));
            b.DefVar(limit, n);
            int head = b.NewBlock(), body = b.NewBlock(), exit = b.NewBlock();
            b.Br(head);
            b.SwitchTo(head);
            b.CondBr(b.ICmp(IntCond.Ult, b.UseVar(i), b.UseVar(limit)), body, exit);
            b.SwitchTo(body);
            b.DefVar(i, b.Binary(LirOp.Add, b.UseVar(i), b.IConst(LirType.I64, 1L)));
            b.DefVar(sum, b.Binary(LirOp.Add, b.UseVar(sum), b.UseVar(i)));
            b.Br(head);
            b.SwitchTo(exit);
            b.Ret([b.UseVar(sum)]);
        });
        // A variable written in both arms, and a loop back to the entry block itself.
        u.Function("collatz", TestUnit.Sig([LirType.I32], LirType.Ptr), b =>
        {
            int p = b.Param(0, LirType.Ptr);
            int x = b.Load(LirType.I64, p, 8);
            int next = b.NewVar(LirType.I64);
            int odd = b.NewBlock(), even = b.NewBlock(), join = b.NewBlock(), exit = b.NewBlock();
            b.CondBr(b.Convert(LirOp.Trunc, LirType.I1, x), odd, even);
            b.SwitchTo(odd);
            b.DefVar(next, b.Binary(LirOp.Add, b.Binary(LirOp.Mul, x, b.IConst(LirType.I64, 3L)), b.IConst(LirType.I64, 1L)));
            b.Br(join);
            b.SwitchTo(even);
            b.DefVar(next, b.Binary(LirOp.LShr, x, b.IConst(LirType.I64, 1L)));
            b.Br(join);
            b.SwitchTo(join);
            int n = b.UseVar(next);
            b.Store(n, p, 8);
            int steps = b.PtrAdd(p, 8);
            b.Store(b.Binary(LirOp.Add, b.Load(LirType.I32, steps, 8), b.IConst(LirType.I32, 1L)), steps, 8);
            b.CondBr(b.ICmp(IntCond.Eq, b.UseVar(next), b.IConst(LirType.I64, 1L)), exit, 0);
            b.SwitchTo(exit);
            b.Ret([b.Load(LirType.I32, steps, 8)]);
        });
        u.Function("classify", TestUnit.Sig([LirType.I32], LirType.I64), b =>
        {
            int[] blocks = [b.NewBlock(), b.NewBlock(), b.NewBlock(cold: true)];
            b.Switch(b.Param(0, LirType.I64), [(1, blocks[0]), (ulong.MaxValue, blocks[1]), (7, blocks[0])], blocks[2]);
            for (int k = 0; k < 3; k++)
            {
                b.SwitchTo(blocks[k]);
                b.Ret([b.IConst(LirType.I32, 10L * (k + 1))]);
            }
        });
        using var so = u.Load(level);
        Assert.Equal(5050ul, ((delegate* unmanaged<ulong, ulong>)so["sum"])(100));
        ulong* state = stackalloc ulong[2] { 27, 0 };
        Assert.Equal(111, ((delegate* unmanaged<ulong*, int>)so["collatz"])(state));
        var classify = (delegate* unmanaged<long, int>)so["classify"];
        Assert.Equal((10, 20, 10, 30), (classify(1), classify(-1), classify(7), classify(0)));
    }

    [Theory, MemberData(nameof(Levels))]
    public void Several_results_and_buffers(string level)
    {
        var u = new TestUnit("calls");
        var swapSig = TestUnit.Sig([LirType.I64, LirType.I64], LirType.I64, LirType.I64);
        var swap = u.Function("swap", swapSig, b => b.Ret([b.Param(1, LirType.I64), b.Param(0, LirType.I64)]), LirLinkage.Hidden, LirFunctionFlags.NoInline);
        u.Simple("difference", [LirType.I64], [LirType.I64, LirType.I64], (b, a) =>
        {
            int r = b.Call(swap, swapSig, a);
            return [b.Binary(LirOp.Sub, r, b.Result(r, 1, LirType.I64))];
        });
        u.Simple("mixed", [LirType.F64, LirType.I64], [LirType.F64, LirType.I64], (b, a) => [b.Binary(LirOp.FAdd, a[0], a[0]), b.Binary(LirOp.Add, a[1], a[1])]);

        var sret = new LirSignature
        {
            Returns = [],
            Params = [new LirParam(LirType.Ptr, ParamFlags.SRet | ParamFlags.NoAlias | ParamFlags.NonNull | ParamFlags.NoUndef | ParamFlags.NoCapture, 24, 8, 24), new LirParam(LirType.I64)],
        };
        var make = u.Function("make", sret, b =>
        {
            int p = b.Param(0, LirType.Ptr), x = b.Param(1, LirType.I64);
            for (int k = 0; k < 3; k++) b.Store(b.Binary(LirOp.Mul, x, b.IConst(LirType.I64, k + 1L)), b.PtrAdd(p, 8 * k), 8);
            b.Ret([]);
        }, flags: LirFunctionFlags.NoInline);
        var byval = new LirSignature { Returns = [new LirParam(LirType.I64)], Params = [new LirParam(LirType.Ptr, ParamFlags.ByVal | ParamFlags.NoUndef, 24, 8, 24)] };
        var total = u.Function("total", byval, b =>
        {
            int p = b.Param(0, LirType.Ptr);
            int sum = b.Load(LirType.I64, p, 8);
            for (int k = 1; k < 3; k++) sum = b.Binary(LirOp.Add, sum, b.Load(LirType.I64, b.PtrAdd(p, 8 * k), 8));
            // The callee owns the copy.
            b.Store(b.IConst(LirType.I64, 0L), p, 8);
            b.Ret([sum]);
        }, flags: LirFunctionFlags.NoInline);
        u.Simple("make_total", [LirType.I64], [LirType.I64], (b, a) =>
        {
            int slot = b.NewSlot(24, 8);
            b.Emit(LirOp.SlotLive, LirType.Void, slot);
            int p = b.SlotAddr(slot);
            b.Call(make, sret, [p, a[0]]);
            int first = b.Call(total, byval, [p]);
            int again = b.Call(total, byval, [p]);
            b.Emit(LirOp.SlotDead, LirType.Void, slot);
            return [b.Binary(LirOp.Add, first, again)];
        });

        var callback = TestUnit.Sig([LirType.I32], LirType.I32);
        u.Simple("apply", [LirType.I32], [LirType.Ptr, LirType.I32], (b, a) => [b.CallIndirect(a[0], callback, [a[1]])]);
        var boolSig = new LirSignature { Returns = [new LirParam(LirType.I1, ParamFlags.ZExt | ParamFlags.NoUndef)], Params = [new LirParam(LirType.I8, ParamFlags.SExt), new LirParam(LirType.I1, ParamFlags.ZExt)] };
        u.Function("negative_or", boolSig, b => b.Ret([b.Binary(LirOp.Or, b.ICmp(IntCond.Slt, b.Param(0, LirType.I8), b.IConst(LirType.I8, 0L)), b.Param(1, LirType.I1))]));
        var variadic = new LirSignature { Returns = [new LirParam(LirType.I32)], Params = [new LirParam(LirType.I32)], Variadic = true };
        u.Simple("sum3", [LirType.I32], [], (b, a) =>
            [b.Call(u.Import("c_sum", variadic), variadic, [b.IConst(LirType.I32, 3L), b.IConst(LirType.I32, 10L), b.IConst(LirType.I32, 20L), b.IConst(LirType.I32, 30L)])]);
        var pairSig = TestUnit.Sig([LirType.I64], LirType.I64);
        u.Function("down", pairSig, b =>
        {
            int n = b.Param(0, LirType.I64);
            int more = b.NewBlock(), done = b.NewBlock();
            b.CondBr(b.ICmp(IntCond.Eq, n, b.IConst(LirType.I64, 0L)), done, more);
            b.SwitchTo(more);
            // Cranelift has tail calls in a convention of its own only.
            if (TestUnit.IsCranelift(level)) b.Ret([b.IConst(LirType.I64, 77L)]);
            else b.TailCall(u.Symbols.Get("down", LirSymbolKind.Function), pairSig, [b.Binary(LirOp.Sub, n, b.IConst(LirType.I64, 1L))]);
            b.SwitchTo(done);
            b.Ret([b.IConst(LirType.I64, 77L)]);
        });
        if (!TestUnit.IsCranelift(level)) u.Simple("intrinsic", [LirType.I32], [LirType.I32], (b, a) => [b.CallIntrinsic("llvm.x86.bmi.bextr.32", TestUnit.Sig([LirType.I32], LirType.I32, LirType.I32), [a[0], b.IConst(LirType.I32, 0x0804L)])]);

        using var so = u.Load(level, "#include <stdarg.h>\nint c_sum(int n, ...) { va_list l; va_start(l, n); int s = 0; while (n--) s += va_arg(l, int); va_end(l); return s; }", "+bmi");
        Assert.Equal(unchecked((ulong)-7L), ((delegate* unmanaged<ulong, ulong, ulong>)so["difference"])(10, 3));
        Assert.Equal(new Mixed(3, 14), ((delegate* unmanaged<double, ulong, Mixed>)so["mixed"])(1.5, 7));
        Assert.Equal(new Triple(5, 10, 15), ((delegate* unmanaged<ulong, Triple>)so["make"])(5));
        Assert.Equal(60ul, ((delegate* unmanaged<Triple, ulong>)so["total"])(new Triple(10, 20, 30)));
        Assert.Equal(60ul, ((delegate* unmanaged<ulong, ulong>)so["make_total"])(5));
        Assert.Equal(42, ((delegate* unmanaged<void*, int, int>)so["apply"])((delegate* unmanaged<int, int>)&Twice, 21));
        var negativeOr = (delegate* unmanaged<sbyte, byte, byte>)so["negative_or"];
        Assert.Equal((1, 0, 1), (negativeOr(-1, 0), negativeOr(1, 0), negativeOr(1, 1)));
        Assert.Equal(60, ((delegate* unmanaged<int>)so["sum3"])());
        Assert.Equal(77ul, ((delegate* unmanaged<ulong, ulong>)so["down"])(10_000_000));
        if (!TestUnit.IsCranelift(level)) Assert.Equal(0x34, ((delegate* unmanaged<int, int>)so["intrinsic"])(0x12345));
    }

    [System.Runtime.InteropServices.UnmanagedCallersOnly]
    private static int Twice(int x) => 2 * x;

    [Theory, MemberData(nameof(Levels))]
    public void Unwinding(string level)
    {
        var u = new TestUnit("unwind");
        var none = TestUnit.Sig([]);
        var throwing = TestUnit.Sig([LirType.I64, LirType.I64], LirType.I32);
        var raise = u.Import("maybe_raise", throwing);
        var note = u.Import("note", TestUnit.Sig([], LirType.I32));
        // Cleanup: notes 1, then unwinds on.
        var inner = u.Function("inner", TestUnit.Sig([LirType.I64], LirType.I32), b =>
        {
            int normal = b.NewBlock(), unwind = b.NewBlock();
            int r = b.Invoke(raise, throwing, [b.Param(0, LirType.I32)], normal, unwind);
            b.SwitchTo(normal);
            b.Ret([b.Binary(LirOp.Add, r, b.Result(r, 1, LirType.I64))]);
            b.SwitchTo(unwind);
            int exception = b.LandingPad(LandingPadKind.Cleanup);
            int selector = b.Result(exception, 1, LirType.I32);
            b.Call(note, note.Signature!, [b.IConst(LirType.I32, 1L)], CallFlags.NoUnwind);
            b.Resume(exception, selector);
        }, LirLinkage.Hidden, LirFunctionFlags.NoInline);
        // As intrinsics::catch_unwind: gives -1 and notes 2 when something was thrown.
        u.Function("outer", TestUnit.Sig([LirType.I64], LirType.I32), b =>
        {
            int normal = b.NewBlock(), unwind = b.NewBlock(), join = b.NewBlock();
            int result = b.NewVar(LirType.I64);
            int r = b.Invoke(inner, inner.Signature!, [b.Param(0, LirType.I32)], normal, unwind);
            b.SwitchTo(normal);
            b.DefVar(result, r);
            b.Br(join);
            b.SwitchTo(unwind);
            b.LandingPad(LandingPadKind.CatchAll);
            b.Call(note, note.Signature!, [b.IConst(LirType.I32, 2L)]);
            b.DefVar(result, b.IConst(LirType.I64, -1L));
            b.Br(join);
            b.SwitchTo(join);
            b.Ret([b.UseVar(result)]);
        });
        using var so = u.Load(level, Raise + "static int notes; void note(int n) { notes = notes * 10 + n; }\nint take_notes(void) { int n = notes; notes = 0; return n; }");
        var outer = (delegate* unmanaged<int, long>)so["outer"];
        var notes = (delegate* unmanaged<int>)so["take_notes"];
        Assert.Equal((30L, 0), (outer(0), notes()));
        Assert.Equal((-1L, 12), (outer(1), notes()));
    }

    /// <summary>A foreign exception raised by the system's unwinder; C++'s personality reads the same tables as Rust's.</summary>
    internal const string Raise = """
        #include <unwind.h>
        #include <stdint.h>
        #include <stdlib.h>
        _Unwind_Reason_Code __gxx_personality_v0(int, int, _Unwind_Exception_Class, struct _Unwind_Exception *, struct _Unwind_Context *);
        _Unwind_Reason_Code rust_eh_personality(int v, int a, _Unwind_Exception_Class c, struct _Unwind_Exception *e, struct _Unwind_Context *x)
        { return __gxx_personality_v0(v, a, c, e, x); }
        typedef struct { int64_t a, b; } two;
        static struct _Unwind_Exception exception;
        two maybe_raise(int doit) {
          if (doit) { exception.exception_class = 0x4d4f5a0052555354; exception.exception_cleanup = 0; _Unwind_RaiseException(&exception); abort(); }
          return (two){10, 20};
        }

        """;
}
