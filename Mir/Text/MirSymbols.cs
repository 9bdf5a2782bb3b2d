namespace Mirlink.Mir.Text;

/// <summary>
/// What the names in printed bodies stand for: types, constants, items, by their text. A printer that is given one fills it (<see cref="MirPrinter.Symbols"/>),
/// a parser looks names up in it. Texts can be ambiguous between items (`T` is another parameter in another function), so one is for the bodies of one
/// item. Within a body, closures that a macro makes bear one name: of those, values are told apart by their order.
/// </summary>
public sealed class MirSymbols
{
    internal Dictionary<string, Ty> Types { get; } = new(StringComparer.Ordinal);
    internal Dictionary<string, MirConst> Constants { get; } = new(StringComparer.Ordinal);
    internal Dictionary<string, Const> TypeConstants { get; } = new(StringComparer.Ordinal);
    /// <summary>As often as they were printed, in order.</summary>
    internal Dictionary<string, List<Rvalue.Aggregate>> Aggregates { get; } = new(StringComparer.Ordinal);
    internal Dictionary<string, Instance> Instances { get; } = new(StringComparer.Ordinal);
    internal Dictionary<string, DefId> Items { get; } = new(StringComparer.Ordinal);

    public void Add(string text, Ty ty) => Types.TryAdd(text, ty);
    /// <param name="text">Without the word `const`.</param>
    public void Add(string text, MirConst constant) => Constants.TryAdd(text, constant);
    public void Add(string text, DefId item) => Items.TryAdd(text, item);
    /// <summary>A struct, variant or closure as it is written before its operands.</summary>
    public void Add(string text, Rvalue.Aggregate template)
    {
        if (!Aggregates.TryGetValue(text, out var all)) Aggregates.Add(text, all = []);
        all.Add(template);
    }
}
