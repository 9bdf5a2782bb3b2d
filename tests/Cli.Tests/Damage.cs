using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Mirlink.Mir;
using Mirlink.Rlib;

namespace Mirlink.Cli.Tests;

/// <summary>Changes in the bytes of artifacts that a compiler or a broken disk could have made.</summary>
internal static class Damage
{
    public static byte[] Flipped(byte[] file, long at)
    {
        var bytes = (byte[])file.Clone();
        bytes[at] ^= 0x10;
        return bytes;
    }

    /// <summary>Replaces all occurrences by as many other bytes.</summary>
    public static byte[] Replaced(byte[] file, ReadOnlySpan<byte> old, ReadOnlySpan<byte> with)
    {
        Assert.Equal(old.Length, with.Length);
        var bytes = (byte[])file.Clone();
        int found = 0;
        for (int at = 0; bytes.AsSpan(at).IndexOf(old) is >= 0 and var next; found++)
        {
            at += next;
            with.CopyTo(bytes.AsSpan(at));
        }
        Assert.True(found > 0, "nothing to replace");
        return bytes;
    }

    public static byte[] Replaced(byte[] file, string old, string with) => Replaced(file, Encoding.UTF8.GetBytes(old), Encoding.UTF8.GetBytes(with));

    /// <summary>Makes the checksum of a section's header right again.</summary>
    public static void Rehash(byte[] rlib, ArMember section)
    {
        var bytes = rlib.AsSpan((int)section.Offset, (int)section.Size);
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], XxHash3.HashToUInt64(bytes.Slice(SectionFormat.PrologueSize, length)));
    }

    /// <summary>A crate's strict version hash as the section spells it.</summary>
    public static byte[] Svh(Workspace w, string rlib)
    {
        var section = w.Member(rlib, SectionFormat.SectionMember);
        using var crate = RlibCrate.Open(new TyCtxt(), w.PathOf(rlib), section.Offset, section.Size);
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, crate.Info.Svh.Low);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), crate.Info.Svh.High);
        return bytes;
    }
}
