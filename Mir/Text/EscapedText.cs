using System.Globalization;
using System.Text;

namespace Mirlink.Mir.Text;

/// <summary>Characters, strings and byte strings as Rust's `Debug` writes them.</summary>
internal static class EscapedText
{
    public static void Char(StringBuilder output, uint c)
    {
        output.Append('\'');
        Append(output, new Rune(c), '\'');
        output.Append('\'');
    }

    /// <summary>A string literal of UTF-8 text; what is not UTF-8 becomes replacement characters.</summary>
    public static void String(StringBuilder output, ReadOnlySpan<byte> utf8)
    {
        output.Append('"');
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out var rune, out int n) != System.Buffers.OperationStatus.Done) rune = Rune.ReplacementChar;
            Append(output, rune, '"');
            utf8 = utf8[n..];
        }
        output.Append('"');
    }

    public static void Bytes(StringBuilder output, ReadOnlySpan<byte> bytes)
    {
        output.Append("b\"");
        foreach (byte b in bytes)
        {
            switch (b)
            {
                case (byte)'\t': output.Append("\\t"); break;
                case (byte)'\r': output.Append("\\r"); break;
                case (byte)'\n': output.Append("\\n"); break;
                case (byte)'\\': output.Append("\\\\"); break;
                case (byte)'"': output.Append("\\\""); break;
                case (byte)'\'': output.Append("\\'"); break;
                case >= 32 and < 127: output.Append((char)b); break;
                default: output.Append("\\x").Append(b.ToString("x2", CultureInfo.InvariantCulture)); break;
            }
        }
        output.Append('"');
    }

    private static void Append(StringBuilder output, Rune c, char quote)
    {
        switch (c.Value)
        {
            case 0: output.Append("\\0"); return;
            case '\t': output.Append("\\t"); return;
            case '\r': output.Append("\\r"); return;
            case '\n': output.Append("\\n"); return;
            case '\\': output.Append("\\\\"); return;
        }
        if (c.Value == quote) output.Append('\\').Append(quote);
        else if (c.Value is >= 32 and < 127 || IsPrintable(c)) output.Append(c.ToString());
        else output.Append("\\u{").Append(c.Value.ToString("x", CultureInfo.InvariantCulture)).Append('}');
    }

    /// <summary>Neither unassigned nor invisible, nor a mark that would combine with what stands before it.</summary>
    private static bool IsPrintable(Rune c)
    {
        int at = PrintableChars.Changes.BinarySearch(c.Value);
        return ((at < 0 ? ~at : at + 1) & 1) != 0;
    }
}
