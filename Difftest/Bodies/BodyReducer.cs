using Mirlink.Difftest.Run;
using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Mir.Interpret;
using Mirlink.Mir.Text;
using Mirlink.Rustc;

namespace Mirlink.Difftest.Bodies;

/// <summary>
/// Makes a failing program small: branches are taken always, calls and statements left out, values replaced by constants, as long as the interpreter finds no
/// undefined behaviour and the variant still does something else than it should.
/// </summary>
public sealed class BodyReducer
{
    private readonly BodyBatch _batch;
    private readonly BodyComparison _comparison;
    private readonly BuildVariant _variant;
    private readonly BuildVariant? _reference;
    private readonly BodyFailure _failure;
    private readonly DateTime _until;
    private readonly ReductionJournal _journal;
    private readonly MirPrinter _printer;

    private BodyReducer(RustcToolchain toolchain, string directory, BodyFailure failure, DateTime until, ReductionJournal journal)
    {
        (_failure, _until, _journal) = (failure, until, journal);
        _comparison = new BodyComparison(toolchain, directory);
        _batch = _comparison.Prepare([failure.Seed]);
        _printer = ProgramText.PrinterOf(_batch);
        _variant = failure.Variant == "interpreter" ? BuildVariant.Default[0] : BuildVariant.ByName(failure.Variant);
        if (_batch.Programs[0].Unwinds) _reference = BuildVariant.ByName(failure.Variant == "llvm-O0-mir-none" ? "llvm-O2-mir-none" : "llvm-O0-mir-none");
    }

    /// <summary>The text of the reduced program (<see cref="ProgramText"/>): its types and the bodies that are left.</summary>
    public static string Reduce(RustcToolchain toolchain, string directory, BodyFailure failure, DateTime until, ReductionJournal journal)
    {
        var reducer = new BodyReducer(toolchain, directory, failure, until, journal);
        bool alone = reducer.StillFails();
        if (alone)
        {
            reducer.Run();
            reducer.Tidy();
        }
        return (alone ? "" : "// fails in its batch only\n") + ProgramText.Write(reducer._batch, reducer._printer, reducer.Reachable().Select(static r => r.Def));
    }

    // -- the test ------------------------------------------------------------------------------------------------------------------------------

    private bool StillFails() => _journal.Decide(Test);

    private bool Test()
    {
        var program = _batch.Programs[0];
        program.Expected = null;
        program.Rejected = null;
        foreach (var (_, body) in Reachable())
            if (Validator.Check(_batch.Tcx, body).Count > 0) return false;
        new SessionServices().Attach(_batch.Tcx, new LinkOptions { Root = "", Output = "" });
        _batch.Interpret();
        if (_failure.Variant == "interpreter") return program.Rejected is not null && Kind(program.Rejected) == Kind(_failure.Detail);
        if (program.Rejected is not null) return false;
        if (_comparison.Hashes(_batch, _variant, out string error) is not [var actual]) return _failure.Actual is null && Kind(error) == Kind(_failure.Detail);
        if (actual is null != _failure.Actual is null) return false;
        ulong? expected = program.Expected;
        if (_reference is not null)
        {
            if (_comparison.Hashes(_batch, _reference, out _) is not [{ } other]) return false;
            expected = other;
        }
        return actual != expected;
    }

    /// <summary>The first words of a message, without what names and numbers are in it.</summary>
    private static string Kind(string message) => new([.. message.TakeWhile(static c => !char.IsDigit(c) && c != '`').Take(60)]);

    // -- changes -------------------------------------------------------------------------------------------------------------------------------

    private void Run()
    {
        bool changed = true;
        while (changed && !IsOver)
        {
            changed = Terminators();
            changed |= Statements();
            changed |= Rvalues();
        }
    }

    private bool IsOver => !_journal.Replays && DateTime.UtcNow >= _until;

    /// <summary>Makes a change and keeps it if the program still fails.</summary>
    private bool Try(Action change, Action undo)
    {
        if (IsOver) return false;
        change();
        if (StillFails()) return true;
        undo();
        return false;
    }

    private List<(DefId Def, Body Body)> Reachable()
    {
        var found = new List<(DefId, Body)>();
        var seen = new HashSet<DefId>();
        var todo = new Stack<DefId>([_batch.Programs[0].Entry]);
        while (todo.TryPop(out var def))
        {
            if (def.Krate != _batch.Crate.Number || !seen.Add(def) || _batch.Crate[def].Body is not { } body) continue;
            found.Add((def, body));
            var mentions = new Mentions(todo);
            // Only blocks that can be reached count.
            foreach (int b in ReachableBlocks(body)) mentions.Visit(body, b);
            // Methods are called through their trait.
            if (mentions.Trait)
                for (int i = 0; i < _batch.Crate.DefCount; i++)
                    if (_batch.Crate.Items[i] is { Assoc: not null, Body: not null }) todo.Push(new DefId(_batch.Crate.Number, i));
        }
        found.Sort(static (a, b) => a.Item1.CompareTo(b.Item1));
        return found;
    }

    private sealed class Mentions(Stack<DefId> todo) : BodyRewriter
    {
        public bool Trait { get; private set; }

        public void Visit(Body body, int block)
        {
            foreach (var s in body.Blocks[block].Statements) Statement(s);
            Terminator(body.Blocks[block].Terminator);
        }

        protected override Operand Operand(in Operand operand)
        {
            if (operand.Kind == OperandKind.Constant && operand.Constant!.Const.Type is FnDefTy f)
            {
                todo.Push(f.Def);
                Trait |= f.Args.Count > 0;
            }
            return operand;
        }
    }

    private static List<int> ReachableBlocks(Body body)
    {
        var seen = new HashSet<int> { 0 };
        var todo = new Stack<int>([0]);
        var next = new List<int>();
        while (todo.TryPop(out int b))
        {
            next.Clear();
            Mirlink.Mir.Dataflow.Cfg.AddSuccessors(body.Blocks[b].Terminator, next);
            foreach (int n in next) if (seen.Add(n)) todo.Push(n);
        }
        return [.. seen.Order()];
    }

    /// <summary>One way out of a branch, no call, no drop.</summary>
    private bool Terminators()
    {
        bool any = false;
        foreach (var (_, body) in Reachable())
            foreach (int b in ReachableBlocks(body))
            {
                var old = body.Blocks[b].Terminator;
                int[] targets = old switch
                {
                    Terminator.SwitchInt s => [.. s.Targets.Distinct()],
                    Terminator.Call { Target: >= 0 } c => [c.Target],
                    Terminator.Drop d => [d.Target],
                    Terminator.Assert a => [a.Target],
                    _ => [],
                };
                foreach (int target in targets)
                {
                    if (!Try(() => body.Blocks[b].Terminator = new Terminator.Goto(target) { SourceInfo = old.SourceInfo }, () => body.Blocks[b].Terminator = old)) continue;
                    any = true;
                    break;
                }
            }
        return any;
    }

    /// <summary>Leaves statements out: a block's all, half of them, and so on.</summary>
    private bool Statements()
    {
        bool any = false;
        foreach (var (_, body) in Reachable())
            foreach (int b in ReachableBlocks(body))
                for (int size = Math.Max(1, body.Blocks[b].Statements.Length); size >= 1; size /= 2)
                    for (int at = 0; at < body.Blocks[b].Statements.Length;)
                    {
                        var old = body.Blocks[b].Statements;
                        if (Try(() => body.Blocks[b].Statements = [.. old[..at], .. old[Math.Min(old.Length, at + size)..]], () => body.Blocks[b].Statements = old)) any = true;
                        else at += size;
                    }
        return any;
    }

    /// <summary>Puts constants for results.</summary>
    private bool Rvalues()
    {
        bool any = false;
        foreach (var (_, body) in Reachable())
            foreach (int b in ReachableBlocks(body))
                for (int i = 0; i < body.Blocks[b].Statements.Length; i++)
                {
                    var old = body.Blocks[b].Statements[i];
                    if (old.Kind != StatementKind.Assign || old.Rvalue is Rvalue.Use { Operand.Kind: OperandKind.Constant }) continue;
                    if (body.TypeOf(_batch.Tcx, old.Place) is not PrimTy { ByteSize: > 0 } ty) continue;
                    var simple = old;
                    simple.Rvalue = new Rvalue.Use(CommonItems.Int(1, ty));
                    int statement = i;
                    any |= Try(() => body.Blocks[b].Statements[statement] = simple, () => body.Blocks[b].Statements[statement] = old);
                }
        return any;
    }

    /// <summary>Without the blocks and locals that nothing needs any more, if the program fails without them.</summary>
    private void Tidy()
    {
        var context = new Mirlink.Mir.Passes.PassContext(_batch.Tcx, new Mirlink.Mir.Passes.PassOptions());
        foreach (var (def, body) in Reachable())
        {
            var tidy = new Monomorphizer(_batch.Tcx).Instantiate(body, _batch.Tcx.IdentityArgs(def));
            foreach (var block in tidy.Blocks.AsSpan())
                for (int i = 0; i < block.Statements.Length; i++) block.Statements[i].SourceInfo = new SourceInfo(Span.Dummy, 0);
            new Mirlink.Mir.Passes.SimplifyCfg().Run(tidy, context);
            new Mirlink.Mir.Passes.UnusedLocals().Run(tidy, context);
            _batch.Crate[def].Body = tidy;
            if (!StillFails()) _batch.Crate[def].Body = body;
        }
    }
}
