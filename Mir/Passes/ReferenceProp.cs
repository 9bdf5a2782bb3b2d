using Mirlink.Mir.Dataflow;

namespace Mirlink.Mir.Passes;

/// <summary>
/// What a pointer points to is named directly where it is known: behind a reference or raw pointer that is assigned once, from a place whose address
/// cannot change. A local that was only borrowed to be read or written here is no longer borrowed then.
/// </summary>
public sealed class ReferenceProp : IMirPass
{
    public string Name => "reference-prop";

    public bool Run(Body body, PassContext context)
    {
        if (!HasPointers(body)) return false;
        var ssa = PassHistory.SsaOf(body, out var cfg);
        var run = new Propagation(body, context, ssa);
        // Definitions come before their uses in this order.
        foreach (int b in cfg.ReversePostorder) run.Block(b);
        if (!run.Changed) return false;
        run.RemovePointers();
        return true;
    }

    private static bool HasPointers(Body body)
    {
        foreach (ref readonly var block in body.Blocks.AsSpan())
            foreach (ref readonly var s in block.Statements.AsSpan())
                if (s.Kind == StatementKind.Assign && s.Place.IsLocal && s.Rvalue is Rvalue.Ref or Rvalue.RawPtr) return true;
        return false;
    }

    private sealed class Propagation(Body body, PassContext context, SsaLocals ssa) : BodyRewriter
    {
        /// <summary>By local: the place it points to, if that is known.</summary>
        private readonly Place?[] _pointee = new Place?[body.Locals.Length];
        private readonly int[] _replaced = new int[body.Locals.Length];
        private readonly Finder _finder = new();
        public bool Changed { get; private set; }

        private sealed class Finder : PlaceVisitor
        {
            private Place?[] _pointee = [];
            private bool _found;
            protected override void Visit(in Place place, PlaceUse use) => _found |= place.IsIndirect && _pointee[place.Local] is not null;
            public bool Finds(in Statement s, Place?[] pointee) { (_found, _pointee) = (false, pointee); VisitStatement(s); return _found; }
            public bool Finds(Terminator t, Place?[] pointee) { (_found, _pointee) = (false, pointee); VisitTerminator(t); return _found; }
        }

        public void Block(int b)
        {
            ref var block = ref body.Blocks[b];
            for (int i = 0; i < block.Statements.Length; i++)
            {
                ref var s = ref block.Statements[i];
                if (_finder.Finds(s, _pointee)) s = Statement(s);
                if (s.Kind != StatementKind.Assign || !s.Place.IsLocal || !ssa.IsSsa(s.Place.Local)) continue;
                Place? target = s.Rvalue switch
                {
                    Mir.Rvalue.Ref { Place: var p } => p,
                    Mir.Rvalue.RawPtr { Place: var p } => p,
                    _ => null,
                };
                if (target is { } place && place.Local != s.Place.Local && IsStable(place, ssa.Uses[s.Place.Local])
                    && ReferenceEquals(body.Locals[s.Place.Local].Ty.BuiltinDeref, body.TypeOf(context.Tcx, place))) _pointee[s.Place.Local] = place;
            }
            if (_finder.Finds(block.Terminator, _pointee)) block.Terminator = Terminator(block.Terminator);
        }

        /// <summary>Is it the same memory wherever the pointer is used, and no more work to say so?</summary>
        private bool IsStable(in Place place, int uses)
        {
            for (int i = 0; i < place.Projection.Length; i++)
            {
                switch (place.Projection[i].Kind)
                {
                    case ProjectionKind.Field or ProjectionKind.Downcast or ProjectionKind.ConstantIndex: break;
                    case ProjectionKind.Deref when i == 0:
                        // Another step to be made at each use, unless there is none to make.
                        if (!ssa.IsSsa(place.Local) || place.Projection.Length > 1 && uses > 1 || body.Locals[place.Local].Ty is not (RefTy or RawPtrTy)) return false;
                        break;
                    default: return false;
                }
            }
            // What is borrowed from a local of the caller's memory, or that is moved into a callee, is that memory all the same.
            return true;
        }

        protected override Place Place(in Place place, PlaceUse use)
        {
            if (!place.IsIndirect || _pointee[place.Local] is not { } target || use == PlaceUse.NonUse || !context.Consume()) return place;
            Changed = true;
            _replaced[place.Local]++;
            return target.Projection.Length == 0 && place.Projection.Length == 1 ? new Place(target.Local) : new Place(target.Local, [.. target.Projection, .. place.Projection.AsSpan(1)]);
        }

        /// <summary>Pointers that nobody uses any more borrow nothing.</summary>
        public void RemovePointers()
        {
            foreach (ref var block in body.Blocks.AsSpan())
                foreach (ref var s in block.Statements.AsSpan())
                    if (s.Kind is StatementKind.Assign or StatementKind.StorageLive or StatementKind.StorageDead && s.Place.IsLocal && _replaced[s.Place.Local] > 0 && _replaced[s.Place.Local] == ssa.Uses[s.Place.Local])
                        s = Mir.Statement.Nop;
        }
    }
}
