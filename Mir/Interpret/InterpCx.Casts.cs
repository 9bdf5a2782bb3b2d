using Mirlink.Mir.Abi;

namespace Mirlink.Mir.Interpret;

/// <summary>Casts and coercions.</summary>
public sealed partial class InterpCx
{
    private void EvalCast(Rvalue.Cast cast, in MPlace dest)
    {
        var op = EvalOperand(cast.Operand);
        switch (cast.Kind)
        {
            case CastKind.Transmute or CastKind.Subtype:
                Transmute(op, dest);
                return;
            case CastKind.IntToInt:
                WriteScalar(IntToInt(op, dest.Layout), dest);
                return;
            case CastKind.IntToFloat:
                {
                    var s = ReadScalar(op);
                    var ty = ((PrimTy)dest.Ty).Float;
                    bool negative = op.Layout.Repr.A.Signed && s.Signed < 0;
                    WriteScalar(new Scalar(SoftFloat.FromInt(ty, negative ? unchecked(U128.Zero - (U128)s.Signed) : s.Bits, negative), (int)dest.Layout.Size), dest);
                    return;
                }
            case CastKind.FloatToInt:
                WriteScalar(FloatToInt(op, dest.Layout, out _), dest);
                return;
            case CastKind.FloatToFloat:
                {
                    var to = ((PrimTy)dest.Ty).Float;
                    WriteScalar(new Scalar(SoftFloat.Convert(((PrimTy)op.Ty).Float, to, ReadScalar(op).Bits), 2 << (int)to), dest);
                    return;
                }
            case CastKind.PtrToPtr or CastKind.FnPtrToPtr or CastKind.MutToConstPointer or CastKind.ArrayToPointer or CastKind.UnsafeFnPointer:
                PtrToPtr(op, dest);
                return;
            case CastKind.PointerExposeProvenance:
                {
                    var s = ReadScalar(op);
                    WriteScalar(IntToInt(Op.Scalar(s.Provenance is null ? s : Machine.ExposeAddress(this, s.ToPointer()), LayoutOf(Tcx.Interner.Usize)), dest.Layout), dest);
                    return;
                }
            case CastKind.PointerWithExposedProvenance:
                {
                    var address = IntToInt(op, LayoutOf(Tcx.Interner.Usize));
                    WriteScalar(address.Provenance is null ? Machine.FromExposedAddress(this, address.U64).ToScalar() : address, dest);
                    return;
                }
            case CastKind.ReifyFnPointer:
                {
                    var f = (FnDefTy)op.Ty;
                    WritePointer(new Pointer(InterpAlloc.Of(Tcx.FnAlloc(Tcx.Traits.ResolveForFnPtr(f.Def, f.Args))), 0), dest);
                    return;
                }
            case CastKind.ClosureFnPointer:
                {
                    var c = (ClosureTy)op.Ty;
                    WritePointer(new Pointer(InterpAlloc.Of(Tcx.FnAlloc(Tcx.Traits.ResolveClosure(c.Def, c.Args, "fn_once"))), 0), dest);
                    return;
                }
            case CastKind.Unsize:
                Unsize(op, dest);
                return;
            default: throw new BugException($"unknown cast {cast.Kind}");
        }
    }

    internal void Transmute(in Op op, in MPlace dest)
    {
        if (op.Layout.Size != dest.Layout.Size) throw InterpError.Ub($"transmuting from {op.Layout.Size}-byte type to {dest.Layout.Size}-byte type: `{TypeName(op.Ty)}` -> `{TypeName(dest.Ty)}`");
        if (dest.Layout.Uninhabited && dest.Layout.Size == 0) throw InterpError.Ub($"constructing invalid value of type {TypeName(dest.Ty)}: encountered a value of an uninhabited type");
        CopyOp(op, dest);
    }

    private Scalar IntToInt(in Op op, TyAndLayout to)
    {
        var s = ReadScalar(op);
        int size = to.Repr.A.Size;
        // A pointer in an integer's clothes may pass unchanged.
        if (s.Provenance is not null && size == s.Size) return s;
        return op.Layout.Repr.A.Signed && !DeliberateFault.Is(Fault.InterpretedSignExtension) ? Scalar.Of(s.Signed, size) : Scalar.Of(s.Bits, size);
    }

    internal Scalar FloatToInt(in Op op, TyAndLayout to, out bool inRange)
    {
        int size = (int)to.Size;
        SoftFloat.ToInt(((PrimTy)op.Ty).Float, ReadScalar(op).Bits, size, to.Repr.A.Signed, out inRange, out var value);
        return Scalar.Of(value, size);
    }

    private void PtrToPtr(in Op op, in MPlace dest)
    {
        var imm = ReadImmediate(op);
        if (imm.Kind == OpKind.Pair && dest.Layout.Repr.IsScalar) WriteScalar(imm.A, dest);
        else CopyOp(imm, dest);
    }

    /// <summary>The innermost types in which two types of the same shape differ (rustc's struct_lockstep_tails).</summary>
    private (Ty Source, Ty Target) LockstepTails(Ty source, Ty target)
    {
        while (true)
        {
            switch (source, target)
            {
                case (AdtTy a, AdtTy b) when a.Def == b.Def && Tcx.AdtDef(a.Def) is { Kind: AdtKind.Struct, NonEnumVariant.Fields.Length: > 0 and var n }:
                    source = Tcx.Traits.FieldTy(a, 0, n - 1);
                    target = Tcx.Traits.FieldTy(b, 0, n - 1);
                    break;
                case (TupleTy { Elements.Length: > 0 } a, TupleTy { Elements.Length: > 0 } b) when a.Elements.Length == b.Elements.Length:
                    source = a.Elements[^1];
                    target = b.Elements[^1];
                    break;
                default: return (source, target);
            }
        }
    }

    private void Unsize(in Op op, in MPlace dest)
    {
        var sourcePointee = op.Ty.BuiltinDeref;
        var targetPointee = dest.Ty.BuiltinDeref;
        if (sourcePointee is not null && targetPointee is not null)
        {
            UnsizePointer(op, sourcePointee, targetPointee, dest);
            return;
        }
        if (op.Ty is not AdtTy a || dest.Ty is not AdtTy b || a.Def != b.Def) throw new BugException($"unsizing {TypeName(op.Ty)} to {TypeName(dest.Ty)}");
        // CoerceUnsized: one field changes, all others have the same type.
        for (int i = 0; i < op.Layout.FieldCount; i++)
        {
            var from = Field(op, i);
            var to = Field(dest, i);
            if (ReferenceEquals(from.Ty, to.Ty) || from.Layout.Size == 0 && to.Layout.Size == 0) CopyOp(from, to);
            else Unsize(from, to);
        }
    }

    private void UnsizePointer(in Op op, Ty sourcePointee, Ty targetPointee, in MPlace dest)
    {
        var (source, target) = LockstepTails(sourcePointee, targetPointee);
        var (ptr, meta) = ReadPointerAndMeta(op);
        switch (source, target)
        {
            case (ArrayTy, SliceTy):
                WritePointer(ptr, Scalar.Usize(LayoutOf(source).Count), dest);
                return;
            case (DynamicTy from, DynamicTy to):
                {
                    // The vtable of the supertrait is made from the concrete type; going through the slot gives the same.
                    var v = VTableOf(meta!.Value);
                    if (ReferenceEquals(from.Principal, to.Principal) || Equals(from.Principal, to.Principal) || to.Principal is null) WritePointer(ptr, meta, dest);
                    else WritePointer(ptr, VTablePointer(v.Ty, to), dest);
                    return;
                }
            case (_, DynamicTy to):
                WritePointer(ptr, VTablePointer(source, to), dest);
                return;
            default: throw new BugException($"unsizing {TypeName(source)} to {TypeName(target)}");
        }
    }

    internal Scalar VTablePointer(Ty ty, DynamicTy dyn) => new Pointer(InterpAlloc.Of(Tcx.VTableAlloc(ty, dyn)), 0).ToScalar();
}
