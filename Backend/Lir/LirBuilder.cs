using Mirlink.Mir;

namespace Mirlink.Backend.Lir;

/// <summary>
/// Builds one <see cref="LirFunction"/>. Blocks may be filled in any order, one at a time; values are numbered as they are made and renumbered into
/// block order by <see cref="Finish"/>. A value may be used wherever its definition dominates; what crosses joins goes through variables or slots.
/// </summary>
public sealed partial class LirBuilder
{
    private struct BlockUnderConstruction { public List<int> Insts; public bool Cold; public bool Terminated; }

    // The lists that grow most are those of the last function that the thread finished.
    [ThreadStatic] private static List<LirInst>? t_insts;
    [ThreadStatic] private static List<int>? t_pool;

    private readonly List<LirInst> _insts = Take(ref t_insts);
    private readonly List<BlockUnderConstruction> _blocks = [];
    private readonly List<LirSlot> _slots = [];
    private readonly List<LirType> _vars = [];
    private readonly List<int> _pool = Take(ref t_pool);
    private readonly List<LirSymbol> _symbols = [];
    private readonly Dictionary<LirSymbol, int> _symbolIndex = new(ReferenceEqualityComparer.Instance);
    private readonly List<LirSignature> _signatures = [];
    private readonly Dictionary<LirSignature, int> _signatureIndex = [];
    private readonly List<ulong> _wideHigh = [];
    private readonly List<U128> _switchValues = [];
    private readonly List<LirRange> _ranges = [];
    private readonly List<string> _strings = [];
    private readonly List<LirInlineAsm> _asms = [];
    private readonly List<LirLoc> _locs = [];
    private readonly List<LirScope> _scopes = [];
    private readonly Dictionary<LirLoc, int> _locIndex = [];
    private bool _hasLandingPad;

    /// <summary>Index of the block being filled, -1 for none.</summary>
    public int CurrentBlock { get; private set; } = -1;
    /// <summary>Location given to instructions from now on, -1 for none.</summary>
    public int CurrentLoc { get; set; } = -1;
    public bool IsTerminated => CurrentBlock >= 0 && _blocks[CurrentBlock].Terminated;
    public int BlockCount => _blocks.Count;

    private static List<T> Take<T>(ref List<T>? idle)
    {
        var list = idle ?? new List<T>(256);
        idle = null;
        return list;
    }

    public int NewBlock(bool cold = false)
    {
        _blocks.Add(new BlockUnderConstruction { Insts = [], Cold = cold });
        return _blocks.Count - 1;
    }

    public void SwitchTo(int block) => CurrentBlock = block;

    public int NewSlot(ulong size, uint align)
    {
        _slots.Add(new LirSlot(size, align));
        return _slots.Count - 1;
    }

    public int NewVar(LirType type)
    {
        _vars.Add(type);
        return _vars.Count - 1;
    }

    public LirType VarType(int var) => _vars[var];

    public int AddScope(LirScope scope) { _scopes.Add(scope); return _scopes.Count - 1; }

    public int AddLoc(LirLoc loc)
    {
        if (!_locIndex.TryGetValue(loc, out int i)) { i = _locs.Count; _locs.Add(loc); _locIndex.Add(loc, i); }
        return i;
    }

    public int SymbolRef(LirSymbol symbol)
    {
        if (!_symbolIndex.TryGetValue(symbol, out int i)) { i = _symbols.Count; _symbols.Add(symbol); _symbolIndex.Add(symbol, i); }
        return i;
    }

    private int SignatureRef(LirSignature s)
    {
        if (!_signatureIndex.TryGetValue(s, out int i)) { i = _signatures.Count; _signatures.Add(s); _signatureIndex.Add(s, i); }
        return i;
    }

    /// <summary>Type of a value made earlier.</summary>
    public LirType TypeOf(int value) => _insts[value].Type;

    /// <summary>Appends an instruction to the current block and returns the value it defines.</summary>
    public int Emit(LirOp op, LirType type, int a = -1, int b = -1, int c = -1, long imm = 0, int flags = 0)
    {
        var block = _blocks[CurrentBlock];
        if (block.Terminated) throw new BugException($"instruction {op} after the terminator of block {CurrentBlock}");
        int id = _insts.Count;
        _insts.Add(new LirInst { Op = op, Type = type, Flags = (ushort)flags, A = a, B = b, C = c, Imm = imm, Loc = CurrentLoc });
        block.Insts.Add(id);
        if (LirOpInfo.IsTerminator(op)) { block.Terminated = true; _blocks[CurrentBlock] = block; }
        return id;
    }

    private int PoolOf(ReadOnlySpan<int> values)
    {
        int start = _pool.Count;
        foreach (int v in values) _pool.Add(v);
        return start;
    }

    // -- constants, addresses, variables ---------------------------------------------------------------------------------------------------

    public int IConst(LirType type, U128 value)
    {
        int bits = type.ScalarBits;
        if (bits < 128) value &= (U128.One << bits) - 1;
        return Emit(LirOp.IConst, type, a: High(bits, value), imm: (long)(ulong)value);
    }

    public int IConst(LirType type, long value) => IConst(type, (U128)(I128)value);

    public int FConst(LirType type, U128 bits) => Emit(LirOp.FConst, type, a: High(type.ScalarBits, bits), imm: (long)(ulong)bits);

    private int High(int bits, U128 value)
    {
        if (bits <= 64 || (ulong)(value >> 64) == 0) return -1;
        _wideHigh.Add((ulong)(value >> 64));
        return _wideHigh.Count - 1;
    }

    public int Zero(LirType type) => Emit(LirOp.Zero, type);
    public int Undef(LirType type) => Emit(LirOp.Undef, type);
    public int SlotAddr(int slot) => Emit(LirOp.SlotAddr, LirType.Ptr, slot);
    public int SymbolAddr(LirSymbol symbol, long offset = 0) => Emit(LirOp.SymbolAddr, LirType.Ptr, SymbolRef(symbol), imm: offset);
    public int TlsAddr(LirSymbol symbol) => Emit(LirOp.TlsAddr, LirType.Ptr, SymbolRef(symbol));
    public int Param(int index, LirType type) => Emit(LirOp.Param, type, index);
    public int Result(int inst, int index, LirType type) => index == 0 ? inst : Emit(LirOp.Result, type, inst, imm: index);
    public int UseVar(int var) => Emit(LirOp.UseVar, _vars[var], var);
    public void DefVar(int var, int value) => Emit(LirOp.DefVar, LirType.Void, var, value);

    // -- arithmetic, comparison, conversion -------------------------------------------------------------------------------------------------

    /// <summary>Of two integer constants it is a constant, where that is the same whatever the operator promises.</summary>
    public int Binary(LirOp op, int a, int b) => KnownInt(a) is { } x && KnownInt(b) is { } y && !TypeOf(a).IsVector && Folded(op, x, y, TypeOf(a).ScalarBits) is { } known
        ? IConst(TypeOf(a), known)
        : Emit(op, TypeOf(a), a, b);

    /// <summary>Wraps around; the caller cuts it to the type. A division that traps is none.</summary>
    private static U128? Folded(LirOp op, U128 a, U128 b, int bits) => op switch
    {
        LirOp.UDiv when b != 0 => a / b,
        LirOp.URem when b != 0 => a % b,
        LirOp.SDiv when b != 0 && !IsMinusOne(b, bits) => (U128)(Signed(a, bits) / Signed(b, bits)),
        LirOp.SRem when b != 0 && !IsMinusOne(b, bits) => (U128)(Signed(a, bits) % Signed(b, bits)),
        LirOp.AShr when b < (uint)bits => (U128)(Signed(a, bits) >> (int)b),
        LirOp.Add => unchecked(a + b),
        LirOp.Sub => unchecked(a - b),
        LirOp.Mul => unchecked(a * b),
        LirOp.And => a & b,
        LirOp.Or => a | b,
        LirOp.Xor => a ^ b,
        LirOp.Shl when b < (uint)bits => a << (int)b,
        LirOp.LShr when b < (uint)bits => a >> (int)b,
        _ => null,
    };

    private static I128 Signed(U128 a, int bits) => (I128)(a << (128 - bits)) >> (128 - bits);

    /// <summary>By which the least number cannot be divided.</summary>
    private static bool IsMinusOne(U128 a, int bits) => Signed(a, bits) == -1;

    public int Unary(LirOp op, int a) => Emit(op, TypeOf(a), a);
    /// <summary>Of two constants it is a constant.</summary>
    public int ICmp(IntCond cond, int a, int b) => KnownInt(a) is { } x && KnownInt(b) is { } y
        ? IConst(LirType.I1, Holds(cond, x, y, TypeOf(a).ScalarBits) ? 1L : 0L)
        : Emit(LirOp.ICmp, new LirType(ScalarKind.I1, TypeOf(a).Lanes), a, b, flags: (int)cond);

    /// <summary>The value of an integer constant, zero-extended; null for everything else.</summary>
    public U128? KnownInt(int value)
    {
        var inst = _insts[value];
        if (!inst.Type.IsInt) return null;
        return inst.Op switch { LirOp.IConst => new U128(inst.Type.ScalarBits > 64 && inst.A >= 0 ? _wideHigh[inst.A] : 0, (ulong)inst.Imm), LirOp.Zero => 0, _ => null };
    }

    private static bool Holds(IntCond cond, U128 a, U128 b, int bits)
    {
        I128 sa = (I128)(a << (128 - bits)), sb = (I128)(b << (128 - bits));
        return cond switch
        {
            IntCond.Eq => a == b,
            IntCond.Ne => a != b,
            IntCond.Ult => a < b,
            IntCond.Ule => a <= b,
            IntCond.Ugt => a > b,
            IntCond.Uge => a >= b,
            IntCond.Slt => sa < sb,
            IntCond.Sle => sa <= sb,
            IntCond.Sgt => sa > sb,
            _ => sa >= sb,
        };
    }
    public int FCmp(FloatCond cond, int a, int b) => Emit(LirOp.FCmp, new LirType(ScalarKind.I1, TypeOf(a).Lanes), a, b, flags: (int)cond);
    public int Select(int cond, int a, int b) => Emit(LirOp.Select, TypeOf(a), cond, a, b);
    /// <summary>Of an integer constant to an integer it is a constant.</summary>
    public int Convert(LirOp op, LirType to, int a)
    {
        bool fits = op switch { LirOp.ZExt or LirOp.SExt => to.ScalarBits > TypeOf(a).ScalarBits, LirOp.Trunc => to.ScalarBits < TypeOf(a).ScalarBits, _ => false };
        if (fits && to is { IsInt: true, IsVector: false } && !TypeOf(a).IsVector && KnownInt(a) is { } known)
        {
            int unused = 128 - TypeOf(a).ScalarBits;
            return IConst(to, op == LirOp.SExt ? (U128)((I128)(known << unused) >> unused) : known);
        }
        return Emit(op, to, a);
    }

    public int FCall(FloatFn fn, LirType type, int a, int b = -1, int c = -1) => Emit(LirOp.FCall, type, a, b, c, flags: (int)fn);

    // -- memory ----------------------------------------------------------------------------------------------------------------------------------

    public int Load(LirType type, int ptr, uint align, MemFlags flags = 0, LirRange? range = null)
    {
        int r = -1;
        if (range is { } value) { _ranges.Add(value); r = _ranges.Count - 1; }
        return Emit(LirOp.Load, type, ptr, r, imm: align, flags: (int)flags);
    }

    public void Store(int value, int ptr, uint align, MemFlags flags = 0) => Emit(LirOp.Store, LirType.Void, ptr, value, imm: align, flags: (int)flags);
    public int PtrAdd(int ptr, long offset) => offset == 0 ? ptr : Emit(LirOp.PtrAddImm, LirType.Ptr, ptr, imm: offset);
    public int PtrAddDyn(int ptr, int offset, bool wrapping = false) => Emit(LirOp.PtrAdd, LirType.Ptr, ptr, offset, flags: wrapping ? (int)MemFlags.Wrapping : 0);
    public void MemCpy(int dst, uint dstAlign, int src, uint srcAlign, int count, MemFlags flags = 0) =>
        Emit(LirOp.MemCpy, LirType.Void, dst, src, count, dstAlign | (long)srcAlign << 32, (int)flags);
    public void MemMove(int dst, uint dstAlign, int src, uint srcAlign, int count, MemFlags flags = 0) =>
        Emit(LirOp.MemMove, LirType.Void, dst, src, count, dstAlign | (long)srcAlign << 32, (int)flags);
    public void MemSet(int dst, uint align, int value, int count, MemFlags flags = 0) => Emit(LirOp.MemSet, LirType.Void, dst, value, count, align, (int)flags);

    // -- vectors -----------------------------------------------------------------------------------------------------------------------------------

    public int Shuffle(LirType type, int a, int b, ReadOnlySpan<int> lanes) => Emit(LirOp.Shuffle, type, a, b, PoolOf(lanes));

    // -- calls -----------------------------------------------------------------------------------------------------------------------------------------

    public int Call(LirSymbol callee, LirSignature sig, ReadOnlySpan<int> args, CallFlags flags = 0) =>
        Emit(LirOp.Call, sig.FirstReturn, SymbolRef(callee), PoolOf(args), args.Length, SignatureRef(sig), (int)flags);
    public int CallIndirect(int callee, LirSignature sig, ReadOnlySpan<int> args, CallFlags flags = 0) =>
        Emit(LirOp.CallIndirect, sig.FirstReturn, callee, PoolOf(args), args.Length, SignatureRef(sig), (int)flags);
    public int CallIntrinsic(string name, LirSignature sig, ReadOnlySpan<int> args, CallFlags flags = 0)
    {
        _strings.Add(name);
        return Emit(LirOp.CallIntrinsic, sig.FirstReturn, _strings.Count - 1, PoolOf(args), args.Length, SignatureRef(sig), (int)flags);
    }
    public int Invoke(LirSymbol callee, LirSignature sig, ReadOnlySpan<int> args, int normal, int unwind, CallFlags flags = 0)
    {
        int pool = PoolOf([.. args, normal, unwind]);
        return Emit(LirOp.Invoke, sig.FirstReturn, SymbolRef(callee), pool, args.Length, SignatureRef(sig), (int)flags);
    }
    public int InvokeIndirect(int callee, LirSignature sig, ReadOnlySpan<int> args, int normal, int unwind, CallFlags flags = 0)
    {
        int pool = PoolOf([.. args, normal, unwind]);
        return Emit(LirOp.InvokeIndirect, sig.FirstReturn, callee, pool, args.Length, SignatureRef(sig), (int)flags);
    }
    public void TailCall(LirSymbol callee, LirSignature sig, ReadOnlySpan<int> args) =>
        Emit(LirOp.TailCall, sig.FirstReturn, SymbolRef(callee), PoolOf(args), args.Length, SignatureRef(sig));
    public int InlineAsm(LirInlineAsm asm, LirType firstResult, ReadOnlySpan<int> inputs)
    {
        _asms.Add(asm);
        return Emit(LirOp.InlineAsm, firstResult, _asms.Count - 1, PoolOf(inputs), inputs.Length);
    }
    /// <summary>Returns the exception pointer; the selector is its result 1.</summary>
    public int LandingPad(LandingPadKind kind)
    {
        _hasLandingPad = true;
        return Emit(LirOp.LandingPad, LirType.Ptr, flags: (int)kind);
    }

    // -- terminators -------------------------------------------------------------------------------------------------------------------------------

    public void Br(int block) => Emit(LirOp.Br, LirType.Void, block);
    public void CondBr(int cond, int then, int @else) => Emit(LirOp.CondBr, LirType.Void, cond, then, @else);
    public void Switch(int value, ReadOnlySpan<(U128 Value, int Block)> cases, int @default)
    {
        int start = _pool.Count;
        foreach (var (v, block) in cases) { _switchValues.Add(v); _pool.Add(_switchValues.Count - 1); _pool.Add(block); }
        Emit(LirOp.Switch, LirType.Void, value, start, cases.Length * 2, @default);
    }
    public void Ret(ReadOnlySpan<int> values) => Emit(LirOp.Ret, LirType.Void, -1, PoolOf(values), values.Length);
    public void Unreachable() => Emit(LirOp.Unreachable, LirType.Void);
    public void Trap() => Emit(LirOp.Trap, LirType.Void);
    public void Resume(int exception, int selector) => Emit(LirOp.Resume, LirType.Void, exception, selector);

    // -- finishing -------------------------------------------------------------------------------------------------------------------------------------

    /// <summary>Lays the reachable blocks out in the order they can be reached first, renumbers values, and returns the function.</summary>
    /// <summary>The function; nothing may be done with this object afterwards.</summary>
    public LirFunction Finish(LirSymbol symbol, LirSignature signature, LirFunctionFlags flags = 0, string? targetFeatures = null, string? section = null, uint align = 0)
    {
        int[] blockMap = new int[_blocks.Count];
        Array.Fill(blockMap, -1);
        var order = BlocksInReversePostorder(blockMap);

        int[] valueMap = new int[_insts.Count];
        Array.Fill(valueMap, -1);
        int next = 0;
        foreach (int b in order) foreach (int i in _blocks[b].Insts) valueMap[i] = next++;

        var insts = new LirInst[next];
        var blocks = new LirBlock[order.Count];
        var pool = new List<int>(_pool.Count);
        next = 0;
        for (int k = 0; k < order.Count; k++)
        {
            var block = _blocks[order[k]];
            if (!block.Terminated) throw new BugException($"block {order[k]} of {symbol} has no terminator");
            int start = next;
            foreach (int i in block.Insts) insts[next++] = Renumber(_insts[i], valueMap, blockMap, pool, symbol);
            blocks[k] = new LirBlock(start, next, block.Cold);
        }
        var function = new LirFunction
        {
            Symbol = symbol, Signature = signature, Flags = flags, TargetFeatures = targetFeatures, Section = section, Align = align,
            Insts = insts, Blocks = blocks, Slots = [.. _slots], Vars = [.. _vars], Pool = [.. pool], Symbols = [.. _symbols],
            Signatures = [.. _signatures], WideHigh = [.. _wideHigh], SwitchValues = [.. _switchValues], Ranges = [.. _ranges],
            Strings = [.. _strings], Asms = [.. _asms], Locs = [.. _locs], Scopes = [.. _scopes], HasLandingPad = _hasLandingPad,
        };
        _insts.Clear();
        _pool.Clear();
        (t_insts, t_pool) = (_insts, _pool);
        return function;
    }

    private static int Value(int old, int[] map, LirSymbol fn)
    {
        if (old < 0) return old;
        int v = map[old];
        return v >= 0 ? v : throw new BugException($"{fn} uses value {old}, which is defined in an unreachable block");
    }

    private LirInst Renumber(LirInst inst, int[] values, int[] blocks, List<int> pool, LirSymbol fn)
    {
        var ops = LirOpInfo.ValueOperands(inst.Op);
        if ((ops & LirOpInfo.Operands.A) != 0) inst.A = Value(inst.A, values, fn);
        if ((ops & LirOpInfo.Operands.B) != 0) inst.B = Value(inst.B, values, fn);
        if ((ops & LirOpInfo.Operands.C) != 0) inst.C = Value(inst.C, values, fn);
        if ((ops & LirOpInfo.Operands.Pool) != 0)
        {
            int start = pool.Count;
            for (int i = 0; i < inst.C; i++) pool.Add(Value(_pool[inst.B + i], values, fn));
            if (inst.Op is LirOp.Invoke or LirOp.InvokeIndirect)
            {
                pool.Add(blocks[_pool[inst.B + inst.C]]);
                pool.Add(blocks[_pool[inst.B + inst.C + 1]]);
            }
            inst.B = start;
        }
        switch (inst.Op)
        {
            case LirOp.Br: inst.A = blocks[inst.A]; break;
            case LirOp.CondBr: inst.B = blocks[inst.B]; inst.C = blocks[inst.C]; break;
            case LirOp.Switch:
                int start = pool.Count;
                for (int i = 0; i < inst.C; i += 2) { pool.Add(_pool[inst.B + i]); pool.Add(blocks[_pool[inst.B + i + 1]]); }
                inst.B = start;
                inst.Imm = blocks[(int)inst.Imm];
                break;
            case LirOp.Shuffle:
                int lanes = pool.Count;
                for (int i = 0; i < inst.Type.Lanes; i++) pool.Add(_pool[inst.C + i]);
                inst.C = lanes;
                break;
        }
        return inst;
    }

    /// <summary>Reverse postorder, so that definitions come before the uses they dominate.</summary>
    private List<int> BlocksInReversePostorder(int[] blockMap)
    {
        var postorder = new List<int>(_blocks.Count);
        var stack = new Stack<(int Block, List<int> Successors, int Next)>();
        List<int> SuccessorsOf(int b)
        {
            var list = new List<int>(2);
            if (_blocks[b].Terminated) LirOpInfo.Successors(_insts[_blocks[b].Insts[^1]], System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pool), list);
            return list;
        }
        var seen = new bool[_blocks.Count];
        seen[0] = true;
        stack.Push((0, SuccessorsOf(0), 0));
        while (stack.Count > 0)
        {
            var (block, successors, at) = stack.Pop();
            // Successors are taken last to first, so that the first one follows its block in the reversed order.
            if (at == successors.Count) { postorder.Add(block); continue; }
            stack.Push((block, successors, at + 1));
            int s = successors[successors.Count - 1 - at];
            if (!seen[s]) { seen[s] = true; stack.Push((s, SuccessorsOf(s), 0)); }
        }
        postorder.Reverse();
        for (int i = 0; i < postorder.Count; i++) blockMap[postorder[i]] = i;
        return postorder;
    }
}
