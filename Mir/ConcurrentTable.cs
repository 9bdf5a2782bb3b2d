namespace Mirlink.Mir;

/// <summary>
/// Objects, or nulls, by keys that are not 0; readers take no lock. Under the caches that every run of the tool fills: each kind of framework dictionary
/// would be some twenty types to load, and comparers to compile.
/// </summary>
public sealed class ConcurrentTable
{
    private sealed class Slots(int capacity)
    {
        // 0 is "empty".
        public readonly ulong[] Keys = new ulong[capacity];
        /// <summary>Null is a result too; a key without its value yet is never seen, as keys are written last.</summary>
        public readonly object?[] Values = new object?[capacity];
        public int Count;
    }

    private readonly Lock _writing = new();
    private volatile Slots? _slots;

    private static int SlotOf(ulong key, int capacity)
    {
        ulong h = key * 0x9E3779B97F4A7C15;
        return (int)(h >> 32) & (capacity - 1);
    }

    public bool TryGet(ulong key, out object? value)
    {
        if (_slots is { } slots) return TryGet(slots, key, out value);
        value = null;
        return false;
    }

    private static bool TryGet(Slots slots, ulong key, out object? value)
    {
        for (int i = SlotOf(key, slots.Keys.Length); ; i = (i + 1) & (slots.Keys.Length - 1))
        {
            ulong k = Volatile.Read(ref slots.Keys[i]);
            if (k == key)
            {
                value = slots.Values[i];
                return true;
            }
            if (k == 0)
            {
                value = null;
                return false;
            }
        }
    }

    /// <summary>The value that is there, else this one, which now is.</summary>
    public object? Add(ulong key, object? value)
    {
        lock (_writing)
        {
            var slots = _slots ??= new Slots(64);
            if (TryGet(slots, key, out var known)) return known;
            if (slots.Count >= slots.Keys.Length / 2)
            {
                var larger = new Slots(slots.Keys.Length * 2);
                for (int i = 0; i < slots.Keys.Length; i++) if (slots.Keys[i] != 0) Insert(larger, slots.Keys[i], slots.Values[i]);
                _slots = slots = larger;
            }
            Insert(slots, key, value);
            return value;
        }
    }

    private static void Insert(Slots slots, ulong key, object? value)
    {
        int i = SlotOf(key, slots.Keys.Length);
        while (slots.Keys[i] != 0) i = (i + 1) & (slots.Keys.Length - 1);
        slots.Values[i] = value;
        Volatile.Write(ref slots.Keys[i], key);
        slots.Count++;
    }
}
