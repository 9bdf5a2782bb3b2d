using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>Reading and writing which variant a value is (rustc's codegen_get_discr and codegen_set_discr).</summary>
internal sealed partial class FunctionLowering
{
    /// <summary>The discriminant as a value of <paramref name="result"/>'s type.</summary>
    private int Discriminant(OperandRef value, TyAndLayout result)
    {
        var layout = value.Layout;
        var type = MachineTypes.OfImmediate(result);
        if (layout.Uninhabited || layout.Variants == VariantsKind.Empty) return _b.Undef(type);
        if (layout.Variants == VariantsKind.Single)
        {
            var bits = layout.Ty is AdtTy { } adt && _tcx.AdtDef(adt.Def).IsEnum || layout.Ty is ClosureTy { Kind: TyKind.Coroutine }
                ? _tcx.Traits.DiscriminantFor(layout.Ty, layout.VariantIndex)
                : 0;
            return _b.IConst(type, bits);
        }

        int tag = ExtractScalar(value, layout.FieldOffset(layout.TagField), layout.Tag);
        if (!layout.IsNicheEncoded) return IntCast(tag, type, layout.Tag.Signed && layout.Tag.IsInt && !layout.Tag.IsBool);

        // Niche: NicheStart + i stands for variant NicheVariantsStart + i, every other value for the untagged variant.
        if (layout.Tag.IsPointer) tag = _b.Convert(LirOp.PtrToInt, LirType.I64, tag);
        var tagType = _b.TypeOf(tag);
        uint last = (uint)(layout.NicheVariantsEnd - layout.NicheVariantsStart);
        int untagged = _b.IConst(type, (long)layout.UntaggedVariant);
        if (last == 0)
        {
            int isNiche = _b.ICmp(IntCond.Eq, tag, _b.IConst(tagType, layout.NicheStart));
            return _b.Select(isNiche, _b.IConst(type, (long)layout.NicheVariantsStart), untagged);
        }
        int relative = layout.NicheStart == 0 ? tag : _b.Binary(LirOp.Sub, tag, _b.IConst(tagType, layout.NicheStart));
        int inNiche = _b.ICmp(DeliberateFault.Is(Fault.LastNicheVariant) ? IntCond.Ult : IntCond.Ule, relative, _b.IConst(tagType, (U128)last));
        int variant = IntCast(relative, type, signed: false);
        if (layout.NicheVariantsStart != 0) variant = _b.Binary(LirOp.Add, variant, _b.IConst(type, (long)layout.NicheVariantsStart));
        return _b.Select(inNiche, variant, untagged);
    }

    /// <summary>A scalar inside of a value, with its own range.</summary>
    private int ExtractScalar(OperandRef whole, ulong offset, Scalar s)
    {
        var repr = whole.Layout.Repr;
        switch (whole.Kind)
        {
            case OperandValue.Ref:
                return LoadScalar(s, _b.PtrAdd(whole.A, (long)offset), AlignAt(whole.Align, offset));
            case OperandValue.Immediate when offset == 0 && repr.IsScalar && repr.A.Size == s.Size:
                return Coerce(whole.A, repr.A, s);
            case OperandValue.Pair when offset == 0 && repr.A.Size == s.Size:
                return Coerce(whole.A, repr.A, s);
            case OperandValue.Pair when offset == repr.PairOffset && repr.B.Size == s.Size:
                return Coerce(whole.B, repr.B, s);
            default:
                var memory = Spill(whole);
                return LoadScalar(s, _b.PtrAdd(memory.Ptr, (long)offset), AlignAt(memory.Align, offset));
        }
    }

    /// <summary>What the tag of a variant is; null where none is stored.</summary>
    private (U128 Bits, bool Uninhabited)? TagOf(TyAndLayout layout, int variant)
    {
        if (layout.Variants != VariantsKind.Multiple)
            return layout.Variants == VariantsKind.Single && variant == layout.VariantIndex ? null : (0, true);
        if (layout.VariantLayouts[variant].Uninhabited) return (0, true);
        if (!layout.IsNicheEncoded) return (_tcx.Traits.DiscriminantFor(layout.Ty, variant) & layout.Tag.Mask, false);
        if (variant == layout.UntaggedVariant) return null;
        var bits = unchecked((U128)(uint)(variant - layout.NicheVariantsStart) + layout.NicheStart);
        return (bits & layout.Tag.Mask, false);
    }

    private void SetDiscriminant(PlaceRef place, int variant)
    {
        if (TagOf(place.Layout, variant) is not { } tag) return;
        if (tag.Uninhabited) { AbortHere(); return; }
        ulong offset = place.Layout.FieldOffset(place.Layout.TagField);
        StoreScalar(ScalarConstant(place.Layout.Tag, tag.Bits), place.Layout.Tag, _b.PtrAdd(place.Ptr, (long)offset), AlignAt(place.Align, offset));
    }

    /// <summary>A value of an uninhabited variant is made: a sound abort, as rustc does it.</summary>
    private void AbortHere()
    {
        _b.Trap();
        _b.SwitchTo(_b.NewBlock(cold: true));
    }
}
