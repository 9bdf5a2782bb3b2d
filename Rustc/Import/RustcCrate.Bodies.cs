using Mirlink.Mir;
using BasicBlockData = Mirlink.Mir.BasicBlockData;
using Body = Mirlink.Mir.Body;
using ConstOperand = Mirlink.Mir.ConstOperand;
using CoroutineLayout = Mirlink.Mir.CoroutineLayout;
using DefKindRow = Mirlink.Rustc.Metadata.Raw.DefKindRow;
using LocalDecl = Mirlink.Mir.LocalDecl;
using MirPhase = Mirlink.Mir.MirPhase;
using Mutability = Mirlink.Mir.Mutability;
using Operand = Mirlink.Mir.Operand;
using Place = Mirlink.Mir.Place;
using ProjectionElem = Mirlink.Mir.ProjectionElem;
using Raw = Mirlink.Rustc.Metadata.Raw;
using Rvalue = Mirlink.Mir.Rvalue;
using SourceInfo = Mirlink.Mir.SourceInfo;
using SourceScopeData = Mirlink.Mir.SourceScopeData;
using Span = Mirlink.Mir.Span;
using Statement = Mirlink.Mir.Statement;
using VarDebugInfo = Mirlink.Mir.VarDebugInfo;

namespace Mirlink.Rustc.Import;

/// <summary>Bodies as a whole, places, operands, coroutine layouts.</summary>
public sealed partial class RustcCrate
{
    /// <summary>A constructor's body is only in the table for compile-time evaluation.</summary>
    bool IsCtor(int index) => _meta.DefKind((uint)index) is >= DefKindRow.CtorStructFn and <= DefKindRow.CtorVariantConst;

    public Span DefSpan(int index) => _meta.DefSpan((uint)index) is { } s ? Import(s) : Span.Dummy;

    public bool HasOptimizedMir(int index) => _meta.HasOptimizedMir((uint)index) || IsCtor(index) && _meta.HasMirForCtfe((uint)index);

    public Body? OptimizedMir(int index)
    {
        var raw = _meta.OptimizedMir((uint)index) ?? (IsCtor(index) ? _meta.MirForCtfe((uint)index) : null);
        return raw is null ? null : Import(raw, index);
    }

    public Body? MirForCtfe(int index)
    {
        if (_meta.MirForCtfe((uint)index) is { } raw) return Import(raw, index);
        if (_meta.TrivialConst((uint)index) is not { } trivial) return null;
        // rustc writes just the value of constants that are a literal
        var ty = Import(trivial.Item2);
        var span = _meta.DefSpan((uint)index) is { } s ? Import(s) : Span.Dummy;
        var info = new SourceInfo(span, 0);
        var value = new Rvalue.Use(Operand.Const(new MirConst.Val(Import(trivial.Item1), ty), span));
        return new Body
        {
            Blocks = [new BasicBlockData { Statements = [Statement.Assign(Place.Return, value, info)], Terminator = new Terminator.Return { SourceInfo = info } }],
            Locals = [new LocalDecl(ty, Mutability.Mut, info)],
            ArgCount = 0,
            Scopes = [new SourceScopeData(span, -1, null, Span.Dummy, -1)],
            Phase = MirPhase.RuntimeOptimized,
            Span = span,
            Def = Local((uint)index),
        };
    }

    public Body[]? PromotedMir(int index) => _meta.PromotedMir((uint)index) is { } bodies ? Array.ConvertAll(bodies, b => Import(b, index)) : null;

    public CoroutineLayout? CoroutineLayout(int index)
    {
        if (_meta.OptimizedMir((uint)index)?.Coroutine?.CoroutineLayout is { } layout) return Import(layout);
        return _meta.MirCoroutineWitnesses((uint)index) is { } witnesses ? Import(witnesses) : null;
    }

    CoroutineLayout Import(Raw.CoroutineLayout raw)
    {
        var n = raw.FieldTys.Length;
        var conflicts = new bool[n, n];
        var matrix = raw.StorageConflicts;
        var rowWords = ((int)matrix.NumColumns + 63) / 64;
        if (matrix.NumRows != (ulong)n || matrix.NumColumns != (ulong)n || matrix.Words.Length != (long)n * rowWords) throw Damaged("a coroutine's storage conflicts are not those of its fields");
        for (var i = 0; i < n && i < (int)matrix.NumRows; i++)
            for (var k = 0; k < n && k < (int)matrix.NumColumns; k++)
                conflicts[i, k] = (matrix.Words[i * rowWords + k / 64] >> (k & 63) & 1) != 0;
        return new CoroutineLayout(
            Array.ConvertAll(raw.FieldTys, f => Import(f.Ty)),
            Array.ConvertAll(raw.VariantFields, v => Array.ConvertAll(v, f => (int)f)),
            conflicts,
            Array.ConvertAll(raw.FieldTys, f => f.IgnoreForTraits),
            Array.ConvertAll(raw.VariantSourceInfo, Import));
    }

    Body Import(Raw.Body raw, int index)
    {
        var blocks = new BasicBlockData[raw.BasicBlocks.BasicBlocks_.Length];
        Dictionary<(int, int), StatementDebugInfo[]>? debugInfo = null;
        for (var i = 0; i < blocks.Length; i++)
        {
            var b = raw.BasicBlocks.BasicBlocks_[i];
            var statements = b.Statements.Length == 0 ? [] : new Statement[b.Statements.Length];
            for (var k = 0; k < statements.Length; k++)
            {
                statements[k] = Import(b.Statements[k]);
                if (b.Statements[k].Debuginfos.F0.Length > 0) (debugInfo ??= []).Add((i, k), Import(b.Statements[k].Debuginfos));
            }
            if (b.AfterLastStmtDebuginfos.F0.Length > 0) (debugInfo ??= []).Add((i, statements.Length), Import(b.AfterLastStmtDebuginfos));
            blocks[i] = new BasicBlockData
            {
                Statements = statements,
                Terminator = Import(b.Terminator ?? throw Damaged($"block {i} of the body of definition {index} has no terminator")),
                IsCleanup = b.IsCleanup,
            };
        }
        var body = new Body
        {
            Blocks = blocks,
            Locals = Array.ConvertAll(raw.LocalDecls, l => new LocalDecl(Import(l.Ty), (Mutability)l.Mutability, Import(l.SourceInfo))),
            ArgCount = (int)raw.ArgCount,
            SpreadArg = (int?)raw.SpreadArg ?? -1,
            Scopes = Array.ConvertAll(raw.SourceScopes, Import),
            VarDebugInfo = Array.ConvertAll(raw.VarDebugInfo, Import),
            StatementDebugInfo = debugInfo,
            RequiredConsts = raw.RequiredConsts is { Length: > 0 } consts ? Array.ConvertAll(consts, Import) : [],
            Phase = raw.Phase switch
            {
                Raw.MirPhase.Analysis a => a.F0 == Raw.AnalysisPhase.Initial ? MirPhase.AnalysisInitial : MirPhase.AnalysisPostCleanup,
                Raw.MirPhase.Runtime r => MirPhase.RuntimeInitial + (byte)r.F0,
                _ => MirPhase.Built,
            },
            Span = Import(raw.Span),
            Def = Local((uint)index),
            Promoted = (int?)raw.Source.Promoted ?? -1,
            CoroutineLayout = raw.Coroutine?.CoroutineLayout is { } layout ? Import(layout) : null,
            CoroutineDrop = raw.Coroutine?.CoroutineDrop is { } drop ? Import(drop, index) : null,
        };
        if (BodyNumbers.Problem(body) is { } problem) throw Damaged($"the body of definition {index} has {problem}");
        return body;
    }

    StatementDebugInfo[] Import(Raw.StmtDebugInfos raw) => Array.ConvertAll(raw.F0, d => d switch
    {
        Raw.StmtDebugInfo.AssignRef a => new StatementDebugInfo((int)a.F0, Import(a.F1)),
        Raw.StmtDebugInfo.InvalidAssign a => new StatementDebugInfo((int)a.F0, null),
        _ => throw new BugException("debug info of a statement"),
    });

    SourceInfo Import(Raw.SourceInfo s) => new(Import(s.Span), (int)s.Scope);

    SourceScopeData Import(Raw.SourceScopeData s) => new(Import(s.Span), (int?)s.ParentScope ?? -1, s.Inlined is { } i ? Import(i.Item1) : null,
        s.Inlined is { } at ? Import(at.Item2) : Span.Dummy, (int?)s.InlinedParentScope ?? -1);

    VarDebugInfo Import(Raw.VarDebugInfo v)
    {
        var (place, constant) = v.Value switch
        {
            Raw.VarDebugInfoContents.Place p => (Import(p.F0), (ConstOperand?)null),
            Raw.VarDebugInfoContents.Const c => (default, Import(c.F0)),
            _ => throw new BugException("debug info"),
        };
        return new VarDebugInfo(_meta.Text(v.Name), Import(v.SourceInfo), place, constant, v.ArgumentIndex ?? 0,
            v.Composite is { } f ? Import(f.Ty) : null, v.Composite is { } g ? Array.ConvertAll(g.Projection, Import) : null);
    }

    Place Import(Raw.Place p)
    {
        if (p.Projection.Length == 0) return new Place((int)p.Local);
        var projection = new ProjectionElem[p.Projection.Length];
        for (var i = 0; i < projection.Length; i++) projection[i] = Import(p.Projection[i]);
        return new Place((int)p.Local, projection);
    }

    ProjectionElem Import(Raw.ProjectionElem e) => e switch
    {
        Raw.ProjectionElem.Deref => ProjectionElem.Deref,
        Raw.ProjectionElem.Field f => ProjectionElem.Field((int)f.F0, Import(f.F1)),
        Raw.ProjectionElem.Index i => new ProjectionElem(ProjectionKind.Index, (int)i.F0),
        Raw.ProjectionElem.ConstantIndex c => new ProjectionElem(ProjectionKind.ConstantIndex, Offset: c.Offset, MinLength: c.MinLength, FromEnd: c.FromEnd),
        Raw.ProjectionElem.Subslice s => new ProjectionElem(ProjectionKind.Subslice, Offset: s.From, MinLength: s.To, FromEnd: s.FromEnd),
        Raw.ProjectionElem.Downcast d => ProjectionElem.Downcast((int)d.F1, Text(d.F0)),
        Raw.ProjectionElem.OpaqueCast o => new ProjectionElem(ProjectionKind.OpaqueCast, Ty: Import(o.F0)),
        Raw.ProjectionElem.UnwrapUnsafeBinder u => new ProjectionElem(ProjectionKind.UnwrapUnsafeBinder, Ty: Import(u.F0)),
        _ => throw new BugException("projection"),
    };

    Operand Import(Raw.Operand o) => o switch
    {
        Raw.Operand.Copy c => Operand.Copy(Import(c.F0)),
        Raw.Operand.Move m => Operand.Move(Import(m.F0)),
        Raw.Operand.Constant c => new Operand(OperandKind.Constant, default, Import(c.F0)),
        Raw.Operand.RuntimeChecks r => new Operand(OperandKind.RuntimeChecks, default, null, (RuntimeChecks)r.F0),
        _ => throw new BugException("operand"),
    };

    Operand[] Import(Raw.Operand[] operands)
    {
        if (operands.Length == 0) return [];
        var list = new Operand[operands.Length];
        for (var i = 0; i < list.Length; i++) list[i] = Import(operands[i]);
        return list;
    }
}
