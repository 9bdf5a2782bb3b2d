using Mirlink.Mir;
using Mirlink.Backend.Lir;
using Xunit;

namespace Mirlink.Backend.Tests;

/// <summary>
/// Random control flow over variables, slots and integer arithmetic, run by a small interpreter and by machine code at several levels: what decides when
/// a variable is a value, and what a block may assume of it, has no other check that does not know how it was meant.
/// </summary>
public sealed unsafe class RandomFunctionTests
{
    private const int Vars = 5, Slots = 3, Functions = 60, Fuel = 40;

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Machine_code_does_what_the_interpreter_does(int seed)
    {
        var random = new Random(seed);
        var u = new TestUnit($"random{seed}");
        for (int k = 0; k < Functions; k++) Generate(u, $"f{k}", random);
        long[] inputs = [0, 1, -1, 5, 1 << 20, long.MinValue, random.NextInt64()];
        foreach (string level in TestUnit.Levels("0", "1", "2"))
        {
            using var so = u.Load(level);
            foreach (var f in u.Unit.Functions)
            {
                var machine = (delegate* unmanaged<long, long, long>)so[f.Symbol.Name];
                foreach (long x in inputs)
                    foreach (long y in inputs)
                    {
                        long expected = Interpret(f, x, y), got = machine(x, y);
                        Assert.True(expected == got, $"seed {seed} -O{level} {f.Symbol}({x}, {y}) is {got}, must be {expected}\n{LirPrinter.Print(f)}");
                    }
            }
        }
    }

    private static readonly LirOp[] Binary = [LirOp.Add, LirOp.Sub, LirOp.Mul, LirOp.And, LirOp.Or, LirOp.Xor, LirOp.SMin, LirOp.UMax, LirOp.USubSat, LirOp.RotL];

    private static void Generate(TestUnit u, string name, Random r) => u.Function(name, TestUnit.Sig([LirType.I64], LirType.I64, LirType.I64), b =>
    {
        int blocks = r.Next(1, 9);
        for (int k = 0; k < blocks; k++) b.NewBlock();
        for (int k = 0; k <= Vars; k++) b.NewVar(LirType.I64);
        for (int k = 0; k < Slots; k++) b.NewSlot(8, 8);
        int exit = b.NewBlock();
        // Block 0 defines everything; the others come after it, so no variable is read before it is written. Some are never written again.
        List<int> values = [b.Param(0, LirType.I64), b.Param(1, LirType.I64)];
        for (int k = 0; k < Vars; k++) b.DefVar(k, k < 2 ? values[k] : b.IConst(LirType.I64, r.NextInt64()));
        b.DefVar(Vars, b.IConst(LirType.I64, 0L));
        for (int k = 0; k < Slots; k++) b.Store(values[k % 2], b.SlotAddr(k), 8);
        List<int> everywhere = [.. values];
        int written = r.Next(1, Vars + 1);
        for (int block = 0; block <= blocks; block++)
        {
            if (block > 0) b.SwitchTo(block == blocks ? exit : block);
            values = [.. everywhere];
            if (block == 0) { b.Br(blocks > 1 ? 1 : exit); continue; }
            for (int n = r.Next(0, 12); n > 0; n--)
                switch (r.Next(8))
                {
                    case 0: values.Add(b.UseVar(r.Next(Vars))); break;
                    case 1: b.DefVar(r.Next(written), Any()); break;
                    case 2: values.Add(b.Load(LirType.I64, b.SlotAddr(r.Next(Slots)), 8)); break;
                    case 3: b.Store(Any(), b.SlotAddr(r.Next(Slots)), 8); break;
                    case 4: values.Add(b.Select(b.ICmp((IntCond)r.Next(10), Any(), Any()), Any(), Any())); break;
                    case 5: { int o = b.Emit(LirOp.SMulOverflow, LirType.I64, Any(), Any()); values.Add(b.Convert(LirOp.ZExt, LirType.I64, b.Result(o, 1, LirType.I1))); values.Add(o); break; }
                    case 6: values.Add(b.IConst(LirType.I64, (long)r.Next(-3, 4))); break;
                    default: values.Add(b.Binary(Binary[r.Next(Binary.Length)], Any(), Any())); break;
                }
            if (block == blocks)
            {
                int sum = b.UseVar(0);
                for (int k = 1; k < Vars; k++) sum = b.Binary(LirOp.Add, b.Binary(LirOp.RotL, sum, b.IConst(LirType.I64, 7L)), b.UseVar(k));
                for (int k = 0; k < Slots; k++) sum = b.Binary(LirOp.Xor, sum, b.Load(LirType.I64, b.SlotAddr(k), 8));
                b.Ret([sum]);
                continue;
            }
            // Loops end when the fuel is used up.
            int fuel = b.Binary(LirOp.Add, b.UseVar(Vars), b.IConst(LirType.I64, 1L));
            b.DefVar(Vars, fuel);
            int more = b.NewBlock();
            b.CondBr(b.ICmp(IntCond.Ult, fuel, b.IConst(LirType.I64, (long)Fuel)), more, exit);
            b.SwitchTo(more);
            switch (r.Next(3))
            {
                case 0: b.Br(Target()); break;
                case 1: b.CondBr(b.ICmp((IntCond)r.Next(10), Any(), Any()), Target(), Target()); break;
                default:
                    var cases = new List<(U128, int)>();
                    for (int n = r.Next(0, 7); n > 0; n--) cases.Add((unchecked((ulong)(n - 3)), Target()));
                    b.Switch(Any(), cases.ToArray(), Target());
                    break;
            }

            int Any() => values[r.Next(values.Count)];
            int Target() => r.Next(8) == 0 ? exit : r.Next(1, blocks);
        }
    });

    private static long Interpret(LirFunction f, long x, long y)
    {
        long[] v = new long[f.Insts.Length], vars = new long[f.Vars.Length], slots = new long[f.Slots.Length];
        for (int block = 0; ;)
        {
            int next = -1;
            for (int i = f.Blocks[block].Start; i < f.Blocks[block].End; i++)
            {
                var n = f.Insts[i];
                switch (n.Op)
                {
                    case LirOp.IConst: v[i] = n.Imm; break;
                    case LirOp.Param: v[i] = n.A == 0 ? x : y; break;
                    case LirOp.UseVar: v[i] = vars[n.A]; break;
                    case LirOp.DefVar: vars[n.A] = v[n.B]; break;
                    case LirOp.SlotAddr: v[i] = n.A; break;
                    case LirOp.Load: v[i] = slots[v[n.A]]; break;
                    case LirOp.Store: slots[v[n.A]] = v[n.B]; break;
                    case LirOp.ICmp: v[i] = Compare((IntCond)n.Flags, v[n.A], v[n.B]) ? 1 : 0; break;
                    case LirOp.Select: v[i] = v[n.A] != 0 ? v[n.B] : v[n.C]; break;
                    case LirOp.SMulOverflow: v[i] = unchecked(v[n.A] * v[n.B]); break;
                    case LirOp.Result: { var o = f.Insts[n.A]; Int128 exact = (Int128)v[o.A] * v[o.B]; v[i] = exact != (long)(ulong)(exact & ulong.MaxValue) ? 1 : 0; break; }
                    case LirOp.ZExt: v[i] = v[n.A]; break;
                    case LirOp.Br: next = n.A; break;
                    case LirOp.CondBr: next = v[n.A] != 0 ? n.B : n.C; break;
                    case LirOp.Switch:
                        next = (int)n.Imm;
                        for (int k = n.B; k < n.B + n.C; k += 2) if ((ulong)f.SwitchValues[f.Pool[k]] == (ulong)v[n.A]) next = f.Pool[k + 1];
                        break;
                    case LirOp.Ret: return v[f.Pool[n.B]];
                    default: v[i] = Compute(n.Op, v[n.A], v[n.B]); break;
                }
            }
            block = next;
        }
    }

    private static long Compute(LirOp op, long a, long b) => unchecked(op switch
    {
        LirOp.Add => a + b,
        LirOp.Sub => a - b,
        LirOp.Mul => a * b,
        LirOp.And => a & b,
        LirOp.Or => a | b,
        LirOp.Xor => a ^ b,
        LirOp.SMin => Math.Min(a, b),
        LirOp.UMax => (long)Math.Max((ulong)a, (ulong)b),
        LirOp.USubSat => (ulong)a < (ulong)b ? 0 : a - b,
        LirOp.RotL => (long)System.Numerics.BitOperations.RotateLeft((ulong)a, (int)(b & 63)),
        _ => throw new ArgumentException(op.ToString()),
    });

    private static bool Compare(IntCond c, long a, long b) => c switch
    {
        IntCond.Eq => a == b,
        IntCond.Ne => a != b,
        IntCond.Ult => (ulong)a < (ulong)b,
        IntCond.Ule => (ulong)a <= (ulong)b,
        IntCond.Ugt => (ulong)a > (ulong)b,
        IntCond.Uge => (ulong)a >= (ulong)b,
        IntCond.Slt => a < b,
        IntCond.Sle => a <= b,
        IntCond.Sgt => a > b,
        _ => a >= b,
    };
}
