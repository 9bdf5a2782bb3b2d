using Mirlink.Mir;

namespace Mirlink.Difftest.Bodies;

/// <summary>A body while it is written: a current block, to which statements are added, and blocks that are reserved before they are written.</summary>
internal sealed class BodyDraft
{
    private static readonly SourceInfo s_info = new(Span.Dummy, 0);
    private readonly List<List<Statement>> _statements = [];
    private readonly List<Terminator?> _terminators = [];
    private readonly List<bool> _cleanup = [];
    private readonly int _argCount;

    public BodyDraft(Ty ret, IEnumerable<Ty> args)
    {
        Locals.Add(ret);
        Locals.AddRange(args);
        _argCount = Locals.Count - 1;
        Current = NewBlock();
    }

    public List<Ty> Locals { get; } = [];
    public int Current { get; set; }
    public bool IsOpen => _terminators[Current] is null;

    public int NewLocal(Ty ty) { Locals.Add(ty); return Locals.Count - 1; }

    public int NewBlock(bool cleanup = false)
    {
        _statements.Add([]);
        _terminators.Add(null);
        _cleanup.Add(cleanup);
        return _statements.Count - 1;
    }

    public void Add(Statement s) { s.SourceInfo = s_info; _statements[Current].Add(s); }
    public void Assign(Place place, Rvalue value) => Add(Statement.Assign(place, value, s_info));
    public void Assign(int local, Rvalue value) => Assign(new Place(local), value);
    public void Use(Place place, Operand value) => Assign(place, new Rvalue.Use(value));
    public void Use(int local, Operand value) => Assign(local, new Rvalue.Use(value));

    private void End(Terminator t) => _terminators[Current] ??= t;

    public void Goto(int target) => End(new Terminator.Goto(target) { SourceInfo = s_info });
    public void Return() => End(new Terminator.Return { SourceInfo = s_info });
    public void Resume() => End(new Terminator.UnwindResume { SourceInfo = s_info });
    public void Unreachable() => End(new Terminator.Unreachable { SourceInfo = s_info });
    public void Switch(Operand discr, U128[] values, int[] targets) => End(new Terminator.SwitchInt(discr, Array.ConvertAll(values, static v => (U128)v), targets) { SourceInfo = s_info });

    /// <summary>Ends the block; writing goes on in a new one.</summary>
    public void Call(Operand func, Operand[] args, Place destination, UnwindAction unwind)
    {
        int next = NewBlock(_cleanup[Current]);
        End(new Terminator.Call(func, args, destination, next, _cleanup[Current] ? UnwindAction.Terminate(UnwindTerminateReason.InCleanup) : unwind) { SourceInfo = s_info });
        Current = next;
    }

    public void CallNoReturn(Operand func, Operand[] args, Place destination, UnwindAction unwind) =>
        End(new Terminator.Call(func, args, destination, -1, unwind) { SourceInfo = s_info });

    public void Drop(Place place, UnwindAction unwind)
    {
        int next = NewBlock(_cleanup[Current]);
        End(new Terminator.Drop(place, next, _cleanup[Current] ? UnwindAction.Terminate(UnwindTerminateReason.InCleanup) : unwind) { SourceInfo = s_info });
        Current = next;
    }

    public void Assert(Operand cond, bool expected, AssertKind kind, Operand[] operands, BinOp op, UnwindAction unwind)
    {
        int next = NewBlock();
        End(new Terminator.Assert(cond, expected, kind, operands, next, unwind) { SourceInfo = s_info, Op = op });
        Current = next;
    }

    public Body Finish(DefId def)
    {
        var blocks = new BasicBlockData[_statements.Count];
        for (int i = 0; i < blocks.Length; i++)
            blocks[i] = new BasicBlockData { Statements = [.. _statements[i]], Terminator = _terminators[i] ?? throw new BugException($"block {i} has no end"), IsCleanup = _cleanup[i] };
        return new Body
        {
            Blocks = blocks,
            Locals = [.. Locals.Select(static t => new LocalDecl(t, Mutability.Mut, s_info))],
            ArgCount = _argCount,
            Scopes = [new SourceScopeData(Span.Dummy, -1, null, Span.Dummy, -1)],
            Phase = MirPhase.RuntimeOptimized,
            Span = Span.Dummy,
            Def = def,
        };
    }
}
