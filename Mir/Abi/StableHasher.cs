using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Mirlink.Mir.Abi;

/// <summary>A 128-bit hash as rustc keeps it (rustc_data_structures::fingerprint::Fingerprint).</summary>
public readonly record struct Fingerprint(ulong Lo, ulong Hi);

/// <summary>
/// rustc's StableHasher: SipHash-1-3 with 128 bits of output and zero keys over a little-endian byte stream, where usize is 64 bits wide and isize, which
/// enum discriminants are hashed as, takes one byte if it is small.
/// </summary>
public struct StableHasher
{
    private ulong _v0, _v1, _v2, _v3;
    private ulong _pending;
    private int _pendingBytes;
    private ulong _length;

    public StableHasher()
    {
        _v0 = 0x736f6d6570736575;
        _v1 = 0x646f72616e646f6d ^ 0xee;
        _v2 = 0x6c7967656e657261;
        _v3 = 0x7465646279746573;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Round()
    {
        _v0 += _v1;
        _v2 += _v3;
        _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
        _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
        _v0 = BitOperations.RotateLeft(_v0, 32);
        _v2 += _v1;
        _v0 += _v3;
        _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
        _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
        _v2 = BitOperations.RotateLeft(_v2, 32);
    }

    private void Process(ulong word)
    {
        _v3 ^= word;
        Round();
        _v0 ^= word;
    }

    private void Write(ulong value, int size)
    {
        _length += (ulong)size;
        _pending |= value << (8 * _pendingBytes);
        int total = _pendingBytes + size;
        if (total < 8)
        {
            _pendingBytes = total;
            return;
        }
        Process(_pending);
        _pending = _pendingBytes == 0 ? 0 : value >> (8 * (8 - _pendingBytes));
        _pendingBytes = total - 8;
    }

    public void WriteU8(byte value) => Write(value, 1);
    public void WriteU16(ushort value) => Write(value, 2);
    public void WriteU32(uint value) => Write(value, 4);
    public void WriteU64(ulong value) => Write(value, 8);
    public void WriteU128(U128 value) { Write((ulong)value, 8); Write((ulong)(value >> 64), 8); }
    public void WriteBool(bool value) => Write(value ? 1u : 0, 1);
    public void WriteFingerprint(Fingerprint f) { Write(f.Lo, 8); Write(f.Hi, 8); }

    /// <summary>The discriminant of an enum.</summary>
    public void WriteDiscriminant(long value)
    {
        if ((ulong)value < 0xff)
        {
            Write((ulong)value, 1);
            return;
        }
        Write(0xff, 1);
        Write((ulong)value, 8);
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes) Write(b, 1);
    }

    /// <summary>A string by HashStable: its length, then its bytes.</summary>
    public void WriteStr(string s)
    {
        var bytes = Encoding.UTF8.GetBytes(s);
        WriteU64((ulong)bytes.Length);
        WriteBytes(bytes);
    }

    /// <summary>A string by Hash: its bytes, then 0xff.</summary>
    public void WriteTerminatedStr(string s)
    {
        WriteBytes(Encoding.UTF8.GetBytes(s));
        WriteU8(0xff);
    }

    public Fingerprint Finish()
    {
        var h = this;
        h.Process(h._length << 56 | h._pending);
        h._v2 ^= 0xee;
        h.Round();
        h.Round();
        h.Round();
        ulong lo = h._v0 ^ h._v1 ^ h._v2 ^ h._v3;
        h._v1 ^= 0xdd;
        h.Round();
        h.Round();
        h.Round();
        return new Fingerprint(lo, h._v0 ^ h._v1 ^ h._v2 ^ h._v3);
    }
}
