using System.Globalization;

namespace Mirlink.Fidelity.Programs;

/// <summary>Data of both modules: named statics by name, vtables and anonymous allocations by content, what they point to included.</summary>
static class DataComparison
{
    sealed class Module(LlvmText text, Func<string, string> name)
    {
        readonly Dictionary<string, string> _shown = new(StringComparer.Ordinal);

        public IEnumerable<IrGlobal> Globals => text.Globals.Values;

        public string Show(IrGlobal g)
        {
            if (_shown.TryGetValue(g.Name, out string? known)) return known;
            _shown[g.Name] = "itself";
            var data = IrData.Read(g.Type, g.Initializer!);
            return _shown[g.Name] = $"{(g.Constant ? "" : "mutable ")}{(g.ThreadLocal ? "thread-local " : "")}align {g.Align} {data.Show(Target)}";
        }

        string Target(string target) => text.Globals.TryGetValue(target, out var g) && InstanceComparison.IsAnonymous(g) ? "(" + Show(g) + ")" : name(target);
    }

    static bool IsVtable(IrGlobal g) => g.Name.StartsWith("vtable", StringComparison.Ordinal);

    static void Compare(BothIrs irs, Tally tally, bool vtables)
    {
        string set = irs.Set, where = $"{irs.Program.Name} -O{irs.Level}";
        Module theirs = new(irs.Theirs, irs.OurName), ours = new(irs.Ours, static n => n);
        // A vtable that constants refer to is anonymous memory for rustc's backend.
        var vtablesByContent = new HashSet<string>(StringComparer.Ordinal);
        foreach (var g in ours.Globals) if (g.Initializer is not null && IsVtable(g)) vtablesByContent.Add(ours.Show(g));
        var anonymous = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var g in ours.Globals) if (g.Initializer is not null && InstanceComparison.IsAnonymous(g) && IsVtable(g) == vtables) anonymous.TryAdd(ours.Show(g), g.Name);
        var all = anonymous.Keys.ToHashSet(StringComparer.Ordinal);
        // Two of rustc's that differ in uninitialized bytes are one of ours.
        bool Take(string content)
        {
            anonymous.Remove(content);
            return all.Contains(content);
        }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var reached = InstanceComparison.Reached(irs);
        // Of equal ones the first counts: one that is reached.
        foreach (var g in theirs.Globals.OrderByDescending(g => reached.Contains(g.Name)))
        {
            if (g.Initializer is null) continue;
            if (InstanceComparison.IsAnonymous(g))
            {
                string shown = theirs.Show(g);
                if ((IsVtable(g) || vtablesByContent.Contains(shown)) != vtables || !seen.Add(shown)) continue;
                if (Take(shown)) tally.Equal(set);
                else if (shown.Contains("__", StringComparison.Ordinal) && Take(shown.Replace("__", "00", StringComparison.Ordinal)))
                {
                    tally.Equal(set);
                    tally.Note("uninitialized bytes", $"{where} {g.Name}: {Cut(shown)}", "rustc leaves them to LLVM, ours are zero");
                }
                else if (!reached.Contains(g.Name)) tally.Note("only rustc: memory that nothing refers to", $"{where} {g.Name}: {Cut(shown)}", "only code that is not reached names it");
                else if (g.Name.StartsWith("anon.", StringComparison.Ordinal)) tally.Note("only rustc: values to copy from", $"{where} {g.Name}: {Cut(shown)}", Copied);
                else tally.Differs(set, vtables ? "only rustc: vtables" : "only rustc: memory", $"{where} {g.Name}: {Cut(shown)}");
            }
            else if (!vtables && irs.Ours.Globals.TryGetValue(irs.OurName(g.Name), out var o) && o.Initializer is not null)
            {
                string expected = theirs.Show(g), actual = ours.Show(o);
                if (expected == actual) tally.Equal(set);
                else if (expected.Replace("__", "00", StringComparison.Ordinal) == actual)
                {
                    tally.Equal(set);
                    tally.Note("uninitialized bytes", $"{where} {g.Name}: {Cut(expected)}", "rustc leaves them to LLVM, ours are zero");
                }
                else tally.Differs(set, "another initializer", $"{where} {g.Name}\nrustc: {Cut(expected)}\nours:  {Cut(actual)}");
            }
        }
        if (!vtables && anonymous.Count > 0)
            foreach (string id in irs.TypeIds)
                if (anonymous.Remove("align 8 " + id, out string? memory)) tally.Note("type ids", $"{where} {memory}: {id}", "a type's id depends on the identity of its crate, which is another for the library that Mirlink reads than for the program");
        foreach (var (shown, name) in anonymous.OrderBy(a => a.Value, StringComparer.Ordinal))
        {
            if (!vtables && IsOfGreaterAlignment(shown, all, seen)) tally.Note("equal memory of less alignment", $"{where} {name}: {Cut(shown)}", MoreAligned);
            else tally.Differs(set, vtables ? "only ours: vtables" : "only ours: memory", $"{where} {name}: {Cut(shown)}");
        }
    }

    const string MoreAligned = "rustc's backend keeps equal constants of a module once, aligned as the most demanding one needs (static_addr_of); both modules have that one";

    /// <summary>Do both have the same immutable bytes with a greater alignment?</summary>
    static bool IsOfGreaterAlignment(string shown, HashSet<string> ours, HashSet<string> theirs)
    {
        if (!shown.StartsWith("align ", StringComparison.Ordinal)) return false;
        int end = shown.IndexOf(' ', "align ".Length);
        for (int align = 2 * int.Parse(shown.AsSpan("align ".Length, end - "align ".Length), CultureInfo.InvariantCulture); align <= 4096; align *= 2)
            if (string.Create(CultureInfo.InvariantCulture, $"align {align}{shown[end..]}") is var other && ours.Contains(other) && theirs.Contains(other)) return true;
        return false;
    }

    const string Copied = "a constant with uninitialized parts that rustc's backend keeps in memory and copies from; how a value gets into a local is the backend's choice";

    static string Cut(string s) => s.Length > 400 ? s[..400] + "…" : s;

    public static void AskVtables(BothIrs irs, Tally tally) => Compare(irs, tally, vtables: true);

    public static void AskConstants(BothIrs irs, Tally tally) => Compare(irs, tally, vtables: false);
}
