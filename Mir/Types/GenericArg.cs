namespace Mirlink.Mir;

/// <summary>What occurs inside a type, so that folders can leave whole subtrees alone.</summary>
[Flags]
public enum TypeFlags : ushort
{
    None = 0,
    /// <summary>A type, const or (early-bound) region parameter.</summary>
    HasTyParam = 1, HasConstParam = 2, HasReParam = 4,
    /// <summary>An alias: projection, opaque, inherent or free.</summary>
    HasAlias = 8,
    /// <summary>An unevaluated const.</summary>
    HasUnevaluated = 16,
    /// <summary>Bound variables that escape the type.</summary>
    HasBound = 32,
    /// <summary>Inference or error types: not valid outside of a solver.</summary>
    HasInfer = 64, HasError = 128,
    /// <summary>A region other than erased or bound.</summary>
    HasFreeRegions = 256,
    /// <summary>A binder somewhere inside.</summary>
    HasBinder = 512,
    /// <summary>A type that stands for all of its layout class.</summary>
    HasErased = 1024,
    HasParam = HasTyParam | HasConstParam,
    NeedsSubst = HasTyParam | HasConstParam | HasReParam,
    NeedsNormalization = HasAlias | HasUnevaluated,
}

/// <summary>A type, region or const: what a generic parameter can stand for. Interned: equal means same reference.</summary>
public abstract class GenericArg
{
    /// <summary>Session-unique number in order of creation: for caches, never for output.</summary>
    public int Id { get; internal set; } = -1;
    public TypeFlags Flags { get; protected init; }
    /// <summary>Highest De Bruijn index that escapes, plus one; 0 if none (rustc's outer_exclusive_binder).</summary>
    public int OuterExclusiveBinder { get; protected init; }

    /// <summary>By identity, as equality is.</summary>
    public sealed override int GetHashCode() => Id;
    public sealed override bool Equals(object? o) => ReferenceEquals(this, o);

    internal abstract int StructuralHash();
    internal abstract bool StructuralEquals(GenericArg other);

    public bool HasAny(TypeFlags flags) => (Flags & flags) != 0;
    /// <summary>No parameters and no inference: can be laid out after normalization.</summary>
    public bool IsMonomorphic => !HasAny(TypeFlags.HasParam | TypeFlags.HasInfer);

    private protected static TypeFlags Union(ReadOnlySpan<GenericArg> args)
    {
        var f = TypeFlags.None;
        foreach (var a in args) f |= a.Flags;
        return f;
    }

    private protected static int MaxBinder(ReadOnlySpan<GenericArg> args)
    {
        int m = 0;
        foreach (var a in args) m = Math.Max(m, a.OuterExclusiveBinder);
        return m;
    }
}

/// <summary>An interned list of generic arguments, parents' first (rustc's GenericArgsRef). Use <see cref="Interner.Args(ReadOnlySpan{GenericArg})"/>.</summary>
public sealed class GenericArgs
{
    private readonly GenericArg[] _args;
    internal GenericArgs(GenericArg[] args)
    {
        _args = args;
        foreach (var a in args) { Flags |= a.Flags; OuterExclusiveBinder = Math.Max(OuterExclusiveBinder, a.OuterExclusiveBinder); }
    }

    public int Id { get; internal set; } = -1;
    public TypeFlags Flags { get; }
    public int OuterExclusiveBinder { get; }
    public int Count => _args.Length;
    public GenericArg this[int i] => _args[i];
    public ReadOnlySpan<GenericArg> Span => _args;
    public Ty Type(int i) => (Ty)_args[i];
    public Const Const(int i) => (Const)_args[i];
    public bool HasAny(TypeFlags flags) => (Flags & flags) != 0;
    public override string ToString() => Count == 0 ? "" : $"<{string.Join(", ", (object[])_args)}>";
}
