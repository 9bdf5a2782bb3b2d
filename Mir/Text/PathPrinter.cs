using System.Text;

namespace Mirlink.Mir.Text;

/// <summary>
/// Paths, types and constants as rustc's pretty printer writes them (rustc_middle::ty::print) while it compiles <paramref name="localCrate"/>, paths not
/// trimmed: items of that crate without its name, those of others by a path that crate could import, closures of the crate by their position. Without
/// <see cref="VisiblePaths"/> in its plain form, which is the same wherever the crates were read from: definition paths only.
/// </summary>
public sealed partial class PathPrinter
{
    private readonly TyCtxt _tcx;
    private readonly int _local;
    private readonly VisiblePaths? _visible;
    private readonly string _edition;
    private readonly StringBuilder _out;
    /// <summary>In an expression, where generic arguments need a turbofish.</summary>
    private bool _inValue;
    /// <summary>Nothing of the path is written yet.</summary>
    private bool _emptyPath;
    /// <summary>Types without bound variables, written outside of expressions.</summary>
    private readonly Dictionary<Ty, string> _types = [];

    public PathPrinter(TyCtxt tcx, int localCrate, StringBuilder output, VisiblePaths? visible = null)
    {
        _tcx = tcx;
        _local = localCrate;
        _visible = visible;
        _edition = visible is null ? "" : VisiblePaths.Edition(tcx, localCrate);
        _out = output;
    }

    /// <summary>An instance for messages: plain paths with their crates.</summary>
    public static string ToString(TyCtxt tcx, Instance instance)
    {
        var p = new PathPrinter(tcx, -1, new StringBuilder());
        p.Instance(instance);
        return p._out.ToString();
    }

    /// <summary>Impls of the local crate show as `&lt;impl at file:line:column: line:column&gt;`: in the headers of bodies.</summary>
    public bool ImplsByPosition { get; set; }

    /// <summary>How an allocation is named; null: `&amp;_`.</summary>
    internal Func<GlobalAlloc, string>? AllocName { get; init; }

    /// <summary>In the plain form: what rustc's messages show all the same, positions of closures and names of lifetimes.</summary>
    public bool ForMessages { get; init; }

    private ITextSource? Text(DefId def) => ForMessages ? _tcx.Crate(def).Text : _visible is null ? null : _tcx.Crate(def) as ITextSource;

    internal bool IsPlain => _visible is null;

    /// <summary>A pointer as `alloc3+0x8&lt;imm&gt;`.</summary>
    internal string PointerText(string alloc, ulong offset, bool immutable) =>
        alloc + (offset > 0 ? "+0x" + offset.ToString("x", System.Globalization.CultureInfo.InvariantCulture) : "") + (immutable && !IsPlain ? "<imm>" : "");

    private bool IsLocal(DefId def) => def.Krate == _local;

    /// <summary>An item's path; its arguments with a turbofish if it is a value.</summary>
    public void DefPathStr(DefId def, ReadOnlySpan<GenericArg> args)
    {
        bool was = _inValue;
        _inValue = _tcx.DefKey(def).Data is DefPathData.ValueNs or DefPathData.AnonConst or DefPathData.LateAnonConst or DefPathData.Closure or DefPathData.Ctor;
        DefPath(def, args);
        _inValue = was;
    }

    /// <summary>A path in an expression.</summary>
    public void ValuePath(DefId def, GenericArgs args)
    {
        bool was = _inValue;
        _inValue = true;
        DefPath(def, args.Span);
        _inValue = was;
    }

    public void Instance(Instance instance)
    {
        ValuePath(instance.Def, instance.Args);
        switch (instance.Kind)
        {
            case InstanceKind.Item: break;
            case InstanceKind.Intrinsic: _out.Append(" - intrinsic"); break;
            case InstanceKind.VTableShim: _out.Append(" - shim(vtable)"); break;
            case InstanceKind.ReifyShim: _out.Append(instance.Index switch { 0 => " - shim(reify)", 1 => " - shim(reify-fnptr)", _ => " - shim(reify-vtable)" }); break;
            case InstanceKind.ThreadLocalShim: _out.Append(" - shim(tls)"); break;
            case InstanceKind.Virtual: _out.Append(" - virtual#").Append(instance.Index); break;
            case InstanceKind.ClosureOnceShim or InstanceKind.ConstructCoroutineInClosureShim: _out.Append(" - shim"); break;
            case InstanceKind.DropGlue when instance.Ty is null: _out.Append(" - shim(None)"); break;
            case InstanceKind.DropGlue or InstanceKind.AsyncDropGlueCtorShim:
                _out.Append(" - shim(Some(");
                Type(instance.Ty!);
                _out.Append("))");
                break;
            default:
                _out.Append(" - shim(");
                Type(instance.Ty!);
                _out.Append(')');
                break;
        }
    }

    private void DefPath(DefId def, ReadOnlySpan<GenericArg> args)
    {
        if (args.Length == 0 && _visible?.Path(def) is { } visible)
        {
            _out.Append(visible);
            _emptyPath = visible.Length == 0;
            return;
        }
        var key = _tcx.DefKey(def);
        if (key.Data == DefPathData.Impl && ImplsByPosition && IsLocal(def) && Text(def)?.SourceRange(def.Index) is { } span)
        {
            DefPath(new DefId(def.Krate, key.Parent), []);
            Separator();
            _out.Append("<impl at ").Append(span).Append('>');
            _emptyPath = false;
            return;
        }
        switch (key.Data)
        {
            case DefPathData.CrateRoot:
                if (!IsLocal(def)) _out.Append(_tcx.CrateName(def));
                _emptyPath = IsLocal(def);
                break;
            case DefPathData.Impl: ImplPath(def, args); break;
            default: ItemPath(def, key, args); break;
        }
    }

    private void Separator() { if (!_emptyPath) _out.Append("::"); }

    private void ItemPath(DefId def, DefKey key, ReadOnlySpan<GenericArg> args)
    {
        var parent = new DefId(def.Krate, key.Parent);
        var parentArgs = args;
        bool qualify = false;
        if (args.Length > 0)
        {
            var generics = _tcx.GenericsOf(def);
            // variants and fields have exactly the parameters of their type
            int parentCount = generics?.ParentCount ?? args.Length, count = generics?.Count ?? args.Length;
            parentArgs = args[..Math.Min(parentCount, args.Length)];
            switch (key.Data)
            {
                case DefPathData.Closure:
                    if (args.Length > parentArgs.Length && Text(def)?.CoroutineDescription(def.Index) is { } kind && kind.EndsWith("closure body", StringComparison.Ordinal))
                    {
                        DefPath(def, parentArgs);
                        GenericList(args.Slice(parentArgs.Length, 1));
                        return;
                    }
                    break;
                case DefPathData.SyntheticCoroutineBody or DefPathData.AnonConst: break;
                default:
                    if (generics is { OwnParams.Length: > 0 } && args.Length >= count)
                    {
                        var own = OwnArgsNoDefaults(generics, args);
                        DefPath(def, parentArgs);
                        if (own.Length > 0) GenericList(own);
                        return;
                    }
                    break;
            }
            qualify = generics is { HasSelf: true } && generics.Parent == parent && parentArgs.Length == parentCount && _tcx.GenericsOf(parent) is { ParentCount: 0 };
        }
        if (qualify) Qualified((Ty)parentArgs[0], parent, parentArgs);
        else DefPath(parent, parentArgs);
        if (key.Data is DefPathData.ForeignMod or DefPathData.Ctor) return;
        Separator();
        _out.Append(PathSegment.Of(key, _edition));
        _emptyPath = false;
    }

    private void GenericList(ReadOnlySpan<GenericArg> args)
    {
        if (_inValue) _out.Append("::");
        Delimited(() => { }, args);
    }

    /// <summary>Something in angle brackets: a prefix, then arguments.</summary>
    private void Delimited(Action prefix, ReadOnlySpan<GenericArg> args)
    {
        bool was = _inValue;
        _inValue = false;
        _out.Append('<');
        prefix();
        Args(args);
        _out.Append('>');
        _inValue = was;
    }

    private void Args(ReadOnlySpan<GenericArg> args)
    {
        for (int i = 0; i < args.Length; i++)
        {
            if (i > 0) _out.Append(", ");
            Arg(args[i]);
        }
    }

    public void Arg(GenericArg arg)
    {
        switch (arg)
        {
            case Ty ty: Type(ty); break;
            case Region r: Region(r); break;
            case Const c: Constant(c, withType: false); break;
        }
    }

    /// <summary>An item's own arguments without Self and without those that end the list and are what they default to.</summary>
    private ReadOnlySpan<GenericArg> OwnArgsNoDefaults(Generics g, ReadOnlySpan<GenericArg> args)
    {
        int start = g.ParentCount, end = g.Count;
        if (g.Parent is null && g.HasSelf) start = 1;
        GenericArgs? list = null;
        for (int i = g.OwnParams.Length - 1; i >= 0 && end > start; i--)
        {
            var param = g.OwnParams[i];
            if (!param.HasDefault) break;
            GenericArg? value = param.Kind switch
            {
                GenericParamKind.Type => _tcx.TryTypeOf(param.Def),
                GenericParamKind.Const => _tcx.Crate(param.Def).ConstParamDefault(param.Def.Index),
                _ => null,
            };
            if (value is null) break;
            list ??= _tcx.Interner.Args(args);
            var instantiated = value is Ty t ? (GenericArg)_tcx.Instantiate(t, list) : _tcx.Instantiate((Const)value, list);
            if (!ReferenceEquals(instantiated, args[param.Index])) break;
            end--;
        }
        return args[start..end];
    }

    private void Qualified(Ty self, DefId? trait, ReadOnlySpan<GenericArg> traitArgs)
    {
        if (trait is null && self is AdtTy or ForeignTy or PrimTy { Kind: not TyKind.Never })
        {
            Type(self);
            _emptyPath = false;
            return;
        }
        bool was = _inValue;
        _inValue = false;
        _out.Append('<');
        Type(self);
        if (trait is { } t)
        {
            _out.Append(" as ");
            DefPath(t, traitArgs);
        }
        _out.Append('>');
        _inValue = was;
        _emptyPath = false;
    }

    private void ImplPath(DefId impl, ReadOnlySpan<GenericArg> args)
    {
        var traitRef = _tcx.ImplHeader(impl)?.TraitRef;
        var self = _tcx.TypeOf(impl);
        if ((_tcx.GenericsOf(impl)?.Count ?? 0) <= args.Length)
        {
            var list = _tcx.Interner.Args(args);
            self = _tcx.Instantiate(self, list);
            if (traitRef is not null) traitRef = _tcx.Instantiate(traitRef, list);
        }
        var parent = new DefId(impl.Krate, _tcx.DefKey(impl).Parent);
        bool besideSelf = CharacteristicDef(self) is { } c && _tcx.Parent(c) == parent;
        bool besideTrait = traitRef is not null && _tcx.Parent(traitRef.Def) == parent;
        if (besideSelf || besideTrait)
        {
            Qualified(self, traitRef?.Def, traitRef is null ? [] : traitRef.Args.Span);
            return;
        }
        DefPath(parent, []);
        Separator();
        bool was = _inValue;
        _inValue = false;
        _out.Append("<impl ");
        if (traitRef is not null)
        {
            DefPath(traitRef.Def, traitRef.Args.Span);
            _out.Append(" for ");
        }
        Type(self);
        _out.Append('>');
        _inValue = was;
        _emptyPath = false;
    }

    /// <summary>The definition that a type is best known by, to tell whether an impl stands beside it.</summary>
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
}
