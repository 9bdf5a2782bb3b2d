using System.Text;

namespace Mirlink.SchemaTool;

/// <summary>What a Rust token is, as far as item declarations need to know.</summary>
enum TokenKind : byte { Ident, Lifetime, String, Number, Char, Punct, End }

/// <summary>One token: string literals carry their unescaped value, everything else its text.</summary>
readonly record struct Token(TokenKind Kind, string Text)
{
    public bool Is(string punctOrIdent) => Kind is TokenKind.Punct or TokenKind.Ident && Text == punctOrIdent;
}

/// <summary>Splits Rust source into tokens, dropping comments. Multi-character operators other than `::` and `->` come as single characters.</summary>
static class RustLexer
{
    public static List<Token> Lex(string s)
    {
        var tokens = new List<Token>(s.Length / 4);
        var i = 0;
        while (i < s.Length)
        {
            var c = s[i];
            if (char.IsWhiteSpace(c)) { i++; continue; }
            if (c == '/' && i + 1 < s.Length && s[i + 1] == '/')
            {
                while (i < s.Length && s[i] != '\n') i++;
                continue;
            }
            if (c == '/' && i + 1 < s.Length && s[i + 1] == '*')
            {
                var depth = 1;
                i += 2;
                while (i < s.Length && depth > 0)
                {
                    if (s[i] == '/' && i + 1 < s.Length && s[i + 1] == '*') { depth++; i += 2; }
                    else if (s[i] == '*' && i + 1 < s.Length && s[i + 1] == '/') { depth--; i += 2; }
                    else i++;
                }
                continue;
            }
            if (RawString(s, i) is var (rawEnd, rawValue) && rawEnd > 0)
            {
                tokens.Add(new(TokenKind.String, rawValue));
                i = rawEnd;
                continue;
            }
            if (c == '"' || ((c is 'b' or 'c') && i + 1 < s.Length && s[i + 1] == '"'))
            {
                if (c != '"') i++;
                var text = new StringBuilder();
                i++;
                while (i < s.Length && s[i] != '"')
                {
                    if (s[i] == '\\' && i + 1 < s.Length && s[i + 1] == '\n')
                    {
                        i++;
                        while (i < s.Length && char.IsWhiteSpace(s[i])) i++;
                    }
                    else if (s[i] == '\\' && i + 1 < s.Length)
                    {
                        text.Append(s[i + 1] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', '0' => '\0', var e => e });
                        i += 2;
                    }
                    else text.Append(s[i++]);
                }
                i++;
                tokens.Add(new(TokenKind.String, text.ToString()));
                continue;
            }
            if (c == '\'' || (c == 'b' && i + 1 < s.Length && s[i + 1] == '\''))
            {
                if (c == 'b') i++;
                if (i + 2 < s.Length && s[i + 1] == '\\')
                {
                    var start = i;
                    i += 3;
                    while (i < s.Length && s[i] != '\'') i++;
                    i++;
                    tokens.Add(new(TokenKind.Char, s[start..i]));
                    continue;
                }
                var width = i + 1 < s.Length && char.IsHighSurrogate(s[i + 1]) ? 2 : 1;
                if (i + width + 1 < s.Length && s[i + width + 1] == '\'')
                {
                    tokens.Add(new(TokenKind.Char, s.Substring(i, width + 2)));
                    i += width + 2;
                    continue;
                }
                var from = ++i;
                while (i < s.Length && IsIdent(s[i])) i++;
                tokens.Add(new(TokenKind.Lifetime, s[from..i]));
                continue;
            }
            if (char.IsDigit(c))
            {
                var from = i;
                while (i < s.Length && IsIdent(s[i])) i++;
                tokens.Add(new(TokenKind.Number, s[from..i]));
                continue;
            }
            if (IsIdent(c))
            {
                var from = i;
                while (i < s.Length && IsIdent(s[i])) i++;
                if (i - from == 1 && c == 'r' && i + 1 < s.Length && s[i] == '#' && IsIdent(s[i + 1]))
                {
                    from = ++i;
                    while (i < s.Length && IsIdent(s[i])) i++;
                }
                tokens.Add(new(TokenKind.Ident, s[from..i]));
                continue;
            }
            if (c == ':' && i + 1 < s.Length && s[i + 1] == ':') { tokens.Add(new(TokenKind.Punct, "::")); i += 2; continue; }
            if (c == '-' && i + 1 < s.Length && s[i + 1] == '>') { tokens.Add(new(TokenKind.Punct, "->")); i += 2; continue; }
            if (c == '=' && i + 1 < s.Length && s[i + 1] == '>') { tokens.Add(new(TokenKind.Punct, "=>")); i += 2; continue; }
            tokens.Add(new(TokenKind.Punct, c.ToString()));
            i++;
        }
        tokens.Add(new(TokenKind.End, ""));
        return tokens;
    }

    static bool IsIdent(char c) => char.IsLetterOrDigit(c) || c == '_';

    static (int End, string Value) RawString(string s, int i)
    {
        var j = i;
        if (s[j] == 'b' || s[j] == 'c') j++;
        if (j >= s.Length || s[j] != 'r') return (0, "");
        j++;
        var hashes = 0;
        while (j < s.Length && s[j] == '#') { hashes++; j++; }
        if (j >= s.Length || s[j] != '"') return (0, "");
        var close = "\"" + new string('#', hashes);
        var end = s.IndexOf(close, j + 1, StringComparison.Ordinal);
        return end < 0 ? (0, "") : (end + close.Length, s[(j + 1)..end]);
    }
}
