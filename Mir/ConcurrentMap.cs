using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Mirlink.Mir;

/// <summary>
/// Values by key, which are added and never change: what a session's caches are. Readers take no lock. Thread-safe.
/// </summary>
/// <remarks>
/// Entries lie in arrays that are never moved, found through slots of hash and number, which are: an entry is no object of its own, as one of the runtime's
/// ConcurrentDictionary is, so that there are a hundred times fewer objects for the garbage collector to trace and move.
/// </remarks>
/// <typeparam name="TComparer">How keys are compared; a structure, for calls that are known when the tool is compiled.</typeparam>
public class ConcurrentMap<TKey, TValue, TComparer> where TKey : notnull where TComparer : struct, IEqualityComparer<TKey>
{
    private struct Entry
    {
        public TKey Key;
        public TValue Value;
    }

    private const int FirstChunk = 4;

    private readonly Lock _writing = new();
    // Each twice as long as the one before.
    private Entry[][] _chunks = [];
    // Open addressing, at most half full: the hash above, one more than the entry's number below; 0 is empty. A slot is written after its entry.
    private ulong[] _slots = [];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public bool IsEmpty => Count == 0;

    public bool ContainsKey(TKey key) => TryGetValue(key, out _);

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value) => TryGet(key, Hash(key), out value);

    /// <summary>False if there is a value for this key, which then stays.</summary>
    public bool TryAdd(TKey key, TValue value)
    {
        uint hash = Hash(key);
        return !TryGet(key, hash, out _) && Insert(key, hash, value, out _);
    }

    /// <summary>The value that is there, else this one, which now is.</summary>
    public TValue GetOrAdd(TKey key, TValue value)
    {
        uint hash = Hash(key);
        if (TryGet(key, hash, out var known)) return known;
        Insert(key, hash, value, out known);
        return known;
    }

    /// <summary>The value that is there, else the one that <paramref name="make"/> gives. Two threads may both make it; one wins and both get that one.</summary>
    public TValue GetOrAdd(TKey key, Func<TKey, TValue> make)
    {
        uint hash = Hash(key);
        if (TryGet(key, hash, out var known)) return known;
        Insert(key, hash, make(key), out known);
        return known;
    }

    /// <inheritdoc cref="GetOrAdd(TKey, Func{TKey, TValue})"/>
    public TValue GetOrAdd<TArg>(TKey key, Func<TKey, TArg, TValue> make, TArg argument)
    {
        uint hash = Hash(key);
        if (TryGet(key, hash, out var known)) return known;
        Insert(key, hash, make(key, argument), out known);
        return known;
    }

    /// <summary>The keys so far, in the order in which they were added, which differs from run to run where several threads add.</summary>
    public TKey[] Keys
    {
        get
        {
            lock (_writing)
            {
                var keys = new TKey[_count];
                for (int i = 0; i < keys.Length; i++) keys[i] = At(_chunks, i).Key;
                return keys;
            }
        }
    }

    /// <summary>The values so far, in the order of <see cref="Keys"/>.</summary>
    public TValue[] Values
    {
        get
        {
            lock (_writing)
            {
                var values = new TValue[_count];
                for (int i = 0; i < values.Length; i++) values[i] = At(_chunks, i).Value;
                return values;
            }
        }
    }

    /// <summary>The keys and values so far, in the order of <see cref="Keys"/>.</summary>
    public KeyValuePair<TKey, TValue>[] Entries
    {
        get
        {
            lock (_writing)
            {
                var entries = new KeyValuePair<TKey, TValue>[_count];
                for (int i = 0; i < entries.Length; i++) entries[i] = new(At(_chunks, i).Key, At(_chunks, i).Value);
                return entries;
            }
        }
    }

    // Hash codes may be numbers in a row, or have no more than their low bits set.
    private static uint Hash(TKey key) => (uint)default(TComparer).GetHashCode(key) * 0x9E3779B9;

    private static ref Entry At(Entry[][] chunks, int number)
    {
        int n = number + FirstChunk, chunk = BitOperations.Log2((uint)n / FirstChunk);
        return ref chunks[chunk][n - (FirstChunk << chunk)];
    }

    private bool TryGet(TKey key, uint hash, [MaybeNullWhen(false)] out TValue value)
    {
        ulong[] slots = Volatile.Read(ref _slots);
        if (slots.Length != 0)
        {
            int mask = slots.Length - 1;
            for (int i = Start(hash, mask); ; i = (i + 1) & mask)
            {
                ulong slot = Volatile.Read(ref slots[i]);
                if (slot == 0) break;
                if ((uint)(slot >> 32) != hash) continue;
                ref var entry = ref At(_chunks, (int)(uint)slot - 1);
                if (!default(TComparer).Equals(entry.Key, key)) continue;
                value = entry.Value;
                return true;
            }
        }
        value = default;
        return false;
    }

    // The product's high bits are the mixed ones.
    private static int Start(uint hash, int mask) => (int)(hash >> BitOperations.LeadingZeroCount((uint)mask)) & mask;

    /// <summary>True if the value was added; the one that is there now in any case.</summary>
    private bool Insert(TKey key, uint hash, TValue value, out TValue kept)
    {
        lock (_writing)
        {
            if (TryGet(key, hash, out kept!)) return false;
            int number = _count;
            int n = number + FirstChunk, chunk = BitOperations.Log2((uint)n / FirstChunk);
            if (chunk == _chunks.Length)
            {
                // Readers that have the shorter list have no slot for what is in the longer one.
                var chunks = new Entry[chunk + 1][];
                _chunks.CopyTo(chunks, 0);
                chunks[chunk] = new Entry[FirstChunk << chunk];
                Volatile.Write(ref _chunks, chunks);
            }
            ref var entry = ref At(_chunks, number);
            entry.Key = key;
            entry.Value = value;
            if (2 * number >= _slots.Length)
            {
                var larger = new ulong[Math.Max(4 * FirstChunk, _slots.Length * 2)];
                foreach (ulong slot in _slots) if (slot != 0) Put(larger, slot);
                Volatile.Write(ref _slots, larger);
            }
            Put(_slots, (ulong)hash << 32 | (uint)(number + 1));
            Volatile.Write(ref _count, number + 1);
            kept = value;
            return true;
        }
    }

    private static void Put(ulong[] slots, ulong slot)
    {
        int mask = slots.Length - 1, i = Start((uint)(slot >> 32), mask);
        while (slots[i] != 0) i = (i + 1) & mask;
        Volatile.Write(ref slots[i], slot);
    }
}

/// <summary>A <see cref="ConcurrentMap{TKey, TValue, TComparer}"/> of keys that say themselves what equals them.</summary>
public sealed class ConcurrentMap<TKey, TValue> : ConcurrentMap<TKey, TValue, ByValue<TKey>> where TKey : notnull, IEquatable<TKey>;
