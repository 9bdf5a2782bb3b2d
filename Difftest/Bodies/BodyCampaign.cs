using System.Diagnostics;
using System.Globalization;
using Mirlink.Difftest.Generate;
using Mirlink.Difftest.Run;
using Mirlink.Difftest.Workers;
using Mirlink.Rustc;

namespace Mirlink.Difftest.Bodies;

/// <summary>What a campaign found. Links: executables that were made. WithOracle: programs that the interpreter ran, too.</summary>
public sealed record BodyCampaignResult(int Programs, int WithOracle, int Links, IReadOnlyList<(BodyFailure Failure, string Text)> Failures, int Known, TimeSpan Elapsed, IReadOnlyDictionary<string, TimeSpan> Times);

/// <summary>Generates programs batch by batch; program i has the seed derived from the campaign's and i.</summary>
public sealed class BodyCampaign(CampaignOptions options)
{
    /// <summary>Programs in one executable.</summary>
    private const int Batch = 200;

    private readonly Lock _lock = new();
    private readonly List<(BodyFailure, string)> _failures = [];
    private readonly Dictionary<string, int> _signatures = new(StringComparer.Ordinal);
    private readonly RustcToolchain _toolchain = RustcToolchain.Find();
    private readonly SortedDictionary<string, TimeSpan> _times = new(StringComparer.Ordinal);
    private int _next = -1, _programs, _oracle, _links, _known;

    /// <summary>Told after each batch: how many programs were run, and what failed in it.</summary>
    public Action<int, IReadOnlyList<BodyFailure>>? Progress { get; init; }

    public BodyCampaignResult Run()
    {
        long start = Stopwatch.GetTimestamp();
        CampaignThreads.Run(options.Jobs, directory => Work(directory, start));
        return new BodyCampaignResult(_programs, _oracle, _links, _failures, _known, Stopwatch.GetElapsedTime(start), _times);
    }

    private void Work(string directory, long start)
    {
        using IBatchRunner runner = options.Worker is { } worker ? new BatchProcess(worker, directory) : new BodyComparison(_toolchain, directory);
        while (true)
        {
            int number = Interlocked.Increment(ref _next), first = options.First + number * Batch;
            int count = options.Count is { } all ? Math.Min(Batch, options.First + all - first) : Batch;
            if (count <= 0 || options.Time is { } limit && Stopwatch.GetElapsedTime(start) >= limit) break;
            var seeds = new ulong[count];
            for (int i = 0; i < count; i++) seeds[i] = options.Program ?? Choices.Derive(options.Seed, (ulong)(first + i));
            var variants = options.Variants ?? BuildVariant.Rotation(options.First / Batch + number, options.Cranelift);
            var search = new BatchSearch(runner);
            search.Run(seeds, variants);
            var fresh = new List<BodyFailure>();
            lock (_lock)
            {
                _programs += count;
                _links += variants.Count;
                _oracle += search.WithOracle;
                foreach (var (what, time) in search.Times) _times[what] = _times.GetValueOrDefault(what) + time;
                foreach (var f in search.Failures)
                {
                    if (options.KnownBugs.Explains(f.Signature)) { _known++; continue; }
                    // The same bug is likely to be found again and again; two of a kind are reduced.
                    int seen = _signatures[f.Signature] = _signatures.GetValueOrDefault(f.Signature) + 1;
                    if (seen <= 2) fresh.Add(f);
                    else _failures.Add((f, ""));
                }
                Progress?.Invoke(_programs, search.Failures);
            }
            foreach (var f in fresh) Keep(f, runner);
        }
    }

    /// <summary>The programs' bodies as text.</summary>
    public static string Print(IEnumerable<ulong> seeds)
    {
        var batch = BodyBatch.Generate(RustcToolchain.Find(), [.. seeds]);
        new Linker.SessionServices().Attach(batch.Tcx, new Linker.LinkOptions { Root = "", Output = "" });
        var text = new System.Text.StringBuilder();
        foreach (var item in batch.Crate.Items) if (item.Body is { } body) text.Append(Mir.Text.MirPrinter.Print(batch.Tcx, body)).Append('\n');
        return text.ToString();
    }

    private void Keep(BodyFailure failure, IBatchRunner runner)
    {
        string text = options.ReduceFor > TimeSpan.Zero ? runner.Reduce(failure, options.ReduceFor) : "";
        lock (_lock) _failures.Add((failure, text));
        if (options.Failures is not { } folder) return;
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, $"seed-{failure.Seed:x16}-{failure.Variant}.mir"),
            $"// seed {failure.Seed:x16}; {failure.Signature}\n// expected {failure.Expected:x16}, got {(failure.Actual is { } a ? a.ToString("x16", CultureInfo.InvariantCulture) : "nothing")}: {failure.Detail.Split('\n')[0]}\n{text}");
    }
}
