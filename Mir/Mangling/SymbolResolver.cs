using Mirlink.Mir.Traits;

namespace Mirlink.Mir.Mangling;

/// <summary>
/// Which function or static of a session a v0 name stands for (RFC 2603): the way back of <see cref="V0Mangler"/>, which has the last word, as a name counts as
/// understood only if it makes the same again. Trait objects, lifetimes and closures among generic arguments are not understood.
/// </summary>
public sealed class SymbolResolver
{
    /// <summary>A part of the name says what is not understood, or names nothing.</summary>
    private sealed class Unknown : Exception;

    /// <summary>An item as a path names it, its arguments looked for when they are needed: those of an impl are not for what is nested in its methods.</summary>
    /// <param name="Own">What `I…E` gives it, null without.</param>
    private readonly record struct Node(DefId Def, Func<GenericArgs> Parent, GenericArg[]? Own, Func<GenericArgs>? All = null);

    private const int PrefixLength = 2, MaxDepth = 500;

    private readonly TyCtxt _tcx;
    private readonly Dictionary<int, Dictionary<(int Parent, DefPathData Data, string? Name, uint Disambiguator), int>> _children = [];
    private string _name = "";
    private int _at;
    private int _depth;

    /// <param name="tcx">With trait selection.</param>
    public SymbolResolver(TyCtxt tcx) { _tcx = tcx; }

    /// <summary>The function, or the static without arguments; null if there is none, or the name is not understood.</summary>
    public Instance? Resolve(string symbol)
    {
        if (!symbol.StartsWith("_R", StringComparison.Ordinal)) return null;
        (_name, _at, _depth) = (symbol, PrefixLength, 0);
        try
        {
            var node = Path();
            int? instantiating = null;
            if (_at < _name.Length) instantiating = Path().Def.Krate;
            if (_at < _name.Length) return null;
            if (_tcx.DefKind(node.Def) is not (DefKind.Fn or DefKind.AssocFn or DefKind.Static or DefKind.CtorStructFn or DefKind.CtorVariantFn)) return null;
            var instance = Instance.Item(node.Def, Complete(node));
            // Drop glue and the like have the names of items that are not compiled.
            if (_tcx.DefKind(node.Def) != DefKind.Static && !instance.Equals(_tcx.Traits.Resolve(node.Def, instance.Args))) return null;
            return V0Mangler.Mangle(_tcx, instance, instantiating) == symbol ? instance : null;
        }
        catch (Exception e) when (e is Unknown or UnsupportedException)
        {
            return null;
        }
    }

    // -- lexical parts -----------------------------------------------------------------------------------------------------------------------------

    private char Next() => _at < _name.Length ? _name[_at++] : throw new Unknown();

    private bool Take(char c)
    {
        if (_at >= _name.Length || _name[_at] != c) return false;
        _at++;
        return true;
    }

    private ulong Base62()
    {
        if (Take('_')) return 0;
        ulong value = 0;
        for (char c; (c = Next()) != '_';)
            value = unchecked(value * 62 + (ulong)(c switch { >= '0' and <= '9' => c - '0', >= 'a' and <= 'z' => c - 'a' + 10, >= 'A' and <= 'Z' => c - 'A' + 36, _ => throw new Unknown() }));
        return unchecked(value + 1);
    }

    private ulong Disambiguator() => Take('s') ? unchecked(Base62() + 1) : 0;

    /// <summary>As it is written: names beyond ASCII are compared as punycode.</summary>
    private (string Bytes, bool Punycode) Identifier()
    {
        bool punycode = Take('u');
        int length = 0;
        if (_at >= _name.Length || !char.IsAsciiDigit(_name[_at])) throw new Unknown();
        if (!Take('0'))
            while (_at < _name.Length && char.IsAsciiDigit(_name[_at]) && length < _name.Length) length = length * 10 + (_name[_at++] - '0');
        Take('_');
        if (length > _name.Length - _at) throw new Unknown();
        _at += length;
        return (_name[(_at - length).._at], punycode);
    }

    /// <summary>What a reference back refers to, read again.</summary>
    private T Back<T>(Func<T> read)
    {
        int tag = _at - 1;
        ulong start = Base62();
        if (start >= (ulong)(tag - PrefixLength)) throw new Unknown();
        int after = _at;
        _at = (int)start + PrefixLength;
        T result = Nested(read);
        _at = after;
        return result;
    }

    private T Nested<T>(Func<T> read)
    {
        if (++_depth > MaxDepth) throw new Unknown();
        T result = read();
        _depth--;
        return result;
    }

    // -- paths -------------------------------------------------------------------------------------------------------------------------------------

    private Node Path()
    {
        switch (Next())
        {
            case 'C': return new Node(CrateRoot(), None, null);
            case 'B': return Back(Path);
            case 'N':
                {
                    var data = Next() switch
                    {
                        't' => DefPathData.TypeNs,
                        'v' => DefPathData.ValueNs,
                        'c' => DefPathData.Ctor,
                        'C' => DefPathData.Closure,
                        'K' => DefPathData.AnonConst,
                        _ => throw new Unknown(),
                    };
                    var parent = Nested(Path);
                    ulong disambiguator = Disambiguator();
                    var (name, punycode) = Identifier();
                    var def = Child(parent.Def, data, name, punycode, disambiguator);
                    // Items in a function know nothing of its arguments.
                    return new Node(def, _tcx.GenericsOf(def)?.Parent is null ? None : () => Complete(parent), null);
                }
            case 'I':
                {
                    var inner = Nested(Path);
                    var own = new List<GenericArg>();
                    while (!Take('E')) own.Add(Argument());
                    return inner with { Own = [.. own] };
                }
            case 'M':
                {
                    var impl = Impl();
                    var self = Nested(Type);
                    return new Node(impl, None, null, () => ArgsOfImpl(impl, _tcx.Interner.Args([_tcx.TypeOf(impl)]), _tcx.Interner.Args([self])));
                }
            case 'X':
                {
                    var impl = Impl();
                    var header = (_tcx.ImplHeader(impl) ?? throw new Unknown()).TraitRef;
                    var self = Nested(Type);
                    var trait = Nested(Path);
                    return new Node(impl, None, null, () => ArgsOfImpl(impl, header.Args, Complete(trait, self)));
                }
            case 'Y':
                {
                    var self = Nested(Type);
                    var trait = Nested(Path);
                    if (_tcx.DefKind(trait.Def) != DefKind.Trait) throw new Unknown();
                    return new Node(trait.Def, None, null, () => Complete(trait, self));
                }
            default: throw new Unknown();
        }
    }

    private GenericArgs None() => _tcx.Interner.NoArgs;

    private DefId CrateRoot()
    {
        ulong id = Disambiguator();
        var (name, _) = Identifier();
        for (int k = 0; k < _tcx.Crates.Count; k++)
            if (_tcx.Crates[k].Info is var info && info.StableCrateId == id && info.Name == name && !info.IsProcMacro) return new DefId(k, 0);
        throw new Unknown();
    }

    private DefId Child(DefId parent, DefPathData data, string name, bool punycode, ulong disambiguator)
    {
        var children = ChildrenOf(parent.Krate);
        if (!punycode)
            return children.TryGetValue((parent.Index, data, name.Length == 0 ? null : name, (uint)disambiguator), out int index) ? new DefId(parent.Krate, index) : throw new Unknown();
        foreach (var ((p, d, n, number), i) in children)
            if (p == parent.Index && d == data && number == disambiguator && n is not null && V0Encoding.Punycode(n) == name) return new DefId(parent.Krate, i);
        throw new Unknown();
    }

    private Dictionary<(int, DefPathData, string?, uint), int> ChildrenOf(int krate)
    {
        if (_children.TryGetValue(krate, out var known)) return known;
        var crate = _tcx.Crates[krate];
        var children = new Dictionary<(int, DefPathData, string?, uint), int>(crate.DefCount);
        for (int i = 1; i < crate.DefCount; i++)
        {
            var key = crate.DefKey(i);
            if (key.Data is not (DefPathData.TypeNs or DefPathData.ValueNs or DefPathData.Ctor or DefPathData.Impl or DefPathData.Closure or DefPathData.AnonConst)) continue;
            int parent = key.Parent;
            // Extern blocks are no part of a path.
            while (parent > 0 && crate.DefKey(parent) is { Data: DefPathData.ForeignMod } block) parent = block.Parent;
            children.TryAdd((parent, key.Data, key.Name, key.Disambiguator), i);
        }
        return _children[krate] = children;
    }

    private DefId Impl()
    {
        ulong disambiguator = Disambiguator();
        var module = Nested(Path).Def;
        return Child(module, DefPathData.Impl, "", punycode: false, disambiguator);
    }

    /// <summary>Those with which the impl's header is what the name says.</summary>
    private GenericArgs ArgsOfImpl(DefId impl, GenericArgs header, GenericArgs named)
    {
        if (_tcx.GenericsOf(impl) is not { Count: > 0 } generics) return _tcx.Interner.NoArgs;
        var matcher = new HeaderMatcher(_tcx, generics.Count);
        // A header without types of its own parameters needs no match.
        if (Array.Exists(generics.OwnParams, static p => p.Kind != GenericParamKind.Lifetime) && !matcher.Match(new RegionEraser(_tcx).Fold(header), named)) throw new Unknown();
        var args = new GenericArg[generics.Count];
        for (int i = 0; i < args.Length; i++)
            args[i] = generics.OwnParams[i].Kind == GenericParamKind.Lifetime ? _tcx.Interner.ReErased : matcher.Bound[i] ?? throw new Unknown();
        return _tcx.Interner.Args(args);
    }

    /// <summary>All arguments of an item: its parent's, those given, erased lifetimes, and defaults for those that a name leaves out.</summary>
    private GenericArgs Complete(Node node, Ty? self = null)
    {
        if (node.All is { } all) return all();
        var generics = _tcx.GenericsOf(node.Def);
        if (generics is null) return node.Own is null ? _tcx.Interner.NoArgs : throw new Unknown();
        var parent = node.Parent();
        if (parent.Count != generics.ParentCount) throw new Unknown();
        var args = new List<GenericArg>(parent.Span.ToArray());
        int next = 0;
        foreach (var p in generics.OwnParams)
        {
            if (self is not null && generics.HasSelf && p.Index == 0) args.Add(self);
            else if (p.Kind == GenericParamKind.Lifetime) args.Add(_tcx.Interner.ReErased);
            else if (node.Own is { } own && next < own.Length) args.Add(own[next++]);
            else if (p.HasDefault && Default(p, _tcx.Interner.Args([.. args])) is { } value) args.Add(value);
            else throw new Unknown();
        }
        return next == (node.Own?.Length ?? 0) ? _tcx.Interner.Args([.. args]) : throw new Unknown();
    }

    private GenericArg? Default(GenericParamDef p, GenericArgs before) => p.Kind switch
    {
        GenericParamKind.Type => _tcx.TryTypeOf(p.Def) is { } t ? _tcx.Traits.NormalizeErasingRegions(_tcx.Instantiate(t, before)) : null,
        GenericParamKind.Const => _tcx.Crate(p.Def).ConstParamDefault(p.Def.Index) is { } c ? _tcx.Instantiate(c, before) : null,
        _ => null,
    };

    // -- types -------------------------------------------------------------------------------------------------------------------------------------

    private GenericArg Argument() => Take('K') ? Nested(Constant) : Nested(Type);

    private void Lifetime() { if (Take('L')) Base62(); }

    private void Binder() { if (Take('G')) Base62(); }

    private Ty? Basic(char c) => c switch
    {
        'b' => _tcx.Interner.Bool,
        'c' => _tcx.Interner.Char,
        'e' => _tcx.Interner.Str,
        'z' => _tcx.Interner.Never,
        'u' => _tcx.Interner.Unit,
        'f' => _tcx.Interner.Float(FloatTy.F32),
        'd' => _tcx.Interner.Float(FloatTy.F64),
        'i' => _tcx.Interner.Isize,
        'a' => _tcx.Interner.Int(IntTy.I8),
        's' => _tcx.Interner.Int(IntTy.I16),
        'l' => _tcx.Interner.Int(IntTy.I32),
        'x' => _tcx.Interner.Int(IntTy.I64),
        'n' => _tcx.Interner.Int(IntTy.I128),
        'j' => _tcx.Interner.Usize,
        'h' => _tcx.Interner.Uint(UintTy.U8),
        't' => _tcx.Interner.Uint(UintTy.U16),
        'm' => _tcx.Interner.Uint(UintTy.U32),
        'y' => _tcx.Interner.Uint(UintTy.U64),
        'o' => _tcx.Interner.Uint(UintTy.U128),
        _ => null,
    };

    private Ty Type()
    {
        char tag = Next();
        if (Basic(tag) is { } basic) return basic;
        // What is no type: it matters only where a path's arguments do.
        if (tag == 'p') return _tcx.Interner.ErrorTy;
        if (tag is 'R' or 'Q') Lifetime();
        switch (tag)
        {
            case 'R': return _tcx.Interner.Ref(Nested(Type), Mutability.Not);
            case 'Q': return _tcx.Interner.Ref(Nested(Type), Mutability.Mut);
            case 'P': return _tcx.Interner.RawPtr(Nested(Type), Mutability.Not);
            case 'O': return _tcx.Interner.RawPtr(Nested(Type), Mutability.Mut);
            case 'S': return _tcx.Interner.Slice(Nested(Type));
            case 'A':
                {
                    var element = Nested(Type);
                    return _tcx.Interner.Array(element, Nested(Constant));
                }
            case 'T':
                {
                    var elements = new List<Ty>();
                    while (!Take('E')) elements.Add(Nested(Type));
                    return _tcx.Interner.Tuple([.. elements]);
                }
            case 'F': return FnPointer();
            case 'B': return Back(Type);
            case 'D':
                Binder();
                while (!Take('E'))
                {
                    if (Take('p'))
                    {
                        Identifier();
                        Argument();
                    }
                    else Nested(Path);
                }
                Lifetime();
                return _tcx.Interner.ErrorTy;
            case 'C' when _name.AsSpan(_at).StartsWith("3f16"): return Float(4, FloatTy.F16);
            case 'C' when _name.AsSpan(_at).StartsWith("4f128"): return Float(5, FloatTy.F128);
        }
        _at--;
        var node = Path();
        var args = Complete(node);
        return _tcx.DefKind(node.Def) switch
        {
            DefKind.Struct or DefKind.Enum or DefKind.Union => _tcx.Interner.Adt(node.Def, args),
            DefKind.ForeignTy => _tcx.Interner.Foreign(node.Def),
            DefKind.Fn or DefKind.AssocFn or DefKind.CtorStructFn or DefKind.CtorVariantFn => _tcx.Interner.FnDef(node.Def, args),
            _ => throw new Unknown(),
        };
    }

    private Ty Float(int length, FloatTy type)
    {
        _at += length;
        return _tcx.Interner.Float(type);
    }

    /// <summary>Of the ABIs Rust and C.</summary>
    private Ty FnPointer()
    {
        Binder();
        var safety = Take('U') ? Safety.Unsafe : Safety.Safe;
        var abi = ExternAbi.Rust;
        if (Take('K')) abi = Take('C') ? ExternAbi.C : throw new Unknown();
        var types = new List<Ty>();
        while (!Take('E')) types.Add(Nested(Type));
        types.Add(Nested(Type));
        return _tcx.Interner.FnPtr(new Binder<FnSig>(new FnSig([.. types[..^1]], types[^1], false, safety, abi), []));
    }

    private Const Constant()
    {
        char tag = Next();
        if (tag == 'B') return Back(Constant);
        if (Basic(tag) is not PrimTy { Kind: TyKind.Bool or TyKind.Char or TyKind.Int or TyKind.Uint } type) throw new Unknown();
        bool negative = Take('n');
        U128 bits = 0;
        for (char c; (c = Next()) != '_';) bits = unchecked(bits * 16 + (U128)(c switch { >= '0' and <= '9' => c - '0', >= 'a' and <= 'f' => c - 'a' + 10, _ => throw new Unknown() }));
        int size = type.Kind switch
        {
            TyKind.Bool => 1,
            TyKind.Char => 4,
            TyKind.Int => type.Int switch { IntTy.I8 => 1, IntTy.I16 => 2, IntTy.I32 => 4, IntTy.I128 => 16, _ => 8 },
            _ => type.Uint switch { UintTy.U8 => 1, UintTy.U16 => 2, UintTy.U32 => 4, UintTy.U128 => 16, _ => 8 },
        };
        if (negative) bits = unchecked((U128)0 - bits);
        if (size < 16) bits &= ((U128)1 << size * 8) - 1;
        return _tcx.Interner.ConstValue(type, new ValTree.Leaf(new ScalarInt(bits, (byte)size)));
    }
}
