namespace Mirlink.Mir.Traits;

/// <summary>From a callee to the function that is called (rustc's Instance::resolve and relatives).</summary>
public sealed partial class TraitSelection
{
    private readonly ConcurrentMap<DefArgs, Instance?> _resolved = new();

    public Instance? Resolve(DefId def, GenericArgs args)
    {
        args = NormalizeErasingRegions(args);
        var key = new DefArgs(def, args);
        if (_resolved.TryGetValue(key, out var known)) return known;
        var r = _tcx.AssocItem(def) is { InTrait: true } item ? ResolveAssociatedItem(def, item.Container, args) : ResolveFree(def, args);
        _resolved.TryAdd(key, r);
        return r;
    }

    private Instance? ResolveFree(DefId def, GenericArgs args)
    {
        if (_tcx.Intrinsic(def) is not null) return new Instance(InstanceKind.Intrinsic, def, args);
        if (def == _tcx.TryLangItem("drop_in_place"))
        {
            var ty = args.Type(0);
            if (!NeedsDrop(ty)) return new Instance(InstanceKind.DropGlue, def, args);
            return ty.Kind is TyKind.Param or TyKind.Alias ? null : new Instance(InstanceKind.DropGlue, def, args, ty);
        }
        if (def == _tcx.TryLangItem("async_drop_in_place")) return new Instance(InstanceKind.AsyncDropGlueCtorShim, def, args, args.Type(0));
        return Instance.Item(def, args);
    }

    private Instance? ResolveAssociatedItem(DefId item, DefId trait, GenericArgs args)
    {
        int traitCount = TraitArgCount(trait);
        var traitArgs = args.Count == traitCount ? args : Interner.Args(args.Span[..traitCount]);
        switch (SelectAssumed(trait, traitArgs))
        {
            case null: return null;
            case { Kind: SelectionKind.Impl } s:
                {
                    var (def, defArgs) = Leaf(item, args, traitCount, s);
                    if ((_tcx.GenericsOf(def)?.Count ?? 0) != defArgs.Count)
                        throw new BugException($"{_tcx.DefPath(def)} got {defArgs.Count} generic arguments: {Describe(defArgs)}");
                    return Instance.Item(def, defArgs);
                }
            case { Kind: SelectionKind.Object }:
                {
                    if (IsFinalTraitMethod(item)) return Instance.Item(item, args);
                    int at = Array.IndexOf(OwnVtableEntries(trait), item);
                    return at < 0 ? null : new Instance(InstanceKind.Virtual, item, args, null, FirstMethodVtableSlot(new TraitRef(trait, traitArgs)) + at);
                }
            default: return ResolveBuiltin(item, trait, args, args.Type(0));
        }
    }

    /// <summary>A method of a trait that is marked final: it has a body and is never overridden.</summary>
    private bool IsFinalTraitMethod(DefId item) => _tcx.Defaultness(item) == Defaultness.Final && _tcx.HasOptimizedMir(item);

    private bool HasName(DefId item, string name) => _tcx.DefKey(item).Name == name;

    private Instance? ResolveBuiltin(DefId item, DefId trait, GenericArgs args, Ty self)
    {
        var builtin = BuiltinOf(trait);
        switch (builtin)
        {
            case BuiltinTrait.Clone when trait == _tcx.TryLangItem("clone"):
                if (!HasName(item, "clone")) return Instance.Item(item, args);
                return self is FnDefTy or FnPtrTy or TupleTy or ClosureTy ? new Instance(InstanceKind.CloneShim, item, args, self) : null;
            case BuiltinTrait.FnPtr:
                return item == _tcx.TryLangItem("fn_ptr_addr") && self is FnPtrTy ? new Instance(InstanceKind.FnPtrAddrShim, item, args, self) : null;
            case BuiltinTrait.Fn or BuiltinTrait.FnMut or BuiltinTrait.FnOnce:
                {
                    var goal = builtin == BuiltinTrait.Fn ? ClosureKind.Fn : builtin == BuiltinTrait.FnMut ? ClosureKind.FnMut : ClosureKind.FnOnce;
                    switch (self)
                    {
                        case FnDefTy or FnPtrTy: return new Instance(InstanceKind.FnPtrShim, item, args, self);
                        case ClosureTy { Kind: TyKind.Closure } c: return ResolveClosure(c.Def, c.Args, goal);
                        case ClosureTy c:
                            // The returned coroutine must be that of FnOnce, whichever trait is called.
                            return ClosureKindOf(c) == ClosureKind.FnOnce
                                ? Instance.Item(c.Def, c.Args)
                                : new Instance(InstanceKind.ConstructCoroutineInClosureShim, c.Def, c.Args, null, goal != ClosureKind.FnOnce ? 1 : 0);
                        default: return null;
                    }
                }
            case BuiltinTrait.AsyncFn or BuiltinTrait.AsyncFnMut or BuiltinTrait.AsyncFnOnce:
                {
                    var goal = builtin == BuiltinTrait.AsyncFn ? ClosureKind.Fn : builtin == BuiltinTrait.AsyncFnMut ? ClosureKind.FnMut : ClosureKind.FnOnce;
                    switch (self)
                    {
                        case FnDefTy or FnPtrTy: return new Instance(InstanceKind.FnPtrShim, item, args, self);
                        case ClosureTy { Kind: TyKind.Closure } c: return ResolveClosure(c.Def, c.Args, goal);
                        case ClosureTy c:
                            return goal == ClosureKind.FnOnce && ClosureKindOf(c) != ClosureKind.FnOnce
                                ? new Instance(InstanceKind.ConstructCoroutineInClosureShim, c.Def, c.Args, null, 0)
                                : Instance.Item(c.Def, c.Args);
                        default: return null;
                    }
                }
            case BuiltinTrait.Future or BuiltinTrait.Iterator or BuiltinTrait.AsyncIterator or BuiltinTrait.Coroutine:
                return self is ClosureTy { Kind: TyKind.Coroutine } coroutine ? ResolveForCoroutine(item, builtin, coroutine, args) : null;
            // The remaining built-in traits have defaulted methods at most.
            default: return _tcx.HasOptimizedMir(item) ? Instance.Item(item, args) : null;
        }
    }

    private Instance? ResolveForCoroutine(DefId item, BuiltinTrait trait, ClosureTy coroutine, GenericArgs args)
    {
        string callable = trait switch
        {
            BuiltinTrait.Future => "poll",
            BuiltinTrait.Iterator => "next",
            BuiltinTrait.AsyncIterator => "async_iterator_poll_next",
            _ => "coroutine_resume",
        };
        // Everything else is a defaulted method, such as the combinators of Iterator.
        if (item != _tcx.TryLangItem(callable)) return Instance.Item(item, args);
        // A kind other than the declared one: the coroutine of an async closure that owns its captures.
        if (_tcx.TryTypeOf(coroutine.Def) is ClosureTy identity && CoroutineKindTy(identity) is PrimTy declared && !ReferenceEquals(declared, CoroutineKindTy(coroutine)))
        {
            var body = _tcx.CoroutineByMoveBody(coroutine.Def) ?? throw new UnsupportedException("an async closure that is called by value");
            return Instance.Item(body, coroutine.Args);
        }
        return Instance.Item(coroutine.Def, coroutine.Args);
    }

    // -- closures -------------------------------------------------------------------------------------------------------------------------------------

    public Instance ResolveClosure(DefId closure, GenericArgs args, string requestedKind) => ResolveClosure(closure, NormalizeErasingRegions(args), requestedKind switch
    {
        "fn" => ClosureKind.Fn,
        "fn_mut" => ClosureKind.FnMut,
        "fn_once" => ClosureKind.FnOnce,
        _ => throw new BugException($"`{requestedKind}` is no closure kind"),
    });

    private Instance ResolveClosure(DefId def, GenericArgs args, ClosureKind requested)
    {
        var closure = Interner.Closure(TyKind.Closure, def, args);
        // A Fn body serves FnMut as it is: both take the closure by pointer.
        if (requested != ClosureKind.FnOnce || ClosureKindOf(closure) == ClosureKind.FnOnce) return Instance.Item(def, args);
        var inputs = NormalizeErasingRegions(new BinderEraser(_tcx).FoldTy(ClosureSig(closure).Value.Inputs[0]));
        return new Instance(InstanceKind.ClosureOnceShim, CallOnce(), Interner.Args([closure, inputs]), null, _tcx.CodegenFnAttrs(def).TrackCaller ? 1 : 0);
    }

    private DefId CallOnce()
    {
        foreach (var item in _tcx.AssociatedItemDefIds(_tcx.LangItem("fn_once")))
            if (_tcx.AssocItem(item) is { Kind: AssocKind.Fn }) return item;
        throw new BugException("FnOnce has no method");
    }

    public Instance ResolveDropInPlace(Ty ty) =>
        Resolve(_tcx.LangItem("drop_in_place"), Interner.Args([ty])) ?? throw new BugException($"cannot drop {Describe(ty)}");

    // -- addresses ---------------------------------------------------------------------------------------------------------------------------------------

    private bool RequiresCallerLocation(Instance i) => i.Kind switch
    {
        InstanceKind.Item or InstanceKind.Virtual => _tcx.CodegenFnAttrs(i.Def).TrackCaller,
        InstanceKind.ClosureOnceShim => i.Index == 1,
        _ => false,
    };

    private Instance ExpectResolve(DefId def, GenericArgs args) => Resolve(def, args) ?? throw new BugException($"cannot resolve {_tcx.DefPath(def)}{Describe(args)}");

    public Instance ResolveForFnPtr(DefId def, GenericArgs args)
    {
        var i = ExpectResolve(def, args);
        return i.Kind switch
        {
            InstanceKind.Item when RequiresCallerLocation(i) => new Instance(InstanceKind.ReifyShim, i.Def, i.Args),
            InstanceKind.Virtual => new Instance(InstanceKind.ReifyShim, i.Def, i.Args),
            _ => i,
        };
    }

    public Instance ResolveForVtable(DefId def, GenericArgs args)
    {
        args = NormalizeErasingRegions(args);
        var sig = _tcx.FnSig(def).Value;
        if (sig.Inputs is [ParamTy { Index: 0 }, ..] && _tcx.AssocItem(def) is { InTrait: true }) return new Instance(InstanceKind.VTableShim, def, args);
        var i = ExpectResolve(def, args);
        switch (i.Kind)
        {
            case InstanceKind.Item:
                // The caller of a trait object's method knows of a caller location only if the trait's declaration has the attribute.
                if (RequiresCallerLocation(i) && !InheritsTrackCaller(i.Def) && _tcx.AssocItem(i.Def) is not { InTrait: true })
                    return _tcx.DefKind(i.Def) is Mirlink.Mir.DefKind.Closure
                        ? new Instance(InstanceKind.ReifyShim, def, args)
                        : new Instance(InstanceKind.ReifyShim, i.Def, i.Args);
                return i;
            case InstanceKind.Virtual: return new Instance(InstanceKind.ReifyShim, i.Def, i.Args);
            default: return i;
        }
    }

    /// <summary>rustc's should_inherit_track_caller: an impl's method whose trait declares it so.</summary>
    private bool InheritsTrackCaller(DefId def) => _tcx.AssocItem(def) is { TraitItem: { } t } && _tcx.CodegenFnAttrs(t).TrackCaller;

    // -- bodies ---------------------------------------------------------------------------------------------------------------------------------------

    public Body? BodyOf(Instance instance)
    {
        switch (instance.Kind)
        {
            case InstanceKind.Item:
                return _tcx.DefKind(instance.Def) switch
                {
                    Mirlink.Mir.DefKind.Const or Mirlink.Mir.DefKind.AssocConst or Mirlink.Mir.DefKind.AnonConst or Mirlink.Mir.DefKind.InlineConst
                        or Mirlink.Mir.DefKind.Static => _tcx.MirForCtfe(instance.Def),
                    _ => _tcx.OptimizedMir(instance.Def),
                };
            // The fallback body of an intrinsic that a backend may leave alone.
            case InstanceKind.Intrinsic: return _tcx.Intrinsic(instance.Def) is { MustBeOverridden: true } ? null : _tcx.OptimizedMir(instance.Def);
            default: return null;
        }
    }
}
