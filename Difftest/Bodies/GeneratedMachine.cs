using Mirlink.Mir;
using Mirlink.Mir.Interpret;

namespace Mirlink.Difftest.Bodies;

/// <summary>Runs a generated program in the interpreter. What it does not allow ends in a <see cref="ConstEvalException"/>: undefined behaviour, or too many steps.</summary>
internal sealed class GeneratedMachine(ConstEvaluator evaluator) : Machine
{
    public override long Fuel => 8_000_000;
    public override int StackLimit => 200;

    internal override (Body Body, GenericArgs Args)? FindBody(InterpCx cx, Instance instance, ReadOnlySpan<Op> args, in MPlace dest, int target, UnwindAction unwind) => evaluator.BodyOf(instance);
    internal override bool CallIntrinsic(InterpCx cx, string name, Instance instance, ReadOnlySpan<Op> args, in MPlace dest, int target) => false;
    internal override void AssertFailed(InterpCx cx, Terminator.Assert assert) => throw InterpError.Ub(cx.AssertMessage(assert));
    internal override void PanicNounwind(InterpCx cx, string message) => throw InterpError.Ub(message);
    internal override bool RuntimeChecks(RuntimeChecks kind) => true;
    internal override Scalar BinaryPtrOp(InterpCx cx, BinOp op, Scalar left, Scalar right) => op switch
    {
        // Generated programs compare addresses of things that are alive and have bytes.
        BinOp.Eq => Scalar.Bool(left.ToPointer() == right.ToPointer()),
        BinOp.Ne => Scalar.Bool(left.ToPointer() != right.ToPointer()),
        _ => throw InterpError.Unsupported("order of pointers"),
    };
    internal override Allocation StaticInitializer(InterpCx cx, DefId def) => evaluator.StaticInitializer(def);
    internal override Pointer ThreadLocalStatic(InterpCx cx, DefId def) => throw InterpError.Unsupported("thread local statics");
    internal override void BeforeGlobalRead(InterpCx cx, InterpAlloc alloc) { }
    internal override void BeforeGlobalWrite(InterpCx cx, InterpAlloc alloc) => throw InterpError.Ub($"writing to {alloc}");
    internal override Scalar ExposeAddress(InterpCx cx, Pointer pointer) => throw InterpError.Unsupported("exposed pointers");

    /// <summary>The hash that a program's entry function returns.</summary>
    public static ulong Run(TyCtxt tcx, DefId entry)
    {
        var evaluator = (ConstEvaluator)tcx.Eval;
        var cx = new InterpCx(tcx, new GeneratedMachine(evaluator), evaluator);
        var dest = cx.AllocatePlace(tcx.Layouts.LayoutOf(tcx.Interner.Uint(UintTy.U64)));
        cx.Run(tcx.OptimizedMir(entry)!, tcx.Interner.NoArgs, null, dest);
        return (ulong)cx.ReadScalar(dest.Ptr, 8).Bits;
    }
}
