namespace Mirlink.Mir.Interpret;

/// <summary>
/// What depends on the purpose of an interpreter: compile-time evaluation, or running a program. Modelled after rustc_const_eval's Machine.
/// </summary>
public abstract class Machine
{
    /// <summary>Statements and terminators to run before <see cref="OutOfFuel"/>.</summary>
    public virtual long Fuel => 1L << 33;
    public virtual int StackLimit => 1 << 16;
    /// <summary>Of how many bodies a thread keeps what it derived from them. Constants need few at a time, and in a link some thousands in all.</summary>
    internal virtual int MaxCachedBodies => 512;
    /// <summary>Check at each typed copy that the value is one of its type.</summary>
    public virtual bool EnforcesValidity => false;

    /// <summary>Which branch of `const_eval_select` is taken.</summary>
    internal virtual bool IsCompileTime => true;
    internal virtual Exception Abort() => InterpError.Ub("the program aborted execution");
    internal virtual Exception OutOfFuel() => InterpError.Exhausted("constant evaluation is taking a long time");

    /// <summary>The body to run for a resolved callee that is not an intrinsic; null when the call has been done here (the machine has then also gone to the next block).</summary>
    internal abstract (Body Body, GenericArgs Args)? FindBody(InterpCx cx, Instance instance, ReadOnlySpan<Op> args, in MPlace dest, int target, UnwindAction unwind);

    /// <summary>An intrinsic that all machines do not share. False if this machine has none by that name.</summary>
    internal abstract bool CallIntrinsic(InterpCx cx, string name, Instance instance, ReadOnlySpan<Op> args, in MPlace dest, int target);

    /// <summary>A failed Assert terminator.</summary>
    internal abstract void AssertFailed(InterpCx cx, Terminator.Assert assert);

    /// <summary>A panic that cannot unwind (from an intrinsic).</summary>
    internal abstract void PanicNounwind(InterpCx cx, string message);

    internal abstract bool RuntimeChecks(RuntimeChecks kind);

    /// <summary>Comparison or arithmetic where an operand is a pointer into an allocation.</summary>
    internal abstract Scalar BinaryPtrOp(InterpCx cx, BinOp op, Scalar left, Scalar right);

    /// <summary>The initial value of a static, or its current memory, that is accessed.</summary>
    internal abstract Allocation StaticInitializer(InterpCx cx, DefId def);
    internal abstract Pointer ThreadLocalStatic(InterpCx cx, DefId def);

    internal abstract void BeforeGlobalRead(InterpCx cx, InterpAlloc alloc);
    internal abstract void BeforeGlobalWrite(InterpCx cx, InterpAlloc alloc);

    internal abstract Scalar ExposeAddress(InterpCx cx, Pointer pointer);
    /// <summary>The pointer that an exposed address stands for.</summary>
    internal virtual Pointer FromExposedAddress(InterpCx cx, ulong address) => new(null, address);

    /// <summary>Are there addresses, so that a pointer can be read as an integer?</summary>
    internal virtual bool HasAddresses => false;
    /// <summary>The address of byte 0 of an allocation.</summary>
    internal virtual ulong BaseAddress(InterpCx cx, InterpAlloc alloc) => throw InterpError.Unsupported("unable to turn pointer into integer");
    internal virtual bool IsAligned(InterpCx cx, Pointer ptr, ulong align) =>
        ptr.Offset % align == 0 && (ptr.Alloc is null || cx.AllocInfo(ptr.Alloc).Align >= align);

    /// <summary>The memory behind a global: the shared view itself, or this run's own copy of it.</summary>
    internal virtual InterpAlloc MemoryOf(InterpCx cx, InterpAlloc global) => global;

    /// <summary>Code that is not MIR behind a function pointer.</summary>
    internal virtual void CallNative(InterpCx cx, string name, ReadOnlySpan<Op> args, in MPlace dest, int target, UnwindAction unwind) => throw new BugException($"native function {name}");

    /// <summary>Unwinding came to where it must not go on.</summary>
    internal virtual void UnwindTerminate(InterpCx cx, UnwindTerminateReason reason) => throw new UnsupportedException("unwinding in the interpreter");
    /// <summary>Unwinding came to a frame that was entered to catch it; the frame has been left.</summary>
    internal virtual void Catch(InterpCx cx, CatchUnwind handler, Scalar payload) => throw new UnsupportedException("unwinding in the interpreter");
}
