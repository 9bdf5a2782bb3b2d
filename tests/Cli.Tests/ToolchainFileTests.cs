namespace Mirlink.Cli.Tests;

/// <summary>A rust-toolchain.toml of the project decides which rustc is used, or that none fits.</summary>
public sealed class ToolchainFileTests : IDisposable
{
    private readonly Workspace _w = new();

    public ToolchainFileTests() => _w.Write("src/x.rs", "fn main() {}\n");

    public void Dispose() => _w.Dispose();

    private ToolRun Compile() => Tool.Run(_w.PathOf("src"), ["rustc", "x.rs", "--edition=2024", "--crate-type=bin", "--emit=mir-rlib", "-o", "x.rlib"], ("MIRLINK_RUSTC", null), ("RUSTUP_HOME", _w.PathOf("rustup")));

    [Theory]
    [InlineData("rust-toolchain.toml", "[toolchain]\nchannel = \"1.96.0\"\n")]
    [InlineData("rust-toolchain.toml", "[toolchain]\nchannel = \"1.96\"\n")]
    [InlineData("rust-toolchain.toml", "[toolchain]\nchannel = \"stable\"\ncomponents = [\"clippy\"]\n")]
    [InlineData("rust-toolchain", "1.96.0\n")]
    public void TheSupportedVersionIsFoundWhereverItIs(string file, string text)
    {
        _w.Write(file, text);
        Workspace.Succeeds(Compile());
    }

    [Theory]
    [InlineData("rust-toolchain.toml", "[toolchain]\nchannel = \"nightly-2026-05-19\"\n", "nightly-2026-05-19")]
    [InlineData("src/rust-toolchain", "1.85.0\n", "1.85.0")]
    public void AnotherVersionIsRefused(string file, string text, string channel)
    {
        _w.Write(file, text);
        _w.Fails(Compile(), $"error: `$DIR/{file}` asks for the toolchain `{channel}`, but Mirlink reads the metadata of rustc 1.96.0 or 1.95.0 only\nhelp: set its channel to \"1.96.0\", or name a rustc 1.96.0 or 1.95.0 in MIRLINK_RUSTC", output: "src/x.rlib");
    }

    [Fact]
    public void ASupportedVersionThatIsNotThere()
    {
        _w.Write("rust-toolchain.toml", "[toolchain]\nchannel = \"1.95\"\n");
        _w.Fails(Compile(),
            $"error: `$DIR/rust-toolchain.toml` asks for rustc 1.95.0, which was not found, neither with rustup nor as {(Tool.Toolchain.Rustc == "/usr/bin/rustc" ? "$RUSTC" : "/usr/bin/rustc")}\nhelp: install it with `rustup toolchain install 1.95.0`, or name one in MIRLINK_RUSTC",
            output: "src/x.rlib");
    }
}
