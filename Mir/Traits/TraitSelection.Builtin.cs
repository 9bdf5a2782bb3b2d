namespace Mirlink.Mir.Traits;

/// <summary>Traits with implementations built into the language (the solver's trait lang items).</summary>
internal enum BuiltinTrait : byte
{
    None, Sized, MetaSized, PointeeSized, Copy, Clone, Fn, FnMut, FnOnce, AsyncFn, AsyncFnMut, AsyncFnOnce, AsyncFnKindHelper, FnPtr, Tuple, Pointee,
    DiscriminantKind, Destruct, Future, Iterator, FusedIterator, AsyncIterator, Coroutine, Unsize, Transmute, BikeshedGuaranteedNoDrop, Unpin, CoercePointeeValidated,
}

/// <summary>What the built-in rules say of a trait reference. NotApplicable: impls and trait objects decide.</summary>
internal enum Builtin : byte { NotApplicable, Holds, Fails }

/// <summary>rustc's ClosureKind: each kind can do what those after it can.</summary>
internal enum ClosureKind : byte { Fn, FnMut, FnOnce }

public sealed partial class TraitSelection
{
    private Dictionary<DefId, BuiltinTrait>? _builtinTraits;

    private BuiltinTrait BuiltinOf(DefId trait)
    {
        if (Volatile.Read(ref _builtinTraits) is not { } table)
        {
            table = [];
            void Add(string name, BuiltinTrait t) { if (_tcx.TryLangItem(name) is { } d) table.TryAdd(d, t); }
            Add("sized", BuiltinTrait.Sized);
            Add("meta_sized", BuiltinTrait.MetaSized);
            Add("pointee_sized", BuiltinTrait.PointeeSized);
            Add("copy", BuiltinTrait.Copy);
            Add("clone", BuiltinTrait.Clone);
            Add("trivial_clone", BuiltinTrait.Clone);
            Add("fn", BuiltinTrait.Fn);
            Add("fn_mut", BuiltinTrait.FnMut);
            Add("fn_once", BuiltinTrait.FnOnce);
            Add("async_fn", BuiltinTrait.AsyncFn);
            Add("async_fn_mut", BuiltinTrait.AsyncFnMut);
            Add("async_fn_once", BuiltinTrait.AsyncFnOnce);
            Add("async_fn_kind_helper", BuiltinTrait.AsyncFnKindHelper);
            Add("fn_ptr_trait", BuiltinTrait.FnPtr);
            Add("tuple_trait", BuiltinTrait.Tuple);
            Add("pointee_trait", BuiltinTrait.Pointee);
            Add("discriminant_kind", BuiltinTrait.DiscriminantKind);
            Add("destruct", BuiltinTrait.Destruct);
            Add("future_trait", BuiltinTrait.Future);
            Add("iterator", BuiltinTrait.Iterator);
            Add("fused_iterator", BuiltinTrait.FusedIterator);
            Add("async_iterator", BuiltinTrait.AsyncIterator);
            Add("coroutine", BuiltinTrait.Coroutine);
            Add("unsize", BuiltinTrait.Unsize);
            Add("transmute_trait", BuiltinTrait.Transmute);
            Add("bikeshed_guaranteed_no_drop", BuiltinTrait.BikeshedGuaranteedNoDrop);
            Add("unpin", BuiltinTrait.Unpin);
            Add("coerce_pointee_validated", BuiltinTrait.CoercePointeeValidated);
            Volatile.Write(ref _builtinTraits, table);
        }
        return table.GetValueOrDefault(trait);
    }

    private static Builtin If(bool holds) => holds ? Builtin.Holds : Builtin.Fails;

    private Builtin SelectBuiltin(DefId trait, GenericArgs args, Ty self, bool strict)
    {
        var kind = BuiltinOf(trait);
        switch (kind)
        {
            case BuiltinTrait.None:
                if (_tcx.TraitDef(trait) is { IsAuto: true }) return SelectAuto(trait, self, unpin: false);
                if (_tcx.DefKind(trait) == Mirlink.Mir.DefKind.TraitAlias) return SelectAlias(trait, args);
                return Builtin.NotApplicable;
            case BuiltinTrait.Unpin: return SelectAuto(trait, self, unpin: true);
            case BuiltinTrait.Sized: return If(Sized(trait, self, meta: false));
            case BuiltinTrait.MetaSized: return If(Sized(trait, self, meta: true));
            case BuiltinTrait.PointeeSized or BuiltinTrait.Pointee or BuiltinTrait.DiscriminantKind or BuiltinTrait.Destruct: return Builtin.Holds;
            // Whether a transmutation is safe was decided by type checking; nothing is selected by it.
            case BuiltinTrait.Transmute or BuiltinTrait.CoercePointeeValidated: return Builtin.Holds;
            case BuiltinTrait.Copy or BuiltinTrait.Clone: return SelectCopyClone(trait, self);
            case BuiltinTrait.Tuple: return If(self.Kind == TyKind.Tuple);
            case BuiltinTrait.FnPtr: return If(self.Kind == TyKind.FnPtr);
            case BuiltinTrait.Fn: return SelectFn(args, self, ClosureKind.Fn, strict);
            case BuiltinTrait.FnMut: return SelectFn(args, self, ClosureKind.FnMut, strict);
            case BuiltinTrait.FnOnce: return SelectFn(args, self, ClosureKind.FnOnce, strict);
            case BuiltinTrait.AsyncFn: return SelectAsyncFn(args, self, ClosureKind.Fn, strict);
            case BuiltinTrait.AsyncFnMut: return SelectAsyncFn(args, self, ClosureKind.FnMut, strict);
            case BuiltinTrait.AsyncFnOnce: return SelectAsyncFn(args, self, ClosureKind.FnOnce, strict);
            case BuiltinTrait.AsyncFnKindHelper: return If(KindOf(self) <= KindOf(args.Type(1)));
            case BuiltinTrait.Future: return SelectCoroutine(self, CoroutineDesugaring.Async);
            case BuiltinTrait.Iterator or BuiltinTrait.FusedIterator: return SelectCoroutine(self, CoroutineDesugaring.Gen);
            case BuiltinTrait.AsyncIterator: return SelectCoroutine(self, CoroutineDesugaring.AsyncGen);
            case BuiltinTrait.Coroutine: return SelectCoroutine(self, CoroutineDesugaring.None);
            case BuiltinTrait.Unsize: return If(Unsizes(trait, self, args.Type(1)));
            case BuiltinTrait.BikeshedGuaranteedNoDrop: return If(GuaranteedNoDrop(trait, self));
            default: return Builtin.NotApplicable;
        }
    }

    private Builtin SelectAlias(DefId trait, GenericArgs args)
    {
        for (DefId? at = trait; at is { } d;)
        {
            var predicates = _tcx.PredicatesOf(d);
            foreach (var p in Clauses.Prepare(_tcx, predicates.Predicates))
                if (!(p is Clause.Trait t && t.TraitRef.Def == trait) && !ClauseHolds(p, args)) return Builtin.Fails;
            at = predicates.Parent;
        }
        return Builtin.Holds;
    }

    // -- Sized, Copy, Clone --------------------------------------------------------------------------------------------------------------------

    private bool Sized(DefId trait, Ty ty, bool meta)
    {
        switch (ty)
        {
            case SliceTy or DynamicTy: return meta;
            case PrimTy: return ty.Kind != TyKind.Str || meta;
            case ForeignTy or AliasTy or ParamTy: return false;
            case TupleTy t: return t.Elements.Length == 0 || Holds(trait, t.Elements[^1]);
            case UnsafeBinderTy t: return Holds(trait, (Ty)Normalize(new BinderEraser(_tcx).FoldTy(t.Inner.Value), strict: true));
            case PatTy t: return Holds(trait, t.Base);
            case AdtTy t:
                {
                    var def = _tcx.AdtDef(t.Def);
                    // Only the last field of a struct may be unsized; enums and unions never are.
                    if (def.Kind != AdtKind.Struct || def.Variants[0].Fields is not { Length: > 0 } fields) return true;
                    var tail = TryFieldTy(fields[^1], t.Args);
                    return !tail.HasAny(TypeFlags.HasError) && Holds(trait, tail);
                }
            default: return true;
        }
    }

    /// <summary>A field's type, normalized strictly: an error type where that is impossible.</summary>
    private Ty TryFieldTy(FieldDef field, GenericArgs args) => (Ty)Normalize(_tcx.Instantiate(_tcx.TypeOf(field.Def), args), strict: true);

    private Builtin SelectCopyClone(DefId trait, Ty self)
    {
        switch (self)
        {
            case FnDefTy or FnPtrTy: return Builtin.Holds;
            case PatTy t: return If(Holds(trait, t.Base));
            case TupleTy t: return AllHold(trait, t.Elements);
            case ClosureTy { Kind: TyKind.CoroutineWitness } t: return AllHold(trait, WitnessTypes(t));
            case ClosureTy { Kind: TyKind.Coroutine } t:
                return IsMovable(t) ? If(Holds(trait, TupledUpvars(t)) && Holds(trait, Witness(t))) : Builtin.Fails;
            case ClosureTy t: return If(Holds(trait, TupledUpvars(t)));
            case UnsafeBinderTy: return Builtin.Fails;
            default: return Builtin.NotApplicable;
        }
    }

    private Builtin AllHold(DefId trait, Ty[] types)
    {
        foreach (var t in types) if (!Holds(trait, t)) return Builtin.Fails;
        return Builtin.Holds;
    }

    // -- auto traits ---------------------------------------------------------------------------------------------------------------------------------

    private Builtin SelectAuto(DefId trait, Ty self, bool unpin)
    {
        // Objects and foreign types have no constituents: listed auto traits, supertraits or impls decide.
        if (self is DynamicTy or ForeignTy or AliasTy or ParamTy) return Builtin.NotApplicable;
        if (self is ErasedTy erased)
            return _tcx.LangItemName(trait) switch
            {
                "freeze" => If(erased.Class.Freeze),
                "unpin" or "unsafe_unpin" => If(erased.Class.Unpin),
                _ => Builtin.Fails,
            };
        if (unpin && self is ClosureTy { Kind: TyKind.Coroutine } c) return If(IsMovable(c));
        // Any impl that may concern the type turns the structural rule off, whether or not its where-clauses hold.
        var simplified = ImplTable.Simplify(self);
        foreach (var impl in _impls.Candidates(trait, self))
            if (impl.SelfTy is null || impl.SelfTy == simplified) return Builtin.NotApplicable;
        switch (self)
        {
            case PrimTy:
                return self.Kind == TyKind.Str ? If(Holds(trait, Interner.Slice(Interner.U8))) : Builtin.Holds;
            case FnDefTy or FnPtrTy: return Builtin.Holds;
            case RawPtrTy t: return If(Holds(trait, t.Pointee));
            case RefTy t: return If(Holds(trait, t.Pointee));
            case PatTy t: return If(Holds(trait, t.Base));
            case ArrayTy t: return If(Holds(trait, t.Element));
            case SliceTy t: return If(Holds(trait, t.Element));
            case TupleTy t: return AllHold(trait, t.Elements);
            case ClosureTy { Kind: TyKind.CoroutineWitness } t: return AllHold(trait, WitnessTypes(t));
            case ClosureTy { Kind: TyKind.Coroutine } t: return If(Holds(trait, TupledUpvars(t)) && Holds(trait, Witness(t)));
            case ClosureTy t: return If(Holds(trait, TupledUpvars(t)));
            case UnsafeBinderTy t: return If(Holds(trait, (Ty)Normalize(new BinderEraser(_tcx).FoldTy(t.Inner.Value), strict: true)));
            case AdtTy t:
                {
                    var def = _tcx.AdtDef(t.Def);
                    if (def.IsPhantomData) return If(Holds(trait, t.Args.Type(0)));
                    foreach (var v in def.Variants)
                        foreach (var f in v.Fields)
                        {
                            var ty = TryFieldTy(f, t.Args);
                            if (ty.HasAny(TypeFlags.HasError) || !Holds(trait, ty)) return Builtin.Fails;
                        }
                    return Builtin.Holds;
                }
            default: return Builtin.NotApplicable;
        }
    }

    // -- coroutines ---------------------------------------------------------------------------------------------------------------------------------

    private Builtin SelectCoroutine(Ty self, CoroutineDesugaring wanted) =>
        self is ClosureTy { Kind: TyKind.Coroutine } c && DesugaringOf(c) == wanted ? Builtin.Holds : Builtin.NotApplicable;

    private CoroutineDesugaring DesugaringOf(ClosureTy coroutine) => _tcx.CoroutineKind(coroutine.Def) ?? CoroutineDesugaring.None;

    /// <summary>async blocks are pinned, gen blocks are not. (`static ||` coroutines cannot be told from movable ones here; they are unstable.)</summary>
    private bool IsMovable(ClosureTy coroutine) => DesugaringOf(coroutine) is CoroutineDesugaring.None or CoroutineDesugaring.Gen;

    private ClosureTy Witness(ClosureTy coroutine) =>
        Interner.Closure(TyKind.CoroutineWitness, coroutine.Def, Interner.Args(coroutine.Args.Span[..^5]));

    /// <summary>What a coroutine keeps across suspension points, as far as auto traits look at it.</summary>
    private Ty[] WitnessTypes(ClosureTy witness)
    {
        if (_tcx.CoroutineLayout(witness.Def) is not { } layout) throw new BugException($"no coroutine witnesses of {_tcx.DefPath(witness.Def)}");
        var list = new List<Ty>(layout.FieldTys.Length);
        for (int i = 0; i < layout.FieldTys.Length; i++)
            if (!layout.IgnoreForTraits[i]) list.Add((Ty)Normalize(_tcx.Instantiate(layout.FieldTys[i], witness.Args), strict: true));
        return [.. list];
    }

    private bool GuaranteedNoDrop(DefId trait, Ty ty)
    {
        switch (ty)
        {
            case RefTy: return true;
            case AdtTy t when _tcx.AdtDef(t.Def).IsManuallyDrop: return true;
            case TupleTy t: return AllHold(trait, t.Elements) == Builtin.Holds;
            case ArrayTy t: return Holds(trait, t.Element);
            default: return Holds(_tcx.LangItem("copy"), ty);
        }
    }
}
