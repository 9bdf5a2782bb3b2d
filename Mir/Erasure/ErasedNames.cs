namespace Mirlink.Mir.Erasure;

/// <summary>
/// The types that stand for erased ones in names: those of one instance that <paramref name="code"/> serves. Where two of its parameters have one class, what
/// mentions either is named after the first. Used by one thread at a time.
/// </summary>
public sealed class ErasedNames
{
    private readonly Substitution _substitution;
    private readonly Dictionary<Instance, Instance> _known = [];

    /// <param name="named">An instance that erasure maps to <paramref name="code"/>, its types not erased.</param>
    public ErasedNames(TyCtxt tcx, Instance code, Instance named)
    {
        var types = new Dictionary<ErasedTy, Ty>(ReferenceEqualityComparer.Instance);
        Match(code.Args, named.Args, types);
        _substitution = new Substitution(tcx, types);
    }

    public static bool HasErased(Instance instance) => instance.Args.HasAny(TypeFlags.HasErased) || instance.Ty?.HasAny(TypeFlags.HasErased) == true;

    /// <summary>The instance that one with erased types is named after.</summary>
    public Instance Of(Instance instance)
    {
        if (!HasErased(instance)) return instance;
        if (_known.TryGetValue(instance, out var known)) return known;
        var named = instance with { Args = _substitution.Fold(instance.Args), Ty = instance.Ty is null ? null : _substitution.FoldTy(instance.Ty) };
        _known.Add(instance, named);
        return named;
    }

    private static void Match(GenericArgs code, GenericArgs named, Dictionary<ErasedTy, Ty> types)
    {
        if (!code.HasAny(TypeFlags.HasErased)) return;
        for (int i = 0; i < Math.Min(code.Count, named.Count); i++)
            if (code[i] is Ty c && named[i] is Ty n) Match(c, n, types);
    }

    private static void Match(Ty code, Ty named, Dictionary<ErasedTy, Ty> types)
    {
        if (!code.HasAny(TypeFlags.HasErased)) return;
        switch (code, named)
        {
            case (ErasedTy e, _): types.TryAdd(e, named); break;
            case (AdtTy c, AdtTy n): Match(c.Args, n.Args, types); break;
            case (FnDefTy c, FnDefTy n): Match(c.Args, n.Args, types); break;
            case (ClosureTy c, ClosureTy n): Match(c.Args, n.Args, types); break;
            case (RefTy c, RefTy n): Match(c.Pointee, n.Pointee, types); break;
            case (RawPtrTy c, RawPtrTy n): Match(c.Pointee, n.Pointee, types); break;
            case (SliceTy c, SliceTy n): Match(c.Element, n.Element, types); break;
            case (ArrayTy c, ArrayTy n): Match(c.Element, n.Element, types); break;
            case (TupleTy c, TupleTy n):
                for (int i = 0; i < Math.Min(c.Elements.Length, n.Elements.Length); i++) Match(c.Elements[i], n.Elements[i], types);
                break;
        }
    }

    private sealed class Substitution(TyCtxt tcx, Dictionary<ErasedTy, Ty> types) : TypeFolder(tcx)
    {
        public override Ty FoldTy(Ty ty)
        {
            if (!ty.HasAny(TypeFlags.HasErased)) return ty;
            return ty is ErasedTy e ? types.GetValueOrDefault(e, e) : SuperFold(ty);
        }
    }
}
