using System.Buffers.Binary;
using System.Text;
using Mirlink.Mir;

namespace Mirlink.Rlib.Records;

/// <summary>
/// Encodes one record (an item's header, a body, an allocation) as bytes that stand alone: integers are LEB128, strings inline, types written once and then
/// referred to by number. Beside the bytes it keeps a second stream in which definitions appear as DefPathHashes and allocations as their contents: that
/// stream is what content hashes are made of, so that they survive renumbering by unrelated edits.
/// </summary>
internal sealed partial class RecordWriter(CrateEncoding crate)
{
    private byte[] _bytes = new byte[1024];
    private int _length;
    private byte[] _identity = new byte[1024];
    private int _identityLength;
    private readonly Dictionary<object, int> _types = new(ReferenceEqualityComparer.Instance);
    private int _previousLine;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);
    public ReadOnlySpan<byte> Identity => _identity.AsSpan(0, _identityLength);

    public void Reset()
    {
        _length = _identityLength = _previousLine = 0;
        _types.Clear();
    }

    private static void Append(ref byte[] to, ref int length, ReadOnlySpan<byte> bytes)
    {
        if (length + bytes.Length > to.Length) System.Array.Resize(ref to, Math.Max(to.Length * 2, length + bytes.Length));
        bytes.CopyTo(to.AsSpan(length));
        length += bytes.Length;
    }

    private void Raw(ReadOnlySpan<byte> bytes)
    {
        Append(ref _bytes, ref _length, bytes);
        Append(ref _identity, ref _identityLength, bytes);
    }

    private static int Leb(Span<byte> buffer, ulong v)
    {
        int n = 0;
        do
        {
            byte b = (byte)(v & 0x7f);
            v >>= 7;
            buffer[n++] = v != 0 ? (byte)(b | 0x80) : b;
        } while (v != 0);
        return n;
    }

    public void Byte(byte v) => Raw([v]);
    public void Bool(bool v) => Raw([v ? (byte)1 : (byte)0]);

    public void Uint(U128 v)
    {
        Span<byte> buffer = stackalloc byte[20];
        int n = 0;
        for (ulong low = v.Low, high = v.High; ; n++)
        {
            buffer[n] = (byte)(low & 0x7f);
            low = low >> 7 | high << 57;
            high >>= 7;
            if ((low | high) == 0) break;
            buffer[n] |= 0x80;
        }
        Raw(buffer[..(n + 1)]);
    }

    public void Uint(ulong v)
    {
        Span<byte> buffer = stackalloc byte[10];
        Raw(buffer[..Leb(buffer, v)]);
    }

    public void Fixed64(ulong v)
    {
        Span<byte> buffer = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, v);
        Raw(buffer);
    }

    public void Fixed128(Hash128 v) { Fixed64(v.Low); Fixed64(v.High); }

    public void Int(int v) => Uint((uint)v);
    /// <summary>A count or index that may be -1.</summary>
    public void Index(int v) => Uint((uint)(v + 1));
    public void Signed(int v) => Uint((uint)(v << 1 ^ v >> 31));

    public void String(string s)
    {
        Int(Encoding.UTF8.GetByteCount(s));
        Raw(Encoding.UTF8.GetBytes(s));
    }

    public void OptString(string? s) { Bool(s is not null); if (s is not null) String(s); }
    public void Blob(ReadOnlySpan<byte> bytes) { Int(bytes.Length); Raw(bytes); }

    /// <summary>Written to the bytes alone: positions and numbers that differ without the content differing.</summary>
    private void Unidentified(ulong v)
    {
        Span<byte> buffer = stackalloc byte[10];
        Append(ref _bytes, ref _length, buffer[..Leb(buffer, v)]);
    }

    public void Def(DefId d)
    {
        Unidentified((ulong)crate.LocalCrate(d.Krate));
        Unidentified((ulong)d.Index);
        var hash = crate.Tcx.DefPathHash(d);
        Span<byte> buffer = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, hash.StableCrateId);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[8..], hash.LocalHash);
        Append(ref _identity, ref _identityLength, buffer);
    }

    public void OptDef(DefId? d) { Bool(d is not null); if (d is { } v) Def(v); }

    public void Alloc(GlobalAlloc alloc)
    {
        int index = crate.AllocIndex(alloc, out var hash);
        Unidentified((ulong)index);
        Span<byte> buffer = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, hash.Low);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[8..], hash.High);
        Append(ref _identity, ref _identityLength, buffer);
    }

    public void Span(Span s)
    {
        Index(s.IsDummy ? -1 : crate.FileIndex(s.File));
        if (s.IsDummy) return;
        Signed(s.Line - _previousLine);
        _previousLine = s.Line;
        Int(s.Column);
    }

    public void Array<T>(T[] items, Action<T> each)
    {
        Int(items.Length);
        foreach (var i in items) each(i);
    }
}
