
namespace Mirlink.Mir.Erasure;

/// <summary>
/// Needs of generic items (see <see cref="ParamNeeds"/>): of a body those of its own statements and, to a fixpoint, those of all that it calls or evaluates
/// with its parameters. Whatever is not known to be harmless needs the identity. Thread-safe; each item is looked at once.
/// </summary>
public sealed class NeedsAnalysis(TyCtxt tcx)
{
    /// <summary>Intrinsics that look at nothing but the layout of their type arguments.</summary>
    private static readonly HashSet<string> s_layoutOnly = new(StringComparer.Ordinal)
    {
        "abort", "unreachable", "assume", "likely", "unlikely", "cold_path", "black_box", "forget", "ub_checks", "overflow_checks", "contract_checks",
        "size_of", "align_of", "size_of_val", "align_of_val", "needs_drop", "copy", "copy_nonoverlapping", "write_bytes", "read_via_copy", "write_via_move",
        "volatile_load", "volatile_store", "unaligned_volatile_load", "unaligned_volatile_store", "typed_swap_nonoverlapping", "offset", "arith_offset",
        "ptr_offset_from", "ptr_offset_from_unsigned", "ptr_metadata", "aggregate_raw_ptr", "transmute", "transmute_unchecked", "select_unpredictable",
    };

    private readonly ConcurrentMap<NeedsKey, NeedsNode> _nodes = new();
    private readonly Lock _solving = new();
    // While solving: items to look at, and parameters whose needs have grown.
    private readonly Stack<NeedsNode> _unseen = [];
    private readonly Stack<(NeedsNode Node, int Parameter)> _grown = [];

    /// <summary>Needs of a function, by index of its generic parameters (those of lifetimes and consts mean nothing).</summary>
    public ReadOnlySpan<ParamNeeds> OfFunction(DefId function) => Of(new NeedsKey(NeedsOf.Body, function, -1));

    /// <summary>Needs of an ADT's drop glue.</summary>
    public ReadOnlySpan<ParamNeeds> OfDropGlue(DefId adt) => Of(new NeedsKey(NeedsOf.DropGlue, adt, -1));

    private ReadOnlySpan<ParamNeeds> Of(NeedsKey key)
    {
        if (_nodes.TryGetValue(key, out var node) && node.Solved) return node.Needs;
        lock (_solving)
        {
            node = Node(key);
            var solved = new List<NeedsNode>();
            while (_unseen.TryPop(out var next))
            {
                Look(next);
                Propagate();
                solved.Add(next);
            }
            foreach (var n in solved) n.Solved = true;
            return node.Needs;
        }
    }

    private NeedsNode Node(NeedsKey key)
    {
        if (_nodes.TryGetValue(key, out var node)) return node;
        node = new NeedsNode(key, tcx.GenericsOf(key.Def)?.Count ?? 0);
        _nodes.TryAdd(key, node);
        _unseen.Push(node);
        return node;
    }

    private void Look(NeedsNode node)
    {
        if (node.Key.Kind == NeedsOf.DropGlue)
        {
            Drop(node, tcx.Interner.Adt(node.Key.Def, tcx.IdentityArgs(node.Key.Def)));
            return;
        }
        if (node.Key.Kind == NeedsOf.Layout)
        {
            foreach (var variant in tcx.AdtDef(node.Key.Def).Variants)
                foreach (var field in variant.Fields) Type(node, tcx.TypeOf(field.Def));
            return;
        }
        // How it is called follows from the signature as it is written; the body's own types are normalized already.
        if (node.Key.Promoted < 0 && tcx.DefKind(node.Key.Def) is DefKind.Fn or DefKind.AssocFn)
        {
            var sig = tcx.FnSig(node.Key.Def).Value;
            foreach (var input in sig.Inputs) Type(node, input);
            Type(node, sig.Output);
        }
        Body? body;
        try
        {
            body = BodyOf(node.Key);
        }
        catch (UnsupportedException)
        {
            body = null;
        }
        if (body is null) NeedAll(node);
        else new BodyNeeds(tcx, this, node, body).Run();
    }

    private Body? BodyOf(NeedsKey key)
    {
        if (key.Promoted >= 0) return tcx.PromotedMir(key.Def)?[key.Promoted];
        return tcx.DefKind(key.Def) switch
        {
            DefKind.Fn or DefKind.AssocFn or DefKind.CtorStructFn or DefKind.CtorVariantFn => tcx.OptimizedMir(key.Def),
            DefKind.Const or DefKind.AssocConst or DefKind.AnonConst or DefKind.InlineConst => tcx.MirForCtfe(key.Def),
            _ => null,
        };
    }

    // -- growing ---------------------------------------------------------------------------------------------------------------------------------

    private void Propagate()
    {
        while (_grown.TryPop(out var g))
            // The list may grow meanwhile; what is added applies itself.
            for (int i = 0; i < g.Node.Uses.Count; i++)
                if (g.Node.Uses[i].Parameter == g.Parameter) Apply(g.Node.Needs[g.Parameter], g.Node.Uses[i]);
    }

    private void Grow(NeedsNode node, int parameter, ParamNeeds needs)
    {
        if (parameter >= node.Needs.Length || (node.Needs[parameter] & needs) == needs) return;
        node.Needs[parameter] |= needs;
        _grown.Push((node, parameter));
    }

    private void Apply(ParamNeeds needs, NeedsNode.Use use)
    {
        if ((needs & ParamNeeds.Identity) != 0) Identity(use.User, use.Argument);
        else if ((needs & ParamNeeds.Drop) != 0) Drop(use.User, use.Argument);
    }

    internal void NeedAll(NeedsNode node)
    {
        for (int i = 0; i < node.Needs.Length; i++) Grow(node, i, ParamNeeds.Identity);
    }

    /// <summary>The identity of all parameters that are mentioned.</summary>
    internal void Identity(NeedsNode node, GenericArg arg)
    {
        if (arg.HasAny(TypeFlags.HasTyParam)) new Mentioned(tcx, i => Grow(node, i, ParamNeeds.Identity)).Fold(arg);
    }

    internal void Identity(NeedsNode node, GenericArgs args)
    {
        foreach (var a in args.Span) Identity(node, a);
    }

    private sealed class Mentioned(TyCtxt tcx, Action<int> found) : TypeFolder(tcx)
    {
        public override Ty FoldTy(Ty ty)
        {
            if (ty is ParamTy p) found(p.Index);
            return ty.HasAny(TypeFlags.HasTyParam) ? SuperFold(ty) : ty;
        }
    }

    // -- what code does ------------------------------------------------------------------------------------------------------------------------------

    /// <summary>Values of the type are moved, or pointers to them made: its layout is computed.</summary>
    internal void Type(NeedsNode node, Ty ty)
    {
        if (!ty.HasAny(TypeFlags.HasTyParam)) return;
        switch (ty)
        {
            case ParamTy: break;
            case AdtTy t:
                Instantiate(node, new NeedsKey(NeedsOf.Layout, t.Def, -1), t.Args);
                break;
            case RefTy t: Type(node, t.Pointee); break;
            case RawPtrTy t: Type(node, t.Pointee); break;
            case SliceTy t: Type(node, t.Element); break;
            case ArrayTy t:
                Type(node, t.Element);
                Identity(node, t.Length);
                break;
            case TupleTy t:
                foreach (var e in t.Elements) Type(node, e);
                break;
            // No size, whatever they are of; but they are normalized like all types.
            case FnDefTy or FnPtrTy or DynamicTy when !ty.HasAny(TypeFlags.NeedsNormalization): break;
            case ClosureTy { Kind: TyKind.Closure } t:
                // The captures decide; they are among the arguments, which may mention aliases.
                foreach (var a in t.Args.Span) if (a is Ty inner) Type(node, inner);
                break;
            // Of a sized type no metadata: it stays so for whatever stands for it.
            case AliasTy { AliasKind: AliasTyKind.Projection } t when tcx.Parent(t.Def) == tcx.TryLangItem("pointee_trait"): break;
            default: Identity(node, ty); break;
        }
    }

    /// <summary>Drop glue of the type runs.</summary>
    internal void Drop(NeedsNode node, Ty ty)
    {
        if (!ty.HasAny(TypeFlags.HasTyParam)) return;
        Type(node, ty);
        switch (ty)
        {
            case ParamTy p: Grow(node, p.Index, ParamNeeds.Drop); break;
            case RefTy or RawPtrTy or FnDefTy or FnPtrTy or DynamicTy: break;
            case SliceTy t: Drop(node, t.Element); break;
            case ArrayTy t: Drop(node, t.Element); break;
            case TupleTy t:
                foreach (var e in t.Elements) Drop(node, e);
                break;
            case AdtTy t: DropAdt(node, t); break;
            default: Identity(node, ty); break;
        }
    }

    private void DropAdt(NeedsNode node, AdtTy ty)
    {
        if (!node.Dropped.Add(ty)) return;
        var def = tcx.AdtDef(ty.Def);
        if (def.IsManuallyDrop) return;
        // A type that contains ever larger ones of itself.
        if (node.Dropped.Count > 256)
        {
            Identity(node, ty);
            return;
        }
        if (def.IsBox) Drop(node, ty.Args.Type(0));
        if (tcx.AdtDestructor(ty.Def) is { } drop)
        {
            if (tcx.AssocItem(drop) is { } item && tcx.Traits.ImplArgsForAnyArgs(item.Container, ty) is { } args) Instantiate(node, new NeedsKey(NeedsOf.Body, drop, -1), args);
            else Identity(node, ty);
        }
        if (def.IsUnion) return;
        foreach (var variant in def.Variants)
            foreach (var field in variant.Fields) Drop(node, tcx.EraseRegions(tcx.Instantiate(tcx.TypeOf(field.Def), ty.Args)));
    }

    /// <summary>A function is called or its address taken.</summary>
    internal void Call(NeedsNode node, DefId callee, GenericArgs args)
    {
        if (!args.HasAny(TypeFlags.HasTyParam)) return;
        if (tcx.Intrinsic(callee) is { } intrinsic)
        {
            if (!s_layoutOnly.Contains(intrinsic.Name)) Identity(node, args);
            else
                foreach (var a in args.Span) if (a is Ty ty) Type(node, ty);
            return;
        }
        if (callee == tcx.TryLangItem("drop_in_place"))
        {
            Drop(node, args.Type(0));
            return;
        }
        if (tcx.Traits.ResolveForAnyArgs(callee, args) is not { } target || tcx.FnSig(target.Def).Value is { Abi: not (ExternAbi.Rust or ExternAbi.RustCold) } or { CVariadic: true })
        {
            Identity(node, args);
            return;
        }
        Instantiate(node, new NeedsKey(NeedsOf.Body, target.Def, -1), target.Args);
    }

    /// <summary>A constant of a crate or trait is evaluated, or (<paramref name="promoted"/>) a promoted one of a body.</summary>
    internal void Constant(NeedsNode node, DefId def, GenericArgs args, int promoted)
    {
        if (!args.HasAny(TypeFlags.HasTyParam)) return;
        if (promoted >= 0) Instantiate(node, new NeedsKey(NeedsOf.Body, def, promoted), args);
        else if (tcx.Traits.ResolveForAnyArgs(def, args) is { } target) Instantiate(node, new NeedsKey(NeedsOf.Body, target.Def, -1), target.Args);
        else Identity(node, args);
    }

    /// <summary>An item is used with these arguments: its needs become needs of what they mention.</summary>
    private void Instantiate(NeedsNode node, NeedsKey key, GenericArgs args)
    {
        if (!args.HasAny(TypeFlags.HasTyParam)) return;
        var item = Node(key);
        if (item.Needs.Length != args.Count)
        {
            Identity(node, args);
            return;
        }
        for (int i = 0; i < args.Count; i++)
        {
            if (args[i] is not Ty ty)
            {
                Identity(node, args[i]);
                continue;
            }
            if (!ty.HasAny(TypeFlags.HasTyParam)) continue;
            var use = new NeedsNode.Use(node, i, ty);
            if (ty is not ParamTy) Type(node, ty);
            item.Uses.Add(use);
            Apply(item.Needs[i], use);
        }
    }
}
