namespace Mirlink.Mir;

/// <summary>
/// Whether the numbers in a body mean something: blocks, locals, scopes and operands exist, and each statement has the parts of its kind. Whoever reads
/// bodies from files asks this, so that nothing after it has to.
/// </summary>
public sealed class BodyNumbers : PlaceVisitor
{
    private readonly Body _body;
    private string? _problem;

    private BodyNumbers(Body body) => _body = body;

    /// <summary>What is wrong with a body, in a few words; null if nothing is.</summary>
    public static string? Problem(Body body)
    {
        var check = new BodyNumbers(body);
        check.Whole();
        for (int i = 0; i < body.Blocks.Length && check._problem is null; i++) check.BlockParts(in body.Blocks[i]);
        // Places are visited once it is sure that they are there.
        for (int i = 0; i < body.Blocks.Length && check._problem is null; i++) check.VisitBlock(body, i);
        return check._problem;
    }

    private void Require(bool holds, string problem) { if (!holds) _problem ??= problem; }

    private void Local(int local) => Require((uint)local < (uint)_body.Locals.Length, "a local that does not exist");
    private void Target(int block) => Require((uint)block < (uint)_body.Blocks.Length, "a block that does not exist");
    private void OptTarget(int block) { if (block != -1) Target(block); }
    private void Unwind(UnwindAction u) { if (u.Kind == UnwindActionKind.Cleanup) Target(u.Block); }
    private void Info(SourceInfo info) => Require((uint)info.Scope < (uint)_body.Scopes.Length, "a source scope that does not exist");

    private void Whole()
    {
        var b = _body;
        Require(b.Blocks.Length > 0, "no block");
        Require(b.Locals.Length > 0 && b.ArgCount >= 0 && b.ArgCount < b.Locals.Length, "fewer locals than arguments");
        Require(b.SpreadArg == -1 || b.SpreadArg > 0 && b.SpreadArg <= b.ArgCount, "a spread argument that is none");
        // Parents come first: whoever walks up arrives at the root.
        for (int i = 0; i < b.Scopes.Length; i++)
            Require(b.Scopes[i].Parent >= -1 && b.Scopes[i].Parent < Math.Max(i, 0) && b.Scopes[i].InlinedParent >= -1 && b.Scopes[i].InlinedParent < Math.Max(i, 0), "a source scope whose parent comes after it");
        foreach (ref readonly var l in b.Locals.AsSpan()) Info(l.SourceInfo);
        foreach (var v in b.VarDebugInfo)
        {
            Info(v.SourceInfo);
            if (v.Const is null) PlaceParts(v.Place);
            if (_problem is null && v.Const is null) Visit(v.Place, PlaceUse.NonUse);
        }
    }

    private void BlockParts(in BasicBlockData block)
    {
        foreach (ref readonly var s in block.Statements.AsSpan())
        {
            Info(s.SourceInfo);
            switch (s.Kind)
            {
                case StatementKind.Assign:
                    PlaceParts(s.Place);
                    if (s.Rvalue is null) Require(false, "an assignment of nothing");
                    else RvalueParts(s.Rvalue);
                    break;
                case StatementKind.Assume: OperandParts(s.Operands, 1); break;
                case StatementKind.CopyNonOverlapping: OperandParts(s.Operands, 3); break;
                case StatementKind.SetDiscriminant or StatementKind.StorageLive or StatementKind.StorageDead or StatementKind.FakeRead or StatementKind.Retag
                    or StatementKind.PlaceMention or StatementKind.AscribeUserType or StatementKind.BackwardIncompatibleDropHint:
                    PlaceParts(s.Place);
                    break;
            }
        }
        Info(block.Terminator.SourceInfo);
        TerminatorParts(block.Terminator);
    }

    private void PlaceParts(in Place place) => Require(place.Projection is not null, "a statement without its place");

    private void OperandPart(in Operand o)
    {
        if (o.IsPlace) PlaceParts(o.Place);
        else Require(o.Kind != OperandKind.Constant || o.Constant is not null, "a constant that is none");
    }

    private void OperandParts(Operand[]? operands, int count)
    {
        Require(operands is not null && operands.Length == count, "a wrong number of operands");
        OperandParts(operands);
    }

    private void OperandParts(Operand[]? operands)
    {
        foreach (ref readonly var o in operands.AsSpan()) OperandPart(o);
    }

    private void RvalueParts(Rvalue rvalue)
    {
        if (rvalue is not Rvalue.Aggregate a) return;
        OperandParts(a.Operands);
        bool isTyped = a.Kind is AggregateKind.Array or AggregateKind.RawPtr;
        Require((a.Ty is not null || !isTyped) && (a.Args is not null || isTyped || a.Kind == AggregateKind.Tuple), "an aggregate without its type");
        Require(a.Kind != AggregateKind.RawPtr || a.Operands.Length == 2, "a wrong number of operands");
        Require(a.Variant >= 0 && a.ActiveField >= -1, "a variant that cannot exist");
    }

    private void TerminatorParts(Terminator terminator)
    {
        switch (terminator)
        {
            case Terminator.Goto t: Target(t.Target); break;
            case Terminator.SwitchInt t:
                Require(t.Targets.Length == t.Values.Length + 1, "a switch with a wrong number of targets");
                foreach (int target in t.Targets) Target(target);
                break;
            case Terminator.Drop t:
                Target(t.Target);
                Unwind(t.Unwind);
                OptTarget(t.AsyncDropBlock);
                if (t.AsyncFut != -1) Local(t.AsyncFut);
                break;
            case Terminator.Call t:
                OptTarget(t.Target);
                Unwind(t.Unwind);
                break;
            case Terminator.Assert t:
                Target(t.Target);
                Unwind(t.Unwind);
                Require(t.Operands.Length == t.Kind switch
                {
                    AssertKind.BoundsCheck or AssertKind.Overflow or AssertKind.MisalignedPointerDereference => 2,
                    AssertKind.ResumedAfterReturn or AssertKind.ResumedAfterPanic or AssertKind.ResumedAfterDrop or AssertKind.NullPointerDereference => 0,
                    _ => 1,
                }, "a wrong number of operands");
                break;
            case Terminator.Yield t:
                Target(t.Resume);
                OptTarget(t.DropBlock);
                break;
            case Terminator.FalseEdge t: Target(t.Real); Target(t.Imaginary); break;
            case Terminator.FalseUnwind t: Target(t.Real); Unwind(t.Unwind); break;
            case Terminator.InlineAsm t:
                foreach (int target in t.Targets) Target(target);
                Unwind(t.Unwind);
                foreach (ref readonly var piece in t.Template.AsSpan()) Require(piece.Text is not null || (uint)piece.Operand < (uint)t.Operands.Length, "an operand that does not exist");
                foreach (var o in t.Operands) Require(o.Kind != InlineAsmOperandKind.Label || (uint)o.LabelTarget < (uint)t.Targets.Length, "a label that does not exist");
                break;
        }
    }

    protected override void Visit(in Place place, PlaceUse use)
    {
        Local(place.Local);
        foreach (ref readonly var e in place.Projection.AsSpan())
        {
            if (e.Kind == ProjectionKind.Index) Local(e.Index);
            else Require(e.Index >= 0, "a field that cannot exist");
        }
    }
}
