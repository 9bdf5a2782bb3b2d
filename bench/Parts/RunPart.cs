using Mirlink.Bench.Measure;

namespace Mirlink.Bench.Parts;

/// <summary>
/// How fast the release builds are: CPU of an application's heavy scenarios (bench/scenarios) and of all of those that the fidelity corpus compares, which are many
/// short runs.
/// </summary>
internal sealed class RunPart : IPart
{
    private const string Short = "the corpus' scenarios";

    public string Name => "run";

    public void Run(Session s, Application app, Results r)
    {
        var variants = new[] { Variant.StockRelease, Variant.MirlinkRelease, Variant.StockLto }.Where(v => v.Ensure(s, app, r)).ToList();
        var scenarios = new List<(string Name, string Script)>();
        string own = Path.Combine(s.Root, "bench", "scenarios", app.Name + ".txt"), corpus = Path.Combine(s.Root, "tests", "corpus", "scenarios", app.Name + ".txt");
        foreach (string line in Lines(own)) scenarios.Add((line, line));
        // A shell of its own for each, as the corpus does; some of them fail on purpose.
        string all = s.Folder(app, "scenarios.sh");
        Directory.CreateDirectory(s.Folder(app));
        File.WriteAllLines(all, Lines(corpus).Select(static l => $"(\n{l}\n)"));
        if (Lines(corpus).Count > 0) scenarios.Add((Short, $"for i in 1 2 3; do . {all}; done"));

        string data = Path.Combine(s.Work, "data");
        for (int round = 1; round <= Math.Max(3, s.Repeat); round++)
            foreach (var (name, script) in scenarios)
                foreach (var v in variants)
                {
                    if (r.Count($"run.{name}.{v.Name}") >= round) continue;
                    var command = s.Command("bash", "-c", script);
                    command.WorkingDirectory = data;
                    command.Environment["app"] = v.Executable(s, app);
                    command.Environment["tree"] = Path.Combine(s.Corpus, "registry");
                    command.Environment["HOME"] = s.Work;
                    command.Environment["TZ"] = "UTC";
                    r.Add($"run.{name}.{v.Name}", Meter.Run(command, s.Folder(app, "run.log")).Cpu);
                    r.Save();
                }
        foreach (var (name, _) in scenarios)
            Session.Say($"{app.Name}: {name}: {string.Join(", ", variants.Select(v => $"{v.Name} {Meter.Seconds(r[$"run.{name}.{v.Name}"])} s"))}");
    }

    private static List<string> Lines(string path) => File.Exists(path) ? [.. File.ReadLines(path).Where(static l => l.Length > 0 && l[0] != '#')] : [];
}
