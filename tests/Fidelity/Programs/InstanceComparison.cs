namespace Mirlink.Fidelity.Programs;

/// <summary>
/// Functions and statics that rustc generates code for (-Zprint-mono-items; its module defines each of them) and those that the collector found. What one
/// has alone must be something that the other's code never refers to.
/// </summary>
static class InstanceComparison
{
    public static void Ask(BothIrs irs, Tally tally)
    {
        string set = irs.Set, program = $"{irs.Program.Name} -O{irs.Level}";
        // Several crates may have made the same instance.
        var theirs = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var module in irs.Modules)
        {
            int defined = 0;
            foreach (string symbol in Defined(module.Ir))
            {
                string name = irs.OurName(symbol);
                if (!theirs.TryGetValue(name, out var symbols)) theirs.Add(name, symbols = []);
                symbols.Add(symbol);
                defined++;
            }
            int printed = module.MonoItems.Count(static l => l.StartsWith("MONO_ITEM fn", StringComparison.Ordinal) || l.StartsWith("MONO_ITEM static", StringComparison.Ordinal));
            if (printed != defined) tally.Differs(set, "items that rustc prints and does not define under a name of their own", $"{program}, {irs.Lowered.Tcx.Crates[module.Crate].Info.Name}: {printed} printed, {defined} defined");
        }
        var ours = Defined(irs.Ours).ToHashSet(StringComparer.Ordinal);

        var reached = Reached(irs);
        foreach (var (name, symbols) in theirs)
        {
            string symbol = symbols.Find(reached.Contains) ?? symbols[0];
            bool isReached = reached.Contains(symbol);
            if (ours.Contains(name)) tally.Equal(set);
            else if (irs.IsFromStd(symbol))
            {
                tally.Equal(set);
                tally.Note("ready in the standard library", $"{symbol}: {name}", "rustc, compiling a library, uses the instances in the crates that it depends on; the link sees those in all of std");
            }
            else if (isReached && symbol.Contains("4core10intrinsics", StringComparison.Ordinal))
                tally.Note("only rustc: bodies of intrinsics that it calls", symbol, "Mirlink makes the operation where rustc's backend calls the intrinsic's fallback body");
            else if (!isReached)
            {
                if (symbol.Contains("10intrinsics", StringComparison.Ordinal)) tally.Note("only rustc: bodies of intrinsics that its backend replaces", symbol, "rustc generates code for the fallback body of an intrinsic and never calls it");
                else if (irs.Modules.Length > 1) tally.Note("only rustc: what the program does not need", symbol, "rustc compiles a library before it knows the program; from main on, nothing in the generated code of all crates refers to these");
                else if (irs.Theirs.Globals.ContainsKey(symbol)) tally.Note("only rustc: statics that nothing refers to", symbol, "rustc takes every static of the crate for a root");
                else tally.Note("only rustc: functions that nothing refers to", symbol, "its generated code, from main on, does not contain their addresses: only MIR that needs no code mentions them");
            }
            else tally.Differs(set, "only rustc", $"{program}: {symbol}");
        }
        foreach (string name in ours.Where(o => !theirs.ContainsKey(o)).Order(StringComparer.Ordinal))
        {
            if (name.Contains("7___rustc", StringComparison.Ordinal)) tally.Note("only ours: what rustc puts into other modules", name, "the allocator's shim is no item");
            else tally.Differs(set, "only ours", $"{program}: {name}");
        }
    }

    /// <summary>Functions and statics of Rust that a module defines.</summary>
    static IEnumerable<string> Defined(LlvmText module)
    {
        foreach (var f in module.Functions.Values) if (f.Defined && f.Name is not ("main" or "__rust_try")) yield return f.Name;
        foreach (var g in module.Globals.Values) if (!IsAnonymous(g) && !g.Name.StartsWith("llvm.", StringComparison.Ordinal) && g.Initializer is not null) yield return g.Name;
    }

    /// <summary>Has no name in Rust: constants' memory, vtables, literals that either compiler's backend makes.</summary>
    public static bool IsAnonymous(IrGlobal g) => g.Name.StartsWith("alloc_", StringComparison.Ordinal) || g.Name.StartsWith("vtable", StringComparison.Ordinal) || g.Name.StartsWith("anon.", StringComparison.Ordinal)
        || g.Name.StartsWith("str.", StringComparison.Ordinal);

    /// <summary>What the entry of rustc's program refers to, and that in turn, up to what we take from the standard library.</summary>
    public static HashSet<string> Reached(BothIrs irs)
    {
        var module = irs.Theirs;
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var queue = new Stack<string>();
        foreach (var f in module.Functions.Values) if (f.Defined && !f.Name.StartsWith("_R", StringComparison.Ordinal)) queue.Push(f.Name);
        while (queue.TryPop(out string? name))
        {
            if (!reached.Add(name) || irs.IsFromStd(name)) continue;
            var uses = module.Functions.TryGetValue(name, out var f) ? f.Uses : module.Globals.TryGetValue(name, out var g) ? g.Uses : null;
            if (uses is not null) foreach (string use in uses) if (!reached.Contains(use)) queue.Push(use);
        }
        return reached;
    }
}
