using Mirlink.Mir;

namespace Mirlink.Difftest.Bodies;

/// <summary>An item of a <see cref="MemoryCrate"/>: what the queries answer.</summary>
public sealed class MemoryItem
{
    public required DefKind Kind { get; init; }
    public required DefKey Key { get; init; }
    public Generics? Generics { get; set; }
    public Binder<Clause>[] Predicates { get; set; } = [];
    public Ty? Ty { get; set; }
    public Binder<FnSig>? Sig { get; set; }
    public AdtDef? Adt { get; set; }
    public DefId? Destructor { get; set; }
    public TraitDef? Trait { get; set; }
    public ImplHeader? Impl { get; set; }
    public List<int> AssociatedItems { get; } = [];
    public AssocItem? Assoc { get; set; }
    public CodegenFnAttrs Attributes { get; set; } = CodegenFnAttrs.None;
    public IntrinsicDef? Intrinsic { get; init; }
    public bool IsForeign { get; init; }
    public Mutability? StaticMutability { get; init; }
    /// <summary>Of a function.</summary>
    public Body? Body { get; set; }
    /// <summary>Of a constant or static.</summary>
    public Body? ConstBody { get; set; }
}

/// <summary>A crate that was never source text: items are added one by one, before the session is asked about any.</summary>
public sealed class MemoryCrate : ICrateSource
{
    private readonly List<MemoryItem> _items = [];
    private readonly ulong _stableId;

    public MemoryCrate(TyCtxt tcx, string name, ulong stableId)
    {
        _stableId = stableId;
        Info = new CrateInfo
        {
            Name = name,
            StableCrateId = stableId,
            Svh = new Hash128(stableId, stableId),
            ExtraFilename = "",
            Triple = "x86_64-unknown-linux-gnu",
            Path = name,
            Deps = [.. Enumerable.Range(0, tcx.Crates.Count)],
        };
        Number = tcx.AddCrate(this);
        Add(new MemoryItem { Kind = Mirlink.Mir.DefKind.Mod, Key = new DefKey(-1, DefPathData.CrateRoot, null, 0) });
    }

    public CrateInfo Info { get; }
    public int Number { get; }
    public IReadOnlyList<MemoryItem> Items => _items;

    public DefId Add(MemoryItem item)
    {
        _items.Add(item);
        return new DefId(Number, _items.Count - 1);
    }

    public MemoryItem this[DefId def] => _items[def.Index];

    private static readonly Generics s_none = new(null, 0, [], false);

    public int DefCount => _items.Count;
    public DefKind? DefKind(int index) => _items[index].Kind;
    public DefKey DefKey(int index) => _items[index].Key;
    public DefPathHash DefPathHash(int index) => new(_stableId, (ulong)index * 0x9E3779B97F4A7C15);
    public Generics? GenericsOf(int index) => _items[index].Generics ?? s_none;
    public GenericPredicates PredicatesOf(int index) => new(_items[index].Generics?.Parent, _items[index].Predicates);
    public Binder<Clause>[] SuperPredicatesOf(int index) => [];
    public Binder<Clause>[] ItemBounds(int index) => [];
    public Ty? TypeOf(int index) => _items[index].Ty;
    public Const? ConstParamDefault(int index) => null;
    public Binder<FnSig>? FnSig(int index) => _items[index].Sig;
    public CoroutineDesugaring? CoroutineKind(int index) => null;
    public DefId? CoroutineForClosure(int index) => null;
    public DefId? CoroutineByMoveBody(int index) => null;
    public AdtDef? AdtDef(int index) => _items[index].Adt;
    public (U128? Start, U128? End) LayoutScalarValidRange(int index) => (null, null);
    public TraitDef? TraitDef(int index) => _items[index].Trait;
    public ImplHeader? ImplHeader(int index) => _items[index].Impl;
    public Defaultness Defaultness(int index) => Mirlink.Mir.Defaultness.Final;
    public bool IsConstFn(int index) => false;
    public int[] AssociatedItemDefIndices(int index) => [.. _items[index].AssociatedItems];
    public AssocItem? AssocItem(int index) => _items[index].Assoc;
    public CodegenFnAttrs CodegenFnAttrs(int index) => _items[index].Attributes;
    public IntrinsicDef? Intrinsic(int index) => _items[index].Intrinsic;
    public Mutability? StaticMutability(int index) => _items[index].StaticMutability;
    public bool IsForeignItem(int index) => _items[index].IsForeign;
    public DefId? AdtDestructor(int index) => _items[index].Destructor;
    public bool HasOptimizedMir(int index) => _items[index].Body is not null;
    public Body? OptimizedMir(int index) => _items[index].Body;
    public Body? MirForCtfe(int index) => _items[index].ConstBody;
    public Body[]? PromotedMir(int index) => null;
    public CoroutineLayout? CoroutineLayout(int index) => null;
    public Allocation? StaticInitializer(int index) => null;

    public IReadOnlyList<TraitImpls> TraitImpls
    {
        get
        {
            var lists = new SortedDictionary<DefId, List<(DefId, SimplifiedType?)>>();
            for (int i = 0; i < _items.Count; i++)
            {
                if (_items[i].Impl is not { } header) continue;
                if (!lists.TryGetValue(header.TraitRef.Def, out var list)) lists.Add(header.TraitRef.Def, list = []);
                list.Add((new DefId(Number, i), null));
            }
            return [.. lists.Select(static l => new TraitImpls(l.Key, [.. l.Value]))];
        }
    }

    public IReadOnlyList<(string Name, DefId Def)> LangItems => [];
    public IReadOnlyList<(string Name, DefId Def)> DiagnosticItems => [];
    public IReadOnlyList<NativeLib> NativeLibs => [];
    public DefId? FindMain() => null;
    public IReadOnlyList<DefId> ExportedNonGenericSymbols => [];
    public IReadOnlyList<Instance> ExportedGenericSymbols => [];
}
