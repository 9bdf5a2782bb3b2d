using System.Diagnostics;
using Mirlink.Difftest.Generate;
using Mirlink.Difftest.Reduce;
using Mirlink.Difftest.Run;
using Mirlink.Difftest.Workers;
using Mirlink.Rustc;

namespace Mirlink.Difftest;

/// <summary>A program that failed, made small.</summary>
public sealed record Failure(ulong Seed, Outcome Outcome, string Source);

/// <summary>What a campaign found.</summary>
public sealed record CampaignResult(int Programs, IReadOnlyList<Failure> Failures, int Known, TimeSpan Elapsed);

/// <summary>Generates programs, compares what Mirlink and rustc make of them, and makes small what fails. Program i has the seed derived from the campaign's and i.</summary>
public sealed class Campaign(CampaignOptions options)
{
    private readonly Lock _lock = new();
    private readonly List<Failure> _failures = [];
    private readonly HashSet<string> _signatures = new(StringComparer.Ordinal);
    private readonly RustcToolchain _toolchain = RustcToolchain.Find();
    private int _next = -1, _programs, _known;

    /// <summary>Functions in a program, about.</summary>
    public int Functions { get; init; } = 14;

    /// <summary>The interpreter takes part in the rotation.</summary>
    public bool Interpreter { get; init; }

    /// <summary>Told after each program: how many were run, and what this one's outcome was.</summary>
    public Action<int, ulong, Outcome>? Progress { get; init; }

    public CampaignResult Run()
    {
        long start = Stopwatch.GetTimestamp();
        CampaignThreads.Run(options.Jobs, directory => Work(directory, start));
        _failures.Sort(static (a, b) => a.Seed.CompareTo(b.Seed));
        return new CampaignResult(_programs, _failures, _known, Stopwatch.GetElapsedTime(start));
    }

    private bool Continues(int index, long start) =>
        (options.Count is not { } count || index < count) && (options.Time is not { } time || Stopwatch.GetElapsedTime(start) < time);

    private void Work(string directory, long start)
    {
        using var process = options.Worker is { } worker ? new LinkProcess(worker, directory) : null;
        while (true)
        {
            int index = Interlocked.Increment(ref _next);
            if (!Continues(index, start)) return;
            ulong seed = options.Program ?? Choices.Derive(options.Seed, (ulong)(options.First + index));
            var program = ProgramGenerator.Generate(seed, Functions, options.KnownBugs.Avoid);
            var outcome = ComparisonOf(options.Variants ?? Rotation(options.First + index), process).Compare(program.Source, FrontEndOptions.For(seed), directory);
            bool isNew = false;
            lock (_lock)
            {
                _programs++;
                if (outcome.Verdict != Verdict.Agree)
                {
                    if (options.KnownBugs.Explains(outcome)) _known++;
                    else isNew = _signatures.Add(outcome.Signature) || outcome.Verdict == Verdict.Different && _failures.Count < 20;
                }
                Progress?.Invoke(_programs, seed, outcome);
            }
            if (isNew) Keep(program, outcome, directory, process);
        }
    }

    private Comparison ComparisonOf(IReadOnlyList<BuildVariant> variants, LinkProcess? process) => new(_toolchain, variants) { Linker = process is null ? null : process.Link };

    private BuildVariant[] Rotation(int index)
    {
        var variants = BuildVariant.Rotation(index, options.Cranelift);
        return Interpreter ? [.. variants, BuildVariant.Interpreter] : variants;
    }

    private void Keep(GeneratedProgram program, Outcome outcome, string directory, LinkProcess? process)
    {
        var options1 = FrontEndOptions.For(program.Seed);
        string source = program.Source;
        if (options.ReduceFor > TimeSpan.Zero)
        {
            var reducing = ComparisonOf(outcome.Variant is { } v ? [BuildVariant.ByName(v)] : [], process);
            source = Reducer.Reduce(program.Code, text => reducing.Compare(text, options1, directory) is var o && o.Verdict == outcome.Verdict && (o.Verdict != Verdict.Rejected || SameError(o.Detail, outcome.Detail)) && o.Signature == outcome.Signature,
                DateTime.UtcNow + options.ReduceFor).ToString();
        }
        var failure = new Failure(program.Seed, outcome, source);
        lock (_lock) _failures.Add(failure);
        if (options.Failures is { } folder)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, $"seed-{program.Seed:x16}.rs"), Regressions.Header(program.Seed, options1, outcome) + source);
        }
    }

    /// <summary>Of programs that rustc rejects: for the same reason?</summary>
    private static bool SameError(string a, string b) => Code(a) == Code(b);

    private static string Code(string error) => error.IndexOf("error", StringComparison.Ordinal) is >= 0 and var at ? error[at..Math.Min(error.Length, at + 12)] : "";
}
