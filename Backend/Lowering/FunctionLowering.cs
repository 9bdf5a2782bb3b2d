using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;
using Mirlink.Mir.Erasure;

namespace Mirlink.Backend.Lowering;

/// <summary>
/// One concrete body to one LIR function. Blocks are visited in reverse postorder, so that locals that are assigned once are plain values; the rest of
/// the locals are register variables or stack slots. Parts: analysis, locals, places, operands, constants, rvalues, calls, terminators, unwinding,
/// intrinsics, each in a file of its own.
/// </summary>
internal sealed partial class FunctionLowering
{
    private readonly LoweringContext _ctx;
    private readonly TyCtxt _tcx;
    private readonly Instance _instance;
    private readonly Body _body;
    private readonly IMonoItemSink _sink;
    private readonly LirBuilder _b = new();
    private readonly FnAbi _abi;
    private readonly LirSignature _signature;
    private readonly LirSymbol _symbol;
    /// <summary>LIR block of each MIR block, -1 until somebody needs it.</summary>
    private readonly int[] _blocks;
    private readonly ErasedNames? _names;
    private readonly HashSet<Instance> _usedFunctions = [];
    private readonly HashSet<Instance> _usedCode = [];
    private readonly HashSet<DefId> _usedStatics = [];
    private readonly HashSet<LirSymbol> _usedData = new(ReferenceEqualityComparer.Instance);
    /// <summary>The MIR block being lowered.</summary>
    private int _currentBlock;
    /// <summary>The hidden caller location argument of a track_caller function, -1 for others.</summary>
    private int _callerLocation = -1;

    public FunctionLowering(LoweringContext ctx, Instance instance, Body body, IMonoItemSink sink, ErasedNames? names)
    {
        _ctx = ctx;
        _tcx = ctx.Tcx;
        _instance = instance;
        _body = body;
        _sink = sink;
        _names = names;
        (_abi, _signature) = ctx.AbiOf(instance);
        _symbol = ctx.SymbolOf(instance);
        _blocks = new int[body.Blocks.Length];
        Array.Fill(_blocks, -1);
        _landingPads = new int[body.Blocks.Length];
        Array.Fill(_landingPads, -1);
        _locals = new LocalState[body.Locals.Length];
    }

    private LoweringOptions Options => _ctx.Options;
    private bool Optimize => _ctx.Options.Optimize;

    public LirFunction Run()
    {
        EvaluateRequiredConsts();
        var attrs = Attributes();
        if (attrs.Has(CodegenFnAttrFlags.Naked)) return Naked(attrs);

        StartDebugInfo();
        var order = Analyze();
        int entry = _b.NewBlock();
        _b.SwitchTo(entry);
        LowerParameters();
        _b.Br(BlockOf(0));
        // A block that nothing branches to by now is behind a call that cannot unwind, or a drop that does nothing.
        foreach (int block in order) if (_blocks[block] >= 0) LowerBlock(block);
        return _b.Finish(_symbol, _signature, FunctionFlags(attrs), TargetFeatures(attrs), attrs.LinkSection, (uint)(attrs.Alignment ?? 0));
    }

    /// <summary>A constant that cannot be evaluated is an error wherever the body mentions it, reached or not.</summary>
    private void EvaluateRequiredConsts()
    {
        foreach (var c in _body.RequiredConsts)
            if (c.Const is MirConst.Unevaluated) _tcx.Eval.Evaluate(c.Const);
    }

    private void LowerBlock(int block)
    {
        _currentBlock = block;
        _b.SwitchTo(BlockOf(block));
        ref var data = ref _body.Blocks[block];
        foreach (var statement in data.Statements)
        {
            SetLocation(statement.SourceInfo);
            LowerStatement(statement);
        }
        SetLocation(data.Terminator.SourceInfo);
        LowerTerminator(data.Terminator);
    }

    private int BlockOf(int mirBlock)
    {
        if (_blocks[mirBlock] < 0) _blocks[mirBlock] = _b.NewBlock(_body.Blocks[mirBlock].IsCleanup || _cold[mirBlock]);
        return _blocks[mirBlock];
    }

    /// <summary>Ends the current block in undefined behaviour that the type system excludes, and goes on in one that nothing reaches.</summary>
    private void UnreachableFromHere()
    {
        _b.Unreachable();
        _b.SwitchTo(_b.NewBlock(cold: true));
    }

    // -- what is referred to -----------------------------------------------------------------------------------------------------------------------

    private LirSymbol Use(Instance instance)
    {
        if (_usedFunctions.Add(instance)) _sink.Use(instance);
        return _ctx.SymbolOf(instance);
    }

    private LirSymbol UseCode(Instance instance)
    {
        if (_usedCode.Add(instance)) _sink.UseCode(instance);
        return _ctx.SymbolOf(instance);
    }

    private LirSymbol UseStatic(DefId def)
    {
        if (_usedStatics.Add(def)) _sink.UseStatic(def);
        return _ctx.SymbolOfStatic(def);
    }

    private LirSymbol Use(DataItem item)
    {
        LoweringContext.Report(item, _sink, _usedData);
        return item.Data.Symbol;
    }

    private int FunctionAddress(Instance instance)
    {
        var symbol = Use(instance);
        var (abi, signature) = _ctx.AbiOf(instance);
        Declare(symbol, instance, abi, signature);
        return _b.SymbolAddr(symbol);
    }

    /// <summary>Says of a function what its callers must know, unless that was said before.</summary>
    private void Declare(LirSymbol symbol, Instance instance, FnAbi abi, LirSignature signature)
    {
        if (symbol.Signature is not null) return;
        symbol.Flags |= _ctx.DeclarationFlags(instance, abi);
        symbol.Signature = signature;
    }

    // -- attributes --------------------------------------------------------------------------------------------------------------------------------

    private CodegenFnAttrs Attributes() => _ctx.AttributesOf(_instance);

    private LirFunctionFlags FunctionFlags(CodegenFnAttrs attrs)
    {
        var f = _ctx.DeclarationFlags(_instance, _abi);
        f |= attrs.Inline switch
        {
            InlineAttr.Always => LirFunctionFlags.AlwaysInline,
            InlineAttr.Hint => LirFunctionFlags.InlineHint,
            InlineAttr.Never => LirFunctionFlags.NoInline,
            _ => LirFunctionFlags.None,
        };
        // Shims only forward: worth inlining everywhere (rustc's codegen_instance_attrs).
        if (_instance.Kind is InstanceKind.VTableShim or InstanceKind.ReifyShim or InstanceKind.FnPtrShim or InstanceKind.ClosureOnceShim) f |= LirFunctionFlags.InlineHint;
        f |= attrs.Optimize switch
        {
            OptimizeAttr.DoNotOptimize => LirFunctionFlags.OptNone | LirFunctionFlags.NoInline,
            OptimizeAttr.Size => LirFunctionFlags.OptSize,
            OptimizeAttr.Speed => LirFunctionFlags.OptSpeed,
            _ => LirFunctionFlags.None,
        };
        if ((f & LirFunctionFlags.OptNone) != 0) f &= ~(LirFunctionFlags.AlwaysInline | LirFunctionFlags.InlineHint);
        return f;
    }

    private static string? TargetFeatures(CodegenFnAttrs attrs) =>
        attrs.TargetFeatures.Length == 0 ? null : string.Join(",", attrs.TargetFeatures.Select(f => f.StartsWith('+') || f.StartsWith('-') ? f : "+" + f));
}
