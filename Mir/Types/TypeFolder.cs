namespace Mirlink.Mir;

/// <summary>
/// Rebuilds a type with parts replaced. Override <see cref="FoldTy"/>, <see cref="FoldRegion"/> or <see cref="FoldConst"/> and call the base for the
/// rest; <see cref="Binders"/> is the number of binders gone under.
/// </summary>
public abstract class TypeFolder(TyCtxt tcx)
{
    protected TyCtxt Tcx { get; } = tcx;
    protected Interner Interner => Tcx.Interner;
    protected int Binders { get; private set; }

    public GenericArg Fold(GenericArg arg) => arg switch
    {
        Ty ty => FoldTy(ty),
        Region r => FoldRegion(r),
        Const c => FoldConst(c),
        _ => throw new BugException("unknown kind of generic argument"),
    };

    public virtual Region FoldRegion(Region region) => region;

    public virtual Const FoldConst(Const c) => SuperFold(c);

    public virtual Ty FoldTy(Ty ty) => SuperFold(ty);

    protected Const SuperFold(Const c) => c.Kind switch
    {
        ConstKind.Unevaluated => Interner.ConstUnevaluated(c.Def, Fold(c.Args!)),
        ConstKind.Expr => Interner.ConstExpr(c.Index, Fold(c.Args!)),
        ConstKind.Value => Interner.ConstValue(FoldTy(c.Type!), c.Value!),
        _ => c,
    };

    protected Ty SuperFold(Ty ty)
    {
        switch (ty)
        {
            case AdtTy t: { var a = Fold(t.Args); return ReferenceEquals(a, t.Args) ? t : Interner.Adt(t.Def, a); }
            // regions are numbered in the order of this walk, so it is rustc's
            case RefTy t: { var r = FoldRegion(t.Region); var p = FoldTy(t.Pointee); return ReferenceEquals(p, t.Pointee) && ReferenceEquals(r, t.Region) ? t : Interner.Ref(p, t.Mutbl, r); }
            case RawPtrTy t: { var p = FoldTy(t.Pointee); return ReferenceEquals(p, t.Pointee) ? t : Interner.RawPtr(p, t.Mutbl); }
            case TupleTy t: { var e = Fold(t.Elements); return ReferenceEquals(e, t.Elements) ? t : Interner.Tuple(e); }
            case SliceTy t: { var e = FoldTy(t.Element); return ReferenceEquals(e, t.Element) ? t : Interner.Slice(e); }
            case ArrayTy t: { var e = FoldTy(t.Element); var l = FoldConst(t.Length); return ReferenceEquals(e, t.Element) && ReferenceEquals(l, t.Length) ? t : Interner.Array(e, l); }
            case PatTy t: return Interner.Pat(FoldTy(t.Base), Fold(t.Pattern));
            case FnDefTy t: { var a = Fold(t.Args); return ReferenceEquals(a, t.Args) ? t : Interner.FnDef(t.Def, a); }
            case ClosureTy t: { var a = Fold(t.Args); return ReferenceEquals(a, t.Args) ? t : Interner.Closure(t.Kind, t.Def, a); }
            case AliasTy t: { var a = Fold(t.Args); return ReferenceEquals(a, t.Args) ? t : Interner.Alias(t.AliasKind, t.Def, a); }
            case FnPtrTy t:
                {
                    Binders++;
                    var s = Fold(t.Sig.Value);
                    Binders--;
                    return ReferenceEquals(s, t.Sig.Value) ? t : Interner.FnPtr(t.Sig.With(s));
                }
            case UnsafeBinderTy t:
                {
                    Binders++;
                    var i = FoldTy(t.Inner.Value);
                    Binders--;
                    return ReferenceEquals(i, t.Inner.Value) ? t : Interner.UnsafeBinder(t.Inner.With(i));
                }
            case DynamicTy t:
                {
                    Binders++;
                    var p = new Binder<ExistentialPredicate>[t.Predicates.Length];
                    for (int i = 0; i < p.Length; i++) p[i] = t.Predicates[i].With(Fold(t.Predicates[i].Value));
                    Binders--;
                    return Interner.Dynamic(p, FoldRegion(t.Region));
                }
            default: return ty;
        }
    }

    public GenericArgs Fold(GenericArgs args)
    {
        GenericArg[]? changed = null;
        for (int i = 0; i < args.Count; i++)
        {
            var f = Fold(args[i]);
            if (changed is null && !ReferenceEquals(f, args[i])) changed = args.Span.ToArray();
            if (changed is not null) changed[i] = f;
        }
        return changed is null ? args : Interner.Args(changed);
    }

    public Ty[] Fold(Ty[] types)
    {
        Ty[]? changed = null;
        for (int i = 0; i < types.Length; i++)
        {
            var f = FoldTy(types[i]);
            if (changed is null && !ReferenceEquals(f, types[i])) changed = (Ty[])types.Clone();
            if (changed is not null) changed[i] = f;
        }
        return changed ?? types;
    }

    /// <summary>Folds under the signature's own binder only if the caller has entered it (see <see cref="FoldBinder"/>).</summary>
    public FnSig Fold(FnSig sig)
    {
        var inputs = Fold(sig.Inputs);
        var output = FoldTy(sig.Output);
        return ReferenceEquals(inputs, sig.Inputs) && ReferenceEquals(output, sig.Output) ? sig : sig with { Inputs = inputs, Output = output };
    }

    public Binder<FnSig> FoldBinder(Binder<FnSig> sig)
    {
        Binders++;
        var s = Fold(sig.Value);
        Binders--;
        return sig.With(s);
    }

    public TyPattern Fold(TyPattern p) => p switch
    {
        TyPattern.Range r => new TyPattern.Range(FoldConst(r.Start), FoldConst(r.End)),
        TyPattern.Or or => new TyPattern.Or(System.Array.ConvertAll(or.Alternatives, Fold)),
        _ => p,
    };

    public ExistentialPredicate Fold(ExistentialPredicate p) => p switch
    {
        ExistentialPredicate.Trait t => new ExistentialPredicate.Trait(t.Def, Fold(t.Args)),
        ExistentialPredicate.Projection j => new ExistentialPredicate.Projection(j.Def, Fold(j.Args), Fold(j.Term)),
        _ => p,
    };
}

/// <summary>Replaces parameters by arguments (rustc's EarlyBinder::instantiate). Arguments that escape binders are shifted.</summary>
public sealed class ArgFolder(TyCtxt tcx, GenericArgs args) : TypeFolder(tcx)
{
    public override Ty FoldTy(Ty ty)
    {
        if (!ty.HasAny(TypeFlags.NeedsSubst)) return ty;
        if (ty is not ParamTy p) return SuperFold(ty);
        if (p.Index >= args.Count || args[p.Index] is not Ty t) throw new BugException($"type parameter {p.Name}/{p.Index} is outside of its arguments {args}");
        return Binders == 0 || t.OuterExclusiveBinder == 0 ? t : Shifter.Shift(Tcx, t, Binders);
    }

    public override Const FoldConst(Const c)
    {
        if (!c.HasAny(TypeFlags.NeedsSubst)) return c;
        if (c.Kind != ConstKind.Param) return SuperFold(c);
        if (c.Index >= args.Count || args[c.Index] is not Const v) throw new BugException($"const parameter {c.Name}/{c.Index} is outside of its arguments {args}");
        return v;
    }

    public override Region FoldRegion(Region r)
    {
        if (r.Kind != RegionKind.ReEarlyParam) return r;
        if (r.Index >= args.Count || args[r.Index] is not Region s) return Interner.ReErased;
        return Binders == 0 || s.Kind != RegionKind.ReBound ? s : Interner.Region(RegionKind.ReBound, s.DeBruijn + Binders, s.Index, s.Name);
    }
}

/// <summary>Erases every region that is not bound; bound variables are numbered by first use and unused ones dropped (rustc's erase_and_anonymize_regions).</summary>
public sealed class RegionEraser(TyCtxt tcx) : TypeFolder(tcx)
{
    public override Ty FoldTy(Ty ty)
    {
        if (!ty.HasAny(TypeFlags.HasFreeRegions | TypeFlags.HasReParam | TypeFlags.HasBound | TypeFlags.HasBinder)) return ty;
        return SuperFold(ty switch
        {
            FnPtrTy t => Interner.FnPtr(BoundVarAnonymizer.Anonymize(Tcx, t.Sig, static (f, s) => f.Fold(s))),
            UnsafeBinderTy t => Interner.UnsafeBinder(BoundVarAnonymizer.Anonymize(Tcx, t.Inner, static (f, i) => f.FoldTy(i))),
            DynamicTy t => Interner.Dynamic(Array.ConvertAll(t.Predicates, p => BoundVarAnonymizer.Anonymize(Tcx, p, static (f, e) => f.Fold(e))), t.Region),
            _ => ty,
        });
    }

    public override Region FoldRegion(Region r) => r.Kind == RegionKind.ReBound
        ? r.Name is null ? r : Interner.Region(RegionKind.ReBound, r.DeBruijn, r.Index)
        : Interner.ReErased;
}

/// <summary>Renumbers the variables of one binder in order of first use, drops the unused ones (rustc's anonymize_bound_vars).</summary>
public sealed class BoundVarAnonymizer : TypeFolder
{
    private readonly Dictionary<int, int> _map = [];
    private readonly List<BoundVariableKind> _kinds = [];
    private BoundVarAnonymizer(TyCtxt tcx) : base(tcx) { }

    public static Binder<T> Anonymize<T>(TyCtxt tcx, Binder<T> binder, Func<BoundVarAnonymizer, T, T> fold) where T : notnull
    {
        if (binder.BoundVars.Length == 0) return binder;
        var folder = new BoundVarAnonymizer(tcx);
        var value = fold(folder, binder.Value);
        return new Binder<T>(value, [.. folder._kinds]);
    }

    private int Renumber(int index, BoundVariableKind kind)
    {
        if (_map.TryGetValue(index, out int n)) return n;
        _map.Add(index, n = _kinds.Count);
        _kinds.Add(kind);
        return n;
    }

    public override Ty FoldTy(Ty ty)
    {
        if (ty.OuterExclusiveBinder <= Binders) return ty;
        if (ty is not VarTy { Kind: TyKind.Bound } v) return SuperFold(ty);
        return v.DeBruijn == Binders ? Interner.BoundTy(v.DeBruijn, Renumber(v.Index, BoundVariableKind.Ty)) : v;
    }

    public override Region FoldRegion(Region r) => r.Kind == RegionKind.ReBound && r.DeBruijn == Binders
        ? Interner.Region(RegionKind.ReBound, r.DeBruijn, Renumber(r.Index, BoundVariableKind.Region))
        : r;

    public override Const FoldConst(Const c) => c.Kind == ConstKind.Bound && c.DeBruijn == Binders
        ? Interner.ConstBound(c.DeBruijn, Renumber(c.Index, BoundVariableKind.Const))
        : SuperFold(c);
}

/// <summary>Shifts escaping bound variables outwards by a number of binders.</summary>
public sealed class Shifter : TypeFolder
{
    private readonly int _by;
    private Shifter(TyCtxt tcx, int by) : base(tcx) { _by = by; }
    public static Ty Shift(TyCtxt tcx, Ty ty, int by) => new Shifter(tcx, by).FoldTy(ty);

    public override Ty FoldTy(Ty ty)
    {
        if (ty.OuterExclusiveBinder <= Binders) return ty;
        return ty is VarTy { Kind: TyKind.Bound } v ? Interner.BoundTy(v.DeBruijn + _by, v.Index) : SuperFold(ty);
    }
    public override Region FoldRegion(Region r) => r.Kind == RegionKind.ReBound && r.DeBruijn >= Binders ? Interner.Region(RegionKind.ReBound, r.DeBruijn + _by, r.Index, r.Name) : r;
    public override Const FoldConst(Const c) => c.Kind == ConstKind.Bound && c.DeBruijn >= Binders ? Interner.ConstBound(c.DeBruijn + _by, c.Index) : SuperFold(c);
}

/// <summary>Takes the outermost binder off: its bound regions become erased, its bound types and consts are errors (they do not occur in stable Rust).</summary>
public sealed class BinderEraser(TyCtxt tcx) : TypeFolder(tcx)
{
    public override Ty FoldTy(Ty ty)
    {
        if (ty.OuterExclusiveBinder <= Binders) return ty;
        if (ty is VarTy { Kind: TyKind.Bound } v) return v.DeBruijn == Binders ? Interner.ErrorTy : v.DeBruijn > Binders ? Interner.BoundTy(v.DeBruijn - 1, v.Index) : v;
        return SuperFold(ty);
    }
    public override Region FoldRegion(Region r)
    {
        if (r.Kind != RegionKind.ReBound || r.DeBruijn < Binders) return r;
        return r.DeBruijn == Binders ? Interner.ReErased : Interner.Region(RegionKind.ReBound, r.DeBruijn - 1, r.Index, r.Name);
    }
}
