using System.Numerics;
using Mirlink.Mir.Abi;

namespace Mirlink.Mir.Interpret;

/// <summary>Intrinsics that every machine runs the same way. Those of floats and vectors are in files of their own.</summary>
public sealed partial class InterpCx
{
    /// <summary>False: not done here, run the library's fallback body.</summary>
    private bool CallIntrinsic(Instance instance, Op[] args, in MPlace dest, int target)
    {
        string name = Tcx.Intrinsic(instance.Def)?.Name ?? throw new BugException($"{Tcx.DefPath(instance.Def)} is not an intrinsic");
        if (Machine.CallIntrinsic(this, name, instance, args, dest, target)) return true;
        if (!MemoryIntrinsic(name, instance, args, dest) && !TypeIntrinsic(name, instance, args, dest) && !IntIntrinsic(name, args, dest) && !FloatIntrinsic(name, args, dest)
            && !VectorIntrinsic(name, instance, args, dest))
        {
            switch (name)
            {
                case "caller_location":
                    WritePointer(new Pointer(InterpAlloc.Of(Tcx.CallerLocation(ClosestUntrackedCallerLocation())), 0), dest);
                    break;
                case "black_box" or "likely" or "unlikely": CopyOp(args[0], dest); break;
                case "assume":
                    if (!ReadBool(args[0])) throw InterpError.Ub("`assume` called with `false`");
                    break;
                case "cold_path" or "forget": break;
                case "select_unpredictable": CopyOp(ReadBool(args[0]) ? args[1] : args[2], dest); break;
                case "unreachable": throw InterpError.Ub("entering unreachable code");
                case "abort": throw Machine.Abort();
                case "ub_checks": WriteScalar(Scalar.Bool(Machine.RuntimeChecks(RuntimeChecks.UbChecks)), dest); break;
                case "overflow_checks": WriteScalar(Scalar.Bool(Machine.RuntimeChecks(RuntimeChecks.OverflowChecks)), dest); break;
                case "contract_checks": WriteScalar(Scalar.Bool(Machine.RuntimeChecks(RuntimeChecks.ContractChecks)), dest); break;
                case "assert_inhabited" or "assert_zero_valid" or "assert_mem_uninitialized_valid":
                    if (ValidityFailure(name, instance.Args.Type(0)) is { } message)
                    {
                        Machine.PanicNounwind(this, message);
                        return true;
                    }
                    break;
                case "const_eval_select":
                    {
                        // The branch for compile time or that for run time, called as FnOnce with the tuple.
                        var tuple = args[0];
                        var f = (FnDefTy)args[Machine.IsCompileTime ? 1 : 2].Ty;
                        var untupled = new Op[((TupleTy)tuple.Ty).Elements.Length];
                        for (int i = 0; i < untupled.Length; i++) untupled[i] = Field(tuple, i);
                        Call(Tcx.Traits.Resolve(f.Def, f.Args)!, untupled, dest, target, UnwindAction.Continue);
                        return true;
                    }
                // rustc evaluates these, this interpreter does not yet.
                case "field_offset" or "type_id_vtable" or "type_of" or "va_arg" or "va_copy" or "va_end":
                    throw new UnsupportedException($"the intrinsic `{name}` in the interpreter");
                default:
                    if (Tcx.Intrinsic(instance.Def)!.MustBeOverridden) throw InterpError.Unsupported(Machine.IsCompileTime ? $"intrinsic `{name}` is not supported at compile-time" : $"the intrinsic `{name}`");
                    return false;
            }
        }
        ReturnToBlock(target);
        return true;
    }

    private bool TypeIntrinsic(string name, Instance instance, Op[] args, in MPlace dest)
    {
        switch (name)
        {
            case "size_of": WriteScalar(Scalar.Usize(LayoutOf(instance.Args.Type(0)).Size), dest); return true;
            case "align_of" or "min_align_of" or "pref_align_of": WriteScalar(Scalar.Usize(LayoutOf(instance.Args.Type(0)).Align), dest); return true;
            case "size_of_val" or "align_of_val" or "min_align_of_val":
                {
                    var (ptr, meta) = ReadPointerAndMeta(args[0]);
                    var place = new MPlace(ptr, LayoutOf(instance.Args.Type(0)), meta);
                    if (SizeAndAlignOf(place) is not var (size, align)) throw InterpError.Unsupported("`extern type` does not have known layout");
                    WriteScalar(Scalar.Usize(name == "size_of_val" ? size : align), dest);
                    return true;
                }
            case "offset_of":
                {
                    var layout = LayoutOf(instance.Args.Type(0)).ForVariant((int)ReadScalar(args[0]).U64);
                    WriteScalar(Scalar.Usize(layout.FieldOffset((int)ReadScalar(args[1]).U64)), dest);
                    return true;
                }
            case "needs_drop": WriteScalar(Scalar.Bool(Tcx.Traits.NeedsDrop(instance.Args.Type(0))), dest); return true;
            case "type_name":
                {
                    var bytes = System.Text.Encoding.UTF8.GetBytes(TypeName(instance.Args.Type(0)));
                    var alloc = new GlobalAlloc.Memory(new Allocation(bytes, [], null, 1, Mutability.Not));
                    WritePointer(new Pointer(InterpAlloc.Of(alloc), 0), Scalar.Usize((ulong)bytes.Length), dest);
                    return true;
                }
            case "type_id":
                {
                    // Two words of the hash, each a pointer that only says which type.
                    var ty = Tcx.EraseRegions(instance.Args.Type(0));
                    var hash = Tcx.Layouts.TypeIdHash(ty);
                    var target = InterpAlloc.Of(Tcx.TypeIdAlloc(ty));
                    WriteScalar(dest.Ptr, new Pointer(target, (ulong)hash).ToScalar());
                    WriteScalar(dest.Ptr.Add(8), new Pointer(target, (ulong)(hash >> 64)).ToScalar());
                    return true;
                }
            case "type_id_eq": WriteScalar(Scalar.Bool(ReferenceEquals(ReadTypeId(args[0]), ReadTypeId(args[1]))), dest); return true;
            case "variant_count":
                {
                    var ty = instance.Args.Type(0);
                    if (ty is PatTy p) ty = p.Base;
                    WriteScalar(Scalar.Usize(ty is AdtTy a ? (ulong)Tcx.AdtDef(a.Def).Variants.Length : 0), dest);
                    return true;
                }
            case "discriminant_value": WriteScalar(ReadDiscriminantValue(Deref(args[0]), dest.Layout), dest); return true;
            case "vtable_size": WriteScalar(Scalar.Usize(LayoutOf(VTableOf(ReadScalar(args[0])).Ty).Size), dest); return true;
            case "vtable_align": WriteScalar(Scalar.Usize(LayoutOf(VTableOf(ReadScalar(args[0])).Ty).Align), dest); return true;
            case "ptr_metadata":
                {
                    var (_, meta) = ReadPointerAndMeta(args[0]);
                    if (dest.Layout.Size > 0) WriteScalar(meta!.Value, dest);
                    return true;
                }
            case "aggregate_raw_ptr":
                WritePointer(ReadPointer(args[0]), args[1].Layout.IsZst ? null : ReadScalar(args[1]), dest);
                return true;
            default: return false;
        }
    }

    /// <summary>The type that a TypeId value stands for.</summary>
    private Ty ReadTypeId(in Op id)
    {
        if (id.Kind != OpKind.Memory) throw new BugException("TypeId that is not in memory");
        Ty? ty = null;
        for (int i = 0; i < 2; i++)
        {
            var word = ReadScalar(id.Place.Ptr.Add((ulong)i * 8), 8);
            if (word.Provenance is not { Kind: InterpAllocKind.TypeId } p) throw InterpError.Ub("invalid `TypeId` value: not all bytes carry type id metadata");
            var t = ((GlobalAlloc.TypeId)p.Global!).Ty;
            if (ty is not null && !ReferenceEquals(t, ty)) throw InterpError.Ub("invalid `TypeId` value: not all bytes carry the same type id metadata");
            ty = t;
            var hash = Tcx.Layouts.TypeIdHash(ty) >> (64 * i);
            if ((ulong)hash != (ulong)word.RawBits) throw InterpError.Ub("invalid `TypeId` value: the hash does not match the type id metadata");
        }
        return ty!;
    }

    private bool MemoryIntrinsic(string name, Instance instance, Op[] args, in MPlace dest)
    {
        switch (name)
        {
            case "transmute" or "transmute_unchecked": Transmute(args[0], dest); return true;
            case "copy": CopyIntrinsic(args[0], args[1], args[2], nonOverlapping: false); return true;
            case "copy_nonoverlapping": CopyIntrinsic(args[0], args[1], args[2], nonOverlapping: true); return true;
            case "volatile_copy_memory": CopyIntrinsic(args[1], args[0], args[2], nonOverlapping: false); return true;
            case "volatile_copy_nonoverlapping_memory": CopyIntrinsic(args[1], args[0], args[2], nonOverlapping: true); return true;
            case "write_bytes" or "volatile_set_memory":
                {
                    var layout = LayoutOf(args[0].Ty.BuiltinDeref!);
                    ulong size = TotalSize(layout.Size, ReadUsize(args[2]), name);
                    var ptr = ReadPointer(args[0]);
                    CheckPtrAlign(ptr, layout.Align);
                    if (size > 0) Access(ptr, size, write: true).Fill((int)ptr.Offset, (int)size, (byte)ReadScalar(args[1]).U64);
                    return true;
                }
            case "compare_bytes":
                {
                    ulong n = ReadUsize(args[2]);
                    var left = ReadBytes(ReadPointer(args[0]), n, stripProvenance: true);
                    var right = ReadBytes(ReadPointer(args[1]), n, stripProvenance: true);
                    WriteScalar(Scalar.Of((I128)Math.Sign(left.SequenceCompareTo(right)), 4), dest);
                    return true;
                }
            case "raw_eq":
                {
                    var layout = LayoutOf(args[0].Ty.BuiltinDeref!);
                    Pointer a = ReadPointer(args[0]), b = ReadPointer(args[1]);
                    CheckPtrAlign(a, layout.Align);
                    CheckPtrAlign(b, layout.Align);
                    WriteScalar(Scalar.Bool(ReadBytes(a, layout.Size, true).SequenceEqual(ReadBytes(b, layout.Size, true))), dest);
                    return true;
                }
            case "typed_swap_nonoverlapping":
                {
                    MPlace x = Deref(args[0]), y = Deref(args[1]);
                    var temp = AllocatePlace(x.Layout);
                    CopyOp(x, temp);
                    MemCopy(y.Ptr, x.Ptr, x.Layout.Size, nonOverlapping: true);
                    CopyOp(temp, y);
                    return true;
                }
            case "read_via_copy" or "volatile_load" or "unaligned_volatile_load":
                {
                    var ptr = ReadPointer(args[0]);
                    if (name != "unaligned_volatile_load") CheckPtrAlign(ptr, dest.Layout.Align);
                    CopyOp(new MPlace(ptr, dest.Layout), dest);
                    return true;
                }
            case "write_via_move" or "volatile_store" or "unaligned_volatile_store":
                {
                    var ptr = ReadPointer(args[0]);
                    if (name != "unaligned_volatile_store") CheckPtrAlign(ptr, args[1].Layout.Align);
                    CopyOp(args[1], new MPlace(ptr, args[1].Layout));
                    return true;
                }
            case "offset": WritePointer(PtrOffset(ReadScalar(args[0]), ReadScalar(args[1]), args[1], args[0].Ty.BuiltinDeref!), dest); return true;
            case "arith_offset":
                WritePointer(ReadPointer(args[0]).Add(unchecked(ReadUsize(args[1]) * LayoutOf(instance.Args.Type(0)).Size)), dest);
                return true;
            case "ptr_offset_from" or "ptr_offset_from_unsigned":
                WriteScalar(Scalar.Of((I128)PtrOffsetFrom(name, ReadPointer(args[0]), ReadPointer(args[1]), LayoutOf(instance.Args.Type(0)).Size), 8), dest);
                return true;
            case "slice_get_unchecked":
                {
                    // From a reference or raw pointer to a slice to one to its element.
                    var (ptr, _) = ReadPointerAndMeta(args[0]);
                    var element = LayoutOf(dest.Ty.BuiltinDeref!);
                    WritePointer(PtrOffsetInbounds(ptr, checked((long)(ReadUsize(args[1]) * element.Size))), dest);
                    return true;
                }
            default: return false;
        }
    }

    private static ulong TotalSize(ulong size, ulong count, string name)
    {
        var total = (U128)size * count;
        return total > long.MaxValue ? throw InterpError.Ub($"overflow computing total size of `{name}`") : (ulong)total;
    }

    private void CopyIntrinsic(in Op src, in Op dst, in Op count, bool nonOverlapping)
    {
        var layout = LayoutOf(src.Ty.BuiltinDeref!);
        ulong size = TotalSize(layout.Size, ReadUsize(count), nonOverlapping ? "copy_nonoverlapping" : "copy");
        Pointer from = ReadPointer(src), to = ReadPointer(dst);
        CheckPtrAlign(from, layout.Align);
        CheckPtrAlign(to, layout.Align);
        MemCopy(from, to, size, nonOverlapping);
    }

    private long PtrOffsetFrom(string name, Pointer a, Pointer b, ulong size)
    {
        if (!ReferenceEquals(a.Alloc, b.Alloc))
            throw InterpError.Ub($"`{name}` called on two different pointers that are not both derived from the same allocation");
        string kind = a.Alloc is null ? "address" : "offset";
        long distance = unchecked((long)(a.Offset - b.Offset));
        if (a.Offset < b.Offset)
        {
            if (name == "ptr_offset_from_unsigned") throw InterpError.Ub($"`{name}` called when first pointer has smaller {kind} than second: {a.Offset} < {b.Offset}");
            if (distance >= 0 || distance == long.MinValue) throw InterpError.Ub($"`{name}` called when first pointer is too far before second");
        }
        else if (distance < 0) throw InterpError.Ub($"`{name}` called when first pointer is too far ahead of second");
        CheckPtrAccess(b, distance, CheckInAllocMsg.Dereferenceable);
        CheckPtrAccess(a, -distance, CheckInAllocMsg.Dereferenceable);
        if (size == 0) throw InterpError.Ub("dividing by zero");
        if (distance % (long)size != 0) throw InterpError.Ub($"exact_div: {distance}_isize cannot be divided by {size}_isize without remainder");
        return distance / (long)size;
    }

    private bool IntIntrinsic(string name, Op[] args, in MPlace dest)
    {
        switch (name)
        {
            case "ctpop" or "ctlz" or "ctlz_nonzero" or "cttz" or "cttz_nonzero":
                {
                    var s = ReadScalar(args[0]);
                    int bits = s.Size * 8;
                    if (s.Bits == 0 && name.EndsWith("_nonzero", StringComparison.Ordinal)) throw InterpError.Ub($"`{name}` called on 0");
                    var v = name[..4] == "ctpo" ? (int)U128.PopCount(s.Bits)
                        : name[..4] == "ctlz" ? (int)U128.LeadingZeroCount(s.Bits) - (128 - bits)
                        : s.Bits == 0 ? bits : (int)U128.TrailingZeroCount(s.Bits);
                    WriteScalar(Scalar.Of((U128)(uint)v, dest.Layout.Repr.A.Size), dest);
                    return true;
                }
            case "bswap" or "bitreverse":
                {
                    var s = ReadScalar(args[0]);
                    U128 v = 0, x = s.Bits;
                    int step = name == "bswap" ? 8 : 1;
                    for (int i = 0; i < s.Size * 8; i += step)
                    {
                        v = v << step | x & ((U128.One << step) - 1);
                        x >>= step;
                    }
                    WriteScalar(new Scalar(v, s.Size), dest);
                    return true;
                }
            case "rotate_left" or "rotate_right":
                {
                    var s = ReadScalar(args[0]);
                    int bits = s.Size * 8, n = (int)(ReadScalar(args[1]).U64 % (ulong)bits);
                    if (name == "rotate_right") n = (bits - n) % bits;
                    WriteScalar(n == 0 ? s : Scalar.Of(s.Bits << n | s.Bits >> (bits - n), s.Size), dest);
                    return true;
                }
            case "saturating_add" or "saturating_sub":
                {
                    var l = ReadScalar(args[0]);
                    bool signed = args[0].Layout.Repr.A.Signed, add = name == "saturating_add";
                    var (value, overflow) = IntArithmetic(add ? BinOp.Add : BinOp.Sub, l, ReadScalar(args[1]), signed);
                    if (overflow)
                    {
                        value = signed ? Scalar.Of(l.Signed >= 0 ? MaxValue(l.Size) : MinValue(l.Size), l.Size)
                            : Scalar.Of(add ? U128.MaxValue : U128.Zero, l.Size);
                    }
                    WriteScalar(value, dest);
                    return true;
                }
            case "exact_div":
                if (BinaryOp(BinOp.Rem, args[0], args[1]).Bits != 0)
                    throw InterpError.Ub($"exact_div: {ConstInt(ReadScalar(args[0]), args[0].Ty, true)} cannot be divided by {ConstInt(ReadScalar(args[1]), args[1].Ty, true)} without remainder");
                WriteScalar(BinaryOp(BinOp.Div, args[0], args[1]), dest);
                return true;
            case "wrapping_add": BinaryOp(BinOp.Add, args[0], args[1], dest); return true;
            case "wrapping_sub": BinaryOp(BinOp.Sub, args[0], args[1], dest); return true;
            case "wrapping_mul": BinaryOp(BinOp.Mul, args[0], args[1], dest); return true;
            case "unchecked_add": BinaryOp(BinOp.AddUnchecked, args[0], args[1], dest); return true;
            case "unchecked_sub": BinaryOp(BinOp.SubUnchecked, args[0], args[1], dest); return true;
            case "unchecked_mul": BinaryOp(BinOp.MulUnchecked, args[0], args[1], dest); return true;
            case "unchecked_div": BinaryOp(BinOp.Div, args[0], args[1], dest); return true;
            case "unchecked_rem": BinaryOp(BinOp.Rem, args[0], args[1], dest); return true;
            case "unchecked_shl": BinaryOp(BinOp.ShlUnchecked, args[0], args[1], dest); return true;
            case "unchecked_shr": BinaryOp(BinOp.ShrUnchecked, args[0], args[1], dest); return true;
            case "add_with_overflow": BinaryOp(BinOp.AddWithOverflow, args[0], args[1], dest); return true;
            case "sub_with_overflow": BinaryOp(BinOp.SubWithOverflow, args[0], args[1], dest); return true;
            case "mul_with_overflow": BinaryOp(BinOp.MulWithOverflow, args[0], args[1], dest); return true;
            case "three_way_compare": BinaryOp(BinOp.Cmp, args[0], args[1], dest); return true;
            case "disjoint_bitor":
                {
                    Scalar l = ReadScalar(args[0]), r = ReadScalar(args[1]);
                    if ((l.Bits & r.Bits) != 0) throw InterpError.Ub("`assume` called with `false`");
                    WriteScalar(new Scalar(l.Bits | r.Bits, l.Size), dest);
                    return true;
                }
            case "carrying_mul_add":
                {
                    // (low, high) of a * b + c + d in twice the width.
                    var a = ReadScalar(args[0]);
                    bool signed = args[0].Layout.Repr.A.Signed;
                    BigInteger Value(Scalar s) => signed ? s.Signed : (BigInteger)s.Bits;
                    var v = Value(a) * Value(ReadScalar(args[1])) + Value(ReadScalar(args[2])) + Value(ReadScalar(args[3]));
                    int bits = a.Size * 8;
                    var mask = (BigInteger.One << bits) - 1;
                    WriteScalar(dest.Ptr.Add(dest.Layout.FieldOffset(0)), new Scalar((U128)(v & mask), a.Size));
                    WriteScalar(dest.Ptr.Add(dest.Layout.FieldOffset(1)), new Scalar((U128)((v >> bits) & mask), a.Size));
                    return true;
                }
            default: return false;
        }
    }

    /// <summary>Why a type must not be made up by (un)initialized memory, null if it may be (rustc's check_validity_requirement, the lax rules).</summary>
    private string? ValidityFailure(string name, Ty ty)
    {
        var layout = LayoutOf(ty);
        if (layout.Uninhabited) return $"aborted execution: attempted to instantiate uninhabited type `{TypeName(ty)}`";
        if (name == "assert_zero_valid" && !MightPermit(layout, 0))
            return $"aborted execution: attempted to zero-initialize type `{TypeName(ty)}`, which is invalid";
        if (name == "assert_mem_uninitialized_valid" && !MightPermit(layout, 1))
            return $"aborted execution: attempted to leave type `{TypeName(ty)}` uninitialized, which is invalid";
        return null;
    }

    /// <summary>All bytes equal to <paramref name="fill"/>: can that be valid? 1 stands for uninitialized memory filled with 0x01.</summary>
    private bool MightPermit(TyAndLayout layout, byte fill)
    {
        if (layout.Uninhabited) return false;
        if (layout.Ty.BuiltinDeref is { } pointee && layout.Ty is RefTy && fill == 1)
        {
            // A filled reference points to 0x0101..01: not aligned, and nothing with bytes or validity may be there.
            var target = LayoutOf(pointee);
            if (target.Align > 1) return false;
            return !target.Uninhabited;
        }
        bool Valid(Abi.Scalar s)
        {
            if (s.IsUnion) return true;
            U128 v = 0;
            for (int i = 0; i < s.Size; i++) v = v << 8 | fill;
            return s.Contains(v);
        }
        switch (layout.Repr.Kind)
        {
            case BackendReprKind.Scalar: return Valid(layout.Repr.A);
            case BackendReprKind.ScalarPair: return Valid(layout.Repr.A) && Valid(layout.Repr.B);
            case BackendReprKind.SimdVector: return layout.Repr.Count == 0 || Valid(layout.Repr.A);
        }
        switch (layout.Fields)
        {
            case FieldsShapeKind.Arbitrary when layout.Variants != VariantsKind.Multiple:
                for (int i = 0; i < layout.FieldCount; i++) if (!MightPermit(FieldLayout(layout, i, null), fill)) return false;
                return true;
            case FieldsShapeKind.Array: return layout.Count == 0 || MightPermit(ElementLayout(layout), fill);
            default: return true;
        }
    }
}
