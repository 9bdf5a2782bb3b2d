using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Cranelift;

/// <summary>LLVM's intrinsics that a program names itself (std::arch does), as far as there is something to replace them with.</summary>
internal sealed partial class FunctionEncoder
{
    private Value EncodeIntrinsic(int i, in LirInst inst)
    {
        string name = _f.Strings[inst.A];
        if (!name.StartsWith("llvm.", StringComparison.Ordinal)) return CallByName(i, in inst, name);
        int a = inst.C > 0 ? _f.Pool[inst.B] : -1, b = inst.C > 1 ? _f.Pool[inst.B + 1] : -1;
        if (name.StartsWith("llvm.scmp.", StringComparison.Ordinal)) return ThreeWay(IntCond.Slt, IntCond.Sgt, a, b, inst.Type);
        if (name.StartsWith("llvm.ucmp.", StringComparison.Ordinal)) return ThreeWay(IntCond.Ult, IntCond.Ugt, a, b, inst.Type);
        switch (name)
        {
            case "llvm.ptrmask.p0.i64": return new Value(Op(ClifOp.Band, ClifType.I64, V(a), V(b)));
            // Only what is written as a constant is known to be one here.
            case "llvm.is.constant.i1" or "llvm.is.constant.i8" or "llvm.is.constant.i16" or "llvm.is.constant.i32" or "llvm.is.constant.i64" or "llvm.is.constant.i128" or "llvm.is.constant.p0":
                return new Value(Const(ClifType.I8, Immediate(a) is null ? 0L : 1L));
            case "llvm.x86.sse2.pmovmskb.128" or "llvm.x86.sse.movmsk.ps" or "llvm.x86.sse2.movmsk.pd":
                return new Value(Op(ClifOp.Vhigh_bits, ClifType.I32, Single(a)));
            case "llvm.x86.sse2.pause" or "llvm.x86.sse.sfence" or "llvm.x86.sse2.lfence" or "llvm.x86.sse2.mfence":
                if (!name.EndsWith("pause", StringComparison.Ordinal)) _b.Begin(ClifOp.Fence, 0, results: 0);
                return default;
            case "llvm.x86.sse2.packsswb.128": return Pack(a, b, inst.Type, true);
            case "llvm.x86.sse2.packuswb.128": return Pack(a, b, inst.Type, false);
            case "llvm.x86.sse2.packssdw.128": return Pack(a, b, inst.Type, true);
            case "llvm.x86.sse2.psad.bw": return SumOfDifferences(a, b, inst.Type);
            case "llvm.x86.sse2.pmadd.wd": return MultiplyAndAddPairs(a, b, inst.Type);
            case "llvm.x86.addcarry.32" or "llvm.x86.addcarry.64": return Carry(i, in inst, LirOp.UAddOverflow);
            case "llvm.x86.subborrow.32" or "llvm.x86.subborrow.64": return Carry(i, in inst, LirOp.USubOverflow);
            case "llvm.x86.sse2.pslli.w" or "llvm.x86.sse2.pslli.d" or "llvm.x86.sse2.pslli.q": return ShiftAll(LirOp.Shl, a, b, inst.Type);
            case "llvm.x86.sse2.psrli.w" or "llvm.x86.sse2.psrli.d" or "llvm.x86.sse2.psrli.q": return ShiftAll(LirOp.LShr, a, b, inst.Type);
            case "llvm.x86.sse2.psrai.w" or "llvm.x86.sse2.psrai.d": return ShiftAll(LirOp.AShr, a, b, inst.Type);
            case "llvm.x86.sse.comieq.ss" or "llvm.x86.sse.ucomieq.ss" or "llvm.x86.sse2.comieq.sd" or "llvm.x86.sse2.ucomieq.sd": return FirstLanes(FloatCond.Oeq, a, b);
            case "llvm.x86.sse.comilt.ss" or "llvm.x86.sse.ucomilt.ss" or "llvm.x86.sse2.comilt.sd" or "llvm.x86.sse2.ucomilt.sd": return FirstLanes(FloatCond.Olt, a, b);
            case "llvm.x86.sse.comile.ss" or "llvm.x86.sse.ucomile.ss" or "llvm.x86.sse2.comile.sd" or "llvm.x86.sse2.ucomile.sd": return FirstLanes(FloatCond.Ole, a, b);
            case "llvm.x86.sse.comigt.ss" or "llvm.x86.sse.ucomigt.ss" or "llvm.x86.sse2.comigt.sd" or "llvm.x86.sse2.ucomigt.sd": return FirstLanes(FloatCond.Ogt, a, b);
            case "llvm.x86.sse.comige.ss" or "llvm.x86.sse.ucomige.ss" or "llvm.x86.sse2.comige.sd" or "llvm.x86.sse2.ucomige.sd": return FirstLanes(FloatCond.Oge, a, b);
            case "llvm.x86.sse.comineq.ss" or "llvm.x86.sse.ucomineq.ss" or "llvm.x86.sse2.comineq.sd" or "llvm.x86.sse2.ucomineq.sd": return FirstLanes(FloatCond.Une, a, b);
            default:
                if (X86Intrinsics.Template(name) is not { } template) throw new UnsupportedException($"intrinsic {name} with Cranelift");
                return Instruction(i, template, _f.Signatures[inst.Imm].Returns, _f.Pool.AsSpan(inst.B, inst.C));
        }
    }

    /// <summary>-1, 0 or 1.</summary>
    private Value ThreeWay(IntCond less, IntCond greater, int a, int b, LirType result)
    {
        var type = T(a).Element;
        return PerLane(result, a, b, (x, y) =>
        {
            int v = Op(ClifOp.Isub, ClifType.I8, Compare(greater, type, x, y), Compare(less, type, x, y));
            return Extend(v, LirType.I8, result.Element, true);
        });
    }

    private Value FirstLanes(FloatCond cond, int a, int b) => new(Op(ClifOp.Uextend, ClifType.I32, CompareFloats(cond, T(a).Element, Lanes(a)[0], Lanes(b)[0])));

    private Value CallByName(int i, in LirInst inst, string name)
    {
        var s = _f.Signatures[inst.Imm];
        int signature = _b.Signature(SignatureWords(s, [], out _, out var padded));
        int[] args = Arguments(in inst, s, padded);
        int first = _b.Begin(ClifOp.Call, 0, results: s.Returns.Length);
        _b.Word((uint)_b.Function(name, signature));
        PutArguments(false, 0, args);
        return Results(i, first, s.Returns);
    }

    /// <summary>Lanes of a and b as integers of half the width, saturated.</summary>
    private Value Pack(int a, int b, LirType to, bool signed)
    {
        LirType from = T(a).Element, narrow = to.Element;
        int bits = narrow.ScalarBits - (signed ? 1 : 0);
        var wide = Scalar(from.Scalar);
        int max = Const(wide, (1L << bits) - 1), min = Const(wide, signed ? -(1L << bits) : 0L);
        var lanes = new List<int>();
        foreach (int x in (int[])[.. Lanes(a), .. Lanes(b)])
            lanes.Add(Truncate(Op(ClifOp.Smax, wide, Op(ClifOp.Smin, wide, x, max), min), from, narrow));
        return FromLanes(to, [.. lanes]);
    }

    private Value SumOfDifferences(int a, int b, LirType to)
    {
        int[] x = Lanes(a), y = Lanes(b), r = new int[to.Lanes];
        int each = x.Length / r.Length;
        for (int k = 0; k < x.Length; k++)
        {
            int difference = Op(ClifOp.Isub, ClifType.I8, Op(ClifOp.Umax, ClifType.I8, x[k], y[k]), Op(ClifOp.Umin, ClifType.I8, x[k], y[k]));
            int wide = Op(ClifOp.Uextend, ClifType.I64, difference);
            r[k / each] = k % each == 0 ? wide : Op(ClifOp.Iadd, ClifType.I64, r[k / each], wide);
        }
        return FromLanes(to, r);
    }

    private Value MultiplyAndAddPairs(int a, int b, LirType to)
    {
        int[] x = Lanes(a), y = Lanes(b), r = new int[to.Lanes];
        for (int k = 0; k < r.Length; k++) r[k] = Op(ClifOp.Iadd, ClifType.I32, Product(2 * k), Product(2 * k + 1));
        return FromLanes(to, r);

        int Product(int k) => Op(ClifOp.Imul, ClifType.I32, Op(ClifOp.Sextend, ClifType.I32, x[k]), Op(ClifOp.Sextend, ClifType.I32, y[k]));
    }

    /// <summary>(carry in, a, b) to (carry out, sum): carries are bytes.</summary>
    private Value Carry(int i, in LirInst inst, LirOp op)
    {
        int carry = V(_f.Pool[inst.B]);
        var type = T(_f.Pool[inst.B + 1]);
        var t = Scalar(type.Scalar);
        int carryIn = Icmp(IntCond.Ne, ClifType.I8, carry, Const(ClifType.I8, 0L));
        var (first, overflow1) = Overflowing(op, type, V(_f.Pool[inst.B + 1]), V(_f.Pool[inst.B + 2]));
        var (second, overflow2) = Overflowing(op, type, first, Op(ClifOp.Uextend, t, carryIn));
        _moreResults[i] = [new Value(second)];
        return new Value(Op(ClifOp.Bor, ClifType.I8, overflow1, overflow2));
    }

    /// <summary>All lanes shifted by one amount; from the width on nothing (or the sign) is left.</summary>
    private Value ShiftAll(LirOp op, int vector, int amount, LirType type)
    {
        var element = type.Element;
        var t = Scalar(element.Scalar);
        int by = V(amount);
        int inRange = Icmp(IntCond.Ult, ClifType.I32, by, Const(ClifType.I32, (long)element.ScalarBits));
        if (op == LirOp.AShr)
        {
            by = Select(ClifType.I32, inRange, by, Const(ClifType.I32, element.ScalarBits - 1L));
            return PerLane(type, vector, x => Op(ClifOp.Sshr, t, x, by));
        }
        var shift = op == LirOp.Shl ? ClifOp.Ishl : ClifOp.Ushr;
        int zero = Const(t, 0L);
        return PerLane(type, vector, x => Select(t, inRange, Op(shift, t, x, by), zero));
    }
}
