using System.Globalization;
using System.Text;

namespace Mirlink.Mir.Text;

/// <summary>
/// Bodies in the syntax of rustc's `--emit=mir -Ztrim-diagnostic-paths=no`, character for character (rustc_middle::mir::pretty), but for the numbers of
/// allocations, which are those of rustc's session: here they count from 0 in the order in which a printer meets them. One printer serves any
/// number of bodies of one crate; not thread-safe.
/// </summary>
/// <remarks>
/// Exactly rustc's text needs <see cref="VisiblePaths"/> and crates read from rustc's metadata. Without them the form is plain: paths of definitions instead
/// of those that can be imported, closures and impls not by position, and without what only this text shows.
/// </remarks>
public sealed partial class MirPrinter
{
    private readonly TyCtxt _tcx;
    private readonly int _krate;
    private readonly StringBuilder _out = new();
    private readonly PathPrinter _paths;
    private Body _body = null!;

    public MirPrinter(TyCtxt tcx, int krate, VisiblePaths? visible = null)
    {
        _tcx = tcx;
        _krate = krate;
        _paths = new PathPrinter(tcx, krate, _out, visible) { AllocName = Name };
    }

    /// <summary>The plain form, which is the same wherever the crate was read from.</summary>
    public static string Print(TyCtxt tcx, Body body) => new MirPrinter(tcx, body.Def.Krate).Print(body);

    /// <summary>The body, and the memory that its constants point to. Ends with a line feed.</summary>
    public string Print(Body body)
    {
        _out.Clear();
        _body = body;
        Header();
        Scope(0, 1, Children(body.Scopes));
        _out.Append('\n');
        Blocks();
        _out.Append("}\n");
        Allocations();
        return _out.ToString();
    }

    /// <summary>`const PATH: TYPE = const VALUE;`, for a constant whose body is not kept.</summary>
    public string PrintTrivialConst(DefId def, ConstValue value, Ty ty)
    {
        _out.Clear();
        _out.Append("const ");
        HeaderPath(def);
        _out.Append(": ");
        Type(ty);
        _out.Append(" = const ");
        _paths.MirConstant(new MirConst.Val(value, ty));
        _out.Append(";\n");
        return _out.ToString();
    }

    private void HeaderPath(DefId def)
    {
        _paths.ImplsByPosition = true;
        _paths.DefPathStr(def, []);
        _paths.ImplsByPosition = false;
    }

    private void Header()
    {
        var kind = _tcx.DefKind(_body.Def);
        bool isFunction = kind is DefKind.Fn or DefKind.AssocFn or DefKind.SyntheticCoroutineBody or DefKind.Closure
            or DefKind.CtorStructFn or DefKind.CtorStructConst or DefKind.CtorVariantFn or DefKind.CtorVariantConst;
        bool isPromoted = _body.Promoted >= 0;
        if (isPromoted || kind is DefKind.Const or DefKind.AssocConst) _out.Append("const ");
        else if (kind == DefKind.Static) _out.Append(_tcx.Crate(_body.Def).StaticMutability(_body.Def.Index) == Mutability.Mut ? "static mut " : "static ");
        else if (isFunction) _out.Append("fn ");
        int from = _out.Length;
        HeaderPath(_body.Def);
        Symbols?.Add(Since(from), _body.Def);
        if (isPromoted) _out.Append("::promoted[").Append(_body.Promoted).Append(']');
        if (isPromoted || !isFunction)
        {
            _out.Append(": ");
            Type(_body.Locals[0].Ty);
            _out.Append(" = {\n");
            return;
        }
        _out.Append('(');
        for (int i = 1; i <= _body.ArgCount; i++)
        {
            _out.Append(i > 1 ? ", _" : "_").Append(i).Append(": ");
            Type(_body.Locals[i].Ty);
        }
        _out.Append(") -> ");
        Type(_body.Locals[0].Ty);
        _out.Append(" {\n");
    }

    /// <summary>Is told what the names in printed bodies stand for, so that <see cref="MirParser"/> can read them.</summary>
    public MirSymbols? Symbols { get; set; }

    private string Since(int from) => _out.ToString(from, _out.Length - from);

    private void Type(Ty ty)
    {
        int from = _out.Length;
        _paths.Type(ty);
        Symbols?.Add(Since(from), ty);
    }

    private StringBuilder Indent(int depth) => _out.Append(' ', depth * 4);

    private static List<int>[] Children(SourceScopeData[] scopes)
    {
        var children = new List<int>[scopes.Length];
        for (int s = 0; s < scopes.Length; s++) if (scopes[s].Parent is >= 0 and var p) (children[p] ??= []).Add(s);
        return children;
    }

    private void Scope(int scope, int depth, List<int>[] children)
    {
        foreach (var v in _body.VarDebugInfo)
        {
            if (v.SourceInfo.Scope != scope) continue;
            Indent(depth).Append("debug ");
            if (v.FragmentTy is { } fragment)
            {
                OpenProjection(v.FragmentProjection!);
                _out.Append('(').Append(v.Name).Append(": ");
                Type(fragment);
                _out.Append(')');
                CloseProjection(v.FragmentProjection!);
            }
            else _out.Append(v.Name);
            _out.Append(" => ");
            if (v.Const is { } c) Constant(c.Const); else Place(v.Place);
            _out.Append(";\n");
        }
        for (int i = 0; i < _body.Locals.Length; i++)
        {
            var l = _body.Locals[i];
            if (i > 0 && i <= _body.ArgCount || l.SourceInfo.Scope != scope) continue;
            Indent(depth).Append(l.Mutability == Mutability.Mut ? "let mut _" : "let _").Append(i).Append(": ");
            Type(l.Ty);
            _out.Append(";\n");
        }
        foreach (int s in children[scope] ?? [])
        {
            Indent(depth).Append("scope ").Append(s);
            if (_body.Scopes[s].Inlined is { } inlined)
            {
                _out.Append(" (inlined ");
                if (RequiresCallerLocation(inlined)) _out.Append("#[track_caller] ");
                int from = _out.Length;
                _paths.Instance(inlined);
                Symbols?.Instances.TryAdd(Since(from), inlined);
                _out.Append(')');
            }
            _out.Append(" {\n");
            Scope(s, depth + 1, children);
            Indent(depth).Append("}\n");
        }
    }

    private bool RequiresCallerLocation(Instance i) => i.Kind switch
    {
        InstanceKind.Item or InstanceKind.Virtual => _tcx.CodegenFnAttrs(i.Def).TrackCaller,
        InstanceKind.ClosureOnceShim => i.Index == 1,
        _ => false,
    };

    private void Blocks()
    {
        for (int b = 0; b < _body.Blocks.Length; b++)
        {
            var block = _body.Blocks[b];
            if (b > 0) _out.Append('\n');
            _out.Append("    bb").Append(b).Append(block.IsCleanup ? " (cleanup): {\n" : ": {\n");
            for (int s = 0; s < block.Statements.Length; s++)
            {
                DebugInfo(b, s);
                Indent(2);
                Statement(in block.Statements[s]);
                _out.Append(";\n");
            }
            DebugInfo(b, block.Statements.Length);
            Indent(2);
            Terminator(block.Terminator);
            _out.Append(";\n    }\n");
        }
    }

    private void DebugInfo(int block, int statement)
    {
        if (_paths.IsPlain || _body.StatementDebugInfo is not { } all || !all.TryGetValue((block, statement), out var infos)) return;
        foreach (var i in infos)
        {
            Indent(2).Append("// DBG: _").Append(i.Local).Append(" = &");
            if (i.Referent is { } place) Place(place); else _out.Append('?');
            _out.Append(";\n");
        }
    }

    // -- places and operands --------------------------------------------------------------------------------------------------------------------

    private void Place(Place place)
    {
        var projection = place.Projection ?? [];
        OpenProjection(projection);
        _out.Append('_').Append(place.Local);
        CloseProjection(projection);
    }

    private void OpenProjection(ProjectionElem[] projection)
    {
        for (int i = projection.Length - 1; i >= 0; i--)
            _out.Append(projection[i].Kind switch
            {
                ProjectionKind.Deref => "(*",
                ProjectionKind.Field or ProjectionKind.Downcast or ProjectionKind.OpaqueCast => "(",
                ProjectionKind.UnwrapUnsafeBinder => "unwrap_binder!(",
                _ => "",
            });
    }

    private void CloseProjection(ProjectionElem[] projection)
    {
        foreach (var e in projection)
        {
            switch (e.Kind)
            {
                case ProjectionKind.Deref: _out.Append(')'); break;
                case ProjectionKind.Field: _out.Append('.').Append(e.Index).Append(": "); Type(e.Ty!); _out.Append(')'); break;
                case ProjectionKind.Index: _out.Append("[_").Append(e.Index).Append(']'); break;
                case ProjectionKind.ConstantIndex: _out.Append(e.FromEnd ? "[-" : "[").Append(e.Offset).Append(" of ").Append(e.MinLength).Append(']'); break;
                case ProjectionKind.Subslice:
                    _out.Append('[');
                    if (!e.FromEnd) _out.Append(e.Offset).Append("..").Append(e.MinLength);
                    else
                    {
                        if (e.Offset > 0 || e.MinLength == 0) _out.Append(e.Offset);
                        _out.Append(':');
                        if (e.MinLength > 0) _out.Append('-').Append(e.MinLength);
                    }
                    _out.Append(']');
                    break;
                case ProjectionKind.Downcast:
                    _out.Append(" as ");
                    if (e.Name is { } name) _out.Append(name); else _out.Append("variant#").Append(e.Index);
                    _out.Append(')');
                    break;
                case ProjectionKind.OpaqueCast: _out.Append(" as "); Type(e.Ty!); _out.Append(')'); break;
                case ProjectionKind.UnwrapUnsafeBinder: _out.Append("; "); Type(e.Ty!); _out.Append(')'); break;
            }
        }
    }

    private void Operand(Operand o)
    {
        switch (o.Kind)
        {
            case OperandKind.Copy: _out.Append("copy "); Place(o.Place); break;
            case OperandKind.Move: _out.Append("move "); Place(o.Place); break;
            case OperandKind.RuntimeChecks: _out.Append(o.Checks); break;
            default: Constant(o.Constant!.Const); break;
        }
    }

    private void Constant(MirConst c)
    {
        if (c.Type is not FnDefTy) _out.Append("const ");
        int from = _out.Length;
        _paths.MirConstant(c);
        Symbols?.Add(Since(from), c);
    }

    private void Operands(Operand[] operands)
    {
        for (int i = 0; i < operands.Length; i++)
        {
            if (i > 0) _out.Append(", ");
            Operand(operands[i]);
        }
    }

    // -- statements -----------------------------------------------------------------------------------------------------------------------------

    private void Statement(in Statement s)
    {
        switch (s.Kind)
        {
            case StatementKind.Assign:
                Place(s.Place);
                _out.Append(" = ");
                Value(s.Rvalue!);
                break;
            case StatementKind.SetDiscriminant: _out.Append("discriminant("); Place(s.Place); _out.Append(") = ").Append(s.Index); break;
            case StatementKind.StorageLive: _out.Append("StorageLive(_").Append(s.Place.Local).Append(')'); break;
            case StatementKind.StorageDead: _out.Append("StorageDead(_").Append(s.Place.Local).Append(')'); break;
            case StatementKind.Assume: _out.Append("assume("); Operand(s.Operands![0]); _out.Append(')'); break;
            case StatementKind.CopyNonOverlapping:
                _out.Append("copy_nonoverlapping(dst = ");
                Operand(s.Operands![1]);
                _out.Append(", src = ");
                Operand(s.Operands[0]);
                _out.Append(", count = ");
                Operand(s.Operands[2]);
                _out.Append(')');
                break;
            case StatementKind.Retag:
                _out.Append("Retag(").Append(s.Index switch { 0 => "[fn entry] ", 1 => "[2phase] ", 2 => "[raw] ", _ => "" });
                Place(s.Place);
                _out.Append(')');
                break;
            case StatementKind.PlaceMention or StatementKind.BackwardIncompatibleDropHint:
                _out.Append(s.Kind).Append('(');
                Place(s.Place);
                _out.Append(')');
                break;
            case StatementKind.Nop: _out.Append("nop"); break;
            case StatementKind.ConstEvalCounter: _out.Append("ConstEvalCounter"); break;
            default: throw new UnsupportedException($"the text of a statement of kind {s.Kind}");
        }
    }

    private void Value(Rvalue value)
    {
        switch (value)
        {
            case Rvalue.Use r: Operand(r.Operand); break;
            case Rvalue.Repeat r:
                _out.Append('[');
                Operand(r.Operand);
                _out.Append("; ");
                int count = _out.Length;
                _paths.Constant(r.Count, withType: false);
                Symbols?.TypeConstants.TryAdd(Since(count), r.Count);
                _out.Append(']');
                break;
            case Rvalue.Ref r:
                _out.Append(r.Kind switch { BorrowKind.Shared => "&", BorrowKind.FakeShallow => "&fake shallow ", BorrowKind.FakeDeep => "&fake ", _ => "&mut " });
                Place(r.Place);
                break;
            case Rvalue.RawPtr r:
                _out.Append(r.Kind switch { RawPtrKind.Mut => "&raw mut ", RawPtrKind.Const => "&raw const ", _ => "&raw const (fake) " });
                Place(r.Place);
                break;
            case Rvalue.ThreadLocalRef r:
                _out.Append("&/*tls*/ ").Append(_tcx.Crate(r.Def).StaticMutability(r.Def.Index) == Mutability.Mut ? "mut " : "");
                int item = _out.Length;
                _paths.DefPathStr(r.Def, []);
                Symbols?.Add(Since(item), r.Def);
                break;
            case Rvalue.Cast r:
                Operand(r.Operand);
                _out.Append(" as ");
                Type(r.Ty);
                _out.Append(" (").Append(CastName(r)).Append(')');
                break;
            case Rvalue.BinaryOp r: _out.Append(r.Op).Append('('); Operand(r.Left); _out.Append(", "); Operand(r.Right); _out.Append(')'); break;
            case Rvalue.UnaryOp r: _out.Append(r.Op).Append('('); Operand(r.Operand); _out.Append(')'); break;
            case Rvalue.Discriminant r: _out.Append("discriminant("); Place(r.Place); _out.Append(')'); break;
            case Rvalue.CopyForDeref r: _out.Append("deref_copy "); Place(r.Place); break;
            case Rvalue.WrapUnsafeBinder r: _out.Append("wrap_binder!("); Operand(r.Operand); _out.Append("; "); Type(r.Ty); _out.Append(')'); break;
            case Rvalue.Aggregate r: Aggregate(r); break;
        }
    }

    private static string CastName(Rvalue.Cast c)
    {
        string source = c.IsImplicit ? "Implicit" : "AsCast";
        return c.Kind switch
        {
            CastKind.ReifyFnPointer or CastKind.ClosureFnPointer => $"PointerCoercion({c.Kind}({c.Safety}), {source})",
            CastKind.UnsafeFnPointer or CastKind.MutToConstPointer or CastKind.ArrayToPointer or CastKind.Unsize => $"PointerCoercion({c.Kind}, {source})",
            _ => c.Kind.ToString(),
        };
    }

    private void Aggregate(Rvalue.Aggregate r)
    {
        int from = _out.Length;
        switch (r.Kind)
        {
            case AggregateKind.Array: _out.Append('['); Operands(r.Operands); _out.Append(']'); break;
            case AggregateKind.Tuple: Tuple(r.Operands); break;
            case AggregateKind.RawPtr:
                _out.Append(r.Mutability == Mutability.Mut ? "*mut " : "*const ");
                Type(r.Ty!);
                _out.Append(" from ");
                Tuple(r.Operands);
                break;
            case AggregateKind.Adt:
                {
                    var variant = _tcx.AdtDef(r.Def).Variants[r.Variant];
                    _paths.ValuePath(variant.Def, r.Args!);
                    // rustc always writes the first field's name, which says nothing.
                    if (_paths.IsPlain && r.ActiveField >= 0) _out.Append('.').Append(variant.Fields[r.ActiveField].Name);
                    Symbols?.Add(Since(from), r);
                    if (variant.Ctor is not null)
                    {
                        if (!variant.CtorIsFn || r.Operands.Length == 0) break;
                        _out.Append('(');
                        Operands(r.Operands);
                        _out.Append(')');
                        break;
                    }
                    Fields(r.Operands, Math.Min(variant.Fields.Length, r.Operands.Length), i => variant.Fields[i].Name);
                    break;
                }
            default:
                {
                    var source = _paths.IsPlain ? null : _tcx.Crate(r.Def) as ITextSource;
                    _out.Append(r.Kind == AggregateKind.Coroutine ? "{coroutine@" : "{closure@");
                    if (source?.SourceRange(r.Def.Index) is { } span) _out.Append(span).Append(r.Kind == AggregateKind.Coroutine ? " (#0)}" : "}");
                    else
                    {
                        _paths.ValuePath(r.Def, r.Args!);
                        _out.Append('}');
                    }
                    Symbols?.Add(Since(from), r);
                    string[]? names = r.Def.Krate == _krate ? source?.CapturedVariables(r.Def.Index) : null;
                    if (names is { Length: > 0 }) Fields(r.Operands, Math.Min(names.Length, r.Operands.Length), i => names[i]);
                    else Fields(r.Operands, r.Operands.Length, i => i.ToString(CultureInfo.InvariantCulture));
                    break;
                }
        }
    }

    private void Tuple(Operand[] operands)
    {
        _out.Append('(');
        Operands(operands);
        _out.Append(operands.Length == 1 ? ",)" : ")");
    }

    private void Fields(Operand[] operands, int count, Func<int, string> name)
    {
        if (count == 0) return;
        _out.Append(" { ");
        for (int i = 0; i < count; i++)
        {
            if (i > 0) _out.Append(", ");
            _out.Append(name(i)).Append(": ");
            Operand(operands[i]);
        }
        _out.Append(" }");
    }
}
