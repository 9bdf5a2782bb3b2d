namespace Mirlink.Mir.Passes;

/// <summary>
/// Gives optimized bodies of instances on request. Callees that are worth inlining are optimized before their callers; functions that call each other in
/// a circle are not inlined into one another. What comes out for an instance depends on nothing but the program: not on who asked, nor on the order.
/// Thread-safe.
/// </summary>
public sealed class BodyOptimizer
{
    /// <summary>
    /// A body after the first passes, until somebody takes it. Threshold: the largest cost to be inlined with; 0: never inlined, and what was done for
    /// finding that out is kept for the request of the function itself.
    /// </summary>
    private sealed class Prepared(Body? body, int threshold)
    {
        private Body? _body = body;
        public int Threshold { get; } = threshold;
        public Body? Take() => Interlocked.Exchange(ref _body, null);
    }

    private static readonly Prepared s_never = new(null, 0);

    /// <summary>A candidate's final body. Circle: the instances it may not be inlined into, null for none but itself.</summary>
    private sealed record Finished(Body Body, int Cost, int Threshold, HashSet<Instance>? Circle);

    private readonly TyCtxt _tcx;
    private readonly PassContext _context;
    private readonly Pipeline _pipeline;
    private readonly Func<Instance, Body> _load;
    private readonly bool _inlines;
    private readonly ConcurrentMap<Instance, Prepared> _prepared = new();
    private readonly ConcurrentMap<Instance, Finished> _finished = new();
    /// <summary>Definitions whose generic bodies are too large or use what cannot be inlined.</summary>
    private readonly ConcurrentMap<DefId, bool> _inlinable = new();

    /// <param name="load">The concrete body of an instance, not shared with anybody.</param>
    public BodyOptimizer(TyCtxt tcx, PassOptions options, Func<Instance, Body> load)
    {
        _tcx = tcx;
        _context = new PassContext(tcx, options);
        _pipeline = new Pipeline(_context);
        _load = load;
        _inlines = _pipeline.IsOn(Inline.PassName, 0);
    }

    public PassContext Context => _context;

    /// <summary>The optimized body of an instance. It is shared: not to be changed.</summary>
    public Body Optimize(Instance instance)
    {
        if (Attributes(instance) is var attrs && (attrs.Optimize == OptimizeAttr.DoNotOptimize || attrs.Has(CodegenFnAttrFlags.Naked))) return _load(instance);
        // What is inlined elsewhere stays as it is for those who inline it.
        var body = _finished.TryGetValue(instance, out var known) ? Inline.Copy(known.Body) : new Search(this).Root(instance);
        _pipeline.ForLowering(body);
        return body;
    }

    /// <summary>Nobody will ask for the instance's own body.</summary>
    public void Forget(Instance instance)
    {
        if (_prepared.TryGetValue(instance, out var prepared) && prepared.Threshold == 0) prepared.Take();
    }

    private CodegenFnAttrs Attributes(Instance instance) => instance.Kind == InstanceKind.Item ? _tcx.CodegenFnAttrs(instance.Def) : CodegenFnAttrs.None;

    private Body LoadAndPrepare(Instance instance)
    {
        var body = _load(instance);
        if (_context.Options.Validate) Pipeline.Validate(_tcx, body, "loading");
        _pipeline.BeforeInlining(body);
        return body;
    }

    // -- candidates ------------------------------------------------------------------------------------------------------------------------------------

    private Prepared Candidate(Instance callee) => _prepared.GetOrAdd(callee, static (c, self) => self.FindCandidate(c), this);

    private Prepared FindCandidate(Instance callee)
    {
        var attrs = Attributes(callee);
        if (!Inline.MayBeInlined(_tcx, callee, attrs) || !_inlinable.GetOrAdd(callee.Def, static (_, s) => s.Self.HasInlinableBody(s.Callee), (Self: this, Callee: callee))) return s_never;
        Body body;
        try
        {
            body = LoadAndPrepare(callee);
        }
        catch (UnsupportedException)
        {
            // Reported when the function itself is compiled, if it is.
            return s_never;
        }
        int threshold = InlineCost.Threshold(callee, attrs, callee.Kind == InstanceKind.Item ? _tcx.DefKind(callee.Def) : null, _context.Options.Optimize);
        // What is inlined into it may make it smaller, but not by much.
        return new Prepared(body, Inline.CanBeInlined(body) && InlineCost.Of(body) <= 2 * threshold ? threshold : 0);
    }

    /// <summary>A look at the generic body, once for all its instances.</summary>
    private bool HasInlinableBody(Instance callee)
    {
        if (callee.Kind != InstanceKind.Item || _tcx.DefKind(callee.Def) is DefKind.CtorStructFn or DefKind.CtorVariantFn) return true;
        if (_tcx.Traits.BodyOf(callee) is not { } generic) return false;
        int statements = 0;
        foreach (ref readonly var b in generic.Blocks.AsSpan()) statements += b.Statements.Length + 1;
        return statements <= 300 && Inline.CanBeInlined(generic);
    }

    // -- order ------------------------------------------------------------------------------------------------------------------------------------------

    /// <summary>One request: depth first over the candidates that it leads to (Tarjan's algorithm for circles).</summary>
    private sealed class Search(BodyOptimizer self)
    {
        private sealed class Node(Instance instance, int index)
        {
            public readonly Instance Instance = instance;
            public readonly int Index = index;
            public int Low = index;
            public Body? Body;
            public int Threshold;
        }

        private readonly Dictionary<Instance, Node> _open = [];
        private readonly Stack<Node> _stack = [];
        private int _next;

        public Body Root(Instance instance)
        {
            var candidate = self._inlines ? self.Candidate(instance) : s_never;
            if (candidate.Threshold > 0) return Inline.Copy(Visit(instance, candidate).Body!);
            // Not inlined anywhere, so not part of a circle: nobody but the caller gets it.
            var body = candidate.Take() ?? self.LoadAndPrepare(instance);
            Finish(instance, body, node: null);
            return body;
        }

        private Node Visit(Instance instance, Prepared prepared)
        {
            var node = new Node(instance, _next++) { Threshold = prepared.Threshold };
            _open.Add(instance, node);
            _stack.Push(node);
            // Few are visited twice: by two threads at once, or as part of a circle that was entered elsewhere.
            var body = prepared.Take() ?? self.LoadAndPrepare(instance);
            Finish(instance, body, node);
            node.Body = body;
            if (node.Low == node.Index) Close(node);
            return node;
        }

        private void Finish(Instance instance, Body body, Node? node)
        {
            if (self._inlines)
            {
                var inliner = new Inline(self._context, instance, body);
                foreach (var site in inliner.Sites())
                    if (Callee(site.Callee, instance, node) is { } callee && callee.Cost <= callee.Threshold) inliner.Add(site, callee.Body);
                // Without the callees' own optimization, which was counted there.
                long start = System.Diagnostics.Stopwatch.GetTimestamp();
                bool changed = inliner.Run();
                self._context.AddTime(Inline.PassName, System.Diagnostics.Stopwatch.GetTimestamp() - start, changed);
                if (changed)
                {
                    if (self._context.Options.Validate) Pipeline.Validate(self._tcx, body, Inline.PassName);
                    self._pipeline.AfterInlining(body);
                }
            }
            self._pipeline.OnLocals(body);
            // What is not inlined anywhere is lowered next, by a list that has what it needs of this one.
            if (node is not null) self._pipeline.AtTheEnd(body);
        }

        /// <summary>A callee's final body; null if it is not a candidate, or calls its caller in turn.</summary>
        private Finished? Callee(Instance callee, Instance caller, Node? node)
        {
            if (_open.TryGetValue(callee, out var open))
            {
                if (node is not null) node.Low = Math.Min(node.Low, open.Index);
                return null;
            }
            if (!self._finished.TryGetValue(callee, out var finished))
            {
                if (self.Candidate(callee) is not { Threshold: > 0 } prepared) return null;
                var child = Visit(callee, prepared);
                if (child.Low < child.Index)
                {
                    if (node is not null) node.Low = Math.Min(node.Low, child.Low);
                    return null;
                }
                if (!self._finished.TryGetValue(callee, out finished)) throw new BugException($"{callee} is in no circle and was not finished");
            }
            return finished.Circle?.Contains(caller) == true ? null : finished;
        }

        /// <summary>Everything above the node on the stack is in one circle with it.</summary>
        private void Close(Node root)
        {
            var members = new List<Node>();
            Node m;
            do
            {
                m = _stack.Pop();
                _open.Remove(m.Instance);
                members.Add(m);
            } while (m != root);
            HashSet<Instance>? circle = members.Count == 1 ? null : [.. members.Select(static n => n.Instance)];
            foreach (var n in members)
            {
                // Those who get it copy it, and find out for themselves what they want to know of their copy.
                n.Body!.Passes?.Forget();
                self._finished.TryAdd(n.Instance, new Finished(n.Body!, InlineCost.Of(n.Body!), n.Threshold, circle));
            }
        }
    }
}
