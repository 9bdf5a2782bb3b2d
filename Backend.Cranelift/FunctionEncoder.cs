using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Cranelift;

/// <summary>LIR functions as blobs. One object serves many functions, one at a time; its arrays are reused.</summary>
internal sealed partial class FunctionEncoder(ClifBlob blob)
{
    /// <summary>
    /// What a LIR value is in Cranelift: one value; or, for vectors that are not 128 bits of integers or floats, a value per lane; or, for masks that come
    /// from comparing such vectors, one vector of type <see cref="Mask"/> whose lanes are all ones or zero. An I1 is an I8 that is 0 or 1.
    /// </summary>
    private readonly record struct Value(int Id, int[]? Lanes = null, ClifType Mask = ClifType.None);

    private readonly ClifBlob _b = blob;
    private LirFunction _f = null!;
    private bool _optimize, _lines;
    private Value[] _values = [];
    private readonly Dictionary<int, Value[]> _moreResults = [];
    private int[] _blocks = [];
    private int[] _unsealed = [];
    private int[][] _vars = [];
    private int[] _slots = [];
    // Which blocks have a block of Cranelift of their own.
    private const byte Own = 0, Joins = 1, Joined = 2;
    private byte[] _joins = [];
    private int _next, _location;
    // By instruction: the slot into which it points, or -1, and how far; and the block for which the address was last made.
    private int[] _slotOf = [], _slotOffset = [], _madeIn = [];
    /// <summary>Cranelift keeps locations relative to a function's first, and one below that is its "no location": ours are all even.</summary>
    public const int LocationStep = 2;

    private int _firstParam, _block;
    private List<int>? _paddedParams;
    private readonly Dictionary<int, int> _padParams = [];
    private readonly List<int> _successors = [];

    /// <summary>Assembly that the current function needs as functions of its own.</summary>
    public AsmWrappers? Asm { get; set; }
    /// <summary>Variadic functions called with floats, which need a stub that says so.</summary>
    public required SortedSet<string> VariadicStubs { get; init; }

    /// <summary>Fills the blob with a function.</summary>
    /// <exception cref="UnsupportedException">Cranelift cannot do it; names the function.</exception>
    public void Encode(LirFunction f, bool optimize, bool lines)
    {
        _f = f;
        _optimize = optimize;
        _lines = lines;
        try
        {
            EncodeBody();
        }
        catch (UnsupportedException e)
        {
            throw e.In(f.Symbol.Name, null);
        }
    }

    private void EncodeBody()
    {
        Prepare();
        _location = -2;
        for (int b = 0; b < _f.Blocks.Length; b++) if (_joins[b] == Own) EncodeBlocks(b);
        // What is left is unreachable and goes in circles.
        for (int b = 0; b < _f.Blocks.Length; b++)
        {
            if (_joins[b] != Joins) continue;
            _joins[b] = Own;
            _blocks[b] = _b.NewBlock();
            EncodeBlocks(b);
        }
    }

    /// <summary>A block, and behind it in the same block of Cranelift those that follow it and nothing else.</summary>
    private void EncodeBlocks(int first)
    {
        for (int b = first; b >= 0;)
        {
            var block = _f.Blocks[b];
            _block = b;
            if (b == first)
            {
                if (b != 0 || _blocks[0] != 0) Block(_blocks[b]);
                if (block.Cold) { _b.Begin(ClifOp.Cold, 0, results: 0); _b.Word((uint)_blocks[b]); }
            }
            ref readonly var last = ref _f.Insts[block.End - 1];
            _next = NormalTarget(in last);
            if (_next >= 0 && _joins[_next] != Joins) _next = -1;
            for (int i = block.Start; i < block.End; i++)
            {
                ref readonly var inst = ref _f.Insts[i];
                if (_lines && inst.Loc != _location)
                {
                    _location = inst.Loc;
                    _b.Begin(ClifOp.SourceLocation, 0, results: 0);
                    _b.Word(_location < 0 ? uint.MaxValue : (uint)(_location * LocationStep));
                }
                if (_slotOf[i] >= 0) continue;
                MakeSlotAddresses(in inst, first);
                _values[i] = EncodeInst(i, in inst);
            }
            _successors.Clear();
            LirOpInfo.Successors(in last, _f.Pool, _successors);
            foreach (int s in _successors) if (--_unsealed[s] == 0 && _joins[s] == Own) Seal(_blocks[s]);
            b = _next;
            if (b >= 0) _joins[b] = Joined;
        }
    }

    /// <summary>
    /// Addresses in the frame are made where they are used, once in each block: one instruction, where a value that lives from the function's first block to
    /// its last takes part in the register allocation of all that are between, which for a thousand of both is most of a function's compile time.
    /// </summary>
    private void MakeSlotAddresses(in LirInst inst, int block)
    {
        var operands = LirOpInfo.ValueOperands(inst.Op);
        if ((operands & LirOpInfo.Operands.A) != 0) Make(inst.A);
        if ((operands & LirOpInfo.Operands.B) != 0) Make(inst.B);
        if ((operands & LirOpInfo.Operands.C) != 0) Make(inst.C);
        if ((operands & LirOpInfo.Operands.Pool) != 0) for (int k = inst.B; k < inst.B + inst.C; k++) Make(_f.Pool[k]);

        void Make(int value)
        {
            if (value < 0 || _slotOf[value] < 0 || _madeIn[value] == block) return;
            _madeIn[value] = block;
            int v = _b.Begin(ClifOp.Stack_addr, ClifType.I64);
            _b.Words([_slots[_slotOf[value]], _slotOffset[value]]);
            _values[value] = new Value(v);
        }
    }

    private void Prepare()
    {
        var f = _f;
        _b.Clear();
        _moreResults.Clear();
        _padParams.Clear();
        if (_values.Length < f.Insts.Length)
        {
            _values = new Value[Math.Max(f.Insts.Length, _values.Length * 2)];
            (_slotOf, _slotOffset, _madeIn) = (new int[_values.Length], new int[_values.Length], new int[_values.Length]);
        }
        if (_blocks.Length < f.Blocks.Length)
        {
            _blocks = new int[Math.Max(f.Blocks.Length, _blocks.Length * 2)];
            _unsealed = new int[_blocks.Length];
            _joins = new byte[_blocks.Length];
        }
        if (_slots.Length < f.Slots.Length) _slots = new int[Math.Max(f.Slots.Length, _slots.Length * 2)];
        if (_vars.Length < f.Vars.Length) _vars = new int[Math.Max(f.Vars.Length, _vars.Length * 2)][];

        Array.Clear(_unsealed, 0, f.Blocks.Length);
        foreach (var block in f.Blocks)
        {
            _successors.Clear();
            LirOpInfo.Successors(in f.Insts[block.End - 1], f.Pool, _successors);
            foreach (int s in _successors) _unsealed[s]++;
        }
        bool ownPrologue = _unsealed[0] != 0;
        if (ownPrologue) _b.NewBlock();
        JoinBlocks();
        for (int b = 0; b < f.Blocks.Length; b++) _blocks[b] = _joins[b] == Own ? _b.NewBlock() : -1;
        FindSlotAddresses();

        if (f.Signature.Variadic) throw new UnsupportedException("defining a C-variadic function with Cranelift");
        _b.SetSignature(SignatureWords(f.Signature, [], out _, out _paddedParams));
        for (int s = 0; s < f.Slots.Length; s++) _slots[s] = NewSlot(f.Slots[s].Size, f.Slots[s].Align);
        for (int v = 0; v < f.Vars.Length; v++) _vars[v] = NewVariables(f.Vars[v]);

        _firstParam = _b.Begin(ClifOp.FunctionParams, 0, results: f.Signature.Params.Length + (_paddedParams?.Count ?? 0));
        _b.Word(0);
        Block(0);
        Seal(0);
        for (int b = 0; b < f.Blocks.Length; b++)
        {
            if (f.Insts[f.Blocks[b].Start].Op != LirOp.LandingPad) continue;
            _padParams.Add(b, BlockParam(_blocks[b], ClifType.I64));
            BlockParam(_blocks[b], ClifType.I64);
        }
        if (ownPrologue) Jump(_blocks[0]);
    }

    /// <summary>A block that is reached from one other, which goes nowhere else, or calls on the way, needs no block of its own.</summary>
    private void JoinBlocks()
    {
        var f = _f;
        Array.Clear(_joins, 0, f.Blocks.Length);
        foreach (var block in f.Blocks)
        {
            int next = NormalTarget(in f.Insts[block.End - 1]);
            if (next > 0 && _unsealed[next] == 1 && f.Blocks[next].Cold == block.Cold) _joins[next] = Joins;
        }
    }

    /// <summary>Where a jump, or a call that does not unwind, goes; -1 for other terminators.</summary>
    private int NormalTarget(in LirInst terminator) => terminator.Op switch
    {
        LirOp.Br => terminator.A,
        LirOp.Invoke or LirOp.InvokeIndirect => _f.Pool[terminator.B + terminator.C],
        _ => -1,
    };

    private void FindSlotAddresses()
    {
        var f = _f;
        for (int i = 0; i < f.Insts.Length; i++)
        {
            ref readonly var inst = ref f.Insts[i];
            _slotOf[i] = -1;
            _madeIn[i] = -1;
            // More alignment than the frame's is arithmetic, which is done once.
            if (inst.Op == LirOp.SlotAddr && f.Slots[inst.A].Align <= FrameAlign) (_slotOf[i], _slotOffset[i]) = (inst.A, 0);
            else if (inst.Op == LirOp.PtrAddImm && inst.A < i && _slotOf[inst.A] is >= 0 and var slot
                && _slotOffset[inst.A] + inst.Imm is >= 0 and var offset && (ulong)offset < f.Slots[slot].Size) (_slotOf[i], _slotOffset[i]) = (slot, (int)offset);
        }
    }

    // -- blocks ------------------------------------------------------------------------------------------------------------------------------

    private void Block(int block) { _b.Begin(ClifOp.SwitchToBlock, 0, results: 0); _b.Word((uint)block); }
    private void Seal(int block) { _b.Begin(ClifOp.Seal, 0, results: 0); _b.Word((uint)block); }
    private int BlockParam(int block, ClifType type) { int v = _b.Begin(ClifOp.BlockParam, type); _b.Word((uint)block); return v; }
    private void Jump(int block) { _b.Begin(ClifOp.Jump, 0, results: 0); _b.Word((uint)block); _b.Word(0); }
    private void Brif(int condition, int then, int otherwise) { _b.Begin(ClifOp.Brif, 0, results: 0); _b.Words([condition, then, otherwise]); }

    // -- plain instructions --------------------------------------------------------------------------------------------------------------------

    private int Op(ClifOp op, ClifType type, int a) { int v = _b.Begin(op, type); _b.Word((uint)a); return v; }
    private int Op(ClifOp op, ClifType type, int a, int b) { int v = _b.Begin(op, type); _b.Word((uint)a); _b.Word((uint)b); return v; }
    private int Op(ClifOp op, ClifType type, int a, int b, int c) { int v = _b.Begin(op, type); _b.Words([a, b, c]); return v; }
    private int OpImm(ClifOp op, ClifType type, int a, long imm) { int v = _b.Begin(op, type); _b.Word((uint)a); _b.Wide((ulong)imm); return v; }
    private int Icmp(IntCond cond, ClifType type, int a, int b) { int v = _b.Begin(ClifOp.Icmp, type, (int)cond); _b.Words([a, b]); return v; }
    private int Select(ClifType type, int condition, int a, int b) => Op(ClifOp.Select, type, condition, a, b);

    /// <summary>An integer constant of up to 64 bits, or of 128.</summary>
    private int Const(ClifType type, U128 value)
    {
        if (type == ClifType.I128) return Op(ClifOp.Iconcat, ClifType.I64, Const(ClifType.I64, (ulong)value), Const(ClifType.I64, (ulong)(value >> 64)));
        int bits = Bits(type);
        if (bits < 64) value &= (1ul << bits) - 1;
        int v = _b.Begin(ClifOp.Iconst, type);
        _b.Wide((ulong)value);
        return v;
    }

    private int Const(ClifType type, long value) => Const(type, (U128)(I128)value);

    private int FloatConst(ClifType type, U128 bits)
    {
        int v;
        switch (type)
        {
            case ClifType.F32: v = _b.Begin(ClifOp.F32const, type); _b.Word((uint)bits); return v;
            case ClifType.F64: v = _b.Begin(ClifOp.F64const, type); _b.Wide((ulong)bits); return v;
            case ClifType.F16: return Cast(ClifType.F16, Const(ClifType.I16, bits));
            case ClifType.F128: return Cast(ClifType.F128, Const(ClifType.I128, bits));
            default: throw new BugException($"float constant of type {type}");
        }
    }

    /// <summary>The same bits as another type.</summary>
    private int Cast(ClifType to, int value, bool lanes = false)
    {
        int v = _b.Begin(ClifOp.Bitcast, to, lanes ? LittleEndian : MayNotVanish);
        _b.Word((uint)value);
        return v;
    }

    /// <summary>Bits of <see cref="ClifOp.Load"/>'s extra.</summary>
    private const int MayNotVanish = 1, LittleEndian = 3;

    private int Load(ClifType type, int address, int offset = 0, int flags = 0)
    {
        int v = _b.Begin(ClifOp.Load, type, flags);
        _b.Words([offset, address]);
        return v;
    }

    private void Store(ClifType type, int value, int address, int offset = 0, int flags = 0)
    {
        _b.Begin(ClifOp.Store, type, flags, 0);
        _b.Words([offset, value, address]);
    }

    private int NewSlot(ulong size, uint align)
    {
        // The frame is aligned to 16 bytes only; more is made by rounding the address up.
        if (align > FrameAlign) size += align;
        if (size > int.MaxValue / 2) throw new UnsupportedException($"a stack slot of {size} bytes");
        return _b.Slot((uint)Math.Max(1, size), System.Numerics.BitOperations.Log2(Math.Clamp(align, 1, FrameAlign)));
    }

    private const uint FrameAlign = 16;

    private int SlotAddress(int slot, uint align)
    {
        int v = _b.Begin(ClifOp.Stack_addr, ClifType.I64);
        _b.Words([slot, 0]);
        if (align <= FrameAlign) return v;
        v = OpImm(ClifOp.Iadd_imm, ClifType.I64, v, align - 1);
        return Op(ClifOp.Band, ClifType.I64, v, Const(ClifType.I64, -(long)align));
    }

    private int Address(LirSymbol symbol) => Address(symbol.Name);

    private int Address(string symbol)
    {
        int v = _b.Begin(ClifOp.Symbol_value, ClifType.I64);
        _b.Word((uint)_b.Global(symbol, false));
        return v;
    }

    // -- types ---------------------------------------------------------------------------------------------------------------------------------

    private static ClifType Scalar(ScalarKind kind) => kind switch
    {
        ScalarKind.I1 or ScalarKind.I8 => ClifType.I8,
        ScalarKind.I16 => ClifType.I16,
        ScalarKind.I32 => ClifType.I32,
        ScalarKind.I64 or ScalarKind.Ptr => ClifType.I64,
        ScalarKind.I128 => ClifType.I128,
        ScalarKind.F16 => ClifType.F16,
        ScalarKind.F32 => ClifType.F32,
        ScalarKind.F64 => ClifType.F64,
        ScalarKind.F128 => ClifType.F128,
        _ => throw new BugException($"no Cranelift type for {kind}"),
    };

    /// <summary>The type of a value that is one value in Cranelift, or None for vectors that are kept by lane.</summary>
    private static ClifType TypeOf(LirType t)
    {
        if (!t.IsVector) return Scalar(t.Scalar);
        return (t.Scalar, t.Lanes) switch
        {
            (ScalarKind.I8, 16) => ClifType.I8x16,
            (ScalarKind.I16, 8) => ClifType.I16x8,
            (ScalarKind.I32, 4) => ClifType.I32x4,
            (ScalarKind.I64 or ScalarKind.Ptr, 2) => ClifType.I64x2,
            (ScalarKind.F32, 4) => ClifType.F32x4,
            (ScalarKind.F64, 2) => ClifType.F64x2,
            _ => ClifType.None,
        };
    }

    private static int Bits(ClifType t) => t switch
    {
        ClifType.I8 => 8,
        ClifType.I16 or ClifType.F16 => 16,
        ClifType.I32 or ClifType.F32 => 32,
        ClifType.I64 or ClifType.F64 => 64,
        _ => 128,
    };

    private static ClifType Int(int bits) => bits switch { 8 => ClifType.I8, 16 => ClifType.I16, 32 => ClifType.I32, 64 => ClifType.I64, 128 => ClifType.I128, _ => throw new BugException($"integer of {bits} bits") };

    private LirType T(int value) => _f.Insts[value].Type;

    /// <summary>The Cranelift value of a LIR value that is one.</summary>
    private int V(int value)
    {
        var v = _values[value];
        if (v.Lanes is null && v.Mask == ClifType.None) return v.Id;
        throw new BugException($"value {value} ({_f.Insts[value].Op}) of {_f.Symbol} is kept by lane");
    }

    private int[] NewVariables(LirType type)
    {
        if (TypeOf(type) is not ClifType.None and var t) return [_b.Variable(t)];
        int[] ids = new int[type.Lanes];
        for (int i = 0; i < ids.Length; i++) ids[i] = _b.Variable(Scalar(type.Scalar));
        return ids;
    }

    private Value UseVar(int var)
    {
        int[] ids = _vars[var];
        int[] values = new int[ids.Length];
        for (int i = 0; i < ids.Length; i++) { values[i] = _b.Begin(ClifOp.UseVar, 0); _b.Word((uint)ids[i]); }
        return TypeOf(_f.Vars[var]) != ClifType.None ? new Value(values[0]) : new Value(-1, values);
    }

    private void DefVar(int var, int value)
    {
        int[] ids = _vars[var];
        if (TypeOf(_f.Vars[var]) != ClifType.None) Define(ids[0], V(value));
        else
        {
            int[] lanes = Lanes(value);
            for (int i = 0; i < ids.Length; i++) Define(ids[i], lanes[i]);
        }

        void Define(int id, int v) { _b.Begin(ClifOp.DefVar, 0, results: 0); _b.Word((uint)id); _b.Word((uint)v); }
    }

    private Value Zero(LirType type)
    {
        var t = TypeOf(type);
        switch (t)
        {
            case ClifType.None:
                int[] lanes = new int[type.Lanes];
                Array.Fill(lanes, Zero(type.Element).Id);
                return new Value(-1, lanes);
            case >= ClifType.I8x16:
                int v = _b.Begin(ClifOp.Vconst, t);
                _b.Words([0, 0, 0, 0]);
                return new Value(v);
            case >= ClifType.F16: return new Value(FloatConst(t, 0));
            default: return new Value(Const(t, 0L));
        }
    }

    private U128 ConstantOf(in LirInst inst) => (ulong)inst.Imm | (U128)(inst.A >= 0 ? _f.WideHigh[inst.A] : 0) << 64;

    // -- instructions --------------------------------------------------------------------------------------------------------------------------

    private Value EncodeInst(int i, in LirInst inst)
    {
        switch (inst.Op)
        {
            case LirOp.Nop or LirOp.SlotLive or LirOp.SlotDead or LirOp.Prefetch or LirOp.Assume: return default;
            case LirOp.IConst: return new Value(Const(Scalar(inst.Type.Scalar), ConstantOf(in inst)));
            case LirOp.FConst: return new Value(FloatConst(Scalar(inst.Type.Scalar), ConstantOf(in inst)));
            case LirOp.Zero or LirOp.Undef: return Zero(inst.Type);
            case LirOp.SlotAddr: return new Value(SlotAddress(_slots[inst.A], _f.Slots[inst.A].Align));
            case LirOp.SymbolAddr:
            {
                int v = Address(_f.Symbols[inst.A]);
                return new Value(inst.Imm == 0 ? v : OpImm(ClifOp.Iadd_imm, ClifType.I64, v, inst.Imm));
            }
            case LirOp.TlsAddr:
            {
                int v = _b.Begin(ClifOp.Tls_value, ClifType.I64);
                _b.Word((uint)_b.Global(_f.Symbols[inst.A].Name, true));
                return new Value(v);
            }
            case LirOp.Param: return Param(in inst);
            case LirOp.Result: return inst.Imm == 0 ? _values[inst.A] : _moreResults[inst.A][inst.Imm - 1];
            case LirOp.UseVar: return UseVar(inst.A);
            case LirOp.DefVar: DefVar(inst.A, inst.B); return default;

            case >= LirOp.Add and <= LirOp.Select: return EncodeInteger(i, in inst);
            case >= LirOp.FAdd and <= LirOp.FCall: return EncodeFloat(in inst);
            case >= LirOp.Trunc and <= LirOp.BitCast: return EncodeConversion(in inst);
            case >= LirOp.Load and <= LirOp.Fence: return EncodeMemory(i, in inst);
            case >= LirOp.Splat and <= LirOp.Scatter: return EncodeVector(in inst);

            case LirOp.Call or LirOp.CallIndirect: return EncodeCall(i, in inst);
            case LirOp.Invoke or LirOp.InvokeIndirect: return EncodeInvoke(i, in inst);
            case LirOp.CallIntrinsic: return EncodeIntrinsic(i, in inst);
            case LirOp.InlineAsm: return EncodeAsm(i, in inst);
            case LirOp.LandingPad:
            {
                int exception = _padParams[_block];
                _moreResults[i] = [new Value(Op(ClifOp.Ireduce, ClifType.I32, exception + 1))];
                return new Value(exception);
            }
            case LirOp.Expect: return _values[inst.A];
            case LirOp.BlackBox: return BlackBox(in inst);
            case LirOp.ReadCycleCounter: return Instruction(i, X86Intrinsics.Template("llvm.x86.rdtsc")!, [new LirParam(LirType.I64)], []);
            case LirOp.Breakpoint: _b.Begin(ClifOp.Debugtrap, 0, results: 0); return default;

            case LirOp.Br:
                if (_next < 0) Jump(_blocks[inst.A]);
                return default;
            case LirOp.CondBr: Brif(V(inst.A), _blocks[inst.B], _blocks[inst.C]); return default;
            case LirOp.Switch: EncodeSwitch(in inst); return default;
            case LirOp.Ret: EncodeReturn(in inst); return default;
            case LirOp.Unreachable or LirOp.Trap: _b.Begin(ClifOp.Trap, 0, results: 0); return default;
            case LirOp.Resume:
                CallLibrary("_Unwind_Resume", ClifType.None, [ClifType.I64], V(inst.A));
                _b.Begin(ClifOp.Trap, 0, results: 0);
                return default;
            default: throw new UnsupportedException($"{Describe(inst.Op)} with Cranelift");
        }
    }

    private static string Describe(LirOp op) => op switch
    {
        LirOp.TailCall or LirOp.TailCallIndirect => "a guaranteed tail call (`become`)",
        LirOp.VaStart or LirOp.VaCopy or LirOp.VaEnd => "reading C-variadic arguments",
        _ => $"LIR operation {op}",
    };

    /// <summary>Without optimization nothing looks through a value anyway; with it, memory that may change hides it.</summary>
    private Value BlackBox(in LirInst inst)
    {
        if (!_optimize) return _values[inst.A];
        int slot = NewSlot((ulong)inst.Type.ByteSize, FrameAlign);
        int address = SlotAddress(slot, FrameAlign);
        StoreValue(inst.A, address, 0, MayNotVanish);
        return LoadValue(inst.Type, address, 0, MayNotVanish);
    }

    private void EncodeSwitch(in LirInst inst)
    {
        int bits = T(inst.A).ScalarBits;
        _b.Begin(ClifOp.Switch, 0, results: 0);
        _b.Words([V(inst.A), _blocks[inst.Imm], inst.C / 2]);
        for (int k = inst.B; k < inst.B + inst.C; k += 2)
        {
            U128 value = _f.SwitchValues[_f.Pool[k]];
            if (bits < 128) value &= (U128.One << bits) - 1;
            _b.Wide((ulong)value);
            _b.Wide((ulong)(value >> 64));
            _b.Word((uint)_blocks[_f.Pool[k + 1]]);
        }
    }
}
