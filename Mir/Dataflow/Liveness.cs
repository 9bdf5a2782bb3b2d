namespace Mirlink.Mir.Dataflow;

/// <summary>
/// Which locals may still be read, from the end of a body backwards. Only for locals whose address nobody takes: of the others nothing is known. A store to
/// a part neither begins nor ends a life; a call's result is assigned on the way to its target only.
/// </summary>
public sealed class Liveness
{
    /// <summary>Blocks times locals beyond which it is too much to ask for.</summary>
    private const long MaxSize = 4_000_000;

    private readonly Body _body;
    private readonly Cfg _cfg;
    private readonly BitSet[] _entry;
    private readonly Effects _effects = new();

    public Liveness(Body body, Cfg cfg)
    {
        (_body, _cfg) = (body, cfg);
        int n = body.Locals.Length;
        _entry = new BitSet[body.Blocks.Length];
        // What a block's statements do, so that they are looked at once: reads come before its writes, or not.
        var reads = new BitSet[body.Blocks.Length];
        var writes = new BitSet[body.Blocks.Length];
        foreach (int b in cfg.ReversePostorder)
        {
            _entry[b] = new BitSet(n);
            var statements = body.Blocks[b].Statements;
            if (statements.Length == 0) continue;
            (reads[b], writes[b]) = (new BitSet(n), new BitSet(n));
            for (int s = statements.Length - 1; s >= 0; s--)
            {
                if (Written(in statements[s]) is >= 0 and var w) writes[b][w] = true;
                Statement(b, s, reads[b]);
            }
        }
        var live = new BitSet(n);
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = cfg.ReversePostorder.Length - 1; i >= 0; i--)
            {
                int b = cfg.ReversePostorder[i];
                AtEnd(b, live);
                Terminator(b, live);
                if (reads[b] is not null)
                {
                    live.ExceptWith(writes[b]);
                    live.UnionWith(reads[b]);
                }
                changed |= _entry[b].UnionWith(live);
            }
        }
    }

    public static bool IsTooMuch(Body body) => (long)body.Blocks.Length * body.Locals.Length > MaxSize;

    /// <summary>What is live when a block is entered. Not to be changed.</summary>
    public BitSet AtStart(int block) => _entry[block];

    /// <summary>What is live behind a block's terminator, on any way out of it.</summary>
    public void AtEnd(int block, BitSet live)
    {
        live.Clear();
        foreach (int s in _cfg.Successors[block]) live.UnionWith(_entry[s]);
    }

    /// <summary>From behind the terminator to before it.</summary>
    public void Terminator(int block, BitSet live)
    {
        var t = _body.Blocks[block].Terminator;
        // Where the call unwinds to, the local is what it was before.
        if (t is Mir.Terminator.Call { Destination: { IsLocal: true } d } c && (c.Unwind.Kind != UnwindActionKind.Cleanup || !_entry[c.Unwind.Block][d.Local])) live[d.Local] = false;
        _effects.Reads(t, live);
    }

    /// <summary>From behind a statement to before it.</summary>
    public void Statement(int block, int index, BitSet live)
    {
        ref readonly var s = ref _body.Blocks[block].Statements[index];
        if (Written(in s) is >= 0 and var w) live[w] = false;
        if (s.Kind is not (StatementKind.StorageLive or StatementKind.StorageDead)) _effects.Reads(s, live);
    }

    /// <summary>The local whose value before a statement does not matter behind it, or -1.</summary>
    private static int Written(in Statement s) =>
        s.Kind is StatementKind.StorageLive or StatementKind.StorageDead || s.Kind == StatementKind.Assign && s.Place.IsLocal ? s.Place.Local : -1;

    private sealed class Effects : PlaceVisitor
    {
        private BitSet _live = null!;

        public void Reads(in Statement s, BitSet live) { _live = live; VisitStatement(s); }
        public void Reads(Terminator t, BitSet live)
        {
            _live = live;
            VisitTerminator(t);
            if (t is Mir.Terminator.Drop { AsyncFut: >= 0 } d) live[d.AsyncFut] = true;
        }

        protected override void Visit(in Place place, PlaceUse use)
        {
            if (use is PlaceUse.Storage or PlaceUse.NonUse) return;
            // To write a part of what is in the local itself reads nothing of it.
            if (use is PlaceUse.Store or PlaceUse.CallResult or PlaceUse.OtherResult or PlaceUse.SetDiscriminant && !place.IsBehindPointer) return;
            _live[place.Local] = true;
        }
    }
}
