using System.Globalization;
using System.Text.RegularExpressions;

namespace Mirlink.Mir.Text;

/// <summary>Terminators.</summary>
public sealed partial class MirParser
{
    [GeneratedRegex(@" -> (\[[a-z0-9]+: bb\d.*\]|bb\d+|unwind [a-z]+(\([a-z]+\))?)$")]
    private static partial Regex EdgesAtEnd();

    [GeneratedRegex("\", (?=(in|out|lateout|inout|inlateout|options)\\(|(const|sym_fn|sym_static|label) )")]
    private static partial Regex AsmTemplateEnd();

    [GeneratedRegex(@"options\([A-Z_| ]*\)\)( -> .*)?;$")]
    private static partial Regex AsmEnd();

    private sealed class EdgeList
    {
        public readonly List<(string Label, int Block)> Blocks = [];
        public UnwindAction Unwind = UnwindAction.Continue;
        public int Of(string label) { foreach (var (l, b) in Blocks) if (l == label) return b; return -1; }
    }

    /// <summary>The statement as a terminator, null if it is a statement proper.</summary>
    private Terminator? TryTerminator(string text)
    {
        switch (text)
        {
            case "return": return new Terminator.Return();
            case "resume": return new Terminator.UnwindResume();
            case "unreachable": return new Terminator.Unreachable();
            case "coroutine_drop": return new Terminator.CoroutineDrop();
            case "terminate(abi)": return new Terminator.UnwindTerminate(UnwindTerminateReason.Abi);
            case "terminate(cleanup)": return new Terminator.UnwindTerminate(UnwindTerminateReason.InCleanup);
        }
        if (text.StartsWith("tailcall ", StringComparison.Ordinal))
        {
            var t = new Cursor(text[9..], this);
            var callee = Callee(t);
            return new Terminator.TailCall(callee, Operands(t, ")"));
        }
        var m = EdgesAtEnd().Match(text);
        if (text.StartsWith("asm!(", StringComparison.Ordinal)) return Asm(m.Success ? text[..m.Index] : text, m.Success ? Edges(m.Groups[1].Value) : new EdgeList());
        if (!m.Success) return null;
        string head = text[..m.Index];
        // the end of a function type is no edge: what branches ends like a call, or is a plain goto
        if (head is not ("goto" or "falseEdge" or "falseUnwind") && !head.EndsWith(')')) return null;
        var edges = Edges(m.Groups[1].Value);
        var c = new Cursor(head, this);
        if (head == "goto") return new Terminator.Goto(edges.Blocks[0].Block);
        if (head == "falseEdge") return new Terminator.FalseEdge(edges.Of("real"), edges.Of("imaginary"));
        if (head == "falseUnwind") return new Terminator.FalseUnwind(edges.Of("real"), edges.Unwind);
        if (c.TryExpect("switchInt("))
        {
            var discr = Operand(c);
            var values = new List<U128>();
            foreach (var (label, _) in edges.Blocks) if (label != "otherwise") values.Add(U128.TryParse(label, out var value) ? value : throw Error($"`{label}` is no value of a switch"));
            return new Terminator.SwitchInt(discr, [.. values], [.. edges.Blocks.Select(e => e.Block)]);
        }
        if (c.TryExpect("drop(")) return new Terminator.Drop(Place(c).Place, edges.Of("return"), edges.Unwind, replace: false) { AsyncDropBlock = edges.Of("drop") };
        if (c.TryExpect("async drop("))
        {
            var place = Place(c).Place;
            c.Expect("; poll=");
            return new Terminator.Drop(place, edges.Of("return"), edges.Unwind, replace: false) { AsyncDropBlock = edges.Of("drop"), AsyncFut = c.Local() };
        }
        if (c.TryExpect("assert(")) return Assert(c, edges);
        var destination = Place(c).Place;
        c.Expect(" = ");
        if (c.TryExpect("yield(")) return new Terminator.Yield(Operand(c), edges.Of("resume"), destination, edges.Of("drop"));
        var func = Callee(c);
        return new Terminator.Call(func, Operands(c, ")"), destination, edges.Of("return"), edges.Unwind);
    }

    /// <summary>What is called, up to and with the parenthesis.</summary>
    private Operand Callee(Cursor c)
    {
        Operand func;
        if (c.TryExpect("copy ")) func = Mir.Operand.Copy(Place(c).Place);
        else if (c.TryExpect("move ")) func = Mir.Operand.Move(Place(c).Place);
        else
        {
            c.TryExpect("const ");
            func = Mir.Operand.Const(Constant(c.Until("(")), Span.Dummy);
        }
        c.Expect("(");
        return func;
    }

    private EdgeList Edges(string text)
    {
        var list = new EdgeList();
        var c = new Cursor(text, this);
        if (c.Peek("unwind "))
        {
            list.Unwind = Unwind(text);
            return list;
        }
        if (c.Peek("bb"))
        {
            int block = c.BlockNumber();
            list.Blocks.Add(("", block));
            // a call that does not return and is cleaned up after, or a drop or assert that unwinds nowhere
            list.Unwind = UnwindAction.Cleanup(block);
            return list;
        }
        c.Expect("[");
        while (!c.TryExpect("]"))
        {
            if (list.Blocks.Count > 0) c.TryExpect(", ");
            if (c.Peek("unwind "))
            {
                list.Unwind = Unwind(c.Until("]"));
                continue;
            }
            string label = c.Until(": ");
            c.Expect(": ");
            int block = c.BlockNumber();
            if (label == "unwind") list.Unwind = UnwindAction.Cleanup(block);
            else list.Blocks.Add((label, block));
        }
        return list;
    }

    private UnwindAction Unwind(string text) => text switch
    {
        "unwind continue" => UnwindAction.Continue,
        "unwind unreachable" => UnwindAction.Unreachable,
        "unwind terminate(abi)" => UnwindAction.Terminate(UnwindTerminateReason.Abi),
        "unwind terminate(cleanup)" => UnwindAction.Terminate(UnwindTerminateReason.InCleanup),
        _ => throw Error($"unknown unwind action `{text}`"),
    };

    private Terminator.Assert Assert(Cursor c, EdgeList edges)
    {
        bool expected = !c.TryExpect("!");
        var condition = Operand(c);
        c.Expect(", \"");
        string message = c.Until("\"");
        c.Expect("\"");
        var operands = new List<Operand>();
        while (c.TryExpect(", ")) operands.Add(Operand(c));
        foreach (var kind in Enum.GetValues<AssertKind>())
        {
            foreach (var op in kind == AssertKind.Overflow ? (ReadOnlySpan<BinOp>)[BinOp.Add, BinOp.Sub, BinOp.Mul, BinOp.Div, BinOp.Rem, BinOp.Shl, BinOp.Shr] : [default])
            {
                foreach (var coroutine in kind is AssertKind.ResumedAfterReturn or AssertKind.ResumedAfterPanic or AssertKind.ResumedAfterDrop ? Enum.GetValues<CoroutineDesugaring>() : [CoroutineDesugaring.None])
                {
                    if (MirPrinter.Message(kind, op, coroutine) != message) continue;
                    // of a shift only the distance is written, and only the distance is shown when it fails
                    if (kind == AssertKind.Overflow && op is BinOp.Shl or BinOp.Shr) operands.Insert(0, operands[0]);
                    return new Terminator.Assert(condition, expected, kind, [.. operands], edges.Of("success"), edges.Unwind) { Op = op, Coroutine = coroutine };
                }
            }
        }
        throw Error($"unknown message `{message}`");
    }

    // -- asm! -----------------------------------------------------------------------------------------------------------------------------------------

    /// <summary>A template may have line feeds: the lines up to the one that ends the statement.</summary>
    private string WholeAsm()
    {
        string text = _lines[_line].TrimStart();
        while (!AsmEnd().IsMatch(text))
        {
            if (++_line >= _lines.Length) throw Error("asm! has no end");
            text += "\n" + _lines[_line];
        }
        return text;
    }

    private Terminator.InlineAsm Asm(string text, EdgeList edges)
    {
        var end = AsmTemplateEnd().Match(text);
        if (!end.Success) throw Error("asm! without options");
        var pieces = Template(text["asm!(\"".Length..end.Index]);
        var c = new Cursor(text[(end.Index + 3)..], this);
        var operands = new List<InlineAsmOperand>();
        while (!c.TryExpect("options("))
        {
            operands.Add(AsmOperand(c));
            c.Expect(", ");
        }
        var options = InlineAsmOptions.None;
        foreach (string name in c.Until(")").Split(" | ", StringSplitOptions.RemoveEmptyEntries))
            foreach (var (flag, known) in MirPrinter.OptionNames) if (known == name) options |= flag;
        return new Terminator.InlineAsm(pieces, [.. operands], options, [.. edges.Blocks.Select(e => e.Block)], edges.Unwind, isNaked: false);
    }

    private static InlineAsmPiece[] Template(string text)
    {
        var pieces = new List<InlineAsmPiece>();
        var literal = new System.Text.StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is '{' or '}' && i + 1 < text.Length && text[i + 1] == text[i])
            {
                literal.Append(text[i++]);
                continue;
            }
            if (text[i] != '{')
            {
                literal.Append(text[i]);
                continue;
            }
            if (literal.Length > 0) pieces.Add(new InlineAsmPiece(literal.ToString(), 0, '\0'));
            literal.Clear();
            int close = text.IndexOf('}', i);
            string[] parts = text[(i + 1)..close].Split(':');
            pieces.Add(new InlineAsmPiece(null, int.Parse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture), parts.Length > 1 ? parts[1][0] : '\0'));
            i = close;
        }
        if (literal.Length > 0) pieces.Add(new InlineAsmPiece(literal.ToString(), 0, '\0'));
        return [.. pieces];
    }

    private InlineAsmOperand AsmOperand(Cursor c)
    {
        if (c.TryExpect("const ")) return new InlineAsmOperand(InlineAsmOperandKind.Const, null, null, false, null, null, new ConstOperand(Constant(AfterConst(c)), Span.Dummy), default, -1);
        if (c.TryExpect("sym_fn ")) return new InlineAsmOperand(InlineAsmOperandKind.SymFn, null, null, false, null, null, new ConstOperand(Constant(AfterConst(c)), Span.Dummy), default, -1);
        if (c.TryExpect("sym_static "))
        {
            string text = c.Until(", ");
            return new InlineAsmOperand(InlineAsmOperandKind.SymStatic, null, null, false, null, null, null, _symbols.Items.TryGetValue(text, out var d) ? d : throw Error($"unknown static `{text}`"), -1);
        }
        if (c.TryExpect("label ")) return new InlineAsmOperand(InlineAsmOperandKind.Label, null, null, false, null, null, null, default, (int)c.Number());
        string kind = c.Until("(");
        c.Expect("(");
        string register = c.Until(")");
        c.Expect(") ");
        bool late = kind.Contains("late", StringComparison.Ordinal);
        string? reg = register.StartsWith('"') ? register[1..^1] : null, cls = reg is null ? register : null;
        if (kind == "in") return new InlineAsmOperand(InlineAsmOperandKind.In, reg, cls, false, Operand(c), null, null, default, -1);
        if (!kind.StartsWith("in", StringComparison.Ordinal)) return new InlineAsmOperand(InlineAsmOperandKind.Out, reg, cls, late, null, Destination(c), null, default, -1);
        var value = Operand(c);
        c.Expect(" => ");
        return new InlineAsmOperand(InlineAsmOperandKind.InOut, reg, cls, late, value, Destination(c), null, default, -1);
    }

    /// <summary>The word `const` is written before constants that are no functions.</summary>
    private static string AfterConst(Cursor c)
    {
        c.TryExpect("const ");
        return c.Until(", ");
    }

    private Place? Destination(Cursor c) => !c.Peek("_,") ? Place(c).Place : c.TryExpect("_") ? null : null;
}
