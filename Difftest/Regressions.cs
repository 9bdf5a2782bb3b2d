using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Mirlink.Difftest.Run;

namespace Mirlink.Difftest;

/// <summary>Programs that failed once: their source says in its first lines of which seed they are and how they are compiled, a file beside it what rustc's program does.</summary>
public static partial class Regressions
{
    public static string Header(ulong seed, FrontEndOptions o, Outcome outcome)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"// seed {seed:x16}; {outcome.Signature.Split('\n')[0]}");
        foreach (string line in outcome.Detail.Split('\n').Take(4)) if (line.Trim().Length > 0) text.AppendLine(CultureInfo.InvariantCulture, $"// {line.TrimEnd()}");
        text.AppendLine(CultureInfo.InvariantCulture, $"// options: overflow-checks={o.OverflowChecks} debug-assertions={o.DebugAssertions} reference-level={o.ReferenceLevel} front-end-level={o.FrontEndLevel}");
        return text.ToString();
    }

    /// <summary>The options in the header of a source; those of seed 0 if it has none.</summary>
    public static FrontEndOptions OptionsOf(string source)
    {
        var m = OptionsLine().Match(source);
        return m.Success
            ? new FrontEndOptions(bool.Parse(m.Groups[1].Value), bool.Parse(m.Groups[2].Value), int.Parse(m.Groups[3].Value, CultureInfo.InvariantCulture), int.Parse(m.Groups[4].Value, CultureInfo.InvariantCulture))
            : FrontEndOptions.For(0);
    }

    [GeneratedRegex(@"^// options: overflow-checks=(\w+) debug-assertions=(\w+) reference-level=(\d) front-end-level=(\d)\s*$", RegexOptions.Multiline)]
    private static partial Regex OptionsLine();

    /// <summary>The file with what rustc's program prints and how it ends.</summary>
    public static string ExpectedFile(string source) => Path.ChangeExtension(source, ".expected");

    public static string Format(Execution e) => $"exit code {e.ExitCode.ToString(CultureInfo.InvariantCulture)}\n== stdout\n{e.Output}== stderr\n{e.Error}";

    public static Execution Parse(string text)
    {
        int output = text.IndexOf("== stdout\n", StringComparison.Ordinal), error = text.IndexOf("== stderr\n", StringComparison.Ordinal);
        return new Execution(int.Parse(text["exit code ".Length..(output - 1)], CultureInfo.InvariantCulture), text[(output + 10)..error], text[(error + 10)..]);
    }
}
