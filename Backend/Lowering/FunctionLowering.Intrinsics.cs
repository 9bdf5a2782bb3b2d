using System.Text;
using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;
using Mirlink.Mir.Text;

namespace Mirlink.Backend.Lowering;

/// <summary>
/// Intrinsics in place of calls, by rustc 1.96's list (library/core/src/intrinsics). What is not here and has a body of its own is called; the rest is
/// unsupported.
/// </summary>
internal sealed partial class FunctionLowering
{
    /// <summary>Lowers the call and ends the block; false if the intrinsic's fallback body has to be called.</summary>
    private bool LowerIntrinsicCall(Terminator.Call call, Instance instance, SourceInfo source)
    {
        string name = _tcx.Intrinsic(instance.Def)?.Name ?? throw new BugException($"{_tcx.DefPath(instance.Def)} is not an intrinsic");
        SetLocation(source);
        switch (name)
        {
            case "abort":
                _b.Trap();
                return true;
            case "unreachable":
                _b.Unreachable();
                return true;
            case "assert_inhabited" or "assert_zero_valid" or "assert_mem_uninitialized_valid":
                LowerValidityAssertion(name, call, instance.Args.Type(0), source);
                return true;
            case "caller_location":
                Finish(OperandRef.Immediate(PlaceLayout(call.Destination), CallerLocation(source)));
                return true;
        }

        var args = new OperandRef[call.Args.Length];
        for (int i = 0; i < args.Length; i++) args[i] = LowerOperand(call.Args[i]);
        var result = PlaceLayout(call.Destination);
        if (name == "catch_unwind")
        {
            Finish(OperandRef.Immediate(result, CatchUnwind(args[0].Value, args[1].Value, args[2].Value)));
            return true;
        }
        var value = name.StartsWith("simd_", StringComparison.Ordinal) ? SimdIntrinsic(name, call, instance.Args, args, result)
            : name.StartsWith("atomic_", StringComparison.Ordinal) ? AtomicIntrinsic(name, instance.Args, args, result)
            : MemoryIntrinsic(name, instance.Args, args, result) ?? ArithmeticIntrinsic(name, args, result) ?? TypeIntrinsic(name, instance.Args, args, result)
            ?? FloatIntrinsic(name, args, result);
        if (value is null) return false;
        Finish(value.Value);
        return true;

        void Finish(OperandRef v)
        {
            if (call.Target < 0) { _b.Unreachable(); return; }
            AssignOperand(call.Destination, v);
            _b.Br(BlockOf(call.Target));
        }
    }

    private OperandRef Unit(TyAndLayout result) => result.IsZst ? OperandRef.ZeroSized(result) : throw new BugException($"an intrinsic without result assigns to {result.Ty}");

    // -- validity ----------------------------------------------------------------------------------------------------------------------------------

    private void LowerValidityAssertion(string name, Terminator.Call call, Ty ty, SourceInfo source)
    {
        var layout = _ctx.LayoutOf(ty);
        string? message = layout.Uninhabited ? $"attempted to instantiate uninhabited type `{Name()}`"
            : name == "assert_zero_valid" && !Validity.PermitsZero(_ctx, layout) ? $"attempted to zero-initialize type `{Name()}`, which is invalid"
            : name == "assert_mem_uninitialized_valid" && !Validity.PermitsUninit(_ctx, layout) ? $"attempted to leave type `{Name()}` uninitialized, which is invalid"
            : null;
        if (message is null)
        {
            GoTo(call.Target);
            return;
        }
        var (pointer, length) = StringConstant(message);
        CallLangFunction("panic_nounwind", [pointer, length], UnwindAction.Unreachable);

        string Name()
        {
            var text = new StringBuilder();
            new PathPrinter(_tcx, CompilingCrate.Of(_tcx, _body, _instance, source), text) { ForMessages = true }.Type(ty);
            return text.ToString();
        }
    }

    // -- unwinding ---------------------------------------------------------------------------------------------------------------------------------

    /// <summary>Calls tryFn(data); if it unwinds, catchFn(data, exception). 1 if it did, as I32.</summary>
    private int CatchUnwind(int tryFn, int data, int catchFn)
    {
        var trySignature = new LirSignature { Params = [new LirParam(LirType.Ptr)], Returns = [] };
        if (Options.Panic == PanicStrategy.Abort)
        {
            _b.CallIndirect(tryFn, trySignature, [data], CallFlags.NoUnwind);
            return _b.IConst(LirType.I32, 0L);
        }
        var catchSignature = new LirSignature { Params = [new LirParam(LirType.Ptr), new LirParam(LirType.Ptr)], Returns = [] };
        int outcome = _b.NewVar(LirType.I32);
        int normal = _b.NewBlock(), caught = _b.NewBlock(cold: true), done = _b.NewBlock();
        _b.InvokeIndirect(tryFn, trySignature, [data], normal, caught);
        _b.SwitchTo(normal);
        _b.DefVar(outcome, _b.IConst(LirType.I32, 0L));
        _b.Br(done);
        _b.SwitchTo(caught);
        int exception = _b.LandingPad(LandingPadKind.CatchAll);
        _b.CallIndirect(catchFn, catchSignature, [data, exception]);
        _b.DefVar(outcome, _b.IConst(LirType.I32, 1L));
        _b.Br(done);
        _b.SwitchTo(done);
        return _b.UseVar(outcome);
    }

    // -- memory ------------------------------------------------------------------------------------------------------------------------------------

    private OperandRef? MemoryIntrinsic(string name, GenericArgs generic, OperandRef[] args, TyAndLayout result)
    {
        switch (name)
        {
            case "copy_nonoverlapping": return Copy(args[1], args[0], overlapping: false, 0);
            case "copy": return Copy(args[1], args[0], overlapping: true, 0);
            case "volatile_copy_nonoverlapping_memory": return Copy(args[0], args[1], overlapping: false, MemFlags.Volatile);
            case "volatile_copy_memory": return Copy(args[0], args[1], overlapping: true, MemFlags.Volatile);
            case "write_bytes": return Fill(0);
            case "volatile_set_memory": return Fill(MemFlags.Volatile);
            case "read_via_copy":
            {
                var layout = _ctx.LayoutOf(generic.Type(0));
                return LoadOperand(new PlaceRef(args[0].Value, layout));
            }
            case "write_via_move":
                Store(args[1], new PlaceRef(args[0].Value, args[1].Layout));
                return Unit(result);
            case "volatile_load" or "unaligned_volatile_load":
                return VolatileLoad(args[0].Value, result, name == "volatile_load" ? result.Align : 1);
            case "volatile_store" or "unaligned_volatile_store":
                Store(args[1], new PlaceRef(args[0].Value, args[1].Layout, name == "volatile_store" ? args[1].Layout.Align : 1), MemFlags.Volatile);
                return Unit(result);
            case "nontemporal_store":
                Store(args[1], new PlaceRef(args[0].Value, args[1].Layout), MemFlags.NonTemporal);
                return Unit(result);
            case "typed_swap_nonoverlapping":
            {
                var layout = _ctx.LayoutOf(generic.Type(0));
                if (layout.Repr.IsMemory && Optimize && !layout.IsZst) return null;
                SwapValues(new PlaceRef(args[0].Value, layout), new PlaceRef(args[1].Value, layout));
                return Unit(result);
            }
            case "compare_bytes":
                return OperandRef.Immediate(result, _b.Emit(LirOp.MemCmp, LirType.I32, args[0].Value, args[1].Value, args[2].Value));
            case "raw_eq":
                return OperandRef.Immediate(result, RawEquality(args[0].Value, args[1].Value, _ctx.LayoutOf(generic.Type(0))));
            case "prefetch_read_data": return Prefetch(0, 1);
            case "prefetch_write_data": return Prefetch(1, 1);
            case "prefetch_read_instruction": return Prefetch(0, 0);
            case "prefetch_write_instruction": return Prefetch(1, 0);
            case "black_box":
                return BlackBox(args[0]);
            case "va_end":
                return Unit(result);
            case "va_arg":
                return VaArg(args[0].Value, result);
            default:
                return null;
        }

        OperandRef Copy(OperandRef dst, OperandRef src, bool overlapping, MemFlags flags)
        {
            var layout = _ctx.LayoutOf(generic.Type(0));
            if (layout.Size == 0) return Unit(result);
            int bytes = Scale(args[2].Value, layout.Size, LirOp.Mul);
            uint align = (uint)layout.Align;
            if (overlapping) _b.MemMove(dst.Value, align, src.Value, align, bytes, flags);
            else _b.MemCpy(dst.Value, align, src.Value, align, bytes, flags);
            return Unit(result);
        }

        OperandRef Fill(MemFlags flags)
        {
            var layout = _ctx.LayoutOf(generic.Type(0));
            if (layout.Size != 0) _b.MemSet(args[0].Value, (uint)layout.Align, args[1].Value, Scale(args[2].Value, layout.Size, LirOp.Mul), flags);
            return Unit(result);
        }

        OperandRef Prefetch(int write, int data)
        {
            long locality = (long)(generic.Const(1).TryBits ?? throw new BugException("the locality of a prefetch is not known"));
            _b.Emit(LirOp.Prefetch, LirType.Void, args[0].Value, imm: (uint)write | (locality & 3) << 1 | (long)(uint)data << 3);
            return Unit(result);
        }
    }

    private OperandRef VolatileLoad(int pointer, TyAndLayout layout, ulong align)
    {
        if (layout.IsZst) return OperandRef.ZeroSized(layout);
        switch (layout.Repr.Kind)
        {
            case BackendReprKind.Scalar:
                return OperandRef.Immediate(layout, LoadScalar(layout.Repr.A, pointer, align, MemFlags.Volatile));
            case BackendReprKind.ScalarPair:
            {
                ulong offset = layout.Repr.PairOffset;
                int a = LoadScalar(layout.Repr.A, pointer, align, MemFlags.Volatile);
                return OperandRef.Pair(layout, a, LoadScalar(layout.Repr.B, _b.PtrAdd(pointer, (long)offset), AlignAt(align, offset), MemFlags.Volatile));
            }
            case BackendReprKind.SimdVector:
                return OperandRef.Immediate(layout, _b.Load(MachineTypes.OfVector(layout.Repr), pointer, (uint)align, MemFlags.Volatile));
            default:
                var copy = NewTemporary(layout);
                CopyMemory(copy.Ptr, copy.Align, pointer, align, layout.Size, MemFlags.Volatile);
                return OperandRef.Ref(copy);
        }
    }

    private void SwapValues(PlaceRef x, PlaceRef y)
    {
        var first = LoadOperand(x);
        if (first.Kind == OperandValue.Ref)
        {
            first = OperandRef.Ref(Spill(first));
        }
        Store(LoadOperand(y), x);
        Store(first, y);
    }

    private int RawEquality(int a, int b, TyAndLayout layout)
    {
        if (layout.Size == 0) return _b.IConst(LirType.I1, 1L);
        if (layout.Size is 1 or 2 or 4 or 8 or 16 && !layout.Repr.IsVector)
        {
            var type = LirType.Int((int)layout.Size * 8);
            return _b.ICmp(IntCond.Eq, _b.Load(type, a, (uint)layout.Align), _b.Load(type, b, (uint)layout.Align));
        }
        int difference = _b.Emit(LirOp.MemCmp, LirType.I32, a, b, Usize(layout.Size));
        return _b.ICmp(IntCond.Eq, difference, _b.IConst(LirType.I32, 0L));
    }

    /// <summary>A value that the optimizer knows nothing about: through memory whose address has escaped.</summary>
    private OperandRef BlackBox(OperandRef value)
    {
        if (value.Kind == OperandValue.ZeroSized)
        {
            // Nothing to hide, but still a barrier: std ends frames with it that must not become tail calls.
            _b.Unary(LirOp.BlackBox, _b.Zero(LirType.Ptr));
            return value;
        }
        if (value is { Kind: OperandValue.Immediate } && !value.Layout.Repr.IsVector) return value with { A = _b.Unary(LirOp.BlackBox, value.A) };
        var place = Spill(value);
        int pointer = _b.Unary(LirOp.BlackBox, place.Ptr);
        return LoadOperand(place with { Ptr = pointer });
    }

    /// <summary>The next C variadic argument by the System V rules: registers as long as there are some, then the stack.</summary>
    private OperandRef VaArg(int list, TyAndLayout result)
    {
        if (!result.Repr.IsScalar || result.Size > 8) throw new UnsupportedException($"a C variadic argument of type `{result.Ty}`");
        bool isFloat = result.Repr.A.IsFloat;
        // struct { gp_offset: u32, fp_offset: u32, overflow_arg_area: *mut, reg_save_area: *mut }
        int offsetAddress = _b.PtrAdd(list, isFloat ? 4 : 0);
        int offset = _b.Load(LirType.I32, offsetAddress, 4);
        int fromRegisters = _b.NewBlock(), fromStack = _b.NewBlock(), done = _b.NewBlock(), address = _b.NewVar(LirType.Ptr);
        _b.CondBr(_b.ICmp(IntCond.Ule, offset, _b.IConst(LirType.I32, isFloat ? 176 - 16L : 48 - 8L)), fromRegisters, fromStack);
        _b.SwitchTo(fromRegisters);
        int save = _b.Load(LirType.Ptr, _b.PtrAdd(list, 16), 8);
        _b.DefVar(address, _b.PtrAddDyn(save, _b.Convert(LirOp.ZExt, LirType.I64, offset)));
        _b.Store(_b.Binary(LirOp.Add, offset, _b.IConst(LirType.I32, isFloat ? 16L : 8L)), offsetAddress, 4);
        _b.Br(done);
        _b.SwitchTo(fromStack);
        int overflow = _b.Load(LirType.Ptr, _b.PtrAdd(list, 8), 8);
        _b.DefVar(address, overflow);
        _b.Store(_b.PtrAdd(overflow, 8), _b.PtrAdd(list, 8), 8);
        _b.Br(done);
        _b.SwitchTo(done);
        return LoadOperand(new PlaceRef(_b.UseVar(address), result, Math.Min(result.Align, 8)));
    }

    // -- types and pointers ------------------------------------------------------------------------------------------------------------------------

    private OperandRef? TypeIntrinsic(string name, GenericArgs generic, OperandRef[] args, TyAndLayout result)
    {
        switch (name)
        {
            case "size_of_val":
                return OperandRef.Immediate(result, SizeAndAlignOfValue(_ctx.LayoutOf(generic.Type(0)), Meta(args[0])).Size);
            case "align_of_val":
                return OperandRef.Immediate(result, SizeAndAlignOfValue(_ctx.LayoutOf(generic.Type(0)), Meta(args[0])).Align);
            case "size_of":
                return OperandRef.Immediate(result, Usize(_ctx.LayoutOf(generic.Type(0)).Size));
            case "align_of":
                return OperandRef.Immediate(result, Usize(_ctx.LayoutOf(generic.Type(0)).Align));
            case "needs_drop":
                return OperandRef.Immediate(result, _b.IConst(LirType.I1, _tcx.Traits.NeedsDrop(generic.Type(0)) ? 1L : 0L));
            case "vtable_size":
                return OperandRef.Immediate(result, LoadVtableSize(args[0].Value));
            case "vtable_align":
                return OperandRef.Immediate(result, LoadVtableAlign(args[0].Value));
            case "discriminant_value":
            {
                var pointee = _ctx.LayoutOf(generic.Type(0));
                return OperandRef.Immediate(result, Discriminant(LoadOperand(new PlaceRef(args[0].Value, pointee)), result));
            }
            case "offset" or "arith_offset":
            {
                var pointee = name == "offset" ? args[0].Layout.Ty.BuiltinDeref! : generic.Type(0);
                ulong size = _ctx.LayoutOf(pointee).Size;
                if (size == 0) return OperandRef.Immediate(result, args[0].Value);
                return OperandRef.Immediate(result, _b.PtrAddDyn(args[0].Value, Scale(args[1].Value, size, LirOp.Mul), wrapping: name == "arith_offset"));
            }
            case "ptr_mask":
            {
                if (Optimize)
                {
                    var signature = new LirSignature { Params = [new LirParam(LirType.Ptr), new LirParam(LirType.I64)], Returns = [new LirParam(LirType.Ptr)] };
                    return OperandRef.Immediate(result, _b.CallIntrinsic("llvm.ptrmask.p0.i64", signature, [args[0].Value, args[1].Value], CallFlags.NoUnwind));
                }
                int address = _b.Convert(LirOp.PtrToInt, LirType.I64, args[0].Value);
                int masked = _b.Binary(LirOp.And, address, args[1].Value);
                return OperandRef.Immediate(result, _b.PtrAddDyn(args[0].Value, _b.Binary(LirOp.Sub, masked, address), wrapping: true));
            }
            case "ptr_offset_from" or "ptr_offset_from_unsigned":
            {
                ulong size = _ctx.LayoutOf(generic.Type(0)).Size;
                int a = _b.Convert(LirOp.PtrToInt, LirType.I64, args[0].Value), b = _b.Convert(LirOp.PtrToInt, LirType.I64, args[1].Value);
                bool unsigned = name == "ptr_offset_from_unsigned";
                int difference = _b.Binary(unsigned ? LirOp.SubNuw : LirOp.Sub, a, b);
                return OperandRef.Immediate(result, size == 1 ? difference : _b.Binary(unsigned ? LirOp.UDivExact : LirOp.SDivExact, difference, Usize(size)));
            }
            case "ptr_guaranteed_cmp":
                return null;
            case "ptr_metadata":
                return args[0].Kind == OperandValue.Pair ? OperandRef.Immediate(result, args[0].B) : Unit(result);
            case "aggregate_raw_ptr":
                return result.Repr.IsScalarPair ? OperandRef.Pair(result, args[0].Value, args[1].Value) : OperandRef.Immediate(result, args[0].Value);
            case "transmute" or "transmute_unchecked":
            {
                if (!result.Repr.IsMemory || result.IsZst) return Transmute(args[0], result);
                if (args[0].Layout.Size != result.Size) { UnreachableFromHere(); return UndefOperand(result); }
                var place = args[0].Kind == OperandValue.Ref ? args[0].AsPlace : Spill(args[0]);
                return OperandRef.Ref(place with { Layout = result });
            }
            case "forget" or "cold_path":
                return Unit(result);
            case "assume":
                if (Optimize) _b.Emit(LirOp.Assume, LirType.Void, args[0].Value);
                return Unit(result);
            case "likely" or "unlikely":
                return OperandRef.Immediate(result, Optimize ? _b.Emit(LirOp.Expect, LirType.I1, args[0].Value, imm: name == "likely" ? 1 : 0) : args[0].Value);
            case "breakpoint":
                _b.Emit(LirOp.Breakpoint, LirType.Void);
                return Unit(result);
            case "ub_checks":
                return OperandRef.Immediate(result, _b.IConst(LirType.I1, Options.UbChecks ? 1L : 0L));
            case "overflow_checks":
                return OperandRef.Immediate(result, _b.IConst(LirType.I1, Options.OverflowChecks ? 1L : 0L));
            case "contract_checks":
                return OperandRef.Immediate(result, _b.IConst(LirType.I1, Options.ContractChecks ? 1L : 0L));
            case "is_val_statically_known":
            {
                if (!Optimize || args[0].Kind != OperandValue.Immediate || args[0].Layout.Repr.IsVector) return OperandRef.Immediate(result, _b.IConst(LirType.I1, 0L));
                var type = _b.TypeOf(args[0].A);
                var signature = new LirSignature { Params = [new LirParam(type)], Returns = [new LirParam(LirType.I1)] };
                return OperandRef.Immediate(result, _b.CallIntrinsic("llvm.is.constant." + OverloadSuffix(type), signature, [args[0].A], CallFlags.NoUnwind));
            }
            case "select_unpredictable":
                return SelectValue(args[0].Value, args[1], args[2]);
            default:
                return null;
        }

        static int Meta(OperandRef pointer) => pointer.Kind == OperandValue.Pair ? pointer.B : -1;
    }

    private OperandRef SelectValue(int condition, OperandRef a, OperandRef b)
    {
        switch (a.Kind)
        {
            case OperandValue.ZeroSized: return a;
            case OperandValue.Immediate: return a with { A = _b.Select(condition, a.A, b.A) };
            case OperandValue.Pair: return a with { A = _b.Select(condition, a.A, b.A), B = _b.Select(condition, a.B, b.B) };
            default: return a with { A = _b.Select(condition, a.A, b.A), Align = Math.Min(a.Align, b.Align) };
        }
    }

    /// <summary>How LLVM names a type in the name of an overloaded intrinsic.</summary>
    private static string OverloadSuffix(LirType type)
    {
        string scalar = type.Scalar switch
        {
            ScalarKind.Ptr => "p0",
            ScalarKind.F16 => "f16",
            ScalarKind.F32 => "f32",
            ScalarKind.F64 => "f64",
            ScalarKind.F128 => "f128",
            _ => "i" + type.ScalarBits.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        return type.IsVector ? $"v{type.Lanes}{scalar}" : scalar;
    }
}
