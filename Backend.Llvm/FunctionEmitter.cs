using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Llvm;

/// <summary>Bodies of functions. One object serves all functions of a module; its arrays are reused.</summary>
internal sealed unsafe partial class FunctionEmitter(ModuleEmitter module, DebugInfoEmitter? debug)
{
    private readonly ModuleEmitter _m = module;
    private readonly DebugInfoEmitter? _debug = debug;
    private readonly nint _b = module.Builder;
    private static byte* NoName => ModuleEmitter.NoName;

    private LirFunction _f = null!;
    private nint _fn;
    private nint[] _values = [];
    /// <summary>The LLVM aggregate of a multi-result instruction, 0 for none.</summary>
    private nint[] _aggregates = [];
    private nint[] _blocks = [];
    private nint[] _slots = [];
    private nint[] _slotTypes = [];
    /// <summary>Results of inline assembly, per instruction.</summary>
    private readonly Dictionary<int, nint[]> _asmResults = [];
    private nint _prologue;
    private int _block;
    private int _loc;

    public void Emit(LirFunction f, nint fn)
    {
        _f = f;
        _fn = fn;
        try
        {
            EmitBody();
        }
        catch (UnsupportedException e)
        {
            throw e.In(f.Symbol.Name, null);
        }
    }

    private void EmitBody()
    {
        Prepare();
        for (_block = 0; _block < _f.Blocks.Length; _block++)
        {
            LLVM.PositionBuilderAtEnd(_b, _blocks[_block]);
            var block = _f.Blocks[_block];
            for (int i = block.Start; i < block.End; i++)
            {
                ref readonly var inst = ref _f.Insts[i];
                if (_debug is not null && inst.Loc != _loc) SetLocation(inst.Loc);
                _values[i] = EmitInst(i, in inst);
            }
        }
        if (_debug is not null) LLVM.SetCurrentDebugLocation2(_b, 0);
    }

    private void Prepare()
    {
        var f = _f;
        int n = f.Insts.Length;
        if (_values.Length < n)
        {
            _values = new nint[Math.Max(n, _values.Length * 2)];
            _aggregates = new nint[_values.Length];
        }
        else
        {
            Array.Clear(_values, 0, n);
            Array.Clear(_aggregates, 0, n);
        }
        if (_asmResults.Count != 0) _asmResults.Clear();
        if (_blocks.Length < f.Blocks.Length) _blocks = new nint[Math.Max(f.Blocks.Length, _blocks.Length * 2)];
        if (_slots.Length < f.Slots.Length)
        {
            _slots = new nint[Math.Max(f.Slots.Length, _slots.Length * 2)];
            _slotTypes = new nint[_slots.Length];
        }

        bool ownPrologue = IsBranchedTo(0);
        _prologue = LLVM.AppendBasicBlockInContext(_m.Context, _fn, NoName);
        for (int i = 0; i < f.Blocks.Length; i++) _blocks[i] = i == 0 && !ownPrologue ? _prologue : LLVM.AppendBasicBlockInContext(_m.Context, _fn, NoName);

        LLVM.PositionBuilderAtEnd(_b, _prologue);
        if (_debug is not null)
        {
            _debug.Begin(f, _fn);
            _loc = -2;
        }
        for (int i = 0; i < f.Slots.Length; i++)
        {
            nint type = LLVM.ArrayType2(_m.I8, f.Slots[i].Size);
            nint a = LLVM.BuildAlloca(_b, type, NoName);
            LLVM.SetAlignment(a, Math.Max(1, f.Slots[i].Align));
            _slots[i] = a;
            _slotTypes[i] = type;
        }
        PrepareVars();
        if (ownPrologue) LLVM.BuildBr(_b, _blocks[0]);
    }

    private bool IsBranchedTo(int block)
    {
        foreach (var b in _f.Blocks)
        {
            ref readonly var t = ref _f.Insts[b.End - 1];
            switch (t.Op)
            {
                case LirOp.Br when t.A == block:
                case LirOp.CondBr when t.B == block || t.C == block:
                    return true;
                case LirOp.Invoke or LirOp.InvokeIndirect when _f.Pool[t.B + t.C] == block || _f.Pool[t.B + t.C + 1] == block:
                    return true;
                case LirOp.Switch:
                    if (t.Imm == block) return true;
                    for (int i = t.B; i < t.B + t.C; i += 2) if (_f.Pool[i + 1] == block) return true;
                    break;
            }
        }
        return false;
    }

    private void SetLocation(int loc)
    {
        _loc = loc;
        LLVM.SetCurrentDebugLocation2(_b, _debug!.Location(loc));
    }

    /// <summary>The LLVM value of a LIR value, at the builder's position.</summary>
    private nint V(int value)
    {
        nint v = _values[value];
        if (v != 0) return v;
        // First result of an invoke: extracted at its uses, because after the invoke there is no place for it.
        nint aggregate = _aggregates[value];
        if (aggregate != 0) return LLVM.BuildExtractValue(_b, aggregate, 0, NoName);
        throw new BugException($"value {value} ({_f.Insts[value].Op}) is used in {_f.Symbol} before it is defined");
    }

    private LirType TypeOf(int value) => _f.Insts[value].Type;

    private nint ResultOf(in LirInst inst)
    {
        int index = (int)inst.Imm;
        if (index == 0) return V(inst.A);
        if (_asmResults.TryGetValue(inst.A, out var results)) return results[index];
        nint aggregate = _aggregates[inst.A];
        if (aggregate == 0) throw new BugException($"{_f.Insts[inst.A].Op} in {_f.Symbol} has no result {index}");
        return LLVM.BuildExtractValue(_b, aggregate, (uint)index, NoName);
    }

    private nint Callee(in LirInst inst) => _m.Callee(_f.Symbols[inst.A], _f.Signatures[inst.Imm]);

    /// <summary>Keeps an aggregate for <see cref="LirOp.Result"/> and returns its first field.</summary>
    private nint First(int i, nint aggregate)
    {
        _aggregates[i] = aggregate;
        return LLVM.BuildExtractValue(_b, aggregate, 0, NoName);
    }

    private nint EmitInst(int i, in LirInst inst)
    {
        switch (inst.Op)
        {
            case LirOp.Nop: return 0;
            case LirOp.IConst: return _m.ConstInt(_m.Type(inst.Type), (ulong)inst.Imm, inst.A >= 0 ? _f.WideHigh[inst.A] : 0);
            case LirOp.FConst: return FloatConst(inst.Type, (ulong)inst.Imm, inst.A >= 0 ? _f.WideHigh[inst.A] : 0);
            case LirOp.Zero: return LLVM.ConstNull(_m.Type(inst.Type));
            case LirOp.Undef: return LLVM.GetUndef(_m.Type(inst.Type));
            case LirOp.SlotAddr: return _slots[inst.A];
            case LirOp.SymbolAddr: return _m.Address(_f.Symbols[inst.A], inst.Imm);
            case LirOp.TlsAddr: return TlsAddress(_f.Symbols[inst.A]);
            case LirOp.Param: return LLVM.GetParam(_fn, (uint)inst.A);
            case LirOp.Result: return ResultOf(in inst);
            case LirOp.UseVar: return UseVar(inst.A);
            case LirOp.DefVar: DefVar(inst.A, V(inst.B)); return 0;

            case >= LirOp.Add and <= LirOp.Select: return EmitInteger(i, in inst);
            case >= LirOp.FAdd and <= LirOp.FCall: return EmitFloat(in inst);
            case >= LirOp.Trunc and <= LirOp.BitCast: return EmitConversion(in inst);
            case >= LirOp.Load and <= LirOp.Prefetch: return EmitMemory(i, in inst);
            case >= LirOp.Splat and <= LirOp.Scatter: return EmitVector(in inst);

            case LirOp.Call: return EmitCall(i, in inst, Callee(in inst), _f.Symbols[inst.A]);
            case LirOp.CallIndirect: return EmitCall(i, in inst, V(inst.A), null);
            case LirOp.CallIntrinsic: return EmitCall(i, in inst, _m.NamedIntrinsic(_f.Strings[inst.A], _f.Signatures[inst.Imm]), null);
            case LirOp.Invoke: return EmitInvoke(i, in inst, Callee(in inst), _f.Symbols[inst.A]);
            case LirOp.InvokeIndirect: return EmitInvoke(i, in inst, V(inst.A), null);
            case LirOp.TailCall: return EmitTailCall(in inst, Callee(in inst), _f.Symbols[inst.A]);
            case LirOp.TailCallIndirect: return EmitTailCall(in inst, V(inst.A), null);
            case LirOp.InlineAsm: return EmitInlineAsm(i, in inst);
            case LirOp.LandingPad: return EmitLandingPad(i, (LandingPadKind)inst.Flags);

            case LirOp.Assume:
                if (_m.Optimize) _m.Plain(_b, _m.Ids.Assume, V(inst.A));
                return 0;
            case LirOp.Expect: return _m.Optimize ? _m.Intrinsic(_b, _m.Ids.Expect, _m.I1, V(inst.A), _m.ConstI1(inst.Imm != 0)) : V(inst.A);
            case LirOp.BlackBox: return BlackBox(V(inst.A), inst.Type);
            case LirOp.Breakpoint: _m.Plain(_b, _m.Ids.DebugTrap); return 0;
            case LirOp.VaStart: _m.Intrinsic(_b, _m.Ids.VaStart, _m.Ptr, V(inst.A)); return 0;
            case LirOp.VaEnd: _m.Intrinsic(_b, _m.Ids.VaEnd, _m.Ptr, V(inst.A)); return 0;
            case LirOp.VaCopy: _m.Intrinsic(_b, _m.Ids.VaCopy, _m.Ptr, V(inst.A), V(inst.B)); return 0;
            case LirOp.ReadCycleCounter: return _m.Plain(_b, _m.Ids.ReadCycleCounter);

            case LirOp.Br: LLVM.BuildBr(_b, _blocks[inst.A]); return 0;
            case LirOp.CondBr: EmitCondBr(in inst); return 0;
            case LirOp.Switch: EmitSwitch(in inst); return 0;
            case LirOp.Ret: EmitReturn(in inst); return 0;
            case LirOp.Unreachable: LLVM.BuildUnreachable(_b); return 0;
            case LirOp.Trap:
                _m.Plain(_b, _m.Ids.Trap);
                LLVM.BuildUnreachable(_b);
                return 0;
            case LirOp.Resume: EmitResume(V(inst.A), V(inst.B)); return 0;
            default: throw new UnsupportedException($"LIR operation {inst.Op} in the LLVM backend");
        }
    }

    /// <summary>A float from its bits: by way of an integer, so that NaN payloads stay.</summary>
    private nint FloatConst(LirType type, ulong low, ulong high)
    {
        nint bits = type.Scalar switch { ScalarKind.F16 => _m.I16, ScalarKind.F32 => _m.I32, ScalarKind.F64 => _m.I64, ScalarKind.F128 => _m.I128, _ => throw new BugException($"float constant of type {type}") };
        return LLVM.ConstBitCast(_m.ConstInt(bits, low, high), _m.Type(type));
    }

    private nint TlsAddress(LirSymbol symbol)
    {
        if (symbol.Kind != LirSymbolKind.Tls) throw new BugException($"thread-local address of {symbol}, which is {symbol.Kind}");
        return _m.Intrinsic(_b, _m.Ids.ThreadLocalAddress, _m.Ptr, _m.Global(symbol));
    }

    /// <summary>An empty asm that may have changed the value, or memory for what has no general register.</summary>
    private nint BlackBox(nint value, LirType type)
    {
        nint t = _m.Type(type);
        if (type.IsPtr || (type.IsInt && type.ScalarBits is >= 8 and <= 64))
        {
            nint asmType = LLVM.FunctionType(t, &t, 1, 0);
            nint asm = Asm(asmType, ""u8, "=r,0,~{memory}"u8, 1);
            return LLVM.BuildCall2(_b, asmType, asm, &value, 1, NoName);
        }
        nint slot = EntryAlloca(t);
        LLVM.BuildStore(_b, value, slot);
        nint ptr = _m.Ptr;
        nint memoryType = LLVM.FunctionType(_m.VoidType, &ptr, 1, 0);
        LLVM.BuildCall2(_b, memoryType, Asm(memoryType, ""u8, "r,~{memory}"u8, 1), &slot, 1, NoName);
        return LLVM.BuildLoad2(_b, t, slot, NoName);
    }

    private static nint Asm(nint type, ReadOnlySpan<byte> template, ReadOnlySpan<byte> constraints, int sideEffects)
    {
        fixed (byte* t = template, c = constraints)
            return LLVM.GetInlineAsm(type, t, (nuint)template.Length, c, (nuint)constraints.Length, sideEffects, 0, 0, 0);
    }

    /// <summary>An alloca at the head of the entry block, where it costs nothing at run time.</summary>
    private nint EntryAlloca(nint type)
    {
        nint here = LLVM.GetInsertBlock(_b);
        nint first = LLVM.GetFirstInstruction(_prologue);
        if (first == 0) LLVM.PositionBuilderAtEnd(_b, _prologue);
        else LLVM.PositionBuilderBefore(_b, first);
        nint a = LLVM.BuildAlloca(_b, type, NoName);
        LLVM.PositionBuilderAtEnd(_b, here);
        if (_debug is not null) LLVM.SetCurrentDebugLocation2(_b, _debug.Location(_loc));
        return a;
    }

    // -- terminators -------------------------------------------------------------------------------------------------------------------------

    private void EmitCondBr(in LirInst inst)
    {
        nint branch = LLVM.BuildCondBr(_b, V(inst.A), _blocks[inst.B], _blocks[inst.C]);
        bool coldThen = _f.Blocks[inst.B].Cold;
        if (_m.Optimize && coldThen != _f.Blocks[inst.C].Cold) LLVM.SetMetadata(branch, _m.ProfKind, _m.ColdBranch(coldThen));
    }

    private void EmitSwitch(in LirInst inst)
    {
        nint type = _m.Type(TypeOf(inst.A));
        bool wide = TypeOf(inst.A).ScalarBits > 64;
        if (!_m.Optimize && !wide && inst.C <= 2 * MostCompares)
        {
            EmitCompares(in inst, type);
            return;
        }
        nint s = LLVM.BuildSwitch(_b, V(inst.A), _blocks[inst.Imm], (uint)inst.C / 2);
        for (int i = inst.B; i < inst.B + inst.C; i += 2)
        {
            U128 value = _f.SwitchValues[_f.Pool[i]];
            LLVM.AddCase(s, _m.ConstInt(type, (ulong)value, wide ? (ulong)(value >> 64) : 0), _blocks[_f.Pool[i + 1]]);
        }
        if (_m.Optimize) AddSwitchWeights(s, in inst);
    }

    private void AddSwitchWeights(nint s, in LirInst inst)
    {
        bool cold = _f.Blocks[inst.Imm].Cold, warm = !cold;
        for (int i = inst.B; i < inst.B + inst.C; i += 2)
        {
            cold |= _f.Blocks[_f.Pool[i + 1]].Cold;
            warm |= !_f.Blocks[_f.Pool[i + 1]].Cold;
        }
        if (!cold || !warm) return;
        uint[] weights = new uint[inst.C / 2 + 1];
        weights[0] = _f.Blocks[inst.Imm].Cold ? 1u : 2000u;
        for (int i = 0; i < inst.C; i += 2) weights[i / 2 + 1] = _f.Blocks[_f.Pool[inst.B + i + 1]].Cold ? 1u : 2000u;
        LLVM.SetMetadata(s, _m.ProfKind, _m.BranchWeights(weights));
    }

    /// <summary>Up to that many cases are a chain of compares when nothing optimizes: LLVM's fast instruction selection has no switch.</summary>
    private const int MostCompares = 4;

    private void EmitCompares(in LirInst inst, nint type)
    {
        nint value = V(inst.A);
        for (int i = inst.B; i < inst.B + inst.C; i += 2)
        {
            nint same = LLVM.BuildICmp(_b, IntPredicate(IntCond.Eq), value, _m.ConstInt(type, (ulong)_f.SwitchValues[_f.Pool[i]], 0), NoName);
            bool last = i + 2 == inst.B + inst.C;
            nint next = last ? _blocks[inst.Imm] : _block + 1 < _f.Blocks.Length
                ? LLVM.InsertBasicBlockInContext(_m.Context, _blocks[_block + 1], NoName)
                : LLVM.AppendBasicBlockInContext(_m.Context, _fn, NoName);
            LLVM.BuildCondBr(_b, same, _blocks[_f.Pool[i + 1]], next);
            if (!last) LLVM.PositionBuilderAtEnd(_b, next);
        }
        if (inst.C == 0) LLVM.BuildBr(_b, _blocks[inst.Imm]);
    }

    private void EmitReturn(in LirInst inst)
    {
        switch (inst.C)
        {
            case 0: LLVM.BuildRetVoid(_b); break;
            case 1: LLVM.BuildRet(_b, V(_f.Pool[inst.B])); break;
            default:
                nint* values = stackalloc nint[inst.C];
                for (int i = 0; i < inst.C; i++) values[i] = V(_f.Pool[inst.B + i]);
                LLVM.BuildAggregateRet(_b, values, (uint)inst.C);
                break;
        }
    }

    private nint EmitLandingPad(int i, LandingPadKind kind)
    {
        nint pad = LLVM.BuildLandingPad(_b, _m.ExceptionType, 0, 1, NoName);
        switch (kind)
        {
            case LandingPadKind.Cleanup: LLVM.SetCleanup(pad, 1); break;
            case LandingPadKind.CatchAll: LLVM.AddClause(pad, LLVM.ConstNull(_m.Ptr)); break;
            case LandingPadKind.Filter: LLVM.AddClause(pad, LLVM.ConstArray2(_m.Ptr, null, 0)); break;
            default: throw new BugException($"landing pad kind {kind}");
        }
        return First(i, pad);
    }

    private void EmitResume(nint exception, nint selector)
    {
        nint pair = LLVM.BuildInsertValue(_b, LLVM.GetPoison(_m.ExceptionType), exception, 0, NoName);
        pair = LLVM.BuildInsertValue(_b, pair, selector, 1, NoName);
        LLVM.BuildResume(_b, pair);
    }
}
