using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Mirlink.Fidelity;

/// <summary>Sorts differing lines into kinds that are explained; what fits none is counted apart.</summary>
sealed partial class DifferenceKinds
{
    static readonly (string Kind, string Why, Func<string, string, bool> Is)[] Known =
    [
        ("captured variables in another order",
            "rustc pairs the places that a closure captures with the variables in the order in which the source first mentions them, although the captures may be in another order (its own FIXME); metadata has the captures' names in their order, and we print these",
            (theirs, ours) => ours.Contains("{closure@", StringComparison.Ordinal) && Sorted(theirs) == Sorted(ours)),
        ("characters that are newer than .NET's tables",
            "rustc knows a later version of Unicode: a character that this one assigned is printable for rustc, and escaped by us as unassigned",
            (theirs, ours) => NewerUnescaped(theirs) == NewerUnescaped(ours)),
    ];

    [GeneratedRegex(@"\\u\{([0-9a-f]{2,6})\}")]
    private static partial Regex Escaped();

    /// <summary>Without the escapes of characters that .NET takes for unassigned.</summary>
    static string NewerUnescaped(string line) => Escaped().Replace(line, static m =>
        int.Parse(m.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var c && Rune.IsValid(c) && Rune.GetUnicodeCategory(new Rune(c)) == UnicodeCategory.OtherNotAssigned ? new Rune(c).ToString() : m.Value);

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
