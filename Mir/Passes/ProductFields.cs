namespace Mirlink.Mir.Passes;

/// <summary>Types that are nothing but their fields.</summary>
internal static class ProductFields
{
    /// <summary>The fields' types of a tuple, a closure, or a struct that is no box, not packed and no vector; null for all other types.</summary>
    public static Ty[]? Of(TyCtxt tcx, Ty ty)
    {
        switch (ty)
        {
            case TupleTy t: return t.Elements;
            case ClosureTy { Kind: TyKind.Closure } c: return tcx.Traits.UpvarTys(c);
            case AdtTy a:
            {
                var def = tcx.AdtDef(a.Def);
                if (def.Kind != AdtKind.Struct || def.IsBox || def.Repr.Simd || def.Repr.Pack is not null) return null;
                var fields = new Ty[def.Variants[0].Fields.Length];
                for (int i = 0; i < fields.Length; i++) fields[i] = tcx.Traits.FieldTy(a, 0, i);
                return fields;
            }
            default: return null;
        }
    }
}
