namespace Mirlink.Cli.Tests;

/// <summary>Programs that cannot be compiled or linked.</summary>
public sealed class ProgramErrorTests : IDisposable
{
    private readonly Workspace _w = new();

    public void Dispose() => _w.Dispose();

    private ToolRun Link(string source, params string[] options)
    {
        _w.Compile("app.rlib", source);
        return _w.Run(["link", "app.rlib", "-o", "out", .. options]);
    }

    [Theory]
    [InlineData("-O0")]
    [InlineData("-O2")]
    public void AnUndefinedSymbol(string level) => _w.Fails(
        Link("mod inner { unsafe extern \"C\" { fn nope(); } #[inline(never)] pub fn call() { unsafe { nope() } } } fn main() { inner::call(); }", level),
        "error: undefined symbol: `nope` (needed by `app::inner::call`)\nhelp: a native library may be missing from the link: name it with `-l`, and its folder with `-L`");

    [Fact]
    public void SeveralUndefinedSymbols() => _w.Fails(
        Link("unsafe extern \"C\" { fn first(); fn second(); static THIRD: u8; } fn main() { unsafe { first(); second(); println!(\"{}\", THIRD) } }"),
        "error: undefined symbols: `first` (needed by `app::main`); `second` (needed by `app::main`); `THIRD` (needed by `app::main`)\nhelp: a native library may be missing from the link: name it with `-l`, and its folder with `-L`");

    [Fact]
    public void NoMain()
    {
        _w.Compile("app.rlib", "pub fn f() {}");
        _w.Fails(_w.Run("link", "app.rlib", "-o", "out"), "error: `main` function not found in crate `app`\nhelp: programs are compiled with `--crate-type bin`; libraries cannot be linked by themselves");
    }

    [Fact]
    public void AMissingNativeLibrary()
    {
        _w.Compile("app.rlib", "fn main() {}");
        _w.Fails(_w.Run("link", "app.rlib", "-o", "out", "-l", "static=nosuch"), "error: could not find native static library `nosuch`: there is no libnosuch.a in the search folders\nhelp: name its folder with `-L native=…`");
        _w.Fails(_w.Run("link", "app.rlib", "-o", "out", "-l", "nosuch"), "error: lld failed with exit code 1; unable to find library -lnosuch");
    }

    [Fact]
    public void AMissingBundledLibrary()
    {
        _w.Write("app.rs", "#[link(name = \"nosuch\", kind = \"static\")] unsafe extern \"C\" { fn f(); } fn main() { unsafe { f() } }");
        _w.Fails(_w.Run("rustc", "app.rs", "--edition=2024", "--emit=mir-rlib", "-o", "out"), "error: could not find native static library `nosuch`: there is no libnosuch.a in the search folders\nhelp: name its folder with `-L native=…`");
    }

    /// <summary>rustc's words, once, although a program is compiled twice.</summary>
    [Theory]
    [InlineData("bin")]
    [InlineData("rlib")]
    public void ACompileError(string type)
    {
        _w.Write("app.rs", "pub fn f() -> u32 { \"text\" }\nfn main() {}\n");
        var run = _w.Run("rustc", "app.rs", "--crate-type", type, "--emit=mir-rlib", "-o", "out");
        _w.Fails(run, """
            error[E0308]: mismatched types
             --> app.rs:1:21
              |
            1 | pub fn f() -> u32 { "text" }
              |               ---   ^^^^^^ expected `u32`, found `&str`
              |               |
              |               expected `u32` because of return type

            error: aborting due to 1 previous error

            For more information about this error, try `rustc --explain E0308`.
            """);
    }

    /// <summary>Lints are those of a program: `dead_code` tells about what no program would use.</summary>
    [Fact]
    public void AWarningIsShownOnce()
    {
        _w.Write("app.rs", "fn unused() {}\nfn main() {}\n");
        var run = _w.Run("rustc", "app.rs", "--emit=mir-rlib", "-o", "out");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(1, run.Error.Split("function `unused` is never used").Length - 1);
        Assert.True(File.Exists(_w.PathOf("out")));
    }

    [Fact]
    public void NoMainInAProgram()
    {
        _w.Write("app.rs", "fn f() {}\n");
        var run = _w.Run("rustc", "app.rs", "--emit=mir-rlib", "-o", "out");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("error[E0601]: `main` function not found in crate `app`\n", run.Error);
        Assert.False(File.Exists(_w.PathOf("out")));
        _w.NothingIsLeft();
    }

    [Theory]
    [InlineData("cdylib")]
    [InlineData("dylib")]
    [InlineData("staticlib")]
    [InlineData("proc-macro")]
    public void ACrateTypeThatIsNotOurs(string type)
    {
        _w.Write("app.rs", "pub fn f() {}\n");
        _w.Fails(_w.Run("rustc", "app.rs", "--crate-type", type, "--emit=mir-rlib", "-o", "out"),
            $"error: crate `app` asks for crate type `{type}`, which is not supported\nhelp: programs (`bin`) and Rust libraries (`lib`, `rlib`) are");
    }
}
