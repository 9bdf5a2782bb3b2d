using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>Places: from a local or a pointer through projections to an address.</summary>
internal sealed partial class FunctionLowering
{
    /// <summary>The largest alignment that an offset from an aligned address keeps.</summary>
    private static ulong AlignAt(ulong align, ulong offset) => offset == 0 ? align : Math.Min(align, offset & (~offset + 1));

    private static int FirstDeref(in Place place)
    {
        for (int i = 0; i < place.Projection.Length; i++) if (place.Projection[i].Kind == ProjectionKind.Deref) return i;
        return -1;
    }

    /// <summary>The address of a place. A local that is not in memory can be the base of a dereference only (or has no bytes).</summary>
    private PlaceRef LowerPlace(in Place place)
    {
        ref var local = ref _locals[place.Local];
        PlaceRef at;
        int next = 0;
        if (local.Kind == LocalKind.Memory)
        {
            at = local.Place;
        }
        else if (FirstDeref(place) is >= 0 and var deref)
        {
            at = Deref(ConsumePrefix(place, deref));
            next = deref + 1;
        }
        else if (local.Kind is LocalKind.ZeroSized)
        {
            at = Dangling(local.Layout);
        }
        else
        {
            throw new BugException($"local _{place.Local} of {_symbol} has no address");
        }
        for (; next < place.Projection.Length; next++) at = Project(at, place.Projection[next]);
        return at;
    }

    private PlaceRef Project(PlaceRef at, in ProjectionElem elem)
    {
        switch (elem.Kind)
        {
            case ProjectionKind.Deref:
                return Deref(LoadOperand(at));
            case ProjectionKind.Field:
                return FieldPlace(at, elem.Index, _ctx.LayoutOf(elem.Ty!));
            case ProjectionKind.Downcast:
                return at with { Layout = at.Layout.ForVariant(elem.Index) };
            case ProjectionKind.Index:
                return ElementPlace(at, GetLocal(elem.Index).Value);
            case ProjectionKind.ConstantIndex:
            {
                var element = ElementLayout(at.Layout);
                if (!elem.FromEnd) return new PlaceRef(_b.PtrAdd(at.Ptr, (long)(elem.Offset * element.Size)), element, AlignAt(at.Align, elem.Offset * element.Size));
                if (at.Layout.Ty is ArrayTy) return new PlaceRef(_b.PtrAdd(at.Ptr, (long)((at.Layout.Count - elem.Offset) * element.Size)), element, Math.Min(at.Align, element.Align));
                return ElementPlace(at, _b.Binary(LirOp.SubNuw, at.Meta, _b.IConst(LirType.I64, (U128)elem.Offset)));
            }
            case ProjectionKind.Subslice:
            {
                // Offset is `from`, MinLength is `to`, which counts from the end or from the start.
                var element = ElementLayout(at.Layout);
                int start = _b.PtrAdd(at.Ptr, (long)(elem.Offset * element.Size));
                ulong align = AlignAt(at.Align, elem.Offset * element.Size);
                if (at.Layout.Ty is ArrayTy array)
                {
                    ulong end = elem.FromEnd ? at.Layout.Count - elem.MinLength : elem.MinLength;
                    return new PlaceRef(start, _ctx.LayoutOf(_tcx.Interner.Array(array.Element, end - elem.Offset)), align);
                }
                int length = _b.Binary(LirOp.SubNuw, at.Meta, _b.IConst(LirType.I64, (U128)(elem.Offset + elem.MinLength)));
                return new PlaceRef(start, length, at.Layout, align);
            }
            case ProjectionKind.OpaqueCast or ProjectionKind.UnwrapUnsafeBinder:
                return at with { Layout = _ctx.LayoutOf(elem.Ty!) };
            default:
                throw new BugException($"unknown projection {elem.Kind}");
        }
    }

    private TyAndLayout ElementLayout(TyAndLayout layout) => layout.Ty switch
    {
        ArrayTy a => _ctx.LayoutOf(a.Element),
        SliceTy s => _ctx.LayoutOf(s.Element),
        _ => throw new BugException($"{layout.Ty} has no elements"),
    };

    private PlaceRef ElementPlace(PlaceRef at, int index)
    {
        var element = ElementLayout(at.Layout);
        if (element.Size == 0) return new PlaceRef(at.Ptr, element, at.Align);
        return new PlaceRef(_b.PtrAddDyn(at.Ptr, Scale(index, element.Size, LirOp.MulNuw)), element, AlignAt(at.Align, element.Size));
    }

    private int Scale(int index, ulong size, LirOp mul) => size == 1 ? index : _b.Binary(mul, index, _b.IConst(LirType.I64, (U128)size));

    private PlaceRef FieldPlace(PlaceRef at, int field, TyAndLayout fieldLayout)
    {
        ulong offset = at.Layout.FieldOffset(field);
        if (fieldLayout.IsUnsized && at.Meta >= 0 && offset != 0 && _tcx.Traits.StructTail(fieldLayout.Ty).Kind is TyKind.Dynamic && !IsPacked(at.Layout.Ty))
        {
            // The tail's alignment is known at run time only: round the offset up to it.
            var (_, align) = SizeAndAlignOfValue(fieldLayout, at.Meta);
            int one = _b.IConst(LirType.I64, 1L);
            int up = _b.Binary(LirOp.Add, _b.IConst(LirType.I64, (U128)offset), _b.Binary(LirOp.Sub, align, one));
            int rounded = _b.Binary(LirOp.And, up, _b.Unary(LirOp.Neg, align));
            return new PlaceRef(_b.PtrAddDyn(at.Ptr, rounded), at.Meta, fieldLayout, AlignAt(at.Align, offset));
        }
        return new PlaceRef(_b.PtrAdd(at.Ptr, (long)offset), fieldLayout.IsUnsized ? at.Meta : -1, fieldLayout, AlignAt(at.Align, offset));
    }

    private bool IsPacked(Ty ty) => ty is AdtTy adt && _tcx.AdtDef(adt.Def).Repr.Pack is not null;

    /// <summary>The place that a reference, raw pointer or box points to.</summary>
    private PlaceRef Deref(OperandRef pointer)
    {
        var ty = pointer.Layout.Ty;
        if (ty is AdtTy adt && _tcx.AdtDef(adt.Def).IsBox)
        {
            ty = _tcx.Interner.RawPtr(adt.Args.Type(0), Mutability.Mut);
            pointer = Extract(pointer, 0, _ctx.LayoutOf(ty));
        }
        var pointee = _ctx.LayoutOf(ty.BuiltinDeref ?? throw new BugException($"{ty} is dereferenced"));
        return pointer.Kind switch
        {
            OperandValue.Immediate => new PlaceRef(pointer.A, pointee),
            OperandValue.Pair => new PlaceRef(pointer.A, pointer.B, pointee, pointee.Align),
            _ => throw new BugException($"a pointer {ty} in memory is dereferenced"),
        };
    }
}
