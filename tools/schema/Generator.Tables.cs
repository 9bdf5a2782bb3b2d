using System.Text;

namespace Mirlink.SchemaTool;

/// <summary>The tables' accessors, the lazy codecs, and the symbol tables.</summary>
sealed partial class Generator
{
    string EmitTables()
    {
        var s = Header();
        var tables = set["LazyTables"].Variants[0].Fields;
        s.Append("/// <summary>rustc_metadata/src/rmeta/mod.rs</summary>\npublic sealed class LazyTables\n{\n");
        foreach (var (name, _) in tables) s.Append("    public LazyTable ").Append(Name(name)).Append(";\n");
        EmitDecoders(s, set["LazyTables"], TablesBody, (_, _, _) => { });
        s.Append("}\n\n");

        var info = new StringBuilder();
        s.Append("/// <summary>Access to the tables by item.</summary>\npublic sealed partial class CrateMetadata\n{\n");
        foreach (var (name, type) in tables)
        {
            var row = type["table<".Length..^1];
            var m = Name(name);
            var t = "Root.Tables." + m;
            var (head, args) = Parts(row);
            var optional = head == "opt";
            var inner = optional ? args[0] : row;
            var (innerHead, innerArgs) = Parts(inner);
            string kind, decode = "null";
            switch (innerHead)
            {
                case "lazy":
                    kind = "Lazy";
                    s.Append("    public bool Has").Append(m).Append("(uint index) => RowPosition(").Append(t).Append(", index) != 0;\n");
                    s.Append("    public ").Append(Cs(innerArgs[0])).Append("? ").Append(m).Append("(uint index)\n    {\n        var p = RowPosition(").Append(t).Append(", index);\n        if (p == 0) return null;\n        var d = Decoder(p);\n        return ").Append(Dec(innerArgs[0])).Append(";\n    }\n\n");
                    decode = "static d => { _ = " + Dec(innerArgs[0]) + "; }";
                    break;
                case "lazyarray":
                    kind = optional ? "OptionLazyArray" : "LazyArray";
                    s.Append("    public ").Append(Cs(innerArgs[0])).Append("[]").Append(optional ? "? " : " ").Append(m).Append("(uint index)\n    {\n        var (p, n) = RowArray(").Append(t).Append(", index);\n        if (").Append(optional ? "p == 0) return null;\n        if (n == 0" : "n == 0").Append(") return [];\n        var d = Decoder(p);\n        var a = new ").Append(NewArray(innerArgs[0])).Append(";\n        for (var i = 0; i < a.Length; i++) a[i] = ").Append(Dec(innerArgs[0])).Append(";\n        return a;\n    }\n\n");
                    decode = "static d => { _ = " + Dec(innerArgs[0]) + "; }";
                    break;
                case "@RawDefId":
                    kind = "DefId";
                    s.Append("    public DefId? ").Append(m).Append("(uint index) => RowDefId(").Append(t).Append(", index);\n\n");
                    break;
                case "u64":
                    kind = "U64";
                    s.Append("    public ulong ").Append(m).Append("(uint index) => RowU64(").Append(t).Append(", index);\n\n");
                    break;
                case "bool":
                    kind = "Byte";
                    s.Append("    public bool ").Append(m).Append("(uint index) => RowByte(").Append(t).Append(", index) != 0;\n\n");
                    break;
                default:
                    kind = "Byte";
                    var e = set[innerHead];
                    if (e.Kind == EntryKind.Row && optional != (e.Repr == "optional")) throw new InvalidDataException("row " + row);
                    s.Append("    public ").Append(innerHead).Append(' ').Append(m).Append("(uint index) => ").Append(RowCall(e, t)).Append(";\n\n");
                    break;
            }
            info.Append("        new(\"").Append(name).Append("\", static t => t.").Append(m).Append(", RowKind.").Append(kind).Append(", ").Append(decode).Append("),\n");
        }
        s.Append("}\n\n/// <summary>Every table with what its rows lead to.</summary>\npublic static class TableList\n{\n    public static readonly TableInfo[] All =\n    [\n").Append(info).Append("    ];\n}\n");
        return s.ToString();
    }

    static void TablesBody(StringBuilder s, Entry e, Entry form)
    {
        s.Append("        var x = new LazyTables();\n");
        foreach (var (name, _) in form.Variants[0].Fields) s.Append("        x.").Append(Name(name)).Append(" = d.ReadLazyTable();\n");
        s.Append("        return x;\n");
    }

    string EmitCodecs()
    {
        foreach (var (_, type) in set["CrateRoot"].Variants[0].Fields)
        {
            var (head, args) = Parts(type);
            // tables outside LazyTables hold lazies too
            if (head == "table" && Parts(args[0]) is ("opt", [var lazy])) _ = Dec(lazy);
        }
        // what the codecs written by hand use
        foreach (var t in (string[])["[BoundVariableKind]", "[BinderExistentialPredicate]", "[MultiByteChar]", "[NormalizedPos]"]) _ = Dec(t);
        var s = Header();
        s.Append("/// <summary>Decoders of composite types.</summary>\nstatic partial class Codec\n{\n");
        s.Append("    private static partial Delegate? Find<T>()\n    {\n");
        foreach (var (type, call) in _lazies) s.Append("        if (typeof(T) == typeof(").Append(type).Append(")) return (Func<MetadataDecoder, ").Append(type).Append(">)(static d => ").Append(call).Append(");\n");
        s.Append("        return null;\n    }\n\n");
        s.Append(string.Join('\n', _codecs.Values));
        s.Append("}\n");
        return s.ToString();
    }
}
