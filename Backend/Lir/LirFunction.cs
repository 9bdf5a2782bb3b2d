using Mirlink.Mir;
namespace Mirlink.Backend.Lir;

/// <summary>One instruction; what the fields mean is said at each <see cref="LirOp"/>. Its index in <see cref="LirFunction.Insts"/> is the value it defines.</summary>
public struct LirInst
{
    public LirOp Op;
    public LirType Type;
    public ushort Flags;
    public int A, B, C;
    /// <summary>Index into <see cref="LirFunction.Locs"/>, or -1.</summary>
    public int Loc;
    /// <summary>Last, so that there are no gaps: 32 bytes.</summary>
    public long Imm;
}

/// <summary>A block is a run of <see cref="LirFunction.Insts"/>: [Start, End), the last one its terminator. Block 0 is the entry.</summary>
public readonly record struct LirBlock(int Start, int End, bool Cold);

public readonly record struct LirSlot(ulong Size, uint Align);

/// <summary>Unsigned wrap-around range lo..=hi of valid values of a loaded scalar (rustc_abi WrappingRange).</summary>
public readonly record struct LirRange(U128 Lo, U128 Hi);

/// <summary>A source location: 1-based line and column (0 unknown) of <see cref="LirFunction.Scopes"/>[Scope].</summary>
public readonly record struct LirLoc(int Line, int Column, int Scope);

/// <summary>A source scope: the function itself (scope 0: no parent), or a function inlined into it at location <paramref name="InlinedAt"/> (index into Locs).</summary>
public readonly record struct LirScope(string File, string FunctionName, int FunctionLine, int InlinedAt);

[Flags]
public enum LirFunctionFlags
{
    None = 0, Cold = 1, NoReturn = 2, NoInline = 4, AlwaysInline = 8, InlineHint = 16, NoUnwind = 32, Naked = 64, OptNone = 128, OptSize = 256, OptSpeed = 512,
    /// <summary>The function is an allocator of the named kind (LLVM allockind): alloc, realloc, dealloc, zeroed.</summary>
    Alloc = 1024, Realloc = 2048, Dealloc = 4096, AllocZeroed = 8192,
    /// <summary>The function reads memory only, or touches none at all (#[ffi_pure], #[ffi_const]).</summary>
    ReadsOnly = 16384, ReadsNone = 32768,
}

/// <summary>A function in LIR: machine types, register variables, stack slots, blocks of instructions. Immutable once built by <see cref="LirBuilder"/>.</summary>
public sealed class LirFunction
{
    public required LirSymbol Symbol { get; init; }
    public required LirSignature Signature { get; init; }
    public LirFunctionFlags Flags { get; init; }
    /// <summary>Target features beyond the session's, e.g. "+avx2,+fma"; null for none.</summary>
    public string? TargetFeatures { get; init; }
    public string? Section { get; init; }
    public uint Align { get; init; }

    public required LirInst[] Insts { get; init; }
    public required LirBlock[] Blocks { get; init; }
    public required LirSlot[] Slots { get; init; }
    public required LirType[] Vars { get; init; }
    public required int[] Pool { get; init; }
    public required LirSymbol[] Symbols { get; init; }
    public required LirSignature[] Signatures { get; init; }
    public required ulong[] WideHigh { get; init; }
    public required U128[] SwitchValues { get; init; }
    public required LirRange[] Ranges { get; init; }
    public required string[] Strings { get; init; }
    public required LirInlineAsm[] Asms { get; init; }
    public required LirLoc[] Locs { get; init; }
    public required LirScope[] Scopes { get; init; }
    /// <summary>Debug-info names of variables kept in slots or vars; empty without debug info.</summary>
    public bool HasLandingPad { get; init; }

    /// <summary>The same function with other symbols in the places of its own.</summary>
    public LirFunction WithSymbols(LirSymbol[] symbols) => new()
    {
        Symbol = Symbol, Signature = Signature, Flags = Flags, TargetFeatures = TargetFeatures, Section = Section, Align = Align, Insts = Insts, Blocks = Blocks,
        Slots = Slots, Vars = Vars, Pool = Pool, Symbols = symbols, Signatures = Signatures, WideHigh = WideHigh, SwitchValues = SwitchValues, Ranges = Ranges,
        Strings = Strings, Asms = Asms, Locs = Locs, Scopes = Scopes, HasLandingPad = HasLandingPad,
    };
}
