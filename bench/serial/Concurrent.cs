// Only in builds with -p:MirlinkSerial=true, which `bench/run.sh threads` compares with the ordinary one: the concurrent collections as plain ones, in each
// assembly for itself, in the place of the runtime's and of Mir/ConcurrentMap.cs. Such a build is right with one thread (-j 1) only.
using System.Diagnostics.CodeAnalysis;

namespace System.Collections.Concurrent
{
    internal class ConcurrentDictionary<TKey, TValue> : Dictionary<TKey, TValue> where TKey : notnull
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
}

namespace Mirlink.Mir
{
    internal class ConcurrentMap<TKey, TValue, TComparer>() : System.Collections.Concurrent.ConcurrentDictionary<TKey, TValue>(default(TComparer))
        where TKey : notnull where TComparer : struct, IEqualityComparer<TKey>
    {
        public new TKey[] Keys => [.. base.Keys];
        public new TValue[] Values => [.. base.Values];
        public KeyValuePair<TKey, TValue>[] Entries => [.. this];
    }

    // The dictionary knows by itself how to compare keys of this kind, without calls through an interface.
    internal sealed class ConcurrentMap<TKey, TValue> : System.Collections.Concurrent.ConcurrentDictionary<TKey, TValue> where TKey : notnull, IEquatable<TKey>
    {
        public new TKey[] Keys => [.. base.Keys];
        public new TValue[] Values => [.. base.Values];
        public KeyValuePair<TKey, TValue>[] Entries => [.. this];
    }
}
