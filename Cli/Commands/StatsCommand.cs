using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Mirlink.Cli.Compile;
using Mirlink.Cli.Statistics;
using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Rustc;

namespace Mirlink.Cli.Commands;

/// <summary>
/// `mirlink stats`: what a final link compiles and what it is spared. With a crate file it takes `link`'s options; without one cargo's, and builds one binary
/// of the package here.
/// </summary>
internal static class StatsCommand
{
    /// <summary>Set for the link of the binary that `mirlink stats` builds with cargo.</summary>
    public const string Variable = "MIRLINK_STATS";

    private const int DefaultTop = 15;

    // Says nothing to rustc or the link, but tells cargo that this is not the binary that `mirlink build` made, so that it is linked once more.
    private static readonly string[] s_marker = ["-C", "save-temps=no"];

    public static Command Create()
    {
        var link = new LinkArguments();
        var json = new Option<bool>("--json") { Description = "Print JSON, with all functions" };
        var top = new Option<int>("--top") { HelpName = "N", Description = "How many functions the tables list", DefaultValueFactory = static _ => DefaultTop };
        var command = new Command("stats", "Count what a link compiles: instances, merged and erased ones, machine code by generic function. Without CRATE: of a binary of the cargo package here, with cargo's arguments")
        {
            json, top,
        }.WithExamples(
            ("one binary of a cargo package, into target/mirlink", "mirlink stats --release --package app --bin app"),
            ("as data", "mirlink stats --release --json > stats.json"),
            ("a link by hand, with the options of `mirlink link`", "mirlink stats app.rlib -L target/deps -O2 --top 50"));
        link.AddTo(command, withoutRoot: true);
        command.SetAction(parse =>
        {
            var options = link.Read(parse, "") with { Statistics = true, CompileOnly = true };
            int n = parse.GetValue(top) is var t and >= 0 ? t : throw NoNumber();
            if (LinkSession.Link(options).Statistics is { } s) Print(StatisticsDocument.Of(s), parse.GetValue(json), n);
            return 0;
        });
        return command;
    }

    /// <summary>Is this a command line for cargo: no crate file, no argument file with one, no call for help?</summary>
    public static bool IsForCargo(ReadOnlySpan<string> args)
    {
        foreach (string a in args)
        {
            if (a == "--") return true;
            if (a is "--help" or "-h" || a.StartsWith('@') || a.EndsWith(".rlib", StringComparison.Ordinal) || a.EndsWith(".rmeta", StringComparison.Ordinal)) return false;
        }
        return true;
    }

    /// <summary>Builds one binary with cargo and prints what its link counted.</summary>
    public static int RunCargo(ReadOnlySpan<string> args)
    {
        bool json = false;
        int top = DefaultTop;
        var cargo = new List<string> { "--message-format=json-render-diagnostics" };
        int i = 0;
        for (; i < args.Length && args[i] != "--"; i++)
        {
            if (args[i] == "--json") json = true;
            else if (args[i] == "--top") top = i + 1 < args.Length ? Number(args[++i]) : throw NoNumber();
            else if (args[i].StartsWith("--top=", StringComparison.Ordinal)) top = Number(args[i]["--top=".Length..]);
            else cargo.Add(args[i]);
        }
        cargo.AddRange(["--", .. s_marker]);
        if (i < args.Length) cargo.AddRange(args[(i + 1)..]);

        var toolchain = RustcToolchain.Find();
        var start = CargoCommand.Prepare(toolchain, "rustc", cargo.ToArray());
        start.Environment[Variable] = "1";
        start.RedirectStandardOutput = true;
        using var server = CargoCommand.Serve(toolchain, start);
        using var process = CargoCommand.Start(start);
        (string Crate, string Executable)? built = null;
        while (process.StandardOutput.ReadLine() is { } line) built = ExecutableOf(line) ?? built;
        process.WaitForExit();
        if (process.ExitCode != 0) return process.ExitCode;
        if (built is not { } b) throw new MirlinkException("cargo built no program") { Help = "name one with `--package` and `--bin`" };
        Print(StatisticsDocument.Read(FileOf(b.Crate, b.Executable)), json, top);
        return 0;
    }

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : throw NoNumber();

    private static MirlinkException NoNumber() => new("`--top` needs a number of functions");

    private static void Print(StatisticsDocument s, bool json, int top)
    {
        if (json) Console.WriteLine(s.ToJson());
        else StatisticsTable.Print(s, top);
    }

    /// <summary>The file for a link's statistics beside its executable.</summary>
    public static string FileBeside(string executable) => executable + ".stats.json";

    /// <summary>One of cargo's messages: the crate and the file of a program that is built, fresh or not.</summary>
    private static (string, string)? ExecutableOf(string message)
    {
        if (!message.StartsWith('{')) return null;
        using var document = JsonDocument.Parse(message);
        var root = document.RootElement;
        if (root.GetProperty("reason").GetString() != "compiler-artifact" || root.GetProperty("executable").GetString() is not { } executable) return null;
        return (root.GetProperty("target").GetProperty("name").GetString()!.Replace('-', '_'), executable);
    }

    /// <summary>
    /// cargo tells the program's final name, which is a hard link to the file that rustc was asked for, with a hash in its name. Statistics are beside that one, and
    /// stay there for when nothing has to be built.
    /// </summary>
    private static string FileOf(string crate, string executable)
    {
        var final = new FileInfo(executable);
        string folder = Path.GetDirectoryName(executable)!;
        string? newest = null;
        foreach (string at in (string[])[Path.Combine(folder, "deps"), folder])
        {
            if (!Directory.Exists(at)) continue;
            foreach (string file in Directory.EnumerateFiles(at, crate + "*.stats.json").Order(StringComparer.Ordinal))
            {
                var linked = new FileInfo(file[..^".stats.json".Length]);
                if (linked.Exists && linked.Length == final.Length && linked.LastWriteTimeUtc == final.LastWriteTimeUtc) return file;
                if (newest is null || File.GetLastWriteTimeUtc(file) > File.GetLastWriteTimeUtc(newest)) newest = file;
            }
        }
        return newest ?? throw new MirlinkException($"there are no statistics of `{executable}`") { Help = "edit or touch a source file of the program" };
    }
}
