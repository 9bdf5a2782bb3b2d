using Mirlink.Backend.Lir;

namespace Mirlink.Linker;

/// <summary>
/// Which functions and data belong into one unit: what only one function refers to goes with that function, what two refer to draws these together, and so on, as long as the
/// group stays well below a unit's size; then groups go, the largest first, to the unit that they refer to most and that still has room.
/// </summary>
internal static class Affinity
{
    /// <summary>A group's size at most, and a unit's beyond the average, as parts of an average unit.</summary>
    private const double GroupLimit = 0.5, Slack = 0.05;

    /// <summary>What more refer to says nothing about what belongs together.</summary>
    private const int MaxReferences = 64;

    /// <returns>By function, and behind these by data: the unit's number, below <paramref name="units"/>.</returns>
    public static int[] Assign(List<LirFunction> functions, List<LirData> data, Func<LirData, long> sizeOf, int units)
    {
        int count = functions.Count + data.Count;
        var numbers = new Dictionary<LirSymbol, int>(count, ReferenceEqualityComparer.Instance);
        long[] size = new long[count];
        long total = 0;
        for (int i = 0; i < count; i++)
        {
            numbers[i < functions.Count ? functions[i].Symbol : data[i - functions.Count].Symbol] = i;
            size[i] = i < functions.Count ? functions[i].Insts.Length : sizeOf(data[i - functions.Count]);
            total += size[i];
        }
        double unit = (double)total / units;

        // Edges by who refers, the same edge once; and by what is referred to how many there are.
        var edges = new List<(int From, int To)>();
        int[] references = new int[count], last = new int[count];
        Array.Fill(last, -1);
        for (int i = 0; i < count; i++)
        {
            if (i < functions.Count) foreach (var s in functions[i].Symbols) Refer(i, s);
            else foreach (var r in data[i - functions.Count].Relocs) Refer(i, r.Target);
        }
        var byReferences = new List<(int From, int To)>[MaxReferences + 1];
        foreach (var e in edges)
            if (references[e.To] <= MaxReferences) (byReferences[references[e.To]] ??= []).Add(e);

        int[] group = new int[count];
        for (int i = 0; i < count; i++) group[i] = i;
        long limit = (long)(unit * GroupLimit);
        foreach (var list in byReferences)
        {
            if (list is null) continue;
            foreach (var (from, to) in list)
            {
                int a = Find(from), b = Find(to);
                if (a == b || size[a] + size[b] > limit) continue;
                // The smaller number stays, so that the outcome is one of names alone.
                if (a > b) (a, b) = (b, a);
                group[b] = a;
                size[a] += size[b];
            }
        }
        return Pack();

        void Refer(int from, LirSymbol symbol)
        {
            if (!numbers.TryGetValue(symbol, out int to) || to == from || last[to] == from) return;
            last[to] = from;
            references[to]++;
            edges.Add((from, to));
        }

        int Find(int i)
        {
            while (group[i] != i) i = group[i] = group[group[i]];
            return i;
        }

        int[] Pack()
        {
            var groups = new List<int>();
            for (int i = 0; i < count; i++) if (Find(i) == i) groups.Add(i);
            groups.Sort((a, b) => size[a] != size[b] ? size[b].CompareTo(size[a]) : a.CompareTo(b));
            // Edges between groups, in both directions.
            var neighbours = new List<(int Group, double Weight)>?[count];
            foreach (var (from, to) in edges)
            {
                int a = Find(from), b = Find(to);
                if (a == b || references[to] > MaxReferences) continue;
                double weight = 1.0 / references[to];
                (neighbours[a] ??= []).Add((b, weight));
                (neighbours[b] ??= []).Add((a, weight));
            }
            int[] unitOf = new int[count];
            Array.Fill(unitOf, -1);
            double[] load = new double[units], pull = new double[units];
            foreach (int g in groups)
            {
                Array.Clear(pull);
                if (neighbours[g] is { } list)
                    foreach (var (other, weight) in list) if (unitOf[other] >= 0) pull[unitOf[other]] += weight;
                int best = -1, lightest = 0;
                for (int u = 0; u < units; u++)
                {
                    if (load[u] < load[lightest]) lightest = u;
                    if (pull[u] > 0 && load[u] + size[g] <= unit * (1 + Slack) && (best < 0 || pull[u] > pull[best])) best = u;
                }
                if (best < 0) best = lightest;
                unitOf[g] = best;
                load[best] += size[g];
            }
            for (int i = 0; i < count; i++) unitOf[i] = unitOf[Find(i)];
            return unitOf;
        }
    }
}
