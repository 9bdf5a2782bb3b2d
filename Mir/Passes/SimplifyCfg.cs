using Mirlink.Mir.Dataflow;

namespace Mirlink.Mir.Passes;

/// <summary>Jumps to jumps, blocks with one predecessor, switches whose targets are one, blocks that nothing reaches, statements that say nothing.</summary>
public sealed class SimplifyCfg : IMirPass
{
    public string Name => "simplify-cfg";

    public bool Run(Body body, PassContext context)
    {
        bool changed = false;
        changed |= RemoveNops(body);
        if (context.Consume()) changed |= ThreadJumps(body);
        var predecessors = CountPredecessors(body);
        changed |= Merge(body, predecessors, context);
        // Merging leaves reachable what was, but for what it merged.
        changed |= RemoveUnreachable(body, predecessors);
        return changed;
    }

    private static bool IsNop(in Statement s) => s.Kind is StatementKind.Nop or StatementKind.FakeRead or StatementKind.PlaceMention or StatementKind.AscribeUserType or StatementKind.Retag
        or StatementKind.ConstEvalCounter or StatementKind.Coverage or StatementKind.BackwardIncompatibleDropHint;

    private static bool RemoveNops(Body body)
    {
        bool changed = false;
        foreach (ref var block in body.Blocks.AsSpan())
        {
            int n = 0;
            foreach (ref readonly var s in block.Statements.AsSpan()) if (!IsNop(s)) n++;
            if (n == block.Statements.Length) continue;
            var kept = new Statement[n];
            n = 0;
            foreach (ref readonly var s in block.Statements.AsSpan()) if (!IsNop(s)) kept[n++] = s;
            block.Statements = kept;
            changed = true;
        }
        return changed;
    }

    private sealed class Retarget(int[] to) : BodyRewriter
    {
        protected override int Target(int block) => to[block];
        protected override Operand Operand(in Operand operand) => operand;
        protected override Place Place(in Place place, PlaceUse use) => place;
    }

    /// <summary>Where each block leads that only jumps on.</summary>
    private static bool ThreadJumps(Body body)
    {
        var blocks = body.Blocks;
        var to = new int[blocks.Length];
        bool any = false;
        for (int b = 0; b < to.Length; b++)
        {
            int at = b;
            // The bound is for empty loops.
            for (int steps = 0; steps < blocks.Length && blocks[at] is { Statements.Length: 0, Terminator: Terminator.Goto g }; steps++) at = g.Target;
            to[b] = at;
            any |= at != b;
        }
        if (!any) return false;
        var retarget = new Retarget(to);
        bool changed = false;
        var successors = new List<int>();
        foreach (ref var block in blocks.AsSpan())
        {
            successors.Clear();
            Cfg.AddSuccessors(block.Terminator, successors);
            bool moves = false;
            foreach (int s in successors) moves |= to[s] != s;
            if (!moves) continue;
            block.Terminator = retarget.Terminator(block.Terminator);
            changed = true;
        }
        return changed;
    }

    /// <summary>How many reachable blocks lead to each block, each counted once, and one more for the entry: 0 for what nothing reaches.</summary>
    private static int[] CountPredecessors(Body body)
    {
        var blocks = body.Blocks;
        var counts = new int[blocks.Length];
        var successors = new List<int>();
        var open = new Stack<int>();
        counts[0] = 1;
        open.Push(0);
        while (open.TryPop(out int b))
        {
            successors.Clear();
            Cfg.AddSuccessors(blocks[b].Terminator, successors);
            foreach (int s in successors) if (counts[s]++ == 0) open.Push(s);
        }
        return counts;
    }

    private static bool Merge(Body body, int[] predecessors, PassContext context)
    {
        bool changed = false;
        var blocks = body.Blocks;
        List<Statement>? merged = null;
        for (int b = 0; b < blocks.Length; b++)
        {
            if (predecessors[b] == 0) continue;
            ref var block = ref blocks[b];
            if (block.Terminator is Terminator.SwitchInt s && (Array.TrueForAll(s.Targets, t => t == s.Targets[0]) || s.Targets[0] == s.Targets[1] && DeliberateFault.Is(Fault.SwitchWithEqualTargets)) && context.Consume())
            {
                block.Terminator = new Terminator.Goto(s.Targets[0]) { SourceInfo = s.SourceInfo };
                changed = true;
            }
            merged?.Clear();
            while (block.Terminator is Terminator.Goto g && g.Target != b && predecessors[g.Target] == 1 && blocks[g.Target].IsCleanup == block.IsCleanup && context.Consume())
            {
                ref var next = ref blocks[g.Target];
                merged ??= [];
                if (merged.Count == 0) merged.AddRange(block.Statements);
                merged.AddRange(next.Statements);
                block.Terminator = next.Terminator;
                block.Statements = [];
                predecessors[g.Target] = 0;
                next.Statements = [];
                next.Terminator = new Terminator.Unreachable { SourceInfo = g.SourceInfo };
                changed = true;
            }
            if (merged is { Count: > 0 }) block.Statements = [.. merged];
        }
        return changed;
    }

    public static bool RemoveUnreachable(Body body) => RemoveUnreachable(body, CountPredecessors(body));

    private static bool RemoveUnreachable(Body body, int[] predecessors)
    {
        var to = new int[body.Blocks.Length];
        int n = 0;
        for (int b = 0; b < to.Length; b++) to[b] = predecessors[b] != 0 ? n++ : -1;
        if (n == to.Length) return false;
        var retarget = new Retarget(to);
        var blocks = new BasicBlockData[n];
        for (int b = 0; b < to.Length; b++)
        {
            if (to[b] < 0) continue;
            blocks[to[b]] = body.Blocks[b];
            blocks[to[b]].Terminator = retarget.Terminator(body.Blocks[b].Terminator);
        }
        body.Blocks = blocks;
        return true;
    }
}
