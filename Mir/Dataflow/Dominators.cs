namespace Mirlink.Mir.Dataflow;

/// <summary>Which block every way to a block passes (the algorithm of Cooper, Harvey and Kennedy).</summary>
public sealed class Dominators
{
    private readonly Cfg _cfg;
    private readonly int[] _idom;

    public Dominators(Cfg cfg)
    {
        _cfg = cfg;
        _idom = new int[cfg.Order.Length];
        Array.Fill(_idom, -1);
        _idom[0] = 0;
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (int b in cfg.ReversePostorder.AsSpan(1))
            {
                int dom = -1;
                foreach (int p in cfg.Predecessors[b])
                    if (_idom[p] >= 0) dom = dom < 0 ? p : Intersect(dom, p);
                if (_idom[b] == dom) continue;
                _idom[b] = dom;
                changed = true;
            }
        }
    }

    private int Intersect(int a, int b)
    {
        var order = _cfg.Order;
        while (a != b)
        {
            while (order[a] > order[b]) a = _idom[a];
            while (order[b] > order[a]) b = _idom[b];
        }
        return a;
    }

    /// <summary>Does every way from the entry to <paramref name="b"/> pass <paramref name="a"/>? A block dominates itself. Both are reachable.</summary>
    public bool Dominates(int a, int b)
    {
        var order = _cfg.Order;
        while (order[b] > order[a]) b = _idom[b];
        return a == b;
    }
}
