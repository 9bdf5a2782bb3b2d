using Mirlink.Mir.Abi;

namespace Mirlink.Mir.Erasure;

/// <summary>
/// Maps instances that differ only in types which their code cannot tell apart to one, before any of them is instantiated: a type argument that is only moved
/// becomes the <see cref="ErasedTy"/> of its layout class, niches included. The caller still passes values of the types it knows; the classes are such that
/// both sides agree on how. Thread-safe.
/// </summary>
public sealed class TypeEraser(TyCtxt tcx)
{
    private readonly NeedsAnalysis _needs = new(tcx);
    private readonly ConcurrentMap<Ty, ErasedTy, ById<Ty>> _classes = new();
    private readonly ConcurrentMap<Instance, Instance> _erased = new();

    /// <summary>What two instances must have in common that one could serve both: the function, or the ADT that is dropped. Null if none could.</summary>
    public DefId? GenericOf(Instance instance)
    {
        if (instance.Args.Count == 0) return null;
        return instance.Kind switch
        {
            InstanceKind.Item when tcx.DefKind(instance.Def) is DefKind.Fn or DefKind.AssocFn => instance.Def,
            InstanceKind.DropGlue => (instance.Ty as AdtTy)?.Def,
            _ => null,
        };
    }

    /// <summary>The instance whose code serves; itself where nothing can be erased.</summary>
    public Instance Erase(Instance instance)
    {
        if (GenericOf(instance) is null) return instance;
        return _erased.TryGetValue(instance, out var known) ? known : _erased.GetOrAdd(instance, Map(instance));
    }

    private Instance Map(Instance instance)
    {
        if (instance.Kind == InstanceKind.DropGlue)
        {
            if (instance.Ty is not AdtTy adt || Erase(NeedsOf.DropGlue, adt.Def, adt.Args) is not { } dropped) return instance;
            var ty = tcx.Interner.Adt(adt.Def, dropped);
            return new Instance(InstanceKind.DropGlue, instance.Def, tcx.Interner.Args([ty]), ty);
        }
        return Erase(NeedsOf.Body, instance.Def, instance.Args) is { } args ? Instance.Item(instance.Def, args) : instance;
    }

    /// <summary>Null: nothing of them can be, or is worth being, erased.</summary>
    private GenericArgs? Erase(NeedsOf of, DefId def, GenericArgs args)
    {
        if (args.Count > NeedsNode.MaxParameters) return null;
        ulong wanted = 0, dropped = 0, decisive = 0;
        for (int i = 0; i < args.Count; i++)
        {
            if (args[i] is not Ty ty) continue;
            // There is only one instance for a closure. Left as it is, the closure can be inlined: it fits the types of its call.
            if (IsOneOfAKind(ty)) decisive |= NeedsNode.Bit(i);
            else if (ty is ErasedTy || !tcx.Traits.IsSized(ty)) continue;
            wanted |= NeedsNode.Bit(i);
            if (tcx.Traits.NeedsDrop(ty)) dropped |= NeedsNode.Bit(i);
        }
        if (wanted == 0) return null;
        // How other ABIs pass a type, and how a tuple is spread, depends on what is in it.
        if (of == NeedsOf.Body && tcx.FnSig(def).Value is { Abi: not (ExternAbi.Rust or ExternAbi.RustCold) } or { CVariadic: true }) return null;
        ulong needed = _needs.Needed(of, def, wanted, dropped, decisive);
        if ((needed & decisive) != 0 || (wanted & ~needed) == 0) return null;
        var changed = args.Span.ToArray();
        for (int i = 0; i < changed.Length; i++)
            if ((wanted & ~needed & NeedsNode.Bit(i)) != 0) changed[i] = Classify((Ty)changed[i]);
        return tcx.Interner.Args(changed);
    }

    /// <summary>A type that has a closure or function item in it.</summary>
    private static bool IsOneOfAKind(GenericArg arg)
    {
        switch (arg)
        {
            case ClosureTy or FnDefTy: return true;
            case RefTy t: return IsOneOfAKind(t.Pointee);
            case AdtTy t:
                foreach (var a in t.Args.Span) if (IsOneOfAKind(a)) return true;
                return false;
            case TupleTy t:
                foreach (var e in t.Elements) if (IsOneOfAKind(e)) return true;
                return false;
            default: return false;
        }
    }

    /// <summary>The class of a sized type. Of unsized ones, code that does not know them knows more than a layout.</summary>
    private ErasedTy Classify(Ty ty) => _classes.GetOrAdd(ty, static (t, me) =>
    {
        var l = me.Tcx.Layouts.LayoutOf(t);
        var traits = me.Tcx.Traits;
        bool unpin = traits.IsUnpin(t) && (me.Tcx.TryLangItem("unsafe_unpin") is null || traits.ImplementsLang("unsafe_unpin", t));
        return me.Tcx.Interner.Erased(new LayoutClass(l.Size, l.Align, l.Repr, l.LargestNiche, l.Uninhabited, l.MaxReprAlign, l.UnadjustedAbiAlign, traits.NeedsDrop(t), traits.IsFreeze(t), unpin));
    }, this);

    private TyCtxt Tcx => tcx;
}
