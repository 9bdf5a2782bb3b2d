using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Mirlink.Mir;

[assembly: DisableRuntimeMarshalling]

namespace Mirlink.Backend.Llvm;

/// <summary>
/// Finds and loads libLLVM: $MIRLINK_LLVM (a file or a folder), the folders in <see cref="SearchFolders"/> (a rustc sysroot's lib), the system's
/// libLLVM, then the toolchains of rustup. Version 20 or newer.
/// </summary>
public static unsafe class LlvmLibrary
{
    internal const string Name = "mirlink-libLLVM";
    private const int MinimumVersion = 20;
    private static readonly Lazy<(nint Handle, string Path, int Major)> Loaded = new(Load);
    private static readonly Lazy<bool> Initialized = new(Initialize);
    [ThreadStatic] private static string? t_compiling;

    /// <summary>Folders to look in before the system's; set before the first use.</summary>
    public static IReadOnlyList<string> SearchFolders { get; set; } = [];

    /// <summary>Path of the library in use.</summary>
    /// <exception cref="MirlinkException">No usable libLLVM.</exception>
    public static string Path => Loaded.Value.Path;
    public static int Major => Loaded.Value.Major;

    /// <summary>Whether there is a usable libLLVM.</summary>
    public static bool IsAvailable
    {
        get
        {
            try
            {
                return Loaded.Value.Handle != 0;
            }
            catch (MirlinkException)
            {
                return false;
            }
        }
    }

    /// <summary>What the current thread compiles, for the message of LLVM's fatal errors, which end the process.</summary>
    internal static string? Compiling { set => t_compiling = value; }

    internal static void EnsureInitialized() => _ = Initialized.Value;

    static LlvmLibrary() => NativeLibrary.SetDllImportResolver(typeof(LlvmLibrary).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Name ? Loaded.Value.Handle : 0;

    private static (nint, string, int) Load()
    {
        var tried = new List<string>();
        foreach (string file in Candidates())
        {
            if (!NativeLibrary.TryLoad(file, out nint handle)) { tried.Add($"{file} (cannot be loaded)"); continue; }
            if (!NativeLibrary.TryGetExport(handle, "LLVMGetVersion", out nint getVersion)) { tried.Add($"{file} (older than LLVM 16)"); continue; }
            uint major, minor, patch;
            ((delegate* unmanaged<uint*, uint*, uint*, void>)getVersion)(&major, &minor, &patch);
            if (major >= MinimumVersion) return (handle, file, (int)major);
            tried.Add($"{file} (LLVM {major}.{minor}.{patch})");
        }
        string seen = tried.Count == 0 ? "none was found" : "found " + string.Join(", ", tried);
        throw new MirlinkException($"the LLVM backend needs libLLVM version {MinimumVersion} or newer, but {seen}")
        {
            Help = "install your distribution's libllvm22 (or newer), or a rustup toolchain, or set MIRLINK_LLVM to the path of libLLVM.so",
        };
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("MIRLINK_LLVM") is { Length: > 0 } chosen)
        {
            if (File.Exists(chosen)) yield return chosen;
            foreach (string file in InFolder(chosen)) yield return file;
        }
        foreach (string folder in SearchFolders) foreach (string file in InFolder(folder)) yield return file;
        foreach (string folder in (string[])["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib"])
            foreach (string file in InFolder(folder)) yield return file;
        string rustup = Environment.GetEnvironmentVariable("RUSTUP_HOME") is { Length: > 0 } home
            ? home : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".rustup");
        string toolchains = System.IO.Path.Combine(rustup, "toolchains");
        if (!Directory.Exists(toolchains)) yield break;
        string[] found = Directory.GetDirectories(toolchains);
        // "stable-…" sorts after "nightly-…" and is preferred.
        Array.Sort(found, static (a, b) => string.CompareOrdinal(b, a));
        foreach (string toolchain in found) foreach (string file in InFolder(System.IO.Path.Combine(toolchain, "lib"))) yield return file;
    }

    /// <summary>libLLVM.so.VERSION files of a folder, newest first. (libLLVM-*-rust-*.so in rustup is a linker script, not a library.)</summary>
    private static IEnumerable<string> InFolder(string folder)
    {
        if (!Directory.Exists(folder)) yield break;
        string[] files = Directory.GetFiles(folder, "libLLVM.so.*");
        Array.Sort(files, static (a, b) =>
        {
            int byVersion = VersionOf(b).CompareTo(VersionOf(a));
            return byVersion != 0 ? byVersion : string.CompareOrdinal(b, a);
        });
        foreach (string file in files) yield return file;
    }

    private static double VersionOf(string file)
    {
        var text = System.IO.Path.GetFileName(file.AsSpan())["libLLVM.so.".Length..];
        int dash = text.IndexOf('-');
        if (dash >= 0) text = text[..dash];
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double v) ? v : 0;
    }

    private static bool Initialize()
    {
        LLVM.InitializeX86TargetInfo();
        LLVM.InitializeX86Target();
        LLVM.InitializeX86TargetMC();
        LLVM.InitializeX86AsmPrinter();
        LLVM.InitializeX86AsmParser();
        LLVM.InstallFatalErrorHandler(&OnFatalError);
        // Process-wide, and read when a TargetMachine or a pass is made. What rustc sets: traps for `unreachable` (TargetOptions::TrapUnreachable, which
        // the C API does not reach), aliases for merged functions, no assumptions about alignment left behind by inlining, address ranges in debug info. And what
        // -O3 has by itself as long as nobody sets a threshold: calls in hot loops may be inlined up to 525.
        fixed (byte* program = "mirlink"u8, trap = "-trap-unreachable"u8, merge = "-mergefunc-use-aliases"u8,
            align = "-preserve-alignment-assumptions-during-inlining=false"u8, ranges = "-generate-arange-section"u8,
            hot = "-locally-hot-callsite-threshold=525"u8)
        {
            byte** argv = stackalloc byte*[6] { program, trap, merge, align, ranges, hot };
            LLVM.ParseCommandLineOptions(6, argv, null);
        }
        return true;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnFatalError(byte* reason)
    {
        // LLVM exits or aborts after this; an exception cannot cross its frames.
        string text = Marshal.PtrToStringUTF8((nint)reason) ?? "";
        Console.Error.WriteLine($"error: LLVM failed{(t_compiling is null ? "" : $" in unit `{t_compiling}`")}: {text}");
        Console.Error.Flush();
    }

    /// <summary>Copies and frees a message that LLVM allocated.</summary>
    internal static string TakeMessage(byte* message)
    {
        if (message is null) return "";
        string text = Marshal.PtrToStringUTF8((nint)message) ?? "";
        LLVM.DisposeMessage(message);
        return text;
    }
}
