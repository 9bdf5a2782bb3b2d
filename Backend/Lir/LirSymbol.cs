namespace Mirlink.Backend.Lir;

public enum LirSymbolKind : byte { Function, Data, Tls }

/// <summary>How a definition is seen by the linker. References to what another object or library defines are <see cref="Import"/>.</summary>
public enum LirLinkage : byte
{
    /// <summary>Defined elsewhere.</summary>
    Import,
    /// <summary>Defined here, used by other units of this link: hidden visibility.</summary>
    Hidden,
    /// <summary>Defined here, seen by dynamic objects too (#[no_mangle], main).</summary>
    Export,
    /// <summary>Export or import that may be missing / overridden.</summary>
    Weak, ExternWeak, LinkOnceOdr, WeakOdr, Common, Internal,
}

/// <summary>A linker symbol; one object per name in a link (see <see cref="LirSymbolTable"/>), compared by reference.</summary>
public sealed class LirSymbol(string? name, LirSymbolKind kind)
{
    private string? _name = name;

    /// <summary>Some get their name when they are defined (see <see cref="Lowering.LoweringContext.Define"/>).</summary>
    public string Name { get => _name ?? ""; set => _name = _name is null ? value : throw new Mir.BugException($"{_name} has a name"); }
    public LirSymbolKind Kind { get; } = kind;
    /// <summary>Set by whoever defines it; Import until then.</summary>
    public LirLinkage Linkage { get; set; }
    /// <summary>Imported data from a shared object or unknown place: address it through the GOT.</summary>
    public bool MayBeDynamic { get; set; }
    /// <summary>For functions: the signature under which it is declared, when known.</summary>
    public LirSignature? Signature { get; set; }
    public LirFunctionFlags Flags { get; set; }
    public override string ToString() => Name;
}

/// <summary>All symbols of a link, by name. Thread-safe.</summary>
public sealed class LirSymbolTable
{
    private readonly Mir.ConcurrentMap<string, LirSymbol> _symbols = new();

    public LirSymbol Get(string name, LirSymbolKind kind) => _symbols.GetOrAdd(name, static (n, k) => new LirSymbol(n, k), kind);
}

/// <summary>An 8-byte absolute relocation at <paramref name="Offset"/>: address of Target plus Addend.</summary>
public readonly record struct LirReloc(int Offset, LirSymbol Target, long Addend);

public enum LirDataKind : byte { ReadOnly, Writable, Tls }

/// <summary>A data object: bytes with relocations. All-zero writable data with no relocations goes to .bss.</summary>
public sealed class LirData
{
    public required LirSymbol Symbol { get; init; }
    public required byte[] Bytes { get; init; }
    /// <summary>Ascending by offset.</summary>
    public required LirReloc[] Relocs { get; init; }
    public required uint Align { get; init; }
    public required LirDataKind Kind { get; init; }
    public string? Section { get; init; }
    /// <summary>The address is not observable: equal objects may be merged by the linker (unnamed_addr).</summary>
    public bool UnnamedAddr { get; init; }
    /// <summary>Must be kept even if nothing refers to it (#[used]).</summary>
    public bool Used { get; init; }
    /// <summary>A vtable: function addresses in it are only called, never compared.</summary>
    public bool IsVtable { get; init; }

    /// <summary>The same object with other relocations.</summary>
    public LirData WithRelocs(LirReloc[] relocs) => new()
    {
        Symbol = Symbol, Bytes = Bytes, Relocs = relocs, Align = Align, Kind = Kind, Section = Section, UnnamedAddr = UnnamedAddr, Used = Used, IsVtable = IsVtable,
    };
}

/// <summary>What one object file is made of, in this order.</summary>
public sealed class LirUnit
{
    public required string Name { get; init; }
    public required IReadOnlyList<LirFunction> Functions { get; init; }
    public required IReadOnlyList<LirData> Data { get; init; }
    /// <summary>Functions that other units define and this one may inline (LLVM's available_externally); no code is emitted for them.</summary>
    public IReadOnlyList<LirFunction> Inlinable { get; init; } = [];
    /// <summary>Symbol aliases: Alias is defined with the address of Target (defined in this unit).</summary>
    public IReadOnlyList<(LirSymbol Alias, LirSymbol Target)> Aliases { get; init; } = [];
}
