namespace Mirlink.Mir.Traits;

/// <summary>
/// Which of several impls that all apply is the most specific. Coherence has made sure that overlapping impls are ordered, so it is enough to find
/// the order: by header, or by where-clauses where the headers are the same.
/// </summary>
public sealed partial class TraitSelection
{
    private readonly ConcurrentMap<(DefId, DefId), bool> _specializes = new();

    /// <summary>From the most specific to the most general.</summary>
    private ImplMatch[] SortBySpecificity(DefId trait, GenericArgs args, List<ImplMatch> matches)
    {
        if (_tcx.TraitDef(trait) is { IsMarker: true }) return [.. matches];
        var result = new ImplMatch[matches.Count];
        for (int n = 0; n < result.Length; n++)
        {
            int best = -1;
            for (int i = 0; i < matches.Count && best < 0; i++)
            {
                bool all = true;
                for (int j = 0; all && j < matches.Count; j++) all = i == j || Specializes(matches[i].Impl, matches[j].Impl);
                if (all) best = i;
            }
            if (best < 0)
            {
                // Among ancestors only the selected impl must be clear; the item is looked up in all of them.
                var impls = string.Join(", ", matches.Select(m => _tcx.DefPath(m.Impl.Def)));
                throw new UnsupportedException($"choosing between overlapping impls ({impls}) for `{Describe(trait, args)}`");
            }
            result[n] = matches[best];
            matches.RemoveAt(best);
        }
        return result;
    }

    private bool Specializes(ImplInfo a, ImplInfo b) => _specializes.GetOrAdd((a.Def, b.Def), static (_, t) => t.Me.SpecializesUncached(t.a, t.b), (Me: this, a, b));

    private bool SpecializesUncached(ImplInfo a, ImplInfo b)
    {
        var generalToSpecific = new HeaderMatcher(_tcx, b.Params.Length);
        if (!generalToSpecific.Match(b.Header, a.Header)) return false;
        if (!new HeaderMatcher(_tcx, a.Params.Length).Match(a.Header, b.Header)) return true;
        return WhereClausesImply(a, b, generalToSpecific);
    }

    /// <summary>Do the where-clauses of <paramref name="a"/> imply those of <paramref name="b"/>, whose parameters are bound to types over a's?</summary>
    private bool WhereClausesImply(ImplInfo a, ImplInfo b, HeaderMatcher m)
    {
        var given = Elaborate(a.Predicates);
        var projections = new List<(DefId Def, GenericArgs Args, GenericArg Term)>();
        foreach (var c in a.Predicates) if (c is Clause.Projection p) projections.Add((p.AliasDef, p.Args, p.Term));

        for (bool progress = true; progress && AnyUnbound(b, m);)
        {
            progress = false;
            foreach (var c in b.Predicates)
            {
                if (c is not Clause.Projection p || !MentionsUnbound(p.Term, b, m) || MentionsUnbound(p.Args, b, m)) continue;
                var lhs = _tcx.Instantiate(p.Args, Partial(b, m));
                foreach (var g in projections)
                    if (g.Def == p.AliasDef && ReferenceEquals(g.Args, lhs) && m.Match(p.Term, g.Term)) { progress = true; break; }
                // What a does not fix is the alias itself.
                if (!progress && m.Match(p.Term, Interner.Alias(AliasTyKind.Projection, p.AliasDef, lhs))) progress = true;
            }
        }
        if (AnyUnbound(b, m)) return false;

        var bound = Partial(b, m);
        foreach (var c in b.Predicates)
        {
            switch (c)
            {
                case Clause.Trait t:
                    {
                        var args = _tcx.Instantiate(t.TraitRef.Args, bound);
                        if (given.Contains(new DefArgs(t.TraitRef.Def, Rewrite(args, projections)))) continue;
                        if (BuiltinOf(t.TraitRef.Def) is BuiltinTrait.Sized or BuiltinTrait.MetaSized && args[0] is not ParamTy) continue;
                        if (!args.HasAny(TypeFlags.HasParam) && Holds(t.TraitRef.Def, Normalize(args, strict: true)) != t.Negative) continue;
                        return false;
                    }
                case Clause.Projection p:
                    {
                        var args = Rewrite(_tcx.Instantiate(p.Args, bound), projections);
                        var term = _tcx.Instantiate(p.Term, bound);
                        bool found = term is AliasTy alias && alias.Def == p.AliasDef && ReferenceEquals(alias.Args, args);
                        foreach (var g in projections) found |= g.Def == p.AliasDef && ReferenceEquals(g.Args, args) && ReferenceEquals(g.Term, term);
                        if (!found) return false;
                        break;
                    }
            }
        }
        return true;
    }

    private static readonly TypeFlags s_rewritable = TypeFlags.HasAlias;

    /// <summary>Replaces projections that where-clauses fix by what they are.</summary>
    private GenericArgs Rewrite(GenericArgs args, List<(DefId Def, GenericArgs Args, GenericArg Term)> projections) =>
        args.HasAny(s_rewritable) && projections.Count > 0 ? new ProjectionRewriter(_tcx, projections).Fold(args) : args;

    private sealed class ProjectionRewriter(TyCtxt tcx, List<(DefId Def, GenericArgs Args, GenericArg Term)> projections) : TypeFolder(tcx)
    {
        public override Ty FoldTy(Ty ty)
        {
            if (!ty.HasAny(TypeFlags.HasAlias)) return ty;
            ty = SuperFold(ty);
            if (ty is AliasTy a)
                foreach (var p in projections)
                    if (p.Def == a.Def && ReferenceEquals(p.Args, a.Args) && p.Term is Ty t) return t;
            return ty;
        }
    }

    /// <summary>Trait clauses with their supertraits, over the impl's parameters.</summary>
    private HashSet<DefArgs> Elaborate(Clause[] predicates)
    {
        var set = new HashSet<DefArgs>();
        var work = new Stack<DefArgs>();
        var projections = new List<(DefId Def, GenericArgs Args, GenericArg Term)>();
        foreach (var c in predicates) if (c is Clause.Projection p) projections.Add((p.AliasDef, p.Args, p.Term));
        foreach (var c in predicates)
            if (c is Clause.Trait { Negative: false } t) work.Push(new DefArgs(t.TraitRef.Def, Rewrite(t.TraitRef.Args, projections)));
        var eraser = new BoundRegions.HeaderEraser(_tcx);
        while (work.TryPop(out var k))
        {
            if (!set.Add(k)) continue;
            foreach (var p in _tcx.SuperPredicatesOf(k.Def))
                if (p.Value is Clause.Trait { Negative: false } s && s.TraitRef.SelfTy is ParamTy { Index: 0 })
                    work.Push(new DefArgs(s.TraitRef.Def, eraser.Fold(new BinderEraser(_tcx).Fold(_tcx.Instantiate(s.TraitRef.Args, k.Args)))));
        }
        return set;
    }
}
