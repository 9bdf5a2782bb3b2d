namespace Mirlink.Mir.Passes;

/// <summary>Single rvalues that say something simple in a roundabout way: reborrows of whole pointers, casts to the same type, comparisons with true and false, calls of a function item's value.</summary>
public sealed class InstSimplify : IMirPass
{
    public string Name => "inst-simplify";

    public bool Run(Body body, PassContext context)
    {
        bool changed = false;
        foreach (ref var block in body.Blocks.AsSpan())
        {
            foreach (ref var s in block.Statements.AsSpan())
            {
                if (s.Kind != StatementKind.Assign || Simplify(body, context, s.Rvalue!) is not { } simple || !context.Consume()) continue;
                s.Rvalue = simple;
                changed = true;
            }
            // The type of a function item says what is called, wherever the value comes from.
            if (block.Terminator is Terminator.Call { Func.IsPlace: true } call && body.TypeOf(context.Tcx, call.Func) is FnDefTy f && context.Consume())
            {
                block.Terminator = new Terminator.Call(Operand.Const(new MirConst.Val(ConstValue.ZeroSized.Instance, f), call.FnSpan), call.Args, call.Destination, call.Target, call.Unwind)
                { SourceInfo = call.SourceInfo, CallSource = call.CallSource, FnSpan = call.FnSpan };
                changed = true;
            }
        }
        return changed;
    }

    private static Rvalue? Simplify(Body body, PassContext context, Rvalue rvalue)
    {
        var tcx = context.Tcx;
        switch (rvalue)
        {
            case Rvalue.CopyForDeref r: return new Rvalue.Use(Operand.Copy(r.Place));
            case Rvalue.Ref r: return Reborrow(body, tcx, r.Place, body.TypeOf(tcx, r)!);
            case Rvalue.RawPtr r: return Reborrow(body, tcx, r.Place, body.TypeOf(tcx, r)!);
            case Rvalue.Cast { Kind: CastKind.IntToInt or CastKind.FloatToFloat or CastKind.PtrToPtr or CastKind.Transmute or CastKind.Subtype or CastKind.MutToConstPointer } r
                when ReferenceEquals(body.TypeOf(tcx, r.Operand), r.Ty):
                return new Rvalue.Use(r.Operand);
            case Rvalue.BinaryOp { Op: BinOp.Eq or BinOp.Ne } r when body.TypeOf(tcx, r.Left).IsBool:
            {
                var (constant, other) = context.ConstantBits(r.Left) is { } l ? (l, r.Right) : context.ConstantBits(r.Right) is { } k ? (k, r.Left) : (2, default);
                if (constant > 1) return null;
                return constant != 0 == (r.Op == BinOp.Eq) ? new Rvalue.Use(other) : new Rvalue.UnaryOp(UnOp.Not, other);
            }
            default: return null;
        }
    }

    /// <summary>&amp;*p, where that is p itself.</summary>
    private static Rvalue.Use? Reborrow(Body body, TyCtxt tcx, in Place place, Ty result)
    {
        if (place.Projection is not [.., { Kind: ProjectionKind.Deref }]) return null;
        var pointer = new Place(place.Local, place.Projection.Length == 1 ? Place.NoProjection : place.Projection[..^1]);
        return ReferenceEquals(body.TypeOf(tcx, pointer), result) ? new Rvalue.Use(Operand.Copy(pointer)) : null;
    }
}
