using Mirlink.Bench.Measure;

namespace Mirlink.Bench.Parts;

/// <summary>
/// Clean builds, in rounds over all variants: CPU of the whole process tree, wall time, the largest process, and the files of a debug build. Build scripts, proc
/// macros and their dependencies are built beforehand and stay; build scripts run in each build, as they would.
/// </summary>
internal sealed class BuildPart : IPart
{
    public string Name => "build";

    public void Run(Session s, Application app, Results r)
    {
        var variants = s.Variants.Where(v => v.Ensure(s, app, r)).ToList();
        for (int round = 1; round <= s.Repeat; round++)
            foreach (var v in variants)
            {
                if (r.Count($"cpu.{v.Name}") >= round) continue;
                v.Clean(s, app);
                var usage = Meter.Run(v.Command(s, app), s.Folder(app, v.Name + ".log"));
                if (usage.ExitCode != 0) throw new InvalidOperationException($"{app.Name}: {v.Name} was built before and fails now: see {s.Folder(app, v.Name + ".log")}");
                r.Add($"cpu.{v.Name}", usage.Cpu);
                r.Add($"wall.{v.Name}", usage.Wall);
                r.Add($"peak.{v.Name}", usage.PeakBytes);
                r.Set($"files.{v.Name}", SizeOf(v.Units(s, app)) + SizeOf(v.HostUnits(s, app)));
                r.Set($"unit-files.{v.Name}", SizeOf(v.Units(s, app)));
                r.Save();
                Session.Say($"{app.Name}: {v.Name} {Meter.Seconds(usage.Cpu)} s CPU, {Meter.Seconds(usage.Wall)} s");
            }
    }

    /// <summary>Bytes of all files below a folder, each once however many names it has.</summary>
    private static double SizeOf(string folder)
    {
        if (!Directory.Exists(folder)) return 0;
        var start = new System.Diagnostics.ProcessStartInfo("du", ["--summarize", "--bytes", folder]) { RedirectStandardOutput = true };
        using var du = System.Diagnostics.Process.Start(start)!;
        string text = du.StandardOutput.ReadToEnd();
        du.WaitForExit();
        return double.Parse(text.Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
