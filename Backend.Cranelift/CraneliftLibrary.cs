using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Mirlink.Mir;

[assembly: DisableRuntimeMarshalling]

namespace Mirlink.Backend.Cranelift;

/// <summary>
/// Finds and loads libmirlink_cranelift.so, which native/ builds: $MIRLINK_CRANELIFT (a file), beside the program, or in artifacts/cranelift of a
/// folder above it (a build tree).
/// </summary>
public static class CraneliftLibrary
{
    internal const string Name = "mirlink_cranelift";
    private const string File = "libmirlink_cranelift.so";
    private const uint Abi = 1;
    private static readonly Lazy<(nint Handle, string Path)> Loaded = new(Load);

    /// <summary>Whether the library is there; without it only other backends can be used.</summary>
    public static bool IsAvailable => Find() is not null;

    /// <exception cref="MirlinkException">The library is missing or of another version.</exception>
    public static string Path => Loaded.Value.Path;

    static CraneliftLibrary() => NativeLibrary.SetDllImportResolver(typeof(CraneliftLibrary).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Name ? Loaded.Value.Handle : 0;

    /// <summary>The file that would be loaded; null for none.</summary>
    public static string? Find()
    {
        if (Environment.GetEnvironmentVariable("MIRLINK_CRANELIFT") is { Length: > 0 } chosen) return System.IO.File.Exists(chosen) ? chosen : null;
        string beside = System.IO.Path.Combine(AppContext.BaseDirectory, File);
        if (System.IO.File.Exists(beside)) return beside;
        for (var d = new DirectoryInfo(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            string built = System.IO.Path.Combine(d.FullName, "artifacts", "cranelift", File);
            if (System.IO.File.Exists(built)) return built;
        }
        return null;
    }

    private static unsafe (nint, string) Load()
    {
        string file = Find() ?? throw new MirlinkException("the Cranelift backend is not installed: libmirlink_cranelift.so is missing")
        {
            Help = "build it with Backend.Cranelift/native/build.sh, name it in MIRLINK_CRANELIFT, or use --backend llvm",
        };
        if (!NativeLibrary.TryLoad(file, out nint handle)) throw new MirlinkException($"`{file}` cannot be loaded");
        if (!NativeLibrary.TryGetExport(handle, "mlc_abi", out nint abi) || ((delegate* unmanaged<uint>)abi)() != Abi)
            throw new MirlinkException($"`{file}` belongs to another version of Mirlink") { Help = "build it again with Backend.Cranelift/native/build.sh" };
        return (handle, file);
    }

    internal static unsafe string Text(byte* text, nuint length) => Encoding.UTF8.GetString(text, checked((int)length));
}

/// <summary>The C ABI of native/src/lib.rs, which documents it.</summary>
internal static unsafe partial class Native
{
    [StructLayout(LayoutKind.Sequential)]
    public struct Relocation { public uint Offset, ElfType, TargetKind, Target; public long Addend; }

    [StructLayout(LayoutKind.Sequential)]
    public struct CallSite { public uint ReturnAddress, Pad, Tag; }

    [StructLayout(LayoutKind.Sequential)]
    public struct Line
    {
        public uint Start, End, Location;
        /// <summary>Index into the function's locations; larger than any if there is none.</summary>
        public readonly uint Number => Location / FunctionEncoder.LocationStep;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Compiled
    {
        public byte* Code;
        public nuint CodeLength;
        public Relocation* Relocs;
        public nuint RelocsLength;
        public CallSite* Sites;
        public nuint SitesLength;
        public byte* Cfi;
        public nuint CfiLength;
        public Line* Lines;
        public nuint LinesLength;
        public byte* Text;
        public nuint TextLength;
        public uint Alignment, FrameSize;
    }

    [LibraryImport(CraneliftLibrary.Name, EntryPoint = "mlc_session_new")]
    public static partial nint NewSession(byte* flags, nuint flagsLength, byte* opcodes, nuint opcodesLength, byte* error, nuint capacity, nuint* errorLength);
    [LibraryImport(CraneliftLibrary.Name, EntryPoint = "mlc_worker_new")]
    public static partial nint NewWorker();
    [LibraryImport(CraneliftLibrary.Name, EntryPoint = "mlc_worker_error")]
    public static partial byte* WorkerError(nint worker, nuint* length);
    [LibraryImport(CraneliftLibrary.Name, EntryPoint = "mlc_library_name")]
    public static partial byte* LibraryName(uint index, nuint* length);
    [LibraryImport(CraneliftLibrary.Name, EntryPoint = "mlc_compile")]
    public static partial int Compile(nint session, nint worker, uint* blob, nuint length, uint wantText, Compiled* result);
}
