namespace Mirlink.Mir;

/// <summary>Makes a body block by block: for shims and tests. Locals 0..=argument count are made by the constructor.</summary>
public sealed class BodyBuilder
{
    private sealed class BlockUnderConstruction(bool isCleanup)
    {
        public readonly List<Statement> Statements = [];
        public readonly bool IsCleanup = isCleanup;
        public Terminator? Terminator;
    }

    private readonly List<BlockUnderConstruction> _blocks = [];
    private readonly List<LocalDecl> _locals = [];
    private readonly int _argCount;
    private readonly SourceInfo _info;

    public BodyBuilder(Ty returnTy, ReadOnlySpan<Ty> args, Span span)
    {
        _info = new SourceInfo(span, 0);
        _argCount = args.Length;
        NewLocal(returnTy);
        foreach (var a in args) NewLocal(a);
    }

    public SourceInfo SourceInfo => _info;

    public int NewLocal(Ty ty) { _locals.Add(new LocalDecl(ty, Mutability.Mut, _info)); return _locals.Count - 1; }

    public int NewBlock(bool isCleanup = false) { _blocks.Add(new BlockUnderConstruction(isCleanup)); return _blocks.Count - 1; }

    public void Assign(int block, Place place, Rvalue value) => _blocks[block].Statements.Add(Statement.Assign(place, value, _info));

    public void Goto(int block, int target) => _blocks[block].Terminator = new Terminator.Goto(target) { SourceInfo = _info };
    public void Return(int block) => _blocks[block].Terminator = new Terminator.Return { SourceInfo = _info };
    public void Resume(int block) => _blocks[block].Terminator = new Terminator.UnwindResume { SourceInfo = _info };
    public void Unreachable(int block) => _blocks[block].Terminator = new Terminator.Unreachable { SourceInfo = _info };
    public void Drop(int block, Place place, int target, UnwindAction unwind) =>
        _blocks[block].Terminator = new Terminator.Drop(place, target, unwind) { SourceInfo = _info };
    public void Call(int block, Operand func, Operand[] args, Place destination, int target, UnwindAction unwind) =>
        _blocks[block].Terminator = new Terminator.Call(func, args, destination, target, unwind) { SourceInfo = _info, CallSource = CallSource.Misc, FnSpan = _info.Span };
    public void Switch(int block, Operand discr, U128[] values, int[] targets) =>
        _blocks[block].Terminator = new Terminator.SwitchInt(discr, values, targets) { SourceInfo = _info };

    public Body Finish(DefId def, int spreadArg = -1)
    {
        var blocks = new BasicBlockData[_blocks.Count];
        for (int i = 0; i < blocks.Length; i++)
        {
            var b = _blocks[i];
            blocks[i] = new BasicBlockData
            {
                Statements = [.. b.Statements],
                Terminator = b.Terminator ?? throw new BugException($"block {i} of a built body has no terminator"),
                IsCleanup = b.IsCleanup,
            };
        }
        return new Body
        {
            Blocks = blocks,
            Locals = [.. _locals],
            ArgCount = _argCount,
            SpreadArg = spreadArg,
            Scopes = [new SourceScopeData(_info.Span, -1, null, Span.Dummy, -1)],
            Phase = MirPhase.RuntimeOptimized,
            Span = _info.Span,
            Def = def,
        };
    }
}
