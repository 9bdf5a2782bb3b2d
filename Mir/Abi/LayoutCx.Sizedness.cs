namespace Mirlink.Mir.Abi;

/// <summary>Whether a struct's tail is sized for all type arguments: if not, its field order must not depend on the tail.</summary>
public sealed partial class LayoutCx
{
    private bool TailMaybeUnsized(DefId adt, AdtDef def)
    {
        if (_maybeUnsized.TryGetValue(adt, out bool known)) return known;
        bool unsized = !IsSizedIn(adt, tcx.TypeOf(def.NonEnumVariant.Fields[^1].Def));
        _maybeUnsized.TryAdd(adt, unsized);
        return unsized;
    }

    /// <summary>`ty: Sized` by the where-clauses of <paramref name="item"/> (rustc's is_sized in a generic environment).</summary>
    private bool IsSizedIn(DefId item, Ty ty)
    {
        switch (ty)
        {
            case PrimTy { Kind: TyKind.Str } or SliceTy or DynamicTy or ForeignTy: return false;
            case TupleTy { Elements: [.., var last] }: return IsSizedIn(item, last);
            case AdtTy a:
                {
                    var def = tcx.AdtDef(a.Def);
                    if (def.Kind != AdtKind.Struct || def.NonEnumVariant.Fields.Length == 0) return true;
                    return !TailMaybeUnsized(a.Def, def) || IsSizedIn(item, tcx.Instantiate(tcx.TypeOf(def.NonEnumVariant.Fields[^1].Def), a.Args));
                }
            case ParamTy: return HasSizedClause(item, ty);
            case AliasTy alias:
                {
                    if (alias.AliasKind == AliasTyKind.Opaque) return true;
                    if (!alias.HasAny(TypeFlags.HasParam))
                    {
                        var normalized = tcx.Traits.NormalizeErasingRegions(ty);
                        return !ReferenceEquals(normalized, ty) && IsSizedIn(item, normalized);
                    }
                    if (alias.AliasKind is AliasTyKind.Free) return IsSizedIn(item, tcx.Instantiate(tcx.TypeOf(alias.Def), alias.Args));
                    foreach (var b in tcx.ItemBounds(alias.Def))
                        if (b.Value is Clause.Trait { Negative: false, TraitRef: { } t } && t.SelfTy is AliasTy self && self.Def == alias.Def && ImpliesSized(t.Def)) return true;
                    return HasSizedClause(item, ty);
                }
            default: return true;
        }
    }

    private bool HasSizedClause(DefId item, Ty ty)
    {
        var erased = tcx.EraseRegions(ty);
        for (DefId? at = item; at is { } here;)
        {
            var predicates = tcx.PredicatesOf(here);
            foreach (var p in predicates.Predicates)
                if (p.Value is Clause.Trait { Negative: false, TraitRef: { } t } && ReferenceEquals(tcx.EraseRegions(t.SelfTy), erased) && ImpliesSized(t.Def)) return true;
            at = predicates.Parent;
        }
        return false;
    }

    /// <summary>Sized, or a trait that has it among its supertraits.</summary>
    private bool ImpliesSized(DefId trait)
    {
        var seen = new HashSet<DefId> { trait };
        var queue = new Queue<DefId>(seen);
        while (queue.TryDequeue(out var t))
        {
            if (tcx.LangItemName(t) == "sized") return true;
            foreach (var p in tcx.SuperPredicatesOf(t))
                if (p.Value is Clause.Trait { Negative: false, TraitRef: { } s } && s.SelfTy is ParamTy { Index: 0 } && seen.Add(s.Def)) queue.Enqueue(s.Def);
        }
        return false;
    }
}
