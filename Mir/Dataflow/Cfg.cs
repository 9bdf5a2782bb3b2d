namespace Mirlink.Mir.Dataflow;

/// <summary>A body's control flow: successors and predecessors of the blocks that are reachable from the entry, and these in reverse postorder.</summary>
public sealed class Cfg
{
    public int[][] Successors { get; }
    /// <summary>Of reachable blocks, by reachable blocks; a block that branches twice to another is its predecessor once.</summary>
    public int[][] Predecessors { get; }
    public int[] ReversePostorder { get; }
    /// <summary>Position of a block in <see cref="ReversePostorder"/>, -1 for unreachable ones.</summary>
    public int[] Order { get; }
    public bool HasCycle { get; }

    public Cfg(Body body)
    {
        int count = body.Blocks.Length;
        Successors = new int[count][];
        var scratch = new List<int>();
        var postorder = new List<int>(count);
        var stack = new Stack<(int Block, int Next)>();
        int[] Of(int block)
        {
            scratch.Clear();
            AddSuccessors(body.Blocks[block].Terminator, scratch);
            return scratch.Count == 0 ? [] : [.. scratch];
        }
        Successors[0] = Of(0);
        stack.Push((0, 0));
        while (stack.Count > 0)
        {
            var (block, at) = stack.Pop();
            var list = Successors[block];
            if (at == list.Length) { postorder.Add(block); continue; }
            stack.Push((block, at + 1));
            int next = list[list.Length - 1 - at];
            if (Successors[next] is not null) continue;
            Successors[next] = Of(next);
            stack.Push((next, 0));
        }
        postorder.Reverse();
        ReversePostorder = [.. postorder];
        Order = new int[count];
        Array.Fill(Order, -1);
        for (int i = 0; i < ReversePostorder.Length; i++) Order[ReversePostorder[i]] = i;

        var counts = new int[count];
        foreach (int b in ReversePostorder)
            foreach (int s in Successors[b])
            {
                counts[s]++;
                HasCycle |= Order[s] <= Order[b];
            }
        Predecessors = new int[count][];
        for (int b = 0; b < count; b++) Predecessors[b] = counts[b] == 0 ? [] : new int[counts[b]];
        foreach (int b in ReversePostorder) foreach (int s in Successors[b]) Predecessors[s][^counts[s]--] = b;
    }

    public bool IsReachable(int block) => Order[block] >= 0;

    /// <summary>Appends the targets of a terminator, each once: normal ones first, then cleanup.</summary>
    public static void AddSuccessors(Terminator terminator, List<int> into)
    {
        void Add(int target) { if (target >= 0 && !into.Contains(target)) into.Add(target); }
        void Unwind(UnwindAction u) { if (u.Kind == UnwindActionKind.Cleanup) Add(u.Block); }
        switch (terminator)
        {
            case Terminator.Goto t: Add(t.Target); break;
            case Terminator.SwitchInt t: foreach (int target in t.Targets) Add(target); break;
            case Terminator.Drop t: Add(t.Target); Add(t.AsyncDropBlock); Unwind(t.Unwind); break;
            case Terminator.Call t: Add(t.Target); Unwind(t.Unwind); break;
            case Terminator.Assert t: Add(t.Target); Unwind(t.Unwind); break;
            case Terminator.Yield t: Add(t.Resume); Add(t.DropBlock); break;
            case Terminator.FalseEdge t: Add(t.Real); Add(t.Imaginary); break;
            case Terminator.FalseUnwind t: Add(t.Real); Unwind(t.Unwind); break;
            case Terminator.InlineAsm t: foreach (int target in t.Targets) Add(target); Unwind(t.Unwind); break;
        }
    }
}
