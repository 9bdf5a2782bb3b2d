using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>Operands: reading places, loading and storing values, taking values apart.</summary>
internal sealed partial class FunctionLowering
{
    private OperandRef LowerOperand(in Operand operand)
    {
        switch (operand.Kind)
        {
            case OperandKind.Constant:
                return LowerConstant(operand.Constant!.Const);
            case OperandKind.RuntimeChecks:
                return OperandRef.Immediate(_ctx.LayoutOf(_tcx.Interner.Bool), _b.IConst(LirType.I1, RuntimeCheck(operand.Checks) ? 1L : 0L));
            default:
                return Consume(operand.Place);
        }
    }

    /// <summary>The value of a place.</summary>
    private OperandRef Consume(in Place place)
    {
        if (place.IsLocal) return GetLocal(place.Local);
        if (_locals[place.Local].Kind != LocalKind.Memory && FirstDeref(place) < 0) return ConsumePrefix(place, place.Projection.Length);
        return LoadOperand(LowerPlace(place));
    }

    /// <summary>The value after the first <paramref name="count"/> projections, none of them a dereference.</summary>
    private OperandRef ConsumePrefix(in Place place, int count)
    {
        var whole = GetLocal(place.Local);
        if (count == 0) return whole;
        if (whole.Kind == OperandValue.Ref)
        {
            var at = whole.AsPlace;
            for (int i = 0; i < count; i++) at = Project(at, place.Projection[i]);
            return LoadOperand(at);
        }
        ulong offset = 0;
        var layout = whole.Layout;
        for (int i = 0; i < count; i++)
        {
            ref readonly var elem = ref place.Projection[i];
            switch (elem.Kind)
            {
                case ProjectionKind.Field:
                    offset += layout.FieldOffset(elem.Index);
                    layout = _ctx.LayoutOf(elem.Ty!);
                    break;
                case ProjectionKind.Downcast:
                    layout = layout.ForVariant(elem.Index);
                    break;
                case ProjectionKind.OpaqueCast or ProjectionKind.UnwrapUnsafeBinder:
                    layout = _ctx.LayoutOf(elem.Ty!);
                    break;
                case ProjectionKind.Index or ProjectionKind.ConstantIndex when whole.Kind == OperandValue.ZeroSized:
                    // Arrays are in memory unless they have no bytes: then each element is at offset 0.
                    layout = ElementLayout(layout);
                    break;
                case ProjectionKind.Subslice when layout.Ty is ArrayTy array && whole.Kind == OperandValue.ZeroSized:
                    layout = _ctx.LayoutOf(_tcx.Interner.Array(array.Element, (elem.FromEnd ? layout.Count - elem.MinLength : elem.MinLength) - elem.Offset));
                    break;
                default:
                    throw new BugException($"projection {elem.Kind} of a local that is not in memory");
            }
        }
        return Extract(whole, offset, layout);
    }

    /// <summary>A part of a value, by offset and layout.</summary>
    private OperandRef Extract(OperandRef whole, ulong offset, TyAndLayout part)
    {
        if (part.IsZst) return OperandRef.ZeroSized(part);
        var from = whole.Layout.Repr;
        switch (whole.Kind)
        {
            case OperandValue.Immediate when from.IsVector && part.Repr.IsVector && offset == 0 && part.Size == whole.Layout.Size:
                return OperandRef.Immediate(part, CoerceVector(whole.A, part));
            case OperandValue.Immediate when from.IsScalar && part.Repr.IsScalar && offset == 0 && part.Size == (ulong)from.A.Size:
                return OperandRef.Immediate(part, Coerce(whole.A, from.A, part.Repr.A));
            case OperandValue.Pair when part.Repr.IsScalarPair && offset == 0 && part.Repr.PairOffset == from.PairOffset && part.Repr.A.Size == from.A.Size && part.Repr.B.Size == from.B.Size:
                return OperandRef.Pair(part, Coerce(whole.A, from.A, part.Repr.A), Coerce(whole.B, from.B, part.Repr.B));
            case OperandValue.Pair when part.Repr.IsScalar && offset == 0 && part.Repr.A.Size == from.A.Size:
                return OperandRef.Immediate(part, Coerce(whole.A, from.A, part.Repr.A));
            case OperandValue.Pair when part.Repr.IsScalar && offset == from.PairOffset && part.Repr.A.Size == from.B.Size:
                return OperandRef.Immediate(part, Coerce(whole.B, from.B, part.Repr.A));
        }
        var memory = whole.Kind == OperandValue.Ref ? whole.AsPlace : Spill(whole);
        return LoadOperand(new PlaceRef(_b.PtrAdd(memory.Ptr, (long)offset), part, AlignAt(memory.Align, offset)));
    }

    /// <summary>A value in a fresh temporary.</summary>
    private PlaceRef Spill(OperandRef value)
    {
        var place = NewTemporary(value.Layout);
        Store(value, place);
        return place;
    }

    // -- memory ------------------------------------------------------------------------------------------------------------------------------------

    private OperandRef LoadOperand(PlaceRef place)
    {
        var layout = place.Layout;
        if (layout.IsUnsized) return OperandRef.Ref(place);
        if (layout.IsZst) return OperandRef.ZeroSized(layout);
        switch (layout.Repr.Kind)
        {
            case BackendReprKind.Scalar:
                return OperandRef.Immediate(layout, LoadScalar(layout.Repr.A, place.Ptr, place.Align));
            case BackendReprKind.ScalarPair:
            {
                ulong offset = layout.Repr.PairOffset;
                int a = LoadScalar(layout.Repr.A, place.Ptr, place.Align);
                int b = LoadScalar(layout.Repr.B, _b.PtrAdd(place.Ptr, (long)offset), AlignAt(place.Align, offset));
                return OperandRef.Pair(layout, a, b);
            }
            case BackendReprKind.SimdVector:
                return OperandRef.Immediate(layout, _b.Load(MachineTypes.OfVector(layout.Repr), place.Ptr, (uint)place.Align));
            default:
                return OperandRef.Ref(place);
        }
    }

    /// <summary>What is loaded is only stored again: if it has no value, that is not undefined behaviour yet.</summary>
    private bool _mayBeUninit;

    private int LoadScalar(Scalar s, int pointer, ulong align, MemFlags flags = 0)
    {
        LirRange? range = null;
        if (Optimize && !s.IsUnion)
        {
            if (!_mayBeUninit) flags |= MemFlags.NoUndef;
            if (s.IsPointer) { if (!s.Contains(0)) flags |= MemFlags.NonNull; }
            else if (s.IsInt && !s.IsAlwaysValid) range = new LirRange(s.Start, s.End);
        }
        int value = _b.Load(MachineTypes.InMemory(s), pointer, (uint)align, flags, range);
        return s.IsBool ? _b.Convert(LirOp.Trunc, LirType.I1, value) : value;
    }

    private void StoreScalar(int value, Scalar s, int pointer, ulong align, MemFlags flags = 0)
    {
        if (s.IsBool) value = _b.Convert(LirOp.ZExt, LirType.I8, value);
        _b.Store(value, pointer, (uint)align, flags);
    }

    /// <summary>Stores a value of the place's layout, or of one of the same size (then the value's own layout says how).</summary>
    private void Store(OperandRef value, PlaceRef place, MemFlags flags = 0)
    {
        switch (value.Kind)
        {
            case OperandValue.ZeroSized:
                break;
            case OperandValue.Immediate when value.Layout.Repr.IsVector:
                _b.Store(value.A, place.Ptr, (uint)place.Align, flags);
                break;
            case OperandValue.Immediate:
                StoreScalar(value.A, value.Layout.Repr.A, place.Ptr, place.Align, flags);
                break;
            case OperandValue.Pair:
            {
                ulong offset = value.Layout.Repr.PairOffset;
                StoreScalar(value.A, value.Layout.Repr.A, place.Ptr, place.Align, flags);
                StoreScalar(value.B, value.Layout.Repr.B, _b.PtrAdd(place.Ptr, (long)offset), AlignAt(place.Align, offset), flags);
                break;
            }
            default:
                if (value.B >= 0) throw new BugException($"an unsized value of type {value.Layout.Ty} is stored");
                CopyMemory(place.Ptr, place.Align, value.A, value.Align, value.Layout.Size, flags);
                break;
        }
    }

    private void CopyMemory(int dst, ulong dstAlign, int src, ulong srcAlign, ulong size, MemFlags flags = 0)
    {
        if (size == 0 || dst == src) return;
        if (size > 16 && DeliberateFault.Is(Fault.CopyTail)) size &= ~7UL;
        _b.MemCpy(dst, (uint)dstAlign, src, (uint)srcAlign, _b.IConst(LirType.I64, (U128)size), flags);
    }

    private OperandRef UndefOperand(TyAndLayout layout)
    {
        if (layout.IsZst) return OperandRef.ZeroSized(layout);
        return layout.Repr.Kind switch
        {
            BackendReprKind.Scalar or BackendReprKind.SimdVector => OperandRef.Immediate(layout, _b.Undef(MachineTypes.OfImmediate(layout))),
            BackendReprKind.ScalarPair => OperandRef.Pair(layout, _b.Undef(MachineTypes.OfValue(layout.Repr.A)), _b.Undef(MachineTypes.OfValue(layout.Repr.B))),
            _ => OperandRef.Ref(NewTemporary(layout)),
        };
    }

    // -- scalars of equal size ---------------------------------------------------------------------------------------------------------------------

    /// <summary>The same bits as another scalar of the same size.</summary>
    private int Coerce(int value, Scalar from, Scalar to)
    {
        var fromType = MachineTypes.InMemory(from);
        var toType = MachineTypes.InMemory(to);
        if (from.IsBool && to.IsBool) return value;
        if (from.IsBool) value = _b.Convert(LirOp.ZExt, LirType.I8, value);
        if (fromType != toType)
        {
            if (fromType.IsPtr)
            {
                value = _b.Convert(LirOp.PtrToInt, LirType.I64, value);
                if (toType.IsFloat) value = _b.Convert(LirOp.BitCast, toType, value);
            }
            else if (toType.IsPtr)
            {
                if (fromType.IsFloat) value = _b.Convert(LirOp.BitCast, LirType.I64, value);
                value = _b.Convert(LirOp.IntToPtr, LirType.Ptr, value);
            }
            else
            {
                value = _b.Convert(LirOp.BitCast, toType, value);
            }
        }
        return to.IsBool ? _b.Convert(LirOp.Trunc, LirType.I1, value) : value;
    }

    private int CoerceVector(int value, TyAndLayout to)
    {
        var type = MachineTypes.OfVector(to.Repr);
        var from = _b.TypeOf(value);
        if (from == type) return value;
        if (from.Scalar == ScalarKind.Ptr || type.Scalar == ScalarKind.Ptr)
        {
            return LoadOperand(new PlaceRef(SpillValue(value, from), to)).A;
        }
        return _b.Convert(LirOp.BitCast, type, value);
    }

    private int SpillValue(int value, LirType type)
    {
        int slot = _b.SlotAddr(_b.NewSlot((ulong)type.ByteSize, 16));
        _b.Store(value, slot, 16);
        return slot;
    }
}
