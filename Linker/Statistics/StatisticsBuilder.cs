using Mirlink.Backend.Lir;
using Mirlink.Backend.Lowering;
using Mirlink.Linker.Elf;
using Mirlink.Linker.Merging;
using Mirlink.Mir;
using Mirlink.Mir.Text;

namespace Mirlink.Linker.Statistics;

/// <summary>Follows the instances of a link from collection to objects. Used by one thread.</summary>
internal sealed class StatisticsBuilder(TyCtxt tcx, LoweringContext lowering)
{
    private sealed class Group(string name, string crate)
    {
        public readonly string Name = name, Crate = crate;
        public CodeSize Compiled = new(0, 0, 0), Merged;
        public int Erased;
    }

    private readonly Dictionary<(InstanceKind, DefId), Group> _groups = [];
    /// <summary>What each function that was lowered here is an instance of.</summary>
    private readonly Dictionary<LirSymbol, Group> _groupOf = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, long> _codeBytes = new(StringComparer.Ordinal);
    private int _reached, _elsewhere, _erased;
    private CodeSize _lowered, _merged, _compiled = new(0, 0, 0);

    /// <param name="instances">What the program uses.</param>
    /// <param name="isHere">Is it compiled in this link?</param>
    public void Collected(IEnumerable<Instance> instances, Func<Instance, bool> isHere, List<LirFunction> functions)
    {
        foreach (var instance in instances)
        {
            // These two are no functions of their own: the call is replaced.
            if (instance.Kind is InstanceKind.Intrinsic or InstanceKind.Virtual) continue;
            _reached++;
            if (isHere(instance)) _groupOf[lowering.SymbolOf(instance)] = GroupOf(instance);
            else _elsewhere++;
        }
        foreach (var f in functions) _lowered += new CodeSize(1, f.Insts.Length);
    }

    /// <summary>Of the instances that one with erased types serves, that one counts for the first, or for the one whose name it has.</summary>
    public void Erased(SharedInstances shared)
    {
        foreach (var (symbol, namesake, code, others) in shared.Made)
        {
            _groupOf[symbol] = GroupOf(code);
            // The others are among the instances that were collected.
            if (namesake is null) _reached++;
            foreach (var other in others)
            {
                _reached++;
                _erased++;
                GroupOf(other).Erased++;
            }
        }
    }

    public void Merged(MergeResult result)
    {
        foreach (var f in result.Removed)
        {
            var size = new CodeSize(1, f.Insts.Length);
            _merged += size;
            if (_groupOf.TryGetValue(f.Symbol, out var group)) group.Merged += size;
        }
    }

    /// <summary>Reads the sizes of functions off the symbol table of an object.</summary>
    public void Object(string path)
    {
        foreach (var s in ElfFile.Open(path).Symbols) if (s.IsFunction && s.Section != 0) _codeBytes[s.Name] = s.Size;
    }

    public LinkStatistics Finish(List<LirFunction> compiled, string crate, LinkOptions options, int units)
    {
        foreach (var f in compiled)
        {
            var size = new CodeSize(1, f.Insts.Length, _codeBytes.GetValueOrDefault(f.Symbol.Name));
            _compiled += size;
            if (_groupOf.TryGetValue(f.Symbol, out var group)) group.Compiled += size;
        }
        var functions = new List<FunctionStatistics>(_groups.Count);
        foreach (var g in _groups.Values)
        {
            int copies = g.Compiled.Functions + g.Merged.Functions + g.Erased;
            functions.Add(new FunctionStatistics(g.Name, g.Crate, copies, g.Compiled, g.Merged, g.Erased));
        }
        functions.Sort(static (a, b) =>
        {
            int order = (b.Compiled.CodeBytes ?? 0).CompareTo(a.Compiled.CodeBytes ?? 0);
            if (order == 0) order = b.Compiled.LirInstructions.CompareTo(a.Compiled.LirInstructions);
            if (order == 0) order = b.Copies.CompareTo(a.Copies);
            if (order == 0) order = string.CompareOrdinal(a.Name, b.Name);
            return order != 0 ? order : string.CompareOrdinal(a.Crate, b.Crate);
        });
        return new LinkStatistics(crate, options.Backend, options.OptLevel, _reached, _elsewhere, _lowered, _merged, _erased, _compiled, units, functions);
    }

    private Group GroupOf(Instance instance)
    {
        var key = (instance.Kind, instance.Def);
        if (_groups.TryGetValue(key, out var group)) return group;
        string name = PathPrinter.ToString(tcx, Instance.Item(instance.Def, tcx.IdentityArgs(instance.Def)));
        string shim = instance.Kind switch
        {
            InstanceKind.Item or InstanceKind.DropGlue => "",
            InstanceKind.VTableShim => " (for a vtable)",
            InstanceKind.ReifyShim => " (as a function pointer)",
            InstanceKind.FnPtrShim => " (call of a function pointer)",
            InstanceKind.ClosureOnceShim => " (call by value)",
            InstanceKind.ThreadLocalShim => " (address of a thread-local)",
            InstanceKind.CloneShim => " (built-in clone)",
            _ => $" ({instance.Kind})",
        };
        return _groups[key] = new Group(name + shim, tcx.CrateName(instance.Def));
    }
}
