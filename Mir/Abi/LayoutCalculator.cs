using System.Numerics;

namespace Mirlink.Mir.Abi;

/// <summary>How the fields of a struct-like piece are arranged: all sized, the last possibly unsized, or after a prefix (a tag).</summary>
internal enum StructKind : byte { AlwaysSized, MaybeUnsized, Prefixed }

/// <summary>A layout that cannot be computed; the message goes after "the type `T`".</summary>
internal sealed class LayoutException(string reason) : Exception(reason);

/// <summary>
/// Layout of structs, enums, unions, coroutines and vectors from the layouts of their fields, as rustc_abi::layout decides it for x86-64: aggregates have
/// no minimal alignment, vectors are aligned to their size, objects are smaller than 2^61 bytes.
/// </summary>
internal static partial class LayoutCalculator
{
    public const ulong ObjectSizeBound = 1UL << 61;
    private const ulong MaxSimdLanes = 1 << 15;
    private static readonly ReprOptions s_defaultRepr = new(null, null, null, ReprFlags.None, 0);

    public static ulong AlignTo(ulong offset, ulong align) => (offset + align - 1) & ~(align - 1);

    private static ulong CheckedAdd(ulong a, ulong b) => a + b < ObjectSizeBound ? a + b : throw SizeOverflow();
    private static ulong CheckedMul(ulong a, ulong n) => (U128)a * n < ObjectSizeBound ? a * n : throw SizeOverflow();
    private static LayoutException SizeOverflow() => new("is too big for the target architecture");

    private static ulong? Max(ulong? a, ulong? b) => a is { } x && b is { } y ? Math.Max(x, y) : a ?? b;

    private static bool InhibitsFieldReordering(ReprOptions r) => (r.Flags & (ReprFlags.C | ReprFlags.Simd | ReprFlags.Scalable | ReprFlags.Linear)) != 0 || r.Int is not null;
    private static bool InhibitsNewtypeAbi(ReprOptions r) => (r.Flags & (ReprFlags.C | ReprFlags.Simd)) != 0;
    private static bool InhibitsEnumLayoutOpt(ReprOptions r) => r.C || r.Int is not null;

    /// <summary>[T; n], or [T] with a null count.</summary>
    public static LayoutData Array(TyAndLayout element, ulong? count)
    {
        ulong n = count ?? 0;
        return new LayoutData
        {
            Fields = FieldsShapeKind.Array,
            Stride = element.Size,
            Count = n,
            Repr = BackendRepr.Memory(count is not null),
            LargestNiche = n != 0 ? element.LargestNiche : null,
            Uninhabited = element.Uninhabited && n != 0,
            Size = CheckedMul(element.Size, n),
            Align = element.Align,
            UnadjustedAbiAlign = element.Align,
        };
    }

    /// <summary>#[repr(simd)], also packed: packed vectors of a number of lanes that is no power of two lose their padding and are memory.</summary>
    public static LayoutData Simd(TyAndLayout element, ulong lanes, bool packed)
    {
        if (lanes == 0) throw new LayoutException("is a SIMD type without lanes");
        if (lanes > MaxSimdLanes) throw new LayoutException("is a SIMD type with too many lanes");
        if (!element.Repr.IsScalar) throw new LayoutException("is a SIMD type of elements that are not primitive");
        ulong size = CheckedMul(element.Size, lanes), align;
        BackendRepr repr;
        if (packed && !BitOperations.IsPow2(lanes))
        {
            repr = BackendRepr.Memory();
            align = size & (~size + 1);
        }
        else
        {
            repr = BackendRepr.Vector(element.Repr.A, lanes);
            align = BitOperations.RoundUpToPowerOf2(size);
        }
        return new LayoutData
        {
            Offsets = [0],
            InMemoryOrder = [0],
            Repr = repr,
            LargestNiche = element.LargestNiche,
            Size = AlignTo(size, align),
            Align = align,
            UnadjustedAbiAlign = element.Align,
        };
    }

    public static LayoutData Union(ReprOptions repr, TyAndLayout[] fields)
    {
        if (fields.Length == 0) throw new LayoutException("is a union without fields");
        ulong align = 1, size = 0;
        ulong? maxReprAlign = repr.Align;
        BackendRepr? common = null;
        bool mismatch = repr.C;
        foreach (var f in fields)
        {
            if (f.IsUnsized) throw new LayoutException("has an unsized field where a sized one is needed");
            align = Math.Max(align, f.Align);
            maxReprAlign = Max(maxReprAlign, f.MaxReprAlign);
            size = Math.Max(size, f.Size);
            if (f.IsZst || mismatch) continue;
            var r = f.Repr.ToUnion();
            if (common is not { } c) common = r;
            else if (c != r) mismatch = true;
        }
        if (repr.Pack is { } pack) align = Math.Min(align, pack);
        ulong unadjusted = align;
        if (repr.Align is { } ra) align = Math.Max(align, ra);

        var abi = BackendRepr.Memory();
        if (!mismatch && common is { } only)
        {
            bool fits = only.Kind switch
            {
                BackendReprKind.Scalar => only.A.Align == align,
                BackendReprKind.ScalarPair => Math.Max(only.A.Align, only.B.Align) == align,
                BackendReprKind.SimdVector => only.A.Align <= align,
                _ => true,
            };
            if (fits) abi = only;
        }
        return new LayoutData
        {
            Fields = FieldsShapeKind.Union,
            Count = (ulong)fields.Length,
            Repr = abi,
            Size = AlignTo(size, align),
            Align = align,
            MaxReprAlign = maxReprAlign,
            UnadjustedAbiAlign = unadjusted,
        };
    }

    /// <summary>A variant that needs neither space nor a tag value: uninhabited, and nothing in it but 1-aligned zero-sized fields.</summary>
    private static bool IsAbsent(TyAndLayout[] fields)
    {
        bool uninhabited = false;
        foreach (var f in fields)
        {
            uninhabited |= f.Uninhabited;
            if (!f.Is1Zst) return false;
        }
        return uninhabited;
    }

    /// <param name="variants">Field layouts per variant.</param>
    /// <param name="hideNiches">UnsafeCell and UnsafePinned.</param>
    /// <param name="validRange">Of #[rustc_layout_scalar_valid_range_start/end].</param>
    /// <param name="discriminants">Enums: value per variant, sign-extended if the discriminant type is signed.</param>
    /// <param name="alwaysSized">The definition says so, whatever the type arguments.</param>
    public static LayoutData StructOrEnum(ReprOptions repr, TyAndLayout[][] variants, bool isEnum, bool hideNiches, (U128? Start, U128? End) validRange,
        Func<int, I128> discriminants, bool alwaysSized, CompilerRules rules)
    {
        bool mayBeAbsent = rules.AbsentVariantsDespiteReprInt ? !repr.C : !InhibitsEnumLayoutOpt(repr);
        int first = -1, second = -1;
        for (int i = 0; i < variants.Length && second < 0; i++)
        {
            if (mayBeAbsent && IsAbsent(variants[i])) continue;
            if (first < 0) first = i; else second = i;
        }
        if (first < 0)
        {
            if (isEnum) return LayoutData.Never();
            first = 0;
        }
        if (isEnum && (second >= 0 || InhibitsEnumLayoutOpt(repr))) return EnumOf(repr, variants, discriminants);

        var kind = isEnum || variants[first].Length == 0 || alwaysSized ? StructKind.AlwaysSized : StructKind.MaybeUnsized;
        var st = Univariant(variants[first], repr, kind);
        st.VariantIndex = first;
        if (hideNiches)
        {
            static Scalar Hide(Scalar s) => s.IsUnion ? s : s with { Start = 0, End = s.Mask };
            st.Repr = st.Repr.Kind switch
            {
                BackendReprKind.Memory => st.Repr,
                BackendReprKind.ScalarPair => st.Repr with { A = Hide(st.Repr.A), B = Hide(st.Repr.B) },
                _ => st.Repr with { A = Hide(st.Repr.A) },
            };
            st.LargestNiche = null;
        }
        else if (st.Repr.Kind is BackendReprKind.Scalar or BackendReprKind.ScalarPair)
        {
            var a = st.Repr.A;
            if (validRange.Start is { } start) a = a with { Start = start };
            if (validRange.End is { } end) a = a with { End = end };
            st.Repr = st.Repr with { A = a };
            // also one that is only as large: it is at a lower offset
            if (Niche.FromScalar(0, a) is { } niche && (st.LargestNiche is not { } old || old.Available <= niche.Available)) st.LargestNiche = niche;
        }
        else if (validRange.Start is not null || validRange.End is not null)
        {
            throw new LayoutException("has a range of valid values but is no scalar");
        }
        return st;
    }

    /// <summary>
    /// A struct, tuple, closure or variant. Niches are moved to the start, or to the end where that is nearer to an edge, so that an enum can put other
    /// variants beside them.
    /// </summary>
    public static LayoutData Univariant(TyAndLayout[] fields, ReprOptions? repr, StructKind kind, ulong prefixSize = 0, ulong prefixAlign = 1)
    {
        repr ??= s_defaultRepr;
        var layout = Univariant(fields, repr, kind, prefixSize, prefixAlign, nichesLast: false);
        // for types that may be unsized the offsets must not depend on the tail
        if (kind == StructKind.MaybeUnsized || fields.Length <= 1 || layout.LargestNiche is not { } niche) return layout;
        ulong head = niche.Offset, tail = layout.Size - head - (ulong)niche.Value.Size;
        if (head == 0 || tail == 0) return layout;
        var other = Univariant(fields, repr, kind, prefixSize, prefixAlign, nichesLast: true);
        ulong otherHead = other.LargestNiche!.Value.Offset;
        return otherHead > head && otherHead > tail ? other : layout;
    }

    /// <summary>What the fields are sorted by, smallest first; the index keeps the order of equal ones.</summary>
    private readonly record struct FieldKey(ulong Group, U128 Niche, ulong NicheOffset, int Index) : IComparable<FieldKey>
    {
        public int CompareTo(FieldKey o)
        {
            int c = Group.CompareTo(o.Group);
            if (c == 0) c = Niche.CompareTo(o.Niche);
            if (c == 0) c = NicheOffset.CompareTo(o.NicheOffset);
            return c != 0 ? c : Index.CompareTo(o.Index);
        }
    }

    private static int[] FieldOrder(TyAndLayout[] fields, ReprOptions repr, StructKind kind, bool nichesLast)
    {
        var order = new int[fields.Length];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        if (fields.Length < 2 || InhibitsFieldReordering(repr)) return order;
        if ((repr.Flags & ReprFlags.RandomizeLayout) != 0) throw new UnsupportedException("-Zrandomize-layout");

        int n = kind == StructKind.MaybeUnsized ? fields.Length - 1 : fields.Length;
        ulong maxAlign = 1;
        U128 largestNiche = 0;
        for (int i = 0; i < n; i++)
        {
            maxAlign = Math.Max(maxAlign, fields[i].Align);
            if (fields[i].LargestNiche is { } x && x.Available > largestNiche) largestNiche = x.Available;
        }
        int maxAlignLog = BitOperations.TrailingZeroCount(maxAlign);

        var keys = new FieldKey[n];
        for (int i = 0; i < n; i++)
        {
            var f = fields[i];
            U128 niche = f.LargestNiche?.Available ?? 0;
            ulong group;
            if (repr.Pack is { } pack) group = Math.Min(f.Align, pack);
            else
            {
                // [u8; 4] goes with fields of align 4
                int log = BitOperations.TrailingZeroCount(Math.Max(f.Align, f.Size));
                if (largestNiche > 0)
                {
                    if (!nichesLast) log = Math.Min(maxAlignLog, log);
                    else if (niche == largestNiche) log = BitOperations.TrailingZeroCount(f.Align);
                }
                group = (ulong)log;
            }
            if (kind == StructKind.Prefixed)
            {
                keys[i] = new FieldKey(group, niche, 0, i);
                continue;
            }
            ulong nicheOffset = 0;
            if (f.LargestNiche is { } at) nicheOffset = nichesLast ? ~(f.Size - (ulong)at.Value.Size - at.Offset) : at.Offset;
            keys[i] = new FieldKey(~group, nichesLast ? niche : ~niche, nicheOffset, i);
        }
        System.Array.Sort(keys);
        for (int i = 0; i < n; i++) order[i] = keys[i].Index;
        return order;
    }

    private static LayoutData Univariant(TyAndLayout[] fields, ReprOptions repr, StructKind kind, ulong prefixSize, ulong prefixAlign, bool nichesLast)
    {
        var order = FieldOrder(fields, repr, kind, nichesLast);
        var offsets = new ulong[fields.Length];
        ulong align = 1, offset = 0;
        ulong? maxReprAlign = repr.Align;
        bool isUnsized = false;
        Niche? largestNiche = null;
        U128 largestAvailable = 0;
        if (kind == StructKind.Prefixed)
        {
            if (repr.Pack is { } p) prefixAlign = Math.Min(prefixAlign, p);
            align = Math.Max(align, prefixAlign);
            offset = AlignTo(prefixSize, prefixAlign);
        }
        foreach (int i in order)
        {
            var f = fields[i];
            if (isUnsized || f.IsUnsized && kind != StructKind.MaybeUnsized) throw new LayoutException("has an unsized field where a sized one is needed");
            isUnsized = f.IsUnsized;
            ulong fieldAlign = repr.Pack is { } p ? Math.Min(f.Align, p) : f.Align;
            offset = AlignTo(offset, fieldAlign);
            align = Math.Max(align, fieldAlign);
            maxReprAlign = Max(maxReprAlign, f.MaxReprAlign);
            offsets[i] = offset;
            if (f.LargestNiche is { } niche)
            {
                var available = niche.Available;
                if (nichesLast ? available >= largestAvailable : available > largestAvailable)
                {
                    largestAvailable = available;
                    largestNiche = niche with { Offset = niche.Offset + offset };
                }
            }
            offset = CheckedAdd(offset, f.Size);
        }
        ulong unadjusted = align;
        if (repr.Align is { } ra) align = Math.Max(align, ra);
        ulong size = AlignTo(offset, align);
        if (size >= ObjectSizeBound) throw SizeOverflow();

        var abi = BackendRepr.Memory(!isUnsized);
        bool uninhabited = false;
        TyAndLayout? single = null;
        int a = -1, b = -1, nonZst = 0;
        for (int i = 0; i < fields.Length; i++)
        {
            uninhabited |= fields[i].Uninhabited;
            if (fields[i].IsZst) continue;
            nonZst++;
            if (a < 0) a = i; else if (b < 0) b = i;
        }
        if (!isUnsized && size > 0)
        {
            if (nonZst == 1)
            {
                single = fields[a];
                if (offsets[a] == 0 && align == single.Align && size == single.Size
                    && (single.Repr.IsScalarPair || single.Repr.Kind is BackendReprKind.Scalar or BackendReprKind.SimdVector && !InhibitsNewtypeAbi(repr)))
                    abi = single.Repr;
            }
            else if (nonZst == 2 && fields[a].Repr.IsScalar && fields[b].Repr.IsScalar)
            {
                if (offsets[a] >= offsets[b]) (a, b) = (b, a);
                var pair = BackendRepr.Pair(fields[a].Repr.A, fields[b].Repr.A);
                ulong pairAlign = Math.Max(pair.A.Align, pair.B.Align);
                if (offsets[a] == 0 && offsets[b] == pair.PairOffset && align == pairAlign && size == AlignTo(pair.PairOffset + (ulong)pair.B.Size, pairAlign)) abi = pair;
            }
        }
        if (repr.Transparent) unadjusted = single?.UnadjustedAbiAlign ?? align;
        return new LayoutData
        {
            Offsets = offsets,
            InMemoryOrder = order,
            Repr = abi,
            LargestNiche = largestNiche,
            Uninhabited = uninhabited,
            Size = size,
            Align = align,
            MaxReprAlign = maxReprAlign,
            UnadjustedAbiAlign = unadjusted,
        };
    }
}
