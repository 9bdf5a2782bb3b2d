using Mirlink.Rlib;

namespace Mirlink.Cli.Tests;

/// <summary>Dependencies that are missing, or not the build that their dependents were compiled against.</summary>
public sealed class DependencyTests : IDisposable
{
    private readonly Workspace _w = new();

    public DependencyTests()
    {
        Directory.CreateDirectory(_w.PathOf("deps"));
        Directory.CreateDirectory(_w.PathOf("other"));
        _w.Compile("deps/libdep.rlib", "pub fn f() -> u32 { 7 }");
    }

    public void Dispose() => _w.Dispose();

    private void CompileApp() => _w.Compile("app.rlib", "fn main() { println!(\"{}\", dep::f()); }", "--extern", "dep=deps/libdep.rlib");

    private ToolRun Link(params string[] options) => _w.Run(["link", "app.rlib", "-o", "out", .. options]);

    [Fact]
    public void Missing()
    {
        CompileApp();
        _w.Fails(Link("-L", "other"),
            "error: cannot find crate `dep`, which `app` depends on: there is no libdep.rlib or .rmeta in `other`, `$STD`\nhelp: name its folder with -L, or the file with --extern");
        Workspace.Succeeds(Link("-L", "dependency=deps"));
    }

    [Fact]
    public void MissingOfADependency()
    {
        _w.Compile("deps/libmid.rlib", "pub fn g() -> u32 { dep::f() }", "--extern", "dep=deps/libdep.rlib");
        _w.Compile("app.rlib", "fn main() { println!(\"{}\", mid::g()); }", "-L", "deps", "--extern", "mid=deps/libmid.rlib");
        File.Delete(_w.PathOf("deps/libdep.rlib"));
        _w.Fails(Link("--extern", "mid=deps/libmid.rlib"),
            "error: cannot find crate `dep`, which `mid` depends on: there is no libdep.rlib or .rmeta in `$STD`\nhelp: name its folder with -L, or the file with --extern");
    }

    [Fact]
    public void OfAnotherBuild()
    {
        CompileApp();
        _w.Compile("deps/libdep.rlib", "pub fn f() -> u32 { 8 } pub fn g() {}");
        _w.Fails(Link("-L", "deps"), "error: crate `app` was compiled against another build of `dep` than `deps/libdep.rlib`\nhelp: rebuild `app`");
        _w.Fails(Link("--extern", "dep=deps/libdep.rlib"), "error: crate `app` was compiled against another build of `dep` than `deps/libdep.rlib`\nhelp: rebuild `app`");
    }

    [Fact]
    public void DamagedOne()
    {
        CompileApp();
        var section = _w.Member("deps/libdep.rlib", SectionFormat.SectionMember);
        _w.Write("deps/libdep.rlib", Damage.Flipped(_w.Read("deps/libdep.rlib"), section.Offset + SectionFormat.PrologueSize));
        _w.Fails(Link("-L", "deps"), "error: `deps/libdep.rlib` is damaged: the header's checksum is wrong\nhelp: rebuild the crate; if it came from a cache, clear the cache");
    }

    [Fact]
    public void OfAnotherCompiler()
    {
        CompileApp();
        var section = _w.Member("deps/libdep.rlib", SectionFormat.SectionMember);
        var bytes = Damage.Replaced(_w.Read("deps/libdep.rlib"), "rustc 1.96.0", "rustc 1.95.0");
        Damage.Rehash(bytes, section);
        _w.Write("deps/libdep.rlib", bytes);
        _w.Fails(Link("-L", "deps"), $"error: `deps/libdep.rlib` was compiled by {Tool.Toolchain.Version.Replace("1.96.0", "1.95.0")}, but this link is for $VERSION\nhelp: rebuild it with the rustc of this link");
    }

    /// <summary>rustc does not let a program depend on both; a link of rlibs from two builds can meet them all the same.</summary>
    [Fact]
    public void TwoBuildsOfOneCrate()
    {
        _w.Compile("deps/libmid.rlib", "pub fn g() -> u32 { dep::f() }", "--extern", "dep=deps/libdep.rlib");
        _w.Compile("other/libdep.rlib", "pub fn f() -> u32 { 8 } pub fn g() {}");
        _w.Compile("app.rlib", "fn main() { println!(\"{} {}\", mid::g(), dep::f()); }", "-L", "deps", "--extern", "mid=deps/libmid.rlib", "--extern", "dep=deps/libdep.rlib");
        var section = _w.Member("app.rlib", SectionFormat.SectionMember);
        var bytes = _w.Read("app.rlib");
        var patched = Damage.Replaced(bytes, Damage.Svh(_w, "deps/libdep.rlib"), Damage.Svh(_w, "other/libdep.rlib"));
        bytes.AsSpan(0, (int)section.Offset).CopyTo(patched);
        Damage.Rehash(patched, section);
        _w.Write("app.rlib", patched);
        _w.Fails(Link("-L", "deps", "-L", "other"),
            "error: two builds of crate `dep` are needed: `deps/libdep.rlib` and `other/libdep.rlib` have the same identity but different contents\nhelp: rebuild what depends on the older one");
    }

    [Fact]
    public void WithItsMachineCodeMissing()
    {
        // A copy of the sysroot without std's rlib.
        CompileApp();
        string lib = _w.PathOf("sysroot/lib/rustlib/x86_64-unknown-linux-gnu/lib");
        Directory.CreateDirectory(lib);
        string? std = null;
        foreach (string file in Directory.GetFiles(Tool.Toolchain.LibDir))
        {
            string name = Path.GetFileName(file);
            if (name.StartsWith("libstd-", StringComparison.Ordinal) && name.EndsWith(".rlib", StringComparison.Ordinal)) std = name;
            else File.CreateSymbolicLink(Path.Combine(lib, name), file);
        }
        _w.Fails(Link("-L", "deps", "--sysroot", "sysroot"), $"error: the machine code of crate `std` is missing: there is no `sysroot/lib/rustlib/x86_64-unknown-linux-gnu/lib/{std}`\nhelp: install the standard library of rustc 1.96.0 again");
    }
}
