namespace Mirlink.Mir.Text;

/// <summary>Types.</summary>
public sealed partial class PathPrinter
{
    public void Type(Ty ty)
    {
        bool cacheable = !_inValue && ty.OuterExclusiveBinder == 0 && _binders.Count == 0 && ty is not (PrimTy or ParamTy);
        if (!cacheable)
        {
            Uncached(ty);
            return;
        }
        if (_types.TryGetValue(ty, out string? known))
        {
            _out.Append(known);
            return;
        }
        int from = _out.Length;
        Uncached(ty);
        _types.Add(ty, _out.ToString(from, _out.Length - from));
    }

    private void Uncached(Ty ty)
    {
        switch (ty)
        {
            case PrimTy t: _out.Append(t.Name); break;
            case ParamTy t: _out.Append(t.Name); break;
            case ErasedTy: _out.Append('_'); break;
            case PatTy t:
                _out.Append('(');
                Type(t.Base);
                _out.Append(") is ");
                Pattern(t.Pattern);
                break;
            case RawPtrTy t:
                _out.Append(t.Mutbl == Mutability.Mut ? "*mut " : "*const ");
                Type(t.Pointee);
                break;
            case RefTy t:
                _out.Append('&');
                if (IsShown(t.Region))
                {
                    Region(t.Region);
                    _out.Append(' ');
                }
                if (t.Mutbl == Mutability.Mut) _out.Append("mut ");
                Type(t.Pointee);
                break;
            case TupleTy t:
                _out.Append('(');
                Types(t.Elements);
                if (t.Elements.Length == 1) _out.Append(',');
                _out.Append(')');
                break;
            case SliceTy t:
                _out.Append('[');
                Type(t.Element);
                _out.Append(']');
                break;
            case ArrayTy t:
                _out.Append('[');
                Type(t.Element);
                _out.Append("; ");
                Constant(t.Length, withType: false);
                _out.Append(']');
                break;
            case FnDefTy t: FnDef(t); break;
            case FnPtrTy t: FnPtr(t.Sig); break;
            case UnsafeBinderTy t:
                Bind("unsafe<", t.Inner.Value, always: true);
                Type(t.Inner.Value);
                Unbind();
                break;
            case DynamicTy t: Dynamic(t); break;
            case AdtTy t: DefPath(t.Def, t.Args.Span); break;
            case ForeignTy t: DefPath(t.Def, []); break;
            case ClosureTy t: Closure(t); break;
            case AliasTy { AliasKind: AliasTyKind.Opaque } t: Opaque(t); break;
            case AliasTy { AliasKind: AliasTyKind.Projection } t when _tcx.DefKey(t.Def).Data == DefPathData.AnonAssocTy: ImplTrait(t); break;
            case AliasTy { AliasKind: AliasTyKind.Inherent } t:
                Qualified(t.Args.Type(0), null, []);
                Separator();
                _out.Append(PathSegment.Of(_tcx.DefKey(t.Def), _edition));
                if (t.Args.Count > 1) GenericList(t.Args.Span[1..]);
                break;
            case AliasTy t: DefPath(t.Def, t.Args.Span); break;
            case VarTy { Kind: TyKind.Bound } t: _out.Append('^').Append(t.Index); break;
            default: _out.Append("{type error}"); break;
        }
    }

    private void Types(ReadOnlySpan<Ty> types)
    {
        for (int i = 0; i < types.Length; i++)
        {
            if (i > 0) _out.Append(", ");
            Type(types[i]);
        }
    }

    private void Closure(ClosureTy t)
    {
        _out.Append('{');
        string? coroutine = Text(t.Def)?.CoroutineDescription(t.Def.Index);
        switch (t.Kind)
        {
            case TyKind.Coroutine:
                _out.Append(coroutine ?? "coroutine");
                if (coroutine is not null && coroutine.EndsWith("fn body", StringComparison.Ordinal))
                {
                    _out.Append(" of ");
                    DefPath(_tcx.Parent(t.Def)!.Value, t.Args.Span);
                    _out.Append("()}");
                    return;
                }
                break;
            case TyKind.CoroutineWitness: _out.Append("coroutine witness"); break;
            case TyKind.CoroutineClosure:
                string body = _tcx.CoroutineForClosure(t.Def) is { } c && Text(c)?.CoroutineDescription(c.Index) is { } d ? d : "async closure body";
                _out.Append(body.EndsWith(" body", StringComparison.Ordinal) ? body[..^5] : body);
                break;
            default: _out.Append("closure"); break;
        }
        _out.Append('@');
        if (IsLocal(t.Def) && Text(t.Def)?.SourceRange(t.Def.Index) is { } span) _out.Append(span);
        else DefPath(t.Def, t.Args.Span);
        _out.Append('}');
    }

    private void FnDef(FnDefTy t)
    {
        if (_tcx.FnSig(t.Def) is { } sig)
        {
            sig = _tcx.Instantiate(sig, t.Args);
            FnPtr(sig, Text(t.Def)?.LateBoundNames(t.Def.Index));
            _out.Append(' ');
        }
        _out.Append('{');
        ValuePath(t.Def, t.Args);
        _out.Append('}');
    }

    private void FnPtr(Binder<FnSig> sig, string?[]? given = null)
    {
        var s = sig.Value;
        Bind("for<", [.. s.Inputs, s.Output], given: given);
        if (s.Safety == Safety.Unsafe) _out.Append("unsafe ");
        if (s.Abi != ExternAbi.Rust) _out.Append("extern \"").Append(AbiName(s)).Append("\" ");
        _out.Append("fn");
        Signature(s.Inputs, s.CVariadic, s.Output);
        Unbind();
    }

    private void Signature(Ty[] inputs, bool variadic, Ty output)
    {
        _out.Append('(');
        Types(inputs);
        if (variadic) _out.Append(inputs.Length > 0 ? ", ..." : "...");
        _out.Append(')');
        if (output.IsUnit) return;
        _out.Append(" -> ");
        Type(output);
    }

    private static string AbiName(FnSig s)
    {
        string name = s.Abi switch
        {
            ExternAbi.C => "C",
            ExternAbi.RustCall => "rust-call",
            ExternAbi.RustCold => "rust-cold",
            ExternAbi.RustInvalid => "rust-invalid",
            ExternAbi.RustPreserveNone => "rust-preserve-none",
            ExternAbi.CmseNonSecureCall => "cmse-nonsecure-call",
            ExternAbi.CmseNonSecureEntry => "cmse-nonsecure-entry",
            ExternAbi.GpuKernel => "gpu-kernel",
            ExternAbi.PtxKernel => "ptx-kernel",
            ExternAbi.AvrInterrupt => "avr-interrupt",
            ExternAbi.AvrNonBlockingInterrupt => "avr-non-blocking-interrupt",
            ExternAbi.Msp430Interrupt => "msp430-interrupt",
            ExternAbi.RiscvInterruptM => "riscv-interrupt-m",
            ExternAbi.RiscvInterruptS => "riscv-interrupt-s",
            ExternAbi.X86Interrupt => "x86-interrupt",
            _ => s.Abi.ToString().ToLowerInvariant(),
        };
        return s.AbiUnwind ? name + "-unwind" : name;
    }

    // -- trait objects and impl Trait ---------------------------------------------------------------------------------------------------------

    private void Dynamic(DynamicTy t)
    {
        bool shown = IsShown(t.Region);
        _out.Append(shown ? "(dyn " : "dyn ");
        bool first = true;
        if (t.Principal is { } principal)
        {
            Principal(t, principal);
            first = false;
        }
        var autoTraits = new List<(string Name, DefId Def)>();
        foreach (var p in t.Predicates)
        {
            if (p.Value is not ExistentialPredicate.AutoTrait a) continue;
            int from = _out.Length;
            DefPath(a.Def, []);
            autoTraits.Add((_out.ToString(from, _out.Length - from), a.Def));
            _out.Length = from;
        }
        autoTraits.Sort((x, y) => string.CompareOrdinal(x.Name, y.Name));
        foreach (var (name, _) in autoTraits)
        {
            if (!first) _out.Append(" + ");
            first = false;
            _out.Append(name);
        }
        if (!shown) return;
        _out.Append(" + ");
        Region(t.Region);
        _out.Append(')');
    }

    private void Principal(DynamicTy dyn, ExistentialPredicate.Trait principal)
    {
        Bind("for<", principal.Args.Span);
        DefPath(principal.Def, []);
        var projections = new List<ExistentialPredicate.Projection>();
        foreach (var p in dyn.Predicates) if (p.Value is ExistentialPredicate.Projection j) projections.Add(j);
        if (_tcx.LangItemName(principal.Def) is "fn" or "fn_mut" or "fn_once" && principal.Args is [TupleTy inputs, ..] && projections is [{ Term: Ty output }])
        {
            _out.Append('(');
            Types(inputs.Elements);
            _out.Append(')');
            if (!output.IsUnit)
            {
                _out.Append(" -> ");
                Unnamed(() => Type(output));
            }
        }
        else
        {
            var withSelf = new GenericArg[principal.Args.Count + 1];
            withSelf[0] = _tcx.Interner.ErrorTy;
            principal.Args.Span.CopyTo(withSelf.AsSpan(1));
            var args = OwnArgsNoDefaults(_tcx.GenericsOf(principal.Def)!, withSelf).ToArray();
            var implied = TypeNames.ImpliedProjections(_tcx, principal.Def, _tcx.Interner.Args(withSelf));
            projections.RemoveAll(j => implied.Contains((j.Def, TypeNames.Erased(_tcx, j.Term))));
            projections.Sort((x, y) => string.CompareOrdinal(_tcx.DefKey(x.Def).Name, _tcx.DefKey(y.Def).Name));
            if (args.Length > 0 || projections.Count > 0)
            {
                bool was = _inValue;
                _inValue = false;
                _out.Append('<');
                Args(args);
                for (int i = 0; i < projections.Count; i++)
                {
                    var j = projections[i];
                    if (i > 0 || args.Length > 0) _out.Append(", ");
                    _out.Append(_tcx.DefKey(j.Def).Name);
                    int parents = (_tcx.GenericsOf(j.Def)?.ParentCount ?? 1) - 1;
                    Unnamed(() =>
                    {
                        if (j.Args.Count > parents) GenericList(j.Args.Span[parents..]);
                        _out.Append(" = ");
                        Arg(j.Term);
                    });
                }
                _out.Append('>');
                _inValue = was;
            }
        }
        Unbind();
    }

    /// <summary>An opaque type by its bounds, `impl Trait`, or by the alias that it is the whole of.</summary>
    private void Opaque(AliasTy t)
    {
        var parent = _tcx.Parent(t.Def)!.Value;
        if (_tcx.DefKind(parent) is DefKind.TyAlias or DefKind.AssocTy)
        {
            bool whole = _tcx.TryTypeOf(parent) is AliasTy { AliasKind: AliasTyKind.Opaque } a && a.Def == t.Def;
            DefPath(whole ? parent : t.Def, t.Args.Span);
            return;
        }
        ImplTrait(t);
    }

    private void ImplTrait(AliasTy t)
    {
        _out.Append("impl ");
        bool first = true, sized = false, metaSized = false;
        foreach (var bound in _tcx.ItemBounds(t.Def))
        {
            if (bound.Value is not Clause.Trait { TraitRef: var trait }) continue;
            string? lang = _tcx.LangItemName(trait.Def);
            sized |= lang == "sized";
            metaSized |= lang == "meta_sized";
            if (lang is "sized" or "meta_sized") continue;
            var args = _tcx.Instantiate(trait.Args, t.Args);
            if (!first) _out.Append(" + ");
            first = false;
            Bind("for<", args.Span[1..]);
            DefPath(trait.Def, []);
            var own = OwnArgsNoDefaults(_tcx.GenericsOf(trait.Def)!, args.Span).ToArray();
            var terms = new List<(string Name, GenericArg Term)>();
            foreach (var other in _tcx.ItemBounds(t.Def))
            {
                if (other.Value is Clause.Projection p && _tcx.Parent(p.AliasDef) == trait.Def)
                    terms.Add((_tcx.DefKey(p.AliasDef).Name ?? "_", p.Term is Ty ty ? _tcx.Instantiate(ty, t.Args) : _tcx.Instantiate((Const)p.Term, t.Args)));
            }
            if (own.Length > 0 || terms.Count > 0)
            {
                _out.Append('<');
                Args(own);
                for (int i = 0; i < terms.Count; i++)
                {
                    if (i > 0 || own.Length > 0) _out.Append(", ");
                    _out.Append(terms[i].Name).Append(" = ");
                    Arg(terms[i].Term);
                }
                _out.Append('>');
            }
            Unbind();
        }
        if (sized && first) _out.Append("Sized");
        else if (metaSized) _out.Append(first ? "?Sized" : " + ?Sized");
        foreach (var r in Text(t.Def)?.OutlivesBounds(t.Def.Index) ?? [])
        {
            _out.Append(" + ");
            Region(_tcx.Instantiate(r, t.Args));
        }
    }

    // -- regions and binders ----------------------------------------------------------------------------------------------------------------------

    /// <summary>Names of the bound regions of each binder around, innermost last; null where they are not named.</summary>
    private readonly List<Dictionary<int, string>?> _binders = [];
    private readonly HashSet<string> _usedRegions = new(StringComparer.Ordinal);

    private string? RegionName(Region r) => r.Kind switch
    {
        RegionKind.ReStatic => "'static",
        RegionKind.ReEarlyParam or RegionKind.ReLateParam => r.Name is "'_" ? null : r.Name,
        RegionKind.ReBound => r.DeBruijn < _binders.Count && _binders[^(r.DeBruijn + 1)] is { } names && names.TryGetValue(r.Index, out string? n) ? n : r.Name,
        _ => null,
    };

    private bool IsShown(Region r) => RegionName(r) is not null;

    public void Region(Region r) => _out.Append(RegionName(r) ?? "'_");

    /// <summary>Enters a binder: names its regions in the order in which they occur and writes the list, if any.</summary>
    private void Bind(string start, ReadOnlySpan<GenericArg> values, bool always = false, string?[]? given = null)
    {
        if (_binders.Count == 0)
        {
            _usedRegions.Clear();
            foreach (var v in values) CollectNames(v);
            foreach (string? name in given ?? []) if (name is not null) _usedRegions.Add(name);
        }
        var names = new Dictionary<int, string>();
        int next = 0;
        string list = "";
        foreach (var v in values)
            VisitBound(v, 0, r =>
            {
                if (names.ContainsKey(r.Index)) return;
                string name = r.Name ?? (given is not null && r.Index < given.Length ? given[r.Index] : null) ?? Fresh(ref next);
                names.Add(r.Index, name);
                list += list.Length == 0 ? name : ", " + name;
            });
        if (names.Count > 0 || always) _out.Append(start).Append(list).Append("> ");
        _binders.Add(names);
    }

    private void Bind(string start, Ty value, bool always) => Bind(start, [value], always);

    private void Unbind() => _binders.RemoveAt(_binders.Count - 1);

    /// <summary>Inside of a binder that is not shown.</summary>
    private void Unnamed(Action print)
    {
        var top = _binders[^1];
        _binders[^1] = null;
        print();
        _binders[^1] = top;
    }

    private string Fresh(ref int next)
    {
        while (true)
        {
            int n = next++;
            string name = n < 26 ? "'" + (char)('a' + n) : "'z" + (n - 26);
            if (!_usedRegions.Contains(name)) return name;
        }
    }

    private void CollectNames(GenericArg arg)
    {
        if (arg is Region { Kind: not RegionKind.ReErased, Name: { } name }) _usedRegions.Add(name);
        else if (arg.HasAny(TypeFlags.HasReParam | TypeFlags.HasFreeRegions)) ForEachChild(arg, (c, _) => CollectNames(c));
    }

    /// <summary>Every region bound <paramref name="depth"/> binders further out, in the order of rustc's folders.</summary>
    private static void VisitBound(GenericArg arg, int depth, Action<Region> found)
    {
        if (arg.OuterExclusiveBinder <= depth) return;
        if (arg is Region r)
        {
            if (r.Kind == RegionKind.ReBound && r.DeBruijn == depth) found(r);
            return;
        }
        ForEachChild(arg, (c, inner) => VisitBound(c, depth + inner, found));
    }

    /// <summary>Direct constituents, with the number of binders they are under.</summary>
    private static void ForEachChild(GenericArg arg, Action<GenericArg, int> each)
    {
        void Each(GenericArgs args, int inner = 0) { foreach (var a in args.Span) each(a, inner); }
        switch (arg)
        {
            case AdtTy t: Each(t.Args); break;
            case ArrayTy t: each(t.Element, 0); each(t.Length, 0); break;
            case SliceTy t: each(t.Element, 0); break;
            case PatTy t: each(t.Base, 0); break;
            case RawPtrTy t: each(t.Pointee, 0); break;
            case RefTy t: each(t.Region, 0); each(t.Pointee, 0); break;
            case FnDefTy t: Each(t.Args); break;
            case FnPtrTy t:
                foreach (var i in t.Sig.Value.Inputs) each(i, 1);
                each(t.Sig.Value.Output, 1);
                break;
            case UnsafeBinderTy t: each(t.Inner.Value, 1); break;
            case DynamicTy t:
                foreach (var p in t.Predicates)
                {
                    switch (p.Value)
                    {
                        case ExistentialPredicate.Trait e: Each(e.Args, 1); break;
                        case ExistentialPredicate.Projection e: Each(e.Args, 1); each(e.Term, 1); break;
                    }
                }
                each(t.Region, 0);
                break;
            case ClosureTy t: Each(t.Args); break;
            case TupleTy t: foreach (var e in t.Elements) each(e, 0); break;
            case AliasTy t: Each(t.Args); break;
            case Const { Args: { } args }: Each(args); break;
        }
    }
}
