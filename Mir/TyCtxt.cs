namespace Mirlink.Mir;

/// <summary>
/// The session: crates, interned types, and cached queries over items. Named after rustc's. Thread-safe. Trait selection, layout and const evaluation are
/// services set up once (see <see cref="Traits"/>, <see cref="Layouts"/>, <see cref="Eval"/>).
/// </summary>
public sealed partial class TyCtxt
{
    private readonly List<ICrateSource> _crates = [];
    private readonly ConcurrentMap<string, int> _fileIndex = new();
    private readonly List<string> _files = [];
    private readonly Lock _loading = new();

    public Interner Interner { get; } = new();

    /// <summary>All crates; the index is the session's crate number. Crates are added before any query, in a deterministic order.</summary>
    public IReadOnlyList<ICrateSource> Crates => _crates;

    public int AddCrate(ICrateSource crate) { _crates.Add(crate); return _crates.Count - 1; }

    /// <summary>Set a placeholder first (numbers are needed while crates that refer to each other are opened), then the crate.</summary>
    public int ReserveCrate() { _crates.Add(null!); return _crates.Count - 1; }
    public void SetCrate(int number, ICrateSource crate) => _crates[number] = crate;

    /// <summary>Of the rustc that compiled the crates. Set by whoever opens them.</summary>
    public CompilerRules Rules { get; set; } = new();

    public ITraits Traits { get; set; } = null!;
    public ILayouts Layouts { get; set; } = null!;
    public IConstEval Eval { get; set; } = null!;

    /// <summary>Names of source files, as rustc prints them in panic messages.</summary>
    public string SourceFile(int file) { lock (_files) return _files[file]; }

    public int InternSourceFile(string name) => _fileIndex.GetOrAdd(name, n => { lock (_files) { _files.Add(n); return _files.Count - 1; } });

    public ICrateSource Crate(DefId def) => _crates[def.Krate];
    public string CrateName(int krate) => _crates[krate].Info.Name;
    public string CrateName(DefId def) => CrateName(def.Krate);

    // -- items ---------------------------------------------------------------------------------------------------------------------------------

    private sealed record Destructor(DefId Method);
    private readonly DefIdCache<DefKey> _defKey = new();
    private readonly DefIdCache<Generics> _generics = new();
    private readonly DefIdCache<GenericPredicates> _predicates = new();
    private readonly DefIdCache<Binder<Clause>[]> _superPredicates = new();
    private readonly DefIdCache<Binder<Clause>[]> _itemBounds = new();
    private readonly DefIdCache<Ty> _typeOf = new();
    private readonly DefIdCache<Binder<FnSig>> _fnSig = new();
    private readonly DefIdCache<AdtDef> _adt = new();
    private readonly DefIdCache<TraitDef> _trait = new();
    private readonly DefIdCache<ImplHeader> _implHeader = new();
    private readonly DefIdCache<DefId[]> _associatedItems = new();
    private readonly DefIdCache<AssocItem> _associatedItem = new();
    private readonly DefIdCache<CodegenFnAttrs> _codegenFnAttrs = new();
    private readonly DefIdCache<IntrinsicDef> _intrinsic = new();
    private readonly DefIdCache<Destructor> _destructor = new();
    private readonly DefIdCache<CoroutineLayout> _coroutineLayout = new();
    // Some 8 MB, 4 MB and 2 MB for each of two generations.
    private readonly BodyCache<Body> _optimizedMir = new(100_000, BodySize.Of), _mirForCtfe = new(50_000, BodySize.Of);
    private readonly BodyCache<Body[]> _promoted = new(20_000, BodySize.Of);
    private readonly DefIdCache<GlobalAlloc.Static> _staticAllocs = new();

    public DefKind? DefKind(DefId d) => Crate(d).DefKind(d.Index);
    public DefKey DefKey(DefId d) => _defKey.GetOrAdd(d, static (k, t) => t.Crate(k).DefKey(k.Index), this)!;
    public DefPathHash DefPathHash(DefId d) => Crate(d).DefPathHash(d.Index);
    public DefId? Parent(DefId d) => DefKey(d).Parent is >= 0 and var p ? new DefId(d.Krate, p) : null;

    public Generics? GenericsOf(DefId d) => _generics.GetOrAdd(d, static (k, t) => t.Crate(k).GenericsOf(k.Index), this);
    public GenericPredicates PredicatesOf(DefId d) => _predicates.GetOrAdd(d, static (k, t) => t.Crate(k).PredicatesOf(k.Index), this)!;
    public Binder<Clause>[] SuperPredicatesOf(DefId d) => _superPredicates.GetOrAdd(d, static (k, t) => t.Crate(k).SuperPredicatesOf(k.Index), this)!;
    public Binder<Clause>[] ItemBounds(DefId d) => _itemBounds.GetOrAdd(d, static (k, t) => t.Crate(k).ItemBounds(k.Index), this)!;
    public Ty? TryTypeOf(DefId d) => _typeOf.GetOrAdd(d, static (k, t) => t.Crate(k).TypeOf(k.Index), this);
    public Ty TypeOf(DefId d) => TryTypeOf(d) ?? throw new BugException($"no type of {DefPath(d)}");
    public Binder<FnSig> FnSig(DefId d) => _fnSig.GetOrAdd(d, static (k, t) => t.Crate(k).FnSig(k.Index), this) ?? throw new BugException($"no signature of {DefPath(d)}");
    public AdtDef AdtDef(DefId d) => _adt.GetOrAdd(d, static (k, t) => t.Crate(k).AdtDef(k.Index), this) ?? throw new BugException($"{DefPath(d)} is not an ADT");
    public TraitDef? TraitDef(DefId d) => _trait.GetOrAdd(d, static (k, t) => t.Crate(k).TraitDef(k.Index), this);
    public ImplHeader? ImplHeader(DefId d) => _implHeader.GetOrAdd(d, static (k, t) => t.Crate(k).ImplHeader(k.Index), this);
    public Defaultness Defaultness(DefId d) => Crate(d).Defaultness(d.Index);
    public DefId[] AssociatedItemDefIds(DefId d) => _associatedItems.GetOrAdd(d, static (k, t) => Array.ConvertAll(t.Crate(k).AssociatedItemDefIndices(k.Index), i => new DefId(k.Krate, i)), this)!;
    public AssocItem? AssocItem(DefId d) => _associatedItem.GetOrAdd(d, static (k, t) => t.Crate(k).AssocItem(k.Index), this);
    public CodegenFnAttrs CodegenFnAttrs(DefId d) => _codegenFnAttrs.GetOrAdd(d, static (k, t) => t.Crate(k).CodegenFnAttrs(k.Index), this)!;
    public IntrinsicDef? Intrinsic(DefId d) => _intrinsic.GetOrAdd(d, static (k, t) => t.Crate(k).Intrinsic(k.Index), this);
    public DefId? AdtDestructor(DefId d) => _destructor.GetOrAdd(d, static (k, t) => t.Crate(k).AdtDestructor(k.Index) is { } m ? new Destructor(m) : null, this)?.Method;
    public CoroutineLayout? CoroutineLayout(DefId d) => _coroutineLayout.GetOrAdd(d, static (k, t) => t.Crate(k).CoroutineLayout(k.Index), this);
    public CoroutineDesugaring? CoroutineKind(DefId d) => Crate(d).CoroutineKind(d.Index);
    public DefId? CoroutineForClosure(DefId d) => Crate(d).CoroutineForClosure(d.Index);
    public DefId? CoroutineByMoveBody(DefId d) => Crate(d).CoroutineByMoveBody(d.Index);
    public bool IsForeignItem(DefId d) => Crate(d).IsForeignItem(d.Index);

    public bool HasOptimizedMir(DefId d) => Crate(d).HasOptimizedMir(d.Index);
    /// <summary>Kept for a while, as every instance of a function asks for it: shared, not to be changed, and not always the same object.</summary>
    public Body? OptimizedMir(DefId d) => _optimizedMir.GetOrAdd(d, static (k, t) => t.Crate(k).OptimizedMir(k.Index), this);
    /// <summary>As <see cref="OptimizedMir"/>.</summary>
    public Body? MirForCtfe(DefId d) => _mirForCtfe.GetOrAdd(d, static (k, t) => t.Crate(k).MirForCtfe(k.Index), this);
    public Body[]? PromotedMir(DefId d) => _promoted.GetOrAdd(d, static (k, t) => t.Crate(k).PromotedMir(k.Index), this);

    /// <summary>The one allocation that stands for a static's address.</summary>
    public GlobalAlloc.Static StaticAlloc(DefId d) => _staticAllocs.GetOrAdd(d, static (k, _) => new GlobalAlloc.Static(k), this)!;

    public bool IsUnsizedKind(Ty ty) => ty.Kind is TyKind.Str or TyKind.Slice or TyKind.Dynamic or TyKind.Foreign;

    // -- lang items ------------------------------------------------------------------------------------------------------------------------------

    private Dictionary<string, DefId>? _langItems;
    private Dictionary<DefId, string>? _langItemNames;

    private void LoadLangItems()
    {
        if (_langItemNames is not null) return;
        lock (_loading)
        {
            if (_langItemNames is not null) return;
            var byName = new Dictionary<string, DefId>(StringComparer.Ordinal);
            var names = new Dictionary<DefId, string>();
            foreach (var c in _crates)
                foreach (var (name, def) in c.LangItems)
                {
                    byName.TryAdd(name, def);
                    names.TryAdd(def, name);
                }
            _langItems = byName;
            Volatile.Write(ref _langItemNames, names);
        }
    }

    /// <summary>The item marked `#[lang = "name"]`, null if no crate has it.</summary>
    public DefId? TryLangItem(string name) { LoadLangItems(); return _langItems!.TryGetValue(name, out var d) ? d : null; }

    /// <exception cref="MirlinkException">No crate defines it.</exception>
    public DefId LangItem(string name) => TryLangItem(name) ?? throw new MirlinkException($"no crate of this link defines the lang item `{name}`");

    /// <summary>The lang item name of a definition, null if it is none.</summary>
    public string? LangItemName(DefId d) { LoadLangItems(); return _langItemNames!.TryGetValue(d, out var n) ? n : null; }

    // -- impls ---------------------------------------------------------------------------------------------------------------------------------------

    private Dictionary<DefId, (DefId Impl, SimplifiedType? SelfTy)[]>? _impls;

    /// <summary>All impls of a trait in all crates, in crate order.</summary>
    public ReadOnlySpan<(DefId Impl, SimplifiedType? SelfTy)> ImplsOf(DefId trait)
    {
        if (Volatile.Read(ref _impls) is null)
        {
            lock (_loading)
            {
                if (_impls is null)
                {
                    var lists = new Dictionary<DefId, List<(DefId, SimplifiedType?)>>();
                    foreach (var c in _crates)
                        foreach (var t in c.TraitImpls)
                        {
                            if (!lists.TryGetValue(t.Trait, out var list)) lists.Add(t.Trait, list = []);
                            list.AddRange(t.Impls);
                        }
                    Volatile.Write(ref _impls, lists.ToDictionary(p => p.Key, p => p.Value.ToArray()));
                }
            }
        }
        return _impls!.TryGetValue(trait, out var impls) ? impls : [];
    }

    // -- substitution ----------------------------------------------------------------------------------------------------------------------------------

    public T Instantiate<T>(T value, GenericArgs args) where T : GenericArg =>
        value.HasAny(TypeFlags.NeedsSubst) ? (T)new ArgFolder(this, args).Fold(value) : value;

    public GenericArgs Instantiate(GenericArgs value, GenericArgs args) => value.HasAny(TypeFlags.NeedsSubst) ? new ArgFolder(this, args).Fold(value) : value;

    public Binder<FnSig> Instantiate(Binder<FnSig> value, GenericArgs args) => new ArgFolder(this, args).FoldBinder(value);

    public TraitRef Instantiate(TraitRef value, GenericArgs args) => value with { Args = Instantiate(value.Args, args) };

    /// <summary>The signature with its late-bound regions erased.</summary>
    public FnSig EraseBinder(Binder<FnSig> sig) => sig.BoundVars.Length == 0 && !HasBound(sig.Value) ? sig.Value : new BinderEraser(this).Fold(sig.Value);

    private static bool HasBound(FnSig s)
    {
        foreach (var i in s.Inputs) if (i.OuterExclusiveBinder > 0) return true;
        return s.Output.OuterExclusiveBinder > 0;
    }

    public T EraseRegions<T>(T value) where T : GenericArg => (T)new RegionEraser(this).Fold(value);

    /// <summary>Each parameter of an item as itself.</summary>
    public GenericArgs IdentityArgs(DefId d)
    {
        var list = new List<GenericArg>();
        void Add(DefId item)
        {
            if (GenericsOf(item) is not { } g) return;
            if (g.Parent is { } p) Add(p);
            foreach (var param in g.OwnParams)
                list.Add(param.Kind switch
                {
                    GenericParamKind.Lifetime => Interner.ReErased,
                    GenericParamKind.Type => Interner.Param(param.Index, param.Name),
                    _ => Interner.ConstParam(param.Index, param.Name),
                });
        }
        Add(d);
        return Interner.Args(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(list));
    }

    // -- names ---------------------------------------------------------------------------------------------------------------------------------------------

    /// <summary>A readable path such as core::option::Option::map, for messages. Not rustc's exact printing.</summary>
    public string DefPath(DefId d)
    {
        var parts = new List<string>();
        for (DefId? at = d; at is { } here;)
        {
            var key = DefKey(here);
            parts.Add(key.Data switch
            {
                DefPathData.CrateRoot => CrateName(here),
                DefPathData.Impl => "{impl#" + key.Disambiguator + "}",
                DefPathData.Closure => "{closure#" + key.Disambiguator + "}",
                DefPathData.ForeignMod => "{extern#" + key.Disambiguator + "}",
                DefPathData.Ctor => "{constructor}",
                _ => key.Name ?? $"{{{key.Data}#{key.Disambiguator}}}",
            });
            at = key.Parent >= 0 ? new DefId(here.Krate, key.Parent) : null;
        }
        parts.Reverse();
        return string.Join("::", parts);
    }
}
