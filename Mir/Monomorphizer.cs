using System.Diagnostics.CodeAnalysis;

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

        private Operand Fold(in Operand o) => o.Kind switch
        {
            OperandKind.Copy or OperandKind.Move => o with { Place = Fold(o.Place) },
            OperandKind.Constant => o with { Constant = Fold(o.Constant) },
            _ => o,
        };

        // What has no parameter in it is shared with the generic body: most of what a body consists of, and nothing of it is ever changed.

        private static bool Same(in Place a, in Place b) => ReferenceEquals(a.Projection, b.Projection);
        private static bool Same(in Operand a, in Operand b) => ReferenceEquals(a.Place.Projection, b.Place.Projection) && ReferenceEquals(a.Constant, b.Constant);

        private Operand[] Fold(Operand[] operands)
        {
            Operand[]? changed = null;
            for (int i = 0; i < operands.Length; i++)
            {
                var o = Fold(in operands[i]);
                if (!Same(o, operands[i])) (changed ??= (Operand[])operands.Clone())[i] = o;
            }
            return changed ?? operands;
        }

        [return: NotNullIfNotNull(nameof(c))]
        private ConstOperand? Fold(ConstOperand? c) => c is null || Fold(c.Const) is var folded && ReferenceEquals(folded, c.Const) ? c : c with { Const = folded };

        private MirConst Fold(MirConst c)
        {
            var ty = Fold(c.Type);
            bool same = ReferenceEquals(ty, c.Type);
            switch (c)
            {
                case MirConst.OfTy t:
                {
                    var folded = Fold(t.Const);
                    return same && ReferenceEquals(folded, t.Const) ? c : new MirConst.OfTy(ty, folded);
                }
                case MirConst.Unevaluated u:
                {
                    var folded = Fold(u.Args);
                    return same && ReferenceEquals(folded, u.Args) ? c : new MirConst.Unevaluated(u.Def, folded, u.Promoted, ty);
                }
                case MirConst.Val v: return same ? c : new MirConst.Val(v.Value, ty);
                default: throw new BugException("unknown kind of constant");
            }
        }

        private Rvalue Fold(Rvalue value)
        {
            switch (value)
            {
                case Rvalue.Use r: return Fold(r.Operand) is var o && Same(o, r.Operand) ? r : new Rvalue.Use(o);
                case Rvalue.Repeat r:
                {
                    var operand = Fold(r.Operand);
                    var count = Fold(r.Count);
                    return Same(operand, r.Operand) && ReferenceEquals(count, r.Count) ? r : new Rvalue.Repeat(operand, count);
                }
                case Rvalue.Ref r: return Fold(r.Place) is var p && Same(p, r.Place) ? r : new Rvalue.Ref(r.Kind, p);
                case Rvalue.ThreadLocalRef: return value;
                case Rvalue.RawPtr r: return Fold(r.Place) is var pointee && Same(pointee, r.Place) ? r : new Rvalue.RawPtr(r.Kind, pointee);
                case Rvalue.Cast r:
                {
                    var operand = Fold(r.Operand);
                    var ty = Fold(r.Ty);
                    return Same(operand, r.Operand) && ReferenceEquals(ty, r.Ty) ? r : new Rvalue.Cast(r.Kind, operand, ty, r.IsImplicit, r.Safety);
                }
                case Rvalue.BinaryOp r:
                {
                    var left = Fold(r.Left);
                    var right = Fold(r.Right);
                    return Same(left, r.Left) && Same(right, r.Right) ? r : new Rvalue.BinaryOp(r.Op, left, right);
                }
                case Rvalue.UnaryOp r: return Fold(r.Operand) is var argument && Same(argument, r.Operand) ? r : new Rvalue.UnaryOp(r.Op, argument);
                case Rvalue.Discriminant r: return Fold(r.Place) is var matched && Same(matched, r.Place) ? r : new Rvalue.Discriminant(matched);
                case Rvalue.Aggregate r:
                {
                    var operands = Fold(r.Operands);
                    var ty = r.Ty is null ? null : Fold(r.Ty);
                    var arguments = r.Args is null ? null : Fold(r.Args);
                    if (ReferenceEquals(operands, r.Operands) && ReferenceEquals(ty, r.Ty) && ReferenceEquals(arguments, r.Args)) return r;
                    return new Rvalue.Aggregate(r.Kind, operands) { Ty = ty, Def = r.Def, Args = arguments, Variant = r.Variant, ActiveField = r.ActiveField, Mutability = r.Mutability };
                }
                case Rvalue.CopyForDeref r: return Fold(r.Place) is var copied && Same(copied, r.Place) ? r : new Rvalue.CopyForDeref(copied);
                case Rvalue.WrapUnsafeBinder r:
                {
                    var operand = Fold(r.Operand);
                    var ty = Fold(r.Ty);
                    return Same(operand, r.Operand) && ReferenceEquals(ty, r.Ty) ? r : new Rvalue.WrapUnsafeBinder(operand, ty);
                }
                default: throw new BugException($"unknown rvalue {value.GetType().Name}");
            }
        }

        private Terminator Fold(Terminator terminator)
        {
            switch (terminator)
            {
                case Terminator.SwitchInt t:
                    return Fold(t.Discr) is var discr && Same(discr, t.Discr) ? t : new Terminator.SwitchInt(discr, t.Values, t.Targets) { SourceInfo = t.SourceInfo };
                case Terminator.Drop t:
                    return Fold(t.Place) is var dropped && Same(dropped, t.Place)
                        ? t
                        : new Terminator.Drop(dropped, t.Target, t.Unwind, t.Replace) { SourceInfo = t.SourceInfo, AsyncDropBlock = t.AsyncDropBlock, AsyncFut = t.AsyncFut };
                case Terminator.Call t:
                {
                    var func = Fold(t.Func);
                    var arguments = Fold(t.Args);
                    var destination = Fold(t.Destination);
                    if (Same(func, t.Func) && ReferenceEquals(arguments, t.Args) && Same(destination, t.Destination)) return t;
                    return new Terminator.Call(func, arguments, destination, t.Target, t.Unwind) { SourceInfo = t.SourceInfo, CallSource = t.CallSource, FnSpan = t.FnSpan };
                }
                case Terminator.TailCall t: return new Terminator.TailCall(Fold(t.Func), Fold(t.Args)) { SourceInfo = t.SourceInfo, FnSpan = t.FnSpan };
                case Terminator.Assert t:
                {
                    var condition = Fold(t.Cond);
                    var operands = Fold(t.Operands);
                    if (Same(condition, t.Cond) && ReferenceEquals(operands, t.Operands)) return t;
                    return new Terminator.Assert(condition, t.Expected, t.Kind, operands, t.Target, t.Unwind) { SourceInfo = t.SourceInfo, Op = t.Op, Coroutine = t.Coroutine };
                }
                case Terminator.Yield t: return new Terminator.Yield(Fold(t.Value), t.Resume, Fold(t.ResumeArg), t.DropBlock) { SourceInfo = t.SourceInfo };
                case Terminator.InlineAsm t:
                    return new Terminator.InlineAsm(t.Template, Array.ConvertAll(t.Operands, Fold), t.Options, t.Targets, t.Unwind, t.IsNaked) { SourceInfo = t.SourceInfo };
                default: return terminator;
            }
        }

        private InlineAsmOperand Fold(InlineAsmOperand o) => o with
        {
            In = o.In is { } i ? Fold(i) : null,
            OutPlace = o.OutPlace is { } p ? Fold(p) : null,
            Const = Fold(o.Const),
        };
    }
}
