using System.Buffers.Binary;
using System.Numerics;

namespace Mirlink.Rustc.Import;

/// <summary>
/// MD5 (RFC 1321), which rustc recognizes source files by. System.Security.Cryptography has it too, through OpenSSL, which takes longer to load than the rest
/// of a small crate's import.
/// </summary>
static class Md5
{
    static ReadOnlySpan<byte> Shifts => [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

    public static byte[] Hash(ReadOnlySpan<byte> text)
    {
        Span<uint> sines = stackalloc uint[64], state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
        for (var i = 0; i < 64; i++) sines[i] = (uint)(long)Math.Floor(Math.Abs(Math.Sin(i + 1)) * 4294967296.0);

        var whole = text.Length / 64 * 64;
        for (var at = 0; at < whole; at += 64) Block(text.Slice(at, 64), state, sines);

        // What is left, the bit 1, zeros, the length in bits.
        Span<byte> last = stackalloc byte[128];
        last.Clear();
        var rest = text[whole..];
        rest.CopyTo(last);
        last[rest.Length] = 0x80;
        var end = rest.Length < 56 ? 64 : 128;
        BinaryPrimitives.WriteUInt64LittleEndian(last[(end - 8)..], (ulong)text.Length * 8);
        for (var at = 0; at < end; at += 64) Block(last.Slice(at, 64), state, sines);

        var hash = new byte[16];
        for (var i = 0; i < 4; i++) BinaryPrimitives.WriteUInt32LittleEndian(hash.AsSpan(i * 4), state[i]);
        return hash;
    }

    static void Block(ReadOnlySpan<byte> block, Span<uint> state, ReadOnlySpan<uint> sines)
    {
        Span<uint> words = stackalloc uint[16];
        for (var i = 0; i < 16; i++) words[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(i * 4)..]);
        uint a = state[0], b = state[1], c = state[2], d = state[3];
        for (var i = 0; i < 64; i++)
        {
            var (f, word) = (i >> 4) switch
            {
                0 => (b & c | ~b & d, i),
                1 => (d & b | ~d & c, 5 * i + 1),
                2 => (b ^ c ^ d, 3 * i + 5),
                _ => (c ^ (b | ~d), 7 * i),
            };
            var sum = a + f + sines[i] + words[word & 15];
            (a, d, c, b) = (d, c, b, b + BitOperations.RotateLeft(sum, Shifts[(i >> 4) * 4 + (i & 3)]));
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
    }
}
