using Mirlink.Bench.Measure;

namespace Mirlink.Bench.Parts;

/// <summary>LIR to objects without optimization: Cranelift beside LLVM, on one thread.</summary>
internal sealed class BackendPart : IPart
{
    private static readonly string[] s_backends = ["cranelift", "llvm"];

    public string Name => "backend";

    public void Run(Session s, Application app, Results r)
    {
        if (!Variant.MirlinkDev.Ensure(s, app, r)) return;
        string arguments = Variant.MirlinkDev.LinkArguments(s, app);
        for (int round = 1; round <= s.Repeat; round++)
            foreach (string backend in s_backends)
            {
                if (r.Count("backend-cpu." + backend) >= round) continue;
                LinkRun link;
                try
                {
                    link = LinkRun.Run(s, app, arguments, "--backend", backend, "-j", "1");
                }
                catch (InvalidOperationException e)
                {
                    r.SetText("failed." + backend, e.Message);
                    r.Save();
                    Session.Say(e.Message);
                    return;
                }
                r.Add("backend-cpu." + backend, link.Stage("codegen") / 1000);
                r.Add("link-cpu." + backend, link.Usage.Cpu);
                r.Set("object-code." + backend, link.Compiled("code_bytes"));
                r.SetText("profile." + backend, link.Profile());
                r.Save();
            }
        Session.Say($"{app.Name}: Cranelift {Meter.Seconds(r["backend-cpu.cranelift"])} s, LLVM -O0 {Meter.Seconds(r["backend-cpu.llvm"])} s");
    }
}
