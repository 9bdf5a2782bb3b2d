namespace Mirlink.SchemaTool;

/// <summary>A compiler release whose metadata is read: its schema, as its mapping.txt adapts it to the model.</summary>
sealed record Release(string Version, string Directory, Schema Schema)
{
    /// <summary>The version as part of an identifier.</summary>
    public string Name => Version.Replace('.', '_');

    /// <summary>Intrinsics that have another name in the model, which knows each by one name.</summary>
    public List<(string Name, string Model)> Intrinsics { get; } = [];

    public Dictionary<string, Entry> Entries { get; } = Schema.Entries.ToDictionary(e => e.Id, StringComparer.Ordinal);
}

/// <summary>
/// Every release of releases.txt, and the model: the one set of types they are all decoded to. The model is the first release's, with what the others have
/// beside it at the end: a variant keeps the number it has in the first release, and a field that a release lacks has its default.
/// </summary>
sealed class ReleaseSet
{
    public List<Release> Releases { get; } = [];
    public List<Entry> Model { get; } = [];
    readonly Dictionary<string, Entry> _model = new(StringComparer.Ordinal);

    public ReleaseSet(string root)
    {
        foreach (var line in File.ReadLines(Path.Combine(root, "releases.txt")))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var directory = Path.Combine(root, line);
            var schema = Schema.Read(Path.Combine(directory, "schema.txt"));
            var mapping = Path.Combine(directory, "mapping.txt");
            var intrinsics = new List<(string, string)>();
            if (File.Exists(mapping)) Map(schema, mapping, intrinsics);
            var release = new Release(line, directory, schema);
            release.Intrinsics.AddRange(intrinsics);
            Releases.Add(release);
        }
        foreach (var release in Releases) foreach (var e in release.Schema.Entries) Merge(e, release);
    }

    /// <summary>The model's entry.</summary>
    public Entry this[string id] => _model.TryGetValue(id, out var e) ? e : throw new InvalidDataException("unknown type " + id);

    public bool Knows(string id) => _model.ContainsKey(id);

    /// <summary>The first release that has the entry: its form is decoded beside the model, others in the release's own file.</summary>
    public Entry Main(string id) => Releases.First(r => r.Entries.ContainsKey(id)).Entries[id];

    /// <summary>Releases that encode the entry differently from the main form, with theirs.</summary>
    public IEnumerable<(Release Release, Entry Form)> Others(string id)
    {
        var main = Text(Main(id));
        foreach (var r in Releases) if (r.Entries.TryGetValue(id, out var form) && Text(form) != main) yield return (r, form);
    }

    static string Text(Entry e) => $"{e.Kind} {e.Repr}\n" + string.Join('\n', e.Variants.Select(v => $"{v.Name} {v.Value} {string.Join(' ', v.Fields.Select(f => f.Name + ":" + f.Type))}"));

    void Merge(Entry e, Release release)
    {
        if (!_model.TryGetValue(e.Id, out var known))
        {
            known = new Entry { Kind = e.Kind, Id = e.Id, Source = e.Source, Repr = e.Repr, Variants = [.. e.Variants] };
            _model[e.Id] = known;
            Model.Add(known);
            return;
        }
        if (known.Kind != e.Kind || known.Repr != e.Repr) throw new InvalidDataException($"{e.Id} is a {known.Kind} {known.Repr} in the model and a {e.Kind} {e.Repr} in {release.Version}: mapping.txt must say what becomes of it");
        foreach (var v in e.Variants)
        {
            var at = known.Variants.FindIndex(k => k.Name == v.Name);
            if (at < 0)
            {
                if (e.Kind == EntryKind.Flags && known.Variants.Exists(k => k.Value == v.Value)) throw new InvalidDataException($"{e.Id}.{v.Name} of {release.Version} has a value that the model uses for another flag");
                known.Variants.Add(v);
                continue;
            }
            var fields = known.Variants[at].Fields.ToList();
            foreach (var f in v.Fields) if (!fields.Exists(k => k.Name == f.Name)) fields.Add(f);
            known.Variants[at] = known.Variants[at] with { Fields = [.. fields] };
        }
    }

    /// <summary>
    /// mapping.txt, where a release's form cannot become the model's by names: `drop TYPE` takes a type out that nothing refers to any more;
    /// `fields TYPE[.VARIANT] NAME:TYPE…` replaces the fields, `@X` being a codec written by hand that reads what the release wrote and returns the model's type;
    /// `intrinsic NAME MODEL` says by which name the model knows an intrinsic.
    /// </summary>
    static void Map(Schema schema, string path, List<(string, string)> intrinsics)
    {
        foreach (var line in File.ReadLines(path))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0] == "intrinsic")
            {
                intrinsics.Add((words[1], words[2]));
                continue;
            }
            var owner = words[1].Split('.');
            var entry = schema.Entries.Find(e => e.Id == owner[0]) ?? throw new InvalidDataException($"{path}: no type {owner[0]}");
            switch (words[0])
            {
                case "drop":
                    schema.Entries.Remove(entry);
                    break;
                case "fields":
                    var variant = owner.Length == 1 ? 0 : entry.Variants.FindIndex(v => v.Name == owner[1]);
                    if (variant < 0) throw new InvalidDataException($"{path}: no variant {words[1]}");
                    entry.Variants[variant] = entry.Variants[variant] with { Fields = [.. words.Skip(2).Select(w => (w[..w.IndexOf(':')], w[(w.IndexOf(':') + 1)..]))] };
                    break;
                default:
                    throw new InvalidDataException($"{path}: {line}");
            }
        }
    }
}
