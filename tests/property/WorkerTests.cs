using Mirlink.Difftest.Bodies;
using Mirlink.Difftest.Run;
using Mirlink.Difftest.Workers;

namespace Mirlink.Property;

/// <summary>A campaign goes on when a program ends the process that works on it, and says which program it was.</summary>
public sealed class WorkerTests
{
    private static readonly BuildVariant[] s_variants = [BuildVariant.ByName("llvm-O0"), BuildVariant.ByName("llvm-O2"), BuildVariant.ByName("cranelift-O0")];

    /// <summary>Whom batches with some programs kill in a variant.</summary>
    private sealed class Mortal(string variant, Func<IReadOnlyList<ulong>, bool> kills) : IBatchRunner
    {
        private static readonly SortedDictionary<string, TimeSpan> s_none = [];
        private IReadOnlyList<ulong>? _batch;

        public int Runs { get; private set; }

        public BatchAnswer Open(IReadOnlyList<ulong> seeds)
        {
            _batch = seeds;
            return variant == "interpreter" && kills(seeds) ? Die() : new BatchAnswer([], seeds.Count, null, s_none);
        }

        public BatchAnswer Run(BuildVariant v)
        {
            Assert.NotNull(_batch);
            Runs++;
            return v.Name == variant && kills(_batch) ? Die() : new BatchAnswer([.. _batch.Where(static s => s == 90).Select(s => new BodyFailure(s, v.Name, 1, 2, "another hash"))], 0, null, s_none);
        }

        private BatchAnswer Die()
        {
            _batch = null;
            return new BatchAnswer([], 0, "dead", s_none);
        }

        public string Reduce(BodyFailure failure, TimeSpan time) => "";
        public void Dispose() { }
    }

    private static (List<string> Failures, BatchSearch Search) Search(string variant, Func<IReadOnlyList<ulong>, bool> kills)
    {
        var search = new BatchSearch(new Mortal(variant, kills));
        search.Run([.. Enumerable.Range(0, 100).Select(static i => (ulong)i)], s_variants);
        return ([.. search.Failures.Select(static f => $"{f.Seed} {f.Variant}: {f.Detail}").Order(StringComparer.Ordinal)], search);
    }

    [Theory]
    [InlineData("llvm-O0")]
    [InlineData("llvm-O2")]
    [InlineData("cranelift-O0")]
    public void Programs_that_kill_are_found_and_the_others_run_in_all_variants(string variant)
    {
        var (failures, search) = Search(variant, static seeds => seeds.Contains(13ul) || seeds.Contains(77ul));
        string[] expected = [$"13 {variant}: dead", $"77 {variant}: dead", "90 llvm-O0: another hash", "90 llvm-O2: another hash", "90 cranelift-O0: another hash"];
        Assert.Equal(expected.Order(StringComparer.Ordinal), failures);
        Assert.Equal(100, search.WithOracle);
    }

    [Fact]
    public void Programs_that_kill_together_are_no_secret()
    {
        var (failures, _) = Search("llvm-O2", static seeds => seeds.Contains(13ul) && seeds.Contains(77ul));
        Assert.Contains("0 llvm-O2: together with the 99 programs after it: dead", failures);
    }

    [Fact]
    public void The_interpreter_may_die_as_well()
    {
        var (failures, search) = Search("interpreter", static seeds => seeds.Contains(13ul));
        Assert.Contains("13 interpreter: dead", failures);
        Assert.Equal(3, failures.Count(static f => f.StartsWith("90 ", StringComparison.Ordinal)));
        Assert.Equal(99, search.WithOracle);
    }

    [Fact]
    public void A_process_that_ends_says_why()
    {
        using var worker = new BatchProcess(new WorkerCommand("/bin/sh", ["-c", "read line; echo 'LLVM ERROR: cannot select' >&2; kill -ABRT $$"]), "");
        for (int i = 0; i < 2; i++)
        {
            // With a line's end among its bytes.
            var answer = worker.Open([10]);
            Assert.Equal("the process ended: LLVM ERROR: cannot select (exit code 134)", answer.Error);
        }
    }
}
