using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Cranelift;

/// <summary>Signatures and calls in the System V convention.</summary>
internal sealed partial class FunctionEncoder
{
    private const uint PurposeSRet = 1 << 8, PurposeByVal = 2 << 8, ExtendUnsigned = 1 << 16, ExtendSigned = 2 << 16;

    /// <summary>The register type of an argument or result.</summary>
    private static ClifType AbiType(LirType t)
    {
        if (TypeOf(t) is not ClifType.None and var one) return one;
        // Half a vector register.
        if (t.ByteSize == 8 && t.Scalar != ScalarKind.I1) return ClifType.F64;
        throw new UnsupportedException($"passing a vector of type {t} with Cranelift");
    }

    private static uint AbiWord(in LirParam p)
    {
        var t = AbiType(p.Type);
        uint w = (uint)t;
        if (t is ClifType.I8 or ClifType.I16 or ClifType.I32)
        {
            if ((p.Flags & ParamFlags.SExt) != 0) w |= ExtendSigned;
            else if ((p.Flags & ParamFlags.ZExt) != 0) w |= ExtendUnsigned;
        }
        return w;
    }

    /// <summary>
    /// Where System V puts arguments, as far as it matters: Cranelift does not align structures on the stack, so that one that must be is preceded by a
    /// structure of 8 bytes that nobody reads.
    /// </summary>
    private struct Registers
    {
        private int _general, _vector;
        private ulong _stack;

        public bool NeedsPadding(in LirParam p)
        {
            bool padding = p.Align > 8 && _stack % 16 != 0;
            if (p.Align > 16) throw new UnsupportedException($"passing a structure with alignment {p.Align} by value with Cranelift");
            _stack += (padding ? 8ul : 0) + ((p.PointeeSize + 7) & ~7ul);
            return padding;
        }

        public void Pass(ClifType t)
        {
            if (t == ClifType.I128)
            {
                if (_general + 2 > 6) Stack(16);
                _general += 2;
            }
            else if (t < ClifType.I128) { if (_general++ >= 6) Stack(8); }
            else if (_vector++ >= 8) Stack(t >= ClifType.F128 ? 16u : 8u);
        }

        private void Stack(uint size) => _stack = ((_stack + size - 1) & ~(ulong)(size - 1)) + size;
    }

    /// <param name="more">Types of the variadic arguments.</param>
    /// <param name="floats">Whether an argument is in a vector register.</param>
    /// <param name="padded">Parameters that follow a padding one.</param>
    private static uint[] SignatureWords(LirSignature s, ReadOnlySpan<LirType> more, out bool floats, out List<int>? padded)
    {
        floats = false;
        padded = null;
        var registers = default(Registers);
        uint convention = s.CallConv switch
        {
            // What a callee preserves beyond the convention does its callers no harm, and Cranelift's functions are called by Cranelift's.
            LirCallConv.C or LirCallConv.SysV64 or LirCallConv.Cold or LirCallConv.Fast or LirCallConv.PreserveMost => 0,
            LirCallConv.Win64 => 1,
            _ => throw new UnsupportedException($"calling convention {s.CallConv} with Cranelift"),
        };
        var words = new List<uint>(s.Params.Length + s.Returns.Length + 4) { convention, (uint)(s.Params.Length + more.Length) };
        for (int k = 0; k < s.Params.Length; k++)
        {
            var p = s.Params[k];
            if ((p.Flags & ParamFlags.ByVal) != 0)
            {
                if (registers.NeedsPadding(in p))
                {
                    (padded ??= []).Add(k);
                    words.Add((uint)ClifType.I64 | PurposeByVal);
                    words.Add(8);
                    words[1]++;
                }
                words.Add((uint)ClifType.I64 | PurposeByVal);
                words.Add(checked((uint)((p.PointeeSize + 7) & ~7ul)));
            }
            else
            {
                words.Add((p.Flags & ParamFlags.SRet) != 0 && s.Returns.Length == 0 ? (uint)ClifType.I64 | PurposeSRet : AbiWord(in p));
                floats |= AbiType(p.Type) >= ClifType.F16;
                registers.Pass(AbiType(p.Type));
            }
        }
        foreach (var t in more)
        {
            words.Add(AbiWord(new LirParam(t)));
            floats |= AbiType(t) >= ClifType.F16;
        }
        words.Add((uint)s.Returns.Length);
        foreach (var r in s.Returns) words.Add(AbiWord(in r));
        return [.. words];
    }

    private Value Param(in LirInst inst)
    {
        var p = _f.Signature.Params[inst.A];
        int v = _firstParam + inst.A;
        if (_paddedParams is not null) foreach (int k in _paddedParams) if (k <= inst.A) v++;
        // Nobody promises the other bits of a bool without an extension.
        if (inst.Type == LirType.I1 && (p.Flags & ParamFlags.ZExt) == 0) return new Value(Op(ClifOp.Band, ClifType.I8, v, Const(ClifType.I8, 1L)));
        return FromAbi(v, inst.Type);
    }

    private Value FromAbi(int v, LirType type)
    {
        if (TypeOf(type) != ClifType.None) return new Value(v);
        int address = SlotAddress(NewSlot(8, 8), 8);
        Store(ClifType.F64, v, address);
        return LoadValue(type, address);
    }

    private int ToAbi(int value)
    {
        if (TypeOf(T(value)) != ClifType.None) return V(value);
        AbiType(T(value));
        int address = SlotAddress(NewSlot(8, 8), 8);
        StoreValue(value, address);
        return Load(ClifType.F64, address);
    }

    private int[] Arguments(in LirInst inst, LirSignature s, List<int>? padded)
    {
        int[] args = new int[inst.C];
        for (int k = 0; k < inst.C; k++)
        {
            int value = _f.Pool[inst.B + k];
            args[k] = ToAbi(value);
            if (k >= s.Params.Length || (s.Params[k].Flags & ParamFlags.ByVal) == 0 || s.Params[k].PointeeSize % 8 == 0) continue;
            // Cranelift copies whole words, which may be more than there is.
            ulong size = s.Params[k].PointeeSize;
            int copy = SlotAddress(NewSlot((size + 7) & ~7ul, 8), 8);
            CallLibrary("memcpy", ClifType.I64, [ClifType.I64, ClifType.I64, ClifType.I64], copy, args[k], Const(ClifType.I64, (long)size));
            args[k] = copy;
        }
        if (padded is null) return args;
        var all = new List<int>(args.Length + padded.Count);
        for (int k = 0; k < args.Length; k++)
        {
            // Any readable word will do.
            if (padded.Contains(k)) all.Add(args[k]);
            all.Add(args[k]);
        }
        return [.. all];
    }

    private LirType[] VariadicTypes(in LirInst inst, LirSignature s)
    {
        if (!s.Variadic || inst.C == s.Params.Length) return [];
        var types = new LirType[inst.C - s.Params.Length];
        for (int k = 0; k < types.Length; k++) types[k] = T(_f.Pool[inst.B + s.Params.Length + k]);
        return types;
    }

    private (bool Indirect, int Callee, int Signature, int[] Args) PrepareCall(in LirInst inst)
    {
        var s = _f.Signatures[inst.Imm];
        uint[] words = SignatureWords(s, VariadicTypes(in inst, s), out bool floats, out var padded);
        int signature = _b.Signature(words);
        bool indirect = inst.Op is LirOp.CallIndirect or LirOp.InvokeIndirect;
        int[] args = Arguments(in inst, s, padded);
        floats &= s.Variadic;
        if (indirect)
        {
            if (floats) throw new UnsupportedException("passing floats to a C-variadic function through a pointer with Cranelift");
            return (true, V(inst.A), signature, args);
        }
        string name = _f.Symbols[inst.A].Name;
        if (floats)
        {
            VariadicStubs.Add(name);
            name = VariadicStub(name);
        }
        return (false, _b.Function(name, signature), signature, args);
    }

    /// <summary>The stub that says how many vector registers a variadic call uses (in al) and goes on to the function.</summary>
    public static string VariadicStub(string name) => "mirlink.variadic." + name;

    private Value EncodeCall(int i, in LirInst inst)
    {
        var returns = _f.Signatures[inst.Imm].Returns;
        var (indirect, callee, signature, args) = PrepareCall(in inst);
        int first = indirect ? _b.Begin(ClifOp.Call_indirect, 0, results: returns.Length) : _b.Begin(ClifOp.Call, 0, results: returns.Length);
        _b.Word((uint)(indirect ? signature : callee));
        PutArguments(indirect, callee, args);
        return Results(i, first, returns);
    }

    private void PutArguments(bool indirect, int callee, int[] args)
    {
        _b.Word((uint)(args.Length + (indirect ? 1 : 0)));
        if (indirect) _b.Word((uint)callee);
        _b.Words(args);
    }

    private Value Results(int i, int first, LirParam[] returns)
    {
        if (returns.Length == 0) return default;
        if (returns.Length > 1)
        {
            var more = new Value[returns.Length - 1];
            for (int k = 1; k < returns.Length; k++) more[k - 1] = FromReturn(first + k, returns[k]);
            _moreResults[i] = more;
        }
        return FromReturn(first, returns[0]);
    }

    private Value FromReturn(int v, in LirParam p) =>
        p.Type == LirType.I1 && (p.Flags & ParamFlags.ZExt) == 0 ? new Value(Op(ClifOp.Band, ClifType.I8, v, Const(ClifType.I8, 1L))) : FromAbi(v, p.Type);

    /// <summary>A call whose results arrive in a block of their own, from where it goes on to the normal target.</summary>
    private Value EncodeInvoke(int i, in LirInst inst)
    {
        var returns = _f.Signatures[inst.Imm].Returns;
        int normal = _f.Pool[inst.B + inst.C], unwind = _f.Pool[inst.B + inst.C + 1];
        int returned = _b.NewBlock();
        var (indirect, callee, signature, args) = PrepareCall(in inst);
        int first = -1;
        for (int k = 0; k < returns.Length; k++)
        {
            int v = BlockParam(returned, AbiType(returns[k].Type));
            if (k == 0) first = v;
        }
        _b.Begin(indirect ? ClifOp.Try_call_indirect : ClifOp.Try_call, 0, results: 0);
        _b.Word((uint)(indirect ? signature : callee));
        _b.Word(_f.Insts[_f.Blocks[unwind].Start].Flags);
        _b.Word((uint)returned);
        _b.Word((uint)_blocks[unwind]);
        PutArguments(indirect, callee, args);
        Block(returned);
        Seal(returned);
        var result = Results(i, first, returns);
        if (_next < 0) Jump(_blocks[normal]);
        return result;
    }

    private void EncodeReturn(in LirInst inst)
    {
        int[] values = new int[inst.C];
        for (int k = 0; k < inst.C; k++) values[k] = ToAbi(_f.Pool[inst.B + k]);
        _b.Begin(ClifOp.Return, 0, results: 0);
        _b.Word((uint)inst.C);
        _b.Words(values);
    }

    /// <summary>Calls a C function that the backend itself needs; -1 without a result.</summary>
    private int CallLibrary(string name, ClifType result, ReadOnlySpan<ClifType> types, params ReadOnlySpan<int> args)
    {
        uint[] words = new uint[3 + types.Length + (result == ClifType.None ? 0 : 1)];
        words[1] = (uint)types.Length;
        for (int k = 0; k < types.Length; k++) words[2 + k] = (uint)types[k];
        if (result != ClifType.None)
        {
            words[2 + types.Length] = 1;
            words[3 + types.Length] = (uint)result;
        }
        int v = _b.Begin(ClifOp.Call, 0, results: result == ClifType.None ? 0 : 1);
        _b.Word((uint)_b.Function(name, _b.Signature(words)));
        _b.Word((uint)args.Length);
        _b.Words(args);
        return result == ClifType.None ? -1 : v;
    }
}
