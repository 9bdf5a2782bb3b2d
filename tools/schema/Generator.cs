using System.Text;

namespace Mirlink.SchemaTool;

/// <summary>
/// Emits the C# model and its decoders from the releases' schemas: one type per entry (fieldless enum, struct if small, class, or abstract class with a
/// nested sealed class per variant), `Codec` methods for the composite types in between, and the accessors of the tables. All releases share them; what a
/// release encodes differently is decoded by a method of its own, which the shared one calls for it.
/// </summary>
sealed partial class Generator(ReleaseSet set, string root)
{
    const string Ns = "Mirlink.Rustc.Metadata.Raw";
    const string N = "global::Mirlink.Rustc.Metadata.Raw.";

    /// <summary>Fields that code generation never looks at: their bytes are skipped.</summary>
    static readonly HashSet<string> Skipped = new(StringComparer.Ordinal)
    {
        "Body.user_type_annotations", "Body.mentioned_items", "Body.coverage_info_hi", "Body.function_coverage_info", "LocalDecl.user_ty",
    };

    /// <summary>What the codecs written by hand decode to: C# type, decode call, words of storage (0: reference).</summary>
    static readonly Dictionary<string, (string Type, string Call, int Words)> Hand = new(StringComparer.Ordinal)
    {
        ["@Ty"] = (N + "TyKind", "d.ReadTy()", 0), ["@Predicate"] = (N + "Predicate", "d.ReadPredicate()", 0), ["@GenericArg"] = (N + "GenericArg", "d.ReadGenericArg()", 0),
        ["@Term"] = (N + "GenericArg", "d.ReadTerm()", 0), ["@AllocId"] = (N + "AllocId", "d.ReadAllocId()", 1), ["@ScalarInt"] = (N + "ScalarInt", "d.ReadScalarInt()", 3),
        ["@Allocation"] = (N + "Allocation", "d.ReadAllocation()", 0), ["@Fingerprint"] = (N + "Fingerprint", "d.ReadFingerprint()", 2), ["@Hash64"] = ("ulong", "d.ReadHash64()", 1),
        ["@Hash128"] = (N + "Fingerprint", "d.ReadFingerprint()", 2), ["@Span"] = (N + "Span", "d.ReadSpan()", 1), ["@Symbol"] = (N + "Symbol", "d.ReadSymbol()", 1),
        ["@ByteSymbol"] = ("byte[]", "d.ReadByteSymbol()", 0), ["@ExpnId"] = (N + "ExpnId", "d.ReadExpnId()", 1), ["@SyntaxContext"] = ("uint", "d.ReadU32()", 1),
        ["@DefId"] = (N + "DefId", "d.ReadDefId()", 1), ["@DefIndex"] = ("uint", "d.ReadU32()", 1), ["@CrateNum"] = ("uint", "d.ReadU32()", 1),
        ["@TargetTuple"] = ("string", "d.ReadTargetTuple()", 0), ["@SourceFile"] = (N + "SourceFile", "d.ReadSourceFile()", 0), ["@DefPathHashMap"] = (N + "Unit", "d.ReadDefPathHashMap()", 1),
        ["@InitMaskMaterialized"] = ("ulong[]", "d.ReadInitMaskMaterialized()", 0), ["@TargetModifierOption"] = ("(byte, byte)", "d.ReadTargetModifierOption()", 1),
        ["u8"] = ("byte", "d.ReadU8()", 1), ["u16"] = ("ushort", "d.ReadU16()", 1), ["u32"] = ("uint", "d.ReadU32()", 1), ["u64"] = ("ulong", "d.ReadU64()", 1), ["usize"] = ("ulong", "d.ReadU64()", 1),
        ["u128"] = ("global::Mirlink.Mir.U128", "d.ReadU128()", 2), ["i8"] = ("sbyte", "d.ReadI8()", 1), ["i16"] = ("short", "d.ReadI16()", 1), ["i32"] = ("int", "d.ReadI32()", 1),
        ["i64"] = ("long", "d.ReadI64()", 1), ["isize"] = ("long", "d.ReadI64()", 1), ["i128"] = ("global::System.Int128", "d.ReadI128()", 2), ["bool"] = ("bool", "d.ReadBool()", 1), ["char"] = ("uint", "d.ReadChar()", 1),
        ["@AliasKindFirst"] = (N + "AliasTy", "d.ReadAliasKindFirst()", 2),
        ["str"] = ("string", "d.ReadStr()", 0), ["unit"] = (N + "Unit", "default", 1), ["never"] = (N + "Never", "d.ReadNever()", 0),
    };

    /// <summary>Entries that may stand where a generic argument is expected.</summary>
    static readonly Dictionary<string, string> BaseClasses = new(StringComparer.Ordinal) { ["TyKind"] = "GenericArg", ["RegionKind"] = "GenericArg", ["ConstKind"] = "GenericArg" };

    readonly Dictionary<string, int> _words = new(StringComparer.Ordinal);
    /// <summary>Composite codec methods by name: the body, or null while it is being written.</summary>
    readonly SortedDictionary<string, string?> _codecs = new(StringComparer.Ordinal);
    readonly HashSet<string> _skips = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, string> _lazies = new(StringComparer.Ordinal);

    public void Run()
    {
        FindSkips();
        var types = Header();
        var bodies = Header();
        foreach (var release in set.Releases) _own[release] = new StringBuilder();
        foreach (var e in set.Model)
        {
            var target = e.Source.StartsWith("rustc_middle/src/mir", StringComparison.Ordinal) ? bodies : types;
            switch (e.Kind)
            {
                case EntryKind.Struct: if (e.Id != "LazyTables") EmitStruct(target, e); break;
                case EntryKind.Enum when IsFieldless(e) || e.Kind == EntryKind.Row: EmitPlainEnum(target, e); break;
                case EntryKind.Enum: EmitDataEnum(target, e); break;
                case EntryKind.Row: EmitPlainEnum(target, e); break;
                case EntryKind.Flags: EmitFlags(target, e); break;
            }
        }
        File.WriteAllText(Path.Combine(root, "Types.g.cs"), types.ToString());
        File.WriteAllText(Path.Combine(root, "Mir.g.cs"), bodies.ToString());
        File.WriteAllText(Path.Combine(root, "Tables.g.cs"), EmitTables());
        File.WriteAllText(Path.Combine(root, "Releases.g.cs"), EmitReleases());
        File.WriteAllText(Path.Combine(root, "Codec.g.cs"), EmitCodecs());
        foreach (var release in set.Releases)
        {
            File.WriteAllText(Path.Combine(release.Directory, "Symbols.g.cs"), EmitSymbols(release));
            var own = Path.Combine(release.Directory, "Decoders.g.cs");
            if (_own[release].Length > 0) File.WriteAllText(own, OwnHeader(release, "What the release encodes differently from the model, decoded to it.").Append(_own[release]).Append("}\n").ToString());
            else File.Delete(own);
        }
    }

    static StringBuilder Header() => new StringBuilder()
        .Append("// <auto-generated>Written by tools/schema from the releases' schema.txt.</auto-generated>\n#nullable enable annotations\n#nullable disable warnings\n#pragma warning disable CS0108, CS0162, CS0169, CS0649, CS0660, CS0661, CA1000, CA1051, CA1711, CA1715, CA1720, CA2211\n\nnamespace ")
        .Append(Ns).Append(";\n\n");

    static bool IsFieldless(Entry e) => e.Variants.Count > 0 && e.Variants.All(v => v.Fields.Length == 0);

    // ---- type texts ----

    /// <summary>Splits `a,b&lt;c,d&gt;` at its top level commas.</summary>
    static List<string> Split(string s)
    {
        var parts = new List<string>();
        int depth = 0, from = 0;
        for (var i = 0; i < s.Length; i++)
        {
            if (s[i] is '<' or '(' or '[') depth++;
            else if (s[i] is '>' or ')' or ']') depth--;
            else if (s[i] == ',' && depth == 0)
            {
                parts.Add(s[from..i]);
                from = i + 1;
            }
        }
        parts.Add(s[from..]);
        return parts;
    }

    static (string Head, List<string> Args) Parts(string t)
    {
        if (t[0] == '[') return ("[]", [t[1..^1]]);
        if (t[0] == '(') return ("()", Split(t[1..^1]));
        var open = t.IndexOf('<');
        return open < 0 ? (t, []) : (t[..open], Split(t[(open + 1)..^1]));
    }

    string Cs(string t)
    {
        if (Hand.TryGetValue(t, out var h)) return h.Type;
        if (t[^1] == '#') return "uint";
        var (head, args) = Parts(t);
        return head switch
        {
            "[]" => Cs(args[0]) + "[]",
            "()" => args.Count == 1 ? Cs(args[0]) : "(" + string.Join(", ", args.Select(Cs)) + ")",
            "opt" => Cs(args[0]) + "?",
            "map" => "(" + Cs(args[0]) + " Key, " + Cs(args[1]) + " Value)[]",
            "res" => N + "Result<" + Cs(args[0]) + ", " + Cs(args[1]) + ">",
            "lazy" => N + "LazyValue<" + Cs(args[0]) + ">",
            "lazyarray" => N + "LazyArray<" + Cs(args[0]) + ">",
            "table" => N + "LazyTable",
            _ => set.Knows(head) ? N + head : throw new InvalidDataException("unknown type " + t),
        };
    }

    /// <summary>Words of a value type, or 0 for a reference type.</summary>
    int Words(string t)
    {
        if (Hand.TryGetValue(t, out var h)) return h.Words;
        if (t[^1] == '#') return 1;
        var (head, args) = Parts(t);
        switch (head)
        {
            case "[]" or "map": return 0;
            case "()": return args.Sum(a => Math.Max(1, Words(a)));
            case "opt": return Words(args[0]) is var w and > 0 ? w + 1 : 0;
            case "res": return 1 + args.Sum(a => Math.Max(1, Words(a)));
            case "lazy": return 1;
            case "lazyarray": return 1;
            case "table": return 2;
        }
        var e = set[head];
        if (e.Kind is EntryKind.Flags or EntryKind.Row || IsFieldless(e) && e.Kind == EntryKind.Enum) return 1;
        if (e.Kind == EntryKind.Enum || head == "LazyTables") return 0;
        if (_words.TryGetValue(head, out var known)) return known;
        _words[head] = 0;
        var sum = 0;
        foreach (var (name, type) in e.Variants[0].Fields) if (!IsAbsent(head, name, type)) sum += Math.Max(1, Words(type));
        return _words[head] = sum is > 0 and <= 4 ? sum : 0;
    }

    bool IsValue(string t) => Words(t) > 0;

    static bool IsAbsent(string id, string field, string type) => type == "unit" || Skipped.Contains(id + "." + field);

    /// <summary>The expression that decodes a type from `d`.</summary>
    string Dec(string t)
    {
        if (Hand.TryGetValue(t, out var h)) return h.Call;
        if (t[^1] == '#') return "d.ReadU32()";
        var (head, args) = Parts(t);
        if (args.Count == 0)
        {
            var e = set[head];
            if (e.Kind == EntryKind.Flags) return FlagsCall(e);
            if (e.Kind == EntryKind.Enum && IsFieldless(e)) return PlainEnumCall(e);
            return N + head + ".Decode(d)";
        }
        switch (head)
        {
            case "lazy":
                Lazy(args[0]);
                return "d.ReadLazyValue<" + Cs(args[0]) + ">()";
            case "lazyarray":
                Lazy(args[0]);
                return "d.ReadLazyArray<" + Cs(args[0]) + ">()";
            case "table": return "d.ReadLazyTable()";
        }
        if (t == "[u8]") return "d.ReadBytes()";
        return "Codec." + Composite(t) + "(d)";
    }

    void Lazy(string t) => _lazies[Cs(t)] = Dec(t);

    /// <summary>The name of the codec method of a composite type, written on first use.</summary>
    string Composite(string t)
    {
        var name = Mangle(t);
        if (_codecs.ContainsKey(name)) return name;
        _codecs[name] = null;
        var (head, args) = Parts(t);
        var s = new StringBuilder();
        s.Append("    internal static ").Append(Cs(t)).Append(' ').Append(name).Append("(MetadataDecoder d)\n    {\n");
        switch (head)
        {
            case "[]":
                s.Append("        var n = d.ReadLength();\n        if (n == 0) return [];\n        var a = new ").Append(NewArray(args[0])).Append(";\n        for (var i = 0; i < a.Length; i++) a[i] = ").Append(Dec(args[0])).Append(";\n        return a;\n");
                break;
            case "map":
                s.Append("        var n = d.ReadLength();\n        var a = new (").Append(Cs(args[0])).Append(", ").Append(Cs(args[1])).Append(")[n];\n        for (var i = 0; i < a.Length; i++) a[i] = (").Append(Dec(args[0])).Append(", ").Append(Dec(args[1])).Append(");\n        return a;\n");
                break;
            case "opt":
                s.Append("        return d.ReadBool() ? ").Append(Dec(args[0])).Append(" : null;\n");
                break;
            case "()":
                s.Append("        return (").Append(string.Join(", ", args.Select(Dec))).Append(");\n");
                break;
            case "res":
                s.Append("        return d.ReadBool() ? new(true, default, ").Append(Dec(args[1])).Append(") : new(false, ").Append(Dec(args[0])).Append(", default);\n");
                break;
        }
        s.Append("    }\n");
        _codecs[name] = s.ToString();
        return name;
    }

    string NewArray(string item)
    {
        var cs = Cs(item);
        var rank = "";
        while (cs.EndsWith("[]", StringComparison.Ordinal))
        {
            cs = cs[..^2];
            rank += "[]";
        }
        return cs + "[n]" + rank;
    }

    static string Mangle(string t)
    {
        var (head, args) = Parts(t);
        if (args.Count == 0) return t.Replace("@", "", StringComparison.Ordinal).Replace("#", "", StringComparison.Ordinal);
        var word = head switch { "[]" => "Array", "()" => "Tuple", "opt" => "Option", "map" => "Map", "res" => "Result", "lazy" => "Lazy", "lazyarray" => "LazyArray", _ => head };
        return word + string.Concat(args.Select(a => "_" + Mangle(a)));
    }

    // ---- entries ----

    static string Name(string s)
    {
        if (char.IsDigit(s[0])) return "F" + s;
        var b = new StringBuilder();
        var up = true;
        foreach (var c in s)
        {
            if (c == '_') { up = true; continue; }
            b.Append(up ? char.ToUpperInvariant(c) : c);
            up = false;
        }
        return b.Length == 0 ? "_" : b.ToString();
    }

    /// <summary>Registers keep their names.</summary>
    static string Member(string variant) => char.IsLower(variant[0]) ? "@" + variant : Name(variant);

    static string FieldName(string field, string owner)
    {
        var name = Name(field);
        return name == owner || name is "Decode" or "Skip" or "Tag" or "Equals" or "ToString" or "GetType" or "Instance" ? name + "_" : name;
    }

    void EmitPlainEnum(StringBuilder s, Entry e)
    {
        s.Append("/// <summary>").Append(e.Source).Append("</summary>\npublic enum ").Append(e.Id).Append(" : byte\n{\n");
        if (e.Repr == "optional") s.Append("    None,\n");
        foreach (var v in e.Variants) s.Append("    ").Append(Member(v.Name)).Append(",\n");
        s.Append("}\n\n");
    }

    static void EmitFlags(StringBuilder s, Entry e)
    {
        s.Append("/// <summary>").Append(e.Source).Append("</summary>\n[global::System.Flags]\npublic enum ").Append(e.Id).Append(" : ").Append(Hand[e.Repr].Type).Append("\n{\n");
        foreach (var v in e.Variants) s.Append("    ").Append(Name(v.Name.ToLowerInvariant())).Append(" = ").Append(v.Value).Append(",\n");
        s.Append("}\n\n");
    }

    void EmitStruct(StringBuilder s, Entry e)
    {
        var value = IsValue(e.Id);
        s.Append("/// <summary>").Append(e.Source).Append("</summary>\npublic ").Append(value ? "struct " : "sealed class ").Append(e.Id).Append("\n{\n");
        EmitFields(s, e.Id, e.Id, e.Variants[0].Fields, "    ");
        EmitDecoders(s, e, StructBody, StructSkip);
        s.Append("}\n\n");
    }

    void StructBody(StringBuilder s, Entry e, Entry form)
    {
        if (IsRecursive(e.Id)) s.Append("        d.EnterRecursion();\n");
        EmitConstruct(s, e.Id, e.Id, N + e.Id, e.Variants[0].Fields, form.Variants[0].Fields, "        ");
    }

    void StructSkip(StringBuilder s, Entry e, Entry form)
    {
        foreach (var (_, type) in form.Variants[0].Fields) EmitSkip(s, type, "        ");
    }

    /// <summary>The shared methods in the entry's type, and those of releases with another form in their own files.</summary>
    void EmitDecoders(StringBuilder s, Entry e, Action<StringBuilder, Entry, Entry> decode, Action<StringBuilder, Entry, Entry> skip)
    {
        s.Append("\n    internal static ").Append(N).Append(e.Id).Append(" Decode(MetadataDecoder d)\n    {\n");
        foreach (var (release, form) in set.Others(e.Id))
        {
            s.Append("        if (").Append(Is(release)).Append(") return ").Append(Own(release)).Append(e.Id).Append("(d);\n");
            var own = new StringBuilder("    internal static ").Append(N).Append(e.Id).Append(' ').Append(e.Id).Append("(MetadataDecoder d)\n    {\n");
            decode(own, e, form);
            _own[release].Append(own).Append("    }\n\n");
        }
        decode(s, e, set.Main(e.Id));
        s.Append("    }\n");
        if (!_skips.Contains(e.Id)) return;
        s.Append("\n    internal static void Skip(MetadataDecoder d)\n    {\n");
        foreach (var (release, form) in set.Others(e.Id))
        {
            s.Append("        if (").Append(Is(release)).Append(")\n        {\n            ").Append(Own(release)).Append("Skip").Append(e.Id).Append("(d);\n            return;\n        }\n");
            var own = new StringBuilder("    internal static void Skip").Append(e.Id).Append("(MetadataDecoder d)\n    {\n");
            skip(own, e, form);
            _own[release].Append(own).Append("    }\n\n");
        }
        skip(s, e, set.Main(e.Id));
        s.Append("    }\n");
    }

    void EmitFields(StringBuilder s, string id, string owner, (string Name, string Type)[] fields, string indent)
    {
        foreach (var (name, type) in fields)
        {
            if (IsAbsent(id, name, type)) continue;
            s.Append(indent).Append("public ").Append(Cs(type)).Append(' ').Append(FieldName(name, owner)).Append(";\n");
        }
    }

    /// <summary>An object of the model from what a release writes; fields that it does not write have their defaults.</summary>
    void EmitConstruct(StringBuilder s, string id, string owner, string type, (string Name, string Type)[] fields, (string Name, string Type)[] form, string indent)
    {
        s.Append(indent).Append("var x = new ").Append(type).Append("();\n");
        foreach (var (name, t) in form)
        {
            if (t == "unit") continue;
            if (Skipped.Contains(id + "." + name))
            {
                EmitSkip(s, t, indent);
                continue;
            }
            var model = fields.First(f => f.Name == name).Type;
            if (Cs(model) != Cs(t)) throw new InvalidDataException($"{id}.{name} is {t} in one release and {model} in the model: mapping.txt must say how one becomes the other");
            s.Append(indent).Append("x.").Append(FieldName(name, owner)).Append(" = ").Append(Dec(t)).Append(";\n");
        }
        foreach (var (name, t) in fields)
        {
            if (IsAbsent(id, name, t) || form.Any(f => f.Name == name)) continue;
            if (Parts(t).Head is "[]" or "map") s.Append(indent).Append("x.").Append(FieldName(name, owner)).Append(" = [];\n");
            else if (!IsValue(t) && Parts(t).Head != "opt") throw new InvalidDataException($"{id}.{name} is not in every release, and {t} has no default: mapping.txt must say what it is");
        }
        s.Append(indent).Append("return x;\n");
    }

    void EmitDataEnum(StringBuilder s, Entry e)
    {
        var parent = BaseClasses.TryGetValue(e.Id, out var b) ? " : " + N + b : "";
        s.Append("/// <summary>").Append(e.Source).Append("</summary>\npublic abstract class ").Append(e.Id).Append(parent).Append("\n{\n");
        if (parent == "") s.Append("    /// <summary>The variant's ordinal in the model.</summary>\n    public abstract byte Tag { get; }\n\n");
        for (var i = 0; i < e.Variants.Count; i++)
        {
            var v = e.Variants[i];
            var name = VariantName(e, v);
            s.Append("    public sealed class ").Append(name).Append(" : ").Append(N).Append(e.Id).Append("\n    {\n        public override byte Tag => ").Append(i).Append(";\n");
            if (v.Fields.Length == 0) s.Append("        public static readonly ").Append(name).Append(" Instance = new();\n");
            EmitFields(s, e.Id + "." + v.Name, name, v.Fields, "        ");
            s.Append("    }\n\n");
        }
        EmitDecoders(s, e, DataEnumBody, DataEnumSkip);
        s.Append("}\n\n");
    }

    void DataEnumBody(StringBuilder s, Entry e, Entry form)
    {
        if (IsRecursive(e.Id)) s.Append("        d.EnterRecursion();\n");
        if (form.Variants.Count == 0)
        {
            s.Append("        return d.ReadNever() is { } ? null : null;\n");
            return;
        }
        s.Append("        switch (").Append(form.Variants.Count == 1 ? "0" : "d.ReadTag(" + form.Variants.Count + ")").Append(")\n        {\n");
        for (var i = 0; i < form.Variants.Count; i++)
        {
            var v = form.Variants[i];
            var fields = e.Variants.First(m => m.Name == v.Name).Fields;
            var name = VariantName(e, v);
            s.Append("            case ").Append(i).Append(":\n");
            if (fields.Length == 0)
            {
                s.Append("                return ").Append(N).Append(e.Id).Append('.').Append(name).Append(".Instance;\n");
                continue;
            }
            s.Append("            {\n");
            EmitConstruct(s, e.Id + "." + v.Name, name, N + e.Id + "." + name, fields, v.Fields, "                ");
            s.Append("            }\n");
        }
        s.Append("        }\n        return null;\n");
    }

    void DataEnumSkip(StringBuilder s, Entry e, Entry form)
    {
        s.Append("        d.EnterRecursion();\n        switch (").Append(form.Variants.Count == 1 ? "0" : "d.ReadTag(" + form.Variants.Count + ")").Append(")\n        {\n");
        for (var i = 0; i < form.Variants.Count; i++)
        {
            s.Append("            case ").Append(i).Append(":\n");
            foreach (var (_, type) in form.Variants[i].Fields) EmitSkip(s, type, "                ");
            s.Append("                return;\n");
        }
        s.Append("        }\n");
    }

    static string VariantName(Entry e, Variant v)
    {
        var name = Name(v.Name);
        return name == e.Id || name is "Tag" or "Decode" or "Skip" ? name + "_" : name;
    }
}
