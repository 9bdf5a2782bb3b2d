using System.Runtime.CompilerServices;

namespace Mirlink.Mir.Abi;

public enum Primitive : byte { Int8, Int16, Int32, Int64, Int128, F16, F32, F64, F128, Pointer }

/// <summary>rustc_abi::Scalar: a primitive with the unsigned wrap-around range of its valid values; Union: any bits, uninitialized ones too.</summary>
public readonly record struct Scalar(Primitive Primitive, bool Signed, U128 Start, U128 End, bool IsUnion)
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
    public U128 Mask => Size == 16 ? U128.MaxValue : (U128.One << (Size * 8)) - 1;
    /// <summary>bool: an Int8 of 0..=1.</summary>
    public bool IsBool => Primitive == Primitive.Int8 && !Signed && !IsUnion && Start == 0 && End == 1;
    /// <summary>Every bit pattern is valid.</summary>
    public bool IsAlwaysValid => IsUnion || ((End + 1) & Mask) == (Start & Mask);
    /// <summary>A scalar whose every value is valid.</summary>
    public static Scalar Full(Primitive primitive, bool signed = false)
    {
        var s = new Scalar(primitive, signed, 0, 0, false);
        return s with { End = s.Mask };
    }

    /// <summary>An unsigned or signed integer of 1, 2, 4, 8 or 16 bytes.</summary>
    public static Scalar Integer(int size, bool signed) => Full(
        size switch
        {
            1 => Primitive.Int8,
            2 => Primitive.Int16,
            4 => Primitive.Int32,
            8 => Primitive.Int64,
            16 => Primitive.Int128,
            _ => throw new BugException($"no integer has {size} bytes"),
        }, signed);

    /// <summary>A pointer that is not null.</summary>
    public static readonly Scalar NonNull = Full(Primitive.Pointer) with { Start = 1 };
    /// <summary>The same primitive where any bits are allowed, uninitialized ones too.</summary>
    public Scalar ToUnion() => this with { Start = 0, End = Mask, IsUnion = true };
    public bool Contains(U128 v) { v &= Mask; return Start <= End ? Start <= v && v <= End : v >= Start || v <= End; }
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
    public static BackendRepr Of(Scalar a) => new(BackendReprKind.Scalar, a);
    public static BackendRepr Pair(Scalar a, Scalar b) => new(BackendReprKind.ScalarPair, a, b);
    public static BackendRepr Vector(Scalar element, ulong lanes) => new(BackendReprKind.SimdVector, element, Count: lanes);
    public static BackendRepr Memory(bool sized = true) => new(BackendReprKind.Memory, Sized: sized);
    /// <summary>The same representation without what is known of the values.</summary>
    public BackendRepr ToUnion() => Kind switch
    {
        BackendReprKind.Scalar or BackendReprKind.SimdVector => this with { A = A.ToUnion() },
        BackendReprKind.ScalarPair => this with { A = A.ToUnion(), B = B.ToUnion() },
        _ => this,
    };
    /// <summary>Offset of the second scalar of a pair.</summary>
    public ulong PairOffset => ((ulong)A.Size + B.Align - 1) / B.Align * B.Align;
}

public enum FieldsShapeKind : byte { Primitive, Union, Array, Arbitrary }
public enum VariantsKind : byte { Empty, Single, Multiple }

/// <summary>Where a niche is: scalar at an offset; the invalid values outside of its range are available.</summary>
public readonly record struct Niche(ulong Offset, Scalar Value)
{
    /// <summary>The niche of a scalar, null if all its values are valid.</summary>
    public static Niche? FromScalar(ulong offset, Scalar scalar) =>
        !scalar.IsUnion && new Niche(offset, scalar) is { Available: var n } niche && n != 0 ? niche : null;

    public U128 Available
    {
        get
        {
            var v = Value;
            return (v.Start - v.End - 1) & v.Mask;
        }
    }

    /// <summary>
    /// Makes <paramref name="count"/> more values valid, at the end of the range from which zero is reached first without passing it; null if there are
    /// not so many. Gives the first new value and the scalar with the wider range.
    /// </summary>
    public (U128 Start, Scalar Scalar)? Reserve(U128 count)
    {
        if (count > Available) return null;
        var v = Value;
        var mask = v.Mask;
        var newStart = (v.Start - count) & mask;
        var newEnd = (v.End + count) & mask;
        bool atStart;
        if (v.Start > v.End) atStart = false; // zero is valid already
        else if (v.Start <= mask - v.End) atStart = count <= v.Start;
        else atStart = newEnd >= 1 && newEnd <= v.End; // growing at the end would go past zero
        return atStart ? (newStart, v with { Start = newStart }) : ((v.End + (DeliberateFault.Is(Fault.NicheOfValidValue) ? U128.Zero : 1)) & mask, v with { End = newEnd });
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
    public Scalar Tag { get => _encoding?.Tag ?? default; init { if (value != default) Encoding.Tag = value; } }
    public int TagField { get => _encoding?.TagField ?? 0; init { if (value != default) Encoding.TagField = value; } }
    public bool IsNicheEncoded { get => _encoding?.IsNiche ?? false; init { if (value != default) Encoding.IsNiche = value; } }
    public int UntaggedVariant { get => _encoding?.UntaggedVariant ?? 0; init { if (value != default) Encoding.UntaggedVariant = value; } }
    public int NicheVariantsStart { get => _encoding?.NicheVariantsStart ?? 0; init { if (value != default) Encoding.NicheVariantsStart = value; } }
    public int NicheVariantsEnd { get => _encoding?.NicheVariantsEnd ?? 0; init { if (value != default) Encoding.NicheVariantsEnd = value; } }
    public U128 NicheStart { get => _encoding?.NicheStart ?? default; init { if (value != default) Encoding.NicheStart = value; } }
    /// <summary>Multiple: of each variant. Single or Empty enums: of each other variant (the present one's element is null), see <see cref="ForVariant"/>.</summary>
    public TyAndLayout[] VariantLayouts { get; init; } = [];
    public Niche? LargestNiche { get => _niche?.Value; init => _niche = value is { } niche ? new(niche) : null; }
    public bool Uninhabited { get; init; }
    /// <summary>Largest #[repr(align)] in it, bytes.</summary>
    public ulong? MaxReprAlign { get; init; }
    /// <summary>Alignment without #[repr(align)], with #[repr(packed)].</summary>
    public ulong UnadjustedAbiAlign { get; init; }
    /// <summary>Types of the fields in source order (of the single variant). Filled for everything but Primitive scalars without fields; for arrays and slices the element type once. For Multiple: the tag only.</summary>
    public Ty[] FieldTys { get; init; } = [];

    // A program has tens of thousands of layouts, and few of them have these.
    private readonly StrongBox<Niche>? _niche;
    private VariantEncoding? _encoding;
    private VariantEncoding Encoding => _encoding ??= new();

    private sealed class VariantEncoding
    {
        public Scalar Tag;
        public U128 NicheStart;
        public int TagField, UntaggedVariant, NicheVariantsStart, NicheVariantsEnd;
        public bool IsNiche;
    }

    /// <summary>What the interpreter checks of values of this layout, made on first use.</summary>
    internal object? InterpreterValidity;

    public bool IsZst => Size == 0 && Repr.Kind switch { BackendReprKind.Memory => Repr.Sized, _ => false };
    public bool IsUnsized => Repr.IsUnsized;
    public int FieldCount => Fields switch { FieldsShapeKind.Arbitrary => Offsets.Length, FieldsShapeKind.Union => (int)Count, FieldsShapeKind.Array => checked((int)Math.Min(Count, int.MaxValue)), _ => 0 };

    public ulong FieldOffset(int field) => Fields switch
    {
        FieldsShapeKind.Arbitrary => Offsets[field],
        FieldsShapeKind.Array => Stride * (ulong)field,
        _ => 0,
    };

    /// <summary>
    /// The layout seen through a variant: itself if it is the only one. Of an enum that has just one inhabited variant the others have a layout without
    /// size, uninhabited.
    /// </summary>
    public TyAndLayout ForVariant(int variant) =>
        Variants == VariantsKind.Multiple ? VariantLayouts[variant]
        : Variants == VariantsKind.Single && VariantIndex == variant || variant >= VariantLayouts.Length ? this
        : VariantLayouts[variant];

    /// <summary>Sized, of size 0 and align 1.</summary>
    public bool Is1Zst => Size == 0 && Align == 1 && Repr is { Kind: BackendReprKind.Memory, Sized: true };
    /// <summary>Passed by value as neither one scalar nor one vector.</summary>
    public bool IsAggregate => Repr.Kind is BackendReprKind.ScalarPair or BackendReprKind.Memory;
}
