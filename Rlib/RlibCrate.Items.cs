using Mirlink.Mir;
using Mirlink.Rlib.Records;

namespace Mirlink.Rlib;

public sealed partial class RlibCrate
{
    public DefKind? DefKind(int index) => Entry(index).Kind;
    public DefKey DefKey(int index) => Entry(index).Key;
    public DefPathHash DefPathHash(int index) => new(Info.StableCrateId, Entry(index).LocalHash);

    public Generics? GenericsOf(int index) => Item(index).Generics;
    public GenericPredicates PredicatesOf(int index) => Item(index).Predicates ?? new GenericPredicates(null, []);
    public Binder<Clause>[] SuperPredicatesOf(int index) => Item(index).SuperPredicates;
    public Binder<Clause>[] ItemBounds(int index) => Item(index).ItemBounds;
    public Ty? TypeOf(int index) => Item(index).TypeOf;
    public Const? ConstParamDefault(int index) => Item(index).ConstParamDefault;
    public Binder<FnSig>? FnSig(int index) => Item(index).FnSig;
    public CoroutineDesugaring? CoroutineKind(int index) => Item(index).CoroutineKind;
    public DefId? CoroutineForClosure(int index) => Item(index).CoroutineForClosure;
    public DefId? CoroutineByMoveBody(int index) => Item(index).CoroutineByMoveBody;
    public AdtDef? AdtDef(int index) => Item(index).Adt;
    public (U128? Start, U128? End) LayoutScalarValidRange(int index) => Item(index).ValidRange;
    public TraitDef? TraitDef(int index) => Item(index).Trait;
    public ImplHeader? ImplHeader(int index) => Item(index).ImplHeader;
    public Defaultness Defaultness(int index) => Item(index).Defaultness;
    public bool IsConstFn(int index) => Item(index).IsConstFn;
    public int[] AssociatedItemDefIndices(int index) => Item(index).AssociatedItems;
    public AssocItem? AssocItem(int index) => Item(index).AssocItem;
    public CodegenFnAttrs CodegenFnAttrs(int index) => Item(index).CodegenFnAttrs ?? Mir.CodegenFnAttrs.None;
    public IntrinsicDef? Intrinsic(int index) => Item(index).Intrinsic;
    public Mutability? StaticMutability(int index) => Item(index).StaticMutability;
    public bool IsForeignItem(int index) => Item(index).IsForeignItem;
    public DefId? AdtDestructor(int index) => Item(index).AdtDestructor;
    public CoroutineLayout? CoroutineLayout(int index) => Item(index).CoroutineLayout;

    public bool HasOptimizedMir(int index) => !Entry(index).OptimizedMir.IsNone;
    public Body? OptimizedMir(int index) => At(Entry(index).OptimizedMir)?.Body();
    public Body? MirForCtfe(int index) => At(Entry(index).CtfeMir)?.Body();
    public Body[]? PromotedMir(int index) => At(Entry(index).Promoted) is { } r ? r.Array(r.Body) : null;
    public Allocation? StaticInitializer(int index) => At(Entry(index).Static)?.Allocation();

    public IReadOnlyList<TraitImpls> TraitImpls => _meta.Value.TraitImpls;
    public IReadOnlyList<(string Name, DefId Def)> LangItems => _meta.Value.LangItems;
    public IReadOnlyList<(string Name, DefId Def)> DiagnosticItems => _meta.Value.DiagnosticItems;
    public IReadOnlyList<NativeLib> NativeLibs => _meta.Value.NativeLibs;
    public GlobalAsm? GlobalAsm => Array.FindIndex(_chunks, static c => c.Kind == ChunkKind.GlobalAsm) is >= 0 and var number
        ? ReadGlobalAsm(new RecordReader(this, Record(new RecordLocation(number, 0)))) : null;
    public DefId? FindMain() => _meta.Value.Main;
    public IReadOnlyList<DefId> ExportedNonGenericSymbols => [];
    public IReadOnlyList<Instance> ExportedGenericSymbols => [];
}
