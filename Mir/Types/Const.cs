namespace Mirlink.Mir;

public enum ConstKind : byte { Param, Bound, Unevaluated, Value, Expr, Infer, Error }

/// <summary>A type-level constant (rustc's ty::Const).</summary>
public sealed class Const : GenericArg
{
    internal Const(ConstKind kind, int index = 0, int debruijn = 0, string? name = null, DefId def = default, GenericArgs? args = null, Ty? ty = null, ValTree? value = null)
    {
        Kind = kind;
        Index = index;
        DeBruijn = debruijn;
        Name = name;
        Def = def;
        Args = args;
        Type = ty;
        Value = value;
        Flags = kind switch
        {
            ConstKind.Param => TypeFlags.HasConstParam,
            ConstKind.Bound => TypeFlags.HasBound,
            ConstKind.Unevaluated => TypeFlags.HasUnevaluated | args!.Flags,
            ConstKind.Value => ty!.Flags,
            ConstKind.Expr => TypeFlags.HasUnevaluated | args!.Flags,
            ConstKind.Infer => TypeFlags.HasInfer,
            _ => TypeFlags.HasError,
        };
        OuterExclusiveBinder = kind == ConstKind.Bound ? debruijn + 1 : args?.OuterExclusiveBinder ?? 0;
    }

    public ConstKind Kind { get; }
    /// <summary>Param: index of the parameter. Bound: variable in its binder.</summary>
    public int Index { get; }
    public int DeBruijn { get; }
    public string? Name { get; }
    /// <summary>Unevaluated: the constant's definition and arguments.</summary>
    public DefId Def { get; }
    public GenericArgs? Args { get; }
    /// <summary>Value: type and value.</summary>
    public Ty? Type { get; }
    public ValTree? Value { get; }

    /// <summary>The bits of a Value leaf as an unsigned number; null for anything else.</summary>
    public U128? TryBits => Kind == ConstKind.Value && Value is ValTree.Leaf leaf ? leaf.Scalar.Bits : null;

    internal override int StructuralHash() => HashCode.Combine(2, Kind, Index, DeBruijn, Def, Args?.Id ?? -1, Type?.Id ?? -1, Value);
    internal override bool StructuralEquals(GenericArg o) => o is Const c && c.Kind == Kind && c.Index == Index && c.Name == Name && c.DeBruijn == DeBruijn && c.Def == Def
        && ReferenceEquals(c.Args, Args) && ReferenceEquals(c.Type, Type) && Equals(c.Value, Value);

    public override string ToString() => Kind switch
    {
        ConstKind.Value => Value!.ToString()!,
        ConstKind.Unevaluated => $"{{const {Def}{Args}}}",
        _ => Name ?? "_",
    };
}

/// <summary>An integer scalar (also bool, char, float bits, raw pointer addresses) of <paramref name="size"/> bytes; bits above the size are zero.</summary>
public readonly struct ScalarInt(U128 bits, byte size) : IEquatable<ScalarInt>
{
    public readonly U128 Bits = bits;
    public readonly byte Size = size;

    public static bool operator ==(ScalarInt a, ScalarInt b) => a.Bits == b.Bits && a.Size == b.Size;
    public static bool operator !=(ScalarInt a, ScalarInt b) => !(a == b);
    public bool Equals(ScalarInt other) => this == other;
    public override bool Equals(object? o) => o is ScalarInt other && this == other;
    public override int GetHashCode() => HashCode.Combine(Bits.Low, Bits.High, Size);

    public I128 Signed
    {
        get
        {
            if (Size == 0) return 0;
            int shift = 128 - Size * 8;
            return (I128)(Bits << shift) >> shift;
        }
    }
    public override string ToString() => Bits.ToString();
}

/// <summary>A value as a tree (rustc's ValTree): what type-level constants are made of. Compared structurally.</summary>
public abstract record ValTree
{
    public sealed record Leaf(ScalarInt Scalar) : ValTree
    {
        public bool Equals(Leaf? o) => o is not null && Scalar == o.Scalar;
        public override int GetHashCode() => Scalar.GetHashCode();
        public override string ToString() => Scalar.ToString();
    }

    /// <summary>Children are consts (fields, elements, or variant index first for enums).</summary>
    public sealed record Branch(Const[] Children) : ValTree
    {
        public bool Equals(Branch? o) => o is not null && Children.AsSpan().SequenceEqual(o.Children);
        public override int GetHashCode()
        {
            var h = new HashCode();
            foreach (var c in Children) h.Add(c.Id);
            return h.ToHashCode();
        }
        public override string ToString() => $"[{string.Join(", ", (object[])Children)}]";
    }
}
