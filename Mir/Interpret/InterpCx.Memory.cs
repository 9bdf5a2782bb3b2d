using System.Globalization;
using Mirlink.Mir.Abi;

namespace Mirlink.Mir.Interpret;

/// <summary>What a failed bounds check was for.</summary>
internal enum CheckInAllocMsg : byte { MemoryAccess, InboundsPointerArithmetic, Dereferenceable }

/// <summary>Memory: allocation, checks of pointers, typed and untyped access.</summary>
public sealed partial class InterpCx
{
    /// <summary>Largest allocation in bytes before "memory exhausted" is reported.</summary>
    private const ulong MaxAllocation = 1ul << 31;

    internal InterpAlloc Allocate(InterpAllocKind kind, ulong size, ulong align, InterpAllocator allocator = InterpAllocator.None)
    {
        if (size > MaxAllocation) throw InterpError.Exhausted("tried to allocate more memory than available to compiler");
        return new InterpAlloc(kind, (int)size, align) { Allocator = allocator };
    }

    internal MPlace AllocatePlace(TyAndLayout layout, InterpAllocKind kind = InterpAllocKind.Stack) => new(new Pointer(Allocate(kind, layout.Size, layout.Align), 0), layout);

    private static string Bytes(long n) => n == 1 ? "1 byte" : n.ToString(CultureInfo.InvariantCulture) + " bytes";

    private static string Attempt(CheckInAllocMsg msg, long size) => msg switch
    {
        CheckInAllocMsg.MemoryAccess => $"memory access failed: attempting to access {Bytes(size)}",
        CheckInAllocMsg.InboundsPointerArithmetic => $"in-bounds pointer arithmetic failed: attempting to offset pointer by {Bytes(size)}",
        _ when size == 0 => "pointer not dereferenceable: pointer must point to some allocation",
        _ => $"pointer not dereferenceable: pointer must be dereferenceable for {Bytes(size)}",
    };

    /// <summary>Makes the bytes of a global available: reads of statics evaluate them.</summary>
    private void EnsureLoaded(InterpAlloc alloc)
    {
        if (alloc.IsMemoryLoaded) return;
        switch (alloc.Global)
        {
            case GlobalAlloc.Memory m: alloc.Load(m.Allocation); break;
            case GlobalAlloc.Static s: alloc.Load(Machine.StaticInitializer(this, s.Def)); break;
            default: throw new BugException("allocation without memory");
        }
    }

    /// <summary>Size and alignment of what a provenance stands for, dead allocations included.</summary>
    internal (ulong Size, ulong Align) AllocInfo(InterpAlloc alloc)
    {
        switch (alloc.Kind)
        {
            case InterpAllocKind.Function or InterpAllocKind.TypeId: return (0, 1);
            case InterpAllocKind.VTable: return (0, 8);
            case InterpAllocKind.Static when !alloc.IsMemoryLoaded:
                {
                    // The static need not be evaluated for its layout.
                    var layout = Tcx.Layouts.LayoutOf(Tcx.Traits.NormalizeErasingRegions(Tcx.TypeOf(((GlobalAlloc.Static)alloc.Global!).Def)));
                    return (layout.Size, layout.Align);
                }
            default:
                if (alloc.Global is not null) alloc = Machine.MemoryOf(this, alloc);
                EnsureLoaded(alloc);
                return ((ulong)alloc.Size, alloc.Align);
        }
    }

    /// <summary>Checks that <paramref name="size"/> bytes (negative: before the pointer) are in bounds of a live allocation. Nothing is required of size 0.</summary>
    internal void CheckPtrAccess(Pointer ptr, long size, CheckInAllocMsg msg)
    {
        if (size == 0) return;
        if (ptr.Alloc is not { } alloc)
        {
            throw InterpError.Ub(ptr.Offset == 0
                ? $"{Attempt(msg, size)}, but got null pointer"
                : $"{Attempt(msg, size)}, but got {ptr} which is a dangling pointer (it has no provenance)");
        }
        if (!alloc.IsLive) throw InterpError.Ub($"{Attempt(msg, size).Split(':')[0]}: {alloc} has been freed, so this pointer is dangling");
        var (allocSize, _) = AllocInfo(alloc);
        long offset = (long)ptr.Offset;
        bool ok = size >= 0 ? offset >= 0 && (ulong)offset <= allocSize && (ulong)size <= allocSize - (ulong)offset : offset >= 0 && (ulong)offset <= allocSize && offset >= unchecked(-size);
        if (ok) return;
        string where = offset < 0 ? "points to before the beginning of the allocation"
            : size < 0 ? offset == 0 ? "is at the beginning of the allocation" : $"is only {offset} bytes from the beginning of the allocation"
            : (ulong)offset >= allocSize ? $"is at or beyond the end of the allocation of size {Bytes((long)allocSize)}"
            : $"is only {Bytes((long)allocSize - offset)} from the end of the allocation";
        string at = offset == 0 ? alloc.ToString() : offset > 0 ? $"{alloc}+0x{offset:x}" : $"{alloc}-0x{unchecked((ulong)-offset):x}";
        throw InterpError.Ub($"{Attempt(msg, size)}, but got {at} which {where}");
    }

    /// <summary>The memory behind a pointer for an access of <paramref name="size"/> &gt; 0 bytes.</summary>
    internal InterpAlloc Access(Pointer ptr, ulong size, bool write)
    {
        var fast = ptr.Alloc;
        if (fast is { Global: not null }) fast = Machine.MemoryOf(this, fast);
        if (fast is { IsMemoryLoaded: true, IsLive: true } && ptr.Offset <= (ulong)fast.Size && size <= (ulong)fast.Size - ptr.Offset)
        {
            if (write && (fast.Global is not null || fast.Mutability == Mutability.Not)) Machine.BeforeGlobalWrite(this, fast);
            if (!write && fast.Global is not null) Machine.BeforeGlobalRead(this, fast);
            return fast;
        }
        if (ptr.Alloc is { } alloc && alloc.IsLive)
        {
            switch (alloc.Kind)
            {
                case InterpAllocKind.Function: throw InterpError.Ub($"accessing {alloc} which contains a function");
                case InterpAllocKind.VTable: throw InterpError.Ub($"accessing {alloc} which contains a vtable");
                case InterpAllocKind.TypeId: throw InterpError.Ub($"accessing {alloc} which contains a `TypeId`");
            }
            if (!alloc.IsMemoryLoaded)
            {
                EnsureLoaded(alloc);
                return Access(ptr, size, write);
            }
        }
        CheckPtrAccess(ptr, size > long.MaxValue ? long.MaxValue : (long)size, CheckInAllocMsg.MemoryAccess);
        throw new BugException("memory access check disagrees");
    }

    internal bool IsAligned(Pointer ptr, ulong align) => align <= 1 || Machine.IsAligned(this, ptr, align);

    internal void CheckPtrAlign(Pointer ptr, ulong align)
    {
        if (IsAligned(ptr, align)) return;
        throw InterpError.Ub($"accessing memory with alignment {AlignOf(ptr, align)}, but alignment {align} is required");
    }

    /// <summary>The alignment that a pointer surely has, less than the one that is wanted.</summary>
    internal ulong AlignOf(Pointer ptr, ulong wanted)
    {
        if (Machine.HasAddresses)
        {
            ulong address = AddressOf(ptr);
            ulong aligned = address & (~address + 1);
            return aligned == 0 ? wanted : aligned;
        }
        ulong has = ptr.Offset == 0 ? ulong.MaxValue : ptr.Offset & (~ptr.Offset + 1);
        return ptr.Alloc is { } a ? Math.Min(has, AllocInfo(a).Align) : has;
    }

    private void CheckNotMisaligned(in MPlace place)
    {
        if (place.Misaligned is not { } m) return;
        if (!place.Layout.IsUnsized) CheckPtrAccess(place.Ptr, (long)place.Layout.Size, CheckInAllocMsg.MemoryAccess);
        throw InterpError.Ub($"accessing memory based on pointer with alignment {m.Has}, but alignment {m.Required} is required");
    }

    // -- scalars ---------------------------------------------------------------------------------------------------------------------------------

    internal Scalar ReadScalar(Pointer ptr, int size)
    {
        var alloc = CheckInit(ptr, size);
        int at = (int)ptr.Offset;
        var bits = alloc.ReadBits(at, size);
        if (!alloc.HasProvenance(at, size)) return new Scalar(bits, size);
        if (size == 8 && alloc.PointerAt(at) is { } target) return new Scalar(bits, size, target);
        if (Machine.HasAddresses)
        {
            Span<byte> bytes = stackalloc byte[16];
            bytes.Clear();
            alloc.ReadAddresses(at, bytes[..size], BaseAddress);
            return new Scalar(U128.Read(bytes), size);
        }
        throw InterpError.Unsupported(size == 8 ? $"unable to read parts of a pointer from memory at {ptr}" : "unable to turn pointer into integer");
    }

    private Func<InterpAlloc, ulong>? _baseAddress;
    internal Func<InterpAlloc, ulong> BaseAddress => _baseAddress ??= a => Machine.BaseAddress(this, a);
    internal ulong AddressOf(Pointer ptr) => ptr.Alloc is { } a ? unchecked(Machine.BaseAddress(this, a) + ptr.Offset) : ptr.Offset;

    /// <summary>A pointer read as an integer is its address.</summary>
    internal Scalar ToInt(Scalar s) => s.Provenance is null ? s : new Scalar(AddressOf(s.ToPointer()), 8);

    /// <summary>A value of a scalar layout: pointers in integers lose their provenance.</summary>
    private Scalar Typed(Scalar s, in Abi.Scalar layout) => s.Provenance is null || layout.IsPointer || layout.IsUnion ? s : ToInt(s);

    internal void WriteScalar(Pointer ptr, Scalar value) => Access(ptr, (ulong)value.Size, write: true).WriteScalar((int)ptr.Offset, value);

    internal Scalar ReadScalar(in Op op)
    {
        switch (op.Kind)
        {
            case OpKind.Scalar: return op.A.Provenance is null ? op.A : Typed(op.A, op.Layout.Repr.A);
            case OpKind.Memory:
                {
                    CheckNotMisaligned(op.Place);
                    var r = op.Layout.Repr;
                    var s = ReadScalar(op.Place.Ptr, r.IsScalar ? r.A.Size : (int)op.Layout.Size);
                    return r.IsScalar ? Typed(s, r.A) : s;
                }
            default: throw new BugException($"scalar expected, got {op.Kind} of type {op.Ty}");
        }
    }

    /// <summary>Both halves of a scalar pair.</summary>
    internal (Scalar A, Scalar B) ReadPair(in Op op)
    {
        if (op.Kind == OpKind.Pair) return (op.A, op.B);
        if (op.Kind != OpKind.Memory || !op.Layout.Repr.IsScalarPair) throw new BugException($"scalar pair expected, got {op.Kind} of type {op.Ty}");
        CheckNotMisaligned(op.Place);
        var r = op.Layout.Repr;
        return (Typed(ReadScalar(op.Place.Ptr, r.A.Size), r.A), Typed(ReadScalar(op.Place.Ptr.Add(r.PairOffset), r.B.Size), r.B));
    }

    /// <summary>Reads a scalar, a scalar pair or nothing into an immediate operand; anything else stays in memory.</summary>
    internal Op ReadImmediate(in Op op)
    {
        if (op.Kind != OpKind.Memory) return op;
        switch (op.Layout.Repr.Kind)
        {
            case BackendReprKind.Scalar: return Op.Scalar(ReadScalar(op), op.Layout);
            case BackendReprKind.ScalarPair:
                var (a, b) = ReadPair(op);
                return Op.Pair(a, b, op.Layout);
            default: return op.Layout.IsZst ? Op.Zst(op.Layout) : op;
        }
    }

    /// <summary>A thin or wide pointer value (reference, raw pointer, Box, NonNull, …): address and metadata.</summary>
    internal (Pointer Ptr, Scalar? Meta) ReadPointerAndMeta(in Op op)
    {
        if (op.Layout.Repr.IsScalarPair)
        {
            var (a, b) = ReadPair(op);
            return (a.ToPointer(), b);
        }
        return (ReadScalar(op).ToPointer(), null);
    }

    internal Pointer ReadPointer(in Op op) => ReadPointerAndMeta(op).Ptr;
    internal ulong ReadUsize(in Op op) => ReadScalar(op).U64;
    internal bool ReadBool(in Op op)
    {
        var b = ReadScalar(op).Bits;
        return b <= 1 ? b == 1 : throw InterpError.Ub($"interpreting an invalid 8-bit value as a bool: 0x{(uint)b:x2}");
    }

    internal void WriteScalar(Scalar value, in MPlace dest)
    {
        CheckNotMisaligned(dest);
        if (value.Size == 0) return;
        WriteScalar(dest.Ptr, value);
    }

    internal void WritePointer(Pointer ptr, in MPlace dest) => WriteScalar(ptr.ToScalar(), dest);

    /// <summary>A pointer with metadata, if any, in the second word.</summary>
    internal void WritePointer(Pointer ptr, Scalar? meta, in MPlace dest)
    {
        WriteScalar(ptr.ToScalar(), dest);
        if (meta is { } m) WriteScalar(dest.Ptr.Add(8), m);
    }

    internal void WriteUninit(in MPlace dest)
    {
        ulong size = dest.Layout.Size;
        if (size == 0) return;
        Access(dest.Ptr, size, write: true).WriteUninit((int)dest.Ptr.Offset, (int)size);
    }

    // -- copies ----------------------------------------------------------------------------------------------------------------------------------

    /// <summary>Copies a value to a place; the types may differ (transmute) but not the sizes.</summary>
    internal void CopyOp(in Op src, in MPlace dest)
    {
        CopyUnchecked(src, dest);
        if (!Machine.EnforcesValidity || dest.Layout.IsUnsized) return;
        // Numbers are initialized, or they would not have been read; but a pointer's bytes become a mere address.
        if (dest.Layout.Ty is not PrimTy { Kind: TyKind.Int or TyKind.Uint or TyKind.Float }) CheckValue(dest);
        else if (dest.Layout.Size == 8 && Access(dest.Ptr, 8, write: false).HasProvenance((int)dest.Ptr.Offset, 8)) WriteScalar(dest.Ptr, ToInt(ReadScalar(dest.Ptr, 8)));
    }

    private void CopyUnchecked(in Op src, in MPlace dest)
    {
        switch (src.Kind)
        {
            case OpKind.ZeroSized: return;
            case OpKind.Scalar: WriteScalar(src.A, dest); return;
            case OpKind.Pair:
                CheckNotMisaligned(dest);
                var r = src.Layout.Repr;
                ulong at = r.IsScalarPair ? r.PairOffset : (ulong)src.A.Size;
                if (at + (ulong)src.B.Size < src.Layout.Size || at > (ulong)src.A.Size) WriteUninit(dest);
                WriteScalar(dest.Ptr, src.A);
                WriteScalar(dest.Ptr.Add(at), src.B);
                return;
        }
        CheckNotMisaligned(src.Place);
        CheckNotMisaligned(dest);
        ulong size = src.Layout.Size;
        if (src.Layout.IsUnsized) size = SizeAndAlignOf(src.Place)?.Size ?? throw InterpError.Unsupported("`extern type` does not have known layout");
        else if (size != dest.Layout.Size) throw new BugException($"copy of {size} bytes of type {TypeName(src.Ty)} to {dest.Layout.Size} bytes of type {TypeName(dest.Ty)}");
        if (src.Layout.Repr.IsScalar || src.Layout.Repr.IsScalarPair) CheckScalarsInit(src);
        MemCopy(src.Place.Ptr, dest.Ptr, size);
    }

    /// <summary>A typed copy of scalars needs them initialized, unless they are a union's.</summary>
    private void CheckScalarsInit(in Op src)
    {
        var r = src.Layout.Repr;
        if (r.A.IsUnion || r.IsScalarPair && r.B.IsUnion) return;
        CheckScalar(src.Place.Ptr, r.A);
        if (r.IsScalarPair) CheckScalar(src.Place.Ptr.Add(r.PairOffset), r.B);
    }

    private void CheckScalar(Pointer ptr, Abi.Scalar scalar)
    {
        if (CheckInit(ptr, scalar.Size).HasProvenance((int)ptr.Offset, scalar.Size) && !scalar.IsPointer && !Machine.HasAddresses) throw InterpError.Unsupported("unable to turn pointer into integer");
    }

    private InterpAlloc CheckInit(Pointer ptr, int size)
    {
        var alloc = Access(ptr, (ulong)size, write: false);
        int at = (int)ptr.Offset;
        int uninit = alloc.FirstUninit(at, size);
        if (uninit >= 0)
            throw InterpError.Ub($"reading memory at {alloc}[0x{at:x}..0x{at + size:x}], but memory is uninitialized at [0x{uninit:x}..0x{at + size:x}], and this operation requires initialized memory");
        return alloc;
    }

    internal void MemCopy(Pointer src, Pointer dest, ulong size, bool nonOverlapping = false)
    {
        if (size == 0) return;
        var from = Access(src, size, write: false);
        var to = Access(dest, size, write: true);
        if (nonOverlapping && ReferenceEquals(from, to) && (src.Offset <= dest.Offset ? dest.Offset - src.Offset : src.Offset - dest.Offset) < size)
            throw InterpError.Ub("`copy_nonoverlapping` called on overlapping ranges");
        InterpAlloc.Copy(from, (int)src.Offset, to, (int)dest.Offset, (int)size);
    }

    /// <summary>Initialized bytes, with the provenance ignored only if <paramref name="stripProvenance"/>.</summary>
    internal ReadOnlySpan<byte> ReadBytes(Pointer ptr, ulong size, bool stripProvenance = false)
    {
        if (size == 0) return [];
        var alloc = Access(ptr, size, write: false);
        int at = (int)ptr.Offset;
        if (alloc.FirstUninit(at, (int)size) >= 0) throw InterpError.Ub($"reading memory at {alloc}[0x{at:x}..0x{(ulong)at + size:x}], but memory is uninitialized, and this operation requires initialized memory");
        if ((Machine.HasAddresses || !stripProvenance) && alloc.HasProvenance(at, (int)size))
        {
            if (!Machine.HasAddresses) throw InterpError.Unsupported("unable to turn pointer into integer");
            var bytes = new byte[size];
            alloc.ReadAddresses(at, bytes, BaseAddress);
            return bytes;
        }
        return alloc.Bytes.AsSpan(at, (int)size);
    }

    internal string ReadStr(in MPlace str) => System.Text.Encoding.UTF8.GetString(ReadBytes(str.Ptr, str.Meta!.Value.U64));

    /// <summary>Size and alignment of the value at a place, from its metadata where the type is unsized. Null for extern types.</summary>
    internal (ulong Size, ulong Align)? SizeAndAlignOf(in MPlace place) => SizeAndAlignOf(place.Layout, place.Meta);

    internal (ulong Size, ulong Align)? SizeAndAlignOf(TyAndLayout layout, Scalar? meta)
    {
        if (!layout.IsUnsized) return (layout.Size, layout.Align);
        switch (layout.Ty)
        {
            case AdtTy or TupleTy:
                {
                    // Offset of the tail is for its static alignment; a trait object's may be larger.
                    int last = layout.FieldCount - 1;
                    var tail = FieldLayout(layout, last, null);
                    if (SizeAndAlignOf(tail, meta) is not var (size, align)) return null;
                    if (layout.Ty is AdtTy adt && Tcx.AdtDef(adt.Def).Repr.Pack is { } pack) align = Math.Min(align, pack);
                    ulong full = Math.Max(layout.Align, align);
                    ulong end = AlignTo(layout.FieldOffset(last), align) + size;
                    ulong total = AlignTo(end, full);
                    return total < end || total > long.MaxValue ? throw InterpError.Ub("invalid metadata in wide pointer: total size is bigger than largest supported object") : (total, full);
                }
            case DynamicTy:
                {
                    var concrete = Tcx.Layouts.LayoutOf(VTableOf(meta!.Value).Ty);
                    return (concrete.Size, concrete.Align);
                }
            case SliceTy or PrimTy { Kind: TyKind.Str }:
                {
                    ulong len = meta!.Value.U64;
                    ulong stride = layout.Ty is SliceTy s ? Tcx.Layouts.LayoutOf(s.Element).Size : 1;
                    var total = (U128)len * stride;
                    return total > long.MaxValue ? throw InterpError.Ub("invalid metadata in wide pointer: slice is bigger than largest supported object") : ((ulong)total, layout.Align);
                }
            case ForeignTy: return null;
            default: throw new BugException($"unsized type {layout.Ty}");
        }
    }

    internal static ulong AlignTo(ulong offset, ulong align) => (offset + align - 1) / align * align;

    internal GlobalAlloc.VTable VTableOf(Scalar meta) =>
        meta.Provenance is { Kind: InterpAllocKind.VTable } v && meta.RawBits == 0 ? (GlobalAlloc.VTable)v.Global!
            : throw InterpError.Ub($"using {meta} as vtable pointer but it does not point to a vtable");
}
