using Mirlink.Mir;

namespace Mirlink.Rlib.Tests;

/// <summary>Everything that a crate can be asked about one definition, and about itself.</summary>
internal static class CrateQueries
{
    public static readonly (string Name, Func<ICrateSource, int, object?> Ask)[] OfDefinition =
    [
        ("kind", (c, i) => c.DefKind(i)), ("key", (c, i) => c.DefKey(i)), ("hash", (c, i) => c.DefPathHash(i)), ("generics", (c, i) => c.GenericsOf(i)),
        ("predicates", (c, i) => c.PredicatesOf(i)), ("super", (c, i) => c.SuperPredicatesOf(i)), ("bounds", (c, i) => c.ItemBounds(i)), ("type", (c, i) => c.TypeOf(i)),
        ("default", (c, i) => c.ConstParamDefault(i)), ("sig", (c, i) => c.FnSig(i)), ("coroutine kind", (c, i) => c.CoroutineKind(i)),
        ("coroutine for closure", (c, i) => c.CoroutineForClosure(i)), ("by move", (c, i) => c.CoroutineByMoveBody(i)), ("adt", (c, i) => c.AdtDef(i)),
        ("valid range", (c, i) => c.LayoutScalarValidRange(i)), ("trait", (c, i) => c.TraitDef(i)), ("impl", (c, i) => c.ImplHeader(i)), ("defaultness", (c, i) => c.Defaultness(i)),
        ("const fn", (c, i) => c.IsConstFn(i)), ("associated items", (c, i) => c.AssociatedItemDefIndices(i)), ("associated item", (c, i) => c.AssocItem(i)),
        ("attributes", (c, i) => c.CodegenFnAttrs(i)), ("intrinsic", (c, i) => c.Intrinsic(i)), ("static", (c, i) => c.StaticMutability(i)), ("foreign", (c, i) => c.IsForeignItem(i)),
        ("destructor", (c, i) => c.AdtDestructor(i)),
        ("has mir", (c, i) => c.HasOptimizedMir(i)), ("mir", (c, i) => c.OptimizedMir(i)), ("ctfe", (c, i) => c.MirForCtfe(i)), ("promoted", (c, i) => c.PromotedMir(i) is { Length: > 0 } p ? p : null),
        ("coroutine", (c, i) => c.CoroutineLayout(i)), ("initializer", (c, i) => c.StaticInitializer(i)),
    ];

    public static readonly (string Name, Func<ICrateSource, object?> Ask)[] OfCrate =
    [
        ("impls", c => c.TraitImpls), ("lang items", c => c.LangItems), ("diagnostic items", c => c.DiagnosticItems), ("native libs", c => c.NativeLibs), ("main", c => c.FindMain()), ("global asm", c => c.GlobalAsm),
    ];
}
