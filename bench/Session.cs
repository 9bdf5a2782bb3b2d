using System.Diagnostics;

namespace Mirlink.Bench;

/// <summary>What a run works with. Tools are absolute paths; MirlinkBuild is what `mirlink doctor` says of the tool itself.</summary>
internal sealed record Session(string Root, string Work, string Corpus, string Mirlink, string MirlinkBuild, string Rustc, string Cargo, string Lld, string Commit, int Repeat, bool GoOn, IReadOnlyList<Variant> Variants)
{
    public const string Triple = "x86_64-unknown-linux-gnu";

    public string ResultsFolder => Path.Combine(Work, "results");

    public Results Results(Application app, string part) => Bench.Results.Open(ResultsFolder, app.Name, part, Commit, GoOn);

    public string Folder(Application app, params string[] more) => Path.Combine([Work, app.Name, .. more]);

    /// <summary>A command in a clean environment: nothing of the caller's decides what is measured.</summary>
    public ProcessStartInfo Command(string file, params ReadOnlySpan<string> args)
    {
        var start = new ProcessStartInfo(file, args.ToArray()) { WorkingDirectory = Root };
        foreach (string name in start.Environment.Keys.Where(static n => n.StartsWith("MIRLINK_", StringComparison.Ordinal) || n.StartsWith("CARGO_", StringComparison.Ordinal)
                     || n.StartsWith("RUST", StringComparison.Ordinal) || n.StartsWith("DOTNET_", StringComparison.Ordinal) && n is not ("DOTNET_ROOT" or "DOTNET_CLI_HOME")).ToList())
            start.Environment.Remove(name);
        start.Environment["MIRLINK_RUSTC"] = Rustc;
        start.Environment["MIRLINK_CARGO"] = Cargo;
        start.Environment["CARGO_HOME"] = Path.Combine(Corpus, "cargo-home");
        start.Environment["CARGO_TERM_COLOR"] = "never";
        start.Environment["LC_ALL"] = "C.UTF-8";
        return start;
    }

    public static void Say(string text) => Console.WriteLine($"{DateTime.Now:HH:mm:ss} {text}");
}
