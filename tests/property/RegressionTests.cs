using Mirlink.Difftest;
using Mirlink.Difftest.Run;
using Mirlink.Rustc;

namespace Mirlink.Property;

/// <summary>Programs of tests/regressions, which failed once: they still behave as rustc's.</summary>
public sealed class RegressionTests
{
    private static IEnumerable<string> Names => Directory.EnumerateFiles(Repository.Regressions, "*.rs").Select(static f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal);

    /// <summary>One test, since a theory without data fails, and the best state of the folder is to be empty.</summary>
    [Fact]
    public void All_behave_like_rustc()
    {
        var failed = Names.Select(static name => (Name: name, Difference: Difference(name))).Where(static r => r.Difference is not null).Select(static r => $"{r.Name}: {r.Difference}");
        Assert.Empty(failed);
    }

    private static string? Difference(string name)
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
            return outcome.Verdict == Verdict.Agree ? null : $"{outcome.Signature}\n{outcome.Detail}";
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
