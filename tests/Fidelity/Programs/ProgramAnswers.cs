namespace Mirlink.Fidelity.Programs;

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
        var result = s_answers._tallies[row].Result(corpus, row);
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
            foreach (string level in corpus.Levels) Ask(corpus, program, level);
        foreach (var application in corpus.Applications) Ask(corpus, CorpusProgram.Of(application), application.Level);
        _failures.AddRange(corpus.FailedApplications);
        // The example workspace and six others; which of the others are here differs.
        if (!corpus.Quick && corpus.Applications.Select(static a => a.Name).Distinct().Count() < 7) _failures.AddRange(corpus.MissingApplications);
    }

    void Ask(Corpus corpus, CorpusProgram program, string level)
    {
        try
        {
            var irs = BothIrs.Compile(corpus, program, level);
            foreach (var (row, ask) in Questions) ask(irs, _tallies[row]);
            Console.WriteLine($"   {program.Name} -O{level}: {string.Join(", ", Questions.Select(q => $"{q.Row} {_tallies[q.Row].Unexplained}"))} differ so far");
        }
        catch (Exception e) when (e is Mir.MirlinkException or Mir.BugException or InvalidOperationException or FormatException or NotSupportedException)
        {
            _failures.Add($"{program.Name} -O{level} was not compared: {e.Message.Split('\n')[0]}");
        }
    }
}
