namespace Mirlink.Mir;

/// <summary>Where a statement came from: span and source scope.</summary>
public readonly record struct SourceInfo(Span Span, int Scope);

/// <summary>A lexical scope. Inlined: the instance (with the body's own generic arguments) inlined here and its call site; InlinedParent: nearest enclosing scope that is inlined, -1 for none.</summary>
public readonly record struct SourceScopeData(Span Span, int Parent, Instance? Inlined, Span InlinedCallSite, int InlinedParent);

public readonly record struct LocalDecl(Ty Ty, Mutability Mutability, SourceInfo SourceInfo);

/// <summary>Name of a place or constant, for debug info and for the text form. Place is default when Const is set.</summary>
public sealed record VarDebugInfo(string Name, SourceInfo SourceInfo, Place Place, ConstOperand? Const, int ArgumentIndex, Ty? FragmentTy, ProjectionElem[]? FragmentProjection);

public enum MirPhase : byte { Built, AnalysisInitial, AnalysisPostCleanup, RuntimeInitial, RuntimePostCleanup, RuntimeOptimized }

/// <summary>What a removed statement leaves for debuggers: from here on, the variable's value is a reference to a place, or (null) is lost.</summary>
public readonly record struct StatementDebugInfo(int Local, Place? Referent);

public struct BasicBlockData
{
    public Statement[] Statements;
    public Terminator Terminator;
    public bool IsCleanup;
}

/// <summary>What is mentioned by a body even where optimization removed it (mono-time checks must still look at it).</summary>
public readonly record struct MentionedItem(MentionedItemKind Kind, Ty Ty, Ty? TargetTy);
public enum MentionedItemKind : byte { Fn, Drop, UnsizeCast, Closure }

/// <summary>
/// A function (or constant) body. Local 0 is the return place, 1..=<see cref="ArgCount"/> the arguments. Block 0 is the entry. Types may be generic;
/// <see cref="Monomorphizer"/> makes a body concrete.
/// </summary>
public sealed class Body
{
    public required BasicBlockData[] Blocks { get; set; }
    public required LocalDecl[] Locals { get; set; }
    public required int ArgCount { get; init; }
    /// <summary>The argument that is a tuple spread over the callee's remaining ABI arguments ("rust-call"), or -1.</summary>
    public int SpreadArg { get; init; } = -1;
    public required SourceScopeData[] Scopes { get; set; }
    public VarDebugInfo[] VarDebugInfo { get; set; } = [];
    /// <summary>By block and statement (the terminator's index: after the last one): what removed statements before it leave for debuggers. Null: none. Only the text form shows it.</summary>
    public Dictionary<(int Block, int Statement), StatementDebugInfo[]>? StatementDebugInfo { get; init; }
    public ConstOperand[] RequiredConsts { get; set; } = [];
    public MentionedItem[] MentionedItems { get; set; } = [];
    public required MirPhase Phase { get; init; }
    public required Span Span { get; init; }
    /// <summary>The item, or shim, that this is the body of, with identity arguments for an item.</summary>
    public required DefId Def { get; init; }
    /// <summary>Index of a promoted constant of <see cref="Def"/>, or -1.</summary>
    public int Promoted { get; init; } = -1;
    /// <summary>For a coroutine's body: its saved locals.</summary>
    public CoroutineLayout? CoroutineLayout { get; init; }
    /// <summary>For a coroutine's body: the body that drops a suspended coroutine.</summary>
    public Body? CoroutineDrop { get; init; }
    /// <summary>What optimization has done so far; null before it.</summary>
    internal Passes.PassHistory? Passes { get; set; }
}
