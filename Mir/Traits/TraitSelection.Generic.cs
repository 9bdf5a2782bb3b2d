namespace Mirlink.Mir.Traits;

/// <summary>What can be said of generic code without knowing what its parameters stand for.</summary>
public sealed partial class TraitSelection
{
    public (DefId Def, GenericArgs Args)? ResolveForAnyArgs(DefId item, GenericArgs args)
    {
        if (_tcx.AssocItem(item) is not { InTrait: true } assoc) return (item, args);
        var trait = assoc.Container;
        int traitCount = TraitArgCount(trait);
        args = new RegionEraser(_tcx).Fold(args);
        var traitArgs = args.Count == traitCount ? args : Interner.Args(args.Span[..traitCount]);
        var self = traitArgs.Type(0);
        // Coroutines implement these by themselves, other types by impls; the remaining built-in traits look into their types.
        if (BuiltinOf(trait) is not (BuiltinTrait.None or BuiltinTrait.Iterator or BuiltinTrait.FusedIterator or BuiltinTrait.Future)) return null;
        if (_tcx.TraitDef(trait) is { IsAuto: true } || self is DynamicTy or ClosureTy or AliasTy) return null;
        if (self is ParamTy && _impls.HasNominal(trait)) return null;

        ImplInfo? sole = null;
        foreach (var impl in self is ParamTy ? _impls.Blanket(trait) : _impls.Candidates(trait, self))
        {
            if (!MayUnify(impl.Header, traitArgs)) continue;
            if (sole is not null) return null;
            sole = impl;
        }
        if (sole is not { IsDefaultImpl: false, Polarity: ImplPolarity.Positive }) return null;
        var m = new HeaderMatcher(_tcx, sole.Params.Length);
        if (!m.Match(sole.Header, traitArgs) || m.Deferred is not null || ArgsOf(sole, m) is not { } implArgs) return null;
        return Leaf(item, args, traitCount, new Selection(SelectionKind.Impl, [new ImplMatch(sole, implArgs)]));
    }

    public GenericArgs? ImplArgsForAnyArgs(DefId impl, Ty self)
    {
        var info = _impls.Impl(impl);
        var m = new HeaderMatcher(_tcx, info.Params.Length);
        return m.Match(info.Header[0], _tcx.EraseRegions(self)) && m.Deferred is null ? ArgsOf(info, m) : null;
    }

    /// <summary>False only if no types for the parameters, aliases and erased types on both sides make them equal.</summary>
    private static bool MayUnify(GenericArgs a, GenericArgs b) => MayUnify(a.Span, b.Span);

    private static bool MayUnify(ReadOnlySpan<GenericArg> a, ReadOnlySpan<GenericArg> b)
    {
        if (a.Length != b.Length) return false;
        for (int i = 0; i < a.Length; i++) if (!MayUnify(a[i], b[i])) return false;
        return true;
    }

    private static bool MayUnify(GenericArg a, GenericArg b) => (a, b) switch
    {
        (Region, Region) => true,
        (Const x, Const y) => x.Kind != ConstKind.Value || y.Kind != ConstKind.Value || ReferenceEquals(x, y),
        (ParamTy or AliasTy or ErasedTy, Ty) or (Ty, ParamTy or AliasTy or ErasedTy) => true,
        (PrimTy x, PrimTy y) => ReferenceEquals(x, y),
        (AdtTy x, AdtTy y) => x.Def == y.Def && MayUnify(x.Args, y.Args),
        (RefTy x, RefTy y) => x.Mutbl == y.Mutbl && MayUnify(x.Pointee, y.Pointee),
        (RawPtrTy x, RawPtrTy y) => x.Mutbl == y.Mutbl && MayUnify(x.Pointee, y.Pointee),
        (SliceTy x, SliceTy y) => MayUnify(x.Element, y.Element),
        (ArrayTy x, ArrayTy y) => MayUnify(x.Element, y.Element) && MayUnify(x.Length, y.Length),
        (TupleTy x, TupleTy y) => MayUnify((GenericArg[])x.Elements, (GenericArg[])y.Elements),
        // Function pointers, trait objects, closures: their parts are not looked at.
        (Ty x, Ty y) => x.Kind == y.Kind,
        _ => false,
    };
}
