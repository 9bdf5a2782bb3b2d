using System.Globalization;
using Mirlink.Linker.Statistics;
using Spectre.Console;

namespace Mirlink.Cli.Statistics;

/// <summary>Statistics for people: the counts, then the functions that cost most, by machine code and by copies.</summary>
internal static class StatisticsTable
{
    public static void Print(StatisticsDocument s, int top)
    {
        // Where nobody sees it as a table of a certain width (a file, a pipe), names are not cut or wrapped.
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 4096;
        Console.WriteLine($"crate `{s.Crate}`, {s.Backend}, -O{s.OptLevel}, {(s.Units == 1 ? "1 unit" : $"{N(s.Units)} units")}");
        Console.WriteLine();
        var counts = NewTable(["", "functions", "LIR instructions", "bytes of code"]);
        counts.AddRow("reached", N(s.Reached), "", "");
        counts.AddRow("  ready in the standard library or native ones", N(s.Elsewhere), "", "");
        counts.AddRow("  erased: another instance serves them", N(s.Erased), "", "");
        Row("lowered, with entry point and allocator", s.Lowered);
        Row("  merged: an equal function stands for them", s.Merged);
        Row("compiled", s.Compiled);
        AnsiConsole.Write(counts);

        void Row(string name, CodeSize size) => counts.AddRow(name, N(size.Functions), N(size.LirInstructions), size.CodeBytes is { } bytes ? N(bytes) : "");

        Functions("most machine code, all copies together", s, s.Functions, top);
        Functions("most copies", s, [.. s.Functions.Where(static f => f.Copies > 1).OrderByDescending(static f => f.Copies).ThenByDescending(static f => f.Compiled.LirInstructions)
            .ThenBy(static f => f.Name, StringComparer.Ordinal)], top);
    }

    private static void Functions(string title, StatisticsDocument s, IReadOnlyList<FunctionStatistics> functions, int top)
    {
        if (functions.Count == 0 || top == 0) return;
        Console.WriteLine();
        Console.WriteLine(title);
        var table = NewTable(["bytes", "%", "LIR", "copies", "merged", "erased", "compiled"]);
        table.AddColumn("function");
        foreach (var f in functions.Take(top))
        {
            long bytes = f.Compiled.CodeBytes ?? 0, all = s.Compiled.CodeBytes ?? 0;
            string share = all == 0 ? "" : (100.0 * bytes / all).ToString("F1", CultureInfo.InvariantCulture);
            string[] numbers = [N(bytes), share, N(f.Compiled.LirInstructions), N(f.Copies), N(f.Merged.Functions), N(f.Erased), N(f.Compiled.Functions)];
            // Text and no markup: `core::pick::<T>` has an emoji's name in it.
            table.AddRow([.. numbers.Select(static t => new Text(t)), new Text(f.Name)]);
        }
        AnsiConsole.Write(table);
        if (functions.Count > top) Console.WriteLine($"and {N(functions.Count - top)} more (--top {N(functions.Count).Replace(",", "", StringComparison.Ordinal)}, or --json)");
    }

    private static string N(long n) => n.ToString("N0", CultureInfo.InvariantCulture);

    private static Table NewTable(string[] columns)
    {
        var table = new Table { Border = TableBorder.None };
        foreach (string c in columns) table.AddColumn(new TableColumn(c) { NoWrap = true, Alignment = c.Length == 0 ? Justify.Left : Justify.Right });
        return table;
    }
}
