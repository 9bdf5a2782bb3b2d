using Mirlink.Mir.Dataflow;

namespace Mirlink.Mir.Passes;

/// <summary>A call that may be inlined: the block it ends, and what it calls.</summary>
public readonly record struct CallSite(int Block, Instance Callee);

/// <summary>Puts callees' bodies in place of calls, in one caller.</summary>
public sealed class Inline(PassContext context, Instance caller, Body body)
{
    public const string PassName = "inline";
    private static readonly int s_number = Pipeline.Number(PassName);

    /// <summary>Blocks beyond which a caller takes nothing more.</summary>
    private const int MaxBlocks = 4000;

    private readonly TyCtxt _tcx = context.Tcx;
    private readonly List<(CallSite Site, Body Callee)> _work = [];

    // -- what may be inlined -------------------------------------------------------------------------------------------------------------------------

    /// <summary>Does anything that is known without the body forbid inlining the instance?</summary>
    public static bool MayBeInlined(TyCtxt tcx, Instance callee, CodegenFnAttrs attrs)
    {
        switch (callee.Kind)
        {
            case InstanceKind.Item: break;
            case InstanceKind.DropGlue: return callee.Ty is { Kind: not TyKind.Dynamic } && HasSmallArgs(callee.Args);
            case InstanceKind.ClosureOnceShim or InstanceKind.FnPtrShim or InstanceKind.CloneShim or InstanceKind.FnPtrAddrShim: return HasSmallArgs(callee.Args);
            default: return false;
        }
        if (attrs.Inline == InlineAttr.Never || attrs.Optimize != OptimizeAttr.Default || attrs.Linkage is not null) return false;
        if (attrs.Has(CodegenFnAttrFlags.Cold) || attrs.Has(CodegenFnAttrFlags.Naked) || attrs.Has(CodegenFnAttrFlags.RustcStdInternalSymbol) || attrs.Has(CodegenFnAttrFlags.NoBuiltins)
            || attrs.Has(CodegenFnAttrFlags.ExternallyImplementableItem)) return false;
        if (attrs.Has(CodegenFnAttrFlags.Allocator) || attrs.Has(CodegenFnAttrFlags.AllocatorZeroed) || attrs.Has(CodegenFnAttrFlags.Reallocator) || attrs.Has(CodegenFnAttrFlags.Deallocator)) return false;
        if (tcx.IsForeignItem(callee.Def) || tcx.Intrinsic(callee.Def) is not null || tcx.Crates[callee.Def.Krate].Info.IsNoBuiltins) return false;
        return HasSmallArgs(callee.Args);
    }

    /// <summary>Instances of recursive generic functions have ever larger arguments; the search for callees ends where they get out of hand.</summary>
    private static bool HasSmallArgs(GenericArgs args)
    {
        int budget = 150;
        void Args(GenericArgs a)
        {
            for (int i = 0; i < a.Count && budget > 0; i++) if (a[i] is Ty t) Type(t);
        }
        void Type(Ty ty)
        {
            if (--budget <= 0) return;
            switch (ty)
            {
                case AdtTy t: Args(t.Args); break;
                case ClosureTy t: Args(t.Args); break;
                case FnDefTy t: Args(t.Args); break;
                case RefTy t: Type(t.Pointee); break;
                case RawPtrTy t: Type(t.Pointee); break;
                case ArrayTy t: Type(t.Element); break;
                case SliceTy t: Type(t.Element); break;
                case TupleTy t: foreach (var e in t.Elements) Type(e); break;
            }
        }
        Args(args);
        return budget > 0;
    }

    /// <summary>Does the body have nothing that only works in a function of its own?</summary>
    public static bool CanBeInlined(Body body)
    {
        foreach (ref readonly var b in body.Blocks.AsSpan())
            if (b.Terminator is Terminator.TailCall or Terminator.Yield or Terminator.CoroutineDrop or Terminator.InlineAsm) return false;
        return true;
    }

    /// <summary>A body that may be changed; statements are copied, what passes never change is shared.</summary>
    public static Body Copy(Body body)
    {
        var blocks = (BasicBlockData[])body.Blocks.Clone();
        foreach (ref var b in blocks.AsSpan()) b.Statements = (Statement[])b.Statements.Clone();
        return new Body
        {
            Blocks = blocks,
            Locals = body.Locals,
            ArgCount = body.ArgCount,
            SpreadArg = body.SpreadArg,
            Scopes = body.Scopes,
            VarDebugInfo = (VarDebugInfo[])body.VarDebugInfo.Clone(),
            RequiredConsts = body.RequiredConsts,
            MentionedItems = body.MentionedItems,
            Phase = body.Phase,
            Span = body.Span,
            Def = body.Def,
            Promoted = body.Promoted,
            CoroutineLayout = body.CoroutineLayout,
            Passes = body.Passes?.Copy(),
        };
    }

    // -- sites ---------------------------------------------------------------------------------------------------------------------------------------

    /// <summary>The calls whose callees are known, in block order.</summary>
    public List<CallSite> Sites()
    {
        var sites = new List<CallSite>();
        for (int b = 0; b < body.Blocks.Length; b++)
        {
            if (body.Blocks[b].Terminator is not Terminator.Call { Target: >= 0, Func: { Kind: OperandKind.Constant } f } || f.Constant!.Const.Type is not FnDefTy ty) continue;
            if (_tcx.Intrinsic(ty.Def) is null && _tcx.Traits.Resolve(ty.Def, ty.Args) is { } callee) sites.Add(new CallSite(b, callee));
        }
        return sites;
    }

    public void Add(CallSite site, Body callee) => _work.Add((site, callee));

    // -- inlining ------------------------------------------------------------------------------------------------------------------------------------

    private readonly List<BasicBlockData> _blocks = [];
    private readonly List<LocalDecl> _locals = [];
    private readonly List<SourceScopeData> _scopes = [];
    private readonly List<ConstOperand> _required = [];
    private LocalFacts _facts = null!;

    /// <summary>Inlines what was added. True if anything was.</summary>
    public bool Run()
    {
        if (_work.Count == 0) return false;
        _blocks.AddRange(body.Blocks);
        _locals.AddRange(body.Locals);
        _scopes.AddRange(body.Scopes);
        _required.AddRange(body.RequiredConsts);
        _facts = new LocalFacts(body);
        bool changed = false;
        foreach (var (site, callee) in _work)
            if (_blocks.Count + callee.Blocks.Length <= MaxBlocks && Plan(site, callee) is { } plan && context.Consume())
            {
                Apply(site, callee, plan);
                changed = true;
            }
        if (!changed) return false;
        body.Passes?.Changed(s_number);
        body.Blocks = [.. _blocks];
        body.Locals = [.. _locals];
        body.Scopes = [.. _scopes];
        body.RequiredConsts = [.. _required];
        return true;
    }

    /// <summary>Which locals of the caller have their address taken, and which matter to cleanup.</summary>
    private sealed class LocalFacts : PlaceVisitor
    {
        private readonly Body _body;
        public readonly BitSet Borrowed, InCleanup;

        public LocalFacts(Body body)
        {
            _body = body;
            Borrowed = new BitSet(body.Locals.Length);
            InCleanup = new BitSet(body.Locals.Length);
            VisitBody(body);
        }

        protected override void Visit(in Place place, PlaceUse use)
        {
            if (use is PlaceUse.Storage or PlaceUse.NonUse) return;
            if (use == PlaceUse.Borrow && !place.IsBehindPointer) Borrowed[place.Local] = true;
            if (_body.Blocks[Block].IsCleanup) InCleanup[place.Local] = true;
        }
    }

    private sealed class BorrowsReturn : PlaceVisitor
    {
        private bool _found;
        protected override void Visit(in Place place, PlaceUse use) => _found |= place.Local == 0 && use is PlaceUse.Borrow or PlaceUse.Drop && !place.IsBehindPointer;
        public bool In(Body body) { VisitBody(body); return _found; }
    }

    /// <summary>The callee's arguments, one by one, as rvalues of the caller.</summary>
    private sealed record CallPlan(Terminator.Call Call, List<Rvalue> Args, Operand? Spilled, int Destination);

    private CallPlan? Plan(CallSite site, Body callee)
    {
        var block = _blocks[site.Block];
        var call = (Terminator.Call)block.Terminator;
        if (block.IsCleanup)
        {
            // Cleanup within cleanup would have to end in an abort: not worth it.
            foreach (ref readonly var b in callee.Blocks.AsSpan()) if (b.IsCleanup) return null;
        }
        if (site.Callee.Kind == InstanceKind.Item && !HasFeaturesOf(site.Callee.Def)) return null;
        var ty = (FnDefTy)call.Func.Constant!.Const.Type;
        var sig = _tcx.FnSig(ty.Def).Value;
        if (sig.CVariadic || !ReferenceEquals(Type(call.Destination), callee.Locals[0].Ty)) return null;

        var args = new List<Rvalue>(callee.ArgCount);
        Operand? spilled = null;
        bool untuple = sig.Abi == ExternAbi.RustCall && call.Args.Length > 0 && callee.SpreadArg < 0;
        for (int i = 0; i < call.Args.Length; i++)
        {
            if (untuple && i == call.Args.Length - 1)
            {
                if (Type(call.Args[i]) is not TupleTy tuple) return null;
                var packed = call.Args[i];
                if (!packed.IsPlace)
                {
                    spilled = packed;
                    // The local that is made for it when the plan is carried out.
                    packed = Operand.Move(new Place(_locals.Count));
                }
                for (int e = 0; e < tuple.Elements.Length; e++)
                    args.Add(new Rvalue.Use(packed with { Place = packed.Place.Project(ProjectionElem.Field(e, tuple.Elements[e])) }));
                continue;
            }
            args.Add(new Rvalue.Use(call.Args[i]));
        }
        if (args.Count != callee.ArgCount) return null;
        for (int i = 0; i < args.Count; i++)
        {
            var wanted = callee.Locals[i + 1].Ty;
            var operand = ((Rvalue.Use)args[i]).Operand;
            Ty given;
            if (spilled is { } s && operand.IsPlace && operand.Place.Local == _locals.Count) given = operand.Place.Projection[^1].Ty!;
            else given = Type(operand);
            if (wanted.Kind is TyKind.Dynamic or TyKind.Slice or TyKind.Str || !_tcx.Traits.IsSized(wanted)) return null;
            if (ReferenceEquals(given, wanted)) continue;
            // A closure that does not change its captures is called through a unique reference all the same.
            if (given is RefTy g && wanted is RefTy w && ReferenceEquals(g.Pointee, w.Pointee) && operand.IsPlace && w.Mutbl == Mutability.Not)
            {
                args[i] = new Rvalue.Ref(BorrowKind.Shared, operand.Place.Project(ProjectionElem.Deref));
                continue;
            }
            return null;
        }

        // The result goes straight to where it belongs, unless somebody could see it there too early.
        int destination = -1;
        if (call.Destination.IsLocal)
        {
            int d = call.Destination.Local;
            bool own = d >= body.Locals.Length || d > body.ArgCount || d == 0;
            bool seen = d < body.Locals.Length && (_facts.Borrowed[d] || call.Unwind.Kind == UnwindActionKind.Cleanup && _facts.InCleanup[d]);
            if (own && !seen && !new BorrowsReturn().In(callee)) destination = d;
        }
        else
        {
            // Where the result goes was decided before the call.
            foreach (ref readonly var e in call.Destination.Projection.AsSpan())
                if (e.Kind == ProjectionKind.Deref && _facts.Borrowed[call.Destination.Local] || e.Kind == ProjectionKind.Index && _facts.Borrowed[e.Index]) return null;
        }
        return new CallPlan(call, args, spilled, destination);
    }

    // Locals that earlier inlining made are never part of a call that was there before.
    private Ty Type(in Place place) => body.TypeOf(_tcx, place);

    private Ty Type(in Operand operand) => body.TypeOf(_tcx, operand);

    private bool HasFeaturesOf(DefId callee)
    {
        var wanted = _tcx.CodegenFnAttrs(callee).TargetFeatures;
        if (wanted.Length == 0) return true;
        if (caller.Kind != InstanceKind.Item) return false;
        var has = _tcx.CodegenFnAttrs(caller.Def).TargetFeatures;
        foreach (string f in wanted) if (Array.IndexOf(has, f) < 0) return false;
        return true;
    }

    /// <summary>The callee's numbers and positions as the caller's.</summary>
    private sealed class Map(int[] locals, int blockOffset, int scopeOffset, int scopeCount, UnwindAction unwind) : BodyRewriter
    {
        protected override int Local(int local) => locals[local];
        protected override int Target(int block) => block + blockOffset;
        protected override SourceInfo Info(SourceInfo info) => new(info.Span, scopeOffset + ((uint)info.Scope < (uint)scopeCount ? info.Scope : 0));
        protected override UnwindAction Unwind(UnwindAction u) => u.Kind switch
        {
            UnwindActionKind.Cleanup => UnwindAction.Cleanup(u.Block + blockOffset),
            // Out of the callee is into whatever the caller does about the call.
            UnwindActionKind.Continue => unwind,
            _ => u,
        };
    }

    private void Apply(CallSite site, Body callee, CallPlan plan)
    {
        var call = plan.Call;
        var info = call.SourceInfo;
        var block = _blocks[site.Block];
        var prologue = new List<Statement>(block.Statements);
        var epilogue = new List<Statement>();
        int NewLocal(LocalDecl decl) { _locals.Add(decl with { SourceInfo = info }); return _locals.Count - 1; }
        void Lives(int local)
        {
            prologue.Add(new Statement { Kind = StatementKind.StorageLive, Place = new Place(local), SourceInfo = info });
            epilogue.Add(new Statement { Kind = StatementKind.StorageDead, Place = new Place(local), SourceInfo = info });
        }

        if (plan.Spilled is { } tuple)
        {
            int t = NewLocal(new LocalDecl(Type(tuple), Mutability.Mut, info));
            Lives(t);
            prologue.Add(Statement.Assign(new Place(t), new Rvalue.Use(tuple), info));
        }
        var locals = new int[callee.Locals.Length];
        bool temporary = plan.Destination < 0;
        locals[0] = temporary ? NewLocal(callee.Locals[0]) : plan.Destination;
        if (temporary) prologue.Add(new Statement { Kind = StatementKind.StorageLive, Place = new Place(locals[0]), SourceInfo = info });
        for (int i = 1; i <= callee.ArgCount; i++)
        {
            var value = plan.Args[i - 1];
            // What is moved here needs no copy: nobody looks at it until it is assigned again.
            if (value is Rvalue.Use { Operand: { IsPlace: true, Place: { IsLocal: true } p } operand } && (operand.Kind == OperandKind.Move || DeliberateFault.Is(Fault.InlinedArgumentNotCopied))
                && p.Local > body.ArgCount && p.Local != plan.Destination && !_facts.Borrowed[p.Local] && MovedOnce(call, p.Local))
            {
                locals[i] = p.Local;
                continue;
            }
            locals[i] = NewLocal(callee.Locals[i]);
            Lives(locals[i]);
            prologue.Add(Statement.Assign(new Place(locals[i]), value, info));
        }
        var marked = new HashSet<int>();
        foreach (ref readonly var b in callee.Blocks.AsSpan())
            foreach (ref readonly var s in b.Statements.AsSpan()) if (s.Kind == StatementKind.StorageLive) marked.Add(s.Place.Local);
        for (int i = callee.ArgCount + 1; i < locals.Length; i++)
        {
            locals[i] = NewLocal(callee.Locals[i]);
            if (!marked.Contains(i)) Lives(locals[i]);
        }
        if (temporary)
        {
            epilogue.Insert(0, Statement.Assign(call.Destination, new Rvalue.Use(Operand.Move(new Place(locals[0]))), info));
            epilogue.Add(new Statement { Kind = StatementKind.StorageDead, Place = new Place(locals[0]), SourceInfo = info });
        }

        int scopeOffset = AddScopes(site.Callee, callee, call);
        int offset = _blocks.Count;
        block.Statements = [.. prologue];
        block.Terminator = new Terminator.Goto(offset) { SourceInfo = info };
        _blocks[site.Block] = block;
        var map = new Map(locals, offset, scopeOffset, callee.Scopes.Length, call.Unwind);
        foreach (ref readonly var b in callee.Blocks.AsSpan())
        {
            bool returns = b.Terminator is Terminator.Return;
            var statements = new Statement[b.Statements.Length + (returns ? epilogue.Count : 0)];
            for (int i = 0; i < b.Statements.Length; i++) statements[i] = map.Statement(in b.Statements[i]);
            if (returns) epilogue.CopyTo(statements, b.Statements.Length);
            _blocks.Add(new BasicBlockData
            {
                Statements = statements,
                IsCleanup = b.IsCleanup || block.IsCleanup,
                Terminator = b.Terminator switch
                {
                    Terminator.Return => new Terminator.Goto(call.Target) { SourceInfo = info },
                    Terminator.UnwindResume => call.Unwind.Kind switch
                    {
                        UnwindActionKind.Cleanup => new Terminator.Goto(call.Unwind.Block) { SourceInfo = info },
                        UnwindActionKind.Terminate => new Terminator.UnwindTerminate(call.Unwind.Reason) { SourceInfo = info },
                        UnwindActionKind.Unreachable => new Terminator.Unreachable { SourceInfo = info },
                        _ => new Terminator.UnwindResume { SourceInfo = info },
                    },
                    _ => map.Terminator(b.Terminator),
                },
            });
        }
        _required.AddRange(callee.RequiredConsts);
    }

    /// <summary>Is the local one argument, and no part of another?</summary>
    private static bool MovedOnce(Terminator.Call call, int local)
    {
        int n = 0;
        foreach (ref readonly var a in call.Args.AsSpan())
        {
            if (!a.IsPlace) continue;
            if (a.Place.Local == local) n++;
            foreach (ref readonly var e in a.Place.Projection.AsSpan()) if (e.Kind == ProjectionKind.Index && e.Index == local) n++;
        }
        if (call.Destination.Local == local) n++;
        return n == 1;
    }

    /// <summary>The callee's scopes, within that of the call. Their positions are what debug info and caller locations go by.</summary>
    private int AddScopes(Instance instance, Body callee, Terminator.Call call)
    {
        int offset = _scopes.Count, at = call.SourceInfo.Scope;
        var site = call.FnSpan.IsDummy ? call.SourceInfo.Span : call.FnSpan;
        int inlinedParent = (uint)at >= (uint)offset ? -1 : _scopes[at].Inlined is not null ? at : _scopes[at].InlinedParent;
        foreach (var s in callee.Scopes)
            _scopes.Add(s.Parent < 0
                ? new SourceScopeData(s.Span, at, instance, site, inlinedParent)
                : s with { Parent = s.Parent + offset, InlinedParent = s.InlinedParent >= 0 ? s.InlinedParent + offset : offset });
        return offset;
    }
}
