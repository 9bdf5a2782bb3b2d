using System.Net.Sockets;
using System.Text.RegularExpressions;
using Mirlink.Rustc.Metadata.Raw;

namespace Mirlink.Cli.Tests;

/// <summary>
/// cargo's wrapper and the server that `mirlink build` is for it. Where a test wants to be precise, a shell script stands for cargo: it has cargo's environment and
/// calls the wrapper as cargo does.
/// </summary>
public sealed class ImportServerTests : IDisposable
{
    private readonly Workspace _w = new();

    public void Dispose() => _w.Dispose();

    /// <summary>Runs a script in place of cargo. In it: `compile CRATE SOURCE ARGUMENTS…` compiles a library to out/, through $wrapper.</summary>
    private ToolRun AsCargo(string script, params (string, string?)[] environment)
    {
        _w.Write("cargo.sh", """
            #!/usr/bin/env bash
            set -uo pipefail
            wrapper=$RUSTC_WRAPPER
            mkdir -p out alone
            # Nothing is beside this one: it has the server or nothing.
            cp "$RUSTC_WRAPPER" alone/mirlink-rustc
            # With exec=exec, in the background, $! is the wrapper itself.
            compile() {
                ${exec-} "$wrapper" "$RUSTC" --crate-name "$1" --edition=2024 "$2" --crate-type lib --emit=dep-info,metadata,link -C metadata=1234 -C extra-filename=-1234 \
                    --out-dir "$PWD/out" --target x86_64-unknown-linux-gnu -L "dependency=$PWD/out" "${@:3}"
            }
            until_true() { local i; for ((i = 0; i < 600; i++)); do "$@" && return; sleep 0.05; done; echo "never: $*"; exit 9; }

            """ + script);
        File.SetUnixFileMode(_w.PathOf("cargo.sh"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(_w.PathOf("tmp"));
        return Tool.Run(_w.Folder, ["build", "--target-dir", "target"],
            [("MIRLINK_CARGO", _w.PathOf("cargo.sh")), ("XDG_RUNTIME_DIR", null), ("TMPDIR", _w.PathOf("tmp")), .. environment]);
    }

    private void NoSocketIsLeft() => Assert.Empty(Directory.EnumerateFileSystemEntries(_w.PathOf("tmp"), "mirlink-*"));

    private const string Library = """
        pub trait Shape { fn area(&self) -> f64; fn twice(&self) -> f64 { 2.0 * self.area() } }
        pub struct Square(pub f64);
        impl Shape for Square { fn area(&self) -> f64 { self.0 * self.0 } }
        pub static NAMES: [&str; 2] = ["square", "circle"];
        pub fn sum<T: Copy + std::ops::Add<Output = T>>(a: T, b: T) -> T { a + b }
        fn spare() {}
        """;

    [Fact]
    public void TheSameBytesAndMessages()
    {
        _w.Write("a.rs", Library);
        var run = AsCargo("""
            wrapper=alone/mirlink-rustc compile a a.rs 2> served.err || exit
            mv out served; mkdir out
            MIRLINK_SERVER= compile a a.rs 2> direct.err || exit
            mv out direct
            ls served
            """);
        Workspace.Succeeds(run);
        Assert.Equal("a-1234.d\nliba-1234.rlib\nliba-1234.rmeta\n", run.Output);
        foreach (string file in run.Output.TrimEnd().Split('\n')) Assert.Equal(_w.Read($"direct/{file}"), _w.Read($"served/{file}"));
        string warnings = File.ReadAllText(_w.PathOf("served.err"));
        Assert.Single(Regex.Matches(warnings, "function `spare` is never used"));
        Assert.Equal(File.ReadAllText(_w.PathOf("direct.err")), warnings);
        NoSocketIsLeft();
    }

    /// <summary>Queries, other kinds of output and host crates are rustc's; the server need not be there for the latter.</summary>
    [Fact]
    public void WhatIsRustcs()
    {
        _w.Write("a.rs", Library);
        var run = AsCargo("""
            wrapper=alone/mirlink-rustc
            "$wrapper" "$RUSTC" -vV | head -n 1
            "$wrapper" "$RUSTC" --crate-type lib --crate-name probe --emit=metadata --out-dir out --target x86_64-unknown-linux-gnu a.rs 2> /dev/null || exit
            MIRLINK_SERVER= "$wrapper" "$RUSTC" --crate-type rlib --crate-name host --out-dir out a.rs 2> /dev/null || exit
            ls out
            """);
        Workspace.Succeeds(run);
        Assert.Equal($"rustc {Tool.Toolchain.Version["rustc ".Length..]}\nlibhost.rlib\nlibprobe.rmeta\n", run.Output);
        Assert.DoesNotContain("MIRLINK", new string(Array.ConvertAll(_w.Read("out/libhost.rlib"), static b => (char)b)));
    }

    [Fact]
    public void RustcsErrorsAndExitCode()
    {
        _w.Write("a.rs", "pub fn f() -> u32 { \"text\" }\n");
        var run = AsCargo("wrapper=alone/mirlink-rustc compile a a.rs; echo $?; ls out");
        Assert.Equal("1\na-1234.d\n", run.Output);
        Assert.Single(Regex.Matches(run.Error, "error\\[E0308\\]: mismatched types"));
    }

    /// <summary>An error of the import is that of a process without a server: word by word, and once.</summary>
    [Fact]
    public void ADamagedDependency()
    {
        _w.Write("a.rs", "pub fn f() -> u32 { 1 }\n");
        _w.Write("b.rs", "pub fn g() -> u32 { a::f() }\nfn spare() {}\n");
        var run = AsCargo("""
            compile a a.rs || exit
            # The header of our section begins with a word that is found nowhere else.
            at=$(grep -abo MIRLINK out/liba-1234.rlib | head -n 1 | cut -d: -f1)
            [[ $at ]] || { echo 'no section'; exit 9; }
            printf '\xff\xff\xff' | dd of=out/liba-1234.rlib bs=1 seek=$((at + 40)) conv=notrunc 2> /dev/null
            for how in "$MIRLINK_SERVER" ''; do
                MIRLINK_SERVER=$how compile b b.rs --extern "a=$PWD/out/liba-1234.rmeta" 2> "err${how:+.served}"
                echo $?
                ls out
            done
            """);
        string once = "1\na-1234.d\nb-1234.d\nliba-1234.rlib\nliba-1234.rmeta\nlibb-1234.rmeta\n";
        Assert.Equal(once + once, run.Output);
        string direct = File.ReadAllText(_w.PathOf("err"));
        Assert.Contains("liba-1234.rlib", direct);
        Assert.Single(Regex.Matches(direct, "(?m)^error: "));
        Assert.Equal(direct, File.ReadAllText(_w.PathOf("err.served")));
    }

    [Theory]
    [InlineData("MIRLINK_SERVER=$PWD/nothing")]
    [InlineData("MIRLINK_SERVER=")]
    [InlineData("MIRLINK_SERVER=$PWD/deaf")]
    public void WithoutAServer(string environment)
    {
        _w.Write("a.rs", Library);
        var run = AsCargo($"""
            touch deaf
            {environment} compile a a.rs || exit
            ls out
            """);
        Workspace.Succeeds(run);
        Assert.Contains("liba-1234.rlib", run.Output);
        Assert.Single(Regex.Matches(run.Error, "function `spare` is never used"));
    }

    /// <summary>What cargo says of a package that the user asked for decides, in both ways, whether the rlib holds metadata; said of nothing it is not said.</summary>
    [Fact]
    public void WhatTheUserAskedFor()
    {
        _w.Write("a.rs", Library);
        Workspace.Succeeds(AsCargo("""
            for primary in '' 1; do
                for how in "$MIRLINK_SERVER" ''; do
                    CARGO_PRIMARY_PACKAGE=$primary MIRLINK_SERVER=$how compile a a.rs || exit
                    mv out "out-$primary${how:+served}"; mkdir out
                done
            done
            """));
        foreach (string primary in (string[])["", "1"])
        {
            string served = $"out-{primary}served/liba-1234.rlib";
            Assert.Equal(_w.Read($"out-{primary}/liba-1234.rlib"), _w.Read(served));
            Assert.Equal(primary.Length == 0, CrateMetadata.IsStub(_w.PathOf(served)));
        }
    }

    /// <summary>What is not of the ordinary kind is done by a process of its own: here, a folder that the server does not share.</summary>
    [Fact]
    public void RelativePaths()
    {
        _w.Write("deep/a.rs", Library);
        var run = AsCargo("""
            cd deep
            "$wrapper" "$RUSTC" --crate-name a --edition=2024 a.rs --crate-type lib --emit=metadata,link --out-dir . --target x86_64-unknown-linux-gnu || exit
            ls
            """);
        Workspace.Succeeds(run);
        Assert.Equal("a.rs\nliba.rlib\nliba.rmeta\n", run.Output);
    }

    /// <summary>The server is lost while rustc runs: the wrapper does the rest itself, and rustc's messages come once.</summary>
    [Fact]
    public void AServerThatDies()
    {
        var run = AsCargo("""
            mkfifo a.rs
            compile a a.rs 2> a.err &
            until_true test -e out/liba-1234.rlib.$PPID.tmp
            kill -9 $PPID
            printf 'pub fn f() {}\nfn spare() {}\n' > a.rs
            # The import would look for the text of a macro's line in it, and wait.
            rm a.rs
            wait $!
            echo $? > code.new
            mv code.new code
            """);
        Assert.Equal(137, run.ExitCode);
        for (int i = 0; i < 600 && !File.Exists(_w.PathOf("code")); i++) Thread.Sleep(50);
        Assert.Equal("0\n", File.ReadAllText(_w.PathOf("code")));
        Assert.True(File.Exists(_w.PathOf("out/liba-1234.rlib")));
        Assert.Single(Regex.Matches(File.ReadAllText(_w.PathOf("a.err")), "function `spare` is never used"));
    }

    /// <summary>A wrapper that is killed leaves no part of an rlib, nor that of before, which may be another build's; a signal that ends the build leaves no socket.</summary>
    [Fact]
    public void KilledHalfWay()
    {
        var run = AsCargo("""
            mkfifo a.rs
            echo before > out/liba-1234.rlib
            exec=exec compile a a.rs &
            until_true test -e out/liba-1234.rlib.$PPID.tmp
            kill -9 $!
            until_true test ! -e out/liba-1234.rlib.$PPID.tmp
            echo > a.rs
            ls out | grep rlib
            ls -d tmp/mirlink-* | wc -l
            kill -TERM $PPID
            # Not the first to end.
            exec sleep 10 > /dev/null 2>&1
            """);
        Assert.Equal("1\n", run.Output);
        Assert.Equal(143, run.ExitCode);
        NoSocketIsLeft();
    }

    /// <summary>A build that nothing could end in order leaves its socket to the next one, which takes nothing else away.</summary>
    [Fact]
    public void ASocketThatWasLeft()
    {
        Assert.Equal(137, AsCargo("kill -9 $PPID; exec sleep 10 > /dev/null 2>&1").ExitCode);
        string left = Assert.Single(Directory.GetDirectories(_w.PathOf("tmp"), "mirlink-*"));

        // No process has such a number.
        const string Nobody = "mirlink-999999999-";
        string Folder(string name, UnixFileMode mode) => Directory.CreateDirectory(_w.PathOf("tmp/" + name), mode).FullName;
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        using var heard = Listen(Folder(Nobody + "heard", Private));
        string[] deaf = [Folder(Nobody + "deaf", Private), Folder(Nobody + "open", Private | UnixFileMode.GroupRead), Folder($"mirlink-{Environment.ProcessId}-alive", Private), Folder("mirlink-cli", Private)];
        foreach (string folder in deaf)
        {
            // Under its name it would be removed with the socket.
            using (Listen(folder)) File.Move(Path.Combine(folder, "socket"), Path.Combine(folder, "kept"));
            File.Move(Path.Combine(folder, "kept"), Path.Combine(folder, "socket"));
        }
        Folder(Nobody + "empty", Private);

        Workspace.Succeeds(AsCargo($"until_true test ! -e {left}; until_true test ! -e tmp/{Nobody}deaf"));
        string[] kept = [Nobody + "empty", Nobody + "heard", Nobody + "open", $"mirlink-{Environment.ProcessId}-alive", "mirlink-cli"];
        Assert.Equal(kept.Order(StringComparer.Ordinal), Directory.GetDirectories(_w.PathOf("tmp"), "mirlink-*").Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private static Socket Listen(string folder)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, "socket")));
        socket.Listen();
        return socket;
    }

    /// <summary>A workspace of crates that depend on each other, eight at a time: the same files as without a server, and a program that runs.</summary>
    [Fact]
    public void ManyAtOnce()
    {
        const int Count = 12;
        string members = string.Concat(Enumerable.Range(0, Count).Select(static i => $"\"c{i}\", "));
        _w.Write("Cargo.toml", $"[workspace]\nmembers = [{members}\"app\"]\nresolver = \"3\"\n");
        void Package(string name, IEnumerable<int> dependencies, string file, string source)
        {
            _w.Write($"{name}/Cargo.toml", $"[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\n{string.Concat(dependencies.Select(static d => $"c{d} = {{ path = \"../c{d}\" }}\n"))}");
            _w.Write($"{name}/src/{file}", source);
        }
        for (int i = 0; i < Count; i++)
        {
            int[] dependencies = i < 6 ? [] : [i - 6, i - 5];
            string calls = string.Concat(dependencies.Select(static d => $" + c{d}::value(x)"));
            Package($"c{i}", dependencies, "lib.rs", Library + $"\npub fn value<T: Copy + Into<u64>>(x: T) -> u64 {{ x.into() * {i + 1}{calls} }}\n");
        }
        Package("app", Enumerable.Range(0, Count), "main.rs", $"fn main() {{ println!(\"{{}}\", {string.Join(" + ", Enumerable.Range(0, Count).Select(static i => $"c{i}::value(2u32)"))}); }}\n");
        var served = _w.Run("run", "--offline", "-q", "-j", "8", "--target-dir", "served");
        Workspace.Succeeds(served);
        Assert.Matches("^[0-9]+\n$", served.Output);
        var direct = Tool.Run(_w.Folder, ["run", "--offline", "-q", "--target-dir", "direct"], ("MIRLINK_SERVER", "off"));
        Workspace.Succeeds(direct);
        Assert.Equal(direct.Output, served.Output);
        var libraries = Directory.GetFiles(_w.PathOf("direct"), "*.rlib", SearchOption.AllDirectories);
        Assert.Equal(Count, libraries.Count(static l => l.Contains("/deps/", StringComparison.Ordinal)));
        foreach (string library in libraries)
            Assert.Equal(File.ReadAllBytes(library), File.ReadAllBytes(library.Replace("/direct/", "/served/", StringComparison.Ordinal)));
        Assert.Empty(Directory.EnumerateFiles(_w.Folder, "*.tmp", SearchOption.AllDirectories));
    }
}
