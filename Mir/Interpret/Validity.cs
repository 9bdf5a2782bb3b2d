using Mirlink.Mir.Abi;

namespace Mirlink.Mir.Interpret;

internal enum LeafKind : byte
{
    /// <summary>Any initialized bytes.</summary>
    Initialized,
    /// <summary>A scalar in the range that its layout says.</summary>
    Scalar,
    Bool, Char,
    Reference, Box, RawPointer, Function,
    /// <summary>A field without bytes of a type without values.</summary>
    Never,
}

/// <summary>
/// What must hold of the bytes of a type for it to be a value (the validity invariants that rustc_const_eval's validity visitor checks), flattened: one entry per scalar, and per enum and array
/// what their parts are.
/// </summary>
internal sealed class Validity
{
    public readonly record struct Leaf(LeafKind Kind, ulong Offset, int Size, Abi.Scalar Range, Ty Ty, string Path, bool MayDangle);
    public readonly record struct EnumPart(ulong Offset, TyAndLayout Layout, Validity[] Variants, string Path);
    public readonly record struct ArrayPart(ulong Offset, ulong Stride, ulong Count, Validity Element, string Path);

    public List<Leaf> Leaves { get; } = [];
    public List<EnumPart> Enums { get; } = [];
    public List<ArrayPart> Arrays { get; } = [];
    /// <summary>Nothing is required.</summary>
    public bool IsEmpty => Leaves.Count == 0 && Enums.Count == 0 && Arrays.Count == 0;

    public static Validity Of(TyCtxt tcx, TyAndLayout layout)
    {
        if (layout.InterpreterValidity is Validity known) return known;
        var made = new Validity();
        new Builder(tcx, made).Add(layout, 0, "", mayDangle: false);
        layout.InterpreterValidity = made;
        return made;
    }

    private static Validity OfPart(TyCtxt tcx, TyAndLayout layout, string path, bool mayDangle, bool asVariant = false)
    {
        var made = new Validity();
        var builder = new Builder(tcx, made);
        if (asVariant) builder.AddFields(layout, 0, path, mayDangle);
        else builder.Add(layout, 0, path, mayDangle);
        return made;
    }

    private readonly struct Builder(TyCtxt tcx, Validity to)
    {
        private void Leaf(LeafKind kind, ulong offset, int size, Abi.Scalar range, Ty ty, string path, bool mayDangle = false) => to.Leaves.Add(new Leaf(kind, offset, size, range, ty, path, mayDangle));

        public void Add(TyAndLayout layout, ulong at, string path, bool mayDangle)
        {
            if (layout.IsUnsized) return;
            switch (layout.Ty)
            {
                case PrimTy { Kind: TyKind.Bool }: Leaf(LeafKind.Bool, at, 1, layout.Repr.A, layout.Ty, path); return;
                case PrimTy { Kind: TyKind.Char }: Leaf(LeafKind.Char, at, 4, layout.Repr.A, layout.Ty, path); return;
                case PrimTy { Kind: TyKind.Int or TyKind.Uint or TyKind.Float }: Leaf(LeafKind.Initialized, at, (int)layout.Size, layout.Repr.A, layout.Ty, path); return;
                case PrimTy { Kind: TyKind.Never }: Leaf(LeafKind.Never, at, 0, default, layout.Ty, path); return;
                case RefTy: Leaf(LeafKind.Reference, at, (int)layout.Size, layout.Repr.A, layout.Ty, path, mayDangle); return;
                case RawPtrTy: Leaf(LeafKind.RawPointer, at, (int)layout.Size, layout.Repr.A, layout.Ty, path); return;
                case FnPtrTy: Leaf(LeafKind.Function, at, 8, layout.Repr.A, layout.Ty, path); return;
                case PatTy p:
                    Add(tcx.Layouts.LayoutOf(p.Base), at, path, mayDangle);
                    if (layout.Repr.IsScalar && !layout.Repr.A.IsAlwaysValid) Leaf(LeafKind.Scalar, at, layout.Repr.A.Size, layout.Repr.A, layout.Ty, path);
                    return;
                case ArrayTy a:
                    AddArray(tcx.Layouts.LayoutOf(a.Element), layout.Count, at, path, mayDangle);
                    return;
                case AdtTy adt:
                    AddAdt(layout, tcx.AdtDef(adt.Def), at, path, mayDangle);
                    return;
                case TupleTy or ClosureTy { Kind: TyKind.Closure }:
                    AddFields(layout, at, path, mayDangle);
                    return;
            }
        }

        private void AddArray(TyAndLayout element, ulong count, ulong at, string path, bool mayDangle)
        {
            if (count == 0 || element.IsUnsized) return;
            var part = OfPart(tcx, element, "", mayDangle);
            if (part.IsEmpty) return;
            if (part is { Enums.Count: 0, Arrays.Count: 0, Leaves: [{ Kind: LeafKind.Initialized } only] } && only.Size == (int)element.Size && count * element.Size <= int.MaxValue)
                Leaf(LeafKind.Initialized, at, (int)(count * element.Size), only.Range, only.Ty, path + "[..]");
            else to.Arrays.Add(new ArrayPart(at, element.Size, count, part, path));
        }

        private void AddAdt(TyAndLayout layout, AdtDef def, ulong at, string path, bool mayDangle)
        {
            if (def.IsUnion) return;
            mayDangle |= (def.Flags & AdtFlags.IsMaybeDangling) != 0;
            if (def.IsBox)
            {
                // The pointer is as deep as Box<T, A>(Unique(NonNull(*const T)), A) has it; the allocator is a field like any other.
                var pointer = tcx.Layouts.LayoutOf(layout.FieldTys[0]);
                Leaf(LeafKind.Box, at + layout.FieldOffset(0), (int)pointer.Size, pointer.Repr.A, layout.Ty, path, mayDangle);
                for (int i = 1; i < layout.FieldCount; i++) Add(tcx.Layouts.LayoutOf(layout.FieldTys[i]), at + layout.FieldOffset(i), path + "." + i, mayDangle);
                return;
            }
            if (def.IsEnum)
            {
                switch (layout.Variants)
                {
                    case VariantsKind.Empty: Leaf(LeafKind.Never, at, 0, default, layout.Ty, path); return;
                    case VariantsKind.Multiple:
                        {
                            var variants = new Validity[layout.VariantLayouts.Length];
                            for (int v = 0; v < variants.Length; v++) variants[v] = OfPart(tcx, layout.VariantLayouts[v], $"{path}.<enum-variant({def.Variants[v].Name})>", mayDangle, asVariant: true);
                            to.Enums.Add(new EnumPart(at, layout, variants, path));
                            return;
                        }
                }
                if (layout.Uninhabited) { Leaf(LeafKind.Never, at, 0, default, layout.Ty, path); return; }
            }
            AddFields(layout, at, path, mayDangle);
            // A range that an attribute gives, which the fields do not know of.
            if (!def.IsEnum && layout.Repr.IsScalar && !layout.Repr.A.IsAlwaysValid && layout.FieldCount > 0 && tcx.Crate(def.Def).LayoutScalarValidRange(def.Def.Index) is (not null, _) or (_, not null))
                Leaf(LeafKind.Scalar, at, layout.Repr.A.Size, layout.Repr.A, layout.Ty, path);
        }

        public void AddFields(TyAndLayout layout, ulong at, string path, bool mayDangle)
        {
            if (layout.Fields == FieldsShapeKind.Array)
            {
                // A vector.
                AddArray(tcx.Layouts.LayoutOf(layout.FieldTys[0]), layout.Count, at, path, mayDangle);
                return;
            }
            if (layout.Fields != FieldsShapeKind.Arbitrary) return;
            for (int i = 0; i < layout.FieldCount && i < layout.FieldTys.Length; i++)
                Add(tcx.Layouts.LayoutOf(layout.FieldTys[i]), at + layout.FieldOffset(i), path + "." + i, mayDangle);
        }
    }
}
