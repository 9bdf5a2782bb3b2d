namespace Mirlink.Mir.Passes;

/// <summary>A local that is only made to be moved to the return place at the end is the return place (named return value optimization).</summary>
public sealed class ReturnPlace : IMirPass
{
    public string Name => "return-place";

    private sealed class Rename(int from) : BodyRewriter
    {
        protected override int Local(int local) => local == from ? 0 : local;
    }

    /// <summary>Whether the return place is anything but assigned from a local and returned.</summary>
    private sealed class OtherUses : PlaceVisitor
    {
        private bool _other;
        protected override void Visit(in Place place, PlaceUse use) => _other |= place.Local == 0 && !(place.IsLocal && use == PlaceUse.Store);
        public bool Any(Body body)
        {
            for (int b = 0; b < body.Blocks.Length && !_other; b++)
            {
                foreach (ref readonly var s in body.Blocks[b].Statements.AsSpan()) if (s.Kind is not (StatementKind.StorageLive or StatementKind.StorageDead)) VisitStatement(s);
                if (body.Blocks[b].Terminator is not Terminator.Return) VisitTerminator(body.Blocks[b].Terminator);
            }
            return _other;
        }
    }

    public bool Run(Body body, PassContext context)
    {
        int local = -1;
        for (int b = 0; b < body.Blocks.Length; b++)
        {
            var statements = body.Blocks[b].Statements;
            for (int i = 0; i < statements.Length; i++)
            {
                ref readonly var s = ref statements[i];
                if (s.Kind != StatementKind.Assign || !s.Place.IsLocal || s.Place.Local != 0) continue;
                if (s.Rvalue is not Rvalue.Use { Operand: { IsPlace: true, Place: { IsLocal: true } from } }) return false;
                if (local >= 0 && local != from.Local || !EndsHere(body, b, i + 1)) return false;
                local = from.Local;
            }
        }
        if (local <= body.ArgCount || !ReferenceEquals(body.Locals[local].Ty, body.Locals[0].Ty) || new OtherUses().Any(body) || !context.Consume()) return false;

        foreach (ref var block in body.Blocks.AsSpan())
            foreach (ref var s in block.Statements.AsSpan())
            {
                bool assignment = s.Kind == StatementKind.Assign && s.Place.IsLocal && s.Place.Local == 0;
                if (assignment || s.Kind is StatementKind.StorageLive or StatementKind.StorageDead && s.Place.Local == local) s = Statement.Nop;
            }
        var rename = new Rename(local);
        rename.RewriteBody(body);
        for (int i = 0; i < body.VarDebugInfo.Length; i++)
            if (body.VarDebugInfo[i] is { Const: null } v && v.Place.Local == local) body.VarDebugInfo[i] = v with { Place = new Place(0, v.Place.Projection) };
        return true;
    }

    /// <summary>Does nothing but the end of storage follow up to the return?</summary>
    private static bool EndsHere(Body body, int block, int from)
    {
        for (int steps = 0; steps < 16; steps++)
        {
            ref readonly var data = ref body.Blocks[block];
            for (int i = from; i < data.Statements.Length; i++)
                if (data.Statements[i].Kind is not (StatementKind.StorageDead or StatementKind.Nop)) return false;
            switch (data.Terminator)
            {
                case Terminator.Return: return true;
                case Terminator.Goto g:
                    block = g.Target;
                    from = 0;
                    continue;
                default: return false;
            }
        }
        return false;
    }
}
