namespace Mirlink.Mir;

/// <summary>Identity of a definition: crate number in this session (<see cref="TyCtxt.Crates"/>) and index in that crate's definition table.</summary>
public readonly record struct DefId(int Krate, int Index) : IComparable<DefId>
{
    public override int GetHashCode() => Index ^ Krate << 22;
    public int CompareTo(DefId o) => Krate != o.Krate ? Krate.CompareTo(o.Krate) : Index.CompareTo(o.Index);
    public override string ToString() => $"{Krate}:{Index}";
}

/// <summary>rustc_hir::def::DefKind, with the constructor kinds spelled out.</summary>
public enum DefKind : byte
{
    Mod, Struct, Union, Enum, Variant, Trait, TyAlias, ForeignTy, TraitAlias, AssocTy, TyParam, Fn, Const, ConstParam, Static, CtorStructFn, CtorStructConst,
    CtorVariantFn, CtorVariantConst, AssocFn, AssocConst, Macro, ExternCrate, Use, ForeignMod, AnonConst, InlineConst, OpaqueTy, Field, LifetimeParam,
    GlobalAsm, Impl, Closure, SyntheticCoroutineBody,
}

/// <summary>rustc_hir::definitions::DefPathData; the names of the kinds that have one are in <see cref="DefKey.Name"/>.</summary>
public enum DefPathData : byte
{
    CrateRoot, Impl, ForeignMod, Use, GlobalAsm, TypeNs, ValueNs, MacroNs, LifetimeNs, Closure, Ctor, AnonConst, LateAnonConst,
    DesugaredAnonymousLifetime, OpaqueTy, OpaqueLifetime, AnonAssocTy, SyntheticCoroutineBody, NestedStatic,
}

/// <summary>A definition's place in the definition tree. <paramref name="Parent"/> is -1 for the crate root.</summary>
public sealed record DefKey(int Parent, DefPathData Data, string? Name, uint Disambiguator);

/// <summary>128-bit hash of a definition path (stable crate id, local hash), the same in every session.</summary>
public readonly record struct DefPathHash(ulong StableCrateId, ulong LocalHash);

/// <summary>A resolved source position: the outermost macro call site's file, 1-based line and column (in chars). File is an index into <see cref="TyCtxt.SourceFiles"/>; -1 for none.</summary>
public readonly record struct Span(int File, int Line, int Column)
{
    public static readonly Span Dummy = new(-1, 0, 0);
    public bool IsDummy => File < 0;
}
