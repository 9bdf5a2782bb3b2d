namespace Mirlink.Mir.Dataflow;

/// <summary>
/// Which locals are read later, at the end of each block. Locals whose address is taken are always live: nothing is known of who reads them.
/// </summary>
public sealed class Liveness : PlaceVisitor
{
    private readonly BitSet _escaping;
    private readonly BitSet[] _liveIn;
    private readonly BitSet[] _liveOut;

    // What the block being scanned reads before writing, and writes before reading.
    private BitSet _reads = null!, _writes = null!;

    public Liveness(Body body, Cfg cfg)
    {
        int blocks = body.Blocks.Length, locals = body.Locals.Length;
        _escaping = new BitSet(locals);
        _liveIn = new BitSet[blocks];
        _liveOut = new BitSet[blocks];
        var reads = new BitSet[blocks];
        var writes = new BitSet[blocks];
        foreach (int b in cfg.ReversePostorder)
        {
            _reads = reads[b] = new BitSet(locals);
            _writes = writes[b] = new BitSet(locals);
            _liveIn[b] = new BitSet(locals);
            _liveOut[b] = new BitSet(locals);
            VisitBlock(body, b);
        }
        var scratch = new BitSet(locals);
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = cfg.ReversePostorder.Length - 1; i >= 0; i--)
            {
                int b = cfg.ReversePostorder[i];
                foreach (int s in cfg.Successors[b]) _liveOut[b].UnionWith(_liveIn[s]);
                scratch.CopyFrom(_liveOut[b]);
                scratch.ExceptWith(writes[b]);
                scratch.UnionWith(reads[b]);
                changed |= _liveIn[b].UnionWith(scratch);
            }
        }
    }

    public BitSet LiveOut(int block) => _liveOut[block];
    public bool IsEscaping(int local) => _escaping[local];

    protected override void Visit(in Place place, PlaceUse use)
    {
        switch (use)
        {
            case PlaceUse.Storage or PlaceUse.NonUse: return;
            // The result exists on one of the edges only, so it ends nothing here.
            case PlaceUse.CallResult or PlaceUse.OtherResult when place.IsLocal: return;
            case PlaceUse.Store when place.IsLocal:
                if (!_reads[place.Local]) _writes[place.Local] = true;
                return;
            case PlaceUse.Borrow when !IsBehindPointer(place):
                _escaping[place.Local] = true;
                return;
            // A store to a part neither reads nor ends the whole.
            case PlaceUse.Store or PlaceUse.SetDiscriminant when !IsBehindPointer(place): return;
            default:
                if (!_writes[place.Local]) _reads[place.Local] = true;
                return;
        }
    }
}
