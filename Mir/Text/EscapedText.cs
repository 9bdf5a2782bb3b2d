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

    /// <summary>Pairs of first and last: what extends a grapheme and is no mark by its category (Unicode's Other_Grapheme_Extend).</summary>
    private static ReadOnlySpan<int> OtherExtending =>
    [
        0x09be, 0x09be, 0x09d7, 0x09d7, 0x0b3e, 0x0b3e, 0x0b57, 0x0b57, 0x0bbe, 0x0bbe, 0x0bd7, 0x0bd7, 0x0cc0, 0x0cc0, 0x0cc2, 0x0cc2, 0x0cc7, 0x0cc8, 0x0cca, 0x0ccb, 0x0cd5, 0x0cd6,
        0x0d3e, 0x0d3e, 0x0d57, 0x0d57, 0x0dcf, 0x0dcf, 0x0ddf, 0x0ddf, 0x1715, 0x1715, 0x1734, 0x1734, 0x1b35, 0x1b35, 0x1b3b, 0x1b3b, 0x1b3d, 0x1b3d, 0x1b43, 0x1b44, 0x1baa, 0x1baa,
        0x1bf2, 0x1bf3, 0x302e, 0x302f, 0xa953, 0xa953, 0xa9c0, 0xa9c0, 0xff9e, 0xff9f, 0x111c0, 0x111c0, 0x11235, 0x11235, 0x1133e, 0x1133e, 0x1134d, 0x1134d, 0x11357, 0x11357,
        0x113b8, 0x113b8, 0x113c2, 0x113c2, 0x113c5, 0x113c5, 0x113c7, 0x113c9, 0x113cf, 0x113cf, 0x114b0, 0x114b0, 0x114bd, 0x114bd, 0x115af, 0x115af, 0x116b6, 0x116b6,
        0x11930, 0x11930, 0x1193d, 0x1193d, 0x11f41, 0x11f41, 0x16ff0, 0x16ff1, 0x1d165, 0x1d166, 0x1d16d, 0x1d172,
    ];

    private static bool Extends(int c)
    {
        var ranges = OtherExtending;
        for (int i = 0; i < ranges.Length && ranges[i] <= c; i += 2) if (c <= ranges[i + 1]) return true;
        return false;
    }

    /// <summary>Neither invisible nor a mark that would combine with what stands before it.</summary>
    private static bool IsPrintable(Rune c) => c.Value >= 127 && !Extends(c.Value) && Rune.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark);
}
