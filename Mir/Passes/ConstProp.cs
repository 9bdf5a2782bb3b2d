using Mirlink.Mir.Dataflow;

namespace Mirlink.Mir.Passes;

/// <summary>
/// Values that are known where they are used: constants in locals that are assigned once, integer operators on constants, fields and variants of
/// aggregates that were just made, lengths of arrays behind slices.
/// </summary>
public sealed class ConstProp : IMirPass
{
    public string Name => "const-prop";

    public bool Run(Body body, PassContext context)
    {
        var run = new Propagation(body, context, PassHistory.SsaOf(body, out var cfg));
        // Definitions come before their uses in this order.
        foreach (int b in cfg.ReversePostorder) run.Block(b);
        run.ExtendLifetimes();
        return run.Changed;
    }

    private sealed class Propagation(Body body, PassContext context, SsaLocals ssa) : BodyRewriter
    {
        private readonly TyCtxt _tcx = context.Tcx;
        private readonly ConstOperand?[] _constants = new ConstOperand?[body.Locals.Length];
        /// <summary>Locals that are read in places where they were not before.</summary>
        private readonly BitSet _extended = new(body.Locals.Length);
        private bool _anyExtended;

        public bool Changed { get; private set; }

        public void Block(int b)
        {
            ref var block = ref body.Blocks[b];
            for (int i = 0; i < block.Statements.Length; i++)
            {
                ref var s = ref block.Statements[i];
                if (s.Kind is StatementKind.StorageLive or StatementKind.StorageDead or StatementKind.Nop) continue;
                if (Touches(s)) s = Statement(s);
                if (s.Kind != StatementKind.Assign) continue;
                if (Fold(s.Rvalue!) is { } folded && context.Consume())
                {
                    s.Rvalue = folded;
                    Changed = true;
                }
                if (s.Place.IsLocal && ssa.IsSsa(s.Place.Local) && s.Rvalue is Rvalue.Use { Operand: { Kind: OperandKind.Constant } o } && IsImmediate(o.Constant!.Const)
                    && ReferenceEquals(o.Constant.Const.Type, body.Locals[s.Place.Local].Ty))
                    _constants[s.Place.Local] = o.Constant;
            }
            if (_finder.Finds(block.Terminator)) block.Terminator = Terminator(block.Terminator);
        }

        // -- where something is to be replaced --------------------------------------------------------------------------------------------------------

        private sealed class Finder(Propagation p) : PlaceVisitor
        {
            private bool _found;
            protected override void Visit(in Place place, PlaceUse use) => _found |= use is not (PlaceUse.Storage or PlaceUse.NonUse) && p.IsKnown(place);
            public bool Finds(in Statement s) { _found = false; VisitStatement(s); return _found; }
            public bool Finds(Terminator t) { _found = false; VisitTerminator(t); return _found; }
        }

        private Finder? _finderOrNull;
        private Finder _finder => _finderOrNull ??= new Finder(this);

        private bool Touches(in Statement s) => _finder.Finds(s);

        private bool IsKnown(in Place place) => _constants[place.Local] is not null || place.Projection is { Length: > 0 } && Part(place, out _) is not null;

        // -- replacing ----------------------------------------------------------------------------------------------------------------------------------

        protected override Operand Operand(in Operand operand)
        {
            if (!operand.IsPlace) return operand;
            if (operand.Place.IsLocal)
            {
                if (_constants[operand.Place.Local] is not { } known || !context.Consume()) return operand;
                Changed = true;
                return new Operand(OperandKind.Constant, default, known);
            }
            if (Part(operand.Place, out int length) is { } part)
            {
                if (!part.IsPlace)
                {
                    if (length != operand.Place.Projection.Length || !IsImmediate(part.Constant?.Const) || !context.Consume()) return base.Operand(operand);
                    Changed = true;
                    return part;
                }
                var place = Place(operand.Place, PlaceUse.Copy);
                // What is read a second time must still be there.
                return place.Local == operand.Place.Local ? base.Operand(operand) : Mir.Operand.Copy(place);
            }
            return base.Operand(operand);
        }

        protected override Place Place(in Place place, PlaceUse use)
        {
            if (place.Projection.Length == 0 || Part(place, out int length) is not { IsPlace: true } part || !context.Consume()) return place;
            Changed = true;
            _anyExtended = true;
            _extended[part.Place.Local] = true;
            return Place(new Place(part.Place.Local, place.Projection[length..]), use);
        }

        /// <summary>What a field of a local is, if the local is an aggregate that was made of known parts; and how many projections that field is.</summary>
        private Operand? Part(in Place place, out int length)
        {
            length = 0;
            if (place.Projection[0].Kind is not (ProjectionKind.Field or ProjectionKind.Downcast) || ssa.Definition(place.Local) is not Rvalue.Aggregate a) return null;
            int field = 0;
            if (place.Projection[0].Kind == ProjectionKind.Downcast)
            {
                if (place.Projection[0].Index != a.Variant || place.Projection.Length < 2 || a.Kind != AggregateKind.Adt) return null;
                field = 1;
            }
            else if (a.Kind == AggregateKind.Adt && _tcx.AdtDef(a.Def).IsEnum)
            {
                return null;
            }
            if (place.Projection[field].Kind != ProjectionKind.Field || a.ActiveField >= 0 || a.Kind is not (AggregateKind.Adt or AggregateKind.Tuple or AggregateKind.Closure)) return null;
            int index = place.Projection[field].Index;
            if (index >= a.Operands.Length) return null;
            var operand = a.Operands[index];
            length = field + 1;
            if (operand.Kind == OperandKind.RuntimeChecks) return null;
            // The type must be the field's: a coercion may hide in an assignment.
            if (!ReferenceEquals(body.TypeOf(_tcx, operand), place.Projection[field].Ty)) return null;
            if (operand.IsPlace && (!operand.Place.IsLocal || !ssa.IsSsa(operand.Place.Local) || operand.Place.Local == place.Local)) return null;
            return operand;
        }

        /// <summary>What is one value or two, or has no bytes: as good at each use as in a local.</summary>
        private static bool IsImmediate(MirConst? c) => c is MirConst.Val { Value: ConstValue.Scalar or ConstValue.ZeroSized or ConstValue.Slice or ConstValue.Pointer };

        // -- folding ------------------------------------------------------------------------------------------------------------------------------------

        private Rvalue? Fold(Rvalue rvalue)
        {
            switch (rvalue)
            {
                case Rvalue.Use { Operand: { Kind: OperandKind.Constant, Constant.Const: MirConst.Unevaluated or MirConst.OfTy } o } when o.Constant.Const.Type is PrimTy ty:
                    return context.ConstantBits(o) is { } value ? Constant(value, ty) : null;
                case Rvalue.BinaryOp { Left: { Kind: OperandKind.Constant } l, Right: { Kind: OperandKind.Constant } r } b:
                {
                    if (l.Constant!.Const.Type is not PrimTy ty || context.ConstantBits(l) is not { } x || context.ConstantBits(r) is not { } y) return null;
                    return IntegerFolding.Binary(b.Op, ty, x, (PrimTy)r.Constant!.Const.Type, y) is { } bits
                        ? Constant(bits, b.Op is BinOp.Eq or BinOp.Ne or BinOp.Lt or BinOp.Le or BinOp.Gt or BinOp.Ge ? _tcx.Interner.Bool : ty)
                        : null;
                }
                case Rvalue.UnaryOp { Op: UnOp.Not or UnOp.Neg, Operand: { Kind: OperandKind.Constant } o } u:
                    return o.Constant!.Const.Type is PrimTy { Kind: not TyKind.Float } t && context.ConstantBits(o) is { } v
                        ? Constant(IntegerFolding.Truncate(u.Op == UnOp.Neg ? 0 - v : t.IsBool ? v ^ 1 : ~v, t), t)
                        : null;
                case Rvalue.UnaryOp { Op: UnOp.PtrMetadata, Operand: { IsPlace: true, Place: { IsLocal: true } p } }:
                {
                    if (ssa.Definition(p.Local) is not Rvalue.Cast { Kind: CastKind.Unsize } cast) return null;
                    return body.TypeOf(_tcx, cast.Operand).BuiltinDeref is ArrayTy a && cast.Ty.BuiltinDeref is SliceTy && a.Length.TryBits is { } length ? Constant(length, _tcx.Interner.Usize) : null;
                }
                case Rvalue.Cast { Kind: CastKind.IntToInt, Operand: { Kind: OperandKind.Constant } o, Ty: PrimTy to }:
                    return o.Constant!.Const.Type is PrimTy from && context.ConstantBits(o) is { } c ? Constant(IntegerFolding.Cast(c, from, to), to) : null;
                case Rvalue.Discriminant { Place: { IsLocal: true } p }:
                    return ssa.Definition(p.Local) is Rvalue.Aggregate { Kind: AggregateKind.Adt } agg && _tcx.AdtDef(agg.Def).IsEnum && _tcx.Traits.DiscriminantTy(body.Locals[p.Local].Ty) is PrimTy dt
                        ? Constant(_tcx.Traits.DiscriminantFor(body.Locals[p.Local].Ty, agg.Variant), dt)
                        : null;
                default: return null;
            }
        }

        private static Rvalue.Use Constant(U128 bits, PrimTy ty) => new(PassContext.Scalar(bits, ty));

        // -- lifetimes ------------------------------------------------------------------------------------------------------------------------------------

        private sealed class Demote(BitSet locals) : BodyRewriter
        {
            protected override Place Place(in Place place, PlaceUse use) => place;
            protected override Operand Operand(in Operand operand) =>
                operand.Kind == OperandKind.Move && locals[operand.Place.Local] ? Mir.Operand.Copy(operand.Place) : operand;
        }

        /// <summary>What is read in more places than before neither ends nor is given away before them.</summary>
        public void ExtendLifetimes()
        {
            if (!_anyExtended) return;
            foreach (ref var block in body.Blocks.AsSpan())
                foreach (ref var s in block.Statements.AsSpan())
                    if (s.Kind is StatementKind.StorageLive or StatementKind.StorageDead && _extended[s.Place.Local]) s = Mir.Statement.Nop;
            new Demote(_extended).RewriteBody(body);
        }
    }
}
