using System.Diagnostics;
using Mirlink.Fidelity;

// usage: fidelity.sh [--quick] [--report FILE] [ROW...]
bool quick = args.Contains("--quick");
int at = Array.IndexOf(args, "--report");
string? report = at >= 0 ? args[at + 1] : null;
string[] wanted = [.. args.Where((a, i) => !a.StartsWith("--", StringComparison.Ordinal) && (at < 0 || i != at + 1))];

var rows = typeof(IFidelityRow).Assembly.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(IFidelityRow)))
    .Select(t => (IFidelityRow)Activator.CreateInstance(t)!).OrderBy(r => r.Order).ThenBy(r => r.Name, StringComparer.Ordinal).ToList();
if (wanted.FirstOrDefault(w => rows.TrueForAll(r => r.Name != w)) is { } unknown)
{
    Console.Error.WriteLine($"no row `{unknown}`; there are: {string.Join(", ", rows.Select(r => r.Name))}");
    return 2;
}
var corpus = new Corpus(quick);
var results = new List<(IFidelityRow Row, RowResult Result)>();
foreach (var row in rows)
{
    if (wanted.Length > 0 && !wanted.Contains(row.Name)) continue;
    Console.WriteLine($"== {row.Name}: {row.How}");
    var before = Process.GetCurrentProcess().TotalProcessorTime;
    var result = row.Run(corpus);
    result.Cpu = Process.GetCurrentProcess().TotalProcessorTime - before;
    results.Add((row, result));
    Report.Print(row, result);
}
if (report is not null) File.WriteAllText(report, Report.Markdown(corpus, results));
return results.TrueForAll(r => r.Result.Holds) ? 0 : 1;
