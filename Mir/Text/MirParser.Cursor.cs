using System.Globalization;

namespace Mirlink.Mir.Text;

public sealed partial class MirParser
{
    /// <summary>A place in a line. Knows brackets, strings and character literals, and that `-&gt;` closes nothing.</summary>
    private sealed class Cursor(string text, MirParser parser)
    {
        private int _at;

        public string Rest() { string r = text[_at..]; _at = text.Length; return r; }
        public bool AtEnd => _at >= text.Length;
        public bool Peek(char c) => _at < text.Length && text[_at] == c;
        public bool Peek(string s) => string.CompareOrdinal(text, _at, s, 0, s.Length) == 0;

        public bool TryExpect(string s)
        {
            if (!Peek(s)) return false;
            _at += s.Length;
            return true;
        }

        public void Expect(string s) { if (!TryExpect(s)) throw parser.Error($"`{s}` expected at `{text[_at..]}`"); }

        public ulong Number()
        {
            int from = _at;
            while (_at < text.Length && char.IsAsciiDigit(text[_at])) _at++;
            return ulong.TryParse(text.AsSpan(from, _at - from), NumberStyles.None, CultureInfo.InvariantCulture, out ulong n) ? n : throw parser.Error($"a number expected at `{text[from..]}`");
        }

        public int Local() { Expect("_"); return checked((int)Number()); }
        public int BlockNumber() { Expect("bb"); return checked((int)Number()); }

        public int Position { get => _at; set => _at = value; }

        /// <summary>The text before the first of the ends that is outside of all brackets; all of it if none is.</summary>
        public string Until(params ReadOnlySpan<string> ends)
        {
            int from = _at, depth = 0;
            while (_at < text.Length)
            {
                if (depth == 0)
                {
                    foreach (string e in ends)
                        if (Peek(e) && !(e[0] == '>' && _at > 0 && text[_at - 1] is '-' or '=')) return text[from.._at];
                }
                char c = text[_at];
                switch (c)
                {
                    case '(' or '[' or '{' or '<': depth++; break;
                    case '>' when _at > 0 && text[_at - 1] is '-' or '=': break;
                    case ')' or ']' or '}' or '>': depth--; break;
                    case '"': String(); continue;
                    case '\'' when _at + 2 < text.Length && (text[_at + 1] == '\\' || text[_at + 2] == '\'' || char.IsHighSurrogate(text[_at + 1])): Character(); continue;
                }
                _at++;
            }
            return text[from..];
        }

        private void String()
        {
            for (_at++; _at < text.Length && text[_at] != '"'; _at++) if (text[_at] == '\\') _at++;
            _at++;
        }

        private void Character()
        {
            _at++;
            if (text[_at] == '\\') _at++;
            for (_at++; _at < text.Length && text[_at] != '\''; _at++) { }
            _at++;
        }
    }
}
