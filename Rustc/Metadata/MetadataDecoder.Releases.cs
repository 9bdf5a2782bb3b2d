namespace Mirlink.Rustc.Metadata.Raw;

/// <summary>What a release writes in another shape than the model's: the codecs that a mapping.txt names.</summary>
public sealed unsafe partial class MetadataDecoder
{
    /// <summary>Until 1.95: the kind of alias, then the arguments and the item, which since then is part of the kind.</summary>
    internal AliasTy ReadAliasKindFirst()
    {
        var kind = ReadTag(4);
        var args = Codec.Array_GenericArg(this);
        var item = ReadDefId();
        return new AliasTy
        {
            Args = args,
            Kind = kind switch
            {
                0 => new AliasTyKind.Projection { DefId = item },
                1 => new AliasTyKind.Inherent { DefId = item },
                2 => new AliasTyKind.Opaque { DefId = item },
                _ => new AliasTyKind.Free { DefId = item },
            },
        };
    }
}
