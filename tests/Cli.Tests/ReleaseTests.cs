using System.Diagnostics;
using Mirlink.Rustc;

namespace Mirlink.Cli.Tests;

/// <summary>Runs where a rustc of another supported release is installed beside the one under test, and says what is missing where none is.</summary>
public sealed class OtherReleaseFactAttribute : FactAttribute
{
    public static RustcToolchain? Toolchain { get; } = RustcToolchain.All().FirstOrDefault(static t => t.Release != Tool.Toolchain.Release);

    public OtherReleaseFactAttribute()
    {
        if (Toolchain is null) Skip = $"no rustc but {Tool.Toolchain.VersionNumber} is installed; another one of the supported releases comes with `rustup toolchain install`";
    }
}

/// <summary>Two releases of rustc on one machine.</summary>
public sealed class ReleaseTests : IDisposable
{
    private readonly Workspace _w = new();

    public void Dispose() => _w.Dispose();

    private static RustcToolchain Other => OtherReleaseFactAttribute.Toolchain!;

    private ToolRun RunWithOther(params string[] arguments) => Tool.Run(_w.Folder, arguments, ("MIRLINK_RUSTC", Other.Rustc));

    private string Show(string text) => _w.Normalize(text).Replace(Other.Version, "$OTHER", StringComparison.Ordinal);

    private const string Program = """
        use std::collections::{BTreeMap, HashMap};
        use std::fmt::Display;
        struct Noisy(&'static str);
        impl Drop for Noisy { fn drop(&mut self) { println!("drop {}", self.0); } }
        #[repr(u8)] enum Absent { _A(std::convert::Infallible) }
        fn show(items: &[Box<dyn Display>]) -> String { items.iter().map(|i| format!("<{i:>5}>")).collect() }
        fn main() {
            let _n = Noisy("outer");
            let mut words: HashMap<&str, Vec<f64>> = HashMap::new();
            for (i, w) in "one two three two one two".split(' ').enumerate() { words.entry(w).or_default().push(i as f64 / 4.0); }
            let sorted: BTreeMap<_, _> = words.iter().map(|(k, v)| (*k, v.iter().copied().fold(f64::NAN, f64::max).min(9.0))).collect();
            println!("{sorted:?} {}", show(&[Box::new(1u8), Box::new("x"), Box::new((-2.5f32).abs())]));
            let caught = std::panic::catch_unwind(|| { let _n = Noisy("inner"); std::thread::spawn(|| panic!("{}", 40 + 2)).join().unwrap() });
            println!("{} {:?}", caught.is_err(), "12x".parse::<i32>());
            println!("{} {}", size_of::<Absent>(), size_of::<Option<Absent>>());
        }
        """;

    [OtherReleaseFact]
    public void AProgramDoesTheSame()
    {
        _w.Write("app.rs", Program);
        foreach (string level in (string[])["0", "2"])
        {
            string[] front = ["app.rs", "--edition=2024", "-Copt-level=" + level];
            Workspace.Succeeds(RunWithOther(["rustc", .. front, "--crate-type=bin", "--emit=mir-rlib", "-o", "app.rlib"]));
            Workspace.Succeeds(RunWithOther("link", "app.rlib", "-o", "ours", "-O" + level));
            using var rustc = Process.Start(new ProcessStartInfo(Other.Rustc, [.. front, "-o", "theirs"]) { WorkingDirectory = _w.Folder })!;
            rustc.WaitForExit();
            Assert.Equal(0, rustc.ExitCode);
            Assert.Equal(Output("theirs"), Output("ours"));
        }

        string Output(string name)
        {
            using var process = Process.Start(new ProcessStartInfo(_w.PathOf(name)) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return $"{output}exit code {process.ExitCode}";
        }
    }

    [OtherReleaseFact]
    public void ItsRlibIsNotLinkedByThisOne()
    {
        _w.Write("app.rs", "fn main() {}");
        Workspace.Succeeds(RunWithOther("rustc", "app.rs", "--edition=2024", "--crate-type=bin", "--emit=mir-rlib", "-o", "app.rlib"));
        var run = _w.Run("link", "app.rlib", "-o", "out");
        Assert.Equal("error: `app.rlib` was compiled by $OTHER, but this link is for $VERSION\nhelp: rebuild it with the rustc of this link\n", Show(run.Error));
        Assert.Equal(1, run.ExitCode);
    }

    [OtherReleaseFact]
    public void ALibraryOfItIsNotLinkedByThisOne()
    {
        Directory.CreateDirectory(_w.PathOf("deps"));
        _w.Compile("deps/libdep.rlib", "pub fn f() -> u32 { 7 }");
        _w.Compile("app.rlib", "fn main() { println!(\"{}\", dep::f()); }", "--extern", "dep=deps/libdep.rlib");
        // As cargo leaves it after a change of toolchain: the same file name, stock metadata.
        using var rustc = Process.Start(new ProcessStartInfo(Other.Rustc, ["deps/libdep.rlib.rs", "--edition=2024", "--crate-name=dep", "--crate-type=rlib", "--emit=link=deps/libdep.rlib"]) { WorkingDirectory = _w.Folder })!;
        rustc.WaitForExit();
        var run = _w.Run("link", "app.rlib", "-o", "out", "-L", "deps");
        Assert.Equal("error: `deps/libdep.rlib` was compiled by $OTHER, but this link is for $VERSION\nhelp: rebuild it with the rustc of this link\n", Show(run.Error));
    }

    [OtherReleaseFact]
    public void AtTheProjectsWish()
    {
        _w.Write("app.rs", "fn main() {}");
        _w.Write("rust-toolchain.toml", $"[toolchain]\nchannel = \"{Other.VersionNumber}\"\n");
        Workspace.Succeeds(Tool.Run(_w.Folder, ["rustc", "app.rs", "--edition=2024", "--crate-type=bin", "--emit=mir-rlib", "-o", "app.rlib"], ("MIRLINK_RUSTC", null)));
        Assert.Contains(Other.Version, _w.Run("inspect", "app.rlib").Output);
    }

    [OtherReleaseFact]
    public void DoctorListsBoth()
    {
        var run = _w.Run("doctor");
        Assert.Contains($"also here: {Other.Rustc}: {Other.Version}\n", run.Output);
        Assert.Contains($"rustc      {Tool.Toolchain.Rustc}: {Tool.Toolchain.Version}\n", run.Output);
    }
}
