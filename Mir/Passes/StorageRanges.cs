using Mirlink.Mir.Dataflow;

namespace Mirlink.Mir.Passes;

/// <summary>
/// Says of locals in memory from where to where they are needed, where other passes dropped what said so: copy and destination propagation make one local of
/// several, and StorageLive and StorageDead of those go. Without them every slot is one of its own: a chain of builder calls had three times rustc's frame.
/// </summary>
/// <remarks>
/// Storage lasts wherever something may have been written that may still be read, and over each write. Only for locals whose address nobody takes. It may end
/// on a way on which it has not begun, which has no effect.
/// </remarks>
public sealed class StorageRanges : IMirPass
{
    /// <summary>Bytes below which a slot is not worth it.</summary>
    private const ulong MinSize = 64;

    public string Name => "storage-ranges";

    public bool Run(Body body, PassContext context)
    {
        var locals = new Candidates(body, context);
        // A slot alone shares its memory with nobody.
        if (locals.List.Count < 2 || Liveness.IsTooMuch(body) || !context.Consume()) return false;
        new Marking(body, PassHistory.CfgOf(body), locals).Run();
        return true;
    }

    /// <summary>The locals to mark, numbered.</summary>
    private sealed class Candidates : PlaceVisitor
    {
        /// <summary>By local: its number, or -1.</summary>
        public readonly int[] IndexOf;
        public readonly List<int> List = [];

        public Candidates(Body body, PassContext context)
        {
            IndexOf = new int[body.Locals.Length];
            Array.Fill(IndexOf, -1);
            for (int i = body.ArgCount + 1; i < IndexOf.Length; i++)
                if (body.Locals[i].Ty is not (PrimTy or RefTy or RawPtrTy)
                    && context.Tcx.Layouts.LayoutOf(body.Locals[i].Ty) is { Repr.IsMemory: true, IsUnsized: false } layout && layout.Size >= MinSize) IndexOf[i] = 0;
            if (Array.IndexOf(IndexOf, 0) < 0) return;
            VisitBody(body);
            for (int i = 0; i < IndexOf.Length; i++)
            {
                if (IndexOf[i] < 0) continue;
                IndexOf[i] = List.Count;
                List.Add(i);
            }
        }

        protected override void Visit(in Place place, PlaceUse use)
        {
            if (use is PlaceUse.Storage || use is PlaceUse.Borrow or PlaceUse.OtherResult && !place.IsBehindPointer) IndexOf[place.Local] = -1;
        }
    }

    private sealed class Marking(Body body, Cfg cfg, Candidates locals) : PlaceVisitor
    {
        private const int Never = int.MaxValue;

        private readonly Liveness _liveness = new(body, cfg);
        // By block, over candidates: what may have been written before it, and may not; what has storage while its terminator runs.
        private readonly BitSet[] _written = new BitSet[body.Blocks.Length], _unwritten = new BitSet[body.Blocks.Length], _atEnd = new BitSet[body.Blocks.Length];
        // Of the current block, by candidate: the statement that first writes it.
        private readonly int[] _firstWrite = new int[locals.List.Count];
        private readonly List<int> _mentioned = [];

        public void Run()
        {
            FindWritten();
            foreach (int b in cfg.ReversePostorder) LeaveDoubtful(b);
            foreach (int b in cfg.ReversePostorder) MarkBlock(b);
            foreach (int b in cfg.ReversePostorder) EndAtStart(b);
        }

        // -- what may have been written ----------------------------------------------------------------------------------------------------------------

        private void FindWritten()
        {
            int n = locals.List.Count;
            foreach (int b in cfg.ReversePostorder) (_written[b], _unwritten[b]) = (new BitSet(n), new BitSet(n));
            for (int c = 0; c < n; c++) _unwritten[0][c] = true;
            BitSet written = new(n), unwritten = new(n);
            for (bool changed = true; changed;)
            {
                changed = false;
                foreach (int b in cfg.ReversePostorder)
                {
                    written.CopyFrom(_written[b]);
                    unwritten.CopyFrom(_unwritten[b]);
                    foreach (ref readonly var s in body.Blocks[b].Statements.AsSpan()) Write(Written(in s));
                    Write(Written(body.Blocks[b].Terminator));
                    foreach (int s in cfg.Successors[b]) changed |= _written[s].UnionWith(written) | _unwritten[s].UnionWith(unwritten);
                }
            }

            void Write(int candidate)
            {
                if (candidate < 0) return;
                written[candidate] = true;
                unwritten[candidate] = false;
            }
        }

        /// <summary>Where a part is written of what may or may not have storage yet, it could neither begin nor be taken as begun.</summary>
        private void LeaveDoubtful(int b)
        {
            for (int c = 0; c < locals.List.Count; c++)
            {
                int local = locals.List[c];
                if (locals.IndexOf[local] < 0 || !_written[b][c] || !_unwritten[b][c]) continue;
                bool? whole = null;
                foreach (ref readonly var s in body.Blocks[b].Statements.AsSpan())
                {
                    if (Written(in s) != c) continue;
                    whole = s.Kind == StatementKind.Assign && s.Place.IsLocal;
                    break;
                }
                if (whole is null && body.Blocks[b].Terminator is Terminator.Call call && Written(call) == c) whole = call.Destination.IsLocal;
                if (whole == false) locals.IndexOf[local] = -1;
            }
        }

        private int Written(in Statement s) =>
            s.Kind is StatementKind.Assign or StatementKind.SetDiscriminant && !s.Place.IsBehindPointer ? locals.IndexOf[s.Place.Local] : -1;

        private int Written(Terminator t) => t is Terminator.Call { Destination: { IsBehindPointer: false } d } ? locals.IndexOf[d.Local] : -1;

        // -- marks -------------------------------------------------------------------------------------------------------------------------------------

        protected override void Visit(in Place place, PlaceUse use)
        {
            if (use != PlaceUse.NonUse && locals.IndexOf[place.Local] is >= 0 and var i && !_mentioned.Contains(i)) _mentioned.Add(i);
        }

        private bool IsWritten(int block, int candidate, int before) => _written[block][candidate] || _firstWrite[candidate] < before;

        private void MarkBlock(int b)
        {
            var statements = body.Blocks[b].Statements;
            var terminator = body.Blocks[b].Terminator;
            int n = statements.Length;
            Array.Fill(_firstWrite, Never);
            for (int i = n - 1; i >= 0; i--) if (Written(in statements[i]) is >= 0 and var w) _firstWrite[w] = i;
            int result = Written(terminator);
            if (result >= 0 && _firstWrite[result] == Never) _firstWrite[result] = n;

            // Backwards; what is added is turned round at the end.
            var marked = new List<Statement>(n + 4);
            var live = new BitSet(body.Locals.Length);
            _liveness.AtEnd(b, live);
            _liveness.Terminator(b, live);
            var atEnd = _atEnd[b] = new BitSet(locals.List.Count);
            for (int c = 0; c < locals.List.Count; c++)
                if (locals.IndexOf[locals.List[c]] >= 0 && live[locals.List[c]] && IsWritten(b, c, n)) atEnd[c] = true;
            if (result >= 0 && atEnd.Add(result)) marked.Add(Mark(StatementKind.StorageLive, result, terminator.SourceInfo));
            var after = new BitSet(body.Locals.Length);
            for (int i = n - 1; i >= 0; i--)
            {
                ref readonly var s = ref statements[i];
                after.CopyFrom(live);
                _liveness.Statement(b, i, live);
                _mentioned.Clear();
                VisitStatement(in s);
                int written = Written(in s);
                foreach (int c in _mentioned)
                {
                    int local = locals.List[c];
                    bool had = live[local] && IsWritten(b, c, i) || c == written, has = after[local] && IsWritten(b, c, i + 1);
                    if (had && !has) marked.Add(Mark(StatementKind.StorageDead, c, s.SourceInfo));
                }
                marked.Add(s);
                if (written >= 0 && !(live[locals.List[written]] && IsWritten(b, written, i))) marked.Add(Mark(StatementKind.StorageLive, written, s.SourceInfo));
            }
            if (marked.Count == n) return;
            marked.Reverse();
            body.Blocks[b].Statements = [.. marked];
        }

        /// <summary>What was still there at the end of a block before, and is not needed on this way.</summary>
        private void EndAtStart(int b)
        {
            var entry = _liveness.AtStart(b);
            List<Statement>? ends = null;
            for (int c = 0; c < locals.List.Count; c++)
            {
                if (entry[locals.List[c]]) continue;
                foreach (int p in cfg.Predecessors[b])
                {
                    if (_atEnd[p] is null || !_atEnd[p][c]) continue;
                    (ends ??= []).Add(Mark(StatementKind.StorageDead, c, body.Blocks[b].Terminator.SourceInfo));
                    break;
                }
            }
            if (ends is not null) body.Blocks[b].Statements = [.. ends, .. body.Blocks[b].Statements];
        }

        private Statement Mark(StatementKind kind, int candidate, SourceInfo info) => new() { Kind = kind, Place = new Place(locals.List[candidate]), SourceInfo = info };
    }
}
