namespace Mirlink.Mir;

/// <summary>What is done with a place (rustc's PlaceContext, as far as passes tell the cases apart).</summary>
public enum PlaceUse : byte
{
    Copy, Move,
    /// <summary>Read without being an operand: a discriminant, CopyForDeref.</summary>
    Inspect,
    /// <summary>Destination of an assignment.</summary>
    Store,
    /// <summary>Destination of a call: written on the edge to its target.</summary>
    CallResult,
    /// <summary>Output of asm!, or the resume argument of a yield.</summary>
    OtherResult,
    SetDiscriminant, Borrow, Drop,
    /// <summary>StorageLive, StorageDead.</summary>
    Storage,
    /// <summary>Mentioned without effect.</summary>
    NonUse,
}

/// <summary>Visits every place of a body, in the order of evaluation within a statement or terminator. Locals that index are visited as copied places.</summary>
public abstract class PlaceVisitor
{
    /// <summary>The block and statement being visited; the terminator is the statement after the last.</summary>
    protected int Block { get; private set; }
    protected int Index { get; private set; }

    protected abstract void Visit(in Place place, PlaceUse use);

    public void VisitBody(Body body)
    {
        for (int b = 0; b < body.Blocks.Length; b++) VisitBlock(body, b);
    }

    public void VisitBlock(Body body, int block)
    {
        Block = block;
        ref var data = ref body.Blocks[block];
        for (Index = 0; Index < data.Statements.Length; Index++) VisitStatement(in data.Statements[Index]);
        VisitTerminator(data.Terminator);
    }

    private void Touch(in Place place, PlaceUse use)
    {
        foreach (ref readonly var e in place.Projection.AsSpan()) if (e.Kind == ProjectionKind.Index) Visit(new Place(e.Index), PlaceUse.Copy);
        Visit(place, use);
    }

    protected void VisitOperand(in Operand o)
    {
        if (o.IsPlace) Touch(o.Place, o.Kind == OperandKind.Move ? PlaceUse.Move : PlaceUse.Copy);
    }

    public void VisitStatement(in Statement s)
    {
        switch (s.Kind)
        {
            case StatementKind.Assign:
                VisitRvalue(s.Rvalue!);
                Touch(s.Place, PlaceUse.Store);
                break;
            case StatementKind.SetDiscriminant: Touch(s.Place, PlaceUse.SetDiscriminant); break;
            case StatementKind.StorageLive or StatementKind.StorageDead: Visit(s.Place, PlaceUse.Storage); break;
            case StatementKind.Assume or StatementKind.CopyNonOverlapping:
                foreach (ref readonly var o in s.Operands!.AsSpan()) VisitOperand(o);
                break;
            case StatementKind.FakeRead or StatementKind.Retag or StatementKind.PlaceMention or StatementKind.AscribeUserType or StatementKind.BackwardIncompatibleDropHint:
                Touch(s.Place, PlaceUse.NonUse);
                break;
        }
    }

    public void VisitRvalue(Rvalue rvalue)
    {
        switch (rvalue)
        {
            case Rvalue.Use r: VisitOperand(r.Operand); break;
            case Rvalue.Repeat r: VisitOperand(r.Operand); break;
            case Rvalue.Ref r: Touch(r.Place, PlaceUse.Borrow); break;
            case Rvalue.RawPtr r: Touch(r.Place, PlaceUse.Borrow); break;
            case Rvalue.Cast r: VisitOperand(r.Operand); break;
            case Rvalue.BinaryOp r: VisitOperand(r.Left); VisitOperand(r.Right); break;
            case Rvalue.UnaryOp r: VisitOperand(r.Operand); break;
            case Rvalue.Discriminant r: Touch(r.Place, PlaceUse.Inspect); break;
            case Rvalue.CopyForDeref r: Touch(r.Place, PlaceUse.Inspect); break;
            case Rvalue.WrapUnsafeBinder r: VisitOperand(r.Operand); break;
            case Rvalue.Aggregate r: foreach (ref readonly var o in r.Operands.AsSpan()) VisitOperand(o); break;
            case Rvalue.ThreadLocalRef: break;
            default: throw new BugException($"unknown rvalue {rvalue.GetType().Name}");
        }
    }

    public void VisitTerminator(Terminator terminator)
    {
        switch (terminator)
        {
            case Terminator.SwitchInt t: VisitOperand(t.Discr); break;
            // The return place is read.
            case Terminator.Return: Visit(Place.Return, PlaceUse.Move); break;
            case Terminator.Drop t: Touch(t.Place, PlaceUse.Drop); break;
            case Terminator.Call t:
                VisitOperand(t.Func);
                foreach (ref readonly var o in t.Args.AsSpan()) VisitOperand(o);
                Touch(t.Destination, PlaceUse.CallResult);
                break;
            case Terminator.TailCall t:
                VisitOperand(t.Func);
                foreach (ref readonly var o in t.Args.AsSpan()) VisitOperand(o);
                break;
            case Terminator.Assert t:
                VisitOperand(t.Cond);
                foreach (ref readonly var o in t.Operands.AsSpan()) VisitOperand(o);
                break;
            case Terminator.Yield t:
                VisitOperand(t.Value);
                Touch(t.ResumeArg, PlaceUse.OtherResult);
                break;
            case Terminator.InlineAsm t:
                foreach (var o in t.Operands)
                {
                    if (o.In is { } input) VisitOperand(input);
                    if (o.OutPlace is { } output) Touch(output, PlaceUse.OtherResult);
                }
                break;
        }
    }
}
