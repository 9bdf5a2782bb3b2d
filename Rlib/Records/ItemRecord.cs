using Mirlink.Mir;

namespace Mirlink.Rlib.Records;

/// <summary>Everything about one definition except its bodies: decoded together, as what uses one of them soon uses the others.</summary>
internal sealed class ItemRecord
{
    public Generics? Generics;
    public GenericPredicates? Predicates;
    public Binder<Clause>[] SuperPredicates = [];
    public Binder<Clause>[] ItemBounds = [];
    public Ty? TypeOf;
    public Const? ConstParamDefault;
    public Binder<FnSig>? FnSig;
    public CoroutineDesugaring? CoroutineKind;
    public DefId? CoroutineForClosure;
    public DefId? CoroutineByMoveBody;
    public AdtDef? Adt;
    public (U128? Start, U128? End) ValidRange;
    public TraitDef? Trait;
    public ImplHeader? ImplHeader;
    public Defaultness Defaultness;
    public bool IsConstFn;
    public int[] AssociatedItems = [];
    public AssocItem? AssocItem;
    public CodegenFnAttrs? CodegenFnAttrs;
    public IntrinsicDef? Intrinsic;
    public Mutability? StaticMutability;
    public bool IsForeignItem;
    public DefId? AdtDestructor;
    public CoroutineLayout? CoroutineLayout;

    public static ItemRecord From(ICrateSource s, int i)
    {
        return new ItemRecord
        {
            Generics = s.GenericsOf(i),
            Predicates = s.PredicatesOf(i),
            SuperPredicates = s.SuperPredicatesOf(i),
            ItemBounds = s.ItemBounds(i),
            TypeOf = s.TypeOf(i),
            ConstParamDefault = s.ConstParamDefault(i),
            FnSig = s.FnSig(i),
            CoroutineKind = s.CoroutineKind(i),
            CoroutineForClosure = s.CoroutineForClosure(i),
            CoroutineByMoveBody = s.CoroutineByMoveBody(i),
            Adt = s.AdtDef(i),
            ValidRange = s.LayoutScalarValidRange(i),
            Trait = s.TraitDef(i),
            ImplHeader = s.ImplHeader(i),
            Defaultness = s.Defaultness(i),
            IsConstFn = s.IsConstFn(i),
            AssociatedItems = s.AssociatedItemDefIndices(i),
            AssocItem = s.AssocItem(i),
            CodegenFnAttrs = s.CodegenFnAttrs(i),
            Intrinsic = s.Intrinsic(i),
            StaticMutability = s.StaticMutability(i),
            IsForeignItem = s.IsForeignItem(i),
            AdtDestructor = s.AdtDestructor(i),
            CoroutineLayout = s.CoroutineLayout(i),
        };
    }

    /// <summary>Nothing in it: such a definition (a lifetime, a use, a module) gets no record.</summary>
    public bool IsEmpty => Generics is null && (Predicates is null || Predicates.Predicates.Length == 0 && Predicates.Parent is null) && SuperPredicates.Length == 0
        && ItemBounds.Length == 0 && TypeOf is null && ConstParamDefault is null && FnSig is null && CoroutineKind is null && CoroutineForClosure is null
        && CoroutineByMoveBody is null && Adt is null && ValidRange is (null, null) && Trait is null && ImplHeader is null && AssociatedItems.Length == 0 && AssocItem is null
        && CodegenFnAttrs is null or { IsDefault: true } && Intrinsic is null && StaticMutability is null && !IsForeignItem && AdtDestructor is null
        && CoroutineLayout is null;
}
