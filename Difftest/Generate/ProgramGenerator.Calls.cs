namespace Mirlink.Difftest.Generate;

public sealed partial class ProgramGenerator
{
    private bool MayCall(Function f) => (!_const || f.IsConst) && (!_pure || f.IsConst) && _cost + _times * f.Cost <= MaxCost && _times <= 200;

    /// <summary>A call of a lower function that returns the type, or has it somewhere in what it returns.</summary>
    private Code? Call(RustType t, int depth)
    {
        var callable = _functions.Where(f => f.Return.Equals(t) && MayCall(f)).ToList();
        if (callable.Count > 0)
        {
            var f = _random.In(callable);
            _cost += _times * f.Cost;
            return CallOf(f, depth, opaque: false);
        }
        return TraitCall(t, depth);
    }

    /// <summary>A call with arguments for what it takes; through a pointer now and then.</summary>
    private Code CallOf(Function f, int depth, bool opaque)
    {
        var before = _writableFrom;
        _writableFrom = Math.Max(1, _scope.Count);
        var arguments = f.Parameters.Select(p =>
        {
            var value = p.Passing switch
            {
                Passing.Value => Expr(p.Type, depth - 1),
                Passing.Ref => Code.Plain($"&{Expr(p.Type, depth - 1)}"),
                Passing.RefMut => Code.Plain($"&mut {{ {Expr(p.Type, depth - 1)} }}"),
                _ => SliceArgument(p.Type, depth),
            };
            return opaque && _random.Percent(70) ? Code.Plain($"black_box({value})") : value;
        }).ToList();
        _writableFrom = before;
        string name = f.Name;
        if (!_const && (f.IsExternC ? _random.Percent(70) : _random.Percent(12)))
        {
            string pointer = $"{(f.IsExternC ? "extern \"C-unwind\" " : "")}fn({string.Join(", ", f.Parameters.Select(static p => p.TypeText))}) -> {f.Return.Text}";
            return Code.Expr(f.Return.Text, $"black_box({name} as {pointer})({Code.Join(", ", arguments)})");
        }
        return Code.Expr(f.Return.Text, $"{name}({Code.Join(", ", arguments)})");
    }

    private Code SliceArgument(RustType element, int depth)
    {
        var slices = Readable(element, Access.Slice).ToList();
        if (slices.Count > 0 && _random.Percent(60)) return Code.Text(_random.In(slices).Name);
        int n = _random.Between(1, 5);
        var array = Code.Plain($"{Expr(RustType.ArrayOf(element, n), depth - 1)}");
        if (_const || _random.Percent(50)) return Code.Plain($"&{array}");
        int from = _random.Below(n + 1);
        return Code.Plain($"&({array})[{from}..{_random.Between(from, n)}]");
    }

    private Function NextFunction()
    {
        NewScope();
        int kind = _random.Weighted([45, Has("const-eval") ? 22 : 0, Has("extern-c") ? 8 : 0, Has("recursion") ? 6 : 0, Has("generic") ? 10 : 0]);
        bool isConst = kind == 1, isExternC = kind == 2;
        string name = Fresh("f");
        _const = isConst;
        _pure = isConst;
        if (kind == 3) return Recursive(name);
        if (kind == 4) return Generic(name);
        var parameters = new Parameter[_random.Weighted([3, 20, 30, 25, 12, 6, 4])];
        for (int i = 0; i < parameters.Length; i++)
        {
            var passing = isExternC || !Has("reference") ? Passing.Value : _random.Weighted([70, 12, 9, 9]) switch { 0 => Passing.Value, 1 => Passing.Ref, 2 => Passing.RefMut, _ => Passing.Slice };
            var type = RandomType(2, isConst);
            parameters[i] = new Parameter(Fresh("a"), type, passing);
            _scope.Add(new Variable(parameters[i].Name, type, passing switch { Passing.Ref => Access.Ref, Passing.RefMut => Access.RefMut, Passing.Slice => Access.Slice, _ => Access.Owned }, true));
        }
        var result = RandomType(2, isConst);
        _return = result;
        _budget = 70;
        var statements = Statements(_random.Between(2, 6), 3);
        var value = Expr(result, 3);
        if (!isConst)
        {
            var seen = _scope.Where(static v => !v.Hidden).Take(6).Select(static v => Code.Line($"note(hash(&{v.Place}));"));
            value = Code.Plain($"let result: {result} = {value};\n{Code.Join("", seen)}result");
        }
        string head = (isConst ? "const " : "") + (isExternC ? "extern \"C-unwind\" " : "");
        string attribute = _random.Weighted([70, 20, 10]) switch { 1 => "#[inline(never)]\n", 2 => "#[inline]\n", _ => "" };
        var list = string.Join(", ", parameters.Select(static p => (p.Passing == Passing.Value ? "mut " : "") + $"{p.Name}: {p.TypeText}"));
        _items.Add(Code.Line($"{attribute}{head}fn {name}({list}) -> {result} {{\n{statements}{value}\n}}"));
        return Register(new Function(name, parameters, result, Math.Max(10, _cost)) { IsConst = isConst, IsExternC = isExternC });
    }

    private Function Register(Function f)
    {
        _functions.Add(f);
        _const = _pure = false;
        _return = null;
        return f;
    }

    /// <summary>A function that calls itself with less fuel.</summary>
    private Function Recursive(string name)
    {
        var fuel = new Parameter(Fresh("a"), RustType.U8, Passing.Value);
        var carried = new Parameter(Fresh("a"), RandomType(2), Passing.Value);
        var result = RandomType(1);
        _scope.Add(new Variable(fuel.Name, fuel.Type, Access.Owned, false));
        _scope.Add(new Variable(carried.Name, carried.Type, Access.Owned, true));
        _times = 8;
        var basis = Nested(() => Expr(result, 2));
        var statements = Statements(2, 2);
        _scope.Add(new Variable("rest", result, Access.Owned, true));
        var next = Expr(carried.Type, 2);
        var value = Expr(result, 3);
        _items.Add(Code.Line($"fn {name}({fuel.Name}: u8, mut {carried.Name}: {carried.Type}) -> {result} {{\nif {fuel.Name} % 8 == 0 {{\nreturn {basis};\n}}\nlet mut rest: {result} = {basis};\n{statements}rest = {name}({fuel.Name} % 8 - 1, {next});\n{value}\n}}"));
        return Register(new Function(name, [fuel, carried], result, Math.Max(10, _cost)));
    }

    private readonly List<(string Trait, RustType Argument, RustType Result, List<RustType> Implementors, long Cost)> _traits = [];

    /// <summary>A trait with a required and a provided method, and types that implement it.</summary>
    private void DeclareTrait()
    {
        string name = Fresh("Tr");
        var argument = RandomType(1);
        var result = RandomType(1);
        NewScope();
        _budget = 30;
        _scope.Add(new Variable("arg", argument, Access.Owned, true));
        var provided = Expr(result, 2);
        long cost = _cost;
        var implementors = new List<RustType>();
        var impls = new List<Code>();
        foreach (var t in _declared.Append(RandomInt()).Append(RustType.Vec(RandomInt())).DistinctBy(static t => t.Text))
        {
            if (implementors.Count > 0 && _random.Percent(40)) continue;
            NewScope();
            _budget = 30;
            _scope.Add(new Variable("self", t, Access.Ref, false));
            _scope.Add(new Variable("arg", argument, Access.Owned, true));
            implementors.Add(t);
            var body = Code.Plain($"fn m(&self, mut arg: {argument}) -> {result} {{\n{Nested(() => Code.Plain($"{Statements(1, 2)}{Expr(result, 2)}"))}\n}}\n");
            var over = _random.Percent(40) ? Code.Plain($"fn p(&self, mut arg: {argument}) -> {result} {{\n{Expr(result, 2)}\n}}\n") : null;
            impls.Add(Code.Plain($"impl {name} for {t} {{\n{body}{over}}}\n"));
            cost = Math.Max(cost, _cost);
        }
        _items.Add(Code.Line($"trait {name} {{\nfn m(&self, arg: {argument}) -> {result};\nfn p(&self, mut arg: {argument}) -> {result} {{\n{provided}\n}}\n}}\n{Code.Join("", impls)}"));
        _traits.Add((name, argument, result, implementors, cost + 10));
    }

    /// <summary>A method of a trait: direct, through a reference, a box, or a choice of types.</summary>
    private Code? TraitCall(RustType t, int depth)
    {
        if (_const) return null;
        foreach (var (name, argument, result, implementors, cost) in _traits)
        {
            if (!result.Equals(t) || _cost + _times * cost > MaxCost) continue;
            _cost += _times * cost;
            string method = _random.Of("m", "p");
            var self = _random.In(implementors);
            var on = Expr(self, depth - 1);
            var with = Expr(argument, depth - 1);
            if (!Has("dyn")) return Code.Expr(t.Text, $"<{self} as {name}>::{method}(&{on}, {with})");
            var other = _random.In(implementors);
            return _random.Below(4) switch
            {
                0 => Code.Expr(t.Text, $"<{self} as {name}>::{method}(&{on}, {with})"),
                1 => Code.Expr(t.Text, $"(&{on} as &dyn {name}).{method}({with})"),
                2 => Code.Expr(t.Text, $"(Box::new({on}) as Box<dyn {name}>).{method}({with})"),
                _ => Code.Expr(t.Text, $"(if {Condition(depth - 1)} {{ Box::new({on}) as Box<dyn {name}> }} else {{ Box::new({Expr(other, depth - 1)}) }}).{method}({with})"),
            };
        }
        return null;
    }

    /// <summary>A generic function, and a function that calls it with several types.</summary>
    private Function Generic(string name)
    {
        string generic = Fresh("g");
        var other = RandomType(1);
        var bound = _traits.Count > 0 && _random.Percent(60) ? _random.In(_traits) : default;
        var lines = new List<Code>();
        if (_random.Percent(60)) lines.Add(Code.Line($"let pair = (b.clone(), a.clone(), 7u8);\npair.fold(h);"));
        if (_random.Percent(50)) lines.Add(Code.Line($"let list = [a.clone(), a.clone()];\nfor x in list.iter().rev() {{\nx.fold(h);\n}}"));
        if (_random.Percent(50)) lines.Add(Code.Line($"let some = if *h & 1 == 0 {{ Some(a.clone()) }} else {{ None }};\nsome.fold(h);\nlet boxed: Option<Box<T>> = some.map(Box::new);\nboxed.fold(h);"));
        if (_random.Percent(40)) lines.Add(Code.Line($"let e: Result<T, U> = if *h & 2 == 0 {{ Ok(a.clone()) }} else {{ Err(b.clone()) }};\ne.fold(h);"));
        if (_random.Percent(40)) lines.Add(Code.Line($"mix(h, core::mem::size_of::<(T, U, Option<T>)>() as u64);\nmix(h, core::mem::needs_drop::<T>() as u64);"));
        if (_random.Percent(40)) lines.Add(Code.Line($"let mut v = Vec::new();\nv.push(b.clone());\nv.push(b.clone());\nv.insert(1, b.clone());\nv.swap(0, 2);\nv.fold(h);"));
        if (_random.Percent(40) && Has("closure")) lines.Add(Code.Line($"let c = move |n: u32| -> (T, u32) {{ (a.clone(), n) }};\nc(3).fold(h);\nlet a = c(4).0;"));
        string bounds = "Fold + Clone";
        if (bound.Trait is not null)
        {
            bounds += " + " + bound.Trait;
            NewScope();
            _budget = 20;
            lines.Add(Code.Line($"a.m({Expr(bound.Argument, 2)}).fold(h);"));
            if (Has("dyn")) lines.Add(Code.Line($"let d: &dyn {bound.Trait} = &a;\nd.p({Expr(bound.Argument, 2)}).fold(h);"));
        }
        _items.Add(Code.Line($"fn {generic}<T: {bounds}, U: Fold + Clone>(h: &mut u64, a: T, b: U) -> (T, U) {{\n{Code.Join("", lines)}(a, b)\n}}"));

        NewScope();
        var parameter = new Parameter(Fresh("a"), other, Passing.Value);
        _scope.Add(new Variable(parameter.Name, other, Access.Owned, true));
        var calls = new List<Code>();
        for (int i = _random.Between(1, 3); i > 0; i--)
        {
            var first = bound.Trait is null ? RandomType(2) : _random.In(bound.Implementors);
            calls.Add(Code.Line($"{generic}(&mut h, {Expr(first, 2)}, {Expr(RandomType(1), 2)}).fold(&mut h);"));
        }
        _items.Add(Code.Line($"fn {name}(mut {parameter.Name}: {other}) -> u64 {{\nlet mut h = 3;\n{Code.Join("", calls)}h\n}}"));
        return Register(new Function(name, [parameter], RustType.U64, _cost + 100 + 10 * bound.Cost));
    }

    /// <summary>Closures and iterators.</summary>
    private Code? Higher(RustType t, int depth)
    {
        if (_const) return null;
        if (_random.Percent(50) && Has("closure"))
        {
            var from = RandomType(1);
            var with = Expr(from, depth - 1);
            return Nested(() =>
            {
                var v = Add(from, Access.Owned, true, "c");
                var before = _return;
                _return = null;
                _closures++;
                var body = Expr(t, depth - 1);
                _closures--;
                _return = before;
                return _random.Percent(30)
                    ? Code.Expr(t.Text, $"(&(|mut {v.Name}: {from}| -> {t} {{ {body} }}) as &dyn Fn({from}) -> {t})({with})")
                    : Code.Expr(t.Text, $"(|mut {v.Name}: {from}| -> {t} {{ {body} }})({with})");
            }, true);
        }
        if (_random.Percent(25) && Has("closure") && Has("dyn"))
        {
            // A boxed closure that owns what it captures, and sees nothing else.
            var (captured, from) = (RandomType(2), RandomType(1));
            var (capture, with) = (Expr(captured, depth - 1), Expr(from, depth - 1));
            var (outside, result, writable) = (_scope, _return, _writableFrom);
            _scope = [];
            _return = null;
            var own = Add(captured, Access.Owned, false, "w");
            var v = Add(from, Access.Owned, true, "c");
            _writableFrom = 1;
            _closures++;
            var body = Expr(t, depth - 1);
            _closures--;
            (_scope, _return, _writableFrom) = (outside, result, writable);
            string kind = _random.Of("Fn", "FnMut", "FnOnce");
            return Code.Expr(t.Text, $"({{\nlet {own.Name}: {captured} = {capture};\nlet {(kind == "FnMut" ? "mut " : "")}call: Box<dyn {kind}({from}) -> {t}> = Box::new(move |mut {v.Name}: {from}| -> {t} {{ {body} }});\ncall({with})\n}})");
        }
        if (!Has("iterator")) return null;
        var element = RandomType(1);
        int n = _random.Between(1, 6);
        var items = Expr(_random.Percent(50) && Has("vec") ? RustType.Vec(element) : RustType.ArrayOf(element, n), depth - 1);
        var start = Expr(t, depth - 1);
        return Repeated(5, () =>
        {
            var fold = Add(t, Access.Owned, true, "acc");
            var v = Add(element, Access.Owned, true, "i");
            var before = _return;
            _return = null;
            var body = Expr(t, depth - 1);
            _return = before;
            string chain = _random.Of("", ".rev()", ".take(3)", ".skip(1)", ".step_by(2)", ".fuse()");
            return Code.Expr(t.Text, $"{items}.into_iter(){chain}.fold({start}, |mut {fold.Name}, mut {v.Name}| {body})");
        }, true);
    }
}
