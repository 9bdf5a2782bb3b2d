using System.Globalization;
using Mirlink.Difftest.Run;
using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Rustc;

namespace Mirlink.Difftest.Bodies;

/// <summary>A program that a variant got wrong. Actual: what it printed instead; null when the program crashed, or was not linked (Detail says).</summary>
public sealed record BodyFailure(ulong Seed, string Variant, ulong? Expected, ulong? Actual, string Detail)
{
    /// <summary>The same for what seems to be the same failure.</summary>
    public string Signature => Variant == "interpreter" ? $"interpreter: {Shape(Detail)}" : Actual is null ? $"{Variant}: {Shape(Detail)}" : $"{Variant}: another hash";

    private static string Shape(string message) => System.Text.RegularExpressions.Regex.Replace(message.Split('\n')[0], @"_R\w+|p\d+_\w+|\d+", "_");
}

/// <summary>In this process: links a batch in each variant, runs it and compares each program's hash with the interpreter's, or with the first variant's where there is none.</summary>
public sealed class BodyComparison(RustcToolchain toolchain, string directory) : IBatchRunner
{
    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(60);

    public int Jobs { get; init; } = 1;

    /// <summary>Wall time by what it was spent on, for one answer.</summary>
    private SortedDictionary<string, TimeSpan> _times = new(StringComparer.Ordinal);

    private T Timed<T>(string what, Func<T> f)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        try
        {
            return f();
        }
        finally
        {
            _times[what] = _times.GetValueOrDefault(what) + System.Diagnostics.Stopwatch.GetElapsedTime(start);
        }
    }

    /// <summary>Writes a batch and runs it in the interpreter.</summary>
    public BodyBatch Prepare(IReadOnlyList<ulong> seeds)
    {
        var batch = Timed("generate", () => BodyBatch.Generate(toolchain, seeds));
        Interpret(batch);
        return batch;
    }

    private void Interpret(BodyBatch batch)
    {
        new SessionServices().Attach(batch.Tcx, Options(batch, BuildVariant.Default[0]));
        Timed("interpret", () =>
        {
            batch.Interpret();
            return 0;
        });
    }

    private LinkOptions Options(BodyBatch batch, BuildVariant variant) => variant.Apply(new LinkOptions
    {
        Root = batch.Crate.Info.Name,
        Output = Path.Combine(directory, variant.Name),
        Sysroot = toolchain.Sysroot,
        OverflowChecks = true,
        DebugAssertions = false,
        CodegenUnits = 1,
        Jobs = Jobs,
    });

    /// <summary>What each program printed, by its number; what is missing crashed. Null, and why, when the batch cannot be linked.</summary>
    public ulong?[]? Hashes(BodyBatch batch, BuildVariant variant, out string error)
    {
        error = "";
        try
        {
            Timed("link " + variant.Name, () => new LinkDriver(new CrateOpener(), new SessionServices()).Link(Options(batch, variant), batch.Tcx, batch.Crate.Number));
        }
        catch (Exception e)
        {
            error = e is MirlinkException or UnsupportedException or BugException ? $"{e.GetType().Name}: {e.Message}" : e.ToString();
            return null;
        }
        var hashes = new ulong?[batch.Programs.Count];
        for (int start = 0; start < hashes.Length;)
        {
            int from = start;
            var run = Timed("run", () => Execution.Run(Path.Combine(directory, variant.Name), Enumerable.Repeat("x", from), directory, RunTime));
            int last = start - 1;
            foreach (string line in run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                int space = line.IndexOf(' ');
                if (space < 0 || !int.TryParse(line.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out int program)
                    || !ulong.TryParse(line.AsSpan(space + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong hash)) continue;
                hashes[program] = hash;
                last = program;
            }
            if (run.ExitCode == 0) break;
            // The one after the last crashed.
            error = $"exit code {run.ExitCode}";
            start = last + 2;
        }
        File.Delete(Path.Combine(directory, variant.Name));
        return hashes;
    }

    // -- answers -------------------------------------------------------------------------------------------------------------------------------

    private BodyBatch? _batch;
    private ulong?[] _expected = [];

    public BatchAnswer Open(IReadOnlyList<ulong> seeds)
    {
        _times = new(StringComparer.Ordinal);
        return Open(Prepare(seeds));
    }

    /// <summary>A batch that was changed since it was generated.</summary>
    public BatchAnswer OpenChanged(BodyBatch batch)
    {
        Interpret(batch);
        return Open(batch);
    }

    private BatchAnswer Open(BodyBatch batch)
    {
        _batch = batch;
        _expected = new ulong?[batch.Programs.Count];
        var failures = new List<BodyFailure>();
        int withOracle = 0;
        for (int i = 0; i < _expected.Length; i++)
        {
            var program = _batch.Programs[i];
            if ((_expected[i] = program.Expected) is not null) withOracle++;
            if (program.Rejected is { } rejected) failures.Add(new BodyFailure(program.Seed, "interpreter", null, null, rejected));
        }
        return new BatchAnswer(failures, withOracle, null, _times);
    }

    public BatchAnswer Run(BuildVariant variant)
    {
        var batch = _batch ?? throw new BugException("no batch is open");
        _times = new(StringComparer.Ordinal);
        var failures = new List<BodyFailure>();
        if (Hashes(batch, variant, out string error) is not { } hashes) return new BatchAnswer(failures, 0, error, _times);
        for (int i = 0; i < hashes.Length; i++)
        {
            if (batch.Programs[i].Rejected is not null) continue;
            _expected[i] ??= hashes[i];
            if (hashes[i] is null || hashes[i] != _expected[i])
                failures.Add(new BodyFailure(batch.Programs[i].Seed, variant.Name, _expected[i], hashes[i], hashes[i] is null ? error : "another hash"));
        }
        return new BatchAnswer(failures, 0, null, _times);
    }

    public string Reduce(BodyFailure failure, TimeSpan time) => BodyReducer.Reduce(toolchain, directory, failure, DateTime.UtcNow + time, new ReductionJournal());

    public void Dispose() { }
}
