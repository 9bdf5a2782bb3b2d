namespace Mirlink.Mir.Abi;

/// <summary>Fields of layouts, and what is known of the pointer at an offset of a type (rustc's TyAbiInterface).</summary>
public sealed partial class LayoutCx
{
    private enum PointerKind : byte { Raw, SharedRef, MutableRef, Box }

    /// <param name="Exclusive">SharedRef: frozen. MutableRef: unpin. Box: unpin and of the global allocator.</param>
    private readonly record struct PointeeInfo(PointerKind Kind, bool Exclusive, ulong Size, ulong Align);

    /// <summary>
    /// The layout of a field. It can differ from the layout of its type: the tag's has the range of the tag, and the first field of a wide pointer is a thin
    /// pointer that keeps the wide one's type.
    /// </summary>
    public TyAndLayout Field(TyAndLayout layout, int field)
    {
        if (layout.Variants == VariantsKind.Multiple && field == layout.TagField) return ScalarLayout(TagTy(layout.Tag), layout.Tag);
        if (layout.Ty is RefTy or RawPtrTy && field == 0) return WithTy(LayoutOf(layout.FieldTys[0]), layout.Ty);
        return LayoutOf(layout.Fields == FieldsShapeKind.Array ? layout.FieldTys[0] : layout.FieldTys[field]);
    }

    private bool IsUnpin(Ty ty) => tcx.Traits.IsUnpin(ty) && (tcx.TryLangItem("unsafe_unpin") is null || tcx.Traits.ImplementsLang("unsafe_unpin", ty));

    private PointeeInfo? PointeeInfoAt(TyAndLayout layout, ulong offset)
    {
        switch (layout.Ty)
        {
            case RawPtrTy or FnPtrTy when offset == 0: return new PointeeInfo(PointerKind.Raw, false, 0, 1);
            case RefTy r when offset == 0:
                {
                    var pointee = LayoutOf(r.Pointee);
                    bool exclusive = _options.Optimize && (r.Mutbl == Mutability.Not ? tcx.Traits.IsFreeze(r.Pointee) : IsUnpin(r.Pointee));
                    return new PointeeInfo(r.Mutbl == Mutability.Not ? PointerKind.SharedRef : PointerKind.MutableRef, exclusive, exclusive ? pointee.Size : 0, pointee.Align);
                }
            case AdtTy a when offset == 0 && tcx.AdtDef(a.Def).IsBox:
                {
                    bool global = a.Args.Count < 2 || a.Args.Type(1) is AdtTy alloc && tcx.LangItemName(alloc.Def) == "global_alloc_ty";
                    var pointee = a.Args.Type(0);
                    // a box can be freed during the call: nothing is dereferenceable for all of it
                    return new PointeeInfo(PointerKind.Box, _options.Optimize && global && IsUnpin(pointee), 0, LayoutOf(pointee).Align);
                }
            case AdtTy a when (tcx.AdtDef(a.Def).Flags & AdtFlags.IsMaybeDangling) != 0:
                return PointeeInfoAt(Field(layout, 0), offset) is { } dangling ? new PointeeInfo(PointerKind.Raw, false, 0, dangling.Align) : null;
        }

        var variant = layout;
        if (layout.Variants == VariantsKind.Multiple)
        {
            // a pointer or null: an enum of two variants where the tagged one is encoded as zero
            if (!layout.IsNicheEncoded || layout.VariantLayouts.Length != 2 || layout.FieldOffset(layout.TagField) != offset || layout.NicheStart != 0) return null;
            variant = layout.ForVariant(layout.UntaggedVariant);
        }
        if (variant.Fields == FieldsShapeKind.Union) return null;
        for (int i = 0, n = variant.FieldCount; i < n; i++)
        {
            ulong start = variant.FieldOffset(i);
            if (start > offset) continue;
            var field = Field(variant, i);
            if (offset + 8 <= start + field.Size && PointeeInfoAt(field, offset - start) is { } info) return info;
        }
        return null;
    }

    /// <summary>The one field that is not of size 0 and align 1; null if there is none or more than one.</summary>
    private TyAndLayout? NonZstField(TyAndLayout layout)
    {
        TyAndLayout? found = null;
        for (int i = 0, n = layout.FieldCount; i < n; i++)
        {
            var f = Field(layout, i);
            if (f.Is1Zst) continue;
            if (found is not null) return null;
            found = f;
        }
        return found;
    }
}
