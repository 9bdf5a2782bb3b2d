namespace Mirlink.Mir.Traits;

/// <summary>
/// One-way matching of a pattern with parameters (an impl header, prepared by <see cref="BoundRegions.HeaderEraser"/>) against concrete arguments. Regions
/// never make a match fail, except that a region bound inside of the target is only matched by a bound one (what rustc's leak check is for).
/// </summary>
internal sealed class HeaderMatcher(TyCtxt tcx, int parameters)
{
    /// <summary>By index of the parameter; null while unbound.</summary>
    public GenericArg?[] Bound { get; } = parameters == 0 ? [] : new GenericArg?[parameters];

    /// <summary>Aliases and unevaluated consts of the pattern with what stands in their place: to be compared once the parameters are bound.</summary>
    public List<(GenericArg Pattern, GenericArg Target)>? Deferred { get; private set; }

    /// <summary>Name of the placeholders of the pattern that bind to regions of the target (see <see cref="BoundRegions"/>); null for none.</summary>
    public string? LateName { get; init; }
    public Region?[] Late { get; init; } = [];

    /// <summary>The match failed, or might have, because an erased type is not known.</summary>
    public bool MetErased { get; private set; }

    private int _binders;

    public bool Match(GenericArgs pattern, GenericArgs target)
    {
        if (pattern.Count != target.Count) return false;
        for (int i = 0; i < pattern.Count; i++) if (!Match(pattern[i], target[i])) return false;
        return true;
    }

    public bool Match(GenericArg pattern, GenericArg target)
    {
        if (ReferenceEquals(pattern, target) && !pattern.HasAny(TypeFlags.NeedsSubst | TypeFlags.HasFreeRegions)) return true;
        return pattern switch
        {
            Ty p => target is Ty t && MatchTy(p, t),
            Region p => target is Region t && MatchRegion(p, t),
            Const p => target is Const t && MatchConst(p, t),
            _ => false,
        };
    }

    private bool MatchRegion(Region p, Region t)
    {
        if (p.Kind == RegionKind.ReBound && p.DeBruijn < _binders) return t.Kind == RegionKind.ReBound && t.DeBruijn == p.DeBruijn;
        if (t.Kind == RegionKind.ReBound && t.DeBruijn < _binders) return false;
        if (p.Kind == RegionKind.ReEarlyParam)
        {
            // A placeholder says more than an erased region, so it wins whichever comes first.
            if (p.Index < Bound.Length && (Bound[p.Index] is null || ReferenceEquals(Bound[p.Index], tcx.Interner.ReErased))) Bound[p.Index] = t;
        }
        else if (LateName is not null && p.Kind == RegionKind.ReLateParam && p.Name == LateName && p.Index < Late.Length)
        {
            if (Late[p.Index] is null || ReferenceEquals(Late[p.Index], tcx.Interner.ReErased)) Late[p.Index] = t;
        }
        return true;
    }

    private bool Bind(int index, GenericArg target)
    {
        if (target.OuterExclusiveBinder > 0 || index >= Bound.Length) return false;
        if (Bound[index] is not { } b) { Bound[index] = target; return true; }
        return Same(tcx, b, target);
    }

    /// <summary>Equal but for free regions.</summary>
    public static bool Same(TyCtxt tcx, GenericArg a, GenericArg b)
    {
        if (ReferenceEquals(a, b)) return true;
        if (!((a.Flags | b.Flags) & (TypeFlags.HasFreeRegions | TypeFlags.HasReParam)).Equals(TypeFlags.None))
        {
            var e = new BoundRegions.EraseFree(tcx);
            return ReferenceEquals(e.Fold(a), e.Fold(b));
        }
        return a is Region && b is Region;
    }

    private bool MatchConst(Const p, Const t)
    {
        switch (p.Kind)
        {
            case ConstKind.Param: return Bind(p.Index, t);
            case ConstKind.Unevaluated or ConstKind.Expr:
                (Deferred ??= []).Add((p, t));
                return true;
            default: return ReferenceEquals(p, t);
        }
    }

    private bool MatchTys(Ty[] p, Ty[] t)
    {
        if (p.Length != t.Length) return false;
        for (int i = 0; i < p.Length; i++) if (!Match(p[i], t[i])) return false;
        return true;
    }

    private bool MatchTy(Ty pattern, Ty target)
    {
        if (target is ErasedTy && pattern is not (ParamTy or AliasTy)) MetErased = true;
        switch (pattern)
        {
            case ParamTy p: return Bind(p.Index, target);
            case AliasTy p:
                // Under a binder neither side can be instantiated on its own; the rest of the header decides.
                if (p.OuterExclusiveBinder == 0 && target.OuterExclusiveBinder == 0) (Deferred ??= []).Add((p, target));
                return true;
            case PrimTy: return ReferenceEquals(pattern, target);
            case AdtTy p: return target is AdtTy at && at.Def == p.Def && Match(p.Args, at.Args);
            case RefTy p: return target is RefTy rt && rt.Mutbl == p.Mutbl && MatchRegion(p.Region, rt.Region) && Match(p.Pointee, rt.Pointee);
            case RawPtrTy p: return target is RawPtrTy pt && pt.Mutbl == p.Mutbl && Match(p.Pointee, pt.Pointee);
            case TupleTy p: return target is TupleTy tt && MatchTys(p.Elements, tt.Elements);
            case SliceTy p: return target is SliceTy st && Match(p.Element, st.Element);
            case ArrayTy p: return target is ArrayTy art && Match(p.Element, art.Element) && Match(p.Length, art.Length);
            case ForeignTy p: return ReferenceEquals(p, target);
            case FnDefTy p: return target is FnDefTy fd && fd.Def == p.Def && Match(p.Args, fd.Args);
            case ClosureTy p: return target is ClosureTy ct && ct.Kind == p.Kind && ct.Def == p.Def && Match(p.Args, ct.Args);
            case PatTy p: return target is PatTy pat && Match(p.Base, pat.Base) && MatchPattern(p.Pattern, pat.Pattern);
            case FnPtrTy p:
                {
                    if (target is not FnPtrTy fp) return false;
                    FnSig a = p.Sig.Value, b = fp.Sig.Value;
                    if (a.CVariadic != b.CVariadic || a.Safety != b.Safety || a.Abi != b.Abi || a.AbiUnwind != b.AbiUnwind) return false;
                    _binders++;
                    bool ok = MatchTys(a.Inputs, b.Inputs) && Match(a.Output, b.Output);
                    _binders--;
                    return ok;
                }
            case UnsafeBinderTy p:
                {
                    if (target is not UnsafeBinderTy ub) return false;
                    _binders++;
                    bool ok = Match(p.Inner.Value, ub.Inner.Value);
                    _binders--;
                    return ok;
                }
            case DynamicTy p:
                {
                    if (target is not DynamicTy dt || dt.Predicates.Length != p.Predicates.Length || !MatchRegion(p.Region, dt.Region)) return false;
                    _binders++;
                    bool ok = true;
                    for (int i = 0; ok && i < p.Predicates.Length; i++)
                        ok = (p.Predicates[i].Value, dt.Predicates[i].Value) switch
                        {
                            (ExistentialPredicate.Trait a, ExistentialPredicate.Trait b) => a.Def == b.Def && Match(a.Args, b.Args),
                            (ExistentialPredicate.Projection a, ExistentialPredicate.Projection b) => a.Def == b.Def && Match(a.Args, b.Args) && Match(a.Term, b.Term),
                            (ExistentialPredicate.AutoTrait a, ExistentialPredicate.AutoTrait b) => a.Def == b.Def,
                            _ => false,
                        };
                    _binders--;
                    return ok;
                }
            default: return ReferenceEquals(pattern, target);
        }
    }

    private bool MatchPattern(TyPattern p, TyPattern t)
    {
        switch (p, t)
        {
            case (TyPattern.Range a, TyPattern.Range b): return Match(a.Start, b.Start) && Match(a.End, b.End);
            case (TyPattern.Or a, TyPattern.Or b):
                if (a.Alternatives.Length != b.Alternatives.Length) return false;
                for (int i = 0; i < a.Alternatives.Length; i++) if (!MatchPattern(a.Alternatives[i], b.Alternatives[i])) return false;
                return true;
            default: return p.Equals(t);
        }
    }
}
