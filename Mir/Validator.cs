using Mirlink.Mir.Dataflow;

namespace Mirlink.Mir;

/// <summary>
/// Checks a concrete body for what every pass and lowering rely on: targets, locals and scopes exist, cleanup blocks are entered and left as unwinding
/// does, assignments fit.
/// </summary>
public sealed class Validator : PlaceVisitor
{
    private readonly TyCtxt _tcx;
    private readonly Body _body;
    private readonly List<string> _errors = [];

    private Validator(TyCtxt tcx, Body body) { _tcx = tcx; _body = body; }

    /// <summary>What is wrong with the body, in words; empty if nothing is.</summary>
    public static IReadOnlyList<string> Check(TyCtxt tcx, Body body)
    {
        var v = new Validator(tcx, body);
        v.Run();
        return v._errors;
    }

    private void Error(string what) => _errors.Add($"bb{Block}[{Index}]: {what}");

    private void Run()
    {
        if (_body.Blocks.Length == 0) { Error("no blocks"); return; }
        if (_body.Locals.Length <= _body.ArgCount) { Error("fewer locals than arguments"); return; }
        if (_body.Blocks[0].IsCleanup) Error("the entry is a cleanup block");
        for (int s = 0; s < _body.Scopes.Length; s++)
        {
            var scope = _body.Scopes[s];
            if (scope.Parent >= _body.Scopes.Length || scope.InlinedParent >= _body.Scopes.Length) Error($"scope {s} is inside of a scope that is none");
            if (scope.Parent == s || scope.InlinedParent == s) Error($"scope {s} is inside of itself");
        }
        VisitBody(_body);
        // With places that are none there is nothing to ask the types of.
        if (_errors.Count > 0) return;
        var successors = new List<int>();
        for (int b = 0; b < _body.Blocks.Length; b++)
        {
            ref var block = ref _body.Blocks[b];
            successors.Clear();
            Cfg.AddSuccessors(block.Terminator, successors);
            foreach (int s in successors)
                if (s >= _body.Blocks.Length) _errors.Add($"bb{b} goes to bb{s}, which does not exist");
            if (_errors.Count > 0) return;
            CheckCleanup(b, block.Terminator);
            foreach (ref readonly var s in block.Statements.AsSpan())
            {
                if ((uint)s.SourceInfo.Scope >= (uint)_body.Scopes.Length && s.Kind != StatementKind.Nop) _errors.Add($"bb{b}: scope {s.SourceInfo.Scope} does not exist");
                if (s.Kind != StatementKind.Assign) continue;
                var to = _body.TypeOf(_tcx, s.Place);
                if (_body.TypeOf(_tcx, s.Rvalue!) is { } from && !Fits(from, to)) _errors.Add($"bb{b}: {from} is assigned to {to} ({s.Rvalue!.GetType().Name})");
            }
            if ((uint)block.Terminator.SourceInfo.Scope >= (uint)_body.Scopes.Length) _errors.Add($"bb{b}: scope {block.Terminator.SourceInfo.Scope} does not exist");
        }
    }

    private void CheckCleanup(int b, Terminator terminator)
    {
        bool cleanup = _body.Blocks[b].IsCleanup;
        var unwind = terminator switch
        {
            Terminator.Drop t => t.Unwind,
            Terminator.Call t => t.Unwind,
            Terminator.Assert t => t.Unwind,
            Terminator.InlineAsm t => t.Unwind,
            Terminator.FalseUnwind t => t.Unwind,
            _ => UnwindAction.Unreachable,
        };
        if (unwind.Kind == UnwindActionKind.Cleanup)
        {
            if (cleanup) _errors.Add($"bb{b} unwinds from one cleanup block to another");
            if (!_body.Blocks[unwind.Block].IsCleanup) _errors.Add($"bb{b} unwinds to bb{unwind.Block}, which is not for cleanup");
        }
        if (cleanup && unwind.Kind == UnwindActionKind.Continue) _errors.Add($"bb{b}: unwinding goes on from within cleanup");
        if (cleanup && terminator is Terminator.Return) _errors.Add($"bb{b} returns from cleanup");
        if (!cleanup && terminator is Terminator.UnwindResume) _errors.Add($"bb{b} resumes unwinding outside of cleanup");
        var targets = new List<int>();
        Cfg.AddSuccessors(terminator, targets);
        foreach (int t in targets)
        {
            if (unwind.Kind == UnwindActionKind.Cleanup && t == unwind.Block) continue;
            if (_body.Blocks[t].IsCleanup != cleanup) _errors.Add($"bb{b} goes to bb{t} {(cleanup ? "out of" : "into")} cleanup without unwinding");
        }
    }

    /// <summary>Subtyping is gone from optimized MIR but for bound regions, so function pointers and trait objects are not compared.</summary>
    private static bool Fits(Ty from, Ty to) => ReferenceEquals(from, to) || from.HasAny(TypeFlags.HasBinder) || to.HasAny(TypeFlags.HasBinder);

    protected override void Visit(in Place place, PlaceUse use)
    {
        if ((uint)place.Local >= (uint)_body.Locals.Length) { Error($"local _{place.Local} does not exist"); return; }
        if (use == PlaceUse.Storage) return;
        try
        {
            _body.TypeOf(_tcx, place);
        }
        catch (BugException e)
        {
            Error(e.Message);
        }
        foreach (ref readonly var e in place.Projection.AsSpan())
            if (e.Kind == ProjectionKind.Index && (uint)e.Index < (uint)_body.Locals.Length && !ReferenceEquals(_body.Locals[e.Index].Ty, _tcx.Interner.Usize)) Error("an index is no usize");
    }
}
