using System.Diagnostics;

namespace Mirlink.Cli.Tests;

/// <summary>What the tool writes: the same bytes each time, and libraries that stock rustc takes as dependencies.</summary>
public sealed class ArtifactTests : IDisposable
{
    private readonly Workspace _w = new();

    public void Dispose() => _w.Dispose();

    private const string Library = """
        use std::collections::BTreeMap;
        pub trait Shape { fn area(&self) -> f64; }
        pub struct Circle(pub f64);
        impl Shape for Circle { fn area(&self) -> f64 { self.0 * self.0 } }
        pub fn total<'a>(shapes: impl Iterator<Item = &'a dyn Shape>) -> f64 { shapes.map(|s| s.area()).sum() }
        pub fn index<T: Ord + Clone>(items: &[T]) -> BTreeMap<T, usize> { items.iter().cloned().zip(0..).collect() }
        #[macro_export] macro_rules! circle { ($r:expr) => { $crate::Circle($r) }; }
        """;

    [Fact]
    public void TwoRunsOfTheFrontEndGiveTheSameRlib()
    {
        _w.Compile("libshapes.rlib", Library);
        byte[] first = _w.Read("libshapes.rlib");
        _w.Compile("libshapes.rlib", Library);
        Assert.True(first.AsSpan().SequenceEqual(_w.Read("libshapes.rlib")));
    }

    [Theory]
    [InlineData("-O0")]
    [InlineData("-O2")]
    public void TwoLinksGiveTheSameProgram(string level)
    {
        _w.Compile("libshapes.rlib", Library);
        _w.Compile("app.rlib", "fn main() { println!(\"{:?} {}\", shapes::index(&[3, 1, 2]), shapes::circle!(2.0).0); }", "--extern", "shapes=libshapes.rlib");
        Workspace.Succeeds(_w.Run("link", "app.rlib", "-L", ".", level, "-j", "2", "-o", "first"));
        Workspace.Succeeds(_w.Run("link", "app.rlib", "-L", ".", level, "-j", "2", "-o", "second"));
        Assert.True(_w.Read("first").AsSpan().SequenceEqual(_w.Read("second")));
    }

    [Fact]
    public void StockRustcTakesTheRlibAsADependency()
    {
        _w.Compile("libshapes.rlib", Library);
        _w.Write("user.rs", "pub fn f() -> f64 { shapes::total([&shapes::circle!(3.0) as &dyn shapes::Shape].into_iter()) + shapes::index(&[1]).len() as f64 }");
        var start = new ProcessStartInfo(Tool.Toolchain.Rustc, ["user.rs", "--edition=2024", "--crate-type=rlib", "--emit=metadata", "--extern", "shapes=libshapes.rlib"])
        { WorkingDirectory = _w.Folder, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
        Assert.True(File.Exists(_w.PathOf("libuser.rmeta")));
    }
}
