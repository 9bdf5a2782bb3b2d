namespace Mirlink.Mir.Traits;

/// <summary>Vtables: entries in rustc's order (rustc_trait_selection::traits::vtable says what that is).</summary>
public sealed partial class TraitSelection
{
    private const int HeaderEntries = 3;

    private readonly ConcurrentMap<DefId, DefId[]> _ownVtableEntries = new();
    private readonly ConcurrentMap<DefArgs, (TraitRef Trait, bool EmitVptr)[]> _segments = new();
    private readonly ConcurrentMap<DefArgs, VtblEntry[]> _vtables = new();
    private static readonly VtblEntry[] s_header = [new VtblEntry.DropInPlace(), new VtblEntry.Size(), new VtblEntry.Align()];
    private static readonly VtblEntry s_vacant = new VtblEntry.Vacant();

    /// <summary>Methods of a trait that have a vtable slot, in order of definition.</summary>
    private DefId[] OwnVtableEntries(DefId trait) => _ownVtableEntries.GetOrAdd(trait, static (t, me) =>
    {
        var list = new List<DefId>();
        foreach (var item in me._tcx.AssociatedItemDefIds(t))
            if (me._tcx.AssocItem(item) is { Kind: AssocKind.Fn } && !me.IsFinalTraitMethod(item) && !me.RequiresSizedSelf(item)) list.Add(item);
        return [.. list];
    }, this);

    /// <summary>`where Self: Sized`, also by a supertrait of a bound on Self: such a method cannot be called on an object, so it may be anything.</summary>
    private bool RequiresSizedSelf(DefId method)
    {
        var sized = _tcx.TryLangItem("sized");
        foreach (var c in Elaborate(Clauses.Prepare(_tcx, _tcx.PredicatesOf(method).Predicates)))
            if (c.Def == sized && c.Args[0] is ParamTy { Index: 0 }) return true;
        return false;
    }

    private bool HasVtableEntries(DefId trait, HashSet<DefId> seen)
    {
        if (!seen.Add(trait)) return false;
        if (OwnVtableEntries(trait).Length > 0) return true;
        foreach (var p in _tcx.SuperPredicatesOf(trait))
            if (p.Value is Clause.Trait { Negative: false } c && c.TraitRef.SelfTy is ParamTy { Index: 0 } && HasVtableEntries(c.TraitRef.Def, seen)) return true;
        return false;
    }

    /// <summary>
    /// The traits whose methods make up a vtable, each after its supertraits, and whether a pointer to the trait's own vtable follows. The first supertrait
    /// of each trait is a prefix of it and needs no pointer; once a segment with entries is out, all later ones do.
    /// </summary>
    private (TraitRef Trait, bool EmitVptr)[] Segments(TraitRef root) => _segments.GetOrAdd(new DefArgs(root.Def, root.Args), static (k, me) =>
    {
        var result = new List<(TraitRef, bool)>();
        var visited = new HashSet<DefArgs> { k };
        bool emitOnNew = false;
        void Visit(TraitRef t, bool emit)
        {
            foreach (var super in me.DirectSupertraits(t))
                if (visited.Add(new DefArgs(super.Def, super.Args))) Visit(super, emitOnNew);
            bool hasEntries = me.HasVtableEntries(t.Def, []);
            result.Add((t, emit && hasEntries));
            emitOnNew |= hasEntries;
        }
        Visit(new TraitRef(k.Def, k.Args), false);
        return [.. result];
    }, this);

    public VtblEntry[] VtableEntries(Ty selfTy, DynamicTy dyn)
    {
        selfTy = NormalizeErasingRegions(selfTy);
        if (PrincipalWithSelf(NormalizeErasingRegions(dyn), selfTy) is not { } principal) return s_header;
        return _vtables.GetOrAdd(new DefArgs(principal.Def, principal.Args), static (k, me) => me.BuildVtable(new TraitRef(k.Def, k.Args)), this);
    }

    private VtblEntry[] BuildVtable(TraitRef principal)
    {
        var entries = new List<VtblEntry>(s_header);
        foreach (var (trait, emitVptr) in Segments(principal))
        {
            foreach (var method in OwnVtableEntries(trait.Def))
            {
                var args = MethodArgs(method, trait);
                entries.Add(MayBeCalled(method, args) ? new VtblEntry.Method(ResolveForVtable(method, args)) : s_vacant);
            }
            if (emitVptr) entries.Add(new VtblEntry.TraitVPtr(trait));
        }
        return [.. entries];
    }

    /// <summary>The trait's arguments; a method in a vtable has no parameters of its own but lifetimes.</summary>
    private GenericArgs MethodArgs(DefId method, TraitRef trait)
    {
        int count = _tcx.GenericsOf(method)?.Count ?? trait.Args.Count;
        if (count == trait.Args.Count) return trait.Args;
        var all = new GenericArg[count];
        Array.Fill(all, Interner.ReErased);
        trait.Args.Span.CopyTo(all);
        return Interner.Args(all);
    }

    /// <summary>False if the method's own where-clauses cannot hold for these arguments (rustc's impossible_predicates).</summary>
    private bool MayBeCalled(DefId method, GenericArgs args)
    {
        foreach (var c in Clauses.Prepare(_tcx, _tcx.PredicatesOf(method).Predicates))
            if (!ClauseHolds(c, args)) return false;
        return true;
    }

    /// <summary>First slot of a trait's own methods in the vtable of the object type that is its self type.</summary>
    private int FirstMethodVtableSlot(TraitRef traitRef)
    {
        if (traitRef.SelfTy is not DynamicTy dyn || PrincipalWithSelf(dyn, dyn) is not { } principal) throw new BugException("a virtual call needs a trait object");
        int at = HeaderEntries;
        foreach (var (trait, emitVptr) in Segments(principal))
        {
            if (SameExistential(trait, traitRef)) return at;
            at += OwnVtableEntries(trait.Def).Length + (emitVptr ? 1 : 0);
        }
        throw new BugException($"{_tcx.DefPath(traitRef.Def)} is not a supertrait of {Describe(dyn)}");
    }

    /// <summary>Equal but for the self type.</summary>
    private bool SameExistential(TraitRef a, TraitRef b)
    {
        if (a.Def != b.Def || a.Args.Count != b.Args.Count) return false;
        for (int i = 1; i < a.Args.Count; i++) if (!HeaderMatcher.Same(_tcx, a.Args[i], b.Args[i])) return false;
        return true;
    }

    public int VtableSlotOfMethod(TraitRef traitRef, DefId method)
    {
        int own = Array.IndexOf(OwnVtableEntries(traitRef.Def), method);
        if (own < 0) throw new BugException($"{_tcx.DefPath(method)} has no vtable slot");
        return FirstMethodVtableSlot(traitRef with { Args = NormalizeErasingRegions(traitRef.Args) }) + own;
    }

    public int? SupertraitVtableSlot(DynamicTy source, DynamicTy target)
    {
        source = NormalizeErasingRegions(source);
        target = NormalizeErasingRegions(target);
        if (PrincipalWithSelf(target, source) is not { } wanted) return null;
        var principal = PrincipalWithSelf(source, source) ?? throw new BugException($"cannot upcast {Describe(source)}");
        int at = HeaderEntries;
        foreach (var (trait, emitVptr) in Segments(principal))
        {
            at += OwnVtableEntries(trait.Def).Length;
            if (SameExistential(trait, wanted)) return emitVptr ? at : null;
            if (emitVptr) at++;
        }
        throw new BugException($"{Describe(target)} is not a supertrait of {Describe(source)}");
    }
}
