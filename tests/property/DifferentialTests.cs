using FsCheck;
using FsCheck.Fluent;
using Mirlink.Difftest;
using Mirlink.Difftest.Generate;
using Mirlink.Difftest.Reduce;
using Mirlink.Difftest.Run;
using Mirlink.Rustc;
using Xunit.Abstractions;

namespace Mirlink.Property;

/// <summary>Random programs: what rustc makes of them, Mirlink makes of them. MIRLINK_DIFFTEST_SCALE multiplies how many.</summary>
public sealed class DifferentialTests(ITestOutputHelper output) : IDisposable
{
    private const int FixedSeedPrograms = 6, FreshSeedPrograms = 3;

    private readonly string _directory = Directory.CreateTempSubdirectory("mirlink-property-").FullName;
    private static int Scale => int.TryParse(Environment.GetEnvironmentVariable("MIRLINK_DIFFTEST_SCALE"), out int n) ? n : 1;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static KnownBugs Known => KnownBugs.Read(Path.Combine(Repository.Regressions, "known-bugs.txt"));

    /// <summary>Programs by seed; smaller ones lack an item or a statement.</summary>
    private static Arbitrary<GeneratedProgram> Programs(int functions) => Arb.From(
        Gen.Select(Gen.Choose(0, int.MaxValue), seed => ProgramGenerator.Generate((ulong)seed, functions, Known.Avoid)),
        static program => Reducer.Candidates(program.Code).Select(code => program with { Code = code }));

    [Fact]
    public void Fixed_seed() => Check(1, FixedSeedPrograms * Scale);

    [Fact]
    public void Fresh_seed()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        Check(seed, FreshSeedPrograms * Scale);
    }

    private void Check(ulong seed, int count)
    {
        var comparison = new Comparison(RustcToolchain.Find(), BuildVariant.Default) { Jobs = Environment.ProcessorCount };
        var property = Prop.ForAll(Programs(10), program =>
        {
            var outcome = OnDeepStack(() => comparison.Compare(program.Source, FrontEndOptions.For(program.Seed), _directory));
            // A shrunk program that rustc does not accept says nothing; one as generated must be accepted.
            bool rejected = outcome.Verdict == Verdict.Rejected && program.Source == ProgramGenerator.Generate(program.Seed, 10, Known.Avoid).Source;
            return (!rejected && outcome.Verdict is Verdict.Agree or Verdict.Rejected || Known.Explains(outcome))
                .Label($"seed {seed}, program {program.Seed:x16}: {outcome.Signature}\n{outcome.Detail}\n{program.Source}");
        });
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(seed | 1, (seed << 1) | 1), property);
    }

    /// <summary>Deeply nested types recurse deeply.</summary>
    internal static T OnDeepStack<T>(Func<T> function)
    {
        T result = default!;
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try { result = function(); }
            catch (Exception e) { error = e; }
        }, 256 << 20);
        thread.Start();
        thread.Join();
        return error is null ? result : throw new InvalidOperationException(error.Message, error);
    }
}
