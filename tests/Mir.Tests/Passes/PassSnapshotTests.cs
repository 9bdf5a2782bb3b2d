using System.Runtime.CompilerServices;
using System.Text;
using Mirlink.Mir.Passes;
using Mirlink.Mir.Text;

namespace Mirlink.Mir.Tests.Passes;

/// <summary>
/// What each pass does, as text. A case is a Rust file; its first line, `// passes: a, b, c`, names the passes that run on every function of it, in order
/// (`generic MIR`: the optimizer of libraries, on bodies that are not instantiated).
/// The snapshot beside it has each function before the last pass and after it. MIRLINK_BLESS=1 writes the snapshots anew.
/// </summary>
public class PassSnapshotTests
{
    private static string Folder([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "cases");

    public static TheoryData<string> Cases()
    {
        var data = new TheoryData<string>();
        foreach (var f in Directory.GetFiles(Folder(), "*.rs").Order(StringComparer.Ordinal)) data.Add(Path.GetFileNameWithoutExtension(f));
        return data;
    }

    private static IMirPass Pass(string name) => Pipeline.Find(name) ?? throw new ArgumentException($"no pass is called {name}");

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_pass_does_what_its_snapshot_says(string name)
    {
        var source = Path.Combine(Folder(), name + ".rs");
        var lines = File.ReadAllLines(source);
        Assert.StartsWith("// passes: ", lines[0], StringComparison.Ordinal);
        var passes = lines[0]["// passes: ".Length..].Split(", ");
        var session = new Session(source, optimize: true, "-Zmir-opt-level=0", "-Cdebug-assertions=off", "-Zinline-mir=no");
        var tcx = session.Tcx;
        var shims = new Shims.ShimBuilder(tcx);
        var mono = new Monomorphizer(tcx);
        Body Load(Instance i) => shims.Build(i) ?? mono.Instantiate(tcx.Traits.BodyOf(i) ?? throw new InvalidOperationException($"no body of {i}"), i.Args);
        var options = new PassOptions { Optimize = true, Validate = true };
        var context = new PassContext(tcx, options);
        bool generic = passes[^1] == "generic MIR";
        var text = new StringBuilder();
        int changed = 0;
        foreach (var line in lines)
        {
            if (!line.StartsWith("pub fn ", StringComparison.Ordinal)) continue;
            var function = line["pub fn ".Length..line.IndexOfAny(['(', '<'])];
            var instance = Instance.Item(session.Item(function), tcx.Traits.NormalizeErasingRegions(tcx.IdentityArgs(session.Item(function))));
            var body = generic ? session.Tcx.Crates[instance.Def.Krate].OptimizedMir(instance.Def.Index)! : Load(instance);
            Pipeline.Validate(tcx, body, "loading");
            foreach (var p in passes[..^1])
            {
                Pass(p).Run(body, context);
                Pipeline.Validate(tcx, body, p);
            }
            var before = MirPrinter.Print(tcx, body);
            if (passes[^1] == "inline")
            {
                body = new BodyOptimizer(tcx, options, Load).Optimize(instance);
                // What is lowered keeps them; nobody wants to read them.
                Pass("unused-locals").Run(body, context);
            }
            else if (generic) new GenericOptimizer(tcx, []).Optimize(instance.Def, body);
            else Pass(passes[^1]).Run(body, context);
            Pipeline.Validate(tcx, body, passes[^1]);
            var after = MirPrinter.Print(tcx, body);
            if (before != after) changed++;
            text.Append("// ").Append(function).Append(" before ").Append(passes[^1]).Append('\n').Append(before);
            text.Append("// ").Append(function).Append(" after ").Append(passes[^1]).Append(before == after ? ": the same\n" : "\n").Append(before == after ? "" : after).Append('\n');
        }
        Assert.True(changed > 0, "the pass changed nothing: nothing was tested");

        var snapshot = Path.Combine(Folder(), name + ".mir");
        if (Environment.GetEnvironmentVariable("MIRLINK_BLESS") == "1") File.WriteAllText(snapshot, text.ToString());
        Assert.Equal(File.ReadAllText(snapshot), text.ToString());
    }
}
