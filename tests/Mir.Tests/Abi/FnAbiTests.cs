using System.Text;
using Mirlink.Mir.Abi;

namespace Mirlink.Mir.Tests.Abi;

/// <summary>
/// Layouts and function ABIs against rustc's own: every item of the case that is marked #[cfg_attr(oracle, rustc_abi(debug))] must print alike.
/// </summary>
public class FnAbiTests
{
    [Theory]
    [InlineData("std_types", true)]
    [InlineData("std_types", false)]
    [InlineData("layouts", true)]
    [InlineData("functions", true)]
    [InlineData("functions", false)]
    public void EqualsRustc(string name, bool optimize) => Compare(Path.Combine(AppContext.BaseDirectory, "Abi", "cases", name + ".rs"), optimize);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void GeneratedTypesEqualRustc(int seed)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("mirlink-mir-tests-").FullName, "generated.rs");
        File.WriteAllText(file, new GeneratedTypes(seed).Write(120));
        Compare(file, optimize: true, count: 240);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    private static void Compare(string file, bool optimize, int count = 1)
    {
        string opt = optimize ? "-Copt-level=2" : "-Copt-level=0";
        var errors = RustcOracle.Diagnostics(file, "--crate-type=lib", "--emit=metadata", "--edition=2024", "--cap-lints=allow", "--cfg=oracle", opt);
        var expected = AbiText.Parse(errors);
        Assert.True(expected.Count >= count, errors);
        var session = new Session(file, optimize, opt);
        var wrong = new StringBuilder();
        int failures = 0;
        foreach (var (name, text) in expected)
        {
            string actual;
            try
            {
                var def = session.Item(name);
                var abi = session.Tcx.DefKind(def) == DefKind.TyAlias
                    ? session.Layouts.FnAbiOfFnPtr(((FnPtrTy)session.Tcx.TypeOf(def)).Sig.Value)
                    : session.Layouts.FnAbiOf(Instance.Item(def, session.Tcx.IdentityArgs(def)));
                actual = AbiText.Print(abi);
            }
            catch (Exception e) when (e is MirlinkException or BugException or InvalidOperationException or KeyNotFoundException or NotImplementedException or NullReferenceException or InvalidCastException)
            {
                actual = e.ToString();
            }
            if (actual == text || ++failures > 20) continue;
            int at = 0;
            while (at < actual.Length && at < text.Length && actual[at] == text[at]) at++;
            at = Math.Max(0, at - 60);
            wrong.Append($"\n{name}:\n  rustc   …{Cut(text, at)}\n  mirlink …{Cut(actual, at)}");
        }
        Assert.True(failures == 0, $"{failures} of {expected.Count} differ:{wrong}");
    }

    private static string Cut(string s, int at) => at >= s.Length ? "" : s.Substring(at, Math.Min(600, s.Length - at));
}
