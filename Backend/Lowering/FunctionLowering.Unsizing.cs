using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>Unsizing of pointers, and of structs around them; sizes of values whose type does not tell.</summary>
internal sealed partial class FunctionLowering
{
    /// <summary>Unsizes a pointer, or a struct that is nothing but one.</summary>
    private OperandRef CoerceUnsized(OperandRef source, TyAndLayout to)
    {
        if (to.Repr.IsScalarPair && source.Kind is OperandValue.Immediate or OperandValue.Pair && Pointees(source.Layout.Ty, to.Ty) is var (from, into))
        {
            int meta = UnsizedMetadata(from, into, source.Kind == OperandValue.Pair ? source.B : -1);
            return OperandRef.Pair(to, source.A, meta);
        }
        var temporary = NewTemporary(to);
        CoerceUnsizedInto(source, temporary);
        return LoadOperand(temporary);
    }

    /// <summary>Unsizes field by field: the field whose type changes is coerced, others are copied.</summary>
    private void CoerceUnsizedInto(OperandRef source, PlaceRef dest)
    {
        var from = source.Layout;
        var to = dest.Layout;
        if (from.Ty.IsAnyPtr || from.Ty is PatTy)
        {
            Store(CoerceUnsized(source, to), dest);
            return;
        }
        if (from.Ty is not AdtTy a || to.Ty is not AdtTy b || a.Def != b.Def) throw new BugException($"unsizing {from.Ty} to {to.Ty}");
        var place = source.Kind == OperandValue.Ref ? source.AsPlace : Spill(source);
        int count = _tcx.AdtDef(a.Def).NonEnumVariant.Fields.Length;
        for (int i = 0; i < count; i++)
        {
            var fromField = _ctx.LayoutOf(_tcx.Traits.FieldTy(a, 0, i));
            var toField = _ctx.LayoutOf(_tcx.Traits.FieldTy(b, 0, i));
            if (toField.IsZst) continue;
            var field = LoadOperand(FieldPlace(place, i, fromField));
            var into = FieldPlace(dest, i, toField);
            if (ReferenceEquals(fromField.Ty, toField.Ty)) Store(field, into);
            else CoerceUnsizedInto(field, into);
        }
    }

    /// <summary>The pointee types of a coercion between pointers, or between structs with one pointer and nothing else in them; null for others.</summary>
    private (Ty From, Ty To)? Pointees(Ty from, Ty to)
    {
        while (true)
        {
            if (from is PatTy p) from = p.Base;
            if (to is PatTy q) to = q.Base;
            if (from.BuiltinDeref is { } x && to.BuiltinDeref is { } y) return (x, y);
            if (from is not AdtTy a || to is not AdtTy b || a.Def != b.Def || !(_tcx.AdtDef(a.Def).Kind == AdtKind.Struct)) return null;
            Ty? nextFrom = null, nextTo = null;
            int count = _tcx.AdtDef(a.Def).NonEnumVariant.Fields.Length;
            for (int i = 0; i < count; i++)
            {
                var field = _tcx.Traits.FieldTy(b, 0, i);
                if (_ctx.LayoutOf(field).IsZst) continue;
                if (nextTo is not null) return null;
                nextTo = field;
                nextFrom = _tcx.Traits.FieldTy(a, 0, i);
            }
            if (nextTo is null) return null;
            (from, to) = (nextFrom!, nextTo);
        }
    }

    /// <summary>The metadata of a pointer unsized from one pointee type to another.</summary>
    private int UnsizedMetadata(Ty from, Ty to, int oldMeta)
    {
        (from, to) = LockstepTails(from, to);
        switch (from, to)
        {
            case (ArrayTy a, SliceTy):
                return Usize((ulong)(a.Length.TryBits ?? throw new BugException($"the length of {a} is not known")));
            case (DynamicTy source, DynamicTy target):
            {
                if (target.Principal is null || source.Principal is { } p && p.Def == target.Principal.Def && ReferenceEquals(p.Args, target.Principal.Args)) return oldMeta;
                if (_tcx.Traits.SupertraitVtableSlot(source, target) is not { } slot) return oldMeta;
                return _b.Load(LirType.Ptr, _b.PtrAdd(oldMeta, slot * 8L), 8, MemFlags.Invariant | MemFlags.NonNull);
            }
            case (_, DynamicTy target):
                return _b.SymbolAddr(Use(_ctx.VtableOf(from, target)));
            default:
                throw new BugException($"unsizing {from} to {to}");
        }
    }

    /// <summary>The first types that differ when two types are followed into their last fields.</summary>
    private (Ty From, Ty To) LockstepTails(Ty from, Ty to)
    {
        while (true)
        {
            switch (from, to)
            {
                case (AdtTy a, AdtTy b) when a.Def == b.Def && _tcx.AdtDef(a.Def).Kind == AdtKind.Struct && _tcx.AdtDef(a.Def).NonEnumVariant.Fields.Length > 0:
                    int last = _tcx.AdtDef(a.Def).NonEnumVariant.Fields.Length - 1;
                    (from, to) = (_tcx.Traits.FieldTy(a, 0, last), _tcx.Traits.FieldTy(b, 0, last));
                    break;
                case (TupleTy { Elements.Length: > 0 } a, TupleTy b) when a.Elements.Length == b.Elements.Length:
                    (from, to) = (a.Elements[^1], b.Elements[^1]);
                    break;
                case (PatTy a, PatTy b):
                    (from, to) = (a.Base, b.Base);
                    break;
                default:
                    return (from, to);
            }
        }
    }

    // -- vtables -----------------------------------------------------------------------------------------------------------------------------------

    private const int VtableDrop = 0, VtableSize = 1, VtableAlign = 2;

    private int LoadVtableSize(int vtable) =>
        _b.Load(LirType.I64, _b.PtrAdd(vtable, VtableSize * 8), 8, MemFlags.Invariant, Optimize ? new LirRange(0, long.MaxValue) : null);

    private int LoadVtableAlign(int vtable) =>
        _b.Load(LirType.I64, _b.PtrAdd(vtable, VtableAlign * 8), 8, MemFlags.Invariant, Optimize ? new LirRange(1, 1UL << 29) : null);

    private int LoadVtableFunction(int vtable, int slot, bool mayBeNull = false) =>
        _b.Load(LirType.Ptr, _b.PtrAdd(vtable, slot * 8L), 8, MemFlags.Invariant | (mayBeNull ? 0 : MemFlags.NonNull));

    // -- sizes of values ---------------------------------------------------------------------------------------------------------------------------

    /// <summary>Size and alignment in bytes of a value of a type that may be unsized.</summary>
    private (int Size, int Align) SizeAndAlignOfValue(TyAndLayout layout, int meta)
    {
        if (!layout.IsUnsized) return (Usize(layout.Size), Usize(layout.Align));
        switch (layout.Ty)
        {
            case DynamicTy:
                return (LoadVtableSize(meta), LoadVtableAlign(meta));
            case SliceTy s:
            {
                var element = _ctx.LayoutOf(s.Element);
                return (element.Size == 0 ? Usize(0) : Scale(meta, element.Size, LirOp.MulNuw), Usize(element.Align));
            }
            case PrimTy { Kind: TyKind.Str }:
                return (meta, Usize(1));
            case ForeignTy:
                throw new UnsupportedException("the size of a value of an extern type");
        }

        // A struct or tuple with an unsized last field.
        var (tail, offset) = LastField(layout);
        var (tailSize, tailAlign) = SizeAndAlignOfValue(tail, meta);
        if (layout.Ty is AdtTy adt && _tcx.AdtDef(adt.Def).Repr.Pack is { } pack)
        {
            tailAlign = pack == 1 ? Usize(1) : _b.Binary(LirOp.UMin, tailAlign, Usize(pack));
        }
        bool knownAlign = tail.Ty.Kind is not TyKind.Dynamic && _tcx.Traits.StructTail(tail.Ty).Kind is not TyKind.Dynamic;
        int align = knownAlign ? Usize(layout.Align) : _b.Binary(LirOp.UMax, Usize(layout.Align), tailAlign);
        int end = _b.Binary(LirOp.Add, Usize(offset), tailSize);
        int size = _b.Binary(LirOp.And, _b.Binary(LirOp.Add, end, _b.Binary(LirOp.Sub, align, Usize(1))), _b.Unary(LirOp.Neg, align));
        return (size, align);
    }

    private (TyAndLayout Field, ulong Offset) LastField(TyAndLayout layout)
    {
        int last = layout.FieldCount - 1;
        if (last < 0) throw new BugException($"the size of a value of type {layout.Ty}");
        var ty = layout.Ty switch
        {
            AdtTy adt => _tcx.Traits.FieldTy(adt, 0, last),
            TupleTy t => t.Elements[last],
            _ => throw new BugException($"{layout.Ty} has no unsized tail"),
        };
        return (_ctx.LayoutOf(ty), layout.FieldOffset(last));
    }
}
