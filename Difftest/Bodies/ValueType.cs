using Mirlink.Mir;

namespace Mirlink.Difftest.Bodies;

/// <summary>MaybeUninit: a union of a type and of nothing, which nobody reads.</summary>
internal enum ValueKind : byte { Int, Float, Bool, Char, Tuple, Array, Struct, Enum, MaybeUninit }

/// <summary>A type whose values are copied freely and can be hashed. Fields: of a tuple or struct, the element of an array, what a MaybeUninit may hold; Variants: of an enum.</summary>
internal sealed class ValueType(Ty ty, ValueKind kind)
{
    public Ty Ty { get; } = ty;
    public ValueKind Kind { get; } = kind;
    public ValueType[] Fields { get; init; } = [];
    /// <summary>Of a struct: fields that need not have a value in any value of this type, and are never read. Empty when there are none.</summary>
    public bool[] Unwritten { get; init; } = [];
    public ValueType[][] Variants { get; init; } = [];
    public ulong[] Discriminants { get; init; } = [];
    public int Length { get; init; }
    /// <summary>Fields may lie at addresses that are not aligned: no pointers to them.</summary>
    public bool Packed { get; init; }
    /// <summary>The function that mixes a value into the running hash, once there is one.</summary>
    public DefId? Hasher { get; set; }
    public bool HashedByReference { get; set; }

    public bool IsScalar => Kind <= ValueKind.Char;
    public PrimTy Prim => (PrimTy)Ty;
    public bool Signed => Ty.IsSigned;
    public int Size => Prim.ByteSize;
    public bool IsUnwritten(int field) => Unwritten.Length > 0 && Unwritten[field];

    /// <summary>Scalars inside, as a measure of cost.</summary>
    public int Weight => Kind switch
    {
        ValueKind.Array => Length * Fields[0].Weight,
        ValueKind.Tuple or ValueKind.Struct => Fields.Sum(static f => f.Weight),
        ValueKind.Enum => 1 + Variants.Max(static v => v.Sum(static f => f.Weight)),
        _ => 1,
    };

    /// <summary>Not without bytes.</summary>
    public bool HasBytes => Kind switch
    {
        ValueKind.Array => Length > 0 && Fields[0].HasBytes,
        ValueKind.Tuple or ValueKind.Struct or ValueKind.MaybeUninit => Array.Exists(Fields, static f => f.HasBytes),
        ValueKind.Enum => Variants.Length > 1 || Array.Exists(Variants, static v => Array.Exists(v, static f => f.HasBytes)),
        _ => true,
    };

    /// <summary>Surely not a scalar or a pair of them to the ABI, so that a copy is one of memory: parts need not have a value. (A part of these two is loaded, and with that read.)</summary>
    public bool IsInMemory => Kind switch
    {
        ValueKind.Array => HasBytes,
        ValueKind.Tuple or ValueKind.Struct => Fields.Count(static f => f.HasBytes) > 2,
        _ => false,
    };

    /// <summary>An enum's discriminant could lie in a niche of this type.</summary>
    private bool HasNiche => Kind switch
    {
        ValueKind.Int or ValueKind.Float or ValueKind.MaybeUninit => false,
        ValueKind.Array or ValueKind.Tuple or ValueKind.Struct => Array.Exists(Fields, static f => f.HasNiche),
        _ => true,
    };

    /// <summary>A niche may have no value: an enum must not hold this type.</summary>
    public bool HasUnwrittenNiche => Kind != ValueKind.MaybeUninit && (Array.Exists(Fields, static f => f.HasUnwrittenNiche) || Enumerable.Range(0, Unwritten.Length).Any(i => Unwritten[i] && Fields[i].HasNiche));
}
