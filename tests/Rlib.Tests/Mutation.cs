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
            switch (random.Next(10))
            {
                case < 3: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case < 5: bytes[at] = s_interesting[random.Next(s_interesting.Length)]; break;
                case < 6: bytes[at] = (byte)random.Next(256); break;
                case < 7: bytes.AsSpan(other, length).ToArray().CopyTo(bytes, at); break;
                case < 8: (bytes[at], bytes[other]) = (bytes[other], bytes[at]); break;
                case < 9: bytes = [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + length)..], .. new byte[length == 1 ? 0 : length]]; break;
                default: if (random.Next(4) == 0 && at >= 4) bytes = bytes[..at]; break;
            }
            if (bytes.Length < 4) break;
        }
        return bytes;
    }
}
