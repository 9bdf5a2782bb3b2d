using FsCheck;
using FsCheck.Fluent;
using Mirlink.Difftest.Generate;
using Mirlink.Difftest.Reduce;

namespace Mirlink.Property;

/// <summary>The generator and the reducer by themselves.</summary>
public sealed class GeneratorTests
{
    private static readonly Arbitrary<int> Seeds = Arb.From(Gen.Choose(0, int.MaxValue));

    private static void Holds(Func<int, bool> property, int count) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(count), Prop.ForAll(Seeds, property));

    [Fact]
    public void A_seed_is_a_program() =>
        Holds(static seed => ProgramGenerator.Generate((ulong)seed, 8).Source == ProgramGenerator.Generate((ulong)seed, 8).Source, 50);

    [Fact]
    public void Programs_are_of_a_useful_size() => Holds(static seed => ProgramGenerator.Generate((ulong)seed).Source.Count(static c => c == '\n') is > 150 and < 3000, 50);

    [Fact]
    public void What_is_avoided_does_not_occur() => Holds(static seed =>
    {
        string source = ProgramGenerator.Generate((ulong)seed, 8, new HashSet<string> { "extern-c", "string", "drop", "int128" }).Source;
        string generated = source[source.IndexOf("fold_tuple!(A 0, B 1, C 2);", StringComparison.Ordinal)..];
        return !generated.Contains("extern \"C-unwind\"") && !generated.Contains(": String") && !generated.Contains("impl Drop") && !generated.Contains(": i128");
    }, 50);

    [Fact]
    public void Shrinking_shrinks() => Holds(static seed =>
    {
        var program = ProgramGenerator.Generate((ulong)seed, 4).Code;
        return Reducer.Candidates(program).Take(20).All(c => c.Size < program.Size);
    }, 10);

    /// <summary>The reducer keeps what fails and leaves nothing that can go.</summary>
    [Fact]
    public void Reduction_finds_the_core()
    {
        // Stands for a compiler that fails on any while loop. Several loops: the only one may be in a function that nothing calls, which the reducer drops at once.
        var program = Enumerable.Range(7, 100).Select(static seed => ProgramGenerator.Generate((ulong)seed, 6).Code).First(static p => p.ToString().Split("while ").Length > 4);
        string source = program.ToString();
        var reduced = Reducer.Reduce(program, static text => text.Contains("while "), DateTime.UtcNow.AddSeconds(20)).ToString();
        Assert.Contains("while ", reduced);
        Assert.True(reduced.Length * 1.3 < source.Length, reduced);
    }
}
