namespace Mirlink.Fidelity.Programs;

/// <summary>
/// Functions and statics that rustc generates code for (-Zprint-mono-items; its module defines each of them) and those that the collector found. What one
/// has alone must be something that the other's code never refers to.
/// </summary>
static class InstanceComparison
{
    public static void Ask(BothIrs irs, Tally tally)
    {
        string set = $"{irs.Program.Set} -O{irs.Level}";
        var theirs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var f in irs.Theirs.Functions.Values) if (f.Defined && f.Name.StartsWith("_R", StringComparison.Ordinal)) theirs.Add(irs.OurName(f.Name), f.Name);
        foreach (var g in irs.Theirs.Globals.Values) if (!IsAnonymous(g) && g.Initializer is not null) theirs.Add(irs.OurName(g.Name), g.Name);
        var ours = new HashSet<string>(StringComparer.Ordinal);
        foreach (var f in irs.Ours.Functions.Values) if (f.Defined) ours.Add(f.Name);
        foreach (var g in irs.Ours.Globals.Values) if (g.Initializer is not null && !IsAnonymous(g)) ours.Add(g.Name);

        var reached = Reached(irs.Theirs);
        foreach (var (name, symbol) in theirs)
        {
            if (ours.Contains(name)) tally.Equal(set);
            else if (reached.Contains(symbol) && symbol.Contains("4core10intrinsics", StringComparison.Ordinal))
                tally.Note("only rustc: bodies of intrinsics that it calls", symbol, "Mirlink makes the operation where rustc's backend calls the intrinsic's fallback body");
            else if (!reached.Contains(symbol))
            {
                if (symbol.Contains("10intrinsics", StringComparison.Ordinal)) tally.Note("only rustc: bodies of intrinsics that its backend replaces", symbol, "rustc generates code for the fallback body of an intrinsic and never calls it");
                else if (irs.Theirs.Globals.ContainsKey(symbol)) tally.Note("only rustc: statics that nothing refers to", symbol, "rustc takes every static of the crate for a root");
                else tally.Note("only rustc: functions that nothing refers to", symbol, "its generated code, from main on, does not contain their addresses: only MIR that needs no code mentions them");
            }
            else tally.Differs(set, "only rustc", $"{irs.Program.Name} -O{irs.Level}: {symbol}");
        }
        foreach (string name in ours.Except(theirs.Keys).Order(StringComparer.Ordinal))
        {
            if (!name.StartsWith("_R", StringComparison.Ordinal) || name.Contains("7___rustc", StringComparison.Ordinal)) tally.Note("only ours: what rustc puts into other modules", name, "main, the allocator's shim and __rust_try are no items");
            else tally.Differs(set, "only ours", $"{irs.Program.Name} -O{irs.Level}: {name}");
        }
        int functions = irs.MonoItems.Count(l => l.StartsWith("MONO_ITEM fn", StringComparison.Ordinal)), statics = irs.MonoItems.Count(l => l.StartsWith("MONO_ITEM static", StringComparison.Ordinal));
        if (functions + statics != theirs.Count) tally.Note("items that rustc prints and does not define under a name of their own", $"{irs.Program.Name} -O{irs.Level}: {functions} + {statics} printed, {theirs.Count} defined", null);
    }

    /// <summary>Has no name in Rust: constants' memory, vtables, literals that either compiler's backend makes.</summary>
    public static bool IsAnonymous(IrGlobal g) => g.Name.StartsWith("alloc_", StringComparison.Ordinal) || g.Name.StartsWith("vtable", StringComparison.Ordinal) || g.Name.StartsWith("anon.", StringComparison.Ordinal);

    /// <summary>What the module's entry refers to, and that in turn.</summary>
    public static HashSet<string> Reached(LlvmText module)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var queue = new Stack<string>();
        foreach (var f in module.Functions.Values) if (f.Defined && !f.Name.StartsWith("_R", StringComparison.Ordinal)) queue.Push(f.Name);
        while (queue.TryPop(out string? name))
        {
            if (!reached.Add(name)) continue;
            var uses = module.Functions.TryGetValue(name, out var f) ? f.Uses : module.Globals.TryGetValue(name, out var g) ? g.Uses : null;
            if (uses is not null) foreach (string use in uses) if (!reached.Contains(use)) queue.Push(use);
        }
        return reached;
    }
}
