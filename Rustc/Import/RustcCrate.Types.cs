using Mirlink.Mir;
using Mirlink.Rustc.Metadata.Raw;
using Const = Mirlink.Mir.Const;
using BoundVariableKind = Mirlink.Mir.BoundVariableKind;
using ExistentialPredicate = Mirlink.Mir.ExistentialPredicate;
using ExternAbi = Mirlink.Mir.ExternAbi;
using FnSig = Mirlink.Mir.FnSig;
using Raw = Mirlink.Rustc.Metadata.Raw;
using TraitRef = Mirlink.Mir.TraitRef;

namespace Mirlink.Rustc.Import;

/// <summary>Types, regions, consts, predicates. Each decoded node remembers what it became.</summary>
public sealed partial class RustcCrate
{
    UnsupportedException Unsupported(string construct) => new(construct, null, Info.Name);

    Ty Import(Raw.TyKind raw)
    {
        if (raw.Imported is Ty known) return known;
        EnterRecursion();
        var ty = Convert(raw);
        // variants without fields are one object for all sessions
        if (ty is not Mir.PrimTy) raw.Imported = ty;
        return ty;
    }

    Ty Convert(Raw.TyKind raw)
    {
        switch (raw)
        {
            case Raw.TyKind.Bool: return _interner.Bool;
            case Raw.TyKind.Char: return _interner.Char;
            case Raw.TyKind.Int t: return _interner.Int((Mir.IntTy)t.F0);
            case Raw.TyKind.Uint t: return _interner.Uint((Mir.UintTy)t.F0);
            case Raw.TyKind.Float t: return _interner.Float((Mir.FloatTy)t.F0);
            case Raw.TyKind.Adt t: return _interner.Adt(Def(t.F0.Did), Import(t.F1));
            case Raw.TyKind.Foreign t: return _interner.Foreign(Def(t.F0));
            case Raw.TyKind.Str: return _interner.Str;
            case Raw.TyKind.Array t: return _interner.Array(Import(t.F0), Import(t.F1));
            case Raw.TyKind.Pat t: return _interner.Pat(Import(t.F0), Import(t.F1));
            case Raw.TyKind.Slice t: return _interner.Slice(Import(t.F0));
            case Raw.TyKind.RawPtr t: return _interner.RawPtr(Import(t.F0), (Mir.Mutability)t.F1);
            case Raw.TyKind.Ref t: return _interner.Ref(Import(t.F1), (Mir.Mutability)t.F2, Import(t.F0));
            case Raw.TyKind.FnDef t: return _interner.FnDef(Def(t.F0), Import(t.F1));
            case Raw.TyKind.FnPtr t:
                return _interner.FnPtr(new Binder<FnSig>(Sig(t.F0.Value.InputsAndOutput, t.F1.CVariadic, t.F1.Safety, t.F1.Abi), Import(t.F0.BoundVars)));
            case Raw.TyKind.UnsafeBinder t: return _interner.UnsafeBinder(new Binder<Ty>(Import(t.F0.Value), Import(t.F0.BoundVars)));
            case Raw.TyKind.Dynamic t: return _interner.Dynamic(Import(t.F0), Import(t.F1));
            case Raw.TyKind.Closure t: return _interner.Closure(Mir.TyKind.Closure, Def(t.F0), Import(t.F1));
            case Raw.TyKind.CoroutineClosure t: return _interner.Closure(Mir.TyKind.CoroutineClosure, Def(t.F0), Import(t.F1));
            case Raw.TyKind.Coroutine t: return _interner.Closure(Mir.TyKind.Coroutine, Def(t.F0), Import(t.F1));
            case Raw.TyKind.CoroutineWitness t: return _interner.Closure(Mir.TyKind.CoroutineWitness, Def(t.F0), Import(t.F1));
            case Raw.TyKind.Never: return _interner.Never;
            case Raw.TyKind.Tuple t: return _interner.Tuple(Import(t.F0));
            case Raw.TyKind.Alias t:
                var (kind, def) = t.F0.Kind switch
                {
                    Raw.AliasTyKind.Projection a => (Mir.AliasTyKind.Projection, a.DefId),
                    Raw.AliasTyKind.Inherent a => (Mir.AliasTyKind.Inherent, a.DefId),
                    Raw.AliasTyKind.Opaque a => (Mir.AliasTyKind.Opaque, a.DefId),
                    Raw.AliasTyKind.Free a => (Mir.AliasTyKind.Free, a.DefId),
                    _ => throw new BugException("alias kind"),
                };
                return _interner.Alias(kind, Def(def), Import(t.F0.Args));
            case Raw.TyKind.Param t: return _interner.Param((int)t.F0.Index, _meta.Text(t.F0.Name));
            case Raw.TyKind.Bound t: return _interner.BoundTy(DeBruijn(t.F0), (int)t.F1.Var);
            default: throw Unsupported($"a type of kind {raw.GetType().Name} in crate metadata");
        }
    }

    int DeBruijn(BoundVarIndexKind kind) => kind is BoundVarIndexKind.Bound b ? (int)b.F0 : throw Unsupported("a canonical bound variable in crate metadata");

    Ty[] Import(Raw.TyKind[] types) => Array.ConvertAll(types, Import);

    TyPattern Import(Raw.PatternKind raw) => raw switch
    {
        Raw.PatternKind.Range r => new TyPattern.Range(Import(r.Start), Import(r.End)),
        Raw.PatternKind.Or or => new TyPattern.Or(Array.ConvertAll(or.F0, Import)),
        _ => new TyPattern.NotNull(),
    };

    Region Import(Raw.RegionKind raw)
    {
        if (raw.Imported is Region known) return known;
        var region = raw switch
        {
            Raw.RegionKind.ReEarlyParam r => _interner.Region(Mir.RegionKind.ReEarlyParam, 0, (int)r.F0.Index, _meta.Text(r.F0.Name)),
            Raw.RegionKind.ReBound r => _interner.Region(Mir.RegionKind.ReBound, DeBruijn(r.F0), (int)r.F1.Var),
            Raw.RegionKind.ReLateParam r => LateParam(r.F0),
            Raw.RegionKind.ReStatic => _interner.ReStatic,
            Raw.RegionKind.ReErased => _interner.ReErased,
            _ => throw Unsupported($"a region of kind {raw.GetType().Name} in crate metadata"),
        };
        if (raw is not (Raw.RegionKind.ReStatic or Raw.RegionKind.ReErased)) raw.Imported = region;
        return region;
    }

    Region LateParam(LateParamRegion r) => r.Kind switch
    {
        LateParamRegionKind.Anon a => _interner.Region(Mir.RegionKind.ReLateParam, 0, (int)a.F0),
        LateParamRegionKind.NamedAnon a => _interner.Region(Mir.RegionKind.ReLateParam, 0, (int)a.F0, _meta.Text(a.F1)),
        LateParamRegionKind.Named n => _interner.Region(Mir.RegionKind.ReLateParam, 0, (int)n.F0.Index, n.F0.Krate == 0 ? DefKey((int)n.F0.Index).Name : null),
        _ => _interner.Region(Mir.RegionKind.ReLateParam, 0, -1),
    };

    Const Import(Raw.ConstKind raw)
    {
        if (raw.Imported is Const known) return known;
        var c = raw switch
        {
            Raw.ConstKind.Param p => _interner.ConstParam((int)p.F0.Index, _meta.Text(p.F0.Name)),
            Raw.ConstKind.Bound b => _interner.ConstBound(DeBruijn(b.F0), (int)b.F1.Var),
            Raw.ConstKind.Unevaluated u => _interner.ConstUnevaluated(Def(u.F0.Def), Import(u.F0.Args)),
            Raw.ConstKind.Value v => _interner.ConstValue(Import(v.F0.Ty), Import(v.F0.Valtree)),
            Raw.ConstKind.Expr e => _interner.ConstExpr(e.F0.Kind.Tag, Import(e.F0.Args)),
            _ => throw Unsupported($"a const of kind {raw.GetType().Name} in crate metadata"),
        };
        raw.Imported = c;
        return c;
    }

    ValTree Import(Raw.ValTreeKind raw) => raw switch
    {
        Raw.ValTreeKind.Leaf l => new ValTree.Leaf(Import(l.F0)),
        Raw.ValTreeKind.Branch b => new ValTree.Branch(Array.ConvertAll(b.F0, Import)),
        _ => throw new BugException("value tree"),
    };

    static Mir.ScalarInt Import(Raw.ScalarInt s) => new(s.Data, s.Size);

    Mir.GenericArg Import(Raw.GenericArg raw) => raw switch
    {
        Raw.TyKind t => Import(t),
        Raw.RegionKind r => Import(r),
        Raw.ConstKind c => Import(c),
        _ => throw new BugException("generic argument"),
    };

    GenericArgs Import(Raw.GenericArg[] raw)
    {
        if (raw.Length == 0) return _interner.NoArgs;
        var args = new Mir.GenericArg[raw.Length];
        for (var i = 0; i < raw.Length; i++) args[i] = Import(raw[i]);
        return _interner.Args(args);
    }

    static BoundVariableKind[] Import(Raw.BoundVariableKind[] raw) => Array.ConvertAll(raw, static v => (BoundVariableKind)v.Tag);

    static (ExternAbi Abi, bool Unwind) Import(Raw.ExternAbi abi) => ((ExternAbi)abi.Tag, abi switch
    {
        Raw.ExternAbi.C a => a.Unwind,
        Raw.ExternAbi.System a => a.Unwind,
        Raw.ExternAbi.Aapcs a => a.Unwind,
        Raw.ExternAbi.Cdecl a => a.Unwind,
        Raw.ExternAbi.Stdcall a => a.Unwind,
        Raw.ExternAbi.Fastcall a => a.Unwind,
        Raw.ExternAbi.Thiscall a => a.Unwind,
        Raw.ExternAbi.Vectorcall a => a.Unwind,
        Raw.ExternAbi.SysV64 a => a.Unwind,
        Raw.ExternAbi.Win64 a => a.Unwind,
        _ => false,
    });

    FnSig Sig(Raw.TyKind[] inputsAndOutput, bool variadic, Raw.Safety safety, Raw.ExternAbi abi)
    {
        if (inputsAndOutput.Length == 0) throw Damaged("a signature without a return type");
        var inputs = new Ty[inputsAndOutput.Length - 1];
        for (var i = 0; i < inputs.Length; i++) inputs[i] = Import(inputsAndOutput[i]);
        var (a, unwind) = Import(abi);
        return new FnSig(inputs, Import(inputsAndOutput[^1]), variadic, (Mir.Safety)safety, a, unwind);
    }

    Binder<ExistentialPredicate>[] Import(BinderExistentialPredicate[] raw) => Array.ConvertAll(raw, p => new Binder<ExistentialPredicate>(p.Value switch
    {
        Raw.ExistentialPredicate.Trait t => new ExistentialPredicate.Trait(Def(t.F0.DefId), Import(t.F0.Args)),
        Raw.ExistentialPredicate.Projection j => new ExistentialPredicate.Projection(Def(j.F0.DefId), Import(j.F0.Args), Import(j.F0.Term)),
        Raw.ExistentialPredicate.AutoTrait a => new ExistentialPredicate.AutoTrait(Def(a.F0)),
        _ => throw new BugException("existential predicate"),
    }, Import(p.BoundVars)));

    TraitRef Import(Raw.TraitRef t) => new(Def(t.DefId), Import(t.Args));

    /// <summary>The clause, or null for kinds that say nothing after type checking.</summary>
    Clause? Import(ClauseKind raw) => raw switch
    {
        ClauseKind.Trait t => new Clause.Trait(Import(t.F0.TraitRef), t.F0.Polarity == PredicatePolarity.Negative),
        ClauseKind.Projection p => new Clause.Projection(Def(p.F0.ProjectionTerm.DefId), Import(p.F0.ProjectionTerm.Args), Import(p.F0.Term)),
        ClauseKind.ConstArgHasType c => new Clause.ConstArgHasType(Import(c.F0), Import(c.F1)),
        ClauseKind.HostEffect h => new Clause.HostEffect(Import(h.F0.TraitRef)),
        _ => null,
    };

    Binder<Clause>[] Import((Predicate Predicate, Raw.Span Span)[] raw, Binder<Clause>? first = null)
    {
        var list = new List<Binder<Clause>>(raw.Length + 1);
        if (first is not null) list.Add(first);
        foreach (var (p, _) in raw)
        {
            if (p.Kind is not PredicateKind.Clause c) throw Unsupported($"a predicate of kind {p.Kind.GetType().Name} in crate metadata");
            if (Import(c.F0) is { } clause) list.Add(new Binder<Clause>(clause, Import(p.BoundVars)));
        }
        return [.. list];
    }
}
