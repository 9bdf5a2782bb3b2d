using System.Globalization;
using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Cranelift;

internal sealed partial class FunctionEncoder
{
    private Value EncodeAsm(int i, in LirInst inst) => RunAsm(i, _f.Asms[inst.A], _f.Pool.AsSpan(inst.B, inst.C));

    /// <summary>An asm! block is a call of a function made of it, with the address of a buffer that holds the inputs and receives the outputs.</summary>
    private Value RunAsm(int i, LirInlineAsm asm, ReadOnlySpan<int> values)
    {
        var inputs = new LirType[values.Length];
        for (int k = 0; k < inputs.Length; k++) inputs[k] = T(values[k]);
        var wrapper = AsmWrapper.Make(asm, inputs, s => _f.Symbols[s].Name);
        int buffer = SlotAddress(NewSlot((ulong)wrapper.BufferSize, 16), 16);
        for (int k = 0; k < inputs.Length; k++) StoreValue(values[k], buffer, wrapper.InputOffsets[k], MayNotVanish);
        CallLibrary(Asm!.Add(wrapper), ClifType.None, [ClifType.I64], buffer);
        if (wrapper.Outputs.Count == 0) return default;
        var results = new Value[wrapper.Outputs.Count];
        for (int k = 0; k < results.Length; k++)
        {
            var (type, offset) = wrapper.Outputs[k];
            results[k] = LoadValue(type, buffer, offset, MayNotVanish);
            if (type == LirType.I1) results[k] = new Value(Op(ClifOp.Band, ClifType.I8, results[k].Id, Const(ClifType.I8, 1L)));
        }
        if (results.Length > 1) _moreResults[i] = results[1..];
        return results[0];
    }

    /// <summary>The constant behind conversions and variables that are written once.</summary>
    private long? Immediate(int value)
    {
        for (int depth = 0; depth < 16; depth++)
        {
            ref readonly var v = ref _f.Insts[value];
            switch (v.Op)
            {
                case LirOp.IConst: return v.Imm;
                case LirOp.Trunc or LirOp.ZExt or LirOp.SExt: value = v.A; break;
                case LirOp.UseVar:
                    int written = -1;
                    for (int k = 0; k < _f.Insts.Length; k++)
                    {
                        if (_f.Insts[k].Op != LirOp.DefVar || _f.Insts[k].A != v.A) continue;
                        if (written >= 0) return null;
                        written = _f.Insts[k].B;
                    }
                    if (written < 0) return null;
                    value = written;
                    break;
                default: return null;
            }
        }
        return null;
    }

    /// <summary>One instruction in the form of <see cref="X86Intrinsics"/>, as if it were an asm! block.</summary>
    private Value Instruction(int i, string template, LirParam[] returns, ReadOnlySpan<int> args)
    {
        var operands = new List<LirAsmOperand>();
        var pieces = new List<LirAsmPiece>();
        var inputs = new List<int>();
        bool tied = false;
        while (template[0] is '=' or '!')
        {
            if (template[0] == '=') { tied = true; template = template[1..]; continue; }
            int space = template.IndexOf(' ');
            string register = template[1..space];
            operands.Add(new LirAsmOperand(LirAsmOperandKind.Out, register, register[0] == 'x' ? "xmm_reg" : "reg", LirType.Void));
            template = template[(space + 1)..];
        }
        // Number of each argument among the operands; the result is 0.
        int[] number = new int[args.Length + 1];
        Array.Fill(number, -1);
        if (tied) inputs.Add(args[0]);
        if (returns.Length > 0)
        {
            number[0] = operands.Count;
            if (tied) number[1] = operands.Count;
            operands.Add(new LirAsmOperand(tied ? LirAsmOperandKind.InOut : LirAsmOperandKind.Out, null, Class(returns[0].Type), returns[0].Type));
        }
        int second = operands.Count;
        if (returns.Length > 1) operands.Add(new LirAsmOperand(LirAsmOperandKind.Out, null, Class(returns[1].Type), returns[1].Type));
        for (int k = tied ? 1 : 0; k < args.Length; k++)
        {
            if (template.Contains($"#{(k + 1).ToString(CultureInfo.InvariantCulture)}", StringComparison.Ordinal)) continue;
            number[k + 1] = operands.Count;
            inputs.Add(args[k]);
            operands.Add(new LirAsmOperand(LirAsmOperandKind.In, null, Class(T(args[k])), T(args[k])));
        }
        for (int at = 0; at < template.Length;)
        {
            if (template[at] == '#')
            {
                long immediate = Immediate(args[template[at + 1] - '1']) ?? throw new UnsupportedException("an intrinsic with an immediate that is not constant with Cranelift");
                pieces.Add(new LirAsmPiece((immediate & 0xff).ToString(CultureInfo.InvariantCulture), -1, '\0'));
                at += 2;
            }
            else if (template[at] == '{')
            {
                int end = template.IndexOf('}', at);
                int operand = template[at + 1] == 'r' ? second : number[template[at + 1] - '0'];
                char modifier = template[at + 2] == ':' ? template[at + 3] : Modifier(operands[operand].Type);
                pieces.Add(new LirAsmPiece(null, operand, modifier));
                at = end + 1;
            }
            else
            {
                int next = template.AsSpan(at).IndexOfAny('{', '#');
                pieces.Add(new LirAsmPiece(next < 0 ? template[at..] : template.Substring(at, next), -1, '\0'));
                at = next < 0 ? template.Length : at + next;
            }
        }
        return RunAsm(i, new LirInlineAsm { Template = [.. pieces], Operands = [.. operands], Options = LirAsmOptions.None }, [.. inputs]);

        static string Class(LirType t) => t.IsVector || t.IsFloat ? t.ByteSize > 16 ? "ymm_reg" : "xmm_reg" : "reg";
        static char Modifier(LirType t) => t.IsVector || t.IsFloat ? t.ByteSize > 16 ? 'y' : 'x' : t.ScalarBits switch { <= 8 => 'l', 16 => 'x', 32 => 'e', _ => 'r' };
    }
}
