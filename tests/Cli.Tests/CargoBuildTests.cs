using Mirlink.Rlib;
using Mirlink.Rustc.Metadata.Raw;

namespace Mirlink.Cli.Tests;

/// <summary>Workspaces built with `mirlink build` and run.</summary>
public sealed class CargoBuildTests : IDisposable
{
    private readonly Workspace _w = new();

    public void Dispose() => _w.Dispose();

    private void Package(string folder, string manifest = "") => _w.Write($"{folder}/Cargo.toml", $"[package]\nname = \"{folder}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{manifest}");

    /// <summary>A static library that a build script compiles, bundled in the MIR-only rlib; a dynamic one named by an attribute.</summary>
    [Fact]
    public void NativeLibraries()
    {
        _w.Write("Cargo.toml", "[workspace]\nmembers = [\"native\", \"app\"]\nresolver = \"3\"\n");
        Package("native", "build = \"build.rs\"\n");
        _w.Write("native/native.c", "int native_add(int a, int b) { return a + b; }\n");
        _w.Write("native/build.rs", """
            use std::{env, process::Command};
            fn run(command: &mut Command) { assert!(command.status().unwrap().success()); }
            fn main() {
                let out = env::var("OUT_DIR").unwrap();
                run(Command::new("cc").args(["-c", "-fPIC", "native.c", "-o"]).arg(format!("{out}/native.o")));
                run(Command::new("ar").args(["crs", "libnative_c.a", "native.o"]).current_dir(&out));
                println!("cargo:rustc-link-search=native={out}");
                println!("cargo:rustc-link-lib=static=native_c");
            }
            """);
        _w.Write("native/src/lib.rs", """
            unsafe extern "C" { fn native_add(a: i32, b: i32) -> i32; }
            #[link(name = "m")]
            unsafe extern "C" { fn floor(x: f64) -> f64; }
            pub fn add(a: i32, b: i32) -> i32 { unsafe { native_add(a, b) } }
            pub fn down(x: f64) -> f64 { unsafe { floor(x) } }
            """);
        Package("app", "[dependencies]\nnative = { path = \"../native\" }\n");
        _w.Write("app/src/main.rs", "fn main() { println!(\"{} {}\", native::add(2, 3), native::down(2.5)); }\n");
        var run = _w.Run("run", "--offline", "-q");
        Workspace.Succeeds(run);
        Assert.Equal("5 2\n", run.Output);
        Assert.Equal("", run.Error);
    }

    /// <summary>The user's warnings are rustc's own, each once: the second compilation of a binary is silent, and so is a second build.</summary>
    [Fact]
    public void WarningsOnce()
    {
        _w.Write("Cargo.toml", "[workspace]\nmembers = [\"lib\", \"app\"]\nresolver = \"3\"\n");
        Package("lib");
        _w.Write("lib/src/lib.rs", "fn private_and_unused() {}\npub fn f() -> i32 { let spare = 1; 2 }\n");
        Package("app", "[dependencies]\nlib = { path = \"../lib\" }\n");
        _w.Write("app/src/main.rs", "fn dead() {}\npub fn alive() -> i32 { lib::f() }\nfn main() { println!(\"{}\", alive()); }\n");
        var run = _w.Run("build", "--offline");
        Workspace.Succeeds(run);
        foreach (string once in (string[])["function `private_and_unused` is never used", "unused variable: `spare`", "function `dead` is never used", "`lib` (lib) generated 2 warnings", "`app` (bin \"app\") generated 1 warning"])
            Assert.True(run.Error.Split(once).Length == 2, $"`{once}` in\n{run.Error}");
        Assert.DoesNotContain("`main` is never used", run.Error);

        var again = _w.Run("build", "--offline");
        Workspace.Succeeds(again);
        Assert.DoesNotContain("Compiling", again.Error);
    }

    /// <summary>Another backend links the program again and nothing else; the same one does not.</summary>
    [Fact]
    public void TheBackendIsPartOfTheProgram()
    {
        _w.Write("Cargo.toml", "[workspace]\nmembers = [\"lib\", \"app\"]\nresolver = \"3\"\n");
        Package("lib");
        _w.Write("lib/src/lib.rs", "pub fn f() -> i32 { 3 }\n");
        Package("app", "[dependencies]\nlib = { path = \"../lib\" }\n");
        _w.Write("app/src/main.rs", "fn main() { println!(\"{}\", lib::f()); }\n");
        Workspace.Succeeds(_w.Run("build", "--offline", "--backend", "llvm"));
        Assert.DoesNotContain("Compiling", _w.Run("build", "--offline", "--backend=llvm").Error);
        var other = _w.Run("run", "--offline", "--backend=cranelift");
        Workspace.Succeeds(other);
        Assert.Equal("3\n", other.Output);
        Assert.Contains("Compiling app", other.Error);
        Assert.DoesNotContain("Compiling lib", other.Error);
        _w.Fails(_w.Run("build", "--backend", "gcc"), "error: unknown backend `gcc`\nhelp: the backends are: llvm, cranelift");
        _w.Fails(_w.Run("build", "--backend"), "error: `--backend` needs a backend's name");
    }

    /// <summary>
    /// Another build of Mirlink makes all of its own crates again, under the same names, and leaves what rustc made for the host; the same one makes nothing again. Here it is one
    /// with another Cranelift.
    /// </summary>
    [Fact]
    public void AnotherBuildOfMirlink()
    {
        string cranelift = _w.Run("doctor").Output.Split('\n').FirstOrDefault(static l => l.StartsWith("Cranelift ", StringComparison.Ordinal)) ?? "";
        if (!cranelift.EndsWith(".so", StringComparison.Ordinal)) return;
        cranelift = cranelift["Cranelift ".Length..].Trim();
        _w.Write("Cargo.toml", "[workspace]\nmembers = [\"base\", \"macros\", \"scripted\", \"app\"]\nresolver = \"3\"\n");
        Package("base");
        Package("macros", "[lib]\nproc-macro = true\n");
        Package("scripted", "build = \"build.rs\"\n[dependencies]\nbase = { path = \"../base\" }\n");
        Package("app", "[dependencies]\nscripted = { path = \"../scripted\" }\nmacros = { path = \"../macros\" }\n");
        _w.Write("base/src/lib.rs", "pub fn value() -> i32 { 1 }\n");
        _w.Write("macros/src/lib.rs", "use proc_macro::TokenStream;\n#[proc_macro] pub fn ten(_: TokenStream) -> TokenStream { \"10\".parse().unwrap() }\n");
        _w.Write("scripted/build.rs", "fn main() { println!(\"cargo:rerun-if-changed=build.rs\"); }\n");
        _w.Write("scripted/src/lib.rs", "pub fn value() -> i32 { base::value() + 100 }\n");
        _w.Write("app/src/main.rs", "fn main() { println!(\"{}\", scripted::value() + macros::ten!()); }\n");
        string[] Artifacts() => [.. Directory.EnumerateFiles(_w.PathOf("target/mirlink"), "*", SearchOption.AllDirectories).Where(static f => f.Contains("/deps/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

        Assert.Equal("111\n", _w.Run("run", "--offline", "-q").Output);
        var before = Artifacts();
        foreach (string? server in (string?[])[null, "off"])
            Assert.DoesNotContain("Compiling", Tool.Run(_w.Folder, ["build", "--offline"], ("MIRLINK_SERVER", server)).Error);

        File.Copy(cranelift, _w.PathOf("other.so"));
        using (var other = File.OpenWrite(_w.PathOf("other.so")))
        {
            other.Seek(0, SeekOrigin.End);
            other.WriteByte(0);
        }
        foreach (string? server in (string?[])["off", null])
        {
            var run = Tool.Run(_w.Folder, ["run", "--offline", "-v"], ("MIRLINK_CRANELIFT", server is null ? null : _w.PathOf("other.so")), ("MIRLINK_SERVER", server));
            Workspace.Succeeds(run);
            Assert.Equal("111\n", run.Output);
            foreach (string crate in (string[])["base", "scripted", "app"]) Assert.Contains($"Compiling {crate} ", run.Error);
            Assert.Contains("Dirty base v0.1.0", run.Error);
            Assert.Contains("the environment variable MIRLINK_BUILD_ID changed", run.Error);
            Assert.Contains("Fresh macros ", run.Error);
            Assert.DoesNotContain("build.rs", run.Error);
            Assert.Equal(before, Artifacts());
        }
    }

    /// <summary>An edit rebuilds what depends on it and nothing else.</summary>
    [Fact]
    public void AnEditRebuildsItsDependents()
    {
        _w.Write("Cargo.toml", "[workspace]\nmembers = [\"base\", \"other\", \"app\"]\nresolver = \"3\"\n");
        Package("base");
        Package("other");
        Package("app", "[dependencies]\nbase = { path = \"../base\" }\nother = { path = \"../other\" }\n");
        _w.Write("base/src/lib.rs", "pub fn value() -> i32 { 1 }\n");
        _w.Write("other/src/lib.rs", "pub fn value() -> i32 { 10 }\n");
        _w.Write("app/src/main.rs", "fn main() { println!(\"{}\", base::value() + other::value()); }\n");
        Assert.Equal("11\n", _w.Run("run", "--offline", "-q").Output);
        _w.Write("base/src/lib.rs", "pub fn value() -> i32 { 2 }\n");
        File.SetLastWriteTimeUtc(_w.PathOf("base/src/lib.rs"), DateTime.UtcNow.AddSeconds(2));
        var run = _w.Run("run", "--offline");
        Assert.Equal("12\n", run.Output);
        Assert.Contains("Compiling base", run.Error);
        Assert.Contains("Compiling app", run.Error);
        Assert.DoesNotContain("Compiling other", run.Error);
    }

    /// <summary>
    /// rustc's metadata of a dependency is in its `.rmeta` alone; its rlib has the stub by which rustc knows that, and says so. What the user builds has all of it: it may be copied away.
    /// </summary>
    [Fact]
    public void MetadataOfADependencyIsThereOnce()
    {
        _w.Write("Cargo.toml", "[workspace]\nmembers = [\"base\", \"middle\", \"app\"]\nresolver = \"3\"\n");
        Package("base");
        Package("middle", "[dependencies]\nbase = { path = \"../base\" }\n");
        Package("app", "[dependencies]\nmiddle = { path = \"../middle\" }\n");
        _w.Write("base/src/lib.rs", "#[derive(Clone, Copy, Debug, PartialEq)]\npub struct Point<T> { pub x: T, pub y: T }\npub fn origin() -> Point<i32> { Point { x: 0, y: 0 } }\n");
        _w.Write("middle/src/lib.rs", "pub use base::Point;\npub fn start() -> Point<i32> { base::origin() }\n");
        _w.Write("app/src/main.rs", "fn main() { let c = |p: middle::Point<i32>| p.x; println!(\"{:?} {}\", middle::start(), c(middle::start())); }\n");
        var run = _w.Run("run", "--offline", "-q", "-p", "app", "--target-dir", "t");
        Workspace.Succeeds(run);
        Assert.Equal("Point { x: 0, y: 0 } 0\n", run.Output);

        string deps = Path.GetDirectoryName(Directory.GetFiles(_w.PathOf("t"), "libbase-*.rlib", SearchOption.AllDirectories).Single())!;
        string File(string pattern) => Directory.GetFiles(deps, pattern).Single();
        foreach (string crate in (string[])["base", "middle"])
        {
            string rlib = File($"lib{crate}-*.rlib");
            Assert.InRange(_w.Member(rlib, SectionFormat.MetadataMember).Size, 32, 300);
            Assert.True(CrateMetadata.IsStub(rlib));
            using var metadata = CrateMetadata.Open(rlib);
            Assert.Equal(File($"lib{crate}-*.rmeta"), metadata.Blob.Path);
        }

        // rustc itself with the library alone, and with both.
        _w.Write("user.rs", "pub fn f() -> i32 { base::origin().x }\n");
        string[] user = ["user.rs", "--crate-type=lib", "--emit=metadata", "--edition=2024", "--extern", "base=" + File("libbase-*.rlib")];
        var refused = Tool.Spawn(Tool.Toolchain.Rustc, _w.Folder, user);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("only metadata stub found for `rlib` dependency `base`", refused.Error);
        Workspace.Succeeds(Tool.Spawn(Tool.Toolchain.Rustc, _w.Folder, [.. user, "--extern", "base=" + File("libbase-*.rmeta")]));
        // The front end is given what it needs.
        Workspace.Succeeds(_w.Run(["rustc", .. user[..2], "--edition=2024", "--emit=mir-rlib", "-o", "libuser.rlib", .. user[^2..]]));

        // cargo does not build it again when it is asked for by name, and links the rlib that it has out of deps: the rest is found there, and missed elsewhere.
        Workspace.Succeeds(_w.Run("build", "--offline", "-q", "-p", "base", "--target-dir", "t"));
        string linked = Path.Combine(Path.GetDirectoryName(deps)!, "libbase.rlib");
        Assert.True(CrateMetadata.IsStub(linked));
        Assert.Equal(File("libbase-*.rmeta"), CrateMetadata.MetadataOfStub(linked));
        string[] Using(string rlib) => ["rustc", .. user[..2], "--edition=2024", "--emit=mir-rlib", "-o", "libother.rlib", "--extern", "base=" + rlib];
        Workspace.Succeeds(_w.Run(Using(linked)));
        System.IO.File.Delete(_w.PathOf("libother.rlib"));
        System.IO.File.Copy(linked, _w.PathOf("libbase.rlib"));
        _w.Fails(_w.Run(Using("libbase.rlib")), """
            error: `libbase.rlib` holds only a stub of its metadata, and `libbase.rmeta` with the rest is not there
            help: put the `.rmeta` of cargo's folder `deps` there, or build `base` by itself for a library with all of it: `mirlink build -p base --target-dir DIR`
            """, "libother.rlib");
        System.IO.File.Copy(File("libbase-*.rmeta"), _w.PathOf("libbase.rmeta"));
        Workspace.Succeeds(_w.Run(Using("libbase.rlib")));

        Workspace.Succeeds(_w.Run("build", "--offline", "-q", "-p", "base", "--target-dir", "u"));
        Assert.False(CrateMetadata.IsStub(Directory.GetFiles(_w.PathOf("u"), "libbase.rlib", SearchOption.AllDirectories).Single()));
    }
}
