using FsCheck;
using FsCheck.Fluent;
using Mirlink.Backend.Cranelift;
using Mirlink.Difftest;
using Mirlink.Difftest.Bodies;
using Mirlink.Difftest.Generate;
using Mirlink.Difftest.Run;
using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Rustc;
using Xunit.Abstractions;

namespace Mirlink.Property;

/// <summary>Random programs made of MIR: interpreter and backends agree. MIRLINK_DIFFTEST_SCALE multiplies how many.</summary>
public sealed class BodyTests(ITestOutputHelper output) : IDisposable
{
    private const int FixedSeedPrograms = 500, FreshSeedPrograms = 100;

    private readonly string _directory = Directory.CreateTempSubdirectory("mirlink-bodies-").FullName;
    private static int Scale => int.TryParse(Environment.GetEnvironmentVariable("MIRLINK_DIFFTEST_SCALE"), out int n) ? n : 1;

    public void Dispose()
    {
        DeliberateFault.Active = Fault.None;
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Fixed_seed() => Check(1, FixedSeedPrograms * Scale);

    [Fact]
    public void Fresh_seed()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        Check(seed, FreshSeedPrograms * Scale);
    }

    private static void Check(ulong seed, int count)
    {
        var result = new BodyCampaign(new CampaignOptions
        {
            Seed = seed,
            Count = count,
            Cranelift = CraneliftLibrary.IsAvailable,
            KnownBugs = KnownBugs.Read(Path.Combine(Repository.Regressions, "known-bugs.txt")),
            ReduceFor = TimeSpan.FromSeconds(60),
        }).Run();
        Assert.Equal(count, result.Programs);
        // Most programs do not unwind.
        Assert.True(result.WithOracle > count / 2, $"seed {seed}: the interpreter ran {result.WithOracle} of {count} programs");
        Assert.True(result.Failures.Count == 0, $"seed {seed}: " + string.Join("\n", result.Failures.Select(static f => $"program {f.Failure.Seed:x16}: {f.Failure.Signature}\n{f.Text}")));
    }

    private static BodyBatch Generate(params ulong[] seeds)
    {
        var batch = BodyBatch.Generate(RustcToolchain.Find(), seeds);
        new SessionServices().Attach(batch.Tcx, new LinkOptions { Root = "", Output = "" });
        return batch;
    }

    [Fact]
    public void Bodies_are_valid_and_defined() => FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(5), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), static first =>
    {
        var batch = Generate([.. Enumerable.Range(0, 20).Select(i => Choices.Derive((ulong)first, (ulong)i))]);
        var errors = new List<string>();
        foreach (var item in batch.Crate.Items)
            if (item.Body is { } body && (item.Generics?.Count ?? 0) == 0)
                errors.AddRange(Validator.Check(batch.Tcx, body).Select(e => $"{item.Key.Name}: {e}"));
        batch.Interpret();
        errors.AddRange(batch.Programs.Where(static p => p.Rejected is not null).Select(static p => $"{p.Seed:x16}: {p.Rejected}"));
        return (errors.Count == 0).Label(string.Join("\n", errors));
    }));

    /// <summary>What a seed stands for depends neither on the session nor on the programs beside it.</summary>
    [Fact]
    public void A_seed_is_a_program()
    {
        ulong[] seeds = [.. Enumerable.Range(0, 30).Select(static i => Choices.Derive(7, (ulong)i))];
        var together = Generate(seeds);
        together.Interpret();
        Assert.Equal(BodyCampaign.Print(seeds), BodyCampaign.Print(seeds));
        for (int i = 0; i < seeds.Length; i += 5)
        {
            var alone = Generate(seeds[i]);
            alone.Interpret();
            Assert.Equal(together.Programs[i].Expected, alone.Programs[0].Expected);
        }
        Assert.True(together.Programs.Select(static p => p.Expected).Distinct().Count() > seeds.Length / 2);
    }

    /// <summary>All bodies of a program as text, read again, are the program.</summary>
    [Fact]
    public void A_programs_text_is_the_program()
    {
        for (int i = 0; i < 40; i++)
        {
            ulong seed = Choices.Derive(11, (ulong)i);
            var batch = Generate(seed);
            batch.Interpret();
            var defs = Enumerable.Range(0, batch.Crate.DefCount).Where(d => batch.Crate.Items[d].Body is not null).Select(d => new DefId(batch.Crate.Number, d)).ToList();
            string text = $"// seed {seed:x16}\n" + ProgramText.Write(batch, ProgramText.PrinterOf(batch), defs);
            var (again, _) = ProgramText.Read(RustcToolchain.Find(), text);
            again.Interpret();
            Assert.Null(again.Programs[0].Rejected);
            Assert.Equal(batch.Programs[0].Expected, again.Programs[0].Expected);
            Assert.Equal(text, $"// seed {seed:x16}\n" + ProgramText.Write(again, ProgramText.PrinterOf(again), defs));
        }
    }

    [Fact]
    public void A_failing_program_is_made_small() => DifferentialTests.OnDeepStack(() =>
    {
        var toolchain = RustcToolchain.Find();
        var variant = BuildVariant.ByName("llvm-O0-mir-none");
        DeliberateFault.Active = Fault.SignExtension;
        using var comparison = new BodyComparison(toolchain, _directory);
        comparison.Open([.. Enumerable.Range(0, 40).Select(static i => Choices.Derive(3, (ulong)i))]);
        var failure = comparison.Run(variant).Failures.First(f => f.Expected is not null && f.Actual is not null);
        string whole = BodyCampaign.Print([failure.Seed]), reduced = BodyReducer.Reduce(toolchain, _directory, failure, DateTime.UtcNow + TimeSpan.FromSeconds(40), new ReductionJournal());
        output.WriteLine(reduced);
        Assert.Contains("i16", reduced, StringComparison.Ordinal);
        // It is there again by its text.
        var (again, _) = ProgramText.Read(toolchain, $"// seed {failure.Seed:x16}; {failure.Signature}\n{reduced}");
        Assert.Empty(comparison.OpenChanged(again).Failures);
        Assert.NotEmpty(comparison.Run(variant).Failures);
        Assert.True(reduced.Length < whole.Length, reduced);
        return 0;
    });
}
