using System.Globalization;

namespace Mirlink.SchemaTool;

/// <summary>
/// Turns rustc's declarations into a schema: starts at `CrateRoot`, resolves every field type through `use` declarations and
/// aliases, and monomorphises generics. Types whose encoder is not derived must be named in <see cref="Hand"/>.
/// </summary>
sealed class Extractor
{
    static readonly string[] Crates =
    [
        "rustc_abi", "rustc_ast", "rustc_ast_ir", "rustc_data_structures", "rustc_error_messages", "rustc_errors", "rustc_hashes", "rustc_hir", "rustc_hir_id", "rustc_index",
        "rustc_lint_defs", "rustc_metadata", "rustc_middle", "rustc_session", "rustc_span", "rustc_target", "rustc_type_ir", "rustc_feature", "rustc_attr_parsing",
    ];

    /// <summary>Encoders written by hand in rustc, by type name and (part of) the declaring file; the value is the schema type.</summary>
    static readonly (string Name, string File, string Type)[] Hand =
    [
        ("Ty", "rustc_middle/src/ty/mod.rs", "@Ty"), ("Const", "rustc_middle/src/ty/consts.rs", "=ConstKind"), ("Region", "rustc_middle/src/ty/region.rs", "=RegionKind"),
        ("Predicate", "rustc_middle/src/ty/predicate.rs", "@Predicate"), ("Clause", "rustc_middle/src/ty/predicate.rs", "@Predicate"), ("Pattern", "rustc_middle/src/ty/pattern.rs", "=PatternKind"),
        ("ValTree", "rustc_middle/src/ty/consts/valtree.rs", "=ValTreeKind"), ("GenericArg", "rustc_middle/src/ty/generic_args.rs", "@GenericArg"), ("Term", "rustc_middle/src/ty/mod.rs", "@Term"),
        ("AdtDef", "rustc_middle/src/ty/adt.rs", "=AdtDefData"), ("ParamEnv", "rustc_middle/src/ty/mod.rs", "[@Predicate]"), ("SymbolName", "rustc_middle/src/ty/mod.rs", "str"),
        ("AllocId", "rustc_middle/src/mir/interpret/mod.rs", "@AllocId"), ("CtfeProvenance", "rustc_middle/src/mir/interpret/pointer.rs", "(@AllocId,bool,bool)"),
        ("ScalarInt", "rustc_middle/src/ty/consts/int.rs", "@ScalarInt"), ("ConstAllocation", "rustc_middle/src/mir/interpret/allocation.rs", "@Allocation"),
        ("Cache", "rustc_middle/src/mir/basic_blocks.rs", "unit"), ("ClearCrossCrate", "rustc_middle/src/mir/mod.rs", "unit"),
        ("Pu128", "rustc_data_structures/src/packed.rs", "u128"), ("Fingerprint", "rustc_data_structures/src/fingerprint.rs", "@Fingerprint"), ("Hash64", "rustc_hashes", "@Hash64"), ("Hash128", "rustc_hashes", "@Hash128"),
        ("Span", "rustc_span/src/span_encoding.rs", "@Span"), ("Symbol", "rustc_span/src/symbol.rs", "@Symbol"), ("ByteSymbol", "rustc_span/src/symbol.rs", "@ByteSymbol"),
        ("ExpnId", "rustc_span/src/hygiene.rs", "@ExpnId"), ("SyntaxContext", "rustc_span/src/hygiene.rs", "@SyntaxContext"), ("LocalExpnId", "rustc_span/src/hygiene.rs", "@ExpnId"),
        ("DefId", "rustc_span/src/def_id.rs", "@DefId"), ("LocalDefId", "rustc_span/src/def_id.rs", "@DefId"), ("BytePos", "rustc_span/src/lib.rs", "u32"), ("RelativeBytePos", "rustc_span/src/lib.rs", "u32"),
        ("ErrorGuaranteed", "rustc_span/src/lib.rs", "never"), ("LazyAttrTokenStream", "rustc_ast/src/tokenstream.rs", "never"),
        ("TargetTuple", "rustc_target/src/spec/mod.rs", "@TargetTuple"), ("SourceFile", "rustc_span/src/lib.rs", "@SourceFile"), ("DefPathHashMapRef", "rustc_metadata", "@DefPathHashMap"),
        ("InitMaskMaterialized", "rustc_middle/src/mir/interpret/allocation/init_mask.rs", "@InitMaskMaterialized"), ("TyCtxt", "rustc_middle", "unit"), ("RawDefId", "rustc_metadata", "@RawDefId"),
    ];

    /// <summary>Ids of types whose name another type has too.</summary>
    static readonly Dictionary<string, string> Renamed = new(StringComparer.Ordinal)
    {
        ["rustc_middle/src/mir/syntax.rs:CastKind"] = "CastKind", ["rustc_middle/src/ty/abstract_const.rs:CastKind"] = "AbstractConstCastKind",
        ["rustc_middle/src/mir/consts.rs:UnevaluatedConst"] = "UnevaluatedConst", ["rustc_type_ir/src/const_kind.rs:UnevaluatedConst"] = "TyUnevaluatedConst",
        ["rustc_hir/src/attrs/diagnostic.rs:Predicate"] = "OnUnimplementedPredicate", ["rustc_middle/src/ty/consts/valtree.rs:Value"] = "TyValue",
    };

    /// <summary>Manual encoders that do what the derive would do.</summary>
    static readonly HashSet<string> LikeDerived = new(StringComparer.Ordinal) { "Place", "Placeholder" };

    static readonly HashSet<string> Transparent = new(StringComparer.Ordinal) { "Box", "Rc", "Arc", "Interned", "WithCachedTypeInfo", "EarlyBinder", "Cell", "RefCell", "Lrc" };
    static readonly HashSet<string> Sequences = new(StringComparer.Ordinal)
    {
        "Vec", "SmallVec", "ThinVec", "List", "ListWithCachedTypeInfo", "RawList", "VecDeque", "FxHashSet", "FxIndexSet", "UnordSet", "BTreeSet", "HashSet", "IndexSet",
    };
    static readonly HashSet<string> Maps = new(StringComparer.Ordinal) { "FxHashMap", "FxIndexMap", "UnordMap", "BTreeMap", "SortedMap", "HashMap", "IndexMap" };
    static readonly HashSet<string> Primitives = new(StringComparer.Ordinal)
    {
        "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "bool", "char", "str",
    };

    readonly List<SourceUnit> _units = [];
    readonly Dictionary<string, List<RustItem>> _items = new(StringComparer.Ordinal);
    readonly Dictionary<string, List<(SourceUnit Unit, string[] Params, RustType Type)>> _aliases = new(StringComparer.Ordinal);
    readonly Dictionary<string, SourceUnit> _newtypes = new(StringComparer.Ordinal);
    readonly Dictionary<string, (SourceUnit Unit, string Repr)> _bitflags = new(StringComparer.Ordinal);
    readonly SourceUnit _interner;

    /// <summary>Entry of each reached type by its full generic name.</summary>
    readonly Dictionary<string, Entry> _reached = new(StringComparer.Ordinal);
    readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    readonly HashSet<string> _sharedNames = new(StringComparer.Ordinal);

    public Schema Schema { get; } = new();
    public List<string> Problems { get; } = [];
    public List<(string Name, string Row)> Tables { get; } = [];
    public List<string> Symbols { get; } = [];
    public List<(string Variant, string Name)> LangItems { get; } = [];

    public Extractor(string compilerDirectory)
    {
        foreach (var crate in Crates)
        {
            var files = Directory.GetFiles(System.IO.Path.Combine(compilerDirectory, crate, "src"), "*.rs", SearchOption.AllDirectories);
            Array.Sort(files, StringComparer.Ordinal);
            foreach (var file in files)
            {
                if (file.EndsWith("/tests.rs", StringComparison.Ordinal) || file.Contains("/tests/", StringComparison.Ordinal)) continue;
                _units.Add(RustParser.Parse(compilerDirectory, file));
            }
        }
        foreach (var u in _units)
        {
            foreach (var item in u.Items) Add(_items, item.Name, item);
            foreach (var (name, (ps, type)) in u.Aliases) Add(_aliases, name, (u, ps, type));
            foreach (var n in u.Newtypes) _newtypes[n] = u;
            foreach (var (name, repr) in u.Bitflags) _bitflags[name] = (u, repr);
        }
        _interner = _units.First(u => u.File.EndsWith("context/impl_interner.rs", StringComparison.Ordinal));
    }

    static void Add<T>(Dictionary<string, List<T>> map, string key, T value)
    {
        if (!map.TryGetValue(key, out var list)) map[key] = list = [];
        list.Add(value);
    }

    public void Run(string version)
    {
        ReadSymbols(version);
        ReadLangItems();
        ReadRegisters();
        ReadRows();
        // first, so that of types with the same name those of MIR keep theirs
        var codec = _units.First(u => u.File == "rustc_middle/src/ty/codec.rs");
        Resolve(new RustType.Path(["mir", "Body"], []), codec, Empty);
        ReadTables();
        var metadata = _units.First(u => u.File == "rustc_metadata/src/rmeta/mod.rs");
        foreach (var root in (string[])["CrateRoot", "CrateHeader"]) Resolve(new RustType.Path([root], []), metadata, Empty);
        // not reachable from the root by type: what an allocation index entry holds
        foreach (var path in (string[][])[["ty", "Instance"], ["ty", "TyKind"], ["ty", "PredicateKind"], ["ty", "BoundVariableKind"], ["ty", "ExistentialTraitRef"], ["ty", "PolyExistentialPredicate"]]) Resolve(new RustType.Path(path, []), codec, Empty);
        Resolve(new RustType.Path(["InitMask"], []), _units.First(u => u.File.EndsWith("allocation/init_mask.rs", StringComparison.Ordinal)), Empty);
        var span = _units.First(u => u.File == "rustc_span/src/lib.rs");
        foreach (var name in (string[])["FileName", "SourceFileHash", "MultiByteChar", "NormalizedPos", "StableSourceFileId"]) Resolve(new RustType.Path([name], []), span, Empty);
    }

    static readonly Dictionary<string, string> Empty = new(StringComparer.Ordinal);

    string Fail(string what)
    {
        if (!Problems.Contains(what)) Problems.Add(what);
        return "?" + what.Split(' ')[0];
    }

    /// <summary>The schema type of a Rust type written in a unit, with generic parameters replaced.</summary>
    string Resolve(RustType type, SourceUnit unit, Dictionary<string, string> env)
    {
        switch (type)
        {
            case RustType.Tuple { Items.Length: 0 }: return "unit";
            case RustType.Tuple t: return "(" + string.Join(',', t.Items.Select(i => Resolve(i, unit, env))) + ")";
            case RustType.Slice s: return "[" + Resolve(s.Item, unit, env) + "]";
            case RustType.Opaque o: return Fail($"opaque type `{o.Text}` in {unit.File}");
        }
        var path = (RustType.Path)type;
        var name = path.Name;
        if (path.Segments.Length == 1)
        {
            if (env.TryGetValue(name, out var bound)) return bound;
            if (name == "!") return "never";
            if (name is "String" or "PathBuf" or "Path") return "str";
            if (Primitives.Contains(name)) return name;
        }
        if (path.Segments.Length == 2 && path.Segments[0] is "I" or "Self" && !env.ContainsKey("I"))
        {
            if (_interner.Aliases.TryGetValue(name, out var assoc)) return Resolve(assoc.Type, _interner, Empty);
            return Fail($"I::{name} in {unit.File}");
        }
        string Arg(int i) => Resolve(path.Args[i], unit, env);
        if (Transparent.Contains(name)) return Arg(path.Args.Length - 1);
        if (name == "Cow") return Arg(0);
        if (Sequences.Contains(name)) return path.Args[0] is RustType.Slice s0 ? Resolve(s0, unit, env) : "[" + Arg(0) + "]";
        if (name is "IndexVec" or "IndexSlice") return "[" + Arg(1) + "]";
        if (Maps.Contains(name)) return "map<" + Arg(0) + "," + Arg(1) + ">";
        switch (name)
        {
            case "DefIdMap" or "LocalDefIdMap": return "map<@DefId," + Arg(0) + ">";
            case "DefIdSet": return "[@DefId]";
            case "ItemLocalMap": return "map<u32," + Arg(0) + ">";
            case "Option": return "opt<" + Arg(0) + ">";
            case "Result": return "res<" + Arg(0) + "," + Arg(1) + ">";
            case "PhantomData": return "unit";
            case "NonZero": return Arg(0);
            case "NonZeroU32" or "NonZeroUsize": return name == "NonZeroU32" ? "u32" : "usize";
            case "LazyValue": return "lazy<" + Arg(0) + ">";
            case "LazyArray": return "lazyarray<" + Arg(0) + ">";
            case "LazyTable": return "table<" + Row(path.Args[1], unit) + ">";
            case "LazyTables": return "LazyTables";
            case "ExpnIndex" or "CrateNum" or "DefIndex": return name == "ExpnIndex" ? "u32" : "@" + name;
            case "OptionsTargetModifiers": return "@TargetModifierOption";
            case "AttrId": return "unit";
            case "LangItem": return "LangItem";
            case "Binder":
                var bound = path.Args.Length > 1 ? Arg(path.Args.Length - 1) : Arg(0);
                var vars = Resolve(new RustType.Path(["I", "BoundVarKinds"], []), _interner, Empty);
                return Reach("Binder<" + bound + ">", "Binder", "rustc_type_ir/src/binder.rs", e => e.Variants.Add(new Variant("", [("bound_vars", vars), ("value", bound)])), EntryKind.Struct);
            case "UnsafeBinderInner": return Resolve(new RustType.Path(["Binder"], [new RustType.Path(["I", "Ty"], [])]), unit, Empty);
        }
        if (name.EndsWith("InlineAsmReg", StringComparison.Ordinal) || name.EndsWith("InlineAsmRegClass", StringComparison.Ordinal))
        {
            if (_reached.ContainsKey(name)) return name;
        }
        if (MacroEnum(name)) return name;
        if (_newtypes.TryGetValue(name, out _)) return name + "#";
        if (_bitflags.TryGetValue(name, out var flags) && IsInteger(name)) return Flags(name, flags.Unit, flags.Repr);

        var full = Expand(path.Segments, unit);
        name = full[^1];
        var candidates = Candidates(name);
        if (candidates.Count == 0) return Fail($"{string.Join("::", path.Segments)} in {unit.File}: no declaration");
        var best = Choose(candidates, full, unit, path);
        if (best is null) return "?";
        return best.Value.Instantiate(path, unit, env);
    }

    /// <summary>`bitflags! { impl X: u8 { … } }` goes with `struct X(u8)`.</summary>
    bool IsInteger(string name) => !_items.TryGetValue(name, out var items) || items is [{ IsEnum: false, Variants: [{ Fields: [{ Name: "0" }] }] }];

    readonly record struct Candidate(SourceUnit Unit, int Rank, Func<RustType.Path, SourceUnit, Dictionary<string, string>, string> Instantiate);

    List<Candidate> Candidates(string name)
    {
        var found = new List<Candidate>();
        if (_items.TryGetValue(name, out var items))
        {
            foreach (var item in items)
            {
                var hand = Hand.FirstOrDefault(h => h.Name == name && item.Unit.File.StartsWith(h.File, StringComparison.Ordinal));
                if (hand.Name is not null) found.Add(new(item.Unit, 2, (_, _, _) => HandType(hand.Type, item.Unit)));
                else if (item.Derived || LikeDerived.Contains(name)) found.Add(new(item.Unit, 2, (p, u, env) => Instantiate(item, p, u, env)));
            }
        }
        foreach (var h in Hand)
        {
            if (h.Name == name && !found.Any(f => f.Unit.File.StartsWith(h.File, StringComparison.Ordinal)) && _units.FirstOrDefault(u => u.File.StartsWith(h.File, StringComparison.Ordinal)) is { } unit)
                found.Add(new(unit, 2, (_, _, _) => HandType(h.Type, unit)));
        }
        if (_aliases.TryGetValue(name, out var aliases))
        {
            foreach (var (unit, parameters, type) in aliases)
            {
                // an alias of the same name only fixes the interner, unless it has arguments of its own
                if (type is RustType.Path p && p.Name == name && found.Count > 0 && (parameters.Length > 0 || WithoutInterner(p.Args, Empty).Length == 0)) continue;
                found.Add(new(unit, found.Count == 0 ? 2 : 1, (use, u, env) =>
                {
                    var inner = new Dictionary<string, string>(StringComparer.Ordinal);
                    var args = WithoutInterner(use.Args, env);
                    for (var i = 0; i < parameters.Length && i < args.Length; i++) inner[parameters[i]] = Resolve(args[i], u, env);
                    return Resolve(type, unit, inner);
                }));
            }
        }
        return found;
    }

    string HandType(string type, SourceUnit unit) => type[0] == '='
        ? Resolve(new RustType.Path(["ty", type[1..]], []), _units.First(u => u.File == "rustc_middle/src/ty/codec.rs"), Empty)
        : type;

    /// <summary>A path with its first segment replaced by what the file imports under that name.</summary>
    static string[] Expand(string[] segments, SourceUnit unit)
    {
        for (var round = 0; round < 3; round++)
        {
            if (segments[0] == "crate") return [unit.Crate, .. segments[1..]];
            if (segments[0] is "self" or "super")
            {
                var up = segments.TakeWhile(s => s == "super").Count();
                return [unit.Crate, .. unit.Module[..Math.Max(0, unit.Module.Length - up)], .. segments[Math.Max(1, up)..]];
            }
            if (!unit.Imports.TryGetValue(segments[0], out var import) || import[0] == segments[0] && import.Length == 1) break;
            segments = [.. import, .. segments[1..]];
        }
        return segments;
    }

    Candidate? Choose(List<Candidate> candidates, string[] full, SourceUnit unit, RustType.Path path)
    {
        if (candidates.Count == 1) return candidates[0];
        var bestScore = -1;
        Candidate? best = null;
        var tie = false;
        foreach (var c in candidates)
        {
            string[] place = [c.Unit.Crate, .. c.Unit.Module];
            var score = 0;
            if (full.Length == 1 && c.Unit == unit) score += 100;
            else if (full.Length == 1)
            {
                string[] here = [unit.Crate, .. unit.Module];
                for (var i = 0; i < here.Length && i < place.Length && here[i] == place[i]; i++) score += 3;
                if (unit.Crate == "rustc_middle" && c.Unit.Crate == "rustc_type_ir") score += 2;
            }
            for (var i = 0; i + 1 < full.Length; i++) if (place.Contains(full[i])) score += 10;
            // rustc_middle::ty and the interner-generic crate are one module to their users
            var ty = full.Length > 1 && full[..^1].Contains("ty");
            if (ty && c.Unit.Crate == "rustc_type_ir") score += 12;
            if (ty && c.Unit.Crate == "rustc_middle" && place.Contains("mir")) score -= 10;
            if (full.Length > 1 && full[^2] == place[^1]) score += 5;
            score = score * 4 + c.Rank;
            if (score == bestScore) tie = true;
            if (score > bestScore)
            {
                bestScore = score;
                best = c;
                tie = false;
            }
        }
        if (tie) Fail($"{string.Join("::", full)} (as {string.Join("::", path.Segments)}) in {unit.File}: one of {string.Join(", ", candidates.Select(c => c.Unit.File))}");
        return best;
    }

    static RustType[] WithoutInterner(RustType[] args, Dictionary<string, string> env) =>
        [.. args.Where(a => !(a is RustType.Path p && (p.Name is "TyCtxt" || (p.Segments is ["I"] && !env.ContainsKey("I")))))];

    string Instantiate(RustItem item, RustType.Path use, SourceUnit unit, Dictionary<string, string> env)
    {
        var args = WithoutInterner(use.Args, env);
        var inner = new Dictionary<string, string>(StringComparer.Ordinal);
        var names = new List<string>();
        for (var i = 0; i < item.Params.Length; i++)
        {
            var parameter = item.Params[i];
            var value = i < args.Length ? Resolve(args[i], unit, env)
                : item.Defaults.TryGetValue(parameter, out var d) ? Resolve(d, item.Unit, inner)
                : Fail($"{item.Name} in {unit.File}: no argument for {parameter}");
            inner[parameter] = value;
            names.Add(value);
        }
        var full = item.Unit.File + ":" + item.Name + (names.Count > 0 ? "<" + string.Join(',', names) + ">" : "");
        return Reach(full, item.Name, item.Unit.File, e =>
        {
            foreach (var v in item.Variants)
            {
                e.Variants.Add(new Variant(v.Name, [.. v.Fields.Select(f => (f.Name, Resolve(f.Type, item.Unit, inner)))]));
            }
        }, item.IsEnum ? EntryKind.Enum : EntryKind.Struct, names);
    }

    string Reach(string full, string name, string source, Action<Entry> fill, EntryKind kind, List<string>? args = null)
    {
        if (_reached.TryGetValue(full, out var seen)) return seen.Id;
        var id = name;
        if (name == "Binder") id = "Binder" + Identifier(full["Binder".Length..]);
        else if (args is { Count: > 0 } && !(args.Count == 2 && args[1] == "@Ty" && args[0] == "Local#")) id = name + string.Concat(args.Select(Identifier));
        if (Renamed.TryGetValue(full, out var renamed)) id = renamed;
        if (_ids.Contains(id) || _sharedNames.Contains(id))
        {
            _sharedNames.Add(id);
            var module = source.Split('/');
            var prefix = module[0] == "rustc_middle" ? module[2].Replace(".rs", "", StringComparison.Ordinal) : module[0]["rustc_".Length..];
            id = Pascal(prefix) + id;
            if (_ids.Contains(id)) id = Pascal(module[^1][..^3]) + name;
            if (_ids.Contains(id)) Fail($"{id} from {source}: name taken");
        }
        _ids.Add(id);
        var entry = new Entry { Kind = kind, Id = id, Source = source };
        _reached[full] = entry;
        Schema.Entries.Add(entry);
        fill(entry);
        return id;
    }

    static string Identifier(string type)
    {
        var s = new System.Text.StringBuilder();
        var upper = true;
        foreach (var c in type)
        {
            if (char.IsLetterOrDigit(c)) { s.Append(upper ? char.ToUpperInvariant(c) : c); upper = false; }
            else upper = true;
        }
        return s.ToString();
    }

    static string Pascal(string name) => Identifier(name);

    string Flags(string name, SourceUnit unit, string repr) => Reach(unit.File + ":" + name, name, unit.File, e =>
    {
        e.Repr = repr;
        foreach (var (flag, value) in BitflagReader.Read(System.IO.Path.Combine(_root, unit.File), name)) e.Variants.Add(new Variant(flag, [], value));
    }, EntryKind.Flags);

    string _root = "";
    public Extractor WithRoot(string root)
    {
        _root = root;
        return this;
    }

    List<Token> MacroBody(string macro, string file) => _units.First(u => u.File == file).Macros.First(m => m.Name == macro && m.Body.Count > 12).Body;

    void ReadSymbols(string version)
    {
        var body = MacroBody("symbols", "rustc_span/src/symbol.rs");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var environment = new List<string>();
        void Put(string s)
        {
            if (seen.Add(s)) Symbols.Add(s);
        }
        var depth = 0;
        for (var i = 0; i < body.Count; i++)
        {
            var t = body[i];
            if (t.Is("{")) { depth++; continue; }
            if (t.Is("}")) { depth--; continue; }
            if (depth != 1 || t.Kind is not (TokenKind.Ident or TokenKind.Number) && t.Kind != TokenKind.Ident) continue;
            if (i + 2 < body.Count && body[i + 1].Is(":"))
            {
                if (body[i + 2].Kind == TokenKind.String) { _symbolValues[t.Text] = body[i + 2].Text; Put(body[i + 2].Text); i += 2; }
                else
                {
                    // env!("CFG_RELEASE")
                    if (body[i + 5].Text != "CFG_RELEASE") Fail($"symbol {t.Text}: environment variable {body[i + 5].Text}");
                    environment.Add(version);
                    while (!body[i + 1].Is(",")) i++;
                }
                continue;
            }
            _symbolValues[t.Text] = t.Text;
            Put(t.Text);
        }
        for (var d = 0; d < 10; d++) Put(d.ToString(CultureInfo.InvariantCulture));
        for (var c = 'A'; c <= 'Z'; c++) Put(c.ToString());
        for (var c = 'a'; c <= 'z'; c++) Put(c.ToString());
        foreach (var e in environment) Put(e);
    }

    readonly Dictionary<string, string> _symbolValues = new(StringComparer.Ordinal);

    /// <summary>A fieldless enum that a macro of its own declares from `enum NAME { (VARIANT, …), … }`.</summary>
    bool MacroEnum(string name)
    {
        if (_reached.ContainsKey(name)) return name == "DeniedPartialMitigationKind";
        foreach (var unit in _units)
        {
            foreach (var (macro, body) in unit.Macros)
            {
                if (macro != "denied_partial_mitigations") continue;
                var at = body.FindIndex(t => t.Is("enum"));
                if (at < 0 || !body[at + 1].Is(name)) continue;
                var entry = new Entry { Kind = EntryKind.Enum, Id = name, Source = unit.File };
                for (int i = at + 3, depth = 0; depth >= 0; i++)
                {
                    if (body[i].Is("(") && depth++ == 0) entry.Variants.Add(new Variant(body[i + 1].Text, []));
                    else if (body[i].Is(")") || body[i].Is("}")) depth--;
                }
                _reached[name] = entry;
                _ids.Add(name);
                Schema.Entries.Add(entry);
                return true;
            }
        }
        return false;
    }

    void ReadLangItems()
    {
        var body = MacroBody("language_item_table", "rustc_hir/src/lang_items.rs");
        var entry = new Entry { Kind = EntryKind.Enum, Id = "LangItem", Source = "rustc_hir/src/lang_items.rs" };
        _reached["LangItem"] = entry;
        _ids.Add("LangItem");
        Schema.Entries.Add(entry);
        var i = 0;
        while (i < body.Count)
        {
            while (body[i].Is("#"))
            {
                i++;
                var depth = 0;
                do
                {
                    if (body[i].Is("[")) depth++;
                    if (body[i].Is("]")) depth--;
                    i++;
                }
                while (depth > 0);
            }
            var variant = body[i].Text;
            var symbol = body[i + 4].Text;
            // A keyword's constant is its capitalized text.
            LangItems.Add((variant, body[i + 2].Is("kw") ? symbol.ToLowerInvariant() : _symbolValues.GetValueOrDefault(symbol, symbol)));
            entry.Variants.Add(new Variant(variant, []));
            while (!body[i].Is(";")) i++;
            i++;
        }
    }

    void ReadRegisters()
    {
        foreach (var unit in _units)
        {
            if (!unit.File.StartsWith("rustc_target/src/asm/", StringComparison.Ordinal)) continue;
            foreach (var (macro, body) in unit.Macros)
            {
                if (macro is not ("def_regs" or "def_reg_class")) continue;
                var id = body[1].Text;
                var entry = new Entry { Kind = EntryKind.Enum, Id = id, Source = unit.File };
                var i = body.FindIndex(t => t.Is("{")) + 1;
                while (!body[i].Is("}"))
                {
                    if (body[i].Is("#")) break;
                    entry.Variants.Add(new Variant(body[i].Text, []));
                    if (macro == "def_regs") while (!body[i].Is("=")) i++;
                    var depth = 0;
                    while (depth > 0 || !body[i].Is(","))
                    {
                        if (body[i].Is("[")) depth++;
                        if (body[i].Is("]")) depth--;
                        i++;
                    }
                    i++;
                }
                _reached[id] = entry;
                _ids.Add(id);
                Schema.Entries.Add(entry);
            }
        }
    }

    void ReadRows()
    {
        var unit = _units.First(u => u.File == "rustc_metadata/src/rmeta/table.rs");
        foreach (var (macro, body) in unit.Macros)
        {
            if (macro is not ("fixed_size_enum" or "defaulted_enum")) continue;
            var open = body.FindIndex(t => t.Is("{"));
            var name = body[open - 1].Text + "Row";
            var entry = new Entry { Kind = EntryKind.Row, Id = name, Source = unit.File, Repr = macro == "defaulted_enum" ? "defaulted" : "optional" };
            var i = open + 1;
            while (!body[i].Is("}"))
            {
                var end = i + 1;
                var depth = 1;
                while (depth > 0)
                {
                    if (body[end].Is("(")) depth++;
                    if (body[end].Is(")")) depth--;
                    end++;
                }
                entry.Variants.Add(new Variant(PatternName(body, i + 1, end - 1), []));
                i = end;
            }
            _reached[name] = entry;
            _ids.Add(name);
            Schema.Entries.Add(entry);
        }
    }

    /// <summary>`Static { safety: hir::Safety::Unsafe, nested: true }` is StaticUnsafeNested: last path segments, and the names of true flags.</summary>
    static string PatternName(List<Token> body, int from, int to)
    {
        var name = "";
        for (var i = from; i < to; i++)
        {
            var t = body[i];
            if (t.Kind != TokenKind.Ident || body[i + 1].Is("::")) continue;
            if (body[i + 1].Is(":"))
            {
                if (body[i + 2].Is("true")) name += Pascal(t.Text);
                if (body[i + 2].Is("true") || body[i + 2].Is("false")) i += 2;
                continue;
            }
            var word = t.Text.StartsWith("MACRO_KINDS_", StringComparison.Ordinal) ? t.Text["MACRO_KINDS_".Length..] : t.Text;
            name += word.All(c => char.IsUpper(c) || c == '_') ? Pascal(word.ToLowerInvariant()) : Pascal(word);
        }
        return name;
    }

    void ReadTables()
    {
        var unit = _units.First(u => u.File == "rustc_metadata/src/rmeta/mod.rs");
        var body = MacroBody("define_tables", unit.File);
        body.Add(new Token(TokenKind.End, ""));
        var tables = new Entry { Kind = EntryKind.Struct, Id = "LazyTables", Source = unit.File };
        var rows = new List<(string, string)>();
        var optional = false;
        var i = 0;
        while (body[i].Kind != TokenKind.End)
        {
            if (body[i].Is("-"))
            {
                optional = body[i + 1].Is("optional");
                i += 3;
                continue;
            }
            var name = body[i].Text;
            i += 2;
            var type = (RustType.Path)RustParser.ParseType(body, ref i, unit);
            if (body[i].Is(",")) i++;
            var item = type.Args[1];
            if (optional) item = new RustType.Path(["Option"], [item]);
            var row = Row(item, unit);
            rows.Add((name, "table<" + row + ">"));
            Tables.Add((name, row));
        }
        tables.Variants.Add(new Variant("", [.. rows]));
        _reached["LazyTables"] = tables;
        _ids.Add("LazyTables");
        Schema.Entries.Add(tables);
    }

    /// <summary>A table's row type; fixed-size enums go by their table.rs order.</summary>
    string Row(RustType type, SourceUnit unit)
    {
        var path = (RustType.Path)type;
        if (path.Name == "Option" && path.Args[0] is RustType.Path inner)
        {
            if (inner.Name is "LazyValue" or "LazyArray") return "opt<" + Resolve(inner, unit, Empty) + ">";
            return "opt<" + Row(inner, unit) + ">";
        }
        if (path.Name is "LazyArray") return Resolve(path, unit, Empty);
        return _reached.ContainsKey(path.Name + "Row") ? path.Name + "Row" : Resolve(path, unit, Empty);
    }
}
