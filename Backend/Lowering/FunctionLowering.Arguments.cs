using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>Passing values as the ABI says.</summary>
internal sealed partial class FunctionLowering
{
    /// <summary>Appends an argument's machine-level values. The memory of a value in memory may be given away: callers copy it first where it must stay.</summary>
    private void PassArgument(OperandRef value, ArgAbi arg, List<int> into)
    {
        switch (arg.Mode.Kind)
        {
            case PassModeKind.Ignore:
                break;
            case PassModeKind.Direct when value.Kind == OperandValue.Immediate:
                into.Add(value.A);
                break;
            case PassModeKind.Direct:
                throw new UnsupportedException($"passing `{value.Layout.Ty}` directly");
            case PassModeKind.Pair when value.Kind == OperandValue.Pair:
                into.Add(value.A);
                into.Add(value.B);
                break;
            case PassModeKind.Cast:
            {
                var place = value.Kind == OperandValue.Ref ? value.AsPlace : Spill(value);
                LoadCast(arg.Mode.Cast!, place, into);
                break;
            }
            case PassModeKind.Indirect:
            {
                var place = value.Kind switch
                {
                    OperandValue.Ref when value.B >= 0 || value.Align >= value.Layout.Align => value.AsPlace,
                    OperandValue.ZeroSized => Dangling(value.Layout),
                    _ => Spill(value),
                };
                into.Add(place.Ptr);
                if (arg.Mode.HasMeta) into.Add(place.Meta >= 0 ? place.Meta : throw new BugException($"no metadata for an unsized argument of type {value.Layout.Ty}"));
                break;
            }
            default:
                throw new BugException($"an argument of type {value.Layout.Ty} ({value.Kind}) for {arg.Mode.Kind} of {arg.Layout.Ty}");
        }
    }

    /// <summary>Reads memory as the registers of a cast.</summary>
    private void LoadCast(CastTarget cast, PlaceRef place, List<int> into)
    {
        foreach (var (reg, offset) in cast.Pieces())
        {
            var type = MachineTypes.OfReg(reg);
            ulong align = AlignAt(place.Align, offset);
            int at = _b.PtrAdd(place.Ptr, (long)offset);
            if (reg.Size != (ulong)type.ByteSize || offset + reg.Size > place.Layout.Size)
            {
                // The register is larger than what is left of the value: through memory of its own, whose rest is not defined.
                ulong size = Math.Min(reg.Size, place.Layout.Size - offset);
                int slot = _b.SlotAddr(_b.NewSlot((ulong)type.ByteSize, (uint)Math.Max(type.ByteSize, 1)));
                CopyMemory(slot, (ulong)type.ByteSize, at, align, size);
                at = slot;
                align = (ulong)type.ByteSize;
            }
            into.Add(_b.Load(type, at, (uint)align));
        }
    }

    /// <summary>Writes the registers of a cast to memory.</summary>
    private void StoreCast(CastTarget cast, List<int> values, PlaceRef place)
    {
        int i = 0;
        foreach (var (reg, offset) in cast.Pieces())
        {
            int value = values[i++];
            var type = _b.TypeOf(value);
            ulong align = AlignAt(place.Align, offset);
            int at = _b.PtrAdd(place.Ptr, (long)offset);
            if (reg.Size != (ulong)type.ByteSize || offset + reg.Size > place.Layout.Size)
            {
                ulong size = Math.Min(reg.Size, place.Layout.Size - offset);
                int slot = _b.SlotAddr(_b.NewSlot((ulong)type.ByteSize, (uint)Math.Max(type.ByteSize, 1)));
                _b.Store(value, slot, (uint)type.ByteSize);
                CopyMemory(at, align, slot, (ulong)type.ByteSize, size);
                continue;
            }
            _b.Store(value, at, (uint)align);
        }
    }

    /// <summary>The result of a call: <paramref name="call"/> is its instruction, for indirect returns the memory is <paramref name="memory"/>.</summary>
    private OperandRef CallResult(ArgAbi ret, LirSignature signature, int call, PlaceRef memory)
    {
        switch (ret.Mode.Kind)
        {
            case PassModeKind.Ignore:
                return ret.Layout.IsZst ? OperandRef.ZeroSized(ret.Layout) : UndefOperand(ret.Layout);
            case PassModeKind.Direct:
                return OperandRef.Immediate(ret.Layout, call);
            case PassModeKind.Pair:
                return OperandRef.Pair(ret.Layout, call, _b.Result(call, 1, signature.Returns[1].Type));
            case PassModeKind.Cast:
            {
                var values = new List<int>();
                for (int i = 0; i < signature.Returns.Length; i++) values.Add(_b.Result(call, i, signature.Returns[i].Type));
                var place = NewTemporary(ret.Layout);
                StoreCast(ret.Mode.Cast!, values, place);
                return LoadOperand(place);
            }
            default:
                return LoadOperand(memory);
        }
    }

    private void LowerReturn()
    {
        if (_vaList >= 0) _b.Emit(LirOp.VaEnd, LirType.Void, _vaList);
        if (_abi.Ret.Layout.Uninhabited)
        {
            _b.Trap();
            return;
        }
        switch (_abi.Ret.Mode.Kind)
        {
            case PassModeKind.Ignore:
                _b.Ret([]);
                return;
            case PassModeKind.Indirect:
                if (_locals[0].Kind is LocalKind.Value or LocalKind.Variable) Store(GetLocal(0), _returnPointer);
                _b.Ret([]);
                return;
        }
        var value = GetLocal(0);
        switch (_abi.Ret.Mode.Kind)
        {
            case PassModeKind.Direct:
                _b.Ret([value.Value]);
                return;
            case PassModeKind.Pair when value.Kind == OperandValue.Pair:
                _b.Ret([value.A, value.B]);
                return;
            case PassModeKind.Cast:
            {
                var values = new List<int>();
                LoadCast(_abi.Ret.Mode.Cast!, value.Kind == OperandValue.Ref ? value.AsPlace : Spill(value), values);
                _b.Ret([.. values]);
                return;
            }
            default:
                throw new BugException($"{_symbol} returns {value.Layout.Ty} ({value.Kind}) as {_abi.Ret.Mode.Kind}");
        }
    }
}
