namespace Mirlink.Backend.Lir;

public enum LirAsmOperandKind : byte { In, Out, LateOut, InOut, InLateOut, Const, SymFn, SymStatic, Clobber }

/// <summary>
/// An operand of inline assembly. <paramref name="Register"/> is an explicit register ("rax", "xmm3") or null, <paramref name="Class"/> the x86 class
/// ("reg", "reg_abcd", "reg_byte", "xmm_reg", "ymm_reg", "zmm_reg", "kreg", "x87_reg", "mmx_reg", ...).
/// <paramref name="Type"/> is the machine type of the value; discarded outputs have Void. Const operands carry their text in <paramref name="Text"/>,
/// Sym operands an index into the function's symbols in <paramref name="Symbol"/>.
/// </summary>
public readonly record struct LirAsmOperand(LirAsmOperandKind Kind, string? Register, string? Class, LirType Type, string? Text = null, int Symbol = -1);

/// <summary>A piece of the template: literal text, or operand number Operand (>= 0) printed with Modifier ('\0' for none).</summary>
public readonly record struct LirAsmPiece(string? Text, int Operand, char Modifier);

[Flags]
public enum LirAsmOptions : ushort { None = 0, Pure = 1, NoMem = 2, ReadOnly = 4, PreservesFlags = 8, NoReturn = 16, NoStack = 32, AttSyntax = 64, Raw = 128, MayUnwind = 256 }

/// <summary>
/// One asm! block. Inputs are the values of In, InOut and InLateOut operands in order; results are the non-discarded Out, LateOut, InOut and InLateOut
/// operands in order.
/// </summary>
public sealed class LirInlineAsm
{
    public required LirAsmPiece[] Template { get; init; }
    public required LirAsmOperand[] Operands { get; init; }
    public required LirAsmOptions Options { get; init; }
}
