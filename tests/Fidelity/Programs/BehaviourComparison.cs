using System.Text.RegularExpressions;

namespace Mirlink.Fidelity.Programs;

/// <summary>Programs built by rustc and by Mirlink, run: standard output and error and the exit code must be the same.</summary>
static partial class BehaviourComparison
{
    /// <summary>A compiler's source with its backends: of this release, else of the one that Debian has.</summary>
    static string? BackendSource(Corpus corpus) => ((string[])[corpus.Source, "/usr/src/rustc-1.96.0"]).FirstOrDefault(static s => Directory.Exists(Path.Combine(s, "compiler", "rustc_codegen_cranelift")));

    /// <summary>The programs of rustc's other backends, from the compiler's source.</summary>
    static IEnumerable<CorpusProgram> OfBackends(Corpus corpus)
    {
        foreach (var (set, folder) in ((string, string)[])[("rustc_codegen_cranelift/example", "rustc_codegen_cranelift/example"), ("rustc_codegen_gcc/tests/run", "rustc_codegen_gcc/tests/run")])
        {
            if (BackendSource(corpus) is not { } source) continue;
            string directory = Path.Combine(source, "compiler", folder);
            if (!Directory.Exists(directory)) continue;
            int number = 0;
            foreach (string file in Directory.GetFiles(directory, "*.rs").Order(StringComparer.Ordinal))
                if (!corpus.Quick || number++ % 5 == 0) yield return new CorpusProgram(set, Path.GetFileNameWithoutExtension(file), file, "", []);
        }
    }

    public static RowResult Run(Corpus corpus)
    {
        var tally = new Tally();
        string? filter = Environment.GetEnvironmentVariable("FIDELITY_PROGRAM");
        string folder = Directory.CreateTempSubdirectory("mirlink-fidelity-").FullName;
        try
        {
            foreach (var program in CorpusProgram.All(corpus).Concat(OfBackends(corpus)))
                foreach (string level in corpus.Levels)
                {
                    if (filter is not null && !$"{program.Set}/{program.Name}".Contains(filter, StringComparison.Ordinal)) continue;
                    Compare(corpus, program, level, folder, tally);
                    Console.WriteLine($"   {program.Name} -O{level}: {tally.Unexplained} differ so far");
                }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        string? applications = !corpus.Quick && filter is null ? ApplicationScenarios.Run(corpus, tally) : null;
        var result = tally.Result(corpus, "behaviour");
        result.Holds = true;
        if (applications is not null) result.Notes.Add(applications);
        if (BackendSource(corpus) is not { } source)
        {
            result.Notes.Add($"the programs of rustc's other backends were not run: there is no {corpus.Source} (Debian's package rust-web-src, or name a compiler's source in MIRLINK_RUST_SRC)");
            result.Holds = false;
        }
        else if (source != corpus.Source) result.Notes.Add($"the programs of rustc's other backends are those of {Path.GetFileName(source)}: the compiler's source of {corpus.Release} is not on this machine");
        return result;
    }

    /// <summary>What stands in the source and takes a program out of the question; null if nothing does.</summary>
    static string? Excluded(string text)
    {
        if (text.Contains("raw-dylib", StringComparison.Ordinal)) return "Windows";
        if (text.Contains("aarch64::*", StringComparison.Ordinal)) return "another architecture";
        if (!text.Contains("fn main(", StringComparison.Ordinal)) return "a library";
        return null;
    }

    static (string, string)[] ToolEnvironment(Corpus corpus) => [("MIRLINK_RUSTC", corpus.Rustc), ("RUSTC_BOOTSTRAP", "1")];

    public static string Tool(Corpus corpus) => Environment.GetEnvironmentVariable("MIRLINK") ?? Path.Combine(corpus.Repository, "mirlink");

    static void Compare(Corpus corpus, CorpusProgram program, string level, string folder, Tally tally)
    {
        string where = $"{program.Name} -O{level}", text = File.ReadAllText(program.Source);
        if (Excluded(text) is { } reason)
        {
            tally.Note($"left out: {reason}", where, "not asked");
            return;
        }
        string directory = Directory.CreateTempSubdirectory("mirlink-fidelity-").FullName;
        try
        {
            string app = Path.Combine(directory, "app"), crate = program.Name.Replace('-', '_');
            List<string> flags = [.. program.Flags];
            string? mini = text.Contains("extern crate mini_core", StringComparison.Ordinal) ? MiniCore(corpus, program, level, folder) : null;
            // Their core library cannot unwind.
            if (mini is not null) flags.Add("-Cpanic=abort");
            string[] front = [];
            Execution built = new(1, "", "");
            // Programs of others do not say their edition.
            foreach (string edition in program.Edition.Length > 0 ? (string[])[program.Edition] : ["2021", "2015", "2024"])
            {
                front = [program.Source, "--crate-name=" + crate, "--edition=" + edition, "-Copt-level=" + level, "--cap-lints=allow", .. flags];
                built = Execution.Run(corpus.Rustc, directory, [.. front, "--crate-type=bin", "-o", app, .. mini is null ? (string[])[] : ["-L", mini]], "", ("RUSTC_BOOTSTRAP", "1"));
                if (built.ExitCode == 0) break;
            }
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
            string rlib = Path.Combine(directory, "app.rlib");
            string[] library = mini is null ? [] : ["-L", Path.Combine(mini, "mirlink")];
            built = Execution.Run(Tool(corpus), directory, ["rustc", .. front, "--crate-type", "bin", "--emit=mir-rlib", "-o", rlib, .. library], "", ToolEnvironment(corpus));
            foreach (string backend in (string[])["llvm", "cranelift"])
            {
                string set = $"{program.Set} -O{level}, {backend}";
                var linked = built.ExitCode == 0 ? Execution.Run(Tool(corpus), directory, ["link", rlib, "-o", app, "--backend", backend, "-O" + level, .. flags, .. library], "", ToolEnvironment(corpus)) : built;
                if (linked.ExitCode != 0)
                {
                    string error = FirstError(linked);
                    if (Unsupported().IsMatch(error)) tally.Refused(set, "an error that names the construct", $"{where}, {backend}: {error}", "not supported (docs/coverage.md)");
                    else if (RustcRefusesUnused(corpus, front, directory, error)) tally.Refused(set, "rustc's own error about a function that the program does not use", $"{where}: {error}", RefusesUnused);
                    else tally.Differs(set, "does not build", $"{where}, {backend}: {error}");
                    continue;
                }
                var actual = Observe(app, text, directory);
                if (actual == expected) tally.Equal(set);
                else tally.Differs(set, "behaves differently", $"{where}, {backend}: exit code {expected.ExitCode}, ours {actual.ExitCode}\nrustc: {Last(expected)}\nours:  {Last(actual)}");
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>The core library that a backend's programs bring along, built by rustc, and by Mirlink in the folder `mirlink` of that; once for each level.</summary>
    static string MiniCore(Corpus corpus, CorpusProgram program, string level, string folder)
    {
        string backend = program.Set[..program.Set.IndexOf('/')], directory = Path.Combine(folder, backend + level), ours = Path.Combine(directory, "mirlink");
        if (Directory.Exists(directory)) return directory;
        Directory.CreateDirectory(ours);
        string[] args = [Path.Combine(BackendSource(corpus)!, "compiler", backend, "example", "mini_core.rs"), "--crate-name=mini_core", "--crate-type=lib", "-Copt-level=" + level, "-Cpanic=abort", "--cap-lints=allow"];
        corpus.RunRustc(directory, [.. args, "-o", Path.Combine(directory, "libmini_core.rlib")]);
        Execution.Run(Tool(corpus), directory, ["rustc", .. args, "--emit=mir-rlib", "-o", Path.Combine(ours, "libmini_core.rlib")], "", ToolEnvironment(corpus));
        return directory;
    }

    const string RefusesUnused = "stock rustc without any option of ours, told to compile unused functions too (`--crate-type=lib -Clink-dead-code`), ends with the same error; Mirlink has rustc make the MIR of every function";

    /// <summary>Does stock rustc say the same of the program's functions, those included that its main does not reach?</summary>
    static bool RustcRefusesUnused(Corpus corpus, string[] front, string directory, string error) =>
        Execution.Run(corpus.Rustc, directory, [.. front, "--crate-type=lib", "-Clink-dead-code", "-o", Path.Combine(directory, "libunused.rlib")], "", ("RUSTC_BOOTSTRAP", "1")) is { ExitCode: not 0 } all && FirstError(all) == error;

    [GeneratedRegex(@"^error: .+ (?:is|are) not supported\b")]
    private static partial Regex Unsupported();

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
