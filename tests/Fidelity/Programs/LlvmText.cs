namespace Mirlink.Fidelity.Programs;

/// <summary>A function of LLVM IR text as its callers see it. Types and attributes as LLVM prints them, one string each.</summary>
public sealed record IrFunction(string Name, bool Defined, string CallingConvention, string ReturnType, string[] ReturnAttributes, IrParameter[] Parameters, string[] Attributes)
{
    /// <summary>Every global that the body names; empty for declarations.</summary>
    public HashSet<string> Uses { get; } = new(StringComparer.Ordinal);
}

public sealed record IrParameter(string Type, string[] Attributes);

/// <summary>A global variable. Initializer: null for declarations.</summary>
public sealed record IrGlobal(string Name, bool Private, bool Constant, bool ThreadLocal, ulong Align, string Type, string? Initializer)
{
    public HashSet<string> Uses { get; } = new(StringComparer.Ordinal);
}

/// <summary>What a module in LLVM's textual form declares and defines (LLVM language reference, "High Level Structure").</summary>
public sealed class LlvmText
{
    public Dictionary<string, IrFunction> Functions { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, IrGlobal> Globals { get; } = new(StringComparer.Ordinal);

    static readonly HashSet<string> Linkages = new(StringComparer.Ordinal)
    {
        "private", "internal", "available_externally", "linkonce", "weak", "common", "appending", "extern_weak", "linkonce_odr", "weak_odr", "external",
        "dso_local", "dso_preemptable", "default", "hidden", "protected", "dllimport", "dllexport", "unnamed_addr", "local_unnamed_addr", "externally_initialized",
    };

    /// <summary>What several modules linked together define; of what several declare, the definition.</summary>
    public static LlvmText Merge(LlvmText[] modules)
    {
        if (modules.Length == 1) return modules[0];
        var merged = new LlvmText();
        foreach (var m in modules)
        {
            foreach (var (name, f) in m.Functions) if (!merged.Functions.TryGetValue(name, out var other) || (f.Defined && !other.Defined)) merged.Functions[name] = f;
            foreach (var (name, g) in m.Globals) if (!merged.Globals.TryGetValue(name, out var other) || (g.Initializer is not null && other.Initializer is null)) merged.Globals[name] = g;
        }
        return merged;
    }

    public static LlvmText Parse(string text)
    {
        var module = new LlvmText();
        var groups = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var pending = new List<(string Header, HashSet<string>? Body)>();
        HashSet<string>? body = null;
        // A block that nothing branches to is no code: what only it names is not used.
        var blocks = new Dictionary<string, (HashSet<string> Uses, HashSet<string> Targets)>(StringComparer.Ordinal);
        (HashSet<string> Uses, HashSet<string> Targets) block = ([], []);
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan()[range];
            if (body is not null)
            {
                if (line is "}")
                {
                    Reached(blocks, body);
                    body = null;
                }
                else if (line.Length > 0 && line[0] is not (' ' or ';') && line.IndexOf(':') is > 0 and var colon)
                {
                    block = ([], []);
                    blocks[Unquoted(line[..colon].ToString())] = block;
                }
                else
                {
                    if (blocks.Count == 0) blocks[""] = block = ([], []);
                    References(line, block.Uses);
                    Labels(line, block.Targets);
                }
                continue;
            }
            if (line.StartsWith("define "))
            {
                body = new HashSet<string>(StringComparer.Ordinal);
                blocks.Clear();
                pending.Add((line.ToString(), body));
            }
            else if (line.StartsWith("declare ")) pending.Add((line.ToString(), null));
            else if (line.StartsWith("attributes #"))
            {
                int open = line.IndexOf('{');
                groups.Add(line["attributes ".Length..(open - 3)].ToString(), Attributes(Tokens(line[(open + 1)..line.LastIndexOf('}')].ToString())));
            }
            else if (line.StartsWith("@")) module.Global(line.ToString());
        }
        foreach (var (header, uses) in pending) module.Function(header, uses, groups);
        return module;
    }

    /// <summary>Adds what the blocks refer to that the first one reaches.</summary>
    static void Reached(Dictionary<string, (HashSet<string> Uses, HashSet<string> Targets)> blocks, HashSet<string> into)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var queue = new Stack<string>();
        foreach (string first in blocks.Keys.Take(1)) queue.Push(first);
        while (queue.TryPop(out string? label))
        {
            if (!seen.Add(label) || !blocks.TryGetValue(label, out var b)) continue;
            into.UnionWith(b.Uses);
            foreach (string t in b.Targets) queue.Push(t);
        }
    }

    static void Labels(ReadOnlySpan<char> line, HashSet<string> found)
    {
        const string mark = "label %";
        for (int at = line.IndexOf(mark); at >= 0;)
        {
            var rest = line[(at + mark.Length)..];
            int end = 0;
            if (rest[0] == '"') end = rest[1..].IndexOf('"') + 2;
            else while (end < rest.Length && (char.IsAsciiLetterOrDigit(rest[end]) || rest[end] is '_' or '.' or '$' or '-')) end++;
            found.Add(Unquoted(rest[..end].ToString()));
            int next = rest[end..].IndexOf(mark);
            at = next < 0 ? -1 : at + mark.Length + end + next;
        }
    }

    static void References(ReadOnlySpan<char> line, HashSet<string> found)
    {
        var lookup = found.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '"')
            {
                // Bytes of a string: a quote in it is written as \22.
                int close = line[(i + 1)..].IndexOf('"');
                if (close < 0) return;
                i += close + 1;
                continue;
            }
            if (line[i] != '@' || i + 1 == line.Length) continue;
            int start = i + 1, end;
            if (line[start] == '"')
            {
                start++;
                end = start + line[start..].IndexOf('"');
                i = end;
            }
            else
            {
                for (end = start; end < line.Length && (char.IsAsciiLetterOrDigit(line[end]) || line[end] is '_' or '.' or '$' or '-');) end++;
                i = end - 1;
            }
            if (end > start) lookup.Add(line[start..end]);
        }
    }

    /// <summary>Splits at blanks outside of brackets and quotes; a comma is a token of its own.</summary>
    static List<string> Tokens(string s)
    {
        var result = new List<string>();
        int depth = 0, start = -1;
        bool quoted = false;
        for (int i = 0; i <= s.Length; i++)
        {
            char c = i < s.Length ? s[i] : ' ';
            if (quoted)
            {
                if (c == '"') quoted = false;
                continue;
            }
            if (depth == 0 && (c is ' ' or ',' || i == s.Length))
            {
                if (start >= 0) result.Add(s[start..i]);
                start = -1;
                if (c == ',') result.Add(",");
                continue;
            }
            if (start < 0) start = i;
            if (c == '"') quoted = true;
            else if (c is '(' or '[' or '{' or '<') depth++;
            else if (c is ')' or ']' or '}' or '>') depth--;
        }
        return result;
    }

    /// <summary>`align 8` is one attribute.</summary>
    static string[] Attributes(IEnumerable<string> tokens)
    {
        var result = new List<string>();
        foreach (string t in tokens)
        {
            if (result.Count > 0 && result[^1] == "align" && char.IsAsciiDigit(t[0])) result[^1] = "align " + t;
            else result.Add(t);
        }
        result.Sort(StringComparer.Ordinal);
        return [.. result];
    }

    static string Unquoted(string name) => name.StartsWith('"') ? name[1..^1] : name;

    void Function(string header, HashSet<string>? body, Dictionary<string, string[]> groups)
    {
        int at = header.IndexOf('@');
        int open = header.IndexOf('(', header[at + 1] == '"' ? header.IndexOf('"', at + 2) : at);
        int close = open;
        for (int depth = 0; ; close++)
        {
            if (header[close] is '(') depth++;
            else if (header[close] is ')' && --depth == 0) break;
        }
        var before = Tokens(header[(body is null ? 8 : 7)..at]);
        string convention = "";
        var returned = new List<string>();
        for (int i = 0; i < before.Count - 1; i++)
        {
            if (Linkages.Contains(before[i])) continue;
            if (before[i] == "cc") convention = "cc " + before[++i];
            else if (before[i].EndsWith("cc", StringComparison.Ordinal)) convention = before[i];
            else returned.Add(before[i]);
        }
        var parameters = new List<IrParameter>();
        var current = new List<string>();
        foreach (string t in Tokens(header[(open + 1)..close]).Append(","))
        {
            if (t != ",")
            {
                current.Add(t);
                continue;
            }
            if (current.Count > 0) parameters.Add(new IrParameter(current[0], Attributes(current.Skip(1).Where(a => !a.StartsWith('%')))));
            current.Clear();
        }
        string[] attributes = [];
        foreach (string t in Tokens(header[(close + 1)..].TrimEnd(' ', '{'))) if (groups.TryGetValue(t, out var group)) attributes = group;
        string name = Unquoted(header[(at + 1)..open]);
        var function = new IrFunction(name, body is not null, convention, before[^1], Attributes(returned), [.. parameters], attributes);
        if (body is not null) function.Uses.UnionWith(body);
        Functions[name] = function;
    }

    void Global(string line)
    {
        int equals = line.IndexOf(" = ", StringComparison.Ordinal);
        string name = Unquoted(line[1..equals]);
        var tokens = Tokens(line[(equals + 3)..]);
        bool isPrivate = tokens[0] is "private" or "internal", external = tokens[0] is "external" or "extern_weak", tls = tokens.Exists(t => t.StartsWith("thread_local", StringComparison.Ordinal));
        int kind = tokens.FindIndex(t => t is "constant" or "global");
        if (kind < 0) return; // an alias
        ulong align = 1;
        for (int i = kind; i + 2 < tokens.Count; i++) if (tokens[i] == "," && tokens[i + 1] == "align") align = ulong.Parse(tokens[i + 2], System.Globalization.CultureInfo.InvariantCulture);
        int end = tokens.IndexOf(",", kind);
        if (end < 0) end = tokens.Count;
        var global = new IrGlobal(name, isPrivate, tokens[kind] == "constant", tls, align, tokens[kind + 1], external ? null : string.Join(' ', tokens[(kind + 2)..end]));
        if (global.Initializer is { } init) References(init, global.Uses);
        Globals[name] = global;
    }
}
