using Mirlink.Backend.Lir;
using Xunit;

namespace Mirlink.Backend.Tests;

/// <summary>Facts that reach LLVM, seen in its IR, and what they buy.</summary>
public sealed class IrTests
{
    [Fact]
    public void Attributes_and_metadata_of_release_code()
    {
        var u = new TestUnit("facts");
        var sig = new LirSignature
        {
            Returns = [new LirParam(LirType.I1, ParamFlags.ZExt | ParamFlags.NoUndef)],
            Params =
            [
                new LirParam(LirType.Ptr, ParamFlags.NoAlias | ParamFlags.NonNull | ParamFlags.NoUndef | ParamFlags.ReadOnly | ParamFlags.CapturesReadOnly, 24, 8),
                new LirParam(LirType.Ptr, ParamFlags.NoAlias | ParamFlags.NoUndef | ParamFlags.NoCapture, 4, 4),
                new LirParam(LirType.I8, ParamFlags.SExt, Range: new LirRange(254, 1)),
                new LirParam(LirType.I64, Range: new LirRange(0, ulong.MaxValue)),
            ],
        };
        u.Function("f", sig, b =>
        {
            int inner = b.Load(LirType.Ptr, b.Param(0, LirType.Ptr), 8, MemFlags.NonNull | MemFlags.NoUndef | MemFlags.Invariant);
            int x = b.Load(LirType.I8, inner, 1, MemFlags.NoUndef, new LirRange(0, 2));
            b.Ret([b.ICmp(IntCond.Ult, x, b.IConst(LirType.I8, 3L))]);
        }, flags: LirFunctionFlags.Cold | LirFunctionFlags.NoInline);
        string ir = u.Ir("2").Before;
        Assert.Contains("define noundef zeroext i1 @f(ptr noalias noundef readonly align 8 captures(address, read_provenance) dereferenceable(24) %0, "
            + "ptr noalias noundef align 4 captures(none) dereferenceable_or_null(4) %1, i8 signext range(i8 -2, 2) %2, i64 %3) unnamed_addr #0", ir, StringComparison.Ordinal);
        Assert.Matches(@"load ptr, ptr %0, align 8, !invariant.load !\d+, !nonnull !\d+, !noundef !\d+", ir);
        Assert.Matches(@"load i8, ptr %\d+, align 1, !range !\d+, !noundef !\d+", ir);
        Assert.Contains("!{i8 0, i8 3}", ir, StringComparison.Ordinal);
        Assert.Contains("attributes #0 = { cold noinline uwtable \"probe-stack\"=\"inline-asm\" }", ir, StringComparison.Ordinal);
        Assert.Contains("section \".text.unlikely.f\"", u.Ir("2").After, StringComparison.Ordinal);
        Assert.DoesNotContain("noalias", u.Ir("0").Before, StringComparison.Ordinal);
        Assert.Contains("ret i1 true", u.Ir("2").After, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unused_allocation_is_removed()
    {
        var u = new TestUnit("alloc");
        var two = TestUnit.Sig([LirType.Ptr], LirType.I64, LirType.I64);
        var three = TestUnit.Sig([], LirType.Ptr, LirType.I64, LirType.I64);
        var four = TestUnit.Sig([LirType.Ptr], LirType.Ptr, LirType.I64, LirType.I64, LirType.I64);
        var alloc = u.Import("_RNvCsabc_7___rustc12___rust_alloc", two);
        alloc.Flags = LirFunctionFlags.Alloc;
        var zeroed = u.Import("__rust_alloc_zeroed", two);
        zeroed.Flags = LirFunctionFlags.AllocZeroed;
        var realloc = u.Import("__rust_realloc", four);
        realloc.Flags = LirFunctionFlags.Realloc;
        var dealloc = u.Import("__rust_dealloc", three);
        dealloc.Flags = LirFunctionFlags.Dealloc;
        u.Simple("f", [LirType.I64], [], (b, a) =>
        {
            int size = b.IConst(LirType.I64, 16L), align = b.IConst(LirType.I64, 8L);
            int p = b.Call(alloc, two, [size, align]);
            b.Store(b.IConst(LirType.I64, 5L), p, 8);
            int x = b.Load(LirType.I64, p, 8);
            b.Call(dealloc, three, [p, size, align]);
            int q = b.Call(zeroed, two, [size, align]);
            int y = b.Load(LirType.I64, q, 8);
            b.Call(dealloc, three, [q, size, align]);
            return [b.Binary(LirOp.Add, x, y)];
        });
        u.Simple("g", [LirType.Ptr], [LirType.Ptr], (b, a) => [b.Call(realloc, four, [a[0], b.IConst(LirType.I64, 16L), b.IConst(LirType.I64, 8L), b.IConst(LirType.I64, 32L)])]);
        var (before, after) = u.Ir("2");
        Assert.Contains("ret i64 5", after, StringComparison.Ordinal);
        Assert.DoesNotContain("call ptr @_RNvCsabc_7___rustc12___rust_alloc(", after, StringComparison.Ordinal);
        Assert.Contains("allockind(\"alloc,uninitialized,aligned\") allocsize(0) \"alloc-family\"=\"__rust_alloc\" \"alloc-variant-zeroed\"=\"_RNvCsabc_7___rustc19___rust_alloc_zeroed\"", before, StringComparison.Ordinal);
        Assert.Contains("allockind(\"alloc,zeroed,aligned\") allocsize(0)", before, StringComparison.Ordinal);
        Assert.Contains("allockind(\"realloc,aligned\") allocsize(3)", before, StringComparison.Ordinal);
        Assert.Contains("declare noalias ptr @_RNvCsabc_7___rustc12___rust_alloc(i64, i64 allocalign)", before, StringComparison.Ordinal);
        Assert.Contains("declare noalias ptr @__rust_realloc(ptr allocptr, i64, i64 allocalign, i64)", before, StringComparison.Ordinal);
        Assert.Contains("declare void @__rust_dealloc(ptr allocptr captures(address), i64, i64)", before, StringComparison.Ordinal);
    }

    [Fact]
    public void Linkages()
    {
        var u = new TestUnit("linkage");
        foreach (var l in (LirLinkage[])[LirLinkage.Hidden, LirLinkage.Export, LirLinkage.Weak, LirLinkage.LinkOnceOdr, LirLinkage.WeakOdr, LirLinkage.Internal])
            u.Function($"f_{l}", TestUnit.Sig([]), b => b.Ret([]), l);
        string ir = u.Ir("0").Before;
        foreach (string define in (string[])["define hidden void @f_Hidden", "define void @f_Export", "define weak void @f_Weak", "define linkonce_odr void @f_LinkOnceOdr", "define weak_odr void @f_WeakOdr", "define internal void @f_Internal"])
            Assert.Contains(define, ir, StringComparison.Ordinal);
    }

    [Fact]
    public void Objects_are_the_same_every_time_and_on_every_thread()
    {
        byte[] Once(string level)
        {
            var u = new TestUnit("same");
            var table = u.Data("table", new byte[16], relocs: [new LirReloc(8, u.Import("there", TestUnit.Sig([])), 0)]);
            for (int k = 0; k < 20; k++)
                u.Simple($"f{k}", [LirType.I64], [LirType.I64], (b, a) =>
                {
                    int x = b.Emit(LirOp.UMulOverflow, LirType.I64, a[0], b.IConst(LirType.I64, k + 3L));
                    return [b.Select(b.Result(x, 1, LirType.I1), x, b.Load(LirType.I64, b.SymbolAddr(table), 8))];
                });
            return u.Compile(level);
        }
        foreach (string level in (string[])["0", "2"])
        {
            byte[] first = Once(level);
            byte[][] others = new byte[8][];
            Parallel.For(0, others.Length, i => others[i] = Once(level));
            foreach (byte[] other in others) Assert.Equal(first, other);
        }
    }

    [Fact]
    public void Always_inline_without_optimization()
    {
        var u = new TestUnit("inline");
        var sig = TestUnit.Sig([LirType.I32]);
        var inner = u.Function("inner", sig, b => b.Ret([b.IConst(LirType.I32, 77L)]), LirLinkage.Internal, LirFunctionFlags.AlwaysInline);
        u.Simple("outer", [LirType.I32], [], (b, a) => [b.Call(inner, sig, [])]);
        using var files = new TestFolder();
        File.WriteAllBytes(files["u.o"], u.Compile("0"));
        Assert.DoesNotContain("inner", TestFolder.Run("nm", files["u.o"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Unreachable_traps_and_big_frames_are_probed()
    {
        var u = new TestUnit("traps");
        u.Function("never", TestUnit.Sig([]), b => b.Unreachable());
        u.Function("big", TestUnit.Sig([]), b =>
        {
            int p = b.SlotAddr(b.NewSlot(100_000, 16));
            b.Call(u.Import("use"), TestUnit.Sig([], LirType.Ptr), [p]);
            b.Ret([]);
        });
        using var files = new TestFolder();
        foreach (string level in (string[])["0", "2"])
        {
            File.WriteAllBytes(files["u.o"], u.Compile(level));
            string text = TestFolder.Run("objdump", "-d", "--no-show-raw-insn", files["u.o"]);
            Assert.Matches(@"<never>:(?s:.{0,200})ud2", text);
            Assert.Matches(@"<big>:(?s:.*)sub +\$0x1000,%rsp", text);
        }
    }

    [Fact]
    public void Naked_functions_have_no_frame()
    {
        var u = new TestUnit("naked");
        u.Function("bare", TestUnit.Sig([LirType.I64], LirType.I64), b =>
        {
            b.InlineAsm(new LirInlineAsm { Template = [new LirAsmPiece("lea rax, [rdi + 1]\nret", -1, '\0')], Operands = [], Options = LirAsmOptions.NoReturn }, LirType.Void, []);
            b.Unreachable();
        }, flags: LirFunctionFlags.Naked | LirFunctionFlags.NoInline);
        using var files = new TestFolder();
        foreach (string level in (string[])["0", "2"])
        {
            File.WriteAllBytes(files["u.o"], u.Compile(level));
            string text = TestFolder.Run("objdump", "-d", "--no-show-raw-insn", files["u.o"]);
            Assert.Matches(@"<bare>:\s+0:\s+lea +0x1\(%rdi\),%rax\s+\w+:\s+ret", text);
        }
    }

    [Fact]
    public void Two_symbols_with_one_name_are_a_mistake()
    {
        var u = new TestUnit("names");
        u.Simple("f", [LirType.Ptr], [], (b, a) => [b.SymbolAddr(new LirSymbol("f", LirSymbolKind.Data))]);
        Assert.Throws<Mir.BugException>(() => u.Compile("0"));
    }

    [Fact]
    public void What_assembly_does_to_memory()
    {
        var u = new TestUnit("effects");
        foreach (var o in (LirAsmOptions[])[LirAsmOptions.Pure | LirAsmOptions.ReadOnly, LirAsmOptions.Pure | LirAsmOptions.NoMem, LirAsmOptions.ReadOnly, LirAsmOptions.NoMem])
            u.Simple($"f{(int)o}", [LirType.I64], [], (b, a) => [b.InlineAsm(new LirInlineAsm
            {
                Template = [new LirAsmPiece("nop", -1, '\0')], Operands = [new LirAsmOperand(LirAsmOperandKind.Out, null, "reg", LirType.I64)], Options = o | LirAsmOptions.MayUnwind,
            }, LirType.I64, [])]);
        string ir = u.Ir("2").Before;
        Assert.Contains("{ willreturn memory(read) }", ir, StringComparison.Ordinal);
        Assert.Contains("{ willreturn memory(none) }", ir, StringComparison.Ordinal);
        Assert.Contains("{ memory(read, inaccessiblemem: readwrite) }", ir, StringComparison.Ordinal);
        Assert.Contains("{ memory(inaccessiblemem: readwrite) }", ir, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_functions_become_aliases()
    {
        var u = new TestUnit("merge");
        foreach (string name in (string[])["one", "two"])
            u.Simple(name, [LirType.I64], [LirType.Ptr], (b, a) =>
            {
                int x = b.Load(LirType.I64, a[0], 8);
                b.Store(b.Binary(LirOp.Mul, x, x), a[0], 8);
                return [b.Binary(LirOp.Add, x, b.IConst(LirType.I64, 3L))];
            });
        Assert.Contains("@two = unnamed_addr alias i64 (ptr), ptr @one", u.Ir("2").After, StringComparison.Ordinal);
    }

    [Fact]
    public void Cold_blocks_weigh_little()
    {
        var u = new TestUnit("weights");
        u.Function("f", TestUnit.Sig([LirType.I32], LirType.I32), b =>
        {
            int x = b.Param(0, LirType.I32);
            int cold = b.NewBlock(cold: true), warm = b.NewBlock(), one = b.NewBlock(), two = b.NewBlock(cold: true), other = b.NewBlock();
            b.CondBr(b.ICmp(IntCond.Slt, x, b.IConst(LirType.I32, 0L)), cold, warm);
            b.SwitchTo(warm);
            b.Switch(x, [(1, one), (2, two)], other);
            foreach (int block in (int[])[cold, one, two, other])
            {
                b.SwitchTo(block);
                b.Ret([b.IConst(LirType.I32, (long)block)]);
            }
        });
        string ir = u.Ir("2").Before;
        Assert.Contains("!{!\"branch_weights\", i32 1, i32 2000}", ir, StringComparison.Ordinal);
        Assert.Contains("!{!\"branch_weights\", i32 2000, i32 2000, i32 1}", ir, StringComparison.Ordinal);
    }
}
