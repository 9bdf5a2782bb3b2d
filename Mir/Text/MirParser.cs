using System.Globalization;

namespace Mirlink.Mir.Text;

/// <summary>
/// Reads bodies in the form that <see cref="MirPrinter"/> writes, so that tests of passes can have them as text. Structure, places and primitive types are
/// understood by themselves; names of items, other types and constants are looked up in <see cref="MirSymbols"/>, as a printer filled them. The text says
/// nothing of spans, of statements' scopes or of where in memory a constant is: memory dumps after a body are skipped.
/// </summary>
public sealed partial class MirParser
{
    private readonly TyCtxt _tcx;
    private readonly MirSymbols _symbols;
    /// <summary>How many values of each name were read.</summary>
    private readonly Dictionary<string, int> _aggregates = new(StringComparer.Ordinal);
    private readonly string[] _lines;
    private readonly List<LocalDecl> _locals = [];
    private readonly List<SourceScopeData> _scopes = [];
    private readonly List<VarDebugInfo> _debug = [];
    private readonly List<BasicBlockData> _blocks = [];
    private readonly Dictionary<(int, int), StatementDebugInfo[]> _statementDebug = [];
    private int _line;

    private MirParser(TyCtxt tcx, MirSymbols symbols, string text)
    {
        _tcx = tcx;
        _symbols = symbols;
        _lines = text.Split('\n');
    }

    /// <param name="def">What the body is of; null: what its path stands for among the symbols.</param>
    /// <exception cref="MirlinkException">Not the text of a body, or with a name that is not known.</exception>
    public static Body Parse(TyCtxt tcx, MirSymbols symbols, string text, DefId? def = null, MirPhase phase = MirPhase.RuntimeOptimized) =>
        new MirParser(tcx, symbols, text).Run(def, phase);

    private MirlinkException Error(string what) => new($"MIR text, line {_line + 1}: {what}: `{(_line < _lines.Length ? _lines[_line].Trim() : "")}`");

    private Body Run(DefId? def, MirPhase phase)
    {
        while (_line < _lines.Length && (_lines[_line].Length == 0 || _lines[_line].StartsWith("//", StringComparison.Ordinal))) _line++;
        var (path, promoted, argCount) = Header();
        var item = def ?? (_symbols.Items.TryGetValue(path, out var known) ? known : throw Error($"unknown item `{path}`"));
        _scopes.Add(new SourceScopeData(Span.Dummy, -1, null, Span.Dummy, -1));
        _line++;
        Scope(0);
        while (_line < _lines.Length && _lines[_line] != "}")
        {
            if (_lines[_line].Length == 0) _line++;
            else Block();
        }
        if (_line >= _lines.Length) throw Error("the body has no end");
        for (int i = 0; i < _locals.Count; i++) if (_locals[i].Ty is null) throw Error($"_{i} is not declared");
        var body = new Body
        {
            Blocks = [.. _blocks],
            Locals = [.. _locals],
            ArgCount = argCount,
            Scopes = [.. _scopes],
            VarDebugInfo = [.. _debug],
            StatementDebugInfo = _statementDebug.Count > 0 ? _statementDebug : null,
            Phase = phase,
            Span = Span.Dummy,
            Def = item,
            Promoted = promoted,
        };
        TypeAggregates(body);
        return body;
    }

    /// <summary>Arrays' element types and type arguments, which the text does not always say: they are those of the places.</summary>
    private void TypeAggregates(Body body)
    {
        foreach (var block in body.Blocks.AsSpan())
            for (int i = 0; i < block.Statements.Length; i++)
            {
                if (block.Statements[i] is not { Kind: StatementKind.Assign, Rvalue: Rvalue.Aggregate { Kind: AggregateKind.Array or AggregateKind.Adt } r, Place: var place }) continue;
                switch (body.TypeOf(_tcx, place))
                {
                    case ArrayTy array when r.Kind == AggregateKind.Array:
                        block.Statements[i].Rvalue = new Rvalue.Aggregate(r.Kind, r.Operands) { Ty = array.Element };
                        break;
                    case AdtTy adt when r.Kind == AggregateKind.Adt && adt.Def == r.Def:
                        block.Statements[i].Rvalue = new Rvalue.Aggregate(r.Kind, r.Operands) { Def = r.Def, Args = adt.Args, Variant = r.Variant, ActiveField = r.ActiveField };
                        break;
                }
            }
    }

    private (string Path, int Promoted, int ArgCount) Header()
    {
        string line = _lines[_line];
        foreach (string keyword in (ReadOnlySpan<string>)["fn ", "const ", "static mut ", "static "])
        {
            if (!line.StartsWith(keyword, StringComparison.Ordinal)) continue;
            line = line[keyword.Length..];
            if (keyword == "fn ") return Function(line);
            break;
        }
        var c = new Cursor(line, this);
        string path = c.Until(": ");
        int promoted = -1, at = path.IndexOf("::promoted[", StringComparison.Ordinal);
        if (at > 0)
        {
            promoted = int.Parse(path.AsSpan(at + 11, path.Length - at - 12), NumberStyles.None, CultureInfo.InvariantCulture);
            path = path[..at];
        }
        c.Expect(": ");
        Declare(0, Type(c.Until(" = {")), Mutability.Mut, 0);
        return (path, promoted, 0);
    }

    private (string, int, int) Function(string line)
    {
        var c = new Cursor(line, this);
        string path = c.Until("(");
        c.Expect("(");
        int count = 0;
        while (!c.TryExpect(")"))
        {
            if (count > 0) c.Expect(", ");
            int local = c.Local();
            c.Expect(": ");
            Declare(local, Type(c.Until(", _", ")")), Mutability.Not, 0);
            count++;
        }
        c.Expect(" -> ");
        Declare(0, Type(c.Until(" {")), Mutability.Mut, 0);
        return (path, -1, count);
    }

    private void Declare(int local, Ty ty, Mutability mutability, int scope)
    {
        while (_locals.Count <= local) _locals.Add(default);
        _locals[local] = new LocalDecl(ty, mutability, new SourceInfo(Span.Dummy, scope));
    }

    /// <summary>Declarations and nested scopes, to the empty line before the blocks or to the end of a nested scope.</summary>
    private void Scope(int scope)
    {
        for (; _line < _lines.Length; _line++)
        {
            string line = _lines[_line].Trim();
            if (line is "" or "}" || line.StartsWith("bb", StringComparison.Ordinal)) return;
            if (line.StartsWith("let ", StringComparison.Ordinal))
            {
                var c = new Cursor(line[4..^1], this);
                bool mutable = c.TryExpect("mut ");
                int local = c.Local();
                c.Expect(": ");
                Declare(local, Type(c.Rest()), mutable ? Mutability.Mut : Mutability.Not, scope);
            }
            else if (line.StartsWith("debug ", StringComparison.Ordinal)) Debug(new Cursor(line[6..^1], this), scope);
            else if (line.StartsWith("scope ", StringComparison.Ordinal))
            {
                var c = new Cursor(line[6..], this);
                int number = (int)c.Number();
                Instance? inlined = null;
                if (c.TryExpect(" (inlined "))
                {
                    c.TryExpect("#[track_caller] ");
                    string text = c.Until(") {");
                    if (!_symbols.Instances.TryGetValue(text, out inlined)) throw Error($"unknown instance `{text}`");
                }
                while (_scopes.Count <= number) _scopes.Add(default);
                _scopes[number] = new SourceScopeData(Span.Dummy, scope, inlined, Span.Dummy, -1);
                _line++;
                Scope(number);
            }
            else throw Error("no declaration");
        }
    }

    private void Debug(Cursor c, int scope)
    {
        Ty? fragment = null;
        ProjectionElem[]? projection = null;
        string name;
        if (c.Peek('('))
        {
            var wrappers = new List<ProjectionElem>();
            (name, fragment) = Fragment(c, wrappers);
            projection = [.. wrappers];
        }
        else name = c.Until(" => ");
        c.Expect(" => ");
        var info = new SourceInfo(Span.Dummy, scope);
        // locals may be declared after what refers to them: variants are found by their names when all are known
        if (c.TryExpect("const ")) _debug.Add(new VarDebugInfo(name, info, default, new ConstOperand(Constant(c.Rest()), Span.Dummy), 0, fragment, projection));
        else if (c.Peek('_') || c.Peek('(')) _debug.Add(new VarDebugInfo(name, info, Place(c).Place, null, 0, fragment, projection));
        else _debug.Add(new VarDebugInfo(name, info, default, new ConstOperand(Constant(c.Rest()), Span.Dummy), 0, fragment, projection));
    }

    /// <summary>`(name: Type)` inside of the projections to the part that is meant.</summary>
    private (string Name, Ty Ty) Fragment(Cursor c, List<ProjectionElem> projection)
    {
        c.Expect("(");
        if (c.TryExpect("*"))
        {
            var inner = Fragment(c, projection);
            c.Expect(")");
            projection.Add(ProjectionElem.Deref);
            return inner;
        }
        if (!c.Peek('('))
        {
            string name = c.Until(": ");
            c.Expect(": ");
            var ty = Type(c.Until(")"));
            c.Expect(")");
            return (name, ty);
        }
        var found = Fragment(c, projection);
        if (c.TryExpect(".")) projection.Add(Field(c));
        else
        {
            c.Expect(" as ");
            string variant = c.Until(")");
            projection.Add(new ProjectionElem(ProjectionKind.Downcast, Name: variant));
        }
        c.Expect(")");
        return found;
    }

    private ProjectionElem Field(Cursor c)
    {
        int field = (int)c.Number();
        c.Expect(": ");
        return ProjectionElem.Field(field, Type(c.Until(")")));
    }

    // -- blocks -----------------------------------------------------------------------------------------------------------------------------------

    private void Block()
    {
        var c = new Cursor(_lines[_line].Trim(), this);
        int number = c.BlockNumber();
        if (number != _blocks.Count) throw Error("blocks are not in order");
        bool cleanup = c.TryExpect(" (cleanup)");
        c.Expect(": {");
        var statements = new List<Statement>();
        var debug = new List<StatementDebugInfo>();
        Terminator? terminator = null;
        for (_line++; _lines[_line] != "    }"; _line++)
        {
            string text = _lines[_line].Trim();
            if (text.StartsWith("// DBG: ", StringComparison.Ordinal))
            {
                debug.Add(DebugInfo(new Cursor(text[8..^1], this)));
                continue;
            }
            if (terminator is not null) throw Error("after the terminator");
            if (text.StartsWith("asm!(", StringComparison.Ordinal)) text = WholeAsm();
            if (debug.Count > 0)
            {
                _statementDebug.Add((number, statements.Count), [.. debug]);
                debug.Clear();
            }
            if (!text.EndsWith(';')) throw Error("no semicolon at the end");
            text = text[..^1];
            terminator = TryTerminator(text);
            if (terminator is null) statements.Add(Statement(new Cursor(text, this)));
        }
        _line++;
        _blocks.Add(new BasicBlockData { Statements = [.. statements], Terminator = terminator ?? throw Error($"bb{number} has no terminator"), IsCleanup = cleanup });
    }

    private StatementDebugInfo DebugInfo(Cursor c)
    {
        int local = c.Local();
        c.Expect(" = &");
        return new StatementDebugInfo(local, c.TryExpect("?") ? null : Place(c).Place);
    }

    private Statement Statement(Cursor c)
    {
        var s = new Statement { Place = new Place(0), SourceInfo = new SourceInfo(Span.Dummy, 0) };
        if (c.TryExpect("StorageLive(")) { s.Kind = StatementKind.StorageLive; s.Place = new Place(c.Local()); }
        else if (c.TryExpect("StorageDead(")) { s.Kind = StatementKind.StorageDead; s.Place = new Place(c.Local()); }
        else if (c.TryExpect("nop")) s.Kind = StatementKind.Nop;
        else if (c.TryExpect("ConstEvalCounter")) s.Kind = StatementKind.ConstEvalCounter;
        else if (c.TryExpect("PlaceMention(")) { s.Kind = StatementKind.PlaceMention; s.Place = Place(c).Place; }
        else if (c.TryExpect("BackwardIncompatibleDropHint(")) { s.Kind = StatementKind.BackwardIncompatibleDropHint; s.Place = Place(c).Place; }
        else if (c.TryExpect("Retag("))
        {
            s.Kind = StatementKind.Retag;
            s.Index = c.TryExpect("[fn entry] ") ? 0 : c.TryExpect("[2phase] ") ? 1 : c.TryExpect("[raw] ") ? 2 : 3;
            s.Place = Place(c).Place;
        }
        else if (c.TryExpect("discriminant("))
        {
            s.Kind = StatementKind.SetDiscriminant;
            s.Place = Place(c).Place;
            c.Expect(") = ");
            s.Index = (int)c.Number();
        }
        else if (c.TryExpect("assume(")) { s.Kind = StatementKind.Assume; s.Operands = [Operand(c)]; }
        else if (c.TryExpect("copy_nonoverlapping(dst = "))
        {
            s.Kind = StatementKind.CopyNonOverlapping;
            var destination = Operand(c);
            c.Expect(", src = ");
            var source = Operand(c);
            c.Expect(", count = ");
            s.Operands = [source, destination, Operand(c)];
        }
        else
        {
            s.Kind = StatementKind.Assign;
            s.Place = Place(c).Place;
            c.Expect(" = ");
            s.Rvalue = Value(c);
        }
        return s;
    }
}
