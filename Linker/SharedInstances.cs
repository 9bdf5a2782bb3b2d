using Mirlink.Backend.Lir;
using Mirlink.Backend.Lowering;
using Mirlink.Mir;
using Mirlink.Mir.Erasure;

namespace Mirlink.Linker;

/// <summary>A function with erased types to lower, and what is mentioned in it is named after.</summary>
internal sealed record SharedFunction(Instance Code, ErasedNames Names);

/// <summary>
/// Calls of instances that one with erased types may serve. They wait until everything else is lowered. Then one is made where several instances wait for it; what
/// waits alone is made as it is, since types that nothing shares cost more than they save. That repeats with what these call in turn. Who waits at each turn does
/// not depend on the order in which threads got there, so neither does what comes out.
/// </summary>
/// <param name="made">Instances that are lowered by themselves, or whose symbol another one has.</param>
internal sealed class SharedInstances(TyCtxt tcx, LoweringContext lowering, LinkSymbols names, ConcurrentMap<Instance, byte> made)
{
    /// <summary>A call. Named: without erased types, what it would be in the instance that its caller is named after.</summary>
    private readonly record struct Request(Instance Instance, Instance Named);

    private sealed class Group(Instance code)
    {
        public readonly Instance Code = code;
        /// <summary>Null until it is made.</summary>
        public LirSymbol? Symbol;
        /// <summary>The instance whose name the symbol has, if it has one's.</summary>
        public Instance? Namesake;
        /// <summary>One instance was made by itself.</summary>
        public bool HasOne;
        public readonly HashSet<Instance> Served = [];
        public readonly List<Request> Waiting = [];
    }

    /// <summary>A function or ADT. Lonely: its first instance, as long as there is no other; nobody needs to know what could be erased in it.</summary>
    private sealed class Generic
    {
        public Instance? Lonely;
        public bool HasInstances;
    }

    private readonly ConcurrentMap<Instance, byte> _asked = new();
    private readonly ConcurrentMap<(InstanceKind, DefId), Generic> _generics = new();
    private readonly List<Generic> _lonely = [];
    private readonly ConcurrentMap<Request, byte> _requests = new();
    private readonly Lock _asking = new();
    private readonly Dictionary<Instance, Group> _groups = [];
    private readonly List<Group> _touched = [];

    /// <summary>
    /// An instance is called from code that is named by <paramref name="caller"/>. What is to be lowered by itself and does not wait is given to
    /// <paramref name="alone"/>. Thread-safe.
    /// </summary>
    public void Ask(Instance instance, ErasedNames? caller, Action<Instance> alone)
    {
        if (ErasedNames.HasErased(instance))
        {
            var request = new Request(instance, caller?.Of(instance) ?? instance);
            if (!_requests.TryAdd(request, 0)) return;
            var shared = lowering.CodeOf(instance);
            Wait(request, ReferenceEquals(shared, instance) || lowering.AreCalledAlike(instance, shared) ? shared : instance);
            return;
        }
        if (lowering.GenericOf(instance) is not { } def)
        {
            alone(instance);
            return;
        }
        if (!_asked.TryAdd(instance, 0)) return;
        var generic = _generics.GetOrAdd((instance.Kind, def), static _ => new Generic());
        Instance? lonely;
        lock (generic)
        {
            lonely = generic.Lonely;
            generic.Lonely = generic.HasInstances ? null : instance;
            generic.HasInstances = true;
            if (generic.Lonely is not null)
            {
                lock (_asking) _lonely.Add(generic);
                return;
            }
        }
        if (lonely is not null) Find(lonely, alone);
        Find(instance, alone);
    }

    private void Find(Instance instance, Action<Instance> alone)
    {
        var code = lowering.CodeOf(instance);
        if (ReferenceEquals(code, instance)) alone(instance);
        else Wait(new Request(instance, instance), code);
    }

    private void Wait(Request request, Instance code)
    {
        lock (_asking)
        {
            if (!_groups.TryGetValue(code, out var group)) _groups.Add(code, group = new Group(code));
            if (group.Waiting.Count == 0) _touched.Add(group);
            group.Waiting.Add(request);
        }
    }

    /// <summary>While nothing is lowered: what is to be lowered next, instances by themselves (given to <paramref name="alone"/>) and functions that serve several.</summary>
    public List<SharedFunction> Next(Action<Instance> alone)
    {
        foreach (var generic in _lonely)
        {
            if (generic.Lonely is not { } instance) continue;
            generic.Lonely = null;
            alone(instance);
        }
        _lonely.Clear();

        var several = new List<Group>();
        foreach (var group in _touched)
        {
            // Where an instance is made anyway, its callers call that.
            if (group.Symbol is null) group.Waiting.RemoveAll(r => made.ContainsKey(r.Instance));
            if (group.Waiting.Count == 0) continue;
            if (group.Symbol is null && group.Waiting.Count == 1 && !group.HasOne && !ErasedNames.HasErased(group.Waiting[0].Instance))
            {
                group.HasOne = true;
                alone(group.Waiting[0].Instance);
                group.Waiting.Clear();
                continue;
            }
            group.Waiting.RemoveAll(r =>
            {
                if (ErasedNames.HasErased(r.Instance) || lowering.AreCalledAlike(r.Instance, group.Code)) return false;
                alone(r.Instance);
                return true;
            });
            foreach (var r in group.Waiting)
            {
                group.Served.Add(r.Instance);
                lowering.Forget(r.Instance);
            }
            if (group.Waiting.Count == 0) continue;
            if (group.Symbol is null) several.Add(group);
            else group.Waiting.Clear();
        }
        _touched.Clear();

        foreach (var group in several) group.Waiting.Sort((a, b) => ByName(a.Named, b.Named));
        several.Sort((a, b) => ByName(a.Waiting[0].Named, b.Waiting[0].Named) is var order and not 0 ? order : ByName(a.Code, b.Code));
        return several.ConvertAll(Make);
    }

    private int ByName(Instance a, Instance b) => a == b ? 0 : string.CompareOrdinal(names.NameOf(a), names.NameOf(b));

    private SharedFunction Make(Group group)
    {
        foreach (var r in group.Waiting)
        {
            if (ErasedNames.HasErased(r.Named) || !names.IsCompiledHere(r.Named) || !made.TryAdd(r.Named, 0)) continue;
            group.Namesake = r.Named;
            break;
        }
        var named = group.Namesake ?? group.Waiting[0].Named;
        group.Waiting.Clear();
        string name = names.NameOf(named);
        if (group.Namesake is null && !ErasedNames.HasErased(named))
        {
            // The names of all that wait are taken. That of the erased instance has a suffix by which it differs, and which demanglers leave out.
            string own = names.NameOf(group.Code);
            name += own[own.LastIndexOf(".llvm.", StringComparison.Ordinal)..];
        }
        group.Symbol = lowering.Define(group.Code, name);
        return new SharedFunction(group.Code, new ErasedNames(tcx, group.Code, named));
    }

    /// <summary>Symbols of instances that another one serves, with that one's.</summary>
    public Dictionary<LirSymbol, LirSymbol> Redirections()
    {
        var result = new Dictionary<LirSymbol, LirSymbol>(ReferenceEqualityComparer.Instance);
        foreach (var group in _groups.Values)
        {
            if (group.Symbol is not { } symbol) continue;
            foreach (var i in group.Served) if (!made.ContainsKey(i) && lowering.SymbolOf(i) is var s && s != symbol) result.Add(s, symbol);
            if (group.Namesake is { } namesake) result.Add(lowering.SymbolOf(namesake), symbol);
        }
        return result;
    }

    /// <summary>
    /// Functions that were made for several instances: the symbol, the instance whose name it has (null for none), the erased one, and the instances that were not made
    /// because of it. In no order.
    /// </summary>
    public IEnumerable<(LirSymbol Symbol, Instance? Namesake, Instance Code, IReadOnlyList<Instance> Others)> Made
    {
        get
        {
            foreach (var group in _groups.Values)
            {
                if (group.Symbol is not { } symbol) continue;
                var others = group.Served.Where(i => !made.ContainsKey(i)).ToList();
                // One that nobody calls has only given its name: it counts for one of those.
                if (group.Namesake is not { } namesake || !group.Served.Contains(namesake)) others.RemoveRange(0, Math.Min(1, others.Count));
                yield return (symbol, group.Namesake, group.Code, others);
            }
        }
    }
}
