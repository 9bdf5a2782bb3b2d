using System.Text;
using Mirlink.Mir;
using Mirlink.Rustc.Metadata.Raw;

namespace Mirlink.Rustc;

/// <summary>
/// An installed rustc whose metadata format is known: the compiler, its sysroot and the folder of the target's standard library. Recognized by the version
/// string in the header of its libcore, without running anything.
/// </summary>
public sealed record RustcToolchain(string Rustc, string Sysroot, string Version, Release Release)
{
    public const string HostTriple = "x86_64-unknown-linux-gnu";

    /// <summary>What to install where none is there.</summary>
    public static string PreferredVersion => Releases.Versions[0];

    /// <summary>The number, as in `rustup toolchain install`.</summary>
    public string VersionNumber => Releases.Versions[(int)Release];

    /// <summary>The folder of rustup's toolchains, whether or not it exists.</summary>
    public static string RustupToolchains => Path.Combine(
        Environment.GetEnvironmentVariable("RUSTUP_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".rustup"), "toolchains");

    /// <summary>The target's standard library.</summary>
    public string LibDir => TargetLibDir(Sysroot);

    /// <summary>The compiler's own libraries, libLLVM where it is shipped with it.</summary>
    public string HostLibDir => Path.Combine(Sysroot, "lib");

    private static string TargetLibDir(string sysroot) => Path.Combine(sysroot, $"lib/rustlib/{HostTriple}/lib");

    /// <summary>
    /// The compiler named by MIRLINK_RUSTC, else the one that a rust-toolchain.toml asks for, else a rustup toolchain or system compiler of a supported release:
    /// of several the one that comes first in <see cref="Releases"/>.
    /// </summary>
    /// <exception cref="MirlinkException">There is none.</exception>
    public static RustcToolchain Find(string? sysroot = null)
    {
        if (sysroot is not null)
            return At(Path.Combine(sysroot, "bin", "rustc"), sysroot) ?? throw NotUsable($"the sysroot `{sysroot}`", sysroot);
        if (Environment.GetEnvironmentVariable("MIRLINK_RUSTC") is { Length: > 0 } named)
        {
            if (!File.Exists(named)) throw new MirlinkException($"MIRLINK_RUSTC names `{named}`, which {(Directory.Exists(named) ? "is a folder" : "does not exist")}") { Help = $"name rustc {Releases.Listed} in it, or unset it" };
            string path = Resolve(named);
            return At(path, SysrootOf(path)) ?? throw NotUsable($"MIRLINK_RUSTC names `{named}`, which", SysrootOf(path));
        }
        if (ToolchainFile.Find(Environment.CurrentDirectory) is { } file)
        {
            if (file.Sysroot is { } wanted && At(Path.Combine(wanted, "bin", "rustc"), wanted) is { } asked) return asked;
            if (file.Release is { } release && Installed(release) is { } other) return other;
            if (file.Release is { } absent)
            {
                throw new MirlinkException($"`{file.Path}` asks for rustc {Releases.Versions[(int)absent]}, which was not found, neither with rustup nor as /usr/bin/rustc")
                {
                    Help = $"install it with `rustup toolchain install {Releases.Versions[(int)absent]}`, or name one in MIRLINK_RUSTC",
                };
            }
            if (!file.IsAnyStable)
            {
                throw new MirlinkException($"`{file.Path}` asks for the toolchain `{file.Channel}`, but Mirlink reads the metadata of rustc {Releases.Listed} only")
                {
                    Help = $"set its channel to \"{PreferredVersion}\", or name a rustc {Releases.Listed} in MIRLINK_RUSTC",
                };
            }
        }
        return Installed(null) ?? throw new MirlinkException($"rustc {Releases.Listed} was not found, neither with rustup nor as /usr/bin/rustc")
        {
            Help = $"install it with `rustup toolchain install {PreferredVersion}`, or name it in MIRLINK_RUSTC",
        };
    }

    /// <summary>An installed one of a release, or of the first release that there is.</summary>
    private static RustcToolchain? Installed(Release? release)
    {
        RustcToolchain? best = null;
        foreach (var found in All())
        {
            if (release is { } r ? found.Release == r : found.Release == 0) return found;
            if (release is null && (best is null || found.Release < best.Release)) best = found;
        }
        return best;
    }

    /// <summary>Every compiler of a supported release with rustup and in the system's places.</summary>
    public static IEnumerable<RustcToolchain> All()
    {
        foreach (string candidate in Candidates())
            if (File.Exists(candidate) && At(candidate, SysrootOf(Resolve(candidate))) is { } found) yield return found;
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
            ? new MirlinkException($"{what} has no standard library for {HostTriple}: there is no libcore in `{lib}`") { Help = $"install the standard library of rustc {Releases.Listed}" }
            : new MirlinkException($"{what} is {version}; rustc {Releases.Listed} is needed") { Help = $"install it with `rustup toolchain install {PreferredVersion}`, or name one in MIRLINK_RUSTC" };
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
            if (VersionOf(file) is { } v && Releases.Of(v) is { } release) return new RustcToolchain(rustc, sysroot, v, release);
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
