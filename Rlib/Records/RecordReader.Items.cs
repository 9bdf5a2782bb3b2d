using Mirlink.Mir;

namespace Mirlink.Rlib.Records;

internal sealed partial class RecordReader
{
    private T? Present<T>(Func<T> read) where T : class => Bool() ? read() : null;

    public ItemRecord Item()
    {
        var r = new ItemRecord
        {
            Generics = Present(GenericsOf),
            Predicates = Present(() => { var p = OptDef(); return new GenericPredicates(p, Clauses()); }),
            SuperPredicates = Clauses(),
            ItemBounds = Clauses(),
            TypeOf = Present(Ty),
            ConstParamDefault = Present(Const),
            FnSig = Present(() => { var v = BoundVars(); return new Binder<FnSig>(FnSig(), v); }),
            CoroutineKind = OptEnum<CoroutineDesugaring>(),
            CoroutineForClosure = OptDef(),
            CoroutineByMoveBody = OptDef(),
            Adt = Present(Adt),
            ValidRange = (OptUint(), OptUint()),
            Trait = Present(() => new TraitDef(Def(), Enum<Safety>(), Bool(), Bool(), Bool(), Enum<TraitSpecializationKind>())),
            ImplHeader = Present(() => new ImplHeader(TraitRef(), Enum<ImplPolarity>())),
            Defaultness = Enum<Defaultness>(),
            IsConstFn = Bool(),
            AssociatedItems = Array(() => Def().Index),
            AssocItem = Present(() => new AssocItem(Def(), Enum<AssocKind>(), OptString(), Def(), Bool(), OptDef(), Bool())),
            CodegenFnAttrs = Present(FnAttrs),
            Intrinsic = Present(() => new IntrinsicDef(String(), Bool())),
            StaticMutability = OptEnum<Mutability>(),
            IsForeignItem = Bool(),
            AdtDestructor = OptDef(),
            CoroutineLayout = Present(CoroutineLayout),
        };
        return r;
    }

    private U128? OptUint() => Bool() ? Uint128() : null;
    private ulong? OptUlong() => Bool() ? Uint() : null;

    private Generics GenericsOf()
    {
        var parent = OptDef();
        int parentCount = Int();
        bool hasSelf = Bool();
        var own = Array(() => new GenericParamDef(String(), Def(), Int(), Enum<GenericParamKind>(), Bool()));
        return new Generics(parent, parentCount, own, hasSelf);
    }

    private PrimTy IntegerTy() => Ty() is PrimTy { Kind: TyKind.Int or TyKind.Uint } t ? t : throw Corrupt("a representation is no integer type");

    private AdtDef Adt()
    {
        var def = Def();
        var kind = Enum<AdtKind>();
        var flags = (AdtFlags)Int();
        var repr = new ReprOptions(Present(IntegerTy), OptUlong(), OptUlong(), (ReprFlags)Byte(), Uint());
        var variants = Array(() =>
        {
            var d = Def();
            var name = String();
            var ctor = OptDef();
            bool ctorIsFn = Bool();
            var explicitDiscr = OptDef();
            uint relative = (uint)Uint();
            bool nonExhaustive = Bool();
            var fields = Array(() => new FieldDef(Def(), String(), OptDef(), Enum<Safety>(), OptDef()));
            return new VariantDef(d, name, ctor, ctorIsFn, explicitDiscr, relative, fields, nonExhaustive);
        });
        return new AdtDef(def, kind, variants, flags, repr);
    }

    private CodegenFnAttrs FnAttrs() => new((CodegenFnAttrFlags)Uint(), Enum<InlineAttr>(), Enum<OptimizeAttr>(), OptString(), Array(String),
        OptEnum<Linkage>(), OptEnum<Linkage>(), OptString(), OptUlong());
}
