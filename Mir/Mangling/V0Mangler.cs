using System.Globalization;
using System.Text;

namespace Mirlink.Mir.Mangling;

/// <summary>
/// rustc's v0 symbol names (RFC 2603 as rustc_symbol_mangling::v0 of 1.96.0 writes them): exact, because names of std's machine code must match. An object
/// writes a name at a time. What a name is made of besides its path (attributes, upstream instances) is <see cref="SymbolNames"/>' business.
/// </summary>
public sealed class V0Mangler
{
    private const int PrefixLength = 2;

    // The thread's last one, to be used again: a link makes tens of thousands of names, and most of that would be growing these tables.
    [ThreadStatic] private static V0Mangler? t_idle;

    private TyCtxt _tcx;
    private readonly StringBuilder _out = new();
    // Start offsets in _out of what can be referred back to.
    private readonly Dictionary<(DefId, GenericArgs), int> _paths = [];
    private readonly Dictionary<GenericArg, int> _seen = [];
    // Per binder around the current position: numbers of its lifetimes, counted from the outermost binder.
    private readonly List<(int Start, int End)> _binders = [];
    /// <summary>Hash of the classes of erased types so far, which all are written as placeholders; 0 for none.</summary>
    private ulong _erased;

    private V0Mangler(TyCtxt tcx) { _tcx = tcx; }

    /// <summary>The name of an instance. <paramref name="instantiatingCrate"/>: the crate whose objects hold it, for instances of generics in a crate's machine code.</summary>
    public static string Mangle(TyCtxt tcx, Instance instance, int? instantiatingCrate = null)
    {
        // Types of constants may need names of their own meanwhile.
        var m = t_idle ?? new V0Mangler(tcx);
        t_idle = null;
        m._tcx = tcx;
        m._out.Append("_R");
        var args = tcx.Traits is { } traits ? traits.NormalizeErasingRegions(instance.Args) : new RegionEraser(tcx).Fold(instance.Args);
        if (instance is { Kind: InstanceKind.AsyncDropGlue, Ty: ClosureTy coroutine })
        {
            m.Path(instance.Def, tcx.Interner.Args([coroutine.Args[0]]));
        }
        else if (ShimName(instance) is { } shim)
        {
            m._out.Append("NS");
            m.Path(instance.Def, args);
            V0Encoding.Identifier(m._out, shim);
        }
        else
        {
            m.Path(instance.Def, args);
        }
        if (instantiatingCrate is { } krate) m.CrateRoot(krate);
        // The suffix that LLVM adds when it tells copies apart, so that demanglers leave it out.
        if (m._erased != 0) m._out.Append(CultureInfo.InvariantCulture, $".llvm.{m._erased:X16}");
        string name = m._out.ToString();
        m.Clear();
        t_idle = m;
        return name;
    }

    private void Clear()
    {
        _out.Clear();
        _paths.Clear();
        _seen.Clear();
        _binders.Clear();
        _erased = 0;
        // It must not keep a session alive.
        _tcx = null!;
    }

    /// <summary>Name of the shims that exist beside the instance that they wrap, null for others.</summary>
    private static string? ShimName(Instance i) => i.Kind switch
    {
        InstanceKind.ThreadLocalShim => "tls",
        InstanceKind.VTableShim => "vtable",
        InstanceKind.ReifyShim => i.Index switch { 0 => "reify", 1 => "reify_fnptr", _ => "reify_vtable" },
        InstanceKind.ConstructCoroutineInClosureShim => i.Index == 1 ? "by_move" : "by_ref",
        InstanceKind.FutureDropPollShim => "drop",
        _ => null,
    };

    private void BackReference(int start)
    {
        _out.Append('B');
        V0Encoding.Base62(_out, (ulong)(start - PrefixLength));
    }

    private void Disambiguator(ulong d) => V0Encoding.OptionalBase62(_out, 's', d);

    private void CrateRoot(int krate)
    {
        var key = (new DefId(krate, 0), _tcx.Interner.NoArgs);
        if (_paths.TryGetValue(key, out int seen)) { BackReference(seen); return; }
        _paths.Add(key, _out.Length);
        var info = _tcx.Crates[krate].Info;
        _out.Append('C');
        Disambiguator(info.StableCrateId);
        V0Encoding.Identifier(_out, info.Name);
    }

    // -- paths -----------------------------------------------------------------------------------------------------------------------------------

    private void Path(DefId def, GenericArgs args)
    {
        var key = _tcx.DefKey(def);
        if (key.Data == DefPathData.CrateRoot) { CrateRoot(def.Krate); return; }
        if (_paths.TryGetValue((def, args), out int seen)) { BackReference(seen); return; }
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        int start = _out.Length;
        if (key.Data == DefPathData.Impl) ImplPath(def, key, args);
        else ItemPath(def, key, args);
        if (args.OuterExclusiveBinder == 0) _paths[(def, args)] = start;
    }

    private GenericArgs Slice(GenericArgs args, int count) => count >= args.Count ? args : _tcx.Interner.Args(args.Span[..count]);

    private void ItemPath(DefId def, DefKey key, GenericArgs args)
    {
        var parent = new DefId(def.Krate, key.Parent);
        var parentArgs = args;
        bool qualifiedByTrait = false;
        if (args.Count > 0)
        {
            var generics = _tcx.GenericsOf(def) ?? throw new BugException($"no generics of {_tcx.DefPath(def)}");
            parentArgs = Slice(args, generics.ParentCount);
            switch (key.Data)
            {
                case DefPathData.Closure:
                    // Only the coroutine in an async closure has a kind other than (); it tells the by-move body from the by-ref one.
                    if (args.Count > parentArgs.Count && _tcx.CoroutineKind(def) is not (null or CoroutineDesugaring.None) && args[parentArgs.Count] is Ty { IsUnit: false } kind)
                    {
                        WithArgs(def, parentArgs, [kind]);
                        return;
                    }
                    break;
                case DefPathData.SyntheticCoroutineBody or DefPathData.AnonConst:
                    break;
                default:
                    if (generics.OwnParams.Length > 0 && args.Count >= generics.Count)
                    {
                        WithArgs(def, parentArgs, GenericDefaults.OwnArgsWithoutDefaults(_tcx, generics, args));
                        return;
                    }
                    break;
            }
            qualifiedByTrait = generics.HasSelf && generics.Parent == parent && parentArgs.Count == generics.ParentCount
                && _tcx.GenericsOf(parent) is { ParentCount: 0 };
        }
        if (key.Data == DefPathData.ForeignMod) { Path(parent, parentArgs); return; }

        _out.Append('N').Append(Namespace(def, key.Data));
        if (qualifiedByTrait)
        {
            _out.Append('Y');
            Type(parentArgs.Type(0));
            Path(parent, parentArgs);
        }
        else
        {
            Path(parent, parentArgs);
        }
        Disambiguator(key.Disambiguator);
        V0Encoding.Identifier(_out, key.Name ?? "");
    }

    private char Namespace(DefId def, DefPathData data) => data switch
    {
        DefPathData.TypeNs => 't',
        DefPathData.ValueNs => 'v',
        DefPathData.Closure => 'C',
        DefPathData.Ctor => 'c',
        DefPathData.AnonConst => 'K',
        DefPathData.LateAnonConst => 'k',
        DefPathData.OpaqueTy => 'i',
        DefPathData.SyntheticCoroutineBody => 's',
        DefPathData.NestedStatic => 'n',
        DefPathData.GlobalAsm => 'a',
        _ => throw new BugException($"{_tcx.DefPath(def)} ({data}) cannot be part of a symbol name"),
    };

    private void WithArgs(DefId def, GenericArgs parentArgs, ReadOnlySpan<GenericArg> own)
    {
        OpenArgs(own, out bool any);
        Path(def, parentArgs);
        if (any) CloseArgs(own);
    }

    private static bool HasRegions(ReadOnlySpan<GenericArg> args)
    {
        foreach (var a in args) if (a is Region r && r.Kind != RegionKind.ReErased) return true;
        return false;
    }

    private void OpenArgs(ReadOnlySpan<GenericArg> args, out bool any)
    {
        any = HasRegions(args);
        if (!any) foreach (var a in args) any |= a is not Region;
        if (any) _out.Append('I');
    }

    private void CloseArgs(ReadOnlySpan<GenericArg> args)
    {
        bool regions = HasRegions(args);
        foreach (var a in args)
        {
            switch (a)
            {
                case Region r:
                    if (regions) Lifetime(r);
                    break;
                case Ty t:
                    Type(t);
                    break;
                case Const c:
                    _out.Append('K');
                    Constant(c);
                    break;
            }
        }
        _out.Append('E');
    }

    private void ImplPath(DefId impl, DefKey key, GenericArgs args)
    {
        var parent = new DefId(impl.Krate, key.Parent);
        var self = _tcx.TypeOf(impl);
        var traitRef = _tcx.ImplHeader(impl)?.TraitRef;
        int count = _tcx.GenericsOf(impl)?.Count ?? 0;
        // An item nested in a method has no arguments for the impl: its header is written with the parameters as they are.
        if (count <= args.Count && !args.HasAny(TypeFlags.HasParam))
        {
            self = _tcx.Instantiate(self, args);
            if (traitRef is not null) traitRef = _tcx.Instantiate(traitRef, args);
        }
        if (traitRef is not null)
        {
            traitRef = traitRef with { Args = Normalize(traitRef.Args) };
            self = traitRef.SelfTy;
        }
        else
        {
            self = Normalize(self);
        }

        _out.Append(traitRef is null ? 'M' : 'X');
        if (traitRef is not null && args.HasAny(TypeFlags.HasParam))
        {
            OpenArgs(args.Span, out bool any);
            _out.Append("NI");
            Path(parent, _tcx.Interner.NoArgs);
            Disambiguator(key.Disambiguator);
            V0Encoding.Identifier(_out, "");
            if (any) CloseArgs(args.Span);
        }
        else
        {
            Disambiguator(key.Disambiguator);
            Path(parent, _tcx.Interner.NoArgs);
        }
        Type(self);
        if (traitRef is not null) Path(traitRef.Def, traitRef.Args);
    }

    private Ty Normalize(Ty ty) => _tcx.Traits is { } t ? t.NormalizeErasingRegions(ty) : _tcx.EraseRegions(ty);
    private GenericArgs Normalize(GenericArgs args) => _tcx.Traits is { } t ? t.NormalizeErasingRegions(args) : new RegionEraser(_tcx).Fold(args);

    // -- types -----------------------------------------------------------------------------------------------------------------------------------

    private static string? BasicType(Ty ty) => ty switch
    {
        PrimTy { Kind: TyKind.Bool } => "b",
        PrimTy { Kind: TyKind.Char } => "c",
        PrimTy { Kind: TyKind.Str } => "e",
        PrimTy { Kind: TyKind.Never } => "z",
        PrimTy { Kind: TyKind.Int } p => p.Int switch { IntTy.Isize => "i", IntTy.I8 => "a", IntTy.I16 => "s", IntTy.I32 => "l", IntTy.I64 => "x", _ => "n" },
        PrimTy { Kind: TyKind.Uint } p => p.Uint switch { UintTy.Usize => "j", UintTy.U8 => "h", UintTy.U16 => "t", UintTy.U32 => "m", UintTy.U64 => "y", _ => "o" },
        PrimTy { Kind: TyKind.Float } p => p.Float switch { FloatTy.F16 => "C3f16", FloatTy.F32 => "f", FloatTy.F64 => "d", _ => "C4f128" },
        TupleTy { Elements.Length: 0 } => "u",
        ParamTy or ErasedTy => "p",
        _ => null,
    };

    /// <summary>The same in every process: it becomes part of names.</summary>
    private static ulong ClassHash(ulong before, LayoutClass c)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{before} {c}");
        ulong h = 14695981039346656037;
        foreach (char ch in text) h = (h ^ ch) * 1099511628211;
        return h;
    }

    private void Type(Ty ty)
    {
        if (ty is ErasedTy erased) _erased = ClassHash(_erased, erased.Class);
        if (BasicType(ty) is { } basic) { _out.Append(basic); return; }
        if (_seen.TryGetValue(ty, out int seen)) { BackReference(seen); return; }
        int start = _out.Length;
        switch (ty)
        {
            case RefTy t:
                _out.Append(t.Mutbl == Mutability.Mut ? 'Q' : 'R');
                if (t.Region.Kind != RegionKind.ReErased) Lifetime(t.Region);
                Type(t.Pointee);
                break;
            case RawPtrTy t:
                _out.Append(t.Mutbl == Mutability.Mut ? 'O' : 'P');
                Type(t.Pointee);
                break;
            case PatTy t:
                _out.Append('W');
                Type(t.Base);
                Pattern(t.Pattern);
                break;
            case ArrayTy t:
                _out.Append('A');
                Type(t.Element);
                Constant(t.Length);
                break;
            case SliceTy t:
                _out.Append('S');
                Type(t.Element);
                break;
            case TupleTy t:
                _out.Append('T');
                foreach (var e in t.Elements) Type(e);
                _out.Append('E');
                break;
            case AdtTy t: Path(t.Def, t.Args); break;
            case FnDefTy t: Path(t.Def, t.Args); break;
            case ClosureTy { Kind: not TyKind.CoroutineWitness } t: Path(t.Def, t.Args); break;
            case AliasTy { AliasKind: AliasTyKind.Projection } t: Path(t.Def, t.Args); break;
            case ForeignTy t: Path(t.Def, _tcx.Interner.NoArgs); break;
            case FnPtrTy t: FnPointer(t); break;
            case DynamicTy t:
                _out.Append('D');
                TraitObject(t);
                Lifetime(t.Region);
                break;
            default:
                throw new UnsupportedException($"the type {ty} in a symbol name");
        }
        if (ty.OuterExclusiveBinder == 0) _seen[ty] = start;
    }

    private void Pattern(TyPattern pattern)
    {
        switch (pattern)
        {
            case TyPattern.Range r:
                _out.Append('R');
                Constant(r.Start);
                Constant(r.End);
                break;
            case TyPattern.NotNull:
                _out.Append('u');
                break;
            case TyPattern.Or or:
                _out.Append('O');
                foreach (var a in or.Alternatives) Pattern(a);
                _out.Append('E');
                break;
        }
    }

    private void EnterBinder(BoundVariableKind[] vars)
    {
        int start = _binders.Count == 0 ? 0 : _binders[^1].End, lifetimes = 0;
        foreach (var v in vars) if (v == BoundVariableKind.Region) lifetimes++;
        V0Encoding.OptionalBase62(_out, 'G', (ulong)lifetimes);
        _binders.Add((start, start + lifetimes));
    }

    private void LeaveBinder() => _binders.RemoveAt(_binders.Count - 1);

    /// <summary>Erased: 0. Bound: 1 for the innermost lifetime in scope, counting outwards.</summary>
    private void Lifetime(Region r)
    {
        ulong index = 0;
        if (r.Kind == RegionKind.ReBound)
        {
            int depth = _binders[_binders.Count - 1 - r.DeBruijn].Start + r.Index;
            index = (ulong)(_binders[^1].End - depth);
        }
        else if (r.Kind != RegionKind.ReErased)
        {
            throw new BugException($"lifetime {r} in a symbol name is not erased");
        }
        _out.Append('L');
        V0Encoding.Base62(_out, index);
    }

    private void FnPointer(FnPtrTy ty)
    {
        var sig = ty.Sig.Value;
        _out.Append('F');
        EnterBinder(ty.Sig.BoundVars);
        if (sig.Safety == Safety.Unsafe) _out.Append('U');
        if (sig is { Abi: ExternAbi.C, AbiUnwind: false })
        {
            _out.Append("KC");
        }
        else if (sig.Abi != ExternAbi.Rust)
        {
            _out.Append('K');
            V0Encoding.Identifier(_out, AbiName(sig.Abi) + (sig.AbiUnwind ? "_unwind" : ""));
        }
        foreach (var input in sig.Inputs) Type(input);
        if (sig.CVariadic) _out.Append('v');
        _out.Append('E');
        Type(sig.Output);
        LeaveBinder();
    }

    private static string AbiName(ExternAbi abi) => abi switch
    {
        ExternAbi.C => "C",
        ExternAbi.RustCall => "rust_call",
        ExternAbi.RustCold => "rust_cold",
        ExternAbi.RustInvalid => "rust_invalid",
        ExternAbi.RustPreserveNone => "rust_preserve_none",
        ExternAbi.CmseNonSecureCall => "cmse_nonsecure_call",
        ExternAbi.CmseNonSecureEntry => "cmse_nonsecure_entry",
        ExternAbi.GpuKernel => "gpu_kernel",
        ExternAbi.PtxKernel => "ptx_kernel",
        ExternAbi.AvrInterrupt => "avr_interrupt",
        ExternAbi.AvrNonBlockingInterrupt => "avr_non_blocking_interrupt",
        ExternAbi.Msp430Interrupt => "msp430_interrupt",
        ExternAbi.RiscvInterruptM => "riscv_interrupt_m",
        ExternAbi.RiscvInterruptS => "riscv_interrupt_s",
        ExternAbi.X86Interrupt => "x86_interrupt",
        _ => abi.ToString().ToLowerInvariant(),
    };

    /// <summary>Principal trait, its projections, then auto traits, all under the first one's binder.</summary>
    private void TraitObject(DynamicTy ty)
    {
        if (ty.Predicates.Length == 0) throw new BugException("a trait object without predicates cannot be mangled");
        EnterBinder(ty.Predicates[0].BoundVars);
        foreach (var predicate in ty.Predicates)
        {
            switch (predicate.Value)
            {
                case ExistentialPredicate.Trait t:
                    // A stand-in for Self that no default of a parameter can mention.
                    Path(t.Def, _tcx.Interner.Args([_tcx.Interner.Infer(0), .. t.Args.Span]));
                    break;
                case ExistentialPredicate.Projection p:
                    _out.Append('p');
                    V0Encoding.Identifier(_out, _tcx.AssocItem(p.Def)?.Name ?? _tcx.DefKey(p.Def).Name ?? "");
                    if (p.Term is Ty t2) Type(t2);
                    else { _out.Append('K'); Constant((Const)p.Term); }
                    break;
                case ExistentialPredicate.AutoTrait a:
                    Path(a.Def, _tcx.Interner.NoArgs);
                    break;
            }
        }
        LeaveBinder();
        _out.Append('E');
    }

    // -- constants -------------------------------------------------------------------------------------------------------------------------------

    private void Constant(Const c)
    {
        switch (c.Kind)
        {
            case ConstKind.Param: _out.Append('p'); return;
            case ConstKind.Unevaluated: Path(c.Def, c.Args!); return;
            case ConstKind.Value: break;
            default: throw new UnsupportedException($"the constant {c} in a symbol name");
        }
        if (_seen.TryGetValue(c, out int seen)) { BackReference(seen); return; }
        int start = _out.Length;
        Value(c.Type!, c.Value!);
        if (c.OuterExclusiveBinder == 0) _seen[c] = start;
    }

    private void Value(Ty type, ValTree value)
    {
        switch (type)
        {
            case PrimTy { Kind: TyKind.Str }:
                _out.Append('e');
                foreach (var b in ((ValTree.Branch)value).Children) _out.Append(((byte)b.TryBits!.Value).ToString("x2", CultureInfo.InvariantCulture));
                _out.Append('_');
                break;
            case PrimTy { Kind: TyKind.Int or TyKind.Uint or TyKind.Bool or TyKind.Char } p when value is ValTree.Leaf leaf:
                Type(p);
                var bits = leaf.Scalar.Bits;
                if (p.Kind == TyKind.Int && leaf.Scalar.Signed < 0)
                {
                    _out.Append('n');
                    bits = (U128)(-leaf.Scalar.Signed);
                }
                _out.Append(bits.ToString("x", CultureInfo.InvariantCulture)).Append('_');
                break;
            case RefTy r:
                _out.Append(r.Mutbl == Mutability.Mut ? 'Q' : 'R');
                Constant(_tcx.Interner.ConstValue(r.Pointee, value));
                break;
            case ArrayTy or SliceTy or TupleTy:
                _out.Append(type is TupleTy ? 'T' : 'A');
                foreach (var f in ((ValTree.Branch)value).Children) Constant(f);
                _out.Append('E');
                break;
            case AdtTy adt: AdtValue(adt, (ValTree.Branch)value); break;
            default: throw new UnsupportedException($"a constant of type {type} in a symbol name");
        }
    }

    private void AdtValue(AdtTy type, ValTree.Branch value)
    {
        var adt = _tcx.AdtDef(type.Def);
        ReadOnlySpan<Const> fields = value.Children;
        int index = 0;
        if (adt.IsEnum)
        {
            index = (int)fields[0].TryBits!.Value;
            fields = fields[1..];
        }
        var variant = adt.Variants[index];
        _out.Append('V');
        Path(variant.Def, type.Args);
        if (variant is { Ctor: not null, CtorIsFn: false })
        {
            _out.Append('U');
            return;
        }
        bool named = variant.Ctor is null;
        _out.Append(named ? 'S' : 'T');
        for (int i = 0; i < fields.Length; i++)
        {
            if (named)
            {
                var key = _tcx.DefKey(variant.Fields[i].Def);
                Disambiguator(key.Disambiguator);
                V0Encoding.Identifier(_out, key.Name!);
            }
            Constant(fields[i]);
        }
        _out.Append('E');
    }
}
