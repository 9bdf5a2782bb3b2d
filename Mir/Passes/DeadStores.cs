namespace Mirlink.Mir.Passes;

/// <summary>Assignments to locals that nothing reads, and the storage of locals that nothing mentions.</summary>
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
            if (use is PlaceUse.Store or PlaceUse.SetDiscriminant && !IsBehindPointer(place)) return;
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
}
