namespace Mirlink.Mir.Interpret;

/// <summary>
/// What depends on the purpose of an interpreter: compile-time evaluation, or running a program. Modelled after rustc_const_eval's Machine.
/// </summary>
public abstract class Machine
{
    /// <summary>Terminators to run before giving up.</summary>
    public virtual long StepLimit => 1L << 31;
    public virtual int StackLimit => 1 << 16;

    /// <summary>The body to run for a resolved callee that is not an intrinsic; null when the call has been done here (the machine has then also gone to the next block).</summary>
    internal abstract (Body Body, GenericArgs Args)? FindBody(InterpCx cx, Instance instance, ReadOnlySpan<Op> args, in MPlace dest, int target, UnwindAction unwind);

    /// <summary>An intrinsic that all machines do not share. False if this machine has none by that name.</summary>
    internal abstract bool CallIntrinsic(InterpCx cx, string name, Instance instance, ReadOnlySpan<Op> args, in MPlace dest, int target);

    /// <summary>A failed Assert terminator, with rustc's text.</summary>
    internal abstract void AssertFailed(InterpCx cx, AssertKind kind, string message, UnwindAction unwind);

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
}
