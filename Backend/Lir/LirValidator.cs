using Mirlink.Mir;

namespace Mirlink.Backend.Lir;

/// <summary>
/// Checks what <see cref="LirOp"/> promises to the backends: blocks and terminators, operands that are defined where they are used, machine types,
/// signatures, landing pads. A complaint is a mistake of the lowering.
/// </summary>
public sealed partial class LirValidator
{
    private readonly LirFunction _f;
    private readonly List<string> _problems;
    private readonly int[] _blockOf;
    private LirDominators _dominators;
    private int _at;

    private LirValidator(LirFunction f, List<string> problems)
    {
        _f = f;
        _problems = problems;
        _blockOf = new int[f.Insts.Length];
    }

    /// <summary>What is wrong, one line each with the instruction; empty for a valid function.</summary>
    public static IReadOnlyList<string> Problems(LirFunction f)
    {
        var problems = new List<string>();
        new LirValidator(f, problems).Run();
        return problems;
    }

    /// <exception cref="BugException">The function is not valid; names it and the first problems.</exception>
    public static void Check(LirFunction f)
    {
        var problems = Problems(f);
        if (problems.Count != 0) throw new BugException($"invalid LIR in {f.Symbol}: {string.Join("; ", problems.Take(5))}{(problems.Count > 5 ? $"; and {problems.Count - 5} more" : "")}");
    }

    /// <summary>Checks every function, and that the unit defines each symbol once and with a linkage.</summary>
    public static void Check(LirUnit unit)
    {
        var defined = new HashSet<LirSymbol>(ReferenceEqualityComparer.Instance);
        foreach (var f in unit.Functions) Define(f.Symbol, LirSymbolKind.Function);
        foreach (var d in unit.Data)
        {
            Define(d.Symbol, d.Kind == LirDataKind.Tls ? LirSymbolKind.Tls : LirSymbolKind.Data);
            Check(d);
        }
        foreach (var (alias, target) in unit.Aliases)
        {
            Define(alias, target.Kind);
            if (!defined.Contains(target)) throw new BugException($"alias {alias} is of {target}, which unit {unit.Name} does not define");
        }
        foreach (var f in unit.Functions) Check(f);

        void Define(LirSymbol s, LirSymbolKind kind)
        {
            if (!defined.Add(s)) throw new BugException($"{s} is defined twice in unit {unit.Name}");
            if (s.Kind != kind) throw new BugException($"{s} is {s.Kind}, but defined as {kind} in unit {unit.Name}");
            if (s.Linkage is LirLinkage.Import or LirLinkage.ExternWeak) throw new BugException($"{s} is defined in unit {unit.Name} with linkage {s.Linkage}");
        }
    }

    /// <summary>Checks an object's relocations and alignment.</summary>
    public static void Check(LirData d)
    {
        int end = 0;
        foreach (var r in d.Relocs)
        {
            if (r.Offset < end || r.Offset + 8 > d.Bytes.Length) throw new BugException($"relocation at {r.Offset} of {d.Symbol} overlaps or is out of its {d.Bytes.Length} bytes");
            end = r.Offset + 8;
        }
        if (d.Align == 0 || (d.Align & (d.Align - 1)) != 0) throw new BugException($"{d.Symbol} has alignment {d.Align}");
    }

    private void Problem(string what) => _problems.Add(_at >= 0 && _at < _f.Insts.Length ? $"`{Describe(_at)}`: {what}" : what);

    private string Describe(int index)
    {
        try { return LirPrinter.Inst(_f, index); }
        // A broken instruction may not print; then its operation must do.
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentOutOfRangeException) { return $"%{index} = {_f.Insts[index].Op}"; }
    }

    private void Run()
    {
        _at = -1;
        if (!BlocksAreWellFormed()) return;
        _dominators = new LirDominators(_f);
        for (int b = 0; b < _f.Blocks.Length; b++)
        {
            var block = _f.Blocks[b];
            for (_at = block.Start; _at < block.End; _at++)
            {
                ref readonly var i = ref _f.Insts[_at];
                if (!OperandsAreDefined(in i, b)) continue;
                CheckInst(in i, b);
            }
        }
    }

    // -- structure -----------------------------------------------------------------------------------------------------------------------------

    private bool BlocksAreWellFormed()
    {
        if (_f.Blocks.Length == 0) { Problem("no blocks"); return false; }
        int at = 0;
        for (int b = 0; b < _f.Blocks.Length; b++)
        {
            var block = _f.Blocks[b];
            if (block.Start != at || block.End <= block.Start || block.End > _f.Insts.Length) { Problem($"block {b} is [{block.Start}, {block.End}), expected to start at {at}"); return false; }
            for (int i = block.Start; i < block.End; i++)
            {
                _blockOf[i] = b;
                if (LirOpInfo.IsTerminator(_f.Insts[i].Op) != (i == block.End - 1)) { Problem($"{_f.Insts[i].Op} {(i == block.End - 1 ? "ends" : "is inside")} block {b}"); return false; }
            }
            at = block.End;
        }
        if (at != _f.Insts.Length) { Problem($"{_f.Insts.Length - at} instructions are in no block"); return false; }

        var successors = new List<int>();
        var unwound = new bool[_f.Blocks.Length];
        var entered = new bool[_f.Blocks.Length];
        foreach (var block in _f.Blocks)
        {
            ref readonly var t = ref _f.Insts[block.End - 1];
            if (t.Op is LirOp.Invoke or LirOp.InvokeIndirect && (t.B < 0 || t.B + t.C + 2 > _f.Pool.Length)) { Problem($"{t.Op} without targets"); return false; }
            successors.Clear();
            LirOpInfo.Successors(in t, _f.Pool, successors);
            for (int k = 0; k < successors.Count; k++)
            {
                int s = successors[k];
                if (s < 0 || s >= _f.Blocks.Length) { Problem($"{t.Op} goes to block {s} of {_f.Blocks.Length}"); return false; }
                if (t.Op is LirOp.Invoke or LirOp.InvokeIndirect && k == 1) unwound[s] = true;
                else entered[s] = true;
            }
        }
        for (int b = 0; b < _f.Blocks.Length; b++)
        {
            bool pad = _f.Insts[_f.Blocks[b].Start].Op == LirOp.LandingPad;
            if (unwound[b] && !pad) Problem($"block {b} is unwound to, but does not start with a landing pad");
            if (pad && (entered[b] || b == 0)) Problem($"block {b} is a landing pad, but is entered by a branch");
        }
        return true;
    }

    private bool OperandsAreDefined(in LirInst i, int block)
    {
        var ops = LirOpInfo.ValueOperands(i.Op);
        bool ok = true;
        if ((ops & LirOpInfo.Operands.A) != 0) ok &= IsDefined(i.A, block, false);
        if ((ops & LirOpInfo.Operands.B) != 0) ok &= IsDefined(i.B, block, MayLackB(i.Op));
        if ((ops & LirOpInfo.Operands.C) != 0) ok &= IsDefined(i.C, block, i.Op == LirOp.FCall);
        if ((ops & LirOpInfo.Operands.Pool) != 0)
        {
            if (i.B < 0 || i.C < 0 || i.B + i.C > _f.Pool.Length) { Problem("operands out of the pool"); return false; }
            for (int k = 0; k < i.C; k++) ok &= IsDefined(_f.Pool[i.B + k], block, false);
        }
        return ok;
    }

    private static bool MayLackB(LirOp op) => op is LirOp.FCall or LirOp.VectorReduce;

    private bool IsDefined(int value, int block, bool optional)
    {
        if (value < 0 && optional) return true;
        if (value < 0 || value >= _f.Insts.Length) { Problem($"operand {value} is no value"); return false; }
        ref readonly var d = ref _f.Insts[value];
        // Result reads calls without a first result too; whatever else has type void gives no value.
        if (d.Type.IsVoid && _f.Insts[_at].Op != LirOp.Result) { Problem($"operand %{value} ({d.Op}) gives no value"); return false; }
        if (!_dominators.IsReachable(block)) return true;
        int from = _blockOf[value];
        bool dominates = from == block ? value < _at : _dominators.Dominates(from, block);
        // The result of an invoke exists only on the way to its normal target.
        if (dominates && d.Op is LirOp.Invoke or LirOp.InvokeIndirect) dominates = _dominators.Dominates(_f.Pool[d.B + d.C], block);
        if (!dominates) Problem($"operand %{value} does not dominate its use");
        return dominates;
    }
}
