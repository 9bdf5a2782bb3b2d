namespace Mirlink.Fidelity;

/// <summary>Sorts differing lines into kinds that are explained; what fits none is counted apart.</summary>
sealed class DifferenceKinds
{
    static readonly (string Kind, string Why, Func<string, string, bool> Is)[] Known =
    [
        ("captured variables in another order",
            "rustc pairs the places that a closure captures with the variables in the order in which the source first mentions them, although the captures may be in another order (its own FIXME); metadata has the captures' names in their order, and we print these",
            (theirs, ours) => ours.Contains("{closure@", StringComparison.Ordinal) && Sorted(theirs) == Sorted(ours)),
    ];

    /// <summary>The words of a line, whatever their order.</summary>
    static string Sorted(string line) => string.Concat(line.Split(' ', ',', ':').Order(StringComparer.Ordinal));

    readonly Dictionary<string, (long Number, string Example, string? Why)> _found = new(StringComparer.Ordinal);

    public void Add(string header, string? theirs, string? ours)
    {
        string kind = "other";
        string? why = null;
        foreach (var k in Known)
        {
            if (!k.Is(theirs ?? "", ours ?? "")) continue;
            (kind, why) = (k.Kind, k.Why);
            break;
        }
        string example = $"in {header}\nrustc: {theirs?.Trim()}\nours:  {ours?.Trim()}";
        _found[kind] = _found.TryGetValue(kind, out var f) ? (f.Number + 1, f.Example, f.Why) : (1, example, why);
    }

    public IEnumerable<Difference> All() => _found.OrderByDescending(f => f.Value.Number).ThenBy(f => f.Key, StringComparer.Ordinal)
        .Select(f => new Difference(f.Key, f.Value.Number, f.Value.Example, f.Value.Why));
}
