namespace Mirlink.Mir.Traits;

/// <summary>
/// Regions under binders. Placeholders stand for the regions of a binder that has been entered: they are free regions that survive normalization, so that
/// `for&lt;'a&gt; fn(&lt;&amp;'a T as IntoIterator&gt;::Item)` keeps its `'a`. Their names begin with '!', which no source lifetime does.
/// </summary>
internal static class BoundRegions
{
    public static bool IsPlaceholder(Region r) => r.Kind == RegionKind.ReLateParam && r.Name is { Length: > 0 } n && n[0] == '!';

    /// <summary>Renumbers the bound regions of a type's own binder in order of appearance and drops unused ones (rustc's anonymize_bound_vars).</summary>
    public static Ty Anonymize(TyCtxt tcx, Ty ty)
    {
        switch (ty)
        {
            case FnPtrTy { Sig.BoundVars.Length: > 0 } t: return tcx.Interner.FnPtr(BoundVarAnonymizer.Anonymize(tcx, t.Sig, static (f, s) => f.Fold(s)));
            case UnsafeBinderTy t: return tcx.Interner.UnsafeBinder(BoundVarAnonymizer.Anonymize(tcx, t.Inner, static (f, i) => f.FoldTy(i)));
            case DynamicTy t:
                foreach (var p in t.Predicates)
                    if (p.BoundVars.Length > 0)
                        return tcx.Interner.Dynamic(Array.ConvertAll(t.Predicates, p => BoundVarAnonymizer.Anonymize(tcx, p, static (f, e) => f.Fold(e))), t.Region);
                return t;
            default: return ty;
        }
    }

    /// <summary>Replaces bound regions that escape by placeholders. Bound types do not occur after type checking.</summary>
    public sealed class ToPlaceholders(TyCtxt tcx, string name) : TypeFolder(tcx)
    {
        public override Ty FoldTy(Ty ty)
        {
            if (ty.OuterExclusiveBinder <= Binders) return ty;
            if (ty.Kind == TyKind.Bound) throw new UnsupportedException("a type bound by a higher-ranked binder");
            return SuperFold(ty);
        }
        public override Region FoldRegion(Region r) => r.Kind == RegionKind.ReBound && r.DeBruijn >= Binders
            ? Interner.Region(RegionKind.ReLateParam, r.DeBruijn - Binders, r.Index, name)
            : r;
    }

    /// <summary>The inverse of <see cref="ToPlaceholders"/> for placeholders of that name.</summary>
    public sealed class FromPlaceholders(TyCtxt tcx, string name) : TypeFolder(tcx)
    {
        public override Ty FoldTy(Ty ty) => ty.HasAny(TypeFlags.HasFreeRegions) ? SuperFold(ty) : ty;
        public override Region FoldRegion(Region r) => r.Kind == RegionKind.ReLateParam && r.Name == name
            ? Interner.Region(RegionKind.ReBound, r.DeBruijn + Binders, r.Index)
            : r;
    }

    /// <summary>Puts regions in place of the placeholders of that name; erased where there is none.</summary>
    public sealed class Fill(TyCtxt tcx, string name, Region?[] regions) : TypeFolder(tcx)
    {
        public override Ty FoldTy(Ty ty) => ty.HasAny(TypeFlags.HasFreeRegions) ? SuperFold(ty) : ty;
        public override Region FoldRegion(Region r) => r.Kind == RegionKind.ReLateParam && r.Name == name
            ? (r.Index < regions.Length ? regions[r.Index] : null) ?? Interner.ReErased
            : r;
    }

    /// <summary>Erases placeholders too: what types look like to comparisons that ignore regions.</summary>
    public sealed class EraseFree(TyCtxt tcx) : TypeFolder(tcx)
    {
        public override Ty FoldTy(Ty ty) => ty.HasAny(TypeFlags.HasFreeRegions | TypeFlags.HasReParam) ? SuperFold(ty) : ty;
        public override Region FoldRegion(Region r) => r.Kind == RegionKind.ReBound ? r : Interner.ReErased;
    }

    /// <summary>Prepares impl headers and predicates: only bound regions and region parameters stay, binders are anonymized.</summary>
    public sealed class HeaderEraser(TyCtxt tcx) : TypeFolder(tcx)
    {
        public override Ty FoldTy(Ty ty) => ty.HasAny(TypeFlags.HasFreeRegions | TypeFlags.HasReParam | TypeFlags.HasBound | TypeFlags.HasBinder)
            ? Anonymize(Tcx, SuperFold(ty))
            : ty;
        public override Region FoldRegion(Region r) => r.Kind switch
        {
            RegionKind.ReEarlyParam => r,
            RegionKind.ReBound => r.Name is null ? r : Interner.Region(RegionKind.ReBound, r.DeBruijn, r.Index),
            _ => Interner.ReErased,
        };
    }
}
