using System.IO.Hashing;

namespace Mirlink.Rlib;

/// <summary>The 64-bit hash of bytes that rlibs carry for their parts.</summary>
public static class ContentHash
{
    /// <summary>XxHash3-64.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes) => XxHash3.HashToUInt64(bytes);
}
