using System.Text;

namespace Mirlink.Rustc.Metadata.Raw;

public static partial class Releases
{
    static readonly SymbolList?[] s_symbols = new SymbolList?[Number];

    /// <summary>All of them for messages: `1.97.0, 1.96.0 or 1.95.0`.</summary>
    public static string Listed => Versions.Length == 1 ? Versions[0] : $"{string.Join(", ", Versions[..^1])} or {Versions[^1]}";

    /// <summary>By the version text of a compiler (`rustc 1.96.0 (…)`); null for releases that are not known.</summary>
    public static Release? Of(string compilerVersion)
    {
        for (var i = 0; i < Versions.Length; i++)
        {
            // Not a beta or nightly of that number.
            const int At = 6;
            var v = Versions[i];
            if (compilerVersion.StartsWith("rustc ", StringComparison.Ordinal) && string.CompareOrdinal(compilerVersion, At, v, 0, v.Length) == 0
                && (compilerVersion.Length == At + v.Length || compilerVersion[At + v.Length] == ' ')) return (Release)i;
        }
        return null;
    }

    /// <summary>The compiler's own table of symbols.</summary>
    public static SymbolList PredefinedSymbols(Release release) => s_symbols[(int)release] ??= new SymbolList(SymbolLines(release));

    /// <summary>Lines of a text, each made a string when it is first asked for: a link asks for few of them.</summary>
    public sealed unsafe class SymbolList : IReadOnlyList<string>
    {
        /// <summary>In the image, which does not move.</summary>
        readonly byte* _text;
        /// <summary>Where each line starts; at the end, where one more would.</summary>
        readonly int[] _starts;
        readonly string?[] _lines;

        internal SymbolList(ReadOnlySpan<byte> text)
        {
            fixed (byte* p = text) _text = p;
            _lines = new string[text.Count((byte)'\n')];
            _starts = new int[_lines.Length + 1];
            for (var i = 0; i < _lines.Length; i++) _starts[i + 1] = _starts[i] + text[_starts[i]..].IndexOf((byte)'\n') + 1;
        }

        public int Count => _lines.Length;

        public string this[int index] =>
            _lines[index] ??= string.Intern(Encoding.UTF8.GetString(_text + _starts[index], _starts[index + 1] - _starts[index] - 1));

        public IEnumerator<string> GetEnumerator()
        {
            for (var i = 0; i < Count; i++) yield return this[i];
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
