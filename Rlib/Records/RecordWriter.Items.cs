using Mirlink.Mir;

namespace Mirlink.Rlib.Records;

internal sealed partial class RecordWriter
{
    private void Present<T>(T? value, Action<T> write) where T : class
    {
        Bool(value is not null);
        if (value is not null) write(value);
    }

    public void Item(ItemRecord r)
    {
        Present(r.Generics, GenericsOf);
        Present(r.Predicates, p => { OptDef(p.Parent); Clauses(p.Predicates); });
        Clauses(r.SuperPredicates);
        Clauses(r.ItemBounds);
        Present(r.TypeOf, Arg);
        Present(r.ConstParamDefault, Arg);
        Present(r.FnSig, s => { BoundVars(s.BoundVars); FnSig(s.Value); });
        Index(r.CoroutineKind is { } k ? (int)k : -1);
        OptDef(r.CoroutineForClosure);
        OptDef(r.CoroutineByMoveBody);
        Present(r.Adt, Adt);
        OptUint(r.ValidRange.Start);
        OptUint(r.ValidRange.End);
        Present(r.Trait, t => { Def(t.Def); Byte((byte)t.Safety); Bool(t.IsAuto); Bool(t.IsMarker); Bool(t.ParenSugar); Byte((byte)t.Specialization); });
        Present(r.ImplHeader, h => { TraitRef(h.TraitRef); Byte((byte)h.Polarity); });
        Byte((byte)r.Defaultness);
        Bool(r.IsConstFn);
        Array(r.AssociatedItems, i => Def(new DefId(crate.SessionCrate, i)));
        Present(r.AssocItem, a =>
        {
            Def(a.Def);
            Byte((byte)a.Kind);
            OptString(a.Name);
            Def(a.Container);
            Bool(a.InTrait);
            OptDef(a.TraitItem);
            Bool(a.IsRpitit);
        });
        Present(r.CodegenFnAttrs is { IsDefault: false } attrs ? attrs : null, FnAttrs);
        Present(r.Intrinsic, i => { String(i.Name); Bool(i.MustBeOverridden); });
        Index(r.StaticMutability is { } m ? (int)m : -1);
        Bool(r.IsForeignItem);
        OptDef(r.AdtDestructor);
        Present(r.CoroutineLayout, CoroutineLayout);
    }

    private void OptUint(U128? v) { Bool(v is not null); if (v is { } x) Uint(x); }
    private void OptUlong(ulong? v) { Bool(v is not null); if (v is { } x) Uint(x); }

    private void GenericsOf(Generics g)
    {
        OptDef(g.Parent);
        Int(g.ParentCount);
        Bool(g.HasSelf);
        Array(g.OwnParams, p => { String(p.Name); Def(p.Def); Int(p.Index); Byte((byte)p.Kind); Bool(p.HasDefault); });
    }

    private void Adt(AdtDef a)
    {
        Def(a.Def);
        Byte((byte)a.Kind);
        Int((int)a.Flags);
        Present(a.Repr.Int, Arg);
        OptUlong(a.Repr.Align);
        OptUlong(a.Repr.Pack);
        Byte((byte)a.Repr.Flags);
        Uint(a.Repr.FieldShuffleSeed);
        Array(a.Variants, v =>
        {
            Def(v.Def);
            String(v.Name);
            OptDef(v.Ctor);
            Bool(v.CtorIsFn);
            OptDef(v.ExplicitDiscr);
            Uint(v.RelativeDiscr);
            Bool(v.IsFieldListNonExhaustive);
            Array(v.Fields, f => { Def(f.Def); String(f.Name); OptDef(f.RestrictedTo); Byte((byte)f.Safety); OptDef(f.DefaultValue); });
        });
    }

    private void FnAttrs(CodegenFnAttrs a)
    {
        Uint((uint)a.Flags);
        Byte((byte)a.Inline);
        Byte((byte)a.Optimize);
        OptString(a.SymbolName);
        Array(a.TargetFeatures, String);
        Index(a.Linkage is { } l ? (int)l : -1);
        Index(a.ImportLinkage is { } i ? (int)i : -1);
        OptString(a.LinkSection);
        OptUlong(a.Alignment);
    }
}
