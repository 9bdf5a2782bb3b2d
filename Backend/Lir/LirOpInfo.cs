namespace Mirlink.Backend.Lir;

/// <summary>Which of an instruction's fields are values. Shared by the builder, the validator, the printer, hashing and the backends.</summary>
public static class LirOpInfo
{
    [Flags]
    public enum Operands : byte { None = 0, A = 1, B = 2, C = 4, AB = 3, ABC = 7, /** Pool[B..B+C) are values. */ Pool = 8 }

    public static Operands ValueOperands(LirOp op) => op switch
    {
        LirOp.Nop or LirOp.IConst or LirOp.FConst or LirOp.Zero or LirOp.Undef or LirOp.SlotAddr or LirOp.SymbolAddr or LirOp.TlsAddr or LirOp.Param
            or LirOp.UseVar or LirOp.Fence or LirOp.SlotLive or LirOp.SlotDead or LirOp.LandingPad or LirOp.Breakpoint or LirOp.ReadCycleCounter
            or LirOp.Br or LirOp.Unreachable or LirOp.Trap => Operands.None,
        LirOp.DefVar => Operands.B,
        LirOp.Result or LirOp.CtPop or LirOp.CtLz or LirOp.CtTz or LirOp.BSwap or LirOp.BitReverse or LirOp.Neg or LirOp.Not or LirOp.FNeg
            or (>= LirOp.Trunc and <= LirOp.BitCast) or LirOp.Load or LirOp.PtrAddImm or LirOp.AtomicLoad or LirOp.Prefetch or LirOp.Splat
            or LirOp.Assume or LirOp.BlackBox or LirOp.Expect or LirOp.VaStart or LirOp.VaEnd or LirOp.CondBr or LirOp.Switch => Operands.A,
        LirOp.FShl or LirOp.FShr or LirOp.Select or LirOp.FCall or LirOp.MemCpy or LirOp.MemMove or LirOp.MemSet or LirOp.MemCmp or LirOp.AtomicCas
            or LirOp.InsertLane or LirOp.MaskedLoad or LirOp.MaskedStore or LirOp.Gather or LirOp.Scatter => Operands.ABC,
        LirOp.Call or LirOp.CallIntrinsic or LirOp.InlineAsm or LirOp.Ret or LirOp.Invoke or LirOp.TailCall => Operands.Pool,
        LirOp.CallIndirect or LirOp.InvokeIndirect or LirOp.TailCallIndirect => Operands.A | Operands.Pool,
        _ => Operands.AB,
    };

    public static bool IsTerminator(LirOp op) => op >= LirOp.Br;

    /// <summary>Successor blocks, appended to <paramref name="into"/>.</summary>
    public static void Successors(in LirInst inst, ReadOnlySpan<int> pool, List<int> into)
    {
        switch (inst.Op)
        {
            case LirOp.Br: into.Add(inst.A); break;
            case LirOp.CondBr: into.Add(inst.B); into.Add(inst.C); break;
            case LirOp.Switch:
                for (int i = inst.B; i < inst.B + inst.C; i += 2) into.Add(pool[i + 1]);
                into.Add((int)inst.Imm);
                break;
            case LirOp.Invoke or LirOp.InvokeIndirect:
                into.Add(pool[inst.B + inst.C]);
                into.Add(pool[inst.B + inst.C + 1]);
                break;
        }
    }
}
