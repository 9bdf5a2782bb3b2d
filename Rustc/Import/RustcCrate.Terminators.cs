using Mirlink.Mir;
using AssertKind = Mirlink.Mir.AssertKind;
using CallSource = Mirlink.Mir.CallSource;
using CoroutineDesugaring = Mirlink.Mir.CoroutineDesugaring;
using InlineAsmOperand = Mirlink.Mir.InlineAsmOperand;
using Operand = Mirlink.Mir.Operand;
using Raw = Mirlink.Rustc.Metadata.Raw;
using Terminator = Mirlink.Mir.Terminator;
using UnwindAction = Mirlink.Mir.UnwindAction;
using UnwindTerminateReason = Mirlink.Mir.UnwindTerminateReason;

namespace Mirlink.Rustc.Import;

/// <summary>Terminators and inline assembly.</summary>
public sealed partial class RustcCrate
{
    static UnwindAction Import(Raw.UnwindAction raw) => raw switch
    {
        Raw.UnwindAction.Continue => UnwindAction.Continue,
        Raw.UnwindAction.Unreachable => UnwindAction.Unreachable,
        Raw.UnwindAction.Terminate t => UnwindAction.Terminate((UnwindTerminateReason)t.F0),
        Raw.UnwindAction.Cleanup c => UnwindAction.Cleanup((int)c.F0),
        _ => throw new BugException("unwind action"),
    };

    static int Block(uint? block) => (int?)block ?? -1;

    Operand[] Import(Raw.SpannedOperand[] operands)
    {
        if (operands.Length == 0) return [];
        var list = new Operand[operands.Length];
        for (var i = 0; i < list.Length; i++) list[i] = Import(operands[i].Node);
        return list;
    }

    Terminator Import(Raw.Terminator raw)
    {
        var info = Import(raw.SourceInfo);
        switch (raw.Kind)
        {
            case Raw.TerminatorKind.Goto g: return new Terminator.Goto((int)g.Target) { SourceInfo = info };
            case Raw.TerminatorKind.SwitchInt s:
                return new Terminator.SwitchInt(Import(s.Discr), s.Targets.Values, Array.ConvertAll(s.Targets.Targets, t => (int)t)) { SourceInfo = info };
            case Raw.TerminatorKind.UnwindResume: return new Terminator.UnwindResume { SourceInfo = info };
            case Raw.TerminatorKind.UnwindTerminate t: return new Terminator.UnwindTerminate((UnwindTerminateReason)t.F0) { SourceInfo = info };
            case Raw.TerminatorKind.Return: return new Terminator.Return { SourceInfo = info };
            case Raw.TerminatorKind.Unreachable: return new Terminator.Unreachable { SourceInfo = info };
            case Raw.TerminatorKind.Drop d:
                return new Terminator.Drop(Import(d.Place), (int)d.Target, Import(d.Unwind), d.Replace) { SourceInfo = info, AsyncDropBlock = Block(d.Drop_), AsyncFut = Block(d.AsyncFut) };
            case Raw.TerminatorKind.Call c:
                return new Terminator.Call(Import(c.Func), Import(c.Args), Import(c.Destination), Block(c.Target), Import(c.Unwind))
                {
                    SourceInfo = info, CallSource = (CallSource)c.CallSource, FnSpan = Import(c.FnSpan),
                };
            case Raw.TerminatorKind.TailCall c: return new Terminator.TailCall(Import(c.Func), Import(c.Args)) { SourceInfo = info, FnSpan = Import(c.FnSpan) };
            case Raw.TerminatorKind.Assert a: return Assert(a, info);
            case Raw.TerminatorKind.Yield y: return new Terminator.Yield(Import(y.Value), (int)y.Resume, Import(y.ResumeArg), Block(y.Drop)) { SourceInfo = info };
            case Raw.TerminatorKind.CoroutineDrop: return new Terminator.CoroutineDrop { SourceInfo = info };
            case Raw.TerminatorKind.FalseEdge f: return new Terminator.FalseEdge((int)f.RealTarget, (int)f.ImaginaryTarget) { SourceInfo = info };
            case Raw.TerminatorKind.FalseUnwind f: return new Terminator.FalseUnwind((int)f.RealTarget, Import(f.Unwind)) { SourceInfo = info };
            case Raw.TerminatorKind.InlineAsm a:
                return new Terminator.InlineAsm(Array.ConvertAll(a.Template, Import), Array.ConvertAll(a.Operands, Import), (InlineAsmOptions)a.Options,
                    Array.ConvertAll(a.Targets, t => (int)t), Import(a.Unwind), a.AsmMacro == Raw.InlineAsmMacro.NakedAsm) { SourceInfo = info };
            default: throw new BugException("terminator");
        }
    }

    Terminator.Assert Assert(Raw.TerminatorKind.Assert a, Mir.SourceInfo info)
    {
        var kind = (AssertKind)a.Msg.Tag;
        Mir.BinOp op = 0;
        var coroutine = CoroutineDesugaring.None;
        Operand[] operands = [];
        switch (a.Msg)
        {
            case Raw.AssertKindOperand.BoundsCheck m: operands = [Import(m.Len), Import(m.Index)]; break;
            case Raw.AssertKindOperand.Overflow m:
                op = (Mir.BinOp)m.F0;
                operands = [Import(m.F1), Import(m.F2)];
                break;
            case Raw.AssertKindOperand.OverflowNeg m: operands = [Import(m.F0)]; break;
            case Raw.AssertKindOperand.DivisionByZero m: operands = [Import(m.F0)]; break;
            case Raw.AssertKindOperand.RemainderByZero m: operands = [Import(m.F0)]; break;
            case Raw.AssertKindOperand.ResumedAfterReturn m: coroutine = Desugaring(m.F0); break;
            case Raw.AssertKindOperand.ResumedAfterPanic m: coroutine = Desugaring(m.F0); break;
            case Raw.AssertKindOperand.ResumedAfterDrop m: coroutine = Desugaring(m.F0); break;
            case Raw.AssertKindOperand.MisalignedPointerDereference m: operands = [Import(m.Required), Import(m.Found)]; break;
            case Raw.AssertKindOperand.NullPointerDereference: break;
            case Raw.AssertKindOperand.InvalidEnumConstruction m: operands = [Import(m.F0)]; break;
            default: throw new BugException("assert");
        }
        return new Terminator.Assert(Import(a.Cond), a.Expected, kind, operands, (int)a.Target, Import(a.Unwind)) { SourceInfo = info, Op = op, Coroutine = coroutine };
    }

    static CoroutineDesugaring Desugaring(Raw.CoroutineKind kind) =>
        kind is Raw.CoroutineKind.Desugared d ? CoroutineDesugaring.Async + (byte)d.F0 : CoroutineDesugaring.None;

    static InlineAsmPiece Import(Raw.InlineAsmTemplatePiece raw) => raw switch
    {
        Raw.InlineAsmTemplatePiece.String s => new InlineAsmPiece(s.F0, 0, '\0'),
        Raw.InlineAsmTemplatePiece.Placeholder p => new InlineAsmPiece(null, (int)p.OperandIdx, (char)(p.Modifier ?? 0)),
        _ => throw new BugException("asm piece"),
    };

    InlineAsmOperand Import(Raw.InlineAsmOperand raw)
    {
        switch (raw)
        {
            case Raw.InlineAsmOperand.In o:
            {
                var (reg, cls) = Register(o.Reg);
                return new InlineAsmOperand(InlineAsmOperandKind.In, reg, cls, false, Import(o.Value), null, null, default, -1);
            }
            case Raw.InlineAsmOperand.Out o:
            {
                var (reg, cls) = Register(o.Reg);
                return new InlineAsmOperand(InlineAsmOperandKind.Out, reg, cls, o.Late, null, o.Place is { } p ? Import(p) : null, null, default, -1);
            }
            case Raw.InlineAsmOperand.InOut o:
            {
                var (reg, cls) = Register(o.Reg);
                return new InlineAsmOperand(InlineAsmOperandKind.InOut, reg, cls, o.Late, Import(o.InValue), o.OutPlace is { } p ? Import(p) : null, null, default, -1);
            }
            case Raw.InlineAsmOperand.Const o: return new InlineAsmOperand(InlineAsmOperandKind.Const, null, null, false, null, null, Import(o.Value), default, -1);
            case Raw.InlineAsmOperand.SymFn o: return new InlineAsmOperand(InlineAsmOperandKind.SymFn, null, null, false, null, null, Import(o.Value), default, -1);
            case Raw.InlineAsmOperand.SymStatic o: return new InlineAsmOperand(InlineAsmOperandKind.SymStatic, null, null, false, null, null, null, Def(o.DefId), -1);
            case Raw.InlineAsmOperand.Label o: return new InlineAsmOperand(InlineAsmOperandKind.Label, null, null, false, null, null, null, default, (int)o.TargetIndex);
            default: throw new BugException("asm operand");
        }
    }

    (string? Reg, string? Class) Register(Raw.InlineAsmRegOrRegClass raw) => raw switch
    {
        Raw.InlineAsmRegOrRegClass.Reg { F0: Raw.InlineAsmReg.X86 r } => (X86Register(r.F0), null),
        Raw.InlineAsmRegOrRegClass.RegClass { F0: Raw.InlineAsmRegClass.X86 c } => (null, c.F0.ToString()),
        _ => throw Unsupported("asm! for an architecture other than x86"),
    };

    /// <summary>Registers go by their identifier, but for the x87 stack.</summary>
    static string X86Register(Raw.X86InlineAsmReg r)
    {
        var name = r.ToString();
        return name is ['s', 't', var digit] && char.IsDigit(digit) ? $"st({digit})" : name;
    }
}
