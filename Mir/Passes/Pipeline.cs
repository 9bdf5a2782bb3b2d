using System.Diagnostics;

namespace Mirlink.Mir.Passes;

/// <summary>
/// The passes in their order: a list before inlining, one to clean up where something was inlined, one that works on locals, one at the end, and one for
/// bodies that are lowered. What a callee looks like when it is inlined is what all but the last made of it.
/// </summary>
public sealed class Pipeline
{
    /// <summary>
    /// A pass and the lowest level it runs at: 0 always, 1 when optimizing. After: if it was on a body before, it only runs again if one of these, or inlining, changed
    /// the body since.
    /// </summary>
    private readonly record struct Entry(IMirPass Pass, int Level, params string[] After);

    /// <summary>What leaves copies of locals where there were none.</summary>
    private static readonly string[] s_makeCopies = ["inst-simplify", "const-prop", "devirtualize", "reference-prop", "jump-threading", "split-locals", "sroa", "hoist-loads", "gvn", "aggregate-stores"];

    private static readonly Entry[] s_beforeInlining =
    [
        // Checks that this link leaves out first: what they guard must not be looked at by anything that follows.
        new(new ConstBranches(), 0),
        // Before jumps are simplified: each drop that is none leaves a jump.
        new(new NoopDrops(), 0),
        // What a wrapper's drop glue would have called; fewer functions at any level.
        new(new PeelDrops(), 0),
        // With panic=abort all of cleanup goes here, before anybody spends time on it.
        new(new NoopCleanup(), 0),
        new(new SimplifyCfg(), 0),
        // Reborrows and casts to the same type become copies, which the next pass removes.
        new(new InstSimplify(), 0),
        new(new CopyProp(), 1),
        // Sees through copies that copy propagation left nothing of.
        new(new ConstProp(), 1),
        // Constants that came to branches by the last pass.
        new(new ConstBranches(), 1, "const-prop"),
        // So that what is called can be inlined.
        new(new Devirtualize(), 1),
        new(new SimplifyCfg(), 0),
    ];

    private static readonly Entry[] s_afterInlining =
    [
        new(new InstSimplify(), 0),
        // Arguments and results of inlined functions are copies.
        new(new CopyProp(), 1),
        new(new ConstProp(), 1),
        new(new ConstBranches(), 0),
        // What inlined functions clean up may be nothing, now that their drops are known.
        new(new NoopCleanup(), 0),
        new(new SimplifyCfg(), 0),
    ];

    private static readonly Entry[] s_locals =
    [
        // Casts to trait objects are next to the calls, now that functions between them are inlined.
        new(new Devirtualize(), 1),
        // What is no longer borrowed can be looked at by all that follow.
        new(new ReferenceProp(), 1),
        // Before locals are split: who comes from where sees fewer assignments.
        new(new JumpThreading(), 1),
        new(new SimplifyCfg(), 1),
        // Before aggregates are taken apart: one that is assigned once needs no copies.
        new(new SplitLocals(), 1),
        new(new Sroa(expand: false), 1),
        // What was a field is a local now.
        new(new CopyProp(), 1, s_makeCopies),
        new(new ConstProp(), 1, [.. s_makeCopies, "copy-prop", "const-branches"]),
        // References are locals by now that are assigned once; what was read before the loop already, the next pass takes from there.
        new(new HoistLoads(), 1),
        // Wants everything that can be assigned once to be so.
        new(new Gvn(), 1),
        // What was computed before is a copy.
        new(new CopyProp(), 1, s_makeCopies),
        new(new ConstBranches(), 1, "const-prop", "gvn", "jump-threading"),
        new(new SimplifyCfg(), 1),
    ];

    private static readonly Entry[] s_atTheEnd =
    [
        // Needs the single block that jumps were simplified to.
        new(new ReturnPlace(), 0),
        // What copies and constants were propagated from.
        new(new DeadStores(), 0),
        // Storage and assignments that are gone leave empty statements and blocks.
        new(new SimplifyCfg(), 0),
        // Last: all others may leave locals unused. Lowering does not mind them; whoever inlines the body would make them again each time.
        new(new UnusedLocals(), 0),
    ];

    /// <summary>What comes last, for a body that is lowered. It has the passes of the list before, which only bodies that are inlined go through, that are of use here.</summary>
    private static readonly Entry[] s_forLowering =
    [
        // Hides from everybody what memory is made of.
        new(new Sroa(expand: true), 1),
        new(new CopyProp(), 1, s_makeCopies),
        // Copies that are left. After aggregates were taken apart: what is left of them is memory.
        new(new DestinationProp(), 1),
        new(new ReturnPlace(), 0),
        new(new DeadStores(), 0),
        new(new SimplifyCfg(), 0),
        // Of the locals that are left. Last: whatever merges or moves them drops the marks.
        new(new StorageRanges(), 1),
    ];

    /// <summary>
    /// For generic bodies, when a library's rlib is made: what needs no types and is there for all instances then. Cheap ones only: most bodies of a library are reached by no program.
    /// </summary>
    private static readonly Entry[] s_onGenericMir =
    [
        // The same order as after inlining, for the same reasons.
        new(new InstSimplify(), 0),
        new(new CopyProp(), 0),
        new(new ConstProp(), 0),
        // Drop flags that are constants by now. Checks are decided by the link.
        new(new ConstBranches(), 0, "const-prop"),
        new(new NoopCleanup(), 0),
        new(new SimplifyCfg(), 0),
        new(new ReturnPlace(), 0),
        new(new DeadStores(), 0),
        new(new SimplifyCfg(), 0),
        // Each is a type to instantiate.
        new(new UnusedLocals(), 0),
    ];

    private readonly PassContext _context;
    /// <summary>A pass that is on. Number: among all; After: bits of the numbers of <see cref="Entry.After"/> and of inlining.</summary>
    private readonly record struct Step(IMirPass Pass, int Number, uint After);

    private readonly Step[] _before, _after, _locals, _end, _lowering, _generic;

    public Pipeline(PassContext context)
    {
        _context = context;
        foreach (string s in context.Options.Switches)
            if (s.Length < 2 || s[0] is not ('+' or '-') || s[1..] != "all" && !Names.Contains(s[1..]))
                throw new MirlinkException($"unknown MIR pass switch `{s}`") { Help = $"write +name or -name, or all for the name; the passes are: {string.Join(", ", Names)}" };
        _before = Select(s_beforeInlining);
        _after = Select(s_afterInlining);
        _locals = Select(s_locals);
        _end = Select(s_atTheEnd);
        _lowering = Select(s_forLowering);
        _generic = Select(s_onGenericMir);
    }

    /// <summary>All names that can be switched, in the order of their first run.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. s_beforeInlining.Select(static e => e.Pass.Name).Append(Inline.PassName).Concat(s_afterInlining.Select(static e => e.Pass.Name)).Concat(s_locals.Select(static e => e.Pass.Name)).Concat(s_atTheEnd.Select(static e => e.Pass.Name)).Concat(s_forLowering.Select(static e => e.Pass.Name)).Distinct()];

    /// <summary>A pass by its name; null for inlining, which is about more than one body.</summary>
    public static IMirPass? Find(string name)
    {
        foreach (var entries in (ReadOnlySpan<Entry[]>)[s_beforeInlining, s_afterInlining, s_locals, s_atTheEnd, s_forLowering])
            foreach (var e in entries) if (e.Pass.Name == name) return e.Pass;
        return null;
    }

    private static readonly string[] s_numbers = [.. Names];

    /// <summary>The number of a pass, or of inlining, in a <see cref="PassHistory"/>.</summary>
    internal static int Number(string name) => Array.IndexOf(s_numbers, name);

    private Step[] Select(Entry[] entries)
    {
        var steps = new List<Step>();
        foreach (var e in entries)
        {
            if (!IsOn(e.Pass.Name, e.Level)) continue;
            uint after = e.After.Length == 0 ? uint.MaxValue : 1u << Number(Inline.PassName);
            foreach (string name in e.After) after |= 1u << Number(name);
            steps.Add(new Step(e.Pass, Number(e.Pass.Name), after));
        }
        return [.. steps];
    }

    /// <summary>The last switch of a pass, or of all, decides; else its level.</summary>
    public bool IsOn(string name, int level)
    {
        for (int i = _context.Options.Switches.Count - 1; i >= 0; i--)
            if (_context.Options.Switches[i].AsSpan(1) is var s && (s.SequenceEqual(name) || s.SequenceEqual("all"))) return _context.Options.Switches[i][0] == '+';
        return level == 0 || _context.Options.Optimize;
    }

    public void BeforeInlining(Body body) => Run(_before, body);
    public void AfterInlining(Body body) => Run(_after, body);
    public void OnLocals(Body body) => Run(_locals, body);
    public void AtTheEnd(Body body) => Run(_end, body);
    /// <summary>What is good for a body that is lowered, but not for one that is inlined.</summary>
    public void ForLowering(Body body) => Run(_lowering, body);
    /// <summary>Of a library, with <see cref="PassOptions.Generic"/>.</summary>
    public void OnGenericMir(Body body) => Run(_generic, body);

    private void Run(Step[] steps, Body body)
    {
        var history = body.Passes ??= new PassHistory(s_numbers.Length);
        foreach (var (pass, number, after) in steps)
        {
            if (history.IsDone(number, after)) continue;
            long start = Stopwatch.GetTimestamp();
            bool changed = pass.Run(body, _context);
            _context.AddTime(pass.Name, Stopwatch.GetTimestamp() - start, changed);
            history.Ran(number, changed);
            if (!changed) continue;
            if (_context.Options.Validate) Validate(_context.Tcx, body, pass.Name);
        }
        history.Forget();
    }

    /// <exception cref="BugException">The body is not valid.</exception>
    public static void Validate(TyCtxt tcx, Body body, string after)
    {
        if (Validator.Check(tcx, body) is { Count: > 0 } errors)
            throw new BugException($"after {after}, `{tcx.DefPath(body.Def)}`: {string.Join("; ", errors.Take(5))}\n{Text.MirPrinter.Print(tcx, body)}");
    }
}
