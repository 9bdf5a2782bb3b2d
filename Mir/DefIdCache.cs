namespace Mirlink.Mir;

/// <summary>
/// Query results by definition: readers take no lock. A class of our own because framework dictionaries over our value types cannot be compiled ahead of
/// time, and every short run of the tool would compile some twenty of them.
/// </summary>
public sealed class DefIdCache<T> where T : class
{
    private sealed class Table(int capacity)
    {
        // 0 is "empty": keys hold the crate number plus one.
        public readonly ulong[] Keys = new ulong[capacity];
        /// <summary>Null is a result too; a key without its value yet is never seen, as keys are written last.</summary>
        public readonly T?[] Values = new T?[capacity];
        public int Count;
    }

    private readonly Lock _writing = new();
    private volatile Table _table = new(64);

    private static ulong KeyOf(DefId d) => (ulong)(uint)(d.Krate + 1) << 32 | (uint)d.Index;

    private static int Slot(ulong key, int capacity)
    {
        ulong h = key * 0x9E3779B97F4A7C15;
        return (int)(h >> 32) & (capacity - 1);
    }

    /// <summary>The cached result, or the one that <paramref name="make"/> gives. Two threads may both make it; one result wins and both get that one.</summary>
    public T? GetOrAdd(DefId def, Func<DefId, TyCtxt, T?> make, TyCtxt tcx)
    {
        ulong key = KeyOf(def);
        return TryGet(_table, key, out var known) ? known : Add(key, make(def, tcx));
    }

    private static bool TryGet(Table table, ulong key, out T? value)
    {
        for (int i = Slot(key, table.Keys.Length); ; i = (i + 1) & (table.Keys.Length - 1))
        {
            ulong k = Volatile.Read(ref table.Keys[i]);
            if (k == key)
            {
                value = table.Values[i];
                return true;
            }
            if (k == 0)
            {
                value = null;
                return false;
            }
        }
    }

    private T? Add(ulong key, T? value)
    {
        lock (_writing)
        {
            var table = _table;
            if (TryGet(table, key, out var known)) return known;
            if (table.Count >= table.Keys.Length / 2)
            {
                var larger = new Table(table.Keys.Length * 2);
                for (int i = 0; i < table.Keys.Length; i++) if (table.Keys[i] != 0) Insert(larger, table.Keys[i], table.Values[i]);
                _table = table = larger;
            }
            Insert(table, key, value);
            return value;
        }
    }

    private static void Insert(Table table, ulong key, T? value)
    {
        int i = Slot(key, table.Keys.Length);
        while (table.Keys[i] != 0) i = (i + 1) & (table.Keys.Length - 1);
        table.Values[i] = value;
        Volatile.Write(ref table.Keys[i], key);
        table.Count++;
    }
}
