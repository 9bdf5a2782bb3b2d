namespace Mirlink.Mir;

/// <summary>
/// Makes a generic body concrete: every type, argument list and constant is instantiated and normalized (rustc's Instance::instantiate_mir_and_normalize_
/// erasing_regions, done once for the whole body). Constants stay unevaluated, with concrete arguments.
/// </summary>
/// <param name="forCode">Without what is only for reading: variables' names, and what a body once mentioned.</param>
public sealed class Monomorphizer(TyCtxt tcx, bool forCode = false)
{
    /// <summary>The body with <paramref name="args"/> for its parameters. Statements are copied; nothing of the generic body changes.</summary>
    public Body Instantiate(Body body, GenericArgs args) => new Run(tcx, args, forCode).Fold(body);

    /// <summary>One body's instantiation. The memo saves most look-ups: few types occur in a body, many times each.</summary>
    private sealed class Run(TyCtxt tcx, GenericArgs args, bool forCode)
    {
        private readonly Dictionary<GenericArg, GenericArg> _memo = new(ReferenceEqualityComparer.Instance);

        private T Fold<T>(T value) where T : GenericArg
        {
            if (_memo.TryGetValue(value, out var found)) return (T)found;
            var folded = tcx.Traits.InstantiateAndNormalize(value, args);
            _memo.Add(value, folded);
            return folded;
        }

        private GenericArgs Fold(GenericArgs value) => value.Count == 0 ? value : tcx.Traits.InstantiateAndNormalize(value, args);

        public Body Fold(Body body) => new()
        {
            Blocks = Array.ConvertAll(body.Blocks, Fold),
            Locals = Array.ConvertAll(body.Locals, l => l with { Ty = Fold(l.Ty) }),
            ArgCount = body.ArgCount,
            SpreadArg = body.SpreadArg,
            Scopes = Array.ConvertAll(body.Scopes, s => s.Inlined is null ? s : s with { Inlined = Fold(s.Inlined) }),
            VarDebugInfo = forCode ? [] : Array.ConvertAll(body.VarDebugInfo, Fold),
            RequiredConsts = Array.ConvertAll(body.RequiredConsts, c => Fold(c)!),
            MentionedItems = forCode ? [] : Array.ConvertAll(body.MentionedItems, m => m with { Ty = Fold(m.Ty), TargetTy = m.TargetTy is null ? null : Fold(m.TargetTy) }),
            Phase = body.Phase,
            Span = body.Span,
            Def = body.Def,
            Promoted = body.Promoted,
            // The layout of saved locals is asked of the type, which brings its own arguments.
            CoroutineLayout = body.CoroutineLayout,
        };

        private Instance Fold(Instance i) => i with { Args = Fold(i.Args), Ty = i.Ty is null ? null : Fold(i.Ty) };

        private VarDebugInfo Fold(VarDebugInfo v) => v with
        {
            Place = v.Const is null ? Fold(v.Place) : v.Place,
            Const = Fold(v.Const),
            FragmentTy = v.FragmentTy is null ? null : Fold(v.FragmentTy),
            FragmentProjection = v.FragmentProjection is null ? null : Array.ConvertAll(v.FragmentProjection, Fold),
        };

        private BasicBlockData Fold(BasicBlockData b)
        {
            var statements = new Statement[b.Statements.Length];
            for (int i = 0; i < statements.Length; i++) statements[i] = Fold(in b.Statements[i]);
            return new BasicBlockData { Statements = statements, Terminator = Fold(b.Terminator), IsCleanup = b.IsCleanup };
        }

        private Statement Fold(in Statement s)
        {
            var r = s;
            if (s.Place.Projection is not null) r.Place = Fold(s.Place);
            if (s.Rvalue is not null) r.Rvalue = Fold(s.Rvalue);
            if (s.Operands is not null) r.Operands = Fold(s.Operands);
            return r;
        }

        private ProjectionElem Fold(ProjectionElem e) => e.Ty is null ? e : e with { Ty = Fold(e.Ty) };

        private Place Fold(Place p)
        {
            ProjectionElem[]? changed = null;
            for (int i = 0; i < p.Projection.Length; i++)
            {
                var ty = p.Projection[i].Ty;
                if (ty is null) continue;
                var f = Fold(ty);
                if (ReferenceEquals(f, ty)) continue;
                changed ??= (ProjectionElem[])p.Projection.Clone();
                changed[i] = p.Projection[i] with { Ty = f };
            }
            return changed is null ? p : new Place(p.Local, changed);
        }

        private Operand Fold(Operand o) => o.Kind switch
        {
            OperandKind.Copy or OperandKind.Move => o with { Place = Fold(o.Place) },
            OperandKind.Constant => o with { Constant = Fold(o.Constant) },
            _ => o,
        };

        private Operand[] Fold(Operand[] operands)
        {
            var r = new Operand[operands.Length];
            for (int i = 0; i < r.Length; i++) r[i] = Fold(operands[i]);
            return r;
        }

        private ConstOperand? Fold(ConstOperand? c) => c is null ? null : c with { Const = Fold(c.Const) };

        private MirConst Fold(MirConst c) => c switch
        {
            MirConst.OfTy t => new MirConst.OfTy(Fold(t.Ty), Fold(t.Const)),
            MirConst.Unevaluated u => new MirConst.Unevaluated(u.Def, Fold(u.Args), u.Promoted, Fold(u.Ty)),
            MirConst.Val v => ReferenceEquals(Fold(v.Ty), v.Ty) ? v : new MirConst.Val(v.Value, Fold(v.Ty)),
            _ => throw new BugException("unknown kind of constant"),
        };

        private Rvalue Fold(Rvalue value) => value switch
        {
            Rvalue.Use r => new Rvalue.Use(Fold(r.Operand)),
            Rvalue.Repeat r => new Rvalue.Repeat(Fold(r.Operand), Fold(r.Count)),
            Rvalue.Ref r => new Rvalue.Ref(r.Kind, Fold(r.Place)),
            Rvalue.ThreadLocalRef r => r,
            Rvalue.RawPtr r => new Rvalue.RawPtr(r.Kind, Fold(r.Place)),
            Rvalue.Cast r => new Rvalue.Cast(r.Kind, Fold(r.Operand), Fold(r.Ty), r.IsImplicit, r.Safety),
            Rvalue.BinaryOp r => new Rvalue.BinaryOp(r.Op, Fold(r.Left), Fold(r.Right)),
            Rvalue.UnaryOp r => new Rvalue.UnaryOp(r.Op, Fold(r.Operand)),
            Rvalue.Discriminant r => new Rvalue.Discriminant(Fold(r.Place)),
            Rvalue.Aggregate r => new Rvalue.Aggregate(r.Kind, Fold(r.Operands))
            {
                Ty = r.Ty is null ? null : Fold(r.Ty),
                Def = r.Def,
                Args = r.Args is null ? null : Fold(r.Args),
                Variant = r.Variant,
                ActiveField = r.ActiveField,
                Mutability = r.Mutability,
            },
            Rvalue.CopyForDeref r => new Rvalue.CopyForDeref(Fold(r.Place)),
            Rvalue.WrapUnsafeBinder r => new Rvalue.WrapUnsafeBinder(Fold(r.Operand), Fold(r.Ty)),
            _ => throw new BugException($"unknown rvalue {value.GetType().Name}"),
        };

        private Terminator Fold(Terminator terminator) => terminator switch
        {
            Terminator.SwitchInt t => new Terminator.SwitchInt(Fold(t.Discr), t.Values, t.Targets) { SourceInfo = t.SourceInfo },
            Terminator.Drop t => new Terminator.Drop(Fold(t.Place), t.Target, t.Unwind, t.Replace) { SourceInfo = t.SourceInfo, AsyncDropBlock = t.AsyncDropBlock, AsyncFut = t.AsyncFut },
            Terminator.Call t => new Terminator.Call(Fold(t.Func), Fold(t.Args), Fold(t.Destination), t.Target, t.Unwind)
            { SourceInfo = t.SourceInfo, CallSource = t.CallSource, FnSpan = t.FnSpan },
            Terminator.TailCall t => new Terminator.TailCall(Fold(t.Func), Fold(t.Args)) { SourceInfo = t.SourceInfo, FnSpan = t.FnSpan },
            Terminator.Assert t => new Terminator.Assert(Fold(t.Cond), t.Expected, t.Kind, Fold(t.Operands), t.Target, t.Unwind)
            { SourceInfo = t.SourceInfo, Op = t.Op, Coroutine = t.Coroutine },
            Terminator.Yield t => new Terminator.Yield(Fold(t.Value), t.Resume, Fold(t.ResumeArg), t.DropBlock) { SourceInfo = t.SourceInfo },
            Terminator.InlineAsm t => new Terminator.InlineAsm(t.Template, Array.ConvertAll(t.Operands, Fold), t.Options, t.Targets, t.Unwind, t.IsNaked) { SourceInfo = t.SourceInfo },
            _ => terminator,
        };

        private InlineAsmOperand Fold(InlineAsmOperand o) => o with
        {
            In = o.In is { } i ? Fold(i) : null,
            OutPlace = o.OutPlace is { } p ? Fold(p) : null,
            Const = Fold(o.Const),
        };
    }
}
