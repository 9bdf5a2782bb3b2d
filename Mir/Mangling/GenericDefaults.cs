namespace Mirlink.Mir.Mangling;

/// <summary>Which generic arguments a path shows.</summary>
internal static class GenericDefaults
{
    /// <summary>The item's own arguments but Self, without the trailing ones that equal their parameters' defaults (rustc's own_args_no_defaults).</summary>
    public static GenericArg[] OwnArgsWithoutDefaults(TyCtxt tcx, Generics generics, GenericArgs args)
    {
        int start = generics.HasSelf && generics.Parent is null ? 1 : generics.ParentCount;
        int end = generics.Count;
        for (int i = generics.OwnParams.Length - 1; i >= 0; i--)
        {
            var param = generics.OwnParams[i];
            if (!param.HasDefault || !ReferenceEquals(DefaultOf(tcx, param, args), args[param.Index])) break;
            end--;
        }
        return end <= start ? [] : args.Span[start..end].ToArray();
    }

    private static GenericArg? DefaultOf(TyCtxt tcx, GenericParamDef param, GenericArgs args) => param.Kind switch
    {
        GenericParamKind.Type => tcx.TryTypeOf(param.Def) is { } t ? tcx.Instantiate(t, args) : null,
        GenericParamKind.Const => tcx.Crate(param.Def).ConstParamDefault(param.Def.Index) is { } c ? tcx.Instantiate(c, args) : null,
        _ => null,
    };
}
