namespace Mirlink.Mir.Passes;

/// <summary>Drops of what needs none become jumps, and so do calls of drop glue that is empty.</summary>
public sealed class NoopDrops : IMirPass
{
    public string Name => "noop-drops";

    public bool Run(Body body, PassContext context)
    {
        bool changed = false;
        foreach (ref var block in body.Blocks.AsSpan())
        {
            int target = block.Terminator switch
            {
                Terminator.Drop { AsyncFut: < 0 } t when !context.Tcx.Traits.NeedsDrop(body.TypeOf(context.Tcx, t.Place)) => t.Target,
                Terminator.Call { Target: >= 0, Func: { Kind: OperandKind.Constant } f } t when f.Constant!.Const.Type is FnDefTy callee
                    && callee.Def == context.Tcx.TryLangItem("drop_in_place") && !context.Tcx.Traits.NeedsDrop(callee.Args.Type(0)) => t.Target,
                _ => -1,
            };
            if (target < 0 || !context.Consume()) continue;
            block.Terminator = new Terminator.Goto(target) { SourceInfo = block.Terminator.SourceInfo };
            changed = true;
        }
        return changed;
    }
}
