using Mirlink.Mir.Abi;

namespace Mirlink.Mir.Interpret;

/// <summary>Places and their projections.</summary>
public sealed partial class InterpCx
{
    private MPlace LocalPlace(Frame frame, int local)
    {
        var layout = LocalLayout(frame, local);
        var alloc = frame.Locals[local];
        if (ReferenceEquals(alloc, InterpAlloc.DeadLocal)) throw InterpError.Ub("accessing a dead local variable");
        if (alloc is null)
        {
            if (layout.IsUnsized) throw new UnsupportedException("an unsized local");
            frame.Locals[local] = alloc = Allocate(InterpAllocKind.Stack, layout.Size, layout.Align);
        }
        return new MPlace(new Pointer(alloc, 0), layout);
    }

    internal MPlace EvalPlace(Place place)
    {
        var frame = Top;
        var p = LocalPlace(frame, place.Local);
        foreach (ref readonly var elem in place.Projection.AsSpan()) p = Project(frame, p, elem);
        return p;
    }

    private MPlace Project(Frame frame, in MPlace p, in ProjectionElem elem)
    {
        switch (elem.Kind)
        {
            case ProjectionKind.Deref: return Deref(p);
            case ProjectionKind.Field: return Field(p, elem.Index, elem.Ty is { } t && NeedsFieldTy(p.Layout, elem.Index) ? Mono(frame, t) : null);
            case ProjectionKind.Downcast: return Downcast(p, elem.Index);
            case ProjectionKind.Index: return Index(p, ReadUsize(LocalPlace(frame, elem.Index)));
            case ProjectionKind.ConstantIndex:
                {
                    ulong n = Length(p);
                    if (n < elem.MinLength) throw InterpError.Ub($"indexing out of bounds: the len is {n} but the index is {elem.MinLength}");
                    return Element(p, elem.FromEnd ? n - elem.Offset : elem.Offset);
                }
            case ProjectionKind.Subslice: return Subslice(p, elem.Offset, elem.MinLength, elem.FromEnd);
            case ProjectionKind.OpaqueCast or ProjectionKind.UnwrapUnsafeBinder: return p.WithLayout(LayoutOf(Mono(frame, elem.Ty!)));
            default: throw new BugException($"unknown projection {elem.Kind}");
        }
    }

    internal MPlace Deref(in Op pointer)
    {
        var ty = pointer.Ty.BuiltinDeref ?? BoxedTy(pointer.Ty) ?? throw new BugException($"dereference of {TypeName(pointer.Ty)}");
        var (ptr, meta) = ReadPointerAndMeta(pointer);
        return PlaceOf(ptr, meta, ty);
    }

    /// <summary>The place that a pointer points to. The pointer need not be dereferenceable yet.</summary>
    internal MPlace PlaceOf(Pointer ptr, Scalar? meta, Ty pointee)
    {
        var layout = LayoutOf(pointee);
        if (!layout.IsUnsized) meta = null;
        ulong align = layout.Align;
        if (layout.IsUnsized && meta is { } m && m.Provenance is { Kind: InterpAllocKind.VTable }) align = SizeAndAlignOf(layout, meta)?.Align ?? align;
        return new MPlace(ptr, layout, meta, IsAligned(ptr, align) ? null : new Misalignment(AlignOf(ptr, align), align));
    }

    private Ty? BoxedTy(Ty ty) => ty is AdtTy { Args.Count: > 0 } a && Tcx.AdtDef(a.Def).IsBox ? a.Args.Type(0) : null;

    private static bool NeedsFieldTy(TyAndLayout layout, int field) => field >= layout.FieldTys.Length || layout.Variants == VariantsKind.Multiple;

    internal TyAndLayout FieldLayout(TyAndLayout layout, int field, Ty? fieldTy)
    {
        if (layout.Fields == FieldsShapeKind.Array) return LayoutOf(layout.FieldTys[0]);
        return LayoutOf(fieldTy ?? layout.FieldTys[field]);
    }

    /// <param name="fieldTy">The field's type where the layout does not tell it.</param>
    internal MPlace Field(in MPlace p, int field, Ty? fieldTy = null)
    {
        var layout = FieldLayout(p.Layout, field, fieldTy);
        ulong offset = p.Layout.FieldOffset(field);
        if (!layout.IsUnsized) return new MPlace(p.Ptr.Add(offset), layout, null, p.Misaligned);
        // The tail of an unsized struct starts where its dynamic alignment says.
        if (SizeAndAlignOf(layout, p.Meta) is not var (_, align))
        {
            if (offset != 0) throw InterpError.Unsupported("`extern type` field does not have a known offset");
            align = 1;
        }
        if (p.Ty is AdtTy adt && Tcx.AdtDef(adt.Def).Repr.Pack is { } pack) align = Math.Min(align, pack);
        return new MPlace(p.Ptr.Add(AlignTo(offset, align)), layout, p.Meta, p.Misaligned);
    }

    /// <summary>A field of an operand, which stays immediate if it can.</summary>
    internal Op Field(in Op op, int field)
    {
        if (op.Kind == OpKind.Memory) return Field(op.Place, field);
        var layout = FieldLayout(op.Layout, field, null);
        if (layout.IsZst) return Op.Zst(layout);
        ulong offset = op.Layout.FieldOffset(field);
        if (op.Kind == OpKind.Scalar) return Op.Scalar(op.A, layout);
        if (layout.Size == op.Layout.Size) return Op.Pair(op.A, op.B, layout);
        return Op.Scalar(offset == 0 ? op.A : op.B, layout);
    }

    internal MPlace Downcast(in MPlace p, int variant) => p.WithLayout(p.Layout.ForVariant(variant));

    internal ulong Length(in MPlace p) => p.Layout.IsUnsized ? p.Meta!.Value.U64
        : p.Layout.Fields == FieldsShapeKind.Array ? p.Layout.Count : throw new BugException($"length of {TypeName(p.Ty)}");

    private MPlace Index(in MPlace p, ulong index)
    {
        ulong n = Length(p);
        if (index >= n) throw InterpError.Ub($"indexing out of bounds: the len is {n} but the index is {index}");
        return Element(p, index);
    }

    internal MPlace Element(in MPlace p, ulong index)
    {
        var element = ElementLayout(p.Layout);
        return new MPlace(p.Ptr.Add(unchecked(index * element.Size)), element, null, p.Misaligned);
    }

    internal TyAndLayout ElementLayout(TyAndLayout layout) => LayoutOf(layout.Ty switch
    {
        ArrayTy a => a.Element,
        SliceTy s => s.Element,
        PrimTy { Kind: TyKind.Str } => Tcx.Interner.U8,
        _ => layout.FieldTys[0],
    });

    private MPlace Subslice(in MPlace p, ulong from, ulong to, bool fromEnd)
    {
        ulong n = Length(p);
        ulong end = fromEnd ? n - to : to;
        if (fromEnd ? from > n || to > n - from : to > n) throw InterpError.Ub($"indexing out of bounds: the len is {n} but the index is {(fromEnd ? from + to : to)}");
        ulong count = end - from;
        var element = ElementLayout(p.Layout);
        var ptr = p.Ptr.Add(from * element.Size);
        return p.Layout.IsUnsized
            ? new MPlace(ptr, p.Layout, Scalar.Usize(count), p.Misaligned)
            : new MPlace(ptr, LayoutOf(Tcx.Interner.Array(element.Ty, count)), null, p.Misaligned);
    }
}
