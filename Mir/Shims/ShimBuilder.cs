namespace Mirlink.Mir.Shims;

/// <summary>
/// MIR bodies for the instances that no source code stands for: drop glue, closure and fn-pointer adapters, builtin clones, constructors
/// (what rustc_mir_transform::shim does). Bodies are concrete: no parameters, types normalized.
/// </summary>
public sealed partial class ShimBuilder(TyCtxt tcx)
{
    private Interner Interner => tcx.Interner;

    /// <summary>The body of a shim instance or constructor, null for instances that have a body of their own (items) or none (intrinsics, virtual calls).</summary>
    /// <exception cref="UnsupportedException">Async drop.</exception>
    public Body? Build(Instance instance) => instance.Kind switch
    {
        InstanceKind.DropGlue => DropGlue(instance),
        InstanceKind.CloneShim => CloneShim(instance),
        InstanceKind.ClosureOnceShim => ClosureOnceShim(instance),
        InstanceKind.FnPtrShim => FnPtrShim(instance),
        InstanceKind.VTableShim => VTableShim(instance),
        InstanceKind.ReifyShim => ReifyShim(instance),
        InstanceKind.FnPtrAddrShim => FnPtrAddrShim(instance),
        InstanceKind.ThreadLocalShim => ThreadLocalShim(instance),
        InstanceKind.ConstructCoroutineInClosureShim => ConstructCoroutineInClosureShim(instance),
        InstanceKind.FutureDropPollShim or InstanceKind.AsyncDropGlue or InstanceKind.AsyncDropGlueCtorShim =>
            throw new UnsupportedException($"async drop ({instance.Kind})"),
        InstanceKind.Item when tcx.DefKind(instance.Def) is DefKind.CtorStructFn or DefKind.CtorVariantFn => Constructor(instance),
        _ => null,
    };

    /// <summary>The signature of the instance's definition with its arguments, regions erased.</summary>
    private FnSig SignatureOf(Instance instance) =>
        tcx.Traits.NormalizeErasingRegions(tcx.EraseBinder(tcx.Instantiate(tcx.FnSig(instance.Def), instance.Args)));

    /// <summary>A shim that calls on is where the function is that it stands for: callees that track their caller see that.</summary>
    private Span SpanOf(Instance instance) => tcx.Crate(instance.Def).DefSpan(instance.Def.Index);

    private static Operand FunctionItem(FnDefTy ty) => Operand.Const(new MirConst.Val(ConstValue.ZeroSized.Instance, ty), Span.Dummy);

    private static int SpreadArg(FnSig sig) => sig.Abi == ExternAbi.RustCall ? sig.Inputs.Length : -1;

    /// <summary>FnOnce::call_once of a closure whose body takes itself by reference: borrow, call, drop.</summary>
    private Body ClosureOnceShim(Instance instance)
    {
        var sig = SignatureOf(instance);
        var b = new BodyBuilder(sig.Output, sig.Inputs, SpanOf(instance));
        var callMut = OnlyMethod(tcx.LangItem("fn_mut"));
        int self = b.NewLocal(Interner.Ref(sig.Inputs[0], Mutability.Mut));
        int start = b.NewBlock(), drop = b.NewBlock(), ret = b.NewBlock(), unwindDrop = b.NewBlock(isCleanup: true), resume = b.NewBlock(isCleanup: true);
        b.Assign(start, new Place(self), new Rvalue.Ref(BorrowKind.MutDefault, new Place(1)));
        b.Call(start, FunctionItem(Interner.FnDef(callMut, instance.Args)), [Operand.Move(new Place(self)), Operand.Move(new Place(2))], Place.Return, drop,
            UnwindAction.Cleanup(unwindDrop));
        b.Drop(drop, new Place(1), ret, UnwindAction.Continue);
        b.Return(ret);
        b.Drop(unwindDrop, new Place(1), resume, UnwindAction.Terminate(UnwindTerminateReason.InCleanup));
        b.Resume(resume);
        return b.Finish(instance.Def, SpreadArg(sig));
    }

    /// <summary>Fn/FnMut/FnOnce of a fn pointer or function item: call it with the untupled arguments.</summary>
    private Body FnPtrShim(Instance instance)
    {
        var sig = SignatureOf(instance);
        var b = new BodyBuilder(sig.Output, sig.Inputs, SpanOf(instance));
        var callee = new Place(1);
        if (sig.Inputs[0] is RefTy) callee = callee.Project(ProjectionElem.Deref);
        var tuple = (TupleTy)sig.Inputs[1];
        var args = new Operand[tuple.Elements.Length];
        for (int i = 0; i < args.Length; i++) args[i] = Operand.Move(new Place(2).Project(ProjectionElem.Field(i, tuple.Elements[i])));
        int start = b.NewBlock(), ret = b.NewBlock();
        b.Call(start, Operand.Copy(callee), args, Place.Return, ret, UnwindAction.Continue);
        b.Return(ret);
        return b.Finish(instance.Def, SpreadArg(sig));
    }

    /// <summary>A vtable slot of a method that takes self by value: the slot gets a pointer to self.</summary>
    private Body VTableShim(Instance instance)
    {
        var sig = SignatureOf(instance);
        var inputs = (Ty[])sig.Inputs.Clone();
        inputs[0] = Interner.RawPtr(sig.Inputs[0], Mutability.Mut);
        var b = new BodyBuilder(sig.Output, inputs, SpanOf(instance));
        ForwardCall(b, instance, Operand.Move(new Place(1).Project(ProjectionElem.Deref)), sig);
        return b.Finish(instance.Def, SpreadArg(sig));
    }

    /// <summary>A function whose address is taken although it needs a caller location (or is virtual): calls the real one.</summary>
    private Body ReifyShim(Instance instance)
    {
        var sig = SignatureOf(instance);
        var b = new BodyBuilder(sig.Output, sig.Inputs, SpanOf(instance));
        ForwardCall(b, instance, sig.Inputs.Length == 0 ? null : Operand.Move(new Place(1)), sig);
        return b.Finish(instance.Def, SpreadArg(sig));
    }

    private void ForwardCall(BodyBuilder b, Instance instance, Operand? first, FnSig sig)
    {
        var args = new Operand[sig.Inputs.Length];
        for (int i = 0; i < args.Length; i++) args[i] = i == 0 ? first!.Value : Operand.Move(new Place(i + 1));
        int start = b.NewBlock(), ret = b.NewBlock();
        b.Call(start, FunctionItem(Interner.FnDef(instance.Def, instance.Args)), args, Place.Return, sig.Output.IsNever ? -1 : ret, UnwindAction.Continue);
        if (sig.Output.IsNever) b.Unreachable(ret); else b.Return(ret);
    }

    /// <summary>&lt;fn pointer as FnPtr&gt;::addr.</summary>
    private Body FnPtrAddrShim(Instance instance)
    {
        var sig = SignatureOf(instance);
        var b = new BodyBuilder(sig.Output, sig.Inputs, Span.Dummy);
        int start = b.NewBlock();
        b.Assign(start, Place.Return, new Rvalue.Cast(CastKind.FnPtrToPtr, Operand.Move(new Place(1)), sig.Output));
        b.Return(start);
        return b.Finish(instance.Def);
    }

    /// <summary>Address of a thread-local static of another crate.</summary>
    private Body ThreadLocalShim(Instance instance)
    {
        var ty = tcx.Traits.NormalizeErasingRegions(tcx.TypeOf(instance.Def));
        var ret = tcx.Crate(instance.Def).StaticMutability(instance.Def.Index) == Mutability.Mut || tcx.IsForeignItem(instance.Def)
            ? (Ty)Interner.RawPtr(ty, Mutability.Mut)
            : Interner.Ref(ty, Mutability.Not);
        var b = new BodyBuilder(ret, [], Span.Dummy);
        int start = b.NewBlock();
        b.Assign(start, Place.Return, new Rvalue.ThreadLocalRef(instance.Def));
        b.Return(start);
        return b.Finish(instance.Def);
    }

    /// <summary>A tuple struct's or variant's constructor used as a function.</summary>
    private Body Constructor(Instance instance)
    {
        var sig = SignatureOf(instance);
        var adt = (AdtTy)sig.Output;
        var def = tcx.AdtDef(adt.Def);
        int variant = Array.FindIndex(def.Variants, v => v.Ctor == instance.Def);
        if (variant < 0) throw new BugException($"{tcx.DefPath(instance.Def)} constructs no variant of {tcx.DefPath(adt.Def)}");
        var b = new BodyBuilder(sig.Output, sig.Inputs, Span.Dummy);
        var operands = new Operand[sig.Inputs.Length];
        for (int i = 0; i < operands.Length; i++) operands[i] = Operand.Move(new Place(i + 1));
        int start = b.NewBlock();
        b.Assign(start, Place.Return, new Rvalue.Aggregate(AggregateKind.Adt, operands) { Def = adt.Def, Args = adt.Args, Variant = variant });
        b.Return(start);
        return b.Finish(instance.Def);
    }

    /// <summary>
    /// FnOnce (by value) or FnMut (by reference) call of an async closure, which makes the coroutine that owns, or copies, the captures. The coroutine's
    /// fields are the call's arguments, then the closure's captures.
    /// </summary>
    private Body ConstructCoroutineInClosureShim(Instance instance)
    {
        var sig = tcx.Traits.FnSigOf(instance);
        var b = new BodyBuilder(sig.Output, sig.Inputs, Span.Dummy);
        bool byRef = instance.Index == 1;
        var self = new Place(1);
        if (byRef) self = self.Project(ProjectionElem.Deref);
        var closure = (ClosureTy)(byRef ? sig.Inputs[0].BuiltinDeref! : sig.Inputs[0]);
        var coroutine = (ClosureTy)sig.Output;
        var operands = new List<Operand>();
        for (int i = 1; i < sig.Inputs.Length; i++) operands.Add(Operand.Move(new Place(i + 1)));
        var upvars = tcx.Traits.UpvarTys(closure);
        for (int i = 0; i < upvars.Length; i++)
        {
            var field = self.Project(ProjectionElem.Field(i, upvars[i]));
            operands.Add(byRef ? Operand.Copy(field) : Operand.Move(field));
        }
        int start = b.NewBlock();
        b.Assign(start, Place.Return, new Rvalue.Aggregate(AggregateKind.Coroutine, [.. operands]) { Def = coroutine.Def, Args = coroutine.Args });
        b.Return(start);
        return b.Finish(instance.Def);
    }

    private DefId OnlyMethod(DefId trait)
    {
        foreach (var d in tcx.AssociatedItemDefIds(trait)) if (tcx.AssocItem(d)?.Kind == AssocKind.Fn) return d;
        throw new BugException($"trait {tcx.DefPath(trait)} has no method");
    }
}
