using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Lowering;

/// <summary>Landing pads: into cleanup blocks, and into aborts where unwinding must stop.</summary>
internal sealed partial class FunctionLowering
{
    /// <summary>Landing pad of each cleanup block that is entered from ordinary code, -1 until needed.</summary>
    private readonly int[] _landingPads;
    private readonly int[] _terminateBlocks = [-1, -1];
    /// <summary>Variables that hold the exception while cleanup runs.</summary>
    private int _exceptionVar = -1, _selectorVar = -1;

    /// <summary>Where a call with that unwind action goes when it unwinds; -1 if no landing pad is needed.</summary>
    private int UnwindTarget(UnwindAction unwind, bool calleeCanUnwind)
    {
        if (!calleeCanUnwind || Options.Panic == PanicStrategy.Abort) return -1;
        return unwind.Kind switch
        {
            UnwindActionKind.Cleanup => DeliberateFault.Is(Fault.MissingCleanup) ? -1 : LandingPadFor(unwind.Block),
            UnwindActionKind.Terminate => TerminateBlock(unwind.Reason),
            _ => -1,
        };
    }

    private int LandingPadFor(int cleanup)
    {
        if (_landingPads[cleanup] >= 0) return _landingPads[cleanup];
        int here = _b.CurrentBlock, location = _b.CurrentLoc;
        int pad = _b.NewBlock(cold: true);
        _b.SwitchTo(pad);
        int exception = _b.LandingPad(LandingPadKind.Cleanup);
        int selector = _b.Result(exception, 1, LirType.I32);
        if (_exceptionVar < 0)
        {
            _exceptionVar = _b.NewVar(LirType.Ptr);
            _selectorVar = _b.NewVar(LirType.I32);
        }
        _b.DefVar(_exceptionVar, exception);
        _b.DefVar(_selectorVar, selector);
        _b.Br(BlockOf(cleanup));
        _b.SwitchTo(here);
        _b.CurrentLoc = location;
        return _landingPads[cleanup] = pad;
    }

    private int TerminateBlock(UnwindTerminateReason reason)
    {
        if (_terminateBlocks[(int)reason] >= 0) return _terminateBlocks[(int)reason];
        int here = _b.CurrentBlock, location = _b.CurrentLoc;
        int block = _b.NewBlock(cold: true);
        _b.SwitchTo(block);
        _b.LandingPad(LandingPadKind.Filter);
        CallTerminate(reason);
        _b.SwitchTo(here);
        _b.CurrentLoc = location;
        return _terminateBlocks[(int)reason] = block;
    }

    /// <summary>Aborts with the message for a panic that may not unwind further. Ends the block.</summary>
    private void CallTerminate(UnwindTerminateReason reason)
    {
        CallLangFunction(reason == UnwindTerminateReason.Abi ? "panic_cannot_unwind" : "panic_in_cleanup", [], UnwindAction.Unreachable);
    }

    private void ResumeUnwinding()
    {
        // Blocks come in reverse postorder: without a landing pad before it nothing unwinds to here (what was to be dropped needs no dropping).
        if (_exceptionVar < 0)
        {
            _b.Unreachable();
            return;
        }
        _b.Resume(_b.UseVar(_exceptionVar), _b.UseVar(_selectorVar));
    }
}
