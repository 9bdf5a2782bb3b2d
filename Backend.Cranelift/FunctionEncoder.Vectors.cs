using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Cranelift;

/// <summary>Vectors: 128 bits where Cranelift has the operation, else lane by lane.</summary>
internal sealed partial class FunctionEncoder
{
    /// <summary>The operation on whole vectors, null for lane by lane.</summary>
    private static ClifOp? NativeVectorOp(LirOp op, LirType type)
    {
        var t = TypeOf(type);
        if (!type.IsVector || t == ClifType.None) return null;
        bool ints = t <= ClifType.I64x2;
        return op switch
        {
            LirOp.Add or LirOp.AddNsw or LirOp.AddNuw when ints => ClifOp.Iadd,
            LirOp.Sub or LirOp.SubNsw or LirOp.SubNuw when ints => ClifOp.Isub,
            LirOp.And when ints => ClifOp.Band,
            LirOp.Or when ints => ClifOp.Bor,
            LirOp.Xor when ints => ClifOp.Bxor,
            LirOp.Not when ints => ClifOp.Bnot,
            LirOp.UAddSat when t is ClifType.I8x16 or ClifType.I16x8 => ClifOp.Uadd_sat,
            LirOp.SAddSat when t is ClifType.I8x16 or ClifType.I16x8 => ClifOp.Sadd_sat,
            LirOp.USubSat when t is ClifType.I8x16 or ClifType.I16x8 => ClifOp.Usub_sat,
            LirOp.SSubSat when t is ClifType.I8x16 or ClifType.I16x8 => ClifOp.Ssub_sat,
            LirOp.FAdd => ClifOp.Fadd,
            LirOp.FSub => ClifOp.Fsub,
            LirOp.FMul => ClifOp.Fmul,
            LirOp.FDiv => ClifOp.Fdiv,
            LirOp.FNeg => ClifOp.Fneg,
            _ => null,
        };
    }

    /// <summary>A value as one Cranelift value, of a type that has one.</summary>
    private int Single(int value)
    {
        var v = _values[value];
        return v.Lanes is null && v.Mask == ClifType.None ? v.Id : throw new BugException($"value {value} of {_f.Symbol} is kept by lane");
    }

    /// <summary>The lanes of a vector, or the value itself as the only one.</summary>
    private int[] Lanes(int value)
    {
        var v = _values[value];
        if (v.Lanes is not null) return v.Lanes;
        var type = T(value);
        if (!type.IsVector) return [v.Id];
        int[] lanes = new int[type.Lanes];
        if (v.Mask == ClifType.None)
        {
            for (int k = 0; k < lanes.Length; k++) lanes[k] = Lane(v.Id, TypeOf(type), k);
            return lanes;
        }
        int one = Const(ClifType.I8, 1L);
        for (int k = 0; k < lanes.Length; k++)
        {
            int lane = Lane(v.Id, v.Mask, k);
            if (v.Mask != ClifType.I8x16) lane = Op(ClifOp.Ireduce, ClifType.I8, lane);
            lanes[k] = Op(ClifOp.Band, ClifType.I8, lane, one);
        }
        return lanes;
    }

    private int Lane(int vector, ClifType type, int lane)
    {
        int v = _b.Begin(ClifOp.Extractlane, type, lane);
        _b.Word((uint)vector);
        return v;
    }

    private int WithLane(int vector, ClifType type, int lane, int value)
    {
        int v = _b.Begin(ClifOp.Insertlane, type, lane);
        _b.Words([vector, value]);
        return v;
    }

    private Value FromLanes(LirType type, int[] lanes)
    {
        if (!type.IsVector) return new Value(lanes[0]);
        var t = TypeOf(type);
        if (t == ClifType.None) return new Value(-1, lanes);
        int v = Op(ClifOp.Splat, t, lanes[0]);
        for (int k = 1; k < lanes.Length; k++) if (lanes[k] != lanes[0]) v = WithLane(v, t, k, lanes[k]);
        return new Value(v);
    }

    private Value PerLane(LirType type, int a, Func<int, int> f)
    {
        if (!type.IsVector) return new Value(f(V(a)));
        int[] x = Lanes(a), r = new int[x.Length];
        for (int k = 0; k < r.Length; k++) r[k] = f(x[k]);
        return FromLanes(type, r);
    }

    private Value PerLane(LirType type, int a, int b, Func<int, int, int> f)
    {
        if (!type.IsVector) return new Value(f(V(a), V(b)));
        int[] x = Lanes(a), y = Lanes(b), r = new int[x.Length];
        for (int k = 0; k < r.Length; k++) r[k] = f(x[k], y[k]);
        return FromLanes(type, r);
    }

    private Value PerLane(LirType type, int a, int b, int c, Func<int, int, int, int> f)
    {
        if (!type.IsVector) return new Value(f(V(a), V(b), V(c)));
        int[] x = Lanes(a), y = Lanes(b), z = Lanes(c), r = new int[x.Length];
        for (int k = 0; k < r.Length; k++) r[k] = f(x[k], y[k], z[k]);
        return FromLanes(type, r);
    }

    private Value EncodeVector(in LirInst inst)
    {
        switch (inst.Op)
        {
            case LirOp.Splat:
            {
                int[] lanes = new int[inst.Type.Lanes];
                Array.Fill(lanes, V(inst.A));
                return FromLanes(inst.Type, lanes);
            }
            case LirOp.ExtractLane: return ExtractLane(in inst);
            case LirOp.InsertLane: return InsertLane(in inst);
            case LirOp.Shuffle: return Shuffle(in inst);
            case LirOp.VectorReduce: return Reduce(in inst);
            case LirOp.MaskedLoad: return MaskedLoad(inst.Type, Lanes(inst.B), Lanes(inst.C), Addresses(V(inst.A), inst.Type));
            case LirOp.MaskedStore: MaskedStore(T(inst.B), Lanes(inst.B), Lanes(inst.C), Addresses(V(inst.A), T(inst.B))); return default;
            case LirOp.Gather: return MaskedLoad(inst.Type, Lanes(inst.B), Lanes(inst.C), Lanes(inst.A));
            case LirOp.Scatter: MaskedStore(T(inst.B), Lanes(inst.B), Lanes(inst.C), Lanes(inst.A)); return default;
            default: throw new BugException($"vector operation {inst.Op}");
        }
    }

    /// <summary>A constant lane number, or -1.</summary>
    private int ConstantLane(int value, int lanes) => _f.Insts[value] is { Op: LirOp.IConst } c && (ulong)c.Imm < (ulong)lanes ? (int)c.Imm : -1;

    private Value ExtractLane(in LirInst inst)
    {
        var vector = T(inst.A);
        int lane = ConstantLane(inst.B, vector.Lanes);
        if (lane >= 0) return new Value(_values[inst.A] is { Lanes: null, Mask: ClifType.None } v ? Lane(v.Id, TypeOf(vector), lane) : Lanes(inst.A)[lane]);
        if (vector.Scalar == ScalarKind.I1)
        {
            int[] lanes = Lanes(inst.A);
            int result = lanes[0];
            for (int k = 1; k < lanes.Length; k++) result = Select(ClifType.I8, Icmp(IntCond.Eq, Scalar(T(inst.B).Scalar), V(inst.B), Const(Scalar(T(inst.B).Scalar), (long)k)), lanes[k], result);
            return new Value(result);
        }
        int address = InMemory(inst.A, vector);
        return LoadValue(inst.Type, LaneAddress(address, vector, inst.B));
    }

    private int InMemory(int value, LirType type)
    {
        int address = SlotAddress(NewSlot((ulong)type.ByteSize, FrameAlign), FrameAlign);
        StoreValue(value, address);
        return address;
    }

    private int LaneAddress(int address, LirType vector, int lane)
    {
        int index = Resize(V(lane), T(lane), LirType.I64);
        return Op(ClifOp.Iadd, ClifType.I64, address, Op(ClifOp.Imul, ClifType.I64, index, Const(ClifType.I64, (long)vector.Element.ByteSize)));
    }

    private Value InsertLane(in LirInst inst)
    {
        int lane = ConstantLane(inst.C, inst.Type.Lanes);
        var t = TypeOf(inst.Type);
        if (lane >= 0)
        {
            if (t != ClifType.None) return new Value(WithLane(Single(inst.A), t, lane, V(inst.B)));
            int[] lanes = [.. Lanes(inst.A)];
            lanes[lane] = V(inst.B);
            return new Value(-1, lanes);
        }
        if (inst.Type.Scalar == ScalarKind.I1) throw new UnsupportedException("writing a lane of a mask by a variable number with Cranelift");
        int address = InMemory(inst.A, inst.Type);
        Store(Scalar(inst.Type.Scalar), V(inst.B), LaneAddress(address, inst.Type, inst.C));
        return LoadValue(inst.Type, address);
    }

    private Value Shuffle(in LirInst inst)
    {
        int[] a = Lanes(inst.A), b = Lanes(inst.B), r = new int[inst.Type.Lanes];
        for (int k = 0; k < r.Length; k++)
        {
            int lane = _f.Pool[inst.C + k];
            r[k] = lane < 0 ? a[0] : lane < a.Length ? a[lane] : b[lane - a.Length];
        }
        return FromLanes(inst.Type, r);
    }

    private Value Reduce(in LirInst inst)
    {
        var op = (VectorReduceOp)inst.Flags;
        var type = inst.Type;
        int[] lanes = Lanes(inst.A);
        int at = 0;
        int v = inst.B >= 0 ? V(inst.B) : lanes[at++];
        for (; at < lanes.Length; at++) v = Combine(op, type, v, lanes[at]);
        return new Value(v);
    }

    private int Combine(VectorReduceOp op, LirType type, int a, int b) => op switch
    {
        VectorReduceOp.Add => BinaryInt(LirOp.Add, type, a, b),
        VectorReduceOp.Mul => BinaryInt(LirOp.Mul, type, a, b),
        VectorReduceOp.And => BinaryInt(LirOp.And, type, a, b),
        VectorReduceOp.Or => BinaryInt(LirOp.Or, type, a, b),
        VectorReduceOp.Xor => BinaryInt(LirOp.Xor, type, a, b),
        VectorReduceOp.SMin => BinaryInt(LirOp.SMin, type, a, b),
        VectorReduceOp.SMax => BinaryInt(LirOp.SMax, type, a, b),
        VectorReduceOp.UMin => BinaryInt(LirOp.UMin, type, a, b),
        VectorReduceOp.UMax => BinaryInt(LirOp.UMax, type, a, b),
        VectorReduceOp.FMin => FloatFunction(FloatFn.MinNum, type, a, b, -1),
        VectorReduceOp.FMax => FloatFunction(FloatFn.MaxNum, type, a, b, -1),
        VectorReduceOp.FAddOrdered or VectorReduceOp.FAddRelaxed => Arithmetic(LirOp.FAdd, type, a, b),
        VectorReduceOp.FMulOrdered or VectorReduceOp.FMulRelaxed => Arithmetic(LirOp.FMul, type, a, b),
        _ => throw new BugException($"reduction {op}"),
    };

    // -- masked memory: a lane that is off may not be touched, so it goes to a place of its own --------------------------------------------------

    private int[] Addresses(int start, LirType vector)
    {
        int[] r = new int[vector.Lanes];
        for (int k = 0; k < r.Length; k++) r[k] = k == 0 ? start : OpImm(ClifOp.Iadd_imm, ClifType.I64, start, (long)k * vector.Element.ByteSize);
        return r;
    }

    private Value MaskedLoad(LirType type, int[] mask, int[] otherwise, int[] addresses)
    {
        var t = Scalar(type.Scalar);
        int aside = SlotAddress(NewSlot(16, 16), 16);
        int[] r = new int[type.Lanes];
        for (int k = 0; k < r.Length; k++)
        {
            Store(t, otherwise[k], aside, 0, MayNotVanish);
            r[k] = Load(t, Select(ClifType.I64, mask[k], addresses[k], aside), 0, MayNotVanish);
        }
        return FromLanes(type, r);
    }

    private void MaskedStore(LirType type, int[] values, int[] mask, int[] addresses)
    {
        int aside = SlotAddress(NewSlot(16, 16), 16);
        for (int k = 0; k < values.Length; k++) Store(Scalar(type.Scalar), values[k], Select(ClifType.I64, mask[k], addresses[k], aside), 0, MayNotVanish);
    }
}
