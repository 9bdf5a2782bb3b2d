using Mirlink.Mir;

namespace Mirlink.Rustc.Metadata.Raw;

/// <summary>A definition: crate number in the numbering of the crate it was read from (0: that crate itself), and index.</summary>
public readonly record struct DefId(uint Krate, uint Index);

/// <summary>A macro expansion, crate as in <see cref="DefId"/>.</summary>
public readonly record struct ExpnId(uint Krate, uint Index);

/// <summary>An index into the crate's table of evaluated allocations.</summary>
public readonly record struct AllocId(uint Index);

public readonly record struct Fingerprint(ulong Low, ulong High)
{
    public override string ToString() => $"{Low:x16}{High:x16}";
}

/// <summary>Zero bytes.</summary>
public readonly record struct Unit;

/// <summary>A type that rustc never writes.</summary>
public sealed class Never
{
    Never() { }
}

/// <summary>An integer constant of 1 to 16 bytes, zero-extended.</summary>
public readonly record struct ScalarInt(U128 Data, byte Size);

/// <summary>A symbol not yet turned into text: the position of its text, or an index into the compiler's table.</summary>
public readonly record struct Symbol(uint Raw)
{
    internal const uint Predefined = 0x8000_0000;
}

/// <summary>A span not yet decoded: its position. Position 0 is no span.</summary>
public readonly record struct Span(uint Position);

/// <summary>A decoded span: bytes relative to the start of the file, file index in its crate's source map, crate as in <see cref="DefId"/>.</summary>
public readonly record struct SpanData(bool IsDummy, uint Krate, uint File, uint Lo, uint Length, uint Context);

public readonly record struct Result<T, E>(bool IsErr, T Ok, E Err);

/// <summary>A value elsewhere in the blob.</summary>
public readonly struct LazyValue<T>(uint position)
{
    public readonly uint Position = position;
}

/// <summary>Values elsewhere in the blob, one after the other.</summary>
public readonly struct LazyArray<T>(uint position, uint length)
{
    public readonly uint Position = position, Length = length;
}

/// <summary>Rows of <see cref="Width"/> bytes; wider row types are extended with zeros.</summary>
public readonly record struct LazyTable(uint Position, uint Width, uint Length);

/// <summary>What a generic argument can be: TyKind, RegionKind or ConstKind.</summary>
public abstract class GenericArg
{
    /// <summary>The variant's ordinal.</summary>
    public abstract byte Tag { get; }

    /// <summary>What an importer made of this node: set once, any thread.</summary>
    public volatile object? Imported;
}

/// <summary>A predicate or clause under its binder.</summary>
public sealed class Predicate(BoundVariableKind[] boundVars, PredicateKind kind)
{
    public readonly BoundVariableKind[] BoundVars = boundVars;
    public readonly PredicateKind Kind = kind;
}

/// <summary>A pointer inside an allocation; the bytes at the offset hold the addend.</summary>
public readonly record struct Relocation(ulong Offset, AllocId Target, bool Immutable, bool SharedRef);

/// <summary>Evaluated memory.</summary>
public sealed class Allocation
{
    public byte[] Bytes = [];
    public Relocation[] Provenance = [];
    public InitMask InitMask;
    /// <summary>In bytes.</summary>
    public ulong Align;
    public bool Mutable;
}

/// <summary>What an allocation id stands for.</summary>
public abstract class GlobalAlloc
{
    public sealed class Memory : GlobalAlloc { public required Allocation Allocation; }
    public sealed class Function : GlobalAlloc { public required Instance Instance; }
    public sealed class VTable : GlobalAlloc
    {
        public required TyKind Ty;
        public required BinderExistentialPredicate[] Predicates;
    }
    public sealed class Static : GlobalAlloc { public DefId DefId; }
    public sealed class TypeId : GlobalAlloc { public required TyKind Ty; }
}

/// <summary>A source file's name and line table (rustc_span SourceFile); its text is not in the metadata.</summary>
public sealed class SourceFile
{
    public required FileName Name;
    public SourceFileHash Hash;
    public SourceFileHash? ChecksumHash;
    public uint NormalizedLength, UnnormalizedLength;
    /// <summary>Byte offset of each line in the normalized text.</summary>
    public uint[] LineStarts = [];
    public MultiByteChar[] MultibyteChars = [];
    /// <summary>[i]: bytes beyond the first of the multibyte chars before the i-th.</summary>
    public uint[] ExtraBytes = [0];
    public NormalizedPos[] NormalizedPos = [];
    public StableSourceFileId StableId;
    public uint Crate;
}
