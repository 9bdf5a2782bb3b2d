namespace Mirlink.Mir.Interpret;

/// <summary>Unwinding: frames are left one by one, each by way of its cleanup blocks.</summary>
public sealed partial class InterpCx
{
    /// <summary>The call that the current frame makes unwinds.</summary>
    internal void Unwind(Scalar payload, UnwindAction action)
    {
        switch (action.Kind)
        {
            case UnwindActionKind.Cleanup:
                Top.UnwindPayload = payload;
                GotoBlock(Top, action.Block);
                return;
            case UnwindActionKind.Terminate:
                Machine.UnwindTerminate(this, action.Reason);
                return;
            case UnwindActionKind.Unreachable: throw InterpError.Ub("unwinding past a stack frame that does not allow unwinding");
            default: UnwindOutOf(Top, payload); return;
        }
    }

    private void UnwindOutOf(Frame frame, Scalar payload)
    {
        while (true)
        {
            if (frame.IsRoot) throw InterpError.Ub("unwinding past the topmost frame of the stack");
            PopFrame();
            if (frame.Catch is { } handler)
            {
                Machine.Catch(this, handler, payload);
                return;
            }
            if (frame.Unwind.Kind != UnwindActionKind.Continue)
            {
                Unwind(payload, frame.Unwind);
                return;
            }
            frame = Top;
        }
    }

    /// <summary>Calls a function whose unwinding is caught.</summary>
    internal void CallCatching(Instance instance, Op[] args, CatchUnwind handler)
    {
        if (Machine.FindBody(this, instance, args, UnitPlace(), handler.Target, UnwindAction.Continue) is not var (body, bodyArgs)) throw InterpError.Unsupported("catch_unwind of a function without MIR");
        PushCall(body, bodyArgs, instance, args, UnitPlace(), handler.Target, UnwindAction.Continue).Catch = handler;
    }
}
