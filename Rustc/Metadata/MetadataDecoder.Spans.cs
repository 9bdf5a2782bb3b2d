namespace Mirlink.Rustc.Metadata.Raw;

/// <summary>Spans and source files.</summary>
public sealed unsafe partial class MetadataDecoder
{
    const int SpanKindLocal = 0, SpanKindForeign = 1, SpanKindPartial = 2, SpanKindIndirect = 3;

    /// <summary>Remembers where a span is and steps over it; see <see cref="CrateMetadata.DecodeSpan"/>.</summary>
    public Span ReadSpan()
    {
        var span = new Span(Position);
        var tag = ReadU8();
        if ((tag & 3) == SpanKindIndirect)
        {
            Take((ulong)(tag >> 3));
            return span;
        }
        if ((tag & 4) == 0) ReadU32();
        if ((tag & 3) == SpanKindPartial) return span;
        ReadU32();
        if (tag >> 3 == 31) ReadU32();
        ReadU32();
        if ((tag & 3) == SpanKindForeign) ReadU32();
        return span;
    }

    /// <summary>Goes to another node, which must be inside of the blob.</summary>
    internal void Seek(uint position) => _at = _start + position;

    /// <summary>The contents of the span at the cursor.</summary>
    internal SpanData ReadSpanData()
    {
        var start = Position;
        var tag = ReadU8();
        if ((tag & 3) == SpanKindIndirect)
        {
            var n = tag >> 3;
            if (n > 8) Corrupt("a span reference of more than 8 bytes");
            ulong v = 0;
            var bytes = ReadRaw((ulong)n);
            for (var i = n - 1; i >= 0; i--) v = v << 8 | bytes[i];
            var target = (tag & 4) != 0 ? start - v : v;
            if (target >= start) Corrupt("a span reference that does not point backwards");
            _at = _start + target;
            tag = ReadU8();
            if ((tag & 3) == SpanKindIndirect) Corrupt("a span reference to a span reference");
        }
        var context = (tag & 4) != 0 ? 0 : ReadU32();
        if ((tag & 3) == SpanKindPartial) return new SpanData(true, 0, 0, 0, 0, context);
        var lo = ReadU32();
        var length = tag >> 3 == 31 ? ReadU32() : (uint)tag >> 3;
        var file = ReadU32();
        var krate = (tag & 3) == SpanKindForeign ? ReadU32() : 0;
        return new SpanData(false, krate, file, lo, length, context);
    }

    public SourceFile ReadSourceFile()
    {
        var f = new SourceFile
        {
            Name = FileName.Decode(this),
            Hash = SourceFileHash.Decode(this),
            ChecksumHash = ReadBool() ? SourceFileHash.Decode(this) : null,
            NormalizedLength = ReadU32(),
            UnnormalizedLength = ReadU32(),
        };
        var lines = ReadU32();
        if (lines > 0)
        {
            int width = ReadU8();
            if (width is not (1 or 2 or 4)) Corrupt("line lengths of an unknown width");
            var bytes = ReadRaw((ulong)width * (lines - 1));
            f.LineStarts = new uint[lines];
            uint at = 0;
            for (var i = 1; i < (int)lines; i++)
            {
                uint d = 0;
                for (var k = width - 1; k >= 0; k--) d = d << 8 | bytes[(i - 1) * width + k];
                if (d > uint.MaxValue - at) Corrupt("lines longer than a file can be");
                f.LineStarts[i] = at += d;
            }
        }
        f.MultibyteChars = Codec.Array_MultiByteChar(this);
        f.ExtraBytes = new uint[f.MultibyteChars.Length + 1];
        for (var i = 0; i < f.MultibyteChars.Length; i++) f.ExtraBytes[i + 1] = f.ExtraBytes[i] + f.MultibyteChars[i].Bytes - 1;
        f.StableId = StableSourceFileId.Decode(this);
        f.NormalizedPos = Codec.Array_NormalizedPos(this);
        f.Crate = ReadU32();
        return f;
    }
}
