using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Cranelift;

internal sealed partial class FunctionEncoder
{
    /// <summary>Copies and fills of a constant size up to this many bytes are done in registers.</summary>
    private const ulong InlineCopy = 64;

    private Value EncodeMemory(int i, in LirInst inst)
    {
        switch (inst.Op)
        {
            case LirOp.Load:
            {
                if ((inst.Flags & (int)(MemFlags.Volatile | MemFlags.UnalignedVolatile)) == 0) return LoadValue(inst.Type, V(inst.A));
                var t = TypeOf(inst.Type);
                // Nothing merges or drops an atomic load, and here it is a plain one.
                return t is >= ClifType.I8 and <= ClifType.I64 ? new Value(AtomicLoad(t, V(inst.A))) : LoadValue(inst.Type, V(inst.A), 0, MayNotVanish);
            }
            case LirOp.Store: StoreValue(inst.B, V(inst.A)); return default;
            case LirOp.PtrAddImm: return new Value(OpImm(ClifOp.Iadd_imm, ClifType.I64, V(inst.A), inst.Imm));
            case LirOp.PtrAdd: return new Value(Op(ClifOp.Iadd, ClifType.I64, V(inst.A), V(inst.B)));
            case LirOp.MemCpy or LirOp.MemMove: Copy(in inst); return default;
            case LirOp.MemSet: Fill(in inst); return default;
            case LirOp.MemCmp: return new Value(CallLibrary("memcmp", ClifType.I32, [ClifType.I64, ClifType.I64, ClifType.I64], V(inst.A), V(inst.B), V(inst.C)));
            case LirOp.AtomicLoad: return FromBits(AtomicLoad(AtomicType(inst.Type), V(inst.A)), inst.Type);
            case LirOp.AtomicStore:
            {
                int v = ToBits(inst.B);
                _b.Begin(ClifOp.Atomic_store, AtomicType(T(inst.B)), results: 0);
                _b.Words([v, V(inst.A)]);
                return default;
            }
            case LirOp.AtomicRmw:
            {
                int operand = ToBits(inst.B);
                int v = _b.Begin(ClifOp.Atomic_rmw, AtomicType(inst.Type), inst.Flags >> 4);
                _b.Words([V(inst.A), operand]);
                return FromBits(v, inst.Type);
            }
            case LirOp.AtomicCas:
            {
                var t = AtomicType(inst.Type);
                int expected = ToBits(inst.B), replacement = ToBits(inst.C);
                int old = _b.Begin(ClifOp.Atomic_cas, t);
                _b.Words([V(inst.A), expected, replacement]);
                _moreResults[i] = [new Value(Icmp(IntCond.Eq, t, old, expected))];
                return FromBits(old, inst.Type);
            }
            case LirOp.Fence:
                if ((inst.Flags >> 4 & 1) == 0) _b.Begin(ClifOp.Fence, 0, results: 0);
                return default;
            default: throw new BugException($"memory operation {inst.Op}");
        }
    }

    private int AtomicLoad(ClifType type, int address)
    {
        int v = _b.Begin(ClifOp.Atomic_load, type);
        _b.Word((uint)address);
        return v;
    }

    private static ClifType AtomicType(LirType t) =>
        !t.IsVector && t.ScalarBits <= 64 ? Int(Math.Max(8, t.ScalarBits)) : throw new UnsupportedException($"atomic access to {t} with Cranelift");

    private int ToBits(int value) => T(value).IsFloat ? Cast(AtomicType(T(value)), V(value)) : V(value);
    private Value FromBits(int v, LirType type) => new(type.IsFloat ? Cast(Scalar(type.Scalar), v) : v);

    private Value LoadValue(LirType type, int address, int offset = 0, int flags = 0)
    {
        if (TypeOf(type) is not ClifType.None and var t) return new Value(Load(t, address, offset, flags));
        if (type.Scalar == ScalarKind.I1) throw new UnsupportedException($"load of {type}");
        int[] lanes = new int[type.Lanes];
        for (int k = 0; k < lanes.Length; k++) lanes[k] = Load(Scalar(type.Scalar), address, offset + k * type.Element.ByteSize, flags);
        return new Value(-1, lanes);
    }

    private void StoreValue(int value, int address, int offset = 0, int flags = 0)
    {
        var type = T(value);
        if (TypeOf(type) is not ClifType.None and var t)
        {
            Store(t, Single(value), address, offset, flags);
            return;
        }
        if (type.Scalar == ScalarKind.I1) throw new UnsupportedException($"store of {type}");
        int[] lanes = Lanes(value);
        for (int k = 0; k < lanes.Length; k++) Store(Scalar(type.Scalar), lanes[k], address, offset + k * type.Element.ByteSize, flags);
    }

    private ulong? ConstantSize(int value) => _f.Insts[value] is { Op: LirOp.IConst } c ? (ulong)c.Imm : null;

    /// <summary>Pieces of a small block, the largest first.</summary>
    private static IEnumerable<(ClifType Type, int Offset)> Pieces(ulong size)
    {
        int at = 0, n = (int)size;
        for (; n - at >= 16; at += 16) yield return (ClifType.I8x16, at);
        if (n - at >= 8) { yield return (ClifType.I64, at); at += 8; }
        if (n - at >= 4) { yield return (ClifType.I32, at); at += 4; }
        if (n - at >= 2) { yield return (ClifType.I16, at); at += 2; }
        if (n - at >= 1) yield return (ClifType.I8, at);
    }

    private void Copy(in LirInst inst)
    {
        if (ConstantSize(inst.C) is { } size && size <= InlineCopy)
        {
            // Everything is read before anything is written, so the regions may overlap.
            Span<int> values = stackalloc int[8];
            int n = 0;
            foreach (var (type, offset) in Pieces(size)) values[n++] = Load(type, V(inst.B), offset);
            n = 0;
            foreach (var (type, offset) in Pieces(size)) Store(type, values[n++], V(inst.A), offset);
            return;
        }
        CallLibrary(inst.Op == LirOp.MemCpy ? "memcpy" : "memmove", ClifType.I64, [ClifType.I64, ClifType.I64, ClifType.I64], V(inst.A), V(inst.B), V(inst.C));
    }

    private void Fill(in LirInst inst)
    {
        if (ConstantSize(inst.C) is { } size && size <= InlineCopy && _f.Insts[inst.B] is { Op: LirOp.IConst } c)
        {
            foreach (var (type, offset) in Pieces(size))
            {
                U128 bits = (byte)c.Imm * ((U128)0x0101010101010101 << 64 | 0x0101010101010101);
                int v;
                if (type == ClifType.I8x16)
                {
                    v = _b.Begin(ClifOp.Vconst, type);
                    _b.Wide((ulong)bits);
                    _b.Wide((ulong)bits);
                }
                else v = Const(type, bits);
                Store(type, v, V(inst.A), offset);
            }
            return;
        }
        int value = Op(ClifOp.Uextend, ClifType.I32, V(inst.B));
        CallLibrary("memset", ClifType.I64, [ClifType.I64, ClifType.I32, ClifType.I64], V(inst.A), value, V(inst.C));
    }
}
