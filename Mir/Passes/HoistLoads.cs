using Mirlink.Mir.Abi;
using Mirlink.Mir.Dataflow;

namespace Mirlink.Mir.Passes;

/// <summary>
/// Loads through a shared reference to what has no cells, of a scalar or a pair of them, are made once before the outermost loop in which the reference stays the
/// same. Whoever reads through such a reference says that nothing was written there since it was made; so the load before the loop gives what each turn would read,
/// and the only question is whether there is something to read where no turn does. There is:
/// <list type="bullet">
/// <item>if the first turn begins with that very load: on the way from the loop's head to it is nothing but jumps;</item>
/// <item>if it begins with another load through that reference, or one was before the loop with nothing between that could end what it points to: it is all there;</item>
/// <item>if the reference is an argument of the function: it is good until the function returns.</item>
/// </list>
/// In the last two cases nobody says that there is a value too. So only fields and pointers are loaded there, of which lowering does not claim it, and nothing of a variant.
/// </summary>
public sealed class HoistLoads : IMirPass
{
    public string Name => "hoist-loads";

    public bool Run(Body body, PassContext context)
    {
        var loops = PassHistory.LoopsOf(body);
        if (loops.Count == 0) return false;
        var ssa = PassHistory.SsaOf(body, out var cfg);
        var loads = new Loads(body, context.Tcx, ssa);
        if (!loads.AnyIn(loops, cfg)) return false;
        var run = new Hoisting(body, context, cfg, ssa, loops, loads);
        foreach (int b in cfg.ReversePostorder) if (loops.Of(b) >= 0 && !body.Blocks[b].IsCleanup) run.Block(b);
        return run.Finish();
    }

    /// <summary>A load: the reference, the way behind it, whether the discriminant is read there.</summary>
    private readonly record struct Load(int Reference, ProjectionElem[] Projection, bool Discriminant)
    {
        public bool IsSameBehind(in Load o) => Discriminant == o.Discriminant && Projection.AsSpan().SequenceEqual(o.Projection);
    }

    /// <summary>Finds the loads that could be made elsewhere.</summary>
    private sealed class Loads(Body body, TyCtxt tcx, SsaLocals ssa) : PlaceVisitor
    {
        private List<Load> _into = [];
        private bool _isDiscriminant;

        public bool AnyIn(Loops loops, Cfg cfg)
        {
            var found = new List<Load>();
            foreach (int b in cfg.ReversePostorder)
            {
                if (loops.Of(b) < 0 || body.Blocks[b].IsCleanup) continue;
                foreach (ref readonly var s in body.Blocks[b].Statements.AsSpan()) Add(s, found);
                Add(body.Blocks[b].Terminator, found);
                if (found.Count > 0) return true;
            }
            return false;
        }

        public void Add(in Statement s, List<Load> into)
        {
            (_into, _isDiscriminant) = (into, s.Rvalue is Rvalue.Discriminant);
            VisitStatement(s);
        }

        public void Add(Terminator t, List<Load> into)
        {
            (_into, _isDiscriminant) = (into, false);
            VisitTerminator(t);
        }

        protected override void Visit(in Place place, PlaceUse use)
        {
            bool discriminant = use == PlaceUse.Inspect && _isDiscriminant;
            if (use is PlaceUse.Copy or PlaceUse.Inspect && Is(place, discriminant)) _into.Add(new Load(place.Local, place.Projection, discriminant));
        }

        /// <summary>
        /// Is the place behind a shared reference, always the same one, to what does not change, always at the same address, and are there one or two scalars to load, or
        /// a discriminant that is not known?
        /// </summary>
        public bool Is(in Place place, bool discriminant)
        {
            if (!place.IsIndirect || body.Locals[place.Local].Ty is not RefTy { Mutbl: Mutability.Not } r || !ssa.IsSsa(place.Local)) return false;
            for (int i = 1; i < place.Projection.Length; i++)
                if (place.Projection[i] is not ({ Kind: ProjectionKind.Field or ProjectionKind.Downcast } or { Kind: ProjectionKind.ConstantIndex, FromEnd: false })) return false;
            if (!tcx.Traits.IsFreeze(r.Pointee)) return false;
            var ty = body.TypeOf(tcx, place);
            // What is not Copy is only looked at on the way to something else.
            if (!discriminant && ty is RefTy { Mutbl: Mutability.Mut }) return false;
            var layout = tcx.Layouts.LayoutOf(ty);
            return discriminant ? layout.Variants == VariantsKind.Multiple : layout.Repr.Kind is BackendReprKind.Scalar or BackendReprKind.ScalarPair && !layout.IsZst;
        }
    }

    private sealed class Hoisting : BodyRewriter
    {
        /// <summary>What is loaded before a loop, and into which local.</summary>
        private readonly record struct Hoisted(Load Load, int Loop, int Local);

        /// <summary>Blocks to look back at from a loop for what was loaded before it.</summary>
        private const int MaxBefore = 16;

        private readonly Body _body;
        private readonly PassContext _context;
        private readonly Cfg _cfg;
        private readonly SsaLocals _ssa;
        private readonly Loops _loops;
        private readonly Loads _loads;
        /// <summary>By loop: what the first turn begins with; what was before the loop. Null: nothing can be put before that loop.</summary>
        private readonly List<Load>?[] _first, _before;
        private readonly List<Hoisted> _hoisted = [];
        /// <summary>By local that is assigned once: the local with a hoisted load's result that it is a copy of.</summary>
        private readonly Dictionary<int, int> _copies = [];
        private readonly List<LocalDecl> _locals;
        private readonly List<Statement>?[] _statements;
        private SourceInfo _info;
        private int _block;

        public Hoisting(Body body, PassContext context, Cfg cfg, SsaLocals ssa, Loops loops, Loads loads)
        {
            (_body, _context, _cfg, _ssa, _loops, _loads) = (body, context, cfg, ssa, loops, loads);
            _locals = [.. body.Locals];
            _first = new List<Load>?[loops.Count];
            _before = new List<Load>?[loops.Count];
            _statements = new List<Statement>?[loops.Count];
            // Before anything is rewritten.
            for (int l = 0; l < loops.Count; l++)
            {
                if (!CanBeEntered(l)) continue;
                First(loops.Head(l), _first[l] = []);
                Before(l, _before[l] = []);
            }
        }

        // -- what is known about loops ----------------------------------------------------------------------------------------------------------------------

        private bool CanBeEntered(int loop)
        {
            int head = _loops.Head(loop);
            if (head == 0 || _body.Blocks[head].IsCleanup) return false;
            foreach (int p in _cfg.Predecessors[head])
                if (!_loops.Contains(loop, p) && _body.Blocks[p].Terminator is Mir.Terminator.InlineAsm or Mir.Terminator.Yield) return false;
            return true;
        }

        /// <summary>The loads that are made whenever a block is reached, whatever is written between them.</summary>
        private void First(int block, List<Load> into)
        {
            while (true)
            {
                foreach (ref readonly var s in _body.Blocks[block].Statements.AsSpan()) _loads.Add(s, into);
                _loads.Add(_body.Blocks[block].Terminator, into);
                if (_body.Blocks[block].Terminator is not Mir.Terminator.Goto g || _cfg.Order[g.Target] <= _cfg.Order[block]) return;
                block = g.Target;
            }
        }

        /// <summary>The loads that were made on the only way to a loop, since something could last have ended what references point to.</summary>
        private void Before(int loop, List<Load> into)
        {
            int block = _loops.Head(loop), from = -1;
            foreach (int p in _cfg.Predecessors[block])
                if (!_loops.Contains(loop, p))
                {
                    if (from >= 0) return;
                    from = p;
                }
            for (int steps = 0; from >= 0 && steps < MaxBefore; steps++)
            {
                if (_body.Blocks[from].Terminator is not (Mir.Terminator.Goto or Mir.Terminator.SwitchInt or Mir.Terminator.Assert)) return;
                _loads.Add(_body.Blocks[from].Terminator, into);
                var statements = _body.Blocks[from].Statements;
                for (int i = statements.Length - 1; i >= 0; i--)
                {
                    // Of those that nobody has the address of, none ends what a reference points to.
                    if (statements[i].Kind is StatementKind.StorageLive or StatementKind.StorageDead && !_ssa.IsSsa(statements[i].Place.Local)) return;
                    _loads.Add(statements[i], into);
                }
                from = _cfg.Predecessors[from] is [var only] ? only : -1;
            }
        }

        // -- what is hoisted --------------------------------------------------------------------------------------------------------------------------------

        private int Root(int local) => _copies.TryGetValue(local, out int root) ? root : local;

        /// <summary>Has a local its value before a loop?</summary>
        private bool IsKnownBefore(int local, int loop)
        {
            if (local < _body.Locals.Length) return _ssa.IsArgument(local) || !_loops.Contains(loop, _ssa.DefiningBlock(local));
            foreach (ref readonly var h in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_hoisted)) if (h.Local == local) return _loops.IsWithin(loop, h.Loop);
            return false;
        }

        /// <summary>Is there something to load before the loop, even if no turn comes to the load?</summary>
        private bool IsGood(in Load load, Ty ty, int root, int loop)
        {
            foreach (var l in _first[loop]!) if (Root(l.Reference) == root && l.IsSameBehind(load)) return true;
            if (load.Discriminant || load.Projection.Length == 1 && ty is not (RefTy or RawPtrTy)) return false;
            foreach (ref readonly var e in load.Projection.AsSpan(1)) if (e.Kind != ProjectionKind.Field) return false;
            if (!_context.Tcx.Traits.IsSized(_body.Locals[load.Reference].Ty.BuiltinDeref!)) return false;
            if (root > 0 && root <= _body.ArgCount) return true;
            foreach (var l in _first[loop]!) if (Root(l.Reference) == root) return true;
            foreach (var l in _before[loop]!) if (Root(l.Reference) == root) return true;
            return false;
        }

        /// <summary>The local that has what a load gives, or -1 if it has to stay where it is.</summary>
        private int Hoist(in Load load, Ty ty)
        {
            int root = Root(load.Reference);
            // From the outermost loop inwards: they are few.
            for (int outer = -1, innermost = _loops.Of(_block); outer != innermost;)
            {
                int loop = innermost;
                while (_loops.Parent(loop) != outer) loop = _loops.Parent(loop);
                outer = loop;
                if (_first[loop] is null || !IsKnownBefore(root, loop)) continue;
                foreach (ref readonly var h in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_hoisted))
                    if (h.Loop == loop && h.Load.Reference == root && h.Load.IsSameBehind(load)) return h.Local;
                if (!IsGood(load, ty, root, loop)) continue;
                if (!_context.Consume()) return -1;
                int local = _locals.Count;
                _locals.Add(new LocalDecl(ty, Mutability.Mut, _info));
                var place = new Place(root, load.Projection);
                _hoisted.Add(new Hoisted(load with { Reference = root }, loop, local));
                (_statements[loop] ??= []).Add(Mir.Statement.Assign(new Place(local), load.Discriminant ? new Rvalue.Discriminant(place) : new Rvalue.Use(Mir.Operand.Copy(place)), _info));
                return local;
            }
            return -1;
        }

        // -- the walk ---------------------------------------------------------------------------------------------------------------------------------------

        public void Block(int b)
        {
            _block = b;
            ref var block = ref _body.Blocks[b];
            for (int i = 0; i < block.Statements.Length; i++)
            {
                ref var s = ref block.Statements[i];
                if (s.Kind is not (StatementKind.Assign or StatementKind.Assume or StatementKind.CopyNonOverlapping)) continue;
                _info = s.SourceInfo;
                s = Statement(s);
                // What is read through a reference that was loaded may be read before the loop too.
                if (s.Kind == StatementKind.Assign && s.Place.IsLocal && _ssa.IsSsa(s.Place.Local) && s.Rvalue is Mir.Rvalue.Use { Operand: { IsPlace: true, Place: { IsLocal: true } from } }
                    && from.Local >= _body.Locals.Length && ReferenceEquals(_locals[from.Local].Ty, _body.Locals[s.Place.Local].Ty)) _copies[s.Place.Local] = from.Local;
            }
            _info = block.Terminator.SourceInfo;
            block.Terminator = Terminator(block.Terminator);
        }

        protected override Place Place(in Place place, PlaceUse use) => place;

        protected override Operand Operand(in Operand operand)
        {
            if (operand.Kind != OperandKind.Copy || !_loads.Is(operand.Place, discriminant: false)) return operand;
            int local = Hoist(new Load(operand.Place.Local, operand.Place.Projection, false), _body.TypeOf(_context.Tcx, operand.Place));
            return local < 0 ? operand : Mir.Operand.Copy(new Place(local));
        }

        public override Rvalue Rvalue(Rvalue rvalue)
        {
            switch (rvalue)
            {
                case Rvalue.Discriminant { Place: var p } when _loads.Is(p, discriminant: true):
                    return Hoist(new Load(p.Local, p.Projection, true), _context.Tcx.Traits.DiscriminantTy(_body.TypeOf(_context.Tcx, p))) is >= 0 and var d ? new Rvalue.Use(Mir.Operand.Copy(new Place(d))) : rvalue;
                case Rvalue.CopyForDeref { Place: var p } when Operand(Mir.Operand.Copy(p)) is { Place.IsLocal: true } loaded:
                    return new Rvalue.Use(loaded);
                default:
                    return base.Rvalue(rvalue);
            }
        }

        // -- before the loops -------------------------------------------------------------------------------------------------------------------------------

        private sealed class Redirect(int from, int to) : BodyRewriter
        {
            protected override Place Place(in Place place, PlaceUse use) => place;
            protected override Operand Operand(in Operand operand) => operand;
            protected override int Target(int block) => block == from ? to : block;
        }

        /// <summary>Puts the loads before their loops: at the end of the block that enters a loop, if there is one that only does that, else in a new one.</summary>
        public bool Finish()
        {
            if (_hoisted.Count == 0) return false;
            var blocks = new List<BasicBlockData>(_body.Blocks);
            for (int l = 0; l < _loops.Count; l++)
            {
                if (_statements[l] is not { } statements) continue;
                int head = _loops.Head(l), entered = -1, count = 0;
                foreach (int p in _cfg.Predecessors[head])
                    if (!_loops.Contains(l, p)) (entered, count) = (p, count + 1);
                if (count == 1 && blocks[entered].Terminator is Mir.Terminator.Goto)
                {
                    blocks[entered] = blocks[entered] with { Statements = [.. blocks[entered].Statements, .. statements] };
                    continue;
                }
                var redirect = new Redirect(head, blocks.Count);
                foreach (int p in _cfg.Predecessors[head])
                    if (!_loops.Contains(l, p)) blocks[p] = blocks[p] with { Terminator = redirect.Terminator(blocks[p].Terminator) };
                blocks.Add(new BasicBlockData { Statements = [.. statements], Terminator = new Mir.Terminator.Goto(head) { SourceInfo = statements[0].SourceInfo } });
            }
            _body.Blocks = [.. blocks];
            _body.Locals = [.. _locals];
            return true;
        }
    }
}
