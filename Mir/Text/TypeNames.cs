using System.Globalization;
using System.Text;

namespace Mirlink.Mir.Text;

/// <summary>
/// The text of <c>core::any::type_name</c>, equal to rustc's (rustc_const_eval::util::type_name over the pretty printer): full paths, arguments without
/// those equal to their defaults, every region as <c>'_</c>. Concrete types only, regions erased.
/// </summary>
public static class TypeNames
{
    public static string Of(TyCtxt tcx, Ty ty)
    {
        var p = new Printer(tcx);
        p.Type(ty);
        return p.ToString();
    }

    /// <summary>An item's path with its arguments, such as <c>&lt;crate::S as core::clone::Clone&gt;::clone</c>.</summary>
    public static string OfPath(TyCtxt tcx, DefId def, GenericArgs args)
    {
        var p = new Printer(tcx);
        p.DefPath(def, args.Span);
        return p.ToString();
    }

    /// <summary>A list of arguments in angle brackets.</summary>
    public static string GenericArgs(TyCtxt tcx, GenericArgs args)
    {
        var p = new Printer(tcx);
        p.Generic(args.Span);
        return p.ToString();
    }

    internal static GenericArg Erased(TyCtxt tcx, GenericArg arg) => arg switch { Ty t => tcx.EraseRegions(t), Const c => tcx.EraseRegions(c), _ => arg };

    /// <summary>What the supertraits of a trait object's principal say about associated types, regions erased: it need not be said again.</summary>
    internal static HashSet<(DefId, GenericArg)> ImpliedProjections(TyCtxt tcx, DefId trait, GenericArgs args)
    {
        var found = new HashSet<(DefId, GenericArg)>();
        var seen = new HashSet<DefId>();
        void Visit(DefId t, GenericArgs a)
        {
            if (!seen.Add(t)) return;
            foreach (var clause in tcx.SuperPredicatesOf(t))
            {
                switch (clause.Value)
                {
                    case Clause.Projection p: found.Add((p.AliasDef, Erased(tcx, p.Term is Ty ty ? tcx.Instantiate(ty, a) : tcx.Instantiate((Const)p.Term, a)))); break;
                    case Clause.Trait s: Visit(s.TraitRef.Def, tcx.Instantiate(s.TraitRef.Args, a)); break;
                }
            }
        }
        Visit(trait, args);
        return found;
    }

    private sealed class Printer(TyCtxt tcx)
    {
        private readonly StringBuilder _out = new();
        public override string ToString() => _out.ToString();

        private void Separated<T>(ReadOnlySpan<T> items, Action<T> print)
        {
            bool first = true;
            foreach (var i in items)
            {
                if (!first) _out.Append(", ");
                first = false;
                print(i);
            }
        }

        public void Generic(ReadOnlySpan<GenericArg> args)
        {
            _out.Append('<');
            Separated(args, Arg);
            _out.Append('>');
        }

        private void Arg(GenericArg arg)
        {
            switch (arg)
            {
                case Ty t: Type(t); break;
                case Const c: Constant(c); break;
                default: _out.Append("'_"); break;
            }
        }

        // -- types -------------------------------------------------------------------------------------------------------------------------------

        public void Type(Ty ty)
        {
            switch (ty)
            {
                case PrimTy p: _out.Append(p.Name); break;
                case ErasedTy: _out.Append('_'); break;
                case PatTy p:
                    _out.Append('(');
                    Type(p.Base);
                    _out.Append(") is ");
                    Pattern(p.Pattern);
                    break;
                case RawPtrTy p:
                    _out.Append(p.Mutbl == Mutability.Mut ? "*mut " : "*const ");
                    Type(p.Pointee);
                    break;
                case RefTy r:
                    _out.Append(r.Region.Kind == RegionKind.ReBound ? "&'_ " : "&");
                    if (r.Mutbl == Mutability.Mut) _out.Append("mut ");
                    Type(r.Pointee);
                    break;
                case TupleTy t:
                    _out.Append('(');
                    Separated<Ty>(t.Elements, Type);
                    if (t.Elements.Length == 1) _out.Append(',');
                    _out.Append(')');
                    break;
                case SliceTy s:
                    _out.Append('[');
                    Type(s.Element);
                    _out.Append(']');
                    break;
                case ArrayTy a:
                    _out.Append('[');
                    Type(a.Element);
                    _out.Append("; ");
                    Constant(a.Length);
                    _out.Append(']');
                    break;
                case FnPtrTy f: FnPtr(f.Sig.Value); break;
                case UnsafeBinderTy u:
                    _out.Append("unsafe<> ");
                    Type(u.Inner.Value);
                    break;
                case DynamicTy d: Dynamic(d); break;
                case AdtTy a: DefPath(a.Def, a.Args.Span); break;
                case FnDefTy f: DefPath(f.Def, f.Args.Span); break;
                case ClosureTy c: DefPath(c.Def, c.Args.Span); break;
                case ForeignTy f: DefPath(f.Def, []); break;
                case AliasTy a: DefPath(a.Def, a.Args.Span); break;
                default: _out.Append('_'); break;
            }
        }

        private void Pattern(TyPattern p)
        {
            switch (p)
            {
                case TyPattern.Range r:
                    Constant(r.Start);
                    _out.Append("..=");
                    Constant(r.End);
                    break;
                case TyPattern.Or or:
                    for (int i = 0; i < or.Alternatives.Length; i++)
                    {
                        if (i > 0) _out.Append(" | ");
                        Pattern(or.Alternatives[i]);
                    }
                    break;
                default: _out.Append("!null"); break;
            }
        }

        private static string AbiName(FnSig s)
        {
            string name = s.Abi switch
            {
                ExternAbi.C => "C",
                ExternAbi.System => "system",
                ExternAbi.RustCall => "rust-call",
                ExternAbi.RustCold => "rust-cold",
                ExternAbi.RustPreserveNone => "rust-preserve-none",
                ExternAbi.EfiApi => "efiapi",
                ExternAbi.SysV64 => "sysv64",
                ExternAbi.Win64 => "win64",
                ExternAbi.X86Interrupt => "x86-interrupt",
                _ => s.Abi.ToString().ToLowerInvariant(),
            };
            return s.AbiUnwind ? name + "-unwind" : name;
        }

        private void FnPtr(FnSig s)
        {
            if (s.Safety == Safety.Unsafe) _out.Append("unsafe ");
            if (s.Abi != ExternAbi.Rust) _out.Append("extern \"").Append(AbiName(s)).Append("\" ");
            _out.Append("fn");
            Signature(s.Inputs, s.CVariadic, s.Output);
        }

        private void Signature(Ty[] inputs, bool variadic, Ty output)
        {
            _out.Append('(');
            Separated<Ty>(inputs, Type);
            if (variadic) _out.Append(inputs.Length > 0 ? ", ..." : "...");
            _out.Append(')');
            if (output.IsUnit) return;
            _out.Append(" -> ");
            Type(output);
        }

        private void Dynamic(DynamicTy d)
        {
            bool bound = d.Region.Kind == RegionKind.ReBound;
            _out.Append(bound ? "(dyn " : "dyn ");
            bool first = true;
            if (d.Principal is { } principal)
            {
                Principal(d, principal);
                first = false;
            }
            var auto = new List<string>();
            foreach (var p in d.Predicates)
            {
                if (p.Value is not ExistentialPredicate.AutoTrait a) continue;
                var inner = new Printer(tcx);
                inner.DefPath(a.Def, []);
                auto.Add(inner.ToString());
            }
            auto.Sort(StringComparer.Ordinal);
            foreach (string a in auto)
            {
                if (!first) _out.Append(" + ");
                first = false;
                _out.Append(a);
            }
            if (bound) _out.Append(" + '_)");
        }

        private void Principal(DynamicTy d, ExistentialPredicate.Trait principal)
        {
            DefPath(principal.Def, []);
            var projections = new List<ExistentialPredicate.Projection>();
            foreach (var p in d.Predicates) if (p.Value is ExistentialPredicate.Projection j) projections.Add(j);

            if (tcx.LangItemName(principal.Def) is "fn" or "fn_mut" or "fn_once" && principal.Args.Count > 0 && principal.Args[0] is TupleTy inputs && projections is [{ Term: Ty output }])
            {
                Signature(inputs.Elements, false, output);
                return;
            }
            var withSelf = new GenericArg[principal.Args.Count + 1];
            withSelf[0] = tcx.Interner.ErrorTy;
            principal.Args.Span.CopyTo(withSelf.AsSpan(1));
            var args = OwnArgsNoDefaults(tcx.GenericsOf(principal.Def)!, withSelf);
            var implied = ImpliedProjections(tcx, principal.Def, tcx.Interner.Args(withSelf));
            projections.RemoveAll(j => implied.Contains((j.Def, Erased(tcx, j.Term))));
            projections.Sort((x, y) => string.CompareOrdinal(tcx.DefKey(x.Def).Name, tcx.DefKey(y.Def).Name));
            if (args.Length == 0 && projections.Count == 0) return;
            _out.Append('<');
            Separated(args, Arg);
            for (int i = 0; i < projections.Count; i++)
            {
                if (i > 0 || args.Length > 0) _out.Append(", ");
                _out.Append(tcx.DefKey(projections[i].Def).Name).Append(" = ");
                Arg(projections[i].Term);
            }
            _out.Append('>');
        }

        // -- paths -------------------------------------------------------------------------------------------------------------------------------

        private ReadOnlySpan<GenericArg> OwnArgsNoDefaults(Generics g, ReadOnlySpan<GenericArg> args)
        {
            int start = g.ParentCount, end = g.Count;
            if (g.Parent is null && g.HasSelf) start = 1;
            for (int i = g.OwnParams.Length - 1; i >= 0 && end > start; i--)
            {
                var param = g.OwnParams[i];
                if (!param.HasDefault) break;
                GenericArg? value = param.Kind switch
                {
                    GenericParamKind.Type => tcx.TryTypeOf(param.Def),
                    GenericParamKind.Const => tcx.Crate(param.Def).ConstParamDefault(param.Def.Index),
                    _ => null,
                };
                if (value is null) break;
                var list = tcx.Interner.Args(args);
                var instantiated = value is Ty t ? (GenericArg)tcx.Instantiate(t, list) : tcx.Instantiate((Const)value, list);
                if (!ReferenceEquals(instantiated, args[param.Index])) break;
                end--;
            }
            return args[start..end];
        }

        public void DefPath(DefId def, ReadOnlySpan<GenericArg> args)
        {
            var key = tcx.DefKey(def);
            if (key.Data == DefPathData.CrateRoot)
            {
                _out.Append(tcx.CrateName(def));
                return;
            }
            if (key.Data == DefPathData.Impl)
            {
                Impl(def, args);
                return;
            }
            var parent = new DefId(def.Krate, key.Parent);
            var parentArgs = args;
            bool qualify = false;
            if (args.Length > 0 && tcx.GenericsOf(def) is { } generics)
            {
                parentArgs = args[..Math.Min(generics.ParentCount, args.Length)];
                if (key.Data is not (DefPathData.Closure or DefPathData.SyntheticCoroutineBody or DefPathData.AnonConst)
                    && generics.OwnParams.Length > 0 && args.Length >= generics.Count)
                {
                    var own = OwnArgsNoDefaults(generics, args);
                    DefPath(def, parentArgs);
                    if (own.Length > 0) Generic(own);
                    return;
                }
                qualify = generics.HasSelf && generics.Parent == parent && parentArgs.Length == generics.ParentCount && tcx.GenericsOf(parent)!.ParentCount == 0;
            }
            if (qualify) Qualified((Ty)parentArgs[0], parent, parentArgs);
            else DefPath(parent, parentArgs);
            _out.Append("::").Append(Segment(key));
        }

        private static string Segment(DefKey key) => key.Data switch
        {
            DefPathData.Closure => "{{closure}}",
            DefPathData.Ctor => "{{constructor}}",
            DefPathData.AnonConst or DefPathData.LateAnonConst => "{{constant}}",
            DefPathData.OpaqueTy => "{{opaque}}",
            DefPathData.ForeignMod => "{{extern}}",
            DefPathData.Use => "{{use}}",
            DefPathData.GlobalAsm => "{{global_asm}}",
            DefPathData.SyntheticCoroutineBody => "{{synthetic}}",
            DefPathData.NestedStatic => "{{nested}}",
            DefPathData.AnonAssocTy => "{{anon_assoc}}",
            _ => key.Name ?? "_",
        };

        private void Qualified(Ty self, DefId? trait, ReadOnlySpan<GenericArg> traitArgs)
        {
            if (trait is null && self is AdtTy or ForeignTy or PrimTy { Kind: not TyKind.Never })
            {
                Type(self);
                return;
            }
            _out.Append('<');
            Type(self);
            if (trait is { } t)
            {
                _out.Append(" as ");
                DefPath(t, traitArgs);
            }
            _out.Append('>');
        }

        private void Impl(DefId impl, ReadOnlySpan<GenericArg> args)
        {
            var header = tcx.ImplHeader(impl);
            var list = tcx.Interner.Args(args);
            var selfTy = tcx.TypeOf(impl);
            var traitRef = header?.TraitRef;
            // Without arguments the impl shows as it is written, its parameters as _.
            int wanted = tcx.GenericsOf(impl)?.Count ?? 0;
            if (args.Length >= wanted)
            {
                selfTy = tcx.Traits.InstantiateAndNormalize(selfTy, list);
                if (traitRef is not null) traitRef = new TraitRef(traitRef.Def, tcx.Traits.InstantiateAndNormalize(traitRef.Args, list));
            }
            var parent = tcx.Parent(impl);
            bool inSelfModule = CharacteristicDef(selfTy) is { } c && tcx.Parent(c) == parent;
            bool inTraitModule = traitRef is not null && tcx.Parent(traitRef.Def) == parent;
            if (inSelfModule || inTraitModule)
            {
                Qualified(selfTy, traitRef?.Def, traitRef is null ? [] : traitRef.Args.Span);
                return;
            }
            DefPath(parent!.Value, []);
            _out.Append("::<impl ");
            if (traitRef is not null)
            {
                DefPath(traitRef.Def, traitRef.Args.Span);
                _out.Append(" for ");
            }
            Type(selfTy);
            _out.Append('>');
        }

        private static DefId? CharacteristicDef(Ty ty)
        {
            switch (ty)
            {
                case AdtTy a: return a.Def;
                case DynamicTy d: return d.Principal?.Def;
                case PatTy p: return CharacteristicDef(p.Base);
                case ArrayTy a: return CharacteristicDef(a.Element);
                case SliceTy s: return CharacteristicDef(s.Element);
                case RawPtrTy p: return CharacteristicDef(p.Pointee);
                case RefTy r: return CharacteristicDef(r.Pointee);
                case TupleTy t:
                    foreach (var e in t.Elements) if (CharacteristicDef(e) is { } d) return d;
                    return null;
                case FnDefTy f: return f.Def;
                case ClosureTy c: return c.Def;
                case ForeignTy f: return f.Def;
                default: return null;
            }
        }

        // -- constants ---------------------------------------------------------------------------------------------------------------------------

        private void Constant(Const c)
        {
            switch (c.Kind)
            {
                case ConstKind.Value: Value(c.Type!, c.Value!); break;
                case ConstKind.Unevaluated: DefPath(c.Def, c.Args!.Span); break;
                case ConstKind.Param: _out.Append(c.Name); break;
                default: _out.Append('_'); break;
            }
        }

        private void Value(Ty ty, ValTree tree)
        {
            if (tree is ValTree.Leaf leaf)
            {
                if (ty is RefTy r)
                {
                    _out.Append('&');
                    ty = r.Pointee;
                }
                Scalar(leaf.Scalar, ty);
                return;
            }
            var children = ((ValTree.Branch)tree).Children;
            switch (ty)
            {
                case RefTy { Pointee: PrimTy { Kind: TyKind.Str } }: Quoted(Encoding.UTF8.GetString(Raw(children)), '"'); break;
                case RefTy { Pointee: SliceTy { Element: PrimTy { Name: "u8" } } }: ByteString(Raw(children)); break;
                case RefTy r:
                    _out.Append('&');
                    Value(r.Pointee, tree);
                    break;
                case ArrayTy { Element: PrimTy { Name: "u8" } }:
                    _out.Append('*');
                    ByteString(Raw(children));
                    break;
                case ArrayTy or SliceTy:
                    _out.Append('[');
                    Separated<Const>(children, Constant);
                    _out.Append(']');
                    break;
                case TupleTy:
                    _out.Append('(');
                    Separated<Const>(children, Constant);
                    if (children.Length == 1) _out.Append(',');
                    _out.Append(')');
                    break;
                case AdtTy a:
                    {
                        var def = tcx.AdtDef(a.Def);
                        int skip = def.IsEnum ? 1 : 0;
                        var variant = def.Variants[def.IsEnum ? (int)children[0].TryBits!.Value : 0];
                        DefPath(variant.Def, a.Args.Span);
                        var fields = children.AsSpan(skip);
                        if (variant.Ctor is not null && variant.CtorIsFn)
                        {
                            _out.Append('(');
                            Separated<Const>(fields, Constant);
                            _out.Append(')');
                        }
                        else if (variant.Ctor is null)
                        {
                            _out.Append(" { ");
                            for (int i = 0; i < fields.Length; i++)
                            {
                                if (i > 0) _out.Append(", ");
                                _out.Append(variant.Fields[i].Name).Append(": ");
                                Constant(fields[i]);
                            }
                            _out.Append(" }");
                        }
                        break;
                    }
                case FnDefTy f: DefPath(f.Def, f.Args.Span); break;
                default: _out.Append("<ZST>"); break;
            }
        }

        private static byte[] Raw(Const[] children) => Array.ConvertAll(children, c => (byte)c.TryBits!.Value);

        private void Scalar(ScalarInt v, Ty ty)
        {
            switch (ty)
            {
                case PrimTy { Kind: TyKind.Bool }: _out.Append(v.Bits == 0 ? "false" : "true"); break;
                case PrimTy { Kind: TyKind.Char }: Quoted(char.ConvertFromUtf32((int)v.Bits), '\''); break;
                case PrimTy { Kind: TyKind.Int } p:
                    {
                        var s = v.Signed;
                        var min = v.Size == 16 ? I128.MinValue : -(I128.One << (v.Size * 8 - 1));
                        if (s == min) _out.Append(p.Name).Append("::MIN");
                        else if (s == -(min + 1)) _out.Append(p.Name).Append("::MAX");
                        else _out.Append(s.ToString());
                        break;
                    }
                case PrimTy { Kind: TyKind.Uint } p:
                    if (v.Bits == (v.Size == 16 ? U128.MaxValue : (U128.One << (v.Size * 8)) - 1)) _out.Append(p.Name).Append("::MAX");
                    else _out.Append(v.Bits.ToString());
                    break;
                case PatTy p:
                    Scalar(v, p.Base);
                    _out.Append(" is ");
                    Pattern(p.Pattern);
                    break;
                case RawPtrTy or FnPtrTy: _out.Append($"{{0x{v.Bits:x} as "); Type(ty); _out.Append('}'); break;
                default: throw new UnsupportedException($"the name of a type with a constant of type {Of(tcx, ty)}");
            }
        }

        private void Quoted(string text, char quote)
        {
            _out.Append(quote);
            foreach (var rune in text.EnumerateRunes())
            {
                switch (rune.Value)
                {
                    case 0: _out.Append("\\0"); break;
                    case '\t': _out.Append("\\t"); break;
                    case '\r': _out.Append("\\r"); break;
                    case '\n': _out.Append("\\n"); break;
                    case '\\': _out.Append("\\\\"); break;
                    default:
                        if (rune.Value == quote) _out.Append('\\').Append(quote);
                        else if (rune.Value < 32 || rune.Value == 127) _out.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
                        else _out.Append(rune.ToString());
                        break;
                }
            }
            _out.Append(quote);
        }

        private void ByteString(byte[] bytes)
        {
            _out.Append("b\"");
            foreach (byte b in bytes)
            {
                switch (b)
                {
                    case (byte)'\t': _out.Append("\\t"); break;
                    case (byte)'\r': _out.Append("\\r"); break;
                    case (byte)'\n': _out.Append("\\n"); break;
                    case (byte)'\\': _out.Append("\\\\"); break;
                    case (byte)'"': _out.Append("\\\""); break;
                    case (byte)'\'': _out.Append("\\'"); break;
                    case >= 32 and < 127: _out.Append((char)b); break;
                    default: _out.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}"); break;
                }
            }
            _out.Append('"');
        }
    }
}
