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
    private sealed class Run(TyCtxt tcx, GenericArgs args, bool forCode) : BodyRewriter
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
            for (int i = 0; i < statements.Length; i++) statements[i] = Statement(in b.Statements[i]);
            return new BasicBlockData { Statements = statements, Terminator = Terminator(b.Terminator), IsCleanup = b.IsCleanup };
        }

        protected override Ty Type(Ty ty) => Fold(ty);
        protected override GenericArgs Args(GenericArgs value) => Fold(value);
        protected override Const Count(Const count) => Fold(count);
        protected override ConstOperand Constant(ConstOperand constant) => Fold(constant);
        protected override Place Place(in Place place, PlaceUse use) => Fold(place);

        protected override Operand Operand(in Operand operand)
        {
            // Most operands are locals.
            if (operand.IsPlace) return operand.Place.IsLocal ? operand : operand with { Place = Fold(operand.Place) };
            return operand.Kind == OperandKind.Constant && Fold(operand.Constant!) is var constant && !ReferenceEquals(constant, operand.Constant) ? operand with { Constant = constant } : operand;
        }

        private ProjectionElem Fold(ProjectionElem e) => e.Ty is null ? e : e with { Ty = Fold(e.Ty) };

        private Place Fold(in Place p)
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
    }
}
