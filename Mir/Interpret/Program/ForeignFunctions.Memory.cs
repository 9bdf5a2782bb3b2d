namespace Mirlink.Mir.Interpret.Program;

/// <summary>Allocation and blocks of memory.</summary>
internal static partial class ForeignFunctions
{
    private const ulong MallocAlign = 16;

    private static void AddMemory(Dictionary<string, ForeignFunction> t)
    {
        t["__rust_alloc"] = static (in ForeignCall c) => c.Return(RustAlloc(c, c.U64(0), c.U64(1), zeroed: false));
        t["__rust_alloc_zeroed"] = static (in ForeignCall c) => c.Return(RustAlloc(c, c.U64(0), c.U64(1), zeroed: true));
        t["__rust_dealloc"] = static (in ForeignCall c) =>
        {
            Deallocate(c.Ptr(0), InterpAllocator.Rust, (c.U64(1), c.U64(2)));
            c.Return();
        };
        t["__rust_realloc"] = static (in ForeignCall c) =>
        {
            // ptr, old size, align, new size
            ulong oldSize = c.U64(1), align = c.U64(2), newSize = c.U64(3);
            var to = RustAlloc(c, newSize, align, zeroed: false);
            c.Cx.MemCopy(c.Ptr(0), to, Math.Min(oldSize, newSize));
            Deallocate(c.Ptr(0), InterpAllocator.Rust, (oldSize, align));
            c.Return(to);
        };
        t["malloc"] = static (in ForeignCall c) => c.Return(Malloc(c, c.U64(0)));
        t["calloc"] = static (in ForeignCall c) =>
        {
            var size = (U128)c.U64(0) * c.U64(1);
            if (size > long.MaxValue)
            {
                c.Return(Pointer.Null);
                return;
            }
            var p = Malloc(c, (ulong)size);
            p.Alloc!.Fill(0, p.Alloc.Size, 0);
            c.Return(p);
        };
        t["realloc"] = static (in ForeignCall c) =>
        {
            var to = Malloc(c, c.U64(1));
            if (!c.IsNull(0))
            {
                var from = c.Ptr(0);
                c.Cx.MemCopy(from, to, Math.Min(c.U64(1), from.Alloc is { } a ? (ulong)a.Size : 0));
                Deallocate(from, InterpAllocator.C, null);
            }
            c.Return(to);
        };
        t["free"] = static (in ForeignCall c) =>
        {
            if (!c.IsNull(0)) Deallocate(c.Ptr(0), InterpAllocator.C, null);
            c.Return();
        };
        t["posix_memalign"] = static (in ForeignCall c) =>
        {
            c.Cx.WriteScalar(c.Ptr(0), new Pointer(Heap(c, c.U64(2), c.U64(1), InterpAllocator.C), 0).ToScalar());
            c.Return(0);
        };
        t["aligned_alloc"] = t["memalign"] = static (in ForeignCall c) => c.Return(new Pointer(Heap(c, c.U64(1), c.U64(0), InterpAllocator.C), 0));

        t["memcpy"] = static (in ForeignCall c) =>
        {
            c.Cx.MemCopy(c.Ptr(1), c.Ptr(0), c.U64(2), nonOverlapping: true);
            c.Return(c.Ptr(0));
        };
        t["memmove"] = static (in ForeignCall c) =>
        {
            c.Cx.MemCopy(c.Ptr(1), c.Ptr(0), c.U64(2));
            c.Return(c.Ptr(0));
        };
        t["memset"] = static (in ForeignCall c) =>
        {
            ulong size = c.U64(2);
            if (size > 0) c.Cx.Access(c.Ptr(0), size, write: true).Fill((int)c.Ptr(0).Offset, (int)size, (byte)c.U64(1));
            c.Return(c.Ptr(0));
        };
        t["memcmp"] = t["bcmp"] = static (in ForeignCall c) => c.Return(Math.Sign(c.Bytes(c.Ptr(0), c.U64(2)).SequenceCompareTo(c.Bytes(c.Ptr(1), c.U64(2)))));
        t["strlen"] = static (in ForeignCall c) => c.Return((long)c.StringLength(c.Ptr(0)));
        t["memchr"] = static (in ForeignCall c) => Find(c, c.Bytes(c.Ptr(0), c.U64(2)).IndexOf((byte)c.U64(1)));
        t["memrchr"] = static (in ForeignCall c) => Find(c, c.Bytes(c.Ptr(0), c.U64(2)).LastIndexOf((byte)c.U64(1)));
    }

    private static void Find(in ForeignCall c, int at) => c.Return(at < 0 ? Pointer.Null : c.Ptr(0).Add((ulong)at));

    private static InterpAlloc Heap(in ForeignCall c, ulong size, ulong align, InterpAllocator allocator) => c.Cx.Allocate(InterpAllocKind.Heap, size, align, allocator);

    private static Pointer Malloc(in ForeignCall c, ulong size) => new(Heap(c, size, MallocAlign, InterpAllocator.C), 0);

    private static Pointer RustAlloc(in ForeignCall c, ulong size, ulong align, bool zeroed)
    {
        if (size == 0) throw InterpError.Ub("creating allocation with size 0");
        if (align == 0 || (align & (align - 1)) != 0) throw InterpError.Ub($"creating allocation with non-power-of-two alignment {align}");
        if (size > (ulong)int.MaxValue) return Pointer.Null;
        var alloc = Heap(c, size, align, InterpAllocator.Rust);
        if (zeroed) alloc.Fill(0, (int)size, 0);
        return new Pointer(alloc, 0);
    }

    private static string Name(InterpAllocator allocator, InterpAlloc alloc) => alloc.Kind switch
    {
        InterpAllocKind.Heap => allocator == InterpAllocator.Rust ? "Rust heap memory" : "C heap memory",
        InterpAllocKind.Stack => "stack variable memory",
        InterpAllocKind.Function => "a function",
        InterpAllocKind.VTable => "a vtable",
        _ => "static memory",
    };

    private static void Deallocate(Pointer ptr, InterpAllocator allocator, (ulong Size, ulong Align)? layout)
    {
        if (ptr.Alloc is not { } alloc) throw InterpError.Ub($"pointer not dereferenceable: pointer must point to some allocation, but got {ptr}");
        if (ptr.Offset != 0) throw InterpError.Ub($"deallocating {ptr} which does not point to the beginning of an object");
        if (!alloc.IsLive) throw InterpError.Ub($"pointer not dereferenceable: {alloc} has been freed, so this pointer is dangling");
        if (alloc.Kind != InterpAllocKind.Heap || alloc.Allocator != allocator)
            throw InterpError.Ub($"deallocating {alloc}, which is {Name(alloc.Allocator, alloc)}, using {(allocator == InterpAllocator.Rust ? "Rust heap memory" : "C heap memory")} deallocation operation");
        if (layout is var (size, align) && ((ulong)alloc.Size != size || alloc.Align != align))
            throw InterpError.Ub($"incorrect layout on deallocation: {alloc} has size {alloc.Size} and alignment {alloc.Align}, but gave size {size} and alignment {align}");
        alloc.Kill();
    }
}
