namespace Mirlink.Mir.Erasure;

/// <summary>What the statements and terminators of a generic body need of its parameters.</summary>
internal sealed class BodyNeeds(TyCtxt tcx, NeedsAnalysis analysis, NeedsNode node, Body body)
{
    public void Run()
    {
        foreach (var local in body.Locals) analysis.Type(node, local.Ty);
        foreach (var c in body.RequiredConsts) Constant(c);
        // What was inlined is instantiated too.
        foreach (ref readonly var scope in body.Scopes.AsSpan())
            if (scope.Inlined is { } inlined)
                foreach (var a in inlined.Args.Span)
                    if (a is Ty ty) analysis.Type(node, ty);
        foreach (var block in body.Blocks)
        {
            if (node.IsSaturated) return;
            foreach (ref readonly var s in block.Statements.AsSpan()) Visit(in s);
            Visit(block.Terminator);
        }
    }

    private void Visit(in Statement s)
    {
        if (s.Kind is StatementKind.StorageLive or StatementKind.StorageDead or StatementKind.Nop) return;
        if (s.Place.Projection is not null) Visit(s.Place);
        if (s.Rvalue is not null) Visit(s.Rvalue);
        if (s.Operands is not null)
            foreach (ref readonly var o in s.Operands.AsSpan()) Visit(o);
    }

    private void Visit(in Place place)
    {
        foreach (ref readonly var e in place.Projection.AsSpan()) if (e.Ty is not null) analysis.Type(node, e.Ty);
    }

    private void Visit(in Operand o)
    {
        if (o.IsPlace) Visit(o.Place);
        else if (o.Kind == OperandKind.Constant) Constant(o.Constant!);
    }

    private void Constant(ConstOperand constant)
    {
        analysis.Type(node, constant.Const.Type);
        switch (constant.Const)
        {
            case MirConst.Unevaluated u: analysis.Constant(node, u.Def, u.Args, u.Promoted ?? -1); break;
            case MirConst.OfTy { Const: { Kind: ConstKind.Unevaluated } c }: analysis.Constant(node, c.Def, c.Args!, -1); break;
            case MirConst.OfTy { Const: { } c }: analysis.Identity(node, c); break;
        }
    }

    /// <summary>A value is computed with, not just moved.</summary>
    private void Computed(in Operand o) => Computed(body.TypeOf(tcx, o));

    private void Computed(Ty ty)
    {
        if (ty is ParamTy or AliasTy) analysis.Identity(node, ty);
    }

    private void Visit(Rvalue rvalue)
    {
        switch (rvalue)
        {
            case Rvalue.Use r: Visit(r.Operand); break;
            case Rvalue.Repeat r:
                Visit(r.Operand);
                analysis.Identity(node, r.Count);
                break;
            case Rvalue.Ref r: Visit(r.Place); break;
            case Rvalue.RawPtr r: Visit(r.Place); break;
            case Rvalue.Cast r: Cast(r); break;
            case Rvalue.BinaryOp r:
                Visit(r.Left);
                Visit(r.Right);
                Computed(r.Left);
                Computed(r.Right);
                break;
            case Rvalue.UnaryOp r:
                Visit(r.Operand);
                Computed(r.Operand);
                break;
            case Rvalue.Discriminant r:
                Visit(r.Place);
                Computed(body.TypeOf(tcx, r.Place));
                break;
            case Rvalue.Aggregate r:
                foreach (ref readonly var o in r.Operands.AsSpan()) Visit(o);
                if (r.Ty is not null) analysis.Type(node, r.Ty);
                if (r.Kind == AggregateKind.Adt) analysis.Type(node, tcx.Interner.Adt(r.Def, r.Args!));
                else if (r.Kind is AggregateKind.Coroutine or AggregateKind.CoroutineClosure) analysis.Identity(node, r.Args!);
                break;
            case Rvalue.CopyForDeref r: Visit(r.Place); break;
            case Rvalue.ThreadLocalRef: break;
            default: analysis.NeedAll(node); break;
        }
    }

    private void Cast(Rvalue.Cast cast)
    {
        Visit(cast.Operand);
        analysis.Type(node, cast.Ty);
        switch (cast.Kind)
        {
            case CastKind.PtrToPtr or CastKind.MutToConstPointer or CastKind.ArrayToPointer or CastKind.Transmute or CastKind.Subtype or CastKind.FnPtrToPtr or CastKind.UnsafeFnPointer:
                break;
            case CastKind.Unsize when cast.Ty.BuiltinDeref is SliceTy: break;
            case CastKind.IntToInt or CastKind.IntToFloat or CastKind.FloatToInt or CastKind.FloatToFloat or CastKind.PointerExposeProvenance or CastKind.PointerWithExposedProvenance:
                Computed(cast.Operand);
                Computed(cast.Ty);
                break;
            // A vtable is made for the type; an address can be compared with that of another instance.
            default:
                analysis.Identity(node, body.TypeOf(tcx, cast.Operand));
                analysis.Identity(node, cast.Ty);
                break;
        }
    }

    private void Visit(Terminator terminator)
    {
        switch (terminator)
        {
            case Terminator.Goto or Terminator.Return or Terminator.Unreachable or Terminator.UnwindResume or Terminator.UnwindTerminate: break;
            case Terminator.SwitchInt t:
                Visit(t.Discr);
                Computed(t.Discr);
                break;
            case Terminator.Drop t:
                Visit(t.Place);
                analysis.Drop(node, body.TypeOf(tcx, t.Place));
                break;
            case Terminator.Assert t:
                Visit(t.Cond);
                foreach (ref readonly var o in t.Operands.AsSpan()) Visit(o);
                break;
            case Terminator.Call t:
                Visit(t.Func);
                foreach (ref readonly var o in t.Args.AsSpan()) Visit(o);
                Visit(t.Destination);
                switch (body.TypeOf(tcx, t.Func))
                {
                    case FnDefTy f: analysis.Call(node, f.Def, f.Args); break;
                    case FnPtrTy { Sig.Value.Abi: ExternAbi.Rust }: break;
                    case var other: analysis.Identity(node, other); break;
                }
                break;
            default: analysis.NeedAll(node); break;
        }
    }
}
