namespace Mirlink.Difftest.Generate;

/// <summary>The random choices of one program: the same seed makes the same choices on every machine and runtime (SplitMix64).</summary>
public sealed class Choices(ulong seed)
{
    private ulong _state = seed;

    public ulong NextBits()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number in [0, count).</summary>
    public int Below(int count) => (int)(NextBits() >> 33) % count;

    /// <summary>A number in [min, max].</summary>
    public int Between(int min, int max) => min + Below(max - min + 1);

    public bool Percent(int chance) => Below(100) < chance;

    public T In<T>(List<T> list) => list[Below(list.Count)];

    public T Of<T>(params ReadOnlySpan<T> list) => list[Below(list.Length)];

    /// <summary>An index chosen by weights.</summary>
    public int Weighted(ReadOnlySpan<int> weights)
    {
        int sum = 0;
        foreach (int w in weights) sum += w;
        int at = Below(sum);
        for (int i = 0; ; i++) if ((at -= weights[i]) < 0) return i;
    }

    /// <summary>A seed of its own for a part that shall not depend on how many choices other parts make.</summary>
    public static ulong Derive(ulong seed, ulong index) => new Choices(seed ^ (index * 0xD1342543DE82EF95 + 0x63652A4CD374B267)).NextBits();
}
