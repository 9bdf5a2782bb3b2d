namespace Mirlink.Rlib.Tests;

/// <summary>Random damage to bytes: flipped bits, other values, cut off, pieces copied over others, pieces swapped. The same seed gives the same damage.</summary>
internal static class Mutation
{
    /// <summary>Values that break length and index computations.</summary>
    private static readonly byte[] s_interesting = [0, 1, 0x7f, 0x80, 0xff];

    public static byte[] Of(byte[] original, Random random)
    {
        var bytes = (byte[])original.Clone();
        if (bytes.Length < 4) return bytes;
        for (int n = 1 + random.Next(3); n > 0; n--)
        {
            int at = random.Next(bytes.Length), other = random.Next(bytes.Length), length = 1 + random.Next(Math.Min(24, bytes.Length - Math.Max(at, other)));
            switch (random.Next(12))
            {
                case < 3: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case < 4: bytes[at] = s_interesting[random.Next(s_interesting.Length)]; break;
                case < 5: bytes[at] = (byte)random.Next(256); break;
                case < 6: bytes[at] += (byte)(random.Next(2) * 2 - 1); break;
                case < 8: bytes.AsSpan(other, length).ToArray().CopyTo(bytes, at); break;
                case < 10: Swap(bytes, Math.Min(at, other), Math.Max(at, other), length); break;
                case < 11: bytes = [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + length)..], .. new byte[length == 1 ? 0 : length]]; break;
                default: if (at >= 4) bytes = bytes[..at]; break;
            }
            if (bytes.Length < 4) break;
        }
        return bytes;
    }

    /// <summary>Exchanges two pieces, shortened where they would overlap.</summary>
    private static void Swap(byte[] bytes, int first, int second, int length)
    {
        length = Math.Min(length, second - first);
        var piece = bytes.AsSpan(first, length).ToArray();
        bytes.AsSpan(second, length).CopyTo(bytes.AsSpan(first));
        piece.CopyTo(bytes, second);
    }
}
