using System.Globalization;
using System.Text;

namespace Mirlink.Mir.Mangling;

/// <summary>The lexical parts of v0 symbol names (RFC 2603): base-62 numbers, disambiguators and identifiers.</summary>
internal static class V0Encoding
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <summary>&lt;base-62-number&gt;: 0 is "_", n is n-1 in base 62 and "_".</summary>
    public static void Base62(StringBuilder o, ulong value)
    {
        if (value != 0)
        {
            value--;
            Span<char> buffer = stackalloc char[11];
            int at = buffer.Length;
            do
            {
                buffer[--at] = Digits[(int)(value % 62)];
                value /= 62;
            } while (value != 0);
            o.Append(buffer[at..]);
        }
        o.Append('_');
    }

    /// <summary>Nothing for 0, otherwise the tag and value-1.</summary>
    public static void OptionalBase62(StringBuilder o, char tag, ulong value)
    {
        if (value == 0) return;
        o.Append(tag);
        Base62(o, value - 1);
    }

    /// <summary>&lt;undisambiguated-identifier&gt;: length in bytes and the name; names beyond ASCII as punycode with the tag "u".</summary>
    public static void Identifier(StringBuilder o, string name)
    {
        string bytes = name;
        foreach (char c in name)
        {
            if (c >= 0x80)
            {
                o.Append('u');
                bytes = Punycode(name);
                break;
            }
            if (!char.IsAsciiLetterOrDigit(c) && c != '_') throw new BugException($"character '{c}' in the identifier `{name}` cannot be mangled");
        }
        o.Append(bytes.Length.ToString(CultureInfo.InvariantCulture));
        if (bytes.Length > 0 && (bytes[0] == '_' || char.IsAsciiDigit(bytes[0]))) o.Append('_');
        o.Append(bytes);
    }

    /// <summary>RFC 3492 with '_' for the delimiter.</summary>
    public static string Punycode(string name)
    {
        const int Base = 36, TMin = 1, TMax = 26, Skew = 38, Damp = 700;
        var runes = new List<int>(name.Length);
        var o = new StringBuilder(name.Length + 8);
        foreach (var r in name.EnumerateRunes())
        {
            runes.Add(r.Value);
            if (r.Value < 0x80) o.Append((char)r.Value);
        }
        int basic = o.Length, handled = basic;
        if (basic > 0) o.Append('_');
        int n = 0x80, delta = 0, bias = 72;
        while (handled < runes.Count)
        {
            int next = int.MaxValue;
            foreach (int r in runes) if (r >= n && r < next) next = r;
            delta = checked(delta + (next - n) * (handled + 1));
            n = next;
            foreach (int r in runes)
            {
                if (r < n) delta++;
                if (r != n) continue;
                int q = delta;
                for (int k = Base; ; k += Base)
                {
                    int t = Math.Clamp(k - bias, TMin, TMax);
                    if (q < t) break;
                    o.Append(PunycodeDigit(t + (q - t) % (Base - t)));
                    q = (q - t) / (Base - t);
                }
                o.Append(PunycodeDigit(q));
                delta = handled == basic ? delta / Damp : delta / 2;
                delta += delta / (handled + 1);
                int steps = 0;
                while (delta > (Base - TMin) * TMax / 2)
                {
                    delta /= Base - TMin;
                    steps += Base;
                }
                bias = steps + (Base - TMin + 1) * delta / (delta + Skew);
                delta = 0;
                handled++;
            }
            delta++;
            n++;
        }
        return o.ToString();
    }

    private static char PunycodeDigit(int d) => (char)(d < 26 ? 'a' + d : '0' + d - 26);
}
