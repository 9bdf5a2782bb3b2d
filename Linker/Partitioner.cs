using System.Globalization;
using Mirlink.Backend.Lir;

namespace Mirlink.Linker;

/// <summary>
/// Splits a program's functions and data into units of about equal size. Order and cut points depend on symbol names, references and sizes alone, so the same
/// program gives the same units however many threads found it. Without optimization the order is that of names; with it, what refers to each other stays
/// together (<see cref="Affinity"/>).
/// </summary>
internal static class Partitioner
{
    private const int DataBytesPerInst = 16;

    /// <summary>A unit is not worth its overhead below this many LIR instructions.</summary>
    private const int MinUnitSize = 4000, MinOptimizedUnitSize = 12000;

    public static List<LirUnit> Partition(string name, List<LirFunction> functions, List<LirData> data, int units, bool optimize)
    {
        functions.Sort(static (a, b) => string.CompareOrdinal(a.Symbol.Name, b.Symbol.Name));
        data.Sort(static (a, b) => string.CompareOrdinal(a.Symbol.Name, b.Symbol.Name));
        long total = 0;
        foreach (var f in functions) total += f.Insts.Length;
        foreach (var d in data) total += SizeOf(d);
        units = (int)Math.Clamp(total / (optimize ? MinOptimizedUnitSize : MinUnitSize), 1, Math.Max(1, units));

        if (optimize && units > 1) return ByAffinity(name, functions, data, units);
        var result = new List<LirUnit>(units);
        var currentFunctions = new List<LirFunction>();
        var currentData = new List<LirData>();
        long size = 0, done = 0;
        int f0 = 0, d0 = 0;
        // One sequence in order of names: a function's own constants are named after it and so stay near it.
        while (f0 < functions.Count || d0 < data.Count)
        {
            bool takeData = f0 == functions.Count || (d0 < data.Count && string.CompareOrdinal(data[d0].Symbol.Name, functions[f0].Symbol.Name) < 0);
            if (takeData)
            {
                size += SizeOf(data[d0]);
                currentData.Add(data[d0++]);
            }
            else
            {
                size += functions[f0].Insts.Length;
                currentFunctions.Add(functions[f0++]);
            }
            if (result.Count + 1 < units && done + size >= total * (result.Count + 1) / units) Cut();
        }
        if (currentFunctions.Count + currentData.Count > 0 || result.Count == 0) Cut();
        return result;

        void Cut()
        {
            result.Add(new LirUnit
            {
                Name = $"{name}.{result.Count.ToString(CultureInfo.InvariantCulture)}",
                Functions = currentFunctions,
                Data = currentData,
            });
            currentFunctions = [];
            currentData = [];
            done += size;
            size = 0;
        }
    }

    private static List<LirUnit> ByAffinity(string name, List<LirFunction> functions, List<LirData> data, int units)
    {
        int[] unitOf = Affinity.Assign(functions, data, SizeOf, units);
        var result = new List<LirUnit>(units);
        for (int u = 0; u < units; u++)
        {
            var (unitFunctions, unitData) = (new List<LirFunction>(), new List<LirData>());
            for (int i = 0; i < functions.Count; i++) if (unitOf[i] == u) unitFunctions.Add(functions[i]);
            for (int i = 0; i < data.Count; i++) if (unitOf[functions.Count + i] == u) unitData.Add(data[i]);
            if (unitFunctions.Count + unitData.Count == 0) continue;
            result.Add(new LirUnit { Name = $"{name}.{result.Count.ToString(CultureInfo.InvariantCulture)}", Functions = unitFunctions, Data = unitData });
        }
        return result;
    }

    private static long SizeOf(LirData d) => 1 + d.Bytes.Length / DataBytesPerInst;
}
