using System.Diagnostics;

namespace Mirlink.Fidelity.Programs;

/// <summary>Equal things counted and differing ones kept by kind, of one question.</summary>
public sealed class Tally
{
    readonly SortedDictionary<string, (long Equal, long Asked)> _counts = new(StringComparer.Ordinal);
    readonly Dictionary<string, (long Number, string Example, string? Why)> _differences = new(StringComparer.Ordinal);

    /// <summary>Differences for which nothing is said.</summary>
    public long Unexplained => _differences.Values.Where(static d => d.Why is null).Sum(static d => d.Number);

    public void Equal(string set, long number = 1) => Count(set, number, number);

    /// <param name="why">The freedom of rustc that explains it; null if nothing does.</param>
    public void Differs(string set, string kind, string example, string? why = null)
    {
        Count(set, why is null ? 0 : 1, 1);
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

    public RowResult Result()
    {
        var r = new RowResult();
        foreach (var (set, (equal, asked)) in _counts) r.Counts.Add(new Count(set, equal, asked));
        foreach (var (kind, d) in _differences.OrderByDescending(d => d.Value.Number).ThenBy(d => d.Key, StringComparer.Ordinal)) r.Differences.Add(new Difference(kind, d.Number, d.Example, d.Why));
        r.Holds = r.Equal == r.Asked && r.Asked > 0;
        return r;
    }
}

/// <summary>Compiles each program of the corpus once by both and asks all rows about it.</summary>
public sealed class ProgramAnswers
{
    static ProgramAnswers? s_answers;
    readonly Dictionary<string, Tally> _tallies = new(StringComparer.Ordinal);
    readonly List<string> _failures = [];

    static readonly (string Row, Action<BothIrs, Tally> Ask)[] Questions =
    [
        ("layout", LayoutComparison.Ask),
        ("instances", InstanceComparison.Ask),
        ("abi", AbiComparison.AskPassing),
        ("attributes", AbiComparison.AskAttributes),
        ("vtables", DataComparison.AskVtables),
        ("constants", DataComparison.AskConstants),
    ];

    public static RowResult Of(string row, Corpus corpus)
    {
        s_answers ??= new ProgramAnswers(corpus);
        var result = s_answers._tallies[row].Result();
        foreach (string failure in s_answers._failures)
        {
            result.Notes.Add(failure);
            result.Holds = false;
        }
        return result;
    }

    ProgramAnswers(Corpus corpus)
    {
        foreach (var (row, _) in Questions) _tallies[row] = new Tally();
        foreach (var program in CorpusProgram.All(corpus))
            foreach (string level in (string[])["0", "2"])
            {
                try
                {
                    var irs = BothIrs.Compile(program, level);
                    foreach (var (row, ask) in Questions) ask(irs, _tallies[row]);
                    Console.WriteLine($"   {program.Name} -O{level}: {string.Join(", ", Questions.Select(q => $"{q.Row} {_tallies[q.Row].Unexplained}"))} differ so far");
                }
                catch (Exception e) when (e is Mir.MirlinkException or Mir.BugException or InvalidOperationException or FormatException or NotSupportedException)
                {
                    _failures.Add($"{program.Name} -O{level} was not compared: {e.Message.Split('\n')[0]}");
                }
            }
    }
}
