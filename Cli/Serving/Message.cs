using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Mirlink.Cli.Serving;

/// <summary>What the wrapper and the server say to each other: a length in 4 bytes, little-endian, and that many bytes, UTF-8 fields divided by NUL.</summary>
internal static class Message
{
    private const int Longest = 1 << 26;
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Null at the end of the stream, and for what is no message.</summary>
    public static string[]? Receive(Socket from)
    {
        Span<byte> length = stackalloc byte[4];
        if (!Fill(from, length) || BinaryPrimitives.ReadUInt32LittleEndian(length) is > Longest and var n) return null;
        var bytes = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        if (!Fill(from, bytes)) return null;
        try
        {
            return s_strict.GetString(bytes).Split('\0');
        }
        catch (DecoderFallbackException)
        {
            return [];
        }
    }

    public static void Send(Socket to, string[] fields)
    {
        string text = string.Join('\0', fields);
        var bytes = new byte[4 + s_strict.GetByteCount(text)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length - 4);
        s_strict.GetBytes(text, bytes.AsSpan(4));
        for (int sent = 0; sent < bytes.Length;) sent += to.Send(bytes.AsSpan(sent));
    }

    private static bool Fill(Socket from, Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            int n = from.Receive(buffer);
            if (n == 0) return false;
            buffer = buffer[n..];
        }
        return true;
    }
}
