// Only in builds with -p:MirlinkSerial=true, which `bench/run.sh threads` compares with the ordinary one: the concurrent collections as plain ones, in each
// assembly for itself, in the place of the runtime's. Such a build is right with one thread (-j 1) only.
using System.Diagnostics.CodeAnalysis;

namespace System.Collections.Concurrent;

internal sealed class ConcurrentDictionary<TKey, TValue> : Dictionary<TKey, TValue> where TKey : notnull
{
    public ConcurrentDictionary() { }
    public ConcurrentDictionary(IEqualityComparer<TKey>? comparer) : base(comparer) { }

    public bool IsEmpty => Count == 0;

    // The value is made outside, as it may need other values of the same dictionary.
    public TValue GetOrAdd(TKey key, Func<TKey, TValue> make) => TryGetValue(key, out var found) ? found : Keep(key, make(key));

    public TValue GetOrAdd<TArg>(TKey key, Func<TKey, TArg, TValue> make, TArg argument) => TryGetValue(key, out var found) ? found : Keep(key, make(key, argument));

    public TValue GetOrAdd(TKey key, TValue value) => Keep(key, value);

    public bool TryRemove(TKey key, out TValue value) => Remove(key, out value!);

    private TValue Keep(TKey key, TValue value)
    {
        if (TryAdd(key, value)) return value;
        return this[key];
    }
}

internal sealed class ConcurrentBag<T> : List<T>
{
    public bool TryTake([MaybeNullWhen(false)] out T item)
    {
        item = default;
        if (Count == 0) return false;
        item = this[^1];
        RemoveAt(Count - 1);
        return true;
    }
}
