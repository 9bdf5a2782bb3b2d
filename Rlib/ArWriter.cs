using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Mirlink.Rlib;

/// <summary>A member to write; <paramref name="Symbols"/>: the global symbols that it defines, for the symbol index.</summary>
public sealed record ArEntry(string Name, ReadOnlyMemory<byte> Contents, IReadOnlyList<string>? Symbols = null);

/// <summary>
/// Writes GNU archives, always with a symbol index (GNU ld refuses an archive without one) and with zero for dates and owners, so that equal members give
/// equal bytes.
/// </summary>
public static class ArWriter
{
    public static byte[] Write(IReadOnlyList<ArEntry> entries)
    {
        var longNames = new StringBuilder();
        var headerNames = new string[entries.Count];
        int symbolCount = 0, symbolBytes = 0;
        for (int i = 0; i < entries.Count; i++)
        {
            string name = entries[i].Name;
            if (Encoding.UTF8.GetByteCount(name) <= 15 && Ascii.IsValid(name))
            {
                headerNames[i] = name + "/";
            }
            else
            {
                headerNames[i] = "/" + Encoding.UTF8.GetByteCount(longNames.ToString()).ToString(CultureInfo.InvariantCulture);
                longNames.Append(name).Append("/\n");
            }
            foreach (string s in entries[i].Symbols ?? [])
            {
                symbolCount++;
                symbolBytes += Encoding.UTF8.GetByteCount(s) + 1;
            }
        }

        byte[] names = Encoding.UTF8.GetBytes(longNames.ToString());
        byte[] index = new byte[4 + 4 * symbolCount + symbolBytes];
        var offsets = new long[entries.Count];
        long at = ArArchive.Magic.Length + ArArchive.HeaderSize + Even(index.Length);
        if (names.Length > 0) at += ArArchive.HeaderSize + Even(names.Length);
        for (int i = 0; i < entries.Count; i++)
        {
            offsets[i] = at;
            at += ArArchive.HeaderSize + Even(entries[i].Contents.Length);
        }

        BinaryPrimitives.WriteInt32BigEndian(index, symbolCount);
        int slot = 4, text = 4 + 4 * symbolCount;
        for (int i = 0; i < entries.Count; i++)
        {
            foreach (string s in entries[i].Symbols ?? [])
            {
                BinaryPrimitives.WriteUInt32BigEndian(index.AsSpan(slot), checked((uint)offsets[i]));
                slot += 4;
                text += Encoding.UTF8.GetBytes(s, index.AsSpan(text)) + 1;
            }
        }

        using var o = new MemoryStream(checked((int)at));
        o.Write(ArArchive.Magic);
        Member(o, "/", index, "0");
        if (names.Length > 0) Member(o, "//", names, "0");
        for (int i = 0; i < entries.Count; i++) Member(o, headerNames[i], entries[i].Contents.Span, "644");
        return o.ToArray();
    }

    private static long Even(long size) => size + (size & 1);

    private static void Member(MemoryStream o, string name, ReadOnlySpan<byte> contents, string mode)
    {
        string header = string.Create(CultureInfo.InvariantCulture, $"{name,-16}{0,-12}{0,-6}{0,-6}{mode,-8}{contents.Length,-10}`\n");
        o.Write(Encoding.ASCII.GetBytes(header));
        o.Write(contents);
        if ((contents.Length & 1) != 0) o.WriteByte((byte)'\n');
    }
}
