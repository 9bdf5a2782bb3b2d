using System.Globalization;
using System.Text.RegularExpressions;

namespace Mirlink.Fidelity;

/// <summary>The text of one body: its lines from the header to the closing brace, without empty ones, and the dumps of memory after it.</summary>
public sealed class BodyText
{
    public List<string> Lines { get; } = [];
    public List<DumpText> Dumps { get; } = [];
    /// <summary>Follows the comment that says so.</summary>
    public bool IsForCtfe { get; init; }
    public string Header => Lines[0];
    public long LineCount => Lines.Count + Dumps.Sum(d => (long)d.Lines.Count);

    /// <summary>Labels of the blocks with the number of lines in each.</summary>
    public string BlockStructure()
    {
        var s = new System.Text.StringBuilder();
        int lines = -1;
        foreach (string line in Lines)
        {
            if (line.StartsWith("    bb", StringComparison.Ordinal))
            {
                s.Append(line.AsSpan(4));
                lines = 0;
            }
            else if (line == "    }" && lines >= 0)
            {
                s.Append(lines).Append(' ');
                lines = -1;
            }
            else if (lines >= 0) lines++;
        }
        return s.ToString();
    }
}

/// <summary>The dump of one allocation.</summary>
public sealed class DumpText(int number)
{
    public int Number { get; } = number;
    public List<string> Lines { get; } = [];
}

/// <summary>Takes rustc's `--emit=mir` apart.</summary>
public static partial class MirText
{
    [GeneratedRegex(@"^alloc(\d+) \(")]
    private static partial Regex DumpHead();

    public static IEnumerable<BodyText> Bodies(IEnumerable<string> lines)
    {
        BodyText? body = null;
        DumpText? dump = null;
        bool inBody = false, ctfe = false;
        foreach (string line in lines)
        {
            if (inBody)
            {
                if (line.Length > 0) body!.Lines.Add(line);
                if (line == "}") inBody = false;
                continue;
            }
            if (line.Length == 0)
            {
                dump = null;
                continue;
            }
            if (dump is not null)
            {
                dump.Lines.Add(line);
                if (line == "}") dump = null;
                continue;
            }
            if (line.StartsWith("//", StringComparison.Ordinal))
            {
                if (line != "// MIR FOR CTFE") continue;
                ctfe = true;
                continue;
            }
            if (body is not null && DumpHead().Match(line) is { Success: true } m)
            {
                dump = new DumpText(int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
                dump.Lines.Add(line);
                body.Dumps.Add(dump);
                if (!line.EndsWith('{')) dump = null;
                continue;
            }
            if (body is not null) yield return body;
            body = new BodyText { IsForCtfe = ctfe };
            ctfe = false;
            body.Lines.Add(line);
            inBody = line.EndsWith('{');
        }
        if (body is not null) yield return body;
    }

    public static BodyText Parse(string printed) => Bodies(printed.Split('\n')).Single();
}
