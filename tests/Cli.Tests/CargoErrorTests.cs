namespace Mirlink.Cli.Tests;

/// <summary>What cannot be built with cargo: cargo's own words around one error of ours.</summary>
public sealed class CargoErrorTests : IDisposable
{
    private readonly Workspace _w = new();

    public void Dispose() => _w.Dispose();

    private void Package(string manifest, string file, string source)
    {
        _w.Write("Cargo.toml", "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n" + manifest);
        _w.Write(file, source);
    }

    /// <summary>cargo reports the failed crate; of our lines there are exactly these.</summary>
    private void Fails(ToolRun run, string ours)
    {
        Assert.NotEqual(0, run.ExitCode);
        Assert.True(_w.Normalize(run.Error).Contains(ours, StringComparison.Ordinal), run.Error);
        Assert.Equal(2, run.Error.Split('\n').Count(l => l.StartsWith("error: ", StringComparison.Ordinal)));
        Assert.Contains("error: could not compile `app` ", run.Error);
        Assert.False(File.Exists(_w.PathOf("target/mirlink/x86_64-unknown-linux-gnu/debug/app")));
        Assert.Empty(Directory.EnumerateFiles(_w.Folder, "*.tmp", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("cdylib")]
    [InlineData("dylib")]
    [InlineData("staticlib")]
    public void ALibraryThatIsNotOurs(string type)
    {
        Package($"[lib]\ncrate-type = [\"{type}\"]\n", "src/lib.rs", "pub fn f() {}\n");
        Fails(_w.Run("build"), $"error: crate `app` asks for crate type `{type}`, which is not supported\nhelp: programs (`bin`) and Rust libraries (`lib`, `rlib`) are\n");
    }

    [Fact]
    public void ACompileError()
    {
        Package("", "src/main.rs", "fn main() { let x: u32 = \"text\"; }\n");
        var run = _w.Run("build");
        Assert.Equal(101, run.ExitCode);
        Assert.Equal(1, run.Error.Split("error[E0308]: mismatched types").Length - 1);
        Assert.Contains("error: could not compile `app` (bin \"app\") due to 1 previous error", run.Error);
    }

    [Fact]
    public void NoPackage()
    {
        var run = _w.Run("build");
        _w.Fails(run, "error: could not find `Cargo.toml` in `$DIR` or any parent directory");
    }
}
