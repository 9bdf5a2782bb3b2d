using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>Calls: direct, virtual, through pointers, of intrinsics, of lang items; drops.</summary>
internal sealed partial class FunctionLowering
{
    private void LowerCall(Terminator.Call call)
    {
        var source = call.SourceInfo with { Span = call.FnSpan.IsDummy ? call.SourceInfo.Span : call.FnSpan };
        var calleeTy = OperandTy(call.Func);
        Instance? instance = null;
        if (calleeTy is FnDefTy f)
        {
            instance = _tcx.Traits.Resolve(f.Def, f.Args) ?? throw new BugException($"`{_tcx.DefPath(f.Def)}{f.Args}` resolves to nothing in {_symbol}");
            if (instance is { Kind: InstanceKind.DropGlue, Ty: null })
            {
                GoTo(call.Target);
                return;
            }
            if (instance.Kind == InstanceKind.Intrinsic)
            {
                if (LowerIntrinsicCall(call, instance, source)) return;
                // The intrinsic's own body says what it does.
                if (_tcx.Intrinsic(instance.Def) is { MustBeOverridden: true } intrinsic) throw new UnsupportedException($"intrinsic `{intrinsic.Name}`");
                instance = Instance.Item(instance.Def, instance.Args);
            }
            if (_tcx.CodegenFnAttrs(instance.Def).SymbolName is { } name && name.StartsWith("llvm.", StringComparison.Ordinal))
            {
                CallPlatformIntrinsic(name, call);
                return;
            }
        }
        else if (calleeTy is not FnPtrTy)
        {
            throw new BugException($"{calleeTy} is called");
        }

        FnAbi abi;
        LirSignature signature;
        var sig = SignatureOf(calleeTy, instance);
        if (sig.CVariadic)
        {
            var extra = new Ty[call.Args.Length - sig.Inputs.Length];
            for (int i = 0; i < extra.Length; i++) extra[i] = OperandTy(call.Args[sig.Inputs.Length + i]);
            abi = instance is null ? _tcx.Layouts.FnAbiOfFnPtr(sig, extra) : _tcx.Layouts.FnAbiOfVariadicCall(instance, extra);
            signature = SignatureLowering.Lower(_tcx, abi);
        }
        else if (instance is null)
        {
            abi = _tcx.Layouts.FnAbiOfFnPtr(sig);
            signature = SignatureLowering.Lower(_tcx, abi);
        }
        else
        {
            (abi, signature) = _ctx.AbiOf(instance);
        }

        int callee = instance is null ? LowerOperand(call.Func).Value : -1;
        var values = new List<int>(abi.Args.Length + 1);
        var memory = ReturnMemory(call, abi, values);
        int abiArg = 0;
        bool untuple = sig.Abi == ExternAbi.RustCall && call.Args.Length > 0;
        for (int i = 0; i < call.Args.Length; i++)
        {
            ref readonly var operand = ref call.Args[i];
            var value = LowerOperand(operand);
            if (i == 0 && instance is { Kind: InstanceKind.Virtual })
            {
                callee = VirtualReceiver(instance, value, values);
                abiArg++;
                continue;
            }
            if (untuple && i == call.Args.Length - 1)
            {
                PassTuple(operand, value, abi, ref abiArg, values);
                continue;
            }
            PassArgument(OwnedArgument(operand, value), abi.Args[abiArg++], values);
        }
        if (instance is not null && _ctx.RequiresCallerLocation(instance))
        {
            values.Add(CallerLocation(source));
            abiArg++;
        }
        if (abiArg != abi.Args.Length) throw new BugException($"a call in {_symbol} passes {abiArg} ABI arguments of {abi.Args.Length} to {(instance is null ? calleeTy : instance)}");

        SetLocation(source);
        var symbol = callee < 0 ? Callee(instance!, abi, signature) : null;
        FinishCall(symbol, callee, abi, signature, values, memory, call.Destination, call.Target, call.Unwind);
    }

    private LirSymbol Callee(Instance instance, FnAbi abi, LirSignature signature)
    {
        var symbol = UseCode(instance);
        Declare(symbol, instance, abi, signature);
        return symbol;
    }

    /// <summary>Makes the call and goes on at its target with the result assigned.</summary>
    private void FinishCall(LirSymbol? symbol, int callee, FnAbi abi, LirSignature signature, List<int> values, PlaceRef memory, in Place destination, int target, UnwindAction unwind,
        bool resultIgnored = false)
    {
        bool canUnwind = CanUnwind(abi);
        var flags = CallFlags.None;
        if (!canUnwind || unwind.Kind == UnwindActionKind.Unreachable) flags |= CallFlags.NoUnwind;
        if (abi.Ret.Layout.Uninhabited) flags |= CallFlags.NoReturn;
        if (_body.Blocks[_currentBlock].IsCleanup) flags |= CallFlags.Cold;
        var args = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(values);
        int pad = UnwindTarget(unwind, canUnwind);
        int result;
        if (pad >= 0)
        {
            // The result exists on the normal edge only, so what is done with it gets a block of its own there.
            int normal = _b.NewBlock(target < 0);
            result = symbol is not null ? _b.Invoke(symbol, signature, args, normal, pad, flags) : _b.InvokeIndirect(callee, signature, args, normal, pad, flags);
            _b.SwitchTo(normal);
        }
        else
        {
            result = symbol is not null ? _b.Call(symbol, signature, args, flags) : _b.CallIndirect(callee, signature, args, flags);
        }
        if (target < 0)
        {
            _b.Unreachable();
            return;
        }
        // What is returned indirectly is in place already, unless it had to go through a temporary.
        if (!resultIgnored && (abi.Ret.Mode.Kind != PassModeKind.Indirect || _memoryIsTemporary)) AssignOperand(destination, CallResult(abi.Ret, signature, result, memory));
        _b.Br(BlockOf(target));
    }

    private bool CanUnwind(FnAbi abi) => abi.CanUnwind && Options.Panic == PanicStrategy.Unwind;

    private bool _memoryIsTemporary;

    /// <summary>Memory for an indirect return, already passed as the first value.</summary>
    private PlaceRef ReturnMemory(Terminator.Call call, FnAbi abi, List<int> values)
    {
        _memoryIsTemporary = false;
        if (abi.Ret.Mode.Kind != PassModeKind.Indirect) return default;
        PlaceRef place;
        if (call.Target < 0 || call.Destination.IsLocal && _locals[call.Destination.Local].Kind != LocalKind.Memory)
        {
            place = NewTemporary(abi.Ret.Layout);
            _memoryIsTemporary = true;
        }
        else
        {
            place = LowerPlace(call.Destination);
            if (place.Align < abi.Ret.Layout.Align)
            {
                place = NewTemporary(abi.Ret.Layout);
                _memoryIsTemporary = true;
            }
        }
        values.Add(place.Ptr);
        return place;
    }

    /// <summary>An argument whose memory the callee may keep: moved ones are given away, copies and constants are copied.</summary>
    private OperandRef OwnedArgument(in Operand operand, OperandRef value)
    {
        if (value.Kind != OperandValue.Ref || value.B >= 0 || operand.Kind == OperandKind.Move || DeliberateFault.Is(Fault.IndirectArgumentNotCopied)) return value;
        var copy = NewTemporary(value.Layout);
        Store(value, copy);
        return OperandRef.Ref(copy);
    }

    private void PassTuple(in Operand operand, OperandRef tuple, FnAbi abi, ref int abiArg, List<int> into)
    {
        if (tuple.Layout.Ty is not TupleTy ty) throw new BugException($"the last argument of a rust-call is {tuple.Layout.Ty}");
        if (tuple.Kind == OperandValue.Ref) tuple = OwnedArgument(operand, tuple);
        for (int i = 0; i < ty.Elements.Length; i++)
        {
            var layout = _ctx.LayoutOf(ty.Elements[i]);
            var element = tuple.Kind == OperandValue.Ref
                ? LoadOperand(FieldPlace(tuple.AsPlace, i, layout))
                : Extract(tuple, tuple.Layout.FieldOffset(i), layout);
            PassArgument(element, abi.Args[abiArg++], into);
        }
    }

    /// <summary>Passes the data pointer of a trait object and loads the method from its vtable.</summary>
    private int VirtualReceiver(Instance instance, OperandRef receiver, List<int> into)
    {
        if (receiver.Kind == OperandValue.Ref && receiver.B >= 0)
        {
            into.Add(receiver.A);
            return LoadVtableFunction(receiver.B, instance.Index);
        }
        // Newtypes around the pointer (Rc, Pin) are pairs like it.
        if (receiver.Kind != OperandValue.Pair) throw new BugException($"a virtual call on {receiver.Layout.Ty} ({receiver.Kind})");
        into.Add(receiver.A);
        return LoadVtableFunction(receiver.B, instance.Index);
    }

    private Ty OperandTy(in Operand operand) => operand.Kind switch
    {
        OperandKind.Constant => operand.Constant!.Const.Type,
        OperandKind.RuntimeChecks => _tcx.Interner.Bool,
        _ => PlaceLayout(operand.Place).Ty,
    };

    private FnSig SignatureOf(Ty callee, Instance? instance) => callee switch
    {
        FnPtrTy p => _tcx.EraseBinder(p.Sig),
        // Only the shape matters: how many inputs, which ABI.
        FnDefTy f => _tcx.FnSig(f.Def).Value,
        _ => throw new BugException($"{instance} has no signature"),
    };

    // -- lang items --------------------------------------------------------------------------------------------------------------------------------

    /// <summary>Calls a lang item function that does not return. Ends the block.</summary>
    private void CallLangFunction(string langItem, ReadOnlySpan<int> args, UnwindAction unwind)
    {
        var instance = _ctx.LangFunction(langItem);
        var (abi, signature) = _ctx.AbiOf(instance);
        var symbol = Use(instance);
        Declare(symbol, instance, abi, signature);
        if (signature.Params.Length != args.Length) throw new BugException($"lang item `{langItem}` takes {signature.Params.Length} arguments, not {args.Length}");
        FinishCall(symbol, -1, abi, signature, [.. args], default, default, -1, unwind);
    }

    // -- drop --------------------------------------------------------------------------------------------------------------------------------------

    private void LowerDrop(Terminator.Drop drop)
    {
        if (drop.AsyncFut >= 0) throw new UnsupportedException("async drop");
        var ty = PlaceLayout(drop.Place).Ty;
        var glue = _tcx.Traits.ResolveDropInPlace(ty);
        if (glue is { Kind: InstanceKind.DropGlue, Ty: null })
        {
            GoTo(drop.Target);
            return;
        }
        var place = LowerPlace(drop.Place);
        if (ty is DynamicTy)
        {
            // The vtable has null where there is nothing to drop.
            int function = LoadVtableFunction(place.Meta, VtableDrop, mayBeNull: true);
            int call = _b.NewBlock();
            _b.CondBr(_b.ICmp(IntCond.Ne, function, _b.Zero(LirType.Ptr)), call, BlockOf(drop.Target));
            _b.SwitchTo(call);
            var virtualDrop = new Instance(InstanceKind.Virtual, glue.Def, glue.Args);
            var (dynAbi, dynSignature) = _ctx.AbiOf(virtualDrop);
            FinishCall(null, function, dynAbi, dynSignature, [place.Ptr], default, default, drop.Target, drop.Unwind, resultIgnored: true);
            return;
        }
        var (abi, signature) = _ctx.AbiOf(glue);
        var symbol = Callee(glue, abi, signature);
        List<int> args = place.Layout.IsUnsized && place.Meta >= 0 ? [place.Ptr, place.Meta] : [place.Ptr];
        FinishCall(symbol, -1, abi, signature, args, default, default, drop.Target, drop.Unwind, resultIgnored: true);
    }
}
