using System.Text.RegularExpressions;

namespace Mirlink.Fidelity.Programs;

/// <summary>What tests/corpus/run.sh finds: each application's scenarios, built by cargo alone and through `mirlink build`, in both profiles.</summary>
static partial class ApplicationScenarios
{
    [GeneratedRegex(@"^(PASS|FAIL)  (\S+) \((\w+)\): (.*)$")]
    private static partial Regex Verdict();

    public static void Run(Corpus corpus, Tally tally)
    {
        if (!Directory.Exists(Path.Combine(corpus.CratesDirectory, "registry")))
        {
            tally.Differs("applications", "not run", $"there are no crates in {corpus.CratesDirectory}: run tests/corpus/fetch.sh");
            return;
        }
        Console.WriteLine("   tests/corpus/run.sh");
        var run = Execution.Run(Path.Combine(corpus.Repository, "tests", "corpus", "run.sh"), corpus.Repository, ["-k"], "", TimeSpan.FromHours(4),
            [("MIRLINK_CORPUS", corpus.CratesDirectory), ("MIRLINK_RUSTC", corpus.Rustc), ("MIRLINK_CARGO", corpus.Cargo), ("MIRLINK", BehaviourComparison.Tool(corpus))]);
        int verdicts = 0;
        foreach (string line in run.Output.Split('\n'))
        {
            if (line.StartsWith("SKIP", StringComparison.Ordinal)) tally.Note("left out: applications whose sources or libraries are not here", line[6..], "not asked");
            if (Verdict().Match(line) is not { Success: true } m) continue;
            verdicts++;
            string set = $"applications, {m.Groups[3].Value}";
            if (m.Groups[1].Value == "PASS") tally.Equal(set);
            else tally.Differs(set, "applications", line);
        }
        if (verdicts == 0) tally.Differs("applications", "not run", run.Error.Split('\n')[0]);
    }
}
