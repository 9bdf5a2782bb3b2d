using System.Globalization;
using System.Text;
using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Cranelift;

/// <summary>
/// The body of one asm! block as a function of one pointer: saves the registers that its caller counts on, loads the inputs from the buffer, runs the
/// template, stores the outputs. Registers are chosen here: explicit ones first, then classes, none used twice.
/// </summary>
internal sealed class AsmWrapper
{
    private static readonly string[] General = ["rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rbx"];
    private const int SlotSize = 64;

    private readonly record struct Place(string? Register, int Offset);

    public int BufferSize { get; private set; }
    /// <summary>Where in the buffer each input goes.</summary>
    public List<int> InputOffsets { get; } = [];
    /// <summary>The results in order: type, and where in the buffer.</summary>
    public List<(LirType Type, int Offset)> Outputs { get; } = [];
    /// <summary>The function without its label.</summary>
    public string Text { get; private set; } = "";

    private AsmWrapper() { }

    private static bool IsInput(LirAsmOperandKind k) => k is LirAsmOperandKind.In or LirAsmOperandKind.InOut or LirAsmOperandKind.InLateOut;
    private static bool IsOutput(LirAsmOperandKind k) => k is LirAsmOperandKind.Out or LirAsmOperandKind.LateOut or LirAsmOperandKind.InOut or LirAsmOperandKind.InLateOut or LirAsmOperandKind.Clobber;

    /// <param name="inputs">Types of the inputs in order.</param>
    /// <param name="symbol">Name of symbol number n of the function.</param>
    /// <exception cref="UnsupportedException">A register class that has no place in the buffer, or too many operands.</exception>
    public static AsmWrapper Make(LirInlineAsm asm, LirType[] inputs, Func<int, string> symbol)
    {
        if ((asm.Options & LirAsmOptions.MayUnwind) != 0) throw new UnsupportedException("asm! that may unwind with Cranelift");
        var w = new AsmWrapper();
        var places = w.Allocate(asm);
        var text = new StringBuilder();
        text.Append("push rbp\nmov rbp, rsp\npush rbx\npush r12\npush r13\npush r14\npush r15\npush rdi\n");
        int input = 0;
        string? loadRdi = null;
        for (int k = 0; k < asm.Operands.Length; k++)
        {
            ref readonly var o = ref asm.Operands[k];
            if (!IsInput(o.Kind)) continue;
            w.InputOffsets.Add(places[k].Offset);
            string load = Move(places[k].Register!, $"[rdi + {Text32(places[k].Offset)}]", inputs[input++], true);
            // The buffer's address goes last.
            if (places[k].Register == "rdi") loadRdi = load;
            else text.Append(load);
        }
        text.Append(loadRdi);
        bool att = (asm.Options & LirAsmOptions.AttSyntax) != 0;
        if (att) text.Append(".att_syntax prefix\n");
        w.Template(asm, places, symbol, att, text);
        if (att) text.Append(".intel_syntax noprefix\n");
        if ((asm.Options & LirAsmOptions.NoReturn) != 0) text.Append("ud2\n");
        else w.Return(asm, places, text);
        w.Text = text.ToString();
        return w;
    }

    /// <summary>A naked function: its template alone.</summary>
    public static string Naked(LirInlineAsm asm, Func<int, string> symbol)
    {
        var text = new StringBuilder();
        bool att = (asm.Options & LirAsmOptions.AttSyntax) != 0;
        if (att) text.Append(".att_syntax prefix\n");
        new AsmWrapper().Template(asm, new Place[asm.Operands.Length], symbol, att, text);
        if (att) text.Append(".intel_syntax noprefix\n");
        return text.ToString();
    }

    private static string Text32(int v) => v.ToString(CultureInfo.InvariantCulture);

    private void Return(LirInlineAsm asm, Place[] places, StringBuilder text)
    {
        var outputs = new HashSet<string>(StringComparer.Ordinal);
        for (int k = 0; k < places.Length; k++) if (IsOutput(asm.Operands[k].Kind) && !asm.Operands[k].Type.IsVoid) outputs.Add(places[k].Register!);
        string scratch = General.FirstOrDefault(r => !outputs.Contains(r)) ?? throw new UnsupportedException("asm! with outputs in all registers with Cranelift");
        text.Append("mov ").Append(scratch).Append(", [rbp - 48]\n");
        for (int k = 0; k < places.Length; k++)
        {
            ref readonly var o = ref asm.Operands[k];
            if (!IsOutput(o.Kind) || o.Type.IsVoid) continue;
            Outputs.Add((o.Type, places[k].Offset));
            text.Append(Move(places[k].Register!, $"[{scratch} + {Text32(places[k].Offset)}]", o.Type, false));
        }
        text.Append("lea rsp, [rbp - 40]\npop r15\npop r14\npop r13\npop r12\npop rbx\npop rbp\nret\n");
    }

    // -- registers -----------------------------------------------------------------------------------------------------------------------------

    private Place[] Allocate(LirInlineAsm asm)
    {
        var places = new Place[asm.Operands.Length];
        var used = new HashSet<string>(StringComparer.Ordinal);
        // What is only clobbered late may still hold an input.
        var late = new HashSet<string>(StringComparer.Ordinal);
        for (int k = 0; k < places.Length; k++)
        {
            ref readonly var o = ref asm.Operands[k];
            if (o.Register is not { } name || !(IsInput(o.Kind) || IsOutput(o.Kind))) continue;
            string? r = Full(name);
            if (r is null)
            {
                if (IsInput(o.Kind) || !o.Type.IsVoid) throw new UnsupportedException($"assembly operand in register {name} with Cranelift");
                continue;
            }
            places[k] = new Place(r, Slot(in o));
            if (o.Kind is LirAsmOperandKind.LateOut or LirAsmOperandKind.Clobber) late.Add(r);
            else used.Add(r);
        }
        for (int k = 0; k < places.Length; k++)
        {
            ref readonly var o = ref asm.Operands[k];
            if (o.Register is not null || !(IsInput(o.Kind) || IsOutput(o.Kind))) continue;
            var candidates = Candidates(o.Class ?? "reg");
            string? r = candidates.FirstOrDefault(c => !used.Contains(c) && !late.Contains(c));
            if (r is null && o.Kind == LirAsmOperandKind.In) r = candidates.FirstOrDefault(c => !used.Contains(c));
            if (r is null) throw new UnsupportedException("asm! with that many operands with Cranelift");
            used.Add(r);
            places[k] = new Place(r, Slot(in o));
        }
        return places;
    }

    private int Slot(in LirAsmOperand o)
    {
        if (!IsInput(o.Kind) && o.Type.IsVoid) return -1;
        int at = BufferSize;
        BufferSize += SlotSize;
        return at;
    }

    private static IEnumerable<string> Candidates(string cls) => cls switch
    {
        "reg" or "reg_byte" => General,
        "reg_abcd" => ["rax", "rcx", "rdx", "rbx"],
        "xmm_reg" or "ymm_reg" or "zmm_reg" => Enumerable.Range(0, 16).Select(static n => "xmm" + Text32(n)),
        "kreg" => Enumerable.Range(1, 7).Select(static n => "k" + Text32(n)),
        _ => throw new UnsupportedException($"assembly operand in register class {cls} with Cranelift"),
    };

    /// <summary>The whole register that a name is part of, as this class calls it; null for what has no place in a buffer (x87, mmx, tiles).</summary>
    private static string? Full(string name)
    {
        if (name[0] is 'x' or 'y' or 'z' && name.AsSpan(1).StartsWith("mm", StringComparison.Ordinal))
            return int.Parse(name.AsSpan(3), CultureInfo.InvariantCulture) < 16 ? "xmm" + name[3..] : null;
        if (name[0] == 'k') return name == "k0" ? null : name;
        if (name.StartsWith("tmm", StringComparison.Ordinal) || name.StartsWith("mm", StringComparison.Ordinal) || name.StartsWith("st", StringComparison.Ordinal)) return null;
        if (name[0] == 'r' && name.Length > 1 && char.IsAsciiDigit(name[1])) return name.TrimEnd('b', 'w', 'd');
        if (name.Length > 1 && name[0] is 'r' or 'e' && Array.IndexOf(General, "r" + name[1..]) >= 0) return "r" + name[1..];
        return name switch
        {
            "al" or "ah" or "ax" => "rax",
            "bl" or "bh" or "bx" => "rbx",
            "cl" or "ch" or "cx" => "rcx",
            "dl" or "dh" or "dx" => "rdx",
            "sil" or "si" => "rsi",
            "dil" or "di" => "rdi",
            _ => throw new UnsupportedException($"assembly operand in register {name} with Cranelift"),
        };
    }

    private static bool IsVector(string register) => register[0] == 'x';
    private static bool IsMask(string register) => register[0] == 'k';

    private static string Move(string register, string memory, LirType type, bool load)
    {
        if (IsVector(register))
        {
            string op = type.ByteSize switch { <= 4 => "movss", 8 => "movsd", 16 => "movups", 32 or 64 => "vmovups", _ => throw new UnsupportedException($"an asm! operand of type {type} with Cranelift") };
            if (type.ByteSize < 4 && !load) op = "movss";
            if (op == "vmovups") register = (type.ByteSize == 64 ? "z" : "y") + register[1..];
            return load ? $"{op} {register}, {memory}\n" : $"{op} {memory}, {register}\n";
        }
        // Slots are larger than registers, so the bytes beyond a narrow value do no harm.
        if (type.ByteSize > 8) throw new UnsupportedException($"an asm! operand of type {type} with Cranelift");
        if (IsMask(register)) return (type.ByteSize <= 2 ? "kmovw " : "kmovq ") + (load ? $"{register}, {memory}\n" : $"{memory}, {register}\n");
        return load ? $"mov {register}, {memory}\n" : $"mov {memory}, {register}\n";
    }

    // -- template ------------------------------------------------------------------------------------------------------------------------------

    private void Template(LirInlineAsm asm, Place[] places, Func<int, string> symbol, bool att, StringBuilder text)
    {
        foreach (var piece in asm.Template)
        {
            if (piece.Text is not null)
            {
                text.Append(piece.Text);
                continue;
            }
            ref readonly var o = ref asm.Operands[piece.Operand];
            switch (o.Kind)
            {
                case LirAsmOperandKind.Const: text.Append(o.Text); break;
                case LirAsmOperandKind.SymFn or LirAsmOperandKind.SymStatic: text.Append(symbol(o.Symbol)); break;
                default:
                    if (att) text.Append('%');
                    text.Append(Spelling(places[piece.Operand].Register!, o.Class, piece.Modifier));
                    break;
            }
        }
        text.Append('\n');
    }

    /// <summary>Without a modifier the class says how much of the register is meant.</summary>
    private static string Spelling(string register, string? cls, char modifier)
    {
        if (modifier == '\0') modifier = cls switch { "reg_byte" => 'l', "ymm_reg" => 'y', "zmm_reg" => 'z', _ => modifier };
        if (IsVector(register)) return modifier switch { '\0' or 'x' => register, 'y' => "y" + register[1..], 'z' => "z" + register[1..], _ => throw Unknown(modifier) };
        if (IsMask(register)) return modifier == '\0' ? register : throw Unknown(modifier);
        bool numbered = char.IsAsciiDigit(register[1]);
        string name = register[1..];
        bool legacy = name is "ax" or "bx" or "cx" or "dx";
        return modifier switch
        {
            '\0' or 'r' => register,
            'e' => numbered ? register + "d" : "e" + name,
            'x' => numbered ? register + "w" : name,
            'l' => numbered ? register + "b" : legacy ? name[..1] + "l" : name + "l",
            'h' when legacy => name[..1] + "h",
            _ => throw Unknown(modifier),
        };
    }

    private static UnsupportedException Unknown(char modifier) => new($"assembly template modifier {modifier} with Cranelift");
}
