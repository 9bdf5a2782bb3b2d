namespace Mirlink.Mir.Abi;

public enum Primitive : byte { Int8, Int16, Int32, Int64, Int128, F16, F32, F64, F128, Pointer }

/// <summary>rustc_abi::Scalar: a primitive with the unsigned wrap-around range of its valid values; Union: any bits, uninitialized ones too.</summary>
public readonly record struct Scalar(Primitive Primitive, bool Signed, UInt128 Start, UInt128 End, bool IsUnion)
{
    public int Size => Primitive switch
    {
        Primitive.Int8 => 1,
        Primitive.Int16 or Primitive.F16 => 2,
        Primitive.Int32 or Primitive.F32 => 4,
        Primitive.Int128 or Primitive.F128 => 16,
        _ => 8,
    };
    public ulong Align => (ulong)Size;
    public bool IsInt => Primitive <= Primitive.Int128;
    public bool IsFloat => Primitive is >= Primitive.F16 and <= Primitive.F128;
    public bool IsPointer => Primitive == Primitive.Pointer;
    public UInt128 Mask => Size == 16 ? UInt128.MaxValue : (UInt128.One << (Size * 8)) - 1;
    /// <summary>bool: an Int8 of 0..=1.</summary>
    public bool IsBool => Primitive == Primitive.Int8 && !Signed && !IsUnion && Start == 0 && End == 1;
    /// <summary>Every bit pattern is valid.</summary>
    public bool IsAlwaysValid => IsUnion || ((End + 1) & Mask) == (Start & Mask);
    public bool Contains(UInt128 v) { v &= Mask; return Start <= End ? Start <= v && v <= End : v >= Start || v <= End; }
}

public enum BackendReprKind : byte { Scalar, ScalarPair, SimdVector, Memory }

/// <summary>rustc_abi::BackendRepr. SimdVector: element A, Count lanes.</summary>
public readonly record struct BackendRepr(BackendReprKind Kind, Scalar A = default, Scalar B = default, ulong Count = 0, bool Sized = true)
{
    public bool IsScalar => Kind == BackendReprKind.Scalar;
    public bool IsScalarPair => Kind == BackendReprKind.ScalarPair;
    public bool IsVector => Kind == BackendReprKind.SimdVector;
    public bool IsMemory => Kind == BackendReprKind.Memory;
    public bool IsUnsized => Kind == BackendReprKind.Memory && !Sized;
    /// <summary>Offset of the second scalar of a pair.</summary>
    public ulong PairOffset => ((ulong)A.Size + B.Align - 1) / B.Align * B.Align;
}

public enum FieldsShapeKind : byte { Primitive, Union, Array, Arbitrary }
public enum VariantsKind : byte { Empty, Single, Multiple }

/// <summary>Where a niche is: scalar at an offset; the invalid values outside of its range are available.</summary>
public readonly record struct Niche(ulong Offset, Scalar Value)
{
    public UInt128 Available
    {
        get
        {
            var v = Value;
            return (v.Start - v.End - 1) & v.Mask;
        }
    }
}

/// <summary>
/// The layout of a type or of one variant of it (rustc_abi::LayoutData with its type). For a variant of a multi-variant type use
/// <see cref="ForVariant"/>. Sizes and alignments in bytes.
/// </summary>
public sealed class TyAndLayout
{
    public required Ty Ty { get; init; }
    public required ulong Size { get; init; }
    public required ulong Align { get; init; }
    public required BackendRepr Repr { get; init; }
    public required FieldsShapeKind Fields { get; init; }
    /// <summary>Arbitrary: offset of each field in source order. Others: empty.</summary>
    public ulong[] Offsets { get; init; } = [];
    /// <summary>Arbitrary: source field indices in order of their offsets.</summary>
    public int[] InMemoryOrder { get; init; } = [];
    /// <summary>Array: stride and count. Union: number of fields in Count.</summary>
    public ulong Stride { get; init; }
    public ulong Count { get; init; }
    public required VariantsKind Variants { get; init; }
    /// <summary>Single: the variant. (For a struct 0.)</summary>
    public int VariantIndex { get; init; }
    /// <summary>Multiple: the tag scalar, its field (0), how it encodes, and the layout of each variant.</summary>
    public Scalar Tag { get; init; }
    public int TagField { get; init; }
    public bool IsNicheEncoded { get; init; }
    public int UntaggedVariant { get; init; }
    public int NicheVariantsStart { get; init; }
    public int NicheVariantsEnd { get; init; }
    public UInt128 NicheStart { get; init; }
    public TyAndLayout[] VariantLayouts { get; init; } = [];
    public Niche? LargestNiche { get; init; }
    public bool Uninhabited { get; init; }
    public ulong? MaxReprAlign { get; init; }
    public ulong UnadjustedAbiAlign { get; init; }
    /// <summary>Types of the fields in source order (of the single variant). Filled for everything but Primitive scalars without fields; for arrays and slices the element type once. For Multiple: the tag only.</summary>
    public Ty[] FieldTys { get; init; } = [];

    public bool IsZst => Size == 0 && Repr.Kind switch { BackendReprKind.Memory => Repr.Sized, _ => false };
    public bool IsUnsized => Repr.IsUnsized;
    public int FieldCount => Fields switch { FieldsShapeKind.Arbitrary => Offsets.Length, FieldsShapeKind.Union => (int)Count, FieldsShapeKind.Array => checked((int)Math.Min(Count, int.MaxValue)), _ => 0 };

    public ulong FieldOffset(int field) => Fields switch
    {
        FieldsShapeKind.Arbitrary => Offsets[field],
        FieldsShapeKind.Array => Stride * (ulong)field,
        _ => 0,
    };

    /// <summary>The layout seen through a variant: itself where there is one only.</summary>
    public TyAndLayout ForVariant(int variant) => Variants == VariantsKind.Multiple ? VariantLayouts[variant] : this;
}
