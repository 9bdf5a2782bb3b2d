using Mirlink.Rlib;

namespace Mirlink.Cli.Tests;

/// <summary>A folder of its own for one test, in which the tool is run.</summary>
internal sealed class Workspace : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("mirlink-cli").FullName;

    public string PathOf(string name) => Path.Combine(Folder, name);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
    }

    public ToolRun Run(params string[] arguments) => Tool.Run(Folder, arguments);

    /// <summary>Compiles source to a MIR-only rlib of that name; the crate is named after it without `lib`.</summary>
    public void Compile(string rlib, string source, params string[] options)
    {
        string stem = Path.GetFileNameWithoutExtension(rlib);
        string crate = stem.StartsWith("lib", StringComparison.Ordinal) ? stem[3..] : stem;
        Write(rlib + ".rs", source);
        Succeeds(Run(["rustc", rlib + ".rs", "--edition=2024", "--crate-name", crate, "--crate-type", source.Contains("fn main", StringComparison.Ordinal) ? "bin" : "rlib", "--emit=mir-rlib", "-o", rlib, .. options]));
    }

    public static void Succeeds(ToolRun run) => Assert.True(run.ExitCode == 0, $"exit code {run.ExitCode}\n{run.Output}{run.Error}");

    /// <summary>The text without what differs from machine to machine and run to run.</summary>
    public string Normalize(string text) => text.Replace(Folder, "$DIR", StringComparison.Ordinal).Replace(Tool.Toolchain.LibDir, "$STD", StringComparison.Ordinal)
        .Replace(Tool.Toolchain.Version, "$VERSION", StringComparison.Ordinal).Replace(Tool.Toolchain.Rustc, "$RUSTC", StringComparison.Ordinal);

    /// <summary>
    /// The tool said exactly this, ended with 1, and left nothing of the output: neither the file (<paramref name="output"/>; null for one that must stay as it was)
    /// nor scratch files beside it.
    /// </summary>
    public void Fails(ToolRun run, string expected, string? output = "out")
    {
        Assert.Equal(expected.ReplaceLineEndings("\n").TrimEnd() + "\n", Normalize(run.Error));
        Assert.Equal("", run.Output);
        Assert.Equal(1, run.ExitCode);
        if (output is not null) Assert.False(File.Exists(PathOf(output)), $"{output} exists");
        NothingIsLeft();
    }

    /// <summary>No scratch file of ours or rustc's: these have a process id or `tmp` in their names.</summary>
    public void NothingIsLeft() => Assert.DoesNotContain(Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories),
        f => f.EndsWith(".tmp", StringComparison.Ordinal) || f.EndsWith(".check", StringComparison.Ordinal) || Path.GetFileName(f).Count(static c => c == '.') > 2);

    public byte[] Read(string name) => File.ReadAllBytes(PathOf(name));

    public void Write(string name, ReadOnlySpan<byte> bytes) => File.WriteAllBytes(PathOf(name), bytes);

    public ArMember Member(string rlib, string name)
    {
        using var archive = ArArchive.Open(PathOf(rlib));
        return archive.Find(name)!.Value;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
