using Mirlink.Bench.Measure;

namespace Mirlink.Bench.Parts;

/// <summary>
/// What the parallel machinery costs where it has one thread: the tool as it is and one whose concurrent collections are plain ones (bench/serial), both
/// published the same way by run.sh, link the same program with one thread and without optimization, by turns.
/// </summary>
internal sealed class ThreadsPart : IPart
{
    public string Name => "threads";
    public bool InFullRun => false;

    public void Run(Session s, Application app, Results r)
    {
        if (!Variant.MirlinkDev.Ensure(s, app, r)) return;
        for (int round = 1; round <= Math.Max(5, s.Repeat); round++)
            foreach (string build in (string[])["parallel", "serial"])
            {
                if (r.Count("one-thread." + build) >= round) continue;
                var tool = s with { Mirlink = Path.Combine(s.Work, "tools", build, "mirlink") };
                r.Add("one-thread." + build, LinkRun.Run(tool, app, Variant.MirlinkDev.LinkArguments(s, app), "-j", "1", "--backend", "llvm").Usage.Cpu);
                r.Save();
            }
        Session.Say($"{app.Name}: one thread {Meter.Seconds(r["one-thread.parallel"])} s CPU, without the parallel machinery {Meter.Seconds(r["one-thread.serial"])} s");
    }
}
