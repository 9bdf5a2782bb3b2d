using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>Rvalues, as values or straight into the memory they are assigned to.</summary>
internal sealed partial class FunctionLowering
{
    private void LowerInto(Rvalue rvalue, PlaceRef dest)
    {
        switch (rvalue)
        {
            case Rvalue.Use { Operand: { Kind: OperandKind.Constant } o }:
            {
                if (dest.Layout.IsZst) return;
                var c = o.Constant!.Const;
                var value = c is MirConst.Val v ? v.Value : _tcx.Eval.Evaluate(c);
                if (!IsUninitialized(value, dest.Layout)) Store(LowerConstValue(value, dest.Layout), dest);
                return;
            }
            case Rvalue.Cast { Kind: CastKind.Unsize } c when !dest.Layout.Repr.IsScalarPair:
                CoerceUnsizedInto(LowerOperand(c.Operand), dest);
                return;
            case Rvalue.Cast { Kind: CastKind.Transmute or CastKind.Subtype } c:
            {
                var source = LowerOperand(c.Operand);
                if (source.Layout.Size != dest.Layout.Size || source.Layout.Uninhabited || dest.Layout.Uninhabited) UnreachableFromHere();
                else Store(source, dest);
                return;
            }
            case Rvalue.Repeat r:
                LowerRepeat(r, dest);
                return;
            case Rvalue.Aggregate { Kind: not AggregateKind.RawPtr } a:
                LowerAggregate(a, dest);
                return;
            case Rvalue.Use or Rvalue.CopyForDeref or Rvalue.WrapUnsafeBinder:
                Store(LowerRvalue(rvalue, dest.Layout), dest);
                return;
            default:
                if (dest.Layout.IsZst) return;
                if (dest.Layout.Repr.IsMemory) throw new UnsupportedException($"{rvalue.GetType().Name} of the in-memory type `{dest.Layout.Ty}`");
                Store(LowerRvalue(rvalue, dest.Layout), dest);
                return;
        }
    }

    /// <summary>An rvalue as an operand of the given layout.</summary>
    private OperandRef LowerRvalue(Rvalue rvalue, TyAndLayout layout)
    {
        switch (rvalue)
        {
            case Rvalue.Use r:
                // A copy of a whole value that the passes made copies of fields may have some without a value: `assume_init` is often used before all are written.
                // And what is loaded before a loop may have none where the loop does not look at it: fields, and pointers behind pointers.
                _mayBeUninit = (r.Operand is { IsPlace: true, Place.Projection: [.., { Kind: ProjectionKind.Field }] } && !DeliberateFault.Is(Fault.LlvmCopiedFieldDefined))
                    || (r.Operand is { IsPlace: true, Place.Projection: [{ Kind: ProjectionKind.Deref }] } && layout.Ty is RefTy or RawPtrTy);
                var copied = LowerOperand(r.Operand);
                _mayBeUninit = false;
                return copied;
            case Rvalue.CopyForDeref r:
                return Consume(r.Place);
            case Rvalue.WrapUnsafeBinder r:
                return LowerOperand(r.Operand) with { Layout = layout };
            case Rvalue.Ref r:
                return Reference(LowerPlace(r.Place), layout);
            case Rvalue.RawPtr r:
                return Reference(LowerPlace(r.Place), layout);
            case Rvalue.ThreadLocalRef r:
                return OperandRef.Immediate(layout, ThreadLocalAddress(r.Def));
            case Rvalue.Cast r:
                return LowerCast(r, layout);
            case Rvalue.BinaryOp r:
                return LowerBinary(r.Op, LowerOperand(r.Left), LowerOperand(r.Right), layout);
            case Rvalue.UnaryOp r:
                return LowerUnary(r.Op, LowerOperand(r.Operand), layout);
            case Rvalue.Discriminant r:
                return OperandRef.Immediate(layout, Discriminant(Consume(r.Place), layout));
            case Rvalue.Aggregate { Kind: AggregateKind.RawPtr } r:
            {
                var data = LowerOperand(r.Operands[0]);
                var meta = LowerOperand(r.Operands[1]);
                return layout.Repr.IsScalarPair ? OperandRef.Pair(layout, data.Value, meta.Value) : OperandRef.Immediate(layout, data.Value);
            }
            case Rvalue.Aggregate r:
                return AggregateValue(r, layout);
            default:
                var temporary = NewTemporary(layout);
                LowerInto(rvalue, temporary);
                return LoadOperand(temporary);
        }
    }

    private static OperandRef Reference(PlaceRef place, TyAndLayout pointer)
    {
        if (pointer.Repr.IsScalarPair)
        {
            if (place.Meta < 0) throw new BugException($"{pointer.Ty} to a place without metadata");
            return OperandRef.Pair(pointer, place.Ptr, place.Meta);
        }
        return OperandRef.Immediate(pointer, place.Ptr);
    }

    private int ThreadLocalAddress(DefId def)
    {
        var symbol = UseStatic(def);
        return symbol.Kind == LirSymbolKind.Tls ? _b.TlsAddr(symbol) : throw new BugException($"{symbol} is not thread-local");
    }

    // -- repetition --------------------------------------------------------------------------------------------------------------------------------

    private void LowerRepeat(Rvalue.Repeat r, PlaceRef dest)
    {
        if (dest.Layout.IsZst) return;
        ulong count = dest.Layout.Count;
        if (count == 0) return;
        if (r.Operand.Kind == OperandKind.Constant && RepeatConstant(r.Operand.Constant!.Const, dest)) return;

        var element = LowerOperand(r.Operand);
        if (element.Kind == OperandValue.Immediate && element.Layout.Size == 1)
        {
            int value = element.A;
            if (_b.TypeOf(value) == LirType.I1) value = _b.Convert(LirOp.ZExt, LirType.I8, value);
            _b.MemSet(dest.Ptr, (uint)dest.Align, value, Usize(dest.Layout.Size));
            return;
        }
        if (element.Kind == OperandValue.ZeroSized) return;

        ulong size = element.Layout.Size, align = AlignAt(dest.Align, size);
        if (count <= 4)
        {
            for (ulong i = 0; i < count; i++) Store(element, new PlaceRef(_b.PtrAdd(dest.Ptr, (long)(i * size)), element.Layout, align));
            return;
        }
        int index = _b.NewVar(LirType.I64);
        int head = _b.NewBlock(), body = _b.NewBlock(), done = _b.NewBlock();
        _b.DefVar(index, Usize(0));
        _b.Br(head);
        _b.SwitchTo(head);
        int at = _b.UseVar(index);
        _b.CondBr(_b.ICmp(IntCond.Ult, at, Usize(count)), body, done);
        _b.SwitchTo(body);
        Store(element, new PlaceRef(_b.PtrAddDyn(dest.Ptr, Scale(at, size, LirOp.MulNuw)), element.Layout, align));
        _b.DefVar(index, _b.Binary(LirOp.AddNuw, at, Usize(1)));
        _b.Br(head);
        _b.SwitchTo(done);
    }

    /// <summary>Constants whose bytes are all the same (or all uninitialized) fill memory at once.</summary>
    private bool RepeatConstant(MirConst constant, PlaceRef dest)
    {
        var layout = _ctx.LayoutOf(constant.Type);
        if (layout.IsZst) return true;
        var value = constant is MirConst.Val v ? v.Value : _tcx.Eval.Evaluate(constant);
        if (IsUninitialized(value, layout)) return true;
        byte fill;
        switch (value)
        {
            case ConstValue.Scalar s:
            {
                fill = (byte)s.Int.Bits;
                for (int i = 1; i < s.Int.Size; i++) if ((byte)(s.Int.Bits >> (8 * i)) != fill) return false;
                break;
            }
            case ConstValue.Indirect { Alloc: GlobalAlloc.Memory m } i when m.Allocation.Init is null:
            {
                var bytes = m.Allocation.Bytes.AsSpan((int)i.Offset, (int)layout.Size);
                foreach (var reloc in m.Allocation.Relocations)
                    if ((ulong)reloc.Offset + 8 > i.Offset && (ulong)reloc.Offset < i.Offset + layout.Size) return false;
                fill = bytes[0];
                if (bytes.ContainsAnyExcept(fill)) return false;
                break;
            }
            default:
                return false;
        }
        _b.MemSet(dest.Ptr, (uint)dest.Align, _b.IConst(LirType.I8, (U128)fill), Usize(dest.Layout.Size));
        return true;
    }

    // -- aggregates --------------------------------------------------------------------------------------------------------------------------------

    private void LowerAggregate(Rvalue.Aggregate a, PlaceRef dest)
    {
        int variant = a.Kind == AggregateKind.Adt ? a.Variant : 0;
        if (a.Kind == AggregateKind.Array)
        {
            for (int i = 0; i < a.Operands.Length; i++)
            {
                var element = LowerOperand(a.Operands[i]);
                if (element.Kind == OperandValue.ZeroSized) continue;
                ulong offset = (ulong)i * element.Layout.Size;
                Store(element, new PlaceRef(_b.PtrAdd(dest.Ptr, (long)offset), element.Layout, AlignAt(dest.Align, offset)));
            }
            return;
        }
        var into = a.Kind is AggregateKind.Adt ? dest with { Layout = dest.Layout.ForVariant(variant) } : dest;
        for (int i = 0; i < a.Operands.Length; i++)
        {
            var value = LowerOperand(a.Operands[i]);
            if (value.Kind == OperandValue.ZeroSized) continue;
            Store(value, FieldPlace(into, a.ActiveField >= 0 ? a.ActiveField : i, value.Layout));
        }
        SetDiscriminant(dest, variant);
    }

    /// <summary>An aggregate that is a scalar, a pair or a vector: its fields are put where their offsets say.</summary>
    private OperandRef AggregateValue(Rvalue.Aggregate a, TyAndLayout layout)
    {
        if (layout.IsZst) return OperandRef.ZeroSized(layout);
        int variant = a.Kind == AggregateKind.Adt ? a.Variant : 0;
        var repr = layout.Repr;
        if (a.Kind != AggregateKind.Array && repr.Kind is BackendReprKind.Scalar or BackendReprKind.ScalarPair)
        {
            var fields = a.Kind == AggregateKind.Adt ? layout.ForVariant(variant) : layout;
            int first = -1, second = -1;
            bool fits = true;
            var operands = new OperandRef[a.Operands.Length];
            for (int i = 0; i < operands.Length; i++) operands[i] = LowerOperand(a.Operands[i]);
            for (int i = 0; i < operands.Length && fits; i++)
            {
                if (operands[i].Kind == OperandValue.ZeroSized) continue;
                fits = Place(operands[i], fields.FieldOffset(a.ActiveField >= 0 ? a.ActiveField : i), repr, ref first, ref second);
            }
            if (fits)
            {
                if (TagOf(layout, variant) is { } tag)
                {
                    if (tag.Uninhabited) { AbortHere(); return UndefOperand(layout); }
                    int value = ScalarConstant(layout.Tag, tag.Bits);
                    if (layout.FieldOffset(layout.TagField) == 0) first = Coerce(value, layout.Tag, repr.A);
                    else second = Coerce(value, layout.Tag, repr.B);
                }
                if (first < 0) first = _b.Undef(MachineTypes.OfValue(repr.A));
                if (repr.IsScalar) return OperandRef.Immediate(layout, first);
                if (second < 0) second = _b.Undef(MachineTypes.OfValue(repr.B));
                return OperandRef.Pair(layout, first, second);
            }
        }
        var temporary = NewTemporary(layout);
        LowerAggregate(a, temporary);
        return LoadOperand(temporary);
    }

    /// <summary>Puts a field at its offset into the scalars of a value; false if it does not consist of them.</summary>
    private bool Place(OperandRef field, ulong offset, BackendRepr repr, ref int first, ref int second)
    {
        var from = field.Layout.Repr;
        if (field.Kind == OperandValue.Immediate && from.IsScalar)
        {
            if (offset == 0 && from.A.Size == repr.A.Size) { first = Coerce(field.A, from.A, repr.A); return true; }
            if (repr.IsScalarPair && offset == repr.PairOffset && from.A.Size == repr.B.Size) { second = Coerce(field.A, from.A, repr.B); return true; }
            return false;
        }
        if (field.Kind == OperandValue.Pair && repr.IsScalarPair && offset == 0 && from.PairOffset == repr.PairOffset && from.A.Size == repr.A.Size && from.B.Size == repr.B.Size)
        {
            first = Coerce(field.A, from.A, repr.A);
            second = Coerce(field.B, from.B, repr.B);
            return true;
        }
        return false;
    }
}
