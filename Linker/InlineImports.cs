using Mirlink.Backend.Lir;

namespace Mirlink.Linker;

/// <summary>
/// Gives each unit the bodies of small functions of other units that it calls, and those that these call, so that splitting a program costs no inlining: what
/// LLVM's function importer does between modules, with its limit of 100 instructions that shrinks with the distance.
/// </summary>
internal static class InlineImports
{
    private const int SmallLimit = 100, HintedLimit = 400, SizeLimit = 30;
    private const double Decay = 0.7;

    public static List<LirUnit> Add(List<LirUnit> units, string optLevel)
    {
        if (units.Count < 2) return units;
        double small = optLevel is "s" or "z" ? SizeLimit : SmallLimit;
        var bodies = new Dictionary<LirSymbol, LirFunction>(ReferenceEqualityComparer.Instance);
        foreach (var u in units) foreach (var f in u.Functions) bodies[f.Symbol] = f;

        var result = new List<LirUnit>(units.Count);
        foreach (var unit in units)
        {
            var known = new HashSet<LirSymbol>(ReferenceEqualityComparer.Instance);
            foreach (var f in unit.Functions) known.Add(f.Symbol);
            var imports = new List<LirFunction>();
            // Breadth first: a function is found at its shortest distance, where the limit is highest.
            IReadOnlyList<LirFunction> ring = unit.Functions;
            for (double factor = 1; ring.Count > 0 && small * factor >= 1; factor *= Decay)
            {
                var next = new List<LirFunction>();
                foreach (var caller in ring)
                    foreach (var symbol in caller.Symbols)
                    {
                        if (!bodies.TryGetValue(symbol, out var callee) || known.Contains(symbol) || !IsCandidate(callee, small, factor)) continue;
                        known.Add(symbol);
                        next.Add(callee);
                    }
                imports.AddRange(next);
                ring = next;
            }
            result.Add(new LirUnit { Name = unit.Name, Functions = unit.Functions, Data = unit.Data, Aliases = unit.Aliases, Inlinable = imports });
        }
        return result;
    }

    private static bool IsCandidate(LirFunction f, double small, double factor)
    {
        const LirFunctionFlags never = LirFunctionFlags.NoInline | LirFunctionFlags.Naked | LirFunctionFlags.OptNone | LirFunctionFlags.Cold;
        var flags = f.Flags | f.Symbol.Flags;
        if ((flags & never) != 0 || f.Symbol.Linkage is not (LirLinkage.Hidden or LirLinkage.Export)) return false;
        if ((flags & LirFunctionFlags.AlwaysInline) != 0) return true;
        return f.Insts.Length <= ((flags & LirFunctionFlags.InlineHint) != 0 ? HintedLimit : small) * factor;
    }
}
