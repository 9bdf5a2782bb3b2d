using System.Globalization;
using System.Security.Cryptography;
using Mirlink.Fidelity.Programs;

namespace Mirlink.Fidelity.Applications;

/// <summary>An application of the corpus, compiled by cargo at one level: its program as recorded, everything below it beside that.</summary>
public sealed record Application(string Name, string Level, RecordedCrate Program)
{
    /// <summary>The example workspace and, unless the corpus is quick, tests/corpus' applications. What is not there is noted in the corpus.</summary>
    public static List<Application> BuildAll(Corpus corpus)
    {
        var result = new List<Application>();
        string? filter = Environment.GetEnvironmentVariable("FIDELITY_PROGRAM");
        foreach (var (name, exe, manifest, options) in Sources(corpus))
            foreach (string level in corpus.Levels)
            {
                if (filter is not null && !name.Contains(filter, StringComparison.Ordinal)) continue;
                try
                {
                    result.Add(Build(corpus, name, exe, manifest, options, level));
                }
                catch (InvalidOperationException e)
                {
                    corpus.FailedApplications.Add($"{name} -O{level} is not built: {e.Message}");
                }
            }
        return result;
    }

    /// <summary>Name of the application and of its executable, manifest, cargo's options.</summary>
    static IEnumerable<(string Name, string Executable, string Manifest, string[] Options)> Sources(Corpus corpus)
    {
        yield return ("examples/workspace", "stockroom", Path.Combine(corpus.Repository, "examples", "workspace", "Cargo.toml"), ["--bin", "stockroom"]);
        if (corpus.Quick) yield break;
        if (!Directory.Exists(Path.Combine(corpus.CratesDirectory, "registry")))
        {
            corpus.MissingApplications.Add($"there are no crates in {corpus.CratesDirectory}: run tests/corpus/fetch.sh");
            yield break;
        }
        string sources = Path.Combine(corpus.Repository, "tests", "corpus", "sources.sh");
        foreach (string name in Execution.Run(sources, corpus.Repository, []).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var prepared = Execution.Run(sources, corpus.Repository, [name], "", ("MIRLINK_CORPUS", corpus.CratesDirectory), ("MIRLINK_RUST_SRC", corpus.Source));
            if (prepared.ExitCode == 0 && prepared.Output.Trim().Split(' ') is [var exe, var manifest, .. var options]) yield return (name, exe, manifest, options);
            else corpus.MissingApplications.Add($"the sources of {name}, or a library that it needs, are not on this machine");
        }
    }

    static Application Build(Corpus corpus, string name, string exe, string manifest, string[] options, string level)
    {
        string wrapper = Path.Combine(corpus.Repository, "tests", "Fidelity", "Applications", "rustc-wrapper.sh");
        string target = corpus.CacheDirectory("applications", Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(wrapper))));
        string debug = level == "0" ? "true" : "false";
        var environment = new List<(string, string)>
        {
            ("RUSTC", corpus.Rustc), ("RUSTC_WRAPPER", wrapper), ("CARGO_INCREMENTAL", "0"),
            ("CARGO_PROFILE_DEV_OPT_LEVEL", level), ("CARGO_PROFILE_DEV_DEBUG", "0"), ("CARGO_PROFILE_DEV_LTO", "off"), ("CARGO_PROFILE_DEV_PANIC", "unwind"),
            ("CARGO_PROFILE_DEV_DEBUG_ASSERTIONS", debug), ("CARGO_PROFILE_DEV_OVERFLOW_CHECKS", debug),
            ("CARGO_PROFILE_DEV_BUILD_OVERRIDE_DEBUG_ASSERTIONS", "true"), ("CARGO_PROFILE_DEV_BUILD_OVERRIDE_OVERFLOW_CHECKS", "true"),
        };
        string home = Path.Combine(corpus.CratesDirectory, "cargo-home");
        if (Directory.Exists(home)) environment.Add(("CARGO_HOME", home));
        Console.WriteLine($"   cargo build of {name} -O{level}");
        var run = Execution.Run(corpus.Cargo, Path.GetDirectoryName(manifest)!,
            ["build", "--offline", "--quiet", "--profile", "dev", "--target", Rustc.RustcToolchain.HostTriple, "--target-dir", target, "--manifest-path", manifest, .. options], "", TimeSpan.FromHours(1), [.. environment]);
        if (run.ExitCode != 0) throw new InvalidOperationException(run.Error.Split('\n').FirstOrDefault(static l => l.StartsWith("error", StringComparison.Ordinal), run.Error));
        string crate = exe.Replace('-', '_');
        var program = Directory.GetFiles(Path.Combine(target, Rustc.RustcToolchain.HostTriple, "debug", "deps"), crate + "-*.args").OrderByDescending(File.GetLastWriteTimeUtc).Select(RecordedCrate.Read)
            .First(c => c.IsProgram && c.Name == crate && c.Level == level);
        return new Application(name, level, program);
    }
}
