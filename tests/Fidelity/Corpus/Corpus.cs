using System.Security.Cryptography;
using System.Text;
using Mirlink.Fidelity.Applications;
using Mirlink.Fidelity.Programs;
using Mirlink.Rustc;

namespace Mirlink.Fidelity;

/// <summary>A crate compiled with all of its MIR, and rustc's text of it.</summary>
/// <param name="Set">The part of the corpus that it is counted in.</param>
/// <param name="Externs">Crates named through `--extern`: names or files.</param>
public sealed record CompiledCrate(string Set, string Name, string Metadata, string MirText, string[] Externs);

/// <summary>
/// What rustc is asked about. Everything is compiled once per compiler and cached under artifacts/fidelity. The quick corpus is a part: alloc and some
/// programs instead of core, alloc, std and all programs.
/// </summary>
public sealed class Corpus(bool quick)
{
    readonly RustcToolchain _toolchain = RustcToolchain.Find();
    List<Application>? _applications;

    public bool Quick { get; } = quick;
    /// <summary>Optimization levels that programs are built with.</summary>
    public string[] Levels { get; } = Environment.GetEnvironmentVariable("FIDELITY_LEVEL") is { Length: > 0 } only ? [only] : ["0", "2"];
    public string Repository { get; } = FindRepository();
    public string Rustc => _toolchain.Rustc;
    /// <summary>$MIRLINK_CARGO, else the one beside rustc.</summary>
    public string Cargo => Environment.GetEnvironmentVariable("MIRLINK_CARGO") ?? Path.Combine(Path.GetDirectoryName(Rustc)!, "cargo");
    /// <summary>What `rustc --version` prints.</summary>
    public string RustcVersion => _toolchain.Version;
    /// <summary>As in 1.96.0.</summary>
    public string Release => RustcVersion.Split(' ')[1];
    /// <summary>The precompiled standard library.</summary>
    public string LibDirectory => _toolchain.LibDir;
    /// <summary>Where tests/corpus/fetch.sh puts crates.</summary>
    public string CratesDirectory => Environment.GetEnvironmentVariable("MIRLINK_CORPUS") is { Length: > 0 } named ? Path.GetFullPath(named) : Path.Combine(Repository, "artifacts", "corpus");
    /// <summary>Applications that cannot be asked, and why.</summary>
    public List<string> MissingApplications { get; } = [];
    /// <summary>Applications that cargo or rustc did not build.</summary>
    public List<string> FailedApplications { get; } = [];

    string Cache => Path.Combine(Repository, "artifacts", "fidelity");

    /// <summary>Compiled when first asked for, which takes minutes.</summary>
    public IReadOnlyList<Application> Applications => _applications ??= Application.BuildAll(this);

    /// <summary>What is in it, with versions, for the report.</summary>
    public IEnumerable<string> Describe()
    {
        yield return $"{CorpusProgram.All(this).Count} programs of `tests/programs`, each without and with optimization (-O0, -O2)";
        var libraries = Libraries().ToList();
        string applications = string.Join(", ", Applications.Select(static a => a.Name.Contains('/', StringComparison.Ordinal) ? a.Name : $"{a.Name} {a.Program.Version}").Distinct());
        yield return $"applications, at both levels: {(applications.Length > 0 ? applications : "none")}";
        if (libraries.Count > 0) yield return $"their {libraries.Count} libraries: {string.Join(", ", libraries.Select(static c => c.Name))}";
        yield return $"core, alloc and std of {Release}, and what they are built with: {string.Join(", ", Vendored().Select(static c => c.Name))}";
        foreach (string missing in MissingApplications.Concat(FailedApplications)) yield return "not here: " + missing;
    }

    /// <summary>Where a row writes all of its differences.</summary>
    public string DifferencesFile(string name) => Path.Combine(Directory.CreateDirectory(Path.Combine(Cache, "differences")).FullName, name.Replace('/', '_') + ".txt");

    static string FindRepository()
    {
        for (var d = new DirectoryInfo(AppContext.BaseDirectory); d is not null; d = d.Parent) if (File.Exists(Path.Combine(d.FullName, "mirlink.slnx"))) return d.FullName;
        throw new InvalidOperationException("not in the repository");
    }

    /// <summary>rustc with unstable options allowed; it must succeed.</summary>
    public string RunRustc(string directory, IEnumerable<string> args, params (string Name, string Value)[] environment)
    {
        var r = Execution.Run(Rustc, directory, args, "", TimeSpan.FromMinutes(30), [.. environment, ("RUSTC_BOOTSTRAP", "1"), ("STD_ENV_ARCH", "x86_64")]);
        return r.ExitCode == 0 ? r.Output : throw new InvalidOperationException($"{Rustc} {string.Join(' ', args)}\n{r.Error}");
    }

    /// <summary>Metadata of the standard library as it is shipped.</summary>
    public string[] StdMetadata => [.. Directory.GetFiles(LibDirectory, "*.rmeta").Order(StringComparer.Ordinal)];

    static readonly string[] TextFlags = ["-Zalways-encode-mir", "-Ztrim-diagnostic-paths=no", "--emit=metadata,mir", "--cap-lints=allow"];

    /// <summary>
    /// A directory of artifacts that depend on nothing but the compiler and <paramref name="key"/>; made when it is not there.
    /// </summary>
    string Cached(string name, string key, Action<string> make)
    {
        string directory = CacheDirectory(name, key);
        if (Directory.Exists(directory)) return directory;
        Directory.CreateDirectory(Cache);
        string temporary = directory + ".new";
        if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        Directory.CreateDirectory(temporary);
        make(temporary);
        Directory.Move(temporary, directory);
        return directory;
    }

    public string CacheDirectory(string name, string key) => Path.Combine(Cache, name + "-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(RustcVersion + "\n" + key)))[..16]);

    /// <summary>The compiler's source, as Debian's rust-web-src has it; need not be there.</summary>
    public string Source => Environment.GetEnvironmentVariable("MIRLINK_RUST_SRC") is { Length: > 0 } named ? named : $"/usr/src/rustc-{Release}";

    /// <summary>Every crate that is compared as text.</summary>
    public IEnumerable<CompiledCrate> Crates => Environment.GetEnvironmentVariable("FIDELITY_CRATE") is { } filter ? Recorded(filter) : Programs().Concat(Vendored()).Concat(Libraries()).Concat(Std());

    /// <summary>The libraries of the applications, as cargo had them compiled with optimization.</summary>
    public IEnumerable<CompiledCrate> Libraries() => Applications.Where(static a => a.Level == "2").SelectMany(static a => a.Program.Dependencies()).DistinctBy(static c => c.File)
        .OrderBy(static c => c.Name, StringComparer.Ordinal).ThenBy(static c => c.File, StringComparer.Ordinal)
        .Select(static c => new CompiledCrate("libraries of the applications", $"{c.Package}-{c.Version}", c.Metadata, c.File + ".mir", [.. c.Externs]));

    /// <summary>Libraries that an earlier run compiled, those whose file's name contains <paramref name="filter"/>: for a look at some.</summary>
    IEnumerable<CompiledCrate> Recorded(string filter) => Directory.GetFiles(Cache, "*.mir", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Where(f => Path.GetFileName(f).Contains(filter, StringComparison.Ordinal) && File.Exists(Path.ChangeExtension(f, ".args"))).Select(static f => RecordedCrate.Read(Path.ChangeExtension(f, ".args"))).Where(static c => File.Exists(c.Metadata))
        .Select(static c => new CompiledCrate("libraries of the applications", Path.GetFileName(c.File), c.Metadata, c.File + ".mir", [.. c.Externs]));

    /// <summary>core, alloc and std from the compiler's source, optimized as std is, with every body. Empty where that source is not installed.</summary>
    public IEnumerable<CompiledCrate> Std()
    {
        string source = Source;
        if (!Directory.Exists(source)) yield break;
        foreach (string name in Quick ? (string[])["alloc"] : ["core", "alloc", "std"])
        {
            string[] args = ["--crate-type=rlib", "--edition=2024", "--crate-name=" + name, .. TextFlags, "-Zforce-unstable-if-unmarked", "-Copt-level=2", $"library/{name}/src/lib.rs", .. StdFlags(name)];
            string directory = Cached(name, string.Join(' ', args), d => RunRustc(source, [.. args, "--out-dir", d]));
            yield return new CompiledCrate(name, name, Path.Combine(directory, $"lib{name}.rmeta"), Path.Combine(directory, name + ".mir"), Externs(name));
        }
    }

    static readonly (string Name, string Edition, string[] Features)[] VendoredCrates =
    [
        ("adler2", "2021", []), ("foldhash", "2021", []), ("getopts", "2021", []), ("gimli", "2018", ["read-core"]), ("hashbrown", "2021", []), ("libc", "2021", ["std"]),
        ("memchr", "2021", ["alloc", "std"]), ("rustc-demangle", "2015", []), ("rustc-literal-escaper", "2021", []),
    ];

    /// <summary>Crates from the registry that the standard library is built with, as their authors published them; optimized.</summary>
    public IEnumerable<CompiledCrate> Vendored()
    {
        string vendor = Path.Combine(Source, "library", "vendor");
        if (!Directory.Exists(vendor)) yield break;
        foreach (var (name, edition, features) in VendoredCrates)
        {
            if (Quick && name is not ("hashbrown" or "memchr")) continue;
            string? folder = Directory.GetDirectories(vendor, name + "-*").FirstOrDefault(d => char.IsAsciiDigit(Path.GetFileName(d)[name.Length + 1]));
            if (folder is null) continue;
            string crate = name.Replace('-', '_');
            string[] args = ["--crate-type=rlib", "--edition=" + edition, "--crate-name=" + crate, .. TextFlags, "-Copt-level=2", .. features.SelectMany(f => new[] { "--cfg", $"feature=\"{f}\"" }), "src/lib.rs"];
            string directory = Cached(crate, Path.GetFileName(folder) + " " + string.Join(' ', args), d => RunRustc(folder, [.. args, "--out-dir", d]));
            yield return new CompiledCrate("crates", Path.GetFileName(folder), Path.Combine(directory, $"lib{crate}.rmeta"), Path.Combine(directory, crate + ".mir"), []);
        }
    }

    static string[] Externs(string name) => name switch
    {
        "core" => [],
        "alloc" => ["core", "compiler_builtins"],
        _ => ["core", "alloc", "compiler_builtins", "cfg_if", "panic_unwind", "panic_abort", "unwind", "hashbrown", "std_detect", "rustc_demangle", "miniz_oxide", "addr2line", "libc", "object"],
    };

    /// <summary>Dependencies as shipped; std's configuration as its Cargo.toml and build script make it for Linux.</summary>
    IEnumerable<string> StdFlags(string name)
    {
        foreach (string e in Externs(name))
        {
            yield return "--extern";
            yield return $"{e}={Directory.GetFiles(LibDirectory, $"lib{e}-*.rmeta").Single()}";
        }
        if (name != "std") yield break;
        foreach (string cfg in (string[])["backtrace_in_libstd", "feature=\"backtrace\"", "feature=\"panic-unwind\"", "feature=\"std_detect_file_io\"", "feature=\"std_detect_dlsym_getauxval\"",
            "feature=\"addr2line\"", "feature=\"object\"", "feature=\"miniz_oxide\""])
        {
            yield return "--cfg";
            yield return cfg;
        }
    }

    /// <summary>The programs of tests/programs as libraries, without and with optimization.</summary>
    public IEnumerable<CompiledCrate> Programs()
    {
        string[] files = [.. Directory.GetFiles(Path.Combine(Repository, "tests", "programs"), "*.rs").Order(StringComparer.Ordinal)];
        if (Quick) files = [.. files.Where((_, i) => i % 6 == 0)];
        foreach (string level in (string[])["0", "2"])
        {
            foreach (string file in files)
            {
                string text = File.ReadAllText(file);
                string name = Path.GetFileNameWithoutExtension(file);
                var header = text.Split('\n').TakeWhile(l => l.StartsWith("//", StringComparison.Ordinal)).ToList();
                string edition = header.Find(l => l.StartsWith("// edition:", StringComparison.Ordinal))?[11..].Trim() ?? "2021";
                string[] flags = [.. (header.Find(l => l.StartsWith("// compile-flags:", StringComparison.Ordinal))?[17..] ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)];
                string[] args = ["--crate-type=rlib", "--edition=" + edition, "--crate-name=" + name, .. TextFlags, "-Copt-level=" + level, .. flags, Path.GetFileName(file)];
                string directory = Cached($"{name}-O{level}", string.Join(' ', args) + "\n" + text, d =>
                {
                    RunRustc(Path.GetDirectoryName(file)!, [.. args, "--out-dir", d]);
                });
                yield return new CompiledCrate("programs -O" + level, name, Path.Combine(directory, $"lib{name}.rmeta"), Path.Combine(directory, name + ".mir"), []);
            }
        }
    }
}
