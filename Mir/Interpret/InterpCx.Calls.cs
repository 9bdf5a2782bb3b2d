using Mirlink.Mir.Abi;

namespace Mirlink.Mir.Interpret;

/// <summary>Terminators: control flow, calls, drops, assertions.</summary>
public sealed partial class InterpCx
{
    private bool ExecuteTerminator(Frame frame, Terminator terminator)
    {
        switch (terminator)
        {
            case Terminator.Goto g: GotoBlock(frame, g.Target); return true;
            case Terminator.FalseEdge e: GotoBlock(frame, e.Real); return true;
            case Terminator.FalseUnwind u: GotoBlock(frame, u.Real); return true;
            case Terminator.SwitchInt s:
                {
                    var bits = ReadScalar(EvalOperand(s.Discr)).Bits;
                    int target = s.Otherwise;
                    for (int i = 0; i < s.Values.Length; i++)
                    {
                        if (s.Values[i] != bits) continue;
                        target = s.Targets[i];
                        break;
                    }
                    GotoBlock(frame, target);
                    return true;
                }
            case Terminator.Return: return Return(frame);
            case Terminator.Call c: EvalCall(c); return true;
            case Terminator.TailCall c: EvalTailCall(frame, c); return true;
            case Terminator.Drop d: EvalDrop(frame, d); return true;
            case Terminator.Assert a:
                if (ReadBool(EvalOperand(a.Cond)) == a.Expected || IsOptional(a) && !Machine.RuntimeChecks(RuntimeChecks.OverflowChecks)) GotoBlock(frame, a.Target);
                else Machine.AssertFailed(this, a);
                return true;
            case Terminator.Unreachable: throw InterpError.Ub("entering unreachable code");
            case Terminator.InlineAsm: throw InterpError.Unsupported("inline assembly is not supported");
            case Terminator.UnwindResume: UnwindOutOf(frame, frame.UnwindPayload); return true;
            case Terminator.UnwindTerminate t: Machine.UnwindTerminate(this, t.Reason); return true;
            default: throw new BugException($"terminator {terminator.GetType().Name} in a body to run");
        }
    }

    /// <summary>A check that -C overflow-checks of the final program decides about, whatever crate it is in (rustc's is_optional_overflow_check).</summary>
    private static bool IsOptional(Terminator.Assert a) =>
        a.Kind == AssertKind.OverflowNeg || a.Kind == AssertKind.Overflow && a.Op is BinOp.Add or BinOp.Sub or BinOp.Mul or BinOp.Shl or BinOp.Shr;

    private bool Return(Frame frame)
    {
        if (frame.Destination is { } dest && dest.Layout.Size > 0) CopyOp(LocalPlace(frame, 0), dest);
        PopFrame();
        if (frame.IsRoot) return false;
        if (frame.ReturnBlock < 0) throw InterpError.Ub("entering unreachable code");
        GotoBlock(Top, frame.ReturnBlock);
        return true;
    }

    // -- calls -------------------------------------------------------------------------------------------------------------------------------------

    /// <summary>The instance that a value of function type stands for, and the ABI that the caller calls it with.</summary>
    private (Instance Instance, ExternAbi Abi) Callee(in Op func)
    {
        switch (func.Ty)
        {
            case FnDefTy f:
                {
                    if (Consts.Callees.TryGetValue(f, out var known)) return known;
                    var instance = Tcx.Traits.Resolve(f.Def, f.Args) ?? throw InterpError.Ub($"`{TypeName(f)}` has no implementation for its arguments");
                    return Consts.Callees.GetOrAdd(f, (instance, Tcx.FnSig(f.Def).Value.Abi));
                }
            case FnPtrTy p:
                {
                    var ptr = ReadScalar(func).ToPointer();
                    if (ptr.Alloc is not { Kind: InterpAllocKind.Function } f || ptr.Offset != 0)
                        throw InterpError.Ub($"using {ptr} as function pointer but it does not point to a function");
                    return (((GlobalAlloc.Function)f.Global!).Instance, p.Sig.Value.Abi);
                }
            default: throw new BugException($"call of a value of type {TypeName(func.Ty)}");
        }
    }

    private Op[] EvalArguments(Operand[] operands, ExternAbi abi)
    {
        int n = operands.Length;
        if (abi != ExternAbi.RustCall || n == 0)
        {
            var plain = new Op[n];
            for (int i = 0; i < n; i++) plain[i] = EvalOperand(operands[i]);
            return plain;
        }
        // "rust-call" passes the elements of its last argument, a tuple.
        var tuple = EvalOperand(operands[^1]);
        int count = ((TupleTy)tuple.Ty).Elements.Length;
        var args = new Op[n - 1 + count];
        for (int i = 0; i < n - 1; i++) args[i] = EvalOperand(operands[i]);
        for (int i = 0; i < count; i++) args[n - 1 + i] = Field(tuple, i);
        return args;
    }

    private void EvalCall(Terminator.Call c)
    {
        var func = EvalOperand(c.Func);
        if (func.Ty is FnPtrTy p && ReadScalar(func).Provenance is { NativeName: { } native })
        {
            Machine.CallNative(this, native, EvalArguments(c.Args, p.Sig.Value.Abi), EvalPlace(c.Destination), c.Target, c.Unwind);
            return;
        }
        var (instance, abi) = Callee(func);
        if (func.Ty is FnPtrTy && instance.Kind == InstanceKind.Item && Tcx.DefKind(instance.Def) is DefKind.Fn or DefKind.AssocFn && Tcx.FnSig(instance.Def).Value.Abi is var own && Convention(own) != Convention(abi))
            throw InterpError.Ub($"calling a function with calling convention \"{own}\" using calling convention \"{abi}\"");
        var args = EvalArguments(c.Args, abi);
        Call(instance, args, EvalPlace(c.Destination), c.Target, c.Unwind);
    }

    /// <summary>C's by all its names is one.</summary>
    private static ExternAbi Convention(ExternAbi abi) => abi is ExternAbi.System or ExternAbi.Cdecl or ExternAbi.SysV64 ? ExternAbi.C : abi;

    private void EvalTailCall(Frame frame, Terminator.TailCall c)
    {
        var (instance, abi) = Callee(EvalOperand(c.Func));
        var args = EvalArguments(c.Args, abi);
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i].Kind != OpKind.Memory) continue;
            var copy = AllocatePlace(args[i].Layout);
            CopyOp(args[i], copy);
            args[i] = copy;
        }
        if (frame.IsRoot) throw new BugException("tail call of a constant");
        PopFrame();
        Call(instance, args, frame.Destination ?? throw new BugException("tail call without a destination"), frame.ReturnBlock, frame.Unwind);
    }

    /// <summary>Calls an instance: pushes its frame, or does it at once and goes to <paramref name="target"/>.</summary>
    internal void Call(Instance instance, Op[] args, in MPlace dest, int target, UnwindAction unwind)
    {
        while (true)
        {
            switch (instance.Kind)
            {
                case InstanceKind.Intrinsic:
                    if (CallIntrinsic(instance, args, dest, target)) return;
                    // Its body in the library.
                    instance = Instance.Item(instance.Def, instance.Args);
                    continue;
                case InstanceKind.Virtual:
                    instance = VirtualCallee(instance, args);
                    continue;
                default:
                    if (Machine.FindBody(this, instance, args, dest, target, unwind) is not var (body, bodyArgs)) return;
                    PushCall(body, bodyArgs, instance, args, dest, target, unwind);
                    return;
            }
        }
    }

    private Frame PushCall(Body body, GenericArgs bodyArgs, Instance instance, Op[] args, in MPlace dest, int target, UnwindAction unwind, bool isRoot = false)
    {
        var frame = new Frame(Instantiated(body, bodyArgs), instance) { Destination = dest, ReturnBlock = target, Unwind = unwind, IsRoot = isRoot };
        PushFrame(frame);
        // What has no bytes is not passed: a closure without captures is called through a function pointer without itself.
        int next = 0, fixedCount = body.SpreadArg >= 0 ? body.SpreadArg - 1 : body.ArgCount;
        for (int i = 0; i < fixedCount; i++) Pass(frame, LocalLayout(frame, i + 1), i + 1, -1, args, ref next);
        if (body.SpreadArg >= 0)
        {
            var tuple = LocalLayout(frame, body.SpreadArg);
            for (int i = 0; i < tuple.FieldCount; i++) Pass(frame, FieldLayout(tuple, i, null), body.SpreadArg, i, args, ref next);
        }
        while (next < args.Length && args[next].Layout.IsZst) next++;
        if (next < args.Length) throw InterpError.Ub($"calling a function with more arguments than it expected");
        return frame;
    }

    private void Pass(Frame frame, TyAndLayout layout, int local, int field, Op[] args, ref int next)
    {
        if (layout.IsZst) return;
        while (next < args.Length && args[next].Layout.IsZst) next++;
        if (next == args.Length) throw InterpError.Ub($"calling a function with fewer arguments than it requires");
        var place = LocalPlace(frame, local);
        PassArgument(args[next], field < 0 ? place : Field(place, field), next);
        next++;
    }

    private void PassArgument(in Op arg, in MPlace local, int index)
    {
        if (arg.Layout.IsUnsized) throw new UnsupportedException("an unsized argument");
        if (arg.Layout.Size != local.Layout.Size)
            throw InterpError.Ub($"calling a function whose parameter #{index + 1} has type {TypeName(local.Ty)} passing argument of type {TypeName(arg.Ty)}");
        CopyOp(arg, local);
    }

    /// <summary>Looks a method up in the receiver's vtable; the receiver becomes thin.</summary>
    private Instance VirtualCallee(Instance instance, Op[] args)
    {
        var receiver = args[0];
        Scalar vtable;
        if (receiver.Layout.IsUnsized)
        {
            // self by value: the callee is a shim that takes a pointer to it.
            vtable = receiver.Place.Meta!.Value;
            var concrete = VTableOf(vtable);
            args[0] = Op.Scalar(receiver.Place.Ptr.ToScalar(), LayoutOf(Tcx.Interner.RawPtr(concrete.Ty, Mutability.Mut)));
            return Method(concrete, instance);
        }
        // &self, Box<Self>, Rc<Self>, Pin<&mut Self>: the one field that is not zero-sized, down to the pointer.
        while (receiver.Ty.BuiltinDeref is null)
        {
            int field = -1;
            for (int i = 0; i < receiver.Layout.FieldCount; i++)
                if (Field(receiver, i).Layout.Size > 0) { field = i; break; }
            if (field < 0) throw new BugException($"receiver of type {TypeName(receiver.Ty)} has no pointer");
            receiver = Field(receiver, field);
        }
        var (ptr, meta) = ReadPointerAndMeta(receiver);
        vtable = meta ?? throw new BugException($"virtual call on {TypeName(receiver.Ty)}");
        var v = VTableOf(vtable);
        args[0] = Op.Scalar(ptr.ToScalar(), LayoutOf(Tcx.Interner.RawPtr(v.Ty, Mutability.Mut)));
        return Method(v, instance);
    }

    private Instance Method(GlobalAlloc.VTable vtable, Instance called)
    {
        var entries = Tcx.Traits.VtableEntries(vtable.Ty, vtable.Dyn);
        if (called.Index >= entries.Length || entries[called.Index] is not VtblEntry.Method m)
            throw InterpError.Ub($"`dyn` call trying to call something that is not a method: slot {called.Index} of the vtable of {TypeName(vtable.Ty)} for {TypeName(vtable.Dyn)}");
        return m.Instance;
    }

    // -- drops -------------------------------------------------------------------------------------------------------------------------------------

    private void EvalDrop(Frame frame, Terminator.Drop d)
    {
        var place = EvalPlace(d.Place);
        Scalar? meta = place.Meta;
        var ty = place.Ty;
        if (ty is DynamicTy)
        {
            ty = VTableOf(meta!.Value).Ty;
            meta = null;
        }
        var glue = Tcx.Traits.ResolveDropInPlace(ty);
        if (glue.Kind == InstanceKind.DropGlue && glue.Ty is null)
        {
            GotoBlock(frame, d.Target);
            return;
        }
        var layout = LayoutOf(Tcx.Interner.RawPtr(ty, Mutability.Mut));
        var arg = layout.Repr.IsScalarPair ? Op.Pair(place.Ptr.ToScalar(), meta!.Value, layout) : Op.Scalar(place.Ptr.ToScalar(), layout);
        Call(glue, [arg], UnitPlace(), d.Target, d.Unwind);
    }

    internal MPlace UnitPlace() => new(Pointer.Null, LayoutOf(Tcx.Interner.Unit));

    // -- assertions --------------------------------------------------------------------------------------------------------------------------------

    /// <summary>An integer as rustc's ConstInt prints it: MIN and MAX by name.</summary>
    private static string ConstInt(Scalar s, Ty ty, bool suffix)
    {
        string name = ty is PrimTy p ? p.Name : "";
        if (ty is not PrimTy { Kind: TyKind.Int or TyKind.Uint }) return s.Bits.ToString();
        if (ty.IsSigned)
        {
            var v = s.Signed;
            if (v == MinValue(s.Size)) return name + "::MIN";
            if (v == MaxValue(s.Size)) return name + "::MAX";
            return suffix ? $"{v}_{name}" : v.ToString();
        }
        if (s.Bits == Scalar.Truncate(U128.MaxValue, s.Size)) return name + "::MAX";
        return suffix ? $"{s.Bits}_{name}" : s.Bits.ToString();
    }

    internal string AssertMessage(Terminator.Assert a)
    {
        string Value(int i, bool suffix = true)
        {
            var op = EvalOperand(a.Operands[i]);
            return ConstInt(ReadScalar(op), op.Ty, suffix);
        }
        string Flavour(string plain, string desugared) => a.Coroutine switch
        {
            CoroutineDesugaring.None => plain,
            CoroutineDesugaring.Async => "`async fn` " + desugared,
            CoroutineDesugaring.Gen => "`gen fn` " + desugared,
            _ => "`async gen fn` " + desugared,
        };
        switch (a.Kind)
        {
            case AssertKind.BoundsCheck: return $"index out of bounds: the length is {Value(0, false)} but the index is {Value(1, false)}";
            case AssertKind.Overflow:
                return a.Op switch
                {
                    BinOp.Shl or BinOp.ShlUnchecked => $"attempt to shift left by `{Value(1)}`, which would overflow",
                    BinOp.Shr or BinOp.ShrUnchecked => $"attempt to shift right by `{Value(1)}`, which would overflow",
                    _ => $"attempt to compute `{Value(0)} {OperatorText(a.Op)} {Value(1)}`, which would overflow",
                };
            case AssertKind.OverflowNeg: return $"attempt to negate `{Value(0)}`, which would overflow";
            case AssertKind.DivisionByZero: return $"attempt to divide `{Value(0)}` by zero";
            case AssertKind.RemainderByZero: return $"attempt to calculate the remainder of `{Value(0)}` with a divisor of zero";
            case AssertKind.ResumedAfterReturn: return Flavour("coroutine resumed after completion", "resumed after completion");
            case AssertKind.ResumedAfterPanic: return Flavour("coroutine resumed after panicking", "resumed after panicking");
            case AssertKind.ResumedAfterDrop: return Flavour("coroutine resumed after async drop", "resumed after async drop");
            case AssertKind.MisalignedPointerDereference: return $"misaligned pointer dereference: address must be a multiple of {Value(0)} but is {Value(1)}";
            case AssertKind.NullPointerDereference: return "null pointer dereference occurred";
            case AssertKind.InvalidEnumConstruction: return $"trying to construct an enum from an invalid value `{Value(0)}`";
            default: throw new BugException($"unknown assertion {a.Kind}");
        }
    }

    private static string OperatorText(BinOp op) => op switch
    {
        BinOp.Add or BinOp.AddUnchecked or BinOp.AddWithOverflow => "+",
        BinOp.Sub or BinOp.SubUnchecked or BinOp.SubWithOverflow => "-",
        BinOp.Mul or BinOp.MulUnchecked or BinOp.MulWithOverflow => "*",
        BinOp.Div => "/",
        BinOp.Rem => "%",
        _ => op.ToString(),
    };
}
