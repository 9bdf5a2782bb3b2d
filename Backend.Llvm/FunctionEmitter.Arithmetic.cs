using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Llvm;

internal sealed unsafe partial class FunctionEmitter
{
    private nint EmitInteger(int i, in LirInst inst)
    {
        nint a = V(inst.A);
        var ids = _m.Ids;
        switch (inst.Op)
        {
            case LirOp.Add: return DeliberateFault.Is(Fault.LlvmNoWrap) ? LLVM.BuildNSWAdd(_b, a, V(inst.B), NoName) : LLVM.BuildAdd(_b, a, V(inst.B), NoName);
            case LirOp.Sub: return LLVM.BuildSub(_b, a, V(inst.B), NoName);
            case LirOp.Mul: return LLVM.BuildMul(_b, a, V(inst.B), NoName);
            case LirOp.UDiv: return LLVM.BuildUDiv(_b, a, V(inst.B), NoName);
            case LirOp.SDiv: return LLVM.BuildSDiv(_b, a, V(inst.B), NoName);
            case LirOp.URem: return LLVM.BuildURem(_b, a, V(inst.B), NoName);
            case LirOp.SRem: return LLVM.BuildSRem(_b, a, V(inst.B), NoName);
            case LirOp.And: return LLVM.BuildAnd(_b, a, V(inst.B), NoName);
            case LirOp.Or: return LLVM.BuildOr(_b, a, V(inst.B), NoName);
            case LirOp.Xor: return LLVM.BuildXor(_b, a, V(inst.B), NoName);
            case LirOp.Shl: return LLVM.BuildShl(_b, a, V(inst.B), NoName);
            case LirOp.LShr: return LLVM.BuildLShr(_b, a, V(inst.B), NoName);
            case LirOp.AShr: return inst.Type == LirType.I8 && DeliberateFault.Is(Fault.LlvmByteShift) ? LLVM.BuildLShr(_b, a, V(inst.B), NoName) : LLVM.BuildAShr(_b, a, V(inst.B), NoName);
            case LirOp.AddNsw: return LLVM.BuildNSWAdd(_b, a, V(inst.B), NoName);
            case LirOp.AddNuw: return LLVM.BuildNUWAdd(_b, a, V(inst.B), NoName);
            case LirOp.SubNsw: return LLVM.BuildNSWSub(_b, a, V(inst.B), NoName);
            case LirOp.SubNuw: return LLVM.BuildNUWSub(_b, a, V(inst.B), NoName);
            case LirOp.MulNsw: return LLVM.BuildNSWMul(_b, a, V(inst.B), NoName);
            case LirOp.MulNuw: return LLVM.BuildNUWMul(_b, a, V(inst.B), NoName);
            case LirOp.SDivExact: return LLVM.BuildExactSDiv(_b, a, V(inst.B), NoName);
            case LirOp.UDivExact: return LLVM.BuildExactUDiv(_b, a, V(inst.B), NoName);

            case LirOp.SAddOverflow: return First(i, Overloaded(ids.SAddOverflow, inst.Type, a, V(inst.B)));
            case LirOp.UAddOverflow: return First(i, Overloaded(ids.UAddOverflow, inst.Type, a, V(inst.B)));
            case LirOp.SSubOverflow: return First(i, Overloaded(ids.SSubOverflow, inst.Type, a, V(inst.B)));
            case LirOp.USubOverflow: return First(i, Overloaded(ids.USubOverflow, inst.Type, a, V(inst.B)));
            case LirOp.SMulOverflow: return First(i, Overloaded(ids.SMulOverflow, inst.Type, a, V(inst.B)));
            case LirOp.UMulOverflow: return First(i, Overloaded(ids.UMulOverflow, inst.Type, a, V(inst.B)));
            // Unoptimized, LLVM (22) may put something between such an operation's halves that changes the carry, and gives up: "Unable to copy EFLAGS physical register".
            case LirOp.SAddSat or LirOp.SSubSat or LirOp.UAddSat or LirOp.USubSat when inst.Type == LirType.I128 && !_m.Optimize: return WideSaturating(inst.Op, a, V(inst.B));
            case LirOp.SAddSat: return Overloaded(ids.SAddSat, inst.Type, a, V(inst.B));
            case LirOp.UAddSat: return Overloaded(ids.UAddSat, inst.Type, a, V(inst.B));
            case LirOp.SSubSat: return Overloaded(ids.SSubSat, inst.Type, a, V(inst.B));
            case LirOp.USubSat: return Overloaded(ids.USubSat, inst.Type, a, V(inst.B));
            case LirOp.SMin: return Overloaded(ids.SMin, inst.Type, a, V(inst.B));
            case LirOp.SMax: return Overloaded(ids.SMax, inst.Type, a, V(inst.B));
            case LirOp.UMin: return Overloaded(ids.UMin, inst.Type, a, V(inst.B));
            case LirOp.UMax: return Overloaded(ids.UMax, inst.Type, a, V(inst.B));

            case LirOp.CtPop: return Resized(Overloaded(ids.CtPop, TypeOf(inst.A), a), TypeOf(inst.A), inst.Type);
            case LirOp.CtLz: return Resized(Overloaded(ids.CtLz, TypeOf(inst.A), a, ZeroIsPoison(in inst)), TypeOf(inst.A), inst.Type);
            case LirOp.CtTz: return Resized(Overloaded(ids.CtTz, TypeOf(inst.A), a, ZeroIsPoison(in inst)), TypeOf(inst.A), inst.Type);
            // LLVM has no byte swap of a single byte.
            case LirOp.BSwap: return inst.Type.ScalarBits <= 8 ? a : Overloaded(ids.BSwap, inst.Type, a);
            case LirOp.BitReverse: return Overloaded(ids.BitReverse, inst.Type, a);
            case LirOp.RotL: return Overloaded(ids.FShl, inst.Type, a, a, Resized(V(inst.B), TypeOf(inst.B), inst.Type));
            case LirOp.RotR: return Overloaded(ids.FShr, inst.Type, a, a, Resized(V(inst.B), TypeOf(inst.B), inst.Type));
            case LirOp.FShl: return Overloaded(ids.FShl, inst.Type, a, V(inst.B), Resized(V(inst.C), TypeOf(inst.C), inst.Type));
            case LirOp.FShr: return Overloaded(ids.FShr, inst.Type, a, V(inst.B), Resized(V(inst.C), TypeOf(inst.C), inst.Type));
            case LirOp.Neg: return LLVM.BuildNeg(_b, a, NoName);
            case LirOp.Not: return LLVM.BuildNot(_b, a, NoName);
            case LirOp.ICmp: return LLVM.BuildICmp(_b, IntPredicate((IntCond)inst.Flags), a, V(inst.B), NoName);
            case LirOp.FCmp: return LLVM.BuildFCmp(_b, RealPredicate((FloatCond)inst.Flags), a, V(inst.B), NoName);
            case LirOp.Select: return LLVM.BuildSelect(_b, a, V(inst.B), V(inst.C), NoName);
            default: throw new UnsupportedException($"LIR operation {inst.Op} in the LLVM backend");
        }
    }

    /// <summary>Saturating addition and subtraction of 128 bits, by comparisons.</summary>
    private nint WideSaturating(LirOp op, nint a, nint b)
    {
        nint type = _m.Type(LirType.I128), zero = _m.ConstInt(type, 0, 0);
        bool add = op is LirOp.SAddSat or LirOp.UAddSat;
        nint result = add ? LLVM.BuildAdd(_b, a, b, NoName) : LLVM.BuildSub(_b, a, b, NoName);
        if (op == LirOp.UAddSat) return LLVM.BuildSelect(_b, LLVM.BuildICmp(_b, IntPredicate(IntCond.Ult), result, a, NoName), _m.ConstInt(type, ulong.MaxValue, ulong.MaxValue), result, NoName);
        if (op == LirOp.USubSat) return LLVM.BuildSelect(_b, LLVM.BuildICmp(_b, IntPredicate(IntCond.Ult), a, b, NoName), zero, result, NoName);
        // It overflows when the first operand's sign is that of what is added, and not that of the result.
        nint overflows = LLVM.BuildAnd(_b, LLVM.BuildXor(_b, a, result, NoName), add ? LLVM.BuildXor(_b, b, result, NoName) : LLVM.BuildXor(_b, a, b, NoName), NoName);
        nint limit = LLVM.BuildXor(_b, LLVM.BuildAShr(_b, a, _m.ConstInt(type, 127, 0), NoName), _m.ConstInt(type, ulong.MaxValue, ulong.MaxValue >> 1), NoName);
        return LLVM.BuildSelect(_b, LLVM.BuildICmp(_b, IntPredicate(IntCond.Slt), overflows, zero, NoName), limit, result, NoName);
    }

    private nint ZeroIsPoison(in LirInst inst) => _m.ConstI1((inst.Flags & (int)MemFlags.NonZero) != 0);

    private nint Overloaded(uint id, LirType type, nint a) => _m.Intrinsic(_b, id, _m.Type(type), a);
    private nint Overloaded(uint id, LirType type, nint a, nint b) => _m.Intrinsic(_b, id, _m.Type(type), a, b);
    private nint Overloaded(uint id, LirType type, nint a, nint b, nint c) => _m.Intrinsic(_b, id, _m.Type(type), a, b, c);

    /// <summary>An unsigned integer in another width.</summary>
    private nint Resized(nint value, LirType from, LirType to)
    {
        if (from.ScalarBits == to.ScalarBits) return value;
        return from.ScalarBits > to.ScalarBits ? LLVM.BuildTrunc(_b, value, _m.Type(to), NoName) : LLVM.BuildZExt(_b, value, _m.Type(to), NoName);
    }

    private static int IntPredicate(IntCond c) => c switch
    {
        IntCond.Eq => 32,
        IntCond.Ne => 33,
        IntCond.Ugt => 34,
        IntCond.Uge => 35,
        IntCond.Ult => 36,
        IntCond.Ule => 37,
        IntCond.Sgt => 38,
        IntCond.Sge => 39,
        IntCond.Slt => 40,
        IntCond.Sle => 41,
        _ => throw new BugException($"integer condition {c}"),
    };

    private static int RealPredicate(FloatCond c) => c switch
    {
        FloatCond.Oeq => 1,
        FloatCond.Ogt => 2,
        FloatCond.Oge => 3,
        FloatCond.Olt => 4,
        FloatCond.Ole => 5,
        FloatCond.One => 6,
        FloatCond.Ord => 7,
        FloatCond.Uno => 8,
        FloatCond.Ueq => 9,
        FloatCond.Ugt => 10,
        FloatCond.Uge => 11,
        FloatCond.Ult => 12,
        FloatCond.Ule => 13,
        FloatCond.Une => 14,
        _ => throw new BugException($"float condition {c}"),
    };

    // -- floats --------------------------------------------------------------------------------------------------------------------------------

    private nint EmitFloat(in LirInst inst)
    {
        if (inst.Op == LirOp.FCall) return EmitFloatFunction(in inst);
        nint a = V(inst.A);
        nint v = inst.Op switch
        {
            LirOp.FAdd => LLVM.BuildFAdd(_b, a, V(inst.B), NoName),
            LirOp.FSub => LLVM.BuildFSub(_b, a, V(inst.B), NoName),
            LirOp.FMul => LLVM.BuildFMul(_b, a, V(inst.B), NoName),
            LirOp.FDiv => LLVM.BuildFDiv(_b, a, V(inst.B), NoName),
            LirOp.FRem => LLVM.BuildFRem(_b, a, V(inst.B), NoName),
            LirOp.FNeg => LLVM.BuildFNeg(_b, a, NoName),
            _ => throw new BugException($"float operation {inst.Op}"),
        };
        // A folded constant takes no flags.
        if (inst.Flags != 0 && LLVM.IsConstant(v) == 0) LLVM.SetFastMathFlags(v, FastMathFlags((FastMath)inst.Flags));
        return v;
    }

    private static uint FastMathFlags(FastMath f)
    {
        uint r = 0;
        if ((f & FastMath.Reassoc) != 0) r |= 1;
        if ((f & FastMath.NNan) != 0) r |= 2;
        if ((f & FastMath.NInf) != 0) r |= 4;
        if ((f & FastMath.Nsz) != 0) r |= 8;
        if ((f & FastMath.Arcp) != 0) r |= 16;
        if ((f & FastMath.Contract) != 0) r |= 32;
        if ((f & FastMath.AFn) != 0) r |= 64;
        return r;
    }

    private nint EmitFloatFunction(in LirInst inst)
    {
        var fn = (FloatFn)inst.Flags;
        nint a = V(inst.A);
        if (fn == FloatFn.PowI) return _m.Intrinsic2(_b, _m.Ids.PowI, _m.Type(inst.Type), _m.Type(TypeOf(inst.B)), a, V(inst.B));
        if (_m.Ids.Of(fn) is not 0 and uint id)
        {
            nint call = FloatFnArity(fn) switch
            {
                1 => Overloaded(id, inst.Type, a),
                2 => Overloaded(id, inst.Type, a, V(inst.B)),
                _ => Overloaded(id, inst.Type, a, V(inst.B), V(inst.C)),
            };
            // Rust's min and max may give either zero.
            if (fn is FloatFn.MinNum or FloatFn.MaxNum) LLVM.SetFastMathFlags(call, FastMathFlags(FastMath.Nsz));
            return call;
        }
        return LibmCall(fn, inst.Type, a, FloatFnArity(fn) == 2 ? V(inst.B) : 0);
    }

    internal static int FloatFnArity(FloatFn fn) => fn switch
    {
        FloatFn.Fma or FloatFn.MulAdd => 3,
        FloatFn.CopySign or FloatFn.MinNum or FloatFn.MaxNum or FloatFn.Minimum or FloatFn.Maximum or FloatFn.Pow or FloatFn.PowI or FloatFn.Atan2 => 2,
        _ => 1,
    };

    /// <summary>What has no intrinsic: the C function, by type tanf, tan, tanl-less.</summary>
    private nint LibmCall(FloatFn fn, LirType type, nint a, nint b)
    {
        if (type.Scalar == ScalarKind.F16 && type.Lanes == 0)
        {
            nint wide = LibmCall(fn, LirType.F32, LLVM.BuildFPExt(_b, a, _m.F32, NoName), b == 0 ? 0 : LLVM.BuildFPExt(_b, b, _m.F32, NoName));
            return LLVM.BuildFPTrunc(_b, wide, _m.F16, NoName);
        }
        if (type != LirType.F32 && type != LirType.F64) throw new UnsupportedException($"{fn} of {type}");
        string name = fn switch
        {
            FloatFn.LogB => "logb",
            FloatFn.Tan => "tan",
            FloatFn.Asin => "asin",
            FloatFn.Acos => "acos",
            FloatFn.Atan => "atan",
            FloatFn.Atan2 => "atan2",
            FloatFn.Sinh => "sinh",
            FloatFn.Cosh => "cosh",
            FloatFn.Tanh => "tanh",
            _ => throw new UnsupportedException($"float function {fn}"),
        };
        nint t = _m.Type(type);
        nint* args = stackalloc nint[2] { a, b };
        nint* types = stackalloc nint[2] { t, t };
        uint n = b == 0 ? 1u : 2u;
        nint functionType = LLVM.FunctionType(t, types, n, 0);
        nint function = _m.RuntimeFunction(type == LirType.F32 ? name + "f" : name, functionType);
        return LLVM.BuildCall2(_b, functionType, function, args, n, NoName);
    }

    // -- conversions ---------------------------------------------------------------------------------------------------------------------------

    private nint EmitConversion(in LirInst inst)
    {
        nint a = V(inst.A);
        var from = TypeOf(inst.A);
        nint to = _m.Type(inst.Type);
        switch (inst.Op)
        {
            case LirOp.Trunc: return LLVM.BuildTrunc(_b, a, to, NoName);
            case LirOp.ZExt: return LLVM.BuildZExt(_b, a, to, NoName);
            case LirOp.SExt: return LLVM.BuildSExt(_b, a, to, NoName);
            case LirOp.FpTrunc: return LLVM.BuildFPTrunc(_b, a, to, NoName);
            case LirOp.FpExt: return LLVM.BuildFPExt(_b, a, to, NoName);
            case LirOp.FpToSiSat: return _m.Intrinsic2(_b, _m.Ids.FpToSiSat, to, _m.Type(from), a);
            case LirOp.FpToUiSat: return _m.Intrinsic2(_b, _m.Ids.FpToUiSat, to, _m.Type(from), a);
            case LirOp.FpToSi: return LLVM.BuildFPToSI(_b, a, to, NoName);
            case LirOp.FpToUi: return LLVM.BuildFPToUI(_b, a, to, NoName);
            case LirOp.SiToFp: return LLVM.BuildSIToFP(_b, a, to, NoName);
            case LirOp.UiToFp: return LLVM.BuildUIToFP(_b, a, to, NoName);
            case LirOp.PtrToInt: return LLVM.BuildPtrToInt(_b, a, to, NoName);
            case LirOp.IntToPtr: return LLVM.BuildIntToPtr(_b, a, to, NoName);
            case LirOp.BitCast: return BitCast(a, from, inst.Type);
            default: throw new BugException($"conversion {inst.Op}");
        }
    }

    private nint BitCast(nint a, LirType from, LirType to)
    {
        nint t = _m.Type(to);
        bool fromPtr = from.Scalar == ScalarKind.Ptr, toPtr = to.Scalar == ScalarKind.Ptr;
        if (fromPtr && toPtr) return a;
        if (fromPtr)
        {
            var ints = new LirType(ScalarKind.I64, from.Lanes);
            a = LLVM.BuildPtrToInt(_b, a, _m.Type(ints), NoName);
            return ints == to ? a : LLVM.BuildBitCast(_b, a, t, NoName);
        }
        if (toPtr)
        {
            var ints = new LirType(ScalarKind.I64, to.Lanes);
            if (ints != from) a = LLVM.BuildBitCast(_b, a, _m.Type(ints), NoName);
            return LLVM.BuildIntToPtr(_b, a, t, NoName);
        }
        // A mask and its bits: a vector of N I1 is an integer of N bits, which LIR has only for some N; the rest is zero.
        if (from.Scalar == ScalarKind.I1 && from.IsVector && to.IsInt && to.ScalarBits > from.Lanes)
            return LLVM.BuildZExt(_b, LLVM.BuildBitCast(_b, a, LLVM.IntTypeInContext(_m.Context, from.Lanes), NoName), t, NoName);
        if (to.Scalar == ScalarKind.I1 && to.IsVector && from.IsInt && from.ScalarBits > to.Lanes)
            return LLVM.BuildBitCast(_b, LLVM.BuildTrunc(_b, a, LLVM.IntTypeInContext(_m.Context, to.Lanes), NoName), t, NoName);
        return LLVM.BuildBitCast(_b, a, t, NoName);
    }
}
