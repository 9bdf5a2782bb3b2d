using System.Diagnostics;

namespace Mirlink.Mir.Tests;

/// <summary>The rustc under test: `MIRLINK_RUSTC`, else the system's.</summary>
static class RustcOracle
{
    private static readonly string s_rustc = Environment.GetEnvironmentVariable("MIRLINK_RUSTC") ?? (File.Exists("/usr/bin/rustc") ? "/usr/bin/rustc" : "rustc");

    public static string LibDirectory { get; } = Run(["--print", "target-libdir"]).Output.Trim();

    /// <summary>Runs rustc with nightly features allowed.</summary>
    public static (int ExitCode, string Output, string Errors) Run(IEnumerable<string> args) => Execute(s_rustc, args);

    public static (int ExitCode, string Output, string Errors) Execute(string program, IEnumerable<string> args)
    {
        var info = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment["RUSTC_BOOTSTRAP"] = "1";
        foreach (var a in args) info.ArgumentList.Add(a);
        using var p = Process.Start(info)!;
        var errors = p.StandardError.ReadToEndAsync();
        var output = p.StandardOutput.ReadToEnd();
        p.WaitForExit();
        return (p.ExitCode, output, errors.Result);
    }

    /// <summary>The same, which must succeed.</summary>
    public static void Check(params string[] args)
    {
        var (code, _, errors) = Run(args);
        if (code != 0) throw new InvalidOperationException(errors);
    }
}
