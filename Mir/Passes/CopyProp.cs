using Mirlink.Mir.Dataflow;

namespace Mirlink.Mir.Passes;

/// <summary>A local that is assigned once, from another local that is assigned once, is that other local.</summary>
public sealed class CopyProp : IMirPass
{
    public string Name => "copy-prop";

    private sealed class Rename(int[] head, BitSet copied) : BodyRewriter
    {
        protected override int Local(int local) => head[local];

        protected override Operand Operand(in Operand operand)
        {
            var o = base.Operand(operand);
            // A callee may reuse the memory of what is moved to it, but the value may be needed by others now.
            return o.Kind == OperandKind.Move && copied[o.Place.Local] ? Mir.Operand.Copy(o.Place) : o;
        }

        public Place Apply(in Place place) => Place(place, PlaceUse.NonUse);
    }

    public bool Run(Body body, PassContext context)
    {
        if (!HasCopies(body)) return false;
        var ssa = PassHistory.SsaOf(body, out _);
        int n = body.Locals.Length;
        var head = new int[n];
        for (int i = 0; i < n; i++) head[i] = i;
        bool any = false;
        for (int i = body.ArgCount + 1; i < n; i++)
            if (Source(body, ssa, i) is { } from && context.Consume()) { head[i] = from; any = true; }
        if (!any) return false;

        var copied = new BitSet(n);
        var members = new BitSet(n);
        for (int i = 0; i < n; i++)
        {
            if (head[i] == i) continue;
            bool linear = true;
            int at = i;
            while (head[at] != at)
            {
                // A copy, unlike a move, may be made again of the same value: in a loop.
                linear &= ssa.Definition(at) is Rvalue.Use { Operand.Kind: OperandKind.Move };
                at = head[at];
                linear &= ssa.Uses[at] == 1;
            }
            members[i] = members[at] = true;
            if (!linear) copied[at] = true;
        }
        for (int i = 0; i < n; i++)
        {
            int at = i;
            while (head[at] != at) at = head[at];
            // No class member has been resolved before the ones it is made of: chains are followed to their end each time.
            head[i] = at;
        }

        var rename = new Rename(head, copied);
        foreach (ref var block in body.Blocks.AsSpan())
        {
            var statements = block.Statements;
            for (int i = 0; i < statements.Length; i++)
            {
                ref var s = ref statements[i];
                bool gone = s.Kind is StatementKind.StorageLive or StatementKind.StorageDead && members[s.Place.Local]
                    || s.Kind == StatementKind.Assign && s.Place.IsLocal && head[s.Place.Local] != s.Place.Local;
                s = gone ? Statement.Nop : rename.Statement(s);
            }
            block.Terminator = rename.Terminator(block.Terminator);
        }
        for (int i = 0; i < body.VarDebugInfo.Length; i++)
            if (body.VarDebugInfo[i].Const is null) body.VarDebugInfo[i] = body.VarDebugInfo[i] with { Place = rename.Apply(body.VarDebugInfo[i].Place) };
        return true;
    }

    /// <summary>Is a whole local anywhere assigned from another one? Most small bodies have none.</summary>
    private static bool HasCopies(Body body)
    {
        foreach (ref readonly var block in body.Blocks.AsSpan())
            foreach (ref readonly var s in block.Statements.AsSpan())
                if (s.Kind == StatementKind.Assign && s.Place.IsLocal && s.Place.Local > body.ArgCount
                    && s.Rvalue is Rvalue.Use { Operand: { IsPlace: true, Place.IsLocal: true } } or Rvalue.CopyForDeref { Place.IsLocal: true }) return true;
        return false;
    }

    private static int? Source(Body body, SsaLocals ssa, int local)
    {
        if (!ssa.IsSsa(local)) return null;
        int from = ssa.Definition(local) switch
        {
            Rvalue.Use { Operand: { IsPlace: true, Place: { IsLocal: true } p } } => p.Local,
            Rvalue.CopyForDeref { Place: { IsLocal: true } p } => p.Local,
            _ => -1,
        };
        if (from <= 0 || from == local || !ssa.IsSsa(from) && !DeliberateFault.Is(Fault.CopyOfChanging) || !ReferenceEquals(body.Locals[from].Ty, body.Locals[local].Ty)) return null;
        return from;
    }
}
