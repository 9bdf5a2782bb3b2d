namespace Mirlink.SchemaTool;

/// <summary>
/// Finds the declarations of a Rust source file that matter for encodings: structs, enums, aliases, imports and the bodies
/// of the item-defining macros. Everything else is skipped token by token.
/// </summary>
sealed class RustParser
{
    static readonly HashSet<string> KeptMacros = new(StringComparer.Ordinal)
    {
        "symbols", "language_item_table", "fixed_size_enum", "defaulted_enum", "define_tables", "def_regs", "def_reg_class", "options", "top_level_options", "denied_partial_mitigations",
    };

    readonly List<Token> _t;
    readonly SourceUnit _unit;
    int _i;

    RustParser(List<Token> tokens, SourceUnit unit)
    {
        _t = tokens;
        _unit = unit;
    }

    public static SourceUnit Parse(string compilerDirectory, string path)
    {
        var file = System.IO.Path.GetRelativePath(compilerDirectory, path).Replace('\\', '/');
        var parts = file.Split('/');
        var module = parts.Skip(2).Select(p => p.EndsWith(".rs", StringComparison.Ordinal) ? p[..^3] : p).Where(p => p is not ("mod" or "lib")).ToArray();
        var unit = new SourceUnit { Crate = parts[0], File = file, Module = module };
        new RustParser(RustLexer.Lex(System.IO.File.ReadAllText(path)), unit).Run();
        return unit;
    }

    /// <summary>Parses a comma separated list of types out of macro tokens.</summary>
    public static RustType ParseType(List<Token> tokens, ref int at, SourceUnit unit)
    {
        var p = new RustParser(tokens, unit) { _i = at };
        var type = p.Type();
        at = p._i;
        return type;
    }

    Token Cur => _t[_i];
    bool At(string s) => _t[_i].Is(s);
    bool AtNext(string s, int n = 1) => _i + n < _t.Count && _t[_i + n].Is(s);
    bool Eat(string s)
    {
        if (!At(s)) return false;
        _i++;
        return true;
    }
    string Ident() => _t[_i].Kind == TokenKind.Ident ? _t[_i++].Text : throw Error("identifier");
    void Expect(string s)
    {
        if (!Eat(s)) throw Error($"`{s}`");
    }
    InvalidDataException Error(string wanted) => new($"{_unit.File}: expected {wanted}, found `{string.Join(' ', _t.Skip(_i).Take(8).Select(t => t.Text))}`");

    void Run()
    {
        var attributes = new List<string>();
        while (Cur.Kind != TokenKind.End)
        {
            if (At("#") && (AtNext("[") || (AtNext("!") && AtNext("[", 2))))
            {
                _i += AtNext("!") ? 2 : 1;
                attributes.AddRange(Group().Select(t => t.Text));
                continue;
            }
            if (At("macro_rules") && AtNext("!"))
            {
                _i += 3;
                Group();
            }
            else if (Cur.Kind == TokenKind.Ident && AtNext("!") && (AtNext("{", 2) || AtNext("(", 2)))
            {
                var name = Cur.Text;
                if (name is "newtype_index" or "bitflags" || KeptMacros.Contains(name))
                {
                    _i += 2;
                    Macro(name, Group());
                }
                else _i += 2;
            }
            else if (At("pub"))
            {
                _i++;
                if (At("(") && (AtNext("crate") || AtNext("super") || AtNext("in") || AtNext("self"))) Group();
                continue;
            }
            else if (At("use")) Use();
            else if ((At("struct") || At("enum")) && _t[_i + 1].Kind == TokenKind.Ident) Item(attributes);
            else if (At("type") && _t[_i + 1].Kind == TokenKind.Ident) Alias();
            else _i++;
            attributes.Clear();
        }
    }

    void Macro(string name, List<Token> body)
    {
        switch (name)
        {
            case "newtype_index":
                for (var k = 0; k + 1 < body.Count; k++) if (body[k].Is("struct")) _unit.Newtypes.Add(body[k + 1].Text);
                break;
            case "bitflags":
                for (var k = 0; k + 3 < body.Count; k++) if ((body[k].Is("struct") || body[k].Is("impl")) && body[k + 2].Is(":")) _unit.Bitflags[body[k + 1].Text] = body[k + 3].Text;
                break;
            default:
                _unit.Macros.Add((name, body));
                break;
        }
    }

    /// <summary>The tokens inside the delimiters at the cursor.</summary>
    List<Token> Group()
    {
        var start = _i + 1;
        Skip();
        return _t.GetRange(start, _i - 1 - start);
    }

    void Skip()
    {
        var depth = 0;
        do
        {
            if (Cur.Kind == TokenKind.End) throw Error("closing delimiter");
            if (At("(") || At("[") || At("{")) depth++;
            else if (At(")") || At("]") || At("}")) depth--;
            _i++;
        }
        while (depth > 0);
    }

    void Use()
    {
        _i++;
        UseTree([]);
        Eat(";");
    }

    void UseTree(List<string> prefix)
    {
        var path = new List<string>(prefix);
        Eat("::");
        while (true)
        {
            if (Eat("{"))
            {
                while (!Eat("}"))
                {
                    UseTree(path);
                    Eat(",");
                }
                return;
            }
            if (Eat("*")) return;
            if (Cur.Kind != TokenKind.Ident) { _i++; return; }
            var segment = Ident();
            if (segment == "self" && path.Count > 0)
            {
                Bind(path, path[^1]);
                return;
            }
            path.Add(segment);
            if (!Eat("::")) break;
        }
        Bind(path, path[^1]);
    }

    void Bind(List<string> path, string name)
    {
        if (Eat("as")) name = Ident();
        _unit.Imports.TryAdd(name, [.. path]);
    }

    void Alias()
    {
        var start = _i;
        _i++;
        var name = Ident();
        var (parameters, _) = Generics();
        if (!Eat("=")) return;
        try
        {
            var type = Type();
            if (At(";")) _unit.Aliases.TryAdd(name, (parameters, type));
        }
        catch (InvalidDataException)
        {
            // an alias of something that is never encoded
            _i = start + 1;
        }
    }

    (string[] Params, Dictionary<string, RustType> Defaults) Generics()
    {
        var names = new List<string>();
        var defaults = new Dictionary<string, RustType>(StringComparer.Ordinal);
        if (!Eat("<")) return ([], defaults);
        while (!Eat(">"))
        {
            SkipAttributes();
            var isConst = Eat("const");
            var lifetime = Cur.Kind == TokenKind.Lifetime;
            var name = _t[_i++].Text;
            var interner = false;
            var depth = 0;
            if (Eat(":"))
            {
                while (depth > 0 || !(At(",") || At(">") || At("=")))
                {
                    if (At("<") || At("(")) depth++;
                    else if (At(">") || At(")")) depth--;
                    if (At("Interner")) interner = true;
                    _i++;
                }
            }
            RustType? dflt = null;
            if (Eat("=")) dflt = isConst ? ConstArg() : Type();
            Eat(",");
            if (lifetime || interner) continue;
            names.Add(name);
            if (dflt is not null) defaults[name] = dflt;
        }
        return ([.. names], defaults);
    }

    RustType.Opaque ConstArg()
    {
        var from = _i;
        if (At("{")) Skip();
        else _i++;
        return new RustType.Opaque(_t[from].Text);
    }

    void SkipAttributes()
    {
        while (At("#") && AtNext("["))
        {
            _i++;
            Skip();
        }
    }

    void SkipVisibility()
    {
        if (Eat("pub") && At("(") && (AtNext("crate") || AtNext("super") || AtNext("in") || AtNext("self"))) Skip();
    }

    static bool IsDerived(List<string> attributes)
    {
        foreach (var a in attributes) if (a.Contains("Decodable", StringComparison.Ordinal)) return true;
        return false;
    }

    void Item(List<string> attributes)
    {
        var start = _i;
        try
        {
            if (At("struct")) Struct(attributes);
            else Enum(attributes);
        }
        catch (InvalidDataException) when (!IsDerived(attributes))
        {
            // syntax of items that are never encoded (field defaults, cfg on variants)
            _i = start + 2;
        }
    }

    void Struct(List<string> attributes)
    {
        _i++;
        var name = Ident();
        var (parameters, defaults) = Generics();
        if (At("where")) while (!At("{") && !At(";")) _i++;
        var fields = At("{") ? NamedFields() : At("(") ? PositionalFields() : [];
        _unit.Items.Add(new RustItem
        {
            Name = name, Unit = _unit, Params = parameters, Defaults = defaults,
            Variants = [new RustVariant("", fields)], Derived = IsDerived(attributes),
        });
    }

    void Enum(List<string> attributes)
    {
        _i++;
        var name = Ident();
        var (parameters, defaults) = Generics();
        if (At("where")) while (!At("{")) _i++;
        Expect("{");
        var variants = new List<RustVariant>();
        while (!Eat("}"))
        {
            if (FieldAttributes()) throw Error("no cfg on variants");
            var variant = Ident();
            var fields = At("{") ? NamedFields() : At("(") ? PositionalFields() : [];
            if (Eat("=")) while (!At(",") && !At("}")) _i++;
            Eat(",");
            variants.Add(new RustVariant(variant, fields));
        }
        _unit.Items.Add(new RustItem
        {
            Name = name, Unit = _unit, Params = parameters, Defaults = defaults, Variants = variants, IsEnum = true, Derived = IsDerived(attributes),
        });
    }

    /// <summary>Skips attributes; true when one says that the field exists in compilers with debug assertions only.</summary>
    bool FieldAttributes()
    {
        var conditional = false;
        while (At("#") && AtNext("["))
        {
            _i++;
            var body = Group();
            if (body.Count > 0 && body[0].Is("cfg")) conditional = true;
        }
        return conditional;
    }

    RustField[] NamedFields()
    {
        Expect("{");
        var fields = new List<RustField>();
        while (!Eat("}"))
        {
            var conditional = FieldAttributes();
            SkipVisibility();
            var name = Ident();
            Expect(":");
            var type = Type();
            Eat(",");
            if (!conditional) fields.Add(new RustField(name, type));
        }
        return [.. fields];
    }

    RustField[] PositionalFields()
    {
        Expect("(");
        var fields = new List<RustField>();
        while (!Eat(")"))
        {
            var conditional = FieldAttributes();
            SkipVisibility();
            var type = Type();
            Eat(",");
            if (!conditional) fields.Add(new RustField(fields.Count.ToString(), type));
        }
        return [.. fields];
    }

    RustType Type()
    {
        if (Eat("&"))
        {
            if (Cur.Kind == TokenKind.Lifetime) _i++;
            Eat("mut");
            return Type();
        }
        if (Eat("!")) return new RustType.Path(["!"], []);
        if (Eat("("))
        {
            var items = new List<RustType>();
            var comma = true;
            while (!Eat(")"))
            {
                items.Add(Type());
                comma = Eat(",");
            }
            return items.Count == 1 && !comma ? items[0] : new RustType.Tuple([.. items]);
        }
        if (Eat("["))
        {
            var item = Type();
            while (!At("]")) { if (At("(") || At("[") || At("{")) Skip(); else _i++; }
            _i++;
            return new RustType.Slice(item);
        }
        if (At("*") || At("dyn") || At("impl") || At("for") || At("fn") || At("unsafe") || At("extern"))
        {
            var from = _i;
            var depth = 0;
            while (depth > 0 || !(At(",") || At(")") || At("}") || At(">") || At(";") || At("]")))
            {
                if (At("(") || At("[") || At("<") || At("{")) depth++;
                else if (At(")") || At("]") || At(">") || At("}")) depth--;
                _i++;
            }
            return new RustType.Opaque(string.Join(' ', _t.Skip(from).Take(_i - from).Select(t => t.Text)));
        }
        if (Eat("<"))
        {
            // `<I as Interner>::X` is `I::X`
            var self = Type();
            if (Eat("as")) Type();
            Expect(">");
            Expect("::");
            return new RustType.Path([self is RustType.Path p ? p.Name : "?", Ident()], []);
        }
        Eat("::");
        var segments = new List<string>();
        RustType[] args = [];
        while (true)
        {
            segments.Add(Ident());
            if (At("<")) args = Args();
            else if (At("::") && AtNext("<")) { _i++; args = Args(); }
            if (!(At("::") && _t[_i + 1].Kind == TokenKind.Ident)) break;
            _i++;
        }
        if (At("(") && segments[^1] is "Fn" or "FnMut" or "FnOnce") Skip();
        return new RustType.Path([.. segments], args);
    }

    RustType[] Args()
    {
        Expect("<");
        var args = new List<RustType>();
        while (!Eat(">"))
        {
            if (Cur.Kind == TokenKind.Lifetime) _i++;
            else if (Cur.Kind == TokenKind.Number || At("{")) args.Add(ConstArg());
            else if (Cur.Kind == TokenKind.Ident && AtNext("=")) { _i += 2; Type(); }
            else args.Add(Type());
            while (At("+")) { _i++; if (Cur.Kind == TokenKind.Lifetime) _i++; else Type(); }
            Eat(",");
        }
        return [.. args];
    }
}
