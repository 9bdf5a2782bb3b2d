using Mirlink.Mir.Dataflow;

namespace Mirlink.Mir.Passes;

/// <summary>
/// A local that holds one value after another becomes several: one for each set of assignments that are seen by the same uses. What is assigned once then
/// is seen through by the passes that follow.
/// </summary>
public sealed class SplitLocals : IMirPass
{
    /// <summary>Assignments of one local beyond which it is not looked at, and of all of them.</summary>
    private const int MaxDefinitions = 40, MaxTotal = 2000;

    public string Name => "split-locals";

    private sealed class Candidates : PlaceVisitor
    {
        public readonly int[] Assignments;
        private readonly bool[] _refused;

        public Candidates(Body body)
        {
            Assignments = new int[body.Locals.Length];
            _refused = new bool[body.Locals.Length];
            for (int i = 0; i <= body.ArgCount; i++) _refused[i] = true;
            VisitBody(body);
            foreach (ref readonly var b in body.Blocks.AsSpan()) if (b.Terminator is Terminator.Drop { AsyncFut: >= 0 } d) _refused[d.AsyncFut] = true;
        }

        public bool Is(int local) => !_refused[local] && Assignments[local] is > 1 and <= MaxDefinitions;

        protected override void Visit(in Place place, PlaceUse use)
        {
            switch (use)
            {
                case PlaceUse.Storage or PlaceUse.NonUse or PlaceUse.Copy or PlaceUse.Move or PlaceUse.Inspect: return;
                case PlaceUse.Store or PlaceUse.CallResult when place.IsLocal: Assignments[place.Local]++; return;
                default: if (!place.IsBehindPointer) _refused[place.Local] = true; return;
            }
        }
    }

    public bool Run(Body body, PassContext context)
    {
        var candidates = new Candidates(body);
        int n = body.Locals.Length, total = 0;
        var asked = new BitSet(n);
        for (int i = 0; i < n; i++)
        {
            if (!candidates.Is(i) || total + candidates.Assignments[i] > MaxTotal) continue;
            asked[i] = true;
            total += candidates.Assignments[i];
        }
        if (total == 0) return false;
        var cfg = PassHistory.CfgOf(body);
        var reaching = new ReachingDefinitions(body, cfg, asked);

        // The local of each web; the web of a local's first assignment keeps the local.
        var locals = new List<LocalDecl>(body.Locals);
        var webLocal = new Dictionary<int, int>();
        var parts = new List<int>?[n];
        for (int i = 0; i < n; i++)
        {
            if (!asked[i]) continue;
            int first = reaching.FirstDefinition(i), webs = 0;
            for (int d = first; d < first + reaching.DefinitionCount(i); d++)
            {
                int web = reaching.WebOf(d);
                if (webLocal.ContainsKey(web)) continue;
                if (webs++ == 0) { webLocal.Add(web, i); continue; }
                if (!context.Consume()) { webLocal.Add(web, i); continue; }
                webLocal.Add(web, locals.Count);
                (parts[i] ??= [i]).Add(locals.Count);
                locals.Add(body.Locals[i]);
            }
        }
        if (locals.Count == n) return false;
        var rename = new Rename(body, reaching, webLocal, parts);
        foreach (int b in cfg.ReversePostorder) rename.RunOn(b);
        body.Locals = [.. locals];
        return true;
    }

    private sealed class Rename(Body body, ReachingDefinitions reaching, Dictionary<int, int> webLocal, List<int>?[] parts) : BodyRewriter
    {
        private readonly BitSet _now = new(webLocal.Count == 0 ? 0 : Size(reaching, body));
        private int _target = -1;

        private static int Size(ReachingDefinitions reaching, Body body)
        {
            int size = 0;
            for (int i = 0; i < body.Locals.Length; i++) if (reaching.FirstDefinition(i) >= 0) size = Math.Max(size, reaching.FirstDefinition(i) + reaching.DefinitionCount(i));
            return size;
        }

        private sealed class Finder(List<int>?[] parts) : PlaceVisitor
        {
            private bool _found;
            protected override void Visit(in Place place, PlaceUse use) => _found |= parts[place.Local] is not null;
            public bool Finds(in Statement s) { _found = false; VisitStatement(s); return _found; }
            public bool Finds(Terminator t) { _found = false; VisitTerminator(t); return _found; }
        }

        private readonly Finder _finder = new(parts);

        public void RunOn(int b)
        {
            _now.CopyFrom(reaching.EntryOf(b));
            ref var block = ref body.Blocks[b];
            List<Statement>? more = null;
            for (int i = 0; i < block.Statements.Length; i++)
            {
                var s = block.Statements[i];
                int assigned = s.Kind == StatementKind.Assign && s.Place.IsLocal && reaching.FirstDefinition(s.Place.Local) >= 0 ? s.Place.Local : -1;
                int number = assigned >= 0 ? reaching.NumberOf(b, i, assigned) : -1;
                if (s.Kind is StatementKind.StorageLive or StatementKind.StorageDead)
                {
                    // Each lives as long as the one did.
                    if (parts[s.Place.Local] is { } all)
                    {
                        more ??= [.. block.Statements.AsSpan(0, i)];
                        foreach (int local in all) more.Add(s with { Place = new Place(local) });
                        continue;
                    }
                }
                else if (_finder.Finds(s))
                {
                    _target = assigned >= 0 ? webLocal[reaching.WebOf(number)] : -1;
                    s = Statement(s);
                    if (more is null) block.Statements[i] = s;
                }
                more?.Add(s);
                if (assigned >= 0) reaching.Define(_now, assigned, number, kills: true);
            }
            if (_finder.Finds(block.Terminator))
            {
                _target = block.Terminator is Terminator.Call { Destination: { IsLocal: true } d } && reaching.FirstDefinition(d.Local) >= 0
                    ? webLocal[reaching.WebOf(reaching.NumberOf(b, block.Statements.Length, d.Local))] : -1;
                block.Terminator = Terminator(block.Terminator);
            }
            if (more is not null) block.Statements = [.. more];
        }

        protected override Place Place(in Place place, PlaceUse use)
        {
            if (place.IsLocal && use is PlaceUse.Store or PlaceUse.CallResult && _target >= 0) return new Place(_target);
            return base.Place(place, use);
        }

        // What no assignment reaches is never used; which local that is does not matter.
        protected override int Local(int local) => parts[local] is not null && reaching.WebAt(_now, local) is >= 0 and var web ? webLocal[web] : local;
    }
}
