using System.Text;
using Mirlink.Mir;

namespace Mirlink.Rustc;

/// <summary>
/// An installed rustc whose metadata format is known: the compiler, its sysroot and the folder of the target's standard library. Recognized by the version
/// string in the header of its libcore, without running anything.
/// </summary>
public sealed record RustcToolchain(string Rustc, string Sysroot, string Version)
{
    public const string SupportedVersion = "1.96.0";
    public const string HostTriple = "x86_64-unknown-linux-gnu";

    /// <summary>The folder of rustup's toolchains, whether or not it exists.</summary>
    public static string RustupToolchains => Path.Combine(
        Environment.GetEnvironmentVariable("RUSTUP_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".rustup"), "toolchains");

    public string LibDir => TargetLibDir(Sysroot);

    private static string TargetLibDir(string sysroot) => Path.Combine(sysroot, "lib", "rustlib", HostTriple, "lib");

    /// <summary>The compiler named by MIRLINK_RUSTC, else the one that a rust-toolchain.toml asks for, else a rustup toolchain or system compiler of the supported version.</summary>
    /// <exception cref="MirlinkException">There is none.</exception>
    public static RustcToolchain Find(string? sysroot = null)
    {
        if (sysroot is not null)
            return At(Path.Combine(sysroot, "bin", "rustc"), sysroot) ?? throw NotUsable($"the sysroot `{sysroot}`", sysroot);
        if (Environment.GetEnvironmentVariable("MIRLINK_RUSTC") is { Length: > 0 } named)
        {
            if (!File.Exists(named)) throw new MirlinkException($"MIRLINK_RUSTC names `{named}`, which {(Directory.Exists(named) ? "is a folder" : "does not exist")}") { Help = $"name rustc {SupportedVersion} in it, or unset it" };
            string path = Resolve(named);
            return At(path, SysrootOf(path)) ?? throw NotUsable($"MIRLINK_RUSTC names `{named}`, which", SysrootOf(path));
        }
        if (ToolchainFile.Find(Environment.CurrentDirectory) is { } file && file.Rules(SupportedVersion) is { } wanted)
        {
            string path = Path.Combine(wanted, "bin", "rustc");
            return At(path, wanted) ?? throw new MirlinkException($"`{file.Path}` asks for the toolchain `{file.Channel}`, but Mirlink reads the metadata of rustc {SupportedVersion} only")
            {
                Help = $"set its channel to \"{SupportedVersion}\", or name a rustc {SupportedVersion} in MIRLINK_RUSTC",
            };
        }
        foreach (string candidate in Candidates())
        {
            if (!File.Exists(candidate)) continue;
            string path = Resolve(candidate);
            if (At(candidate, SysrootOf(path)) is { } found) return found;
        }
        throw new MirlinkException($"rustc {SupportedVersion} was not found, neither with rustup nor as /usr/bin/rustc")
        {
            Help = $"install it with `rustup toolchain install {SupportedVersion}`, or name it in MIRLINK_RUSTC",
        };
    }

    /// <summary>Says what is there instead of a supported standard library.</summary>
    private static MirlinkException NotUsable(string what, string sysroot)
    {
        string lib = TargetLibDir(sysroot);
        string? version = null;
        if (Directory.Exists(lib))
        {
            var files = Directory.GetFiles(lib, "libcore-*.*");
            Array.Sort(files, StringComparer.Ordinal);
            foreach (string file in files) version ??= VersionOf(file);
        }
        if (version is null && File.Exists(Path.Combine(sysroot, "bin", "rustup")))
            return new MirlinkException($"{what} is rustup's proxy and not a compiler") { Help = "name the compiler itself: `rustup which rustc` tells where it is" };
        return version is null
            ? new MirlinkException($"{what} has no standard library for {HostTriple}: there is no libcore in `{lib}`") { Help = $"install the standard library of rustc {SupportedVersion}" }
            : new MirlinkException($"{what} is {version}; rustc {SupportedVersion} is needed") { Help = $"install it with `rustup toolchain install {SupportedVersion}`, or name one in MIRLINK_RUSTC" };
    }

    private static IEnumerable<string> Candidates()
    {
        string toolchains = RustupToolchains;
        if (Directory.Exists(toolchains))
        {
            var folders = Directory.GetDirectories(toolchains);
            Array.Sort(folders, StringComparer.Ordinal);
            foreach (string f in folders) yield return Path.Combine(f, "bin", "rustc");
        }
        yield return "/usr/local/bin/rustc";
        yield return "/usr/bin/rustc";
    }

    private static string Resolve(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);

    private static string SysrootOf(string rustc) => Path.GetDirectoryName(Path.GetDirectoryName(rustc)) ?? "/";

    private static RustcToolchain? At(string rustc, string sysroot)
    {
        string lib = TargetLibDir(sysroot);
        if (!Directory.Exists(lib)) return null;
        foreach (string file in Directory.GetFiles(lib, "libcore-*.rmeta"))
            if (VersionOf(file) is { } v && v.StartsWith($"rustc {SupportedVersion} ", StringComparison.Ordinal)) return new RustcToolchain(rustc, sysroot, v);
        return null;
    }

    /// <summary>The compiler version in a metadata file's header, null if it is none.</summary>
    public static string? VersionOf(string rmeta)
    {
        Span<byte> head = stackalloc byte[256];
        int n;
        using (var file = File.OpenHandle(rmeta)) n = RandomAccess.Read(file, head, 0);
        head = head[..n];
        if (n < 18 || !head.StartsWith("rust\0\0\0"u8)) return null;
        int length = head[16];
        return length < 0x80 && 17 + length <= n ? Encoding.UTF8.GetString(head.Slice(17, length)) : null;
    }
}
