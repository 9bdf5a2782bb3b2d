using Mirlink.Mir.Abi;

namespace Mirlink.Mir;

/// <summary>How a trait reference is implemented (rustc's ImplSource).</summary>
public abstract record ImplSource
{
    /// <summary>An impl with its generic arguments.</summary>
    public sealed record UserDefined(DefId Impl, GenericArgs Args) : ImplSource;
    /// <summary>Built into the compiler: closures, fn pointers, Copy/Clone of builtin types, Sized, trait objects' own trait, ...</summary>
    public sealed record Builtin : ImplSource { public static readonly Builtin Instance = new(); }
    /// <summary>From the caller's where-clauses (generic code only).</summary>
    public sealed record Param : ImplSource { public static readonly Param Instance = new(); }
}

/// <summary>An entry of a vtable, in order (rustc's VtblEntry).</summary>
public abstract record VtblEntry
{
    public sealed record DropInPlace : VtblEntry;
    public sealed record Size : VtblEntry;
    public sealed record Align : VtblEntry;
    public sealed record Vacant : VtblEntry;
    public sealed record Method(Instance Instance) : VtblEntry;
    /// <summary>Pointer to the vtable of a supertrait (existential reference, self type as first argument).</summary>
    public sealed record TraitVPtr(TraitRef TraitRef) : VtblEntry;
}

/// <summary>Trait selection and normalization after type checking: regions are erased, everything is known to hold unless asked with Implements.</summary>
public interface ITraits
{
    /// <summary>Normalizes aliases and evaluates unevaluated consts, erases regions. Opaque types are revealed. Concrete input gives concrete output.</summary>
    T NormalizeErasingRegions<T>(T value) where T : GenericArg;
    GenericArgs NormalizeErasingRegions(GenericArgs value);
    FnSig NormalizeErasingRegions(FnSig value);
    /// <summary>Instantiate, then normalize; cached.</summary>
    T InstantiateAndNormalize<T>(T value, GenericArgs args) where T : GenericArg;
    GenericArgs InstantiateAndNormalize(GenericArgs value, GenericArgs args);

    /// <summary>The implementation of a concrete trait reference, null if there is none.</summary>
    ImplSource? Select(TraitRef traitRef);
    bool Implements(TraitRef traitRef);
    /// <summary>Does the type implement the lang-item trait of that name ("copy", "sized", "freeze", "unpin", "clone"...)?</summary>
    bool ImplementsLang(string langItem, Ty ty);

    /// <summary>rustc's Instance::resolve for a concrete callee: trait methods to impls (specialization, defaults), closures, drop_in_place, intrinsics, fn-pointer and clone shims, virtual calls. Null: cannot be resolved.</summary>
    Instance? Resolve(DefId def, GenericArgs args);
    /// <summary>What to take the address of for a function pointer (track_caller and virtual ones get a ReifyShim).</summary>
    Instance ResolveForFnPtr(DefId def, GenericArgs args);
    /// <summary>What to put in a vtable slot (by-value self gets a VTableShim, track_caller a ReifyShim).</summary>
    Instance ResolveForVtable(DefId def, GenericArgs args);
    /// <summary>The closure's body, or a shim when called by value through FnOnce. Requested is the lang item: "fn", "fn_mut" or "fn_once".</summary>
    Instance ResolveClosure(DefId closure, GenericArgs args, string requestedKind);
    Instance ResolveDropInPlace(Ty ty);
    /// <summary>What a generic callee or associated item is whatever its parameters stand for, with arguments in terms of the same parameters; null if that depends on them.</summary>
    (DefId Def, GenericArgs Args)? ResolveForAnyArgs(DefId item, GenericArgs args);
    /// <summary>The arguments of an impl in terms of the parameters of its self type; null if they do not follow from it.</summary>
    GenericArgs? ImplArgsForAnyArgs(DefId impl, Ty self);

    /// <summary>Entries of the vtable of a type for a principal trait (null: none, header only), header first.</summary>
    VtblEntry[] VtableEntries(Ty selfTy, DynamicTy dyn);
    /// <summary>Slot of a trait method in the vtable of its own trait object type. The trait reference has the self type first.</summary>
    int VtableSlotOfMethod(TraitRef traitRef, DefId method);
    /// <summary>Slot that holds the vtable pointer for upcasting from a trait object type to another; null if the same vtable serves (or nothing is needed).</summary>
    int? SupertraitVtableSlot(DynamicTy source, DynamicTy target);
    /// <summary>For CoerceUnsized on structs: index of the field that changes.</summary>
    int CoerceUnsizedField(Ty source, Ty target);

    bool NeedsDrop(Ty ty);
    bool IsCopy(Ty ty);
    bool IsSized(Ty ty);
    /// <summary>No UnsafeCell outside of indirections.</summary>
    bool IsFreeze(Ty ty);
    bool IsUnpin(Ty ty);
    /// <summary>The unsized tail of a type after normalization (the type itself if sized).</summary>
    Ty StructTail(Ty ty);
    /// <summary>Field types of a variant, normalized.</summary>
    Ty FieldTy(AdtTy adt, int variant, int field);
    /// <summary>Upvar types of a closure or coroutine.</summary>
    Ty[] UpvarTys(ClosureTy closure);
    /// <summary>Signature of a callee type (FnDef, FnPtr, closure: inputs as the closure body's ABI sees them), late-bound regions erased, normalized.</summary>
    FnSig FnSigOf(Instance instance);
    /// <summary>The type of an enum's or coroutine's discriminant as Rust code sees it (the type of Rvalue.Discriminant).</summary>
    Ty DiscriminantTy(Ty ty);
    /// <summary>The discriminant value of a variant, as bits of <see cref="DiscriminantTy"/>.</summary>
    U128 DiscriminantFor(Ty ty, int variant);
    /// <summary>The body to compile for an instance, generic: optimized MIR for items, shims are built elsewhere. Null where there is no MIR.</summary>
    Body? BodyOf(Instance instance);
}

/// <summary>Layout and function ABI, equal to rustc's for x86_64-unknown-linux-gnu.</summary>
public interface ILayouts
{
    /// <exception cref="MirlinkException">The type has no layout (too large, or its size overflows).</exception>
    TyAndLayout LayoutOf(Ty ty);
    /// <summary>The ABI of an instance, caller location argument included where it is track_caller.</summary>
    FnAbi FnAbiOf(Instance instance);
    /// <summary>The ABI of a call through a function pointer; extra arguments for C varargs.</summary>
    FnAbi FnAbiOfFnPtr(FnSig sig, ReadOnlySpan<Ty> variadicArgs = default);
    FnAbi FnAbiOfVariadicCall(Instance instance, ReadOnlySpan<Ty> variadicArgs);
    /// <summary>rustc's 128-bit type id hash.</summary>
    U128 TypeIdHash(Ty ty);
}

/// <summary>Compile-time evaluation of concrete constants.</summary>
public interface IConstEval
{
    /// <summary>The value of a concrete constant.</summary>
    /// <exception cref="ConstEvalException">The constant panics or is undefined: rustc's "evaluation failed".</exception>
    ConstValue Evaluate(MirConst constant);
    /// <summary>A type-level constant's value (array lengths, const arguments).</summary>
    Const EvaluateTypeConst(Const constant);
    /// <summary>A static's memory: from the crate's metadata, or by evaluating its body.</summary>
    Allocation StaticInitializer(DefId def);
    /// <summary>The bits of a concrete scalar constant.</summary>
    U128 EvaluateBits(MirConst constant);
}

/// <summary>Why interpreted code could not go on (rustc's InterpErrorKind).</summary>
public enum InterpErrorKind : byte
{
    UndefinedBehavior,
    /// <summary>Defined, but not something that this evaluation does.</summary>
    Unsupported,
    /// <summary>Stack, memory.</summary>
    ResourceExhaustion,
}

/// <summary>A constant whose evaluation failed, or interpreted code that went wrong.</summary>
public sealed class ConstEvalException(string message, string? reason = null) : MirlinkException(message)
{
    public InterpErrorKind Kind { get; init; }

    /// <summary>What went wrong in rustc's words, without what was evaluated and where.</summary>
    public string Reason { get; } = reason ?? message;
}
