using Mirlink.Mir.Abi;

namespace Mirlink.Mir.Interpret;

/// <summary>
/// Runs MIR on an explicit stack of frames (rustc_const_eval's InterpCx). Bodies stay generic; types are instantiated with the frame's arguments when
/// they are needed. One object per evaluation, used by one thread. What it does when depends on <see cref="Interpret.Machine"/>.
/// </summary>
public sealed partial class InterpCx
{
    [ThreadStatic] private static Dictionary<(Body, GenericArgs), MonoBody>? s_monoBodies;

    private readonly List<Frame> _stack = [];
    private long _fuel;

    public InterpCx(TyCtxt tcx, Machine machine, ConstEvaluator consts)
    {
        Tcx = tcx;
        Machine = machine;
        Consts = consts;
        _fuel = machine.Fuel;
    }

    public TyCtxt Tcx { get; }
    public Machine Machine { get; }
    public ConstEvaluator Consts { get; }
    private Frame Top => _stack[^1];
    internal int Depth => _stack.Count;

    // -- types -----------------------------------------------------------------------------------------------------------------------------------

    private MonoBody Instantiated(Body body, GenericArgs args)
    {
        var cache = s_monoBodies ??= [];
        if (cache.TryGetValue((body, args), out var mono)) return mono;
        if (cache.Count >= Machine.MaxCachedBodies) cache.Clear();
        mono = new MonoBody(body, args);
        cache.Add((body, args), mono);
        return mono;
    }

    private T Mono<T>(Frame frame, T value) where T : GenericArg
    {
        if (!value.HasAny(TypeFlags.NeedsSubst | TypeFlags.NeedsNormalization)) return value;
        if (frame.Mono.Types.TryGetValue(value, out var known)) return (T)known;
        var v = Tcx.Traits.InstantiateAndNormalize(value, frame.Mono.Args);
        frame.Mono.Types[value] = v;
        return v;
    }

    internal Ty Mono(Ty ty) => Mono(Top, ty);
    private GenericArgs Mono(GenericArgs args) =>
        args.HasAny(TypeFlags.NeedsSubst | TypeFlags.NeedsNormalization) ? Tcx.Traits.InstantiateAndNormalize(args, Top.Mono.Args) : args;

    internal TyAndLayout LayoutOf(Ty ty) => Tcx.Layouts.LayoutOf(ty);

    private TyAndLayout LocalLayout(Frame frame, int local) => frame.Mono.LocalLayouts[local] ??= LayoutOf(Mono(frame, frame.Body.Locals[local].Ty));

    internal string TypeName(Ty ty) => Text.TypeNames.Of(Tcx, ty);

    // -- frames ----------------------------------------------------------------------------------------------------------------------------------

    internal void PushFrame(Frame frame)
    {
        if (_stack.Count >= Machine.StackLimit) throw InterpError.Exhausted("reached the configured maximum number of stack frames");
        _stack.Add(frame);
        var mono = frame.Mono;
        if (mono.RequiredConstsChecked) return;
        // Errors in required constants show even if the code that uses them is not reached.
        foreach (var c in mono.Body.RequiredConsts) EvalConstant(c);
        mono.RequiredConstsChecked = true;
    }

    private void PopFrame()
    {
        var frame = Top;
        // What a constant borrows of its own body becomes part of its value.
        if (!frame.IsRoot || frame.Instance is not null) foreach (var l in frame.Locals) l?.Kill();
        _stack.RemoveAt(_stack.Count - 1);
    }

    /// <summary>Runs a body without arguments to its end and leaves the result in <paramref name="dest"/>.</summary>
    internal void Run(Body body, GenericArgs args, Instance? instance, MPlace dest)
    {
        Push(body, args, instance, dest);
        while (Step()) { }
    }

    /// <summary>Runs a function to its end. The stack must be empty.</summary>
    internal void Run(Instance instance, Op[] args, MPlace dest)
    {
        if (Machine.FindBody(this, instance, args, dest, -1, UnwindAction.Unreachable) is not var (body, bodyArgs)) throw new BugException("a root without a body");
        PushCall(body, bodyArgs, instance, args, dest, -1, UnwindAction.Unreachable, isRoot: true);
        while (Step()) { }
    }

    /// <summary>Forgets all frames; their memory stays as it is.</summary>
    internal void Abandon() => _stack.Clear();

    private void Push(Body body, GenericArgs args, Instance? instance, MPlace dest)
    {
        PushFrame(new Frame(Instantiated(body, args), instance) { Destination = dest, IsRoot = true });
    }

    /// <summary>The span that code in this frame stands for in messages: the innermost user-visible one.</summary>
    internal Span CurrentSpan => _stack.Count == 0 ? Span.Dummy : Top.CurrentSourceInfo.Span;

    /// <summary>Spans of the frames, innermost first.</summary>
    internal IEnumerable<(Span Span, Instance? Instance)> Backtrace()
    {
        for (int i = _stack.Count - 1; i >= 0; i--) yield return (_stack[i].CurrentSourceInfo.Span, _stack[i].Instance);
    }

    /// <summary>rustc's InstanceKind::requires_caller_location.</summary>
    internal bool RequiresCallerLocation(Instance? instance) => instance?.Kind switch
    {
        InstanceKind.Item or InstanceKind.Virtual => Tcx.CodegenFnAttrs(instance.Def).TrackCaller,
        InstanceKind.ClosureOnceShim => instance.Index == 1,
        _ => false,
    };

    /// <summary>The location that #[track_caller] code sees: that of the closest call from code that is not, inlined calls included.</summary>
    internal Span ClosestUntrackedCallerLocation()
    {
        var span = Span.Dummy;
        for (int i = _stack.Count - 1; i >= 0; i--)
        {
            var frame = _stack[i];
            var info = frame.CurrentSourceInfo;
            span = info.Span;
            var scopes = frame.Body.Scopes;
            int scope = info.Scope;
            while (scope >= 0 && scope < scopes.Length)
            {
                ref readonly var s = ref scopes[scope];
                if (s.Inlined is { } callee)
                {
                    if (!RequiresCallerLocation(callee)) return span;
                    span = s.InlinedCallSite;
                }
                scope = s.InlinedParent;
            }
            if (!RequiresCallerLocation(frame.Instance)) return span;
        }
        return span;
    }

    // -- the loop --------------------------------------------------------------------------------------------------------------------------------

    /// <summary>The rest of the current block. False when the root frame has returned.</summary>
    private bool Step()
    {
        var frame = Top;
        ref var block = ref frame.Body.Blocks[frame.Block];
        var statements = block.Statements;
        if ((_fuel -= statements.Length - frame.Statement + 1) < 0) throw Machine.OutOfFuel();
        for (; frame.Statement < statements.Length; frame.Statement++) ExecuteStatement(frame, ref statements[frame.Statement]);
        return ExecuteTerminator(frame, block.Terminator);
    }

    /// <summary>Statements and terminators that have been run, those of a block that was left early included.</summary>
    internal long Steps => Machine.Fuel - _fuel;

    private void GotoBlock(Frame frame, int target)
    {
        frame.Block = target;
        frame.Statement = 0;
    }

    /// <summary>After a call that was done at once: on to the next block of the caller.</summary>
    internal void ReturnToBlock(int target)
    {
        if (target < 0) throw InterpError.Ub("entering unreachable code");
        GotoBlock(Top, target);
    }

    private void ExecuteStatement(Frame frame, ref Statement s)
    {
        switch (s.Kind)
        {
            case StatementKind.Assign: EvalRvalue(s.Rvalue!, s.Place); break;
            case StatementKind.SetDiscriminant: WriteDiscriminant(s.Index, EvalPlace(s.Place)); break;
            case StatementKind.StorageLive or StatementKind.StorageDead:
                frame.Locals[s.Place.Local]?.Kill();
                frame.Locals[s.Place.Local] = s.Kind == StatementKind.StorageLive ? null : InterpAlloc.DeadLocal;
                break;
            case StatementKind.Assume:
                if (!ReadBool(EvalOperand(s.Operands![0]))) throw InterpError.Ub("`assume` called with `false`");
                break;
            case StatementKind.CopyNonOverlapping:
                CopyIntrinsic(EvalOperand(s.Operands![0]), EvalOperand(s.Operands[1]), EvalOperand(s.Operands[2]), nonOverlapping: true);
                break;
            case StatementKind.FakeRead or StatementKind.Retag or StatementKind.PlaceMention or StatementKind.AscribeUserType or StatementKind.Coverage
                or StatementKind.ConstEvalCounter or StatementKind.Nop or StatementKind.BackwardIncompatibleDropHint:
                break;
            default: throw new BugException($"unknown statement {s.Kind}");
        }
    }
}
