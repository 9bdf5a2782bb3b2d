using Mirlink.Mir;
using Mirlink.Backend.Lir;

namespace Mirlink.Backend.Llvm;

internal sealed unsafe partial class ModuleEmitter
{
    private readonly Dictionary<(LirType, LirRange), nint> _ranges = [];
    private uint _invariantLoadKind, _nonNullKind, _noUndefKind, _rangeKind, _nonTemporalKind;
    private uint _profKind;
    private nint _emptyNode, _nonTemporalNode, _weightsName, _coldThen, _coldElse;

    public uint InvariantLoadKind => MetadataKind(ref _invariantLoadKind, "invariant.load"u8);
    public uint NonNullKind => MetadataKind(ref _nonNullKind, "nonnull"u8);
    public uint NoUndefKind => MetadataKind(ref _noUndefKind, "noundef"u8);
    public uint RangeKind => MetadataKind(ref _rangeKind, "range"u8);
    public uint NonTemporalKind => MetadataKind(ref _nonTemporalKind, "nontemporal"u8);

    public uint ProfKind => MetadataKind(ref _profKind, "prof"u8);

    /// <summary>!{!"branch_weights", …} of a two-way branch to a block that is hardly ever reached: the weights that llvm.expect stands for.</summary>
    public nint ColdBranch(bool then)
    {
        ref nint node = ref then ? ref _coldThen : ref _coldElse;
        return node != 0 ? node : node = BranchWeights(then ? [1, 2000] : [2000, 1]);
    }

    public nint BranchWeights(ReadOnlySpan<uint> weights)
    {
        if (_weightsName == 0) fixed (byte* name = "branch_weights"u8) _weightsName = LLVM.MDStringInContext2(Context, name, 14);
        nint* parts = stackalloc nint[weights.Length + 1];
        parts[0] = _weightsName;
        for (int i = 0; i < weights.Length; i++) parts[i + 1] = LLVM.ValueAsMetadata(ConstI32(weights[i]));
        return LLVM.MetadataAsValue(Context, LLVM.MDNodeInContext2(Context, parts, (nuint)weights.Length + 1));
    }

    private uint MetadataKind(ref uint kind, ReadOnlySpan<byte> name)
    {
        // Kind 0 is !dbg, never one of ours.
        if (kind == 0) fixed (byte* p = name) kind = LLVM.GetMDKindIDInContext(Context, p, (uint)name.Length);
        return kind;
    }

    /// <summary>!{}</summary>
    public nint EmptyNode => _emptyNode != 0 ? _emptyNode : _emptyNode = LLVM.MetadataAsValue(Context, LLVM.MDNodeInContext2(Context, null, 0));

    /// <summary>!{i32 1}</summary>
    public nint NonTemporalNode
    {
        get
        {
            if (_nonTemporalNode != 0) return _nonTemporalNode;
            nint one = LLVM.ValueAsMetadata(ConstI32(1));
            return _nonTemporalNode = LLVM.MetadataAsValue(Context, LLVM.MDNodeInContext2(Context, &one, 1));
        }
    }

    /// <summary>!{lo, hi + 1} of the type; 0 when every value is in range.</summary>
    public nint RangeNode(LirType type, LirRange range)
    {
        if (_ranges.TryGetValue((type, range), out nint node)) return node;
        U128 mask = type.ScalarBits == 128 ? U128.MaxValue : (U128.One << type.ScalarBits) - 1;
        U128 lo = range.Lo & mask, end = (range.Hi + 1) & mask;
        if (lo != end)
        {
            nint t = Type(type);
            nint* bounds = stackalloc nint[2]
            {
                LLVM.ValueAsMetadata(ConstInt(t, (ulong)lo, (ulong)(lo >> 64))),
                LLVM.ValueAsMetadata(ConstInt(t, (ulong)end, (ulong)(end >> 64))),
            };
            node = LLVM.MetadataAsValue(Context, LLVM.MDNodeInContext2(Context, bounds, 2));
        }
        _ranges.Add((type, range), node);
        return node;
    }
}
