namespace Mirlink.Mir.Traits;

/// <summary>What calling a value gives: Fn* traits of closures, function items and pointers, AsyncFn* of those and of coroutine-closures.</summary>
public sealed partial class TraitSelection
{
    /// <summary>Name of the placeholders for the bound regions of a signature while it is matched against a call's inputs.</summary>
    private const string LateName = "!late";

    /// <summary>A closure kind from the type that encodes it: i8 Fn, i16 FnMut, i32 FnOnce.</summary>
    private static ClosureKind KindOf(Ty kindTy) => kindTy is PrimTy { Kind: TyKind.Int } p
        ? p.Int switch { IntTy.I8 => ClosureKind.Fn, IntTy.I16 => ClosureKind.FnMut, IntTy.I32 => ClosureKind.FnOnce, _ => throw new BugException($"{kindTy} is no closure kind") }
        : throw new BugException($"{kindTy} is no closure kind");

    private Ty KindTy(ClosureKind kind) => Interner.Int(kind switch { ClosureKind.Fn => IntTy.I8, ClosureKind.FnMut => IntTy.I16, _ => IntTy.I32 });

    /// <summary>Kind of a closure or coroutine-closure.</summary>
    private static ClosureKind ClosureKindOf(ClosureTy closure) => KindOf(closure.Args.Type(closure.Args.Count - (closure.Kind == TyKind.CoroutineClosure ? 4 : 3)));

    private static Binder<FnSig> ClosureSig(ClosureTy closure) =>
        closure.Args[^2] is FnPtrTy f ? f.Sig : throw new BugException("a closure's signature is not a fn pointer");

    private static Ty TupledUpvars(ClosureTy closure) => closure.Args.Type(closure.Args.Count - (closure.Kind == TyKind.CoroutineClosure ? 2 : 1));

    private static Ty CoroutineReturn(ClosureTy c) => c.Args.Type(c.Args.Count - 2);
    private static Ty CoroutineYield(ClosureTy c) => c.Args.Type(c.Args.Count - 3);
    private static Ty CoroutineResume(ClosureTy c) => c.Args.Type(c.Args.Count - 4);
    private static Ty CoroutineKindTy(ClosureTy c) => c.Args.Type(c.Args.Count - 5);

    private static bool IsFnTraitCompatible(FnSig sig) => !sig.CVariadic && sig.Safety == Safety.Safe && sig.Abi == ExternAbi.Rust;

    /// <summary>Tupled inputs and output of a callable as the Fn traits see it, under its binder; null if it is not callable that way.</summary>
    private (Ty Inputs, Ty Output)? Callable(Ty self, ClosureKind goal)
    {
        switch (self)
        {
            case FnDefTy f:
                {
                    var sig = _tcx.Instantiate(_tcx.FnSig(f.Def), f.Args);
                    if (!IsFnTraitCompatible(sig.Value) || _tcx.CodegenFnAttrs(f.Def).TargetFeatures.Length > 0) return null;
                    return (Interner.Tuple(sig.Value.Inputs), sig.Value.Output);
                }
            case FnPtrTy f:
                if (!IsFnTraitCompatible(f.Sig.Value)) return null;
                return (Interner.Tuple(f.Sig.Value.Inputs), f.Sig.Value.Output);
            case ClosureTy { Kind: TyKind.Closure } c:
                {
                    if (ClosureKindOf(c) > goal) return null;
                    var sig = ClosureSig(c);
                    return (sig.Value.Inputs[0], sig.Value.Output);
                }
            case ClosureTy { Kind: TyKind.CoroutineClosure } c:
                {
                    // Always FnOnce; Fn and FnMut only if the coroutine borrows nothing from the closure.
                    if (ClosureKindOf(c) > goal || goal != ClosureKind.FnOnce && HasSelfBorrows(c)) return null;
                    var (_, inputs, _) = CoroutineClosureSig(c);
                    return (inputs, CoroutineOf(c, goal));
                }
            default: return null;
        }
    }

    private static bool IsCallableType(Ty self) => self is FnDefTy or FnPtrTy or ClosureTy { Kind: TyKind.Closure or TyKind.CoroutineClosure };

    private Builtin SelectFn(GenericArgs args, Ty self, ClosureKind goal, bool strict)
    {
        if (!IsCallableType(self)) return Builtin.NotApplicable;
        if (Callable(self, goal) is not { } c) return Builtin.Fails;
        return If(!strict || CallOutput(c.Inputs, c.Output, args[1], strict) is not null);
    }

    /// <summary>Output of a call with these (tupled) inputs: the signature's bound regions become the inputs' regions. Null if the inputs do not fit.</summary>
    private GenericArg? CallOutput(GenericArg pattern, GenericArg output, GenericArg inputs, bool strict) =>
        MatchBinder(Interner.Args([pattern]), Interner.Args([inputs]), output, strict);

    /// <summary>
    /// Something of the form `for&lt;'a&gt; (pattern, result)`: result with the bound regions that make the pattern equal to the target. Null if nothing does.
    /// Target: normalized, no escaping variables.
    /// </summary>
    private GenericArg? MatchBinder(GenericArgs pattern, GenericArgs target, GenericArg result, bool strict)
    {
        if (!target.HasAny(TypeFlags.HasFreeRegions))
        {
            var e = new BinderEraser(_tcx);
            var p = Normalize(e.Fold(pattern), strict);
            for (int i = 0; i < p.Count; i++)
                if (target[i] is not Region && !ReferenceEquals(p[i], target[i])) return null;
            return Normalize(e.Fold(result), strict);
        }
        var open = new BoundRegions.ToPlaceholders(_tcx, LateName);
        var m = new HeaderMatcher(_tcx, 0) { LateName = LateName, Late = new Region?[64] };
        if (!m.Match(Normalize(open.Fold(pattern), strict), target)) return null;
        return new BoundRegions.Fill(_tcx, LateName, m.Late).Fold(Normalize(open.Fold(result), strict));
    }

    // -- coroutine-closures ------------------------------------------------------------------------------------------------------------------------------

    /// <summary>The signature parts: `fn(resume, tupled inputs) -> (yield, return)`.</summary>
    private static (Binder<FnSig> Sig, Ty Inputs, Ty Return) CoroutineClosureSig(ClosureTy c)
    {
        if (c.Args[^3] is not FnPtrTy f || f.Sig.Value.Output is not TupleTy { Elements.Length: 2 } o) throw new BugException("a coroutine-closure's signature is malformed");
        return (f.Sig, f.Sig.Value.Inputs[1], o.Elements[1]);
    }

    private static bool HasSelfBorrows(ClosureTy c) => c.Args[^1] is not FnPtrTy f || f.Sig.Value.Output.OuterExclusiveBinder > 0;

    /// <summary>
    /// The coroutine that calling a coroutine-closure as <paramref name="goal"/> gives, under the binder of its signature. Captures borrowed from the
    /// closure have the erased region.
    /// </summary>
    private ClosureTy CoroutineOf(ClosureTy c, ClosureKind goal)
    {
        var (sig, inputs, ret) = CoroutineClosureSig(c);
        var body = _tcx.CoroutineForClosure(c.Def) ?? throw new BugException($"no coroutine of {_tcx.DefPath(c.Def)}");
        var upvars = UpvarsByKind(goal, inputs, TupledUpvars(c), c.Args.Type(c.Args.Count - 1));
        var parent = c.Args.Span[..^4];
        var args = new GenericArg[parent.Length + 5];
        parent.CopyTo(args);
        // The returned coroutine is by-move for FnOnce, and "FnMut" for both kinds of borrowing.
        args[^5] = KindTy(goal == ClosureKind.FnOnce ? ClosureKind.FnOnce : ClosureKind.FnMut);
        args[^4] = sig.Value.Inputs[0];
        args[^3] = ((TupleTy)sig.Value.Output).Elements[0];
        args[^2] = ret;
        args[^1] = upvars;
        return Interner.Closure(TyKind.Coroutine, body, Interner.Args(args));
    }

    private Ty UpvarsByKind(ClosureKind kind, Ty tupledInputs, Ty tupledUpvars, Ty capturesByRef)
    {
        var captures = kind == ClosureKind.FnOnce
            ? (TupleTy)tupledUpvars
            : (TupleTy)new BinderEraser(_tcx).FoldTy(((FnPtrTy)capturesByRef).Sig.Value.Output);
        return Interner.Tuple([.. ((TupleTy)tupledInputs).Elements, .. captures.Elements]);
    }

    // -- AsyncFn* -----------------------------------------------------------------------------------------------------------------------------------------

    /// <summary>Tupled inputs, future and its output of an async callable, under its binder; null if it is none.</summary>
    private (Ty Inputs, Ty Future, Ty Output)? AsyncCallable(Ty self, ClosureKind goal)
    {
        if (self is ClosureTy { Kind: TyKind.CoroutineClosure } c)
        {
            if (ClosureKindOf(c) > goal) return null;
            var (_, inputs, ret) = CoroutineClosureSig(c);
            return (inputs, CoroutineOf(c, goal), ret);
        }
        if (Callable(self, goal) is not { } call) return null;
        return (call.Inputs, call.Output, Interner.Alias(AliasTyKind.Projection, _tcx.LangItem("future_output"), Interner.Args([call.Output])));
    }

    private Builtin SelectAsyncFn(GenericArgs args, Ty self, ClosureKind goal, bool strict)
    {
        if (!IsCallableType(self)) return Builtin.NotApplicable;
        if (AsyncCallable(self, goal) is not { } c) return Builtin.Fails;
        if (!strict) return Builtin.Holds;
        if (CallOutput(c.Inputs, c.Future, args[1], strict) is not Ty future) return Builtin.Fails;
        return If(Holds(_tcx.LangItem("future_trait"), future));
    }
}
