using Mirlink.Mir.Shims;

namespace Mirlink.Mir.Tests;

/// <summary>
/// Everything that code reachable from some roots may call: like rustc's collector, but it follows branches that monomorphic constants rule out, so that it
/// finds more, never less.
/// </summary>
sealed class MonoCollector(TyCtxt tcx)
{
    readonly Queue<Instance> _work = new();
    readonly HashSet<object> _constants = [];
    readonly HashSet<GlobalAlloc> _allocs = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<int, HashSet<DefId>> _exported = [];
    readonly ShimBuilder _shims = new(tcx);
    readonly Monomorphizer _mono = new(tcx);

    public HashSet<Instance> Instances { get; } = [];
    public List<string> Errors { get; } = [];
    public required int Local { get; init; }
    /// <summary>Who asked for an instance first.</summary>
    public Dictionary<Instance, string> Why { get; } = [];
    string _at = "root";

    public void Run(IEnumerable<Instance> roots)
    {
        foreach (var r in roots) Push(r);
        while (_work.TryDequeue(out var i))
        {
            _at = Show(i);
            Guard(() => Collect(i));
        }
    }

    public string Show(Instance i) => $"{i.Kind} {tcx.DefPath(i.Def)}{i.Args}{(i.Ty is null ? "" : " of " + i.Ty)}";

    void Guard(Action action)
    {
        try { action(); }
        catch (Exception e) when (e is BugException or MirlinkException or InvalidCastException or NullReferenceException or IndexOutOfRangeException)
        {
            Errors.Add($"{e.Message}\n   in {_at}\n{string.Join('\n', (e.StackTrace ?? "").Split('\n').Take(6))}");
        }
    }

    bool IsLocal(Instance i)
    {
        switch (i.Kind)
        {
            case InstanceKind.Virtual or InstanceKind.Intrinsic: return false;
            case InstanceKind.Item: break;
            case InstanceKind.DropGlue: return true;
            default: return true;
        }
        if (tcx.IsForeignItem(i.Def)) return false;
        if (i.Def.Krate == Local) return true;
        if (!_exported.TryGetValue(i.Def.Krate, out var set)) _exported.Add(i.Def.Krate, set = [.. tcx.Crate(i.Def).ExportedNonGenericSymbols]);
        if (set.Contains(i.Def)) return false;
        return tcx.DefKind(i.Def) != DefKind.Static;
    }

    void Push(Instance i, bool direct = true)
    {
        if (i.Kind == InstanceKind.Intrinsic && tcx.Intrinsic(i.Def) is { MustBeOverridden: false }) i = Instance.Item(i.Def, i.Args);
        if (i is { Kind: InstanceKind.DropGlue, Ty: null } && direct || !IsLocal(i) || !Instances.Add(i)) return;
        Why.TryAdd(i, _at);
        _work.Enqueue(i);
    }

    void Lang(string name) { if (tcx.TryLangItem(name) is { } d) Push(Instance.Item(d, tcx.Interner.NoArgs)); }

    void Collect(Instance i)
    {
        tcx.Traits.FnSigOf(i);
        var body = _shims.Build(i);
        if (body is null)
        {
            if (tcx.Traits.BodyOf(i) is not { } generic) { Errors.Add($"no body of {Show(i)}"); return; }
            body = _mono.Instantiate(generic, i.Args);
        }
        Visit(body);
    }

    public static void VisitTypes(Body body, Action<Ty> visit)
    {
        foreach (var l in body.Locals) visit(l.Ty);
    }

    Ty PlaceTy(Body body, Place p)
    {
        var ty = body.Locals[p.Local].Ty;
        foreach (var e in p.Projection)
            ty = e.Kind switch
            {
                ProjectionKind.Deref => ty.BuiltinDeref ?? (ty is AdtTy box ? box.Args.Type(0) : throw new BugException($"deref of {ty}")),
                ProjectionKind.Field or ProjectionKind.OpaqueCast or ProjectionKind.UnwrapUnsafeBinder => e.Ty!,
                ProjectionKind.Index or ProjectionKind.ConstantIndex => ty is ArrayTy a ? a.Element : ((SliceTy)ty).Element,
                ProjectionKind.Subslice => ty is ArrayTy a2 ? (e.FromEnd ? ty : tcx.Interner.Array(a2.Element, e.MinLength - e.Offset)) : ty,
                _ => ty,
            };
        return ty;
    }

    Ty OperandTy(Body body, Operand o) => o.IsPlace ? PlaceTy(body, o.Place) : o.Kind == OperandKind.Constant ? o.Constant!.Const.Type : tcx.Interner.Bool;

    void Visit(Body body)
    {
        foreach (var l in body.Locals) if (!l.Ty.IsMonomorphic || l.Ty.HasAny(TypeFlags.NeedsNormalization | TypeFlags.HasError)) Errors.Add($"{l.Ty} is not concrete\n   in {_at}");
        var reachable = Reachable(body);
        for (int at = 0; at < reachable.Length; at++)
        {
            if (!reachable[at]) continue;
            var b = body.Blocks[at];
            foreach (var s in b.Statements)
            {
                if (s.Operands is not null) foreach (var o in s.Operands) Visit(o);
                if (s.Rvalue is { } r) Guard(() => Visit(body, r));
            }
            Guard(() => Visit(body, b.Terminator));
        }
    }

    /// <summary>Blocks reachable when switches on constants are decided (rustc's mono_reachable).</summary>
    bool[] Reachable(Body body)
    {
        var seen = new bool[body.Blocks.Length];
        var work = new Stack<int>([0]);
        while (work.TryPop(out int at))
        {
            if (at < 0 || seen[at]) continue;
            seen[at] = true;
            var block = body.Blocks[at];
            void Unwind(UnwindAction u) { if (u.Kind == UnwindActionKind.Cleanup) work.Push(u.Block); }
            switch (block.Terminator)
            {
                case Terminator.SwitchInt s when KnownDiscriminant(block, s.Discr) is { } bits:
                    int i = Array.FindIndex(s.Values, v => v == bits);
                    work.Push(i < 0 ? s.Otherwise : s.Targets[i]);
                    break;
                case Terminator.SwitchInt s: foreach (int target in s.Targets) work.Push(target); break;
                case Terminator.Goto t: work.Push(t.Target); break;
                case Terminator.Drop t: work.Push(t.Target); Unwind(t.Unwind); break;
                case Terminator.Call t: work.Push(t.Target); Unwind(t.Unwind); break;
                case Terminator.Assert t: work.Push(t.Target); Unwind(t.Unwind); break;
                case Terminator.InlineAsm t: foreach (int target in t.Targets) work.Push(target); Unwind(t.Unwind); break;
            }
        }
        return seen;
    }

    U128? KnownDiscriminant(BasicBlockData block, Operand discr)
    {
        if (discr.Kind == OperandKind.RuntimeChecks) return discr.Checks == RuntimeChecks.ContractChecks ? 0u : DebugAssertions ? 1u : 0u;
        if (discr.Kind == OperandKind.Constant) return tcx.Eval.EvaluateBits(discr.Constant!.Const);
        if (!discr.Place.IsLocal) return null;
        // Only what immediately precedes, storage markers aside.
        for (int i = block.Statements.Length - 1; i >= 0; i--)
        {
            ref readonly var s = ref block.Statements[i];
            if (s.Kind == StatementKind.Assign && s.Place.IsLocal && s.Place.Local == discr.Place.Local)
                return s.Rvalue is Rvalue.Use { Operand: { IsPlace: false } o } ? KnownDiscriminant(block, o) : null;
            if (s.Kind is not (StatementKind.StorageDead or StatementKind.StorageLive)) return null;
        }
        return null;
    }

    public bool DebugAssertions { get; init; } = true;

    void Visit(Operand o) { if (o.Kind == OperandKind.Constant) Visit(o.Constant!.Const); }

    void Visit(MirConst c)
    {
        switch (c)
        {
            case MirConst.Val v: Visit(v.Value); break;
            case MirConst.Unevaluated u:
                if (_constants.Add((u.Def, u.Args, u.Promoted))) Guard(() => Visit(tcx.Eval.Evaluate(u)));
                break;
        }
    }

    void Visit(ConstValue v)
    {
        switch (v)
        {
            case ConstValue.Pointer p: Visit(p.Alloc); break;
            case ConstValue.Slice s: Visit(s.Alloc); break;
            case ConstValue.Indirect i: Visit(i.Alloc); break;
        }
    }

    void Visit(GlobalAlloc a)
    {
        if (!_allocs.Add(a)) return;
        switch (a)
        {
            case GlobalAlloc.Function f: Push(f.Instance, direct: false); break;
            case GlobalAlloc.VTable v: Vtable(v.Ty, v.Dyn); break;
            case GlobalAlloc.Memory m: foreach (var r in m.Allocation.Relocations) Visit(r.Target); break;
            case GlobalAlloc.Static s when s.Def.Krate == Local && tcx.Crate(s.Def).StaticInitializer(s.Def.Index) is { } init:
                // rustc asks for this too, although statics are never dropped
                Push(tcx.Traits.ResolveDropInPlace(tcx.TypeOf(s.Def)));
                foreach (var r in init.Relocations) Visit(r.Target);
                break;
        }
    }

    public HashSet<(Ty Ty, DynamicTy Dyn)> Vtables { get; } = [];

    void Vtable(Ty ty, DynamicTy dyn)
    {
        if (!Vtables.Add((ty, dyn))) return;
        foreach (var e in tcx.Traits.VtableEntries(ty, dyn))
        {
            if (e is VtblEntry.Method m) Push(m.Instance, direct: false);
            // The vtables of supertraits, too, are in the binary.
            if (e is VtblEntry.TraitVPtr t) Vtable(ty, Existential(t.TraitRef));
        }
        if (tcx.Traits.NeedsDrop(ty)) Push(tcx.Traits.ResolveDropInPlace(ty), direct: false);
    }

    DynamicTy Existential(TraitRef t) =>
        tcx.Interner.Dynamic([new Binder<ExistentialPredicate>(new ExistentialPredicate.Trait(t.Def, tcx.Interner.Args(t.Args.Span[1..])), [])]);

    (Ty, Ty) Tails(Ty source, Ty target)
    {
        switch (source, target)
        {
            case (PatTy a, PatTy b): return Tails(a.Base, b.Base);
            case (RefTy or RawPtrTy, RefTy or RawPtrTy): return Lockstep(source.BuiltinDeref!, target.BuiltinDeref!);
            case (AdtTy a, AdtTy b):
                {
                    int f = tcx.Traits.CoerceUnsizedField(a, b);
                    return Tails(tcx.Traits.FieldTy(a, 0, f), tcx.Traits.FieldTy(b, 0, f));
                }
            default: throw new BugException($"coercion of {source} to {target}");
        }
    }

    (Ty, Ty) Lockstep(Ty a, Ty b)
    {
        while (a is AdtTy x && b is AdtTy y && x.Def == y.Def && tcx.AdtDef(x.Def) is { Kind: AdtKind.Struct } d)
        {
            int last = d.Variants[0].Fields.Length - 1;
            (a, b) = (tcx.Traits.FieldTy(x, 0, last), tcx.Traits.FieldTy(y, 0, last));
        }
        return (a, b);
    }

    void Visit(Body body, Rvalue r)
    {
        switch (r)
        {
            case Rvalue.Use u: Visit(u.Operand); break;
            case Rvalue.Repeat p: Visit(p.Operand); break;
            case Rvalue.BinaryOp b: Visit(b.Left); Visit(b.Right); break;
            case Rvalue.UnaryOp u: Visit(u.Operand); break;
            case Rvalue.Aggregate a: foreach (var o in a.Operands) Visit(o); break;
            case Rvalue.ThreadLocalRef t:
                if (t.Def.Krate != Local) Push(new Instance(InstanceKind.ThreadLocalShim, t.Def, tcx.Interner.NoArgs));
                else Visit(tcx.StaticAlloc(t.Def));
                break;
            case Rvalue.Cast c:
                {
                    Visit(c.Operand);
                    var from = OperandTy(body, c.Operand);
                    switch (c.Kind)
                    {
                        case CastKind.ReifyFnPointer when from is FnDefTy f: Push(tcx.Traits.ResolveForFnPtr(f.Def, f.Args), direct: false); break;
                        case CastKind.ClosureFnPointer when from is ClosureTy k: Push(tcx.Traits.ResolveClosure(k.Def, k.Args, "fn_once"), direct: false); break;
                        case CastKind.Unsize:
                            {
                                var (a, b) = Tails(from, c.Ty);
                                if (b is DynamicTy dyn)
                                {
                                    if (a is DynamicTy src) tcx.Traits.SupertraitVtableSlot(src, dyn);
                                    else Vtable(a, dyn);
                                }
                                break;
                            }
                    }
                    break;
                }
        }
    }

    void Visit(Body body, Terminator t)
    {
        switch (t)
        {
            case Terminator.SwitchInt s: Visit(s.Discr); break;
            case Terminator.Drop d: Push(tcx.Traits.ResolveDropInPlace(PlaceTy(body, d.Place))); break;
            case Terminator.Call c:
                {
                    foreach (var a in c.Args) Visit(a);
                    Visit(c.Func);
                    Callee(OperandTy(body, c.Func));
                    break;
                }
            case Terminator.TailCall c:
                foreach (var a in c.Args) Visit(a);
                Callee(OperandTy(body, c.Func));
                break;
            case Terminator.Assert a:
                Lang(a.Kind switch
                {
                    AssertKind.BoundsCheck => "panic_bounds_check",
                    AssertKind.MisalignedPointerDereference => "panic_misaligned_pointer_dereference",
                    AssertKind.NullPointerDereference => "panic_null_pointer_dereference",
                    AssertKind.InvalidEnumConstruction => "panic_invalid_enum_construction",
                    _ => "",
                });
                break;
        }
    }

    void Callee(Ty ty)
    {
        if (ty is not FnDefTy f) return;
        if (tcx.Traits.Resolve(f.Def, f.Args) is not { } i) { Errors.Add($"cannot resolve {tcx.DefPath(f.Def)}{f.Args}\n   in {_at}"); return; }
        if (i.Kind == InstanceKind.Intrinsic && tcx.Intrinsic(i.Def)!.Name.StartsWith("assert_", StringComparison.Ordinal)) Lang("panic_nounwind");
        Push(i);
    }
}
