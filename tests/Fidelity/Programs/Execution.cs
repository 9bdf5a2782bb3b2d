using System.Diagnostics;

namespace Mirlink.Fidelity.Programs;

/// <summary>What a process printed and how it ended.</summary>
public sealed record Execution(int ExitCode, string Output, string Error)
{
    /// <summary>Ends it after ten minutes; then the exit code is -1.</summary>
    public static Execution Run(string file, string directory, IEnumerable<string> args, string input = "", params (string Name, string Value)[] environment) =>
        Run(file, directory, args, input, TimeSpan.FromMinutes(10), environment);

    public static Execution Run(string file, string directory, IEnumerable<string> args, string input, TimeSpan limit, (string Name, string Value)[] environment)
    {
        var info = new ProcessStartInfo(file, args) { WorkingDirectory = directory, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string unwanted in (string[])["RUST_BACKTRACE", "RUST_LIB_BACKTRACE", "RUST_MIN_STACK"]) info.Environment.Remove(unwanted);
        foreach (var (name, value) in environment) info.Environment[name] = value;
        using var p = Process.Start(info)!;
        var output = p.StandardOutput.ReadToEndAsync();
        var errors = p.StandardError.ReadToEndAsync();
        try
        {
            p.StandardInput.Write(input);
            p.StandardInput.Close();
        }
        catch (IOException) { } // it does not read
        if (p.WaitForExit(limit))
        {
            p.WaitForExit();
            return new Execution(p.ExitCode, output.Result, errors.Result);
        }
        p.Kill(entireProcessTree: true);
        p.WaitForExit();
        return new Execution(-1, output.Result, errors.Result + $"\nended: {limit.TotalMinutes} minutes were not enough");
    }
}
