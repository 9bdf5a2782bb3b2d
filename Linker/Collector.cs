using System.Collections.Concurrent;
using Mirlink.Backend.Lir;
using Mirlink.Backend.Lowering;
using Mirlink.Mir;

namespace Mirlink.Linker;

/// <summary>
/// Finds and lowers everything that the program needs, starting from its roots: a queue of functions and statics that several threads work on; what lowering
/// one of them refers to is queued in turn. The result does not depend on the order in which threads got there.
/// </summary>
internal sealed class Collector(TyCtxt tcx, LinkSymbols names, LoweringContext lowering, int threads)
{
    /// <summary>A function or static to lower.</summary>
    private readonly record struct Item(Instance? Function, DefId Static);

    private sealed class Sink(Collector collector, Stack<Item> local) : IMonoItemSink
    {
        public void Use(Instance instance) => collector.Add(instance, local);
        public void UseStatic(DefId def) => collector.AddStatic(def, local);
        public void UseData(LirData data) => collector.AddData(data);
    }

    private readonly ConcurrentMap<Instance, byte> _functions = new();
    private readonly ConcurrentMap<DefId, byte> _statics = new();
    private readonly ConcurrentMap<LirSymbol, LirData, ByReference<LirSymbol>> _data = new();
    private readonly ConcurrentBag<LirFunction> _loweredFunctions = [];
    private readonly ConcurrentBag<LirData> _loweredStatics = [];
    // Shared work; threads keep what they find for themselves unless others wait.
    private readonly Stack<Item> _queue = [];
    private int _waiting;
    private int _lowered;
    private const int LoweredPerRelease = 1000;
    private bool _done;
    private volatile Exception? _failure;
    private readonly Lock _failureLock = new();

    public List<LirFunction> Functions { get; private set; } = [];
    public List<LirData> Data { get; private set; } = [];
    /// <summary>What the program uses, compiled here or not, in no order.</summary>
    public ICollection<Instance> Instances => _functions.Keys;

    /// <summary>The same of statics.</summary>
    public ICollection<DefId> Statics => _statics.Keys;

    /// <summary>Lowers the roots and all that they reach.</summary>
    public void Run(IEnumerable<Instance> functions, IEnumerable<DefId> statics)
    {
        var roots = new Stack<Item>();
        foreach (var f in functions) Add(f, roots);
        foreach (var s in statics) AddStatic(s, roots);
        while (roots.TryPop(out var root)) _queue.Push(root);

        var workers = new Thread[threads];
        for (int i = 0; i < workers.Length; i++)
        {
            // Types nest deeper than the default stack of a thread.
            workers[i] = new Thread(Work, 256 << 20) { Name = $"lower {i}", IsBackground = true };
            workers[i].Start();
        }
        foreach (var w in workers) w.Join();
        if (_failure is { } failure) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);

        Functions = [.. _loweredFunctions];
        Data = [.. _loweredStatics, .. _data.Values];
    }

    private void Work()
    {
        var local = new Stack<Item>();
        var sink = new Sink(this, local);
        while (local.TryPop(out var item) || TryTake(out item))
        {
            if (_failure is not null) continue;
            try
            {
                Lower(item, sink);
            }
            catch (Exception e)
            {
                Fail(e);
            }
            if (local.Count > 1 && Volatile.Read(ref _waiting) > 0) Share(local);
        }
    }

    /// <summary>Takes shared work; waits for it while another thread may still find some.</summary>
    private bool TryTake(out Item item)
    {
        lock (_queue)
        {
            while (!_queue.TryPop(out item))
            {
                if (_done) return false;
                if (++_waiting == threads)
                {
                    _done = true;
                    Monitor.PulseAll(_queue);
                    return false;
                }
                Monitor.Wait(_queue);
                _waiting--;
            }
            return true;
        }
    }

    private void Share(Stack<Item> local)
    {
        lock (_queue)
        {
            for (int n = local.Count / 2; n > 0; n--) _queue.Push(local.Pop());
            Monitor.PulseAll(_queue);
        }
    }

    /// <summary>Keeps the error whose text sorts first, so that which one is shown does not depend on timing more than it must.</summary>
    private void Fail(Exception e)
    {
        lock (_failureLock)
            if (_failure is null || string.CompareOrdinal(e.Message, _failure.Message) < 0) _failure = e;
    }

    private void Lower(Item item, Sink sink)
    {
        if (item.Function is { } instance)
        {
            try
            {
                var function = lowering.Lower(instance, sink);
                // A backend is not given code that contradicts itself: what it would do with that is undefined.
                LirValidator.Check(function);
                Define(function.Symbol, tcx.CodegenFnAttrs(instance.Def).Linkage);
                _loweredFunctions.Add(function);
                // Pages of the crates' files count as the process' memory as long as they are mapped.
                if (Interlocked.Increment(ref _lowered) % LoweredPerRelease == 0) foreach (var crate in tcx.Crates) crate.ReleasePages();
            }
            catch (UnsupportedException e)
            {
                throw e.In(tcx.DefPath(instance.Def), tcx.CrateName(instance.Def));
            }
            catch (Exception e) when (e is not MirlinkException)
            {
                throw DamagedCrate.Explain(tcx, lowering, instance, e);
            }
        }
        else
        {
            try
            {
                var data = lowering.LowerStatic(item.Static, sink);
                LirValidator.Check(data);
                Define(data.Symbol, tcx.CodegenFnAttrs(item.Static).Linkage);
                _loweredStatics.Add(data);
            }
            catch (UnsupportedException e)
            {
                throw e.In(tcx.DefPath(item.Static), tcx.CrateName(item.Static));
            }
            catch (Exception e) when (e is not MirlinkException)
            {
                throw DamagedCrate.Explain(tcx, item.Static, e);
            }
        }
    }

    private static void Define(LirSymbol symbol, Linkage? linkage)
    {
        symbol.Linkage = linkage switch
        {
            Linkage.WeakAny => LirLinkage.Weak,
            Linkage.WeakODR => LirLinkage.WeakOdr,
            Linkage.LinkOnceAny or Linkage.LinkOnceODR => LirLinkage.LinkOnceOdr,
            Linkage.Common => LirLinkage.Common,
            Linkage.ExternalWeak => LirLinkage.ExternWeak,
            _ => symbol.Linkage == LirLinkage.Import ? LirLinkage.Hidden : symbol.Linkage,
        };
    }

    private void Add(Instance instance, Stack<Item> local)
    {
        if (!_functions.TryAdd(instance, 0)) return;
        if (names.IsCompiledHere(instance)) local.Push(new Item(instance, default));
    }

    private void AddStatic(DefId def, Stack<Item> local)
    {
        if (!_statics.TryAdd(def, 0)) return;
        if (names.IsStaticDefinedHere(def)) local.Push(new Item(null, def));
    }

    private void AddData(LirData data)
    {
        if (!_data.TryAdd(data.Symbol, data)) return;
        LirValidator.Check(data);
        Define(data.Symbol, null);
    }
}
