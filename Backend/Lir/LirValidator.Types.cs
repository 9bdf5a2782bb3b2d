using Mirlink.Mir;
namespace Mirlink.Backend.Lir;

public sealed partial class LirValidator
{
    private LirType T(int value) => _f.Insts[value].Type;

    private void Expect(bool condition, string what)
    {
        if (!condition) Problem(what);
    }

    private static bool IsIntLike(LirType t) => t.Scalar is >= ScalarKind.I1 and <= ScalarKind.I128;
    private static bool IsFloatLike(LirType t) => t.Scalar is >= ScalarKind.F16 and <= ScalarKind.F128;
    private static bool IsPowerOfTwo(long v) => v > 0 && (v & (v - 1)) == 0;

    private void CheckInst(in LirInst i, int block)
    {
        switch (i.Op)
        {
            case LirOp.Nop or LirOp.Undef or LirOp.Zero or LirOp.BlackBox: break;
            case LirOp.IConst:
                Expect(i.Type.IsInt, "an integer constant of no integer type");
                Expect(i.A < _f.WideHigh.Length && (i.A < 0 || i.Type.ScalarBits == 128), "a high half where there is none");
                Expect(i.Type.ScalarBits >= 64 || (ulong)i.Imm >> i.Type.ScalarBits == 0, "the constant does not fit its type");
                break;
            case LirOp.FConst: Expect(i.Type.IsFloat, "a float constant of no float type"); break;
            case LirOp.SlotAddr or LirOp.SlotLive or LirOp.SlotDead: Expect(i.A >= 0 && i.A < _f.Slots.Length, $"no slot {i.A}"); break;
            case LirOp.SymbolAddr:
                if (IsSymbol(i.A)) Expect(_f.Symbols[i.A].Kind != LirSymbolKind.Tls, "the plain address of a thread-local symbol");
                break;
            case LirOp.TlsAddr:
                if (IsSymbol(i.A)) Expect(_f.Symbols[i.A].Kind == LirSymbolKind.Tls, "the thread-local address of a plain symbol");
                break;
            case LirOp.Param:
                if (i.A < 0 || i.A >= _f.Signature.Params.Length) Problem($"no parameter {i.A}");
                else Expect(i.Type == _f.Signature.Params[i.A].Type, $"parameter {i.A} is {_f.Signature.Params[i.A].Type}");
                break;
            case LirOp.Result: CheckResult(in i); break;
            case LirOp.UseVar:
                if (IsVar(i.A)) Expect(i.Type == _f.Vars[i.A], $"var{i.A} is {_f.Vars[i.A]}");
                break;
            case LirOp.DefVar:
                if (IsVar(i.A)) Expect(T(i.B) == _f.Vars[i.A], $"var{i.A} is {_f.Vars[i.A]}, its new value {T(i.B)}");
                break;

            case LirOp.CtPop or LirOp.CtLz or LirOp.CtTz: Expect(IsIntLike(T(i.A)) && IsIntLike(i.Type), "no integer"); break;
            case LirOp.RotL or LirOp.RotR: Expect(IsIntLike(i.Type) && T(i.A) == i.Type && IsIntLike(T(i.B)), "rotation of other types"); break;
            case LirOp.FShl or LirOp.FShr: Expect(IsIntLike(i.Type) && T(i.A) == i.Type && T(i.B) == i.Type && IsIntLike(T(i.C)), "funnel shift of other types"); break;
            case LirOp.Neg or LirOp.Not or LirOp.BSwap or LirOp.BitReverse: Expect(IsIntLike(i.Type) && T(i.A) == i.Type, $"operand is {T(i.A)}"); break;
            case LirOp.ICmp:
                Expect(T(i.A) == T(i.B), $"compares {T(i.A)} with {T(i.B)}");
                Expect(IsIntLike(T(i.A)) || T(i.A).Scalar == ScalarKind.Ptr, $"compares {T(i.A)} as integers");
                Expect(i.Type == new LirType(ScalarKind.I1, T(i.A).Lanes), "gives no I1");
                break;
            case LirOp.FCmp:
                Expect(T(i.A) == T(i.B) && IsFloatLike(T(i.A)), $"compares {T(i.A)} with {T(i.B)}");
                Expect(i.Type == new LirType(ScalarKind.I1, T(i.A).Lanes), "gives no I1");
                break;
            case LirOp.Select:
                Expect(T(i.A) == LirType.I1 || T(i.A) == new LirType(ScalarKind.I1, i.Type.Lanes), $"the condition is {T(i.A)}");
                Expect(T(i.B) == i.Type && T(i.C) == i.Type, $"selects from {T(i.B)} and {T(i.C)}");
                break;
            case >= LirOp.Add and <= LirOp.UMax:
                Expect(IsIntLike(i.Type) && T(i.A) == i.Type && T(i.B) == i.Type, $"operands are {T(i.A)} and {T(i.B)}");
                break;
            case LirOp.FNeg: Expect(IsFloatLike(i.Type) && T(i.A) == i.Type, $"operand is {T(i.A)}"); break;
            case >= LirOp.FAdd and <= LirOp.FRem: Expect(IsFloatLike(i.Type) && T(i.A) == i.Type && T(i.B) == i.Type, $"operands are {T(i.A)} and {T(i.B)}"); break;
            case LirOp.FCall: Expect(IsFloatLike(i.Type) && T(i.A) == i.Type, $"operand is {T(i.A)}"); break;
            case >= LirOp.Trunc and <= LirOp.BitCast: CheckConversion(in i); break;

            case LirOp.Load: Address(i.A); Align(i.Imm); Expect(!i.Type.IsVoid, "loads nothing"); break;
            case LirOp.Store: Address(i.A); Align(i.Imm); break;
            case LirOp.PtrAddImm: Address(i.A); break;
            case LirOp.PtrAdd: Address(i.A); Expect(T(i.B) == LirType.I64, $"the offset is {T(i.B)}"); break;
            case LirOp.MemCpy or LirOp.MemMove: Address(i.A); Address(i.B); Expect(T(i.C) == LirType.I64, $"the count is {T(i.C)}"); Align((uint)i.Imm); Align(i.Imm >> 32); break;
            case LirOp.MemSet: Address(i.A); Expect(T(i.B) == LirType.I8 && T(i.C) == LirType.I64, $"fills {T(i.C)} bytes with {T(i.B)}"); Align(i.Imm); break;
            case LirOp.MemCmp: Address(i.A); Address(i.B); Expect(T(i.C) == LirType.I64, $"the count is {T(i.C)}"); break;
            case LirOp.AtomicLoad: Address(i.A); Align(i.Imm); Order(i.Flags & 15); Expect((i.Flags & 15) is not ((int)AtomicOrdering.Release or (int)AtomicOrdering.AcqRel), "a load that releases"); break;
            case LirOp.AtomicStore: Address(i.A); Align(i.Imm); Order(i.Flags & 15); Expect((i.Flags & 15) is not ((int)AtomicOrdering.Acquire or (int)AtomicOrdering.AcqRel), "a store that acquires"); break;
            case LirOp.AtomicRmw: Address(i.A); Order(i.Flags & 15); Expect(i.Type.ByteSize == T(i.B).ByteSize, $"operand is {T(i.B)}"); break;
            case LirOp.AtomicCas: Address(i.A); Order(i.Flags & 15); Order((i.Flags >> 4) & 15); Expect(T(i.B) == i.Type && T(i.C) == i.Type, $"operands are {T(i.B)} and {T(i.C)}"); break;
            case LirOp.Fence: Order(i.Flags & 15); Expect((i.Flags & 15) != (int)AtomicOrdering.Relaxed, "a relaxed fence"); break;
            case LirOp.Prefetch or LirOp.VaStart or LirOp.VaEnd: Address(i.A); break;
            case LirOp.VaCopy: Address(i.A); Address(i.B); break;

            case LirOp.Splat: Expect(i.Type.IsVector && T(i.A) == i.Type.Element, $"a vector {i.Type} of {T(i.A)}"); break;
            case LirOp.ExtractLane: Expect(T(i.A).IsVector && T(i.A).Element == i.Type && T(i.B).IsInt, $"{i.Type} out of {T(i.A)}"); break;
            case LirOp.InsertLane: Expect(i.Type.IsVector && T(i.A) == i.Type && T(i.B) == i.Type.Element && T(i.C).IsInt, $"{T(i.B)} into {T(i.A)}"); break;
            case LirOp.Shuffle:
                Expect(i.Type.IsVector && T(i.A).IsVector && T(i.A) == T(i.B) && T(i.A).Element == i.Type.Element, $"{i.Type} from {T(i.A)} and {T(i.B)}");
                Expect(i.C >= 0 && i.C + i.Type.Lanes <= _f.Pool.Length, "lanes out of the pool");
                for (int k = 0; k < i.Type.Lanes && i.C + k < _f.Pool.Length; k++) Expect(_f.Pool[i.C + k] < 2 * T(i.A).Lanes, $"no lane {_f.Pool[i.C + k]}");
                break;
            case LirOp.VectorReduce: Expect(T(i.A).IsVector && T(i.A).Element == i.Type && (i.B < 0 || T(i.B) == i.Type), $"{i.Type} from {T(i.A)}"); break;
            case LirOp.MaskedLoad: Address(i.A); Mask(i.B, i.Type); Expect(T(i.C) == i.Type, $"passes {T(i.C)} through"); Align(i.Imm); break;
            case LirOp.MaskedStore: Address(i.A); Mask(i.C, T(i.B)); Align(i.Imm); break;
            case LirOp.Gather: Pointers(i.A, i.Type); Mask(i.B, i.Type); Expect(T(i.C) == i.Type, $"passes {T(i.C)} through"); break;
            case LirOp.Scatter: Pointers(i.A, T(i.B)); Mask(i.C, T(i.B)); break;

            case LirOp.Call or LirOp.Invoke or LirOp.TailCall:
                if (IsSymbol(i.A)) Expect(_f.Symbols[i.A].Kind == LirSymbolKind.Function, $"calls {_f.Symbols[i.A]}, which is {_f.Symbols[i.A].Kind}");
                CheckCall(in i);
                break;
            case LirOp.CallIndirect or LirOp.InvokeIndirect or LirOp.TailCallIndirect: Address(i.A); CheckCall(in i); break;
            case LirOp.CallIntrinsic: Expect(i.A >= 0 && i.A < _f.Strings.Length, "no name"); CheckCall(in i); break;
            case LirOp.InlineAsm: CheckAsm(in i); break;
            case LirOp.LandingPad:
                Expect(_at == _f.Blocks[block].Start, "a landing pad inside a block");
                Expect(_f.HasLandingPad, "the function says it has no landing pad");
                break;
            case LirOp.Assume or LirOp.Expect: Expect(T(i.A) == LirType.I1, $"the condition is {T(i.A)}"); break;
            case LirOp.CondBr: Expect(T(i.A) == LirType.I1, $"the condition is {T(i.A)}"); break;
            case LirOp.Switch:
                Expect(T(i.A).IsInt, $"switches on {T(i.A)}");
                CheckSwitch(in i);
                break;
            case LirOp.Ret: CheckReturn(in i); break;
            case LirOp.Resume: Expect(T(i.A) == LirType.Ptr && T(i.B) == LirType.I32, $"resumes {T(i.A)}, {T(i.B)}"); break;
        }
    }

    private bool IsSymbol(int index)
    {
        bool ok = index >= 0 && index < _f.Symbols.Length;
        if (!ok) Problem($"no symbol {index}");
        return ok;
    }

    private bool IsVar(int index)
    {
        bool ok = index >= 0 && index < _f.Vars.Length;
        if (!ok) Problem($"no variable {index}");
        return ok;
    }

    private void Address(int value) => Expect(T(value) == LirType.Ptr, $"the address %{value} is {T(value)}");
    private void Align(long align) => Expect(IsPowerOfTwo(align), $"alignment {align}");
    private void Order(int ordering) => Expect(ordering is >= (int)AtomicOrdering.Relaxed and <= (int)AtomicOrdering.SeqCst, $"ordering {ordering}");
    private void Mask(int value, LirType vector) => Expect(T(value) == new LirType(ScalarKind.I1, vector.Lanes), $"the mask is {T(value)}");
    private void Pointers(int value, LirType vector) => Expect(T(value) == new LirType(ScalarKind.Ptr, vector.Lanes), $"the addresses are {T(value)}");

    private void CheckResult(in LirInst i)
    {
        ref readonly var of = ref _f.Insts[i.A];
        LirType? type = null;
        switch (of.Op)
        {
            case >= LirOp.SAddOverflow and <= LirOp.UMulOverflow:
                if (i.Imm == 1) type = new LirType(ScalarKind.I1, of.Type.Lanes);
                break;
            case LirOp.AtomicCas:
                if (i.Imm == 1) type = LirType.I1;
                break;
            case LirOp.LandingPad:
                if (i.Imm == 1) type = LirType.I32;
                break;
            case LirOp.Call or LirOp.CallIndirect or LirOp.CallIntrinsic or LirOp.Invoke or LirOp.InvokeIndirect:
                var returns = _f.Signatures[of.Imm].Returns;
                if (i.Imm >= 1 && i.Imm < returns.Length) type = returns[i.Imm].Type;
                break;
            case LirOp.InlineAsm:
                int n = 0;
                foreach (var o in _f.Asms[of.A].Operands)
                    if (IsAsmResult(in o) && n++ == i.Imm) type = o.Type;
                break;
        }
        if (type is null) Problem($"{of.Op} %{i.A} has no result {i.Imm}");
        else Expect(i.Type == type, $"result {i.Imm} of {of.Op} is {type}");
    }

    private static bool IsAsmResult(in LirAsmOperand o) =>
        o.Kind is LirAsmOperandKind.Out or LirAsmOperandKind.LateOut or LirAsmOperandKind.InOut or LirAsmOperandKind.InLateOut && !o.Type.IsVoid;

    private void CheckConversion(in LirInst i)
    {
        var from = T(i.A);
        var to = i.Type;
        if (i.Op != LirOp.BitCast) Expect(from.Lanes == to.Lanes, $"from {from}");
        bool ok = i.Op switch
        {
            LirOp.Trunc => IsIntLike(from) && IsIntLike(to) && from.ScalarBits > to.ScalarBits,
            LirOp.ZExt or LirOp.SExt => IsIntLike(from) && IsIntLike(to) && from.ScalarBits < to.ScalarBits,
            LirOp.FpTrunc => IsFloatLike(from) && IsFloatLike(to) && from.ScalarBits > to.ScalarBits,
            LirOp.FpExt => IsFloatLike(from) && IsFloatLike(to) && from.ScalarBits < to.ScalarBits,
            LirOp.FpToSiSat or LirOp.FpToUiSat or LirOp.FpToSi or LirOp.FpToUi => IsFloatLike(from) && IsIntLike(to),
            LirOp.SiToFp or LirOp.UiToFp => IsIntLike(from) && IsFloatLike(to),
            LirOp.PtrToInt => from.Scalar == ScalarKind.Ptr && IsIntLike(to),
            LirOp.IntToPtr => IsIntLike(from) && to.Scalar == ScalarKind.Ptr,
            // Between a mask and an integer the bits count, and the integer may have more.
            _ => from.ByteSize == to.ByteSize || (from.IsVector && from.Scalar == ScalarKind.I1 && to.IsInt && to.ScalarBits >= from.Lanes)
                || (to.IsVector && to.Scalar == ScalarKind.I1 && from.IsInt && from.ScalarBits >= to.Lanes),
        };
        Expect(ok, $"from {from}");
    }

    private void CheckCall(in LirInst i)
    {
        if (i.Imm < 0 || i.Imm >= _f.Signatures.Length) { Problem($"no signature {i.Imm}"); return; }
        var s = _f.Signatures[i.Imm];
        if (s.Variadic ? i.C < s.Params.Length : i.C != s.Params.Length) { Problem($"{i.C} arguments for {s.Params.Length} parameters"); return; }
        for (int k = 0; k < s.Params.Length; k++) Expect(T(_f.Pool[i.B + k]) == s.Params[k].Type, $"argument {k} is {T(_f.Pool[i.B + k])}, the parameter {s.Params[k].Type}");
        Expect(i.Type == s.FirstReturn, $"the callee returns {s.FirstReturn}");
        if (i.Op is not (LirOp.TailCall or LirOp.TailCallIndirect)) return;
        Expect(s.Returns.Length == _f.Signature.Returns.Length && s.Returns.Zip(_f.Signature.Returns).All(p => p.First.Type == p.Second.Type), "a tail call with other results");
    }

    private void CheckAsm(in LirInst i)
    {
        if (i.A < 0 || i.A >= _f.Asms.Length) { Problem("no assembly"); return; }
        var asm = _f.Asms[i.A];
        int inputs = 0;
        LirType first = LirType.Void;
        foreach (var o in asm.Operands)
        {
            if (o.Kind is LirAsmOperandKind.In or LirAsmOperandKind.InOut or LirAsmOperandKind.InLateOut) inputs++;
            if (IsAsmResult(in o) && first.IsVoid) first = o.Type;
            if (o.Kind is LirAsmOperandKind.SymFn or LirAsmOperandKind.SymStatic) IsSymbol(o.Symbol);
        }
        Expect(inputs == i.C, $"{i.C} inputs for {inputs} operands");
        Expect(i.Type == first, $"the first output is {first}");
        foreach (var p in asm.Template) Expect(p.Text is not null || (p.Operand >= 0 && p.Operand < asm.Operands.Length), $"no operand {p.Operand}");
    }

    private void CheckSwitch(in LirInst i)
    {
        var seen = new HashSet<U128>();
        int bits = T(i.A).ScalarBits;
        for (int k = i.B; k < i.B + i.C; k += 2)
        {
            if (_f.Pool[k] < 0 || _f.Pool[k] >= _f.SwitchValues.Length) { Problem("a case without a value"); return; }
            U128 v = _f.SwitchValues[_f.Pool[k]];
            if (bits < 128) v &= (U128.One << bits) - 1;
            Expect(seen.Add(v), $"case {v} occurs twice");
        }
    }

    private void CheckReturn(in LirInst i)
    {
        var returns = _f.Signature.Returns;
        if (i.C != returns.Length) { Problem($"{i.C} values for {returns.Length} results"); return; }
        for (int k = 0; k < i.C; k++) Expect(T(_f.Pool[i.B + k]) == returns[k].Type, $"result {k} is {T(_f.Pool[i.B + k])}, declared {returns[k].Type}");
    }
}
