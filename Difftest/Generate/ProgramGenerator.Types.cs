using System.Globalization;

namespace Mirlink.Difftest.Generate;

public sealed partial class ProgramGenerator
{
    private RustType RandomInt()
    {
        var t = _random.Percent(20) ? _random.Of(RustType.I32, RustType.U8, RustType.Usize, RustType.U64) : _random.Of(RustType.Ints);
        return t.Number == 128 && (!Has("int128") || _random.Percent(40)) ? RustType.U32 : t;
    }

    private RustType Scalar() => _random.Weighted([60, Has("float") ? 18 : 0, 12, 10]) switch
    {
        0 => RandomInt(),
        1 => _random.Percent(60) ? RustType.F64 : RustType.F32,
        2 => RustType.Bool,
        _ => RustType.Char,
    };

    /// <summary>A type whose values are at most <paramref name="depth"/> aggregates deep.</summary>
    private RustType RandomType(int depth, bool copyOnly = false)
    {
        if (depth <= 0) return Scalar();
        copyOnly |= _const;
        bool owned = !copyOnly;
        // What has a destructor: when it runs is what drop elaboration and unwinding are about.
        if (owned && Has("drop") && _random.Percent(7)) return _declared[0];
        switch (_random.Weighted([38, 10, 10, 24, 10, 5, owned && Has("box") ? 4 : 0, owned && Has("vec") ? 7 : 0, owned && Has("string") ? 5 : 0, 2, 1]))
        {
            case 1:
                var fields = new RustType[_random.Between(1, 3)];
                for (int i = 0; i < fields.Length; i++) fields[i] = RandomType(depth - 1, copyOnly);
                return RustType.Tuple(fields);
            case 2: return RustType.ArrayOf(RandomType(depth - 1, copyOnly), _random.Between(1, 5));
            case 3:
                for (int tries = 0; tries < 4 && _declared.Count > 0; tries++)
                    if (_random.In(_declared) is var d && (!copyOnly || d.IsCopy)) return d;
                return Scalar();
            case 4: return RustType.Option(RandomType(depth - 1, copyOnly));
            case 5: return RustType.Result(RandomType(depth - 1, copyOnly), RandomType(depth - 1, copyOnly));
            case 6: return RustType.Box(RandomType(depth - 1));
            case 7: return RustType.Vec(RandomType(depth - 1));
            case 8: return RustType.String;
            case 9: return RustType.Str;
            case 10: return RustType.Unit;
            default: return Scalar();
        }
    }

    /// <summary>The simplest type with a destructor.</summary>
    private void DeclareToken()
    {
        var declaration = new TypeDeclaration(Fresh("D"), false, [new Variant("", false, [("0", RustType.U8)])]) { HasDrop = true };
        _declared.Add(RustType.Of(declaration));
        _items.Add(Code.Line($"#[derive(Clone, PartialEq, Debug)]\nstruct {declaration.Name}(u8);\nimpl Fold for {declaration.Name} {{\nfn fold(&self, h: &mut u64) {{\nmix(h, self.0 as u64)\n}}\n}}\nimpl Drop for {declaration.Name} {{\nfn drop(&mut self) {{\nnote(self.0 as u64);\n}}\n}}"));
    }

    private Code Declare()
    {
        bool copy = _random.Percent(60);
        var declaration = _random.Percent(50) ? Struct(copy) : Enum(copy);
        var type = RustType.Of(declaration);
        var parts = new List<Code>();
        string derives = declaration.IsCopy ? "Clone, Copy, PartialEq, Debug" : "Clone, PartialEq, Debug";
        string repr = declaration.ReprC ? "#[repr(C)]\n" : declaration.Discriminants.Length > 0 ? $"#[repr({declaration.Discriminants})]\n" : "";
        if (!declaration.IsEnum) parts.Add(Code.Plain($"{repr}#[derive({derives})]\nstruct {declaration.Name}{FieldsText(declaration.Variants[0], ";")}\n"));
        else
        {
            long next = 0;
            var variants = declaration.Variants.Select(v =>
            {
                string value = declaration.Discriminants.Length > 0 && _random.Percent(60) ? " = " + (next = next + 1 + _random.Below(30)).ToString(CultureInfo.InvariantCulture) : "";
                if (value.Length == 0) next++;
                return v.Name + FieldsText(v, "") + value;
            });
            parts.Add(Code.Plain($"{repr}#[derive({derives})]\nenum {declaration.Name} {{\n{string.Join(",\n", variants)}\n}}\n"));
        }

        parts.Add(Code.Plain($"impl Fold for {declaration.Name} {{\nfn fold(&self, h: &mut u64) {{\nmatch self {{\n{Code.Join("", declaration.Variants.Select((v, i) => FoldArm(declaration, v, i)))}}}\n}}\n}}\n"));
        if (declaration.HasDrop) parts.Add(Code.Line($"impl Drop for {declaration.Name} {{\nfn drop(&mut self) {{\nnote(hash(self));\n}}\n}}"));
        _declared.Add(type);
        return Code.Line($"{Code.Join("", parts)}");
    }

    private static string FieldsText(Variant v, string end) =>
        v.Fields.Length == 0 ? end
        : v.Named ? " { " + string.Join(", ", v.Fields.Select(static f => $"{f.Name}: {f.Type.Text}")) + " }"
        : "(" + string.Join(", ", v.Fields.Select(static f => f.Type.Text)) + ")" + end;

    /// <summary>The pattern (or constructor) of a variant with something for each field.</summary>
    private static Code Shape(TypeDeclaration d, Variant v, IEnumerable<Code> fields)
    {
        string path = d.IsEnum ? $"{d.Name}::{v.Name}" : d.Name;
        if (v.Fields.Length == 0) return Code.Text(path);
        var list = v.Named ? fields.Select((f, i) => Code.Plain($"{v.Fields[i].Name}: {f}")) : fields;
        return v.Named ? Code.Plain($"{path} {{ {Code.Join(", ", list)} }}") : Code.Plain($"{path}({Code.Join(", ", list)})");
    }

    private static Code FoldArm(TypeDeclaration d, Variant v, int index)
    {
        var names = v.Fields.Select((_, i) => "f" + i.ToString(CultureInfo.InvariantCulture)).ToArray();
        return Code.Plain($"{Shape(d, v, names.Select(Code.Text))} => {{\nmix(h, {index});\n{string.Concat(names.Select(static n => $"{n}.fold(h);\n"))}}}\n");
    }

    private TypeDeclaration Struct(bool copy)
    {
        bool named = _random.Percent(70);
        var fields = FieldList(_random.Between(1, 5), 2, copy, named);
        return new TypeDeclaration(Fresh("S"), false, [new Variant("", named, fields)])
        {
            HasDrop = !copy && Has("drop") && _random.Percent(50),
            ReprC = _random.Percent(25),
        };
    }

    private (string, RustType)[] FieldList(int count, int depth, bool copy, bool named)
    {
        var fields = new (string, RustType)[count];
        for (int i = 0; i < count; i++) fields[i] = (named ? ((char)('a' + i)).ToString() : i.ToString(CultureInfo.InvariantCulture), RandomType(depth - 1, copy));
        return fields;
    }

    private TypeDeclaration Enum(bool copy)
    {
        string name = Fresh("E");
        bool fieldless = _random.Percent(25);
        var variants = new Variant[_random.Between(fieldless ? 2 : 1, 5)];
        for (int i = 0; i < variants.Length; i++)
        {
            bool named = _random.Percent(30);
            variants[i] = new Variant($"V{i}", named, FieldList(fieldless ? 0 : _random.Weighted([25, 45, 20, 10]), 2, copy, named));
        }
        return new TypeDeclaration(name, true, variants)
        {
            HasDrop = !copy && Has("drop") && _random.Percent(20),
            Discriminants = fieldless && _random.Percent(50) || _random.Percent(10) ? _random.Of("u8", "i16", "u32", "i64") : "",
        };
    }
}
