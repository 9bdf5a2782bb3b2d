namespace Mirlink.Mir.Passes;

/// <summary>
/// Scalar replacement of aggregates: a local of a struct, tuple or closure type whose address as a whole nobody needs becomes a local for each field.
/// Reading and writing fields, making it of parts and copying all of it from and to places are what such a local may be used for.
/// </summary>
/// <param name="expand">
/// Also locals that become part of an aggregate in memory: that aggregate is then written field by field. What it is made of can be seen less well
/// afterwards, so this comes when nobody looks any more.
/// </param>
public sealed class Sroa(bool expand) : IMirPass
{
    /// <summary>Copies of more fields than these are better done at once.</summary>
    private const int MaxFields = 8;
    private const int MaxRounds = 4;

    public string Name => expand ? "aggregate-stores" : "sroa";

    public bool Run(Body body, PassContext context)
    {
        bool changed = false;
        for (int round = 0; round < MaxRounds; round++)
        {
            var candidates = new Candidates(body, context, expand);
            if (!candidates.Find()) break;
            new Split(body, context.Tcx, candidates.Fields).Run();
            changed = true;
        }
        return changed;
    }

    /// <summary>What a local of a type becomes. InMemory: its value is no scalar, pair or vector.</summary>
    private sealed record Parts(Ty[] Fields, bool InMemory);

    /// <summary>The parts of a type whose values are their fields, in memory as well as in MIR; null for others. Found once for each type.</summary>
    private static Parts? PartsOf(PassContext context, Ty ty)
    {
        ulong key = (ulong)ty.Id + 1;
        return (Parts?)(context.AggregateParts.TryGet(key, out var known) ? known : context.AggregateParts.Add(key, FindParts(context.Tcx, ty)));
    }

    private static Parts? FindParts(TyCtxt tcx, Ty ty)
    {
        var layout = tcx.Layouts.LayoutOf(ty);
        if (layout.IsZst || layout.Uninhabited || layout.IsUnsized) return null;
        return FieldsOf(tcx, ty) is { } fields ? new Parts(fields, layout.Repr.IsMemory) : null;
    }

    /// <summary>Is the type one whose values are their fields, in memory as well as in MIR? The fields' types then, else null.</summary>
    private static Ty[]? FieldsOf(TyCtxt tcx, Ty ty)
    {
        if (ty is AdtTy a && tcx.AdtDef(a.Def).Repr.Align is not null || ProductFields.Of(tcx, ty) is not { } fields) return null;
        if (fields.Length is 0 or > 2 * MaxFields) return null;
        int sized = 0;
        foreach (var f in fields)
        {
            // A pattern type is no place of its own.
            if (f.Kind == TyKind.Pat || !tcx.Traits.IsSized(f)) return null;
            if (!tcx.Layouts.LayoutOf(f).IsZst) sized++;
        }
        return sized is > 0 and <= MaxFields ? fields : null;
    }

    // -- which ------------------------------------------------------------------------------------------------------------------------------------------

    private sealed class Candidates(Body body, PassContext context, bool expand) : PlaceVisitor
    {
        private readonly TyCtxt _tcx = context.Tcx;
        /// <summary>By local; null for what stays whole.</summary>
        public Ty[]?[] Fields { get; } = new Ty[]?[body.Locals.Length];
        private readonly bool[] _inMemory = new bool[body.Locals.Length];
        /// <summary>A value in registers unless a part of it has an address.</summary>
        private readonly bool[] _partial = new bool[body.Locals.Length];

        /// <summary>Others are split because this one is.</summary>
        private readonly bool[] _reliedOn = new bool[body.Locals.Length];
        private readonly bool[] _refused = new bool[body.Locals.Length];

        private bool Retry()
        {
            for (int i = 0; i < Fields.Length; i++) _refused[i] |= _reliedOn[i] && Fields[i] is null;
            Array.Clear(Fields);
            Array.Clear(_reliedOn);
            Array.Clear(_partial);
            return Find();
        }

        public bool Find()
        {
            bool any = false;
            for (int i = body.ArgCount + 1; i < Fields.Length; i++)
            {
                var ty = body.Locals[i].Ty;
                if (_refused[i] || ty is not (TupleTy { Elements.Length: > 0 } or ClosureTy or AdtTy) || PartsOf(context, ty) is not { } parts) continue;
                Fields[i] = parts.Fields;
                _inMemory[i] = parts.InMemory;
                any = true;
            }
            if (!any) return false;
            for (int b = 0; b < body.Blocks.Length; b++)
            {
                ref var block = ref body.Blocks[b];
                foreach (ref readonly var s in block.Statements.AsSpan())
                {
                    if (s.Kind == StatementKind.Assign) Assignment(s);
                    else VisitStatement(s);
                }
                VisitTerminator(block.Terminator);
                if (block.Terminator is Terminator.Drop { AsyncFut: >= 0 } d) Fields[d.AsyncFut] = null;
            }
            for (int i = 0; i < Fields.Length; i++) if (_reliedOn[i] && Fields[i] is null) return Retry();
            any = false;
            for (int i = 0; i < Fields.Length; i++)
            {
                if (Fields[i] is null) continue;
                if (!_inMemory[i] && !_partial[i] || !context.Consume()) Fields[i] = null;
                any |= Fields[i] is not null;
            }
            return any;
        }

        private bool IsWhole(in Operand o, out int local)
        {
            local = o.IsPlace ? o.Place.Local : 0;
            return o.IsPlace && o.Place.IsLocal && Fields[local] is not null;
        }

        private static bool Mentions(in Place place, int local)
        {
            if (place.Local == local) return true;
            foreach (ref readonly var e in place.Projection.AsSpan()) if (e.Kind == ProjectionKind.Index && e.Index == local) return true;
            return false;
        }

        private void Assignment(in Statement s)
        {
            bool wholeTarget = s.Place.IsLocal && Fields[s.Place.Local] is not null;
            var ty = wholeTarget ? body.Locals[s.Place.Local].Ty : null;
            switch (s.Rvalue)
            {
                case Rvalue.Use { Operand: { IsPlace: true } o }:
                {
                    bool wholeSource = IsWhole(o, out int source);
                    if (!wholeTarget && !wholeSource) break;
                    // What one of them is must not be found through the other.
                    bool apart = !Mentions(o.Place, s.Place.Local) && !Mentions(s.Place, o.Place.Local) && ReferenceEquals(body.TypeOf(_tcx, o), body.TypeOf(_tcx, s.Place));
                    if (wholeSource && !_inMemory[source])
                    {
                        // It is put together again: nothing is copied part by part.
                        if (wholeTarget) Fields[s.Place.Local] = apart ? Fields[s.Place.Local] : null;
                        else VisitTarget(s.Place);
                        return;
                    }
                    if (!apart)
                    {
                        if (wholeTarget) Fields[s.Place.Local] = null;
                        if (wholeSource) Fields[source] = null;
                    }
                    if (!wholeTarget) VisitTarget(s.Place);
                    if (!wholeSource) VisitOperand(o);
                    return;
                }
                case Rvalue.Aggregate { Kind: AggregateKind.Adt or AggregateKind.Tuple or AggregateKind.Closure, ActiveField: < 0 } a:
                {
                    bool target = wholeTarget && ReferenceEquals(body.TypeOf(_tcx, a), ty);
                    if (wholeTarget && !target) Fields[s.Place.Local] = null;
                    // Where the parts go must be memory, with the parts where they belong.
                    bool parts = target || expand && Expands(a, s.Place);
                    foreach (ref readonly var o in a.Operands.AsSpan())
                    {
                        if (!o.IsPlace) continue;
                        if (target && Mentions(o.Place, s.Place.Local)) Fields[s.Place.Local] = null;
                        if (!IsWhole(o, out int part) || !_inMemory[part]) { if (!(o.Place.IsLocal && Fields[o.Place.Local] is not null)) VisitOperand(o); continue; }
                        if (!parts || Mentions(s.Place, part)) Fields[part] = null;
                        else if (target) _reliedOn[s.Place.Local] = true;
                    }
                    if (!target) VisitTarget(s.Place);
                    return;
                }
                // Who has an address of this kind may go from it to the other fields.
                case Rvalue.RawPtr { Place: { } p } when Fields[p.Local] is not null && !p.IsBehindPointer:
                    Fields[p.Local] = null;
                    break;
            }
            VisitStatement(s);
        }

        private bool Expands(Rvalue.Aggregate a, in Place target)
        {
            var ty = body.TypeOf(_tcx, target);
            foreach (ref readonly var o in a.Operands.AsSpan()) if (o.IsPlace && Mentions(o.Place, target.Local)) return false;
            return ReferenceEquals(body.TypeOf(_tcx, a), ty) && _tcx.Layouts.LayoutOf(ty) is { Repr.IsMemory: true, Uninhabited: false } layout
                && (a.Kind != AggregateKind.Adt || !_tcx.AdtDef(a.Def).IsEnum || !layout.ForVariant(a.Variant).Uninhabited);
        }

        private void VisitTarget(in Place place)
        {
            foreach (ref readonly var e in place.Projection.AsSpan()) if (e.Kind == ProjectionKind.Index) Visit(new Place(e.Index), PlaceUse.Copy);
            Visit(place, PlaceUse.Store);
        }

        protected override void Visit(in Place place, PlaceUse use)
        {
            int local = place.Local;
            if (Fields[local] is not { } fields || use == PlaceUse.Storage) return;
            if (place.IsLocal)
            {
                // A value in registers can be put together wherever it is read.
                if (use is PlaceUse.NonUse || use is PlaceUse.Copy or PlaceUse.Move && !_inMemory[local]) return;
                Fields[local] = null;
                return;
            }
            ref readonly var first = ref place.Projection[0];
            if (first.Kind != ProjectionKind.Field || !ReferenceEquals(first.Ty, fields[first.Index])) { Fields[local] = null; return; }
            if (use is not (PlaceUse.Copy or PlaceUse.Move or PlaceUse.Inspect or PlaceUse.NonUse) && !place.IsBehindPointer) _partial[local] = true;
        }
    }

    // -- how ----------------------------------------------------------------------------------------------------------------------------------------------

    private sealed class Split : BodyRewriter
    {
        private readonly Body _body;
        private readonly TyCtxt _tcx;
        private readonly Ty[]?[] _fields;
        /// <summary>The local of a split local's first field; the others follow.</summary>
        private readonly int[] _first;
        private readonly List<LocalDecl> _locals;
        private readonly List<Statement> _out = [];
        private SourceInfo _info;
        private readonly Finder _finder;

        public Split(Body body, TyCtxt tcx, Ty[]?[] fields)
        {
            (_body, _tcx, _fields) = (body, tcx, fields);
            _first = new int[fields.Length];
            _locals = [.. body.Locals];
            for (int i = 0; i < fields.Length; i++)
            {
                if (fields[i] is not { } types) continue;
                _first[i] = _locals.Count;
                foreach (var ty in types) _locals.Add(body.Locals[i] with { Ty = ty });
            }
            _finder = new Finder(fields);
        }

        private sealed class Finder(Ty[]?[] fields) : PlaceVisitor
        {
            private bool _found;
            protected override void Visit(in Place place, PlaceUse use) => _found |= fields[place.Local] is not null;
            public bool Finds(in Statement s) { _found = false; VisitStatement(s); return _found; }
            public bool Finds(Terminator t) { _found = false; VisitTerminator(t); return _found; }
        }

        public void Run()
        {
            foreach (ref var block in _body.Blocks.AsSpan())
            {
                bool any = false;
                _out.Clear();
                for (int i = 0; i < block.Statements.Length; i++)
                {
                    ref var s = ref block.Statements[i];
                    if (!_finder.Finds(s)) { _out.Add(s); continue; }
                    any = true;
                    _info = s.SourceInfo;
                    Rewrite(s);
                }
                if (_finder.Finds(block.Terminator))
                {
                    int before = _out.Count;
                    _info = block.Terminator.SourceInfo;
                    block.Terminator = Terminator(block.Terminator);
                    any |= _out.Count != before;
                }
                if (any) block.Statements = [.. _out];
            }
            _body.Locals = [.. _locals];
            _body.VarDebugInfo = Array.FindAll(_body.VarDebugInfo, v => v.Const is not null || _fields[v.Place.Local] is null || v.Place.Projection.Length > 0);
            for (int i = 0; i < _body.VarDebugInfo.Length; i++)
                if (_body.VarDebugInfo[i].Const is null) _body.VarDebugInfo[i] = _body.VarDebugInfo[i] with { Place = Place(_body.VarDebugInfo[i].Place, PlaceUse.NonUse) };
        }

        private bool IsSplit(in Place place) => place.IsLocal && _fields[place.Local] is not null;

        private bool HasBytes(Ty ty) => !_tcx.Layouts.LayoutOf(ty).IsZst;

        protected override Place Place(in Place place, PlaceUse use) =>
            place.Projection.Length > 0 && _fields[place.Local] is not null ? base.Place(new Place(_first[place.Local] + place.Projection[0].Index, place.Projection[1..]), use) : base.Place(place, use);

        protected override Operand Operand(in Operand operand)
        {
            if (!operand.IsPlace || !IsSplit(operand.Place)) return base.Operand(operand);
            // In registers: put together again.
            int local = operand.Place.Local;
            _locals.Add(_locals[local]);
            var whole = new Place(_locals.Count - 1);
            _out.Add(Mir.Statement.Assign(whole, Aggregate(local), _info));
            return Mir.Operand.Move(whole);
        }

        private Rvalue.Aggregate Aggregate(int local)
        {
            var fields = _fields[local]!;
            var operands = new Operand[fields.Length];
            for (int i = 0; i < operands.Length; i++) operands[i] = Mir.Operand.Copy(new Place(_first[local] + i));
            return _locals[local].Ty switch
            {
                AdtTy a => new Rvalue.Aggregate(AggregateKind.Adt, operands) { Def = a.Def, Args = a.Args },
                ClosureTy c => new Rvalue.Aggregate(AggregateKind.Closure, operands) { Def = c.Def, Args = c.Args },
                _ => new Rvalue.Aggregate(AggregateKind.Tuple, operands),
            };
        }

        private void Emit(Place to, Operand from) => _out.Add(Mir.Statement.Assign(to, new Rvalue.Use(from), _info));

        private void Rewrite(in Statement s)
        {
            switch (s.Kind)
            {
                case StatementKind.StorageLive or StatementKind.StorageDead:
                {
                    var fields = _fields[s.Place.Local]!;
                    for (int i = 0; i < fields.Length; i++) _out.Add(new Statement { Kind = s.Kind, Place = new Place(_first[s.Place.Local] + i), SourceInfo = s.SourceInfo });
                    return;
                }
                case StatementKind.Assign when s.Rvalue is Rvalue.Use { Operand: { IsPlace: true } o } && (IsSplit(s.Place) || IsSplit(o.Place) && IsInMemory(o.Place.Local)):
                    Copy(s.Place, o);
                    return;
                case StatementKind.Assign when s.Rvalue is Rvalue.Aggregate { Kind: AggregateKind.Adt or AggregateKind.Tuple or AggregateKind.Closure, ActiveField: < 0 } a && (IsSplit(s.Place) || HasSplitParts(a)):
                    Make(s.Place, a);
                    return;
                case StatementKind.FakeRead or StatementKind.PlaceMention or StatementKind.AscribeUserType or StatementKind.Retag or StatementKind.BackwardIncompatibleDropHint:
                    return;
                default:
                    _out.Add(Statement(s));
                    return;
            }
        }

        private bool IsInMemory(int local) => _tcx.Layouts.LayoutOf(_locals[local].Ty).Repr.IsMemory;

        private bool HasSplitParts(Rvalue.Aggregate a)
        {
            foreach (ref readonly var o in a.Operands.AsSpan()) if (o.IsPlace && IsSplit(o.Place) && IsInMemory(o.Place.Local)) return true;
            return false;
        }

        /// <summary>Field by field. At least one side is split.</summary>
        private void Copy(in Place to, in Operand source)
        {
            var fields = _fields[IsSplit(to) ? to.Local : source.Place.Local]!;
            for (int i = 0; i < fields.Length; i++)
                if (HasBytes(fields[i])) Emit(Part(to, i, fields[i], PlaceUse.Store), source with { Place = Part(source.Place, i, fields[i], PlaceUse.Copy) });
        }

        private Place Part(in Place of, int field, Ty ty, PlaceUse use) =>
            IsSplit(of) ? new Place(_first[of.Local] + field) : Place(of, use).Project(ProjectionElem.Field(field, ty));

        private void Make(in Place to, Rvalue.Aggregate a)
        {
            bool split = IsSplit(to);
            var adt = a.Kind == AggregateKind.Adt ? _tcx.AdtDef(a.Def) : null;
            bool isEnum = adt is { IsEnum: true };
            var into = split ? default : Place(to, PlaceUse.Store);
            if (isEnum) into = into.Project(ProjectionElem.Downcast(a.Variant, adt!.Variants[a.Variant].Name));
            var whole = a.Kind == AggregateKind.Adt ? _tcx.Interner.Adt(a.Def, a.Args!) as AdtTy : null;
            for (int i = 0; i < a.Operands.Length; i++)
            {
                var operand = a.Operands[i];
                var ty = whole is not null ? _tcx.Traits.FieldTy(whole, a.Variant, i) : _body.TypeOf(_tcx, operand);
                if (!HasBytes(ty)) continue;
                var target = split ? new Place(_first[to.Local] + i) : into.Project(ProjectionElem.Field(i, ty));
                if (operand.IsPlace && IsSplit(operand.Place) && IsInMemory(operand.Place.Local))
                {
                    int part = operand.Place.Local;
                    var fields = _fields[part]!;
                    for (int f = 0; f < fields.Length; f++)
                        if (HasBytes(fields[f])) Emit(target.Project(ProjectionElem.Field(f, fields[f])), Mir.Operand.Copy(new Place(_first[part] + f)));
                    continue;
                }
                Emit(target, Operand(operand));
            }
            if (isEnum) _out.Add(new Statement { Kind = StatementKind.SetDiscriminant, Place = Place(to, PlaceUse.SetDiscriminant), Index = a.Variant, SourceInfo = _info });
        }
    }
}
