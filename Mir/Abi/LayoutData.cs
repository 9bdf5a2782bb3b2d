namespace Mirlink.Mir.Abi;

/// <summary>A layout while it is computed (rustc_abi::LayoutData): <see cref="TyAndLayout"/> without types.</summary>
internal sealed class LayoutData
{
    public ulong Size;
    public ulong Align = 1;
    public BackendRepr Repr = BackendRepr.Memory();
    public FieldsShapeKind Fields = FieldsShapeKind.Arbitrary;
    public ulong[] Offsets = [];
    public int[] InMemoryOrder = [];
    public ulong Stride, Count;
    public VariantsKind Variants = VariantsKind.Single;
    public int VariantIndex;
    public Scalar Tag;
    public int TagField;
    public bool IsNicheEncoded;
    public int UntaggedVariant, NicheVariantsStart, NicheVariantsEnd;
    public U128 NicheStart;
    public LayoutData[] VariantLayouts = [];
    public Niche? LargestNiche;
    public bool Uninhabited;
    public ulong? MaxReprAlign;
    public ulong UnadjustedAbiAlign = 1;

    public static LayoutData Unit(bool sized) => new() { Repr = BackendRepr.Memory(sized) };

    /// <summary>`!`, and enums without a present variant.</summary>
    public static LayoutData Never() => new() { Fields = FieldsShapeKind.Primitive, Variants = VariantsKind.Empty, Uninhabited = true };

    public static LayoutData OfScalar(Scalar s) => new()
    {
        Fields = FieldsShapeKind.Primitive,
        Repr = BackendRepr.Of(s),
        LargestNiche = Niche.FromScalar(0, s),
        Size = (ulong)s.Size,
        Align = s.Align,
        UnadjustedAbiAlign = s.Align,
    };

    public static LayoutData OfScalarPair(Scalar a, Scalar b)
    {
        var repr = BackendRepr.Pair(a, b);
        ulong offset = repr.PairOffset, align = Math.Max(a.Align, b.Align);
        Niche? na = Niche.FromScalar(0, a), nb = Niche.FromScalar(offset, b);
        return new LayoutData
        {
            Offsets = [0, offset],
            InMemoryOrder = [0, 1],
            Repr = repr,
            // of equal ones the first
            LargestNiche = na is { } x && nb is { } y ? y.Available > x.Available ? nb : na : na ?? nb,
            Size = LayoutCalculator.AlignTo(offset + (ulong)b.Size, align),
            Align = align,
            UnadjustedAbiAlign = align,
        };
    }

    /// <summary>An uninhabited variant that was left out: fields at offset 0 of nothing.</summary>
    public static LayoutData UninhabitedVariant(int variant, int fields) => new()
    {
        VariantIndex = variant,
        Fields = fields == 0 ? FieldsShapeKind.Arbitrary : FieldsShapeKind.Union,
        Count = (ulong)fields,
        Uninhabited = true,
    };

    /// <summary>The finished layout. The fields' types are those of the layout's own fields, then those of each variant.</summary>
    public TyAndLayout Freeze(Ty ty, Ty[] fieldTys, Func<int, Ty[]>? variantFieldTys = null)
    {
        var variants = new TyAndLayout[VariantLayouts.Length];
        for (int i = 0; i < variants.Length; i++)
            if (VariantLayouts[i] is { } v) variants[i] = v.Freeze(ty, variantFieldTys!(i));
        return new TyAndLayout
        {
            Ty = ty,
            Size = Size,
            Align = Align,
            Repr = Repr,
            Fields = Fields,
            Offsets = Offsets,
            InMemoryOrder = InMemoryOrder,
            Stride = Stride,
            Count = Count,
            Variants = Variants,
            VariantIndex = VariantIndex,
            Tag = Tag,
            TagField = TagField,
            IsNicheEncoded = IsNicheEncoded,
            UntaggedVariant = UntaggedVariant,
            NicheVariantsStart = NicheVariantsStart,
            NicheVariantsEnd = NicheVariantsEnd,
            NicheStart = NicheStart,
            VariantLayouts = variants,
            LargestNiche = LargestNiche,
            Uninhabited = Uninhabited,
            MaxReprAlign = MaxReprAlign,
            UnadjustedAbiAlign = UnadjustedAbiAlign,
            FieldTys = fieldTys,
        };
    }

    /// <summary>A finished layout's data again, without its variants, to derive another one from it.</summary>
    public static LayoutData From(TyAndLayout l)
    {
        if (l.Variants == VariantsKind.Multiple) throw new BugException($"layout of {l.Ty} is derived from although it has variants");
        return new LayoutData
        {
            Size = l.Size,
            Align = l.Align,
            Repr = l.Repr,
            Fields = l.Fields,
            Offsets = l.Offsets,
            InMemoryOrder = l.InMemoryOrder,
            Stride = l.Stride,
            Count = l.Count,
            Variants = l.Variants,
            VariantIndex = l.VariantIndex,
            LargestNiche = l.LargestNiche,
            Uninhabited = l.Uninhabited,
            MaxReprAlign = l.MaxReprAlign,
            UnadjustedAbiAlign = l.UnadjustedAbiAlign,
        };
    }
}
