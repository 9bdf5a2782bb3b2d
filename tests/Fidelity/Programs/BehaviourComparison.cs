using System.Text.RegularExpressions;

namespace Mirlink.Fidelity.Programs;

/// <summary>Programs built by rustc and by Mirlink, run: standard output and error and the exit code must be the same.</summary>
static partial class BehaviourComparison
{
    /// <summary>The programs of rustc's other backends, from the compiler's source; none where that is not installed.</summary>
    static IEnumerable<CorpusProgram> OfBackends(Corpus corpus)
    {
        string compiler = Path.Combine(corpus.Source, "compiler");
        foreach (var (set, folder) in ((string, string)[])[("rustc_codegen_cranelift/example", "rustc_codegen_cranelift/example"), ("rustc_codegen_gcc/tests/run", "rustc_codegen_gcc/tests/run")])
        {
            string directory = Path.Combine(compiler, folder);
            if (!Directory.Exists(directory)) continue;
            int number = 0;
            foreach (string file in Directory.GetFiles(directory, "*.rs").Order(StringComparer.Ordinal))
                if (!corpus.Quick || number++ % 5 == 0) yield return new CorpusProgram(set, Path.GetFileNameWithoutExtension(file), file, "2021", []);
        }
    }

    public static RowResult Run(Corpus corpus)
    {
        var tally = new Tally();
        string? filter = Environment.GetEnvironmentVariable("FIDELITY_PROGRAM");
        foreach (var program in CorpusProgram.All(corpus).Concat(OfBackends(corpus)))
            foreach (string level in (string[])["0", "2"])
            {
                if (filter is not null && !$"{program.Set}/{program.Name}".Contains(filter, StringComparison.Ordinal)) continue;
                Compare(corpus, program, level, tally);
                Console.WriteLine($"   {program.Name} -O{level}: {tally.Unexplained} differ so far");
            }
        return tally.Result(corpus, "behaviour");
    }

    /// <summary>What stands in the source and takes a program out of the question; null if nothing does.</summary>
    static string? Excluded(string text)
    {
        if (text.Contains("no_core", StringComparison.Ordinal) || text.Contains("mini_core", StringComparison.Ordinal)) return "a core library of the other backend's own";
        if (text.Contains("raw-dylib", StringComparison.Ordinal)) return "Windows";
        return null;
    }

    static void Compare(Corpus corpus, CorpusProgram program, string level, Tally tally)
    {
        string set = $"{program.Set} -O{level}", where = $"{program.Name} -O{level}", text = File.ReadAllText(program.Source);
        if (Excluded(text) is { } reason)
        {
            tally.Note($"left out: {reason}", where, "not asked");
            return;
        }
        string directory = Directory.CreateTempSubdirectory("mirlink-fidelity-").FullName;
        try
        {
            string app = Path.Combine(directory, "app"), crate = program.Name.Replace('-', '_');
            string[] front = [program.Source, "--crate-name=" + crate, "--edition=" + program.Edition, "-Copt-level=" + level, "--cap-lints=allow", .. program.Flags];
            var built = Execution.Run(corpus.Rustc, directory, [.. front, "--crate-type=bin", "-o", app], "", ("RUSTC_BOOTSTRAP", "1"));
            if (built.ExitCode != 0)
            {
                tally.Note("left out: rustc does not build it here", $"{where}: {FirstError(built)}", "not asked");
                return;
            }
            var expected = Observe(app, text, directory);
            if (Observe(app, text, directory) != expected)
            {
                tally.Note("left out: its output differs from run to run", where, "not asked");
                return;
            }
            File.Delete(app);
            string tool = Environment.GetEnvironmentVariable("MIRLINK") ?? Path.Combine(corpus.Repository, "mirlink"), rlib = Path.Combine(directory, "app.rlib");
            (string, string)[] environment = [("MIRLINK_RUSTC", corpus.Rustc), ("RUSTC_BOOTSTRAP", "1")];
            built = Execution.Run(tool, directory, ["rustc", .. front, "--crate-type", "bin", "--emit=mir-rlib", "-o", rlib], "", environment);
            if (built.ExitCode == 0) built = Execution.Run(tool, directory, ["link", rlib, "-o", app, "-O" + level, .. program.Flags], "", environment);
            if (built.ExitCode != 0)
            {
                tally.Differs(set, "does not build", $"{where}: {FirstError(built)}");
                return;
            }
            var actual = Observe(app, text, directory);
            if (actual == expected) tally.Equal(set);
            else tally.Differs(set, "behaves differently", $"{where}: exit code {expected.ExitCode}, ours {actual.ExitCode}\nrustc: {Last(expected)}\nours:  {Last(actual)}");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    static string FirstError(Execution e) => (e.Error + e.Output).Split('\n').FirstOrDefault(static l => l.Contains("error", StringComparison.Ordinal), $"exit code {e.ExitCode}");

    static string Last(Execution e) => (e.Output + e.Error) is { Length: > 300 } s ? "…" + s[^300..] : e.Output + e.Error;

    /// <summary>Threads' numbers in panic messages and the frames of backtraces differ between two runs of one program.</summary>
    static Execution Observe(string app, string text, string directory)
    {
        string Header(string key) => string.Join('\n', text.Split('\n').TakeWhile(static l => l.StartsWith("//", StringComparison.Ordinal))
            .Where(l => l.StartsWith($"// {key}:", StringComparison.Ordinal)).Select(l => l[(key.Length + 4)..].Trim()));
        string input = Header("stdin");
        var environment = Header("env").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static e => e.Split('=', 2)).Select(static e => (e[0], e[1])).ToArray();
        var e = Execution.Run(app, directory, Header("args").Split(' ', StringSplitOptions.RemoveEmptyEntries), input.Length > 0 ? input + "\n" : "", environment);
        return e with { Error = Backtrace().Replace(ThreadNumber().Replace(e.Error, "$1 "), "") };
    }

    [GeneratedRegex(@"^(thread (?:'[^'\n]*'|<unnamed>)) \(\d+\) ", RegexOptions.Multiline)]
    private static partial Regex ThreadNumber();

    [GeneratedRegex(@"^(?:stack backtrace:| +\d+: | +at ).*\n", RegexOptions.Multiline)]
    private static partial Regex Backtrace();
}
