using System.Diagnostics;
using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;
using Mirlink.Mir.Erasure;
using Mirlink.Mir.Passes;
using Mirlink.Mir.Shims;
using Mirlink.Mir.Text;

namespace Mirlink.Backend.Lowering;

/// <summary>
/// What lowering shares between functions: symbols, signatures, anonymous data. Thread-safe. <see cref="Lower"/> turns an instance into a LIR function,
/// <see cref="LowerStatic"/> a static into data; both report what they refer to.
/// </summary>
public sealed partial class LoweringContext
{
    private readonly ConcurrentMap<Instance, LirSymbol> _functionSymbols = new();
    private readonly ConcurrentMap<Instance, (FnAbi Abi, LirSignature Signature)> _abis = new();
    private readonly Monomorphizer _monomorphizer;
    private readonly ShimBuilder _shims;
    private readonly BodyOptimizer _optimizer;
    private readonly TypeEraser? _eraser;

    private long _loading, _optimizing, _lowering;

    public LoweringContext(TyCtxt tcx, LirSymbolTable symbols, ISymbolNames names, LoweringOptions options)
    {
        Tcx = tcx;
        Symbols = symbols;
        Names = names;
        Options = options;
        _monomorphizer = new Monomorphizer(tcx, forCode: true);
        _shims = new ShimBuilder(tcx);
        if (options.Erase) _eraser = new TypeEraser(tcx);
        // What the session means by checks and unwinding is said once, for both.
        _optimizer = new BodyOptimizer(tcx, options.Passes with
        {
            Optimize = options.Optimize,
            OverflowChecks = options.OverflowChecks,
            UbChecks = options.UbChecks,
            ContractChecks = options.ContractChecks,
            PanicUnwind = options.Panic == PanicStrategy.Unwind,
        }, LoadBody);
    }

    /// <summary>Time that all threads together spent in loading and instantiating bodies, in optimizing and in lowering them.</summary>
    public (TimeSpan Monomorphizing, TimeSpan Optimizing, TimeSpan Lowering) ThreadTime =>
        (Stopwatch.GetElapsedTime(0, _loading), Stopwatch.GetElapsedTime(0, Math.Max(0, _optimizing - _loading)), Stopwatch.GetElapsedTime(0, _lowering));

    /// <summary>What the MIR passes share: their times.</summary>
    public PassContext Passes => _optimizer.Context;

    public TyCtxt Tcx { get; }
    public LirSymbolTable Symbols { get; }
    public ISymbolNames Names { get; }
    public LoweringOptions Options { get; }

    internal TyAndLayout LayoutOf(Ty ty) => Tcx.Layouts.LayoutOf(ty);

    /// <summary>Lowers a function. <paramref name="names"/>: what its erased types are called, if it has any.</summary>
    /// <exception cref="UnsupportedException">Something in it is not supported; the error names the function.</exception>
    public LirFunction Lower(Instance instance, IMonoItemSink sink, ErasedNames? names = null)
    {
        try
        {
            long start = Stopwatch.GetTimestamp();
            var body = BodyOf(instance);
            long concrete = Stopwatch.GetTimestamp();
            var function = new FunctionLowering(this, instance, body, sink, names).Run();
            Interlocked.Add(ref _optimizing, concrete - start);
            Interlocked.Add(ref _lowering, Stopwatch.GetTimestamp() - concrete);
            return function;
        }
        catch (UnsupportedException e)
        {
            throw e.In(PathPrinter.ToString(Tcx, instance), Tcx.CrateName(instance.Def));
        }
    }

    /// <summary>The concrete body of an instance, optimized: a shim's, or the item's with the instance's arguments. It is shared: not to be changed.</summary>
    public Body BodyOf(Instance instance) => _optimizer.Optimize(instance);

    /// <summary>The concrete body as its crate has it.</summary>
    public Body Unoptimized(Instance instance) => Load(instance);

    private Body LoadBody(Instance instance)
    {
        long start = Stopwatch.GetTimestamp();
        var body = Load(instance);
        Interlocked.Add(ref _loading, Stopwatch.GetTimestamp() - start);
        return body;
    }

    private Body Load(Instance instance)
    {
        if (_shims.Build(instance) is { } shim) return shim;
        if (instance.Kind == InstanceKind.Item && Tcx.Traits.BodyOf(instance) is { } body) return _monomorphizer.Instantiate(body, instance.Args);
        throw new UnsupportedException($"`{Tcx.DefPath(instance.Def)}` ({instance.Kind}) without MIR");
    }

    /// <summary>The symbol of a function, imported until somebody defines it. One with erased types has no name before <see cref="Define"/> gives it one.</summary>
    public LirSymbol SymbolOf(Instance instance) => _functionSymbols.GetOrAdd(instance, static (i, self) =>
        ErasedNames.HasErased(i) ? new LirSymbol(null, LirSymbolKind.Function) : self.Symbols.Get(self.Names.NameOf(i), LirSymbolKind.Function), this);

    /// <summary>The symbol of a function that serves several instances, with a name and a declaration that holds for all of them.</summary>
    public LirSymbol Define(Instance code, string name)
    {
        var symbol = SymbolOf(code);
        symbol.Name = name;
        (var abi, symbol.Signature) = AbiOf(code);
        symbol.Flags = DeclarationFlags(code, abi);
        return symbol;
    }

    /// <summary>An instance that another one serves will not be asked for as a function.</summary>
    public void Forget(Instance instance) => _optimizer.Forget(instance);

    /// <summary>The ABI of a direct call of an instance, and the signature it lowers to.</summary>
    internal (FnAbi Abi, LirSignature Signature) AbiOf(Instance instance) => _abis.GetOrAdd(instance, static (i, self) =>
    {
        var abi = self.Tcx.Layouts.FnAbiOf(i);
        return (abi, SignatureLowering.Lower(self.Tcx, abi));
    }, this);

    /// <summary>What two instances have in common if one could serve both (see <see cref="TypeEraser.GenericOf"/>).</summary>
    public DefId? GenericOf(Instance instance) => _eraser?.GenericOf(instance);

    /// <summary>
    /// The instance that may be called in place of another one, whose types it has erased, if they are called alike (<see cref="AreCalledAlike"/>). Only
    /// called: an address must stay that of the instance itself, as the program can compare it.
    /// </summary>
    public Instance CodeOf(Instance instance) =>
        _eraser is null || _eraser.Erase(instance) is var erased && (ReferenceEquals(erased, instance) || !Names.IsCompiledHere(instance)) ? instance : erased;

    public bool AreCalledAlike(Instance a, Instance b) => PassesAlike(AbiOf(a).Signature, AbiOf(b).Signature);

    /// <summary>Same registers and memory; what is known of the values may differ.</summary>
    private static bool PassesAlike(LirSignature a, LirSignature b)
    {
        static bool Same(LirParam[] x, LirParam[] y)
        {
            if (x.Length != y.Length) return false;
            const ParamFlags passing = ParamFlags.ZExt | ParamFlags.SExt | ParamFlags.SRet | ParamFlags.ByVal | ParamFlags.InReg;
            for (int i = 0; i < x.Length; i++)
                if (x[i].Type != y[i].Type || ((x[i].Flags ^ y[i].Flags) & passing) != 0 || x[i].PointeeSize != y[i].PointeeSize) return false;
            return true;
        }
        return a.CallConv == b.CallConv && a.Variadic == b.Variadic && Same(a.Params, b.Params) && Same(a.Returns, b.Returns);
    }

    internal CodegenFnAttrs AttributesOf(Instance instance) => instance.Kind is InstanceKind.Item or InstanceKind.Intrinsic ? Tcx.CodegenFnAttrs(instance.Def) : CodegenFnAttrs.None;

    /// <summary>What callers may rely on, wherever the function is defined.</summary>
    internal LirFunctionFlags DeclarationFlags(Instance instance, FnAbi abi)
    {
        var attrs = AttributesOf(instance);
        var f = LirFunctionFlags.None;
        if (attrs.Has(CodegenFnAttrFlags.Cold)) f |= LirFunctionFlags.Cold;
        if (abi.Ret.Layout.Uninhabited) f |= LirFunctionFlags.NoReturn;
        if (!abi.CanUnwind || (Options.Panic == PanicStrategy.Abort && abi.Conv == CanonAbi.Rust)) f |= LirFunctionFlags.NoUnwind;
        if (attrs.Has(CodegenFnAttrFlags.FfiConst)) f |= LirFunctionFlags.ReadsNone;
        else if (attrs.Has(CodegenFnAttrFlags.FfiPure)) f |= LirFunctionFlags.ReadsOnly;
        if (attrs.Has(CodegenFnAttrFlags.Allocator)) f |= LirFunctionFlags.Alloc;
        if (attrs.Has(CodegenFnAttrFlags.AllocatorZeroed)) f |= LirFunctionFlags.AllocZeroed;
        if (attrs.Has(CodegenFnAttrFlags.Reallocator)) f |= LirFunctionFlags.Realloc;
        if (attrs.Has(CodegenFnAttrFlags.Deallocator)) f |= LirFunctionFlags.Dealloc;
        return f;
    }

    /// <summary>Does a call pass a hidden caller location? (rustc's InstanceKind::requires_caller_location)</summary>
    internal bool RequiresCallerLocation(Instance instance) => instance.Kind switch
    {
        InstanceKind.Item or InstanceKind.Virtual => Tcx.CodegenFnAttrs(instance.Def).TrackCaller,
        InstanceKind.ClosureOnceShim => instance.Index == 1,
        _ => false,
    };

    /// <summary>The function that a lang item names, without generic arguments.</summary>
    internal Instance LangFunction(string langItem) => Instance.Item(Tcx.LangItem(langItem), Tcx.Interner.NoArgs);
}
