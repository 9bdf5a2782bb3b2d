namespace Mirlink.Mir.Interpret;

/// <summary>Compile-time evaluation (rustc_const_eval::const_eval::machine): panics are errors, nothing outside of the constant changes.</summary>
/// <param name="canAccessMutGlobal">Statics may read mutable memory; constants may not.</param>
internal sealed class ConstEvalMachine(ConstEvaluator evaluator, bool canAccessMutGlobal) : Machine
{
    // The default recursion_limit, which crates may raise: constants of crates that rustc compiled terminate.
    public override int StackLimit => 1 << 14;

    internal override (Body Body, GenericArgs Args)? FindBody(InterpCx cx, Instance instance, ReadOnlySpan<Op> args, in MPlace dest, int target, UnwindAction unwind)
    {
        var tcx = cx.Tcx;
        if (instance.Kind == InstanceKind.Item)
        {
            switch (tcx.LangItemName(instance.Def))
            {
                case "panic_display" or "begin_panic":
                    {
                        var message = cx.Deref(args[0]);
                        while (message.Ty is RefTy) message = cx.Deref(message);
                        throw InterpError.Ub("evaluation panicked: " + cx.ReadStr(message));
                    }
                case "panic_fmt":
                    // Formats nothing but plain texts, which is all that constants can panic with.
                    instance = tcx.Traits.Resolve(tcx.LangItem("const_panic_fmt"), instance.Args)!;
                    break;
            }
        }
        return evaluator.BodyOf(instance);
    }

    internal override bool CallIntrinsic(InterpCx cx, string name, Instance instance, ReadOnlySpan<Op> args, in MPlace dest, int target)
    {
        switch (name)
        {
            case "ptr_guaranteed_cmp":
                cx.WriteScalar(Scalar.Of((U128)(uint)GuaranteedCmp(cx, cx.ReadScalar(args[0]), cx.ReadScalar(args[1])), 1), dest);
                break;
            case "const_allocate":
                {
                    ulong size = cx.ReadUsize(args[0]), align = cx.ReadUsize(args[1]);
                    CheckAlign(align, name);
                    cx.WritePointer(new Pointer(cx.Allocate(InterpAllocKind.Heap, size, align), 0), dest);
                    break;
                }
            case "const_deallocate":
                {
                    var ptr = cx.ReadPointer(args[0]);
                    ulong size = cx.ReadUsize(args[1]), align = cx.ReadUsize(args[2]);
                    CheckAlign(align, name);
                    if (ptr.Alloc is not { } alloc) throw InterpError.Ub($"pointer not dereferenceable: pointer must point to some allocation, but got {ptr}");
                    // What another constant allocated stays.
                    if (alloc.Global is GlobalAlloc.Memory) break;
                    if (!alloc.IsLive) throw InterpError.Ub($"dealloc: {alloc} has been freed, so this pointer is dangling");
                    if (alloc.Kind != InterpAllocKind.Heap) throw InterpError.Ub($"deallocating {alloc}, which is not heap memory, using a heap deallocation operation");
                    if (ptr.Offset != 0) throw InterpError.Ub($"deallocating {ptr} which does not point to the beginning of an object");
                    if ((ulong)alloc.Size != size || alloc.Align != align)
                        throw InterpError.Ub($"incorrect layout on deallocation: {alloc} has size {alloc.Size} and alignment {alloc.Align}, but gave size {size} and alignment {align}");
                    alloc.Kill();
                    break;
                }
            case "const_make_global":
                {
                    var ptr = cx.ReadPointer(args[0]);
                    if (ptr.Alloc is not { Kind: InterpAllocKind.Heap } alloc) throw InterpError.Ub($"pointer passed to `const_make_global` does not point to a heap allocation: {ptr}");
                    if (ptr.Offset != 0) throw InterpError.Ub($"making {ptr} global which does not point to the beginning of an object");
                    if (!alloc.IsLive) throw InterpError.Ub($"pointer passed to `const_make_global` is dangling: {ptr}");
                    if (alloc.MadeGlobal) throw InterpError.Ub($"attempting to call `const_make_global` twice on the same allocation {alloc}");
                    alloc.MadeGlobal = true;
                    cx.WritePointer(ptr, dest);
                    break;
                }
            case "is_val_statically_known":
                cx.WriteScalar(Scalar.Bool(false), dest);
                break;
            default: return false;
        }
        cx.ReturnToBlock(target);
        return true;
    }

    private static void CheckAlign(ulong align, string name)
    {
        if (align == 0 || (align & (align - 1)) != 0) throw InterpError.Ub($"invalid align passed to `{name}`: `{align}` is not a power of two");
    }

    /// <summary>1: surely equal, 0: surely not equal, 2: unknown at compile time.</summary>
    private static int GuaranteedCmp(InterpCx cx, Scalar a, Scalar b)
    {
        if (a.Provenance is null && b.Provenance is null) return a.RawBits == b.RawBits ? 1 : 0;
        if (a.Provenance is null) (a, b) = (b, a);
        if (b.Provenance is null) return cx.MayBeNull(new Scalar((ulong)a.RawBits - (ulong)b.RawBits, 8, a.Provenance)) ? 2 : 0;
        var (aSize, aAlign) = cx.AllocInfo(a.Provenance!);
        var (bSize, bAlign) = cx.AllocInfo(b.Provenance);
        ulong align = Math.Min(aAlign, bAlign), aOffset = (ulong)a.RawBits, bOffset = (ulong)b.RawBits;
        if (align > 1 && aOffset % align != bOffset % align) return 0;
        if (a.Provenance!.Kind != InterpAllocKind.Static || b.Provenance.Kind != InterpAllocKind.Static) return 2;
        if (ReferenceEquals(a.Provenance, b.Provenance)) return aOffset == bOffset ? 1 : 0;
        return aOffset < aSize && bOffset < bSize ? 0 : 2;
    }

    internal override void AssertFailed(InterpCx cx, Terminator.Assert assert) => throw InterpError.Ub(cx.AssertMessage(assert));
    internal override void PanicNounwind(InterpCx cx, string message) => throw InterpError.Ub("evaluation panicked: " + message);

    // Whatever the session's flags are: a constant must have the same value everywhere.
    internal override bool RuntimeChecks(RuntimeChecks kind) => true;

    internal override Scalar BinaryPtrOp(InterpCx cx, BinOp op, Scalar left, Scalar right) =>
        throw InterpError.Unsupported("pointer arithmetic or comparison is not supported at compile-time");

    internal override Allocation StaticInitializer(InterpCx cx, DefId def)
    {
        if (cx.Tcx.IsForeignItem(def)) throw InterpError.Unsupported($"cannot access extern static `{cx.Tcx.DefPath(def)}`");
        return evaluator.StaticInitializer(def);
    }

    internal override Pointer ThreadLocalStatic(InterpCx cx, DefId def) => throw InterpError.Unsupported($"cannot access thread local static `{cx.Tcx.DefPath(def)}`");

    internal override void BeforeGlobalRead(InterpCx cx, InterpAlloc alloc)
    {
        if (alloc.Mutability == Mutability.Mut && !canAccessMutGlobal && cx.Depth > 0) throw InterpError.Ub("constant accesses mutable global memory");
    }

    internal override void BeforeGlobalWrite(InterpCx cx, InterpAlloc alloc) => throw InterpError.Ub(alloc.Mutability == Mutability.Mut
        ? "modifying a static's initial value from another static's initializer"
        : $"writing to {alloc} which is read-only");

    internal override Scalar ExposeAddress(InterpCx cx, Pointer pointer) => throw InterpError.Unsupported("exposing pointers is not possible at compile-time");
}
