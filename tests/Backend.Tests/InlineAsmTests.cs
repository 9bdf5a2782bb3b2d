using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Xunit;

namespace Mirlink.Backend.Tests;

public sealed unsafe class InlineAsmTests
{
    public static TheoryData<string> Levels => TestUnit.Levels("0", "2");

    private static LirAsmOperand Op(LirAsmOperandKind kind, string? register, string? cls, LirType type) => new(kind, register, cls, type);
    private static LirAsmPiece T(string text) => new(text, -1, '\0');
    private static LirAsmPiece P(int operand, char modifier = '\0') => new(null, operand, modifier);
    private static LirInlineAsm Asm(LirAsmOperand[] operands, LirAsmOptions options, params LirAsmPiece[] template) => new() { Template = template, Operands = operands, Options = options };

    [Theory, MemberData(nameof(Levels))]
    public void Registers_classes_and_modifiers(string level)
    {
        var u = new TestUnit("asm");
        // asm!("lea {0}, [{1} + {2}*4]", out(reg) r, in(reg) a, in(reg) b, options(pure, nomem, nostack))
        u.Simple("lea", [LirType.I64], [LirType.I64, LirType.I64], (b, a) =>
            [b.InlineAsm(Asm([Op(LirAsmOperandKind.LateOut, null, "reg", LirType.I64), Op(LirAsmOperandKind.In, null, "reg", LirType.I64), Op(LirAsmOperandKind.In, null, "reg", LirType.I64)],
                LirAsmOptions.Pure | LirAsmOptions.NoMem | LirAsmOptions.NoStack, T("lea "), P(0), T(", ["), P(1), T(" + "), P(2), T("*4]")), LirType.I64, a)]);
        // asm!("cpuid", inout("eax") 0 => a, out("ebx")…): rbx is reserved in Rust, so mul is used: explicit registers, two results, a discarded one.
        u.Simple("mul", [LirType.I64, LirType.I64], [LirType.I64, LirType.I64], (b, a) =>
        {
            int r = b.InlineAsm(Asm([Op(LirAsmOperandKind.InLateOut, "ax", "reg", LirType.I64), Op(LirAsmOperandKind.LateOut, "dx", "reg", LirType.I64), Op(LirAsmOperandKind.In, null, "reg", LirType.I64),
                Op(LirAsmOperandKind.Out, "cx", "reg", LirType.Void)], LirAsmOptions.NoMem | LirAsmOptions.NoStack, T("xor ecx, ecx\nmul "), P(2)), LirType.I64, a);
            return [r, b.Result(r, 1, LirType.I64)];
        });
        // asm!("add {0:e}, 5", inout(reg) x)
        u.Simple("add5", [LirType.I32], [LirType.I32], (b, a) =>
            [b.InlineAsm(Asm([Op(LirAsmOperandKind.InOut, null, "reg", LirType.I32)], LirAsmOptions.None, T("add "), P(0, 'e'), T(", 5")), LirType.I32, a)]);
        u.Simple("low_high", [LirType.I32], [LirType.I32], (b, a) =>
            [b.InlineAsm(Asm([Op(LirAsmOperandKind.InOut, null, "reg_abcd", LirType.I32)], LirAsmOptions.None, T("xchg "), P(0, 'l'), T(", "), P(0, 'h')), LirType.I32, a)]);
        u.Simple("byte", [LirType.I8], [LirType.I8], (b, a) =>
            [b.InlineAsm(Asm([Op(LirAsmOperandKind.InOut, null, "reg_byte", LirType.I8)], LirAsmOptions.None, T("neg "), P(0)), LirType.I8, a)]);
        u.Simple("sse", [LirType.F64], [LirType.F64, LirType.F64], (b, a) =>
            [b.InlineAsm(Asm([Op(LirAsmOperandKind.InOut, "xmm3", "xmm_reg", LirType.F64), Op(LirAsmOperandKind.In, null, "xmm_reg", LirType.F64)], LirAsmOptions.None, T("addsd "), P(0), T(", "), P(1)), LirType.F64, a)]);
        u.Simple("att", [LirType.I64], [LirType.I64], (b, a) =>
            [b.InlineAsm(Asm([Op(LirAsmOperandKind.InOut, null, "reg", LirType.I64), new LirAsmOperand(LirAsmOperandKind.Const, null, null, LirType.Void, "7")], LirAsmOptions.AttSyntax,
                T("addq $"), P(1), T(", "), P(0)), LirType.I64, a)]);
        var target = u.Simple("target", [LirType.I64], [], (b, a) => [b.IConst(LirType.I64, 1234L)]);
        u.Simple("call", [LirType.I64], [], (b, a) =>
        {
            var operands = new List<LirAsmOperand> { new(LirAsmOperandKind.SymFn, null, null, LirType.Void, null, b.SymbolRef(target)), Op(LirAsmOperandKind.LateOut, "ax", "reg", LirType.I64) };
            foreach (string r in (string[])["cx", "dx", "si", "di", "r8", "r9", "r10", "r11"]) operands.Add(Op(LirAsmOperandKind.Clobber, r, "reg", LirType.Void));
            for (int k = 0; k < 16; k++) operands.Add(Op(LirAsmOperandKind.Clobber, $"xmm{k}", "xmm_reg", LirType.Void));
            for (int k = 16; k < 32; k++) operands.Add(Op(LirAsmOperandKind.Clobber, $"xmm{k}", "xmm_reg", LirType.Void));
            for (int k = 0; k < 8; k++)
            {
                operands.Add(Op(LirAsmOperandKind.Clobber, $"k{k}", k == 0 ? "kreg0" : "kreg", LirType.Void));
                operands.Add(Op(LirAsmOperandKind.Clobber, $"st({k})", "x87_reg", LirType.Void));
                operands.Add(Op(LirAsmOperandKind.Clobber, $"mm{k}", "mmx_reg", LirType.Void));
            }
            return [b.InlineAsm(Asm([.. operands], LirAsmOptions.None, T("call "), P(0), T("@PLT")), LirType.I64, [])];
        });
        u.Simple("exit_code", [LirType.I64], [LirType.Ptr], (b, a) =>
        {
            // Nothing comes back; memory is written.
            b.InlineAsm(Asm([Op(LirAsmOperandKind.In, null, "reg", LirType.Ptr)], LirAsmOptions.NoStack | LirAsmOptions.PreservesFlags, T("mov qword ptr ["), P(0), T("], 55")), LirType.Void, a);
            return [b.Load(LirType.I64, a[0], 8)];
        });
        using var so = u.Load(level);
        Assert.Equal(41, ((delegate* unmanaged<long, long, long>)so["lea"])(1, 10));
        Assert.Equal(new Pair(ulong.MaxValue - 1, 1), ((delegate* unmanaged<ulong, ulong, Pair>)so["mul"])(ulong.MaxValue, 2));
        Assert.Equal(12, ((delegate* unmanaged<int, int>)so["add5"])(7));
        Assert.Equal(0x12347856, ((delegate* unmanaged<int, int>)so["low_high"])(0x12345678));
        Assert.Equal(251, ((delegate* unmanaged<byte, byte>)so["byte"])(5));
        Assert.Equal(3.75, ((delegate* unmanaged<double, double, double>)so["sse"])(1.5, 2.25));
        Assert.Equal(17, ((delegate* unmanaged<long, long>)so["att"])(10));
        Assert.Equal(1234, ((delegate* unmanaged<long>)so["call"])());
        long cell;
        Assert.Equal(55, ((delegate* unmanaged<long*, long>)so["exit_code"])(&cell));
    }

    private readonly record struct Pair(ulong First, ulong Second);

    [Fact]
    public void Bad_assembly_is_an_error_that_names_the_unit()
    {
        var u = new TestUnit("broken-unit");
        u.Simple("f", [], [], (b, a) => { b.InlineAsm(Asm([], LirAsmOptions.None, T("no_such_instruction rax")), LirType.Void, []); return []; });
        var e = Assert.Throws<MirlinkException>(() => u.Compile("0"));
        Assert.Contains("broken-unit", e.Message, StringComparison.Ordinal);
        Assert.Contains("invalid instruction mnemonic", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_intrinsic_is_unsupported()
    {
        var u = new TestUnit("intrinsics");
        u.Simple("user", [LirType.I32], [], (b, a) => [b.CallIntrinsic("llvm.x86.no.such.thing", TestUnit.Sig([LirType.I32]), [])]);
        var e = Assert.Throws<UnsupportedException>(() => u.Compile("0"));
        Assert.Equal("user", e.Function);
    }
}
