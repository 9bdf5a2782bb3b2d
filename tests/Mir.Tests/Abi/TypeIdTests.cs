using System.Globalization;
using System.Text;

namespace Mirlink.Mir.Tests.Abi;

/// <summary>Type ids against those that a program prints.</summary>
public class TypeIdTests
{
    [Fact]
    public void EqualRustcs()
    {
        var directory = Directory.CreateTempSubdirectory("mirlink-mir-tests-").FullName;
        var source = Path.Combine(AppContext.BaseDirectory, "Abi", "cases", "type_ids.rs");
        var main = Path.Combine(directory, "main.rs");
        var program = Path.Combine(directory, "main");
        File.WriteAllText(main, "fn main() { for (name, id) in case::ids() { println!(\"{name} {id:?}\"); } }");
        RustcOracle.Check(source, "--crate-name=case", "--crate-type=rlib", "--edition=2024", "--cap-lints=allow", "-o", Path.Combine(directory, "libcase.rlib"));
        RustcOracle.Check(main, "--crate-type=bin", "--edition=2024", "--extern", "case=" + Path.Combine(directory, "libcase.rlib"), "-o", program);
        var session = new Session(source, optimize: false);
        var wrong = new StringBuilder();
        int count = 0;
        foreach (var line in RustcOracle.Execute(program, []).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, id) = (line.Split(' ')[0], line.Split(' ')[1]);
            count++;
            string actual;
            try
            {
                var def = session.Item(name);
                var ty = session.Tcx.DefKind(def) == DefKind.TyAlias ? session.Tcx.TypeOf(def) : session.Tcx.FnSig(def).Value.Output;
                actual = string.Create(CultureInfo.InvariantCulture, $"TypeId(0x{session.Layouts.TypeIdHash(session.Tcx.Traits.NormalizeErasingRegions(ty)):x32})");
            }
            catch (Exception e)
            {
                actual = e.ToString();
            }
            if (actual != id) wrong.Append($"\n{line}, not {actual}");
        }
        Directory.Delete(directory, recursive: true);
        Assert.True(count > 50);
        Assert.True(wrong.Length == 0, wrong.ToString());
    }
}
