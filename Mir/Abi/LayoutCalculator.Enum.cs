using System.Numerics;

namespace Mirlink.Mir.Abi;

/// <summary>Enums of more than one present variant: a tag before each variant, or the invalid values of a field of the largest variant.</summary>
internal static partial class LayoutCalculator
{
    private static LayoutData EnumOf(ReprOptions repr, TyAndLayout[][] variants, Func<int, I128> discriminants)
    {
        if (repr.Pack is not null) throw new LayoutException("is a packed enum");
        var niche = NicheFilling(repr, variants);
        var tagged = Tagged(repr, variants, discriminants);
        if (niche is null || DeliberateFault.Is(Fault.TagInsteadOfNiche)) return tagged;
        // the smaller one; else the one with the larger niche; else tagged, which is simpler to work with
        if (tagged.Size != niche.Size) return tagged.Size > niche.Size ? niche : tagged;
        return (tagged.LargestNiche?.Available ?? 0) < (niche.LargestNiche?.Available ?? 0) ? niche : tagged;
    }

    private static LayoutData? NicheFilling(ReprOptions repr, TyAndLayout[][] variants)
    {
        if (InhibitsEnumLayoutOpt(repr) || variants.Length < 2) return null;

        ulong align = 1, unadjusted = 1;
        ulong? maxReprAlign = repr.Align;
        var layouts = new LayoutData[variants.Length];
        int largest = 0;
        for (int i = 0; i < variants.Length; i++)
        {
            LayoutData st;
            try
            {
                st = Univariant(variants[i], repr, StructKind.AlwaysSized);
            }
            catch (LayoutException)
            {
                return null; // the tagged layout reports it
            }
            st.VariantIndex = i;
            align = Math.Max(align, st.Align);
            maxReprAlign = Max(maxReprAlign, st.MaxReprAlign);
            unadjusted = Math.Max(unadjusted, st.UnadjustedAbiAlign);
            layouts[i] = st;
            if (st.Size >= layouts[largest].Size) largest = i; // the last of equal ones
        }

        int firstTagged = -1, lastTagged = -1;
        for (int i = 0; i < variants.Length; i++)
        {
            if (i == largest || IsAbsent(variants[i])) continue;
            if (firstTagged < 0) firstTagged = i;
            lastTagged = i;
        }
        if (firstTagged < 0) throw new BugException("an enum with two present variants has none without the niche");
        if (layouts[largest].LargestNiche is not { } niche || niche.Reserve((U128)(lastTagged - firstTagged + 1)) is not var (nicheStart, nicheScalar)) return null;
        ulong size = AlignTo(layouts[largest].Size, align);

        bool othersZst = true;
        bool uninhabited = true;
        for (int i = 0; i < layouts.Length; i++)
        {
            var l = layouts[i];
            uninhabited &= l.Uninhabited;
            if (i == largest) continue;
            l.LargestNiche = null;
            if (l.Size > niche.Offset)
            {
                // not before the niche: after it, if there is room
                ulong at = AlignTo(niche.Offset + (ulong)niche.Value.Size, l.Align);
                if (at + l.Size > size) return null;
                for (int f = 0; f < l.Offsets.Length; f++) l.Offsets[f] += at;
                if (!l.Uninhabited) l.Repr = BackendRepr.Memory();
                l.Size += at;
            }
            othersZst &= l.Size == 0;
        }

        var abi = BackendRepr.Memory();
        if (size == layouts[largest].Size && align == layouts[largest].Align && othersZst)
        {
            var r = layouts[largest].Repr;
            // only the niche is sure to be initialized
            if (r.IsScalar) abi = BackendRepr.Of(nicheScalar);
            else if (r.IsScalarPair) abi = niche.Offset == 0 ? BackendRepr.Pair(nicheScalar, r.B.ToUnion()) : BackendRepr.Pair(r.A.ToUnion(), nicheScalar);
        }
        return new LayoutData
        {
            Variants = VariantsKind.Multiple,
            Tag = nicheScalar,
            IsNicheEncoded = true,
            UntaggedVariant = largest,
            NicheVariantsStart = firstTagged,
            NicheVariantsEnd = lastTagged,
            NicheStart = nicheStart,
            VariantLayouts = layouts,
            Offsets = [niche.Offset],
            InMemoryOrder = [0],
            Repr = abi,
            LargestNiche = Niche.FromScalar(niche.Offset, nicheScalar),
            Uninhabited = uninhabited,
            Size = size,
            Align = align,
            MaxReprAlign = maxReprAlign,
            UnadjustedAbiAlign = unadjusted,
        };
    }

    private static int FitUnsigned(U128 v) => v <= byte.MaxValue ? 1 : v <= ushort.MaxValue ? 2 : v <= uint.MaxValue ? 4 : v <= ulong.MaxValue ? 8 : 16;

    private static int FitSigned(I128 v) =>
        v >= sbyte.MinValue && v <= sbyte.MaxValue ? 1 : v >= short.MinValue && v <= short.MaxValue ? 2 : v >= int.MinValue && v <= int.MaxValue ? 4
        : v >= long.MinValue && v <= long.MaxValue ? 8 : 16;

    /// <summary>Size in bytes and signedness of the integer for a range of discriminants.</summary>
    private static (int Size, bool Signed) TagInteger(ReprOptions repr, I128 min, I128 max)
    {
        int unsignedFit = FitUnsigned(U128.Max((U128)min, (U128)max));
        int signedFit = Math.Max(FitSigned(min), FitSigned(max));
        if (repr.Int is { } i)
        {
            if (i.ByteSize < (i.IsSigned ? signedFit : unsignedFit)) throw new LayoutException("has discriminants that its #[repr] cannot hold");
            return (i.ByteSize, i.IsSigned);
        }
        int atLeast = repr.C ? 4 : 1;
        return unsignedFit <= signedFit ? (Math.Max(unsignedFit, atLeast), false) : (Math.Max(signedFit, atLeast), true);
    }

    /// <summary>
    /// The range of discriminants, wrapping around, that leaves out the largest gap between valid ones: last value before the gap (Max) and first one after it.
    /// </summary>
    private static (I128 Max, I128 Min) DiscriminantRange(ReprOptions repr, TyAndLayout[][] variants, Func<int, I128> discriminants)
    {
        var valid = new List<I128>(variants.Length);
        for (int i = 0; i < variants.Length; i++)
        {
            bool inhabited = true;
            foreach (var f in variants[i]) inhabited &= !f.Uninhabited;
            if (repr.C || inhabited) valid.Add(discriminants(i));
        }
        if (valid.Count == 0) return (0, 0);
        valid.Sort();

        bool signed = repr.Int?.IsSigned ?? true;
        int bits = (repr.Int?.ByteSize ?? 8) * 8;
        (I128, I128) best = default;
        U128 bestDistance = 0;
        for (int i = 0; i < valid.Count; i++)
        {
            I128 start = valid[i], end = valid[(i + 1) % valid.Count];
            U128 distance;
            if (start > end)
            {
                var used = start - end;
                distance = signed ? (U128)((I128)(U128.MaxValue >> (129 - bits)) - used) : (U128.MaxValue >> (128 - bits)) - (U128)used;
            }
            else
            {
                distance = (U128)(end - start);
            }
            if (i == 0 || distance >= bestDistance) (best, bestDistance) = ((start, end), distance); // the last of equal ones
        }
        return best;
    }

    private static LayoutData Tagged(ReprOptions repr, TyAndLayout[][] variants, Func<int, I128> discriminants)
    {
        var (max, min) = DiscriminantRange(repr, variants, discriminants);
        var (minTag, signed) = TagInteger(repr, min, max);

        ulong align = 1, unadjusted = 1, size = 0;
        ulong? maxReprAlign = repr.Align;
        ulong startAlign = 256; // smallest alignment of the variants' first fields
        ulong prefixAlign = (ulong)minTag;
        if (repr.C)
        {
            // a struct of a tag and a union
            foreach (var v in variants)
                foreach (var f in v) prefixAlign = Math.Max(prefixAlign, f.Align);
        }
        var layouts = new LayoutData[variants.Length];
        for (int i = 0; i < variants.Length; i++)
        {
            var st = Univariant(variants[i], repr, StructKind.Prefixed, (ulong)minTag, prefixAlign);
            st.VariantIndex = i;
            foreach (int f in st.InMemoryOrder)
            {
                if (variants[i][f].Is1Zst) continue;
                startAlign = Math.Min(startAlign, variants[i][f].Align);
                break;
            }
            size = Math.Max(size, st.Size);
            align = Math.Max(align, st.Align);
            maxReprAlign = Max(maxReprAlign, st.MaxReprAlign);
            unadjusted = Math.Max(unadjusted, st.UnadjustedAbiAlign);
            layouts[i] = st;
        }
        size = AlignTo(size, align);
        if (size >= ObjectSizeBound) throw SizeOverflow();
        if ((repr.Int?.ByteSize ?? 8) < minTag) throw new BugException("the tag of an enum is larger than its discriminant type");

        // a tag as large as the alignment of what follows leaves no padding
        int tagSize = minTag;
        if (!repr.C && repr.Int is null && startAlign <= 16 && (int)startAlign > minTag)
        {
            tagSize = (int)startAlign;
            ulong oldSize = (ulong)minTag, newSize = (ulong)tagSize;
            foreach (var v in layouts)
            {
                for (int f = 0; f < v.Offsets.Length; f++)
                    if (v.Offsets[f] <= oldSize) v.Offsets[f] = newSize;
                if (v.Size <= oldSize) v.Size = newSize;
            }
        }

        var tag = Scalar.Integer(tagSize, signed);
        tag = tag with { Start = (U128)min & tag.Mask, End = (U128)max & tag.Mask };
        bool uninhabited = true;
        foreach (var v in layouts) uninhabited &= v.Uninhabited;

        var abi = BackendRepr.Memory();
        if ((ulong)tag.Size == size) abi = BackendRepr.Of(tag);
        else if (CommonScalar(variants, layouts) is var (scalar, offset))
        {
            var pair = BackendRepr.Pair(tag, scalar);
            ulong pairAlign = Math.Max(tag.Align, scalar.Align);
            if (pair.PairOffset == offset && align == pairAlign && size == AlignTo(offset + (ulong)scalar.Size, pairAlign)) abi = pair;
        }
        if (!abi.IsMemory)
        {
            // seen through a variant, a value is represented the same
            foreach (var v in layouts)
            {
                if (v.Offsets.Length == 0 || !v.Repr.IsMemory) continue;
                v.Repr = abi;
                v.Size = Math.Max(v.Size, size);
                v.Align = Math.Max(v.Align, align);
            }
        }
        return new LayoutData
        {
            Variants = VariantsKind.Multiple,
            Tag = tag,
            VariantLayouts = layouts,
            Offsets = [0],
            InMemoryOrder = [0],
            Repr = abi,
            LargestNiche = Niche.FromScalar(0, tag),
            Uninhabited = uninhabited,
            Size = size,
            Align = align,
            MaxReprAlign = maxReprAlign,
            UnadjustedAbiAlign = unadjusted,
        };
    }

    /// <summary>The one scalar that every variant with data consists of, at the same offset; a union scalar where some variant has none.</summary>
    private static (Scalar Scalar, ulong Offset)? CommonScalar(TyAndLayout[][] variants, LayoutData[] layouts)
    {
        Scalar? common = null;
        ulong commonOffset = 0;
        bool initialized = true;
        for (int i = 0; i < variants.Length; i++)
        {
            int only = -1;
            for (int f = 0; f < variants[i].Length; f++)
            {
                if (variants[i][f].IsZst) continue;
                if (only >= 0) return null;
                only = f;
            }
            if (only < 0)
            {
                initialized = false;
                continue;
            }
            if (!variants[i][only].Repr.IsScalar) return null;
            var s = variants[i][only].Repr.A;
            initialized &= !s.IsUnion;
            ulong offset = layouts[i].Offsets[only];
            if (common is not { } c)
            {
                (common, commonOffset) = (s, offset);
                continue;
            }
            if (offset != commonOffset) return null;
            if (c.Primitive == s.Primitive) continue; // of integers that differ in sign the first counts
            // a pointer and an integer of its size make a pointer
            if (c.IsPointer && s.Primitive == Primitive.Int64) continue;
            if (s.IsPointer && c.Primitive == Primitive.Int64) { common = s; continue; }
            return null;
        }
        if (common is not { } prim) return null;
        prim = Scalar.Full(prim.Primitive, prim.Signed);
        return (initialized ? prim : prim.ToUnion(), commonOffset);
    }
}
