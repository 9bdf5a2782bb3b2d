using System.Globalization;
using System.Text;

namespace Mirlink.Mir.Text;

/// <summary>Type-level constants and scalars.</summary>
public sealed partial class PathPrinter
{
    /// <summary>A type-level constant; scalars of nontrivial types, and integers, say their type if asked to.</summary>
    public void Constant(Const c, bool withType)
    {
        switch (c.Kind)
        {
            case ConstKind.Param: _out.Append(c.Name); break;
            case ConstKind.Value: Tree(c.Type!, c.Value!, withType); break;
            case ConstKind.Unevaluated when _tcx.DefKind(c.Def) is DefKind.AnonConst or DefKind.InlineConst:
                if (IsLocal(c.Def) && Text(c.Def)?.SourceSnippet(c.Def.Index) is { } snippet) _out.Append(snippet);
                else _out.Append(_tcx.CrateName(c.Def)).Append("::").Append(VerbosePath(c.Def).AsSpan(_tcx.CrateName(c.Def).Length));
                break;
            case ConstKind.Unevaluated: ValuePath(c.Def, c.Args!); break;
            case ConstKind.Bound: _out.Append('^').Append(c.Index); break;
            case ConstKind.Expr: throw new UnsupportedException("the text of a const expression (generic_const_exprs)");
            default: _out.Append("{const error}"); break;
        }
    }

    /// <summary>The definition path with a number for everything that is not the first of its name.</summary>
    private string VerbosePath(DefId def)
    {
        var key = _tcx.DefKey(def);
        if (key.Parent < 0) return _tcx.CrateName(def);
        string segment = key.Name is { } name ? key.Disambiguator > 0 ? $"{name}#{key.Disambiguator}" : name : PathSegment.Of(key, _edition);
        return VerbosePath(new DefId(def.Krate, key.Parent)) + "::" + segment;
    }

    private void Tree(Ty ty, ValTree tree, bool withType)
    {
        bool was = _inMirConstant;
        _inMirConstant = false;
        TreeParts(ty, tree, withType);
        _inMirConstant = was;
    }

    private void TreeParts(Ty ty, ValTree tree, bool withType)
    {
        if (tree is ValTree.Leaf leaf)
        {
            if (ty is RefTy r)
            {
                _out.Append('&');
                ty = r.Pointee;
            }
            Scalar(leaf.Scalar, ty, withType);
            return;
        }
        var children = ((ValTree.Branch)tree).Children;
        switch (ty)
        {
            case RefTy { Pointee: PrimTy { Kind: TyKind.Str } }: EscapedText.String(_out, Raw(children)); break;
            case RefTy { Pointee: SliceTy { Element: PrimTy { Name: "u8" } } }: EscapedText.Bytes(_out, Raw(children)); break;
            case RefTy r:
                _out.Append('&');
                Tree(r.Pointee, tree, withType);
                break;
            case ArrayTy { Element: PrimTy { Name: "u8" } }:
                _out.Append('*');
                EscapedText.Bytes(_out, Raw(children));
                break;
            case ArrayTy:
                _out.Append('[');
                Constants(children);
                _out.Append(']');
                break;
            case TupleTy:
                _out.Append('(');
                Constants(children);
                _out.Append(children.Length == 1 ? ",)" : ")");
                break;
            case AdtTy a:
                {
                    var def = _tcx.AdtDef(a.Def);
                    if (def.Variants.Length == 0)
                    {
                        Typed("unreachable()", ty);
                        break;
                    }
                    var variant = def.Variants[def.IsEnum ? (int)children[0].TryBits!.Value : 0];
                    var fields = children.AsSpan(def.IsEnum ? 1 : 0).ToArray();
                    ValuePath(variant.Def, a.Args);
                    VariantFields(variant, fields.Length, i => Constant(fields[i], withType: false));
                    break;
                }
            case FnDefTy f: ValuePath(f.Def, f.Args); break;
            default:
                _out.Append(children.Length == 0 ? "<ZST>" : tree);
                if (!withType) break;
                _out.Append(": ");
                Type(ty);
                break;
        }
    }

    private void Constants(Const[] constants)
    {
        for (int i = 0; i < constants.Length; i++)
        {
            if (i > 0) _out.Append(", ");
            Constant(constants[i], withType: false);
        }
    }

    private static byte[] Raw(Const[] children) => Array.ConvertAll(children, c => (byte)c.TryBits!.Value);

    /// <summary>What follows a variant's path in a constant: `(…)`, `{{ … }}` (two braces for what rustc formats wrongly) or nothing.</summary>
    private void VariantFields(VariantDef variant, int count, Action<int> field)
    {
        if (variant.Ctor is not null)
        {
            if (!variant.CtorIsFn) return;
            _out.Append('(');
            for (int i = 0; i < count; i++)
            {
                if (i > 0) _out.Append(", ");
                field(i);
            }
            _out.Append(')');
            return;
        }
        _out.Append(OpenFields);
        for (int i = 0; i < count && i < variant.Fields.Length; i++)
        {
            if (i > 0) _out.Append(", ");
            _out.Append(variant.Fields[i].Name).Append(": ");
            field(i);
        }
        _out.Append(CloseFields);
    }

    private string OpenFields => _inMirConstant ? " {{ " : " { ";
    private string CloseFields => _inMirConstant ? " }}" : " }";

    private void Typed(string value, Ty ty, string separator = ": ")
    {
        bool was = _inValue;
        _inValue = false;
        _out.Append('{').Append(value).Append(separator);
        Type(ty);
        _out.Append('}');
        _inValue = was;
    }

    public void Scalar(ScalarInt s, Ty ty, bool withType = true)
    {
        switch (ty)
        {
            case PrimTy { Kind: TyKind.Bool } when s.Bits <= 1: _out.Append(s.Bits == 0 ? "false" : "true"); break;
            case PrimTy { Kind: TyKind.Float } p:
                FloatText.Append(_out, s.Bits, p.Float);
                if (!FloatText.IsFinite(s.Bits, p.Float)) _out.Append('_');
                _out.Append(p.Name);
                break;
            case PrimTy { Kind: TyKind.Int } p:
                {
                    var v = s.Signed;
                    var min = s.Size == 16 ? I128.MinValue : -(I128.One << (s.Size * 8 - 1));
                    if (v == min) _out.Append(p.Name).Append("::MIN");
                    else if (v == -(min + 1)) _out.Append(p.Name).Append("::MAX");
                    else Number(v.ToString(), p);
                    break;
                }
            case PrimTy { Kind: TyKind.Uint } p:
                if (s.Bits == (s.Size == 16 ? U128.MaxValue : (U128.One << (s.Size * 8)) - 1)) _out.Append(p.Name).Append("::MAX");
                else Number(s.Bits.ToString(), p);
                break;
            case PrimTy { Kind: TyKind.Char } when s.Bits < 0x110000 && Rune.IsValid((uint)s.Bits): EscapedText.Char(_out, (uint)s.Bits); break;
            case RefTy or RawPtrTy or FnPtrTy: Typed("0x" + Hex(s.Bits, 0), ty, " as "); break;
            case PatTy p:
                Scalar(s, p.Base, withType);
                _out.Append(" is ");
                Pattern(p.Pattern);
                break;
            default:
                string bits = s.Size == 0 ? "transmute(())" : $"transmute(0x{Hex(s.Bits, s.Size * 2)})";
                if (withType) Typed(bits, ty);
                else _out.Append(bits);
                break;
        }
        void Number(string digits, PrimTy p)
        {
            _out.Append(digits);
            if (withType) _out.Append('_').Append(p.Name);
        }
    }

    private static string Hex(U128 bits, int digits)
    {
        string s = bits.ToString("x", CultureInfo.InvariantCulture).TrimStart('0');
        return s.PadLeft(Math.Max(digits, 1), '0');
    }

    private void Pattern(TyPattern p)
    {
        switch (p)
        {
            case TyPattern.Range r:
                Constant(r.Start, withType: false);
                if (r.End is { Kind: ConstKind.Value, Value: ValTree.Leaf end, Type: PrimTy t } && end.Scalar.Bits == Largest(t, end.Scalar.Size)) _out.Append("..");
                else
                {
                    _out.Append("..=");
                    Constant(r.End, withType: false);
                }
                break;
            case TyPattern.Or or:
                _out.Append('(');
                for (int i = 0; i < or.Alternatives.Length; i++)
                {
                    if (i > 0) _out.Append(" | ");
                    Pattern(or.Alternatives[i]);
                }
                _out.Append(')');
                break;
            default: _out.Append("!null"); break;
        }
    }

    private static U128? Largest(PrimTy ty, int size) => ty.Kind switch
    {
        TyKind.Int => (U128.One << (size * 8 - 1)) - 1,
        TyKind.Uint => size == 16 ? U128.MaxValue : (U128.One << (size * 8)) - 1,
        TyKind.Char => 0x10ffff,
        _ => null,
    };
}
