namespace Mirlink.Mir.Passes;

/// <summary>Locals that nothing mentions any more are taken out and the rest renumbered.</summary>
public sealed class UnusedLocals : IMirPass
{
    public string Name => "unused-locals";

    private sealed class Mentions(bool[] used) : PlaceVisitor
    {
        protected override void Visit(in Place place, PlaceUse use) => used[place.Local] = true;
    }

    private sealed class Renumber(int[] to) : BodyRewriter
    {
        protected override int Local(int local) => to[local];
        public Place Apply(in Place place) => Place(place, PlaceUse.NonUse);
    }

    public bool Run(Body body, PassContext context)
    {
        int n = body.Locals.Length;
        var used = new bool[n];
        for (int i = 0; i <= body.ArgCount; i++) used[i] = true;
        new Mentions(used).VisitBody(body);
        foreach (ref readonly var block in body.Blocks.AsSpan())
            if (block.Terminator is Terminator.Drop { AsyncFut: >= 0 } d) used[d.AsyncFut] = true;
        var to = new int[n];
        int count = 0;
        for (int i = 0; i < n; i++) to[i] = used[i] ? count++ : -1;
        if (count == n) return false;

        var renumber = new Renumber(to);
        renumber.RewriteBody(body);
        var locals = new LocalDecl[count];
        for (int i = 0; i < n; i++) if (used[i]) locals[to[i]] = body.Locals[i];
        body.Locals = locals;
        bool Lives(VarDebugInfo v)
        {
            if (v.Const is not null) return true;
            if (!used[v.Place.Local]) return false;
            foreach (ref readonly var e in v.Place.Projection.AsSpan()) if (e.Kind == ProjectionKind.Index && !used[e.Index]) return false;
            return true;
        }
        body.VarDebugInfo = Array.FindAll(body.VarDebugInfo, Lives);
        for (int i = 0; i < body.VarDebugInfo.Length; i++)
            if (body.VarDebugInfo[i].Const is null) body.VarDebugInfo[i] = body.VarDebugInfo[i] with { Place = renumber.Apply(body.VarDebugInfo[i].Place) };
        return true;
    }
}
