namespace Mirlink.Mir;

public enum RegionKind : byte { ReEarlyParam, ReBound, ReLateParam, ReStatic, ReErased }

/// <summary>A lifetime. Bodies have only erased and bound ones; parameters occur in signatures, headers and predicates.</summary>
public sealed class Region : GenericArg
{
    internal Region(RegionKind kind, int debruijn, int index, string? name)
    {
        Kind = kind;
        DeBruijn = debruijn;
        Index = index;
        Name = name;
        Flags = kind switch
        {
            RegionKind.ReEarlyParam => TypeFlags.HasReParam | TypeFlags.HasFreeRegions,
            RegionKind.ReLateParam or RegionKind.ReStatic => TypeFlags.HasFreeRegions,
            RegionKind.ReBound => TypeFlags.HasBound,
            _ => TypeFlags.None,
        };
        OuterExclusiveBinder = kind == RegionKind.ReBound ? debruijn + 1 : 0;
    }

    public RegionKind Kind { get; }
    /// <summary>ReBound: De Bruijn index of the binder (0 = innermost).</summary>
    public int DeBruijn { get; }
    /// <summary>ReBound: index of the variable in its binder. ReEarlyParam: index of the parameter.</summary>
    public int Index { get; }
    public string? Name { get; }

    internal override int StructuralHash() => HashCode.Combine(1, Kind, DeBruijn, Index, Name);
    internal override bool StructuralEquals(GenericArg o) => o is Region r && r.Kind == Kind && r.DeBruijn == DeBruijn && r.Index == Index && r.Name == Name;
    public override string ToString() => Kind switch
    {
        RegionKind.ReErased => "'_",
        RegionKind.ReStatic => "'static",
        RegionKind.ReBound => $"'^{DeBruijn}.{Index}",
        _ => Name ?? "'_",
    };
}
