namespace Mirlink.Cli.Tests;

/// <summary>Build scripts and procedural macros without debug information, unless the user wants it otherwise.</summary>
public sealed class BuildOverrideTests : IDisposable
{
    private readonly Workspace _w = new();

    public void Dispose() => _w.Dispose();

    private const string Package = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";

    /// <summary>What is set, as "dev", "release" or both; a script stands in for cargo.</summary>
    private string Set(string[] arguments, params (string Name, string? Value)[] environment)
    {
        _w.Write("cargo.sh", "#!/bin/sh\nenv | grep '^CARGO_PROFILE_.*_BUILD_OVERRIDE_[DS]' | LC_ALL=C sort\ntrue\n");
        File.SetUnixFileMode(_w.PathOf("cargo.sh"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(_w.PathOf("home"));
        Directory.CreateDirectory(_w.PathOf("a/b"));
        var run = Tool.Run(_w.PathOf("a/b"), ["build", "--target-dir", "target", .. arguments], [("MIRLINK_CARGO", _w.PathOf("cargo.sh")), ("CARGO_HOME", _w.PathOf("home")), .. environment]);
        Workspace.Succeeds(run);
        var theirs = environment.Select(static e => $"{e.Name}={e.Value}\n");
        string ours = theirs.Aggregate(run.Output, static (text, line) => text.Replace(line, "", StringComparison.Ordinal));
        string found = "";
        foreach (string profile in (string[])["dev", "release"])
        {
            string prefix = $"CARGO_PROFILE_{profile.ToUpperInvariant()}_BUILD_OVERRIDE_";
            string both = $"{prefix}DEBUG=0\n{prefix}STRIP=debuginfo\n";
            if (ours.Contains(both, StringComparison.Ordinal)) found += (found.Length > 0 ? " " : "") + profile;
            ours = ours.Replace(both, "", StringComparison.Ordinal);
        }
        Assert.Equal("", ours);
        return found;
    }

    [Theory]
    [InlineData("", "dev release")]
    [InlineData("[profile.dev]\ndebug = 1\nopt-level = 1\n[profile.dev.build-override]\nopt-level = 3\n[profile.dev.package.\"*\"]\nstrip = true\n", "dev release")]
    [InlineData("[dependencies]\nstrip = \"1\"\n[package.metadata]\ntext = '''\n[profile.dev]\nstrip = true\n'''\n", "dev release")]
    [InlineData("[profile.dev.build-override]\nopt-level = 3\nstrip = \"none\" # why not\n", "release")]
    [InlineData("[profile.dev]\nbuild-override.debug = true\n", "release")]
    [InlineData("[profile.dev]\nbuild-override = { opt-level = 1, debug = 2 }\n", "release")]
    [InlineData("[profile]\ndev = { build-override = { debug = 2 } }\n", "release")]
    [InlineData("[ profile . \"dev\" ] # debugging\n'strip' = false\n", "release")]
    [InlineData("[profile.test]\nstrip = true\n", "release")]
    [InlineData("[profile.release]\nstrip = true\n", "dev")]
    [InlineData("[profile.release-lto]\nstrip = true\ninherits = \"release\"\n", "dev")]
    [InlineData("[profile.tiny]\nstrip = true\ninherits = \"small\"\n[profile.small]\ninherits = \"dev\"\n", "release")]
    [InlineData("[profile]\ntiny = { inherits = \"release\", strip = true }\n", "dev")]
    [InlineData("[profile.tiny]\nstrip = true\n", "")]
    [InlineData("profile = { dev = { strip = true } }\n", "")]
    public void ByTheManifestOfTheWorkspace(string profiles, string expected)
    {
        // An inline table stands before any header.
        _w.Write("a/Cargo.toml", profiles.StartsWith("profile", StringComparison.Ordinal) ? profiles + "[workspace]\n" : "[workspace]\nmembers = [\"b\"]\n" + profiles);
        _w.Write("a/b/Cargo.toml", Package);
        Assert.Equal(expected, Set([]));
        Assert.Equal(expected, Set(["--manifest-path", "../Cargo.toml"]));
    }

    [Fact]
    public void ByAWorkspaceElsewhere()
    {
        _w.Write("a/b/Cargo.toml", Package + "workspace = \"../../root\" # not above\n");
        _w.Write("root/Cargo.toml", "[workspace]\nmembers = [\"../a/b\"]\n");
        Assert.Equal("dev release", Set([]));
        _w.Write("root/Cargo.toml", "[workspace]\nmembers = [\"../a/b\"]\n[profile.dev]\nstrip = true\n");
        Assert.Equal("release", Set([]));
        Assert.Equal("dev release", Set(["--manifest-path=../../other/Cargo.toml"]));
    }

    [Theory]
    [InlineData("a/.cargo/config.toml")]
    [InlineData("a/b/.cargo/config")]
    [InlineData("home/config.toml")]
    public void ByAConfigurationFile(string file)
    {
        _w.Write("a/b/Cargo.toml", Package);
        _w.Write(file, "[net]\noffline = true\n[profile.dev]\nopt-level = 1\n");
        Assert.Equal("dev release", Set([]));
        _w.Write(file, "[profile.dev.build-override]\nstrip = \"symbols\"\n");
        Assert.Equal("release", Set([]));
        _w.Write(file, "include = [\"more.toml\"]\n");
        Assert.Equal("", Set([]));
    }

    [Fact]
    public void ByArguments()
    {
        _w.Write("a/b/Cargo.toml", Package);
        _w.Write("a/b/more.toml", "[profile.dev.build-override]\ndebug = true\n");
        Assert.Equal("dev release", Set(["--config", "net.offline=true", "--", "--config", "profile.dev.strip=true"]));
        Assert.Equal("release", Set(["--config", "profile.dev.build-override.strip=\"none\""]));
        Assert.Equal("dev", Set(["--config=profile.release.strip=true"]));
        Assert.Equal("release", Set(["--config", "more.toml"]));
    }

    [Theory]
    [InlineData("CARGO_PROFILE_DEV_BUILD_OVERRIDE_STRIP", "none", "release")]
    [InlineData("CARGO_PROFILE_DEV_BUILD_OVERRIDE_DEBUG", "2", "release")]
    [InlineData("CARGO_PROFILE_DEV_STRIP", "true", "release")]
    [InlineData("CARGO_PROFILE_RELEASE_BUILD_OVERRIDE_DEBUG", "1", "dev")]
    [InlineData("CARGO_PROFILE_SMALL_STRIP", "true", "")]
    [InlineData("CARGO_PROFILE_VERY_SMALL_STRIP", "true", "dev")]
    [InlineData("CARGO_PROFILE_DEV_BUILD_OVERRIDE_OPT_LEVEL", "3", "dev release")]
    [InlineData("CARGO_PROFILE_DEV_DEBUG", "1", "dev release")]
    public void ByAVariable(string name, string value, string expected)
    {
        _w.Write("a/b/Cargo.toml", Package + "[profile.very-small]\ninherits = \"release\"\n");
        Assert.Equal(expected, Set([], (name, value)));
    }

    /// <summary>A build script's and a macro's panic has its functions' names; a further build makes nothing, also after one by cargo in the same folder, whose files stay.</summary>
    [Fact]
    public void ABuildWithScriptAndMacro()
    {
        _w.Write("Cargo.toml", Package + "[workspace]\nmembers = [\"macros\"]\n[dependencies]\nmacros = { path = \"macros\" }\n");
        _w.Write("build.rs", """
            #[inline(never)] fn inner() { assert!(std::env::var_os("STOP_SCRIPT").is_none(), "stopped") }
            fn main() { println!("cargo:rerun-if-env-changed=STOP_SCRIPT"); inner() }
            """);
        _w.Write("src/main.rs", "fn main() { println!(\"{}\", macros::ten!()); }\n");
        _w.Write("macros/Cargo.toml", Package.Replace("app", "macros", StringComparison.Ordinal) + "[lib]\nproc-macro = true\n");
        _w.Write("macros/src/lib.rs", """
            use proc_macro::TokenStream;
            #[inline(never)] fn inner() -> String { std::backtrace::Backtrace::force_capture().to_string() }
            #[proc_macro] pub fn ten(_: TokenStream) -> TokenStream { std::fs::write("trace.txt", inner()).unwrap(); "10".parse().unwrap() }
            """);
        string[] Host(string pattern) => [.. Directory.EnumerateFiles(_w.PathOf("target/mirlink/debug"), pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        ToolRun Cargo() => Tool.Spawn(Path.Combine(Path.GetDirectoryName(Tool.Toolchain.Rustc)!, "cargo"), _w.Folder,
            ["build", "--offline", "--target", "x86_64-unknown-linux-gnu", "--target-dir", "target/mirlink"], ("RUSTC", Tool.Toolchain.Rustc));

        var run = _w.Run("run", "--offline", "-q");
        Workspace.Succeeds(run);
        Assert.Equal("10\n", run.Output);
        string[] files = [Host("build-script-build").Single(), Host("libmacros-*.so").Single()];
        foreach (string file in files)
        {
            Assert.InRange(new FileInfo(file).Length, 100_000, 1_500_000);
            Assert.DoesNotContain(".debug_info", Tool.Spawn("readelf", _w.Folder, ["-SW", file]).Output);
        }
        Assert.Contains("macros::inner", File.ReadAllText(_w.PathOf("trace.txt")));
        Assert.DoesNotContain("Compiling", _w.Run("build", "--offline").Error);

        Workspace.Succeeds(Cargo());
        Assert.Equal(2, Host("libmacros-*.so").Length);
        Assert.Contains(".debug_info", Tool.Spawn("readelf", _w.Folder, ["-SW", Host("libmacros-*.so").Single(f => f != files[1])]).Output);
        string[] Fresh(ToolRun build) => [.. build.Error.Split('\n').Where(static l => l.Contains("Compiling", StringComparison.Ordinal))];
        Assert.Empty(Fresh(Cargo()));
        Assert.Empty(Fresh(_w.Run("build", "--offline")));

        var stopped = Tool.Run(_w.Folder, ["build", "--offline"], ("STOP_SCRIPT", "1"), ("RUST_BACKTRACE", "1"));
        Assert.NotEqual(0, stopped.ExitCode);
        Assert.Contains("build_script_build::inner", stopped.Error);
        Assert.Contains("build_script_build::main", stopped.Error);
    }
}
