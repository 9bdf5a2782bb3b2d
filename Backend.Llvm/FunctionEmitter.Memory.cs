using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Llvm;

internal sealed unsafe partial class FunctionEmitter
{
    private nint EmitMemory(int i, in LirInst inst)
    {
        switch (inst.Op)
        {
            case LirOp.Load: return EmitLoad(in inst);
            case LirOp.Store: EmitStore(V(inst.B), TypeOf(inst.B), V(inst.A), (uint)inst.Imm, (MemFlags)inst.Flags); return 0;
            case LirOp.PtrAddImm: return Gep(V(inst.A), _m.ConstI64(inst.Imm), GepInBounds);
            case LirOp.PtrAdd: return Gep(V(inst.A), V(inst.B), (inst.Flags & (int)MemFlags.Wrapping) != 0 ? 0u : GepInBounds);
            case LirOp.MemCpy:
                MarkVolatile(LLVM.BuildMemCpy(_b, V(inst.A), (uint)inst.Imm, V(inst.B), (uint)(inst.Imm >> 32), V(inst.C)), (MemFlags)inst.Flags);
                return 0;
            case LirOp.MemMove:
                MarkVolatile(LLVM.BuildMemMove(_b, V(inst.A), (uint)inst.Imm, V(inst.B), (uint)(inst.Imm >> 32), V(inst.C)), (MemFlags)inst.Flags);
                return 0;
            case LirOp.MemSet:
                MarkVolatile(LLVM.BuildMemSet(_b, V(inst.A), V(inst.B), V(inst.C), (uint)inst.Imm), (MemFlags)inst.Flags);
                return 0;
            case LirOp.MemCmp: return EmitMemCmp(V(inst.A), V(inst.B), V(inst.C));
            case LirOp.AtomicLoad: return EmitAtomicLoad(in inst);
            case LirOp.AtomicStore: EmitAtomicStore(in inst); return 0;
            case LirOp.AtomicRmw: return EmitAtomicRmw(in inst);
            case LirOp.AtomicCas: return EmitAtomicCas(i, in inst);
            case LirOp.Fence: LLVM.BuildFence(_b, Ordering(inst.Flags & 15), (inst.Flags >> 4) & 1, NoName); return 0;
            case LirOp.SlotLive: EmitLifetime(_m.Ids.LifetimeStart, inst.A); return 0;
            case LirOp.SlotDead: EmitLifetime(_m.Ids.LifetimeEnd, inst.A); return 0;
            case LirOp.Prefetch:
                _m.Intrinsic(_b, _m.Ids.Prefetch, _m.Ptr, V(inst.A), _m.ConstI32(inst.Imm & 1), _m.ConstI32((inst.Imm >> 1) & 3), _m.ConstI32((inst.Imm >> 3) & 1));
                return 0;
            default: throw new BugException($"memory operation {inst.Op}");
        }
    }

    private const uint GepInBounds = 1;

    private nint Gep(nint ptr, nint offset, uint flags) => LLVM.BuildGEPWithNoWrapFlags(_b, _m.I8, ptr, &offset, 1, NoName, flags);

    private static void MarkVolatile(nint call, MemFlags flags)
    {
        // (dst, src or value, count, isvolatile)
        if ((flags & (MemFlags.Volatile | MemFlags.UnalignedVolatile)) != 0) LLVM.SetOperand(call, 3, LLVM.ConstInt(LLVM.TypeOf(LLVM.GetOperand(call, 3)), 1, 0));
    }

    private nint EmitLoad(in LirInst inst)
    {
        // A bool is a byte in memory.
        bool narrow = inst.Type.Scalar == ScalarKind.I1;
        if (narrow && inst.Type.IsVector) throw new UnsupportedException($"load of {inst.Type}");
        nint type = narrow ? _m.I8 : _m.Type(inst.Type);
        nint v = LLVM.BuildLoad2(_b, type, V(inst.A), NoName);
        LLVM.SetAlignment(v, (uint)inst.Imm);
        var flags = (MemFlags)inst.Flags;
        if ((flags & (MemFlags.Volatile | MemFlags.UnalignedVolatile)) != 0) LLVM.SetVolatile(v, 1);
        if ((flags & MemFlags.NonTemporal) != 0) LLVM.SetMetadata(v, _m.NonTemporalKind, _m.NonTemporalNode);
        if (_m.Optimize)
        {
            if ((flags & MemFlags.Invariant) != 0) LLVM.SetMetadata(v, _m.InvariantLoadKind, _m.EmptyNode);
            if ((flags & MemFlags.NonNull) != 0 && inst.Type.IsPtr) LLVM.SetMetadata(v, _m.NonNullKind, _m.EmptyNode);
            if ((flags & MemFlags.NoUndef) != 0) LLVM.SetMetadata(v, _m.NoUndefKind, _m.EmptyNode);
            if (narrow) LLVM.SetMetadata(v, _m.RangeKind, _m.RangeNode(LirType.I8, new LirRange(0, 1)));
            else if (inst.B >= 0 && inst.Type.IsInt && _m.RangeNode(inst.Type, _f.Ranges[inst.B]) is not 0 and nint range) LLVM.SetMetadata(v, _m.RangeKind, range);
        }
        return narrow ? LLVM.BuildTrunc(_b, v, _m.I1, NoName) : v;
    }

    private void EmitStore(nint value, LirType type, nint ptr, uint align, MemFlags flags)
    {
        if (type.Scalar == ScalarKind.I1)
        {
            if (type.IsVector) throw new UnsupportedException($"store of {type}");
            value = LLVM.BuildZExt(_b, value, _m.I8, NoName);
        }
        nint s = LLVM.BuildStore(_b, value, ptr);
        LLVM.SetAlignment(s, align);
        if ((flags & (MemFlags.Volatile | MemFlags.UnalignedVolatile)) != 0) LLVM.SetVolatile(s, 1);
        if ((flags & MemFlags.NonTemporal) != 0) LLVM.SetMetadata(s, _m.NonTemporalKind, _m.NonTemporalNode);
    }

    private nint EmitMemCmp(nint a, nint b, nint count)
    {
        nint* types = stackalloc nint[3] { _m.Ptr, _m.Ptr, _m.I64 };
        nint* args = stackalloc nint[3] { a, b, count };
        nint type = LLVM.FunctionType(_m.I32, types, 3, 0);
        return LLVM.BuildCall2(_b, type, _m.RuntimeFunction("memcmp", type), args, 3, NoName);
    }

    private void EmitLifetime(uint id, int slot)
    {
        // Zero-sized slots have no lifetime; without optimization nothing shares stack space.
        if (!_m.Optimize || _f.Slots[slot].Size == 0) return;
        if (_m.ParameterCount(id, _m.Ptr, 0) == 1) _m.Intrinsic(_b, id, _m.Ptr, _slots[slot]);
        else _m.Intrinsic(_b, id, _m.Ptr, _m.ConstI64((long)_f.Slots[slot].Size), _slots[slot]);
    }

    // -- atomics -------------------------------------------------------------------------------------------------------------------------------

    private static int Ordering(int ordering) => (AtomicOrdering)ordering switch
    {
        AtomicOrdering.Relaxed => 2,
        AtomicOrdering.Acquire => 4,
        AtomicOrdering.Release => 5,
        AtomicOrdering.AcqRel => 6,
        AtomicOrdering.SeqCst => 7,
        _ => throw new BugException($"atomic ordering {ordering}"),
    };

    private nint EmitAtomicLoad(in LirInst inst)
    {
        bool narrow = inst.Type == LirType.I1;
        nint v = LLVM.BuildLoad2(_b, narrow ? _m.I8 : _m.Type(inst.Type), V(inst.A), NoName);
        LLVM.SetAlignment(v, (uint)inst.Imm);
        LLVM.SetOrdering(v, Ordering(inst.Flags & 15));
        if ((inst.Flags & 16) != 0) LLVM.SetVolatile(v, 1);
        return narrow ? LLVM.BuildTrunc(_b, v, _m.I1, NoName) : v;
    }

    private void EmitAtomicStore(in LirInst inst)
    {
        nint value = V(inst.B);
        if (TypeOf(inst.B) == LirType.I1) value = LLVM.BuildZExt(_b, value, _m.I8, NoName);
        nint s = LLVM.BuildStore(_b, value, V(inst.A));
        LLVM.SetAlignment(s, (uint)inst.Imm);
        LLVM.SetOrdering(s, Ordering(inst.Flags & 15));
        if ((inst.Flags & 16) != 0) LLVM.SetVolatile(s, 1);
    }

    private nint EmitAtomicRmw(in LirInst inst)
    {
        var op = (AtomicRmwOp)(inst.Flags >> 4);
        int llvmOp = op switch
        {
            AtomicRmwOp.Xchg => 0,
            AtomicRmwOp.Add => 1,
            AtomicRmwOp.Sub => 2,
            AtomicRmwOp.And => 3,
            AtomicRmwOp.Nand => 4,
            AtomicRmwOp.Or => 5,
            AtomicRmwOp.Xor => 6,
            AtomicRmwOp.Max => 7,
            AtomicRmwOp.Min => 8,
            AtomicRmwOp.UMax => 9,
            AtomicRmwOp.UMin => 10,
            _ => throw new BugException($"atomic operation {op}"),
        };
        nint operand = V(inst.B);
        var type = TypeOf(inst.B);
        // Arithmetic on an atomic pointer is on its address.
        bool viaInt = type.IsPtr && op != AtomicRmwOp.Xchg;
        if (viaInt) operand = LLVM.BuildPtrToInt(_b, operand, _m.I64, NoName);
        if (type == LirType.I1) operand = LLVM.BuildZExt(_b, operand, _m.I8, NoName);
        nint v = LLVM.BuildAtomicRMW(_b, llvmOp, V(inst.A), operand, Ordering(inst.Flags & 15), 0);
        if (type == LirType.I1) return LLVM.BuildTrunc(_b, v, _m.I1, NoName);
        if (viaInt || (inst.Type.IsPtr && type == LirType.I64)) return inst.Type.IsPtr ? LLVM.BuildIntToPtr(_b, v, _m.Ptr, NoName) : v;
        return v;
    }

    private nint EmitAtomicCas(int i, in LirInst inst)
    {
        bool narrow = inst.Type == LirType.I1;
        nint expected = V(inst.B), replacement = V(inst.C);
        if (narrow)
        {
            expected = LLVM.BuildZExt(_b, expected, _m.I8, NoName);
            replacement = LLVM.BuildZExt(_b, replacement, _m.I8, NoName);
        }
        nint v = LLVM.BuildAtomicCmpXchg(_b, V(inst.A), expected, replacement, Ordering(inst.Flags & 15), Ordering((inst.Flags >> 4) & 15), 0);
        if ((inst.Flags & 256) != 0) LLVM.SetWeak(v, 1);
        nint old = First(i, v);
        return narrow ? LLVM.BuildTrunc(_b, old, _m.I1, NoName) : old;
    }
}
