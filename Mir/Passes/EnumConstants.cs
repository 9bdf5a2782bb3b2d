using Mirlink.Mir.Abi;

namespace Mirlink.Mir.Passes;

/// <summary>Which variant a constant of an enum type is.</summary>
public static class EnumConstants
{
    /// <summary>-1 if that cannot be told: no enum, not evaluated, or a matter of parameters.</summary>
    public static int VariantOf(TyCtxt tcx, MirConst constant)
    {
        if (constant.Type is not AdtTy ty || !tcx.AdtDef(ty.Def).IsEnum || !ty.IsMonomorphic) return -1;
        var layout = tcx.Layouts.LayoutOf(ty);
        if (layout.Uninhabited) return -1;
        if (layout.Variants == VariantsKind.Single) return layout.VariantIndex;
        if (layout.Variants != VariantsKind.Multiple) return -1;
        ConstValue value;
        try
        {
            value = tcx.Eval.Evaluate(constant);
        }
        catch (MirlinkException)
        {
            return -1;
        }
        switch (value)
        {
            case ConstValue.Scalar s when layout.Repr.IsScalar && s.Int.Size == layout.Tag.Size: return Decode(tcx, layout, s.Int.Bits);
            case ConstValue.Pointer when layout.Repr.IsScalar: return OfPointer(layout);
            case ConstValue.Indirect { Alloc: GlobalAlloc.Memory m } i:
            {
                int at = (int)(i.Offset + layout.FieldOffset(layout.TagField)), size = layout.Tag.Size;
                if (m.Allocation.RelocationAt(at) is not null) return OfPointer(layout);
                if (at + size > m.Allocation.Size) return -1;
                U128 bits = 0;
                for (int b = 0; b < size; b++)
                {
                    if (m.Allocation.Init is { } init && !init[at + b]) return -1;
                    bits |= (U128)m.Allocation.Bytes[at + b] << (8 * b);
                }
                return Decode(tcx, layout, bits);
            }
            default: return -1;
        }
    }

    /// <summary>A pointer to something: not null, which is all that is known of it.</summary>
    private static int OfPointer(TyAndLayout layout) =>
        layout.IsNicheEncoded && layout.NicheStart == 0 && layout.NicheVariantsStart == layout.NicheVariantsEnd ? layout.UntaggedVariant : -1;

    private static int Decode(TyCtxt tcx, TyAndLayout layout, U128 bits)
    {
        var mask = U128.MaxValue >> (128 - 8 * layout.Tag.Size);
        if (!layout.IsNicheEncoded)
        {
            for (int v = 0; v < layout.VariantLayouts.Length; v++)
                if ((tcx.Traits.DiscriminantFor(layout.Ty, v) & mask) == bits) return v;
            return -1;
        }
        var relative = (bits - layout.NicheStart) & mask;
        return relative <= (U128)(layout.NicheVariantsEnd - layout.NicheVariantsStart) ? layout.NicheVariantsStart + (int)relative : layout.UntaggedVariant;
    }
}
