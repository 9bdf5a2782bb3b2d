using System.Runtime.CompilerServices;

namespace Mirlink.Mir;

/// <summary>
/// Query results by definition: readers take no lock. A class of our own because framework dictionaries over our value types cannot be compiled ahead of
/// time, and every short run of the tool would compile some twenty of them.
/// </summary>
public readonly struct DefIdCache<T>() where T : class
{
    private readonly ConcurrentTable _table = new();

    /// <summary>The cached result, or the one that <paramref name="make"/> gives. Two threads may both make it; one result wins and both get that one.</summary>
    public T? GetOrAdd(DefId def, Func<DefId, TyCtxt, T?> make, TyCtxt tcx)
    {
        // 0 is no key.
        ulong key = (ulong)(uint)(def.Krate + 1) << 32 | (uint)def.Index;
        return Unsafe.As<T?>(_table.TryGet(key, out var known) ? known : _table.Add(key, make(def, tcx)));
    }
}
