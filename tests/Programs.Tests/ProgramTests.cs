using Xunit;

namespace Mirlink.Programs.Tests;

/// <summary>Every program of <c>tests/programs</c>, compiled by each backend, behaves as when rustc builds it. A class per level, so that two run at a time.</summary>
public sealed class ProgramsAtO0
{
    [Theory]
    [MemberData(nameof(Programs.All), MemberType = typeof(Programs))]
    public void O0(string program) => Programs.BehavesLikeRustc(program, 0);
}

/// <inheritdoc cref="ProgramsAtO0"/>
public sealed class ProgramsAtO2
{
    [Theory]
    [MemberData(nameof(Programs.All), MemberType = typeof(Programs))]
    public void O2(string program) => Programs.BehavesLikeRustc(program, 2);
}

public static class Programs
{
    internal static IEnumerable<string> Names => Directory.EnumerateFiles(Path.Combine(Repository.Root, Repository.Programs), "*.rs")
        .Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    public static TheoryData<string> All() => [.. Names];

    internal static void BehavesLikeRustc(string name, int optLevel)
    {
        var program = TestProgram.Load(name);
        var expected = ReferenceCompiler.Expect(program, optLevel);
        string rlib = MirlinkCompiler.FrontEnd(program, optLevel);
        foreach (string backend in MirlinkCompiler.Backends)
        {
            string? difference = Difference.Between(expected, MirlinkCompiler.LinkAndRun(program, rlib, optLevel, backend));
            Assert.True(difference is null, $"{program.SourcePath} at -O{optLevel} by {backend}:\n{difference}");
        }
    }
}
