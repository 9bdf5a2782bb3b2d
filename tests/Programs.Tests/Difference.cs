using System.Text;

namespace Mirlink.Programs.Tests;

/// <summary>Where two runs part, in few lines: the first differing line of each stream, with what stands before it.</summary>
internal static class Difference
{
    private const int LinesBefore = 3, LinesAfter = 5;

    /// <summary>Null when the runs are the same.</summary>
    public static string? Between(Execution expected, Execution actual)
    {
        var report = new StringBuilder();
        if (expected.ExitCode != actual.ExitCode)
        {
            report.AppendLine($"exit code: expected {Describe(expected.ExitCode)}, got {Describe(actual.ExitCode)}");
        }
        Stream(report, "stdout", expected.Output, actual.Output);
        Stream(report, "stderr", expected.Error, actual.Error);
        return report.Length == 0 ? null : report.ToString();
    }

    private static string Describe(int code) => code > 128 ? $"{code} (signal {code - 128})" : code.ToString();

    private static void Stream(StringBuilder report, string name, string expected, string actual)
    {
        if (expected == actual)
        {
            return;
        }
        string[] want = expected.Split('\n'), have = actual.Split('\n');
        int first = 0;
        while (first < want.Length && first < have.Length && want[first] == have[first])
        {
            first++;
        }
        report.AppendLine($"{name} differs at line {first + 1}:");
        for (int i = Math.Max(0, first - LinesBefore); i < first; i++)
        {
            report.AppendLine($"    {want[i]}");
        }
        Lines(report, '-', want, first);
        Lines(report, '+', have, first);
    }

    private static void Lines(StringBuilder report, char mark, string[] lines, int first)
    {
        int end = Math.Min(lines.Length, first + LinesAfter);
        for (int i = first; i < end; i++)
        {
            report.AppendLine($"  {mark} {lines[i]}");
        }
        if (end < lines.Length)
        {
            report.AppendLine($"  {mark} ... {lines.Length - end} more lines");
        }
    }
}
