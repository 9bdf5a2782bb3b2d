using System.Globalization;
using System.Text;
using Mirlink.Bench.Measure;

namespace Mirlink.Bench.Report;

/// <summary>docs/benchmarks.md: goals and values, then what they are made of. Everything in it comes from results, and from bench/notes.md for what is measured otherwise.</summary>
internal sealed class MarkdownReport
{
    private readonly Session _session;
    private readonly List<ApplicationResults> _applications = [];
    private readonly StringBuilder _out = new();

    public MarkdownReport(Session session, List<Application> applications, List<Results> results)
    {
        _session = session;
        foreach (var app in applications)
            if (results.FindAll(r => r.Application == app.Name && r.Names.Any()) is { Count: > 0 } parts) _applications.Add(new ApplicationResults(app.Name, parts));
    }

    public string Write()
    {
        _out.Append("""
            # Benchmarks

            Mirlink beside stock cargo with the same rustc, on the same machine, in the same run. This document is written by `bench/run.sh`; `bench/run.sh --report`
            writes it again from the results that are there. A number of another machine, or of another run, says nothing beside these.


            """);
        Conditions();
        Summary();
        NotMet();
        Builds();
        Code();
        Run();
        string notes = Path.Combine(_session.Root, "bench", "notes.md");
        if (File.Exists(notes)) _out.Append('\n').Append(File.ReadAllText(notes).Trim()).Append('\n');
        return _out.ToString();
    }

    private void Conditions()
    {
        var parts = _applications.SelectMany(static a => a.Parts).ToList();
        string cpu = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(static l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "" : "";
        Line($"Measured {string.Join(", ", parts.Select(static p => p.Started.Split(' ')[0]).Distinct().Order(StringComparer.Ordinal))} at commit {string.Join(", ", parts.Select(static p => p.Commit).Distinct())}; {Environment.ProcessorCount} cores, {cpu}.");
        Line();
        Line("- CPU is user and system time of the whole process tree of a build, medians of rounds that go over all variants in turn.");
        Line("- Clean builds are of target units: with `--target`, cargo keeps build scripts, procedural macros and what they need apart. They are built beforehand with every tool and stay; the folder of target units is");
        Line("  removed before each build. Build scripts run again in each build, the same ones with every tool.");
        Line("- Stock is cargo with the same rustc: dev, release, and release with `CARGO_PROFILE_RELEASE_LTO=fat`. Stock's dev profile writes full debug information, Mirlink line tables.");
        Line("- Peak memory is of the largest single process: for stock of the whole build, for Mirlink of the final link.");
        Line();
    }

    private void Summary()
    {
        Line("## Goals");
        Line();
        Line($"| measure | against | goal | {string.Join(" | ", _applications.Select(static a => a.Name))} | mean | |");
        Line($"|---|---|---|{string.Concat(Enumerable.Repeat("--:|", _applications.Count))}--:|---|");
        foreach (var row in Goals.Rows)
        {
            var values = _applications.ConvertAll(a => row.Value(a));
            double mean = Mean(row, values);
            string verdict = double.IsNaN(row.Goal) ? "" : double.IsNaN(mean) ? "not measured" : row.Met(mean) ? "met" : $"**not met**, {Missed(row, mean)}";
            string goal = double.IsNaN(row.Goal) ? "" : (row.AtLeast ? "> " : "≤ ") + Number(row, row.Goal);
            Line($"| {row.Measure} | {row.Against} | {goal} | {string.Join(" | ", values.Select(v => Number(row, v)))} | {Number(row, mean)} | {verdict} |");
        }
        Line();
        Line("The mean is the geometric one over the applications; of shares, the arithmetic one.");
        Line();
    }

    private static double Mean(Row row, List<double> values)
    {
        var known = values.FindAll(double.IsFinite);
        if (known.Count == 0) return double.NaN;
        // A ratio that may be negative (what passes save) has no geometric mean.
        return row.Percent || row.AtLeast ? known.Average() : Average.GeometricMean(known);
    }

    private static string Missed(Row row, double mean) => row.Percent
        ? $"by {F((mean - row.Goal) * 100, 1)} points"
        : $"by {F(Math.Abs(mean - row.Goal), 2)}";

    private static string Number(Row row, double v) => double.IsNaN(v) ? "–" : row.Percent ? F(v * 100, 1) + "%" : F(v, 2);

    private void NotMet()
    {
        Line("## Where the time goes");
        Line();
        Line("CPU of the stages of the final link (`mirlink link --timings`); what a build takes beyond it is the front end, which is rustc's, and writing rlibs.");
        Line();
        Line("| application | link | whole build, CPU | its link, CPU | stages |");
        Line("|---|---|--:|--:|---|");
        foreach (var a in _applications)
        {
            if (a.Text("profile.release") is { } release) Line($"| {a.Name} | release, LLVM | {S(a["cpu.mirlink-release"])} | {S(a["link-cpu.mirlink-release"])} | {release} |");
            foreach (string backend in (string[])["cranelift", "llvm"])
                if (a.Text("profile." + backend) is { } dev) Line($"| {a.Name} | dev, {backend}, one thread | {S(a["cpu.mirlink-dev"])} | {S(a["link-cpu." + backend])} | {dev} |");
        }
        Line();
        foreach (var a in _applications)
            foreach (var p in a.Parts)
                foreach (string what in (string[])["failed", .. Variant.All.Select(static v => "failed." + v.Name), "failed.cranelift"])
                    if (p.Text(what) is { } error) Line($"- {a.Name}, {p.Part}: {what}: {error.ReplaceLineEndings(" ")}");
    }

    private void Builds()
    {
        Line("## Clean builds");
        Line();
        Line("| application | variant | CPU s | ± | wall s | largest process, MB | files, MB |");
        Line("|---|---|--:|--:|--:|--:|--:|");
        foreach (var a in _applications)
            foreach (var v in Variant.All)
            {
                if (a.Samples("cpu." + v.Name).Count == 0) continue;
                Line($"| {a.Name} | {v.Name} | {S(a["cpu." + v.Name])} | {F(Average.Spread(a.Samples("cpu." + v.Name)) * 100, 0)}% | {S(a["wall." + v.Name])} | {Mb(a["peak." + v.Name])} | {Mb(a["files." + v.Name])} |");
            }
        Line();
    }

    private void Code()
    {
        Line("## What is compiled");
        Line();
        Line("| application | functions, stock dev | Mirlink dev | merged | erased | .text release, stock | with fat LTO | Mirlink | link's peak dev, MB | release, MB | our sections, MB | raw metadata, MB |");
        Line("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var a in _applications)
        {
            if (double.IsNaN(a["bodies.stock"]) && double.IsNaN(a["text.mirlink-release"])) continue;
            Line($"| {a.Name} | {N(a["bodies.stock"])} | {N(a["bodies.mirlink"])} | {N(a["bodies.merged"])} | {N(a["bodies.erased"])} | {N(a["text.stock-release"])} | {N(a["text.stock-lto"])} | {N(a["text.mirlink-release"])} | {Mb(a["link-peak.mirlink-dev"])} | {Mb(a["link-peak.mirlink-release"])} | {Mb(a["section.mirlink-release"])} | {Mb(a["metadata.mirlink-release"])} |");
        }
        Line();
        Line("Release links with and without MIR passes:");
        Line();
        Line("| application | LLVM instructions without | with | functions without | with | code generation without, CPU s | with | passes, CPU s |");
        Line("|---|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var a in _applications)
        {
            if (double.IsNaN(a["llvm-instructions.passes"])) continue;
            Line($"| {a.Name} | {N(a["llvm-instructions.no-passes"])} | {N(a["llvm-instructions.passes"])} | {N(a["functions.no-passes"])} | {N(a["functions.passes"])} | {S(a["llvm-cpu.no-passes"])} | {S(a["llvm-cpu.passes"])} | {S(a["mir-opt-cpu.passes"] - a["mir-opt-cpu.no-passes"])} |");
        }
        Line();
    }

    private void Run()
    {
        Line("## Run time of release builds");
        Line();
        Line("CPU seconds. `$tree` is the sources of the corpus' crates; the other files are made by `bench/run.sh`.");
        Line();
        Line("| application | scenario | stock release | with fat LTO | Mirlink | Mirlink / release | / fat LTO |");
        Line("|---|---|--:|--:|--:|--:|--:|");
        foreach (var a in _applications)
            foreach (string n in a.Scenarios())
            {
                double stock = a[$"run.{n}.stock-release"], lto = a[$"run.{n}.stock-lto"], ours = a[$"run.{n}.mirlink-release"];
                Line($"| {a.Name} | {(n.Contains('$', StringComparison.Ordinal) ? $"`{n.Replace("|", "\\|", StringComparison.Ordinal)}`" : n)} | {S(stock)} | {S(lto)} | {S(ours)} | {F(ours / stock, 2)} | {F(ours / lto, 2)} |");
            }
        Line();
    }

    private void Line(string text = "") => _out.Append(text).Append('\n');

    private static string F(double v, int digits) => double.IsFinite(v) ? v.ToString("F" + digits, CultureInfo.InvariantCulture) : "–";
    private static string S(double v) => F(v, 2);
    private static string N(double v) => double.IsFinite(v) ? v.ToString("N0", CultureInfo.InvariantCulture) : "–";
    private static string Mb(double bytes) => F(bytes / 1e6, 1);
}
