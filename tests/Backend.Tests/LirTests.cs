using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Xunit;

namespace Mirlink.Backend.Tests;

public sealed class LirTests
{
    private static LirFunction Build(LirSignature signature, Action<LirBuilder> body)
    {
        var b = new LirBuilder();
        b.SwitchTo(b.NewBlock());
        body(b);
        return b.Finish(new LirSymbol("f", LirSymbolKind.Function) { Linkage = LirLinkage.Hidden }, signature);
    }

    private static readonly LirSignature Nothing = TestUnit.Sig([]);
    private static readonly LirSignature IntToInt = TestUnit.Sig([LirType.I32], LirType.I32);

    public static TheoryData<string, string> Broken => new()
    {
        { "types", "operands are i32 and i64" },
        { "branch-value", "does not dominate its use" },
        { "invoke-result-on-unwind", "does not dominate its use" },
        { "argument-count", "0 arguments for 1 parameters" },
        { "argument-type", "argument 0 is i64" },
        { "return-type", "result 0 is i64" },
        { "no-landing-pad", "does not start with a landing pad" },
        { "landing-pad-entered", "is entered by a branch" },
        { "alignment", "alignment 3" },
        { "no-such-result", "has no result 1" },
        { "void-operand", "gives no value" },
        { "parameter", "no parameter 1" },
        { "variable-type", "var0 is i32" },
        { "narrowing-zext", "from i64" },
    };

    [Theory, MemberData(nameof(Broken))]
    public void A_mistake_is_found(string which, string message)
    {
        var callee = new LirSymbol("callee", LirSymbolKind.Function);
        var f = which switch
        {
            "types" => Build(IntToInt, b => { int p = b.Param(0, LirType.I32); b.Ret([b.Binary(LirOp.Add, p, b.IConst(LirType.I64, 1L))]); }),
            "branch-value" => Build(IntToInt, b =>
            {
                int then = b.NewBlock(), join = b.NewBlock();
                b.CondBr(b.IConst(LirType.I1, 1L), then, join);
                b.SwitchTo(then);
                int v = b.IConst(LirType.I32, 5L);
                b.Br(join);
                b.SwitchTo(join);
                b.Ret([v]);
            }),
            "invoke-result-on-unwind" => Build(IntToInt, b =>
            {
                int normal = b.NewBlock(), unwind = b.NewBlock();
                int r = b.Invoke(callee, IntToInt, [b.Param(0, LirType.I32)], normal, unwind);
                b.SwitchTo(normal);
                b.Ret([r]);
                b.SwitchTo(unwind);
                b.LandingPad(LandingPadKind.CatchAll);
                b.Ret([r]);
            }),
            "argument-count" => Build(Nothing, b => { b.Call(callee, IntToInt, []); b.Ret([]); }),
            "argument-type" => Build(Nothing, b => { b.Call(callee, IntToInt, [b.IConst(LirType.I64, 1L)]); b.Ret([]); }),
            "return-type" => Build(IntToInt, b => b.Ret([b.IConst(LirType.I64, 1L)])),
            "no-landing-pad" => Build(Nothing, b =>
            {
                int normal = b.NewBlock(), unwind = b.NewBlock();
                b.Invoke(callee, Nothing, [], normal, unwind);
                b.SwitchTo(normal);
                b.Ret([]);
                b.SwitchTo(unwind);
                b.Unreachable();
            }),
            "landing-pad-entered" => Build(Nothing, b => { int next = b.NewBlock(); b.Br(next); b.SwitchTo(next); b.LandingPad(LandingPadKind.Cleanup); b.Unreachable(); }),
            "alignment" => Build(Nothing, b => { b.Load(LirType.I8, b.SlotAddr(b.NewSlot(1, 1)), 3); b.Ret([]); }),
            "no-such-result" => Build(Nothing, b => { int r = b.Call(callee, IntToInt, [b.IConst(LirType.I32, 1L)]); b.Result(r, 1, LirType.I32); b.Ret([]); }),
            "void-operand" => Build(IntToInt, b => { int r = b.Call(callee, Nothing, []); b.Ret([r]); }),
            "parameter" => Build(IntToInt, b => b.Ret([b.Param(1, LirType.I32)])),
            "variable-type" => Build(Nothing, b => { b.DefVar(b.NewVar(LirType.I32), b.IConst(LirType.I64, 1L)); b.Ret([]); }),
            "narrowing-zext" => Build(IntToInt, b => b.Ret([b.Convert(LirOp.ZExt, LirType.I32, b.IConst(LirType.I64, 1L))])),
            _ => throw new ArgumentException(which),
        };
        Assert.Contains(LirValidator.Problems(f), p => p.Contains(message, StringComparison.Ordinal));
        var e = Assert.Throws<BugException>(() => LirValidator.Check(f));
        Assert.Contains("invalid LIR in f", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_of_a_function()
    {
        var callee = new LirSymbol("callee", LirSymbolKind.Function);
        var f = Build(IntToInt, b =>
        {
            int slot = b.NewSlot(8, 4), var = b.NewVar(LirType.I32);
            int p = b.Param(0, LirType.I32);
            b.Store(p, b.SlotAddr(slot), 4, MemFlags.Volatile);
            int sum = b.Emit(LirOp.UAddOverflow, LirType.I32, p, b.IConst(LirType.I32, 7L));
            int normal = b.NewBlock(), unwind = b.NewBlock(cold: true);
            b.DefVar(var, sum);
            int r = b.Invoke(callee, IntToInt, [b.UseVar(var)], normal, unwind, CallFlags.NoInline);
            b.SwitchTo(normal);
            b.Ret([r]);
            b.SwitchTo(unwind);
            int e = b.LandingPad(LandingPadKind.Cleanup);
            b.Resume(e, b.Result(e, 1, LirType.I32));
        });
        Assert.Empty(LirValidator.Problems(f));
        Assert.Equal("""
            fn Hidden f(i32) -> i32 {
              slot0: 8 bytes align 4
              var0: i32
            b0:
              %0 = param i32 0
              %1 = slot_addr ptr slot0
              store i32 %0 to %1 align 4 [Volatile]
              %3 = iconst i32 7
              %4 = uadd_overflow i32 %0, %3
              def_var var0 = %4
              %6 = use_var i32 var0
              %7 = invoke i32 @callee(%6) : (i32) -> i32 [NoInline] to b1 unwind b2
            b1:
              ret %7
            b2: cold
              %9 = landing_pad ptr Cleanup
              %10 = result i32 %9.1
              resume %9, %10
            }

            """, LirPrinter.Print(f));
    }

    /// <summary>As rustc's backend decides them: nothing is generated for a check of constants that holds.</summary>
    [Theory]
    [InlineData(LirOp.UDiv, 250L, 3L, 83)]
    [InlineData(LirOp.URem, 250L, 7L, 5)]
    [InlineData(LirOp.SDiv, 250L, 3L, 254)]
    [InlineData(LirOp.SRem, 250L, 4L, 254)]
    [InlineData(LirOp.AShr, 250L, 1L, 253)]
    [InlineData(LirOp.UDiv, 1L, 0L, -1)]
    [InlineData(LirOp.SDiv, 128L, 255L, -1)]
    [InlineData(LirOp.AShr, 1L, 8L, -1)]
    public void Operations_on_constants_are_constants_unless_they_trap(LirOp op, long a, long b, int expected)
    {
        var builder = new LirBuilder();
        builder.SwitchTo(builder.NewBlock());
        int result = builder.Binary(op, builder.IConst(LirType.I8, a), builder.IConst(LirType.I8, b));
        Assert.Equal(expected < 0 ? null : (int?)expected, (int?)builder.KnownInt(result));
    }
}
