using System.Text;
using Mirlink.Mir;
using Mirlink.Rustc.Metadata.Raw;
using AdtFlags = Mirlink.Mir.AdtFlags;
using Const = Mirlink.Mir.Const;
using CodegenFnAttrFlags = Mirlink.Mir.CodegenFnAttrFlags;
using CodegenFnAttrs = Mirlink.Mir.CodegenFnAttrs;
using CoroutineDesugaring = Mirlink.Mir.CoroutineDesugaring;
using DefId = Mirlink.Mir.DefId;
using FieldDef = Mirlink.Mir.FieldDef;
using FnSig = Mirlink.Mir.FnSig;
using GenericParamDef = Mirlink.Mir.GenericParamDef;
using GenericPredicates = Mirlink.Mir.GenericPredicates;
using Generics = Mirlink.Mir.Generics;
using ImplPolarity = Mirlink.Mir.ImplPolarity;
using InlineAttr = Mirlink.Mir.InlineAttr;
using IntrinsicDef = Mirlink.Mir.IntrinsicDef;
using Linkage = Mirlink.Mir.Linkage;
using OptimizeAttr = Mirlink.Mir.OptimizeAttr;
using Raw = Mirlink.Rustc.Metadata.Raw;
using PrimTy = Mirlink.Mir.PrimTy;
using ReprFlags = Mirlink.Mir.ReprFlags;
using ReprOptions = Mirlink.Mir.ReprOptions;
using TraitDef = Mirlink.Mir.TraitDef;
using TraitRef = Mirlink.Mir.TraitRef;
using VariantDef = Mirlink.Mir.VariantDef;

namespace Mirlink.Rustc.Import;

/// <summary>Generics, signatures, ADTs, traits, impls, attributes.</summary>
public sealed partial class RustcCrate
{
    public Generics? GenericsOf(int index)
    {
        if (_meta.GenericsOf((uint)index) is not { } g) return null;
        return new Generics(Def(g.Parent), (int)g.ParentCount, Array.ConvertAll(g.OwnParams, Import), g.HasSelf);
    }

    GenericParamDef Import(Raw.GenericParamDef p)
    {
        var (kind, hasDefault) = p.Kind switch
        {
            GenericParamDefKind.Type t => (GenericParamKind.Type, t.HasDefault),
            GenericParamDefKind.Const c => (GenericParamKind.Const, c.HasDefault),
            _ => (GenericParamKind.Lifetime, false),
        };
        return new GenericParamDef(_meta.Text(p.Name), Def(p.DefId), (int)p.Index, kind, hasDefault);
    }

    public GenericPredicates PredicatesOf(int index)
    {
        Binder<Clause>? self = null;
        if (_meta.DefKind((uint)index) is DefKindRow.Trait or DefKindRow.TraitAlias)
        {
            // rustc adds `Self: Trait` to what it encodes for a trait
            var own = (GenericsOf(index) ?? throw Damaged($"trait {index} has no generics")).OwnParams;
            var args = Array.ConvertAll(own, p => p.Kind switch
            {
                GenericParamKind.Lifetime => _interner.Region(Mir.RegionKind.ReEarlyParam, 0, p.Index, p.Name),
                GenericParamKind.Type => _interner.Param(p.Index, p.Name),
                _ => (Mir.GenericArg)_interner.ConstParam(p.Index, p.Name),
            });
            self = new Binder<Clause>(new Clause.Trait(new TraitRef(Local((uint)index), _interner.Args(args)), false), []);
        }
        if (_meta.ExplicitPredicatesOf((uint)index) is not { } p) return new GenericPredicates(null, self is null ? [] : [self]);
        return new GenericPredicates(Def(p.Parent), Import(p.Predicates, self));
    }

    public Binder<Clause>[] SuperPredicatesOf(int index) => Import(_meta.ExplicitSuperPredicatesOf((uint)index));

    public Binder<Clause>[] ItemBounds(int index) => Import(_meta.ExplicitItemBounds((uint)index));

    public Ty? TypeOf(int index) => _meta.TypeOf((uint)index) is { } t ? Import(t) : null;

    public Const? ConstParamDefault(int index) => _meta.ConstParamDefault((uint)index) is { } c ? Import(c) : null;

    public Binder<FnSig>? FnSig(int index)
    {
        if (_meta.FnSig((uint)index) is not { } s) return null;
        return new Binder<FnSig>(Sig(s.Value.InputsAndOutput, s.Value.CVariadic, s.Value.Safety, s.Value.Abi), Import(s.BoundVars));
    }

    public CoroutineDesugaring? CoroutineKind(int index) => _meta.CoroutineKind((uint)index) switch
    {
        CoroutineKindRow.None => null,
        CoroutineKindRow.CoroutineMovable or CoroutineKindRow.CoroutineStatic => CoroutineDesugaring.None,
        <= CoroutineKindRow.DesugaredGenClosure => CoroutineDesugaring.Gen,
        <= CoroutineKindRow.DesugaredAsyncClosure => CoroutineDesugaring.Async,
        _ => CoroutineDesugaring.AsyncGen,
    };

    public DefId? CoroutineForClosure(int index) => Def(_meta.CoroutineForClosure((uint)index));

    public DefId? CoroutineByMoveBody(int index) => Def(_meta.CoroutineByMoveBodyDefId((uint)index));

    // ---- ADTs ----

    /// <summary>The definition is part of the item's own type, with variants and fields in order.</summary>
    public AdtDef? AdtDef(int index)
    {
        if (_meta.DefKind((uint)index) is not (DefKindRow.Struct or DefKindRow.Enum or DefKindRow.Union)) return null;
        if (_meta.TypeOf((uint)index) is not Raw.TyKind.Adt { F0: var a }) throw Damaged($"the type of definition {index} is not that of a struct, enum or union");
        var flags = (AdtFlags)a.Flags;
        var kind = (flags & AdtFlags.IsEnum) != 0 ? AdtKind.Enum : (flags & AdtFlags.IsUnion) != 0 ? AdtKind.Union : AdtKind.Struct;
        return new AdtDef(Def(a.Did), kind, Array.ConvertAll(a.Variants, Import), flags, Import(a.Repr));
    }

    VariantDef Import(Raw.VariantDef v)
    {
        var explicitDiscr = v.Discr is VariantDiscr.Explicit e ? Def(e.F0) : (DefId?)null;
        var relative = v.Discr is VariantDiscr.Relative r ? r.F0 : 0;
        var fields = Array.ConvertAll(v.Fields, f => new FieldDef(Def(f.Did), _meta.Text(f.Name), f.Vis is VisibilityDefId.Restricted m ? Def(m.F0) : null, (Mir.Safety)f.Safety, Def(f.Value)));
        return new VariantDef(Def(v.DefId), _meta.Text(v.Name), v.Ctor is { } c ? Def(c.Item2) : null, v.Ctor?.Item1 == CtorKind.Fn, explicitDiscr, relative, fields, (v.Flags & VariantFlags.IsFieldListNonExhaustive) != 0);
    }

    ReprOptions Import(Raw.ReprOptions r)
    {
        PrimTy? integer = r.Int switch
        {
            null => null,
            IntegerType.Pointer p => p.F0 ? _interner.Isize : _interner.Usize,
            // I8.. follow isize and usize
            IntegerType.Fixed f => f.F1 ? _interner.Int((Mir.IntTy)(1 + (int)f.F0)) : _interner.Uint((Mir.UintTy)(1 + (int)f.F0)),
            _ => throw new BugException("repr"),
        };
        if (r.Scalable is not null) throw Unsupported("#[rustc_scalable_vector]");
        return new ReprOptions(integer, Bytes(r.Align), Bytes(r.Pack), (ReprFlags)r.Flags, r.FieldShuffleSeed);
    }

    static ulong? Bytes(Align? a) => a is { } some ? 1UL << some.Pow2 : null;

    public (U128? Start, U128? End) LayoutScalarValidRange(int index)
    {
        U128? start = null, end = null;
        if (_meta.DefKind((uint)index) != DefKindRow.Struct) return default;
        foreach (var a in _meta.Attributes((uint)index) ?? [])
        {
            if (a is not Raw.Attribute.Parsed p) continue;
            if (p.F0 is AttributeKind.RustcLayoutScalarValidRangeStart s) start = s.F0;
            else if (p.F0 is AttributeKind.RustcLayoutScalarValidRangeEnd e) end = e.F0;
        }
        return (start, end);
    }

    public DefId? AdtDestructor(int index) => _meta.AdtDestructor((uint)index) is { } d ? Def(d.Did) : null;

    // ---- traits and impls ----

    public TraitDef? TraitDef(int index)
    {
        if (_meta.TraitDef((uint)index) is not { } t) return null;
        return new TraitDef(Def(t.DefId), (Mir.Safety)t.Safety, t.HasAutoImpl, t.IsMarker, t.ParenSugar, (Mir.TraitSpecializationKind)t.SpecializationKind);
    }

    public ImplHeader? ImplHeader(int index) => _meta.ImplTraitHeader((uint)index) is { } h ? new ImplHeader(Import(h.TraitRef), (ImplPolarity)h.Polarity) : null;

    public Defaultness Defaultness(int index) => (Defaultness)_meta.Defaultness((uint)index);

    public bool IsConstFn(int index) => _meta.DefKind((uint)index) switch
    {
        // a missing row means const, so only kinds that have rows may be asked
        DefKindRow.Fn or DefKindRow.AssocFn or DefKindRow.Closure or DefKindRow.CtorStructFn or DefKindRow.CtorVariantFn => _meta.Constness((uint)index) == ConstnessRow.Const,
        _ => false,
    };

    public int[] AssociatedItemDefIndices(int index)
    {
        if (_meta.DefKind((uint)index) is not (DefKindRow.Trait or DefKindRow.TraitAlias or DefKindRow.Impl or DefKindRow.ImplOfTrait)) return [];
        return _meta.AssociatedItemOrFieldDefIds((uint)index) is { } items ? Array.ConvertAll(items, static i => (int)i) : [];
    }

    public AssocItem? AssocItem(int index)
    {
        if (_meta.AssocContainer((uint)index) is not { } container) return null;
        var kind = _meta.DefKind((uint)index) switch
        {
            DefKindRow.AssocConst or DefKindRow.AssocConstIsTypeConst => AssocKind.Const,
            DefKindRow.AssocFn => AssocKind.Fn,
            DefKindRow.AssocTy => AssocKind.Type,
            var other => throw Damaged($"definition {index} is an associated item and a {other}"),
        };
        var isRpitit = kind == AssocKind.Type && _meta.HasOptRpititInfo((uint)index);
        var key = DefKey(index);
        var traitItem = container is AssocContainer.TraitImpl { F0: { IsErr: false } item } ? Def(item.Ok) : (DefId?)null;
        return new AssocItem(Local((uint)index), kind, isRpitit ? null : key.Name, new DefId(Number, key.Parent), container is AssocContainer.Trait, traitItem, isRpitit);
    }

    // ---- attributes ----

    public CodegenFnAttrs CodegenFnAttrs(int index)
    {
        if (_meta.CodegenFnAttrs((uint)index) is not { } a) return Mir.CodegenFnAttrs.None;
        var features = new string[a.TargetFeatures.Length];
        for (var i = 0; i < features.Length; i++) features[i] = _meta.Text(a.TargetFeatures[i].Name);
        return new CodegenFnAttrs((CodegenFnAttrFlags)a.Flags, a.Inline switch
        {
            Raw.InlineAttr.None => InlineAttr.None,
            Raw.InlineAttr.Hint => InlineAttr.Hint,
            Raw.InlineAttr.Never => InlineAttr.Never,
            _ => InlineAttr.Always,
        }, (OptimizeAttr)a.Optimize, Text(a.SymbolName), features, (Linkage?)a.Linkage, (Linkage?)a.ImportLinkage, Text(a.LinkSection), Bytes(a.Alignment));
    }

    public IntrinsicDef? Intrinsic(int index) => _meta.Intrinsic((uint)index) is { } i ? new IntrinsicDef(Releases.Intrinsic(_meta.Release, _meta.Text(i.Name)), i.MustBeOverridden) : null;
}
