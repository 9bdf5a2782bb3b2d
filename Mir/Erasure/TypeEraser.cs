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
    private readonly ConcurrentMap<Ty, ErasedTy?, ById<Ty>> _classes = new();
    private readonly ConcurrentMap<Instance, Instance> _erased = new();

    /// <summary>The instance whose code serves; itself where nothing can be erased.</summary>
    public Instance Erase(Instance instance)
    {
        if (instance.Args.Count == 0 || instance.Kind is not (InstanceKind.Item or InstanceKind.DropGlue)) return instance;
        return _erased.TryGetValue(instance, out var known) ? known : _erased.GetOrAdd(instance, Map(instance));
    }

    private Instance Map(Instance instance)
    {
        if (instance.Kind == InstanceKind.DropGlue)
        {
            if (instance.Ty is not AdtTy adt || !HasTypes(adt.Args) || Erase(adt.Args, _needs.OfDropGlue(adt.Def)) is not { } dropped) return instance;
            var ty = tcx.Interner.Adt(adt.Def, dropped);
            return new Instance(InstanceKind.DropGlue, instance.Def, tcx.Interner.Args([ty]), ty);
        }
        if (tcx.DefKind(instance.Def) is not (DefKind.Fn or DefKind.AssocFn) || !HasTypes(instance.Args)) return instance;
        // How other ABIs pass a type, and how a tuple is spread, depends on what is in it.
        if (tcx.FnSig(instance.Def).Value is { Abi: not (ExternAbi.Rust or ExternAbi.RustCold) } or { CVariadic: true }) return instance;
        return Erase(instance.Args, _needs.OfFunction(instance.Def)) is { } args ? Instance.Item(instance.Def, args) : instance;
    }

    /// <summary>Null: nothing of them can be, or is worth being, erased.</summary>
    private GenericArgs? Erase(GenericArgs args, ReadOnlySpan<ParamNeeds> needs)
    {
        if (needs.Length != args.Count) return null;
        GenericArg[]? changed = null;
        for (int i = 0; i < needs.Length; i++)
        {
            if (args[i] is not Ty ty) continue;
            if ((needs[i] & ParamNeeds.Identity) != 0 || Classify(ty) is not { } erased || (needs[i] & ParamNeeds.Drop) != 0 && erased.Class.NeedsDrop)
            {
                // There is only one instance for a closure. Left as it is, the closure can be inlined: it fits the types of its call.
                if (IsOneOfAKind(ty)) return null;
                continue;
            }
            changed ??= args.Span.ToArray();
            changed[i] = erased;
        }
        return changed is null ? null : tcx.Interner.Args(changed);
    }

    private static bool HasTypes(GenericArgs args)
    {
        foreach (var a in args.Span) if (a is Ty) return true;
        return false;
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

    /// <summary>The class of a type; null for unsized ones, of which code that does not know them knows more than a layout.</summary>
    private ErasedTy? Classify(Ty ty) => _classes.GetOrAdd(ty, static (t, me) =>
    {
        if (t is ErasedTy done) return done;
        if (!me.Tcx.Traits.IsSized(t)) return null;
        var l = me.Tcx.Layouts.LayoutOf(t);
        var traits = me.Tcx.Traits;
        bool unpin = traits.IsUnpin(t) && (me.Tcx.TryLangItem("unsafe_unpin") is null || traits.ImplementsLang("unsafe_unpin", t));
        return me.Tcx.Interner.Erased(new LayoutClass(l.Size, l.Align, l.Repr, l.LargestNiche, l.Uninhabited, l.MaxReprAlign, l.UnadjustedAbiAlign, traits.NeedsDrop(t), traits.IsFreeze(t), unpin));
    }, this);

    private TyCtxt Tcx => tcx;
}
