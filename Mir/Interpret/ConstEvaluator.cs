using System.Runtime.CompilerServices;
using Mirlink.Mir.Abi;
using Mirlink.Mir.Shims;

namespace Mirlink.Mir.Interpret;

/// <summary>
/// Evaluates constants and statics, each once (rustc's eval_to_allocation_raw, eval_static_initializer, eval_to_valtree). Thread-safe: two threads may
/// evaluate the same constant, the first result is kept.
/// </summary>
public sealed class ConstEvaluator(TyCtxt tcx) : IConstEval
{
    private readonly record struct Key(DefId Def, GenericArgs Args, int Promoted);

    private readonly ConcurrentMap<Key, GlobalAlloc.Memory> _memory = new();
    private readonly ConcurrentMap<Key, ConstValue> _values = new();
    private readonly ConcurrentMap<Const, ConstValue, ById<Const>> _ofTy = new();
    private readonly ConcurrentMap<Const, Const, ById<Const>> _typeConsts = new();
    private readonly ConcurrentMap<DefId, Allocation> _statics = new();
    private readonly ConcurrentMap<Instance, Body?> _shimBodies = new();
    /// <summary>What calls of function items have been resolved to.</summary>
    internal ConcurrentMap<FnDefTy, (Instance Instance, ExternAbi Abi), ById<FnDefTy>> Callees { get; } = new();
    private readonly ShimBuilder _shims = new(tcx);

    [ThreadStatic] private static List<(ConstEvaluator, Key)>? s_active;

    // -- bodies ------------------------------------------------------------------------------------------------------------------------------------

    /// <summary>The body to run for an instance, and the arguments it is generic over.</summary>
    /// <exception cref="ConstEvalException">There is none.</exception>
    internal (Body Body, GenericArgs Args) BodyOf(Instance instance)
    {
        // Items' own bodies are not kept here: the session decides how long.
        if (_shimBodies.GetOrAdd(instance, static (i, shims) => shims.Build(i), _shims) is { } shim) return (shim, tcx.Interner.NoArgs);
        if (instance.Kind == InstanceKind.Item && (tcx.MirForCtfe(instance.Def) ?? tcx.OptimizedMir(instance.Def)) is { } body) return (body, instance.Args);
        throw InterpError.Unsupported($"calling non-const function `{tcx.DefPath(instance.Def)}`");
    }

    // -- constants -----------------------------------------------------------------------------------------------------------------------------------

    public ConstValue Evaluate(MirConst constant)
    {
        switch (constant)
        {
            case MirConst.Val v: return v.Value;
            case MirConst.OfTy t:
                {
                    var c = EvaluateTypeConst(t.Const);
                    return _ofTy.GetOrAdd(c, static (k, self) => self.ValTreeToConstValue(k), this);
                }
            case MirConst.Unevaluated u:
                {
                    var key = Resolved(u.Def, u.Args, u.Promoted ?? -1);
                    if (_values.TryGetValue(key, out var known)) return known;
                    var memory = EvaluateToMemory(key);
                    return _values.GetOrAdd(key, ToConstValue(memory, u.Ty));
                }
            default: throw new BugException("unknown kind of constant");
        }
    }

    /// <summary>A trait's associated constant is that of the impl.</summary>
    private Key Resolved(DefId def, GenericArgs args, int promoted)
    {
        if (promoted < 0 && tcx.DefKind(def) == DefKind.AssocConst && tcx.AssocItem(def) is { InTrait: true })
        {
            var instance = tcx.Traits.Resolve(def, args) ?? throw new BugException($"no implementation of constant {tcx.DefPath(def)} for {args}");
            return new Key(instance.Def, instance.Args, promoted);
        }
        return new Key(def, args, promoted);
    }

    public U128 EvaluateBits(MirConst constant) => Evaluate(constant) is ConstValue.Scalar s
        ? s.Int.Bits
        : throw new BugException($"constant of type {constant.Type} is not a scalar");

    public Const EvaluateTypeConst(Const constant)
    {
        if (constant.Kind != ConstKind.Unevaluated) return constant;
        if (_typeConsts.TryGetValue(constant, out var known)) return known;
        var ty = tcx.Traits.InstantiateAndNormalize(tcx.TypeOf(constant.Def), constant.Args!);
        var key = Resolved(constant.Def, constant.Args!, -1);
        var memory = EvaluateToMemory(key);
        var tree = Guard(() =>
        {
            var cx = new InterpCx(tcx, new ConstEvalMachine(this, canAccessMutGlobal: true), this);
            return cx.ToValTree(new MPlace(new Pointer(InterpAlloc.Of(memory), 0), tcx.Layouts.LayoutOf(ty)));
        }, key);
        return _typeConsts.GetOrAdd(constant, tcx.Interner.ConstValue(ty, tree));
    }

    /// <summary>rustc's op_to_const: scalars as such, everything else where it is.</summary>
    private ConstValue ToConstValue(GlobalAlloc.Memory memory, Ty ty)
    {
        var layout = tcx.Layouts.LayoutOf(ty);
        if (layout.IsZst) return ConstValue.ZeroSized.Instance;
        if (!layout.Repr.IsScalar || layout.Repr.A.IsUnion) return new ConstValue.Indirect(memory, 0);
        var cx = new InterpCx(tcx, new ConstEvalMachine(this, canAccessMutGlobal: true), this);
        try
        {
            return ScalarToConstValue(cx.ReadScalar(new Pointer(InterpAlloc.Of(memory), 0), layout.Repr.A.Size));
        }
        catch (ConstEvalException e)
        {
            throw new ConstEvalException($"it is undefined behavior to use this value of type `{Text.TypeNames.Of(tcx, ty)}`: {e.Message}", e.Message);
        }
    }

    private static ConstValue ScalarToConstValue(Scalar s) => s.Provenance is { } p
        ? new ConstValue.Pointer(p.Global!, (ulong)s.RawBits)
        : new ConstValue.Scalar(new ScalarInt(s.RawBits, (byte)s.Size));

    private ConstValue ValTreeToConstValue(Const c)
    {
        if (c.Kind != ConstKind.Value) throw new BugException($"{c} is not a value");
        var ty = c.Type!;
        if (c.Value is ValTree.Leaf leaf) return new ConstValue.Scalar(leaf.Scalar);
        var layout = tcx.Layouts.LayoutOf(ty);
        if (layout.IsZst) return ConstValue.ZeroSized.Instance;
        var cx = new InterpCx(tcx, new ConstEvalMachine(this, canAccessMutGlobal: true), this);
        var place = cx.AllocatePlace(layout);
        cx.WriteValTree(c.Value!, place);
        var memory = (GlobalAlloc.Memory)cx.Intern(place, Mutability.Not, Mutability.Not, null)!;
        return ToConstValue(memory, ty);
    }

    private GlobalAlloc.Memory EvaluateToMemory(Key key)
    {
        if (_memory.TryGetValue(key, out var known)) return known;
        var memory = Guard(() =>
        {
            var body = key.Promoted >= 0
                ? tcx.PromotedMir(key.Def) is { } p && key.Promoted < p.Length ? p[key.Promoted] : null
                : tcx.MirForCtfe(key.Def) ?? tcx.OptimizedMir(key.Def);
            if (body is null) throw new MirlinkException($"the metadata of crate `{tcx.CrateName(key.Def)}` has no body of the constant `{tcx.DefPath(key.Def)}`{(key.Promoted >= 0 ? $" (promoted {key.Promoted})" : "")}");
            bool isStatic = tcx.DefKind(key.Def) == DefKind.Static;
            return (GlobalAlloc.Memory)Run(body, key, new ConstEvalMachine(this, isStatic), Mutability.Not, Mutability.Not, out _)!;
        }, key);
        return _memory.GetOrAdd(key, memory);
    }

    /// <summary>Runs a constant's body and interns what it returns. A static's root memory comes back as an allocation, not as a global.</summary>
    private GlobalAlloc? Run(Body body, Key key, ConstEvalMachine machine, Mutability rootMutability, Mutability innerMutability, out Allocation? rootOfStatic, DefId? staticDef = null)
    {
        var cx = new InterpCx(tcx, machine, this);
        try
        {
            var ty = tcx.Traits.InstantiateAndNormalize(body.Locals[0].Ty, key.Args);
            var layout = tcx.Layouts.LayoutOf(ty);
            if (staticDef is not null && rootMutability == Mutability.Not && !tcx.Traits.IsFreeze(ty)) rootMutability = Mutability.Mut;
            var dest = cx.AllocatePlace(layout);
            cx.Run(body, key.Args, null, dest);
            rootOfStatic = null;
            if (staticDef is null) return cx.Intern(dest, rootMutability, innerMutability, null);
            rootOfStatic = cx.InternStatic(dest, rootMutability, innerMutability, tcx.StaticAlloc(staticDef.Value));
            return null;
        }
        catch (ConstEvalException e) when (!e.Data.Contains("located"))
        {
            throw Located(e, cx, key);
        }
        catch (UnsupportedException e)
        {
            throw e.In(tcx.DefPath(key.Def), tcx.CrateName(key.Def));
        }
    }

    private ConstEvalException Located(ConstEvalException e, InterpCx cx, Key key)
    {
        var text = new System.Text.StringBuilder($"evaluation of `{Describe(key)}` failed: {e.Message}");
        int shown = 0;
        foreach (var (span, instance) in cx.Backtrace())
        {
            if (++shown > 8)
            {
                text.Append(", ...");
                break;
            }
            text.Append(shown == 1 ? " (" : ", ");
            if (instance is not null) text.Append("in `").Append(tcx.DefPath(instance.Def)).Append("` ");
            text.Append(span.IsDummy ? "at unknown position" : $"at {tcx.SourceFile(span.File)}:{span.Line}:{span.Column}");
        }
        if (shown > 0) text.Append(')');
        var located = new ConstEvalException(text.ToString(), e.Message);
        located.Data["located"] = true;
        return located;
    }

    private string Describe(Key key) => tcx.DefPath(key.Def) + (key.Args.Count == 0 ? "" : Text.TypeNames.GenericArgs(tcx, key.Args)) + (key.Promoted >= 0 ? $"::promoted[{key.Promoted}]" : "");

    /// <summary>Detects cycles, and leaves a .NET stack that runs short for a fresh one.</summary>
    private T Guard<T>(Func<T> evaluate, Key key)
    {
        var active = s_active ??= [];
        if (active.Contains((this, key))) throw new ConstEvalException($"cycle detected when evaluating `{Describe(key)}`");
        active.Add((this, key));
        try
        {
            if (RuntimeHelpers.TryEnsureSufficientExecutionStack() && active.Count % 64 != 0) return evaluate();
            return OnNewStack(evaluate, active);
        }
        finally
        {
            active.RemoveAt(active.Count - 1);
        }
    }

    private static T OnNewStack<T>(Func<T> evaluate, List<(ConstEvaluator, Key)> active)
    {
        if (active.Count > 4096) throw new ConstEvalException("reached the recursion limit while evaluating constants that need each other");
        T result = default!;
        System.Runtime.ExceptionServices.ExceptionDispatchInfo? error = null;
        var thread = new Thread(() =>
        {
            s_active = active;
            try { result = evaluate(); }
            catch (Exception e) { error = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e); }
        }, 16 << 20);
        thread.Start();
        thread.Join();
        error?.Throw();
        return result;
    }

    // -- statics -------------------------------------------------------------------------------------------------------------------------------------

    public Allocation StaticInitializer(DefId def)
    {
        if (_statics.TryGetValue(def, out var known)) return known;
        if (tcx.Crate(def).StaticInitializer(def.Index) is { } stored) return _statics.GetOrAdd(def, stored);
        var key = new Key(def, tcx.Interner.NoArgs, -1);
        var evaluated = Guard(() =>
        {
            var body = tcx.MirForCtfe(def) ?? throw new MirlinkException($"the metadata of crate `{tcx.CrateName(def)}` has neither value nor body of the static `{tcx.DefPath(def)}`");
            var mutability = tcx.Crate(def).StaticMutability(def.Index) ?? Mutability.Not;
            Run(body, key, new ConstEvalMachine(this, canAccessMutGlobal: true), mutability, mutability, out var root, def);
            return root!;
        }, key);
        return _statics.GetOrAdd(def, evaluated);
    }
}
