using System.Runtime.CompilerServices;
using System.Text;

namespace Mirlink.Difftest.Generate;

/// <summary>
/// A piece of generated source: text with pieces in it. Says of itself what a reducer may do with it: leave it out, write something simpler instead, or put
/// a piece of the same type from inside in its place. Immutable.
/// </summary>
public sealed class Code
{
    private Code(object[] parts, bool removable, string? type, string? simplest)
    {
        Parts = parts;
        Removable = removable;
        Type = type;
        Simplest = simplest;
        int size = 1;
        foreach (object p in parts) size += p is Code c ? c.Size : 1;
        Size = size;
    }

    /// <summary>Strings and pieces, in order.</summary>
    public IReadOnlyList<object> Parts { get; }
    /// <summary>An item or a statement: the rest may make sense without it.</summary>
    public bool Removable { get; }
    /// <summary>The type of an expression, in Rust; null for anything else.</summary>
    public string? Type { get; }
    /// <summary>The simplest text that may stand here instead.</summary>
    public string? Simplest { get; }
    /// <summary>Number of pieces and texts below it, and itself.</summary>
    public int Size { get; }

    public static Code Plain(CodeText text) => new(text.Take(), false, null, null);
    /// <summary>An item or statement, on lines of its own.</summary>
    public static Code Line(CodeText text) => new([.. text.Take(), "\n"], true, null, null);
    public static Code Expr(string type, CodeText text) => new(text.Take(), false, type, null);
    public static Code Expr(string type, string simplest, CodeText text) => new(text.Take(), false, type, simplest);

    public static Code Join(string separator, IEnumerable<Code> pieces)
    {
        var parts = new List<object>();
        foreach (var piece in pieces)
        {
            if (parts.Count > 0 && separator.Length > 0) parts.Add(separator);
            parts.Add(piece);
        }
        return new([.. parts], false, null, null);
    }

    /// <summary>The same with other parts.</summary>
    public Code With(object[] parts) => new(parts, Removable, Type, Simplest);

    public static Code Text(string text) => new([text], false, null, null);

    /// <summary>The source, indented by its braces.</summary>
    public override string ToString()
    {
        var raw = new StringBuilder();
        Write(raw);
        var text = new StringBuilder(raw.Length * 2);
        int depth = 0;
        foreach (var range in raw.ToString().AsSpan().Split('\n'))
        {
            var line = raw.ToString().AsSpan()[range].Trim();
            if (line.IsEmpty) continue;
            int closing = 0;
            while (closing < line.Length && line[closing] is '}' or ')' or ']') closing++;
            int opened = 0;
            foreach (char c in line) opened += c is '{' or '(' or '[' ? 1 : c is '}' or ')' or ']' ? -1 : 0;
            int indent = Math.Max(0, depth - closing);
            text.Append(' ', 4 * Math.Min(indent, 12)).Append(line).Append('\n');
            depth = Math.Max(0, depth + opened);
        }
        return text.ToString();
    }

    private void Write(StringBuilder text)
    {
        foreach (object part in Parts)
            if (part is Code c) c.Write(text);
            else text.Append((string)part);
    }
}

/// <summary>Collects the texts and pieces of an interpolated string.</summary>
[InterpolatedStringHandler]
public readonly ref struct CodeText(int literals, int holes)
{
    private readonly List<object> _parts = new(literals > 0 ? holes * 2 + 1 : holes);

    public void AppendLiteral(string text) => _parts.Add(text);
    public void AppendFormatted(Code? piece) { if (piece is not null) _parts.Add(piece); }
    public void AppendFormatted(string? text) { if (!string.IsNullOrEmpty(text)) _parts.Add(text); }
    public void AppendFormatted(RustType type) => _parts.Add(type.Text);
    public void AppendFormatted(int number) => _parts.Add(number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    internal object[] Take() => [.. _parts];
}
