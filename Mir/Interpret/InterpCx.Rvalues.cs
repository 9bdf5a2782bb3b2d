using Mirlink.Mir.Abi;

namespace Mirlink.Mir.Interpret;

/// <summary>Assignments.</summary>
public sealed partial class InterpCx
{
    private void EvalRvalue(Rvalue rvalue, Place destination)
    {
        var dest = EvalPlace(destination);
        switch (rvalue)
        {
            case Rvalue.Use u: CopyOp(EvalOperand(u.Operand), dest); break;
            case Rvalue.CopyForDeref c: CopyOp(EvalPlace(c.Place), dest); break;
            case Rvalue.WrapUnsafeBinder w: CopyOp(EvalOperand(w.Operand), dest); break;
            case Rvalue.BinaryOp b: EvalBinaryOp(b, dest); break;
            case Rvalue.UnaryOp u: EvalUnaryOp(u, dest); break;
            case Rvalue.Cast c: EvalCast(c, dest); break;
            case Rvalue.Ref r:
                WriteAddress(EvalPlace(r.Place), dest);
                // What a local holds is always there.
                if (r.Place.IsIndirect && Machine.EnforcesValidity) CheckValue(dest);
                break;
            case Rvalue.RawPtr r: WriteAddress(EvalPlace(r.Place), dest); break;
            case Rvalue.Discriminant d: WriteScalar(ReadDiscriminantValue(EvalPlace(d.Place), dest.Layout), dest); break;
            case Rvalue.Aggregate a: EvalAggregate(a, dest); break;
            case Rvalue.Repeat r: EvalRepeat(r, dest); break;
            case Rvalue.ThreadLocalRef t: WritePointer(Machine.ThreadLocalStatic(this, t.Def), dest); break;
            default: throw new BugException($"unknown rvalue {rvalue.GetType().Name}");
        }
    }

    private void WriteAddress(in MPlace place, in MPlace dest) => WritePointer(place.Ptr, place.Layout.IsUnsized ? place.Meta : null, dest);

    private void EvalRepeat(Rvalue.Repeat r, in MPlace dest)
    {
        ulong n = dest.Layout.Count;
        if (n == 0) return;
        var value = EvalOperand(r.Operand);
        var first = Element(dest, 0);
        if (first.Layout.Size == 0) return;
        CopyOp(value, first);
        ulong size = first.Layout.Size;
        // Doubling copies: ranges of an own allocation that do not overlap.
        for (ulong done = 1; done < n;)
        {
            ulong count = Math.Min(done, n - done);
            MemCopy(dest.Ptr, dest.Ptr.Add(done * size), count * size);
            done += count;
        }
    }

    private void EvalAggregate(Rvalue.Aggregate a, in MPlace dest)
    {
        switch (a.Kind)
        {
            case AggregateKind.Array:
                for (int i = 0; i < a.Operands.Length; i++) CopyOp(EvalOperand(a.Operands[i]), Element(dest, (ulong)i));
                return;
            case AggregateKind.RawPtr:
                {
                    var data = ReadPointer(EvalOperand(a.Operands[0]));
                    var metaOp = EvalOperand(a.Operands[1]);
                    Scalar? meta = metaOp.Layout.IsZst ? null : ReadScalar(metaOp);
                    WritePointer(data, meta, dest);
                    return;
                }
        }
        // A field may be read from the destination's own memory only if it is the whole of it.
        int variant = a.Kind == AggregateKind.Adt ? a.Variant : 0;
        bool isEnum = a.Kind == AggregateKind.Adt && Tcx.AdtDef(a.Def).IsEnum;
        WriteUninit(dest);
        var target = isEnum || a.Kind == AggregateKind.Coroutine ? Downcast(dest, variant) : dest;
        for (int i = 0; i < a.Operands.Length; i++)
        {
            var value = EvalOperand(a.Operands[i]);
            // A coroutine's captures are fields of the whole, not of its first variant.
            CopyOp(value, a.Kind == AggregateKind.Coroutine ? Field(dest, i, value.Ty) : Field(target, a.ActiveField >= 0 ? a.ActiveField : i, NeedsFieldTy(target.Layout, i) ? value.Ty : null));
        }
        if (isEnum || a.Kind == AggregateKind.Coroutine) WriteDiscriminant(variant, dest);
        else if (Machine.EnforcesValidity && a.Kind == AggregateKind.Adt && a.ActiveField < 0 && dest.Layout.Repr.IsScalar && !dest.Layout.Repr.A.IsAlwaysValid) CheckValue(dest);
    }

    // -- discriminants -----------------------------------------------------------------------------------------------------------------------------

    private static bool IsValidTag(Scalar tag, Abi.Scalar layout) => layout.Contains(tag.RawBits);

    private static string Hex(U128 bits, int size) => "0x" + bits.ToString("x" + 2 * size, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The tag as a scalar; Null where the enum has none.</summary>
    private Scalar ReadTag(in MPlace place)
    {
        var tag = ReadScalar(place.Ptr.Add(place.Layout.FieldOffset(place.Layout.TagField)), place.Layout.Tag.Size);
        return tag.Provenance is not null && Machine.HasAddresses ? ToInt(tag) : tag;
    }

    /// <summary>The variant that a value is in.</summary>
    internal int ReadVariant(in MPlace place)
    {
        var layout = place.Layout;
        CheckNotMisaligned(place);
        switch (layout.Variants)
        {
            case VariantsKind.Empty: throw InterpError.Ub("read discriminant of an uninhabited enum variant");
            case VariantsKind.Single:
                if (layout.Uninhabited) throw InterpError.Ub("read discriminant of an uninhabited enum variant");
                return layout.VariantIndex;
        }
        var tag = ReadTag(place);
        int variant;
        if (!layout.IsNicheEncoded)
        {
            var bits = tag.Bits;
            if (!IsValidTag(tag, layout.Tag)) throw InterpError.Ub($"enum value has invalid tag: {Hex(bits, layout.Tag.Size)}");
            variant = VariantOfTag(layout, bits);
            if (variant < 0) throw InterpError.Ub($"enum value has invalid tag: {Hex(bits, layout.Tag.Size)}");
        }
        else if (tag.Provenance is not null)
        {
            // A pointer that is surely not null is none of the niche's values if that is null alone.
            if (layout.NicheStart != 0 || layout.NicheVariantsStart != layout.NicheVariantsEnd || MayBeNull(tag)) throw InterpError.Ub($"enum value has invalid tag: {tag}");
            variant = layout.UntaggedVariant;
        }
        else
        {
            var relative = unchecked(tag.RawBits - layout.NicheStart) & layout.Tag.Mask;
            if (relative <= (U128)(layout.NicheVariantsEnd - layout.NicheVariantsStart))
            {
                variant = layout.NicheVariantsStart + (int)relative;
                if (variant == layout.UntaggedVariant) throw InterpError.Ub($"enum value has invalid tag: {Hex(tag.RawBits, layout.Tag.Size)}");
            }
            else
            {
                if (!IsValidTag(tag, layout.Tag)) throw InterpError.Ub($"enum value has invalid tag: {Hex(tag.RawBits, layout.Tag.Size)}");
                variant = layout.UntaggedVariant;
            }
        }
        if (layout.VariantLayouts[variant].Uninhabited) throw InterpError.Ub("read discriminant of an uninhabited enum variant");
        return variant;
    }

    private int VariantOfTag(TyAndLayout layout, U128 tag)
    {
        // Mostly the discriminants count from 0.
        if (tag < (U128)layout.VariantLayouts.Length && TagOf(layout, (int)tag) == tag) return (int)tag;
        for (int v = 0; v < layout.VariantLayouts.Length; v++) if (TagOf(layout, v) == tag) return v;
        return -1;
    }

    private U128 TagOf(TyAndLayout layout, int variant) => Tcx.Traits.DiscriminantFor(layout.Ty, variant) & layout.Tag.Mask;

    private Scalar ReadDiscriminantValue(in MPlace place, TyAndLayout discriminant)
    {
        // What is neither an enum nor a coroutine has discriminant 0.
        if (place.Ty is not AdtTy and not ClosureTy { Kind: TyKind.Coroutine } || place.Ty is AdtTy a && !Tcx.AdtDef(a.Def).IsEnum) return Scalar.Of(U128.Zero, (int)discriminant.Size);
        int variant = ReadVariant(place);
        return Scalar.Of(Tcx.Traits.DiscriminantFor(place.Ty, variant), (int)discriminant.Size);
    }

    internal void WriteDiscriminant(int variant, in MPlace dest)
    {
        var layout = dest.Layout;
        if (layout.ForVariant(variant).Uninhabited) throw InterpError.Ub("writing discriminant of an uninhabited enum variant");
        if (layout.Variants != VariantsKind.Multiple) return;
        U128 tag;
        if (!layout.IsNicheEncoded) tag = TagOf(layout, variant);
        else if (variant == layout.UntaggedVariant)
        {
            if (ReadVariant(dest) != variant)
                throw InterpError.Ub($"trying to set discriminant of a {TypeName(layout.Ty)} to the niched variant, but the value does not match");
            return;
        }
        else tag = unchecked((U128)(variant - layout.NicheVariantsStart) + layout.NicheStart) & layout.Tag.Mask;
        CheckNotMisaligned(dest);
        WriteScalar(dest.Ptr.Add(layout.FieldOffset(layout.TagField)), new Scalar(tag, layout.Tag.Size));
    }

    /// <summary>Can a pointer be null at run time, as far as is known now?</summary>
    internal bool MayBeNull(Scalar s)
    {
        if (s.Provenance is not { } alloc) return s.RawBits == 0;
        if (Machine.HasAddresses) return ToInt(s).RawBits == 0;
        // The bits of a type id are not to be known, although they are.
        if (alloc.Kind == InterpAllocKind.TypeId) return true;
        var (size, align) = AllocInfo(alloc);
        ulong offset = (ulong)s.RawBits;
        if (offset <= size) return false;
        // Outside of the allocation, only its alignment is left to tell.
        return offset % align == 0;
    }
}
