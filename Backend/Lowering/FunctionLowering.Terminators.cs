using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>Terminators other than calls.</summary>
internal sealed partial class FunctionLowering
{
    private void LowerTerminator(Terminator terminator)
    {
        switch (terminator)
        {
            case Terminator.Goto t: GoTo(t.Target); break;
            case Terminator.SwitchInt t: LowerSwitch(t); break;
            case Terminator.Return: LowerReturn(); break;
            case Terminator.Unreachable: _b.Unreachable(); break;
            case Terminator.UnwindResume: ResumeUnwinding(); break;
            case Terminator.UnwindTerminate t: CallTerminate(t.Reason); break;
            case Terminator.Call t: LowerCall(t); break;
            case Terminator.TailCall: throw new UnsupportedException("`become` (explicit tail calls)");
            case Terminator.Drop t: LowerDrop(t); break;
            case Terminator.Assert t: LowerAssert(t); break;
            case Terminator.InlineAsm t: LowerInlineAsm(t); break;
            case Terminator.FalseEdge t: GoTo(t.Real); break;
            case Terminator.FalseUnwind t: GoTo(t.Real); break;
            default: throw new BugException($"terminator {terminator.GetType().Name} in code to lower");
        }
    }

    private void GoTo(int target)
    {
        if (target < 0) _b.Unreachable();
        else _b.Br(BlockOf(target));
    }

    private void LowerSwitch(Terminator.SwitchInt t)
    {
        if (_decided[_currentBlock] is >= 0 and var decided) { GoTo(decided); return; }
        int value = LowerOperand(t.Discr).Value;
        var type = _b.TypeOf(value);
        bool otherwiseUnreachable = IsUnreachable(t.Otherwise);
        if (type == LirType.I1)
        {
            // A bool: both targets by value.
            int onTrue = TargetFor(t, 1), onFalse = TargetFor(t, 0);
            _b.CondBr(Expect(value, onTrue, onFalse), BlockOf(onTrue), BlockOf(onFalse));
            return;
        }
        if (t.Values.Length == 1)
        {
            int condition = _b.ICmp(IntCond.Eq, value, _b.IConst(type, t.Values[0]));
            _b.CondBr(Expect(condition, t.Targets[0], t.Otherwise), BlockOf(t.Targets[0]), BlockOf(t.Otherwise));
            return;
        }
        if (t.Values.Length == 2 && otherwiseUnreachable && !Optimize)
        {
            // Fast instruction selection does not do switches.
            int condition = _b.ICmp(IntCond.Eq, value, _b.IConst(type, t.Values[0]));
            _b.CondBr(condition, BlockOf(t.Targets[0]), BlockOf(t.Targets[1]));
            return;
        }
        var cases = new (U128, int)[t.Values.Length - (DeliberateFault.Is(Fault.LastSwitchCase) ? 1 : 0)];
        for (int i = 0; i < cases.Length; i++) cases[i] = (t.Values[i], BlockOf(t.Targets[i]));
        _b.Switch(value, cases, BlockOf(t.Otherwise));
    }

    private int Expect(int condition, int onTrue, int onFalse)
    {
        if (!Optimize || _cold[onTrue] == _cold[onFalse]) return condition;
        return _b.Emit(LirOp.Expect, LirType.I1, condition, imm: _cold[onTrue] ? 0 : 1);
    }

    private static int TargetFor(Terminator.SwitchInt t, U128 value)
    {
        for (int i = 0; i < t.Values.Length; i++) if (t.Values[i] == value) return t.Targets[i];
        return t.Otherwise;
    }

    private bool IsUnreachable(int block) => _body.Blocks[block] is { Statements.Length: 0, Terminator: Terminator.Unreachable };

    // -- assertions --------------------------------------------------------------------------------------------------------------------------------

    private void LowerAssert(Terminator.Assert t)
    {
        if (_decided[_currentBlock] is >= 0 and var decided) { GoTo(decided); return; }
        int condition = LowerOperand(t.Cond).Value;
        if (_b.KnownInt(condition) is { } known && known != 0 == t.Expected) { GoTo(t.Target); return; }
        int panic = _b.NewBlock(cold: true);
        if (t.Expected) _b.CondBr(condition, BlockOf(t.Target), panic);
        else _b.CondBr(condition, panic, BlockOf(t.Target));

        _b.SwitchTo(panic);
        var args = new List<int>(3);
        foreach (ref readonly var operand in t.PanicOperands().AsSpan()) args.Add(LowerOperand(operand).Value);
        args.Add(CallerLocation(t.SourceInfo));
        CallLangFunction(t.PanicFunction(), [.. args], t.Unwind);
    }
}
