using System.Diagnostics;
using Mirlink.Mir;
using Mirlink.Rustc;

namespace Mirlink.Linker;

/// <summary>What the system contributes to an executable: the ELF linker, C start files, library folders. Searched in the usual places; `cc` is asked only if that fails.</summary>
public sealed record SystemLinkage(string Lld, IReadOnlyList<string> LldPrefix, string Scrt1, string CrtI, string CrtBeginS, string CrtEndS, string CrtN, IReadOnlyList<string> LibDirs)
{
    private static readonly string[] SystemDirs = ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib"];

    /// <exception cref="MirlinkException">No linker, or no C start files.</exception>
    public static SystemLinkage Find(RustcToolchain toolchain, string? lld)
    {
        var (linker, prefix) = FindLld(toolchain, lld ?? Environment.GetEnvironmentVariable("MIRLINK_LLD"));
        string scrt1 = FindFile("Scrt1.o", SystemDirs);
        string libDir = Path.GetDirectoryName(scrt1)!;
        string crtBegin = FindFile("crtbeginS.o", GccDirs());
        string gccDir = Path.GetDirectoryName(crtBegin)!;
        var dirs = new List<string> { gccDir, libDir };
        foreach (string d in SystemDirs) if (!dirs.Contains(d) && Directory.Exists(d)) dirs.Add(d);
        return new SystemLinkage(linker, prefix, scrt1, Path.Combine(libDir, "crti.o"), crtBegin, Path.Combine(gccDir, "crtendS.o"), Path.Combine(libDir, "crtn.o"), dirs);
    }

    private static (string Path, string[] Prefix) FindLld(RustcToolchain toolchain, string? named)
    {
        if (named is { Length: > 0 })
        {
            if (!File.Exists(named)) throw new MirlinkException($"MIRLINK_LLD names `{named}`, which does not exist") { Help = "name lld in it, or unset it" };
            return (named, FlavorOf(named));
        }
        foreach (string candidate in LldCandidates(toolchain)) if (File.Exists(candidate)) return (candidate, FlavorOf(candidate));
        throw new MirlinkException("no lld was found, neither rust-lld of a rustup toolchain nor ld.lld") { Help = "install lld, or name it in MIRLINK_LLD" };
    }

    private static string[] FlavorOf(string path) => Path.GetFileName(path).StartsWith("ld.lld", StringComparison.Ordinal) ? [] : ["-flavor", "gnu"];

    private static IEnumerable<string> LldCandidates(RustcToolchain toolchain)
    {
        static string In(string sysroot) => Path.Combine(sysroot, "lib", "rustlib", RustcToolchain.HostTriple, "bin", "rust-lld");
        yield return In(toolchain.Sysroot);
        string toolchains = RustcToolchain.RustupToolchains;
        if (Directory.Exists(toolchains))
        {
            var folders = Directory.GetDirectories(toolchains);
            // "stable" after "nightly" and numbers: the released one is preferred.
            Array.Sort(folders, static (a, b) => string.CompareOrdinal(b, a));
            foreach (string f in folders) yield return In(f);
        }
        foreach (string dir in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            yield return Path.Combine(dir, "ld.lld");
            yield return Path.Combine(dir, "ld.lld-22");
        }
        if (Directory.Exists("/usr/lib"))
        {
            var versions = Directory.GetDirectories("/usr/lib", "llvm-*");
            Array.Sort(versions, static (a, b) => string.CompareOrdinal(b, a));
            foreach (string v in versions) yield return Path.Combine(v, "bin", "ld.lld");
        }
    }

    private static IEnumerable<string> GccDirs()
    {
        foreach (string root in (string[])["/usr/lib/gcc", "/usr/lib64/gcc"])
        {
            foreach (string triple in (string[])["x86_64-linux-gnu", "x86_64-pc-linux-gnu", "x86_64-redhat-linux", "x86_64-suse-linux", "x86_64-unknown-linux-gnu"])
            {
                string dir = Path.Combine(root, triple);
                if (!Directory.Exists(dir)) continue;
                var versions = Directory.GetDirectories(dir);
                Array.Sort(versions, static (a, b) => VersionOf(b).CompareTo(VersionOf(a)));
                foreach (string v in versions) yield return v;
            }
        }
        static Version VersionOf(string path)
        {
            string name = Path.GetFileName(path);
            return Version.TryParse(name.Contains('.') ? name : name + ".0", out var v) ? v : new Version(0, 0);
        }
    }

    private static string FindFile(string name, IEnumerable<string> dirs)
    {
        foreach (string d in dirs)
        {
            string path = Path.Combine(d, name);
            if (File.Exists(path)) return path;
        }
        return AskCompiler(name) ?? throw new MirlinkException($"the C library's {name} was not found") { Help = "install a C compiler and the C library's development files (libc6-dev)" };
    }

    private static string? AskCompiler(string name)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("cc", [$"-print-file-name={name}"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string path = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 && Path.IsPathRooted(path) && File.Exists(path) ? path : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
