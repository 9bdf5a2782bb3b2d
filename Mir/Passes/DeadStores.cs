using Mirlink.Mir.Dataflow;

namespace Mirlink.Mir.Passes;

/// <summary>
/// Assignments to locals that nothing reads, and the storage of locals that nothing mentions. When optimizing, also assignments to locals that are read, but not
/// before they are assigned again: whole or in part, if nobody has their address.
/// </summary>
public sealed class DeadStores : IMirPass
{
    public string Name => "dead-stores";

    /// <summary>Counts reads of each local; a store to it or a part of it is none.</summary>
    private sealed class Reads(int[] counts, int by) : PlaceVisitor
    {
        protected override void Visit(in Place place, PlaceUse use)
        {
            if (use is PlaceUse.Storage or PlaceUse.NonUse) return;
            if (use == PlaceUse.Borrow && DeliberateFault.Is(Fault.DeadStoreBehindPointer)) return;
            if (use is PlaceUse.Store or PlaceUse.SetDiscriminant && !place.IsBehindPointer) return;
            counts[place.Local] += by;
        }
    }

    public bool Run(Body body, PassContext context)
    {
        int n = body.Locals.Length;
        var counts = new int[n];
        counts[0] = 1;
        new Reads(counts, 1).VisitBody(body);
        var undo = new Reads(counts, -1);
        bool any = false;
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (ref var block in body.Blocks.AsSpan())
                foreach (ref var s in block.Statements.AsSpan())
                {
                    if (s.Kind is not (StatementKind.Assign or StatementKind.SetDiscriminant) || counts[s.Place.Local] != 0 || !context.Consume()) continue;
                    undo.VisitStatement(s);
                    s = Statement.Nop;
                    changed = any = true;
                }
        }
        if (context.Options.Optimize) any |= RemoveOverwritten(body, context);
        // What is neither read nor written any more has no storage. (A call's unused result counts as read.)
        var written = new bool[n];
        foreach (ref readonly var block in body.Blocks.AsSpan())
            foreach (ref readonly var s in block.Statements.AsSpan())
                if (s.Kind is StatementKind.Assign or StatementKind.SetDiscriminant) written[s.Place.Local] = true;
        foreach (ref var block in body.Blocks.AsSpan())
            foreach (ref var s in block.Statements.AsSpan())
                if (s.Kind is StatementKind.StorageLive or StatementKind.StorageDead && counts[s.Place.Local] == 0 && !written[s.Place.Local])
                {
                    s = Statement.Nop;
                    any = true;
                }
        return any;
    }

    // -- by liveness -----------------------------------------------------------------------------------------------------------------------------------

    /// <summary>Locals without an address that are written several times, or in part: of the others, whatever is read was written to be.</summary>
    private sealed class Rewritten : PlaceVisitor
    {
        private readonly int[] _writes;
        private readonly BitSet _borrowed;

        public Rewritten(Body body)
        {
            _writes = new int[body.Locals.Length];
            _borrowed = new BitSet(body.Locals.Length);
            VisitBody(body);
        }

        public bool Any()
        {
            for (int i = 0; i < _writes.Length; i++) if (Is(i)) return true;
            return false;
        }

        public bool Is(int local) => _writes[local] > 1 && !_borrowed[local];

        protected override void Visit(in Place place, PlaceUse use)
        {
            if (place.IsBehindPointer) return;
            if (use is PlaceUse.Store or PlaceUse.SetDiscriminant or PlaceUse.CallResult) _writes[place.Local] += place.IsLocal ? 1 : 2;
            else if (use is PlaceUse.Borrow or PlaceUse.OtherResult) _borrowed[place.Local] = true;
        }
    }

    private static bool RemoveOverwritten(Body body, PassContext context)
    {
        var rewritten = new Rewritten(body);
        if (!rewritten.Any() || Liveness.IsTooMuch(body)) return false;
        // The pass itself has not changed where control goes.
        var cfg = PassHistory.CfgOf(body);
        var liveness = new Liveness(body, cfg);
        var live = new BitSet(body.Locals.Length);
        bool any = false;
        foreach (int b in cfg.ReversePostorder)
        {
            liveness.AtEnd(b, live);
            liveness.Terminator(b, live);
            var statements = body.Blocks[b].Statements;
            for (int i = statements.Length - 1; i >= 0; i--)
            {
                ref var s = ref statements[i];
                bool dead = s.Kind is StatementKind.Assign or StatementKind.SetDiscriminant && rewritten.Is(s.Place.Local) && !live[s.Place.Local] && !s.Place.IsBehindPointer;
                if (dead && context.Consume())
                {
                    // What it read is not needed for it; the walk goes on as if it had not been there.
                    s = Statement.Nop;
                    any = true;
                    continue;
                }
                liveness.Statement(b, i, live);
            }
        }
        return any;
    }
}
