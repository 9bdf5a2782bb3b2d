namespace Mirlink.Cli.Tests;

/// <summary>Outputs that cannot be written: nothing is left of them, and what was there stays.</summary>
public sealed class OutputTests : IDisposable
{
    private readonly Workspace _w = new();

    public OutputTests() => _w.Compile("app.rlib", "fn main() { println!(\"hello\"); }");

    public void Dispose() => _w.Dispose();

    private ToolRun Link(string output) => _w.Run("link", "app.rlib", "-o", output);

    [Fact]
    public void NoFolder() => _w.Fails(Link("none/out"), "error: cannot write `none/out`: there is no folder `$DIR/none`", "none/out");

    [Fact]
    public void AFileWhereAFolderShouldBe() => _w.Fails(Link("app.rlib/out"), "error: cannot write `app.rlib/out`: `$DIR/app.rlib` is not a folder", "app.rlib/out");

    [Fact]
    public void AFolder()
    {
        Directory.CreateDirectory(_w.PathOf("folder"));
        _w.Fails(Link("folder"), "error: cannot write `folder`: it is a folder");
    }

    [Fact]
    public void AFolderWithoutFiles() => _w.Fails(Link("/proc/out"), "error: cannot write `/proc/out`: files cannot be created there", "/proc/out");

    [Fact]
    public void APipe()
    {
        System.Diagnostics.Process.Start("mkfifo", [_w.PathOf("pipe")]).WaitForExit();
        _w.Fails(Link("pipe"), "error: cannot write `pipe`: it is not a regular file");
    }

    [Fact]
    public void AnRlibInNoFolder()
    {
        _w.Write("x.rs", "fn main() {}");
        _w.Fails(_w.Run("rustc", "x.rs", "--emit=mir-rlib", "-o", "none/x.rlib"), "error: cannot write `none/x.rlib`: there is no folder `$DIR/none`", "none/x.rlib");
    }

    [Fact]
    public void AFullDisk() => _w.Fails(Tool.RunWithFileLimit(100, _w.Folder, "link", "app.rlib", "-o", "out"), "error: cannot write `out`: file too large");

    [Fact]
    public void AFullDiskKeepsTheOldFile()
    {
        _w.Write("out", "old");
        _w.Fails(Tool.RunWithFileLimit(100, _w.Folder, "link", "app.rlib", "-o", "out"), "error: cannot write `out`: file too large", output: null);
        Assert.Equal("old", File.ReadAllText(_w.PathOf("out")));
    }

    /// <summary>The metadata fits, the rlib with the same metadata and the section does not.</summary>
    [Fact]
    public void AFullDiskForAnRlib()
    {
        _w.Write("x.rs", "pub const TEXT: &str = \"" + string.Concat(Enumerable.Range(0, 4000).Select(i => (char)('a' + i * i % 26))) + "\";");
        // As many KiB as the metadata needs.
        Workspace.Succeeds(_w.Run("rustc", "x.rs", "--crate-type=rlib", "--emit=mir-rlib", "-o", "x.rlib"));
        int limit = (int)(_w.Member("x.rlib", "lib.rmeta").Size / 1024) + 1;
        _w.Write("x.rlib", "old");
        _w.Fails(Tool.RunWithFileLimit(limit, _w.Folder, "rustc", "x.rs", "--crate-type=rlib", "--emit=mir-rlib", "-o", "x.rlib"), "error: cannot write `x.rlib`: file too large", output: null);
        Assert.Equal("old", File.ReadAllText(_w.PathOf("x.rlib")));
    }

    /// <summary>Ctrl-C while the linker runs: ours is a script that tells when it has been started.</summary>
    [Fact]
    public void AnInterruptedLinkLeavesNothing()
    {
        _w.Write("ld.lld", "#!/bin/sh\necho started > started\nexec sleep 20\n");
        File.SetUnixFileMode(_w.PathOf("ld.lld"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var start = new System.Diagnostics.ProcessStartInfo(Tool.Path, ["link", "app.rlib", "-o", "out"]) { WorkingDirectory = _w.Folder };
        start.Environment["MIRLINK_RUSTC"] = Tool.Toolchain.Rustc;
        start.Environment["MIRLINK_LLD"] = _w.PathOf("ld.lld");
        using var process = System.Diagnostics.Process.Start(start)!;
        try
        {
            for (int i = 0; i < 600 && !File.Exists(_w.PathOf("started")); i++) Thread.Sleep(100);
            Assert.Contains(Directory.EnumerateFiles(_w.Folder), f => f.EndsWith(".tmp", StringComparison.Ordinal));
            System.Diagnostics.Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]).WaitForExit();
            Assert.True(process.WaitForExit(30_000));
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
        Assert.NotEqual(0, process.ExitCode);
        Assert.False(File.Exists(_w.PathOf("out")));
        _w.NothingIsLeft();
    }

    [Fact]
    public void AFailedLinkKeepsTheOldFile()
    {
        _w.Compile("undefined.rlib", "unsafe extern \"C\" { fn nope(); } fn main() { unsafe { nope() } }");
        _w.Write("out", "old");
        var run = _w.Run("link", "undefined.rlib", "-o", "out");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("old", File.ReadAllText(_w.PathOf("out")));
        _w.NothingIsLeft();
    }
}
