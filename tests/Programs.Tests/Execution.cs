using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Mirlink.Programs.Tests;

/// <summary>What a process printed and how it ended: exit codes as a shell gives them (128 + signal).</summary>
internal sealed partial record Execution(int ExitCode, string Output, string Error)
{
    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Runs a program in the repository root.</summary>
    /// <exception cref="TimeoutException">It did not end in time; it and its children were ended.</exception>
    public static Execution Run(string file, IEnumerable<string> arguments, TimeSpan timeout, string input = "",
        IEnumerable<KeyValuePair<string, string>>? environment = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            StandardInputEncoding = Utf8, StandardOutputEncoding = Utf8, StandardErrorEncoding = Utf8,
        };
        foreach (string name in (string[])["RUST_BACKTRACE", "RUST_LIB_BACKTRACE", "RUST_MIN_STACK"])
        {
            start.Environment.Remove(name);
        }
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading its input.
        }
        if (!process.WaitForExit(timeout))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            throw new TimeoutException($"{file} was still running after {timeout.TotalSeconds:0} s; it had printed:\n{output.Result}{error.Result}");
        }
        return new Execution(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>The same without what differs between two runs of one program: operating system thread ids and backtrace frames.</summary>
    public Execution Normalized()
    {
        string error = ThreadId().Replace(Error, "$1 ");
        return this with { Error = BacktraceLine().Replace(error, "") };
    }

    [GeneratedRegex(@"^(thread (?:'[^'\n]*'|<unnamed>)) \(\d+\) ", RegexOptions.Multiline)]
    private static partial Regex ThreadId();

    [GeneratedRegex(@"^(?:stack backtrace:| +\d+: | +at ).*\n", RegexOptions.Multiline)]
    private static partial Regex BacktraceLine();
}
