using Mirlink.Mir;

namespace Mirlink.Rustc.Metadata.Raw;

/// <summary>How a table's row is laid out (rustc_metadata/src/rmeta/table.rs).</summary>
public enum RowKind : byte { Lazy, LazyArray, OptionLazyArray, DefId, U64, Byte }

/// <summary>A table by name, with the decoder of one value its rows lead to.</summary>
public sealed record TableInfo(string Name, Func<LazyTables, LazyTable> Get, RowKind Row, Action<MetadataDecoder>? Decode);

/// <summary>Decoder of what a lazy of that type points to.</summary>
static class Codec<T>
{
    internal static readonly Func<MetadataDecoder, T> Decode = Codec.Of<T>();
}

static partial class Codec
{
    /// <summary>Types are compared one by one, as an entry for each in a table would load them all in every run of the tool.</summary>
    private static partial Delegate? Find<T>();

    internal static Func<MetadataDecoder, T> Of<T>() => (Func<MetadataDecoder, T>)(Find<T>() ?? throw new BugException($"no lazy leads to a {typeof(T)}"));
}
