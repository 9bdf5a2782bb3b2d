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
/// Needs of one item, by generic parameter. They grow while its callees are looked at and are final once <see cref="Solved"/> is set. What others derive
/// from them is in <see cref="Uses"/>: whoever instantiates a parameter of this item with something that mentions a parameter of his own.
/// </summary>
internal sealed class NeedsNode(NeedsKey key, int parameters)
{
    public readonly record struct Use(NeedsNode User, int Parameter, Ty Argument);

    public NeedsKey Key { get; } = key;
    public ParamNeeds[] Needs { get; } = new ParamNeeds[parameters];
    public List<Use> Uses { get; } = [];
    /// <summary>Types whose drop glue has been looked at for this item.</summary>
    public HashSet<Ty> Dropped { get; } = [];
    public volatile bool Solved;
}
