using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Text;

namespace Mirlink.Linker;

/// <summary>
/// How long the stages of a link took: wall and CPU seconds (of this process, children added where they are run), items worked on, and the memory peak at
/// the stage's end. Stages are sequential.
/// </summary>
public sealed class LinkTimings
{
    public sealed record Stage(string Name, TimeSpan Wall, TimeSpan Cpu, long Items, long PeakBytes);

    private readonly List<Stage> _stages = [];
    public IReadOnlyList<Stage> Stages => _stages;
    /// <summary>Told the name of each stage when it starts.</summary>
    public Action<string>? Started { get; init; }

    /// <summary>Runs a stage. <paramref name="work"/> returns the number of items and the CPU time of child processes.</summary>
    public void Run(string name, Func<(long Items, TimeSpan ChildCpu)> work)
    {
        Started?.Invoke(name);
        var self = Process.GetCurrentProcess();
        var cpu = self.TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        var (items, childCpu) = work();
        var wall = Stopwatch.GetElapsedTime(start);
        self.Refresh();
        _stages.Add(new Stage(name, wall, self.TotalProcessorTime - cpu + childCpu, items, self.PeakWorkingSet64));
    }

    /// <summary>
    /// Breaks the last stage up: what it did by turns on several threads becomes stages of their own, with the share of its wall and CPU time that
    /// <paramref name="parts"/> (thread time) have of <paramref name="threads"/> times its wall time.
    /// </summary>
    public void Split(int threads, params ReadOnlySpan<(string Name, TimeSpan Time, long Items)> parts)
    {
        var whole = _stages[^1];
        double total = whole.Wall.TotalSeconds * threads, left = 1;
        foreach (var (name, time, items) in parts)
        {
            double share = total > 0 ? Math.Min(left, time.TotalSeconds / total) : 0;
            left -= share;
            _stages.Add(whole with { Name = name, Wall = whole.Wall * share, Cpu = whole.Cpu * share, Items = items });
        }
        _stages[_stages.Count - 1 - parts.Length] = whole with { Wall = whole.Wall * left, Cpu = whole.Cpu * left };
    }

    /// <summary>Time of all threads together in each MIR pass and how many bodies it changed, most expensive first; a part of the stage `mir-opt`.</summary>
    public IReadOnlyList<(string Pass, TimeSpan Time, long Changes)> Passes { get; set; } = [];

    public void Run(string name, Func<long> work) => Run(name, () => (work(), TimeSpan.Zero));

    /// <summary>One line per stage and a total, then one per MIR pass, columns aligned. Items of `lower` are LIR instructions.</summary>
    public string Format()
    {
        var o = new StringBuilder();
        Line(o, "stage", "wall ms", "cpu ms", "items", "peak MB");
        foreach (var s in _stages) Line(o, s.Name, Milliseconds(s.Wall), Milliseconds(s.Cpu), s.Items.ToString(CultureInfo.InvariantCulture), Megabytes(s.PeakBytes));
        var wall = TimeSpan.Zero;
        var cpu = TimeSpan.Zero;
        long peak = 0;
        foreach (var s in _stages)
        {
            wall += s.Wall;
            cpu += s.Cpu;
            peak = Math.Max(peak, s.PeakBytes);
        }
        Line(o, "total", Milliseconds(wall), Milliseconds(cpu), "", Megabytes(peak));
        o.Append(CultureInfo.InvariantCulture,
            $"garbage collection: {Milliseconds(GC.GetTotalPauseDuration())} ms of it, {GC.CollectionCount(0)} collections ({GC.CollectionCount(1)} of generation 1, {GC.CollectionCount(2)} of 2), {Megabytes(GC.GetTotalAllocatedBytes())} MB allocated\n");
        o.Append(CultureInfo.InvariantCulture, $"just-in-time compiler: {Milliseconds(JitInfo.GetCompilationTime())} ms, {JitInfo.GetCompiledMethodCount()} methods\n");
        if (Passes.Count > 0) Line(o, "MIR pass", "thread ms", "", "changed", "");
        foreach (var (pass, time, changes) in Passes) Line(o, pass, Milliseconds(time), "", changes.ToString(CultureInfo.InvariantCulture), "");
        return o.ToString();
    }

    private static void Line(StringBuilder o, string name, string wall, string cpu, string items, string peak) =>
        o.Append(CultureInfo.InvariantCulture, $"{name,-14}{wall,10}{cpu,10}{items,10}{peak,10}").Append('\n');

    private static string Milliseconds(TimeSpan t) => t.TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture);
    private static string Megabytes(long bytes) => (bytes / 1048576.0).ToString("F0", CultureInfo.InvariantCulture);
}
