namespace Mirlink.Difftest.Generate;

public sealed partial class ProgramGenerator
{
    /// <summary>What the type's own operators and methods make; null where it has none here.</summary>
    private Code? Operation(RustType t, int depth)
    {
        switch (t.Kind)
        {
            case TypeKind.Int: return IntOperation(t, depth);
            case TypeKind.Float: return FloatOperation(t, depth);
            case TypeKind.Bool: return BoolOperation(depth);
            case TypeKind.Char: return _const ? Code.Expr("char", $"({Expr(RustType.U8, depth - 1)} as char)") : Code.Expr("char", $"char::from_u32({Expr(RustType.U32, depth - 1)} % 0x110000).unwrap_or({Expr(t, depth - 1)})");
            case TypeKind.Struct: return Construct(t.Declaration!, t.Declaration!.Variants[0], f => Expr(f, depth - 1));
            case TypeKind.Enum: return Construct(t.Declaration!, _random.Of(t.Declaration!.Variants), f => Expr(f, depth - 1));
            case TypeKind.Tuple: return Code.Expr(t.Text, $"({Code.Join(", ", t.Args.Select(a => Expr(a, depth - 1)))}{(t.Args.Length == 1 ? "," : "")})");
            case TypeKind.Array: return ArrayOperation(t, depth);
            case TypeKind.Option: return OptionOperation(t, depth);
            case TypeKind.Result: return ResultOperation(t, depth);
            case TypeKind.Box: return Code.Expr(t.Text, $"Box::new({Expr(t.Element, depth - 1)})");
            case TypeKind.Vec: return VecOperation(t, depth);
            case TypeKind.String: return StringOperation(depth);
            default: return null;
        }
    }

    private Code IntOperation(RustType t, int depth)
    {
        Code A() => Expr(t, depth - 1);
        string n = t.Text;
        switch (_random.Below(22))
        {
            case 0: return Code.Expr(n, $"{A()}.{_random.Of("wrapping_add", "wrapping_sub", "wrapping_mul", "saturating_add", "saturating_sub", "saturating_mul")}({A()})");
            case 1: return Code.Expr(n, $"({A()} {_random.Of("&", "|", "^")} {A()})");
            case 2: return Code.Expr(n, $"(!{A()})");
            case 3: return Code.Expr(n, $"{A()}.{_random.Of("wrapping_shl", "wrapping_shr", "rotate_left", "rotate_right")}({Expr(RustType.U32, depth - 1)})");
            case 4: return Code.Expr(n, $"({A()} {_random.Of("<<", ">>")} {ShiftAmount(t, depth)})");
            case 5: return Code.Expr(n, $"{A()}.{_random.Of("wrapping_div", "wrapping_rem")}({A()} | 1)");
            case 6: return Code.Expr(n, $"(match {A()}.{_random.Of("checked_add", "checked_sub", "checked_mul", "checked_div", "checked_rem", "checked_div_euclid", "checked_rem_euclid")}({A()}) {{ Some(v) => v, None => {A()} }})");
            case 7:
                string op = _random.Of("overflowing_add", "overflowing_sub", "overflowing_mul");
                return Code.Expr(n, $"{A()}.{op}({A()}).0");
            case 8 or 9:
                var from = RandomInt();
                return Code.Expr(n, $"({Expr(from, depth - 1)} as {t})");
            case 10 when Has("float"): return Code.Expr(n, $"({Expr(_random.Percent(50) ? RustType.F64 : RustType.F32, depth - 1)} as {t})");
            case 11: return Code.Expr(n, $"({Condition(depth - 1)} as {t})");
            case 12: return Code.Expr(n, $"({Expr(RustType.Char, depth - 1)} as u32 as {t})");
            case 13: return Code.Expr(n, $"({A()}.{_random.Of("count_ones", "leading_zeros", "trailing_zeros", "count_zeros", "leading_ones")}() as {t})");
            case 14: return Code.Expr(n, $"{A()}.{_random.Of("swap_bytes", "reverse_bits", "to_be", "wrapping_neg")}()");
            case 15: return Code.Expr(n, $"{A()}.wrapping_pow({Expr(RustType.U32, depth - 1)} % 9)");
            case 16 when t.Signed: return Code.Expr(n, $"{A()}.{_random.Of("wrapping_abs", "signum", "saturating_neg", "saturating_abs")}()");
            case 16: return Code.Expr(n, $"{A()}.abs_diff({A()})");
            case 17 when Has("overflow-panic") && _random.Percent(30) && !_pure: return Code.Expr(n, $"({A()} {_random.Of("+", "-", "*", "/", "%")} {A()})");
            case 17: return Code.Expr(n, $"{t}::from_{_random.Of("le", "be", "ne")}_bytes({A()}.to_{_random.Of("le", "be")}_bytes())");
            case 18 when !_const: return Code.Expr(n, $"{A()}.{_random.Of("min", "max")}({A()})");
            case 19: return Code.Expr(n, $"({A()} >> 1).wrapping_sub({A()} >> 2)");
            case 20 when _declared.Find(static d => d.Declaration!.IsFieldless && !d.Declaration.HasDrop) is { } e && (_declared.Count > 0): return Code.Expr(n, $"({Expr(e, depth - 1)} as {t})");
            case 21 when !_const && Has("reference"): return SliceMeasure(t, depth);
            default: return Code.Expr(n, $"{A()}.{_random.Of("wrapping_add", "wrapping_mul", "wrapping_sub")}({A()})");
        }
    }

    /// <summary>In a constant a panic would be an error of rustc's.</summary>
    private bool _pure;

    private Code ShiftAmount(RustType t, int depth)
    {
        var by = RandomInt();
        return Code.Plain($"({Expr(by, depth - 1)} & {Math.Min(t.Number - 1, 127)})");
    }

    /// <summary>A number that a slice has: its length, or what a lower function makes of it.</summary>
    private Code SliceMeasure(RustType t, int depth)
    {
        var slices = _scope.Where(static v => !v.Hidden && v.Access == Access.Slice).ToList();
        if (slices.Count == 0) return Code.Expr(t.Text, $"(core::mem::size_of::<{RandomType(2)}>() as {t})");
        var s = _random.In(slices);
        return Code.Expr(t.Text, $"({s.Name}.len() as {t})");
    }

    private Code FloatOperation(RustType t, int depth)
    {
        Code A() => Expr(t, depth - 1);
        string n = t.Text;
        switch (_random.Below(_const ? 5 : 10))
        {
            case 0 or 1: return Code.Expr(n, $"({A()} {_random.Of("+", "-", "*", "/", "%")} {A()})");
            case 2: return Code.Expr(n, $"(-{A()})");
            case 3: return Code.Expr(n, $"({Expr(RandomInt(), depth - 1)} as {t})");
            case 4: return Code.Expr(n, $"({Expr(t.Number == 32 ? RustType.F64 : RustType.F32, depth - 1)} as {t})");
            case 5: return Code.Expr(n, $"{A()}.{_random.Of("sqrt", "floor", "ceil", "trunc", "round", "round_ties_even", "abs", "fract")}()");
            case 6: return Code.Expr(n, $"{A()}.mul_add({A()}, {A()})");
            // Adding zero takes away the sign of a zero, which is unspecified.
            case 7: return Code.Expr(n, $"({A()}.{_random.Of("min", "max")}({A()}) + 0.0)");
            case 8: return Code.Expr(n, $"({Expr(RustType.Bool, depth - 1)} as u8 as {t})");
            default: return Code.Expr(n, $"{t}::from_bits({Expr(t.Number == 32 ? RustType.U32 : RustType.U64, depth - 1)})");
        }
    }

    private Code BoolOperation(int depth)
    {
        switch (_random.Below(_const ? 5 : 8))
        {
            case 0: return Code.Expr("bool", $"(!{Expr(RustType.Bool, depth - 1)})");
            case 1: return Code.Expr("bool", $"({Expr(RustType.Bool, depth - 1)} {_random.Of("&&", "||", "^", "&", "|", "==")} {Expr(RustType.Bool, depth - 1)})");
            case 2:
                var i = RandomInt();
                return Code.Expr("bool", $"{Expr(i, depth - 1)}.{_random.Of("overflowing_add", "overflowing_sub", "overflowing_mul")}({Expr(i, depth - 1)}).1");
            case 3 when _declared.Count > 0:
                var d = _random.In(_declared);
                if (_const && !d.IsCopy) goto default;
                return Code.Expr("bool", $"matches!(&{Expr(d, depth - 1)}, {Nested(() => Pattern(d, 2), true)})");
            case 4:
                var s = Scalar();
                return Code.Expr("bool", $"({Expr(s, depth - 1)} {_random.Of("<", "<=", ">", ">=", "==", "!=")} {Expr(s, depth - 1)})");
            case 5:
                // Derived and library comparisons.
                var t = RandomType(2);
                return Code.Expr("bool", $"({Expr(t, depth - 1)} == {Expr(t, depth - 1)})");
            case 6:
                var x = RandomType(1);
                return _random.Percent(50) ? Code.Expr("bool", $"{Expr(RustType.Option(x), depth - 1)}.is_some()") : Code.Expr("bool", $"{Expr(RustType.Result(x, RandomType(0)), depth - 1)}.is_err()");
            default:
                var c = Scalar();
                return Code.Expr("bool", $"({Expr(c, depth - 1)} {_random.Of("<", ">=", "==", "!=")} {Expr(c, depth - 1)})");
        }
    }

    private Code ArrayOperation(RustType t, int depth)
    {
        if (!_const && Has("closure") && _random.Percent(25))
        {
            return Code.Expr(t.Text, $"{Expr(RustType.ArrayOf(RustType.U8, t.Number), depth - 1)}.map(|{Fresh("_m")}| {Repeated(t.Number, () => Expr(t.Element, depth - 1), true)})");
        }
        return Code.Expr(t.Text, $"[{Code.Join(", ", Enumerable.Range(0, t.Number).Select(_ => Expr(t.Element, depth - 1)))}]");
    }

    private Code OptionOperation(RustType t, int depth)
    {
        var e = t.Element;
        if (!_const)
        {
            switch (_random.Below(9))
            {
                case 0 when e.IsInt: return Code.Expr(t.Text, $"{Expr(e, depth - 1)}.{_random.Of("checked_add", "checked_sub", "checked_mul", "checked_div", "checked_rem")}({Expr(e, depth - 1)})");
                case 1 when Has("closure"):
                    var from = RandomType(1);
                    var source = Expr(RustType.Option(from), depth - 1);
                    return Nested(() => { var v = Add(from, Access.Owned, false, "c"); return Code.Expr(t.Text, $"{source}.map(|{v.Name}| {Expr(e, depth - 1)})"); }, true);
                case 2: return Code.Expr(t.Text, $"{Expr(t, depth - 1)}.{_random.Of("or", "xor")}({Expr(t, depth - 1)})");
                case 3: return Code.Expr(t.Text, $"{Expr(RustType.Result(e, RandomType(1)), depth - 1)}.ok()");
                case 4 when Has("closure"):
                    var all = Expr(t, depth - 1);
                    return Nested(() => { var v = Add(e, Access.Ref, false, "c"); return Code.Expr(t.Text, $"{all}.filter(|{v.Name}| {Condition(depth - 1)})"); }, true);
                case 5 when PickWritable(v => v.Type.Equals(t) && v.Access == Access.Owned) is { } taken: return Code.Expr(t.Text, $"{taken.Name}.take()");
                case 6 when e.Kind == TypeKind.Int && e.Number < 64: return Code.Expr(t.Text, $"{e}::try_from({Expr(RandomInt(), depth - 1)}).ok()");
                case 7 when Has("vec"): return Code.Expr(t.Text, $"{Expr(RustType.Vec(e), depth - 1)}.pop()");
            }
        }
        return _random.Percent(25) ? Code.Expr(t.Text, $"None::<{e}>") : Code.Expr(t.Text, $"Some({Expr(e, depth - 1)})");
    }

    private Code ResultOperation(RustType t, int depth)
    {
        if (!_const)
        {
            switch (_random.Below(5))
            {
                case 0: return Code.Expr(t.Text, $"{Expr(RustType.Option(t.Args[0]), depth - 1)}.ok_or({Expr(t.Args[1], depth - 1)})");
                case 1 when Has("closure"):
                    var from = RandomType(1);
                    var source = Expr(RustType.Result(t.Args[0], from), depth - 1);
                    return Nested(() => { var v = Add(from, Access.Owned, false, "c"); return Code.Expr(t.Text, $"{source}.map_err(|{v.Name}| {Expr(t.Args[1], depth - 1)})"); }, true);
                case 2 when Has("closure"):
                    // `?` in a closure of its own.
                    return Nested(() => { _closures++; var r = Code.Expr(t.Text, $"(|| -> {t} {{ let q = {Expr(t, depth - 1)}?; Ok::<{t.Args[0]}, {t.Args[1]}>({(_random.Percent(50) ? Code.Text("q") : Expr(t.Args[0], depth - 1))}) }})()"); _closures--; return r; }, true);
            }
        }
        return _random.Percent(50) ? Code.Expr(t.Text, $"Ok::<{t.Args[0]}, {t.Args[1]}>({Expr(t.Args[0], depth - 1)})") : Code.Expr(t.Text, $"Err::<{t.Args[0]}, {t.Args[1]}>({Expr(t.Args[1], depth - 1)})");
    }

    private Code? VecOperation(RustType t, int depth)
    {
        var e = t.Element;
        int n = _random.Below(4);
        switch (_random.Below(6))
        {
            case 0 when Has("iterator"):
                int count = _random.Between(0, 6);
                return Repeated(count + 1, () => { var v = Add(RustType.U32, Access.Owned, false, "i"); return Code.Expr(t.Text, $"(0..{count}u32).map(|{v.Name}| {Expr(e, depth - 1)}).collect::<{t}>()"); }, true);
            case 1 when Has("iterator"):
                var source = Expr(t, depth - 1);
                return Repeated(4, () => { var v = Add(e, Access.Ref, false, "i"); return Code.Expr(t.Text, $"{source}.into_iter().{_random.Of("rev()", "take(3)", "skip(1)", "chain(None)", "step_by(2)")}.filter(|{v.Name}| {Condition(depth - 1)}).collect::<{t}>()"); }, true);
            case 2: return Code.Expr(t.Text, $"vec![{Expr(e, depth - 1)}; {n}]");
            case 3: return Code.Expr(t.Text, $"{Expr(RustType.ArrayOf(e, n + 1), depth - 1)}.to_vec()");
            default:
                return n == 0 ? Code.Expr(t.Text, $"Vec::<{e}>::new()") : Code.Expr(t.Text, $"vec![{Code.Join(", ", Enumerable.Range(0, n).Select(_ => Expr(e, depth - 1)))}]");
        }
    }

    private Code StringOperation(int depth)
    {
        const string T = "String";
        switch (_random.Below(5))
        {
            case 0: return Code.Expr(T, $"format!({_random.Of("\"{}\"", "\"{:?}\"", "\"<{:>6}>\"")}, {Expr(_random.Of(RandomInt(), RustType.Bool, RustType.Char), depth - 1)})");
            case 1: return Code.Expr(T, $"({Expr(RustType.String, depth - 1)} + {Leaf(RustType.Str)})");
            case 2: return Code.Expr(T, $"{Expr(RustType.String, depth - 1)}.{_random.Of("to_uppercase()", _loops == 0 ? "repeat(2)" : "trim_end().to_string()", "trim().to_string()", "replace('a', \"bc\")", "chars().rev().collect::<String>()")}");
            case 3: return Code.Expr(T, $"format!(\"{{:?}}\", {Expr(_declared.Count > 0 ? _random.In(_declared) : RustType.U8, depth - 1)})");
            default: return Code.Expr(T, $"{Expr(RustType.Str, depth - 1)}.to_string()");
        }
    }
}
