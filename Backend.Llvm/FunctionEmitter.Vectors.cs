using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Llvm;

internal sealed unsafe partial class FunctionEmitter
{
    private nint EmitVector(in LirInst inst)
    {
        switch (inst.Op)
        {
            case LirOp.Splat:
            {
                nint one = LLVM.BuildInsertElement(_b, LLVM.GetPoison(_m.Type(inst.Type)), V(inst.A), _m.ConstI32(0), NoName);
                nint lanes = LLVM.ConstNull(_m.Type(new LirType(ScalarKind.I32, inst.Type.Lanes)));
                return LLVM.BuildShuffleVector(_b, one, LLVM.GetPoison(_m.Type(inst.Type)), lanes, NoName);
            }
            case LirOp.ExtractLane: return LLVM.BuildExtractElement(_b, V(inst.A), V(inst.B), NoName);
            case LirOp.InsertLane: return LLVM.BuildInsertElement(_b, V(inst.A), V(inst.B), V(inst.C), NoName);
            case LirOp.Shuffle: return EmitShuffle(in inst);
            case LirOp.VectorReduce: return EmitReduce(in inst);
            case LirOp.MaskedLoad: return EmitMasked(_m.Ids.MaskedLoad, inst.Type, (uint)inst.Imm, V(inst.A), TypeOf(inst.A), 0, V(inst.B), V(inst.C));
            case LirOp.Gather: return EmitMasked(_m.Ids.MaskedGather, inst.Type, (uint)inst.Imm, V(inst.A), TypeOf(inst.A), 0, V(inst.B), V(inst.C));
            case LirOp.MaskedStore: return EmitMasked(_m.Ids.MaskedStore, TypeOf(inst.B), (uint)inst.Imm, V(inst.A), TypeOf(inst.A), 1, V(inst.B), V(inst.C));
            case LirOp.Scatter: return EmitMasked(_m.Ids.MaskedScatter, TypeOf(inst.B), (uint)inst.Imm, V(inst.A), TypeOf(inst.A), 1, V(inst.B), V(inst.C));
            default: throw new BugException($"vector operation {inst.Op}");
        }
    }

    private nint EmitShuffle(in LirInst inst)
    {
        int n = inst.Type.Lanes;
        nint* lanes = stackalloc nint[n];
        nint undefined = LLVM.GetPoison(_m.I32);
        for (int k = 0; k < n; k++)
        {
            int lane = _f.Pool[inst.C + k];
            lanes[k] = lane < 0 ? undefined : _m.ConstI32(lane);
        }
        return LLVM.BuildShuffleVector(_b, V(inst.A), V(inst.B), LLVM.ConstVector(lanes, (uint)n), NoName);
    }

    private nint EmitReduce(in LirInst inst)
    {
        var op = (VectorReduceOp)inst.Flags;
        nint type = _m.Type(TypeOf(inst.A));
        uint id = _m.Ids.Of(op);
        if (op < VectorReduceOp.FAddOrdered) return _m.Intrinsic(_b, id, type, V(inst.A));
        bool relaxed = op is VectorReduceOp.FAddRelaxed or VectorReduceOp.FMulRelaxed;
        bool add = op is VectorReduceOp.FAddOrdered or VectorReduceOp.FAddRelaxed;
        // The neutral start of a sum is -0.0: +0.0 would change a sum of negative zeros.
        var element = inst.Type;
        nint start = inst.B >= 0 ? V(inst.B) : add
            ? LLVM.ConstReal(_m.Type(element), -0.0)
            : LLVM.ConstReal(_m.Type(element), 1.0);
        nint v = _m.Intrinsic(_b, id, type, start, V(inst.A));
        if (relaxed) LLVM.SetFastMathFlags(v, FastMathFlags(FastMath.Reassoc));
        return v;
    }

    /// <summary>Masked memory: the alignment is an argument before LLVM 22 and an attribute of the pointer argument from then on.</summary>
    private nint EmitMasked(uint id, LirType vector, uint align, nint ptr, LirType ptrType, int ptrIndex, nint x, nint y)
    {
        nint t1 = _m.Type(vector), t2 = _m.Type(ptrType);
        bool asArgument = _m.ParameterCount(id, t1, t2) == 4;
        nint a = _m.ConstI32(align);
        if (ptrIndex == 0)
        {
            // (ptr, mask, pass-through)
            if (asArgument) return _m.Intrinsic2(_b, id, t1, t2, ptr, a, x, y);
            nint v = _m.Intrinsic2(_b, id, t1, t2, ptr, x, y);
            LLVM.AddCallSiteAttribute(v, 1, _m.Attribute("align"u8, align));
            return v;
        }
        // (value, ptr, mask)
        if (asArgument) _m.Intrinsic2(_b, id, t1, t2, x, ptr, a, y);
        else LLVM.AddCallSiteAttribute(_m.Intrinsic2(_b, id, t1, t2, x, ptr, y), 2, _m.Attribute("align"u8, align));
        return 0;
    }
}
