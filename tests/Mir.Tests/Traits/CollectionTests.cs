using System.Globalization;
using System.Text.RegularExpressions;
using Mirlink.Mir.Mangling;

namespace Mirlink.Mir.Tests;

/// <summary>rustc is the oracle: whatever it generated code for, resolution must arrive at too, under the same name.</summary>
public class CollectionTests
{
    static readonly string s_cases = Path.Combine(AppContext.BaseDirectory, "Traits");

    [Theory]
    [InlineData("exotic", "-Copt-level=0")]
    [InlineData("exotic", "-Copt-level=3")]
    [InlineData("closures", "-Copt-level=0")]
    [InlineData("iterators", "-Copt-level=0")]
    [InlineData("iterators", "-Copt-level=3")]
    [InlineData("dyn_traits", "-Copt-level=0")]
    [InlineData("specialization_std", "-Copt-level=0")]
    [InlineData("async_executor", "-Copt-level=0")]
    [InlineData("collections_btree", "-Copt-level=0")]
    [InlineData("sync", "-Copt-level=0")]
    [InlineData("files_io", "-Copt-level=0")]
    public void Everything_that_rustc_compiles_is_found_under_its_name(string program, string optimization)
    {
        var source = File.ReadAllText(Path.Combine(s_cases, program + ".rs")).Replace("\nfn main(", "\npub fn main(", StringComparison.Ordinal);
        var outcome = Compare(program, source, optimization);
        Assert.Empty(outcome.Errors);
        Assert.Empty(outcome.Missing);
        Assert.Empty(outcome.Vtables);
        Assert.True(outcome.Count > 100, $"only {outcome.Count} instances: nothing was compared");
        // Instances of private functions that nothing calls, and of intrinsics whose fallback bodies rustc's backend never uses.
        Assert.True(outcome.Extra.Count * 10 < outcome.Count, string.Join('\n', outcome.Extra));
    }

    internal sealed record Outcome(List<string> Missing, List<string> Extra, List<string> Errors, List<string> Vtables, int Count, int VtableCount);

    internal static Outcome Compare(string name, string source, params string[] flags)
    {
        var (tcx, krate, dir) = Toolchain.Compile(name, source, flags);
        try
        {
            var optimized = flags.Any(f => f.StartsWith("-Copt-level=", StringComparison.Ordinal) && f != "-Copt-level=0");
            var collector = new MonoCollector(tcx) { Local = krate, DebugAssertions = !optimized };
            collector.Run(Roots(tcx, krate));
            var names = new SymbolNames(tcx, "_R");
            var mine = new Dictionary<string, Instance>(StringComparer.Ordinal);
            foreach (var i in collector.Instances) mine.TryAdd(names.Of(i), i);
            var theirs = new List<string>();
            foreach (var line in Toolchain.Run("nm", dir, "--defined-only", name + ".o").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                // The allocator's symbols are made by the linking crate, __rust_try by the backend.
                if (parts is [_, "T" or "t" or "W" or "w", var symbol] && symbol.StartsWith("_R", StringComparison.Ordinal) && !symbol.Contains("7___rust", StringComparison.Ordinal)) theirs.Add(symbol);
            }
            theirs.Sort(StringComparer.Ordinal);
            var known = mine.Keys.ToList();
            known.Sort(StringComparer.Ordinal);
            var missing = theirs.Where(s => Prefix(known, s) is null).ToList();
            var matched = theirs.Select(s => Prefix(known, s)).ToHashSet();
            var extra = known.Where(k => !matched.Contains(k)).Select(k => $"{k}  {collector.Show(mine[k])}\n     from {collector.Why[mine[k]]}").ToList();

            var vtables = collector.Vtables.Select(v => Slots(tcx, names, v.Ty, v.Dyn)).ToHashSet(StringComparer.Ordinal);
            var all = ReadVtables(File.ReadAllText(Path.Combine(dir, name + ".ll")), s => Prefix(known, s) ?? s);
            return new Outcome(missing, extra, collector.Errors, all.Where(v => !vtables.Contains(v)).ToList(), mine.Count, all.Count);
        }
        finally { Directory.Delete(dir, recursive: true); }
    }

    /// <summary>rustc's symbol ends in the instantiating crate, which <see cref="SymbolNames"/> leaves out for code of this link.</summary>
    static string? Prefix(List<string> sorted, string symbol)
    {
        int at = sorted.BinarySearch(symbol, StringComparer.Ordinal);
        if (at >= 0) return symbol;
        for (at = ~at - 1; at >= 0; at--)
        {
            if (symbol.StartsWith(sorted[at], StringComparison.Ordinal)) return sorted[at];
            if (string.CompareOrdinal(sorted[at], 0, symbol, 0, 8) != 0) return null;
        }
        return null;
    }

    /// <summary>What has an address in a vtable, by slot.</summary>
    static string Slots(TyCtxt tcx, SymbolNames names, Ty ty, DynamicTy dyn)
    {
        var result = new List<string>();
        var entries = tcx.Traits.VtableEntries(ty, dyn);
        for (int i = 0; i < entries.Length; i++)
            switch (entries[i])
            {
                case VtblEntry.DropInPlace when tcx.Traits.NeedsDrop(ty): result.Add($"{i}:{names.Of(tcx.Traits.ResolveDropInPlace(ty))}"); break;
                case VtblEntry.Method m: result.Add($"{i}:{names.Of(m.Instance)}"); break;
                case VtblEntry.TraitVPtr: result.Add($"{i}:vtable"); break;
            }
        return string.Join(" ", result);
    }

    /// <summary>The same of each vtable in LLVM IR: `@vtable.0 = private … &lt;{ ptr @drop, [16 x i8] c"…", ptr @method }&gt;`.</summary>
    static List<string> ReadVtables(string ir, Func<string, string> symbol)
    {
        var result = new List<string>();
        foreach (var line in ir.Split('\n'))
        {
            if (!line.StartsWith("@vtable.", StringComparison.Ordinal)) continue;
            var initializer = line[line.IndexOf("> <{", StringComparison.Ordinal)..];
            var slots = new List<string>();
            int offset = 0;
            foreach (Match m in Regex.Matches(initializer, "ptr @\"?([^\", }]+)|\\[(\\d+) x i8\\]"))
            {
                if (m.Groups[2].Success) { offset += int.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture); continue; }
                var name = m.Groups[1].Value;
                slots.Add($"{offset / 8}:{(name.StartsWith("alloc_", StringComparison.Ordinal) ? "vtable" : symbol(name))}");
                offset += 8;
            }
            result.Add(string.Join(" ", slots));
        }
        return result;
    }

    /// <summary>Functions of the crate that need no arguments.</summary>
    internal static IEnumerable<Instance> Roots(TyCtxt tcx, int krate)
    {
        for (int i = 0; i < tcx.Crates[krate].DefCount; i++)
        {
            var def = new DefId(krate, i);
            if (tcx.DefKind(def) is not (DefKind.Fn or DefKind.AssocFn) || tcx.IsForeignItem(def) || !tcx.HasOptimizedMir(def)) continue;
            if (RequiresMonomorphization(tcx, def)) continue;
            yield return Instance.Item(def, tcx.Traits.NormalizeErasingRegions(tcx.IdentityArgs(def)));
        }
    }

    static bool RequiresMonomorphization(TyCtxt tcx, DefId def)
    {
        for (DefId? at = def; at is { } d && tcx.GenericsOf(d) is { } g; at = g.Parent)
            foreach (var p in g.OwnParams) if (p.Kind != GenericParamKind.Lifetime) return true;
        return false;
    }
}
