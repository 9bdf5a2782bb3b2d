namespace Mirlink.Mir.Dataflow;

/// <summary>
/// Which assignments of whole locals may be what a use of such a local sees, for the locals that were asked for. Assignments that reach one use together
/// are of one web: they must stay one local, others need not.
/// </summary>
public sealed class ReachingDefinitions : PlaceVisitor
{
    private readonly Body _body;
    private readonly Cfg _cfg;
    /// <summary>By local: the number of its first definition, its count, -1 for locals that were not asked for.</summary>
    private readonly int[] _first, _count;
    private readonly List<(int Block, int Index, int Local)> _definitions = [];
    private readonly int[] _parent;
    private readonly BitSet[] _in;
    private BitSet _now = null!;

    /// <param name="asked">Locals that are only assigned as a whole, and whose address nobody takes.</param>
    public ReachingDefinitions(Body body, Cfg cfg, BitSet asked)
    {
        (_body, _cfg) = (body, cfg);
        int n = body.Locals.Length;
        _first = new int[n];
        _count = new int[n];
        foreach (int b in cfg.ReversePostorder)
        {
            var statements = body.Blocks[b].Statements;
            for (int i = 0; i < statements.Length; i++)
                if (statements[i].Kind == StatementKind.Assign && statements[i].Place.IsLocal && asked[statements[i].Place.Local]) _count[statements[i].Place.Local]++;
            if (body.Blocks[b].Terminator is Terminator.Call { Destination: { IsLocal: true } d } && asked[d.Local]) _count[d.Local]++;
        }
        int total = 0;
        for (int i = 0; i < n; i++)
        {
            _first[i] = asked[i] ? total : -1;
            total += _count[i];
        }
        var taken = new int[n];
        var numbers = new (int, int, int)[total];
        _in = new BitSet[body.Blocks.Length];
        var kill = new BitSet?[body.Blocks.Length];
        var gen = new BitSet?[body.Blocks.Length];
        foreach (int b in cfg.ReversePostorder)
        {
            _in[b] = new BitSet(total);
            var statements = body.Blocks[b].Statements;
            for (int i = 0; i < statements.Length; i++)
            {
                if (statements[i].Kind != StatementKind.Assign || !statements[i].Place.IsLocal || !asked[statements[i].Place.Local]) continue;
                int local = statements[i].Place.Local, number = _first[local] + taken[local]++;
                numbers[number] = (b, i, local);
                Add(ref gen[b], ref kill[b], local, number, kills: true, total);
            }
            if (body.Blocks[b].Terminator is Terminator.Call { Destination: { IsLocal: true } d } && asked[d.Local])
            {
                int number = _first[d.Local] + taken[d.Local]++;
                numbers[number] = (b, statements.Length, d.Local);
                // On the way of unwinding, the local keeps what it was.
                Add(ref gen[b], ref kill[b], d.Local, number, kills: false, total);
            }
        }
        _definitions.AddRange(numbers);
        _parent = new int[total];
        for (int i = 0; i < total; i++) _parent[i] = i;

        var scratch = new BitSet(total);
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (int b in cfg.ReversePostorder)
            {
                scratch.CopyFrom(_in[b]);
                if (kill[b] is { } k) scratch.ExceptWith(k);
                if (gen[b] is { } g) scratch.UnionWith(g);
                foreach (int s in cfg.Successors[b]) changed |= _in[s].UnionWith(scratch);
            }
        }
        _now = scratch;
        foreach (int b in cfg.ReversePostorder)
        {
            scratch.CopyFrom(_in[b]);
            VisitBlock(body, b);
        }
    }

    private void Add(ref BitSet? gen, ref BitSet? kill, int local, int number, bool kills, int total)
    {
        gen ??= new BitSet(total);
        kill ??= new BitSet(total);
        if (kills)
            for (int d = _first[local]; d < _first[local] + _count[local]; d++)
            {
                kill[d] = true;
                gen[d] = false;
            }
        gen[number] = true;
    }

    private int Find(int d)
    {
        while (_parent[d] != d) d = _parent[d] = _parent[_parent[d]];
        return d;
    }

    /// <summary>The web of a definition, named by one of its definitions.</summary>
    public int WebOf(int definition) => Find(definition);
    public int FirstDefinition(int local) => _first[local];
    public int DefinitionCount(int local) => _count[local];
    public (int Block, int Index, int Local) Definition(int number) => _definitions[number];

    /// <summary>The web that a use of a local at a point belongs to; -1 if no definition reaches it. The sets given are those of <see cref="EntryOf"/>, advanced to the point.</summary>
    public int WebAt(BitSet reaching, int local)
    {
        for (int d = _first[local]; d < _first[local] + _count[local]; d++) if (reaching[d]) return Find(d);
        return -1;
    }

    /// <summary>What reaches the start of a block. To be copied before it is advanced.</summary>
    public BitSet EntryOf(int block) => _in[block];

    /// <summary>Past an assignment to a local.</summary>
    public void Define(BitSet reaching, int local, int number, bool kills)
    {
        if (kills) for (int d = _first[local]; d < _first[local] + _count[local]; d++) reaching[d] = false;
        reaching[number] = true;
    }

    protected override void Visit(in Place place, PlaceUse use)
    {
        int local = place.Local;
        if (_first[local] < 0 || use is PlaceUse.Storage or PlaceUse.NonUse) return;
        if (place.IsLocal && use is PlaceUse.Store or PlaceUse.CallResult)
        {
            int number = NumberOf(Block, Index, local);
            Define(_now, local, number, kills: use == PlaceUse.Store);
            return;
        }
        int seen = -1;
        for (int d = _first[local]; d < _first[local] + _count[local]; d++)
        {
            if (!_now[d]) continue;
            if (seen >= 0) _parent[Find(d)] = Find(seen);
            seen = d;
        }
    }

    /// <summary>The number of the definition at a point.</summary>
    public int NumberOf(int block, int index, int local)
    {
        for (int d = _first[local]; d < _first[local] + _count[local]; d++)
            if (_definitions[d].Block == block && _definitions[d].Index == index) return d;
        throw new BugException($"_{local} is not assigned at bb{block}[{index}]");
    }
}
