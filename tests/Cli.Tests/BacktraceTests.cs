namespace Mirlink.Cli.Tests;

/// <summary>The line tables of both backends: a panic's backtrace names each function's file, line and column.</summary>
public sealed class BacktraceTests : IDisposable
{
    private readonly Workspace _w = new();

    public void Dispose() => _w.Dispose();

    [Theory]
    [InlineData("llvm")]
    [InlineData("cranelift")]
    public void FramesHaveLines(string backend)
    {
        // The Cranelift backend is optional.
        if (backend == "cranelift" && !_w.Run("doctor").Output.Contains("libmirlink_cranelift.so", StringComparison.Ordinal)) return;
        // The vector's drop glue, which has no source, is in the same unit.
        _w.Write("bt.rs", """
            #[inline(never)]
            fn inner(x: &[u32]) -> u32 { if x.len() > 2 { panic!("{x:?}") } x[0] }
            #[inline(never)]
            fn outer(x: Vec<u32>) -> u32 { inner(&x) + 1 }
            fn main() { println!("{}", outer((0..5).collect())); }

            """);
        Workspace.Succeeds(_w.Run("rustc", "--edition=2024", "-g", "--crate-type=bin", "--emit=mir-rlib", "bt.rs", "-o", "bt.rlib"));
        Workspace.Succeeds(_w.Run("link", "bt.rlib", "-o", "bt", "-C", "debuginfo=2", "--backend", backend));
        var run = Tool.RunOnTerminal(_w.Folder, "./bt", ("RUST_BACKTRACE", "1"));
        Assert.Equal(101, run.ExitCode);
        string trace = run.Output.Replace("\r", "", StringComparison.Ordinal);
        foreach (string frame in (string[])["bt::inner\n             at ./bt.rs:2:47", "bt::outer\n             at ./bt.rs:4:32", "bt::main\n             at ./bt.rs:5:28"])
            Assert.Contains(frame, trace, StringComparison.Ordinal);
    }

    /// <summary>A function that serves several instances has the name of one of them, and so has what it calls and what is inlined into it: the one that sorts first.</summary>
    [Theory]
    [InlineData("llvm", "0")]
    [InlineData("llvm", "2")]
    [InlineData("cranelift", "0")]
    public void SharedFunctionsAreNamedAfterAnInstance(string backend, string level)
    {
        if (backend == "cranelift" && !_w.Run("doctor").Output.Contains("libmirlink_cranelift.so", StringComparison.Ordinal)) return;
        _w.Write("bt.rs", """
            pub struct Apple(pub u32);
            pub struct Peach(pub u32);
            #[inline(never)]
            fn pick<T>(v: &[T], i: usize) -> Option<&T> { if i > 4 { outer(v, i) } else { Some(&v[i]) } }
            #[inline(never)]
            fn outer<T>(v: &[T], i: usize) -> Option<&T> { std::hint::black_box(Some(inner(v, i))) }
            #[inline(always)]
            fn inner<T>(v: &[T], i: usize) -> &T { if i >= v.len() { panic!("no {i}") } &v[i] }
            fn main() {
                let n = std::env::args().count();
                println!("{}", pick(&[Apple(1)], n - 1).unwrap().0);
                println!("{}", pick(&[Peach(2)], n + 8).unwrap().0);
            }

            """);
        Workspace.Succeeds(_w.Run("rustc", "--edition=2024", "-g", "--crate-type=bin", "--emit=mir-rlib", "bt.rs", "-o", "bt.rlib"));
        foreach (var (option, fruit, other) in ((string, string, string)[])[("--erase", "Apple", "Peach"), ("--no-erase", "Peach", "Apple")])
        {
            // Merging would name the instances alike, too, and so does LLVM's.
            if (option == "--no-erase" && level != "0") continue;
            Workspace.Succeeds(_w.Run("link", "bt.rlib", "-o", "bt", "-C", "debuginfo=2", "-O" + level, "--backend", backend, option, "--no-merge"));
            var run = Tool.RunOnTerminal(_w.Folder, "./bt", ("RUST_BACKTRACE", "1"));
            Assert.Equal(101, run.ExitCode);
            string trace = run.Output.Replace("\r", "", StringComparison.Ordinal);
            foreach (string function in (string[])["pick", "outer", "inner"]) Assert.Contains($"bt::{function}::<bt::{fruit}>", trace, StringComparison.Ordinal);
            Assert.DoesNotContain(other, trace, StringComparison.Ordinal);
            Assert.DoesNotContain("::<_>", trace, StringComparison.Ordinal);
        }
    }
}
