using System.Text.Json;
using Mirlink.Bench.Measure;

namespace Mirlink.Bench;

/// <summary>
/// What one part measured on one application: samples by name (`cpu.stock-dev`), texts by name (profiles, and why something could not be measured). Kept in a file
/// that is written after each sample, so that a run can go on where it was interrupted and the report can be made of several runs.
/// </summary>
internal sealed class Results
{
    private sealed record Document(string Application, string Part, string Commit, string Started, Dictionary<string, List<double>> Samples, Dictionary<string, string> Texts);

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };
    private readonly string _path;
    private readonly Document _document;

    public string Application => _document.Application;
    public string Part => _document.Part;
    public string Commit => _document.Commit;
    public string Started => _document.Started;
    public IEnumerable<string> Names => _document.Samples.Keys.Order(StringComparer.Ordinal);

    private Results(string path, Document document) => (_path, _document) = (path, document);

    /// <summary>The results of an application's part; those of an earlier run only to go on with them.</summary>
    public static Results Open(string folder, string application, string part, string commit, bool goOn)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, $"{application}.{part}.json");
        if (goOn && File.Exists(path))
        {
            var known = Read(path);
            // It is tried again.
            foreach (string text in known._document.Texts.Keys.Where(static t => t.StartsWith("failed", StringComparison.Ordinal)).ToArray()) known._document.Texts.Remove(text);
            return known;
        }
        return new Results(path, new Document(application, part, commit, DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm'Z'", System.Globalization.CultureInfo.InvariantCulture), [], []));
    }

    public static List<Results> All(string folder) => [.. Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(Read) : []];

    private static Results Read(string path) => new(path, JsonSerializer.Deserialize<Document>(File.ReadAllText(path)) ?? throw new InvalidDataException(path));

    public int Count(string name) => _document.Samples.TryGetValue(name, out var s) ? s.Count : 0;

    public IReadOnlyCollection<double> Samples(string name) => _document.Samples.TryGetValue(name, out var s) ? s : [];

    /// <summary>The median; NaN when there is no sample.</summary>
    public double this[string name] => Average.Median(Samples(name));

    public string? Text(string name) => _document.Texts.GetValueOrDefault(name);

    public void Add(string name, double sample)
    {
        if (!_document.Samples.TryGetValue(name, out var samples)) _document.Samples.Add(name, samples = []);
        samples.Add(sample);
    }

    public void Set(string name, double value) => _document.Samples[name] = [value];

    public void SetText(string name, string text) => _document.Texts[name] = text;

    public void Save()
    {
        File.WriteAllText(_path + ".new", JsonSerializer.Serialize(_document, s_json));
        File.Move(_path + ".new", _path, overwrite: true);
    }
}
