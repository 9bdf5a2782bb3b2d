namespace Mirlink.Mir.Passes;

/// <summary>Calls that unwind into cleanup that does nothing but go on unwinding need no landing pad; with panic=abort none does.</summary>
public sealed class NoopCleanup : IMirPass
{
    public string Name => "noop-cleanup";

    public bool Run(Body body, PassContext context)
    {
        bool all = !context.Options.PanicUnwind;
        // 0 unknown, 1 does nothing, 2 does something (or is being looked at: a loop is something).
        var state = new byte[body.Blocks.Length];
        bool IsNoop(int block)
        {
            if (all) return true;
            if (state[block] != 0) return state[block] == 1;
            state[block] = 2;
            ref var data = ref body.Blocks[block];
            foreach (ref readonly var s in data.Statements.AsSpan())
            {
                // A local of this frame dies with it; nothing can see what was assigned to it.
                bool nothing = s.Kind is StatementKind.StorageLive or StatementKind.StorageDead or StatementKind.Nop or StatementKind.ConstEvalCounter or StatementKind.Coverage
                    || s.Kind == StatementKind.Assign && s.Place.IsLocal;
                if (!nothing) return false;
            }
            bool noop = data.Terminator switch
            {
                Terminator.UnwindResume => true,
                Terminator.Goto t => IsNoop(t.Target),
                Terminator.SwitchInt t => Array.TrueForAll(t.Targets, IsNoop),
                _ => false,
            };
            state[block] = noop ? (byte)1 : (byte)2;
            return noop;
        }

        bool changed = false;
        UnwindAction Simplify(UnwindAction u)
        {
            if (u.Kind != UnwindActionKind.Cleanup || !IsNoop(u.Block) || !context.Consume()) return u;
            changed = true;
            return UnwindAction.Continue;
        }
        foreach (ref var block in body.Blocks.AsSpan())
        {
            switch (block.Terminator)
            {
                case Terminator.Drop { Unwind.Kind: UnwindActionKind.Cleanup } t when Simplify(t.Unwind) is { Kind: not UnwindActionKind.Cleanup } u:
                    block.Terminator = new Terminator.Drop(t.Place, t.Target, u, t.Replace) { SourceInfo = t.SourceInfo, AsyncDropBlock = t.AsyncDropBlock, AsyncFut = t.AsyncFut };
                    break;
                case Terminator.Call { Unwind.Kind: UnwindActionKind.Cleanup } t when Simplify(t.Unwind) is { Kind: not UnwindActionKind.Cleanup } u:
                    block.Terminator = new Terminator.Call(t.Func, t.Args, t.Destination, t.Target, u) { SourceInfo = t.SourceInfo, CallSource = t.CallSource, FnSpan = t.FnSpan };
                    break;
                case Terminator.Assert { Unwind.Kind: UnwindActionKind.Cleanup } t when Simplify(t.Unwind) is { Kind: not UnwindActionKind.Cleanup } u:
                    block.Terminator = new Terminator.Assert(t.Cond, t.Expected, t.Kind, t.Operands, t.Target, u) { SourceInfo = t.SourceInfo, Op = t.Op, Coroutine = t.Coroutine };
                    break;
                case Terminator.InlineAsm { Unwind.Kind: UnwindActionKind.Cleanup } t when Simplify(t.Unwind) is { Kind: not UnwindActionKind.Cleanup } u:
                    block.Terminator = new Terminator.InlineAsm(t.Template, t.Operands, t.Options, t.Targets, u, t.IsNaked) { SourceInfo = t.SourceInfo };
                    break;
            }
        }
        return changed;
    }
}
