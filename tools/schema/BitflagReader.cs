using System.Globalization;

namespace Mirlink.SchemaTool;

/// <summary>Reads the constants of one `bitflags!` declaration. Combinations of other flags are left out.</summary>
static class BitflagReader
{
    public static IEnumerable<(string Name, ulong Value)> Read(string file, string type)
    {
        var t = RustLexer.Lex(File.ReadAllText(file));
        var start = -1;
        for (var k = 0; k + 2 < t.Count && start < 0; k++) if ((t[k].Is("struct") || t[k].Is("impl")) && t[k + 1].Is(type) && t[k + 2].Is(":")) start = k;
        if (start < 0) throw new InvalidDataException($"no bitflags {type} in {file}");
        var i = start + 4;
        while (!t[i].Is("}"))
        {
            if (!t[i].Is("const")) { i++; continue; }
            var name = t[i + 1].Text;
            i += 3;
            var from = i;
            while (!t[i].Is(";")) i++;
            if (i - from == 1 && t[from].Kind == TokenKind.Number) yield return (name, Number(t[from].Text));
            else if (i - from == 4 && t[from].Kind == TokenKind.Number && t[from + 1].Is("<") && t[from + 2].Is("<")) yield return (name, Number(t[from].Text) << (int)Number(t[from + 3].Text));
        }
    }

    static ulong Number(string s)
    {
        s = s.Replace("_", "", StringComparison.Ordinal);
        return s.StartsWith("0b", StringComparison.Ordinal) ? Convert.ToUInt64(s[2..], 2)
            : s.StartsWith("0x", StringComparison.Ordinal) ? Convert.ToUInt64(s[2..], 16)
            : ulong.Parse(s, CultureInfo.InvariantCulture);
    }
}
