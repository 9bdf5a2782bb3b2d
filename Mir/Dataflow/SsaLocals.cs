namespace Mirlink.Mir.Dataflow;

/// <summary>
/// Locals that are written exactly once, as a whole, before every use, and whose own address nobody takes: they stand for one value wherever they are
/// used. Arguments that nothing writes to are such locals too.
/// </summary>
public sealed class SsaLocals : PlaceVisitor
{
    private const int None = -2, Entry = -1;

    private readonly Body _body;
    private readonly Dominators _dominators;
    private readonly int[] _block;
    private readonly int[] _index;
    private readonly bool[] _disqualified;
    private bool _collecting;

    public SsaLocals(Body body, Cfg cfg)
    {
        _body = body;
        _dominators = new Dominators(cfg);
        int n = body.Locals.Length;
        _block = new int[n];
        _index = new int[n];
        _disqualified = new bool[n];
        Uses = new int[n];
        Moves = new int[n];
        Array.Fill(_block, None);
        for (int i = 1; i <= body.ArgCount; i++) _block[i] = Entry;
        _collecting = true;
        foreach (int b in cfg.ReversePostorder) VisitBlock(body, b);
        _collecting = false;
        foreach (int b in cfg.ReversePostorder) VisitBlock(body, b);
    }

    /// <summary>Number of reads, through pointers in it included; storage statements do not count.</summary>
    public int[] Uses { get; }
    /// <summary>Number of moves of it or a part of it.</summary>
    public int[] Moves { get; }

    public Dominators Dominators => _dominators;

    public bool IsSsa(int local) => !_disqualified[local] && _block[local] != None;
    public bool IsArgument(int local) => _block[local] == Entry;

    /// <summary>The block that assigns an SSA local; -1 for arguments. A call's result is there where the call returns to.</summary>
    public int DefiningBlock(int local) => _block[local];

    /// <summary>What an SSA local is assigned; null for arguments and results of calls.</summary>
    public Rvalue? Definition(int local)
    {
        if (!IsSsa(local) || _block[local] < 0) return null;
        var statements = _body.Blocks[_block[local]].Statements;
        return _index[local] < statements.Length ? statements[_index[local]].Rvalue : null;
    }

    private void Define(int local)
    {
        if (!_collecting) return;
        if (_block[local] != None) { _disqualified[local] = true; return; }
        _block[local] = Block;
        _index[local] = Index;
    }

    private void Use(int local, PlaceUse use)
    {
        if (_collecting)
        {
            Uses[local]++;
            if (use == PlaceUse.Move) Moves[local]++;
            return;
        }
        int at = _block[local];
        if (at == Entry || _disqualified[local]) return;
        if (at == None || !(at == Block ? _index[local] < Index : _dominators.Dominates(at, Block))) _disqualified[local] = true;
    }

    protected override void Visit(in Place place, PlaceUse use)
    {
        switch (use)
        {
            case PlaceUse.Storage or PlaceUse.NonUse:
                return;
            case PlaceUse.Store or PlaceUse.CallResult when place.IsLocal:
                Define(place.Local);
                return;
            case PlaceUse.Copy or PlaceUse.Move or PlaceUse.Inspect:
                // A move of what a pointer points to does not move the pointer.
                Use(place.Local, use == PlaceUse.Move && place.IsBehindPointer ? PlaceUse.Copy : use);
                return;
            default:
                Use(place.Local, PlaceUse.Copy);
                if (!place.IsBehindPointer) _disqualified[place.Local] = true;
                return;
        }
    }
}
