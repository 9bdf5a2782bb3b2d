using System.Text;

namespace Mirlink.SchemaTool;

/// <summary>What differs between releases: numbers of variants and flags, predefined symbols, and the list of releases.</summary>
sealed partial class Generator
{
    /// <summary>Methods of the class of each release.</summary>
    readonly Dictionary<Release, StringBuilder> _own = [];
    /// <summary>Maps already written, by release and entry.</summary>
    readonly HashSet<(Release, string)> _maps = [];

    static string Is(Release release) => "d.Release == Release.R" + release.Name;

    static string Own(Release release) => "Release" + release.Name + ".";

    static StringBuilder OwnHeader(Release release, string summary) =>
        Header().Append("/// <summary>").Append(summary).Append("</summary>\nstatic partial class Release").Append(release.Name).Append("\n{\n");

    /// <summary>Decodes a fieldless enum: the tag is the model's number, or translated to it.</summary>
    string PlainEnumCall(Entry e)
    {
        var main = set.Main(e.Id);
        var call = main.Variants.Count == 1 ? N + e.Id + "." + Member(main.Variants[0].Name) : "(" + N + e.Id + ")d.ReadTag(" + main.Variants.Count + ")";
        var others = set.Others(e.Id).ToList();
        if (others.Count == 0) return call;
        var name = "Enum_" + e.Id;
        if (_codecs.ContainsKey(name)) return "Codec." + name + "(d)";
        var s = new StringBuilder("    internal static ").Append(N).Append(e.Id).Append(' ').Append(name).Append("(MetadataDecoder d)\n    {\n");
        foreach (var (release, form) in others)
        {
            var tag = form.Variants.Count == 1 ? "0" : "d.ReadTag(" + form.Variants.Count + ")";
            s.Append("        if (").Append(Is(release)).Append(") return ").Append(MapCall(release, e, form)).Append(tag).Append("];\n");
        }
        _codecs[name] = s.Append("        return ").Append(call).Append(";\n    }\n").ToString();
        return "Codec." + name + "(d)";
    }

    /// <summary>A table's row of one byte.</summary>
    string RowCall(Entry e, string table)
    {
        if (e.Kind == EntryKind.Flags) return "(" + e.Id + ")RowByte(" + table + ", index)";
        var none = e.Repr == "optional" ? 1 : 0;
        var call = new StringBuilder();
        foreach (var (release, form) in set.Others(e.Id))
            call.Append(Is(release)[2..]).Append(" ? ").Append(MapCall(release, e, form)).Append("RowByte(").Append(table).Append(", index, ").Append(form.Variants.Count + none).Append(")] : ");
        return call.Append('(').Append(e.Id).Append(")RowByte(").Append(table).Append(", index, ").Append(set.Main(e.Id).Variants.Count + none).Append(')').ToString();
    }

    /// <summary>`Release.Map[`, by the release's numbers; written on first use.</summary>
    string MapCall(Release release, Entry e, Entry form)
    {
        if (_maps.Add((release, e.Id)))
        {
            IEnumerable<string> numbers = form.Variants.Select(v => N + e.Id + "." + Member(v.Name));
            if (e.Repr == "optional") numbers = numbers.Prepend(N + e.Id + ".None");
            _own[release].Append("    internal static global::System.ReadOnlySpan<").Append(N).Append(e.Id).Append("> ").Append(e.Id).Append(" =>\n    [\n        ")
                .Append(string.Join(",\n        ", numbers)).Append(",\n    ];\n\n");
        }
        return Own(release) + e.Id + "[";
    }

    /// <summary>Decodes flags; those whose bit is another one in a release are moved.</summary>
    string FlagsCall(Entry e)
    {
        var read = Hand[e.Repr].Call;
        var call = "(" + N + e.Id + ")" + read;
        var moved = set.Others(e.Id).Where(o => o.Form.Variants.Exists(v => set[e.Id].Variants.First(m => m.Name == v.Name).Value != v.Value)).ToList();
        if (moved.Count == 0) return call;
        var name = "Flags_" + e.Id;
        if (_codecs.ContainsKey(name)) return "Codec." + name + "(d)";
        var s = new StringBuilder("    internal static ").Append(N).Append(e.Id).Append(' ').Append(name).Append("(MetadataDecoder d)\n    {\n");
        foreach (var (release, form) in moved)
        {
            s.Append("        if (").Append(Is(release)).Append(") return ").Append(Own(release)).Append(e.Id).Append('(').Append(read).Append(");\n");
            var own = _own[release].Append("    internal static ").Append(N).Append(e.Id).Append(' ').Append(e.Id).Append('(').Append(Hand[e.Repr].Type).Append(" bits)\n    {\n        ")
                .Append(N).Append(e.Id).Append(" x = 0;\n");
            foreach (var v in form.Variants)
                own.Append("        if ((bits & ").Append(v.Value).Append(") != 0) x |= ").Append(N).Append(e.Id).Append('.').Append(Name(v.Name.ToLowerInvariant())).Append(";\n");
            own.Append("        return x;\n    }\n\n");
        }
        _codecs[name] = s.Append("        return ").Append(call).Append(";\n    }\n").ToString();
        return "Codec." + name + "(d)";
    }

    string EmitReleases()
    {
        var s = Header();
        s.Append("/// <summary>A compiler release whose metadata is read.</summary>\npublic enum Release : byte\n{\n");
        foreach (var r in set.Releases) s.Append("    R").Append(r.Name).Append(",\n");
        s.Append("}\n\n/// <summary>What is known of each release.</summary>\npublic static partial class Releases\n{\n    const int Number = ").Append(set.Releases.Count).Append(";\n\n    /// <summary>Version numbers by <see cref=\"Release\"/>; the first is the model's.</summary>\n    public static readonly string[] Versions = [");
        s.Append(string.Join(", ", set.Releases.Select(r => '"' + r.Version + '"'))).Append("];\n\n");
        s.Append("    /// <summary>rustc_span/src/symbol.rs: the predefined symbols of a release in order, one a line.</summary>\n    static global::System.ReadOnlySpan<byte> SymbolLines(Release release) => release switch\n    {\n");
        foreach (var r in set.Releases) s.Append("        Release.R").Append(r.Name).Append(" => ").Append(Own(r)).Append("SymbolLines,\n");
        s.Append("        _ => default,\n    };\n\n    /// <summary>The model's name of an intrinsic.</summary>\n    public static string Intrinsic(Release release, string name) => release switch\n    {\n");
        foreach (var r in set.Releases)
        {
            if (r.Intrinsics.Count == 0) continue;
            s.Append("        Release.R").Append(r.Name).Append(" => name switch\n        {\n");
            foreach (var (name, model) in r.Intrinsics) s.Append("            \"").Append(name).Append("\" => \"").Append(model).Append("\",\n");
            s.Append("            _ => name,\n        },\n");
        }
        s.Append("        _ => name,\n    };\n\n    /// <summary>`#[lang = \"…\"]` names in the order of the model's LangItem (rustc_hir/src/lang_items.rs).</summary>\n    public static readonly string[] LangItemNames =\n    [\n");
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var r in set.Releases)
        {
            foreach (var line in File.ReadLines(Path.Combine(r.Directory, "lang_items.txt")))
            {
                var words = line.Split(' ');
                if (names.TryAdd(words[0], words[1])) s.Append("        \"").Append(words[1]).Append("\",\n");
                else if (names[words[0]] != words[1]) throw new InvalidDataException($"lang item {words[0]} has another name in {r.Version}");
            }
        }
        s.Append("    ];\n}\n");
        if (!names.Keys.SequenceEqual(set["LangItem"].Variants.Select(v => v.Name))) throw new InvalidDataException("lang_items.txt and the schemas have the lang items in different order");
        return s.ToString();
    }

    /// <summary>As text: 2000 string literals would each be a relocation, and of most releases not one is ever looked at.</summary>
    static string EmitSymbols(Release release)
    {
        var text = File.ReadAllText(Path.Combine(release.Directory, "symbols.txt"));
        return OwnHeader(release, "rustc_span/src/symbol.rs").Append("    /// <summary>Each ends with a newline.</summary>\n    internal static global::System.ReadOnlySpan<byte> SymbolLines => \"\"\"\n").Append(text).Append("\n\"\"\"u8;\n}\n").ToString();
    }
}
