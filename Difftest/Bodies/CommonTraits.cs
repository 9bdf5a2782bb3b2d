using Mirlink.Mir;

namespace Mirlink.Difftest.Bodies;

/// <summary>The trait that all programs implement and call, and the type with a destructor.</summary>
internal sealed class CommonTraits
{
    private readonly CommonItems _items;
    private int _impls;

    public CommonTraits(CommonItems items)
    {
        _items = items;
        var (crate, i) = (items.Crate, items.Interner);
        var key = new DefKey(0, DefPathData.TypeNs, "Digest", 0);
        var item = new MemoryItem { Kind = DefKind.Trait, Key = key };
        Trait = crate.Add(item);
        item.Trait = new TraitDef(Trait, Safety.Safe, false, false, false, TraitSpecializationKind.None);
        item.Generics = new Generics(null, 0, [new GenericParamDef("Self", Trait, 0, GenericParamKind.Type, false)], true);
        item.Predicates = [new Binder<Clause>(new Clause.Trait(new TraitRef(Trait, i.Args([i.SelfParam])), false), [])];
        Method = AddMethod(Trait, i.SelfParam, traitItem: null);
        crate[Method].Generics = new Generics(Trait, 1, [], true);

        (Droppable, DroppableTy) = items.AddStruct("Droppable", [items.ContextPtr, items.U64.Ty], CommonItems.Rust);
        AddDestructor();
    }

    public DefId Trait { get; }
    /// <summary><c>fn digest(&amp;self, context, u64) -> u64</c></summary>
    public DefId Method { get; }
    public DefId Droppable { get; }
    public Ty DroppableTy { get; }

    public DynamicTy Object => _items.Interner.Dynamic([new Binder<ExistentialPredicate>(new ExistentialPredicate.Trait(Trait, _items.Interner.NoArgs), [])]);

    private DefId AddMethod(DefId container, Ty self, DefId? traitItem)
    {
        var i = _items.Interner;
        var item = new MemoryItem
        {
            Kind = DefKind.AssocFn,
            Key = new DefKey(container.Index, DefPathData.ValueNs, "digest", 0),
            Sig = new Binder<FnSig>(new FnSig([i.Ref(self, Mutability.Not), _items.ContextPtr, _items.U64.Ty], _items.U64.Ty, false, Safety.Safe, ExternAbi.Rust), []),
        };
        var def = _items.Crate.Add(item);
        item.Assoc = new AssocItem(def, AssocKind.Fn, "digest", container, traitItem is null, traitItem, false);
        _items.Crate[container].AssociatedItems.Add(def.Index);
        return def;
    }

    /// <summary>An impl of the trait; the caller writes the method's body.</summary>
    public DefId AddImpl(Ty self)
    {
        var impl = AddImplHeader(Trait, self);
        return AddMethod(impl, self, Method);
    }

    private DefId AddImplHeader(DefId trait, Ty self) => _items.Crate.Add(new MemoryItem
    {
        Kind = DefKind.Impl,
        Key = new DefKey(0, DefPathData.Impl, null, (uint)_impls++),
        Ty = self,
        Impl = new ImplHeader(new TraitRef(trait, _items.Interner.Args([self])), ImplPolarity.Positive),
    });

    /// <summary>Dropping mixes the value's number into the hash.</summary>
    private void AddDestructor()
    {
        var i = _items.Interner;
        var drop = _items.Tcx.LangItem("drop");
        var impl = AddImplHeader(drop, DroppableTy);
        var self = i.Ref(DroppableTy, Mutability.Mut);
        var traitMethod = _items.Tcx.AssociatedItemDefIds(drop)[0];
        var item = new MemoryItem
        {
            Kind = DefKind.AssocFn,
            Key = new DefKey(impl.Index, DefPathData.ValueNs, "drop", 0),
            Sig = new Binder<FnSig>(new FnSig([self], i.Unit, false, Safety.Safe, ExternAbi.Rust), []),
        };
        var def = _items.Crate.Add(item);
        item.Assoc = new AssocItem(def, AssocKind.Fn, "drop", impl, false, traitMethod, false);
        _items.Crate[impl].AssociatedItems.Add(def.Index);
        _items.Crate[Droppable].Destructor = def;
        var b = new BodyDraft(i.Unit, [self]);
        int unit = b.NewLocal(i.Unit);
        Place Field(int n, Ty ty) => new(1, [ProjectionElem.Deref, ProjectionElem.Field(n, ty)]);
        b.Call(_items.FunctionOperand(_items.Mix), [Operand.Copy(Field(0, _items.ContextPtr)), Operand.Copy(Field(1, _items.U64.Ty))], new Place(unit), UnwindAction.Continue);
        b.Return();
        item.Body = b.Finish(def);
    }
}
