namespace Mirlink.Backend.Lir;

/// <summary>Dominators of a function whose blocks are in reverse postorder, as <see cref="LirBuilder.Finish"/> leaves them (Cooper, Harvey, Kennedy).</summary>
public readonly struct LirDominators
{
    private readonly int[] _immediate;

    /// <summary>Successors are taken from the terminators; blocks that cannot be reached dominate and are dominated by nothing.</summary>
    public LirDominators(LirFunction f)
    {
        int n = f.Blocks.Length;
        var successors = new List<int>();
        int[] start = new int[n + 2];
        var edges = new List<(int From, int To)>(n * 2);
        for (int b = 0; b < n; b++)
        {
            successors.Clear();
            LirOpInfo.Successors(f.Insts[f.Blocks[b].End - 1], f.Pool, successors);
            foreach (int s in successors) { edges.Add((b, s)); start[s + 2]++; }
        }
        for (int b = 2; b < n + 2; b++) start[b] += start[b - 1];
        int[] preds = new int[edges.Count];
        foreach (var (from, to) in edges) preds[start[to + 1]++] = from;

        int[] idom = new int[n];
        Array.Fill(idom, -1);
        idom[0] = 0;
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int b = 1; b < n; b++)
            {
                int best = -1;
                for (int k = start[b]; k < start[b + 1]; k++)
                {
                    int p = preds[k];
                    if (idom[p] < 0) continue;
                    if (best < 0) { best = p; continue; }
                    int q = best;
                    while (p != q)
                    {
                        while (p > q) p = idom[p];
                        while (q > p) q = idom[q];
                    }
                    best = p;
                }
                if (best >= 0 && idom[b] != best) { idom[b] = best; changed = true; }
            }
        }
        _immediate = idom;
    }

    /// <summary>Whether every path to <paramref name="b"/> goes through <paramref name="a"/> (true for a = b).</summary>
    public bool Dominates(int a, int b)
    {
        if (_immediate[b] < 0) return false;
        while (b > a) b = _immediate[b];
        return a == b;
    }

    public bool IsReachable(int block) => _immediate[block] >= 0;
}
