using System.Diagnostics;
using Mirlink.Rlib;

namespace Mirlink.Cli.Tests;

/// <summary>`global_asm!` of programs and libraries; what it can say is shown by tests/programs/global_asm.rs.</summary>
public sealed class GlobalAsmTests : IDisposable
{
    private readonly Workspace _w = new();

    public void Dispose() => _w.Dispose();

    /// <summary>An instance that cannot be evaluated: nothing but code generation finds out.</summary>
    private const string NotCompilable = "std::arch::global_asm!(\"\");\nfn g<T>() { const { assert!(size_of::<T>() == 0, \"never\") } }\npub fn f() { g::<u8>() }\n";

    private ToolRun Link(string source, params string[] options)
    {
        _w.Compile("app.rlib", source);
        return _w.Run(["link", "app.rlib", "-L", ".", "-o", "out", .. options]);
    }

    private string Output()
    {
        using var process = Process.Start(new ProcessStartInfo(_w.PathOf("out")) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return $"{output}exit code {process.ExitCode}";
    }

    private void Does(string expected, ToolRun link)
    {
        Workspace.Succeeds(link);
        Assert.Equal(expected + "exit code 0", Output());
    }

    // -- libraries ----------------------------------------------------------------------------------------------------------------------------------

    /// <summary>A library's assembly and the program's, of which the library's calls back into its private functions.</summary>
    [Theory]
    [InlineData("llvm", "0")]
    [InlineData("llvm", "2")]
    [InlineData("cranelift", "0")]
    public void TwoCrates(string backend, string level)
    {
        _w.Compile("libdep.rlib", """
            std::arch::global_asm!(".globl dep_code", "dep_code: lea rdi, [rdi + {}]", "jmp {}", const 2, sym back::<u16>);
            extern "C" fn back<T>(x: u64) -> u64 { x + size_of::<T>() as u64 }
            unsafe extern "C" { safe fn dep_code(x: u64) -> u64; }
            #[inline] pub fn code(x: u64) -> u64 { dep_code(x) }
            """, "-g", "-Copt-level=" + level);
        _w.Compile("app.rlib", """
            std::arch::global_asm!(".globl app_code", "app_code: lea rdi, [rdi + 100]", "jmp dep_code");
            unsafe extern "C" { safe fn app_code(x: u64) -> u64; }
            fn main() { println!("{} {}", dep::code(1), app_code(2)); }
            """, "--extern", "dep=libdep.rlib", "-g", "-Copt-level=" + level);
        Does("5 106\n", _w.Run("link", "app.rlib", "-L", ".", "-o", "out", "--backend", backend, "-O" + level, "-Cdebuginfo=2"));
    }

    /// <summary>As with rustc's archive: what nothing needs is not there, though it is in a section that is always kept and refers to what does not exist.</summary>
    [Fact]
    public void ALibraryThatIsNotNeeded()
    {
        _w.Compile("libdep.rlib", """
            std::arch::global_asm!(".pushsection .init_array, \"aw\"", ".quad nobody_defines_this", ".popsection", ".globl unused", "unused: ret");
            pub fn never() { println!("never") }
            #[inline] pub fn generic<T>(x: T) -> T { x }
            """);
        _w.Compile("app.rlib", "fn main() { println!(\"{}\", dep::generic(7)); }", "--extern", "dep=libdep.rlib");
        Does("7\n", _w.Run("link", "app.rlib", "-L", ".", "-o", "out"));
    }

    /// <summary>Functions of std: in its machine code, instances that it has ready, and others.</summary>
    [Theory]
    [InlineData("llvm", "0")]
    [InlineData("llvm", "2")]
    [InlineData("cranelift", "0")]
    public void OperandsOfTheStandardLibrary(string backend, string level) => Does("3 5 7\n", Link("""
        use std::arch::global_asm;
        global_asm!(".globl abort_if", "abort_if: test edi, edi", "je 2f", "jmp {}", "2: ret", sym std::process::abort);
        global_asm!(".globl len", "len: jmp {}", sym Vec::<u8>::len);
        global_asm!(".globl count", "count: jmp {}", sym Vec::<String>::len);
        global_asm!(".globl abs", "abs: jmp {}", sym i32::abs);
        #[allow(improper_ctypes)]
        unsafe extern "C" { safe fn abort_if(x: u32); safe fn len(v: &Vec<u8>) -> usize; safe fn count(v: &Vec<String>) -> usize; safe fn abs(x: i32) -> i32; }
        fn main() { abort_if(0); println!("{} {} {}", len(&vec![1, 2, 3]), count(&vec![String::new(); 5]), abs(-7)); }
        """, "--backend", backend, "-O" + level));

    /// <summary>Nothing refers to a symbol of the assembly, but a function of the library is used.</summary>
    [Fact]
    public void ALibraryThatIsUsed()
    {
        _w.Compile("libdep.rlib", """
            use std::sync::atomic::{AtomicU32, Ordering};
            static EARLY: AtomicU32 = AtomicU32::new(1);
            extern "C" fn early() { EARLY.store(2, Ordering::Relaxed) }
            std::arch::global_asm!(".pushsection .init_array, \"aw\", @init_array", ".quad {}", ".popsection", sym early);
            pub fn value() -> u32 { EARLY.load(Ordering::Relaxed) }
            """);
        _w.Compile("app.rlib", "fn main() { println!(\"{}\", dep::value()); }", "--extern", "dep=libdep.rlib");
        Does("2\n", _w.Run("link", "app.rlib", "-L", ".", "-o", "out"));
    }

    /// <summary>In rustc's object it could be called as well.</summary>
    [Fact]
    public void WithoutGlobl() => Does("9\n", Link("std::arch::global_asm!(\"own: mov eax, 9\", \"ret\"); unsafe extern \"C\" { safe fn own() -> u32; } fn main() { println!(\"{}\", own()); }"));

    /// <summary>They stand beside it in rustc's output and are no part of it, exported or not, whatever is in them.</summary>
    [Theory]
    [InlineData("llvm")]
    [InlineData("cranelift")]
    public void NakedFunctions(string backend) => Does("6 7 8 9 6\n", Link("""
        use std::arch::{global_asm, naked_asm};
        global_asm!(".globl to_naked", "to_naked: jmp exported");
        #[unsafe(naked)] pub extern "C" fn naked(x: u64) -> u64 { naked_asm!("lea rax, [rdi + 5]", ".pushsection .rodata.x, \"a\"", ".byte 1", ".popsection", "ret") }
        #[unsafe(naked)] #[unsafe(no_mangle)] extern "C" fn exported(x: u64) -> u64 { naked_asm!("jmp {}", sym private) }
        #[unsafe(naked)] #[unsafe(link_section = ".text.apart")] pub extern "C" fn apart(x: u64) -> u64 { naked_asm!("leaq 6(%rdi), %rax", "ret", options(att_syntax)) }
        #[unsafe(naked)] extern "C" fn generic<T>(x: u64) -> u64 { naked_asm!("lea rax, [rdi + 4]", "ret") }
        extern "C" fn private(x: u64) -> u64 { x + 5 }
        global_asm!(".globl to_generic", "to_generic: jmp {}", "# {}", sym generic::<u16>, sym naked);
        unsafe extern "C" { safe fn to_naked(x: u64) -> u64; safe fn to_generic(x: u64) -> u64; }
        fn main() { println!("{} {} {} {} {}", naked(1), to_naked(2), apart(2), to_generic(5), generic::<u8>(2)); }
        """, "--backend", backend));

    [Fact]
    public void OnlyWhoHasSomePays()
    {
        _w.Compile("libwith.rlib", "std::arch::global_asm!(\"nop\"); pub fn f() {}");
        _w.Compile("libwithout.rlib", "pub fn f() {}");
        Assert.Contains("GlobalAsm", _w.Run("inspect", "libwith.rlib").Output);
        Assert.DoesNotContain("GlobalAsm", _w.Run("inspect", "libwithout.rlib").Output);
        // The scratch files of rustc's second run are nowhere either.
        _w.NothingIsLeft();
        byte[] first = _w.Read("libwith.rlib");
        _w.Compile("libwith.rlib", "std::arch::global_asm!(\"nop\"); pub fn f() {}");
        Assert.Equal(first, _w.Read("libwith.rlib"));
        Workspace.Succeeds(_w.Run("inspect", "libwith.rlib", "--verify"));
    }

    // -- cargo --------------------------------------------------------------------------------------------------------------------------------------

    private void Package(string folder, string manifest, string file, string source)
    {
        _w.Write($"{folder}/Cargo.toml", $"[package]\nname = \"{folder}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{manifest}");
        _w.Write($"{folder}/src/{file}", source);
    }

    private void TwoPackages(string dep)
    {
        _w.Write("Cargo.toml", "[workspace]\nmembers = [\"dep\", \"app\"]\nresolver = \"3\"\n");
        Package("dep", "", "lib.rs", dep);
        Package("app", "[dependencies]\ndep = { path = \"../dep\" }\n", "main.rs", """
            std::arch::global_asm!(".globl app_code", "app_code: mov eax, {}", "ret", const env!("CARGO_PKG_NAME").len());
            unsafe extern "C" { safe fn app_code() -> u64; }
            fn main() { println!("{} {}", dep::code(1), app_code()); }
            """);
    }

    /// <summary>The text is another file's, and depends on the environment and the folder that cargo gives rustc.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("off")]
    public void WithCargo(string server)
    {
        TwoPackages("""
            std::arch::global_asm!(include_str!("code.s"), add = const env!("CARGO_PKG_NAME").len(), back = sym back);
            extern "C" fn back(x: u64) -> u64 { 2 * x }
            unsafe extern "C" { safe fn dep_code(x: u64) -> u64; }
            pub fn code(x: u64) -> u64 { dep_code(x) }
            """);
        _w.Write("dep/src/code.s", ".globl dep_code\ndep_code:\n  lea rdi, [rdi + {add}]\n  jmp {back}\n");
        (string, string?)[] environment = server.Length == 0 ? [] : [("MIRLINK_SERVER", server)];
        foreach (string profile in (string[])["dev", "release"])
        {
            var run = Tool.Run(_w.Folder, ["run", "--offline", "-q", "--profile", profile], environment);
            Workspace.Succeeds(run);
            Assert.Equal("8 3\n", run.Output);
            Assert.Equal("", run.Error);
        }
        _w.Write("dep/src/code.s", ".globl dep_code\ndep_code:\n  lea rdi, [rdi + {add} + 100]\n  jmp {back}\n");
        var changed = Tool.Run(_w.Folder, ["run", "--offline", "-q"], environment);
        Workspace.Succeeds(changed);
        Assert.Equal("208 3\n", changed.Output);
        Assert.Empty(Directory.EnumerateFiles(_w.Folder, "*.tmp", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateFiles(_w.Folder, "*.ll", SearchOption.AllDirectories));
    }

    /// <summary>What is kept of a link can be linked by hand.</summary>
    [Fact]
    public void AKeptLink()
    {
        TwoPackages("pub fn code(x: u64) -> u64 { x }\n");
        Workspace.Succeeds(Tool.Run(_w.Folder, ["build", "--offline", "-q"], ("MIRLINK_KEEP_LINK", _w.PathOf("kept"))));
        string arguments = Assert.Single(Directory.GetFiles(_w.PathOf("kept"), "app-*.args"));
        Does("1 3\n", _w.Run("link", "@" + arguments, "-o", "out"));
    }

    [Fact]
    public void CargoWhereRustcFails()
    {
        TwoPackages(NotCompilable);
        var run = _w.Run("build", "--offline");
        Assert.Equal(101, run.ExitCode);
        Assert.Contains("error: rustc cannot say what `global_asm!` of crate `dep` is (its exit code for `--emit=llvm-ir` is 1):\nerror[E0080]: evaluation panicked: never\n", run.Error);
        Assert.Contains("error: could not compile `dep` (lib)", run.Error);
        Assert.Empty(Directory.EnumerateFiles(_w.PathOf("target"), "*.rlib", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateFiles(_w.Folder, "*.tmp", SearchOption.AllDirectories));
    }

    // -- errors -------------------------------------------------------------------------------------------------------------------------------------

    [Fact]
    public void RustcFails()
    {
        _w.Write("dep.rs", NotCompilable);
        var run = _w.Run("rustc", "dep.rs", "--edition=2024", "--crate-type=lib", "--emit=mir-rlib", "-o", "out");
        Assert.StartsWith("error: rustc cannot say what `global_asm!` of crate `dep` is (its exit code for `--emit=llvm-ir` is 1):\nerror[E0080]: evaluation panicked: never\n", run.Error);
        Assert.Equal(1, run.ExitCode);
        Assert.False(File.Exists(_w.PathOf("out")));
        _w.NothingIsLeft();
    }

    [Theory]
    [InlineData("llvm")]
    [InlineData("cranelift")]
    public void NoAssembly(string backend) => _w.Fails(Link("mod inner { std::arch::global_asm!(\"nop\", \"bogus eax\"); } fn main() {}", "--backend", backend),
        "error: `global_asm!` of crate `app` is no valid assembly: <inline asm>:3:1: invalid instruction mnemonic 'bogus'\nbogus eax\n^~~~~");

    [Fact]
    public void AnUndefinedSymbol() => _w.Fails(
        Link("std::arch::global_asm!(\".globl f\", \"f: call nobody\", \"ret\"); unsafe extern \"C\" { safe fn f(); } fn main() { f(); }"),
        "error: undefined symbol: `nobody` (needed by `global_asm!` of crate `app`)\nhelp: a native library may be missing from the link: name it with `-l`, and its folder with `-L`");

    [Theory]
    [InlineData("g::<dyn Fn(u8) -> u16>")]
    [InlineData("std::ptr::drop_in_place::<String>")]
    public void AnOperandThatIsNotUnderstood(string operand)
    {
        var run = Link($"fn g<T: ?Sized>() {{}} std::arch::global_asm!(\".globl f\", \"f: jmp {{}}\", sym {operand}); unsafe extern \"C\" {{ safe fn f(); }} fn main() {{ f(); }}");
        Assert.StartsWith("error: the operand `sym _RINv", run.Error);
        Assert.EndsWith("` in `global_asm!` of crate `app` is not supported: Mirlink does not know what this name stands for\nhelp: name a function without generic arguments, or give it a name with `#[unsafe(no_mangle)]`\n", run.Error);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public void MetadataAlone()
    {
        _w.Write("app.rs", "std::arch::global_asm!(\"nop\"); fn main() {}");
        var start = new ProcessStartInfo(Tool.Toolchain.Rustc, ["app.rs", "--edition=2024", "--crate-type=rlib", "--cap-lints=allow", "--emit=metadata=app.rmeta", "-Zalways-encode-mir"]) { WorkingDirectory = _w.Folder };
        start.Environment["RUSTC_BOOTSTRAP"] = "1";
        using (var rustc = Process.Start(start)!) rustc.WaitForExit();
        _w.Fails(_w.Run("link", "app.rmeta", "-o", "out"), "error: `app.rmeta` does not hold the text of `global_asm!` of crate `app`\nhelp: rustc's metadata never does: make a MIR-only rlib of the crate, with this version of Mirlink");
    }
}
