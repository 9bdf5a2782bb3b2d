namespace Mirlink.Mir;

/// <summary>
/// Rebuilds statements and terminators with places, operands, block numbers or positions replaced. Nothing that is shared between bodies (projections,
/// rvalues, terminators) is changed in place.
/// </summary>
public abstract class BodyRewriter
{
    protected virtual int Local(int local) => local;
    protected virtual int Target(int block) => block;
    protected virtual SourceInfo Info(SourceInfo info) => info;

    protected virtual UnwindAction Unwind(UnwindAction unwind) => unwind.Kind == UnwindActionKind.Cleanup ? UnwindAction.Cleanup(Target(unwind.Block)) : unwind;

    protected virtual Place Place(in Place place, PlaceUse use)
    {
        ProjectionElem[]? changed = null;
        for (int i = 0; i < place.Projection.Length; i++)
        {
            if (place.Projection[i].Kind != ProjectionKind.Index) continue;
            int index = Local(place.Projection[i].Index);
            if (index == place.Projection[i].Index) continue;
            changed ??= (ProjectionElem[])place.Projection.Clone();
            changed[i] = changed[i] with { Index = index };
        }
        return new Place(Local(place.Local), changed ?? place.Projection);
    }

    protected virtual Operand Operand(in Operand operand) => operand.Kind switch
    {
        OperandKind.Copy => Mir.Operand.Copy(Place(operand.Place, PlaceUse.Copy)),
        OperandKind.Move => Mir.Operand.Move(Place(operand.Place, PlaceUse.Move)),
        _ => operand,
    };

    private Operand[] Operands(Operand[] operands)
    {
        var r = new Operand[operands.Length];
        for (int i = 0; i < r.Length; i++) r[i] = Operand(operands[i]);
        return r;
    }

    public void RewriteBody(Body body)
    {
        var blocks = body.Blocks;
        for (int b = 0; b < blocks.Length; b++)
        {
            var statements = blocks[b].Statements;
            for (int i = 0; i < statements.Length; i++) statements[i] = Statement(in statements[i]);
            blocks[b].Terminator = Terminator(blocks[b].Terminator);
        }
    }

    public virtual Statement Statement(in Statement s)
    {
        var r = s;
        r.SourceInfo = Info(s.SourceInfo);
        switch (s.Kind)
        {
            case StatementKind.Assign:
                r.Rvalue = Rvalue(s.Rvalue!);
                r.Place = Place(s.Place, PlaceUse.Store);
                break;
            case StatementKind.SetDiscriminant: r.Place = Place(s.Place, PlaceUse.SetDiscriminant); break;
            case StatementKind.StorageLive or StatementKind.StorageDead: r.Place = Place(s.Place, PlaceUse.Storage); break;
            case StatementKind.Assume or StatementKind.CopyNonOverlapping: r.Operands = Operands(s.Operands!); break;
            case StatementKind.FakeRead or StatementKind.Retag or StatementKind.PlaceMention or StatementKind.AscribeUserType or StatementKind.BackwardIncompatibleDropHint:
                r.Place = Place(s.Place, PlaceUse.NonUse);
                break;
        }
        return r;
    }

    public virtual Rvalue Rvalue(Rvalue rvalue) => rvalue switch
    {
        Rvalue.Use r => new Rvalue.Use(Operand(r.Operand)),
        Rvalue.Repeat r => new Rvalue.Repeat(Operand(r.Operand), r.Count),
        Rvalue.Ref r => new Rvalue.Ref(r.Kind, Place(r.Place, PlaceUse.Borrow)),
        Rvalue.ThreadLocalRef r => r,
        Rvalue.RawPtr r => new Rvalue.RawPtr(r.Kind, Place(r.Place, PlaceUse.Borrow)),
        Rvalue.Cast r => new Rvalue.Cast(r.Kind, Operand(r.Operand), r.Ty, r.IsImplicit, r.Safety),
        Rvalue.BinaryOp r => new Rvalue.BinaryOp(r.Op, Operand(r.Left), Operand(r.Right)),
        Rvalue.UnaryOp r => new Rvalue.UnaryOp(r.Op, Operand(r.Operand)),
        Rvalue.Discriminant r => new Rvalue.Discriminant(Place(r.Place, PlaceUse.Inspect)),
        Rvalue.Aggregate r => new Rvalue.Aggregate(r.Kind, Operands(r.Operands))
        {
            Ty = r.Ty,
            Def = r.Def,
            Args = r.Args,
            Variant = r.Variant,
            ActiveField = r.ActiveField,
            Mutability = r.Mutability,
        },
        Rvalue.CopyForDeref r => new Rvalue.CopyForDeref(Place(r.Place, PlaceUse.Inspect)),
        Rvalue.WrapUnsafeBinder r => new Rvalue.WrapUnsafeBinder(Operand(r.Operand), r.Ty),
        _ => throw new BugException($"unknown rvalue {rvalue.GetType().Name}"),
    };

    public virtual Terminator Terminator(Terminator terminator)
    {
        var info = Info(terminator.SourceInfo);
        switch (terminator)
        {
            case Terminator.Goto t: return new Terminator.Goto(Target(t.Target)) { SourceInfo = info };
            case Terminator.SwitchInt t: return new Terminator.SwitchInt(Operand(t.Discr), t.Values, Array.ConvertAll(t.Targets, Target)) { SourceInfo = info };
            case Mir.Terminator.UnwindResume: return new Terminator.UnwindResume { SourceInfo = info };
            case Terminator.UnwindTerminate t: return new Terminator.UnwindTerminate(t.Reason) { SourceInfo = info };
            case Mir.Terminator.Return: return new Terminator.Return { SourceInfo = info };
            case Mir.Terminator.Unreachable: return new Terminator.Unreachable { SourceInfo = info };
            case Mir.Terminator.CoroutineDrop: return new Terminator.CoroutineDrop { SourceInfo = info };
            case Terminator.Drop t:
                return new Terminator.Drop(Place(t.Place, PlaceUse.Drop), Target(t.Target), Unwind(t.Unwind), t.Replace)
                {
                    SourceInfo = info,
                    AsyncDropBlock = t.AsyncDropBlock < 0 ? -1 : Target(t.AsyncDropBlock),
                    AsyncFut = t.AsyncFut < 0 ? -1 : Local(t.AsyncFut),
                };
            case Terminator.Call t:
                return new Terminator.Call(Operand(t.Func), Operands(t.Args), Place(t.Destination, PlaceUse.CallResult), t.Target < 0 ? -1 : Target(t.Target), Unwind(t.Unwind))
                { SourceInfo = info, CallSource = t.CallSource, FnSpan = t.FnSpan };
            case Terminator.TailCall t: return new Terminator.TailCall(Operand(t.Func), Operands(t.Args)) { SourceInfo = info, FnSpan = t.FnSpan };
            case Terminator.Assert t:
                return new Terminator.Assert(Operand(t.Cond), t.Expected, t.Kind, Operands(t.Operands), Target(t.Target), Unwind(t.Unwind))
                { SourceInfo = info, Op = t.Op, Coroutine = t.Coroutine };
            case Terminator.Yield t:
                return new Terminator.Yield(Operand(t.Value), Target(t.Resume), Place(t.ResumeArg, PlaceUse.OtherResult), t.DropBlock < 0 ? -1 : Target(t.DropBlock)) { SourceInfo = info };
            case Terminator.FalseEdge t: return new Terminator.FalseEdge(Target(t.Real), Target(t.Imaginary)) { SourceInfo = info };
            case Terminator.FalseUnwind t: return new Terminator.FalseUnwind(Target(t.Real), Unwind(t.Unwind)) { SourceInfo = info };
            case Terminator.InlineAsm t:
                return new Terminator.InlineAsm(t.Template, Array.ConvertAll(t.Operands, Asm), t.Options, Array.ConvertAll(t.Targets, Target), Unwind(t.Unwind), t.IsNaked) { SourceInfo = info };
            default: throw new BugException($"unknown terminator {terminator.GetType().Name}");
        }
    }

    private InlineAsmOperand Asm(InlineAsmOperand o) => o with
    {
        In = o.In is { } i ? Operand(i) : null,
        OutPlace = o.OutPlace is { } p ? Place(p, PlaceUse.OtherResult) : null,
        LabelTarget = o.Kind == InlineAsmOperandKind.Label ? Target(o.LabelTarget) : o.LabelTarget,
    };
}
