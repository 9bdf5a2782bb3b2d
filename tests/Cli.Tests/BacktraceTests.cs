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
}
