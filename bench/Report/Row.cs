namespace Mirlink.Bench.Report;

/// <summary>The results of one application, whichever part they are from.</summary>
internal sealed class ApplicationResults(string name, List<Results> parts)
{
    public string Name => name;
    public IReadOnlyList<Results> Parts => parts;

    /// <summary>The median of a measurement; NaN when it was not made.</summary>
    public double this[string measurement] => parts.Find(p => p.Count(measurement) > 0) is { } part ? part[measurement] : double.NaN;

    public IReadOnlyCollection<double> Samples(string measurement) => parts.Find(p => p.Count(measurement) > 0)?.Samples(measurement) ?? [];

    public string? Text(string text) => parts.Select(p => p.Text(text)).FirstOrDefault(static t => t is not null);

    /// <summary>Names of scenarios that were measured.</summary>
    public IEnumerable<string> Scenarios()
    {
        const string Prefix = "run.", Suffix = ".stock-release";
        foreach (var p in parts)
            foreach (string n in p.Names)
                if (n.StartsWith(Prefix, StringComparison.Ordinal) && n.EndsWith(Suffix, StringComparison.Ordinal)) yield return n[Prefix.Length..^Suffix.Length];
    }
}

/// <summary>A line of the table of goals.</summary>
/// <param name="Value">Of one application; NaN when it was not measured.</param>
/// <param name="AtLeast">The goal is a lower bound.</param>
/// <param name="Percent">A share and no ratio.</param>
internal sealed record Row(string Measure, string Against, double Goal, Func<ApplicationResults, double> Value, bool AtLeast = false, bool Percent = false, string? Profile = null)
{
    public bool Met(double value) => AtLeast ? value >= Goal : value <= Goal;
}

/// <summary>The goals that the project has set itself.</summary>
internal static class Goals
{
    public static readonly Row[] Rows =
    [
        new("function bodies given to the backend, dev", "functions in all of stock's objects", 0.50, static a => a["bodies.mirlink"] / a["bodies.stock"]),
        new("bytes of identical functions in the output, release", "all bytes of code (what lld's ICF folds)", 0.01, static a => 1 - a["icf.mirlink-release"] / a["no-icf.mirlink-release"], Percent: true),
        new("the same of stock release", "(for comparison)", double.NaN, static a => 1 - a["icf.stock-release"] / a["no-icf.stock-release"], Percent: true),
        new("machine code, release", "stock release", 0.80, static a => a["text.mirlink-release"] / a["text.stock-release"]),
        new("the same", "stock with fat LTO", double.NaN, static a => a["text.mirlink-release"] / a["text.stock-lto"]),
        new("run time, release", "stock release", 1.00, static a => RunTime(a, "stock-release")),
        new("run time, release", "stock with fat LTO", 1.05, static a => RunTime(a, "stock-lto")),
        new("clean release build, CPU", "stock release", 0.65, static a => a["cpu.mirlink-release"] / a["cpu.stock-release"], Profile: "profile.release"),
        new("clean release build, CPU", "stock with fat LTO", 0.45, static a => a["cpu.mirlink-release"] / a["cpu.stock-lto"], Profile: "profile.release"),
        new("clean release build, wall time", "stock release", double.NaN, static a => a["wall.mirlink-release"] / a["wall.stock-release"]),
        new("clean dev build, CPU", "stock dev", 0.75, static a => a["cpu.mirlink-dev"] / a["cpu.stock-dev"], Profile: "profile.cranelift"),
        new("clean dev build, wall time", "stock dev", double.NaN, static a => a["wall.mirlink-dev"] / a["wall.stock-dev"]),
        new("LIR to objects by Cranelift, CPU", "by LLVM at -O0", 0.50, static a => a["backend-cpu.cranelift"] / a["backend-cpu.llvm"], Profile: "profile.cranelift"),
        new("instructions that LLVM gets, release, with MIR passes", "without", 0.70, static a => a["llvm-instructions.passes"] / a["llvm-instructions.no-passes"]),
        new("CPU that MIR passes save in code generation", "CPU that they cost", 1.00, static a => (a["llvm-cpu.no-passes"] - a["llvm-cpu.passes"]) / (a["mir-opt-cpu.passes"] - a["mir-opt-cpu.no-passes"]), AtLeast: true),
        new("link with one thread, CPU", "the same without the parallel machinery", 1.01, static a => a["one-thread.parallel"] / a["one-thread.serial"]),
        new("peak memory of the link, dev", "stock's largest process, dev", 1.00, static a => a["link-peak.mirlink-dev"] / a["peak.stock-dev"]),
        new("peak memory of the link, release", "stock's largest process, release", 1.00, static a => a["link-peak.mirlink-release"] / a["peak.stock-release"]),
        new("size of what the link reads: our section of the rlibs", "metadata with MIR, raw", 0.30, static a => a["section.mirlink-release"] / a["metadata.mirlink-release"]),
        new("all files of a clean debug build", "stock's", 0.40, static a => a["files.mirlink-dev"] / a["files.stock-dev"]),
        new("those of target units alone", "stock's", double.NaN, static a => a["unit-files.mirlink-dev"] / a["unit-files.stock-dev"]),
    ];

    /// <summary>Geometric mean over the scenarios of an application.</summary>
    private static double RunTime(ApplicationResults a, string against) =>
        Measure.Average.GeometricMean(a.Scenarios().Select(n => a[$"run.{n}.mirlink-release"] / a[$"run.{n}.{against}"]).Where(double.IsFinite));
}
