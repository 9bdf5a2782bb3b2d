namespace Mirlink.Mir.Erasure;

internal enum NeedsOf : byte
{
    /// <summary>A function or constant.</summary>
    Body,
    /// <summary>The layout of an ADT.</summary>
    Layout,
    /// <summary>The drop glue of an ADT.</summary>
    DropGlue,
}

/// <summary>What needs are asked of. Promoted: index of a promoted constant of the body, or -1.</summary>
internal readonly record struct NeedsKey(NeedsOf Kind, DefId Def, int Promoted);

/// <summary>
/// Needs of one item: sets of its generic parameters, a bit for each. They grow while the item and its callees are looked at and are final once
/// <see cref="Solved"/> is set. What others derive from them is in <see cref="Uses"/>: whoever instantiates a parameter of this item with something that
/// mentions a parameter of his own.
/// </summary>
internal sealed class NeedsNode
{
    public readonly record struct Use(NeedsNode User, int Parameter, Ty Argument);

    /// <summary>An item that this one uses. Mentions: the parameters of this item among its arguments.</summary>
    public readonly record struct Call(NeedsNode Item, ulong Mentions);

    public NeedsNode(NeedsKey key, Generics? generics, Func<DefId, Generics?> genericsOf)
    {
        Key = key;
        Count = generics?.Count ?? 0;
        for (var g = generics; g is not null; g = g.Parent is { } parent ? genericsOf(parent) : null)
            for (int i = 0; i < g.OwnParams.Length; i++)
                if (g.OwnParams[i].Kind == GenericParamKind.Type) Types |= Bit(g.ParentCount + i);
        if (Count <= MaxParameters) return;
        Identity = ulong.MaxValue;
        Seen = Solved = true;
    }

    /// <summary>Of items with more parameters than a set can hold, all are needed.</summary>
    public const int MaxParameters = 64;

    public static ulong Bit(int parameter) => parameter < MaxParameters ? 1UL << parameter : 0;

    public NeedsKey Key { get; }
    /// <summary>Number of parameters, lifetimes and consts too.</summary>
    public int Count { get; }
    /// <summary>Those that are types.</summary>
    public ulong Types { get; }
    public ulong Identity, Drop;
    public bool Seen;
    /// <summary>Number of the last question that came by.</summary>
    public int Asked;
    public List<Use>? Uses;
    public List<Call>? Calls;
    public volatile bool Solved;

    /// <summary>Nothing more can be needed.</summary>
    public bool IsSaturated => (Types & ~Identity) == 0;
}
