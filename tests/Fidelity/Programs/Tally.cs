namespace Mirlink.Fidelity.Programs;

/// <summary>Equal things counted and differing ones kept by kind, of one question.</summary>
public sealed class Tally
{
    readonly SortedDictionary<string, (long Equal, long Asked)> _counts = new(StringComparer.Ordinal);
    readonly Dictionary<string, (long Number, string Example, string? Why)> _differences = new(StringComparer.Ordinal);
    readonly List<string> _unexplained = [];

    /// <summary>Differences for which nothing is said.</summary>
    public long Unexplained => _differences.Values.Where(static d => d.Why is null).Sum(static d => d.Number);

    public void Equal(string set, long number = 1) => Count(set, number, number);

    /// <param name="why">The freedom of rustc that explains it; null if nothing does.</param>
    public void Differs(string set, string kind, string example, string? why = null)
    {
        Count(set, why is null ? 0 : 1, 1);
        Note(kind, example, why);
        if (why is null) _unexplained.Add($"{kind}: {example}");
    }

    /// <summary>Not equal, and it is known why: an answer was refused.</summary>
    public void Refused(string set, string kind, string example, string why)
    {
        Count(set, 0, 1);
        Note(kind, example, why);
    }

    /// <summary>Something that is explained and not asked.</summary>
    public void Note(string kind, string example, string? why) =>
        _differences[kind] = _differences.TryGetValue(kind, out var d) ? (d.Number + 1, d.Example, d.Why) : (1, example, why);

    void Count(string set, long equal, long asked)
    {
        var (e, a) = _counts.GetValueOrDefault(set);
        _counts[set] = (e + equal, a + asked);
    }

    /// <summary>With all that is not explained in a file, artifacts/fidelity/differences/<paramref name="row"/>.txt.</summary>
    public RowResult Result(Corpus corpus, string row)
    {
        File.WriteAllLines(corpus.DifferencesFile(row), _unexplained);
        var r = new RowResult();
        foreach (var (set, (equal, asked)) in _counts) r.Counts.Add(new Count(set, equal, asked));
        foreach (var (kind, d) in _differences.OrderByDescending(d => d.Value.Number).ThenBy(d => d.Key, StringComparer.Ordinal)) r.Differences.Add(new Difference(kind, d.Number, d.Example, d.Why));
        r.Holds = r.Equal == r.Asked && r.Asked > 0;
        return r;
    }
}
