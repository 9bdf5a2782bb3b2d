using Mirlink.Mir.Dataflow;

namespace Mirlink.Mir.Passes;

/// <summary>Calls of a trait object's methods, where the object was made of a reference to a known type in the same body, are calls of that type's methods.</summary>
public sealed class Devirtualize : IMirPass
{
    public string Name => "devirtualize";

    public bool Run(Body body, PassContext context)
    {
        SsaLocals? ssa = null;
        BitSet? extended = null;
        var tcx = context.Tcx;
        foreach (ref var block in body.Blocks.AsSpan())
        {
            if (block.Terminator is not Terminator.Call { Func: { Kind: OperandKind.Constant } f } call || f.Constant!.Const.Type is not FnDefTy callee) continue;
            if (callee.Args.Count == 0 || callee.Args[0] is not DynamicTy || call.Args.Length == 0 || call.Args[0] is not { IsPlace: true, Place: { IsLocal: true } receiver }) continue;
            if (tcx.Traits.Resolve(callee.Def, callee.Args) is not { Kind: InstanceKind.Virtual }) continue;
            ssa ??= new SsaLocals(body, new Cfg(body));
            if (Object(body, ssa, receiver.Local) is not { } pointer || body.Locals[pointer].Ty.BuiltinDeref is not { } self) continue;
            var args = new GenericArg[callee.Args.Count];
            for (int i = 0; i < args.Length; i++) args[i] = i == 0 ? self : callee.Args[i];
            var method = tcx.Interner.FnDef(callee.Def, tcx.Interner.Args(args));
            // Through a vtable, the caller's location is the method's own.
            if (tcx.Traits.Resolve(method.Def, method.Args) is not { Kind: InstanceKind.Item or InstanceKind.CloneShim or InstanceKind.FnPtrShim } known
                || known.Kind == InstanceKind.Item && tcx.CodegenFnAttrs(known.Def).TrackCaller) continue;
            if (!context.Consume()) continue;
            Operand[] operands = [Operand.Copy(new Place(pointer)), .. call.Args.AsSpan(1)];
            block.Terminator = new Terminator.Call(Operand.Const(new MirConst.Val(ConstValue.ZeroSized.Instance, method), f.Constant.Span), operands, call.Destination, call.Target, call.Unwind)
            { SourceInfo = call.SourceInfo, CallSource = call.CallSource, FnSpan = call.FnSpan };
            (extended ??= new BitSet(body.Locals.Length))[pointer] = true;
        }
        if (extended is null) return false;
        // The pointer that the object was made of is needed for longer now.
        foreach (ref var block in body.Blocks.AsSpan())
            foreach (ref var s in block.Statements.AsSpan())
                if (s.Kind is StatementKind.StorageLive or StatementKind.StorageDead && extended[s.Place.Local]) s = Statement.Nop;
        new Demote(extended).RewriteBody(body);
        return true;
    }

    private sealed class Demote(BitSet locals) : BodyRewriter
    {
        protected override Place Place(in Place place, PlaceUse use) => place;
        protected override Operand Operand(in Operand operand) => operand.Kind == OperandKind.Move && locals[operand.Place.Local] ? Mir.Operand.Copy(operand.Place) : operand;
    }

    /// <summary>The local of the thin reference that a trait object reference of the same mutability was made of; null if that is not known.</summary>
    private static int? Object(Body body, SsaLocals ssa, int local)
    {
        var mutability = (body.Locals[local].Ty as RefTy)?.Mutbl;
        for (int steps = 0; steps < 8 && mutability is not null; steps++)
        {
            switch (ssa.Definition(local))
            {
                case Rvalue.Use { Operand: { IsPlace: true, Place: { IsLocal: true } p } } when ssa.IsSsa(p.Local): local = p.Local; break;
                // The same object, borrowed again.
                case Rvalue.Ref { Place: { Projection: [{ Kind: ProjectionKind.Deref }] } p } when ssa.IsSsa(p.Local): local = p.Local; break;
                case Rvalue.Cast { Kind: CastKind.Unsize, Operand: { IsPlace: true, Place: { IsLocal: true } p } }:
                    return ssa.IsSsa(p.Local) && body.Locals[p.Local].Ty is RefTy { Pointee: not DynamicTy } thin && thin.Mutbl == mutability ? p.Local : null;
                default: return null;
            }
        }
        return null;
    }
}
