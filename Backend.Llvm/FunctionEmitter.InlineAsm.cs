using System.Runtime.InteropServices;
using System.Text;
using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Llvm;

/// <summary>Inline assembly for x86: Rust's operands as LLVM constraints, with the meaning rustc gives them.</summary>
internal sealed unsafe partial class FunctionEmitter
{
    private static bool HasValue(in LirAsmOperand o) => o.Kind is LirAsmOperandKind.In or LirAsmOperandKind.InOut or LirAsmOperandKind.InLateOut;
    private static bool IsOutput(in LirAsmOperand o) =>
        o.Kind is LirAsmOperandKind.Out or LirAsmOperandKind.LateOut or LirAsmOperandKind.InOut or LirAsmOperandKind.InLateOut or LirAsmOperandKind.Clobber;

    private nint EmitInlineAsm(int i, in LirInst inst)
    {
        var asm = _f.Asms[inst.A];
        var constraints = new List<string>();
        var clobbers = new List<string>();
        var outputTypes = new List<nint>();
        var inputs = new List<nint>();
        // Number of each operand among the constraints, -1 for what has none.
        int[] number = new int[asm.Operands.Length];
        Array.Fill(number, -1);
        bool x87 = false;

        int next = inst.B;
        int[] inputValue = new int[asm.Operands.Length];
        for (int k = 0; k < asm.Operands.Length; k++) inputValue[k] = HasValue(asm.Operands[k]) ? _f.Pool[next++] : -1;
        if (next != inst.B + inst.C) throw new BugException($"inline assembly in {_f.Symbol} has {inst.C} inputs for {next - inst.B} input operands");

        for (int k = 0; k < asm.Operands.Length; k++)
        {
            ref readonly var o = ref asm.Operands[k];
            if (!IsOutput(in o)) continue;
            string cls = RegisterClass(in o);
            var type = o.Type;
            if (type.IsVoid)
            {
                if (cls is "x87_reg" or "mmx_reg")
                {
                    // LLVM models the x87 stack as a whole.
                    if (x87) continue;
                    x87 = true;
                    clobbers.Add("~{st}");
                    for (int r = 1; r <= 7; r++) clobbers.Add($"~{{st({r})}}");
                    continue;
                }
                if (inputValue[k] >= 0) type = TypeOf(inputValue[k]);
                else if (IsClobberOnly(cls, o.Register))
                {
                    clobbers.Add($"~{{{o.Register}}}");
                    continue;
                }
                else type = DummyType(cls);
            }
            outputTypes.Add(AsmType(type, cls));
            number[k] = constraints.Count;
            bool late = o.Kind is LirAsmOperandKind.LateOut or LirAsmOperandKind.InLateOut or LirAsmOperandKind.Clobber;
            constraints.Add((late ? "=" : "=&") + Constraint(in o, cls, type));
        }

        for (int k = 0; k < asm.Operands.Length; k++)
        {
            ref readonly var o = ref asm.Operands[k];
            switch (o.Kind)
            {
                case LirAsmOperandKind.In:
                {
                    string cls = RegisterClass(in o);
                    var type = TypeOf(inputValue[k]);
                    inputs.Add(ToAsm(V(inputValue[k]), type, cls));
                    number[k] = constraints.Count;
                    constraints.Add(Constraint(in o, cls, type));
                    break;
                }
                case LirAsmOperandKind.InOut or LirAsmOperandKind.InLateOut:
                {
                    string cls = RegisterClass(in o);
                    var type = TypeOf(inputValue[k]);
                    nint value = V(inputValue[k]);
                    // Tied operands have one type.
                    if (!o.Type.IsVoid && o.Type != type)
                    {
                        value = BitCast(value, type, o.Type);
                        type = o.Type;
                    }
                    inputs.Add(ToAsm(value, type, cls));
                    constraints.Add(o.Kind == LirAsmOperandKind.InLateOut && o.Register is not null ? Constraint(in o, cls, type) : number[k].ToString(System.Globalization.CultureInfo.InvariantCulture));
                    break;
                }
                case LirAsmOperandKind.SymFn or LirAsmOperandKind.SymStatic:
                    inputs.Add(_m.Global(_f.Symbols[o.Symbol]));
                    number[k] = constraints.Count;
                    constraints.Add("s");
                    break;
            }
        }

        string template = Template(asm, number);
        constraints.AddRange(clobbers);
        var options = asm.Options;
        if ((options & LirAsmOptions.PreservesFlags) == 0) constraints.AddRange(["~{dirflag}", "~{fpsr}", "~{flags}"]);
        if ((options & LirAsmOptions.NoMem) == 0) constraints.Add("~{memory}");

        nint call = BuildAsm(template, string.Join(',', constraints), inputs, outputTypes, options);
        ApplyAsmEffects(call, options);
        return AsmResults(i, call, asm, number, outputTypes.Count);
    }

    private nint BuildAsm(string template, string constraints, List<nint> inputs, List<nint> outputTypes, LirAsmOptions options)
    {
        nint result;
        fixed (nint* p = CollectionsMarshal.AsSpan(outputTypes))
            result = outputTypes.Count switch { 0 => _m.VoidType, 1 => outputTypes[0], _ => LLVM.StructTypeInContext(_m.Context, p, (uint)outputTypes.Count, 0) };
        nint* types = stackalloc nint[inputs.Count];
        for (int k = 0; k < inputs.Count; k++) types[k] = LLVM.TypeOf(inputs[k]);
        nint type = LLVM.FunctionType(result, types, (uint)inputs.Count, 0);
        byte[] t = Encoding.UTF8.GetBytes(template + "\0"), c = Encoding.UTF8.GetBytes(constraints + "\0");
        fixed (byte* tp = t, cp = c)
        fixed (nint* args = CollectionsMarshal.AsSpan(inputs))
        {
            nint asm = LLVM.GetInlineAsm(type, tp, (nuint)t.Length - 1, cp, (nuint)c.Length - 1, (options & LirAsmOptions.Pure) == 0 ? 1 : 0,
                (options & LirAsmOptions.NoStack) == 0 ? 1 : 0, (options & LirAsmOptions.AttSyntax) != 0 ? 0 : 1, (options & LirAsmOptions.MayUnwind) != 0 ? 1 : 0);
            return LLVM.BuildCall2(_b, type, asm, args, (uint)inputs.Count, NoName);
        }
    }

    private void ApplyAsmEffects(nint call, LirAsmOptions options)
    {
        bool noMem = (options & LirAsmOptions.NoMem) != 0, readOnly = (options & LirAsmOptions.ReadOnly) != 0;
        if ((options & LirAsmOptions.Pure) != 0)
        {
            if (noMem) Add(_m.ReadNone);
            else if (readOnly) Add(_m.Memory(ModuleEmitter.MemoryEffects.ReadOnly));
            Add(_m.WillReturn);
        }
        else if (noMem) Add(_m.Memory(ModuleEmitter.MemoryEffects.InaccessibleMemOnly));
        else if (readOnly) Add(_m.Memory(ModuleEmitter.MemoryEffects.ReadOnlyOrInaccessible));
        if ((options & LirAsmOptions.MayUnwind) == 0) Add(_m.NoUnwind);
        if ((options & LirAsmOptions.NoReturn) != 0) Add(_m.NoReturn);

        void Add(nint attribute) => LLVM.AddCallSiteAttribute(call, ModuleEmitter.FunctionIndex, attribute);
    }

    /// <summary>Results in operand order, without the discarded outputs, which LLVM returns too.</summary>
    private nint AsmResults(int i, nint call, LirInlineAsm asm, int[] number, int outputs)
    {
        var results = new List<nint>();
        for (int k = 0; k < asm.Operands.Length; k++)
        {
            ref readonly var o = ref asm.Operands[k];
            if (!IsOutput(in o) || o.Type.IsVoid) continue;
            nint v = outputs == 1 ? call : LLVM.BuildExtractValue(_b, call, (uint)number[k], NoName);
            results.Add(FromAsm(v, o.Type, RegisterClass(in o)));
        }
        if (results.Count == 0) return 0;
        if (results.Count > 1) _asmResults.Add(i, [.. results]);
        return results[0];
    }

    private string Template(LirInlineAsm asm, int[] number)
    {
        var text = new StringBuilder();
        foreach (var piece in asm.Template)
        {
            if (piece.Text is not null)
            {
                text.Append(piece.Text.Replace("$", "$$", StringComparison.Ordinal));
                continue;
            }
            ref readonly var o = ref asm.Operands[piece.Operand];
            switch (o.Kind)
            {
                case LirAsmOperandKind.Const: text.Append(o.Text); break;
                case LirAsmOperandKind.SymFn or LirAsmOperandKind.SymStatic: text.Append("${").Append(number[piece.Operand]).Append(":c}"); break;
                default:
                    text.Append("${").Append(number[piece.Operand]);
                    if (Modifier(RegisterClass(in o), piece.Modifier) is not '\0' and char m) text.Append(':').Append(m);
                    text.Append('}');
                    break;
            }
        }
        return text.ToString();
    }

    // -- x86 registers -----------------------------------------------------------------------------------------------------------------------

    private static string RegisterClass(in LirAsmOperand o)
    {
        if (o.Class is { Length: > 0 } c) return c;
        string r = o.Register ?? throw new BugException("assembly operand with neither a register nor a class");
        if (r.StartsWith("xmm", StringComparison.Ordinal)) return "xmm_reg";
        if (r.StartsWith("ymm", StringComparison.Ordinal)) return "ymm_reg";
        if (r.StartsWith("zmm", StringComparison.Ordinal)) return "zmm_reg";
        if (r.StartsWith("tmm", StringComparison.Ordinal)) return "tmm_reg";
        if (r.StartsWith("st", StringComparison.Ordinal)) return "x87_reg";
        if (r.StartsWith("mm", StringComparison.Ordinal)) return "mmx_reg";
        if (r == "k0") return "kreg0";
        if (r[0] == 'k') return "kreg";
        return r is "al" or "bl" or "cl" or "dl" or "sil" or "dil" or "ah" or "bh" or "ch" or "dh" || (r[0] == 'r' && r[^1] == 'b') ? "reg_byte" : "reg";
    }

    /// <summary>Registers that can only be clobbered, not allocated for a discarded output: LLVM has no such class, or not for this target.</summary>
    private bool IsClobberOnly(string cls, string? register)
    {
        if (register is null) return false;
        if (cls is "kreg0" or "tmm_reg") return true;
        bool high = register.Length > 4 && register.Contains("mm", StringComparison.Ordinal) && int.TryParse(register.AsSpan(3), out int n) && n >= 16;
        bool avx512 = HasFeature("avx512f");
        if (cls is "kreg" or "zmm_reg" || high) return !avx512;
        return cls is "ymm_reg" && !avx512 && !HasFeature("avx") && !HasFeature("avx2");
    }

    private bool HasFeature(string feature)
    {
        string cpu = _m.Options.TargetCpu;
        if (feature.StartsWith("avx512", StringComparison.Ordinal) ? cpu == "x86-64-v4" : cpu is "x86-64-v3" or "x86-64-v4") return true;
        return $"{_m.Options.TargetFeatures},{_f.TargetFeatures}".Split(',').Contains("+" + feature);
    }

    private static LirType DummyType(string cls) => cls switch
    {
        "reg" or "reg_abcd" => LirType.I32,
        "reg_byte" => LirType.I8,
        "xmm_reg" or "ymm_reg" or "zmm_reg" => LirType.F32,
        "kreg" => LirType.I16,
        _ => throw new UnsupportedException($"discarded assembly output in register class {cls}"),
    };

    private static string Constraint(in LirAsmOperand o, string cls, LirType type)
    {
        if (o.Register is { } r)
        {
            // LLVM wants the vector register's name to match the size of the value.
            int mm = r.IndexOf("mm", StringComparison.Ordinal);
            if (mm == 1 && cls is "xmm_reg" or "ymm_reg" or "zmm_reg") return $"{{{type.ByteSize switch { 64 => 'z', 32 => 'y', _ => 'x' }}mm{r.AsSpan(3)}}}";
            return $"{{{r}}}";
        }
        return cls switch
        {
            "reg" => "r",
            "reg_abcd" => "Q",
            "reg_byte" => "q",
            "xmm_reg" or "ymm_reg" => "x",
            "zmm_reg" => "v",
            "kreg" => "^Yk",
            _ => throw new UnsupportedException($"assembly operand in register class {cls}"),
        };
    }

    private static char Modifier(string cls, char modifier) => (cls, modifier) switch
    {
        ("reg" or "reg_abcd", '\0') => 'q',
        ("reg" or "reg_abcd", 'l') => 'b',
        ("reg" or "reg_abcd", 'h') => 'h',
        ("reg" or "reg_abcd", 'x') => 'w',
        ("reg" or "reg_abcd", 'e') => 'k',
        ("reg" or "reg_abcd", 'r') => 'q',
        ("reg_byte" or "kreg", _) => '\0',
        ("xmm_reg", '\0') => 'x',
        ("ymm_reg", '\0') => 't',
        ("zmm_reg", '\0') => 'g',
        ("xmm_reg" or "ymm_reg" or "zmm_reg", 'x') => 'x',
        ("xmm_reg" or "ymm_reg" or "zmm_reg", 'y') => 't',
        ("xmm_reg" or "ymm_reg" or "zmm_reg", 'z') => 'g',
        _ => throw new UnsupportedException($"assembly template modifier {modifier} of register class {cls}"),
    };

    // -- types that LLVM does not take in a class ------------------------------------------------------------------------------------------------

    private static bool IsSse(string cls) => cls is "xmm_reg" or "ymm_reg" or "zmm_reg";

    private nint AsmType(LirType t, string cls)
    {
        if (cls == "reg_abcd" && t == LirType.F64) return _m.I64;
        if (t.Scalar == ScalarKind.I1 && !t.IsVector) return _m.I8;
        if (cls is "xmm_reg" or "zmm_reg" && t.IsVector && t.ByteSize == 64) return _m.Type(new LirType(ScalarKind.F64, 8));
        if (IsSse(cls) && t.Scalar == ScalarKind.F16) return _m.Type(new LirType(ScalarKind.I16, t.IsVector ? t.Lanes : (ushort)8));
        return _m.Type(t);
    }

    private nint ToAsm(nint value, LirType t, string cls)
    {
        nint type = AsmType(t, cls);
        if (type == _m.Type(t)) return value;
        if (t == LirType.I1) return LLVM.BuildZExt(_b, value, type, NoName);
        if (t == LirType.F16) value = LLVM.BuildInsertElement(_b, LLVM.GetPoison(_m.Type(new LirType(ScalarKind.F16, 8))), value, _m.ConstI32(0), NoName);
        return LLVM.BuildBitCast(_b, value, type, NoName);
    }

    private nint FromAsm(nint value, LirType t, string cls)
    {
        nint type = AsmType(t, cls);
        if (type == _m.Type(t)) return value;
        if (t == LirType.I1) return LLVM.BuildTrunc(_b, value, _m.I1, NoName);
        if (t == LirType.F16)
            return LLVM.BuildExtractElement(_b, LLVM.BuildBitCast(_b, value, _m.Type(new LirType(ScalarKind.F16, 8)), NoName), _m.ConstI32(0), NoName);
        return LLVM.BuildBitCast(_b, value, _m.Type(t), NoName);
    }
}
