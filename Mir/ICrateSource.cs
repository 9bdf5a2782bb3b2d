namespace Mirlink.Mir;

/// <summary>
/// One crate's items, decoded on demand. Implemented over rustc's metadata and over MIR-only rlibs. <paramref name="index"/> is always a
/// <see cref="DefId.Index"/> of this crate; results use session-wide <see cref="DefId"/>s, interned types, and spans of <see cref="TyCtxt.SourceFiles"/>.
/// Thread-safe; nothing is cached here (<see cref="TyCtxt"/> does), except what the format shares between items (types, allocations).
/// </summary>
public interface ICrateSource
{
    CrateInfo Info { get; }
    /// <summary>Called now and then while many items are asked for: what only mirrors the crate's file may go, as long as it can be read again.</summary>
    void ReleasePages() { }
    /// <summary>What only text shows of the crate; null where nobody knows it.</summary>
    Text.ITextSource? Text => this as Text.ITextSource;
    /// <summary>Number of definitions: indices are below it.</summary>
    int DefCount { get; }

    DefKind? DefKind(int index);
    DefKey DefKey(int index);
    DefPathHash DefPathHash(int index);

    /// <summary>Generics of an item; null for kinds that have none.</summary>
    Generics? GenericsOf(int index);
    /// <summary>rustc's predicates_of: where-clauses without the parent's.</summary>
    GenericPredicates PredicatesOf(int index);
    /// <summary>A trait's super predicates (explicit_super_predicates_of), on Self.</summary>
    Binder<Clause>[] SuperPredicatesOf(int index);
    /// <summary>Bounds of an associated or opaque type (explicit_item_bounds).</summary>
    Binder<Clause>[] ItemBounds(int index);
    /// <summary>Type of a field, const, static, self type of an impl, value of an associated or opaque type, default of a parameter, function item type.</summary>
    Ty? TypeOf(int index);
    /// <summary>Default value of a const parameter.</summary>
    Const? ConstParamDefault(int index);
    Binder<FnSig>? FnSig(int index);
    /// <summary>Closure kind etc. are in the type; this tells an async/gen coroutine's flavour and null for what is not a coroutine.</summary>
    CoroutineDesugaring? CoroutineKind(int index);

    /// <summary>The coroutine made by a coroutine-closure (`async ||`), null for anything else.</summary>
    DefId? CoroutineForClosure(int index);
    /// <summary>The by-move variant of the body of a coroutine-closure's coroutine, null where there is none.</summary>
    DefId? CoroutineByMoveBody(int index);

    AdtDef? AdtDef(int index);
    /// <summary>An ADT's #[rustc_layout_scalar_valid_range_start(n)] and _end(n), null where not given.</summary>
    (U128? Start, U128? End) LayoutScalarValidRange(int index);
    TraitDef? TraitDef(int index);
    ImplHeader? ImplHeader(int index);
    Defaultness Defaultness(int index);
    bool IsConstFn(int index);
    /// <summary>Associated items of a trait or impl, in definition order.</summary>
    int[] AssociatedItemDefIndices(int index);
    AssocItem? AssocItem(int index);
    CodegenFnAttrs CodegenFnAttrs(int index);
    IntrinsicDef? Intrinsic(int index);
    /// <summary>A static: mutable or not (null: not a static). Thread-locality is in the codegen attributes.</summary>
    Mutability? StaticMutability(int index);
    /// <summary>Declared in an extern block.</summary>
    bool IsForeignItem(int index);
    /// <summary>impl of Drop for an ADT: rustc's adt_destructor (the drop method), null for none.</summary>
    DefId? AdtDestructor(int index);

    /// <summary>Where an item is defined (rustc's def_span; of a function the start of its header): what shims give as their caller location.</summary>
    Span DefSpan(int index) => OptimizedMir(index)?.Span ?? Span.Dummy;

    bool HasOptimizedMir(int index);
    Body? OptimizedMir(int index);
    /// <summary>Body for compile-time evaluation of a const, static or const fn.</summary>
    Body? MirForCtfe(int index);
    Body[]? PromotedMir(int index);
    CoroutineLayout? CoroutineLayout(int index);
    /// <summary>The evaluated initial value of a static, null if it has none here.</summary>
    Allocation? StaticInitializer(int index);

    /// <summary>Traits with impls in this crate.</summary>
    IReadOnlyList<TraitImpls> TraitImpls { get; }
    /// <summary>Lang items defined here by name (`#[lang = "…"]`).</summary>
    IReadOnlyList<(string Name, DefId Def)> LangItems { get; }
    IReadOnlyList<(string Name, DefId Def)> DiagnosticItems { get; }
    IReadOnlyList<NativeLib> NativeLibs { get; }
    /// <summary>The crate's `global_asm!`, null for one that has none (no <see cref="Mir.DefKind.GlobalAsm"/>) or whose text nobody asked rustc for.</summary>
    GlobalAsm? GlobalAsm => null;
    /// <summary>Named children of the root module that can be an entry point: resolves `main`, also when re-exported.</summary>
    DefId? FindMain();
    /// <summary>Symbols of definitions that this crate's own object code exports without generic arguments (functions and statics); empty for MIR-only crates.</summary>
    IReadOnlyList<DefId> ExportedNonGenericSymbols { get; }
    /// <summary>Generic instances whose code is in this crate's objects (share-generics), drop glue included (Kind DropGlue).</summary>
    IReadOnlyList<Instance> ExportedGenericSymbols { get; }
}
