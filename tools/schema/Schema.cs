using System.Text;

namespace Mirlink.SchemaTool;

/// <summary>The kind of a schema entry.</summary>
enum EntryKind : byte
{
    /// <summary>Fields in order, nothing else.</summary>
    Struct,
    /// <summary>One tag byte (none if there is one variant only), then the variant's fields.</summary>
    Enum,
    /// <summary>An integer of named bits; <see cref="Entry.Repr"/> is its encoding.</summary>
    Flags,
    /// <summary>One byte in a table row: 0 is "none", or the first variant where <see cref="Entry.Repr"/> is `defaulted`.</summary>
    Row,
}

/// <summary>A named type of the schema after monomorphisation. <see cref="Id"/> is unique and an identifier.</summary>
sealed class Entry
{
    public required EntryKind Kind;
    public required string Id;
    /// <summary>The file below `compiler/` that declares it.</summary>
    public required string Source;
    public string Repr = "";
    public List<Variant> Variants = [];
}

/// <summary>A variant with fields as (name, type text); flags use <see cref="Value"/>.</summary>
sealed record Variant(string Name, (string Name, string Type)[] Fields, ulong Value = 0);

/// <summary>
/// The line-oriented schema text: `kind id source [repr]` starts an entry, indented lines are its variants or fields.
/// Types: integers, `bool`, `char`, `str`, `unit`, `never`; `X#` an index newtype; `opt&lt;T&gt;`, `[T]`, `(A,B)`, `map&lt;K,V&gt;`, `res&lt;T,E&gt;`;
/// `lazy&lt;T&gt;`, `lazyarray&lt;T&gt;`, `table&lt;row&gt;`; `@X` a codec written by hand; anything else is another entry.
/// </summary>
sealed class Schema
{
    public List<Entry> Entries { get; } = [];

    public void Write(string path)
    {
        var s = new StringBuilder();
        foreach (var e in Entries)
        {
            s.Append(e.Kind.ToString().ToLowerInvariant()).Append(' ').Append(e.Id).Append(' ').Append(e.Source);
            if (e.Repr != "") s.Append(' ').Append(e.Repr);
            s.Append('\n');
            if (e.Kind == EntryKind.Struct)
            {
                foreach (var (name, type) in e.Variants[0].Fields) s.Append("  ").Append(name).Append(' ').Append(type).Append('\n');
                continue;
            }
            foreach (var v in e.Variants)
            {
                s.Append("  ").Append(v.Name);
                if (e.Kind == EntryKind.Flags) s.Append(' ').Append(v.Value);
                foreach (var (name, type) in v.Fields) s.Append(' ').Append(name).Append(':').Append(type);
                s.Append('\n');
            }
        }
        File.WriteAllText(path, s.ToString());
    }

    public static Schema Read(string path)
    {
        var schema = new Schema();
        Entry? entry = null;
        foreach (var line in File.ReadLines(path))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (line[0] != ' ')
            {
                entry = new Entry { Kind = Enum.Parse<EntryKind>(words[0], ignoreCase: true), Id = words[1], Source = words[2], Repr = words.Length > 3 ? words[3] : "" };
                schema.Entries.Add(entry);
                continue;
            }
            switch (entry!.Kind)
            {
                case EntryKind.Struct:
                    if (entry.Variants.Count == 0) entry.Variants.Add(new Variant("", []));
                    entry.Variants[0] = new Variant("", [.. entry.Variants[0].Fields, (words[0], words[1])]);
                    break;
                case EntryKind.Flags:
                    entry.Variants.Add(new Variant(words[0], [], ulong.Parse(words[1])));
                    break;
                default:
                    var fields = words.Skip(1).Select(w => (w[..w.IndexOf(':')], w[(w.IndexOf(':') + 1)..])).ToArray();
                    entry.Variants.Add(new Variant(words[0], fields));
                    break;
            }
        }
        foreach (var e in schema.Entries) if (e.Kind == EntryKind.Struct && e.Variants.Count == 0) e.Variants.Add(new Variant("", []));
        return schema;
    }
}
