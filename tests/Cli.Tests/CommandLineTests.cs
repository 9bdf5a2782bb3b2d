namespace Mirlink.Cli.Tests;

/// <summary>Command lines that say something wrong, and the ones that ask what is right.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly Workspace _w = new();

    public void Dispose() => _w.Dispose();

    private const string LinkHelp = "help: `mirlink link --help` shows its options";

    [Theory]
    [InlineData("frobnicate", "error: unknown command `frobnicate`\nhelp: `mirlink --help` shows the commands")]
    [InlineData("--frobnicate", "error: unknown option `--frobnicate`\nhelp: `mirlink --help` shows the commands")]
    [InlineData("link", "error: option `-o` is required\n" + LinkHelp)]
    [InlineData("link app.rlib", "error: option `-o` is required\n" + LinkHelp)]
    [InlineData("link app.rlib -o", "error: required argument missing for option: `-o`\n" + LinkHelp)]
    [InlineData("link app.rlib -o out --frobnicate", "error: unknown option `--frobnicate`\n" + LinkHelp)]
    [InlineData("link app.rlib more -o out", "error: unexpected argument `more`\n" + LinkHelp)]
    [InlineData("link app.rlib -o out -j many", "error: cannot parse argument `many` for option `-j`\n" + LinkHelp)]
    [InlineData("link app.rlib -o out -j 0", "error: `-j` needs a number of threads, at least 1")]
    [InlineData("link app.rlib -o out --backend gcc", "error: unknown backend `gcc`\nhelp: the backends are: llvm, cranelift")]
    [InlineData("link app.rlib -o out -O9", "error: incorrect value `9` for codegen option `opt-level`: 0, 1, 2, 3, s or z was expected")]
    [InlineData("link app.rlib -o out -C frobnicate=1", "error: the codegen option `frobnicate` is not supported")]
    [InlineData("link app.rlib -o out -C panic=sometimes", "error: incorrect value `sometimes` for codegen option `panic`: unwind or abort was expected")]
    [InlineData("link app.rlib -o out -C codegen-units=0", "error: incorrect value `0` for codegen option `codegen-units`: a positive number was expected")]
    [InlineData("link app.rlib -o out -C strip=all", "error: incorrect value `all` for codegen option `strip`: none, debuginfo or symbols was expected")]
    [InlineData("link app.rlib -o out -C overflow-checks=maybe", "error: incorrect value `maybe` for codegen option `overflow-checks`: one of y, yes, on, true, n, no, off, false was expected")]
    [InlineData("link app.rlib -o out --extern dep", "error: `--extern dep` names no path\nhelp: write `--extern name=path`")]
    [InlineData("inspect", "error: required argument `FILE` missing for command: `inspect`\nhelp: `mirlink inspect --help` shows its options")]
    [InlineData("inspect none.rlib", "error: there is no file `none.rlib`")]
    [InlineData("rustc --emit=mir-rlib", "error: `--emit=mir-rlib` needs a source file\nhelp: `mirlink rustc --help` shows how")]
    [InlineData("rustc x.rs --emit=mir-rlib,obj", "error: `--emit=obj` cannot be combined with `--emit=mir-rlib`")]
    [InlineData("rustc x.rs --emit=mir-rlib -o", "error: rustc's option -o needs a value")]
    [InlineData("rustc x.rs --test --emit=mir-rlib -o out", "error: crate `x`: test harnesses (--test) are not supported\nhelp: run tests with `cargo test`")]
    [InlineData("rustc @none --emit=mir-rlib -o out", "error: cannot read the argument file `none`: there is no such file")]
    public void IsRefused(string line, string expected) => _w.Fails(_w.Run(line.Split(' ')), expected);

    [Fact]
    public void AnUnknownCodegenOptionIsRustcsToRefuse()
    {
        _w.Write("x.rs", "fn main() {}");
        var run = _w.Run("rustc", "x.rs", "-C", "frobnicate=1", "--emit=mir-rlib", "-o", "out");
        Assert.Equal("error: unknown codegen option: `frobnicate`\n\n", run.Error);
        _w.Fails(run with { Error = run.Error.TrimEnd() + "\n" }, "error: unknown codegen option: `frobnicate`");
    }

    [Fact]
    public void AFileThatIsNoArchiveCannotBeInspected()
    {
        _w.Write("x.rs", "fn main() {}");
        _w.Fails(_w.Run("inspect", "x.rs"), "error: `x.rs` is not a usable archive: it does not start with `!<arch>`\nhelp: rebuild the crate");
    }

    [Theory]
    [InlineData("", "mirlink link hello.rlib -o hello -O2")]
    [InlineData("--help", "mirlink build --release")]
    [InlineData("link --help", "mirlink link app.rlib -L target/deps -o app -C panic=abort")]
    [InlineData("rustc --help", "mirlink rustc shapes.rs --edition 2024 --crate-type rlib --emit=mir-rlib -o libshapes.rlib")]
    [InlineData("inspect --help", "mirlink inspect libshapes.rlib --mir Circle::area")]
    [InlineData("stats --help", "mirlink stats --release --package app --bin app")]
    [InlineData("build --help", "mirlink build --manifest-path app/Cargo.toml --bin server")]
    [InlineData("run --help", "mirlink run --release -- --port 8080")]
    [InlineData("check --help", "mirlink check --workspace")]
    public void HelpShowsExamples(string line, string example)
    {
        var run = _w.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", run.Error);
        Assert.Contains("\nUsage:\n", run.Output);
        Assert.Contains("\nExamples:\n", run.Output);
        Assert.Contains("  " + example + "\n", run.Output);
        Assert.DoesNotContain("System.", run.Output);
    }

    /// <summary>`script` of util-linux gives the tool a terminal.</summary>
    [Theory]
    [InlineData(null, "\e[1;31merror\e[0m\e[1m: there is no crate `none.rlib`\e[0m")]
    [InlineData("1", "error: there is no crate `none.rlib`")]
    public void ErrorsAreColouredOnATerminal(string? noColor, string expected)
    {
        if (!File.Exists("/usr/bin/script")) return;
        var run = Tool.RunOnTerminal(_w.Folder, $"{Tool.Path} link none.rlib -o out", ("TERM", "xterm"), ("NO_COLOR", noColor));
        Assert.Contains(expected + "\r\n", run.Output);
    }

    [Fact]
    public void VersionIsOneLine()
    {
        var run = _w.Run("--version");
        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+\S*\n$", run.Output);
    }
}
