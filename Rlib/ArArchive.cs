using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Mirlink.Mir;

namespace Mirlink.Rlib;

/// <summary>A member of an archive; offset and size in bytes of its contents in the file.</summary>
public readonly record struct ArMember(string Name, long Offset, long Size, long HeaderOffset);

/// <summary>
/// A Unix archive (`ar`), GNU or BSD names, not thin: what an rlib is. Only the headers and the symbol index are read until a member is asked for.
/// </summary>
public sealed class ArArchive : IDisposable
{
    public const string MetadataMember = "lib.rmeta";
    internal static ReadOnlySpan<byte> Magic => "!<arch>\n"u8;
    internal const int HeaderSize = 60;

    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle _file;
    private readonly List<ArMember> _members = [];
    private ArMember? _index;
    private bool _index64;

    public string Path { get; }
    /// <summary>Members in file order, without the symbol index and the name table.</summary>
    public IReadOnlyList<ArMember> Members => _members;

    private ArArchive(string path, Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        Path = path;
        _file = file;
    }

    /// <exception cref="MirlinkException">The file cannot be read or is no archive.</exception>
    public static ArArchive Open(string path)
    {
        Microsoft.Win32.SafeHandles.SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path);
            var archive = new ArArchive(path, file);
            archive.ReadHeaders();
            return archive;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new MirlinkException(e is FileNotFoundException or DirectoryNotFoundException ? $"there is no file `{path}`" : $"cannot read the archive `{path}`: {e.Message}", e);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    public static bool IsArchive(ReadOnlySpan<byte> start) => start.StartsWith(Magic);

    private MirlinkException Broken(string why) => new($"`{Path}` is not a usable archive: {why}") { Help = "rebuild the crate" };

    private void ReadHeaders()
    {
        long length = RandomAccess.GetLength(_file);
        Span<byte> header = stackalloc byte[HeaderSize];
        if (length < Magic.Length || RandomAccess.Read(_file, header[..Magic.Length], 0) != Magic.Length || !IsArchive(header)) throw Broken("it does not start with `!<arch>`");
        byte[] longNames = [];
        for (long at = Magic.Length; at < length;)
        {
            if (at + HeaderSize > length) throw Broken("it ends in the middle of a member's header");
            if (RandomAccess.Read(_file, header, at) != HeaderSize || header[58] != '`' || header[59] != '\n') throw Broken($"no member header at offset {at}");
            string name = Encoding.ASCII.GetString(header[..16]).TrimEnd(' ');
            if (!long.TryParse(Encoding.ASCII.GetString(header[48..58]).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long size))
                throw Broken($"the member at offset {at} has no valid size");
            if (size > length - at - HeaderSize) throw Broken("it ends in the middle of a member");
            long contents = at + HeaderSize;
            long next = contents + size + (size & 1);
            switch (name)
            {
                case "/" or "/SYM64/":
                    _index ??= new ArMember(name, contents, size, at);
                    _index64 = name.Length > 1;
                    break;
                case "//":
                    longNames = Read(contents, size);
                    break;
                default:
                    if (name.StartsWith("#1/", StringComparison.Ordinal) && int.TryParse(name.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out int inline))
                    {
                        if (inline > size) throw Broken($"the member at offset {at} has no valid name");
                        name = Encoding.UTF8.GetString(Read(contents, inline)).TrimEnd('\0');
                        contents += inline;
                        size -= inline;
                    }
                    else if (name.Length > 1 && name[0] == '/' && int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int offset) && offset < longNames.Length)
                    {
                        int end = Array.IndexOf(longNames, (byte)'\n', offset);
                        name = Encoding.UTF8.GetString(longNames, offset, (end < 0 ? longNames.Length : end) - offset).TrimEnd('/');
                    }
                    else
                    {
                        name = name.TrimEnd('/');
                    }
                    _members.Add(new ArMember(name, contents, size, at));
                    break;
            }
            at = next;
        }
    }

    private byte[] Read(long offset, long size)
    {
        byte[] bytes = size <= Array.MaxLength ? new byte[size] : throw Broken("a member is larger than 2 GiB");
        for (int done = 0; done < bytes.Length;)
        {
            int n = RandomAccess.Read(_file, bytes.AsSpan(done), offset + done);
            if (n == 0) throw Broken("it ends in the middle of a member");
            done += n;
        }
        return bytes;
    }

    public byte[] Read(ArMember member) => Read(member.Offset, member.Size);

    public ArMember? Find(string name)
    {
        foreach (var m in _members) if (m.Name == name) return m;
        return null;
    }

    /// <summary>Names of the global symbols that members define, from the symbol index: in its order, empty if there is none.</summary>
    public List<string> ReadSymbolIndex()
    {
        var names = new List<string>();
        if (_index is not { } index || index.Size < (_index64 ? 8 : 4)) return names;
        byte[] bytes = Read(index);
        int word = _index64 ? 8 : 4;
        long count = _index64 ? BinaryPrimitives.ReadInt64BigEndian(bytes) : BinaryPrimitives.ReadInt32BigEndian(bytes);
        if (count < 0 || count > bytes.Length / word - 1) throw Broken("its symbol index is damaged");
        int at = (int)((count + 1) * word);
        for (long i = 0; i < count && at < bytes.Length; i++)
        {
            int end = Array.IndexOf(bytes, (byte)0, at);
            if (end < 0) end = bytes.Length;
            names.Add(Encoding.UTF8.GetString(bytes, at, end - at));
            at = end + 1;
        }
        return names;
    }

    public void Dispose() => _file.Dispose();
}
