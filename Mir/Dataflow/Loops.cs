namespace Mirlink.Mir.Dataflow;

/// <summary>
/// Natural loops: a head that dominates the blocks which go back to it, and what lies between. Loops with one head are one loop. Cycles that are entered in several
/// places are none, though they may be part of one. An inner loop's number is less than that of the loop around it.
/// </summary>
public sealed class Loops
{
    public static readonly Loops None = new();

    private readonly List<int> _heads = [], _parents = [];
    private readonly int[] _innermost = [];

    private Loops() { }

    public Loops(Cfg cfg, Dominators dominators)
    {
        _innermost = new int[cfg.Order.Length];
        Array.Fill(_innermost, -1);
        var work = new Stack<int>();
        for (int i = cfg.ReversePostorder.Length - 1; i >= 0; i--)
        {
            int head = cfg.ReversePostorder[i];
            foreach (int p in cfg.Predecessors[head]) if (cfg.Order[p] >= i && dominators.Dominates(head, p)) work.Push(p);
            if (work.Count == 0) continue;
            int loop = _heads.Count;
            _heads.Add(head);
            _parents.Add(-1);
            _innermost[head] = loop;
            while (work.TryPop(out int b))
            {
                int known = _innermost[b];
                if (known < 0)
                {
                    _innermost[b] = loop;
                    foreach (int p in cfg.Predecessors[b]) work.Push(p);
                    continue;
                }
                while (_parents[known] >= 0) known = _parents[known];
                if (known == loop) continue;
                // An inner loop that was found before: on with who enters it.
                _parents[known] = loop;
                foreach (int p in cfg.Predecessors[_heads[known]]) work.Push(p);
            }
        }
    }

    public int Count => _heads.Count;
    public int Head(int loop) => _heads[loop];
    /// <summary>The loop around a loop, or -1.</summary>
    public int Parent(int loop) => _parents[loop];
    /// <summary>The innermost loop that a block is in, or -1.</summary>
    public int Of(int block) => _innermost.Length == 0 ? -1 : _innermost[block];

    /// <summary>Is a loop the other one, or in it?</summary>
    public bool IsWithin(int loop, int outer)
    {
        while (loop >= 0 && loop < outer) loop = _parents[loop];
        return loop == outer;
    }

    public bool Contains(int loop, int block) => IsWithin(Of(block), loop);
}
