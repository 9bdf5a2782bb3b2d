using Mirlink.Mir;
using Mirlink.Mir.Interpret;

namespace Mirlink.Difftest.Bodies;

/// <summary>Runs a generated program in the interpreter. What it does not allow ends in a <see cref="ConstEvalException"/>: undefined behaviour, or too many steps.</summary>
internal sealed class GeneratedMachine(ConstEvaluator evaluator) : Machine
{
    public override long Fuel => 8_000_000;
    public override int StackLimit => 200;

    // Statics that change: this run's own.
    private readonly Dictionary<InterpAlloc, InterpAlloc> _statics = new(ReferenceEqualityComparer.Instance);

    internal override (Body Body, GenericArgs Args)? FindBody(InterpCx cx, Instance instance, ReadOnlySpan<Op> args, in MPlace dest, int target, UnwindAction unwind)
    {
        if (!cx.Tcx.IsForeignItem(instance.Def)) return evaluator.BodyOf(instance);
        if (cx.Tcx.DefKey(instance.Def).Name != "_Unwind_RaiseException") throw InterpError.Unsupported("a foreign function");
        cx.Unwind(cx.ReadScalar(args[0]), unwind);
        return null;
    }

    internal override bool CallIntrinsic(InterpCx cx, string name, Instance instance, ReadOnlySpan<Op> args, in MPlace dest, int target)
    {
        if (name != "catch_unwind") return false;
        cx.WriteScalar(Scalar.Of(U128.Zero, 4), dest);
        cx.CallCatching(FunctionOf(cx, args[0]), [cx.ReadImmediate(args[1])], new CatchUnwind(FunctionOf(cx, args[2]), cx.ReadImmediate(args[1]), dest, target));
        return true;
    }

    private static Instance FunctionOf(InterpCx cx, in Op pointer) =>
        cx.ReadScalar(pointer).Provenance?.Global is GlobalAlloc.Function f ? f.Instance : throw InterpError.Ub("a function pointer that points to no function");

    internal override void Catch(InterpCx cx, CatchUnwind handler, Scalar payload)
    {
        cx.WriteScalar(Scalar.Of(U128.One, 4), handler.Result);
        var pointer = cx.LayoutOf(cx.Tcx.Interner.RawPtr(cx.Tcx.Interner.U8, Mutability.Mut));
        cx.Call(handler.Handler, [handler.Data, Op.Scalar(payload, pointer)], cx.UnitPlace(), handler.Target, UnwindAction.Unreachable);
    }

    // What std does in a panic is not looked at: it unwinds.
    internal override void AssertFailed(InterpCx cx, Terminator.Assert assert) => cx.Unwind(Scalar.Usize(0), assert.Unwind);

    internal override InterpAlloc MemoryOf(InterpCx cx, InterpAlloc global)
    {
        if (global.Kind != InterpAllocKind.Static) return global;
        if (!_statics.TryGetValue(global, out var own)) _statics.Add(global, own = new InterpAlloc(InterpAllocKind.Static, evaluator.StaticInitializer(((GlobalAlloc.Static)global.Global!).Def)));
        return own;
    }

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
