namespace Mirlink.Mir.Traits;

/// <summary>
/// A trait impl prepared for matching, each part when it is first asked for: of the thousands of impls of a trait like Clone most are never looked at. Predicates
/// are without binders, regions other than the impl's parameters erased.
/// </summary>
internal sealed class ImplInfo(TyCtxt tcx, DefId def)
{
    private sealed record Head(GenericArgs Args, ImplPolarity Polarity, bool IsDefaultImpl, GenericParamKind[] Params);

    // Two threads may both make one of them: they are the same.
    private Head? _head;
    private Clause[]? _predicates;
    private Dictionary<DefId, DefId>? _items;

    public DefId Def => def;
    public GenericArgs Header => (_head ??= LoadHead()).Args;
    public ImplPolarity Polarity => (_head ??= LoadHead()).Polarity;
    /// <summary>`default impl`: never a candidate, only a source of items.</summary>
    public bool IsDefaultImpl => (_head ??= LoadHead()).IsDefaultImpl;
    public GenericParamKind[] Params => (_head ??= LoadHead()).Params;
    public Clause[] Predicates => _predicates ??= Clauses.Prepare(tcx, tcx.PredicatesOf(def).Predicates);
    /// <summary>Trait item to the impl's item.</summary>
    public Dictionary<DefId, DefId> Items => _items ??= LoadItems();
    public SimplifiedType? SelfTy => ImplTable.Simplify(Header.Type(0));

    private Head LoadHead()
    {
        var header = tcx.ImplHeader(def) ?? throw new BugException($"{tcx.DefPath(def)} is not a trait impl");
        var generics = tcx.GenericsOf(def);
        var kinds = new GenericParamKind[generics?.Count ?? 0];
        if (generics is not null)
        {
            if (generics.ParentCount != 0) throw new BugException($"impl {tcx.DefPath(def)} has a parent with generics");
            for (int i = 0; i < kinds.Length; i++) kinds[i] = generics.OwnParams[i].Kind;
        }
        return new Head(new BoundRegions.HeaderEraser(tcx).Fold(header.TraitRef.Args), header.Polarity, tcx.Defaultness(def) != Defaultness.Final, kinds);
    }

    private Dictionary<DefId, DefId> LoadItems()
    {
        var items = new Dictionary<DefId, DefId>();
        foreach (var item in tcx.AssociatedItemDefIds(def))
            if (tcx.AssocItem(item)?.TraitItem is { } t) items.TryAdd(t, item);
        return items;
    }
}

/// <summary>An impl that matches a trait reference, with its arguments.</summary>
internal sealed record ImplMatch(ImplInfo Impl, GenericArgs Args);

/// <summary>The impls of each trait, by simplified self type.</summary>
internal sealed class ImplTable(TyCtxt tcx)
{
    /// <summary>What fast rejection looks at: kind and nominal definition. Sizes, arities and mutability are left to the match.</summary>
    private readonly record struct Bucket(SimplifiedTypeKind Kind, DefId Def);

    private sealed class PerTrait
    {
        public required Dictionary<Bucket, ImplInfo[]> BySelf { get; init; }
        public required ImplInfo[] Blanket { get; init; }
    }

    private readonly ConcurrentMap<DefId, PerTrait> _traits = new();
    private readonly ConcurrentMap<DefId, ImplInfo> _impls = new();

    /// <summary>Impls of a trait whose self type may be <paramref name="self"/>: those of that simplified type, then blanket ones.</summary>
    public ImplInfo[] Candidates(DefId trait, Ty self)
    {
        var t = _traits.GetOrAdd(trait, static (d, me) => me.Load(d), this);
        return Simplify(self) is { } s && t.BySelf.TryGetValue(new Bucket(s.Kind, s.Def), out var impls) ? impls : t.Blanket;
    }

    /// <summary>Is there an impl for a type that it names?</summary>
    public bool HasNominal(DefId trait) => _traits.GetOrAdd(trait, static (d, me) => me.Load(d), this).BySelf.Count > 0;

    /// <summary>All impls of a trait whose self type may be any type.</summary>
    public ImplInfo[] Blanket(DefId trait) => _traits.GetOrAdd(trait, static (d, me) => me.Load(d), this).Blanket;

    private PerTrait Load(DefId trait)
    {
        var all = tcx.ImplsOf(trait);
        var blanket = new List<ImplInfo>();
        var lists = new Dictionary<Bucket, List<ImplInfo>>();
        foreach (var (impl, self) in all)
        {
            var info = Impl(impl);
            if (self is not { } s) { blanket.Add(info); continue; }
            var key = new Bucket(s.Kind, s.Def);
            if (!lists.TryGetValue(key, out var list)) lists.Add(key, list = []);
            list.Add(info);
        }
        var bySelf = new Dictionary<Bucket, ImplInfo[]>(lists.Count);
        foreach (var (key, list) in lists) bySelf.Add(key, [.. list, .. blanket]);
        return new PerTrait { BySelf = bySelf, Blanket = [.. blanket] };
    }

    public ImplInfo Impl(DefId def) => _impls.GetOrAdd(def, static (d, tcx) => new ImplInfo(tcx, d), tcx);

    /// <summary>rustc's simplify_type; null for parameters and aliases, which may be anything.</summary>
    public static SimplifiedType? Simplify(Ty ty) => ty switch
    {
        PrimTy p => p.Kind switch
        {
            TyKind.Bool => new(SimplifiedTypeKind.Bool),
            TyKind.Char => new(SimplifiedTypeKind.Char),
            TyKind.Int => new(SimplifiedTypeKind.Int, (int)p.Int),
            TyKind.Uint => new(SimplifiedTypeKind.Uint, (int)p.Uint),
            TyKind.Float => new(SimplifiedTypeKind.Float, (int)p.Float),
            TyKind.Str => new(SimplifiedTypeKind.Str),
            _ => new(SimplifiedTypeKind.Never),
        },
        AdtTy t => new(SimplifiedTypeKind.Adt, 0, t.Def),
        ForeignTy t => new(SimplifiedTypeKind.Foreign, 0, t.Def),
        ArrayTy => new(SimplifiedTypeKind.Array),
        SliceTy => new(SimplifiedTypeKind.Slice),
        PatTy t => Simplify(t.Base),
        RawPtrTy t => new(SimplifiedTypeKind.Ptr, (int)t.Mutbl),
        RefTy t => new(SimplifiedTypeKind.Ref, (int)t.Mutbl),
        DynamicTy t => t.Principal is { } p ? new(SimplifiedTypeKind.Trait, 0, p.Def) : new(SimplifiedTypeKind.MarkerTraitObject),
        FnDefTy t => new(SimplifiedTypeKind.Closure, 0, t.Def),
        ClosureTy t => new(t.Kind switch
        {
            TyKind.Coroutine => SimplifiedTypeKind.Coroutine,
            TyKind.CoroutineWitness => SimplifiedTypeKind.CoroutineWitness,
            _ => SimplifiedTypeKind.Closure,
        }, 0, t.Def),
        TupleTy t => new(SimplifiedTypeKind.Tuple, t.Elements.Length),
        FnPtrTy t => new(SimplifiedTypeKind.Function, t.Sig.Value.Inputs.Length),
        UnsafeBinderTy => new(SimplifiedTypeKind.UnsafeBinder),
        _ => null,
    };
}

/// <summary>Predicates without their binders.</summary>
internal static class Clauses
{
    public static Clause[] Prepare(TyCtxt tcx, Binder<Clause>[] predicates)
    {
        var result = new Clause[predicates.Length];
        for (int i = 0; i < result.Length; i++) result[i] = Prepare(tcx, predicates[i]);
        return result;
    }

    /// <summary>Bound regions are erased, as are all others but parameters.</summary>
    public static Clause Prepare(TyCtxt tcx, Binder<Clause> predicate)
    {
        GenericArgs Args(GenericArgs a) => new BoundRegions.HeaderEraser(tcx).Fold(new BinderEraser(tcx).Fold(a));
        return predicate.Value switch
        {
            Clause.Trait t => new Clause.Trait(t.TraitRef with { Args = Args(t.TraitRef.Args) }, t.Negative),
            Clause.Projection p => new Clause.Projection(p.AliasDef, Args(p.Args), new BoundRegions.HeaderEraser(tcx).Fold(new BinderEraser(tcx).Fold(p.Term))),
            var other => other,
        };
    }
}
