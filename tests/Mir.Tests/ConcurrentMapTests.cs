namespace Mirlink.Mir.Tests;

/// <summary>What is in a <see cref="ConcurrentMap{TKey, TValue}"/> is what was first added, whoever adds and whoever asks at the same time.</summary>
public sealed class ConcurrentMapTests
{
    [Fact]
    public void It_answers_as_a_dictionary_does()
    {
        var random = new Random(1);
        for (int round = 0; round < 50; round++)
        {
            var map = new ConcurrentMap<int, string>();
            var expected = new Dictionary<int, string>();
            int range = 1 << random.Next(1, 14);
            for (int i = 0; i < 4000; i++)
            {
                // Multiples of a power of two too: keys whose hashes differ in few bits.
                int key = random.Next(range) << (round % 20);
                switch (random.Next(4))
                {
                    case 0:
                        Assert.Equal(expected.TryGetValue(key, out var e), map.TryGetValue(key, out var m));
                        Assert.Equal(e, m);
                        break;
                    case 1:
                        Assert.Equal(expected.TryAdd(key, $"{i}"), map.TryAdd(key, $"{i}"));
                        break;
                    case 2:
                        expected.TryAdd(key, $"{i}");
                        Assert.Equal(expected[key], map.GetOrAdd(key, $"{i}"));
                        break;
                    default:
                        expected.TryAdd(key, $"{key} {i}");
                        Assert.Equal(expected[key], map.GetOrAdd(key, static (k, n) => $"{k} {n}", i));
                        break;
                }
            }
            Assert.Equal(expected.Count, map.Count);
            // Both keep the order in which keys came.
            Assert.Equal(expected.Keys, map.Keys);
            Assert.Equal(expected.Values, map.Values);
        }
    }

    private readonly struct AllAlike : IEqualityComparer<int>
    {
        public bool Equals(int x, int y) => x == y;
        public int GetHashCode(int x) => 7;
    }

    [Fact]
    public void Keys_of_one_hash_are_kept_apart()
    {
        var map = new ConcurrentMap<int, int, AllAlike>();
        for (int i = 0; i < 300; i++) Assert.True(map.TryAdd(i, -i));
        for (int i = 0; i < 300; i++) Assert.True(map.TryGetValue(i, out int v) && v == -i);
        Assert.False(map.TryGetValue(300, out _));
    }

    [Fact]
    public void All_threads_get_the_one_object_that_was_kept()
    {
        const int Threads = 4, Count = 50_000;
        var map = new ConcurrentMap<int, object>();
        var seen = new object[Threads][];
        var threads = new Thread[Threads];
        int missing = 0;
        for (int t = 0; t < Threads; t++)
        {
            int me = t;
            threads[t] = new Thread(() =>
            {
                seen[me] = new object[Count];
                // Two from below and two from above, so that each key is asked for while it and others are added.
                for (int i = 0; i < Count; i++)
                {
                    int key = me % 2 == 0 ? i : Count - 1 - i;
                    seen[me][key] = map.GetOrAdd(key, static _ => new object());
                    if (!map.TryGetValue(key, out var again) || !ReferenceEquals(again, seen[me][key])) Interlocked.Increment(ref missing);
                }
            });
        }
        foreach (var t in threads) t.Start();
        foreach (var t in threads) t.Join();
        Assert.Equal(0, missing);
        Assert.Equal(Count, map.Count);
        for (int i = 0; i < Count; i++)
        {
            Assert.True(map.TryGetValue(i, out var kept));
            for (int t = 0; t < Threads; t++) Assert.Same(kept, seen[t][i]);
        }
    }
}
