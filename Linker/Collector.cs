using System.Collections.Concurrent;
using Mirlink.Backend.Lir;
using Mirlink.Backend.Lowering;
using Mirlink.Mir;
using Mirlink.Mir.Erasure;

namespace Mirlink.Linker;

/// <summary>
/// Finds and lowers everything that the program needs, starting from its roots: a queue of functions and statics that several threads work on; what lowering
/// one of them refers to is queued in turn. The result does not depend on the order in which threads got there.
/// </summary>
internal sealed class Collector
{
    /// <summary>A function or static to lower. Names: what the function's erased types are called.</summary>
    private readonly record struct Item(Instance? Function, DefId Static, ErasedNames? Names = null);

    private sealed class Sink(Collector collector, Stack<Item> local) : IMonoItemSink
    {
        private Action<Instance> Alone { get; } = i => collector.Add(i, local);

        /// <summary>Those of the function that is lowered.</summary>
        public ErasedNames? Names { get; set; }

        public void Use(Instance instance)
        {
            // With erased types it has no address that anybody could compare.
            if (ErasedNames.HasErased(instance)) UseCode(instance);
            else collector.Add(instance, local);
        }

        public void UseCode(Instance instance)
        {
            if (collector._shared is { } shared) shared.Ask(instance, Names, Alone);
            else collector.Add(instance, local);
        }

        public void UseStatic(DefId def) => collector.AddStatic(def, local);
        public void UseData(LirData data) => collector.AddData(data);
    }

    private readonly TyCtxt _tcx;
    private readonly LinkSymbols _names;
    private readonly LoweringContext _lowering;
    private readonly int _threads;
    private readonly SharedInstances? _shared;
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

    public Collector(TyCtxt tcx, LinkSymbols names, LoweringContext lowering, int threads)
    {
        _tcx = tcx;
        _names = names;
        _lowering = lowering;
        _threads = threads;
        if (lowering.Options.Erase) _shared = new SharedInstances(tcx, lowering, names, _functions);
    }

    public List<LirFunction> Functions { get; private set; } = [];
    public List<LirData> Data { get; private set; } = [];
    /// <summary>What the program uses, compiled here or not, in no order.</summary>
    public ICollection<Instance> Instances => _functions.Keys;

    /// <summary>Instances for which others were made, or null without erasure.</summary>
    public SharedInstances? Shared => _shared;

    /// <summary>The same of statics.</summary>
    public ICollection<DefId> Statics => _statics.Keys;

    /// <summary>Lowers the roots and all that they reach.</summary>
    public void Run(IEnumerable<Instance> functions, IEnumerable<DefId> statics)
    {
        var roots = new Stack<Item>();
        foreach (var f in functions) Add(f, roots);
        foreach (var s in statics) AddStatic(s, roots);
        while (roots.TryPop(out var root)) _queue.Push(root);

        var workers = new Thread[_threads];
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
        if (_shared is not null) Redirect(_shared.Redirections());
    }

    /// <summary>What is called becomes what was made for it.</summary>
    private void Redirect(Dictionary<LirSymbol, LirSymbol> to)
    {
        foreach (var f in Functions)
            foreach (ref var s in f.Symbols.AsSpan()) if (s.Kind == LirSymbolKind.Function) s = to.GetValueOrDefault(s, s);
        foreach (var d in Data)
            foreach (ref var r in d.Relocs.AsSpan()) if (to.TryGetValue(r.Target, out var target)) r = r with { Target = target };
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
                if (++_waiting == _threads)
                {
                    if (MakeShared())
                    {
                        _waiting--;
                        Monitor.PulseAll(_queue);
                        continue;
                    }
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

    /// <summary>When nothing else is left to lower: the calls that waited for that. False if there are none.</summary>
    private bool MakeShared()
    {
        if (_shared is null || _failure is not null) return false;
        try
        {
            foreach (var f in _shared.Next(i => Add(i, _queue))) _queue.Push(new Item(f.Code, default, f.Names));
        }
        catch (Exception e)
        {
            Fail(e);
        }
        return _queue.Count > 0;
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
                sink.Names = item.Names;
                var function = _lowering.Lower(instance, sink, item.Names);
                // A backend is not given code that contradicts itself: what it would do with that is undefined.
                LirValidator.Check(function);
                Define(function.Symbol, _tcx.CodegenFnAttrs(instance.Def).Linkage);
                _loweredFunctions.Add(function);
                // Pages of the crates' files count as the process' memory as long as they are mapped.
                if (Interlocked.Increment(ref _lowered) % LoweredPerRelease == 0) foreach (var crate in _tcx.Crates) crate.ReleasePages();
            }
            catch (UnsupportedException e)
            {
                throw e.In(_tcx.DefPath(instance.Def), _tcx.CrateName(instance.Def));
            }
            catch (Exception e) when (e is not MirlinkException)
            {
                throw DamagedCrate.Explain(_tcx, _lowering, instance, e);
            }
        }
        else
        {
            try
            {
                var data = _lowering.LowerStatic(item.Static, sink);
                LirValidator.Check(data);
                Define(data.Symbol, _tcx.CodegenFnAttrs(item.Static).Linkage);
                _loweredStatics.Add(data);
            }
            catch (UnsupportedException e)
            {
                throw e.In(_tcx.DefPath(item.Static), _tcx.CrateName(item.Static));
            }
            catch (Exception e) when (e is not MirlinkException)
            {
                throw DamagedCrate.Explain(_tcx, item.Static, e);
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
        if (_names.IsCompiledHere(instance)) local.Push(new Item(instance, default));
    }

    private void AddStatic(DefId def, Stack<Item> local)
    {
        if (!_statics.TryAdd(def, 0)) return;
        if (_names.IsStaticDefinedHere(def)) local.Push(new Item(null, def));
    }

    private void AddData(LirData data)
    {
        if (!_data.TryAdd(data.Symbol, data)) return;
        LirValidator.Check(data);
        Define(data.Symbol, null);
    }
}
