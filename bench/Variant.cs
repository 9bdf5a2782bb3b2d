using System.Diagnostics;
using Mirlink.Bench.Measure;

namespace Mirlink.Bench;

/// <summary>A way of building an application: with which tool, in which profile, and whose target folder.</summary>
internal sealed record Variant(string Name, bool IsMirlink, string Profile, string TargetFolder, params (string Name, string Value)[] Environment)
{
    public static readonly Variant StockDev = new("stock-dev", false, "dev", "stock"), MirlinkDev = new("mirlink-dev", true, "dev", "mirlink"),
        StockRelease = new("stock-release", false, "release", "stock"), MirlinkRelease = new("mirlink-release", true, "release", "mirlink"),
        StockLto = new("stock-lto", false, "release", "stock-lto", ("CARGO_PROFILE_RELEASE_LTO", "fat"));

    /// <summary>In the order in which rounds go through them: what is compared stands side by side.</summary>
    public static readonly Variant[] All = [StockDev, MirlinkDev, StockRelease, MirlinkRelease, StockLto];

    private string ProfileFolder => Profile == "dev" ? "debug" : Profile;

    public string Target(Session s, Application app) => s.Folder(app, "target", TargetFolder);

    /// <summary>Where cargo puts what is built for the target, and where what runs on the host.</summary>
    public string Units(Session s, Application app) => Path.Combine(Target(s, app), Session.Triple, ProfileFolder);

    public string HostUnits(Session s, Application app) => Path.Combine(Target(s, app), ProfileFolder);

    public string Executable(Session s, Application app) => Path.Combine(Units(s, app), app.Executable);

    /// <summary>What the final link was given, for `mirlink link @FILE`.</summary>
    public string LinkArguments(Session s, Application app) =>
        Directory.Exists(KeptLinks(s, app)) ? Directory.EnumerateFiles(KeptLinks(s, app), app.Crate + "-*.args").Order(StringComparer.Ordinal).FirstOrDefault() ?? "" : "";

    /// <summary>Whether there is such a file, of the same build of the tool: what another one kept belongs to libraries that are no longer there.</summary>
    private bool HasLink(Session s, Application app) =>
        LinkArguments(s, app) is { Length: > 0 } file && File.ReadLines(file).FirstOrDefault() == "# mirlink " + s.MirlinkBuild;

    private string KeptLinks(Session s, Application app) => s.Folder(app, "link", Profile);

    /// <param name="rustc">`cargo rustc` with these arguments for rustc instead of `cargo build`.</param>
    public ProcessStartInfo Command(Session s, Application app, bool keepLink = false, string[]? rustc = null)
    {
        string[] options = ["--offline", "--profile", Profile, "--target", Session.Triple, "--target-dir", Target(s, app), "--manifest-path", app.Manifest, .. app.Options];
        var start = s.Command(IsMirlink ? s.Mirlink : s.Cargo, [rustc is null ? "build" : "rustc", .. options, .. rustc is null ? (string[])[] : ["--", .. rustc]]);
        if (!IsMirlink) start.Environment["RUSTC"] = s.Rustc;
        if (keepLink) start.Environment["MIRLINK_KEEP_LINK"] = KeptLinks(s, app);
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        return start;
    }

    /// <summary>Builds what is missing. Says false, with the reason in the results, when the application cannot be built this way.</summary>
    public bool Ensure(Session s, Application app, Results results)
    {
        bool needsLink = IsMirlink && !HasLink(s, app);
        if (File.Exists(Executable(s, app)) && !needsLink) return true;
        if (needsLink)
        {
            Clean(s, app);
            if (Directory.Exists(KeptLinks(s, app))) Directory.Delete(KeptLinks(s, app), recursive: true);
        }
        Directory.CreateDirectory(s.Folder(app));
        string log = s.Folder(app, Name + ".log");
        Session.Say($"{app.Name}: building {Name} (not measured)");
        if (Meter.Run(Command(s, app, keepLink: IsMirlink), log).ExitCode == 0 && File.Exists(Executable(s, app))) return true;
        string error = string.Join('\n', File.ReadLines(log).SkipWhile(static l => !l.StartsWith("error", StringComparison.Ordinal)).Take(5));
        results.SetText($"failed.{Name}", error);
        results.Save();
        Session.Say($"{app.Name}: {Name} cannot be built: {error}");
        return false;
    }

    /// <summary>Removes what is built for the target; build scripts, proc macros and what they need stay, so that they are no part of the next build.</summary>
    public void Clean(Session s, Application app)
    {
        if (Directory.Exists(Units(s, app))) Directory.Delete(Units(s, app), recursive: true);
    }
}
