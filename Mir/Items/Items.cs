namespace Mirlink.Mir;

public enum GenericParamKind : byte { Lifetime, Type, Const }

/// <summary>A generic parameter; <paramref name="Index"/> is its position in <see cref="GenericArgs"/>.</summary>
public sealed record GenericParamDef(string Name, DefId Def, int Index, GenericParamKind Kind, bool HasDefault);

/// <summary>The generics of an item: <see cref="ParentCount"/> parameters of the parent come first.</summary>
public sealed record Generics(DefId? Parent, int ParentCount, GenericParamDef[] OwnParams, bool HasSelf)
{
    public int Count => ParentCount + OwnParams.Length;
}

public sealed record TraitRef(DefId Def, GenericArgs Args)
{
    public Ty SelfTy => Args.Type(0);
    public override string ToString() => $"<{SelfTy} as {Def}{Args}>";
}

/// <summary>Where-clauses that matter after type checking. Others (outlives, well-formedness, const evaluatability) are not kept.</summary>
public abstract record Clause
{
    public sealed record Trait(TraitRef TraitRef, bool Negative) : Clause;
    /// <summary>Projection == term; Term is a type or const.</summary>
    public sealed record Projection(DefId AliasDef, GenericArgs Args, GenericArg Term) : Clause;
    public sealed record ConstArgHasType(Const Const, Ty Ty) : Clause;
    /// <summary>[const] Trait bound: irrelevant outside of constness checks.</summary>
    public sealed record HostEffect(TraitRef TraitRef) : Clause;
    public sealed record Other : Clause;
}

/// <summary>The predicates of an item, without those of <paramref name="Parent"/>.</summary>
public sealed record GenericPredicates(DefId? Parent, Binder<Clause>[] Predicates);

public enum ImplPolarity : byte { Positive, Negative, Reservation }

public sealed record ImplHeader(TraitRef TraitRef, ImplPolarity Polarity);

public enum Defaultness : byte { Final, Default, /** A trait's item with a default value. */ HasValue }

public enum AssocKind : byte { Const, Fn, Type }

/// <summary>
/// An associated item. <paramref name="TraitItem"/> is the trait's item that an item of a trait impl implements; <paramref name="Name"/> is null for
/// the types of `impl Trait` in traits.
/// </summary>
public sealed record AssocItem(DefId Def, AssocKind Kind, string? Name, DefId Container, bool InTrait, DefId? TraitItem, bool IsRpitit);

public enum TraitSpecializationKind : byte { None, Marker, AlwaysApplicable }

public sealed record TraitDef(DefId Def, Safety Safety, bool IsAuto, bool IsMarker, bool ParenSugar, TraitSpecializationKind Specialization);

/// <summary>A field. RestrictedTo: the module it is visible in (null: public). DefaultValue: the anonymous const of `field: T = value`. All of it is part of type ids.</summary>
public sealed record FieldDef(DefId Def, string Name, DefId? RestrictedTo, Safety Safety, DefId? DefaultValue);

/// <summary>Explicit discriminants name the anonymous const that holds them; relative ones count from the last explicit one (or 0).</summary>
public sealed record VariantDef(DefId Def, string Name, DefId? Ctor, bool CtorIsFn, DefId? ExplicitDiscr, uint RelativeDiscr, FieldDef[] Fields,
    bool IsFieldListNonExhaustive);

public enum AdtKind : byte { Struct, Union, Enum }

[Flags]
public enum ReprFlags : byte { None = 0, C = 1, Simd = 2, Transparent = 4, Linear = 8, RandomizeLayout = 16, PassIndirectlyInNonRusticAbis = 32, Scalable = 64 }

/// <summary>#[repr]. Align and Pack in bytes (null: none). Int: a fixed or pointer-sized integer type for the tag.</summary>
public sealed record ReprOptions(PrimTy? Int, ulong? Align, ulong? Pack, ReprFlags Flags, ulong FieldShuffleSeed)
{
    public bool C => (Flags & ReprFlags.C) != 0;
    public bool Simd => (Flags & ReprFlags.Simd) != 0;
    public bool Transparent => (Flags & ReprFlags.Transparent) != 0;
}

[Flags]
public enum AdtFlags : ushort
{
    None = 0, IsEnum = 1, IsUnion = 2, IsStruct = 4, HasCtor = 8, IsPhantomData = 16, IsFundamental = 32, IsBox = 64, IsManuallyDrop = 128,
    IsVariantListNonExhaustive = 256, IsUnsafeCell = 512, IsUnsafePinned = 1024, IsPin = 2048, IsPinProject = 4096, IsFieldRepresentingType = 8192,
    IsMaybeDangling = 16384,
}

/// <summary>A struct, union or enum; variants in order of their indices.</summary>
public sealed record AdtDef(DefId Def, AdtKind Kind, VariantDef[] Variants, AdtFlags Flags, ReprOptions Repr)
{
    public bool IsEnum => Kind == AdtKind.Enum;
    public bool IsUnion => Kind == AdtKind.Union;
    public bool IsBox => (Flags & AdtFlags.IsBox) != 0;
    public bool IsManuallyDrop => (Flags & AdtFlags.IsManuallyDrop) != 0;
    public bool IsPhantomData => (Flags & AdtFlags.IsPhantomData) != 0;
    public bool IsUnsafeCell => (Flags & AdtFlags.IsUnsafeCell) != 0;
    public VariantDef NonEnumVariant => Variants[0];
}

public enum InlineAttr : byte { None, Hint, Always, Never }
public enum OptimizeAttr : byte { Default, DoNotOptimize, Speed, Size }
public enum Linkage : byte { AvailableExternally, Common, ExternalWeak, External, Internal, LinkOnceAny, LinkOnceODR, WeakAny, WeakODR }

/// <summary>rustc_middle::middle::codegen_fn_attrs::CodegenFnAttrFlags, by the bits of 1.96.0 (the importer translates other versions).</summary>
[Flags]
public enum CodegenFnAttrFlags : uint
{
    None = 0, Cold = 1 << 0, NeverUnwind = 1 << 1, Naked = 1 << 2, NoMangle = 1 << 3, RustcStdInternalSymbol = 1 << 4, ThreadLocal = 1 << 5,
    UsedCompiler = 1 << 6, UsedLinker = 1 << 7, TrackCaller = 1 << 8, FfiPure = 1 << 9, FfiConst = 1 << 10, Allocator = 1 << 11, Deallocator = 1 << 12,
    Reallocator = 1 << 13, AllocatorZeroed = 1 << 14, NoBuiltins = 1 << 15, ForeignItem = 1 << 16, OffloadKernel = 1 << 17,
    ExternallyImplementableItem = 1 << 18,
}

public sealed record CodegenFnAttrs(CodegenFnAttrFlags Flags, InlineAttr Inline, OptimizeAttr Optimize, string? SymbolName, string[] TargetFeatures,
    Linkage? Linkage, Linkage? ImportLinkage, string? LinkSection, ulong? Alignment)
{
    public static readonly CodegenFnAttrs None = new(0, InlineAttr.None, OptimizeAttr.Default, null, [], null, null, null, null);
    public bool Has(CodegenFnAttrFlags f) => (Flags & f) != 0;
    public bool TrackCaller => Has(CodegenFnAttrFlags.TrackCaller);
    /// <summary>Says nothing that <see cref="None"/> does not.</summary>
    public bool IsDefault => Flags == 0 && Inline == InlineAttr.None && Optimize == OptimizeAttr.Default && SymbolName is null && TargetFeatures.Length == 0
        && Linkage is null && ImportLinkage is null && LinkSection is null && Alignment is null;
}

/// <summary>A compiler intrinsic; one that must not be overridden has a fallback body.</summary>
public sealed record IntrinsicDef(string Name, bool MustBeOverridden);

public enum NativeLibKind : byte { Static, Dylib, RawDylib, Framework, LinkArg, WasmImportModule, Unspecified }

/// <summary>A native library named by #[link] or -l. Bundle/WholeArchive/AsNeeded: null where not given. Filename: the file bundled in the rlib, if any.</summary>
public sealed record NativeLib(NativeLibKind Kind, string Name, string? Filename, bool? Bundle, bool? WholeArchive, bool? AsNeeded, bool? Verbatim);

/// <summary>A trait's impls in one crate: each with the simplified self type for fast rejection (null: a blanket impl).</summary>
public sealed record TraitImpls(DefId Trait, (DefId Impl, SimplifiedType? SelfTy)[] Impls);

public enum SimplifiedTypeKind : byte
{
    Bool, Char, Int, Uint, Float, Adt, Foreign, Str, Array, Slice, Ref, Ptr, Never, Tuple, MarkerTraitObject, Trait, Closure, Coroutine, CoroutineWitness,
    Function, UnsafeBinder, Placeholder, Error,
}

/// <summary>rustc_type_ir::fast_reject::SimplifiedType. Sub: int/uint/float kind, mutability, or arity; Def: for nominal types.</summary>
public readonly record struct SimplifiedType(SimplifiedTypeKind Kind, int Sub = 0, DefId Def = default);

public enum CoroutineDesugaring : byte { None, Async, Gen, AsyncGen }

/// <summary>A coroutine's saved locals: types, and per variant (0 unresumed, 1 returned, 2 panicked, then suspension points) which are live.</summary>
/// <param name="StorageConflicts">[i, j]: i and j are live at the same time. Row-major bits, Count x Count.</param>
/// <param name="IgnoreForTraits">Saved locals that do not count for auto traits.</param>
public sealed record CoroutineLayout(Ty[] FieldTys, int[][] VariantFields, bool[,] StorageConflicts, bool[] IgnoreForTraits, SourceInfo[] VariantSourceInfo);

/// <summary>A crate's properties as a whole.</summary>
public sealed record CrateInfo
{
    public required string Name { get; init; }
    public required ulong StableCrateId { get; init; }
    /// <summary>Strict version hash: 16 bytes, identifies exactly this build of the crate.</summary>
    public required Hash128 Svh { get; init; }
    /// <summary>Suffix of the file name (-C extra-filename).</summary>
    public required string ExtraFilename { get; init; }
    public required string Triple { get; init; }
    /// <summary>The file that the crate was read from.</summary>
    public required string Path { get; init; }
    /// <summary>Crate numbers (of this session) of all dependencies, direct or not, in the order of the crate's own list.</summary>
    public required int[] Deps { get; init; }
    public bool IsProcMacro { get; init; }
    public bool HasGlobalAllocator { get; init; }
    public bool HasAllocErrorHandler { get; init; }
    public bool HasPanicHandler { get; init; }
    public bool NeedsAllocator { get; init; }
    public bool NeedsPanicRuntime { get; init; }
    public bool IsPanicRuntime { get; init; }
    public bool IsCompilerBuiltins { get; init; }
    public bool IsNoBuiltins { get; init; }
    /// <summary>Panic strategy that the crate must be linked with: null any, else "unwind" or "abort".</summary>
    public string? RequiredPanicStrategy { get; init; }
    public string Edition { get; init; } = "2021";
    /// <summary>The crate's own machine code exists as objects in its rlib (std as shipped), so functions that are not generic or inline are called there.</summary>
    public bool HasMachineCode { get; init; }
}

/// <summary>A 128-bit hash as two words: U128 in a signature keeps a method from being compiled ahead of time.</summary>
public readonly record struct Hash128(ulong Low, ulong High)
{
    public bool Equals(Hash128 o) => Low == o.Low && High == o.High;
    public override int GetHashCode() => HashCode.Combine(Low, High);
    public override string ToString() => $"{High:x16}{Low:x16}";
}
