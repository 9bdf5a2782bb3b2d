namespace Mirlink.Mir.Passes;

/// <summary>
/// The drop of a struct, tuple or closure of which one field needs drop, and which has no destructor of its own, is the drop of that field: a function of drop glue
/// less for each wrapper.
/// </summary>
public sealed class PeelDrops : IMirPass
{
    public string Name => "peel-drops";

    private sealed record Core(int Field, Ty Ty);

    public bool Run(Body body, PassContext context)
    {
        bool changed = false;
        foreach (ref var block in body.Blocks.AsSpan())
        {
            if (block.Terminator is not Terminator.Drop { AsyncFut: < 0, AsyncDropBlock: < 0 } t || CoreOf(context, body.TypeOf(context.Tcx, t.Place)) is not { } core || !context.Consume()) continue;
            var place = t.Place;
            for (var next = core; next is not null; next = CoreOf(context, next.Ty)) place = place.Project(ProjectionElem.Field(next.Field, next.Ty));
            block.Terminator = new Terminator.Drop(place, t.Target, t.Unwind, t.Replace) { SourceInfo = t.SourceInfo, AsyncDropBlock = t.AsyncDropBlock, AsyncFut = t.AsyncFut };
            changed = true;
        }
        return changed;
    }

    /// <summary>The one field whose drop is all of a type's drop; null if there is none, or several. Found once for each type.</summary>
    private static Core? CoreOf(PassContext context, Ty ty)
    {
        if (ty is not (AdtTy or TupleTy or ClosureTy)) return null;
        ulong key = (ulong)ty.Id + 1;
        return (Core?)(context.DropCores.TryGet(key, out var known) ? known : context.DropCores.Add(key, Find(context.Tcx, ty)));
    }

    private static Core? Find(TyCtxt tcx, Ty ty)
    {
        if (ty is AdtTy a && (tcx.AdtDef(a.Def).IsManuallyDrop || tcx.AdtDestructor(a.Def) is not null)) return null;
        // A field of a packed struct, which is not among these, is moved elsewhere to be dropped.
        if (ProductFields.Of(tcx, ty) is not { } fields) return null;
        Core? core = null;
        for (int i = 0; i < fields.Length; i++)
        {
            if (!tcx.Traits.IsSized(fields[i]) || fields[i].Kind == TyKind.Pat) return null;
            if (!tcx.Traits.NeedsDrop(fields[i])) continue;
            if (core is not null) return null;
            core = new Core(i, fields[i]);
        }
        return core;
    }
}
