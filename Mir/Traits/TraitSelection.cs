using System.Numerics;

namespace Mirlink.Mir.Traits;

/// <summary>A definition with generic arguments, as a key: both are compared by identity.</summary>
internal readonly record struct DefArgs(DefId Def, GenericArgs Args)
{
    public bool Equals(DefArgs o) => Def == o.Def && ReferenceEquals(Args, o.Args);
    public override int GetHashCode() => (int)(BitOperations.RotateLeft((uint)Args.Id * 0x85EBCA6B, 13) ^ (uint)Def.GetHashCode());
}

internal readonly record struct ArgUnderArgs(GenericArg Value, GenericArgs Args)
{
    public bool Equals(ArgUnderArgs o) => ReferenceEquals(Value, o.Value) && ReferenceEquals(Args, o.Args);
    public override int GetHashCode() => (int)(BitOperations.RotateLeft((uint)Args.Id * 0x85EBCA6B, 13) ^ (uint)Value.Id);
}

/// <summary>
/// Trait selection, normalization and what follows from them, for monomorphic code: what rustc's codegen_select_candidate, normalize_erasing_regions and
/// Instance::resolve say. Thread-safe; answers are cached for the session.
/// </summary>
/// <remarks>
/// There is no inference: trait references are concrete, so an impl applies if its header matches one way and its where-clauses hold. References that come
/// from checked code are known to hold ("assumed"), so where-clauses are looked at only where several impls match; <see cref="Implements"/> and
/// everything below it is strict.
/// </remarks>
public sealed partial class TraitSelection : ITraits
{
    private readonly TyCtxt _tcx;
    private readonly ImplTable _impls;
    private readonly ConcurrentMap<ArgUnderArgs, GenericArg> _instantiated = new();

    public TraitSelection(TyCtxt tcx)
    {
        _tcx = tcx;
        _impls = new ImplTable(tcx);
    }

    private Interner Interner => _tcx.Interner;

    // -- normalization -------------------------------------------------------------------------------------------------------------------------

    public T NormalizeErasingRegions<T>(T value) where T : GenericArg => (T)Checked(Normalize(value, strict: false), value);

    public GenericArgs NormalizeErasingRegions(GenericArgs value)
    {
        var r = Normalize(value, strict: false);
        if (r.HasAny(TypeFlags.HasError) && !value.HasAny(TypeFlags.HasError)) throw new BugException($"cannot normalize {Describe(value)}");
        return r;
    }

    public FnSig NormalizeErasingRegions(FnSig value)
    {
        Ty[]? inputs = null;
        for (int i = 0; i < value.Inputs.Length; i++)
        {
            var n = NormalizeErasingRegions(value.Inputs[i]);
            if (ReferenceEquals(n, value.Inputs[i])) continue;
            inputs ??= (Ty[])value.Inputs.Clone();
            inputs[i] = n;
        }
        var output = NormalizeErasingRegions(value.Output);
        return inputs is null && ReferenceEquals(output, value.Output) ? value : value with { Inputs = inputs ?? value.Inputs, Output = output };
    }

    public T InstantiateAndNormalize<T>(T value, GenericArgs args) where T : GenericArg
    {
        if (!value.HasAny(Normalizer.Interesting | TypeFlags.NeedsSubst)) return value;
        if (!value.HasAny(TypeFlags.NeedsSubst)) return NormalizeErasingRegions(value);
        if (value is ParamTy p && p.Index < args.Count) return (T)NormalizeErasingRegions(args[p.Index]);
        var key = new ArgUnderArgs(value, args);
        if (_instantiated.TryGetValue(key, out var done)) return (T)done;
        done = NormalizeErasingRegions<GenericArg>(_tcx.Instantiate<GenericArg>(value, args));
        _instantiated.TryAdd(key, done);
        return (T)done;
    }

    public GenericArgs InstantiateAndNormalize(GenericArgs value, GenericArgs args)
    {
        if (!value.HasAny(Normalizer.Interesting | TypeFlags.NeedsSubst)) return value;
        return NormalizeErasingRegions(_tcx.Instantiate(value, args));
    }

    private GenericArg Checked(GenericArg result, GenericArg input) =>
        result.HasAny(TypeFlags.HasError) && !input.HasAny(TypeFlags.HasError) ? throw new BugException($"cannot normalize {Describe(input)}") : result;

    // -- selection -------------------------------------------------------------------------------------------------------------------------------

    public ImplSource? Select(TraitRef traitRef)
    {
        var args = Normalize(traitRef.Args, strict: true);
        if (args.HasAny(TypeFlags.HasError)) return null;
        return SelectStrict(traitRef.Def, args) switch
        {
            null => null,
            { Kind: SelectionKind.Impl } s => new ImplSource.UserDefined(s.Impls[0].Impl.Def, s.Impls[0].Args),
            _ => ImplSource.Builtin.Instance,
        };
    }

    public bool Implements(TraitRef traitRef) => Holds(traitRef.Def, Normalize(traitRef.Args, strict: true));

    public bool ImplementsLang(string langItem, Ty ty) => _tcx.TryLangItem(langItem) is { } trait && Holds(trait, Interner.Args([Normalize(ty)]));

    private Ty Normalize(Ty ty) => (Ty)Normalize(ty, strict: true);

    // -- names for messages -----------------------------------------------------------------------------------------------------------------------

    private string Describe(GenericArg arg) => arg switch
    {
        AdtTy t => _tcx.DefPath(t.Def) + Describe(t.Args),
        AliasTy t => $"<alias {_tcx.DefPath(t.Def)}{Describe(t.Args)}>",
        FnDefTy t => _tcx.DefPath(t.Def) + Describe(t.Args),
        ClosureTy t => _tcx.DefPath(t.Def) + Describe(t.Args),
        ForeignTy t => _tcx.DefPath(t.Def),
        RefTy t => (t.Mutbl == Mutability.Mut ? "&mut " : "&") + Describe(t.Pointee),
        RawPtrTy t => (t.Mutbl == Mutability.Mut ? "*mut " : "*const ") + Describe(t.Pointee),
        SliceTy t => $"[{Describe(t.Element)}]",
        ArrayTy t => $"[{Describe(t.Element)}; {Describe(t.Length)}]",
        TupleTy t => $"({string.Join(", ", t.Elements.Select(Describe))})",
        DynamicTy t => "dyn " + string.Join(" + ", t.Predicates.Select(p => p.Value switch
        {
            ExistentialPredicate.Trait x => _tcx.DefPath(x.Def) + Describe(x.Args),
            ExistentialPredicate.Projection x => _tcx.DefPath(x.Def) + Describe(x.Args) + " = " + Describe(x.Term),
            ExistentialPredicate.AutoTrait x => _tcx.DefPath(x.Def),
            _ => "?",
        })),
        Const { Kind: ConstKind.Unevaluated } c => $"{{const {_tcx.DefPath(c.Def)}{Describe(c.Args!)}}}",
        _ => arg.ToString()!,
    };

    private string Describe(GenericArgs args) => args.Count == 0 ? "" : $"<{string.Join(", ", args.Span.ToArray().Select(Describe))}>";

    private string Describe(DefId trait, GenericArgs args) => $"{Describe(args[0])}: {_tcx.DefPath(trait)}{(args.Count > 1 ? Describe(Interner.Args(args.Span[1..])) : "")}";
}
