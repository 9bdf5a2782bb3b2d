using System.Collections.Concurrent;
using System.Diagnostics;
using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;
using Mirlink.Mir.Shims;
using Mirlink.Mir.Text;

namespace Mirlink.Backend.Lowering;

/// <summary>
/// What lowering shares between functions: symbols, signatures, anonymous data. Thread-safe. <see cref="Lower"/> turns an instance into a LIR function,
/// <see cref="LowerStatic"/> a static into data; both report what they refer to.
/// </summary>
public sealed partial class LoweringContext(TyCtxt tcx, LirSymbolTable symbols, ISymbolNames names, LoweringOptions options)
{
    private readonly ConcurrentDictionary<Instance, LirSymbol> _functionSymbols = new();
    private readonly ConcurrentDictionary<Instance, (FnAbi Abi, LirSignature Signature)> _abis = new();
    private readonly Monomorphizer _monomorphizer = new(tcx);
    private readonly ShimBuilder _shims = new(tcx);

    private long _monomorphizing, _lowering;

    /// <summary>Time that all threads together spent in loading and instantiating bodies, and in lowering them.</summary>
    public (TimeSpan Monomorphizing, TimeSpan Lowering) ThreadTime => (Stopwatch.GetElapsedTime(0, _monomorphizing), Stopwatch.GetElapsedTime(0, _lowering));

    public TyCtxt Tcx { get; } = tcx;
    public LirSymbolTable Symbols { get; } = symbols;
    public ISymbolNames Names { get; } = names;
    public LoweringOptions Options { get; } = options;

    internal TyAndLayout LayoutOf(Ty ty) => Tcx.Layouts.LayoutOf(ty);

    /// <summary>Lowers a function.</summary>
    /// <exception cref="UnsupportedException">Something in it is not supported; the error names the function.</exception>
    public LirFunction Lower(Instance instance, IMonoItemSink sink)
    {
        try
        {
            long start = Stopwatch.GetTimestamp();
            var body = BodyOf(instance);
            long concrete = Stopwatch.GetTimestamp();
            var function = new FunctionLowering(this, instance, body, sink).Run();
            Interlocked.Add(ref _monomorphizing, concrete - start);
            Interlocked.Add(ref _lowering, Stopwatch.GetTimestamp() - concrete);
            return function;
        }
        catch (UnsupportedException e)
        {
            throw e.In(PathPrinter.ToString(Tcx, instance), Tcx.CrateName(instance.Def));
        }
    }

    /// <summary>The concrete body of an instance: a shim's, or the item's with the instance's arguments.</summary>
    public Body BodyOf(Instance instance)
    {
        if (_shims.Build(instance) is { } shim) return shim;
        if (instance.Kind == InstanceKind.Item && Tcx.Traits.BodyOf(instance) is { } body) return _monomorphizer.Instantiate(body, instance.Args);
        throw new UnsupportedException($"`{Tcx.DefPath(instance.Def)}` ({instance.Kind}) without MIR");
    }

    /// <summary>The symbol of a function, imported until somebody defines it.</summary>
    public LirSymbol SymbolOf(Instance instance) => _functionSymbols.GetOrAdd(instance, static (i, self) =>
        self.Symbols.Get(self.Names.NameOf(i), LirSymbolKind.Function), this);

    /// <summary>The ABI of a direct call of an instance, and the signature it lowers to.</summary>
    internal (FnAbi Abi, LirSignature Signature) AbiOf(Instance instance) => _abis.GetOrAdd(instance, static (i, self) =>
    {
        var abi = self.Tcx.Layouts.FnAbiOf(i);
        return (abi, SignatureLowering.Lower(self.Tcx, abi));
    }, this);

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
