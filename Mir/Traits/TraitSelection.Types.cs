namespace Mirlink.Mir.Traits;

/// <summary>Properties and parts of concrete types.</summary>
public sealed partial class TraitSelection
{
    private readonly ConcurrentMap<GenericArg, bool, ById<GenericArg>> _needsDrop = new();
    private readonly ConcurrentMap<GenericArg, Ty[], ById<GenericArg>> _upvars = new();
    private readonly ConcurrentMap<DefId, U128> _explicitDiscriminants = new();

    public bool IsCopy(Ty ty) => ty switch
    {
        PrimTy => ty.Kind != TyKind.Str,
        RefTy r => r.Mutbl == Mutability.Not,
        RawPtrTy or FnDefTy or FnPtrTy => true,
        SliceTy or DynamicTy => false,
        _ => ImplementsLang("copy", ty),
    };

    public bool IsSized(Ty ty) => ty switch
    {
        PrimTy => ty.Kind != TyKind.Str,
        RefTy or RawPtrTy or FnDefTy or FnPtrTy or ArrayTy or ClosureTy or ErasedTy => true,
        SliceTy or DynamicTy or ForeignTy => false,
        _ => ImplementsLang("sized", ty),
    };

    public bool IsFreeze(Ty ty) => ty switch
    {
        PrimTy or RefTy or RawPtrTy or FnDefTy or FnPtrTy => true,
        _ => ImplementsLang("freeze", ty),
    };

    public bool IsUnpin(Ty ty) => ty switch
    {
        PrimTy or RefTy or RawPtrTy or FnDefTy or FnPtrTy => true,
        _ => ImplementsLang("unpin", ty),
    };

    // -- drop ------------------------------------------------------------------------------------------------------------------------------------

    public bool NeedsDrop(Ty ty) => NeedsDropNormalized(NormalizeErasingRegions(ty));

    /// <summary>Types contain themselves only behind pointers or destructors, so this ends.</summary>
    private bool NeedsDropNormalized(Ty ty)
    {
        switch (ty)
        {
            case PrimTy or RefTy or RawPtrTy or FnDefTy or FnPtrTy or ForeignTy: return false;
            case ErasedTy e: return e.Class.NeedsDrop;
            // The witnesses of a coroutine are known only after its need for drop glue is, so rustc says that all need it.
            case DynamicTy or ClosureTy { Kind: TyKind.Coroutine } or ParamTy or AliasTy: return true;
        }
        if (_needsDrop.TryGetValue(ty, out bool known)) return known;
        bool result = DropsComponents(ty);
        _needsDrop.TryAdd(ty, result);
        return result;
    }

    private bool DropsComponents(Ty ty)
    {
        switch (ty)
        {
            case PatTy t: return NeedsDropNormalized(t.Base);
            case SliceTy t: return NeedsDropNormalized(t.Element);
            case ArrayTy t: return !(t.Length.TryBits is { } n && n == 0) && NeedsDropNormalized(t.Element);
            case TupleTy t: return AnyNeedsDrop(t.Elements);
            case UnsafeBinderTy t: return NeedsDrop(new BinderEraser(_tcx).FoldTy(t.Inner.Value));
            case ClosureTy t: return AnyNeedsDrop(UpvarTys(t));
            case AdtTy t:
                {
                    var def = _tcx.AdtDef(t.Def);
                    if (def.IsManuallyDrop) return false;
                    if (_tcx.AdtDestructor(t.Def) is not null) return true;
                    if (def.IsUnion) return false;
                    for (int v = 0; v < def.Variants.Length; v++)
                        for (int f = 0; f < def.Variants[v].Fields.Length; f++)
                            if (NeedsDropNormalized(FieldTy(t, v, f))) return true;
                    return false;
                }
            default: return false;
        }
    }

    private bool AnyNeedsDrop(Ty[] types)
    {
        foreach (var t in types) if (NeedsDropNormalized(t)) return true;
        return false;
    }

    // -- parts ----------------------------------------------------------------------------------------------------------------------------------------

    public Ty FieldTy(AdtTy adt, int variant, int field) =>
        InstantiateAndNormalize(_tcx.TypeOf(_tcx.AdtDef(adt.Def).Variants[variant].Fields[field].Def), adt.Args);

    public Ty[] UpvarTys(ClosureTy closure) => _upvars.GetOrAdd(closure, static (c, me) =>
        me.NormalizeErasingRegions(TupledUpvars((ClosureTy)c)) is TupleTy t ? t.Elements : throw new BugException($"upvars of {c} are not a tuple"), this);

    public Ty StructTail(Ty ty)
    {
        ty = NormalizeErasingRegions(ty);
        return IsSized(ty) ? ty : RawTail(ty);
    }

    /// <summary>Last field of the last field and so on (rustc's struct_tail).</summary>
    private Ty RawTail(Ty ty)
    {
        ty = NormalizeErasingRegions(ty);
        for (int i = 0; i < DepthLimit; i++)
        {
            switch (ty)
            {
                case AdtTy t:
                    {
                        var def = _tcx.AdtDef(t.Def);
                        if (def.Kind != AdtKind.Struct || def.Variants[0].Fields is not { Length: > 0 } fields) return ty;
                        ty = FieldTy(t, 0, fields.Length - 1);
                        break;
                    }
                case TupleTy { Elements.Length: > 0 } t: ty = t.Elements[^1]; break;
                case PatTy t: ty = t.Base; break;
                default: return ty;
            }
        }
        throw new MirlinkException($"reached the recursion limit finding the struct tail of `{Describe(ty)}`");
    }

    // -- discriminants ------------------------------------------------------------------------------------------------------------------------------------

    public Ty DiscriminantTy(Ty ty) => ty switch
    {
        AdtTy t when _tcx.AdtDef(t.Def) is { IsEnum: true } def => def.Repr.Int is { } i ? i : Interner.Isize,
        ClosureTy { Kind: TyKind.Coroutine } => Interner.U32,
        PatTy t => DiscriminantTy(t.Base),
        UnsafeBinderTy t => DiscriminantTy(NormalizeErasingRegions(new BinderEraser(_tcx).FoldTy(t.Inner.Value))),
        _ => Interner.U8,
    };

    public U128 DiscriminantFor(Ty ty, int variant)
    {
        switch (ty)
        {
            case ClosureTy { Kind: TyKind.Coroutine }: return (U128)variant;
            case PatTy t: return DiscriminantFor(t.Base, variant);
            case AdtTy t when _tcx.AdtDef(t.Def) is { IsEnum: true } def:
                {
                    var v = def.Variants[variant];
                    U128 value;
                    if (v.ExplicitDiscr is { } own) value = ExplicitDiscriminant(own);
                    else
                    {
                        // Relative to an earlier variant: from its explicit value, or from zero if it has none.
                        int at = variant - (int)v.RelativeDiscr;
                        value = (at >= 0 && at != variant && def.Variants[at].ExplicitDiscr is { } explicitDef ? ExplicitDiscriminant(explicitDef) : 0) + v.RelativeDiscr;
                    }
                    int bits = ((PrimTy)DiscriminantTy(ty)).ByteSize * 8;
                    return bits == 128 ? value : value & ((U128.One << bits) - 1);
                }
            default: return 0;
        }
    }

    private U128 ExplicitDiscriminant(DefId def)
    {
        if (_explicitDiscriminants.TryGetValue(def, out var known)) return known;
        var c = _tcx.Eval.EvaluateTypeConst(Interner.ConstUnevaluated(def, _tcx.IdentityArgs(def)));
        var value = c.TryBits ?? throw new BugException($"discriminant {_tcx.DefPath(def)} is not an integer");
        _explicitDiscriminants.TryAdd(def, value);
        return value;
    }
}
