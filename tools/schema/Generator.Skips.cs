using System.Text;

namespace Mirlink.SchemaTool;

/// <summary>Decoding without a result, for fields nobody reads; and which entries are recursive.</summary>
sealed partial class Generator
{
    readonly Dictionary<string, bool> _recursive = new(StringComparer.Ordinal);
    int _loop;

    void FindSkips()
    {
        foreach (var e in set.Model)
        {
            foreach (var v in e.Variants)
            {
                foreach (var (name, type) in v.Fields) if (Skipped.Contains(e.Id + "." + name)) MarkSkip(type);
            }
        }
    }

    void MarkSkip(string t)
    {
        if (Hand.ContainsKey(t) || t[^1] == '#') return;
        var (head, args) = Parts(t);
        foreach (var a in args) MarkSkip(a);
        if (args.Count > 0) return;
        var e = set[head];
        if (e.Kind is EntryKind.Flags or EntryKind.Row || IsFieldless(e) && e.Kind == EntryKind.Enum || !_skips.Add(head)) return;
        foreach (var v in e.Variants) foreach (var (_, type) in v.Fields) MarkSkip(type);
    }

    void EmitSkip(StringBuilder s, string t, string indent)
    {
        if (t == "unit") return;
        var (head, args) = Parts(t);
        switch (head)
        {
            case "str": s.Append(indent).Append("d.SkipStr();\n"); return;
            case "@Ty": s.Append(indent).Append("d.SkipTy();\n"); return;
            case "[]":
                var i = "i" + _loop++;
                s.Append(indent).Append("for (var ").Append(i).Append(" = d.ReadLength(); ").Append(i).Append(" > 0; ").Append(i).Append("--)\n").Append(indent).Append("{\n");
                EmitSkip(s, args[0], indent + "    ");
                s.Append(indent).Append("}\n");
                return;
            case "()":
                foreach (var a in args) EmitSkip(s, a, indent);
                return;
            case "opt":
                s.Append(indent).Append("if (d.ReadBool())\n").Append(indent).Append("{\n");
                EmitSkip(s, args[0], indent + "    ");
                s.Append(indent).Append("}\n");
                return;
        }
        if (_skips.Contains(head) && args.Count == 0) s.Append(indent).Append(N).Append(head).Append(".Skip(d);\n");
        else s.Append(indent).Append("_ = ").Append(Dec(t)).Append(";\n");
    }

    /// <summary>Whether a value of this entry can contain another one of it, so that hostile input could nest without end.</summary>
    bool IsRecursive(string id)
    {
        if (_recursive.TryGetValue(id, out var known)) return known;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var work = new Stack<string>([id]);
        while (work.Count > 0)
        {
            foreach (var v in set[work.Pop()].Variants)
            {
                foreach (var (_, type) in v.Fields)
                {
                    foreach (var next in Mentioned(type))
                    {
                        if (next == id) return _recursive[id] = true;
                        if (seen.Add(next)) work.Push(next);
                    }
                }
            }
        }
        return _recursive[id] = false;
    }

    static IEnumerable<string> Mentioned(string t)
    {
        switch (t)
        {
            case "@Ty": return ["TyKind"];
            case "@Predicate": return ["PredicateKind", "BoundVariableKind"];
            case "@GenericArg" or "@Term": return ["TyKind", "RegionKind", "ConstKind"];
        }
        if (Hand.ContainsKey(t) || t[^1] == '#') return [];
        var (head, args) = Parts(t);
        if (head is "lazy" or "lazyarray" or "table") return [];
        return args.Count == 0 ? [head] : args.SelectMany(Mentioned);
    }
}
