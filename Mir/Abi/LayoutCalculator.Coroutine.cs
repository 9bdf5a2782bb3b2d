namespace Mirlink.Mir.Abi;

/// <summary>
/// Coroutines (rustc_abi::layout::coroutine). Saved locals that are live in one variant only and conflict with no other variant's share the space after
/// the prefix; all others are in the prefix, with the upvars and the tag. No field ever moves.
/// </summary>
internal static partial class LayoutCalculator
{
    private const int Unassigned = -1, Ineligible = -2;

    /// <summary>The variant that each saved local is assigned to, or <see cref="Ineligible"/>.</summary>
    private static int[] AssignSavedLocals(int count, int[][] variantFields, bool[,] conflicts)
    {
        var assigned = new int[count];
        System.Array.Fill(assigned, Unassigned);
        for (int v = 0; v < variantFields.Length; v++)
            foreach (int local in variantFields[v])
                assigned[local] = assigned[local] == Unassigned ? v : Ineligible;

        var conflictCount = new int[count];
        for (int a = 0; a < count; a++)
            for (int b = 0; b < count; b++)
                if (conflicts[a, b]) conflictCount[a]++;
        for (int a = 0; a < count; a++)
        {
            if (assigned[a] == Ineligible) continue;
            for (int b = 0; b < count; b++)
            {
                if (!conflicts[a, b] || assigned[b] == Ineligible || assigned[a] == assigned[b]) continue;
                assigned[conflictCount[a] > conflictCount[b] ? a : b] = Ineligible;
            }
        }

        // if nothing can overlap, all of them pack best in the prefix
        int used = Unassigned;
        bool several = false;
        foreach (int v in assigned)
        {
            if (v < 0) continue;
            several |= used >= 0 && v != used;
            used = v;
        }
        if (!several) System.Array.Fill(assigned, Ineligible);
        return assigned;
    }

    /// <param name="prefix">Layouts of the upvars.</param>
    /// <param name="scalarLayout">The layout of the tag as a field.</param>
    public static LayoutData Coroutine(TyAndLayout[] locals, TyAndLayout[] prefix, int[][] variantFields, bool[,] conflicts, Func<Scalar, TyAndLayout> scalarLayout)
    {
        var assigned = AssignSavedLocals(locals.Length, variantFields, conflicts);
        int tagField = prefix.Length;
        var maxDiscriminant = (U128)(variantFields.Length - 1);
        var tag = Scalar.Integer(FitUnsigned(maxDiscriminant), false) with { Start = 0, End = maxDiscriminant };

        var prefixFields = new List<TyAndLayout>(prefix) { scalarLayout(tag) };
        var promoted = new int[locals.Length]; // index among the prefix's promoted fields
        int promotedCount = 0;
        for (int i = 0; i < locals.Length; i++)
        {
            if (assigned[i] != Ineligible) continue;
            promoted[i] = promotedCount++;
            prefixFields.Add(locals[i]);
        }
        var outer = Univariant(prefixFields.ToArray(), null, StructKind.AlwaysSized);
        int firstPromoted = tagField + 1;
        var promotedMemoryIndex = new int[promotedCount];
        var outerOrder = new List<int>(firstPromoted);
        int next = 0;
        foreach (int i in outer.InMemoryOrder)
        {
            if (i >= firstPromoted) promotedMemoryIndex[i - firstPromoted] = next++;
            else outerOrder.Add(i);
        }

        ulong size = outer.Size, align = outer.Align;
        bool uninhabited = true;
        var variants = new LayoutData[variantFields.Length];
        for (int v = 0; v < variants.Length; v++)
        {
            var fields = variantFields[v];
            var own = new List<TyAndLayout>(fields.Length);
            foreach (int local in fields)
                if (assigned[local] == v) own.Add(locals[local]);
            var st = Univariant(own.ToArray(), null, StructKind.Prefixed, outer.Size, outer.Align);
            st.VariantIndex = v;

            var ownMemoryIndex = new int[own.Count];
            for (int i = 0; i < own.Count; i++) ownMemoryIndex[st.InMemoryOrder[i]] = i;
            var slots = new int[promotedCount + own.Count];
            System.Array.Fill(slots, -1);
            var offsets = new ulong[fields.Length];
            int at = 0;
            for (int i = 0; i < fields.Length; i++)
            {
                int local = fields[i];
                if (assigned[local] == Ineligible)
                {
                    offsets[i] = outer.Offsets[firstPromoted + promoted[local]];
                    slots[promotedMemoryIndex[promoted[local]]] = i;
                }
                else
                {
                    offsets[i] = st.Offsets[at];
                    slots[promotedCount + ownMemoryIndex[at]] = i;
                    at++;
                }
            }
            st.Offsets = offsets;
            st.InMemoryOrder = System.Array.FindAll(slots, s => s >= 0);
            size = Math.Max(size, st.Size);
            align = Math.Max(align, st.Align);
            uninhabited &= st.Uninhabited;
            variants[v] = st;
        }
        return new LayoutData
        {
            Variants = VariantsKind.Multiple,
            Tag = tag,
            TagField = tagField,
            VariantLayouts = variants,
            Offsets = outer.Offsets[..firstPromoted],
            InMemoryOrder = outerOrder.ToArray(),
            Uninhabited = outer.Uninhabited || uninhabited,
            Size = AlignTo(size, align),
            Align = align,
            UnadjustedAbiAlign = align,
        };
    }
}
