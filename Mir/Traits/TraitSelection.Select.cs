namespace Mirlink.Mir.Traits;

internal enum SelectionKind : byte { Impl, Builtin, Object }

/// <summary>How a trait reference holds. Impls: the selected one first, then those that it specializes, from specific to general.</summary>
internal sealed class Selection(SelectionKind kind, ImplMatch[] impls)
{
    public SelectionKind Kind { get; } = kind;
    public ImplMatch[] Impls { get; } = impls;
    public static readonly Selection Builtin = new(SelectionKind.Builtin, []);
    public static readonly Selection Object = new(SelectionKind.Object, []);
}

public sealed partial class TraitSelection
{
    private const int DepthLimit = 2048;

    /// <summary>Goals being proven on this thread, innermost last.</summary>
    private sealed class ProofStack
    {
        public readonly List<DefArgs> Goals = [];
        /// <summary>Lowest goal that the innermost result depends on by a cycle; int.MaxValue for none.</summary>
        public int LowestCycle = int.MaxValue;
        public int Depth;
    }

    [ThreadStatic] private static ProofStack? t_proofs;

    private readonly ConcurrentMap<DefArgs, Selection?> _strict = new();
    private readonly ConcurrentMap<DefArgs, Selection?> _assumed = new();

    /// <summary>Does a trait reference with normalized arguments hold?</summary>
    private bool Holds(DefId trait, GenericArgs args) => !args.HasAny(TypeFlags.HasError) && SelectStrict(trait, args) is not null;

    private bool Holds(DefId trait, Ty self) => Holds(trait, Interner.Args([self]));

    /// <summary>The implementation of a trait reference that is known to hold; null if it does not after all, or is still generic.</summary>
    private Selection? SelectAssumed(DefId trait, GenericArgs args)
    {
        var key = new DefArgs(trait, args);
        if (_assumed.TryGetValue(key, out var known) || _strict.TryGetValue(key, out known) && known is not null) return known;
        var proofs = t_proofs ??= new ProofStack();
        Enter(proofs, trait, args);
        int outerCycle = proofs.LowestCycle;
        proofs.LowestCycle = int.MaxValue;
        try
        {
            var s = SelectUncached(trait, args, strict: false);
            if (proofs.LowestCycle == int.MaxValue) _assumed.TryAdd(key, s);
            return s;
        }
        finally
        {
            proofs.Depth--;
            proofs.LowestCycle = Math.Min(outerCycle, proofs.LowestCycle);
        }
    }

    /// <summary>One level deeper: ends infinite recursion, and what is too deep for the thread's stack, with an error.</summary>
    private void Enter(ProofStack proofs, DefId trait, GenericArgs args)
    {
        if (proofs.Depth >= DepthLimit || !System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw Overflow(trait, args);
        proofs.Depth++;
    }

    private Selection? SelectStrict(DefId trait, GenericArgs args)
    {
        var key = new DefArgs(trait, args);
        if (_strict.TryGetValue(key, out var known)) return known;
        var proofs = t_proofs ??= new ProofStack();
        int at = proofs.Goals.LastIndexOf(key);
        if (at >= 0)
        {
            proofs.LowestCycle = Math.Min(proofs.LowestCycle, at);
            for (int i = at; i < proofs.Goals.Count; i++) if (!IsCoinductive(proofs.Goals[i].Def)) return null;
            return Selection.Builtin;
        }
        Enter(proofs, trait, args);
        int outerCycle = proofs.LowestCycle;
        proofs.LowestCycle = int.MaxValue;
        int depth = proofs.Goals.Count;
        proofs.Goals.Add(key);
        try
        {
            var s = SelectUncached(trait, args, strict: true);
            // A result that rests on a goal further out is only that goal's to keep.
            if (proofs.LowestCycle >= depth)
            {
                _strict.TryAdd(key, s);
                proofs.LowestCycle = int.MaxValue;
            }
            return s;
        }
        finally
        {
            proofs.Goals.RemoveAt(depth);
            proofs.Depth--;
            proofs.LowestCycle = Math.Min(outerCycle, proofs.LowestCycle);
        }
    }

    /// <summary>An erased type would decide which impl applies: erasure has gone too far.</summary>
    private BugException IdentityNeeded(DefId trait, GenericArgs args) => new($"`{Describe(trait, args)}` depends on a type that was erased");

    private MirlinkException Overflow(DefId trait, GenericArgs args) => new($"overflow evaluating the requirement `{Describe(trait, args)}`");

    private bool IsCoinductive(DefId trait) => BuiltinOf(trait) is BuiltinTrait.Sized or BuiltinTrait.MetaSized or BuiltinTrait.PointeeSized || _tcx.TraitDef(trait) is { IsAuto: true };

    private Selection? SelectUncached(DefId trait, GenericArgs args, bool strict)
    {
        if (args.HasAny(TypeFlags.HasParam | TypeFlags.HasInfer)) return null;
        var self = args.Type(0);
        switch (SelectBuiltin(trait, args, self, strict))
        {
            case Builtin.Holds: return Selection.Builtin;
            case Builtin.Fails: return null;
        }
        // Nothing can be shown of an erased type; where it is known that something holds, nothing can be chosen by it.
        if (self is ErasedTy && _impls.HasNominal(trait)) return strict ? null : throw IdentityNeeded(trait, args);
        if (self is DynamicTy dyn && ObjectImplements(dyn, trait, args)) return Selection.Object;
        return SelectImpl(trait, args, self, strict);
    }

    private Selection? SelectImpl(DefId trait, GenericArgs args, Ty self, bool strict)
    {
        List<(ImplInfo Impl, HeaderMatcher Match)>? headers = null;
        (ImplInfo Impl, HeaderMatcher Match)? one = null;
        int found = 0;
        foreach (var impl in _impls.Candidates(trait, self))
        {
            if (impl.Polarity == ImplPolarity.Reservation) continue;
            var m = new HeaderMatcher(_tcx, impl.Params.Length);
            if (!m.Match(impl.Header, args))
            {
                if (m.MetErased && MayUnify(impl.Header, args))
                {
                    if (strict) return null;
                    throw IdentityNeeded(trait, args);
                }
                continue;
            }
            if (found++ == 0) one = (impl, m);
            else
            {
                headers ??= [one!.Value];
                headers.Add((impl, m));
            }
        }
        if (found == 0) return null;
        if (found == 1)
        {
            var (only, match) = one!.Value;
            if (only.IsDefaultImpl || Complete(only, match, strict) is not { } first || only.Polarity == ImplPolarity.Negative) return null;
            return new Selection(SelectionKind.Impl, [first]);
        }

        if (!strict && args.HasAny(TypeFlags.HasErased)) throw IdentityNeeded(trait, args);
        var matches = new List<ImplMatch>();
        foreach (var (impl, m) in headers!)
            if (Complete(impl, m, strict: true) is { } applies) matches.Add(applies);
        if (matches.Count == 0) return null;
        var sorted = matches.Count == 1 ? [matches[0]] : SortBySpecificity(trait, args, matches);
        // `default impl`s only lend their items.
        int start = 0;
        while (start < sorted.Length && sorted[start].Impl.IsDefaultImpl) start++;
        if (start == sorted.Length || sorted[start].Impl.Polarity == ImplPolarity.Negative) return null;
        return new Selection(SelectionKind.Impl, start == 0 ? sorted : sorted[start..]);
    }

    /// <summary>Binds what the header did not, compares the header's aliases, and if strict checks the where-clauses. Null: the impl does not apply.</summary>
    private ImplMatch? Complete(ImplInfo impl, HeaderMatcher m, bool strict)
    {
        if (!BindFromProjections(impl, m, strict)) return null;
        if (ArgsOf(impl, m) is not { } implArgs) return null;
        if (m.Deferred is { } deferred)
            foreach (var (pattern, target) in deferred)
            {
                var p = Normalize(_tcx.Instantiate(pattern, implArgs), strict);
                if (p.HasAny(TypeFlags.HasError) || !HeaderMatcher.Same(_tcx, p, target)) return null;
            }
        if (strict)
            foreach (var clause in impl.Predicates)
                if (!ClauseHolds(clause, implArgs)) return null;
        return new ImplMatch(impl, implArgs);
    }

    /// <summary>The arguments that a match has bound; lifetimes that it has not are erased. Null: another parameter is unbound.</summary>
    private GenericArgs? ArgsOf(ImplInfo impl, HeaderMatcher m)
    {
        var bound = new GenericArg[impl.Params.Length];
        for (int i = 0; i < bound.Length; i++)
        {
            if (m.Bound[i] is { } b) bound[i] = b;
            else if (impl.Params[i] == GenericParamKind.Lifetime) bound[i] = Interner.ReErased;
            else return null;
        }
        return Interner.Args(bound);
    }

    /// <summary>Type and const parameters that only occur in `T: Trait&lt;Assoc = U&gt;` are bound by normalizing its left side, until nothing changes.</summary>
    private bool BindFromProjections(ImplInfo impl, HeaderMatcher m, bool strict)
    {
        if (!AnyUnbound(impl, m)) return true;
        for (bool progress = true; progress && AnyUnbound(impl, m);)
        {
            progress = false;
            foreach (var clause in impl.Predicates)
            {
                if (clause is not Clause.Projection p || !MentionsUnbound(p.Term, impl, m) || MentionsUnbound(p.Args, impl, m)) continue;
                var lhs = Normalize(_tcx.Instantiate(p.Args, Partial(impl, m)), strict);
                if (lhs.HasAny(TypeFlags.HasError)) return false;
                var value = NormalizeProjection(p.AliasDef, lhs, strict);
                if (value.HasAny(TypeFlags.HasError)) return false;
                if (!m.Match(p.Term, value)) return false;
                progress = true;
            }
        }
        return true;
    }

    private static bool AnyUnbound(ImplInfo impl, HeaderMatcher m)
    {
        for (int i = 0; i < impl.Params.Length; i++) if (m.Bound[i] is null && impl.Params[i] != GenericParamKind.Lifetime) return true;
        return false;
    }

    private GenericArgs Partial(ImplInfo impl, HeaderMatcher m)
    {
        var a = new GenericArg[impl.Params.Length];
        for (int i = 0; i < a.Length; i++)
            a[i] = m.Bound[i] ?? impl.Params[i] switch
            {
                GenericParamKind.Lifetime => Interner.ReErased,
                GenericParamKind.Type => Interner.ErrorTy,
                _ => Interner.ConstError(),
            };
        return Interner.Args(a);
    }

    private bool MentionsUnbound(GenericArg arg, ImplInfo impl, HeaderMatcher m) =>
        arg.HasAny(TypeFlags.HasParam) && _tcx.Instantiate(arg, Partial(impl, m)).HasAny(TypeFlags.HasError);

    private bool MentionsUnbound(GenericArgs args, ImplInfo impl, HeaderMatcher m)
    {
        foreach (var a in args.Span) if (MentionsUnbound(a, impl, m)) return true;
        return false;
    }

    /// <summary>Does a prepared predicate hold for these arguments?</summary>
    private bool ClauseHolds(Clause clause, GenericArgs args)
    {
        switch (clause)
        {
            case Clause.Trait t:
                {
                    var a = Normalize(_tcx.Instantiate(t.TraitRef.Args, args), strict: true);
                    if (a.HasAny(TypeFlags.HasError)) return false;
                    return t.Negative ? NegativeHolds(t.TraitRef.Def, a) : Holds(t.TraitRef.Def, a);
                }
            case Clause.Projection p:
                {
                    var a = Normalize(_tcx.Instantiate(p.Args, args), strict: true);
                    if (a.HasAny(TypeFlags.HasError)) return false;
                    var left = NormalizeProjection(p.AliasDef, a, strict: true);
                    var right = Normalize(_tcx.Instantiate(p.Term, args), strict: true);
                    return !left.HasAny(TypeFlags.HasError) && !right.HasAny(TypeFlags.HasError) && HeaderMatcher.Same(_tcx, left, right);
                }
            default: return true;
        }
    }

    private bool NegativeHolds(DefId trait, GenericArgs args)
    {
        if (BuiltinOf(trait) == BuiltinTrait.FnPtr) return args.Type(0).Kind != TyKind.FnPtr;
        foreach (var impl in _impls.Candidates(trait, args.Type(0)))
        {
            if (impl.Polarity != ImplPolarity.Negative) continue;
            var m = new HeaderMatcher(_tcx, impl.Params.Length);
            if (m.Match(impl.Header, args) && Complete(impl, m, strict: true) is not null) return true;
        }
        return false;
    }

    // -- trait objects ---------------------------------------------------------------------------------------------------------------------------------

    private readonly ConcurrentMap<DefArgs, TraitRef[]> _supertraits = new();

    /// <summary>A trait reference and its supertraits, each once, outermost first; regions erased, normalized.</summary>
    private TraitRef[] Supertraits(TraitRef root) => _supertraits.GetOrAdd(new DefArgs(root.Def, root.Args), static (k, me) =>
    {
        var list = new List<TraitRef> { new(k.Def, k.Args) };
        var seen = new HashSet<DefArgs> { k };
        for (int i = 0; i < list.Count; i++)
            foreach (var super in me.DirectSupertraits(list[i]))
                if (seen.Add(new DefArgs(super.Def, super.Args))) list.Add(super);
        return [.. list];
    }, this);

    private List<TraitRef> DirectSupertraits(TraitRef t)
    {
        var result = new List<TraitRef>();
        foreach (var p in _tcx.SuperPredicatesOf(t.Def))
        {
            if (p.Value is not Clause.Trait c || c.Negative || c.TraitRef.SelfTy is not ParamTy { Index: 0 }) continue;
            var args = new BinderEraser(_tcx).Fold(_tcx.Instantiate(c.TraitRef.Args, t.Args));
            result.Add(new TraitRef(c.TraitRef.Def, Normalize(args, strict: false)));
        }
        return result;
    }

    /// <summary>The principal with the self type put back, regions erased; null for objects of auto traits only.</summary>
    private TraitRef? PrincipalWithSelf(DynamicTy dyn, Ty self)
    {
        if (dyn.Principal is not { } p) return null;
        var args = new BinderEraser(_tcx).Fold(p.Args);
        var all = new GenericArg[args.Count + 1];
        all[0] = self;
        args.Span.CopyTo(all.AsSpan(1));
        return new TraitRef(p.Def, Normalize(Interner.Args(all), strict: false));
    }

    private bool ObjectImplements(DynamicTy dyn, DefId trait, GenericArgs args)
    {
        foreach (var p in dyn.Predicates) if (p.Value is ExistentialPredicate.AutoTrait a && a.Def == trait) return true;
        if (PrincipalWithSelf(dyn, dyn) is not { } principal) return false;
        foreach (var s in Supertraits(principal))
        {
            if (s.Def != trait) continue;
            bool same = true;
            for (int i = 1; same && i < args.Count; i++) same = HeaderMatcher.Same(_tcx, s.Args[i], args[i]);
            if (same) return true;
        }
        return false;
    }
}
