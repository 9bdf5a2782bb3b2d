using System.Globalization;
using System.Text;

namespace Mirlink.Backend.Lir;

/// <summary>LIR as text, for people: <c>%7 = add i64 %3, %5</c>. Values are instruction numbers; nothing parses it.</summary>
public static class LirPrinter
{
    public static string Print(LirUnit unit)
    {
        var w = new StringBuilder();
        w.Append("unit ").Append(unit.Name).Append('\n');
        foreach (var d in unit.Data) Print(w.Append('\n'), d);
        foreach (var (alias, target) in unit.Aliases) w.Append('\n').Append("alias ").Append(alias.Linkage).Append(' ').Append(alias).Append(" = ").Append(target).Append('\n');
        foreach (var f in unit.Functions) Print(w.Append('\n'), f);
        return w.ToString();
    }

    public static string Print(LirFunction f)
    {
        var w = new StringBuilder();
        Print(w, f);
        return w.ToString();
    }

    private static void Print(StringBuilder w, LirData d)
    {
        w.Append(CultureInfo.InvariantCulture, $"data {d.Symbol.Linkage} {d.Kind} {d.Symbol} size {d.Bytes.Length} align {d.Align}");
        if (d.UnnamedAddr) w.Append(" unnamed_addr");
        if (d.Used) w.Append(" used");
        if (d.Section is not null) w.Append(" section ").Append(d.Section);
        w.Append('\n');
        const int row = 32;
        if (d.Bytes.AsSpan().ContainsAnyExcept((byte)0))
            for (int i = 0; i < d.Bytes.Length; i += row) w.Append(CultureInfo.InvariantCulture, $"  {i,6}: {Convert.ToHexStringLower(d.Bytes.AsSpan(i, Math.Min(row, d.Bytes.Length - i)))}\n");
        foreach (var r in d.Relocs) w.Append(CultureInfo.InvariantCulture, $"  {r.Offset,6}: -> {r.Target}{(r.Addend == 0 ? "" : $" + {r.Addend}")}\n");
    }

    private static void Print(StringBuilder w, LirFunction f)
    {
        w.Append(CultureInfo.InvariantCulture, $"fn {f.Symbol.Linkage} {f.Symbol}{Signature(f.Signature)}");
        if (f.Flags != 0) w.Append(" [").Append(f.Flags).Append(']');
        if (f.TargetFeatures is not null) w.Append(" features ").Append(f.TargetFeatures);
        if (f.Section is not null) w.Append(" section ").Append(f.Section);
        if (f.Align != 0) w.Append(CultureInfo.InvariantCulture, $" align {f.Align}");
        w.Append(" {\n");
        for (int i = 0; i < f.Slots.Length; i++) w.Append(CultureInfo.InvariantCulture, $"  slot{i}: {f.Slots[i].Size} bytes align {f.Slots[i].Align}\n");
        for (int i = 0; i < f.Vars.Length; i++) w.Append(CultureInfo.InvariantCulture, $"  var{i}: {f.Vars[i]}\n");
        for (int b = 0; b < f.Blocks.Length; b++)
        {
            var block = f.Blocks[b];
            w.Append(CultureInfo.InvariantCulture, $"b{b}:{(block.Cold ? " cold" : "")}\n");
            int loc = -1;
            for (int i = block.Start; i < block.End; i++)
            {
                w.Append("  ").Append(Inst(f, i));
                int l = f.Insts[i].Loc;
                if (l >= 0 && l != loc) w.Append("  ; ").Append(Location(f, l));
                loc = l;
                w.Append('\n');
            }
        }
        w.Append("}\n");
    }

    private static string Location(LirFunction f, int loc)
    {
        var text = new StringBuilder();
        for (int depth = 0; loc >= 0 && depth < 64; depth++)
        {
            var l = f.Locs[loc];
            var s = f.Scopes[l.Scope];
            if (depth > 0) text.Append(" in ");
            text.Append(CultureInfo.InvariantCulture, $"{s.File}:{l.Line}:{l.Column}");
            loc = l.Scope == 0 ? -1 : s.InlinedAt;
        }
        return text.ToString();
    }

    public static string Signature(LirSignature s)
    {
        string cc = s.CallConv == LirCallConv.C ? "" : $" cc {s.CallConv}";
        return $"({string.Join(", ", s.Params.Select(Param))}{(s.Variadic ? ", ..." : "")}) -> {(s.Returns.Length == 1 ? Param(s.Returns[0]) : $"({string.Join(", ", s.Returns.Select(Param))})")}{cc}";
    }

    private static string Param(LirParam p)
    {
        string t = p.Type.ToString();
        if (p.Flags != 0) t += " " + p.Flags.ToString().Replace(", ", " ", StringComparison.Ordinal).ToLowerInvariant();
        if (p.PointeeSize != 0) t += $" size({p.PointeeSize})";
        if (p.Dereferenceable != 0) t += $" deref({p.Dereferenceable})";
        if (p.Align != 0) t += $" align({p.Align})";
        if (p.Range is { } r) t += $" range({r.Lo}..={r.Hi})";
        return t;
    }

    /// <summary>One instruction.</summary>
    public static string Inst(LirFunction f, int index)
    {
        ref readonly var i = ref f.Insts[index];
        var w = new StringBuilder();
        if (!i.Type.IsVoid) w.Append(CultureInfo.InvariantCulture, $"%{index} = ");
        w.Append(Name(i.Op));
        if (!i.Type.IsVoid) w.Append(' ').Append(i.Type);
        w.Append(' ');
        switch (i.Op)
        {
            case LirOp.IConst or LirOp.FConst:
                if (i.A >= 0) w.Append(CultureInfo.InvariantCulture, $"0x{f.WideHigh[i.A]:x}_{i.Imm:x16}");
                else if (i.Op == LirOp.FConst) w.Append(CultureInfo.InvariantCulture, $"bits 0x{i.Imm:x}");
                else w.Append(i.Imm);
                break;
            case LirOp.SlotAddr or LirOp.SlotLive or LirOp.SlotDead: w.Append("slot").Append(i.A); break;
            case LirOp.SymbolAddr or LirOp.TlsAddr:
                w.Append('@').Append(f.Symbols[i.A]);
                if (i.Imm != 0) w.Append(" + ").Append(i.Imm);
                break;
            case LirOp.Param: w.Append(i.A); break;
            case LirOp.Result: w.Append('%').Append(i.A).Append('.').Append(i.Imm); break;
            case LirOp.UseVar: w.Append("var").Append(i.A); break;
            case LirOp.DefVar: w.Append("var").Append(i.A).Append(" = %").Append(i.B); break;
            case LirOp.ICmp: w.Append((IntCond)i.Flags).Append(' '); Operands(w, f, in i); break;
            case LirOp.FCmp: w.Append((FloatCond)i.Flags).Append(' '); Operands(w, f, in i); break;
            case LirOp.FCall:
                w.Append((FloatFn)i.Flags).Append(' ').Append('%').Append(i.A);
                if (i.B >= 0) w.Append(", %").Append(i.B);
                if (i.C >= 0) w.Append(", %").Append(i.C);
                break;
            case LirOp.Load:
                w.Append(CultureInfo.InvariantCulture, $"%{i.A} align {i.Imm}");
                if (i.B >= 0) w.Append(CultureInfo.InvariantCulture, $" range {f.Ranges[i.B].Lo}..={f.Ranges[i.B].Hi}");
                if (i.Flags != 0) w.Append(" [").Append((MemFlags)i.Flags).Append(']');
                break;
            case LirOp.Store:
                w.Append(CultureInfo.InvariantCulture, $"{f.Insts[i.B].Type} %{i.B} to %{i.A} align {i.Imm}");
                if (i.Flags != 0) w.Append(" [").Append((MemFlags)i.Flags).Append(']');
                break;
            case LirOp.PtrAddImm: w.Append(CultureInfo.InvariantCulture, $"%{i.A} + {i.Imm}"); break;
            case LirOp.MemCpy or LirOp.MemMove:
                w.Append(CultureInfo.InvariantCulture, $"%{i.A} align {(uint)i.Imm} from %{i.B} align {(uint)(i.Imm >> 32)} count %{i.C}");
                if (i.Flags != 0) w.Append(" [").Append((MemFlags)i.Flags).Append(']');
                break;
            case LirOp.AtomicRmw: w.Append((AtomicRmwOp)(i.Flags >> 4)).Append(' ').Append((AtomicOrdering)(i.Flags & 15)).Append(' '); Operands(w, f, in i); break;
            case LirOp.AtomicLoad or LirOp.AtomicStore or LirOp.Fence: w.Append((AtomicOrdering)(i.Flags & 15)).Append(' '); Operands(w, f, in i); break;
            case LirOp.AtomicCas:
                w.Append((AtomicOrdering)(i.Flags & 15)).Append(' ').Append((AtomicOrdering)((i.Flags >> 4) & 15)).Append((i.Flags & 256) != 0 ? " weak " : " ");
                Operands(w, f, in i);
                break;
            case LirOp.Shuffle:
                Operands(w, f, in i);
                w.Append(" [").AppendJoin(", ", f.Pool.AsSpan(i.C, i.Type.Lanes).ToArray()).Append(']');
                break;
            case LirOp.VectorReduce:
                w.Append((VectorReduceOp)i.Flags).Append(" %").Append(i.A);
                if (i.B >= 0) w.Append(" start %").Append(i.B);
                break;
            case LirOp.Call or LirOp.Invoke or LirOp.TailCall: w.Append('@').Append(f.Symbols[i.A]); Arguments(w, f, in i); break;
            case LirOp.CallIndirect or LirOp.InvokeIndirect or LirOp.TailCallIndirect: w.Append('%').Append(i.A); Arguments(w, f, in i); break;
            case LirOp.CallIntrinsic: w.Append(f.Strings[i.A]); Arguments(w, f, in i); break;
            case LirOp.InlineAsm: Asm(w, f, in i); break;
            case LirOp.LandingPad: w.Append((LandingPadKind)i.Flags); break;
            case LirOp.Expect: w.Append(CultureInfo.InvariantCulture, $"%{i.A} to be {i.Imm}"); break;
            case LirOp.Br: w.Append('b').Append(i.A); break;
            case LirOp.CondBr: w.Append(CultureInfo.InvariantCulture, $"%{i.A} ? b{i.B} : b{i.C}"); break;
            case LirOp.Switch:
                w.Append('%').Append(i.A).Append(" [");
                for (int k = i.B; k < i.B + i.C; k += 2) w.Append(CultureInfo.InvariantCulture, $"{f.SwitchValues[f.Pool[k]]}: b{f.Pool[k + 1]}, ");
                w.Append("else b").Append(i.Imm).Append(']');
                break;
            default:
                Operands(w, f, in i);
                if (i.Imm != 0) w.Append(CultureInfo.InvariantCulture, $" imm {i.Imm}");
                if (i.Flags != 0) w.Append(CultureInfo.InvariantCulture, $" flags 0x{i.Flags:x}");
                break;
        }
        while (w.Length > 0 && w[^1] == ' ') w.Length--;
        return w.ToString();
    }

    private static string Name(LirOp op)
    {
        var w = new StringBuilder();
        string s = op.ToString();
        for (int k = 0; k < s.Length; k++)
        {
            if (k > 1 && char.IsAsciiLetterUpper(s[k]) && char.IsAsciiLetterLower(s[k - 1])) w.Append('_');
            w.Append(char.ToLowerInvariant(s[k]));
        }
        return w.ToString();
    }

    private static void Operands(StringBuilder w, LirFunction f, in LirInst i)
    {
        var ops = LirOpInfo.ValueOperands(i.Op);
        string separator = "";
        if ((ops & LirOpInfo.Operands.A) != 0) One(i.A);
        if ((ops & LirOpInfo.Operands.B) != 0) One(i.B);
        if ((ops & LirOpInfo.Operands.C) != 0) One(i.C);
        if ((ops & LirOpInfo.Operands.Pool) != 0) for (int k = 0; k < i.C; k++) One(f.Pool[i.B + k]);

        void One(int value)
        {
            if (value < 0) return;
            w.Append(separator).Append('%').Append(value);
            separator = ", ";
        }
    }

    private static void Arguments(StringBuilder w, LirFunction f, in LirInst i)
    {
        w.Append('(');
        for (int k = 0; k < i.C; k++) w.Append(k == 0 ? "%" : ", %").Append(f.Pool[i.B + k]);
        w.Append(") : ").Append(Signature(f.Signatures[i.Imm]));
        if (i.Flags != 0) w.Append(" [").Append((CallFlags)i.Flags).Append(']');
        if (i.Op is LirOp.Invoke or LirOp.InvokeIndirect) w.Append(CultureInfo.InvariantCulture, $" to b{f.Pool[i.B + i.C]} unwind b{f.Pool[i.B + i.C + 1]}");
    }

    private static void Asm(StringBuilder w, LirFunction f, in LirInst i)
    {
        var asm = f.Asms[i.A];
        w.Append('"');
        foreach (var p in asm.Template)
            w.Append(p.Text is not null ? p.Text.Replace("\n", "\\n", StringComparison.Ordinal) : $"{{{p.Operand}{(p.Modifier == '\0' ? "" : $":{p.Modifier}")}}}");
        w.Append('"');
        foreach (var o in asm.Operands)
            w.Append(CultureInfo.InvariantCulture, $", {o.Kind}({o.Register ?? o.Class ?? o.Text ?? (o.Symbol >= 0 ? f.Symbols[o.Symbol].Name : "")}{(o.Type.IsVoid ? "" : $": {o.Type}")})");
        w.Append(" inputs (");
        for (int k = 0; k < i.C; k++) w.Append(k == 0 ? "%" : ", %").Append(f.Pool[i.B + k]);
        w.Append(')');
        if (asm.Options != 0) w.Append(" [").Append(asm.Options).Append(']');
    }
}
