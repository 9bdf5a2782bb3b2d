namespace Mirlink.Mir.Traits;

/// <summary>What aliases stand for. Arguments are normalized; where a strict normalization fails the result is an error type.</summary>
public sealed partial class TraitSelection
{
    private readonly ConcurrentMap<DefArgs, GenericArg> _projections = new();

    private GenericArg NormalizeAlias(AliasTyKind kind, DefId def, GenericArgs args, bool strict)
    {
        switch (kind)
        {
            case AliasTyKind.Projection: return NormalizeProjection(def, args, strict);
            case AliasTyKind.Opaque or AliasTyKind.Free: return Normalize(_tcx.Instantiate(_tcx.TypeOf(def), args), strict);
            case AliasTyKind.Inherent: return NormalizeInherent(def, args, strict);
            default: throw new BugException($"unknown kind of alias {kind}");
        }
    }

    /// <summary>An inherent associated type: arguments are the self type, then its own; those of the impl follow from the self type.</summary>
    private GenericArg NormalizeInherent(DefId def, GenericArgs args, bool strict)
    {
        var impl = _tcx.Parent(def) ?? throw new BugException("an inherent associated type has no impl");
        var generics = _tcx.GenericsOf(impl);
        var m = new HeaderMatcher(_tcx, generics?.Count ?? 0);
        if (!m.Match(new BoundRegions.HeaderEraser(_tcx).FoldTy(_tcx.TypeOf(impl)), args[0])) return Interner.ErrorTy;
        var all = new List<GenericArg>();
        foreach (var b in m.Bound) all.Add(b ?? Interner.ReErased);
        for (int i = 1; i < args.Count; i++) all.Add(args[i]);
        return Normalize(_tcx.Instantiate(_tcx.TypeOf(def), Interner.Args(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(all))), strict);
    }

    private int TraitArgCount(DefId trait) => _tcx.GenericsOf(trait)!.Count;

    /// <summary>`&lt;T as Trait&gt;::Assoc`, a type or const.</summary>
    private GenericArg NormalizeProjection(DefId item, GenericArgs args, bool strict)
    {
        var key = new DefArgs(item, args);
        if (_projections.TryGetValue(key, out var known)) return known;
        var assoc = _tcx.AssocItem(item);
        if (assoc is { Kind: AssocKind.Const })
            return args.HasAny(TypeFlags.HasParam) ? Interner.ConstUnevaluated(item, args) : EvaluateConst(Interner.ConstUnevaluated(item, args));
        if (args.HasAny(TypeFlags.HasParam)) return Interner.Alias(AliasTyKind.Projection, item, args);
        var trait = assoc?.Container ?? _tcx.Parent(item) ?? throw new BugException("an associated type has no trait");

        var proofs = t_proofs ??= new ProofStack();
        Enter(proofs, trait, args);
        try
        {
            var result = Project(item, trait, args, strict);
            if (!result.HasAny(TypeFlags.HasError)) _projections.TryAdd(key, result);
            return result;
        }
        finally { proofs.Depth--; }
    }

    private GenericArg Project(DefId item, DefId trait, GenericArgs args, bool strict)
    {
        int traitCount = TraitArgCount(trait);
        var traitArgs = args.Count == traitCount ? args : Interner.Args(args.Span[..traitCount]);
        var self = args.Type(0);

        if (self is DynamicTy dyn && ProjectFromObject(dyn, item, traitArgs, strict) is { } bound) return bound;

        var selection = strict ? SelectStrict(trait, traitArgs) : SelectAssumed(trait, traitArgs);
        switch (selection)
        {
            case null: return Interner.ErrorTy;
            case { Kind: SelectionKind.Impl }:
                {
                    var (def, defArgs) = Leaf(item, args, traitCount, selection);
                    if (_tcx.TryTypeOf(def) is not { } value) return Interner.ErrorTy;
                    return Normalize(_tcx.Instantiate(value, defArgs), strict);
                }
            case { Kind: SelectionKind.Object }: return ProjectFromSupertraits((DynamicTy)self, item, traitArgs, strict) ?? Interner.ErrorTy;
            default: return ProjectBuiltin(item, trait, args, self, strict) ?? Interner.ErrorTy;
        }
    }

    /// <summary>The most specific definition of a trait's item among the impls that apply, else the trait's own, with the arguments it is generic over.</summary>
    private (DefId Def, GenericArgs Args) Leaf(DefId item, GenericArgs args, int traitCount, Selection selection)
    {
        foreach (var match in selection.Impls)
        {
            if (!match.Impl.Items.TryGetValue(item, out var def)) continue;
            if (args.Count == traitCount) return (def, match.Args);
            return (def, Interner.Args([.. match.Args.Span, .. args.Span[traitCount..]]));
        }
        return (item, args);
    }

    // -- trait objects --------------------------------------------------------------------------------------------------------------------------

    private GenericArg? ProjectFromObject(DynamicTy dyn, DefId item, GenericArgs traitArgs, bool strict)
    {
        foreach (var p in dyn.Predicates)
        {
            if (p.Value is not ExistentialPredicate.Projection j || j.Def != item || j.Args.Count < traitArgs.Count - 1) continue;
            var target = Interner.Args(traitArgs.Span[1..]);
            var pattern = j.Args.Count == target.Count ? j.Args : Interner.Args(j.Args.Span[..target.Count]);
            if (MatchBinder(pattern, target, j.Term, strict) is { } r) return r;
        }
        return null;
    }

    /// <summary>An associated type that a supertrait bound fixes: `trait Sub: Super&lt;Assoc = T&gt;`.</summary>
    private GenericArg? ProjectFromSupertraits(DynamicTy dyn, DefId item, GenericArgs traitArgs, bool strict)
    {
        if (PrincipalWithSelf(dyn, dyn) is not { } principal) return null;
        foreach (var s in Supertraits(principal))
            foreach (var p in _tcx.SuperPredicatesOf(s.Def))
            {
                if (Clauses.Prepare(_tcx, p) is not Clause.Projection j || j.AliasDef != item) continue;
                var a = Normalize(_tcx.Instantiate(j.Args, s.Args), strict);
                bool same = a.Count >= traitArgs.Count;
                for (int i = 0; same && i < traitArgs.Count; i++) same = HeaderMatcher.Same(_tcx, a[i], traitArgs[i]);
                if (same) return Normalize(_tcx.Instantiate(j.Term, s.Args), strict);
            }
        return null;
    }

    // -- built-in implementations -----------------------------------------------------------------------------------------------------------------

    private GenericArg? ProjectBuiltin(DefId item, DefId trait, GenericArgs args, Ty self, bool strict)
    {
        switch (BuiltinOf(trait))
        {
            case BuiltinTrait.FnOnce:
                return Callable(self, ClosureKind.FnOnce) is { } c ? CallOutput(c.Inputs, c.Output, args[1], strict) : null;
            case BuiltinTrait.AsyncFnOnce:
                {
                    if (AsyncCallable(self, ClosureKind.FnOnce) is not { } a) return null;
                    // CallOnceFuture, or the output of awaiting it.
                    return CallOutput(a.Inputs, item == _tcx.TryLangItem("call_once_future") ? a.Future : a.Output, args[1], strict);
                }
            case BuiltinTrait.AsyncFnMut or BuiltinTrait.AsyncFn:
                {
                    // CallRefFuture is declared by AsyncFnMut; a closure that can only be called as Fn is borrowed in the same way.
                    var goal = BuiltinOf(trait) == BuiltinTrait.AsyncFn ? ClosureKind.Fn : ClosureKind.FnMut;
                    return AsyncCallable(self, goal) is { } a ? CallOutput(a.Inputs, a.Future, args[1], strict) : null;
                }
            case BuiltinTrait.AsyncFnKindHelper:
                // Arguments: closure kind, goal kind, region, tupled inputs, tupled upvars, captures by reference.
                return Normalize(UpvarsByKind(KindOf(args.Type(1)), args.Type(3), args.Type(4), args.Type(5)), strict);
            case BuiltinTrait.Pointee: return MetadataTy(self);
            case BuiltinTrait.DiscriminantKind: return DiscriminantTy(self);
            case BuiltinTrait.Future: return self is ClosureTy f ? Normalize(CoroutineReturn(f), strict) : null;
            case BuiltinTrait.Iterator: return self is ClosureTy g ? Normalize(CoroutineYield(g), strict) : null;
            case BuiltinTrait.AsyncIterator:
                // The yield type is Poll<Option<Item>>.
                return self is ClosureTy ag && Normalize(CoroutineYield(ag), strict) is AdtTy poll && poll.Args[0] is AdtTy option ? option.Args[0] : null;
            case BuiltinTrait.Coroutine:
                if (self is not ClosureTy co) return null;
                return Normalize(item == _tcx.TryLangItem("coroutine_return") ? CoroutineReturn(co) : CoroutineYield(co), strict);
            default:
                throw new UnsupportedException($"the built-in associated type `{_tcx.DefPath(item)}`");
        }
    }

    /// <summary>`&lt;T as Pointee&gt;::Metadata`.</summary>
    private Ty MetadataTy(Ty ty)
    {
        var tail = RawTail(ty);
        return tail.Kind switch
        {
            TyKind.Str or TyKind.Slice => Interner.Usize,
            TyKind.Dynamic => Interner.Adt(_tcx.LangItem("dyn_metadata"), Interner.Args([tail])),
            _ => Interner.Unit,
        };
    }
}
