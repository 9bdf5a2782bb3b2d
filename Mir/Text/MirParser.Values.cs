using System.Globalization;

namespace Mirlink.Mir.Text;

/// <summary>Types, constants, places, operands and rvalues.</summary>
public sealed partial class MirParser
{
    /// <summary>A type by its text: one that was printed, or one that says all of itself.</summary>
    private Ty Type(string text)
    {
        if (_symbols.Types.TryGetValue(text, out var known)) return known;
        var i = _tcx.Interner;
        switch (text)
        {
            case "bool": return i.Bool;
            case "char": return i.Char;
            case "str": return i.Str;
            case "!": return i.Never;
            case "()": return i.Unit;
        }
        foreach (var p in (ReadOnlySpan<PrimTy>)[.. i.Ints, .. i.Uints, .. i.Floats]) if (p.Name == text) return p;
        if (text.StartsWith("&mut ", StringComparison.Ordinal)) return i.Ref(Type(text[5..]), Mutability.Mut);
        if (text.StartsWith('&')) return i.Ref(Type(text[1..]), Mutability.Not);
        if (text.StartsWith("*mut ", StringComparison.Ordinal)) return i.RawPtr(Type(text[5..]), Mutability.Mut);
        if (text.StartsWith("*const ", StringComparison.Ordinal)) return i.RawPtr(Type(text[7..]), Mutability.Not);
        if (text.StartsWith('[') && text.EndsWith(']'))
        {
            var c = new Cursor(text[1..^1], this);
            var element = Type(c.Until("; "));
            return c.TryExpect("; ") ? i.Array(element, Length(c.Rest())) : i.Slice(element);
        }
        if (text.StartsWith('(') && text.EndsWith(')'))
        {
            var c = new Cursor(text[1..^1], this);
            var elements = new List<Ty>();
            while (!c.AtEnd)
            {
                elements.Add(Type(c.Until(",")));
                if (!c.TryExpect(", ")) c.TryExpect(",");
            }
            return i.Tuple(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(elements));
        }
        throw Error($"unknown type `{text}`");
    }

    private Const Length(string text) => _symbols.TypeConstants.TryGetValue(text, out var known) ? known
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong n) ? _tcx.Interner.ConstUsize(n) : throw Error($"unknown length `{text}`");

    private MirConst Constant(string text)
    {
        if (_symbols.Constants.TryGetValue(text, out var known)) return known;
        var i = _tcx.Interner;
        if (text is "true" or "false") return new MirConst.Val(new ConstValue.Scalar(new ScalarInt(text == "true" ? 1u : 0u, 1)), i.Bool);
        if (text == "()") return new MirConst.Val(ConstValue.ZeroSized.Instance, i.Unit);
        int suffix = text.LastIndexOf('_');
        if (suffix > 0 && Type(text[(suffix + 1)..]) is PrimTy { IsIntegral: true } ty && U128.TryParse(text.AsSpan(0, suffix)[(text[0] == '-' ? 1 : 0)..], out var value))
        {
            var mask = ty.ByteSize == 16 ? U128.MaxValue : (U128.One << (ty.ByteSize * 8)) - 1;
            return new MirConst.Val(new ConstValue.Scalar(new ScalarInt((text[0] == '-' ? -value : value) & mask, (byte)ty.ByteSize)), ty);
        }
        throw Error($"unknown constant `{text}`");
    }

    // -- places ---------------------------------------------------------------------------------------------------------------------------------------

    /// <summary>A place and, as far as the text tells it, its type: variants are looked up in it.</summary>
    private (Place Place, Ty? Ty) Place(Cursor c)
    {
        var projection = new List<ProjectionElem>();
        var (local, ty) = Place(c, projection);
        return (new Place(local, projection.Count == 0 ? Mir.Place.NoProjection : [.. projection]), ty);
    }

    private (int Local, Ty? Ty) Place(Cursor c, List<ProjectionElem> projection)
    {
        int local;
        Ty? ty;
        if (c.TryExpect("(*"))
        {
            (local, ty) = Place(c, projection);
            c.Expect(")");
            projection.Add(ProjectionElem.Deref);
            ty = ty?.BuiltinDeref ?? (ty is AdtTy { Args.Count: > 0 } box && _tcx.AdtDef(box.Def).IsBox ? box.Args[0] as Ty : null);
        }
        else if (c.TryExpect("unwrap_binder!("))
        {
            (local, _) = Place(c, projection);
            c.Expect("; ");
            ty = Type(c.Until(")"));
            c.Expect(")");
            projection.Add(new ProjectionElem(ProjectionKind.UnwrapUnsafeBinder, Ty: ty));
        }
        else if (c.TryExpect("("))
        {
            (local, ty) = Place(c, projection);
            if (c.TryExpect("."))
            {
                var field = Field(c);
                projection.Add(field);
                ty = field.Ty;
            }
            else
            {
                c.Expect(" as ");
                projection.Add(Downcast(c.Until(")"), ty));
            }
            c.Expect(")");
        }
        else
        {
            local = c.Local();
            ty = local < _locals.Count ? _locals[local].Ty : null;
        }
        while (c.TryExpect("["))
        {
            projection.Add(Element(c));
            c.Expect("]");
            ty = projection[^1].Kind == ProjectionKind.Subslice ? ty : ty switch { ArrayTy a => a.Element, SliceTy s => s.Element, _ => null };
        }
        return (local, ty);
    }

    private ProjectionElem Downcast(string name, Ty? ty)
    {
        if (name.StartsWith("variant#", StringComparison.Ordinal)) return ProjectionElem.Downcast(int.Parse(name.AsSpan(8), NumberStyles.None, CultureInfo.InvariantCulture));
        if (ty is AdtTy adt)
        {
            var variants = _tcx.AdtDef(adt.Def).Variants;
            int v = Array.FindIndex(variants, x => x.Name == name);
            if (v >= 0) return ProjectionElem.Downcast(v, name);
        }
        // debug info may come before the declaration of its local
        return _blocks.Count == 0 && ty is null ? ProjectionElem.Downcast(0, name) : throw Error($"no variant `{name}` in a place of type `{ty}`");
    }

    private static ProjectionElem Element(Cursor c)
    {
        if (c.Peek('_')) return new ProjectionElem(ProjectionKind.Index, c.Local());
        if (c.TryExpect(":-")) return new ProjectionElem(ProjectionKind.Subslice, MinLength: c.Number(), FromEnd: true);
        bool fromEnd = c.TryExpect("-");
        ulong first = c.Number();
        if (c.TryExpect(" of ")) return new ProjectionElem(ProjectionKind.ConstantIndex, Offset: first, MinLength: c.Number(), FromEnd: fromEnd);
        if (c.TryExpect("..")) return new ProjectionElem(ProjectionKind.Subslice, Offset: first, MinLength: c.Number());
        c.Expect(":");
        return new ProjectionElem(ProjectionKind.Subslice, Offset: first, MinLength: c.TryExpect("-") ? c.Number() : 0, FromEnd: true);
    }

    // -- operands and rvalues -------------------------------------------------------------------------------------------------------------------------

    private static readonly string[] OperandEnds = [", ", ",)", ")", "]", " }", " as ", " => ", "; "];

    private Operand Operand(Cursor c)
    {
        if (c.TryExpect("copy ")) return Mir.Operand.Copy(Place(c).Place);
        if (c.TryExpect("move ")) return Mir.Operand.Move(Place(c).Place);
        if (c.TryExpect("const ")) return Mir.Operand.Const(Constant(c.Until(OperandEnds)), Span.Dummy);
        foreach (var check in Enum.GetValues<RuntimeChecks>()) if (c.TryExpect(check.ToString())) return new Operand(OperandKind.RuntimeChecks, default, null, check);
        return Mir.Operand.Const(Constant(c.Until(OperandEnds)), Span.Dummy);
    }

    private Operand[] Operands(Cursor c, string end)
    {
        var operands = new List<Operand>();
        while (!c.TryExpect(end))
        {
            if (operands.Count > 0) c.Expect(", ");
            operands.Add(Operand(c));
            if (c.TryExpect("," + end)) break;
        }
        return [.. operands];
    }

    private Rvalue Value(Cursor c)
    {
        if (c.TryExpect("&raw mut ")) return new Rvalue.RawPtr(RawPtrKind.Mut, Place(c).Place);
        if (c.TryExpect("&raw const (fake) ")) return new Rvalue.RawPtr(RawPtrKind.FakeForPtrMetadata, Place(c).Place);
        if (c.TryExpect("&raw const ")) return new Rvalue.RawPtr(RawPtrKind.Const, Place(c).Place);
        if (c.TryExpect("&/*tls*/ "))
        {
            c.TryExpect("mut ");
            string path = c.Rest();
            return _symbols.Items.TryGetValue(path, out var item) ? new Rvalue.ThreadLocalRef(item) : throw Error($"unknown static `{path}`");
        }
        if (c.TryExpect("&fake shallow ")) return new Rvalue.Ref(BorrowKind.FakeShallow, Place(c).Place);
        if (c.TryExpect("&fake ")) return new Rvalue.Ref(BorrowKind.FakeDeep, Place(c).Place);
        if (c.TryExpect("&mut ")) return new Rvalue.Ref(BorrowKind.MutDefault, Place(c).Place);
        if (c.TryExpect("&")) return new Rvalue.Ref(BorrowKind.Shared, Place(c).Place);
        if (c.TryExpect("discriminant(")) return new Rvalue.Discriminant(Place(c).Place);
        if (c.TryExpect("deref_copy ")) return new Rvalue.CopyForDeref(Place(c).Place);
        if (c.TryExpect("wrap_binder!("))
        {
            var operand = Operand(c);
            c.Expect("; ");
            return new Rvalue.WrapUnsafeBinder(operand, Type(c.Until(")")));
        }
        if (c.TryExpect("["))
        {
            if (c.TryExpect("]")) return new Rvalue.Aggregate(AggregateKind.Array, []);
            var first = Operand(c);
            if (c.TryExpect("; ")) return new Rvalue.Repeat(first, Length(c.Until("]")));
            return new Rvalue.Aggregate(AggregateKind.Array, c.TryExpect("]") ? [first] : [first, .. Rest(c)]);
        }
        if (c.TryExpect("(")) return new Rvalue.Aggregate(AggregateKind.Tuple, Operands(c, ")"));
        if (c.Peek("*mut ") || c.Peek("*const "))
        {
            bool mutable = c.TryExpect("*mut ");
            if (!mutable) c.Expect("*const ");
            var pointee = Type(c.Until(" from ("));
            c.Expect(" from (");
            return new Rvalue.Aggregate(AggregateKind.RawPtr, Operands(c, ")")) { Ty = pointee, Mutability = mutable ? Mutability.Mut : Mutability.Not };
        }
        return Operation(c) ?? Named(c) ?? Cast(c);
    }

    private Operand[] Rest(Cursor c)
    {
        c.Expect(", ");
        return Operands(c, "]");
    }

    private Rvalue? Operation(Cursor c)
    {
        int start = c.Position;
        foreach (var op in Enum.GetValues<BinOp>())
        {
            if (!c.TryExpect(op + "(")) continue;
            var left = Operand(c);
            if (c.TryExpect(", ")) return new Rvalue.BinaryOp(op, left, Operand(c));
            c.Position = start;
            return null;
        }
        foreach (var op in Enum.GetValues<UnOp>()) if (c.TryExpect(op + "(")) return new Rvalue.UnaryOp(op, Operand(c));
        return null;
    }

    /// <summary>A struct, variant or closure; null if it is something else.</summary>
    private Rvalue.Aggregate? Named(Cursor c)
    {
        int start = c.Position;
        if (c.Peek("copy ") || c.Peek("move ") || c.Peek("const ")) return null;
        string name = c.Peek('{') ? c.Until(" { ", ";") : c.Until("(", " { ", " as ");
        if (!_symbols.Aggregates.TryGetValue(name, out var templates))
        {
            c.Position = start;
            return null;
        }
        int number = _aggregates.GetValueOrDefault(name);
        _aggregates[name] = number + 1;
        var template = templates[Math.Min(number, templates.Count - 1)];
        Operand[] operands = [];
        if (c.TryExpect("(")) operands = Operands(c, ")");
        else if (c.TryExpect(" { "))
        {
            var list = new List<Operand>();
            do
            {
                c.Until(": ");
                c.Expect(": ");
                list.Add(Operand(c));
            } while (c.TryExpect(", "));
            c.Expect(" }");
            operands = [.. list];
        }
        return new Rvalue.Aggregate(template.Kind, operands) { Ty = template.Ty, Def = template.Def, Args = template.Args, Variant = template.Variant, ActiveField = template.ActiveField, Mutability = template.Mutability };
    }

    private Rvalue Cast(Cursor c)
    {
        var operand = Operand(c);
        if (!c.TryExpect(" as ")) return c.AtEnd ? new Rvalue.Use(operand) : throw Error($"after the operand: `{c.Rest()}`");
        string rest = c.Rest();
        // the kind is the last parenthesis
        int open = rest.Length - 1;
        for (int depth = 0; open >= 0; open--)
        {
            if (rest[open] == ')') depth++;
            else if (rest[open] == '(' && --depth == 0) break;
        }
        if (open < 1) throw Error("a cast without its kind");
        var ty = Type(rest[..(open - 1)]);
        string kind = rest[(open + 1)..^1];
        if (!kind.StartsWith("PointerCoercion(", StringComparison.Ordinal)) return Enum.TryParse<CastKind>(kind, out var simple) ? new Rvalue.Cast(simple, operand, ty) : throw Error($"unknown cast `{kind}`");
        bool isImplicit = kind.EndsWith("Implicit)", StringComparison.Ordinal);
        string coercion = kind["PointerCoercion(".Length..kind.LastIndexOf(',')];
        int safety = coercion.IndexOf('(', StringComparison.Ordinal);
        var how = safety < 0 ? Safety.Safe : Enum.Parse<Safety>(coercion.AsSpan(safety + 1, coercion.Length - safety - 2));
        return Enum.TryParse<CastKind>(safety < 0 ? coercion : coercion[..safety], out var k) ? new Rvalue.Cast(k, operand, ty, isImplicit, how) : throw Error($"unknown coercion `{coercion}`");
    }
}
