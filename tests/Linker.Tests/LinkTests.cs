using System.Diagnostics;
using Mirlink.Mir;
using Mirlink.Rustc;

namespace Mirlink.Linker.Tests;

/// <summary>Whole links of small crates that rustc's front end compiled, in a folder of their own.</summary>
public sealed class LinkTests : IDisposable
{
    private readonly string _dir = Directory.CreateTempSubdirectory("mirlink-link").FullName;

    public void Dispose() => Directory.Delete(_dir, recursive: true);

    private string At(string name) => Path.Combine(_dir, name);

    private void Run(string program, params string[] args)
    {
        var start = new ProcessStartInfo(program, args) { WorkingDirectory = _dir, RedirectStandardError = true };
        start.Environment["RUSTC_BOOTSTRAP"] = "1";
        using var process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }

    private string Crate(string name, string source, params string[] flags)
    {
        File.WriteAllText(At(name + ".rs"), source);
        Run(RustcToolchain.Find().Rustc, [name + ".rs", "--crate-name", name, "--crate-type=rlib", "--edition=2021", $"--emit=metadata=lib{name}.rmeta", "-Zalways-encode-mir", "-Awarnings", "-L.", .. flags]);
        return At($"lib{name}.rmeta");
    }

    private LinkOptions Options(string root) => new() { Root = root, Output = At("app"), SearchDirs = [_dir], Jobs = 2, Verify = true };

    private static void Link(LinkOptions options) => new LinkDriver(new CrateOpener(), new SessionServices()).Link(options);

    private (int Code, string Output) Execute()
    {
        using var process = Process.Start(new ProcessStartInfo(At("app")) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    public void ItemsOfADependencyAreCompiledInTheLink(string level)
    {
        Crate("dep", """
            use std::sync::atomic::{AtomicU32, Ordering};
            static HITS: AtomicU32 = AtomicU32::new(40);
            mod private { pub fn hidden(x: u32) -> u32 { x + 1 } }
            pub fn hit() -> u32 { private::hidden(HITS.fetch_add(1, Ordering::SeqCst)) }
            pub trait Named { fn name(&self) -> String; }
            impl<T: std::fmt::Debug> Named for T { fn name(&self) -> String { format!("<{self:?}>") } }
            pub fn boxed() -> Box<dyn Named> { Box::new(vec![1, 2]) }
            """);
        string root = Crate("app", "fn main() { println!(\"{} {} {}\", dep::hit(), dep::hit(), dep::boxed().name()); }", "--extern=dep");
        Link(Options(root) with { OptLevel = level });
        Assert.Equal((0, "41 42 <[1, 2]>\n"), Execute());
    }

    [Fact]
    public void FunctionsThatOnlyTheirSymbolNamesAreInTheProgram()
    {
        Crate("dep", "#[no_mangle] pub extern \"C\" fn by_symbol(x: i32) -> i32 { x * 3 }\n#[export_name = \"other_name\"] pub extern \"C\" fn f() -> i32 { 5 }");
        string root = Crate("app", """
            extern crate dep;
            extern "C" { fn by_symbol(x: i32) -> i32; fn other_name() -> i32; }
            fn main() { println!("{}", unsafe { by_symbol(7) + other_name() }); }
            """, "--extern=dep");
        Link(Options(root));
        Assert.Equal((0, "26\n"), Execute());
    }

    /// <summary>LLVM compiles a function in a unit of its own, which refers to functions of the others.</summary>
    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    public void WhatCraneliftCannotCompileLlvmCompilesInTheSameLink(string level)
    {
        if (!Mirlink.Backend.Cranelift.CraneliftLibrary.IsAvailable) return;
        string root = Crate("app", """
            #![feature(c_variadic)]
            struct Loud(i32);
            impl Drop for Loud { #[inline(never)] fn drop(&mut self) { println!("drop {}", self.0); } }
            #[inline(never)] fn only_here(x: i32) -> i32 { std::hint::black_box(x) * 3 }
            unsafe extern "C" fn sum(count: i32, mut args: ...) -> i32 {
                let _loud = Loud(count);
                (0..count).map(|_| only_here(args.arg::<i32>())).sum()
            }
            fn main() { println!("{}", unsafe { sum(3, 1, 2, 3) }); }
            """);
        Link(Options(root) with { OptLevel = level, Backend = BackendChoice.Cranelift });
        Assert.Equal((0, "drop 3\n18\n"), Execute());
    }

    [Fact]
    public void NativeStaticLibrariesAreLinked()
    {
        File.WriteAllText(At("native.c"), "extern int from_rust(int); int native_twice(int x) { return 2 * from_rust(x); }");
        Run("cc", "-c", "native.c", "-o", "native.o");
        Run("ar", "rcs", "libnative.a", "native.o");
        string root = Crate("app", """
            #[link(name = "native", kind = "static")] extern "C" { fn native_twice(x: i32) -> i32; }
            #[no_mangle] extern "C" fn from_rust(x: i32) -> i32 { x + 1 }
            fn main() { println!("{}", unsafe { native_twice(4) }); }
            """);
        Link(Options(root));
        Assert.Equal((0, "10\n"), Execute());
    }

    [Fact]
    public void PanicsUnwindOrAbortAsToldAndExitCodesAreRusts()
    {
        const string Source = """
            struct D; impl Drop for D { fn drop(&mut self) { println!("dropped"); } }
            fn main() { let _d = D; if std::env::args().count() > 0 { panic!("no"); } }
            """;
        string root = Crate("app", Source);
        Link(Options(root));
        Assert.Equal((101, "dropped\n"), Execute());
        root = Crate("app", Source, "-Cpanic=abort");
        Link(Options(root) with { Panic = Backend.PanicStrategy.Abort });
        Assert.Equal((134, ""), Execute());
    }

    [Fact]
    public void TheSameInputGivesTheSameExecutableWhateverTheThreads()
    {
        string root = Crate("app", "fn main() { let mut v: Vec<String> = (0..9).map(|i| i.to_string()).collect(); v.sort(); println!(\"{v:?}\"); }");
        Link(Options(root) with { Jobs = 1 });
        byte[] one = File.ReadAllBytes(At("app"));
        Link(Options(root) with { Jobs = 3 });
        Assert.Equal(one, File.ReadAllBytes(At("app")));
    }

    [Fact]
    public void AMissingSymbolIsNamedAndNoOutputAppears()
    {
        string root = Crate("app", "extern \"C\" { fn nowhere_defined(); }\nfn main() { unsafe { nowhere_defined() } }");
        var e = Assert.Throws<MirlinkException>(() => Link(Options(root)));
        Assert.Contains("`nowhere_defined`", e.Message);
        Assert.Contains("app::main", e.Message);
        Assert.False(File.Exists(At("app")));
        Assert.Empty(Directory.GetFiles(_dir, "*.tmp"));
    }

    [Fact]
    public void ACMainIsUsedAsItIs()
    {
        string root = Crate("app", "#![no_main]\n#[no_mangle] extern \"C\" fn main(argc: i32, _argv: *const *const u8) -> i32 { println!(\"own main\"); argc + 6 }");
        Link(Options(root));
        Assert.Equal((7, "own main\n"), Execute());
    }

    [Fact]
    public void AProgramNeedsAMain()
    {
        var e = Assert.Throws<MirlinkException>(() => Link(Options(Crate("app", "pub fn not_main() {}"))));
        Assert.Contains("`main` function not found in crate `app`", e.Message);
    }
}
