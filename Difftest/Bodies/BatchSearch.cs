using Mirlink.Difftest.Run;

namespace Mirlink.Difftest.Bodies;

/// <summary>Runs batches in variants. Where nothing is known of a whole batch, halves it until the programs that are why are found.</summary>
public sealed class BatchSearch(IBatchRunner runner)
{
    public List<BodyFailure> Failures { get; } = [];
    public SortedDictionary<string, TimeSpan> Times { get; } = new(StringComparer.Ordinal);
    public int WithOracle { get; private set; }

    public void Run(ulong[] seeds, IReadOnlyList<BuildVariant> variants) => Run(seeds, variants, again: false);

    /// <param name="again">What the interpreter says of these programs is known.</param>
    private void Run(ulong[] seeds, IReadOnlyList<BuildVariant> variants, bool again)
    {
        bool open = false;
        foreach (var variant in variants)
        {
            if (!open)
            {
                var opened = Timed(runner.Open(seeds));
                if (opened.Error is { } reason)
                {
                    Halve(seeds, variants, "interpreter", reason, again);
                    return;
                }
                if (!again)
                {
                    Failures.AddRange(opened.Failures);
                    WithOracle += opened.WithOracle;
                }
                open = again = true;
            }
            var ran = Timed(runner.Run(variant));
            Failures.AddRange(ran.Failures);
            if (ran.Error is not { } error) continue;
            Halve(seeds, [variant], variant.Name, error, again);
            open = false;
        }
    }

    private void Halve(ulong[] seeds, IReadOnlyList<BuildVariant> variants, string name, string error, bool again)
    {
        int before = _culprits, half = seeds.Length / 2;
        if (half > 0)
        {
            Run(seeds[..half], variants, again);
            Run(seeds[half..], variants, again);
            if (_culprits > before) return;
            error = $"together with the {seeds.Length - 1} programs after it: {error}";
        }
        _culprits++;
        Failures.Add(new BodyFailure(seeds[0], name, null, null, error));
    }

    /// <summary>Programs found by halving.</summary>
    private int _culprits;

    private BatchAnswer Timed(BatchAnswer answer)
    {
        foreach (var (what, time) in answer.Times) Times[what] = Times.GetValueOrDefault(what) + time;
        return answer;
    }
}
