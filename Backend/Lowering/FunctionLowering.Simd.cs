using System.Buffers.Binary;
using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>Portable vector intrinsics (library/core/src/intrinsics/simd): lane-wise operations, masks, shuffles, reductions, masked memory.</summary>
internal sealed partial class FunctionLowering
{
    private OperandRef? SimdIntrinsic(string name, Terminator.Call call, GenericArgs generic, OperandRef[] args, TyAndLayout result)
    {
        OperandRef Value(int v) => OperandRef.Immediate(result, v);
        int Vector(int i) => args[i].Layout.Repr.IsVector ? args[i].Value : throw new UnsupportedException($"`{name}` of `{_ctx.Names.TypeName(args[i].Layout.Ty)}`");
        Scalar ElementOf(int i) => args[i].Layout.Repr.A;
        string operation = name["simd_".Length..];

        // What does not start with a vector.
        switch (operation)
        {
            case "splat":
                return Value(_b.Emit(LirOp.Splat, ResultVector(), args[0].Value));
            case "masked_load":
            {
                int pass = Vector(2);
                return Value(_b.Emit(LirOp.MaskedLoad, _b.TypeOf(pass), args[1].Value, Mask(Vector(0)), pass, imm: MaskedAlign(generic, args[2].Layout)));
            }
            case "masked_store":
                _b.Emit(LirOp.MaskedStore, LirType.Void, args[1].Value, Vector(2), Mask(Vector(0)), imm: MaskedAlign(generic, args[2].Layout));
                return Unit(result);
            case "select_bitmask":
                return Value(_b.Select(MaskOfBits(args[0], args[1].Layout.Repr.Count), Vector(1), Vector(2)));
        }

        int a = Vector(0);
        var element = ElementOf(0);
        bool isFloat = element.IsFloat, signed = element.Signed;
        var type = _b.TypeOf(a);
        switch (operation)
        {
            case "insert" or "insert_dyn": return Value(_b.Emit(LirOp.InsertLane, type, a, args[2].Value, args[1].Value));
            case "extract" or "extract_dyn": return Value(_b.Emit(LirOp.ExtractLane, type.Element, a, args[1].Value));
            case "add": return Value(_b.Binary(isFloat ? LirOp.FAdd : LirOp.Add, a, Vector(1)));
            case "sub": return Value(_b.Binary(isFloat ? LirOp.FSub : LirOp.Sub, a, Vector(1)));
            case "mul": return Value(_b.Binary(isFloat ? LirOp.FMul : LirOp.Mul, a, Vector(1)));
            case "div": return Value(_b.Binary(isFloat ? LirOp.FDiv : signed ? LirOp.SDiv : LirOp.UDiv, a, Vector(1)));
            case "rem": return Value(_b.Binary(isFloat ? LirOp.FRem : signed ? LirOp.SRem : LirOp.URem, a, Vector(1)));
            case "shl": return Value(_b.Binary(LirOp.Shl, a, Vector(1)));
            case "shr": return Value(_b.Binary(signed ? LirOp.AShr : LirOp.LShr, a, Vector(1)));
            case "and": return Value(_b.Binary(LirOp.And, a, Vector(1)));
            case "or": return Value(_b.Binary(LirOp.Or, a, Vector(1)));
            case "xor": return Value(_b.Binary(LirOp.Xor, a, Vector(1)));
            case "funnel_shl": return Value(_b.Emit(LirOp.FShl, type, a, Vector(1), Vector(2)));
            case "funnel_shr": return Value(_b.Emit(LirOp.FShr, type, a, Vector(1), Vector(2)));
            case "saturating_add": return Value(_b.Binary(signed ? LirOp.SAddSat : LirOp.UAddSat, a, Vector(1)));
            case "saturating_sub": return Value(_b.Binary(signed ? LirOp.SSubSat : LirOp.USubSat, a, Vector(1)));
            case "neg": return Value(_b.Unary(isFloat ? LirOp.FNeg : LirOp.Neg, a));
            case "bswap": return Value(element.Size == 1 ? a : _b.Unary(LirOp.BSwap, a));
            case "bitreverse": return Value(_b.Unary(LirOp.BitReverse, a));
            case "ctlz": return Value(_b.Unary(LirOp.CtLz, a));
            case "cttz": return Value(_b.Unary(LirOp.CtTz, a));
            case "ctpop": return Value(_b.Unary(LirOp.CtPop, a));
            case "cast" or "as": return Value(CastLanes(a, element, result, saturating: operation == "as"));
            case "cast_ptr": return Value(a);
            case "expose_provenance": return Value(_b.Convert(LirOp.PtrToInt, ResultVector(), a));
            case "with_exposed_provenance": return Value(_b.Convert(LirOp.IntToPtr, ResultVector(), a));
            case "eq" or "ne" or "lt" or "le" or "gt" or "ge": return Value(_b.Convert(LirOp.SExt, ResultVector(), CompareLanes(operation, a, Vector(1), isFloat, signed)));
            case "shuffle": return Value(_b.Shuffle(ResultVector(), a, Vector(1), ShuffleLanes(call, (int)result.Repr.Count)));
            case "select": return Value(_b.Select(Mask(a), Vector(1), Vector(2)));
            case "gather":
                return Value(_b.Emit(LirOp.Gather, type, Vector(1), Mask(Vector(2)), a, imm: element.Size));
            case "scatter":
                _b.Emit(LirOp.Scatter, LirType.Void, a, Vector(1), Mask(Vector(2)), imm: element.Size);
                return Unit(result);
            case "arith_offset": return Value(OffsetLanes(a, Vector(1), args[0].Layout));
            case "bitmask": return BitsOfMask(Mask(a), type.Lanes, result);
            case "reduce_all": return Value(_b.Emit(LirOp.VectorReduce, LirType.I1, Mask(a), flags: (int)VectorReduceOp.And));
            case "reduce_any": return Value(_b.Emit(LirOp.VectorReduce, LirType.I1, Mask(a), flags: (int)VectorReduceOp.Or));
            case "reduce_and": return Value(Reduce(VectorReduceOp.And));
            case "reduce_or": return Value(Reduce(VectorReduceOp.Or));
            case "reduce_xor": return Value(Reduce(VectorReduceOp.Xor));
            case "reduce_max": return Value(Reduce(isFloat ? VectorReduceOp.FMax : signed ? VectorReduceOp.SMax : VectorReduceOp.UMax));
            case "reduce_min": return Value(Reduce(isFloat ? VectorReduceOp.FMin : signed ? VectorReduceOp.SMin : VectorReduceOp.UMin));
            case "reduce_add_ordered":
                return Value(isFloat ? Reduce(VectorReduceOp.FAddOrdered, args[1].Value) : _b.Binary(LirOp.Add, Reduce(VectorReduceOp.Add), args[1].Value));
            case "reduce_mul_ordered":
                return Value(isFloat ? Reduce(VectorReduceOp.FMulOrdered, args[1].Value) : _b.Binary(LirOp.Mul, Reduce(VectorReduceOp.Mul), args[1].Value));
            case "reduce_add_unordered": return Value(Reduce(isFloat ? VectorReduceOp.FAddRelaxed : VectorReduceOp.Add));
            case "reduce_mul_unordered": return Value(Reduce(isFloat ? VectorReduceOp.FMulRelaxed : VectorReduceOp.Mul));
        }

        FloatFn? function = operation switch
        {
            "fabs" => FloatFn.FAbs,
            "ceil" => FloatFn.Ceil,
            "floor" => FloatFn.Floor,
            "round" => FloatFn.Round,
            "round_ties_even" => FloatFn.Rint,
            "trunc" => FloatFn.Trunc,
            "fsqrt" => FloatFn.Sqrt,
            "fma" => FloatFn.Fma,
            "relaxed_fma" => FloatFn.MulAdd,
            "fsin" => FloatFn.Sin,
            "fcos" => FloatFn.Cos,
            "fexp" => FloatFn.Exp,
            "fexp2" => FloatFn.Exp2,
            "flog" => FloatFn.Log,
            "flog2" => FloatFn.Log2,
            "flog10" => FloatFn.Log10,
            "minimum_number_nsz" => FloatFn.MinNum,
            "maximum_number_nsz" => FloatFn.MaxNum,
            _ => null,
        };
        return function is { } f ? Value(_b.FCall(f, type, a, args.Length > 1 ? Vector(1) : -1, args.Length > 2 ? Vector(2) : -1)) : null;

        LirType ResultVector() => result.Repr.IsVector ? MachineTypes.OfVector(result.Repr) : throw new UnsupportedException($"`{name}` making `{_ctx.Names.TypeName(result.Ty)}`");
        int Reduce(VectorReduceOp op, int start = -1) => _b.Emit(LirOp.VectorReduce, type.Element, a, start, flags: (int)op);
    }

    // -- masks -------------------------------------------------------------------------------------------------------------------------------------

    /// <summary>A vector of integers, all bits set or none, as a vector of I1: by the sign bit, like the machine's instructions.</summary>
    private int Mask(int value)
    {
        var type = _b.TypeOf(value);
        return type.Scalar == ScalarKind.I1 ? value : _b.ICmp(IntCond.Slt, value, _b.Zero(type));
    }

    private static LirType IntegerFor(ulong lanes) => LirType.Int(lanes switch
    {
        <= 8 => 8,
        <= 16 => 16,
        <= 32 => 32,
        <= 64 => 64,
        <= 128 => 128,
        _ => throw new UnsupportedException($"a mask of {lanes} bits"),
    });

    /// <summary>A mask's lanes as bits, lane 0 lowest, of an integer or of an array of bytes.</summary>
    private OperandRef BitsOfMask(int mask, ulong lanes, TyAndLayout result)
    {
        int bits = _b.Convert(LirOp.BitCast, IntegerFor(lanes), mask);
        if (result.Repr.IsScalar) return OperandRef.Immediate(result, IntCast(bits, MachineTypes.OfImmediate(result), signed: false));
        var type = _b.TypeOf(bits);
        int slot = _b.SlotAddr(_b.NewSlot((ulong)type.ByteSize, (uint)type.ByteSize));
        _b.Store(bits, slot, (uint)type.ByteSize);
        return LoadOperand(new PlaceRef(slot, result, (ulong)type.ByteSize));
    }

    private int MaskOfBits(OperandRef bits, ulong lanes)
    {
        var type = IntegerFor(lanes);
        int value;
        if (bits.Kind == OperandValue.Immediate)
        {
            value = IntCast(bits.A, type, signed: false);
        }
        else
        {
            int slot = _b.SlotAddr(_b.NewSlot((ulong)type.ByteSize, (uint)type.ByteSize));
            _b.Store(_b.IConst(type, 0L), slot, (uint)type.ByteSize);
            CopyMemory(slot, (ulong)type.ByteSize, bits.A, bits.Align, Math.Min(bits.Layout.Size, (ulong)type.ByteSize));
            value = _b.Load(type, slot, (uint)type.ByteSize);
        }
        return _b.Convert(LirOp.BitCast, new LirType(ScalarKind.I1, checked((ushort)lanes)), value);
    }

    // -- lanes -------------------------------------------------------------------------------------------------------------------------------------

    private int CompareLanes(string operation, int a, int b, bool isFloat, bool signed)
    {
        var op = operation switch { "eq" => BinOp.Eq, "ne" => BinOp.Ne, "lt" => BinOp.Lt, "le" => BinOp.Le, "gt" => BinOp.Gt, _ => BinOp.Ge };
        if (!isFloat) return _b.ICmp(Condition(op, signed), a, b);
        return _b.FCmp(op switch
        {
            BinOp.Eq => FloatCond.Oeq,
            BinOp.Ne => FloatCond.Une,
            BinOp.Lt => FloatCond.Olt,
            BinOp.Le => FloatCond.Ole,
            BinOp.Gt => FloatCond.Ogt,
            _ => FloatCond.Oge,
        }, a, b);
    }

    private int CastLanes(int value, Scalar from, TyAndLayout result, bool saturating)
    {
        var to = result.Repr.A;
        var type = MachineTypes.OfVector(result.Repr);
        if (from.IsPointer && to.IsPointer || _b.TypeOf(value) == type) return value;
        if (from.IsInt && to.IsInt)
            return to.Size < from.Size ? _b.Convert(LirOp.Trunc, type, value) : _b.Convert(from.Signed ? LirOp.SExt : LirOp.ZExt, type, value);
        if (from.IsInt && to.IsFloat) return _b.Convert(from.Signed ? LirOp.SiToFp : LirOp.UiToFp, type, value);
        if (from.IsFloat && to.IsFloat) return _b.Convert(to.Size > from.Size ? LirOp.FpExt : LirOp.FpTrunc, type, value);
        if (from.IsFloat && to.IsInt)
            return _b.Convert(saturating ? to.Signed ? LirOp.FpToSiSat : LirOp.FpToUiSat : to.Signed ? LirOp.FpToSi : LirOp.FpToUi, type, value);
        throw new UnsupportedException($"a vector cast from {from.Primitive} to {to.Primitive}");
    }

    /// <summary>The indices of a shuffle, which must be a constant: an array or vector of u32.</summary>
    private int[] ShuffleLanes(Terminator.Call call, int count)
    {
        var constant = ConstantOperand(call.Args[2]) ?? throw new BugException("the indices of a shuffle are not constant");
        var value = constant is MirConst.Val v ? v.Value : _tcx.Eval.Evaluate(constant);
        int[] lanes = new int[count];
        switch (value)
        {
            case ConstValue.Indirect { Alloc: GlobalAlloc.Memory m } i:
                for (int k = 0; k < count; k++) lanes[k] = (int)BinaryPrimitives.ReadUInt32LittleEndian(m.Allocation.Bytes.AsSpan((int)i.Offset + 4 * k));
                return lanes;
            case ConstValue.Scalar s when count == 1:
                return [(int)(uint)s.Int.Bits];
            default:
                throw new BugException($"the indices of a shuffle are {value}");
        }
    }

    /// <summary>The constant that an operand is, or that the current block assigned to its local.</summary>
    private MirConst? ConstantOperand(in Operand operand)
    {
        if (operand.Kind == OperandKind.Constant) return operand.Constant!.Const;
        if (!operand.IsPlace || !operand.Place.IsLocal) return null;
        var statements = _body.Blocks[_currentBlock].Statements;
        for (int i = statements.Length - 1; i >= 0; i--)
        {
            ref var s = ref statements[i];
            if (s.Kind == StatementKind.Assign && s.Place.Local == operand.Place.Local)
                return s.Place.IsLocal && s.Rvalue is Rvalue.Use { Operand: { Kind: OperandKind.Constant } c } ? c.Constant!.Const : null;
        }
        return null;
    }

    private int OffsetLanes(int pointers, int offsets, TyAndLayout layout)
    {
        var pointer = layout.Ty is AdtTy adt && _tcx.Traits.FieldTy(adt, 0, 0) is ArrayTy array ? array.Element : throw new BugException($"{layout.Ty} is not a vector of pointers");
        ulong size = _ctx.LayoutOf(pointer.BuiltinDeref ?? throw new BugException($"{pointer} is not a pointer")).Size;
        var type = _b.TypeOf(pointers);
        int result = pointers;
        for (int i = 0; i < type.Lanes; i++)
        {
            int lane = _b.IConst(LirType.I32, (long)i);
            int p = _b.Emit(LirOp.ExtractLane, LirType.Ptr, pointers, lane), o = _b.Emit(LirOp.ExtractLane, _b.TypeOf(offsets).Element, offsets, lane);
            result = _b.Emit(LirOp.InsertLane, type, result, _b.PtrAddDyn(p, Scale(o, size, LirOp.Mul), wrapping: true), lane);
        }
        return result;
    }

    /// <summary>Alignment of a masked access, from its SimdAlign parameter: none, an element's, the vector's.</summary>
    private static long MaskedAlign(GenericArgs generic, TyAndLayout vector)
    {
        var c = generic.Const(3);
        var variant = c.Value is ValTree.Branch { Children.Length: > 0 } branch ? branch.Children[0].TryBits : c.TryBits;
        return (int)(variant ?? throw new BugException("the alignment of a masked access is not known")) switch
        {
            0 => 1,
            1 => vector.Repr.A.Size,
            _ => (long)vector.Align,
        };
    }
}
