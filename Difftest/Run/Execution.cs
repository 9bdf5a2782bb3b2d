using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Mirlink.Mir;

namespace Mirlink.Difftest.Run;

/// <summary>What a process printed and how it ended: exit codes as a shell gives them (128 + signal).</summary>
public sealed partial record Execution(int ExitCode, string Output, string Error)
{
    /// <summary>The exit code of a process that did not end in time.</summary>
    public const int TimedOut = -1;

    /// <exception cref="MirlinkException">It cannot be started.</exception>
    public static Execution Run(string file, IEnumerable<string> arguments, string directory, TimeSpan timeout, bool bootstrap = false)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8, StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (string name in (string[])["RUST_BACKTRACE", "RUST_LIB_BACKTRACE", "RUST_MIN_STACK", "RUSTC_BOOTSTRAP"]) start.Environment.Remove(name);
        if (bootstrap) start.Environment["RUSTC_BOOTSTRAP"] = "1";
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new MirlinkException($"cannot run `{file}`: {new Win32Exception(e.NativeErrorCode).Message}", e);
        }
        using (process)
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            int code = TimedOut;
            if (process.WaitForExit(timeout)) code = process.ExitCode;
            else
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
            }
            return Normalized(code, output.Result, error.Result);
        }
    }

    /// <summary>Without what differs from run to run.</summary>
    internal static Execution Normalized(int code, string output, string error) => new(code, output, BacktraceLine().Replace(ThreadId().Replace(error, "$1 "), ""));

    /// <summary>Where this differs from what is expected: the first differing line of each stream. Null when it does not.</summary>
    public string? DifferenceFrom(Execution expected)
    {
        if (this == expected) return null;
        var text = new StringBuilder();
        if (ExitCode != expected.ExitCode) text.AppendLine($"exit code: expected {expected.ExitCode}, got {(ExitCode == TimedOut ? "none: it did not end in time" : ExitCode)}");
        Stream(text, "stdout", expected.Output, Output);
        Stream(text, "stderr", expected.Error, Error);
        return text.ToString();
    }

    private static void Stream(StringBuilder text, string name, string expected, string actual)
    {
        if (expected == actual) return;
        string[] want = expected.Split('\n'), have = actual.Split('\n');
        int first = 0;
        while (first < want.Length && first < have.Length && want[first] == have[first]) first++;
        text.AppendLine($"{name}, line {first + 1}: expected `{Line(want, first)}`, got `{Line(have, first)}`");
    }

    private static string Line(string[] lines, int i) => i < lines.Length ? lines[i] : "(end)";

    /// <summary>The system's id of a thread in a panic message differs from run to run.</summary>
    [GeneratedRegex(@"^(thread (?:'[^'\n]*'|<unnamed>)) \(\d+\) ", RegexOptions.Multiline)]
    private static partial Regex ThreadId();

    /// <summary>Panics that abort print frames with addresses.</summary>
    [GeneratedRegex(@"^(?:stack backtrace:| +\d+: | +at ).*\n", RegexOptions.Multiline)]
    private static partial Regex BacktraceLine();
}
