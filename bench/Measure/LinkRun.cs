using System.Text.Json;

namespace Mirlink.Bench.Measure;

/// <summary>`mirlink stats --json` on a link that a build made before.</summary>
internal sealed class LinkRun
{
    private readonly JsonElement _json;

    public Usage Usage { get; }

    private LinkRun(JsonElement json, Usage usage) => (_json, Usage) = (json, usage);

    /// <param name="arguments">The argument file, see <see cref="Variant.LinkArguments"/>.</param>
    public static LinkRun Run(Session s, Application app, string arguments, params ReadOnlySpan<string> options)
    {
        if (options.Contains("--backend"))
        {
            // An option is given once: the build's own goes.
            string other = s.Folder(app, "link", "other.args");
            File.WriteAllLines(other, File.ReadLines(arguments).Where(static l => !l.StartsWith("--backend ", StringComparison.Ordinal)));
            arguments = other;
        }
        string log = s.Folder(app, "stats.json");
        var usage = Meter.Run(s.Command(s.Mirlink, ["stats", "--json", "@" + arguments, .. options]), log);
        string text = File.ReadAllText(log);
        if (usage.ExitCode != 0) throw new InvalidOperationException($"{app.Name}: mirlink stats failed: {text}");
        int start = text.IndexOf("{\n", StringComparison.Ordinal);
        return new LinkRun(JsonDocument.Parse(text[start..(text.LastIndexOf('}') + 1)]).RootElement, usage);
    }

    public double Compiled(string count) => _json.GetProperty("compiled").GetProperty(count).GetDouble();
    public double Merged(string count) => _json.GetProperty("merged").GetProperty(count).GetDouble();
    public double Erased => _json.GetProperty("erased").GetDouble();
    public double Reached => _json.GetProperty("reached").GetDouble();

    /// <summary>CPU milliseconds of a stage.</summary>
    public double Stage(string name)
    {
        foreach (var stage in _json.GetProperty("stages").EnumerateArray())
            if (stage.GetProperty("name").GetString() == name) return stage.GetProperty("cpu_ms").GetDouble();
        return 0;
    }

    /// <summary>CPU of all stages, in one line: what a link spends its time on.</summary>
    public string Profile()
    {
        var stages = _json.GetProperty("stages").EnumerateArray().Select(static t => (Name: t.GetProperty("name").GetString()!, Cpu: t.GetProperty("cpu_ms").GetDouble())).ToList();
        double all = stages.Sum(static t => t.Cpu);
        return string.Join(", ", stages.Where(t => t.Cpu >= all / 100).Select(t => FormattableString.Invariant($"{t.Name} {t.Cpu / 1000:F2} s ({t.Cpu / all:P0})")));
    }
}
