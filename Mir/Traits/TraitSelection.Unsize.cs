namespace Mirlink.Mir.Traits;

/// <summary>`T: Unsize&lt;U&gt;` and the coercions that rest on it.</summary>
public sealed partial class TraitSelection
{
    private bool Unsizes(DefId unsize, Ty a, Ty b)
    {
        switch (a, b)
        {
            case (DynamicTy from, DynamicTy to): return Upcasts(from, to);
            case (_, DynamicTy to): return Holds(_tcx.LangItem("sized"), a) && ImplementsObject(a, to);
            case (ArrayTy from, SliceTy to): return HeaderMatcher.Same(_tcx, from.Element, to.Element);
            case (AdtTy from, AdtTy to) when from.Def == to.Def && _tcx.AdtDef(from.Def).Kind == AdtKind.Struct: return UnsizesStruct(unsize, from, to);
            default: return false;
        }
    }

    /// <summary>Does a sized type have everything that a trait object type lists?</summary>
    private bool ImplementsObject(Ty self, DynamicTy dyn)
    {
        var erase = new BinderEraser(_tcx);
        GenericArgs WithSelf(GenericArgs args)
        {
            var e = erase.Fold(args);
            var all = new GenericArg[e.Count + 1];
            all[0] = self;
            e.Span.CopyTo(all.AsSpan(1));
            return Normalize(Interner.Args(all), strict: true);
        }
        foreach (var p in dyn.Predicates)
            switch (p.Value)
            {
                case ExistentialPredicate.Trait t:
                    if (!Holds(t.Def, WithSelf(t.Args))) return false;
                    break;
                case ExistentialPredicate.AutoTrait t:
                    if (!Holds(t.Def, self)) return false;
                    break;
                case ExistentialPredicate.Projection j:
                    {
                        var args = WithSelf(j.Args);
                        if (args.HasAny(TypeFlags.HasError)) return false;
                        var left = NormalizeProjection(j.Def, args, strict: true);
                        var right = Normalize(erase.Fold(j.Term), strict: true);
                        if (left.HasAny(TypeFlags.HasError) || !HeaderMatcher.Same(_tcx, left, right)) return false;
                        break;
                    }
            }
        return true;
    }

    private bool Upcasts(DynamicTy from, DynamicTy to)
    {
        var source = PrincipalWithSelf(from, from);
        foreach (var p in to.Predicates)
            switch (p.Value)
            {
                case ExistentialPredicate.Trait:
                    {
                        var target = PrincipalWithSelf(to, from)!;
                        if (source is null) return false;
                        bool found = false;
                        foreach (var s in Supertraits(source)) found |= s.Def == target.Def && HeaderMatcher.Same(_tcx, Interner.Tuple(Types(s.Args)), Interner.Tuple(Types(target.Args)));
                        if (!found) return false;
                        break;
                    }
                case ExistentialPredicate.AutoTrait t:
                    if (!ObjectImplements(from, t.Def, Interner.Args([from]))) return false;
                    break;
                // A supertrait's associated types are those of the object, so equal principals have equal projections.
                default: break;
            }
        return true;
    }

    private static Ty[] Types(GenericArgs args)
    {
        var list = new List<Ty>(args.Count);
        foreach (var a in args.Span) if (a is Ty t) list.Add(t);
        return [.. list];
    }

    private bool UnsizesStruct(DefId unsize, AdtTy from, AdtTy to)
    {
        var fields = _tcx.AdtDef(from.Def).Variants[0].Fields;
        if (fields.Length == 0) return false;
        // Only parameters that occur in the last field and in no other may change.
        var unsizing = new HashSet<int>();
        CollectParams(_tcx.TypeOf(fields[^1].Def), unsizing);
        var elsewhere = new HashSet<int>();
        for (int i = 0; i < fields.Length - 1; i++) CollectParams(_tcx.TypeOf(fields[i].Def), elsewhere);
        unsizing.ExceptWith(elsewhere);
        if (unsizing.Count == 0) return false;
        for (int i = 0; i < from.Args.Count; i++)
            if (!unsizing.Contains(i) && !HeaderMatcher.Same(_tcx, from.Args[i], to.Args[i])) return false;
        var a = TryFieldTy(fields[^1], from.Args);
        var b = TryFieldTy(fields[^1], to.Args);
        return Holds(unsize, Interner.Args([a, b]));
    }

    private void CollectParams(Ty ty, HashSet<int> into) => new ParamCollector(_tcx, into).FoldTy(ty);

    private sealed class ParamCollector(TyCtxt tcx, HashSet<int> into) : TypeFolder(tcx)
    {
        public override Ty FoldTy(Ty ty)
        {
            if (!ty.HasAny(TypeFlags.HasParam)) return ty;
            if (ty is not ParamTy p) return SuperFold(ty);
            into.Add(p.Index);
            return ty;
        }
        public override Const FoldConst(Const c)
        {
            if (c.Kind == ConstKind.Param) into.Add(c.Index);
            return c.HasAny(TypeFlags.HasParam) ? SuperFold(c) : c;
        }
    }

    public int CoerceUnsizedField(Ty source, Ty target)
    {
        if (source is not AdtTy a || target is not AdtTy b || a.Def != b.Def || _tcx.AdtDef(a.Def) is not { Kind: AdtKind.Struct } def)
            throw new BugException($"not a coercion between structs: {Describe(source)} to {Describe(target)}");
        int found = -1;
        var fields = def.Variants[0].Fields;
        for (int i = 0; i < fields.Length; i++)
        {
            if (_tcx.TypeOf(fields[i].Def) is AdtTy p && _tcx.AdtDef(p.Def).IsPhantomData) continue;
            if (ReferenceEquals(FieldTy(a, 0, i), FieldTy(b, 0, i))) continue;
            if (found >= 0) throw new BugException($"a coercion changes more than one field: {Describe(source)} to {Describe(target)}");
            found = i;
        }
        return found >= 0 ? found : throw new BugException($"a coercion changes no field: {Describe(source)} to {Describe(target)}");
    }
}
