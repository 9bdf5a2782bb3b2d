using System.Text.Json;
using System.Text.RegularExpressions;

namespace Mirlink.Cli.Tests;

/// <summary>`mirlink stats`: the counts of a program whose instances are known, as a table and as JSON.</summary>
public sealed class StatsTests : IDisposable
{
    // Without std's start code, the instances are main; keep and size_of for three types, of which two share their bodies; only for one; drop and its glue; and putchar, which is elsewhere.
    private const string Program = """
        #![no_main]
        struct Noisy(u8);
        impl Drop for Noisy { fn drop(&mut self) { unsafe { putchar(self.0 as i32); } } }
        unsafe extern "C" { fn putchar(c: i32) -> i32; }
        #[inline(never)] fn keep<T>(x: &T) -> usize { size_of::<T>() ^ x as *const T as usize }
        #[inline(never)] fn only<T: Copy>(x: T) -> T { x }
        #[unsafe(no_mangle)] pub extern "C" fn main(argc: i32, _argv: *const *const u8) -> i32 {
            let _noisy = Noisy(b'x');
            (keep(&argc) ^ keep(&(argc as u32)) ^ keep(&(argc as u64)) ^ only(argc) as usize) as i32
        }
        """;

    private readonly Workspace _w = new();

    public void Dispose() => _w.Dispose();

    private ToolRun Stats(params string[] options)
    {
        _w.Compile("counted.rlib", Program);
        var run = _w.Run(["stats", "counted.rlib", "-C", "panic=abort", "--mir-pass", "-all", .. options]);
        Workspace.Succeeds(run);
        return run;
    }

    /// <summary>The table with one space for many, and without the numbers that another lowering or LLVM would change.</summary>
    private static string Normalized(string table)
    {
        string text = Regex.Replace(table, "[ \t]+", " ").Replace(" \n", "\n", StringComparison.Ordinal);
        text = Regex.Replace(text, @"^(lowered, .*?|compiled) ([\d,]+) [\d,]+( [\d,]+)?$", "$1 $2 ...", RegexOptions.Multiline);
        text = Regex.Replace(text, @"^( merged: .*?) ([\d,]+) [\d,]+$", "$1 $2 ...", RegexOptions.Multiline);
        return Regex.Replace(text, @"^ ?[\d,]+ [\d.]+ [\d,]+ (?=\d)", "... ", RegexOptions.Multiline);
    }

    [Fact]
    public void Table()
    {
        var lines = Normalized(Stats().Output).Split('\n');
        Assert.Equal("""
            crate `counted`, llvm, -O0, 1 unit

             functions LIR instructions bytes of code
            reached 11
             ready in the standard library or native ones 1
             erased: another instance serves them 0
            lowered, with entry point and allocator 15 ...
             merged: an equal function stands for them 2 ...
            compiled 13 ...

            """.Split('\n'), lines[..10]);
        Assert.Contains("... 3 1 0 2 counted::keep::<T>", lines);
        Assert.Contains("... 1 0 0 1 counted::only::<T>", lines);
        Assert.Contains("... 1 0 0 1 core::ptr::drop_in_place::<T>", lines);
        Assert.Equal(["most copies", "bytes % LIR copies merged erased compiled function", "... 3 1 0 2 counted::keep::<T>", "... 3 1 0 2 core::mem::size_of::<T>", ""], lines[^5..]);
    }

    [Fact]
    public void Top()
    {
        string table = Stats("--top", "1").Output;
        Assert.Contains("\nand 5 more (--top 6, or --json)\n", table);
    }

    [Fact]
    public void Json()
    {
        var run = Stats("--json", "-O2");
        Assert.Equal("", run.Error);
        using var document = JsonDocument.Parse(run.Output);
        var s = document.RootElement;
        Assert.Equal(["format", "crate", "backend", "opt_level", "reached", "elsewhere", "lowered", "merged", "erased", "compiled", "units", "functions", "stages"], s.EnumerateObject().Select(static p => p.Name));
        Assert.Equal(1, s.GetProperty("format").GetInt32());
        Assert.Equal("counted", s.GetProperty("crate").GetString());
        Assert.Equal("llvm", s.GetProperty("backend").GetString());
        Assert.Equal("2", s.GetProperty("opt_level").GetString());
        Assert.Equal((11, 1, 0, 1), (s.GetProperty("reached").GetInt32(), s.GetProperty("elsewhere").GetInt32(), s.GetProperty("erased").GetInt32(), s.GetProperty("units").GetInt32()));
        var lowered = s.GetProperty("lowered");
        var merged = s.GetProperty("merged");
        var compiled = s.GetProperty("compiled");
        Assert.Equal(["functions", "lir_instructions"], merged.EnumerateObject().Select(static p => p.Name));
        Assert.Equal(["functions", "lir_instructions", "code_bytes"], compiled.EnumerateObject().Select(static p => p.Name));
        foreach (string count in (string[])["functions", "lir_instructions"])
            Assert.Equal(lowered.GetProperty(count).GetInt64(), merged.GetProperty(count).GetInt64() + compiled.GetProperty(count).GetInt64());

        var keep = Assert.Single(s.GetProperty("functions").EnumerateArray(), static f => f.GetProperty("name").GetString() == "counted::keep::<T>");
        Assert.Equal(["name", "crate", "copies", "compiled", "merged", "erased"], keep.EnumerateObject().Select(static p => p.Name));
        Assert.Equal("counted", keep.GetProperty("crate").GetString());
        Assert.Equal((3, 2, 1, 0), (keep.GetProperty("copies").GetInt32(), keep.GetProperty("compiled").GetProperty("functions").GetInt32(), keep.GetProperty("merged").GetProperty("functions").GetInt32(), keep.GetProperty("erased").GetInt32()));
        Assert.InRange(keep.GetProperty("compiled").GetProperty("code_bytes").GetInt64(), 4, 200);
        Assert.Equal(["load", "collect", "monomorphize", "mir-opt", "lower", "merge", "partition", "codegen"], s.GetProperty("stages").EnumerateArray().Select(static t => t.GetProperty("name").GetString()));
        Assert.Equal(["name", "wall_ms", "cpu_ms", "items", "peak_bytes"], s.GetProperty("stages")[0].EnumerateObject().Select(static p => p.Name));
    }

    /// <summary>With cargo's arguments: of one binary, the same again when nothing has to be built, and cargo's own error when it is not clear which.</summary>
    [Fact]
    public void OfACargoPackage()
    {
        _w.Write("Cargo.toml", "[package]\nname = \"two\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
        _w.Write("src/bin/one-first.rs", "fn keep<T>(x: T) -> T { x }\nfn main() { println!(\"{} {}\", keep(1u8), keep(1i8)); }\n");
        _w.Write("src/bin/second.rs", "fn main() {}\n");
        string[] command = ["stats", "--offline", "-q", "--bin", "one-first", "--json"];
        var run = _w.Run(command);
        Workspace.Succeeds(run);
        Assert.Equal("", run.Error);
        using var document = JsonDocument.Parse(run.Output);
        Assert.Equal("one_first", document.RootElement.GetProperty("crate").GetString());
        Assert.Contains(document.RootElement.GetProperty("functions").EnumerateArray(), static f => f.GetProperty("name").GetString() == "one_first::main");
        Assert.Equal(run.Output, _w.Run(command).Output);

        var both = _w.Run("stats", "--offline");
        Assert.NotEqual(0, both.ExitCode);
        Assert.Contains("--bin NAME", both.Error);
    }

    [Fact]
    public void TopNeedsANumber() => _w.Fails(_w.Run("stats", "--release", "--top", "many"), "error: `--top` needs a number of functions");
}
