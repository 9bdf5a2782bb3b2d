namespace Mirlink.Mir.Erasure;

/// <summary>
/// Needs of generic items (see <see cref="ParamNeeds"/>): of a body those of its own statements and, to a fixpoint, those of all that it calls or evaluates
/// with its parameters. Whatever is not known to be harmless needs the identity. Each item is looked at once, and only if the answer to a question may depend on
/// it: where a body asks for the identity itself, what it calls does not matter any more. Thread-safe.
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
    // While solving: items to visit, and parameters whose needs have grown.
    private readonly Queue<NeedsNode> _toVisit = [];
    private readonly Stack<(NeedsNode Node, int Parameter)> _grown = [];
    private int _question;
    // What the item that is looked at has mentioned already.
    private NeedsNode? _looking;
    private readonly HashSet<Ty> _types = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<(NeedsNode, GenericArgs)> _uses = [];
    private readonly Dictionary<GenericArg, ulong> _mentions = new(ReferenceEqualityComparer.Instance);

    /// <summary>Needs of a function, by index of its generic parameters (those of lifetimes and consts mean nothing).</summary>
    public ParamNeeds[] OfFunction(DefId function)
    {
        var node = Node(new NeedsKey(NeedsOf.Body, function, -1));
        if (!node.Solved) lock (_solving) Solve(node, ulong.MaxValue, 0, 0);
        var needs = new ParamNeeds[node.Count];
        for (int i = 0; i < needs.Length; i++)
            needs[i] = ((node.Identity & NeedsNode.Bit(i)) != 0 ? ParamNeeds.Identity : 0) | ((node.Drop & NeedsNode.Bit(i)) != 0 ? ParamNeeds.Drop : 0);
        return needs;
    }

    /// <summary>
    /// Of the parameters <paramref name="wanted"/> of a function, or of an ADT's drop glue, those whose identity is needed; of <paramref name="dropped"/>
    /// also those of which it is the drop. If it is one of <paramref name="decisive"/>, the others need not be known: they may be missing.
    /// </summary>
    internal ulong Needed(NeedsOf of, DefId def, ulong wanted, ulong dropped, ulong decisive)
    {
        var node = Node(new NeedsKey(of, def, -1));
        // Further needs that another thread finds meanwhile are true ones.
        if (!node.Solved) lock (_solving) Solve(node, wanted, dropped, decisive);
        return (node.Identity | node.Drop & dropped) & wanted;
    }

    /// <summary>Breadth first, as what is near the root is most likely to decide.</summary>
    private void Solve(NeedsNode root, ulong wanted, ulong dropped, ulong decisive)
    {
        if (root.Solved || IsDecided()) return;
        var visited = new List<NeedsNode>();
        _question++;
        Ask(root);
        while (_toVisit.TryDequeue(out var next))
        {
            if (!next.Seen)
            {
                next.Seen = true;
                Look(next);
                Propagate();
            }
            if (IsDecided())
            {
                foreach (var n in _toVisit) n.Asked = 0;
                _toVisit.Clear();
                if (root.IsSaturated) root.Solved = true;
                return;
            }
            visited.Add(next);
            if (next.Calls is null) continue;
            foreach (var c in next.Calls) if ((c.Mentions & ~next.Identity) != 0) Ask(c.Item);
        }
        foreach (var n in visited)
        {
            n.Solved = true;
            (n.Uses, n.Calls) = (null, null);
        }

        bool IsDecided()
        {
            ulong needed = root.Identity | root.Drop & dropped;
            return (needed & decisive) != 0 || (wanted & root.Types & ~needed) == 0;
        }
    }

    private void Ask(NeedsNode node)
    {
        if (node.Solved || node.Asked == _question) return;
        node.Asked = _question;
        _toVisit.Enqueue(node);
    }

    private NeedsNode Node(NeedsKey key)
    {
        if (_nodes.TryGetValue(key, out var node)) return node;
        return _nodes.GetOrAdd(key, new NeedsNode(key, tcx.GenericsOf(key.Def), tcx.GenericsOf));
    }

    private void Look(NeedsNode node)
    {
        _looking = node;
        _types.Clear();
        _uses.Clear();
        if (node.Key.Kind == NeedsOf.DropGlue)
        {
            DropAdt(node, tcx.Interner.Adt(node.Key.Def, tcx.IdentityArgs(node.Key.Def)));
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
        {
            if (g.Node.Uses is not { } uses) continue;
            // The list may grow meanwhile; what is added applies itself.
            for (int i = 0; i < uses.Count; i++)
                if (uses[i].Parameter == g.Parameter) Apply(uses[i], g.Node);
        }
    }

    private void Grow(NeedsNode node, ulong identity, ulong drop)
    {
        ulong grown = identity & ~node.Identity | drop & ~node.Drop;
        node.Identity |= identity;
        node.Drop |= drop;
        for (; grown != 0; grown &= grown - 1) _grown.Push((node, System.Numerics.BitOperations.TrailingZeroCount(grown)));
    }

    private void Apply(NeedsNode.Use use, NeedsNode item)
    {
        ulong bit = NeedsNode.Bit(use.Parameter);
        if ((item.Identity & bit) != 0) Identity(use.User, use.Argument);
        else if ((item.Drop & bit) != 0) Drop(use.User, use.Argument);
    }

    internal void NeedAll(NeedsNode node) => Grow(node, node.Types, 0);

    /// <summary>The identity of all parameters that are mentioned.</summary>
    internal void Identity(NeedsNode node, GenericArg arg)
    {
        if (arg.HasAny(TypeFlags.HasTyParam)) Grow(node, Mentions(arg), 0);
    }

    internal void Identity(NeedsNode node, GenericArgs args)
    {
        foreach (var a in args.Span) Identity(node, a);
    }

    private ulong Mentions(GenericArg arg)
    {
        if (!arg.HasAny(TypeFlags.HasTyParam)) return 0;
        if (arg is ParamTy p) return NeedsNode.Bit(p.Index);
        if (_mentions.TryGetValue(arg, out ulong known)) return known;
        ulong all = 0;
        new Mentioned(tcx, i => all |= NeedsNode.Bit(i)).Fold(arg);
        _mentions.Add(arg, all);
        return all;
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
        if (ty is ParamTy || !ty.HasAny(TypeFlags.HasTyParam) || ReferenceEquals(node, _looking) && !_types.Add(ty)) return;
        switch (ty)
        {
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
            case ParamTy p: Grow(node, 0, NeedsNode.Bit(p.Index)); break;
            case RefTy or RawPtrTy or FnDefTy or FnPtrTy or DynamicTy: break;
            case SliceTy t: Drop(node, t.Element); break;
            case ArrayTy t: Drop(node, t.Element); break;
            case TupleTy t:
                foreach (var e in t.Elements) Drop(node, e);
                break;
            case AdtTy t: Instantiate(node, new NeedsKey(NeedsOf.DropGlue, t.Def, -1), t.Args); break;
            default: Identity(node, ty); break;
        }
    }

    private void DropAdt(NeedsNode node, AdtTy ty)
    {
        Type(node, ty);
        var def = tcx.AdtDef(ty.Def);
        if (def.IsManuallyDrop) return;
        if (def.IsBox) Drop(node, ty.Args.Type(0));
        if (tcx.AdtDestructor(ty.Def) is { } drop)
        {
            if (tcx.AssocItem(drop) is { } item && tcx.Traits.ImplArgsForAnyArgs(item.Container, ty) is { } args) Instantiate(node, new NeedsKey(NeedsOf.Body, drop, -1), args);
            else Identity(node, ty);
        }
        if (def.IsUnion) return;
        foreach (var variant in def.Variants)
            foreach (var field in variant.Fields) Drop(node, tcx.EraseRegions(tcx.TypeOf(field.Def)));
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
        if (ReferenceEquals(node, _looking) && !_uses.Add((item, args))) return;
        if (item.Count != args.Count)
        {
            Identity(node, args);
            return;
        }
        ulong mentions = 0;
        for (int i = 0; i < args.Count; i++)
        {
            if (args[i] is not Ty ty)
            {
                Identity(node, args[i]);
                continue;
            }
            if (!ty.HasAny(TypeFlags.HasTyParam)) continue;
            if (ty is not ParamTy) Type(node, ty);
            var use = new NeedsNode.Use(node, i, ty);
            mentions |= Mentions(ty);
            if (!item.Solved) (item.Uses ??= []).Add(use);
            Apply(use, item);
        }
        if (item.Solved) return;
        (node.Calls ??= []).Add(new NeedsNode.Call(item, mentions));
        // It was visited before its needs grew.
        if (node.Asked == _question && (mentions & ~node.Identity) != 0) Ask(item);
    }
}
