using Mirlink.Mir;

namespace Mirlink.Difftest.Bodies;

internal enum ValueKind : byte { Int, Float, Bool, Char, Tuple, Array, Struct, Enum }

/// <summary>A type whose values are copied freely and can be hashed. Fields: of a tuple or struct, the element of an array; Variants: of an enum.</summary>
internal sealed class ValueType(Ty ty, ValueKind kind)
{
    public Ty Ty { get; } = ty;
    public ValueKind Kind { get; } = kind;
    public ValueType[] Fields { get; init; } = [];
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
    /// <summary>Scalars inside, as a measure of cost.</summary>
    public int Weight => Kind switch
    {
        ValueKind.Array => Length * Fields[0].Weight,
        ValueKind.Tuple or ValueKind.Struct => Fields.Sum(static f => f.Weight),
        ValueKind.Enum => 1 + Variants.Max(static v => v.Sum(static f => f.Weight)),
        _ => 1,
    };
}
