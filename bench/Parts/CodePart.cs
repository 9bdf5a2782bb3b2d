using Mirlink.Bench.Measure;

namespace Mirlink.Bench.Parts;

/// <summary>How much is compiled and how much comes out: function bodies, machine code, identical functions, LLVM's input, sections of rlibs, memory of the link.</summary>
internal sealed class CodePart : IPart
{
    public string Name => "codegen";

    public void Run(Session s, Application app, Results r)
    {
        Bodies(s, app, r);
        MachineCode(s, app, r);
        Passes(s, app, r);
        Link(s, app, r);
    }

    private static void Bodies(Session s, Application app, Results r)
    {
        if (r.Count("bodies.mirlink") > 0) return;
        if (!Variant.StockDev.Ensure(s, app, r) || !Variant.MirlinkDev.Ensure(s, app, r)) return;
        var (objects, _) = StockLink.Repeat(s, app, Variant.StockDev);
        string deps = Path.Combine(Variant.StockDev.Units(s, app), "deps");
        var (functions, bytes) = Objects.Functions([.. objects, .. Directory.EnumerateFiles(deps, "*.rlib")]);
        var link = LinkRun.Run(s, app, Variant.MirlinkDev.LinkArguments(s, app));
        r.Set("bodies.stock", functions);
        r.Set("object-code.stock-dev", bytes);
        r.Set("bodies.mirlink", link.Compiled("functions"));
        r.Set("object-code.mirlink-dev", link.Compiled("code_bytes"));
        r.Set("bodies.merged", link.Merged("functions"));
        r.Set("bodies.erased", link.Erased);
        r.Save();
        Session.Say($"{app.Name}: {link.Compiled("functions"):N0} functions compiled, {functions:N0} by stock");
    }

    private static void MachineCode(Session s, Application app, Results r)
    {
        if (r.Count("text.mirlink-release") == 0 && Variant.StockRelease.Ensure(s, app, r) && Variant.MirlinkRelease.Ensure(s, app, r))
        {
            r.Set("text.stock-release", Objects.Text(Variant.StockRelease.Executable(s, app)));
            r.Set("text.mirlink-release", Objects.Text(Variant.MirlinkRelease.Executable(s, app)));
            r.Save();
        }
        if (r.Count("text.stock-lto") == 0 && Variant.StockLto.Ensure(s, app, r)) r.Set("text.stock-lto", Objects.Text(Variant.StockLto.Executable(s, app)));
        if (r.Count("icf.mirlink-release") > 0 || !Variant.StockRelease.Ensure(s, app, r) || !Variant.MirlinkRelease.Ensure(s, app, r)) return;

        // Both linked by lld, without and with folding of identical functions. The driver finds `ld.lld` in a folder of its own.
        string folder = s.Folder(app, "icf");
        Directory.CreateDirectory(folder);
        string lld = Path.Combine(folder, "ld.lld");
        if (!File.Exists(lld)) File.CreateSymbolicLink(lld, s.Lld);
        var (_, linker) = StockLink.Repeat(s, app, Variant.StockRelease);
        string[] common = ["-B" + folder, "-fuse-ld=lld", "-o", Path.Combine(folder, "stock")];
        foreach (string icf in (string[])["none", "all"])
        {
            Must(s, app, "cc", [.. linker, .. common, "-Wl,--icf=" + icf]);
            r.Set(icf == "all" ? "icf.stock-release" : "no-icf.stock-release", Objects.Text(Path.Combine(folder, "stock")));
        }
        string temps = Path.Combine(folder, "mirlink-temps"), output = Path.Combine(folder, "mirlink");
        var link = Must(s, app, s.Mirlink, ["link", "@" + Variant.MirlinkRelease.LinkArguments(s, app), "-o", output, "--save-temps", temps]);
        SetLink(s, app, Variant.MirlinkRelease, r, link);
        r.Set("no-icf.mirlink-release", Objects.Text(output));
        Must(s, app, lld, ["@" + Path.Combine(temps, "lld.rsp"), "-o", output, "--icf=all"]);
        r.Set("icf.mirlink-release", Objects.Text(output));
        r.Save();
        Directory.Delete(temps, recursive: true);
        Session.Say($"{app.Name}: identical functions {1 - r["icf.mirlink-release"] / r["no-icf.mirlink-release"]:P1}, stock {1 - r["icf.stock-release"] / r["no-icf.stock-release"]:P1}");
    }

    private static Usage Must(Session s, Application app, string file, string[] args)
    {
        string log = s.Folder(app, "command.log");
        var usage = Meter.Run(s.Command(file, args), log);
        return usage.ExitCode == 0 ? usage : throw new InvalidOperationException($"{app.Name}: {file} failed: {File.ReadAllText(log)}");
    }

    /// <summary>What LLVM is given in a release link with MIR passes and without, and what that costs and saves.</summary>
    private static void Passes(Session s, Application app, Results r)
    {
        if (!Variant.MirlinkRelease.Ensure(s, app, r)) return;
        string arguments = Variant.MirlinkRelease.LinkArguments(s, app);
        foreach (var (name, options) in ((string, string[])[])[("passes", []), ("no-passes", ["--mir-pass", "-all"])])
        {
            if (r.Count("llvm-instructions." + name) > 0) continue;
            string folder = s.Folder(app, "llvm");
            LinkRun.Run(s, app, arguments, ["--emit-llvm-dir", folder, .. options]);
            r.Set("llvm-instructions." + name, LlvmInstructions.Count(folder));
            r.Save();
            Directory.Delete(folder, recursive: true);
        }
        for (int round = 1; round <= s.Repeat; round++)
            foreach (var (name, options) in ((string, string[])[])[("passes", []), ("no-passes", ["--mir-pass", "-all"])])
            {
                if (r.Count("llvm-cpu." + name) >= round) continue;
                var link = LinkRun.Run(s, app, arguments, options);
                r.Add("llvm-cpu." + name, link.Stage("codegen") / 1000);
                r.Add("mir-opt-cpu." + name, link.Stage("mir-opt") / 1000);
                r.Add("link-cpu." + name, link.Usage.Cpu);
                r.Set("lir." + name, link.Compiled("lir_instructions"));
                r.Set("functions." + name, link.Compiled("functions"));
                if (name == "passes") r.SetText("profile.release", link.Profile());
                r.Save();
            }
        Session.Say($"{app.Name}: LLVM gets {r["llvm-instructions.passes"] / r["llvm-instructions.no-passes"]:P0} of the instructions, {Meter.Seconds(r["llvm-cpu.passes"])} s instead of {Meter.Seconds(r["llvm-cpu.no-passes"])} s");
    }

    private static void Link(Session s, Application app, Results r)
    {
        foreach (var v in (Variant[])[Variant.MirlinkDev, Variant.MirlinkRelease])
        {
            if (r.Count("link-peak." + v.Name) > 0 || !v.Ensure(s, app, r)) continue;
            SetLink(s, app, v, r, Must(s, app, s.Mirlink, ["link", "@" + v.LinkArguments(s, app), "-o", s.Folder(app, "linked")]));
            r.Save();
        }
    }

    private static void SetLink(Session s, Application app, Variant v, Results r, Usage usage)
    {
        r.Set("link-peak." + v.Name, usage.PeakBytes);
        r.Set("link-cpu." + v.Name, usage.Cpu);
        var (section, metadata, crates) = Objects.MirSections(Path.Combine(v.Units(s, app), "deps"));
        r.Set("section." + v.Name, section);
        r.Set("metadata." + v.Name, metadata);
        r.Set("crates." + v.Name, crates);
    }
}
