namespace Mirlink.Mir.Shims;

public sealed partial class ShimBuilder
{
    /// <summary>Clone::clone of a type whose impl is built in: a copy, or each field of a tuple or closure cloned in turn, even where all of it could be copied.</summary>
    private Body CloneShim(Instance instance)
    {
        var ty = instance.Ty!;
        var b = new BodyBuilder(ty, [Interner.Ref(ty, Mutability.Not)], SpanOf(instance));
        var source = new Place(1).Project(ProjectionElem.Deref);
        Ty[]? fields = ty switch
        {
            FnDefTy or FnPtrTy => null,
            TupleTy t => t.Elements,
            ClosureTy { Kind: TyKind.Closure or TyKind.CoroutineClosure } c => tcx.Traits.UpvarTys(c),
            _ when tcx.Traits.IsCopy(ty) => null,
            _ => throw new UnsupportedException($"the builtin clone of {ty.Kind}"),
        };
        if (fields is null)
        {
            int copy = b.NewBlock();
            b.Assign(copy, Place.Return, new Rvalue.Use(Operand.Copy(source)));
            b.Return(copy);
            return b.Finish(instance.Def);
        }

        var locals = new int[fields.Length];
        for (int i = 0; i < fields.Length; i++) locals[i] = b.NewLocal(fields[i]);

        int at = b.NewBlock();
        // What has been cloned is dropped again, last first, if a later clone unwinds.
        int resume = b.NewBlock(isCleanup: true);
        b.Resume(resume);
        int cleanup = resume;
        for (int i = 0; i < fields.Length; i++)
        {
            if (IsTriviallyCloned(fields[i]))
            {
                b.Assign(at, new Place(locals[i]), new Rvalue.Use(Operand.Copy(source.Project(ProjectionElem.Field(i, fields[i])))));
                continue;
            }
            int reference = b.NewLocal(Interner.Ref(fields[i], Mutability.Not));
            b.Assign(at, new Place(reference), new Rvalue.Ref(BorrowKind.Shared, source.Project(ProjectionElem.Field(i, fields[i]))));
            int next = b.NewBlock();
            b.Call(at, FunctionItem(Interner.FnDef(instance.Def, Interner.Args([fields[i]]))), [Operand.Move(new Place(reference))], new Place(locals[i]), next,
                cleanup == resume ? UnwindAction.Continue : UnwindAction.Cleanup(cleanup));
            int drop = b.NewBlock(isCleanup: true);
            b.Drop(drop, new Place(locals[i]), cleanup, UnwindAction.Terminate(UnwindTerminateReason.InCleanup));
            cleanup = drop;
            at = next;
        }
        var operands = Array.ConvertAll(locals, l => Operand.Move(new Place(l)));
        b.Assign(at, Place.Return, ty is ClosureTy closure
            ? new Rvalue.Aggregate(closure.Kind == TyKind.Closure ? AggregateKind.Closure : AggregateKind.CoroutineClosure, operands) { Def = closure.Def, Args = closure.Args }
            : new Rvalue.Aggregate(AggregateKind.Tuple, operands));
        b.Return(at);
        return b.Finish(instance.Def);
    }

    /// <summary>Types whose clone is known to be a copy without asking for an impl, as rustc simplifies its shims (is_trivially_pure_clone_copy).</summary>
    private static bool IsTriviallyCloned(Ty ty) => ty switch
    {
        RefTy r => r.Mutbl == Mutability.Not,
        ArrayTy a => IsTriviallyCloned(a.Element),
        PatTy p => IsTriviallyCloned(p.Base),
        TupleTy t => t.Elements.Length <= 3 && Array.TrueForAll(t.Elements, IsTriviallyCloned),
        _ => ty.Kind is TyKind.Bool or TyKind.Char or TyKind.Never or TyKind.Int or TyKind.Uint or TyKind.Float or TyKind.FnDef or TyKind.RawPtr,
    };
}
