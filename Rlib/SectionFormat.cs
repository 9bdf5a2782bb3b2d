using Mirlink.Mir;

namespace Mirlink.Rlib;

/// <summary>Numbers of the format that docs/rlib-format.md specifies.</summary>
public static class SectionFormat
{
    /// <summary>Archive member with rustc's own metadata: what stock rustc reads.</summary>
    public const string MetadataMember = "lib.rmeta";
    /// <summary>Archive member with our section.</summary>
    public const string SectionMember = "lib.mir";

    public static ReadOnlySpan<byte> Magic => "MIRLINK\n"u8;
    public const uint Version = 1;
    /// <summary>Magic, version, header length, header hash.</summary>
    public const int PrologueSize = 24;
    /// <summary>Definitions per chunk of the definition table.</summary>
    public const int DefsPerChunk = 1024;
    /// <summary>A chunk is closed when it has this many bytes: large enough to compress, small enough to read alone.</summary>
    public const int ChunkTarget = 32 * 1024;
    /// <summary>No chunk of a well-formed file is larger: a bound on what bad input can ask for.</summary>
    public const int MaxChunk = 1 << 30;
}

/// <summary>What a chunk holds.</summary>
public enum ChunkKind : byte { Meta, Definitions, Items, Bodies, Allocations, GlobalAsm }

/// <summary>A crate that the section's crate depends on, as needed to find exactly that build of it.</summary>
public sealed record CrateDep(string Name, ulong StableCrateId, Hash128 Svh, string ExtraFilename);

/// <summary>A chunk in the file: where (from the section's start), compressed and raw size in bytes, XxHash3 of the compressed bytes.</summary>
public readonly record struct Chunk(ChunkKind Kind, long Offset, int CompressedSize, int RawSize, ulong Hash);

/// <summary>Where a record is: chunk number and byte offset in the raw chunk; chunk -1 for "none".</summary>
internal readonly record struct RecordLocation(int Chunk, int Offset)
{
    public static readonly RecordLocation None = new(-1, 0);
    public bool IsNone => Chunk < 0;
}

/// <summary>The records of one definition.</summary>
internal struct DefEntry
{
    public DefKind? Kind;
    public DefKey Key;
    public ulong LocalHash;
    public RecordLocation Item, OptimizedMir, CtfeMir, Promoted, Static;
    /// <summary>XxHash128 of everything the definition's records say, independent of definition numbers.</summary>
    public Hash128 ContentHash;
}
