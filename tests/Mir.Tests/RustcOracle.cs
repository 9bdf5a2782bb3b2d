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

    /// <summary>What rustc says of a crate; what it makes of it is thrown away. (Not by <c>-o /dev/null</c>: rustc renames its output onto that, and root may.)</summary>
    public static string Diagnostics(params string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("mirlink-oracle-");
        string errors = Run([.. args, "--out-dir", folder.FullName]).Errors;
        folder.Delete(recursive: true);
        return errors;
    }

    /// <summary>Runs rustc, which must succeed.</summary>
    public static void Check(params string[] args)
    {
        var (code, _, errors) = Run(args);
        if (code != 0) throw new InvalidOperationException(errors);
    }
}
