using System.Text.RegularExpressions;

namespace Mirlink.Fidelity.Programs;

/// <summary>Functions that both modules declare or define: how arguments and results are passed, and what callers may rely on.</summary>
static partial class AbiComparison
{
    /// <summary>Part of the passing itself; everything else states a fact.</summary>
    static bool IsPassing(string attribute) => attribute is "inreg" or "signext" or "zeroext" or "nest" || attribute.StartsWith("sret(", StringComparison.Ordinal)
        || attribute.StartsWith("byval(", StringComparison.Ordinal) || attribute.StartsWith("alignstack(", StringComparison.Ordinal);

    /// <summary>The alignment of memory that is passed is part of passing.</summary>
    static string Passing(string type, string[] attributes)
    {
        bool memory = attributes.Any(a => a.StartsWith("sret(", StringComparison.Ordinal) || a.StartsWith("byval(", StringComparison.Ordinal));
        return string.Join(' ', attributes.Where(a => IsPassing(a) || (memory && a.StartsWith("align ", StringComparison.Ordinal))).Prepend(type));
    }

    static string Passing(IrFunction f) =>
        $"{f.CallingConvention} {Passing(f.ReturnType, f.ReturnAttributes)} ({string.Join(", ", f.Parameters.Select(p => Passing(p.Type, p.Attributes)))})".TrimStart();

    /// <summary>Of a parameter; an aggregate counts as its fields.</summary>
    static IEnumerable<string> Facts(IrParameter p) =>
        Enumerable.Repeat(string.Join(' ', p.Attributes.Where(static a => a != "align 1")), p.Type.StartsWith("{ ", StringComparison.Ordinal) ? p.Type.Split(", ").Length : 1);

    /// <summary>Facts about functions that a caller's code depends on.</summary>
    static readonly HashSet<string> OfFunctions = new(StringComparer.Ordinal) { "nounwind", "noreturn", "cold", "returns_twice", "willreturn", "convergent", "naked" };

    static string Facts(IrFunction f) =>
        $"{string.Join(' ', f.ReturnAttributes.Where(static a => a != "align 1"))} ({string.Join(", ", f.Parameters.SelectMany(Facts))}) {string.Join(' ', f.Attributes.Where(a => OfFunctions.Contains(a) || a.StartsWith("memory(", StringComparison.Ordinal) || a.StartsWith("alloc", StringComparison.Ordinal)))}";

    static void Compare(BothIrs irs, Tally tally, Func<IrFunction, string> show, Func<IrFunction, IrFunction, string, string, (string Kind, string Why)?> explain)
    {
        string set = irs.Set;
        var asked = new HashSet<(string, string)>();
        foreach (var theirs in irs.Modules.SelectMany(static m => m.Ir.Functions.Values))
        {
            if (theirs.Name.StartsWith("llvm.", StringComparison.Ordinal)) continue; // LLVM's, not called by address or name
            if (!irs.Ours.Functions.TryGetValue(irs.OurName(theirs.Name), out var ours)) continue; // a matter of instances
            string where = $"{irs.Program.Name} -O{irs.Level} {theirs.Name}";
            // Several crates may declare the same.
            if (irs.Modules.Length > 1 && !asked.Add((ours.Name, show(theirs)))) continue;
            if (!ours.Defined && ours is { ReturnType: "void", Parameters: [], Attributes.Length: <= 1 } or { Name: "rust_eh_personality" })
            {
                tally.Note("declarations without a signature", where, "ours only takes the function's address, in a vtable or for unwinding: nothing calls it through the declaration");
                continue;
            }
            string expected = show(theirs), actual = show(ours), example = $"{where}\nrustc: {expected}\nours:  {actual}";
            if (expected == actual) tally.Equal(set);
            else if (explain(theirs, ours, expected, actual) is var (kind, why)) tally.Differs(set, kind, example, why);
            else tally.Differs(set, Kind(expected, actual), example);
        }
    }

    /// <summary>What one has and the other has not.</summary>
    static string Kind(string expected, string actual)
    {
        var missing = Words(expected);
        var extra = new List<string>();
        foreach (string w in Words(actual)) if (!missing.Remove(w)) extra.Add(w);
        return $"rustc alone: [{string.Join(' ', missing.Distinct())}], we alone: [{string.Join(' ', extra.Distinct())}]";
    }

    static List<string> Words(string s)
    {
        var words = new List<string>();
        foreach (string w in s.Split([' ', ',', '(', ')'], StringSplitOptions.RemoveEmptyEntries)) if (!char.IsAsciiDigit(w[0])) words.Add(w);
        return words;
    }

    public static void AskPassing(BothIrs irs, Tally tally) => Compare(irs, tally, Passing, static (_, _, expected, actual) => OddInteger().Replace(expected, Widened) == actual
        ? ("integers of odd sizes", "LLVM widens an integer to the next register size, with the new bits undefined, in registers and on the stack: the same location and the same bits")
        : Flattened().Replace(expected, "$1") == Flattened().Replace(actual, "$1")
        ? ("aggregates in registers", "LLVM passes an aggregate as its fields one after the other: the same registers and stack slots")
        : null);

    /// <summary>An aggregate among the parameters.</summary>
    [GeneratedRegex(@"(?<=[(,] ?)\{ ([^{}]*) \}")]
    private static partial Regex Flattened();

    [GeneratedRegex(@"\bi(24|40|48|56)\b")]
    private static partial Regex OddInteger();

    static string Widened(Match m) => m.Value == "i24" ? "i32" : "i64";

    public static void AskAttributes(BothIrs irs, Tally tally) => Compare(irs, tally, Facts, (theirs, ours, expected, actual) =>
    {
        if (theirs.Name.Contains("7___rustc", StringComparison.Ordinal) && ours.Defined)
            return ("the allocator's symbols", "Mirlink defines them in the link, where rustc's program declares them: the definition is what callers see");
        if (irs.Modules.Length > 1 && !theirs.Defined && !ours.Defined && !theirs.Name.StartsWith("_R", StringComparison.Ordinal) && MemoryEffects().Replace(expected, "") == MemoryEffects().Replace(actual, ""))
            return ("foreign functions that crates declare differently", "std says #[ffi_const] where the libc crate does not: rustc has a declaration per crate, the link has one for those that the program uses");
        return WithoutDeduced(expected) == WithoutDeduced(actual)
            ? ("what rustc deduces from bodies", "rustc deduces from the MIR of the callee that an argument in memory is only read or not kept; LLVM deduces the same from the callee's code, which this link has")
            : null;
    });

    [GeneratedRegex(@"\bmemory\((none|read)\) ?")]
    private static partial Regex MemoryEffects();

    /// <summary>Without what deduced_param_attrs adds to arguments in memory: readonly, and captures(none) in place of captures(address).</summary>
    static string WithoutDeduced(string facts) => string.Join(", ", facts.Replace("(address, read_provenance)", "(address; read_provenance)", StringComparison.Ordinal).Split(", ").Select(static p =>
        p.Contains("dead_on_return", StringComparison.Ordinal) || p.Contains("sret", StringComparison.Ordinal)
            ? p.Replace("captures(none)", "captures(address)", StringComparison.Ordinal).Replace(" readonly", "", StringComparison.Ordinal)
            : p));
}
