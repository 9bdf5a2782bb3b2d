using Mirlink.Mir;
using System.Globalization;
using System.Text;

namespace Mirlink.Fidelity.Programs;

/// <summary>The bytes of an initializer and where the addresses of others stand in it. Undefined: bytes whose value is free.</summary>
public sealed class IrData
{
    public List<byte> Bytes { get; } = [];
    public List<bool> Undefined { get; } = [];
    public List<(int Offset, string Target, long Addend)> Relocations { get; } = [];

    /// <exception cref="FormatException">Something that neither rustc nor we write into initializers.</exception>
    public static IrData Read(string type, string initializer)
    {
        var data = new IrData();
        var reader = new Reader(initializer);
        data.Value(type, reader);
        return data;
    }

    void Put(ReadOnlySpan<byte> bytes, bool undefined = false)
    {
        foreach (byte b in bytes)
        {
            Bytes.Add(b);
            Undefined.Add(undefined);
        }
    }

    static int SizeOf(string type)
    {
        if (type == "ptr") return 8;
        if (type[0] == 'i') return int.Parse(type.AsSpan(1), CultureInfo.InvariantCulture) / 8;
        if (type is "float") return 4;
        if (type is "double") return 8;
        if (type[0] == '[')
        {
            int x = type.IndexOf(" x ", StringComparison.Ordinal);
            return int.Parse(type.AsSpan(1, x - 1), CultureInfo.InvariantCulture) * SizeOf(type[(x + 3)..^1]);
        }
        if (type.StartsWith("<{", StringComparison.Ordinal)) return Elements(type[2..^2]).Sum(SizeOf);
        throw new FormatException($"the size of {type}");
    }

    static List<string> Elements(string s)
    {
        var result = new List<string>();
        int depth = 0, start = 0;
        for (int i = 0; i <= s.Length; i++)
        {
            if (i == s.Length || (depth == 0 && s[i] == ','))
            {
                if (s[start..i].Trim() is { Length: > 0 } e) result.Add(e);
                start = i + 1;
            }
            else if (s[i] is '[' or '{' or '<' or '(') depth++;
            else if (s[i] is ']' or '}' or '>' or ')') depth--;
        }
        return result;
    }

    sealed class Reader(string text)
    {
        int _at;
        public string Rest => text[_at..];
        public bool Take(string s)
        {
            while (_at < text.Length && text[_at] == ' ') _at++;
            if (string.CompareOrdinal(text, _at, s, 0, s.Length) != 0) return false;
            _at += s.Length;
            return true;
        }
        public void Expect(string s)
        {
            if (!Take(s)) throw new FormatException($"expected {s} at {text.AsSpan(_at, Math.Min(60, text.Length - _at))}");
        }
        public string Type()
        {
            Take("");
            int start = _at, depth = 0;
            for (; _at < text.Length; _at++)
            {
                char c = text[_at];
                if (c is '[' or '{' or '<' or '(') depth++;
                else if (c is ']' or '}' or '>' or ')')
                {
                    if (depth == 0) break;
                    depth--;
                }
                else if (depth == 0 && c is ' ' or ',' && depth == 0) break;
            }
            return text[start.._at];
        }
        public string Name()
        {
            Expect("@");
            int start = _at;
            if (text[_at] == '"')
            {
                _at = text.IndexOf('"', _at + 1) + 1;
                return text[(start + 1)..(_at - 1)];
            }
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '.' or '$' or '-')) _at++;
            return text[start.._at];
        }
        public byte[] Quoted()
        {
            Expect("\"");
            var bytes = new List<byte>();
            for (; text[_at] != '"'; _at++)
            {
                if (text[_at] == '\\' && text[_at + 1] == '\\')
                {
                    bytes.Add((byte)'\\');
                    _at++;
                }
                else if (text[_at] == '\\')
                {
                    bytes.Add(byte.Parse(text.AsSpan(_at + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    _at += 2;
                }
                else bytes.Add((byte)text[_at]);
            }
            _at++;
            return [.. bytes];
        }
    }

    void Value(string type, Reader r)
    {
        if (r.Take("zeroinitializer") || r.Take("null")) Put(new byte[SizeOf(type)]);
        else if (r.Take("undef") || r.Take("poison")) Put(new byte[SizeOf(type)], undefined: true);
        else if (type.StartsWith("<{", StringComparison.Ordinal))
        {
            r.Expect("<{");
            while (!r.Take("}>"))
            {
                Value(r.Type(), r);
                r.Take(",");
            }
        }
        else if (type[0] == '[')
        {
            if (r.Take("c"))
            {
                Put(r.Quoted());
                return;
            }
            r.Expect("[");
            while (!r.Take("]"))
            {
                Value(r.Type(), r);
                r.Take(",");
            }
        }
        else if (type == "ptr") Pointer(r);
        else if (type[0] == 'i')
        {
            string number = r.Type();
            var bits = number is "true" ? U128.One : number is "false" ? U128.Zero : (U128)(I128)Int128.Parse(number, CultureInfo.InvariantCulture);
            for (int i = SizeOf(type); i > 0; i--, bits >>= 8) Put([(byte)bits]);
        }
        else throw new FormatException($"a value of type {type}: {r.Rest}");
    }

    void Pointer(Reader r)
    {
        if (r.Take("inttoptr"))
        {
            r.Expect("(");
            Value(r.Type(), r);
            r.Expect("to ptr)");
            return;
        }
        long addend = 0;
        string target;
        if (r.Take("getelementptr"))
        {
            foreach (string flag in (string[])["inbounds", "nuw", "nusw"]) r.Take(flag);
            r.Expect("(");
            r.Expect("i8, ptr");
            target = r.Name();
            r.Expect(",");
            r.Type();
            r.Expect("");
            addend = long.Parse(r.Type(), CultureInfo.InvariantCulture);
            r.Expect(")");
        }
        else target = r.Name();
        Relocations.Add((Bytes.Count, target, addend));
        Put(new byte[8]);
    }

    /// <summary>All of it as text, to compare and to show; <paramref name="name"/> says how a target is written.</summary>
    public string Show(Func<string, string> name)
    {
        var s = new StringBuilder();
        int reloc = 0;
        for (int i = 0; i < Bytes.Count; i++)
        {
            if (reloc < Relocations.Count && Relocations[reloc].Offset == i)
            {
                var (_, target, addend) = Relocations[reloc++];
                s.Append('{').Append(name(target));
                if (addend != 0) s.Append(CultureInfo.InvariantCulture, $"{addend:+0;-0}");
                s.Append('}');
                i += 7;
                continue;
            }
            if (Undefined[i]) s.Append("__");
            else s.Append(Bytes[i].ToString("x2", CultureInfo.InvariantCulture));
        }
        return s.ToString();
    }
}
