using System.Diagnostics;
using Mirlink.Rustc;

namespace Mirlink.Cli.Tests;

/// <summary>What a run of the tool printed and how it ended.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Error);

/// <summary>The built tool as a user runs it: <c>./mirlink</c>, or what <c>MIRLINK</c> names.</summary>
internal static class Tool
{
    public static string Root { get; } = FindRoot();
    public static RustcToolchain Toolchain { get; } = RustcToolchain.Find();
    public static string Path { get; } = Environment.GetEnvironmentVariable("MIRLINK") ?? System.IO.Path.Combine(Root, "mirlink");

    public static ToolRun Run(string folder, IEnumerable<string> arguments, params (string Name, string? Value)[] environment) => Spawn(Path, folder, arguments, environment);

    /// <summary>The tool where no file may become larger than that many KiB: writes fail as on a full disk, instead of ending the process.</summary>
    public static ToolRun RunWithFileLimit(int kibibytes, string folder, params string[] arguments) =>
        Spawn("bash", folder, ["-c", $"ulimit -f {kibibytes}; trap '' XFSZ; exec \"$0\" \"$@\"", Path, .. arguments],
            // The runtime would map its code twice through a file, which is larger than that.
            [("DOTNET_EnableWriteXorExecute", "0")]);

    /// <summary>A command whose standard streams are a terminal; what it writes is the output.</summary>
    public static ToolRun RunOnTerminal(string folder, string command, params (string Name, string? Value)[] environment) =>
        Spawn("/usr/bin/script", folder, ["-qec", command, "/dev/null"], environment);

    public static ToolRun Spawn(string file, string folder, IEnumerable<string> arguments, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo(file, arguments) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in (string[])["MIRLINK_BACKTRACE", "MIRLINK_TIMINGS", "RUSTC_BOOTSTRAP", "CARGO_TARGET_DIR", "RUSTFLAGS"]) start.Environment.Remove(name);
        start.Environment["MIRLINK_RUSTC"] = Toolchain.Rustc;
        foreach (var (name, value) in environment)
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(TimeSpan.FromSeconds(120)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"mirlink {string.Join(' ', arguments)} was still running after 120 s");
        }
        return new ToolRun(process.ExitCode, output, error.Result);
    }

    private static string FindRoot()
    {
        for (var d = new DirectoryInfo(AppContext.BaseDirectory); d is not null; d = d.Parent)
            if (File.Exists(System.IO.Path.Combine(d.FullName, "mirlink.slnx"))) return d.FullName;
        throw new DirectoryNotFoundException($"no ancestor of {AppContext.BaseDirectory} holds mirlink.slnx");
    }
}
