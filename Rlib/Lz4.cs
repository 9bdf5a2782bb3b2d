using System.Runtime.InteropServices;
using Mirlink.Mir;

namespace Mirlink.Rlib;

/// <summary>The LZ4 block format through liblz4 (lz4.h: LZ4_decompress_safe, LZ4_compressBound; lz4hc.h: LZ4_compress_HC).</summary>
internal static unsafe partial class Lz4
{
    [LibraryImport("liblz4.so.1")]
    private static partial int LZ4_compressBound(int inputSize);

    [LibraryImport("liblz4.so.1")]
    private static partial int LZ4_compress_HC(byte* src, byte* dst, int srcSize, int dstCapacity, int compressionLevel);

    [LibraryImport("liblz4.so.1")]
    private static partial int LZ4_decompress_safe(byte* src, byte* dst, int compressedSize, int dstCapacity);

    /// <summary>The second of the levels that search for matches: a seventh smaller than without, for some 0.3 s of a build that writes 30 MB of MIR; the next ones gain a hundredth each.</summary>
    private const int Level = 4;

    public static byte[] Compress(ReadOnlySpan<byte> raw)
    {
        var buffer = new byte[LZ4_compressBound(raw.Length)];
        int n;
        fixed (byte* s = raw, d = buffer) n = LZ4_compress_HC(s, d, raw.Length, buffer.Length, Level);
        if (n <= 0 && raw.Length > 0) throw new BugException("LZ4_compress_HC failed although the buffer has LZ4_compressBound bytes");
        return buffer[..Math.Max(n, 0)];
    }

    /// <summary>False where the data is not LZ4 of exactly <paramref name="raw"/>.Length bytes.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> compressed, Span<byte> raw)
    {
        if (raw.Length == 0) return true;
        fixed (byte* s = compressed, d = raw) return LZ4_decompress_safe(s, d, compressed.Length, raw.Length) == raw.Length;
    }
}
