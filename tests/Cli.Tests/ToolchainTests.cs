namespace Mirlink.Cli.Tests;

/// <summary>A rustc or a standard library that is missing, or of another version.</summary>
public sealed class ToolchainTests : IDisposable
{
    private readonly Workspace _w = new();

    public ToolchainTests() => _w.Write("app.rlib", "");

    public void Dispose() => _w.Dispose();

    private const string LibDir = "lib/rustlib/x86_64-unknown-linux-gnu/lib";

    private ToolRun Link(string rustc) => Tool.Run(_w.Folder, ["link", "app.rlib", "-o", "out"], ("MIRLINK_RUSTC", rustc));

    /// <summary>A toolchain whose libcore says that this rustc compiled it; null: without a standard library.</summary>
    private string Toolchain(string? version)
    {
        _w.Write("toolchain/bin/rustc", "#!/bin/sh\nexit 1\n");
        if (version is not null)
        {
            Directory.CreateDirectory(_w.PathOf($"toolchain/{LibDir}"));
            _w.Write($"toolchain/{LibDir}/libcore-0.rmeta", [.. "rust\0\0\0"u8, 9, 0, 0, 0, 0, 0, 0, 0, 0, (byte)version.Length, .. System.Text.Encoding.UTF8.GetBytes(version)]);
        }
        return _w.PathOf("toolchain/bin/rustc");
    }

    [Fact]
    public void NoRustc() => _w.Fails(Link("/none/rustc"), "error: MIRLINK_RUSTC names `/none/rustc`, which does not exist\nhelp: name rustc 1.96.0 or 1.95.0 in it, or unset it");

    [Fact]
    public void AFolder() => _w.Fails(Link(_w.Folder), "error: MIRLINK_RUSTC names `$DIR`, which is a folder\nhelp: name rustc 1.96.0 or 1.95.0 in it, or unset it");

    [Fact]
    public void AnotherVersion() => _w.Fails(Link(Toolchain("rustc 1.94.0 (f00 2026-03-05)")),
        "error: MIRLINK_RUSTC names `$DIR/toolchain/bin/rustc`, which is rustc 1.94.0 (f00 2026-03-05); rustc 1.96.0 or 1.95.0 is needed\nhelp: install it with `rustup toolchain install 1.96.0`, or name one in MIRLINK_RUSTC");

    [Fact]
    public void NoStandardLibrary() => _w.Fails(Link(Toolchain(null)),
        $"error: MIRLINK_RUSTC names `$DIR/toolchain/bin/rustc`, which has no standard library for x86_64-unknown-linux-gnu: there is no libcore in `$DIR/toolchain/{LibDir}`\nhelp: install the standard library of rustc 1.96.0 or 1.95.0");

    [Fact]
    public void RustupsProxy()
    {
        _w.Write("toolchain/bin/rustup", "");
        _w.Fails(Link(Toolchain(null)),
            "error: MIRLINK_RUSTC names `$DIR/toolchain/bin/rustc`, which is rustup's proxy and not a compiler\nhelp: name the compiler itself: `rustup which rustc` tells where it is");
    }

    [Fact]
    public void ASysrootWithoutStandardLibrary() => _w.Fails(_w.Run("link", "app.rlib", "-o", "out", "--sysroot", "none"),
        $"error: the sysroot `none` has no standard library for x86_64-unknown-linux-gnu: there is no libcore in `none/{LibDir}`\nhelp: install the standard library of rustc 1.96.0 or 1.95.0");

    [Fact]
    public void ARustcThatCannotBeRun()
    {
        string rustc = Toolchain(Tool.Toolchain.Version);
        _w.Write("x.rs", "fn main() {}");
        _w.Fails(Tool.Run(_w.Folder, ["rustc", "x.rs", "--emit=mir-rlib", "-o", "out"], ("MIRLINK_RUSTC", rustc)), "error: cannot run `$DIR/toolchain/bin/rustc`: Permission denied");
    }

    [Fact]
    public void NoCargo()
    {
        _w.Fails(Tool.Run(_w.Folder, ["build"], ("MIRLINK_RUSTC", Toolchain(Tool.Toolchain.Version)), ("MIRLINK_CARGO", null)),
            "error: there is no cargo beside `$DIR/toolchain/bin/rustc`\nhelp: install cargo of the same version, or name one in MIRLINK_CARGO");
    }

    [Fact]
    public void NoLinker()
    {
        _w.Compile("app.rlib", "fn main() {}");
        _w.Fails(Tool.Run(_w.Folder, ["link", "app.rlib", "-o", "out"], ("MIRLINK_LLD", "/none/ld.lld")), "error: MIRLINK_LLD names `/none/ld.lld`, which does not exist\nhelp: name lld in it, or unset it");
    }

    [Fact]
    public void DoctorSaysWhatIsMissing()
    {
        var run = Tool.Run(_w.Folder, ["doctor"], ("MIRLINK_RUSTC", "/none/rustc"));
        Assert.Equal(1, run.ExitCode);
        int second = run.Output.IndexOf('\n', StringComparison.Ordinal) + 1;
        Assert.Matches(@"^mirlink    \d+\.\d+\.\d+-[0-9a-f]{16}\n$", run.Output[..second]);
        Assert.StartsWith("rustc      missing: MIRLINK_RUSTC names `/none/rustc`, which does not exist\n           help: name rustc 1.96.0 or 1.95.0 in it, or unset it\n", run.Output[second..]);
        Assert.EndsWith("something is missing\n", run.Output);
    }
}
