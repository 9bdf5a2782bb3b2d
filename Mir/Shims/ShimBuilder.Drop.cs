namespace Mirlink.Mir.Shims;

public sealed partial class ShimBuilder
{
    /// <summary>
    /// drop_in_place::&lt;T&gt;: the type's Drop impl, then its fields in order. If one of them unwinds the rest is still dropped, on the way out
    /// (rustc's elaborated drop ladder). Fields are dropped by drop terminators: each has glue of its own.
    /// </summary>
    private Body DropGlue(Instance instance)
    {
        var ty = instance.Ty ?? instance.Args.Type(0);
        if (instance.Ty is ClosureTy { Kind: TyKind.Coroutine } coroutine && CoroutineDrop(coroutine) is { } body) return body;

        var b = new BodyBuilder(Interner.Unit, [Interner.RawPtr(ty, Mutability.Mut)], SpanOf(instance));
        int start = b.NewBlock();
        if (instance.Ty is null)
        {
            b.Return(start);
            return b.Finish(instance.Def);
        }

        var place = new Place(1).Project(ProjectionElem.Deref);
        int ret = b.NewBlock(), resume = b.NewBlock(isCleanup: true);
        b.Return(ret);
        b.Resume(resume);
        switch (ty)
        {
            case AdtTy adt: DropAdt(b, start, place, adt, ret, resume); break;
            case TupleTy t: b.Goto(start, Ladder(b, Fields(place, t.Elements), ret, resume).Normal); break;
            case ClosureTy { Kind: TyKind.Closure or TyKind.CoroutineClosure } c: b.Goto(start, Ladder(b, Fields(place, tcx.Traits.UpvarTys(c)), ret, resume).Normal); break;
            case ArrayTy a: DropElements(b, start, place, a.Element, a.Length, ret, resume); break;
            case SliceTy s: DropElements(b, start, place, s.Element, null, ret, resume); break;
            // The drop of a trait object is a call through its vtable, which is what a drop terminator on it means.
            case DynamicTy: b.Drop(start, place, ret, UnwindAction.Continue); break;
            case PatTy p: b.Goto(start, ret); _ = p; break;
            default: throw new BugException($"drop glue asked for {ty}");
        }
        return b.Finish(instance.Def);
    }

    /// <summary>A coroutine's own drop body: what is live depends on where it is suspended.</summary>
    private Body? CoroutineDrop(ClosureTy coroutine)
    {
        var body = tcx.Traits.BodyOf(Instance.Item(coroutine.Def, coroutine.Args))?.CoroutineDrop;
        return body is null ? null : new Monomorphizer(tcx).Instantiate(body, coroutine.Args);
    }

    private readonly record struct Entry(int Normal, int Unwind);

    private static List<Place> Fields(Place place, Ty[] types)
    {
        var list = new List<Place>(types.Length);
        for (int i = 0; i < types.Length; i++) list.Add(place.Project(ProjectionElem.Field(i, types[i])));
        return list;
    }

    private static Ty TypeOfField(Place p) => p.Projection[^1].Ty!;

    /// <summary>
    /// Blocks that drop the fields in order and go to <paramref name="succ"/>; the unwind entry drops the same fields on the cleanup path and goes to
    /// <paramref name="unwind"/>.
    /// </summary>
    private Entry Ladder(BodyBuilder b, List<Place> fields, int succ, int unwind)
    {
        if (DeliberateFault.Is(Fault.DropOrder)) fields.Reverse();
        for (int i = fields.Count - 1; i >= 0; i--)
        {
            if (!tcx.Traits.NeedsDrop(TypeOfField(fields[i]))) continue;
            int normal = b.NewBlock(), cleanup = b.NewBlock(isCleanup: true);
            b.Drop(normal, fields[i], succ, UnwindAction.Cleanup(unwind));
            b.Drop(cleanup, fields[i], unwind, UnwindAction.Terminate(UnwindTerminateReason.InCleanup));
            succ = normal;
            unwind = cleanup;
        }
        return new Entry(succ, unwind);
    }

    /// <summary>Fields of a packed struct may be misaligned: each is moved to a local of its own first.</summary>
    private Entry PackedLadder(BodyBuilder b, List<Place> fields, int succ, int unwind)
    {
        for (int i = fields.Count - 1; i >= 0; i--)
        {
            var ty = TypeOfField(fields[i]);
            if (!tcx.Traits.NeedsDrop(ty)) continue;
            var local = new Place(b.NewLocal(ty));
            int normal = b.NewBlock(), cleanup = b.NewBlock(isCleanup: true);
            b.Assign(normal, local, new Rvalue.Use(Operand.Move(fields[i])));
            b.Drop(normal, local, succ, UnwindAction.Cleanup(unwind));
            b.Assign(cleanup, local, new Rvalue.Use(Operand.Move(fields[i])));
            b.Drop(cleanup, local, unwind, UnwindAction.Terminate(UnwindTerminateReason.InCleanup));
            succ = normal;
            unwind = cleanup;
        }
        return new Entry(succ, unwind);
    }

    private void DropAdt(BodyBuilder b, int start, Place place, AdtTy ty, int ret, int resume)
    {
        var def = tcx.AdtDef(ty.Def);
        var contents = new Entry(ret, resume);
        if (!def.IsUnion && !def.IsManuallyDrop) contents = def.IsEnum ? DropVariants(b, place, ty, def, ret, resume) : VariantLadder(b, place, ty, def, 0, ret, resume);

        if (tcx.AdtDestructor(ty.Def) is not null)
        {
            int unwind = contents.Unwind;
            int call = DropImplCall(b, place, ty, contents.Normal, UnwindAction.Cleanup(unwind), isCleanup: false);
            if (def.IsBox)
            {
                // The contents go before the Drop impl, which frees the memory.
                int cleanupCall = DropImplCall(b, place, ty, unwind, UnwindAction.Terminate(UnwindTerminateReason.InCleanup), isCleanup: true);
                var pointee = BoxContents(b, place, ty, out var prepare);
                if (tcx.Traits.NeedsDrop(ty.Args.Type(0)))
                {
                    prepare(start);
                    b.Drop(start, pointee, call, UnwindAction.Cleanup(cleanupCall));
                    return;
                }
            }
            b.Goto(start, call);
            return;
        }
        b.Goto(start, contents.Normal);
    }

    /// <summary>*box, through a raw pointer copied out of the box's first field (Box(Unique { pointer: NonNull { pointer } }, _)).</summary>
    private Place BoxContents(BodyBuilder b, Place place, AdtTy box, out Action<int> prepare)
    {
        var pointee = box.Args.Type(0);
        var uniqueTy = (AdtTy)tcx.Traits.FieldTy(box, 0, 0);
        var nonNullTy = (AdtTy)tcx.Traits.FieldTy(uniqueTy, 0, 0);
        var pointer = Interner.RawPtr(pointee, Mutability.Mut);
        int local = b.NewLocal(pointer);
        var nonNull = place.Project(ProjectionElem.Field(0, uniqueTy)).Project(ProjectionElem.Field(0, nonNullTy));
        prepare = block => b.Assign(block, new Place(local), new Rvalue.Cast(CastKind.Transmute, Operand.Copy(nonNull), pointer));
        return new Place(local).Project(ProjectionElem.Deref);
    }

    private int DropImplCall(BodyBuilder b, Place place, AdtTy ty, int target, UnwindAction unwind, bool isCleanup)
    {
        var dropTrait = tcx.LangItem("drop");
        int self = b.NewLocal(Interner.Ref(ty, Mutability.Mut)), unit = b.NewLocal(Interner.Unit);
        int block = b.NewBlock(isCleanup);
        b.Assign(block, new Place(self), new Rvalue.Ref(BorrowKind.MutDefault, place));
        b.Call(block, FunctionItem(Interner.FnDef(OnlyMethod(dropTrait), Interner.Args([ty]))), [Operand.Move(new Place(self))], new Place(unit), target, unwind);
        return block;
    }

    private Entry VariantLadder(BodyBuilder b, Place place, AdtTy ty, AdtDef def, int variant, int succ, int unwind)
    {
        var from = def.IsEnum ? place.Project(ProjectionElem.Downcast(variant, def.Variants[variant].Name)) : place;
        var fields = def.Variants[variant].Fields;
        var places = new List<Place>(fields.Length);
        for (int i = 0; i < fields.Length; i++) places.Add(from.Project(ProjectionElem.Field(i, tcx.Traits.FieldTy(ty, variant, i))));
        return def.Repr.Pack is not null ? PackedLadder(b, places, succ, unwind) : Ladder(b, places, succ, unwind);
    }

    /// <summary>Switch on the discriminant, on the normal and on the cleanup path; variants with nothing to drop share the default.</summary>
    private Entry DropVariants(BodyBuilder b, Place place, AdtTy ty, AdtDef def, int succ, int unwind)
    {
        var values = new List<U128>();
        var normal = new List<int>();
        var cleanup = new List<int>();
        for (int v = 0; v < def.Variants.Length; v++)
        {
            var entry = VariantLadder(b, place, ty, def, v, succ, unwind);
            if (entry.Normal == succ) continue;
            values.Add(tcx.Traits.DiscriminantFor(ty, v));
            normal.Add(entry.Normal);
            cleanup.Add(entry.Unwind);
        }
        if (values.Count == 0) return new Entry(succ, unwind);
        var discrTy = tcx.Traits.DiscriminantTy(ty);
        int Switch(List<int> targets, int otherwise, bool isCleanup)
        {
            int block = b.NewBlock(isCleanup), discr = b.NewLocal(discrTy);
            b.Assign(block, new Place(discr), new Rvalue.Discriminant(place));
            b.Switch(block, Operand.Move(new Place(discr)), [.. values.Select(static v => (U128)v)], [.. targets, otherwise]);
            return block;
        }
        return new Entry(Switch(normal, succ, false), Switch(cleanup, unwind, true));
    }

    /// <summary>A loop over the elements; if one unwinds, a second loop on the cleanup path goes on behind it.</summary>
    private void DropElements(BodyBuilder b, int start, Place place, Ty element, Const? length, int ret, int resume)
    {
        int len = b.NewLocal(Interner.Usize), i = b.NewLocal(Interner.Usize), done = b.NewLocal(Interner.Bool), pointer = b.NewLocal(Interner.RawPtr(element, Mutability.Mut));
        Operand Usize(ulong value) => Operand.Const(new MirConst.Val(new ConstValue.Scalar(new ScalarInt(value, 8)), Interner.Usize), Span.Dummy);
        b.Assign(start, new Place(len), length is null
            ? new Rvalue.UnaryOp(UnOp.PtrMetadata, Operand.Copy(new Place(1)))
            : new Rvalue.Use(Operand.Const(new MirConst.OfTy(Interner.Usize, length), Span.Dummy)));
        b.Assign(start, new Place(i), new Rvalue.Use(Usize(0)));

        int Loop(bool isCleanup, int exit, UnwindAction unwind)
        {
            int head = b.NewBlock(isCleanup), drop = b.NewBlock(isCleanup);
            b.Assign(head, new Place(done), new Rvalue.BinaryOp(BinOp.Eq, Operand.Copy(new Place(i)), Operand.Copy(new Place(len))));
            b.Switch(head, Operand.Move(new Place(done)), [0], [drop, exit]);
            b.Assign(drop, new Place(pointer), new Rvalue.RawPtr(RawPtrKind.Mut, place.Project(new ProjectionElem(ProjectionKind.Index, i))));
            b.Assign(drop, new Place(i), new Rvalue.BinaryOp(BinOp.Add, Operand.Copy(new Place(i)), Usize(1)));
            b.Drop(drop, new Place(pointer).Project(ProjectionElem.Deref), head, unwind);
            return head;
        }
        int cleanup = Loop(true, resume, UnwindAction.Terminate(UnwindTerminateReason.InCleanup));
        b.Goto(start, Loop(false, ret, UnwindAction.Cleanup(cleanup)));
    }
}
