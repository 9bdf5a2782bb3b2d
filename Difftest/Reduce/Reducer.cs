using System.Text.RegularExpressions;
using Mirlink.Difftest.Generate;

namespace Mirlink.Difftest.Reduce;

/// <summary>
/// Makes a failing program small: leaves out items and statements, many at once at first; puts simpler values and parts of expressions in the place of whole
/// ones; until nothing more can go. What a change breaks (a use without its definition) rustc rejects, and it is taken back.
/// </summary>
public static partial class Reducer
{
    /// <param name="fails">Does this source still fail in the same way?</param>
    /// <param name="until">When to stop with what there is.</param>
    public static Code Reduce(Code program, Func<string, bool> fails, DateTime until)
    {
        bool smaller = true;
        while (smaller && DateTime.UtcNow < until)
        {
            int before = program.Size;
            program = Remove(program, fails, until);
            program = Simplify(program, fails, until);
            smaller = program.Size < before;
        }
        return program;
    }

    /// <summary>Smaller programs that may still fail: each without one item or statement, largest first. For FsCheck's shrinking.</summary>
    public static IEnumerable<Code> Candidates(Code program)
    {
        foreach (var piece in Pieces(program).Where(static c => c.Removable).OrderByDescending(static c => c.Size))
            yield return Prune(Without(program, [piece])!);
    }

    private static List<Code> Pieces(Code root)
    {
        var list = new List<Code>();
        void Visit(Code c)
        {
            list.Add(c);
            foreach (object part in c.Parts) if (part is Code inner) Visit(inner);
        }
        Visit(root);
        return list;
    }

    /// <summary>Delta debugging over everything removable: halves, quarters, and so on.</summary>
    private static Code Remove(Code program, Func<string, bool> fails, DateTime until)
    {
        // What is used is written before its uses, so that uses go first.
        var pieces = Pieces(program).Where(static c => c.Removable).Reverse().ToList();
        for (int chunk = Math.Max(1, pieces.Count / 2); ; chunk /= 2)
        {
            for (int at = 0; at < pieces.Count && DateTime.UtcNow < until;)
            {
                var some = pieces.GetRange(at, Math.Min(chunk, pieces.Count - at));
                if (Without(program, [.. some]) is { } candidate && Prune(candidate) is var pruned && pruned.Size < program.Size && fails(pruned.ToString()))
                {
                    program = pruned;
                    var left = Pieces(program).ToHashSet();
                    int gone = 0;
                    for (int i = pieces.Count - 1; i >= 0; i--)
                    {
                        if (left.Contains(pieces[i])) continue;
                        if (i < at) gone++;
                        pieces.RemoveAt(i);
                    }
                    at = Math.Max(0, at - gone);
                }
                else at += chunk;
            }
            if (chunk == 1) return program;
        }
    }

    /// <summary>Expressions become constants, or one of their own parts of the same type.</summary>
    private static Code Simplify(Code program, Func<string, bool> fails, DateTime until)
    {
        var done = new HashSet<Code>();
        while (DateTime.UtcNow < until)
        {
            var piece = Pieces(program).Where(c => c.Type is not null && c.Size > 2 && !done.Contains(c)).OrderByDescending(static c => c.Size).FirstOrDefault();
            if (piece is null) break;
            done.Add(piece);
            foreach (var simpler in Simpler(piece))
            {
                if (DateTime.UtcNow >= until) break;
                var candidate = Prune(Replace(program, piece, simpler)!);
                if (candidate.Size >= program.Size || !fails(candidate.ToString())) continue;
                program = candidate;
                break;
            }
        }
        return program;
    }

    private static IEnumerable<Code> Simpler(Code piece)
    {
        if (Default(piece) is { } text) yield return Code.Expr(piece.Type!, $"{text}");
        foreach (var part in Pieces(piece).Skip(1).Where(c => c.Type == piece.Type).OrderBy(static c => c.Size).Take(6)) yield return part;
    }

    private static string? Default(Code piece) => piece.Simplest ?? piece.Type switch
    {
        "bool" => "false",
        "char" => "'a'",
        "()" => "()",
        "String" => "String::new()",
        "f32" or "f64" => "0.0" + piece.Type,
        "&'static str" => "\"\"",
        { } t when IntegerType().IsMatch(t) => "0" + t,
        { } t when t.StartsWith("Option<", StringComparison.Ordinal) => "None::<" + t[7..],
        { } t when t.StartsWith("Vec<", StringComparison.Ordinal) => "Vec::<" + t[4..] + "::new()",
        _ => null,
    };

    private static Code? Without(Code program, HashSet<Code> pieces)
    {
        bool changed = false;
        Code Visit(Code c)
        {
            var parts = new List<object>(c.Parts.Count);
            bool own = false;
            foreach (object part in c.Parts)
            {
                if (part is not Code inner) { parts.Add(part); continue; }
                if (pieces.Contains(inner)) { own = true; continue; }
                var visited = Visit(inner);
                own |= !ReferenceEquals(visited, inner);
                parts.Add(visited);
            }
            changed |= own;
            return own ? c.With([.. parts]) : c;
        }
        var result = Visit(program);
        return changed ? result : null;
    }

    private static Code Replace(Code program, Code piece, Code by)
    {
        if (ReferenceEquals(program, piece)) return by;
        object[]? parts = null;
        for (int i = 0; i < program.Parts.Count; i++)
        {
            if (program.Parts[i] is not Code inner) continue;
            var replaced = Replace(inner, piece, by);
            if (ReferenceEquals(replaced, inner)) continue;
            parts ??= [.. program.Parts];
            parts[i] = replaced;
        }
        return parts is null ? program : program.With(parts);
    }

    /// <summary>Without the items that nothing mentions any more.</summary>
    private static Code Prune(Code program)
    {
        while (true)
        {
            string text = program.ToString();
            var uses = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var match in Identifier().EnumerateMatches(text))
            {
                string name = text.Substring(match.Index, match.Length);
                uses[name] = uses.GetValueOrDefault(name) + 1;
            }
            var unused = new HashSet<Code>();
            foreach (var piece in Pieces(program))
            {
                if (!piece.Removable) continue;
                string source = piece.ToString();
                if (Definition().Match(source.Length > 300 ? source[..300] : source) is not { Success: true } m) continue;
                string name = m.Groups[1].Value;
                int own = 0;
                foreach (var match in Identifier().EnumerateMatches(source))
                    if (source.AsSpan(match.Index, match.Length).SequenceEqual(name)) own++;
                if (uses.GetValueOrDefault(name) <= own) unused.Add(piece);
            }
            if (unused.Count == 0 || Without(program, unused) is not { } pruned) return program;
            program = pruned;
        }
    }

    [GeneratedRegex(@"\b[A-Za-z]+\d+\b")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"^(?:#\[[^\n]*\]\s*)*(?:const |extern ""C-unwind"" )*(?:fn|struct|enum|static|const|trait)\s+([A-Za-z]+\d+)\b")]
    private static partial Regex Definition();

    [GeneratedRegex("^[iu](8|16|32|64|128|size)$")]
    private static partial Regex IntegerType();
}
