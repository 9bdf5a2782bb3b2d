using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Mirlink.Fidelity;

/// <summary>
/// Compares bodies of one crate line by line. The numbers of allocations are those of rustc's session and not in metadata: each of rustc's must
/// correspond to one of ours, the same throughout the crate, and so must the order of dumps, which is that of the numbers.
/// </summary>
public sealed partial class BodyComparer
{
    [GeneratedRegex(@"╾?─*\balloc(\d+)\b|(?<=[╾─│] ?)a(\d+)\b|(?<=<imm>|\+0x[0-9a-f]+|ptr bytes\))─*╼")]
    private static partial Regex AllocName();

    readonly Dictionary<int, int> _ours = [], _theirs = [];

    public long EqualLines { get; private set; }
    public long Lines { get; private set; }
    public long EqualStructures { get; private set; }
    public long Bodies { get; private set; }
    /// <summary>Rustc's line and ours; null where there is none.</summary>
    public List<(string Header, string? Theirs, string? Ours)> Differences { get; } = [];

    bool Bind(int theirs, int ours)
    {
        if (_ours.TryGetValue(theirs, out int o)) return o == ours;
        if (!_theirs.TryAdd(ours, theirs)) return false;
        _ours.Add(theirs, ours);
        return true;
    }

    static string Canonical(string line, List<int> numbers)
    {
        if (!line.Contains("alloc", StringComparison.Ordinal) && !line.Contains('╾') && !line.Contains('╼')) return line;
        return AllocName().Replace(line, m =>
        {
            var number = m.Groups[1].Success ? m.Groups[1] : m.Groups[2];
            if (!number.Success) return "";
            numbers.Add(int.Parse(number.ValueSpan, CultureInfo.InvariantCulture));
            return "alloc";
        }).Replace("─", "", StringComparison.Ordinal);
    }

    bool Same(string theirs, string ours)
    {
        if (theirs == ours && !theirs.Contains("alloc", StringComparison.Ordinal) && !theirs.Contains('╾')) return true;
        List<int> t = [], o = [];
        if (Canonical(theirs, t) != Canonical(ours, o) || t.Count != o.Count) return false;
        bool same = true;
        for (int i = 0; i < t.Count; i++) same &= Bind(t[i], o[i]);
        return same;
    }

    public void Add(BodyText theirs, BodyText? ours)
    {
        Bodies++;
        Lines += theirs.LineCount;
        if (ours is null)
        {
            Differences.Add((theirs.Header, theirs.Header, null));
            return;
        }
        if (theirs.BlockStructure() == ours.BlockStructure()) EqualStructures++;
        else Differences.Add((theirs.Header, "structure " + theirs.BlockStructure(), "structure " + ours.BlockStructure()));
        Compare(theirs.Header, theirs.Lines, ours.Lines);
        CompareDumps(theirs, ours);
    }

    void Compare(string header, List<string> theirs, List<string> ours)
    {
        int i = 0, k = 0;
        while (i < theirs.Count || k < ours.Count)
        {
            if (i < theirs.Count && k < ours.Count && Same(theirs[i], ours[k]))
            {
                EqualLines++;
                i++;
                k++;
                continue;
            }
            // resynchronize at the nearest equal line
            int best = -1;
            if (theirs.Count - i != ours.Count - k)
                for (int skip = 1; skip < 40 && best < 0; skip++)
                {
                    if (i + skip < theirs.Count && k < ours.Count && theirs[i + skip] == ours[k]) best = skip;
                    else if (k + skip < ours.Count && i < theirs.Count && ours[k + skip] == theirs[i]) best = skip + 1000;
                }
            if (best is >= 0 and < 1000) for (int s = 0; s < best; s++) Differences.Add((header, theirs[i++], null));
            else if (best >= 1000) for (int s = 0; s < best - 1000; s++) Differences.Add((header, null, ours[k++]));
            else Differences.Add((header, i < theirs.Count ? theirs[i++] : null, k < ours.Count ? ours[k++] : null));
        }
    }

    /// <summary>Dumps of allocations that lines have named belong together; the others by their contents.</summary>
    void CompareDumps(BodyText theirs, BodyText ours)
    {
        var rest = ours.Dumps.ToList();
        var waiting = theirs.Dumps.ToList();
        for (bool progress = true; progress;)
        {
            progress = false;
            for (int i = 0; i < waiting.Count; i++)
            {
                if (!_ours.TryGetValue(waiting[i].Number, out int number)) continue;
                int at = rest.FindIndex(d => d.Number == number);
                if (at < 0) continue;
                Compare(theirs.Header, waiting[i].Lines, rest[at].Lines);
                rest.RemoveAt(at);
                waiting.RemoveAt(i--);
                progress = true;
            }
        }
        // those that nothing names and that hold the same
        for (int i = 0; i < waiting.Count; i++)
        {
            string contents = Contents(waiting[i]);
            int at = rest.FindIndex(d => Contents(d) == contents);
            if (at < 0) continue;
            EqualLines += waiting[i].Lines.Count;
            rest.RemoveAt(at);
            waiting.RemoveAt(i--);
        }
        foreach (var d in waiting)
        {
            int at = rest.Count > 0 ? 0 : -1;
            Compare(theirs.Header, d.Lines, at >= 0 ? rest[0].Lines : []);
            if (at >= 0) rest.RemoveAt(0);
        }
        foreach (var d in rest) Compare(theirs.Header, [], d.Lines);
    }

    static string Contents(DumpText d)
    {
        var s = new StringBuilder();
        List<int> numbers = [];
        foreach (string line in d.Lines) s.Append(Canonical(line, numbers)).Append('\n');
        return s.ToString();
    }
}
