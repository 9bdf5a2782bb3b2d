namespace Mirlink.Mir.Traits;

public sealed partial class TraitSelection
{
    private readonly ConcurrentMap<GenericArg, GenericArg, ById<GenericArg>> _normalized = new();

    /// <summary>Nested normalizations under binders on this thread: each level has its own placeholders.</summary>
    [ThreadStatic] private static int t_placeholderLevel;

    /// <summary>Normalizes and erases regions other than placeholders. A strict normalization that fails gives a result with <see cref="TypeFlags.HasError"/>.</summary>
    private GenericArg Normalize(GenericArg value, bool strict)
    {
        if (!value.HasAny(Normalizer.Interesting)) return value;
        return new Normalizer(this, strict).Fold(value);
    }

    private GenericArgs Normalize(GenericArgs value, bool strict) => value.HasAny(Normalizer.Interesting) ? new Normalizer(this, strict).Fold(value) : value;

    /// <summary>Normalizes aliases and consts inside out, erases free regions, renumbers bound ones.</summary>
    private sealed class Normalizer(TraitSelection traits, bool strict) : TypeFolder(traits._tcx)
    {
        public const TypeFlags Interesting = TypeFlags.HasAlias | TypeFlags.HasUnevaluated | TypeFlags.HasFreeRegions | TypeFlags.HasReParam | TypeFlags.HasBinder;

        public override Region FoldRegion(Region r) => r.Kind switch
        {
            RegionKind.ReBound => r.Name is null ? r : Interner.Region(RegionKind.ReBound, r.DeBruijn, r.Index),
            RegionKind.ReErased => r,
            _ => BoundRegions.IsPlaceholder(r) ? r : Interner.ReErased,
        };

        public override Ty FoldTy(Ty ty)
        {
            if (!ty.HasAny(Interesting | TypeFlags.HasBound)) return ty;
            // Without escaping variables the result does not depend on where the type stands.
            if (ty.OuterExclusiveBinder > 0) return Compute(ty);
            if (traits._normalized.TryGetValue(ty, out var known)) return (Ty)known;
            var result = ty is AliasTy ? Compute(ty) : new Normalizer(traits, strict).Compute(ty);
            if (!result.HasAny(TypeFlags.HasError) || ty.HasAny(TypeFlags.HasError)) traits._normalized.TryAdd(ty, result);
            return result;
        }

        private Ty Compute(Ty ty)
        {
            if (ty is AliasTy alias) return Alias(alias);
            var folded = SuperFold(ty);
            return folded is FnPtrTy or DynamicTy or UnsafeBinderTy ? BoundRegions.Anonymize(Tcx, folded) : folded;
        }

        private Ty Alias(AliasTy alias)
        {
            var args = Fold(alias.Args);
            if (args.HasAny(TypeFlags.HasError)) return Interner.ErrorTy;
            if (args.OuterExclusiveBinder == 0) return (Ty)traits.NormalizeAlias(alias.AliasKind, alias.Def, args, strict);
            return (Ty)UnderBinder(args, a => traits.NormalizeAlias(alias.AliasKind, alias.Def, a, strict));
        }

        private GenericArg UnderBinder(GenericArgs args, Func<GenericArgs, GenericArg> normalize)
        {
            string name = "!" + ++t_placeholderLevel;
            try
            {
                var opened = new BoundRegions.ToPlaceholders(Tcx, name).Fold(args);
                return new BoundRegions.FromPlaceholders(Tcx, name).Fold(normalize(opened));
            }
            finally { t_placeholderLevel--; }
        }

        public override Const FoldConst(Const c)
        {
            switch (c.Kind)
            {
                case ConstKind.Unevaluated:
                    {
                        var args = Fold(c.Args!);
                        if (args.HasAny(TypeFlags.HasError)) return Interner.ConstError();
                        // A length does not depend on lifetimes, so bound ones are as good as erased.
                        if (args.OuterExclusiveBinder > 0) args = new BoundRegions.EraseFree(Tcx).Fold(new BoundRegions.ToPlaceholders(Tcx, "!c").Fold(args));
                        var u = Interner.ConstUnevaluated(c.Def, args);
                        return args.HasAny(TypeFlags.HasParam) ? u : traits.EvaluateConst(u);
                    }
                case ConstKind.Expr:
                    throw new UnsupportedException("a const expression in a type (generic_const_exprs)");
                default: return SuperFold(c);
            }
        }
    }

    private Const EvaluateConst(Const c)
    {
        if (_normalized.TryGetValue(c, out var known)) return (Const)known;
        var value = _tcx.Eval.EvaluateTypeConst(c);
        _normalized.TryAdd(c, value);
        return value;
    }
}
