namespace Mirlink.SchemaTool;

/// <summary>A Rust type as written: a path with generic arguments, or one of the builtin constructors.</summary>
abstract record RustType
{
    public sealed record Path(string[] Segments, RustType[] Args) : RustType
    {
        public string Name => Segments[^1];
    }
    public sealed record Tuple(RustType[] Items) : RustType;
    public sealed record Slice(RustType Item) : RustType;
    /// <summary>Something that can never be part of encoded data (fn pointers, trait objects).</summary>
    public sealed record Opaque(string Text) : RustType;
}

/// <summary>A field of a struct or of a variant. Positional fields are named by their number.</summary>
sealed record RustField(string Name, RustType Type);

/// <summary>A variant of an enum; structs have exactly one with an empty name.</summary>
sealed record RustVariant(string Name, RustField[] Fields);

/// <summary>A struct or an enum declaration.</summary>
sealed class RustItem
{
    public required string Name;
    public required SourceUnit Unit;
    public required string[] Params;
    public required Dictionary<string, RustType> Defaults;
    public required List<RustVariant> Variants;
    public bool IsEnum;
    /// <summary>Whether a decoder is derived, so that its encoding follows from the declaration alone.</summary>
    public bool Derived;
}

/// <summary>One source file: its items, aliases and imports, without name resolution.</summary>
sealed class SourceUnit
{
    public required string Crate;
    /// <summary>Path below `compiler/`.</summary>
    public required string File;
    public required string[] Module;
    public List<RustItem> Items { get; } = [];
    public Dictionary<string, (string[] Params, RustType Type)> Aliases { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, string[]> Imports { get; } = new(StringComparer.Ordinal);
    public HashSet<string> Newtypes { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, string> Bitflags { get; } = new(StringComparer.Ordinal);
    public List<(string Name, List<Token> Body)> Macros { get; } = [];
}
