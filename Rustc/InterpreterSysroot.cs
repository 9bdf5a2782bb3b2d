using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Mirlink.Mir;

namespace Mirlink.Rustc;

/// <summary>
/// A standard library with the MIR of all of its functions, which is what interpreting whole programs needs: the one that is shipped has MIR for generic and inline functions only. It is built
/// from the library's source with the front end alone (as `cargo miri setup` does), in about half a minute, once per compiler, and kept in a folder laid out as a sysroot: programs are compiled
/// against it with `--sysroot`.
/// </summary>
public sealed class InterpreterSysroot
{
    private const string SourceVariable = "MIRLINK_RUST_SRC";

    private InterpreterSysroot(string path) => Path = path;

    /// <summary>What `--sysroot` is to say.</summary>
    public string Path { get; }
    public string LibDir => System.IO.Path.Combine(Path, "lib", "rustlib", RustcToolchain.HostTriple, "lib");

    /// <param name="Vendored">The source is a package of the registry, under `vendor`, of any version.</param>
    private sealed record Crate(string Name, string Edition, string Folder, string[] Externs, string[] Flags, bool Vendored = false);

    private static string Feature(string name) => $"--cfg=feature=\"{name}\"";

    /// <summary>Dependencies first; configured as their Cargo.toml files and build scripts do it for Linux with `panic-unwind` and `backtrace`.</summary>
    private static readonly Crate[] s_crates =
    [
        new("core", "2024", "core", [], []),
        new("compiler_builtins", "2024", "compiler-builtins/compiler-builtins", ["core"], [Feature("compiler-builtins"), Feature("mem"), Feature("arch"), "--cfg=intrinsics_enabled"]),
        new("alloc", "2024", "alloc", ["core", "compiler_builtins"], []),
        new("cfg_if", "2018", "cfg-if", ["core"], [Feature("rustc-dep-of-std")], Vendored: true),
        new("libc", "2021", "libc", [], [Feature("rustc-dep-of-std")], Vendored: true),
        new("unwind", "2024", "unwind", ["core", "libc", "cfg_if"], []),
        new("panic_unwind", "2024", "panic_unwind", ["core", "alloc", "unwind", "libc", "cfg_if"], []),
        new("panic_abort", "2024", "panic_abort", ["core", "alloc", "libc", "cfg_if"], ["-Cpanic=abort"]),
        new("rustc_demangle", "2021", "rustc-demangle", ["core", "compiler_builtins"], [Feature("rustc-dep-of-std")], Vendored: true),
        new("hashbrown", "2021", "hashbrown", ["core", "alloc", "compiler_builtins"], [Feature("rustc-dep-of-std"), Feature("nightly"), Feature("rustc-internal-api")], Vendored: true),
        new("std_detect", "2024", "std_detect", ["core", "alloc", "libc"], [Feature("std_detect_file_io"), Feature("std_detect_dlsym_getauxval")]),
        new("adler2", "2021", "adler2", ["core"], [Feature("rustc-dep-of-std")], Vendored: true),
        new("miniz_oxide", "2021", "miniz_oxide", ["core", "alloc", "compiler_builtins", "adler2"], [Feature("rustc-dep-of-std")], Vendored: true),
        new("memchr", "2021", "memchr", ["core"], [Feature("rustc-dep-of-std")], Vendored: true),
        new("gimli", "2018", "gimli", ["core", "alloc"], [Feature("rustc-dep-of-std"), Feature("read"), Feature("read-core")], Vendored: true),
        new("addr2line", "2018", "addr2line", ["core", "alloc", "gimli"], [Feature("rustc-dep-of-std")], Vendored: true),
        new("object", "2018", "object", ["core", "alloc", "memchr"],
            [Feature("rustc-dep-of-std"), Feature("read_core"), Feature("elf"), Feature("macho"), Feature("pe"), Feature("coff"), Feature("unaligned"), Feature("archive")], Vendored: true),
        new("std", "2024", "std", ["core", "alloc", "compiler_builtins", "cfg_if", "panic_unwind", "panic_abort", "unwind", "hashbrown", "std_detect", "rustc_demangle", "libc", "miniz_oxide", "addr2line", "object"],
            [Feature("panic-unwind"), Feature("panic_unwind"), Feature("std_detect_file_io"), Feature("std_detect_dlsym_getauxval"), "--cfg=backtrace_in_libstd", Feature("backtrace"),
                Feature("addr2line"), Feature("object"), Feature("miniz_oxide")]),
    ];

    private static readonly string[] s_flags =
        ["--crate-type=rlib", "--emit=metadata", "-Zalways-encode-mir", "-Zforce-unstable-if-unmarked", "-Copt-level=2", "-Cdebug-assertions=off", "-Coverflow-checks=off", "--cap-lints=allow"];

    /// <summary>The sysroot of a toolchain, built if it is not there.</summary>
    /// <param name="cache">Folder in which sysroots are kept, one per compiler.</param>
    /// <param name="progress">Told the name of each crate that is compiled.</param>
    /// <exception cref="MirlinkException">The library's source is not installed, or does not compile.</exception>
    public static InterpreterSysroot Of(RustcToolchain toolchain, string? cache = null, Action<string>? progress = null)
    {
        cache ??= DefaultCache;
        string hash = KeyOf(toolchain);
        var sysroot = new InterpreterSysroot(System.IO.Path.Combine(cache, hash));
        if (Directory.Exists(sysroot.Path)) return sysroot;

        string source = FindSource(toolchain);
        Directory.CreateDirectory(cache);
        var building = new InterpreterSysroot(System.IO.Path.Combine(cache, $"{hash}.{Environment.ProcessId}.new"));
        try
        {
            Directory.CreateDirectory(building.LibDir);
            foreach (var c in s_crates)
            {
                progress?.Invoke(c.Name);
                Compile(toolchain, source, building, c);
            }
            try { Directory.Move(building.Path, sysroot.Path); }
            catch (IOException) when (Directory.Exists(sysroot.Path)) { }
        }
        finally
        {
            if (Directory.Exists(building.Path)) Directory.Delete(building.Path, recursive: true);
        }
        return sysroot;
    }

    /// <summary>Whether the sysroot of a toolchain is in the user's cache folder.</summary>
    public static bool IsBuilt(RustcToolchain toolchain) => Directory.Exists(System.IO.Path.Combine(DefaultCache, KeyOf(toolchain)));

    /// <summary>The folder's name: a hash of all that decides what is in it.</summary>
    private static string KeyOf(RustcToolchain toolchain)
    {
        var key = new StringBuilder(toolchain.Version);
        foreach (var c in s_crates) key.Append('\n').Append(c.Name).Append(' ').Append(c.Edition).Append(' ').AppendJoin(' ', c.Externs).Append(' ').AppendJoin(' ', c.Flags);
        key.Append('\n').AppendJoin(' ', s_flags);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString())))[..16];
    }

    /// <summary>Opens a crate that was compiled against this sysroot, its dependencies, and the panic runtime, which no crate names.</summary>
    /// <param name="root">Its metadata, or an rlib.</param>
    /// <param name="searchDirs">Where dependencies are besides the sysroot.</param>
    /// <returns>The number of the crate in the session.</returns>
    public int Open(TyCtxt tcx, string root, IEnumerable<string> searchDirs, bool panicAbort = false)
    {
        var loader = new Import.CrateLoader(tcx, [.. searchDirs, LibDir]);
        int number = loader.Load(root);
        loader.Load(System.IO.Path.Combine(LibDir, panicAbort ? "libpanic_abort.rmeta" : "libpanic_unwind.rmeta"));
        return number;
    }

    /// <summary>$MIRLINK_INTERPRETER_SYSROOT, else a folder in the user's cache folder.</summary>
    public static string DefaultCache
    {
        get
        {
            if (Environment.GetEnvironmentVariable("MIRLINK_INTERPRETER_SYSROOT") is { Length: > 0 } named) return named;
            string home = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg ? xdg : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            return System.IO.Path.Combine(home, "mirlink", "interpreter-sysroot");
        }
    }

    /// <summary>Null if the source that a sysroot is made of is installed, else what is missing.</summary>
    public static string? Missing(RustcToolchain toolchain)
    {
        try
        {
            FindSource(toolchain);
            return null;
        }
        catch (MirlinkException e)
        {
            return e.Message;
        }
    }

    /// <summary>The folder `library` of the compiler's source: rustup's component rust-src, or Debian's package rust-web-src.</summary>
    private static string FindSource(RustcToolchain toolchain)
    {
        string release = toolchain.Version.Split(' ')[1];
        string? named = Environment.GetEnvironmentVariable(SourceVariable);
        foreach (string? root in (string?[])[named, System.IO.Path.Combine(toolchain.Sysroot, "lib/rustlib/src/rust"), $"/usr/src/rustc-{release}"])
            if (root is { Length: > 0 } && File.Exists(System.IO.Path.Combine(root, "library/core/src/lib.rs"))) return System.IO.Path.Combine(root, "library");
        throw new MirlinkException($"the source of the standard library of rustc {release} was not found; interpreting programs needs it to have the MIR of all of std")
        {
            Help = $"install it (`rustup component add rust-src`, or Debian's `rust-web-src`), or name its folder in {SourceVariable}",
        };
    }

    /// <summary>What the folder `library` was called when the standard library that is shipped was compiled, as its metadata has it: `/rustc/HASH/library`, or a distribution's folder.</summary>
    private static string ShippedPrefix(RustcToolchain toolchain)
    {
        var files = Directory.GetFiles(toolchain.LibDir, "libcore-*.rmeta");
        Array.Sort(files, StringComparer.Ordinal);
        ReadOnlySpan<byte> bytes = files.Length == 0 ? [] : File.ReadAllBytes(files[0]);
        int at = bytes.IndexOf("/library/core/src/"u8);
        if (at < 0) return "/rustc/library";
        int start = at;
        while (start > 0 && (char.IsAsciiLetterOrDigit((char)bytes[start - 1]) || bytes[start - 1] is (byte)'/' or (byte)'.' or (byte)'-' or (byte)'_')) start--;
        string path = Encoding.ASCII.GetString(bytes[start..at]);
        // The length of the string stands before it and may look like a letter.
        return path[Math.Max(0, path.IndexOf('/'))..] + "/library";
    }

    private static void Compile(RustcToolchain toolchain, string source, InterpreterSysroot sysroot, Crate crate)
    {
        string folder = System.IO.Path.Combine(source, crate.Vendored ? "vendor" : "", crate.Folder);
        if (crate.Vendored && !Directory.Exists(folder))
        {
            // Named with their versions.
            var found = Directory.Exists(System.IO.Path.GetDirectoryName(folder)) ? Directory.GetDirectories(System.IO.Path.GetDirectoryName(folder)!, crate.Folder + "-*") : [];
            folder = Array.Find(found, f => char.IsAsciiDigit(System.IO.Path.GetFileName(f)[crate.Folder.Length + 1]))
                ?? throw new MirlinkException($"the source of the standard library in `{source}` comes without the package `{crate.Folder}`");
        }
        var start = new ProcessStartInfo(toolchain.Rustc) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["RUSTC_BOOTSTRAP"] = "1";
        start.Environment["STD_ENV_ARCH"] = "x86_64";
        string Metadata(string name) => System.IO.Path.Combine(sysroot.LibDir, $"lib{name}.rmeta");
        List<string> arguments = ["--crate-name=" + crate.Name, "--edition=" + crate.Edition, .. s_flags, "--sysroot=" + sysroot.Path, "-o", Metadata(crate.Name), .. crate.Flags];
        foreach (string e in crate.Externs) arguments.AddRange(["--extern", $"{e}={Metadata(e)}"]);
        // By the name of the package that stands for core in crates of the registry.
        if (crate.Name == "libc") arguments.AddRange(["--extern", $"rustc_std_workspace_core={Metadata("core")}"]);
        // Panic messages name files of std as they do where rustc made the machine code.
        arguments.Add($"--remap-path-prefix={source}={ShippedPrefix(toolchain)}");
        arguments.Add($"--remap-path-prefix={System.IO.Path.Combine(source, "vendor")}=/rust/deps");
        arguments.Add(System.IO.Path.Combine(folder, "src/lib.rs"));
        foreach (string a in arguments) start.ArgumentList.Add(a);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new MirlinkException($"the crate `{crate.Name}` of the standard library did not compile:\n{errors.TrimEnd()}");
        _ = output.Result;
    }
}
