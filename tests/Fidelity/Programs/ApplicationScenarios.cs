using System.Globalization;
using System.Text.RegularExpressions;

namespace Mirlink.Fidelity.Programs;

/// <summary>What tests/corpus/run.sh finds: each application's scenarios, built by cargo alone and through `mirlink build`, in both profiles.</summary>
static partial class ApplicationScenarios
{
    [GeneratedRegex(@"^(PASS|FAIL)  (\S+) \((\w+)\): (.*)$")]
    private static partial Regex Verdict();

    [GeneratedRegex(@"^\d+ passed, \d+ failed$")]
    private static partial Regex Finished();

    /// <summary>
    /// Runs the script, or takes what a finished run of it left behind: the file that MIRLINK_SCENARIOS names, which must be of the same rustc. Returns where the
    /// verdicts are from, null if there are none.
    /// </summary>
    public static string? Run(Corpus corpus, Tally tally)
    {
        string[] lines;
        string from, otherwise;
        if (Environment.GetEnvironmentVariable("MIRLINK_SCENARIOS") is { Length: > 0 } file)
        {
            lines = File.ReadAllLines(file);
            string Header(string key) => lines.Take(3).FirstOrDefault(l => l.StartsWith(key + ": ", StringComparison.Ordinal))?[(key.Length + 2)..] ?? "";
            if (Header("rustc") != corpus.RustcVersion || Header("date").Length == 0 || Header("mirlink").Length == 0 || !Finished().IsMatch(lines[^1]))
            {
                tally.Differs("applications", "not run", $"{file} is no result of a finished run of tests/corpus/run.sh with {corpus.RustcVersion}");
                return null;
            }
            from = $"a run of tests/corpus/run.sh on {Header("date")} with mirlink {Header("mirlink")} and {Header("rustc")}";
            otherwise = "it has no verdicts";
        }
        else
        {
            if (!Directory.Exists(Path.Combine(corpus.CratesDirectory, "registry")))
            {
                tally.Differs("applications", "not run", $"there are no crates in {corpus.CratesDirectory}: run tests/corpus/fetch.sh");
                return null;
            }
            Console.WriteLine("   tests/corpus/run.sh");
            var run = Execution.Run(Path.Combine(corpus.Repository, "tests", "corpus", "run.sh"), corpus.Repository, [], "", TimeSpan.FromHours(8),
                [("MIRLINK_CORPUS", corpus.CratesDirectory), ("MIRLINK_RUSTC", corpus.Rustc), ("MIRLINK_CARGO", corpus.Cargo), ("MIRLINK", BehaviourComparison.Tool(corpus))]);
            lines = run.Output.Split('\n');
            string tool = Execution.Run(BehaviourComparison.Tool(corpus), corpus.Repository, ["--version"]).Output.Trim();
            from = string.Create(CultureInfo.InvariantCulture, $"tests/corpus/run.sh, run with the rest on {DateTime.UtcNow:yyyy-MM-dd} with mirlink {tool}");
            otherwise = run.Error.Split('\n')[0];
        }
        var applications = new HashSet<string>(StringComparer.Ordinal);
        foreach (string line in lines)
        {
            if (line.StartsWith("SKIP", StringComparison.Ordinal)) tally.Note("left out: applications whose sources or libraries are not here", line[6..], "not asked");
            if (Verdict().Match(line) is not { Success: true } m) continue;
            applications.Add(m.Groups[2].Value);
            string set = $"applications, {m.Groups[3].Value}";
            if (m.Groups[1].Value == "PASS") tally.Equal(set);
            else tally.Differs(set, "applications", line);
        }
        if (applications.Count == 0) tally.Differs("applications", "not run", otherwise);
        return $"applications: {string.Join(", ", applications.Order(StringComparer.Ordinal))}; {from}";
    }
}
