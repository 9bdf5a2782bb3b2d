using Mirlink.Mir;
using System.Globalization;

namespace Mirlink.Difftest.Generate;

public sealed partial class ProgramGenerator
{
    private static string N(int n) => n.ToString(CultureInfo.InvariantCulture);

    /// <summary>A value of the type, made of what is in sight.</summary>
    private Code Expr(RustType t, int depth)
    {
        _budget--;
        _cost += _times;
        if (depth <= 0 || _budget <= 0) return Simple(t);
        int kind = _random.Weighted([18, 34, 8, 4, 6, 12, 3, 4, 3, 4]);
        Code? made = kind switch
        {
            0 => Simple(t),
            1 => Operation(t, depth),
            2 => If(t, depth),
            3 => Block(t, depth),
            4 => Match(t, depth),
            5 => Call(t, depth),
            6 => Loop(t, depth),
            7 => Project(t, depth),
            8 => Wrapped(t, depth),
            _ => Higher(t, depth),
        };
        return made ?? Operation(t, depth) ?? Simple(t);
    }

    /// <summary>A variable or part of one, a global, or a constructor of simple values.</summary>
    private Code Simple(RustType t)
    {
        if (_random.Percent(80) && PlaceOf(t) is { } place) return Read(t, place);
        if (_globals.Count > 0 && _random.Percent(25))
        {
            foreach (var (name, type) in _globals) if (type.Equals(t) && !(_const && name.StartsWith('G'))) return Code.Expr(t.Text, $"{name}");
        }
        if (t.IsInt && _random.Percent(75) && CastOf(t) is { } cast) return cast;
        return Leaf(t);
    }

    /// <summary>A number of another type that is in sight, cast.</summary>
    private Code? CastOf(RustType t)
    {
        if (_scope.Count == 0) return null;
        var from = _random.In(_scope).Type;
        if (from.Kind is TypeKind.Tuple or TypeKind.Array or TypeKind.Option && from.Args.Length > 0) from = _random.Of(from.Args);
        if (from.Kind == TypeKind.Struct) from = _random.Of(from.Declaration!.Variants[0].Fields).Type;
        if (from.Kind is not (TypeKind.Int or TypeKind.Float or TypeKind.Bool or TypeKind.Char) || PlaceOf(from) is not { } place) return null;
        return from.Kind == TypeKind.Char ? Code.Expr(t.Text, $"({place} as u32 as {t})") : Code.Expr(t.Text, $"({place} as {t})");
    }

    private static Code Read(RustType t, Code place) => t.IsCopy ? Code.Expr(t.Text, $"{place}") : Code.Expr(t.Text, $"{place}.clone()");

    private Code Leaf(RustType t, int depth = 3)
    {
        switch (t.Kind)
        {
            case TypeKind.Int: return Integer(t);
            case TypeKind.Float: return Float(t);
            case TypeKind.Bool: return Code.Expr("bool", $"{(_random.Percent(50) ? "true" : "false")}");
            case TypeKind.Char: return Code.Expr("char", $"{_random.Of("'a'", "'Z'", "'0'", "'\\0'", "'ß'", "'√'", "'\\u{10FFFF}'", "'\\u{D7FF}'")}");
            case TypeKind.Unit: return Code.Expr("()", $"()");
            case TypeKind.Str: return Code.Expr(t.Text, $"{_random.Of("\"\"", "\"a\"", "\"hello\"", "\"grüße\"", "\"0123456789abcdef\"")}");
            case TypeKind.String: return Code.Expr(t.Text, $"String::from({Leaf(RustType.Str)})");
            case TypeKind.Tuple: return Code.Expr(t.Text, $"({Code.Join(", ", t.Args.Select(a => Part(a, depth)))}{(t.Args.Length == 1 ? "," : "")})");
            case TypeKind.Array:
                if (t.Element.IsCopy && _random.Percent(30)) return Code.Expr(t.Text, $"[{Leaf(t.Element, depth)}; {t.Number}]");
                return Code.Expr(t.Text, $"[{Code.Join(", ", Enumerable.Range(0, t.Number).Select(_ => Part(t.Element, depth)))}]");
            case TypeKind.Struct: return Construct(t.Declaration!, t.Declaration!.Variants[0], f => Part(f, depth));
            case TypeKind.Enum: return Construct(t.Declaration!, _random.Of(t.Declaration!.Variants), f => Part(f, depth));
            case TypeKind.Option:
                return _random.Percent(35) ? Code.Expr(t.Text, $"None::<{t.Element}>") : Code.Expr(t.Text, $"Some({Part(t.Element, depth)})");
            case TypeKind.Result:
                return _random.Percent(50) ? Code.Expr(t.Text, $"Ok::<{t.Args[0]}, {t.Args[1]}>({Part(t.Args[0], depth)})") : Code.Expr(t.Text, $"Err::<{t.Args[0]}, {t.Args[1]}>({Part(t.Args[1], depth)})");
            case TypeKind.Box: return Code.Expr(t.Text, $"Box::new({Part(t.Element, depth)})");
            default:
                int n = depth <= 0 ? 0 : _random.Below(4);
                return n == 0 ? Code.Expr(t.Text, $"Vec::<{t.Element}>::new()") : Code.Expr(t.Text, $"vec![{Code.Join(", ", Enumerable.Range(0, n).Select(_ => Leaf(t.Element, depth - 1)))}]");
        }
    }

    /// <summary>A field of a simple value: from what is in sight, where possible.</summary>
    private Code Part(RustType t, int depth) => depth > 0 && _scope.Count > 0 ? Simple(t) : Leaf(t, depth - 1);

    private Code Construct(TypeDeclaration d, Variant v, Func<RustType, Code> field) =>
        Code.Expr(d.Name, $"({Shape(d, v, v.Fields.Select(f => field(f.Type)))})");

    private Code Integer(RustType t)
    {
        U128 max = t.Number == 128 ? (t.Signed ? (U128)I128.MaxValue : U128.MaxValue) : (U128.One << (t.Number - (t.Signed ? 1 : 0))) - 1;
        string text = _random.Below(8) switch
        {
            0 => t.Text + "::MAX",
            1 => t.Text + "::MIN",
            2 when t.Signed => $"(-{N(_random.Between(1, 100))}{t.Text})",
            3 or 4 => (((U128)_random.NextBits() << 64 | _random.NextBits()) & max).ToString() + t.Text,
            _ => N(_random.Below(_random.Of(2, 10, 127))) + t.Text,
        };
        return Code.Expr(t.Text, "0" + t.Text, $"{text}");
    }

    private Code Float(RustType t) => Code.Expr(t.Text, "0.0" + t.Text, $"{_random.Below(9) switch
    {
        0 => "0.0" + t.Text,
        1 => $"(-0.0{t.Text})",
        2 => t.Text + "::INFINITY",
        3 => t.Text + "::NAN",
        4 => t.Text + "::MIN_POSITIVE",
        5 => t.Text + "::MAX",
        6 => $"(-{N(_random.Below(1000))}.{N(_random.Below(1000))}{t.Text})",
        7 => $"{N(_random.Between(1, 9))}e{N(_random.Between(-30, 30))}{t.Text}",
        _ => $"{N(_random.Below(1000))}.{N(_random.Below(1000))}{t.Text}",
    }}");

    private Code Condition(int depth) => Expr(RustType.Bool, depth);

    private Code If(RustType t, int depth)
    {
        if (_random.Percent(20) && !_const)
        {
            var inner = RandomType(1);
            var option = Expr(RustType.Option(inner), depth - 1);
            return Nested(() =>
            {
                var v = Add(inner, Access.Owned, false);
                var then = Expr(t, depth - 1);
                v.Hidden = true;
                return Code.Expr(t.Text, $"(if let Some({v.Name}) = {option} {{ {then} }} else {{ {Expr(t, depth - 1)} }})");
            }, readOnly: true);
        }
        return Code.Expr(t.Text, $"(if {Condition(depth - 1)} {{ {Nested(() => Expr(t, depth - 1), true)} }} else {{ {Nested(() => Expr(t, depth - 1), true)} }})");
    }

    private Code Block(RustType t, int depth) => Nested(() =>
    {
        var statements = Statements(_random.Between(1, 2), depth - 1);
        return Code.Expr(t.Text, $"({{\n{statements}{Expr(t, depth - 1)}\n}})");
    }, readOnly: true);

    /// <summary>`loop` with a counter, and its value from a break.</summary>
    private Code? Loop(RustType t, int depth)
    {
        if (_times > 300 || _loops >= 2) return null;
        string counter = Fresh("n"), value = Fresh("v");
        int times = _random.Between(1, 7);
        var start = Expr(t, depth - 1);
        _loops++;
        var body = Repeated(times, () =>
        {
            _scope.Add(new Variable(counter, RustType.U32, Access.Owned, false));
            var v = new Variable(value, t, Access.Owned, true);
            _writableFrom = _scope.Count;
            _scope.Add(v);
            return Code.Plain($"{Statements(1, depth - 1)}{(_random.Percent(40) ? Code.Line($"if {Condition(depth - 1)} {{ break {Read(t, Code.Text(value))}; }}") : null)}{Code.Line($"{value} = {Expr(t, depth - 1)};")}");
        });
        _loops--;
        return Code.Expr(t.Text, $"({{\nlet mut {counter} = 0u32;\nlet mut {value} = {start};\nloop {{\nif {counter} >= {times} {{ break {Read(t, Code.Text(value))}; }}\n{counter} += 1;\n{body}}}\n}})");
    }

    private Code Match(RustType t, int depth)
    {
        var on = _random.Percent(45) && _declared.Count > 0 ? _random.In(_declared) : _random.Below(4) switch
        {
            0 => RandomInt(),
            1 => RustType.Tuple(RustType.Bool, RustType.Option(RandomInt())),
            2 => RustType.Option(RandomType(1)),
            _ => RustType.Result(RandomType(0), RandomType(1)),
        };
        if (_const && !on.IsCopy) on = RandomInt();
        // By value now and then, which moves some parts out and drops the others.
        bool byMove = !_const && _random.Percent(30);
        var scrutinee = Expr(on, depth - 1);
        var arms = new List<Code>();
        int n = _random.Between(1, 3);
        for (int i = 0; i < n; i++)
        {
            arms.Add(Nested(() =>
            {
                var pattern = Pattern(on, 2, byMove);
                Code? guard = _random.Percent(25) ? Code.Plain($" if {Condition(depth - 2)}") : null;
                return Code.Line($"{pattern}{guard} => {Expr(t, depth - 1)},");
            }, readOnly: true));
        }
        arms.Add(Code.Plain($"_ => {Expr(t, depth - 1)},\n"));
        return Code.Expr(t.Text, $"(match {(byMove ? "" : "&")}{scrutinee} {{\n{Code.Join("", arms)}}})");
    }

    /// <summary>A pattern for a value, usually behind a reference; what it binds, references then, is in sight afterwards.</summary>
    private Code Pattern(RustType t, int depth, bool byMove = false)
    {
        var access = byMove ? Access.Owned : Access.Ref;
        // Nothing can be moved out of what has a destructor.
        if (depth == 0 || _random.Percent(25) || byMove && t.Declaration is { HasDrop: true })
        {
            if (_random.Percent(40)) return Code.Text("_");
            return Code.Text(Add(t, access, false, "p").Name);
        }
        switch (t.Kind)
        {
            case TypeKind.Int:
                if (_random.Percent(40) && t.Number >= 8)
                {
                    int low = _random.Below(60);
                    return _random.Below(3) switch
                    {
                        0 => Code.Text($"{N(low)}..={N(low + _random.Below(60))}"),
                        1 => Code.Text($"..={N(low)}"),
                        _ => Code.Text($"{N(low)}..={t.Text}::MAX"),
                    };
                }
                return Code.Text(_random.Percent(40) ? $"{N(_random.Below(9))} | {N(_random.Between(9, 100))} | 127" : N(_random.Below(20)));
            case TypeKind.Bool: return Code.Text(_random.Percent(50) ? "true" : "false");
            case TypeKind.Char: return Code.Text(_random.Of("'a'..='z'", "'\\0'", "'0'..='9' | 'A'..='Z'"));
            case TypeKind.Tuple: return Code.Plain($"({Code.Join(", ", t.Args.Select(a => Pattern(a, depth - 1, byMove)).ToList())}{(t.Args.Length == 1 ? "," : "")})");
            case TypeKind.Option: return _random.Percent(30) ? Code.Text("None") : Code.Plain($"Some({Pattern(t.Element, depth - 1, byMove)})");
            case TypeKind.Result: return _random.Percent(50) ? Code.Plain($"Ok({Pattern(t.Args[0], depth - 1, byMove)})") : Code.Plain($"Err({Pattern(t.Args[1], depth - 1, byMove)})");
            case TypeKind.Struct:
            case TypeKind.Enum:
                var v = _random.Of(t.Declaration!.Variants);
                return Shape(t.Declaration, v, v.Fields.Select(f => Pattern(f.Type, depth - 1, byMove)).ToList());
            case TypeKind.Array when Has("slice-pattern"):
                if (_random.Percent(30) && t.Number >= 2) return Code.Plain($"[{Pattern(t.Element, depth - 1, byMove)}, .., {Pattern(t.Element, depth - 1, byMove)}]");
                return Code.Plain($"[{Code.Join(", ", Enumerable.Range(0, t.Number).Select(_ => Pattern(t.Element, depth - 1, byMove)).ToList())}]");
            default: return Code.Text(Add(t, access, false, "p").Name);
        }
    }

    /// <summary>Part of a value that is computed here.</summary>
    private Code? Project(RustType t, int depth)
    {
        if (_random.Percent(40) && !t.IsCopy && _const) return null;
        switch (_random.Below(3))
        {
            case 0:
            {
                int n = _random.Between(1, 4);
                var array = Expr(RustType.ArrayOf(t, n), depth - 1);
                return t.IsCopy ? Code.Expr(t.Text, $"({array})[{Index(n)}]") : Code.Expr(t.Text, $"({array})[{Index(n)}].clone()");
            }
            case 1 when !_const || t.IsCopy:
                return Code.Expr(t.Text, $"({Expr(RustType.Tuple(RandomType(0), t), depth - 1)}).1");
            default:
                foreach (var d in _declared)
                {
                    if (d.Kind != TypeKind.Struct || d.Declaration!.HasDrop && !t.IsCopy || _const && !d.IsCopy) continue;
                    foreach (var (name, type) in d.Declaration.Variants[0].Fields)
                        if (type.Equals(t)) return Code.Expr(t.Text, $"({Expr(d, depth - 1)}).{name}");
                }
                return null;
        }
    }

    /// <summary>The value on a way around: through a reference, a box, a black box.</summary>
    private Code? Wrapped(RustType t, int depth)
    {
        var e = Expr(t, depth - 1);
        if (_const) return t.IsCopy ? Code.Expr(t.Text, $"(*&{e})") : null;
        return _random.Below(6) switch
        {
            0 when t.IsCopy => Code.Expr(t.Text, $"(*&{e})"),
            1 when Has("box") => Code.Expr(t.Text, $"(*Box::new({e}))"),
            2 when Has("catch_unwind") && Has("panic") && _closures == 0 => Code.Expr(t.Text, $"catch_unwind(AssertUnwindSafe(|| {Nested(() => { _closures++; var r = Expr(t, depth - 1); _closures--; return r; }, true)})).unwrap_or({e})"),
            3 => Code.Expr(t.Text, $"std::mem::replace(&mut {{ {Expr(t, depth - 1)} }}, {e})"),
            4 => Code.Expr(t.Text, $"Cell::new({e}).into_inner()"),
            _ => Code.Expr(t.Text, $"black_box({e})"),
        };
    }
}
