using System.Globalization;
using System.Text;

namespace Mirlink.Mir.Text;

/// <summary>A body in the syntax of rustc's `--emit=mir`, without its comments.</summary>
public sealed class MirPrinter
{
    private readonly TyCtxt _tcx;
    private readonly Body _body;
    private readonly StringBuilder _out = new();
    private readonly PathPrinter _paths;

    private MirPrinter(TyCtxt tcx, Body body)
    {
        _tcx = tcx;
        _body = body;
        _paths = new PathPrinter(tcx, _out);
    }

    public static string Print(TyCtxt tcx, Body body)
    {
        var p = new MirPrinter(tcx, body);
        p.Header();
        p.Scope(0, 1);
        p.Blocks();
        p._out.Append("}\n");
        return p._out.ToString();
    }

    private void Line(int indent) => _out.Append(' ', indent * 4);

    private static string Num(int n) => n.ToString(CultureInfo.InvariantCulture);

    private void Header()
    {
        var kind = _tcx.DefKind(_body.Def);
        string path = PathPrinter.ToString(_tcx, _body.Def, _tcx.IdentityArgs(_body.Def));
        int at = path.IndexOf("::", StringComparison.Ordinal);
        if (at > 0 && path[..at] == _tcx.CrateName(_body.Def)) path = path[(at + 2)..];
        bool isConst = _body.Promoted >= 0 || kind is DefKind.Const or DefKind.AssocConst or DefKind.AnonConst or DefKind.InlineConst or DefKind.Static;
        if (_body.Promoted >= 0) _out.Append("const ").Append(path).Append("::promoted[").Append(_body.Promoted).Append("]: ");
        else if (isConst) _out.Append(kind == DefKind.Static ? "static " : "const ").Append(path).Append(": ");
        if (isConst)
        {
            _paths.Type(_body.Locals[0].Ty);
            _out.Append(" = {\n");
        }
        else
        {
            _out.Append("fn ").Append(path).Append('(');
            for (int i = 1; i <= _body.ArgCount; i++)
            {
                if (i > 1) _out.Append(", ");
                _out.Append('_').Append(i).Append(": ");
                _paths.Type(_body.Locals[i].Ty);
            }
            _out.Append(") -> ");
            _paths.Type(_body.Locals[0].Ty);
            _out.Append(" {\n");
        }
    }

    private void Scope(int scope, int indent)
    {
        foreach (var v in _body.VarDebugInfo)
        {
            if (v.SourceInfo.Scope != scope) continue;
            Line(indent);
            _out.Append("debug ").Append(v.Name).Append(" => ");
            if (v.Const is not null) Constant(v.Const); else Place(v.Place);
            _out.Append(";\n");
        }
        for (int i = 0; i < _body.Locals.Length; i++)
        {
            var l = _body.Locals[i];
            if (i > 0 && i <= _body.ArgCount || l.SourceInfo.Scope != scope) continue;
            Line(indent);
            _out.Append(l.Mutability == Mutability.Mut ? "let mut _" : "let _").Append(i).Append(": ");
            _paths.Type(l.Ty);
            _out.Append(";\n");
        }
        for (int s = 1; s < _body.Scopes.Length; s++)
        {
            if (_body.Scopes[s].Parent != scope) continue;
            Line(indent);
            _out.Append("scope ").Append(s);
            if (_body.Scopes[s].Inlined is { } inlined)
            {
                _out.Append(" (inlined ");
                _paths.ValuePath(inlined.Def, inlined.Args);
                _out.Append(')');
            }
            _out.Append(" {\n");
            Scope(s, indent + 1);
            Line(indent);
            _out.Append("}\n");
        }
    }

    private void Blocks()
    {
        for (int b = 0; b < _body.Blocks.Length; b++)
        {
            var block = _body.Blocks[b];
            _out.Append("\n    bb").Append(b).Append(block.IsCleanup ? " (cleanup): {\n" : ": {\n");
            foreach (var s in block.Statements)
            {
                Line(2);
                Statement(s);
                _out.Append(";\n");
            }
            Line(2);
            Terminator(block.Terminator);
            _out.Append(";\n    }\n");
        }
    }

    private void Statement(Statement s)
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
            case StatementKind.FakeRead or StatementKind.PlaceMention or StatementKind.Retag:
                _out.Append(s.Kind).Append('(');
                Place(s.Place);
                _out.Append(')');
                break;
            case StatementKind.Nop: _out.Append("nop"); break;
            default: _out.Append(s.Kind); break;
        }
    }

    /// <summary>Projections are written from the inside out: prefixes of those that wrap, then suffixes.</summary>
    private void Place(Place place)
    {
        var projection = place.Projection ?? [];
        for (int i = projection.Length - 1; i >= 0; i--)
            _out.Append(projection[i].Kind switch
            {
                ProjectionKind.Deref => "(*",
                ProjectionKind.Field or ProjectionKind.Downcast or ProjectionKind.OpaqueCast => "(",
                ProjectionKind.UnwrapUnsafeBinder => "unwrap_binder!(",
                _ => "",
            });
        _out.Append('_').Append(place.Local);
        foreach (var e in projection)
        {
            switch (e.Kind)
            {
                case ProjectionKind.Deref or ProjectionKind.UnwrapUnsafeBinder: _out.Append(')'); break;
                case ProjectionKind.Field: _out.Append('.').Append(e.Index).Append(": "); _paths.Type(e.Ty!); _out.Append(')'); break;
                case ProjectionKind.Index: _out.Append("[_").Append(e.Index).Append(']'); break;
                case ProjectionKind.ConstantIndex: _out.Append('[').Append(e.FromEnd ? "-" : "").Append(e.Offset).Append(" of ").Append(e.MinLength).Append(']'); break;
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
                case ProjectionKind.Downcast: _out.Append(" as ").Append(e.Name ?? $"variant#{e.Index}").Append(')'); break;
                case ProjectionKind.OpaqueCast: _out.Append(" as "); _paths.Type(e.Ty!); _out.Append(')'); break;
            }
        }
    }

    private void Operand(Operand o)
    {
        switch (o.Kind)
        {
            case OperandKind.Copy: _out.Append("copy "); Place(o.Place); break;
            case OperandKind.Move: _out.Append("move "); Place(o.Place); break;
            case OperandKind.RuntimeChecks: _out.Append("const ").Append(o.Checks); break;
            default: _out.Append("const "); Constant(o.Constant!); break;
        }
    }

    private void Constant(ConstOperand operand)
    {
        switch (operand.Const)
        {
            case MirConst.OfTy c: _paths.Constant(c.Const, withType: true); break;
            case MirConst.Unevaluated c:
                _paths.ValuePath(c.Def, c.Args);
                if (c.Promoted is { } p) _out.Append("::promoted[").Append(p).Append(']');
                break;
            case MirConst.Val { Value: ConstValue.Scalar s } c: _paths.Scalar(s.Int, c.Ty); break;
            case MirConst.Val { Value: ConstValue.ZeroSized } c: ZeroSized(c.Ty); break;
            case MirConst.Val { Value: ConstValue.Slice { Alloc: GlobalAlloc.Memory m } slice, Ty: RefTy { Pointee.Kind: TyKind.Str } }:
                Text(m.Allocation.Bytes.AsSpan(0, (int)Math.Min(slice.Meta, (ulong)m.Allocation.Size)));
                break;
            case MirConst.Val { Value: ConstValue.Pointer ptr } c:
                _out.Append('{').Append(ptr.Alloc is GlobalAlloc.Static s2 ? _tcx.DefPath(s2.Def) : "alloc");
                if (ptr.Offset > 0) _out.Append("+0x").Append(ptr.Offset.ToString("x", CultureInfo.InvariantCulture));
                _out.Append(": ");
                _paths.Type(c.Ty);
                _out.Append('}');
                break;
            case MirConst.Val c: _out.Append("{ indirect: "); _paths.Type(c.Ty); _out.Append(" }"); break;
        }
    }

    private void ZeroSized(Ty ty)
    {
        switch (ty)
        {
            case FnDefTy f: _paths.ValuePath(f.Def, f.Args); break;
            case TupleTy { Elements.Length: 0 }: _out.Append("()"); break;
            default: _out.Append("ZeroSized: "); _paths.Type(ty); break;
        }
    }

    private void Text(ReadOnlySpan<byte> utf8)
    {
        _out.Append('"');
        foreach (char c in Encoding.UTF8.GetString(utf8))
            _ = c switch
            {
                '"' => _out.Append("\\\""),
                '\\' => _out.Append("\\\\"),
                '\n' => _out.Append("\\n"),
                '\r' => _out.Append("\\r"),
                '\t' => _out.Append("\\t"),
                _ when char.IsControl(c) => _out.Append("\\u{").Append(((int)c).ToString("x", CultureInfo.InvariantCulture)).Append('}'),
                _ => _out.Append(c),
            };
        _out.Append('"');
    }

    private void Value(Rvalue value)
    {
        switch (value)
        {
            case Rvalue.Use r: Operand(r.Operand); break;
            case Rvalue.Repeat r: _out.Append('['); Operand(r.Operand); _out.Append("; "); _paths.Constant(r.Count); _out.Append(']'); break;
            case Rvalue.Ref r:
                _out.Append(r.Kind switch { BorrowKind.Shared => "&", BorrowKind.FakeShallow => "&fake shallow ", BorrowKind.FakeDeep => "&fake ", _ => "&mut " });
                Place(r.Place);
                break;
            case Rvalue.RawPtr r:
                _out.Append(r.Kind switch { RawPtrKind.Mut => "&raw mut ", RawPtrKind.Const => "&raw const ", _ => "&raw const (fake) " });
                Place(r.Place);
                break;
            case Rvalue.ThreadLocalRef r: _out.Append("&/*tls*/ ").Append(_tcx.DefPath(r.Def)); break;
            case Rvalue.Cast r:
                Operand(r.Operand);
                _out.Append(" as ");
                _paths.Type(r.Ty);
                _out.Append(" (").Append(r.Kind switch
                {
                    CastKind.ReifyFnPointer or CastKind.UnsafeFnPointer or CastKind.ClosureFnPointer or CastKind.MutToConstPointer or CastKind.ArrayToPointer
                        or CastKind.Unsize => $"PointerCoercion({Coercion(r)}, {(r.IsImplicit ? "Implicit" : "AsCast")})",
                    _ => r.Kind.ToString(),
                }).Append(')');
                break;
            case Rvalue.BinaryOp r: _out.Append(r.Op).Append('('); Operand(r.Left); _out.Append(", "); Operand(r.Right); _out.Append(')'); break;
            case Rvalue.UnaryOp r: _out.Append(r.Op).Append('('); Operand(r.Operand); _out.Append(')'); break;
            case Rvalue.Discriminant r: _out.Append("discriminant("); Place(r.Place); _out.Append(')'); break;
            case Rvalue.CopyForDeref r: _out.Append("deref_copy "); Place(r.Place); break;
            case Rvalue.WrapUnsafeBinder r: _out.Append("wrap_binder!("); Operand(r.Operand); _out.Append("; "); _paths.Type(r.Ty); _out.Append(')'); break;
            case Rvalue.Aggregate r: Aggregate(r); break;
        }
    }

    private static string Coercion(Rvalue.Cast c) => c.Kind is CastKind.ReifyFnPointer or CastKind.ClosureFnPointer ? $"{c.Kind}({c.Safety})" : c.Kind.ToString();

    private void Operands(Operand[] operands)
    {
        for (int i = 0; i < operands.Length; i++)
        {
            if (i > 0) _out.Append(", ");
            Operand(operands[i]);
        }
    }

    private void Aggregate(Rvalue.Aggregate r)
    {
        switch (r.Kind)
        {
            case AggregateKind.Array: _out.Append('['); Operands(r.Operands); _out.Append(']'); break;
            case AggregateKind.Tuple:
                _out.Append('(');
                Operands(r.Operands);
                if (r.Operands.Length == 1) _out.Append(',');
                _out.Append(')');
                break;
            case AggregateKind.RawPtr: _out.Append(r.Mutability == Mutability.Mut ? "*mut " : "*const "); _paths.Type(r.Ty!); _out.Append(" from ("); Operands(r.Operands); _out.Append(')'); break;
            case AggregateKind.Adt:
                {
                    var def = _tcx.AdtDef(r.Def);
                    var variant = def.Variants[r.Variant];
                    _paths.ValuePath(r.Def, r.Args!);
                    if (def.IsEnum) _out.Append("::").Append(variant.Name);
                    if (variant.Ctor is not null)
                    {
                        if (variant.CtorIsFn) { _out.Append('('); Operands(r.Operands); _out.Append(')'); }
                        break;
                    }
                    Fields(r.Operands, i => variant.Fields[r.ActiveField >= 0 ? r.ActiveField : i].Name);
                    break;
                }
            default:
                _out.Append('{').Append(r.Kind == AggregateKind.Closure ? "closure" : "coroutine").Append('@').Append(_tcx.DefPath(r.Def)).Append('}');
                if (r.Operands.Length > 0) Fields(r.Operands, Num);
                break;
        }
    }

    private void Fields(Operand[] operands, Func<int, string> name)
    {
        _out.Append(" { ");
        for (int i = 0; i < operands.Length; i++)
        {
            if (i > 0) _out.Append(", ");
            _out.Append(name(i)).Append(": ");
            Operand(operands[i]);
        }
        _out.Append(" }");
    }

    private static string Unwind(UnwindAction u) => u.Kind switch
    {
        UnwindActionKind.Continue => "unwind continue",
        UnwindActionKind.Unreachable => "unwind unreachable",
        UnwindActionKind.Terminate => $"unwind terminate({(u.Reason == UnwindTerminateReason.Abi ? "abi" : "cleanup")})",
        _ => $"unwind: bb{u.Block}",
    };

    private void Targets(int target, UnwindAction unwind, string label = "return")
    {
        _out.Append(" -> ");
        if (target < 0) _out.Append(unwind.Kind == UnwindActionKind.Cleanup ? $"bb{unwind.Block}" : Unwind(unwind));
        else _out.Append('[').Append(label).Append(": bb").Append(target).Append(", ").Append(Unwind(unwind)).Append(']');
    }

    private void Terminator(Terminator terminator)
    {
        switch (terminator)
        {
            case Mir.Terminator.Goto t: _out.Append("goto -> bb").Append(t.Target); break;
            case Mir.Terminator.SwitchInt t:
                _out.Append("switchInt(");
                Operand(t.Discr);
                _out.Append(") -> [");
                for (int i = 0; i < t.Values.Length; i++) _out.Append(t.Values[i].ToString(CultureInfo.InvariantCulture)).Append(": bb").Append(t.Targets[i]).Append(", ");
                _out.Append("otherwise: bb").Append(t.Otherwise).Append(']');
                break;
            case Mir.Terminator.UnwindResume: _out.Append("resume"); break;
            case Mir.Terminator.UnwindTerminate t: _out.Append("terminate(").Append(t.Reason == UnwindTerminateReason.Abi ? "abi" : "cleanup").Append(')'); break;
            case Mir.Terminator.Return: _out.Append("return"); break;
            case Mir.Terminator.Unreachable: _out.Append("unreachable"); break;
            case Mir.Terminator.CoroutineDrop: _out.Append("coroutine_drop"); break;
            case Mir.Terminator.Drop t:
                _out.Append("drop(");
                Place(t.Place);
                _out.Append(')');
                Targets(t.Target, t.Unwind);
                break;
            case Mir.Terminator.Call t:
                Place(t.Destination);
                _out.Append(" = ");
                Callee(t.Func);
                _out.Append('(');
                Operands(t.Args);
                _out.Append(')');
                Targets(t.Target, t.Unwind);
                break;
            case Mir.Terminator.TailCall t: _out.Append("tailcall "); Callee(t.Func); _out.Append('('); Operands(t.Args); _out.Append(')'); break;
            case Mir.Terminator.Assert t:
                _out.Append("assert(").Append(t.Expected ? "" : "!");
                Operand(t.Cond);
                _out.Append(", ").Append(t.Kind);
                foreach (var o in t.Operands) { _out.Append(", "); Operand(o); }
                _out.Append(')');
                Targets(t.Target, t.Unwind, "success");
                break;
            case Mir.Terminator.Yield t:
                Place(t.ResumeArg);
                _out.Append(" = yield(");
                Operand(t.Value);
                _out.Append(") -> [resume: bb").Append(t.Resume);
                if (t.DropBlock >= 0) _out.Append(", drop: bb").Append(t.DropBlock);
                _out.Append(']');
                break;
            case Mir.Terminator.FalseEdge t: _out.Append("falseEdge -> [real: bb").Append(t.Real).Append(", imaginary: bb").Append(t.Imaginary).Append(']'); break;
            case Mir.Terminator.FalseUnwind t: _out.Append("falseUnwind"); Targets(t.Real, t.Unwind, "real"); break;
            case Mir.Terminator.InlineAsm t:
                _out.Append("asm!(\"");
                foreach (var p in t.Template) _out.Append(p.Text ?? (p.Modifier == '\0' ? $"{{{p.Operand}}}" : $"{{{p.Operand}:{p.Modifier}}}"));
                _out.Append("\")");
                if (t.Targets.Length > 0) Targets(t.Targets[0], t.Unwind);
                break;
        }
    }

    private void Callee(Operand func)
    {
        if (func is { Kind: OperandKind.Constant, Constant.Const: MirConst.Val { Value: ConstValue.ZeroSized, Ty: FnDefTy f } }) _paths.ValuePath(f.Def, f.Args);
        else Operand(func);
    }
}
