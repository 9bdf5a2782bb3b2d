using Mirlink.Mir.Dataflow;

namespace Mirlink.Mir.Passes;

/// <summary>
/// A switch whose outcome the way to it decides: whoever comes that way goes straight to the target, with what stands before the switch repeated.
/// What was decided is an enum's variant that was just made, a constant that was just assigned, or a switch on the same value before.
/// </summary>
public sealed class JumpThreading : IMirPass
{
    /// <summary>Statements that may be repeated on one way.</summary>
    private const int MaxRepeated = 6;
    /// <summary>Blocks between the switch and where the way is redirected.</summary>
    private const int MaxPath = 4;
    /// <summary>Blocks that are searched upwards for what a local is.</summary>
    private const int MaxSearch = 12;
    private const int MaxThreads = 400;

    public string Name => "jump-threading";

    public bool Run(Body body, PassContext context)
    {
        bool any = false;
        foreach (ref readonly var b in body.Blocks.AsSpan()) any |= b.Terminator is Terminator.SwitchInt { Discr.IsPlace: true };
        return any && new Threading(body, context).Run();
    }

    /// <summary>Locals whose address is taken, or that are written in ways that are not looked into; and how often each is read.</summary>
    private sealed class Locals : PlaceVisitor
    {
        public readonly BitSet Opaque;
        public readonly int[] Reads;

        public Locals(Body body)
        {
            Opaque = new BitSet(body.Locals.Length);
            Reads = new int[body.Locals.Length];
            VisitBody(body);
        }

        protected override void Visit(in Place place, PlaceUse use)
        {
            if (use is PlaceUse.Copy or PlaceUse.Move or PlaceUse.Inspect || place.IsBehindPointer) Reads[place.Local]++;
            else if (use is PlaceUse.Borrow or PlaceUse.OtherResult) Opaque[place.Local] = true;
        }
    }

    /// <summary>What is asked at a point: the bits of a local, or (Variant) which variant it holds.</summary>
    private readonly record struct Question(int Local, bool Variant);

    private sealed class Threading(Body body, PassContext context)
    {
        private readonly TyCtxt _tcx = context.Tcx;
        private readonly Cfg _cfg = PassHistory.CfgOf(body);
        private readonly Locals _locals = new(body);
        private readonly List<BasicBlockData> _new = [];
        private readonly List<int> _path = [];
        private int _threads;

        public bool Run()
        {
            // In this order, what is appended to a block is there when the blocks below it are looked at.
            foreach (int b in _cfg.ReversePostorder)
                if (body.Blocks[b].Terminator is Terminator.SwitchInt { Discr: { IsPlace: true, Place.IsLocal: true } } t && !IsLoopHead(b)) Thread(b, t);
            if (_threads == 0) return false;
            body.Blocks = [.. body.Blocks, .. _new];
            SimplifyCfg.RemoveUnreachable(body);
            return true;
        }

        private bool IsLoopHead(int block)
        {
            foreach (int p in _cfg.Predecessors[block]) if (_cfg.Order[p] >= _cfg.Order[block]) return true;
            return false;
        }

        private static int Cost(in BasicBlockData block)
        {
            int n = 0;
            foreach (ref readonly var s in block.Statements.AsSpan()) if (s.Kind is not (StatementKind.StorageLive or StatementKind.StorageDead or StatementKind.Nop)) n++;
            return n;
        }

        private void Thread(int block, Terminator.SwitchInt t)
        {
            int discr = t.Discr.Place.Local;
            if (_locals.Opaque[discr]) return;
            var question = new Question(discr, false);
            int at = Definition(body.Blocks[block].Statements, body.Blocks[block].Statements.Length, discr);
            int skip = -1, stop = at;
            bool negate = false;
            if (at >= 0)
            {
                switch (body.Blocks[block].Statements[at].Rvalue)
                {
                    case Rvalue.Discriminant { Place: { IsLocal: true } e }: question = new Question(e.Local, true); break;
                    case Rvalue.Use { Operand: { IsPlace: true, Place: { IsLocal: true } p } }: question = new Question(p.Local, false); break;
                    case Rvalue.UnaryOp { Op: UnOp.Not, Operand: { IsPlace: true, Place: { IsLocal: true } p } } when body.Locals[discr].Ty.IsBool: (question, negate) = (new Question(p.Local, false), true); break;
                    default: return;
                }
                if (_locals.Opaque[question.Local] || question.Variant && body.Locals[question.Local].Ty is not AdtTy) return;
                if (_locals.Reads[discr] == 1) skip = at;
            }
            else
            {
                stop = body.Blocks[block].Statements.Length;
            }
            // Something before the read that says what it is decides the switch for all: others do that.
            if (Definition(body.Blocks[block].Statements, stop, question.Local) != -1) return;
            int cost = Cost(body.Blocks[block]) - (skip >= 0 ? 1 : 0);
            if (cost > MaxRepeated) return;
            _path.Clear();
            _path.Add(block);
            Up(block, t, question, negate, skip, cost);
        }

        /// <summary>Looks at the ways into the first block of the path, which asks the question at its start.</summary>
        private void Up(int block, Terminator.SwitchInt t, Question question, bool negate, int skip, int cost)
        {
            foreach (int p in _cfg.Predecessors[block])
            {
                if (_threads >= MaxThreads || body.Blocks[p].IsCleanup != body.Blocks[block].IsCleanup) continue;
                // A predecessor that has been redirected meanwhile is none any more.
                if (!Jumps(body.Blocks[p].Terminator, block)) continue;
                if (Answer(p, block, question) is { } bits)
                {
                    if (negate) bits ^= 1;
                    if (!context.Consume()) return;
                    Redirect(p, block, ConstBranches.TargetFor(t, bits), skip, t.SourceInfo);
                    continue;
                }
                if (_path.Count >= MaxPath || _path.Contains(p) || IsLoopHead(p) || body.Blocks[p].Terminator is not Terminator.Goto) continue;
                int more = Cost(body.Blocks[p]);
                if (cost + more > MaxRepeated || _cfg.Predecessors[p].Length < 2 || Definition(body.Blocks[p].Statements, body.Blocks[p].Statements.Length, question.Local) != -1) continue;
                _path.Add(p);
                Up(p, t, question, negate, skip, cost + more);
                _path.RemoveAt(_path.Count - 1);
            }
        }

        private static bool Jumps(Terminator terminator, int target) => terminator switch
        {
            Terminator.Goto g => g.Target == target,
            Terminator.SwitchInt s => Array.IndexOf(s.Targets, target) >= 0,
            Terminator.Call c => c.Target == target,
            Terminator.Drop d => d.Target == target,
            Terminator.Assert a => a.Target == target,
            _ => false,
        };

        // -- what is known ------------------------------------------------------------------------------------------------------------------------------

        /// <summary>The last statement before <paramref name="end"/> that changes the local in any way; -1 for none.</summary>
        private static int Definition(Statement[] statements, int end, int local)
        {
            for (int i = end - 1; i >= 0; i--)
            {
                ref readonly var s = ref statements[i];
                switch (s.Kind)
                {
                    case StatementKind.Assign:
                        if (s.Place.Local == local && !s.Place.IsBehindPointer || Moves(s.Rvalue!, local)) return i;
                        break;
                    case StatementKind.SetDiscriminant or StatementKind.StorageLive or StatementKind.StorageDead:
                        if (s.Place.Local == local) return i;
                        break;
                }
            }
            return -1;
        }

        /// <summary>What is moved away is not asked about.</summary>
        private static bool Moves(Rvalue rvalue, int local)
        {
            static bool Is(in Operand o, int local) => o.Kind == OperandKind.Move && o.Place.Local == local && o.Place.IsLocal;
            switch (rvalue)
            {
                case Rvalue.Use r: return Is(r.Operand, local);
                case Rvalue.Cast r: return Is(r.Operand, local);
                case Rvalue.Aggregate r:
                    foreach (ref readonly var o in r.Operands.AsSpan()) if (Is(o, local)) return true;
                    return false;
                default: return false;
            }
        }

        /// <summary>The answer at the end of a block, on the way to a successor.</summary>
        private U128? Answer(int block, int successor, Question question)
        {
            for (int steps = 0; steps < MaxSearch; steps++)
            {
                ref readonly var data = ref body.Blocks[block];
                switch (data.Terminator)
                {
                    case Terminator.Goto or Terminator.Assert: break;
                    case Terminator.Drop d when d.Target == successor:
                        // What is left of it may be anything.
                        if (d.Place.Local == question.Local && !d.Place.IsBehindPointer) return null;
                        break;
                    case Terminator.Call c when c.Target == successor:
                        if (c.Destination.Local == question.Local && !c.Destination.IsBehindPointer) return null;
                        foreach (ref readonly var a in c.Args.AsSpan()) if (a.Kind == OperandKind.Move && a.Place.Local == question.Local) return null;
                        break;
                    case Terminator.SwitchInt s:
                        if (FromSwitch(data, s, successor, question) is { } decided) return decided;
                        break;
                    default: return null;
                }
                int at = Definition(data.Statements, data.Statements.Length, question.Local);
                if (at >= 0) return FromDefinition(data.Statements[at], question, data.Statements, at);
                if (_cfg.Predecessors[block] is not [var only] || _cfg.Order[only] >= _cfg.Order[block]) return null;
                (successor, block) = (block, only);
            }
            return null;
        }

        private U128? FromSwitch(in BasicBlockData data, Terminator.SwitchInt s, int successor, Question question)
        {
            if (s.Discr is not { IsPlace: true, Place: { IsLocal: true } discr }) return null;
            int target = -1;
            for (int i = 0; i < s.Targets.Length; i++)
            {
                if (s.Targets[i] != successor) continue;
                if (target >= 0) return null;
                target = i;
            }
            if (target < 0) return null;
            U128? value = target < s.Values.Length ? s.Values[target] : null;
            // The other one of a bool.
            if (value is null && body.Locals[discr.Local].Ty.IsBool && s.Values.Length == 1) value = (U128)s.Values[0] ^ 1;
            if (value is not { } bits) return null;
            if (!question.Variant && discr.Local == question.Local && s.Discr.Kind == OperandKind.Copy) return bits;
            int at = Definition(data.Statements, data.Statements.Length, discr.Local);
            if (at < 0 || Definition(data.Statements, data.Statements.Length, question.Local) > at) return null;
            return data.Statements[at].Rvalue switch
            {
                Rvalue.Discriminant { Place: { IsLocal: true } e } when question.Variant && e.Local == question.Local => bits,
                Rvalue.Use { Operand: { Kind: OperandKind.Copy, Place: { IsLocal: true } p } } when !question.Variant && p.Local == question.Local => bits,
                _ => null,
            };
        }

        private U128? FromDefinition(in Statement s, Question question, Statement[] statements, int at)
        {
            var ty = body.Locals[question.Local].Ty;
            if (question.Variant)
            {
                int variant = s.Kind switch
                {
                    StatementKind.SetDiscriminant when s.Place.IsLocal => s.Index,
                    StatementKind.Assign when s.Place.IsLocal && s.Place.Local == question.Local => s.Rvalue switch
                    {
                        Rvalue.Aggregate { Kind: AggregateKind.Adt } a => a.Variant,
                        Rvalue.Use { Operand: { Kind: OperandKind.Constant } o } => EnumConstants.VariantOf(_tcx, o.Constant!.Const),
                        _ => -1,
                    },
                    _ => -1,
                };
                return variant >= 0 && ty is AdtTy adt && _tcx.AdtDef(adt.Def).IsEnum ? _tcx.Traits.DiscriminantFor(ty, variant) : null;
            }
            if (s.Kind != StatementKind.Assign || !s.Place.IsLocal || s.Place.Local != question.Local) return null;
            switch (s.Rvalue)
            {
                case Rvalue.Use { Operand: { IsPlace: false } value }: return context.ConstantBits(value);
                case Rvalue.Discriminant { Place: { IsLocal: true } e } when !_locals.Opaque[e.Local] && body.Locals[e.Local].Ty is AdtTy:
                {
                    int made = Definition(statements, at, e.Local);
                    return made >= 0 ? FromDefinition(statements[made], new Question(e.Local, true), statements, made) : null;
                }
                default: return null;
            }
        }

        // -- redirecting --------------------------------------------------------------------------------------------------------------------------------

        private sealed class Retarget(int from, int to) : BodyRewriter
        {
            protected override int Target(int block) => block == from ? to : block;
            protected override UnwindAction Unwind(UnwindAction unwind) => unwind;
            protected override Operand Operand(in Operand operand) => operand;
            protected override Place Place(in Place place, PlaceUse use) => place;
        }

        /// <summary>From the block, with what stands on the path, to the target.</summary>
        private void Redirect(int from, int first, int target, int skip, SourceInfo info)
        {
            _threads++;
            var statements = new List<Statement>();
            bool appends = body.Blocks[from].Terminator is Terminator.Goto;
            if (appends) statements.AddRange(body.Blocks[from].Statements);
            for (int i = _path.Count - 1; i >= 0; i--)
            {
                var source = body.Blocks[_path[i]].Statements;
                for (int k = 0; k < source.Length; k++)
                    if (i > 0 || k != skip) statements.Add(source[k]);
            }
            if (appends)
            {
                ref var block = ref body.Blocks[from];
                block.Statements = [.. statements];
                block.Terminator = new Terminator.Goto(target) { SourceInfo = info };
                return;
            }
            if (statements.Count > 0)
            {
                _new.Add(new BasicBlockData { Statements = [.. statements], Terminator = new Terminator.Goto(target) { SourceInfo = info }, IsCleanup = body.Blocks[from].IsCleanup });
                target = body.Blocks.Length + _new.Count - 1;
            }
            body.Blocks[from].Terminator = new Retarget(first, target).Terminator(body.Blocks[from].Terminator);
        }
    }
}
