using Mirlink.Backend.Lir;

namespace Mirlink.Linker;

/// <summary>
/// What one unit alone knows is the unit's own (LLVM's internal linkage, as its pass of that name): a function with one caller is inlined whatever its size, one that was
/// inlined everywhere is not compiled at all, arguments that nobody needs are not passed, and a static that nobody writes is a constant.
/// </summary>
internal static class Internalizer
{
    /// <param name="kept">What objects that are not made from LIR may refer to: exported items, what the assembly of crates names.</param>
    public static void Run(List<LirUnit> units, IReadOnlySet<LirSymbol> kept)
    {
        var owner = new Dictionary<LirSymbol, int>(ReferenceEqualityComparer.Instance);
        for (int u = 0; u < units.Count; u++)
        {
            foreach (var f in units[u].Functions) if (f.Section is null) owner[f.Symbol] = u;
            foreach (var d in units[u].Data) if (d is { Used: false, Section: null }) owner[d.Symbol] = u;
        }
        for (int u = 0; u < units.Count; u++)
        {
            foreach (var f in units[u].Functions) Share(f.Symbols, u);
            foreach (var f in units[u].Inlinable) Share(f.Symbols, u);
            foreach (var d in units[u].Data)
                foreach (var r in d.Relocs)
                    if (owner.TryGetValue(r.Target, out int o) && o != u) owner.Remove(r.Target);
            foreach (var (_, target) in units[u].Aliases) owner.Remove(target);
        }
        foreach (var symbol in owner.Keys) if (symbol.Linkage == LirLinkage.Hidden && !kept.Contains(symbol)) symbol.Linkage = LirLinkage.Internal;

        void Share(LirSymbol[] symbols, int unit)
        {
            foreach (var s in symbols) if (owner.TryGetValue(s, out int o) && o != unit) owner.Remove(s);
        }
    }
}
