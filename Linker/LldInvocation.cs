using System.Diagnostics;
using System.Globalization;
using System.Text;
using Mirlink.Mir;

namespace Mirlink.Linker;

/// <summary>Runs lld on the objects of a link; the output appears under its name only when it is complete.</summary>
internal sealed class LldInvocation(LinkOptions options, SystemLinkage system, IReadOnlyList<string> stdRlibs)
{
    /// <summary>CPU time that lld used.</summary>
    public TimeSpan Cpu { get; private set; }

    public void Run(IReadOnlyList<string> objects, IReadOnlyList<string> nativeArgs, OutputFile output, string tempDir)
    {
        var args = Arguments(objects, nativeArgs, output.Partial);
        // One argument per line: command lines have a size limit, and the file can be run again by hand.
        string response = Path.Combine(tempDir, "lld.rsp");
        File.WriteAllLines(response, args.Select(Quote));
        Spawn(["@" + response], out string errors, out int status);
        if (status != 0) throw NotWritten(errors, output) ?? Explain(errors, status);
        if (errors.Length > 0) Console.Error.Write(errors);
        output.Complete();
    }

    private List<string> Arguments(IReadOnlyList<string> objects, IReadOnlyList<string> nativeArgs, string output)
    {
        var args = new List<string>
        {
            "-m", "elf_x86_64", "-pie", "--eh-frame-hdr", "--hash-style=gnu", "--build-id=none", "-dynamic-linker", "/lib64/ld-linux-x86-64.so.2",
            "-z", "noexecstack", "-z", "relro", "-z", "now", "--as-needed", "--gc-sections", "-O1", $"--threads={options.EffectiveJobs.ToString(CultureInfo.InvariantCulture)}",
            "--error-limit=0", "-o", output,
        };
        if (options.Strip == StripMode.Symbols) args.Add("--strip-all");
        else if (options.Strip == StripMode.DebugInfo || options.DebugInfo == 0) args.Add("--strip-debug");
        args.AddRange([system.Scrt1, system.CrtI, system.CrtBeginS]);
        foreach (string dir in options.SearchDirs) args.Add("-L" + dir);
        foreach (string dir in system.LibDirs) args.Add("-L" + dir);
        args.AddRange(objects);
        args.AddRange(nativeArgs);
        args.AddRange(stdRlibs);
        args.AddRange(["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl", "-lc", "-lgcc"]);
        args.AddRange(options.LinkArgs.SelectMany(WithoutDriverPrefix));
        args.AddRange([system.CrtEndS, system.CrtN]);
        return args;
    }

    /// <summary>-C link-arg speaks to the C compiler that usually links: -Wl,a,b are a and b for us.</summary>
    private static IEnumerable<string> WithoutDriverPrefix(string arg)
    {
        if (arg.StartsWith("-Wl,", StringComparison.Ordinal)) return arg[4..].Split(',');
        // -pthread is a library that is linked with anyway.
        if (arg.StartsWith("-fuse-ld", StringComparison.Ordinal) || arg is "-no-pie" or "-nodefaultlibs" or "-pthread") return [];
        return [arg == "-rdynamic" ? "--export-dynamic" : arg];
    }

    private static string Quote(string arg) => "\"" + arg.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";

    private void Spawn(IReadOnlyList<string> args, out string errors, out int status)
    {
        var start = new ProcessStartInfo(system.Lld) { RedirectStandardError = true };
        foreach (string p in system.LldPrefix) start.ArgumentList.Add(p);
        foreach (string a in args) start.ArgumentList.Add(a);
        var before = ChildProcessTime.Total();
        try
        {
            using var process = Process.Start(start)!;
            errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            status = process.ExitCode;
            Cpu = ChildProcessTime.Total() - before;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new MirlinkException($"cannot run the linker {system.Lld}: {e.Message}", e);
        }
    }

    /// <summary>lld names the file that it failed to open (or to make as large as needed) and the system's reason.</summary>
    private static MirlinkException? NotWritten(string errors, OutputFile output)
    {
        int at = errors.IndexOf(output.Partial + ": ", StringComparison.Ordinal);
        if (at < 0) return null;
        string reason = errors[(at + output.Partial.Length + 2)..];
        int end = reason.IndexOf('\n');
        return output.Failed((end < 0 ? reason : reason[..end]).ToLowerInvariant());
    }

    private const string UndefinedMarker = "undefined symbol: ";

    /// <summary>lld's complaint in our words: undefined symbols with who needs them, anything else as it is.</summary>
    internal static MirlinkException Explain(string errors, int status)
    {
        var undefined = new List<(string Symbol, string? By)>();
        var others = new StringBuilder();
        string[] lines = errors.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            int at = lines[i].IndexOf(UndefinedMarker, StringComparison.Ordinal);
            if (at < 0)
            {
                if (lines[i].Contains("error: ", StringComparison.Ordinal)) others.Append("; ").Append(lines[i][(lines[i].IndexOf("error: ", StringComparison.Ordinal) + 7)..]);
                continue;
            }
            string? by = null;
            for (int j = i + 1; j < lines.Length && lines[j].StartsWith(">>>", StringComparison.Ordinal); j++)
            {
                int open = lines[j].IndexOf(":(", StringComparison.Ordinal);
                if (open < 0 || !lines[j].EndsWith(')')) continue;
                by = CrateAssembly.Owner(lines[j][..open].TrimStart('>', ' ')) ?? $"`{lines[j][(open + 2)..^1]}`";
                break;
            }
            undefined.Add((lines[i][(at + UndefinedMarker.Length)..], by));
        }
        // Shells and .NET report a signal as 128 + its number.
        if (undefined.Count == 0) return new MirlinkException($"lld {(status > 128 ? $"was ended by signal {status - 128}" : $"failed with exit code {status}")}{others}");
        const int shown = 8;
        var text = new StringBuilder();
        foreach (var (symbol, by) in undefined.Take(shown))
            text.Append(text.Length == 0 ? "" : "; ").Append('`').Append(symbol).Append('`').Append(by is null ? "" : $" (needed by {by})");
        if (undefined.Count > shown) text.Append(CultureInfo.InvariantCulture, $"; and {undefined.Count - shown} more");
        return new MirlinkException($"undefined symbol{(undefined.Count == 1 ? "" : "s")}: {text}{others}") { Help = "a native library may be missing from the link: name it with `-l`, and its folder with `-L`" };
    }
}
