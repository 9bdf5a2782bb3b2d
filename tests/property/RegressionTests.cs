using Mirlink.Difftest;
using Mirlink.Difftest.Run;
using Mirlink.Rustc;

namespace Mirlink.Property;

/// <summary>Programs of tests/regressions, which failed once: they still behave as rustc's.</summary>
public sealed class RegressionTests
{
    public static TheoryData<string> All() => [.. Directory.EnumerateFiles(Repository.Regressions, "*.rs").Select(static f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(All))]
    public void Behaves_like_rustc(string name)
    {
        string directory = Directory.CreateTempSubdirectory("mirlink-regression-").FullName;
        try
        {
            string file = Path.Combine(Repository.Regressions, name + ".rs"), source = File.ReadAllText(file);
            string expected = Regressions.ExpectedFile(file);
            var options = Regressions.OptionsOf(source);
            var comparison = new Comparison(RustcToolchain.Find(), BuildVariant.Default) { Jobs = Environment.ProcessorCount };
            if (!File.Exists(expected))
            {
                // A new one: rustc says what is expected.
                var reference = comparison.Reference(source, options, directory, out string error);
                Assert.True(reference is not null, error);
                File.WriteAllText(expected, Regressions.Format(reference));
            }
            var outcome = DifferentialTests.OnDeepStack(() => comparison.Compare(source, options, directory, Regressions.Parse(File.ReadAllText(expected))));
            Assert.True(outcome.Verdict == Verdict.Agree, $"{outcome.Signature}\n{outcome.Detail}");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
