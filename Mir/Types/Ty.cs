namespace Mirlink.Mir;

/// <summary>rustc_type_ir::TyKind.</summary>
public enum TyKind : byte
{
    Bool, Char, Int, Uint, Float, Adt, Foreign, Str, Array, Pat, Slice, RawPtr, Ref, FnDef, FnPtr, UnsafeBinder, Dynamic, Closure, CoroutineClosure, Coroutine,
    CoroutineWitness, Never, Tuple, Alias, Param, Bound, Infer, Error,
    /// <summary>Ours: see <see cref="ErasedTy"/>.</summary>
    Erased,
}

public enum IntTy : byte { Isize, I8, I16, I32, I64, I128 }
public enum UintTy : byte { Usize, U8, U16, U32, U64, U128 }
public enum FloatTy : byte { F16, F32, F64, F128 }
public enum Mutability : byte { Not, Mut }
public enum Safety : byte { Unsafe, Safe }
public enum AliasTyKind : byte { Projection, Inherent, Opaque, Free }

/// <summary>rustc_abi::ExternAbi. The "-unwind" variants are in <see cref="FnSig.AbiUnwind"/>.</summary>
public enum ExternAbi : byte
{
    C, System, Rust, RustCall, RustCold, RustInvalid, RustPreserveNone, Unadjusted, Custom, EfiApi, Aapcs, CmseNonSecureCall, CmseNonSecureEntry, GpuKernel,
    PtxKernel, AvrInterrupt, AvrNonBlockingInterrupt, Msp430Interrupt, RiscvInterruptM, RiscvInterruptS, X86Interrupt, Cdecl, Stdcall, Fastcall, Thiscall,
    Vectorcall, SysV64, Win64,
}

/// <summary>A type. Interned by <see cref="Interner"/>: equal types are the same object.</summary>
public abstract class Ty : GenericArg
{
    public abstract TyKind Kind { get; }

    public bool IsUnit => this is TupleTy { Elements.Length: 0 };
    public bool IsNever => Kind == TyKind.Never;
    public bool IsBool => Kind == TyKind.Bool;
    public bool IsIntegral => Kind is TyKind.Int or TyKind.Uint;
    public bool IsSigned => Kind == TyKind.Int;
    public bool IsFloat => Kind == TyKind.Float;
    public bool IsAnyPtr => Kind is TyKind.RawPtr or TyKind.Ref or TyKind.FnPtr;

    /// <summary>The pointee of a reference or raw pointer, null for others (Box is an ADT: see its first field).</summary>
    public Ty? BuiltinDeref => this switch { RefTy r => r.Pointee, RawPtrTy p => p.Pointee, _ => null };
}

/// <summary>bool, char, str, ! and the numeric types.</summary>
public sealed class PrimTy : Ty
{
    internal PrimTy(TyKind kind, int sub, string name) { Kind = kind; Sub = sub; Name = name; }
    public override TyKind Kind { get; }
    internal int Sub { get; }
    public string Name { get; }
    public IntTy Int => (IntTy)Sub;
    public UintTy Uint => (UintTy)Sub;
    public FloatTy Float => (FloatTy)Sub;

    /// <summary>Bytes of a numeric type, bool or char on a 64-bit target; 0 for str and !.</summary>
    public int ByteSize => Kind switch
    {
        TyKind.Bool => 1,
        TyKind.Char => 4,
        TyKind.Int or TyKind.Uint => Sub == 0 ? 8 : 1 << (Sub - 1),
        TyKind.Float => 2 << Sub,
        _ => 0,
    };
    internal override int StructuralHash() => HashCode.Combine(3, Kind, Sub);
    internal override bool StructuralEquals(GenericArg o) => o is PrimTy p && p.Kind == Kind && p.Sub == Sub;
    public override string ToString() => Name;
}

public sealed class AdtTy : Ty
{
    internal AdtTy(DefId def, GenericArgs args) { Def = def; Args = args; Flags = args.Flags; OuterExclusiveBinder = args.OuterExclusiveBinder; }
    public override TyKind Kind => TyKind.Adt;
    public DefId Def { get; }
    public GenericArgs Args { get; }
    internal override int StructuralHash() => HashCode.Combine(4, Def, Args.Id);
    internal override bool StructuralEquals(GenericArg o) => o is AdtTy a && a.Def == Def && ReferenceEquals(a.Args, Args);
    public override string ToString() => $"adt({Def}){Args}";
}

/// <summary>extern type.</summary>
public sealed class ForeignTy : Ty
{
    internal ForeignTy(DefId def) { Def = def; }
    public override TyKind Kind => TyKind.Foreign;
    public DefId Def { get; }
    internal override int StructuralHash() => HashCode.Combine(5, Def);
    internal override bool StructuralEquals(GenericArg o) => o is ForeignTy a && a.Def == Def;
    public override string ToString() => $"foreign({Def})";
}

public sealed class ArrayTy : Ty
{
    internal ArrayTy(Ty element, Const length)
    {
        Element = element;
        Length = length;
        Flags = element.Flags | length.Flags;
        OuterExclusiveBinder = Math.Max(element.OuterExclusiveBinder, length.OuterExclusiveBinder);
    }
    public override TyKind Kind => TyKind.Array;
    public Ty Element { get; }
    public Const Length { get; }
    internal override int StructuralHash() => HashCode.Combine(6, Element.Id, Length.Id);
    internal override bool StructuralEquals(GenericArg o) => o is ArrayTy a && ReferenceEquals(a.Element, Element) && ReferenceEquals(a.Length, Length);
    public override string ToString() => $"[{Element}; {Length}]";
}

public sealed class SliceTy : Ty
{
    internal SliceTy(Ty element) { Element = element; Flags = element.Flags; OuterExclusiveBinder = element.OuterExclusiveBinder; }
    public override TyKind Kind => TyKind.Slice;
    public Ty Element { get; }
    internal override int StructuralHash() => HashCode.Combine(7, Element.Id);
    internal override bool StructuralEquals(GenericArg o) => o is SliceTy a && ReferenceEquals(a.Element, Element);
    public override string ToString() => $"[{Element}]";
}

/// <summary>A pattern of a pattern type: a range of values, alternatives, or "not null".</summary>
public abstract record TyPattern
{
    public sealed record Range(Const Start, Const End) : TyPattern;
    public sealed record Or(TyPattern[] Alternatives) : TyPattern
    {
        public bool Equals(Or? o) => o is not null && Alternatives.AsSpan().SequenceEqual(o.Alternatives);
        public override int GetHashCode() => Alternatives.Length;
    }
    public sealed record NotNull : TyPattern;
}

/// <summary>A type restricted by a pattern, such as u32 is 1.. .</summary>
public sealed class PatTy : Ty
{
    internal PatTy(Ty @base, TyPattern pattern) { Base = @base; Pattern = pattern; Flags = @base.Flags | PatternFlags(pattern); OuterExclusiveBinder = @base.OuterExclusiveBinder; }
    public override TyKind Kind => TyKind.Pat;
    public Ty Base { get; }
    public TyPattern Pattern { get; }
    private static TypeFlags PatternFlags(TyPattern p) => p switch
    {
        TyPattern.Range r => r.Start.Flags | r.End.Flags,
        TyPattern.Or or => or.Alternatives.Aggregate(TypeFlags.None, (f, a) => f | PatternFlags(a)),
        _ => TypeFlags.None,
    };
    internal override int StructuralHash() => HashCode.Combine(8, Base.Id, Pattern);
    internal override bool StructuralEquals(GenericArg o) => o is PatTy a && ReferenceEquals(a.Base, Base) && a.Pattern.Equals(Pattern);
    public override string ToString() => $"{Base} is {Pattern}";
}

public sealed class RawPtrTy : Ty
{
    internal RawPtrTy(Ty pointee, Mutability mutbl) { Pointee = pointee; Mutbl = mutbl; Flags = pointee.Flags; OuterExclusiveBinder = pointee.OuterExclusiveBinder; }
    public override TyKind Kind => TyKind.RawPtr;
    public Ty Pointee { get; }
    public Mutability Mutbl { get; }
    internal override int StructuralHash() => HashCode.Combine(9, Pointee.Id, Mutbl);
    internal override bool StructuralEquals(GenericArg o) => o is RawPtrTy a && ReferenceEquals(a.Pointee, Pointee) && a.Mutbl == Mutbl;
    public override string ToString() => $"*{(Mutbl == Mutability.Mut ? "mut" : "const")} {Pointee}";
}

public sealed class RefTy : Ty
{
    internal RefTy(Region region, Ty pointee, Mutability mutbl)
    {
        Region = region;
        Pointee = pointee;
        Mutbl = mutbl;
        Flags = pointee.Flags | region.Flags;
        OuterExclusiveBinder = Math.Max(pointee.OuterExclusiveBinder, region.OuterExclusiveBinder);
    }
    public override TyKind Kind => TyKind.Ref;
    public Region Region { get; }
    public Ty Pointee { get; }
    public Mutability Mutbl { get; }
    internal override int StructuralHash() => HashCode.Combine(10, Region.Id, Pointee.Id, Mutbl);
    internal override bool StructuralEquals(GenericArg o) => o is RefTy a && ReferenceEquals(a.Pointee, Pointee) && a.Mutbl == Mutbl && ReferenceEquals(a.Region, Region);
    public override string ToString() => $"&{(Mutbl == Mutability.Mut ? "mut " : "")}{Pointee}";
}

/// <summary>The zero-sized type of a function item (also of a tuple struct's or variant's constructor).</summary>
public sealed class FnDefTy : Ty
{
    internal FnDefTy(DefId def, GenericArgs args) { Def = def; Args = args; Flags = args.Flags; OuterExclusiveBinder = args.OuterExclusiveBinder; }
    public override TyKind Kind => TyKind.FnDef;
    public DefId Def { get; }
    public GenericArgs Args { get; }
    internal override int StructuralHash() => HashCode.Combine(11, Def, Args.Id);
    internal override bool StructuralEquals(GenericArg o) => o is FnDefTy a && a.Def == Def && ReferenceEquals(a.Args, Args);
    public override string ToString() => $"fn-item({Def}){Args}";
}

public enum BoundVariableKind : byte { Ty, Region, Const }

/// <summary>Something under a binder; the kinds of its bound variables in order.</summary>
public sealed record Binder<T>(T Value, BoundVariableKind[] BoundVars) where T : notnull
{
    public bool Equals(Binder<T>? o) => o is not null && EqualityComparer<T>.Default.Equals(Value, o.Value) && BoundVars.AsSpan().SequenceEqual(o.BoundVars);
    public override int GetHashCode() => HashCode.Combine(Value, BoundVars.Length);
    public Binder<U> With<U>(U value) where U : notnull => new(value, BoundVars);
}

/// <summary>A function signature: inputs, output, ABI. Types may mention the bound variables of the binder around it.</summary>
public sealed record FnSig(Ty[] Inputs, Ty Output, bool CVariadic, Safety Safety, ExternAbi Abi, bool AbiUnwind = false)
{
    public bool Equals(FnSig? o) => o is not null && Inputs.AsSpan().SequenceEqual(o.Inputs) && ReferenceEquals(Output, o.Output) && CVariadic == o.CVariadic
        && Safety == o.Safety && Abi == o.Abi && AbiUnwind == o.AbiUnwind;
    public override int GetHashCode()
    {
        var h = new HashCode();
        foreach (var i in Inputs) h.Add(i.Id);
        h.Add(Output.Id); h.Add(Abi); h.Add(CVariadic);
        return h.ToHashCode();
    }
    public override string ToString() => $"fn({string.Join(", ", (object[])Inputs)}) -> {Output}";
}

public sealed class FnPtrTy : Ty
{
    internal FnPtrTy(Binder<FnSig> sig)
    {
        Sig = sig;
        Flags = Union(sig.Value.Inputs) | sig.Value.Output.Flags | TypeFlags.HasBinder;
        OuterExclusiveBinder = Math.Max(0, Math.Max(MaxBinder(sig.Value.Inputs), sig.Value.Output.OuterExclusiveBinder) - 1);
        if (OuterExclusiveBinder == 0) Flags &= ~TypeFlags.HasBound;
    }
    public override TyKind Kind => TyKind.FnPtr;
    public Binder<FnSig> Sig { get; }
    internal override int StructuralHash() => HashCode.Combine(12, Sig);
    internal override bool StructuralEquals(GenericArg o) => o is FnPtrTy a && a.Sig.Equals(Sig);
    public override string ToString() => Sig.Value.ToString();
}

/// <summary>unsafe&lt;'a&gt; T.</summary>
public sealed class UnsafeBinderTy : Ty
{
    internal UnsafeBinderTy(Binder<Ty> inner)
    {
        Inner = inner;
        Flags = inner.Value.Flags | TypeFlags.HasBinder;
        OuterExclusiveBinder = Math.Max(0, inner.Value.OuterExclusiveBinder - 1);
        if (OuterExclusiveBinder == 0) Flags &= ~TypeFlags.HasBound;
    }
    public override TyKind Kind => TyKind.UnsafeBinder;
    public Binder<Ty> Inner { get; }
    internal override int StructuralHash() => HashCode.Combine(13, Inner);
    internal override bool StructuralEquals(GenericArg o) => o is UnsafeBinderTy a && a.Inner.Equals(Inner);
    public override string ToString() => $"unsafe<> {Inner.Value}";
}

/// <summary>A predicate of a trait object; the self type is left out of the arguments.</summary>
public abstract record ExistentialPredicate
{
    public sealed record Trait(DefId Def, GenericArgs Args) : ExistentialPredicate;
    /// <summary>Term is a <see cref="Ty"/> or <see cref="Mir.Const"/>.</summary>
    public sealed record Projection(DefId Def, GenericArgs Args, GenericArg Term) : ExistentialPredicate;
    public sealed record AutoTrait(DefId Def) : ExistentialPredicate;
}

/// <summary>dyn Trait: principal first if any, then projections, then auto traits.</summary>
public sealed class DynamicTy : Ty
{
    internal DynamicTy(Binder<ExistentialPredicate>[] predicates, Region region)
    {
        Predicates = predicates;
        Region = region;
        Flags = region.Flags | TypeFlags.HasBinder;
        int inner = 0;
        foreach (var p in predicates)
        {
            switch (p.Value)
            {
                case ExistentialPredicate.Trait t:
                    Flags |= t.Args.Flags;
                    inner = Math.Max(inner, t.Args.OuterExclusiveBinder);
                    break;
                case ExistentialPredicate.Projection j:
                    Flags |= j.Args.Flags | j.Term.Flags;
                    inner = Math.Max(inner, Math.Max(j.Args.OuterExclusiveBinder, j.Term.OuterExclusiveBinder));
                    break;
            }
        }
        OuterExclusiveBinder = Math.Max(region.OuterExclusiveBinder, Math.Max(0, inner - 1));
        if (OuterExclusiveBinder == 0) Flags &= ~TypeFlags.HasBound;
    }
    public override TyKind Kind => TyKind.Dynamic;
    public Binder<ExistentialPredicate>[] Predicates { get; }
    public Region Region { get; }

    /// <summary>The principal trait, null for a type of auto traits only.</summary>
    public ExistentialPredicate.Trait? Principal => Predicates.Length > 0 ? Predicates[0].Value as ExistentialPredicate.Trait : null;

    internal override int StructuralHash()
    {
        var h = new HashCode();
        h.Add(14); h.Add(Region.Id);
        foreach (var p in Predicates) h.Add(p);
        return h.ToHashCode();
    }
    internal override bool StructuralEquals(GenericArg o) => o is DynamicTy a && ReferenceEquals(a.Region, Region) && a.Predicates.AsSpan().SequenceEqual(Predicates);
    public override string ToString() => $"dyn {string.Join(" + ", Predicates.Select(p => p.Value.ToString()))}";
}

/// <summary>
/// A closure, coroutine-closure or coroutine. Arguments: those of the enclosing item, then for a closure [kind, signature as fn pointer, tupled upvars];
/// for a coroutine [kind, resume, yield, return, tupled upvars]; for a coroutine-closure [kind, signature parts, tupled upvars, by-ref captures].
/// </summary>
public sealed class ClosureTy : Ty
{
    internal ClosureTy(TyKind kind, DefId def, GenericArgs args) { Kind = kind; Def = def; Args = args; Flags = args.Flags; OuterExclusiveBinder = args.OuterExclusiveBinder; }
    /// <summary>Closure, Coroutine, CoroutineClosure or CoroutineWitness.</summary>
    public override TyKind Kind { get; }
    public DefId Def { get; }
    public GenericArgs Args { get; }
    internal override int StructuralHash() => HashCode.Combine(15, Kind, Def, Args.Id);
    internal override bool StructuralEquals(GenericArg o) => o is ClosureTy a && a.Kind == Kind && a.Def == Def && ReferenceEquals(a.Args, Args);
    public override string ToString() => $"{{{Kind.ToString().ToLowerInvariant()} {Def}}}";
}

public sealed class TupleTy : Ty
{
    internal TupleTy(Ty[] elements) { Elements = elements; Flags = Union(elements); OuterExclusiveBinder = MaxBinder(elements); }
    public override TyKind Kind => TyKind.Tuple;
    public Ty[] Elements { get; }
    internal override int StructuralHash()
    {
        var h = new HashCode();
        h.Add(16);
        foreach (var e in Elements) h.Add(e.Id);
        return h.ToHashCode();
    }
    internal override bool StructuralEquals(GenericArg o) => o is TupleTy a && a.Elements.AsSpan().SequenceEqual(Elements);
    public override string ToString() => Elements.Length == 1 ? $"({Elements[0]},)" : $"({string.Join(", ", (object[])Elements)})";
}

/// <summary>A projection, opaque, inherent or free alias, not yet normalized.</summary>
public sealed class AliasTy : Ty
{
    internal AliasTy(AliasTyKind kind, DefId def, GenericArgs args)
    {
        AliasKind = kind;
        Def = def;
        Args = args;
        Flags = args.Flags | TypeFlags.HasAlias;
        OuterExclusiveBinder = args.OuterExclusiveBinder;
    }
    public override TyKind Kind => TyKind.Alias;
    public AliasTyKind AliasKind { get; }
    public DefId Def { get; }
    public GenericArgs Args { get; }
    internal override int StructuralHash() => HashCode.Combine(17, AliasKind, Def, Args.Id);
    internal override bool StructuralEquals(GenericArg o) => o is AliasTy a && a.AliasKind == AliasKind && a.Def == Def && ReferenceEquals(a.Args, Args);
    public override string ToString() => $"<{AliasKind.ToString().ToLowerInvariant()} {Def}{Args}>";
}

/// <summary>A type parameter.</summary>
public sealed class ParamTy : Ty
{
    internal ParamTy(int index, string name) { Index = index; Name = name; Flags = TypeFlags.HasTyParam; }
    public override TyKind Kind => TyKind.Param;
    public int Index { get; }
    public string Name { get; }
    internal override int StructuralHash() => HashCode.Combine(18, Index, Name);
    internal override bool StructuralEquals(GenericArg o) => o is ParamTy a && a.Index == Index && a.Name == Name;
    public override string ToString() => Name;
}

/// <summary>A bound type variable, or an inference variable of a solver, or the error type.</summary>
public sealed class VarTy : Ty
{
    internal VarTy(TyKind kind, int debruijn, int index)
    {
        Kind = kind;
        DeBruijn = debruijn;
        Index = index;
        Flags = kind switch { TyKind.Bound => TypeFlags.HasBound, TyKind.Infer => TypeFlags.HasInfer, _ => TypeFlags.HasError };
        OuterExclusiveBinder = kind == TyKind.Bound ? debruijn + 1 : 0;
    }
    public override TyKind Kind { get; }
    public int DeBruijn { get; }
    public int Index { get; }
    internal override int StructuralHash() => HashCode.Combine(19, Kind, DeBruijn, Index);
    internal override bool StructuralEquals(GenericArg o) => o is VarTy a && a.Kind == Kind && a.DeBruijn == DeBruijn && a.Index == Index;
    public override string ToString() => Kind == TyKind.Bound ? $"^{DeBruijn}.{Index}" : $"?{Index}";
}
