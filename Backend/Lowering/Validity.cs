using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>
/// May a type be left zeroed or uninitialized? The lax check of rustc's check_validity_requirement: scalars and fields; neither arrays nor enum variants are
/// looked into.
/// </summary>
internal static class Validity
{
    public static bool PermitsZero(LoweringContext ctx, TyAndLayout layout) => Permits(ctx, layout, static s => s.Contains(0));

    /// <summary>mem::uninitialized fills with 0x01 bytes: a scalar must allow what that gives, or anything.</summary>
    public static bool PermitsUninit(LoweringContext ctx, TyAndLayout layout) => Permits(ctx, layout, static s => s.IsAlwaysValid || s.Contains(Ones(s)));

    private static U128 Ones(Scalar s)
    {
        U128 v = 0;
        for (int i = 0; i < s.Size; i++) v = v << 8 | 1;
        return v;
    }

    private static bool Permits(LoweringContext ctx, TyAndLayout layout, Func<Scalar, bool> scalarAllows)
    {
        if (layout.Uninhabited) return false;
        bool scalars = layout.Repr.Kind switch
        {
            BackendReprKind.Scalar => scalarAllows(layout.Repr.A),
            BackendReprKind.ScalarPair => scalarAllows(layout.Repr.A) && scalarAllows(layout.Repr.B),
            BackendReprKind.SimdVector => layout.Repr.Count == 0 || scalarAllows(layout.Repr.A),
            _ => true,
        };
        if (!scalars) return false;
        // A reference must be aligned and dereferenceable, which no fill pattern is.
        if (layout.Ty is RefTy r && ctx.LayoutOf(r.Pointee) is var target && (target.Align > 1 || target.Size > 0)) return false;
        if (layout.Variants == VariantsKind.Empty) return false;
        if (layout.Fields != FieldsShapeKind.Arbitrary) return true;
        if (layout.Variants == VariantsKind.Multiple) return scalarAllows(layout.Tag);
        foreach (var field in layout.FieldTys) if (!Permits(ctx, ctx.LayoutOf(field), scalarAllows)) return false;
        return true;
    }
}
