using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Text;
using Mirlink.Mir;

namespace Mirlink.Rustc.Metadata.Raw;

/// <summary>
/// The bytes of a crate's metadata: a memory-mapped `.rmeta`, or the same blob inside an `.rlib` (member `lib.rmeta`, an ELF object whose
/// section `.rmeta` holds it). All positions in the format are relative to the start of this blob.
/// </summary>
public sealed unsafe partial class MetadataBlob : IDisposable
{
    internal const string RebuildIt = "rebuild the crate; if it came from a cache, clear the cache";

    static ReadOnlySpan<byte> Magic => "rust\0\0\0"u8;
    internal static ReadOnlySpan<byte> Trailer => "rust-end-file"u8;

    readonly MemoryMappedFile _file;
    readonly MemoryMappedViewAccessor _view;

    /// <summary>First byte of the blob.</summary>
    internal readonly byte* Start;

    /// <summary>Length without the trailer.</summary>
    public uint Length { get; }

    public string Path { get; }

    MetadataBlob(string path, MemoryMappedFile file, MemoryMappedViewAccessor view, byte* start, uint length)
    {
        Path = path;
        _file = file;
        _view = view;
        Start = start;
        Length = length;
    }

    public ReadOnlySpan<byte> Bytes => new(Start, (int)Length);

    /// <summary>Maps a `.rmeta` or an `.rlib`.</summary>
    /// <exception cref="MirlinkException">The file cannot be read, or is no rustc metadata.</exception>
    public static MetadataBlob Open(string path)
    {
        MemoryMappedFile? file = null;
        MemoryMappedViewAccessor? view = null;
        try
        {
            long size;
            try
            {
                // Not of the path: that would be the length of a symbolic link.
                using var handle = File.OpenHandle(path);
                size = RandomAccess.GetLength(handle);
                if (size == 0) throw new MirlinkException($"`{path}` is empty: rustc writes no metadata for this crate type (executables, test harnesses, C libraries)");
                file = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
                view = file.CreateViewAccessor(0, size, MemoryMappedFileAccess.Read);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new MirlinkException(e is FileNotFoundException or DirectoryNotFoundException ? $"there is no crate `{path}`" : $"cannot read crate metadata `{path}`: {e.Message}", e);
            }
            if (size > int.MaxValue) throw new MirlinkException($"`{path}` is larger than 2 GiB, which is more than this reader maps at once");
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            start += view.PointerOffset;
            var bytes = new ReadOnlySpan<byte>(start, (int)size);
            var (at, length) = Locate(path, bytes);
            var blob = bytes.Slice(at, length);
            if (!blob.StartsWith(Magic)) throw new MirlinkException($"`{path}` is not crate metadata") { Help = "crates are `.rlib` and `.rmeta` files; compile source with `mirlink rustc --emit=mir-rlib`" };
            if (blob.Length < 32 || !blob.EndsWith(Trailer)) throw new MirlinkException($"`{path}` is truncated: rustc's end mark is missing") { Help = RebuildIt };
            var result = new MetadataBlob(path, file, view, start + at, (uint)(length - Trailer.Length));
            file = null;
            view = null;
            return result;
        }
        finally
        {
            view?.Dispose();
            file?.Dispose();
        }
    }

    static (int At, int Length) Locate(string path, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith("!<arch>\n"u8)) return (0, bytes.Length);
        var at = 8;
        while (at + 60 <= bytes.Length)
        {
            var header = bytes.Slice(at, 60);
            if (!int.TryParse(Encoding.ASCII.GetString(header.Slice(48, 10)).Trim(), out var size) || size < 0 || size > bytes.Length - at - 60) break;
            if (header.StartsWith("lib.rmeta/"u8))
            {
                var (offset, length) = Section(path, bytes.Slice(at + 60, size));
                return (at + 60 + offset, length);
            }
            at += 60 + size + (size & 1);
        }
        throw new MirlinkException($"`{path}` is an archive without a member lib.rmeta, so not a Rust library");
    }

    /// <summary>Whether an rlib has members besides its metadata, that is, machine code. False if there is no such file.</summary>
    public static bool HasObjects(string rlib)
    {
        if (!File.Exists(rlib)) return false;
        using var file = File.OpenRead(rlib);
        Span<byte> header = stackalloc byte[60];
        if (file.Length < 68 || file.ReadAtLeast(header[..8], 8, false) < 8 || !header.StartsWith("!<arch>\n"u8)) return false;
        while (file.ReadAtLeast(header, 60, false) == 60)
        {
            if (!long.TryParse(Encoding.ASCII.GetString(header.Slice(48, 10)).Trim(), out var size) || size < 0) return false;
            // the symbol table is `/`, the table of long names `//`; objects may have a long name, `/123`
            if (!header.StartsWith("lib.rmeta/"u8) && !header.StartsWith("/ "u8) && !header.StartsWith("//"u8)) return true;
            file.Seek(size + (size & 1), SeekOrigin.Current);
        }
        return false;
    }

    /// <summary>Finds section `.rmeta` of a 64-bit little-endian ELF object; a member that is the bare blob is taken as it is.</summary>
    static (int Offset, int Length) Section(string path, ReadOnlySpan<byte> elf)
    {
        if (elf.StartsWith(Magic)) return (0, elf.Length);
        if (elf.Length >= 64 && elf.StartsWith("\u007fELF\u0002\u0001"u8))
        {
            var table = BitConverter.ToUInt64(elf[40..]);
            int entry = BitConverter.ToUInt16(elf[58..]), count = BitConverter.ToUInt16(elf[60..]), names = BitConverter.ToUInt16(elf[62..]);
            if (entry >= 64 && table <= (ulong)elf.Length && (ulong)entry * (ulong)count <= (ulong)elf.Length - table && names < count)
            {
                var sections = elf[(int)table..];
                var strings = BitConverter.ToUInt64(sections[(names * entry + 24)..]);
                for (var i = 0; i < count; i++)
                {
                    var s = sections.Slice(i * entry, 64);
                    ulong name = strings + BitConverter.ToUInt32(s), offset = BitConverter.ToUInt64(s[24..]), size = BitConverter.ToUInt64(s[32..]);
                    if (name < strings || name >= (ulong)elf.Length || !elf[(int)name..].StartsWith(".rmeta\0"u8)) continue;
                    if (offset > (ulong)elf.Length || size > (ulong)elf.Length - offset) break;
                    return ((int)offset, (int)size);
                }
            }
        }
        throw new MirlinkException($"`{path}` is damaged: its member lib.rmeta holds no section .rmeta") { Help = RebuildIt };
    }

    /// <summary>Gives the pages that were read back to the system: decoding reads most of them once, and the file is there for those it comes back to. Safe while others read.</summary>
    public void ReleasePages()
    {
        // Failure leaves the pages where they are.
        nuint before = (nuint)Start % PageSize;
        _ = madvise(Start - before, before + Length, DontNeed);
    }

    const uint PageSize = 4096;
    const int DontNeed = 4;

    [LibraryImport("libc.so.6")]
    private static partial int madvise(byte* start, nuint length, int advice);

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
