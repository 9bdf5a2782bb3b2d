namespace Mirlink.Mir.Abi;

/// <summary>What of the session decides about attributes of arguments and about unwinding.</summary>
/// <param name="Optimize">opt-level is not 0: what is known of references' pointees becomes attributes.</param>
/// <param name="PanicUnwind">-C panic=unwind.</param>
public sealed record LayoutOptions(bool Optimize = true, bool PanicUnwind = true);

/// <summary>
/// Layouts of types and ABIs of functions for x86_64-unknown-linux-gnu, equal to those of rustc (rustc_ty_utils::{layout, abi}). Thread-safe; layouts are
/// computed once per type. Normalization, type properties and discriminants come from <see cref="TyCtxt.Traits"/>.
/// </summary>
public sealed partial class LayoutCx(TyCtxt tcx, LayoutOptions? options = null) : ILayouts
{
    private readonly LayoutOptions _options = options ?? new LayoutOptions();
    private readonly ConcurrentMap<Ty, TyAndLayout, ById<Ty>> _layouts = new();
    private readonly ConcurrentMap<DefId, bool> _maybeUnsized = new();

    private TyCtxt Tcx => tcx;
    private Interner Interner => tcx.Interner;

    /// <summary>Types within types: a damaged crate may have one that contains itself.</summary>
    private const int MaxDepth = 1000;
    [ThreadStatic] private static int s_depth;

    public TyAndLayout LayoutOf(Ty ty)
    {
        if (_layouts.TryGetValue(ty, out var layout)) return layout;
        var normalized = ty.HasAny(TypeFlags.NeedsNormalization | TypeFlags.HasFreeRegions | TypeFlags.HasReParam) ? tcx.Traits.NormalizeErasingRegions(ty) : ty;
        if (ReferenceEquals(normalized, ty))
        {
            try
            {
                if (++s_depth > MaxDepth) throw new LayoutException("contains itself, or others within others too deep to have a layout");
                layout = Compute(ty);
            }
            catch (LayoutException e)
            {
                throw new MirlinkException($"the type `{ty}` {e.Message}", e);
            }
            finally
            {
                s_depth--;
            }
        }
        else
        {
            layout = LayoutOf(normalized);
        }
        return _layouts.GetOrAdd(ty, layout);
    }

    private TyAndLayout[] LayoutsOf(ReadOnlySpan<Ty> tys)
    {
        var layouts = new TyAndLayout[tys.Length];
        for (int i = 0; i < layouts.Length; i++) layouts[i] = LayoutOf(tys[i]);
        return layouts;
    }

    private TyAndLayout Compute(Ty ty)
    {
        switch (ty)
        {
            case PrimTy p:
                return p.Kind switch
                {
                    TyKind.Bool => ScalarLayout(ty, Scalar.Integer(1, false) with { End = 1 }),
                    TyKind.Char => ScalarLayout(ty, Scalar.Integer(4, false) with { End = 0x10FFFF }),
                    TyKind.Int or TyKind.Uint => ScalarLayout(ty, Scalar.Integer(p.ByteSize, p.IsSigned)),
                    TyKind.Float => ScalarLayout(ty, Scalar.Full((Primitive)((int)Primitive.F16 + (int)p.Float))),
                    TyKind.Never => LayoutData.Never().Freeze(ty, []),
                    TyKind.Str => LayoutCalculator.Array(LayoutOf(Interner.U8), null).Freeze(ty, [Interner.U8]),
                    _ => throw new BugException($"layout of {ty}"),
                };
            case FnPtrTy: return ScalarLayout(ty, Scalar.NonNull);
            case RefTy r: return PointerLayout(r, r.Pointee);
            case RawPtrTy r: return PointerLayout(r, r.Pointee);
            case ArrayTy a: return LayoutCalculator.Array(LayoutOf(a.Element), ArrayLength(a)).Freeze(ty, [a.Element]);
            case SliceTy s: return LayoutCalculator.Array(LayoutOf(s.Element), null).Freeze(ty, [s.Element]);
            case FnDefTy: return LayoutData.Unit(sized: true).Freeze(ty, []);
            case DynamicTy or ForeignTy: return LayoutData.Unit(sized: false).Freeze(ty, []);
            case TupleTy t:
                return LayoutCalculator.Univariant(LayoutsOf(t.Elements), null, t.Elements.Length == 0 ? StructKind.AlwaysSized : StructKind.MaybeUnsized).Freeze(ty, t.Elements);
            case ClosureTy { Kind: TyKind.Closure or TyKind.CoroutineClosure } c:
                {
                    var upvars = tcx.Traits.UpvarTys(c);
                    return LayoutCalculator.Univariant(LayoutsOf(upvars), null, StructKind.AlwaysSized).Freeze(ty, upvars);
                }
            case ClosureTy { Kind: TyKind.Coroutine } c: return CoroutineLayout(c);
            case PatTy p: return PatternLayout(p);
            case UnsafeBinderTy b:
                {
                    // the same with another type; it cannot have variants that would need theirs
                    var inner = LayoutOf(EraseInner(b));
                    return inner.Variants == VariantsKind.Multiple ? throw new UnsupportedException("an unsafe binder of an enum") : WithTy(inner, ty);
                }
            case AdtTy a: return AdtLayout(a);
            case ErasedTy e: return ErasedLayout(e);
            default: throw new BugException($"layout of {ty}: it is not concrete");
        }
    }

    /// <summary>Without fields: nobody looks into a type that is only moved.</summary>
    private static TyAndLayout ErasedLayout(ErasedTy ty)
    {
        var c = ty.Class;
        return new LayoutData
        {
            Size = c.Size,
            Align = c.Align,
            Repr = c.Repr,
            Fields = c.Repr.IsScalar ? FieldsShapeKind.Primitive : FieldsShapeKind.Arbitrary,
            LargestNiche = c.LargestNiche,
            Uninhabited = c.Uninhabited,
            MaxReprAlign = c.MaxReprAlign,
            UnadjustedAbiAlign = c.UnadjustedAbiAlign,
        }.Freeze(ty, []);
    }

    private Ty EraseInner(UnsafeBinderTy b) => new BinderEraser(tcx).FoldTy(b.Inner.Value);

    private static TyAndLayout ScalarLayout(Ty ty, Scalar s) => LayoutData.OfScalar(s).Freeze(ty, []);

    private static TyAndLayout WithTy(TyAndLayout l, Ty ty) => LayoutData.From(l).Freeze(ty, l.FieldTys);

    private static ulong ArrayLength(ArrayTy a) => a.Length.TryBits is { } n ? (ulong)n : throw new BugException($"layout of {a}: its length is not evaluated");

    private TyAndLayout PointerLayout(Ty ty, Ty pointee)
    {
        var data = ty is RefTy ? Scalar.NonNull : Scalar.Full(Primitive.Pointer);
        Ty metadata;
        Scalar metadataScalar;
        switch (tcx.Traits.StructTail(pointee))
        {
            case SliceTy or PrimTy { Kind: TyKind.Str }:
                metadata = Interner.Usize;
                metadataScalar = Scalar.Integer(8, false);
                break;
            case DynamicTy d:
                metadata = Interner.Ref(Interner.Array(Interner.Usize, (ulong)MinVtableEntries(d)), Mutability.Not);
                metadataScalar = Scalar.NonNull;
                break;
            default: return ScalarLayout(ty, data);
        }
        var thin = ty is RefTy ? (Ty)Interner.Ref(Interner.Unit, Mutability.Mut) : Interner.RawPtr(Interner.Unit, Mutability.Mut);
        return LayoutData.OfScalarPair(data, metadataScalar).Freeze(ty, [thin, metadata]);
    }

    /// <summary>Number of entries that every vtable of the type has: the header and the methods of the principal trait and its supertraits.</summary>
    private int MinVtableEntries(DynamicTy dyn)
    {
        const int header = 3; // drop_in_place, size, align
        if (dyn.Principal is not { } principal) return header;
        int count = header;
        var seen = new HashSet<DefId> { principal.Def };
        var queue = new Queue<DefId>(seen);
        while (queue.TryDequeue(out var trait))
        {
            foreach (var item in tcx.AssociatedItemDefIds(trait))
                if (tcx.AssocItem(item) is { Kind: AssocKind.Fn } && !RequiresSizedSelf(item)) count++;
            foreach (var p in tcx.SuperPredicatesOf(trait))
                if (p.Value is Clause.Trait { Negative: false, TraitRef: { } t } && t.SelfTy is ParamTy { Index: 0 } && seen.Add(t.Def)) queue.Enqueue(t.Def);
        }
        return count;
    }

    private bool RequiresSizedSelf(DefId method)
    {
        foreach (var p in tcx.PredicatesOf(method).Predicates)
            if (p.Value is Clause.Trait { Negative: false, TraitRef: { } t } && t.SelfTy is ParamTy { Index: 0 } && ImpliesSized(t.Def)) return true;
        return false;
    }

    private TyAndLayout PatternLayout(PatTy ty)
    {
        var data = LayoutData.From(LayoutOf(ty.Base));
        if (!data.Repr.IsScalar && !(data.Repr.IsScalarPair && ty.Pattern is TyPattern.NotNull)) throw new BugException($"layout of {ty}: its base is no scalar");
        var s = data.Repr.A;
        static U128 Bits(Const c) => c.TryBits ?? throw new BugException($"a bound of a pattern type is not evaluated: {c}");
        switch (ty.Pattern)
        {
            case TyPattern.NotNull:
                s = s with { Start = 1 };
                break;
            case TyPattern.Range r:
                s = s with { Start = Bits(r.Start), End = Bits(r.End) };
                break;
            case TyPattern.Or { Alternatives: [TyPattern.Range a, TyPattern.Range b] }:
                {
                    // two ranges of a signed integer that touch where it overflows: one that wraps around
                    if (!s.Signed) throw new UnsupportedException("an or-pattern type of an unsigned base");
                    var minimum = U128.One << (s.Size * 8 - 1);
                    var (low, high) = Bits(a.Start) == minimum ? (a, b) : (b, a);
                    s = s with { Start = Bits(high.Start), End = Bits(low.End) };
                    break;
                }
            default: throw new UnsupportedException("this kind of pattern type");
        }
        data.Repr = data.Repr with { A = s };
        data.LargestNiche = new Niche(0, s);
        data.Fields = FieldsShapeKind.Arbitrary;
        data.Offsets = [0];
        data.InMemoryOrder = [0];
        return data.Freeze(ty, [ty.Base]);
    }

    private TyAndLayout CoroutineLayout(ClosureTy ty)
    {
        var info = CoroutineInfo(ty);
        var maybeUninit = tcx.LangItem("maybe_uninit");
        var savedTys = new Ty[info.FieldTys.Length];
        var locals = new TyAndLayout[savedTys.Length];
        for (int i = 0; i < savedTys.Length; i++)
        {
            savedTys[i] = tcx.Traits.InstantiateAndNormalize(info.FieldTys[i], ty.Args);
            locals[i] = LayoutOf(Interner.Adt(maybeUninit, Interner.Args([savedTys[i]])));
        }
        var upvars = tcx.Traits.UpvarTys(ty);
        var data = LayoutCalculator.Coroutine(locals, LayoutsOf(upvars), info.VariantFields, info.StorageConflicts, tag => ScalarLayout(TagTy(tag), tag));
        return data.Freeze(ty, [.. upvars, TagTy(data.Tag)], v => System.Array.ConvertAll(info.VariantFields[v], l => savedTys[l]));
    }

    /// <summary>The saved locals of a coroutine; those of the by-move body where a coroutine-closure was called by value.</summary>
    private CoroutineLayout CoroutineInfo(ClosureTy ty)
    {
        var body = ty.Def;
        if (tcx.Parent(body) is { } parent && tcx.LangItemName(parent) == "async_drop_in_place") throw new UnsupportedException("async drop");
        var kind = ty.Args.Type(ty.Args.Count - 5);
        if (!kind.IsUnit && tcx.TryTypeOf(ty.Def) is ClosureTy identity && !ReferenceEquals(identity.Args.Type(identity.Args.Count - 5), kind))
            body = tcx.CoroutineByMoveBody(ty.Def) ?? throw new BugException($"no by-move body of {tcx.DefPath(ty.Def)}");
        return tcx.CoroutineLayout(body) ?? throw new UnsupportedException($"the coroutine {tcx.DefPath(ty.Def)}, whose layout is not in its crate's metadata");
    }

    /// <summary>The integer or pointer type that holds a tag.</summary>
    private Ty TagTy(Scalar tag) => tag.IsPointer
        ? Interner.RawPtr(Interner.Unit, Mutability.Mut)
        : tag.Signed
            ? Interner.Int(tag.Size switch { 1 => IntTy.I8, 2 => IntTy.I16, 4 => IntTy.I32, 8 => IntTy.I64, _ => IntTy.I128 })
            : Interner.Uint(tag.Size switch { 1 => UintTy.U8, 2 => UintTy.U16, 4 => UintTy.U32, 8 => UintTy.U64, _ => UintTy.U128 });

    private TyAndLayout AdtLayout(AdtTy ty)
    {
        var def = tcx.AdtDef(ty.Def);
        var repr = def.Repr;
        if ((repr.Flags & ReprFlags.Scalable) != 0) throw new UnsupportedException("a scalable vector type");
        var fieldTys = new Ty[def.Variants.Length][];
        var fields = new TyAndLayout[def.Variants.Length][];
        for (int v = 0; v < fields.Length; v++)
        {
            int n = def.Variants[v].Fields.Length;
            fieldTys[v] = new Ty[n];
            for (int f = 0; f < n; f++) fieldTys[v][f] = tcx.Traits.FieldTy(ty, v, f);
        }
        if (repr.Simd)
        {
            if (fieldTys is not [[ArrayTy lanes]]) throw new BugException($"layout of {ty}: a SIMD type is a struct of one array");
            return LayoutCalculator.Simd(LayoutOf(lanes.Element), ArrayLength(lanes), repr.Pack is not null).Freeze(ty, fieldTys[0]);
        }
        for (int v = 0; v < fields.Length; v++) fields[v] = LayoutsOf(fieldTys[v]);
        if (def.IsUnion) return LayoutCalculator.Union(repr, fields[0]).Freeze(ty, fieldTys[0]);

        bool hideNiches = (def.Flags & (AdtFlags.IsUnsafeCell | AdtFlags.IsUnsafePinned)) != 0;
        bool maybeUnsized = def.Kind == AdtKind.Struct && fieldTys[0].Length > 0 && TailMaybeUnsized(ty.Def, def);
        var data = LayoutCalculator.StructOrEnum(repr, fields, def.IsEnum, hideNiches, tcx.Crate(ty.Def).LayoutScalarValidRange(ty.Def.Index),
            v => Discriminant(ty, repr, v), !maybeUnsized, tcx.Rules);

        if (data.Variants == VariantsKind.Multiple) return data.Freeze(ty, [TagTy(data.Tag)], v => fieldTys[v]);
        if (def.IsEnum && fields.Length > (data.Variants == VariantsKind.Single ? 1 : 0))
        {
            data.VariantLayouts = new LayoutData[fields.Length];
            for (int v = 0; v < fields.Length; v++)
                if (data.Variants == VariantsKind.Empty || v != data.VariantIndex) data.VariantLayouts[v] = LayoutData.UninhabitedVariant(v, fields[v].Length);
        }
        return data.Freeze(ty, data.Variants == VariantsKind.Empty ? [] : fieldTys[data.VariantIndex], v => fieldTys[v]);
    }

    private I128 Discriminant(AdtTy ty, ReprOptions repr, int variant)
    {
        var bits = tcx.Traits.DiscriminantFor(ty, variant);
        int size = repr.Int?.ByteSize ?? 8;
        if (!(repr.Int?.IsSigned ?? true)) return (I128)bits;
        int shift = 128 - size * 8;
        return (I128)(bits << shift) >> shift;
    }
}
