namespace Mirlink.Difftest.Generate;

public sealed partial class ProgramGenerator
{
    private Code Statements(int count, int depth)
    {
        var list = new List<Code>();
        for (int i = 0; i < count && _budget > 0; i++) list.Add(Statement(depth));
        return Code.Join("", list);
    }

    private Code Statement(int depth)
    {
        _budget--;
        Code? made = depth <= 0 ? null : _random.Weighted([30, 18, 8, 9, 8, 8, 6, 5, 4, 6, 5, 4]) switch
        {
            1 => Assign(depth),
            2 => Code.Line($"if {Condition(depth - 1)} {{\n{Nested(() => Statements(2, depth - 1))}}}{(_random.Percent(40) ? Code.Plain($" else {{\n{Nested(() => Statements(2, depth - 1))}}}") : null)}"),
            3 => LoopStatement(depth),
            4 => Borrow(depth),
            5 => MatchStatement(depth),
            6 => _const ? null : Note(),
            7 => Destructure(depth),
            8 => Exit(depth),
            9 => Collection(depth),
            10 => CapturingClosure(depth),
            11 => Move(),
            _ => null,
        };
        return made ?? Let(depth);
    }

    private Code Let(int depth)
    {
        // Types that are in sight already make values flow.
        var t = _random.Percent(40) && _scope.Count > 0 && _random.In(_scope) is { Access: not Access.Slice } other ? other.Type : RandomType(2);
        var value = Expr(t, Math.Max(1, depth));
        bool mutable = _random.Percent(65);
        var v = Add(t, Access.Owned, mutable);
        if (!_const && _random.Percent(25)) return Code.Plain($"{Code.Line($"let {(mutable ? "mut " : "")}{v.Name}: {t} = {value};")}{Code.Line($"note(hash(&{v.Name}));")}");
        return Code.Line($"let {(mutable ? "mut " : "")}{v.Name}: {t} = {value};");
    }

    private Code? Assign(int depth)
    {
        if (PickWritable(static v => true) is not { } v) return null;
        // Somewhere inside.
        var at = Code.Text(v.Place);
        var t = v.Type;
        while (_random.Percent(70))
        {
            if (t.Kind == TypeKind.Struct && t.Declaration!.Variants[0].Fields is { Length: > 0 } fields)
            {
                var (name, type) = _random.Of(fields);
                (at, t) = (Code.Plain($"{at}.{name}"), type);
            }
            else if (t.Kind == TypeKind.Tuple)
            {
                int i = _random.Below(t.Args.Length);
                (at, t) = (Code.Plain($"{at}.{i}"), t.Args[i]);
            }
            else if (t.Kind == TypeKind.Array) (at, t) = (Code.Plain($"{at}[{Index(t.Number)}]"), t.Element);
            else if (t.Kind == TypeKind.Box) (at, t) = (Code.Plain($"(*{at})"), t.Element);
            else break;
        }
        if (t.IsInt && _random.Percent(40)) return Code.Line($"{at} {_random.Of("^=", "|=", "&=")} {Expr(t, depth - 1)};");
        if (t.IsInt && Has("overflow-panic") && !_pure && _random.Percent(8)) return Code.Line($"{at} {_random.Of("+=", "-=", "*=")} {Expr(t, depth - 1)};");
        if (t.Kind == TypeKind.Float && _random.Percent(50)) return Code.Line($"{at} {_random.Of("+=", "-=", "*=", "/=")} {Expr(t, depth - 1)};");
        return Code.Line($"{at} = {Expr(t, depth - 1)};");
    }

    private Code? LoopStatement(int depth)
    {
        if (_times > 100 || _loops >= 2) return null;
        int times = _random.Between(1, 8);
        _loops++;
        try
        {
            if (!_const && _random.Percent(35)) return ForEach(depth);
            string label = _random.Percent(30) ? Fresh("'l") : "";
            string colon = label.Length > 0 ? ": " : "";
            if (_const || _random.Percent(50))
            {
                string counter = Fresh("n");
                return Repeated(times, () =>
                {
                    _scope.Add(new Variable(counter, RustType.U32, Access.Owned, false));
                    var exit = _random.Percent(40) ? Code.Line($"if {Condition(depth - 1)} {{ {_random.Of("break", "continue")} {label}; }}") : null;
                    return Code.Line($"let mut {counter} = 0u32;\n{label}{colon}while {counter} < {times} {{\n{counter} += 1;\n{exit}{Statements(2, depth - 1)}}}");
                });
            }
            var t = _random.Of(RustType.U8, RustType.I32, RustType.Usize, RustType.U64);
            return Repeated(times, () =>
            {
                var v = Add(t, Access.Owned, false, "n");
                var exit = _random.Percent(40) ? Code.Line($"if {Condition(depth - 1)} {{ {_random.Of("break", "continue")} {label}; }}") : null;
                string range = _random.Of($"0{t.Text}..{N(times)}", $"1{t.Text}..={N(times)}", $"(0{t.Text}..{N(times)}).rev()", $"(0{t.Text}..{N(2 * times)}).step_by(2)");
                return Code.Line($"{label}{colon}for {v.Name} in {range} {{\n{exit}{Statements(2, depth - 1)}}}");
            });
        }
        finally
        {
            _loops--;
        }
    }

    /// <summary>Over the elements of a local array, vector or slice, by reference.</summary>
    private Code? ForEach(int depth)
    {
        var found = _scope.Where(static v => !v.Hidden && (v.Access == Access.Slice || v.Type.Kind is TypeKind.Array or TypeKind.Vec)).ToList();
        if (found.Count == 0) return null;
        var list = _random.In(found);
        var element = list.Access == Access.Slice ? list.Type : list.Type.Element;
        bool mutable = list.Access != Access.Slice && _scope.IndexOf(list) >= _writableFrom && (list.Access == Access.RefMut || list.Access == Access.Owned && list.Mutable) && _random.Percent(50);
        list.Hidden = true;
        var code = Repeated(5, () =>
        {
            var v = Add(element, mutable ? Access.RefMut : Access.Ref, false, "i");
            return Code.Line($"for {v.Name} in {list.Place}.{(mutable ? "iter_mut()" : _random.Of("iter()", "iter().rev()", "iter().skip(1)"))} {{\n{Statements(2, depth - 1)}}}");
        });
        list.Hidden = false;
        return code;
    }

    /// <summary>A reference to a variable, and what is done through it.</summary>
    private Code? Borrow(int depth)
    {
        if (!Has("reference") || PickWritable(static _ => true) is not { } v) return null;
        v.Hidden = true;
        var code = Nested(() =>
        {
            bool mutable = _random.Percent(70);
            var r = Add(v.Type, mutable ? Access.RefMut : Access.Ref, false, "r");
            return Code.Line($"{{\nlet {r.Name} = &{(mutable ? "mut " : "")}{v.Place};\n{(mutable ? Code.Line($"*{r.Name} = {Expr(v.Type, depth - 1)};") : null)}{Statements(2, depth - 1)}{(_const ? null : Code.Line($"note(hash(&*{r.Name}));"))}}}");
        });
        v.Hidden = false;
        return code;
    }

    private Code? MatchStatement(int depth)
    {
        var found = _scope.Where(static v => !v.Hidden && v.Access != Access.Slice && v.Type.Kind is TypeKind.Enum or TypeKind.Option or TypeKind.Result or TypeKind.Tuple or TypeKind.Int or TypeKind.Struct).ToList();
        if (found.Count == 0) return null;
        var v = _random.In(found);
        if (v.Hidden || v.Access == Access.Slice) return null;
        v.Hidden = true;
        var arms = new List<Code>();
        for (int i = _random.Between(1, 3); i > 0; i--)
            arms.Add(Nested(() => Code.Line($"{Pattern(v.Type, 2)} => {{\n{Statements(2, depth - 1)}}}")));
        v.Hidden = false;
        return Code.Line($"match &{v.Place} {{\n{Code.Join("", arms)}_ => {{}}\n}}");
    }

    private Code? Note()
    {
        var found = _scope.Where(static v => !v.Hidden).ToList();
        if (found.Count == 0) return null;
        var v = _random.In(found);
        _cost += 4 * _times;
        return Code.Line($"note(hash(&{v.Place}));");
    }

    private Code? Destructure(int depth)
    {
        var t = RustType.Tuple(RandomType(1), RandomType(1));
        if (_return is { } result && _closures == 0 && _random.Percent(40) && _writableFrom == 0)
        {
            var o = RandomType(1);
            var option = Expr(RustType.Option(o), depth - 1);
            var otherwise = Simple(result);
            var some = Add(o, Access.Owned, true);
            return Code.Line($"let Some(mut {some.Name}) = {option} else {{ return {otherwise}; }};");
        }
        var value = Expr(t, depth);
        var a = Add(t.Args[0], Access.Owned, true);
        var b = Add(t.Args[1], Access.Owned, true);
        return Code.Line($"let (mut {a.Name}, mut {b.Name}) = {value};");
    }

    /// <summary>A return or a panic on some condition.</summary>
    private Code? Exit(int depth)
    {
        if (_closures > 0 || _writableFrom > 0) return null;
        if (!_pure && Has("panic") && _random.Percent(25)) return Code.Line($"if {Condition(depth - 1)} {{ panic!(\"{Fresh("p")}\"); }}");
        if (_return is null || _times > 1 && _random.Percent(50)) return null;
        return Code.Line($"if {Condition(depth - 1)} {{ return {Expr(_return, depth - 1)}; }}");
    }

    private Code? Collection(int depth)
    {
        if (_const || PickWritable(static v => v.Type.Kind is TypeKind.Vec or TypeKind.String or TypeKind.Array) is not { } v) return null;
        if (v.Type.Kind == TypeKind.String)
        {
            return _times > 50 ? null : Code.Line($"{v.Place}.{_random.Below(3) switch { 0 => Code.Plain($"push({Expr(RustType.Char, 1)})"), 1 => Code.Plain($"push_str({Leaf(RustType.Str)})"), _ => Code.Text("pop()") }};");
        }
        var e = v.Type.Element;
        if (v.Type.Kind == TypeKind.Array)
        {
            return Code.Line($"{v.Place}.{(e.Kind == TypeKind.Int ? _random.Of("reverse()", "sort()", "sort_unstable_by(|a, b| b.cmp(a))", $"rotate_left({N(_random.Below(v.Type.Number + 1))})") : "reverse()")};");
        }
        v.Hidden = true;
        var value = Expr(e, depth - 1);
        v.Hidden = false;
        return _random.Below(7) switch
        {
            0 => Code.Line($"{v.Place}.pop();"),
            1 => Code.Line($"{v.Place}.truncate({_random.Below(4)});"),
            2 => Code.Line($"{v.Place}.insert(0, {value});"),
            3 => Code.Line($"{v.Place}.reverse();"),
            4 => Code.Line($"if let Some(last) = {v.Place}.last_mut() {{ *last = {value}; }}"),
            5 when e.IsInt => Code.Line($"{v.Place}.{_random.Of("sort()", "dedup()", "retain(|q| *q & 1 == 0)")};"),
            _ => Code.Line($"{v.Place}.push({value});"),
        };
    }

    /// <summary>A closure that changes a variable of the function, called twice.</summary>
    private Code? CapturingClosure(int depth)
    {
        if (_const || !Has("closure") || PickWritable(static v => v.Access == Access.Owned) is not { } v) return null;
        string name = Fresh("k");
        var from = RandomType(1);
        var body = Nested(() =>
        {
            int index = _scope.IndexOf(v);
            // Only this variable may change inside.
            _writableFrom = _scope.Count;
            var argument = Add(from, Access.Owned, true, "c");
            var before = _return;
            _return = null;
            _closures++;
            var assigned = Code.Line($"{v.Name} = {Expr(v.Type, depth - 1)};");
            var rest = Statements(1, depth - 1);
            _closures--;
            _return = before;
            return Code.Plain($"let mut {name} = |mut {argument.Name}: {from}| {{\n{assigned}{rest}}};\n");
        });
        v.Hidden = true;
        var code = Code.Line($"{{\n{body}{name}({Expr(from, 1)});\n{name}({Expr(from, 1)});\n}}");
        v.Hidden = false;
        return code;
    }

    /// <summary>Ends a variable early, or moves it into another.</summary>
    private Code? Move()
    {
        if (_const || _loops > 0 || _closures > 0) return null;
        var found = _scope.Skip(_writableFrom).Where(v => !v.Hidden && v.Access == Access.Owned && !v.Type.IsCopy && v.Name[0] == 'x' && v.Mutable).ToList();
        if (found.Count == 0) return null;
        var v = _random.In(found);
        v.Hidden = true;
        if (_random.Percent(50)) return Code.Line($"drop({v.Name});");
        var to = Add(v.Type, Access.Owned, true);
        return Code.Line($"let mut {to.Name} = {v.Name};");
    }
}
