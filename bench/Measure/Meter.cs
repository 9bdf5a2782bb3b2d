using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Mirlink.Bench.Measure;

/// <summary>What a command and all processes that it started and waited for used. Seconds; bytes of the largest single process.</summary>
internal sealed record Usage(int ExitCode, double Wall, double Cpu, long PeakBytes);

/// <summary>
/// Measures commands. The kernel adds up the children that a process has waited for, so each command runs below a process of its own: this program again, with
/// <see cref="Option"/>.
/// </summary>
internal static unsafe partial class Meter
{
    public const string Option = "--meter";
    private const int RusageChildren = -1, RusageLongs = 18, MaxRssAt = 4;

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetRusage(int who, long* usage);

    /// <summary>Runs a command; what it prints goes to <paramref name="log"/>, replaced.</summary>
    public static Usage Run(ProcessStartInfo command, string log)
    {
        string result = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!, [Option, result, command.FileName, .. command.ArgumentList])
            {
                WorkingDirectory = command.WorkingDirectory, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
            };
            start.Environment.Clear();
            foreach (var (name, value) in command.Environment) start.Environment[name] = value;
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            File.WriteAllText(log, output + error.Result);
            return JsonSerializer.Deserialize<Usage>(File.ReadAllText(result)) ?? throw new InvalidDataException(result);
        }
        finally
        {
            File.Delete(result);
        }
    }

    /// <summary>The measuring process: result file, command, arguments.</summary>
    public static int Measure(ReadOnlySpan<string> args)
    {
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(args[1], args[2..].ToArray()) { UseShellExecute = false })!;
        process.WaitForExit();
        double wall = clock.Elapsed.TotalSeconds;
        long* usage = stackalloc long[RusageLongs];
        if (GetRusage(RusageChildren, usage) != 0) throw new InvalidOperationException("getrusage failed");
        double cpu = usage[0] + usage[2] + (usage[1] + usage[3]) / 1e6;
        File.WriteAllText(args[0], JsonSerializer.Serialize(new Usage(process.ExitCode, wall, cpu, usage[MaxRssAt] * 1024)));
        return 0;
    }

    public static string Seconds(double s) => s.ToString("F2", CultureInfo.InvariantCulture);
}
