using System.Globalization;

namespace Mirlink.Mir.Text;

/// <summary>Terminators.</summary>
public sealed partial class MirPrinter
{
    private readonly List<(string Label, int Block)> _edges = [];

    private void Terminator(Terminator terminator)
    {
        _edges.Clear();
        UnwindAction? unwind = null;
        switch (terminator)
        {
            case Mir.Terminator.Goto t:
                _out.Append("goto");
                _edges.Add(("", t.Target));
                break;
            case Mir.Terminator.SwitchInt t:
                _out.Append("switchInt(");
                Operand(t.Discr);
                _out.Append(')');
                for (int i = 0; i < t.Values.Length; i++) _edges.Add((t.Values[i].ToString(), t.Targets[i]));
                _edges.Add(("otherwise", t.Otherwise));
                break;
            case Mir.Terminator.UnwindResume: _out.Append("resume"); break;
            case Mir.Terminator.UnwindTerminate t: _out.Append("terminate(").Append(Reason(t.Reason)).Append(')'); break;
            case Mir.Terminator.Return: _out.Append("return"); break;
            case Mir.Terminator.Unreachable: _out.Append("unreachable"); break;
            case Mir.Terminator.CoroutineDrop: _out.Append("coroutine_drop"); break;
            case Mir.Terminator.Drop t:
                _out.Append(t.AsyncFut >= 0 ? "async drop(" : "drop(");
                Place(t.Place);
                if (t.AsyncFut >= 0) _out.Append("; poll=_").Append(t.AsyncFut);
                _out.Append(')');
                _edges.Add(("return", t.Target));
                Unwind(unwind = t.Unwind);
                if (t.AsyncDropBlock >= 0) _edges.Add(("drop", t.AsyncDropBlock));
                break;
            case Mir.Terminator.Call t:
                Place(t.Destination);
                _out.Append(" = ");
                Operand(t.Func);
                _out.Append('(');
                Operands(t.Args);
                _out.Append(')');
                if (t.Target >= 0) _edges.Add(("return", t.Target));
                Unwind(unwind = t.Unwind);
                break;
            case Mir.Terminator.TailCall t:
                _out.Append("tailcall ");
                Operand(t.Func);
                _out.Append('(');
                Operands(t.Args);
                _out.Append(')');
                break;
            case Mir.Terminator.Assert t:
                _out.Append(t.Expected ? "assert(" : "assert(!");
                Operand(t.Cond);
                _out.Append(", \"").Append(Message(t.Kind, t.Op, t.Coroutine)).Append('"');
                // shifts only say by how much
                foreach (var o in t.Kind == AssertKind.Overflow && t.Op is BinOp.Shl or BinOp.Shr ? t.Operands.AsSpan(1) : t.Operands)
                {
                    _out.Append(", ");
                    Operand(o);
                }
                _out.Append(')');
                _edges.Add(("success", t.Target));
                Unwind(unwind = t.Unwind);
                break;
            case Mir.Terminator.Yield t:
                Place(t.ResumeArg);
                _out.Append(" = yield(");
                Operand(t.Value);
                _out.Append(')');
                _edges.Add(("resume", t.Resume));
                if (t.DropBlock >= 0) _edges.Add(("drop", t.DropBlock));
                break;
            case Mir.Terminator.FalseEdge t:
                _out.Append("falseEdge");
                _edges.Add(("real", t.Real));
                _edges.Add(("imaginary", t.Imaginary));
                break;
            case Mir.Terminator.FalseUnwind t:
                _out.Append("falseUnwind");
                _edges.Add(("real", t.Real));
                Unwind(unwind = t.Unwind);
                break;
            case Mir.Terminator.InlineAsm t:
                Asm(t);
                bool diverges = t.IsNaked || (t.Options & InlineAsmOptions.NoReturn) != 0;
                for (int i = 0; i < t.Targets.Length; i++) _edges.Add((i == 0 && !diverges ? "return" : "label", t.Targets[i]));
                Unwind(unwind = t.Unwind);
                break;
        }
        Edges(unwind);
    }

    private void Unwind(UnwindAction? u) { if (u is { Kind: UnwindActionKind.Cleanup } c) _edges.Add(("unwind", c.Block)); }

    private static string Reason(UnwindTerminateReason reason) => reason == UnwindTerminateReason.Abi ? "abi" : "cleanup";

    private void Edges(UnwindAction? unwind)
    {
        string? action = unwind switch
        {
            null or { Kind: UnwindActionKind.Cleanup } => null,
            { Kind: UnwindActionKind.Continue } => "unwind continue",
            { Kind: UnwindActionKind.Unreachable } => "unwind unreachable",
            { } u => $"unwind terminate({Reason(u.Reason)})",
        };
        if (_edges.Count == 0 && action is null) return;
        _out.Append(" -> ");
        if (_edges.Count == 0) _out.Append(action);
        else if (_edges.Count == 1 && action is null) _out.Append("bb").Append(_edges[0].Block);
        else
        {
            _out.Append('[');
            for (int i = 0; i < _edges.Count; i++) _out.Append(i > 0 ? ", " : "").Append(_edges[i].Label).Append(": bb").Append(_edges[i].Block);
            if (action is not null) _out.Append(", ").Append(action);
            _out.Append(']');
        }
    }

    internal static string Message(AssertKind kind, BinOp op, CoroutineDesugaring coroutine) => kind switch
    {
        AssertKind.BoundsCheck => "index out of bounds: the length is {} but the index is {}",
        AssertKind.OverflowNeg => "attempt to negate `{}`, which would overflow",
        AssertKind.DivisionByZero => "attempt to divide `{}` by zero",
        AssertKind.RemainderByZero => "attempt to calculate the remainder of `{}` with a divisor of zero",
        AssertKind.Overflow => op switch
        {
            BinOp.Shl => "attempt to shift left by `{}`, which would overflow",
            BinOp.Shr => "attempt to shift right by `{}`, which would overflow",
            BinOp.Rem => "attempt to compute the remainder of `{} % {}`, which would overflow",
            _ => $"attempt to compute `{{}} {op switch { BinOp.Add => "+", BinOp.Sub => "-", BinOp.Mul => "*", _ => "/" }} {{}}`, which would overflow",
        },
        AssertKind.MisalignedPointerDereference => "misaligned pointer dereference: address must be a multiple of {} but is {}",
        AssertKind.NullPointerDereference => "null pointer dereference occurred",
        AssertKind.InvalidEnumConstruction => "trying to construct an enum from an invalid value {}",
        AssertKind.ResumedAfterReturn when coroutine == CoroutineDesugaring.Gen => "`gen fn` should just keep returning `None` after completion",
        AssertKind.ResumedAfterPanic when coroutine == CoroutineDesugaring.Gen => "`gen fn` should just keep returning `None` after panicking",
        _ => (coroutine switch
        {
            CoroutineDesugaring.Async => "`async fn`",
            CoroutineDesugaring.AsyncGen => "`async gen fn`",
            CoroutineDesugaring.Gen => "`gen fn`",
            _ => "coroutine",
        }) + kind switch
        {
            AssertKind.ResumedAfterReturn => " resumed after completion",
            AssertKind.ResumedAfterPanic => " resumed after panicking",
            _ => " resumed after async drop",
        },
    };

    private void Asm(Mir.Terminator.InlineAsm t)
    {
        _out.Append("asm!(\"");
        foreach (var p in t.Template)
        {
            if (p.Text is { } text) _out.Append(text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));
            else
            {
                _out.Append('{').Append(p.Operand);
                if (p.Modifier != '\0') _out.Append(':').Append(p.Modifier);
                _out.Append('}');
            }
        }
        _out.Append('"');
        foreach (var o in t.Operands)
        {
            _out.Append(", ");
            string register = o.Reg is { } r ? $"\"{r}\"" : o.RegClass ?? "";
            switch (o.Kind)
            {
                case InlineAsmOperandKind.In:
                    _out.Append("in(").Append(register).Append(") ");
                    Operand(o.In!.Value);
                    break;
                case InlineAsmOperandKind.Out:
                    _out.Append(o.Late ? "lateout(" : "out(").Append(register).Append(") ");
                    if (o.OutPlace is { } place) Place(place); else _out.Append('_');
                    break;
                case InlineAsmOperandKind.InOut:
                    _out.Append(o.Late ? "inlateout(" : "inout(").Append(register).Append(") ");
                    Operand(o.In!.Value);
                    _out.Append(" => ");
                    if (o.OutPlace is { } destination) Place(destination); else _out.Append('_');
                    break;
                case InlineAsmOperandKind.Const: _out.Append("const "); Constant(o.Const!.Const); break;
                case InlineAsmOperandKind.SymFn: _out.Append("sym_fn "); Constant(o.Const!.Const); break;
                case InlineAsmOperandKind.SymStatic: 
                    _out.Append("sym_static ");
                    int from = _out.Length;
                    _out.Append(_paths.DebugId(o.StaticDef));
                    Symbols?.Add(Since(from), o.StaticDef);
                    break;
                default: _out.Append("label ").Append(o.LabelTarget); break;
            }
        }
        _out.Append(", options(");
        bool first = true;
        foreach (var (flag, name) in OptionNames)
        {
            if ((t.Options & flag) == 0) continue;
            _out.Append(first ? "" : " | ").Append(name);
            first = false;
        }
        _out.Append("))");
    }

    internal static readonly (InlineAsmOptions Flag, string Name)[] OptionNames =
    [
        (InlineAsmOptions.Pure, "PURE"), (InlineAsmOptions.NoMem, "NOMEM"), (InlineAsmOptions.ReadOnly, "READONLY"),
        (InlineAsmOptions.PreservesFlags, "PRESERVES_FLAGS"), (InlineAsmOptions.NoReturn, "NORETURN"), (InlineAsmOptions.NoStack, "NOSTACK"),
        (InlineAsmOptions.AttSyntax, "ATT_SYNTAX"), (InlineAsmOptions.Raw, "RAW"), (InlineAsmOptions.MayUnwind, "MAY_UNWIND"),
    ];
}
