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

/// <summary>Links a batch in each variant, runs it and compares each program's hash with the interpreter's, or with the first variant's where there is none.</summary>
public sealed class BodyComparison(RustcToolchain toolchain, string directory)
{
    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(60);

    public int Jobs { get; init; } = 1;

    /// <summary>CPU and wall time by what it was spent on, since the object was made.</summary>
    public SortedDictionary<string, TimeSpan> Times { get; } = new(StringComparer.Ordinal);

    private T Timed<T>(string what, Func<T> f)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        try
        {
            return f();
        }
        finally
        {
            Times[what] = Times.GetValueOrDefault(what) + System.Diagnostics.Stopwatch.GetElapsedTime(start);
        }
    }

    /// <summary>Writes a batch and runs it in the interpreter.</summary>
    public BodyBatch Prepare(IReadOnlyList<ulong> seeds)
    {
        var batch = Timed("generate", () => BodyBatch.Generate(toolchain, seeds));
        new SessionServices().Attach(batch.Tcx, Options(batch, BuildVariant.Default[0]));
        Timed("interpret", () =>
        {
            batch.Interpret();
            return 0;
        });
        return batch;
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

    /// <summary>All variants of a batch. Programs that the interpreter does not accept are failures of the variant "interpreter".</summary>
    public List<BodyFailure> Compare(BodyBatch batch, IReadOnlyList<BuildVariant> variants)
    {
        var failures = new List<BodyFailure>();
        var expected = new ulong?[batch.Programs.Count];
        for (int i = 0; i < expected.Length; i++)
        {
            expected[i] = batch.Programs[i].Expected;
            if (batch.Programs[i].Rejected is { } rejected) failures.Add(new BodyFailure(batch.Programs[i].Seed, "interpreter", null, null, rejected));
        }
        foreach (var variant in variants)
        {
            if (Hashes(batch, variant, out string error) is not { } hashes)
            {
                failures.AddRange(Halves(batch, variant, error));
                continue;
            }
            for (int i = 0; i < hashes.Length; i++)
            {
                if (batch.Programs[i].Rejected is not null) continue;
                expected[i] ??= hashes[i];
                if (hashes[i] is null || hashes[i] != expected[i])
                    failures.Add(new BodyFailure(batch.Programs[i].Seed, variant.Name, expected[i], hashes[i], hashes[i] is null ? error : "another hash"));
            }
        }
        return failures;
    }

    /// <summary>A batch that cannot be linked: the programs that are why, found by halving, and what the others do.</summary>
    private List<BodyFailure> Halves(BodyBatch batch, BuildVariant variant, string error)
    {
        if (batch.Programs.Count == 1) return [new BodyFailure(batch.Programs[0].Seed, variant.Name, batch.Programs[0].Expected, null, error)];
        int half = batch.Programs.Count / 2;
        ulong[] seeds = [.. batch.Programs.Select(static p => p.Seed)];
        return [.. Compare(Prepare(seeds[..half]), [variant]), .. Compare(Prepare(seeds[half..]), [variant])];
    }
}
