namespace Mirlink.Mir;

/// <summary>
/// Rebuilds statements and terminators with places, operands, types, block numbers or positions replaced. Nothing that is shared between bodies (projections,
/// rvalues, terminators) is changed in place.
/// </summary>
public abstract class BodyRewriter
{
    protected virtual int Local(int local) => local;
    protected virtual int Target(int block) => block;
    protected virtual SourceInfo Info(SourceInfo info) => info;
    protected virtual Ty Type(Ty ty) => ty;
    protected virtual GenericArgs Args(GenericArgs args) => args;
    protected virtual Const Count(Const count) => count;
    protected virtual ConstOperand Constant(ConstOperand constant) => constant;

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
        OperandKind.Constant => operand with { Constant = Constant(operand.Constant!) },
        _ => operand,
    };

    // What comes out as it went in is not made again: most of a body is left alone by most rewriting.

    private static bool Same(in Place a, in Place b) => a.Local == b.Local && ReferenceEquals(a.Projection, b.Projection);

    private static bool Same(in Operand a, in Operand b) => a.Kind == b.Kind && Same(a.Place, b.Place) && ReferenceEquals(a.Constant, b.Constant) && a.Checks == b.Checks;

    private Operand[] Operands(Operand[] operands)
    {
        Operand[]? changed = null;
        for (int i = 0; i < operands.Length; i++)
        {
            var o = Operand(operands[i]);
            if (changed is null)
            {
                if (Same(o, operands[i])) continue;
                changed = (Operand[])operands.Clone();
            }
            changed[i] = o;
        }
        return changed ?? operands;
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

    public virtual Rvalue Rvalue(Rvalue rvalue)
    {
        switch (rvalue)
        {
            case Rvalue.Use r: { var o = Operand(r.Operand); return Same(o, r.Operand) ? r : new Rvalue.Use(o); }
            case Rvalue.Repeat r:
            {
                var o = Operand(r.Operand);
                var count = Count(r.Count);
                return Same(o, r.Operand) && ReferenceEquals(count, r.Count) ? r : new Rvalue.Repeat(o, count);
            }
            case Rvalue.Ref r: { var p = Place(r.Place, PlaceUse.Borrow); return Same(p, r.Place) ? r : new Rvalue.Ref(r.Kind, p); }
            case Rvalue.ThreadLocalRef r: return r;
            case Rvalue.RawPtr r: { var p = Place(r.Place, PlaceUse.Borrow); return Same(p, r.Place) ? r : new Rvalue.RawPtr(r.Kind, p); }
            case Rvalue.Cast r:
            {
                var o = Operand(r.Operand);
                var ty = Type(r.Ty);
                return Same(o, r.Operand) && ReferenceEquals(ty, r.Ty) ? r : new Rvalue.Cast(r.Kind, o, ty, r.IsImplicit, r.Safety);
            }
            case Rvalue.BinaryOp r:
            {
                var left = Operand(r.Left);
                var right = Operand(r.Right);
                return Same(left, r.Left) && Same(right, r.Right) ? r : new Rvalue.BinaryOp(r.Op, left, right);
            }
            case Rvalue.UnaryOp r: { var o = Operand(r.Operand); return Same(o, r.Operand) ? r : new Rvalue.UnaryOp(r.Op, o); }
            case Rvalue.Discriminant r: { var p = Place(r.Place, PlaceUse.Inspect); return Same(p, r.Place) ? r : new Rvalue.Discriminant(p); }
            case Rvalue.Aggregate r:
            {
                var operands = Operands(r.Operands);
                var ty = r.Ty is null ? null : Type(r.Ty);
                var args = r.Args is null ? null : Args(r.Args);
                if (ReferenceEquals(operands, r.Operands) && ReferenceEquals(ty, r.Ty) && ReferenceEquals(args, r.Args)) return r;
                return new Rvalue.Aggregate(r.Kind, operands) { Ty = ty, Def = r.Def, Args = args, Variant = r.Variant, ActiveField = r.ActiveField, Mutability = r.Mutability };
            }
            case Rvalue.CopyForDeref r: { var p = Place(r.Place, PlaceUse.Inspect); return Same(p, r.Place) ? r : new Rvalue.CopyForDeref(p); }
            case Rvalue.WrapUnsafeBinder r:
            {
                var o = Operand(r.Operand);
                var ty = Type(r.Ty);
                return Same(o, r.Operand) && ReferenceEquals(ty, r.Ty) ? r : new Rvalue.WrapUnsafeBinder(o, ty);
            }
            default: throw new BugException($"unknown rvalue {rvalue.GetType().Name}");
        }
    }

    private int[] Targets(int[] targets)
    {
        int[]? changed = null;
        for (int i = 0; i < targets.Length; i++)
        {
            int target = Target(targets[i]);
            if (target != targets[i]) (changed ??= (int[])targets.Clone())[i] = target;
        }
        return changed ?? targets;
    }

    public virtual Terminator Terminator(Terminator terminator)
    {
        var info = Info(terminator.SourceInfo);
        bool here = info == terminator.SourceInfo;
        switch (terminator)
        {
            case Terminator.Goto t:
            {
                int target = Target(t.Target);
                return here && target == t.Target ? t : new Terminator.Goto(target) { SourceInfo = info };
            }
            case Terminator.SwitchInt t:
            {
                var discr = Operand(t.Discr);
                var targets = Targets(t.Targets);
                return here && Same(discr, t.Discr) && ReferenceEquals(targets, t.Targets) ? t : new Terminator.SwitchInt(discr, t.Values, targets) { SourceInfo = info };
            }
            case Mir.Terminator.UnwindResume: return here ? terminator : new Terminator.UnwindResume { SourceInfo = info };
            case Terminator.UnwindTerminate t: return here ? t : new Terminator.UnwindTerminate(t.Reason) { SourceInfo = info };
            case Mir.Terminator.Return: return here ? terminator : new Terminator.Return { SourceInfo = info };
            case Mir.Terminator.Unreachable: return here ? terminator : new Terminator.Unreachable { SourceInfo = info };
            case Mir.Terminator.CoroutineDrop: return here ? terminator : new Terminator.CoroutineDrop { SourceInfo = info };
            case Terminator.Drop t:
            {
                var place = Place(t.Place, PlaceUse.Drop);
                int target = Target(t.Target);
                var unwind = Unwind(t.Unwind);
                if (here && Same(place, t.Place) && target == t.Target && unwind == t.Unwind && t.AsyncDropBlock < 0 && t.AsyncFut < 0) return t;
                return new Terminator.Drop(place, target, unwind, t.Replace)
                {
                    SourceInfo = info,
                    AsyncDropBlock = t.AsyncDropBlock < 0 ? -1 : Target(t.AsyncDropBlock),
                    AsyncFut = t.AsyncFut < 0 ? -1 : Local(t.AsyncFut),
                };
            }
            case Terminator.Call t:
            {
                var func = Operand(t.Func);
                var args = Operands(t.Args);
                var destination = Place(t.Destination, PlaceUse.CallResult);
                int target = t.Target < 0 ? -1 : Target(t.Target);
                var unwind = Unwind(t.Unwind);
                if (here && Same(func, t.Func) && ReferenceEquals(args, t.Args) && Same(destination, t.Destination) && target == t.Target && unwind == t.Unwind) return t;
                return new Terminator.Call(func, args, destination, target, unwind) { SourceInfo = info, CallSource = t.CallSource, FnSpan = t.FnSpan };
            }
            case Terminator.TailCall t: return new Terminator.TailCall(Operand(t.Func), Operands(t.Args)) { SourceInfo = info, FnSpan = t.FnSpan };
            case Terminator.Assert t:
            {
                var cond = Operand(t.Cond);
                var operands = Operands(t.Operands);
                int target = Target(t.Target);
                var unwind = Unwind(t.Unwind);
                if (here && Same(cond, t.Cond) && ReferenceEquals(operands, t.Operands) && target == t.Target && unwind == t.Unwind) return t;
                return new Terminator.Assert(cond, t.Expected, t.Kind, operands, target, unwind) { SourceInfo = info, Op = t.Op, Coroutine = t.Coroutine };
            }
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
        Const = o.Const is { } c ? Constant(c) : null,
        LabelTarget = o.Kind == InlineAsmOperandKind.Label ? Target(o.LabelTarget) : o.LabelTarget,
    };
}
