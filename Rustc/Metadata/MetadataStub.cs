using System.Buffers.Binary;
using System.Text;

namespace Mirlink.Rustc.Metadata.Raw;

/// <summary>
/// The metadata that `-Zembed-metadata=no` puts into a library: nothing but the header, whose flag says that the rest is in the `.rmeta`. rustc asks for that file when
/// it is given the library alone. Follows `encode_metadata` of rustc_metadata/src/rmeta/encoder.rs.
/// </summary>
public static class MetadataStub
{
    /// <summary>A stub's bytes, an `.rmeta` file of their own.</summary>
    public static byte[] Of(CrateMetadata crate)
    {
        var blob = crate.Blob.Bytes;
        var version = new MetadataDecoder(crate, 16);
        version.ReadStr();
        int root = (int)version.Position;
        // Triple and hash do not refer to other places and are taken as they are; the name may.
        var header = new MetadataDecoder(crate, crate.RootPosition);
        header.ReadTargetTuple();
        Svh.Decode(header);

        var stub = new List<byte>();
        stub.AddRange(blob[..root]);
        stub.AddRange(blob[(int)crate.RootPosition..(int)header.Position]);
        stub.Add(0); // a symbol whose text is in place
        byte[] name = Encoding.UTF8.GetBytes(crate.Text(crate.Header.Name));
        uint length = (uint)name.Length;
        for (; length >= 0x80; length >>= 7) stub.Add((byte)(length | 0x80));
        stub.Add((byte)length);
        stub.AddRange(name);
        stub.Add(MetadataDecoder.EndOfStr);
        stub.Add(crate.Header.IsProcMacroCrate ? (byte)1 : (byte)0);
        stub.Add(1);
        stub.AddRange(MetadataBlob.Trailer);
        byte[] bytes = [.. stub];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), (ulong)root);
        return bytes;
    }
}
