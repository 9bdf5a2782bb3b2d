using Mirlink.Mir.Dataflow;

namespace Mirlink.Mir.Passes;

/// <summary>
/// Destination propagation: two locals of which one becomes the other, and whose values are never needed at the same time, are one local; the copy between
/// them goes. For values in memory whose address nobody takes: what is in registers is copied for nothing.
/// </summary>
public sealed class DestinationProp : IMirPass
{
    private const int MaxCandidates = 256;

    public string Name => "dest-prop";

    public bool Run(Body body, PassContext context)
    {
        var copies = Copies(body, context);
        if (copies.Count == 0) return false;
        var candidates = new Candidates(body, copies);
        if (!candidates.Any || Liveness.IsTooMuch(body)) return false;
        var cfg = PassHistory.CfgOf(body);
        var classes = new Classes(candidates);
        new Conflicts(body, cfg, candidates, classes).Find();

        bool any = false;
        foreach (var (to, from) in copies)
            if (candidates.IndexOf[to] >= 0 && candidates.IndexOf[from] >= 0 && classes.CanMerge(to, from) && context.Consume())
            {
                classes.Merge(to, from);
                any = true;
            }
        if (!any) return false;
        Rename(body, classes);
        return true;
    }

    /// <summary>Assignments of whole locals to others of the same type, which is one in memory. In the order of the blocks.</summary>
    private static List<(int To, int From)> Copies(Body body, PassContext context)
    {
        var copies = new List<(int, int)>();
        foreach (ref readonly var block in body.Blocks.AsSpan())
            foreach (ref readonly var s in block.Statements.AsSpan())
            {
                if (s.Kind != StatementKind.Assign || !s.Place.IsLocal || s.Rvalue is not Rvalue.Use { Operand: { IsPlace: true, Place: { IsLocal: true } from } }) continue;
                int to = s.Place.Local;
                if (to == from.Local || to is > 0 && to <= body.ArgCount || from.Local > 0 && from.Local <= body.ArgCount) continue;
                var ty = body.Locals[to].Ty;
                if (!ReferenceEquals(ty, body.Locals[from.Local].Ty) || ty is PrimTy or RefTy or RawPtrTy) continue;
                if (context.Tcx.Layouts.LayoutOf(ty) is { Repr.IsMemory: true, IsZst: false, IsUnsized: false }) copies.Add((to, from.Local));
            }
        return copies;
    }

    /// <summary>The locals of the copies that have no address, numbered.</summary>
    private sealed class Candidates : PlaceVisitor
    {
        /// <summary>By local: its number, or -1.</summary>
        public readonly int[] IndexOf;
        public readonly List<int> Locals = [];

        public Candidates(Body body, List<(int To, int From)> copies)
        {
            IndexOf = new int[body.Locals.Length];
            Array.Fill(IndexOf, -1);
            foreach (var (to, from) in copies)
            {
                IndexOf[to] = 0;
                IndexOf[from] = 0;
            }
            VisitBody(body);
            for (int i = 0; i < IndexOf.Length; i++)
            {
                if (IndexOf[i] != 0) continue;
                IndexOf[i] = Locals.Count < MaxCandidates ? Locals.Count : -1;
                if (IndexOf[i] >= 0) Locals.Add(i);
            }
        }

        public bool Any => Locals.Count > 1;

        protected override void Visit(in Place place, PlaceUse use)
        {
            if (use is PlaceUse.Borrow or PlaceUse.OtherResult && !place.IsBehindPointer) IndexOf[place.Local] = -1;
        }
    }

    /// <summary>Locals that have become one, and what each of these may not be one with.</summary>
    private sealed class Classes
    {
        private readonly Candidates _candidates;
        private readonly int[] _parent;
        private readonly BitSet[] _members, _conflicts;

        public Classes(Candidates candidates)
        {
            _candidates = candidates;
            int n = candidates.Locals.Count;
            _parent = new int[n];
            _members = new BitSet[n];
            _conflicts = new BitSet[n];
            for (int i = 0; i < n; i++)
            {
                _parent[i] = i;
                _members[i] = new BitSet(n);
                _members[i][i] = true;
                _conflicts[i] = new BitSet(n);
            }
        }

        public void Conflict(int a, int b)
        {
            if (a == b) return;
            _conflicts[a][b] = true;
            _conflicts[b][a] = true;
        }

        private int Find(int i)
        {
            while (_parent[i] != i) i = _parent[i];
            return i;
        }

        public bool CanMerge(int to, int from)
        {
            int a = Find(_candidates.IndexOf[to]), b = Find(_candidates.IndexOf[from]);
            return a != b && !_conflicts[a].Overlaps(_members[b]);
        }

        /// <summary>The lower number stays: the return place, if it is one of them.</summary>
        public void Merge(int to, int from)
        {
            int a = Find(_candidates.IndexOf[to]), b = Find(_candidates.IndexOf[from]);
            if (b < a) (a, b) = (b, a);
            _parent[b] = a;
            _members[a].UnionWith(_members[b]);
            _conflicts[a].UnionWith(_conflicts[b]);
        }

        /// <summary>What a local is called now, and whether it is one of several.</summary>
        public int NameOf(int local) => _candidates.IndexOf[local] is >= 0 and var i ? _candidates.Locals[Find(i)] : local;

        public bool IsMerged(int local) => _candidates.IndexOf[local] is >= 0 and var i && (_parent[i] != i || HasChildren(i));

        private bool HasChildren(int i)
        {
            for (int k = 0; k < _parent.Length; k++) if (k != i && _parent[k] == i) return true;
            return false;
        }
    }

    /// <summary>
    /// Who is written while another one is still to be read. What a statement or call writes and what it reads are kept apart too, but for the plain copy: parts may be
    /// written before others are read.
    /// </summary>
    private sealed class Conflicts(Body body, Cfg cfg, Candidates candidates, Classes classes) : PlaceVisitor
    {
        private int _written;

        public void Find()
        {
            var liveness = new Liveness(body, cfg);
            var live = new BitSet(body.Locals.Length);
            foreach (int b in cfg.ReversePostorder)
            {
                liveness.AtEnd(b, live);
                var t = body.Blocks[b].Terminator;
                if (t is Terminator.Call call && !call.Destination.IsBehindPointer && candidates.IndexOf[call.Destination.Local] >= 0) Written(call.Destination.Local, live, call);
                liveness.Terminator(b, live);
                var statements = body.Blocks[b].Statements;
                for (int i = statements.Length - 1; i >= 0; i--)
                {
                    ref readonly var s = ref statements[i];
                    if (s.Kind is StatementKind.Assign or StatementKind.SetDiscriminant && !s.Place.IsBehindPointer && candidates.IndexOf[s.Place.Local] >= 0)
                    {
                        bool copy = s.Place.IsLocal && s.Rvalue is Rvalue.Use { Operand: { IsPlace: true, Place.IsLocal: true } };
                        Written(s.Place.Local, live);
                        _written = s.Place.Local;
                        if (s.Rvalue is not null && !copy) VisitRvalue(s.Rvalue);
                    }
                    liveness.Statement(b, i, live);
                }
            }
        }

        private void Written(int local, BitSet live, Terminator.Call? call = null)
        {
            int index = candidates.IndexOf[local];
            for (int i = 0; i < candidates.Locals.Count; i++)
                if (i != index && live[candidates.Locals[i]]) classes.Conflict(index, i);
            if (call is null) return;
            _written = local;
            VisitTerminator(call);
        }

        protected override void Visit(in Place place, PlaceUse use)
        {
            if (candidates.IndexOf[place.Local] >= 0) classes.Conflict(candidates.IndexOf[_written], candidates.IndexOf[place.Local]);
        }
    }

    // -- how ---------------------------------------------------------------------------------------------------------------------------------------------

    private sealed class Renamer(Classes classes) : BodyRewriter
    {
        protected override int Local(int local) => classes.NameOf(local);
        public Place Apply(in Place place) => Place(place, PlaceUse.NonUse);
    }

    private static void Rename(Body body, Classes classes)
    {
        var renamer = new Renamer(classes);
        foreach (ref var block in body.Blocks.AsSpan())
        {
            foreach (ref var s in block.Statements.AsSpan())
            {
                bool storage = s.Kind is StatementKind.StorageLive or StatementKind.StorageDead;
                s = storage && classes.IsMerged(s.Place.Local) ? Statement.Nop : renamer.Statement(s);
                if (s.Kind == StatementKind.Assign && s.Place.IsLocal && s.Rvalue is Rvalue.Use { Operand: { IsPlace: true, Place: { IsLocal: true } from } } && from.Local == s.Place.Local) s = Statement.Nop;
            }
            block.Terminator = renamer.Terminator(block.Terminator);
        }
        for (int i = 0; i < body.VarDebugInfo.Length; i++)
            if (body.VarDebugInfo[i].Const is null) body.VarDebugInfo[i] = body.VarDebugInfo[i] with { Place = renamer.Apply(body.VarDebugInfo[i].Place) };
    }
}
