using System.Globalization;
using System.Text;

namespace Mirlink.Mir.Text;

/// <summary>
/// Types, paths and constants as rustc's pretty printer writes them in MIR text (rustc_middle::ty::print::pretty), with the defining crate's path instead of
/// a visible re-export: `core::option::Option`, not `std::option::Option`.
/// </summary>
public sealed class PathPrinter(TyCtxt tcx, StringBuilder output)
{
    private readonly StringBuilder _out = output;

    public static string ToString(TyCtxt tcx, GenericArg arg)
    {
        var p = new PathPrinter(tcx, new StringBuilder());
        p.Arg(arg);
        return p._out.ToString();
    }

    public static string ToString(TyCtxt tcx, DefId def, GenericArgs args)
    {
        var p = new PathPrinter(tcx, new StringBuilder());
        p.ValuePath(def, args);
        return p._out.ToString();
    }

    public static string ToString(TyCtxt tcx, Instance instance)
    {
        string path = ToString(tcx, instance.Def, instance.Args);
        return instance.Kind is InstanceKind.Item or InstanceKind.Intrinsic ? path : $"{path} - {instance.Kind}";
    }

    public void Arg(GenericArg arg)
    {
        switch (arg)
        {
            case Ty ty: Type(ty); break;
            case Region r: Region(r); break;
            case Const c: Constant(c); break;
        }
    }

    private void Region(Region r) => _out.Append(r.Kind switch { RegionKind.ReStatic => "'static", RegionKind.ReErased or RegionKind.ReBound => r.Name ?? "'_", _ => r.Name ?? "'_" });

    public void Type(Ty ty)
    {
        switch (ty)
        {
            case PrimTy t: _out.Append(t.Name); break;
            case AdtTy t: TypePath(t.Def, t.Args); break;
            case ForeignTy t: TypePath(t.Def, tcx.Interner.NoArgs); break;
            case RefTy t:
                _out.Append('&');
                if (t.Region.Kind is RegionKind.ReStatic or RegionKind.ReEarlyParam || t.Region is { Kind: RegionKind.ReBound, Name: not null }) { Region(t.Region); _out.Append(' '); }
                if (t.Mutbl == Mutability.Mut) _out.Append("mut ");
                Type(t.Pointee);
                break;
            case RawPtrTy t: _out.Append(t.Mutbl == Mutability.Mut ? "*mut " : "*const "); Type(t.Pointee); break;
            case SliceTy t: _out.Append('['); Type(t.Element); _out.Append(']'); break;
            case ArrayTy t: _out.Append('['); Type(t.Element); _out.Append("; "); Constant(t.Length, withType: false); _out.Append(']'); break;
            case TupleTy t:
                _out.Append('(');
                Separated(t.Elements, Type);
                if (t.Elements.Length == 1) _out.Append(',');
                _out.Append(')');
                break;
            case FnDefTy t: _out.Append("fn item {"); ValuePath(t.Def, t.Args); _out.Append('}'); break;
            case FnPtrTy t: Signature(t.Sig.Value); break;
            case DynamicTy t: Dynamic(t); break;
            case ClosureTy t:
                _out.Append('{');
                _out.Append(t.Kind switch { TyKind.Coroutine => "coroutine", TyKind.CoroutineClosure => "async closure", _ => "closure" });
                _out.Append('@').Append(tcx.DefPath(t.Def)).Append('}');
                break;
            case PatTy t: _out.Append('('); Type(t.Base); _out.Append(") is "); Pattern(t.Pattern); break;
            case AliasTy { AliasKind: AliasTyKind.Projection } t: Projection(t.Def, t.Args); break;
            case AliasTy { AliasKind: AliasTyKind.Opaque } t: _out.Append("impl ").Append(tcx.DefPath(t.Def)); break;
            case AliasTy t: TypePath(t.Def, t.Args); break;
            case ParamTy t: _out.Append(t.Name); break;
            case UnsafeBinderTy t: _out.Append("unsafe<> "); Type(t.Inner.Value); break;
            default: _out.Append(ty); break;
        }
    }

    private void Signature(FnSig s)
    {
        if (s.Safety == Safety.Unsafe) _out.Append("unsafe ");
        if (s.Abi != ExternAbi.Rust) _out.Append("extern \"").Append(AbiName(s)).Append("\" ");
        _out.Append("fn(");
        Separated(s.Inputs, Type);
        if (s.CVariadic) _out.Append(", ...");
        _out.Append(')');
        if (s.Output.IsUnit) return;
        _out.Append(" -> ");
        Type(s.Output);
    }

    private static string AbiName(FnSig s)
    {
        string name = s.Abi switch
        {
            ExternAbi.RustCall => "rust-call",
            ExternAbi.RustCold => "rust-cold",
            ExternAbi.C => "C",
            ExternAbi.Cdecl => "cdecl",
            ExternAbi.SysV64 => "sysv64",
            ExternAbi.Win64 => "win64",
            _ => s.Abi.ToString().ToLowerInvariant(),
        };
        return s.AbiUnwind ? name + "-unwind" : name;
    }

    private void Dynamic(DynamicTy t)
    {
        _out.Append("dyn ");
        bool first = true;
        foreach (var p in t.Predicates)
        {
            if (p.Value is ExistentialPredicate.Projection) continue;
            if (!first) _out.Append(" + ");
            first = false;
            switch (p.Value)
            {
                case ExistentialPredicate.Trait trait:
                    _out.Append(tcx.DefPath(trait.Def));
                    var parts = new List<string>();
                    foreach (var a in trait.Args.Span) if (a is not Mir.Region) parts.Add(ToString(tcx, a));
                    foreach (var q in t.Predicates) if (q.Value is ExistentialPredicate.Projection j) parts.Add($"{tcx.DefKey(j.Def).Name} = {ToString(tcx, j.Term)}");
                    if (parts.Count > 0) _out.Append('<').AppendJoin(", ", parts).Append('>');
                    break;
                case ExistentialPredicate.AutoTrait auto: _out.Append(tcx.DefPath(auto.Def)); break;
            }
        }
        if (t.Region.Kind == RegionKind.ReStatic) _out.Append(" + 'static");
    }

    private void Pattern(TyPattern p)
    {
        switch (p)
        {
            case TyPattern.Range r: Constant(r.Start); _out.Append("..="); Constant(r.End); break;
            case TyPattern.Or or: Separated(or.Alternatives, Pattern, " | "); break;
            default: _out.Append("!null"); break;
        }
    }

    public void Constant(Const c, bool withType = false)
    {
        switch (c.Kind)
        {
            case ConstKind.Param: _out.Append(c.Name); break;
            case ConstKind.Value when c.Value is ValTree.Leaf leaf: Scalar(leaf.Scalar, c.Type!, withType); break;
            case ConstKind.Unevaluated: _out.Append("{const "); ValuePath(c.Def, c.Args!); _out.Append('}'); break;
            default: _out.Append(c); break;
        }
    }

    /// <summary>A scalar as MIR text has it: 5_i32, true, 'a', 1.5f64, or hexadecimal bits for other types.</summary>
    public void Scalar(ScalarInt s, Ty ty, bool withType = true)
    {
        var inv = CultureInfo.InvariantCulture;
        switch (ty.Kind)
        {
            case TyKind.Bool: _out.Append(s.Bits == 0 ? "false" : "true"); break;
            case TyKind.Char: _out.Append('\'').Append(char.ConvertFromUtf32((int)(uint)s.Bits)).Append('\''); break;
            case TyKind.Int: _out.Append(s.Signed.ToString(inv)); Suffix(); break;
            case TyKind.Uint: _out.Append(s.Bits.ToString(inv)); Suffix(); break;
            case TyKind.Float when ((PrimTy)ty).Float == FloatTy.F64: Float(BitConverter.UInt64BitsToDouble((ulong)s.Bits).ToString("R", inv)); break;
            case TyKind.Float when ((PrimTy)ty).Float == FloatTy.F32: Float(BitConverter.UInt32BitsToSingle((uint)s.Bits).ToString("R", inv)); break;
            default:
                _out.Append("{0x").Append(s.Bits.ToString("x", inv).TrimStart('0').PadLeft(s.Size * 2, '0')).Append(" as ");
                Type(ty);
                _out.Append('}');
                break;
        }
        void Suffix() { if (withType) _out.Append('_').Append(((PrimTy)ty).Name); }
        void Float(string digits)
        {
            _out.Append(digits);
            if (digits.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 || digits[0] == '-' && digits.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0) _out.Append(".0");
            if (withType) _out.Append(((PrimTy)ty).Name);
        }
    }

    private void Projection(DefId def, GenericArgs args)
    {
        var trait = tcx.Parent(def) ?? def;
        int own = tcx.GenericsOf(trait)?.Count ?? 1;
        _out.Append('<');
        Arg(args[0]);
        _out.Append(" as ").Append(tcx.DefPath(trait));
        ArgList(args, 1, own, turbofish: false);
        _out.Append(">::").Append(tcx.DefKey(def).Name);
        ArgList(args, own, args.Count, turbofish: false);
    }

    private void TypePath(DefId def, GenericArgs args)
    {
        _out.Append(tcx.DefPath(def));
        ArgList(args, 0, args.Count, turbofish: false);
    }

    /// <summary>A function, constant, constructor or static as an expression: arguments with a turbofish, methods by their self type or trait.</summary>
    public void ValuePath(DefId def, GenericArgs args)
    {
        var key = tcx.DefKey(def);
        var parent = tcx.Parent(def);
        if (key.Data == DefPathData.Ctor && parent is { } constructed) { ValuePath(constructed, args); return; }
        if (parent is null) { _out.Append(tcx.CrateName(def)); return; }
        // An item nested in a generic function or impl has none of its parameters.
        bool inherits = tcx.GenericsOf(def) is { } generics ? generics.Parent is not null : args.Count > 0;
        switch (tcx.DefKind(parent.Value))
        {
            case DefKind.Trait when inherits && args.Count > 0: Projection(def, args); return;
            case DefKind.Impl:
                {
                    int own = inherits ? tcx.GenericsOf(parent.Value)?.Count ?? 0 : 0;
                    if (tcx.ImplHeader(parent.Value) is { } header)
                    {
                        var trait = inherits && args.Count >= own ? tcx.Instantiate(header.TraitRef, args) : header.TraitRef;
                        _out.Append('<');
                        Type(trait.SelfTy);
                        _out.Append(" as ").Append(tcx.DefPath(trait.Def));
                        ArgList(trait.Args, 1, trait.Args.Count, turbofish: false);
                        _out.Append('>');
                    }
                    else
                    {
                        var self = tcx.TryTypeOf(parent.Value);
                        if (self is not null && inherits && args.Count >= own) self = tcx.Instantiate(self, args);
                        if (self is AdtTy adt) ValuePath(adt.Def, adt.Args);
                        else { _out.Append('<'); if (self is null) _out.Append('_'); else Type(self); _out.Append('>'); }
                    }
                    Segment(key);
                    ArgList(args, own, args.Count, turbofish: true);
                    return;
                }
            case DefKind.Enum when tcx.DefKind(def) == DefKind.Variant:
                ValuePath(parent.Value, args);
                Segment(key);
                return;
        }
        int inherited = inherits ? tcx.GenericsOf(parent.Value)?.Count ?? 0 : 0;
        ValuePath(parent.Value, inherited <= args.Count ? tcx.Interner.Args(args.Span[..inherited]) : tcx.Interner.NoArgs);
        Segment(key);
        if (key.Data != DefPathData.Closure) ArgList(args, inherited, args.Count, turbofish: true);
    }

    private void Segment(DefKey key) => _out.Append("::").Append(key.Data switch
    {
        DefPathData.Closure => $"{{closure#{key.Disambiguator}}}",
        DefPathData.Impl => $"{{impl#{key.Disambiguator}}}",
        DefPathData.ForeignMod => $"{{extern#{key.Disambiguator}}}",
        DefPathData.AnonConst or DefPathData.LateAnonConst => $"{{constant#{key.Disambiguator}}}",
        _ => key.Name ?? $"{{{key.Data.ToString().ToLowerInvariant()}#{key.Disambiguator}}}",
    });

    private void ArgList(GenericArgs args, int from, int to, bool turbofish)
    {
        bool any = false;
        for (int i = from; i < to && i < args.Count; i++)
        {
            if (args[i] is Region) continue;
            _out.Append(any ? ", " : turbofish ? "::<" : "<");
            any = true;
            Arg(args[i]);
        }
        if (any) _out.Append('>');
    }

    private void Separated<T>(T[] items, Action<T> each, string separator = ", ")
    {
        for (int i = 0; i < items.Length; i++)
        {
            if (i > 0) _out.Append(separator);
            each(items[i]);
        }
    }
}
