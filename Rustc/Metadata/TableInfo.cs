namespace Mirlink.Rustc.Metadata.Raw;

/// <summary>How a table's row is laid out (rustc_metadata/src/rmeta/table.rs).</summary>
public enum RowKind : byte { Lazy, LazyArray, OptionLazyArray, DefId, U64, Byte }

/// <summary>A table by name, with the decoder of one value its rows lead to.</summary>
public sealed record TableInfo(string Name, Func<LazyTables, LazyTable> Get, RowKind Row, Action<MetadataDecoder>? Decode);

/// <summary>Decoder of what a lazy of that type points to.</summary>
static class Codec<T>
{
    internal static Func<MetadataDecoder, T>? Decode;
}

static partial class Codec
{
    static partial void RegisterGenerated();

    static Codec() => RegisterGenerated();
}
