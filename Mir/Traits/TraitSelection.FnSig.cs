namespace Mirlink.Mir.Traits;

/// <summary>
/// Signatures of instances, as rustc's fn_sig_for_fn_abi has them (rustc_ty_utils::abi). Shapes:
/// <list type="bullet">
/// <item>functions, methods, constructors, most shims: the declared inputs. A trait's method called virtually has its declared receiver (`&amp;Self` with the
/// object type): making it thin is the ABI's business.</item>
/// <item>closures: two inputs, the environment (`&amp;C`, `&amp;mut C` or `C` by the closure's kind) and one tuple of the arguments; ABI RustCall. Every RustCall
/// signature, also that of `call_once(self, args)`, has its last input spread by the ABI; the closure's body has one argument per element.</item>
/// <item>coroutine-closures: environment and the tuple of arguments; output is the coroutine. ABI RustCall.</item>
/// <item>coroutines: `Pin&lt;&amp;mut Self&gt;` (plain `&amp;mut Self` for gen) and the resume argument (`&amp;mut Context` for async, none for gen); output is Poll,
/// Option or CoroutineState.</item>
/// <item>thread-local shims: no input, pointer to the static.</item>
/// </list>
/// </summary>
public sealed partial class TraitSelection
{
    private readonly ConcurrentMap<Instance, FnSig> _signatures = new();

    public FnSig FnSigOf(Instance instance) => _signatures.GetOrAdd(instance, static (i, me) => me.NormalizeErasingRegions(me.RawFnSig(i)), this);

    private FnSig RawFnSig(Instance instance)
    {
        switch (instance.Kind)
        {
            case InstanceKind.ThreadLocalShim: return new FnSig([], ThreadLocalPtrTy(instance.Def), false, Safety.Safe, ExternAbi.Rust);
            case InstanceKind.FutureDropPollShim or InstanceKind.AsyncDropGlue or InstanceKind.AsyncDropGlueCtorShim: throw new UnsupportedException("async drop");
            case InstanceKind.ConstructCoroutineInClosureShim: return CoroutineClosureFnSig(Interner.Closure(TyKind.CoroutineClosure, instance.Def, instance.Args), instance.Index == 1);
        }
        switch (_tcx.DefKind(instance.Def))
        {
            case Mirlink.Mir.DefKind.Closure or Mirlink.Mir.DefKind.SyntheticCoroutineBody when instance.Kind == InstanceKind.Item:
                {
                    // Which of the three a closure definition is, its type tells.
                    var kind = (_tcx.TypeOf(instance.Def) as ClosureTy)?.Kind ?? throw new BugException($"{_tcx.DefPath(instance.Def)} is not of a closure type");
                    var closure = Interner.Closure(kind, instance.Def, instance.Args);
                    return kind switch
                    {
                        TyKind.Closure => ClosureFnSig(closure),
                        TyKind.CoroutineClosure => CoroutineClosureFnSig(closure, null),
                        _ => CoroutineFnSig(closure),
                    };
                }
        }
        var sig = _tcx.EraseBinder(_tcx.Instantiate(_tcx.FnSig(instance.Def), instance.Args));
        if (instance.Kind == InstanceKind.VTableShim)
        {
            var inputs = (Ty[])sig.Inputs.Clone();
            inputs[0] = Interner.RawPtr(inputs[0], Mutability.Mut);
            sig = sig with { Inputs = inputs };
        }
        return sig;
    }

    private Ty ThreadLocalPtrTy(DefId def)
    {
        var ty = _tcx.TypeOf(def);
        if (_tcx.Crate(def).StaticMutability(def.Index) == Mutability.Mut) return Interner.RawPtr(ty, Mutability.Mut);
        return _tcx.IsForeignItem(def) ? Interner.RawPtr(ty, Mutability.Not) : Interner.Ref(ty, Mutability.Not);
    }

    private Ty EnvTy(Ty closure, ClosureKind kind) => kind switch
    {
        ClosureKind.Fn => Interner.Ref(closure, Mutability.Not),
        ClosureKind.FnMut => Interner.Ref(closure, Mutability.Mut),
        _ => closure,
    };

    private FnSig ClosureFnSig(ClosureTy closure)
    {
        var sig = _tcx.EraseBinder(ClosureSig(closure));
        return sig with { Inputs = [EnvTy(closure, ClosureKindOf(closure)), .. sig.Inputs] };
    }

    /// <param name="receiverByRef">Of a ConstructCoroutineInClosureShim; null for the closure's own body.</param>
    private FnSig CoroutineClosureFnSig(ClosureTy closure, bool? receiverByRef)
    {
        var kind = ClosureKindOf(closure);
        Ty env = receiverByRef is { } byRef ? byRef ? Interner.Ref(closure, Mutability.Not) : closure : EnvTy(closure, kind);
        if (receiverByRef is not null) kind = ClosureKind.FnOnce;
        var (sig, inputs, _) = CoroutineClosureSig(closure);
        var e = new BinderEraser(_tcx);
        return new FnSig([env, e.FoldTy(inputs)], e.FoldTy(CoroutineOf(closure, kind)), sig.Value.CVariadic, sig.Value.Safety, sig.Value.Abi, sig.Value.AbiUnwind);
    }

    private FnSig CoroutineFnSig(ClosureTy coroutine)
    {
        var desugaring = _tcx.CoroutineKind(coroutine.Def) ?? CoroutineDesugaring.None;
        Ty self = Interner.Ref(coroutine, Mutability.Mut);
        // Iterator::next takes no pinned receiver.
        if (desugaring != CoroutineDesugaring.Gen) self = Adt("pin", self);
        switch (desugaring)
        {
            case CoroutineDesugaring.Async: return Sig([self, TaskContext()], Adt("Poll", CoroutineReturn(coroutine)));
            case CoroutineDesugaring.Gen: return Sig([self], Adt("Option", CoroutineYield(coroutine)));
            // The yield type already is Poll<Option<_>>.
            case CoroutineDesugaring.AsyncGen: return Sig([self, TaskContext()], CoroutineYield(coroutine));
            default:
                return Sig([self, CoroutineResume(coroutine)], Interner.Adt(_tcx.LangItem("coroutine_state"), Interner.Args([CoroutineYield(coroutine), CoroutineReturn(coroutine)])));
        }
    }

    private static FnSig Sig(Ty[] inputs, Ty output) => new(inputs, output, false, Safety.Safe, ExternAbi.Rust);

    private AdtTy Adt(string langItem, Ty arg) => Interner.Adt(_tcx.LangItem(langItem), Interner.Args([arg]));

    /// <summary>`&amp;mut Context&lt;'_&gt;`: what replaces ResumeTy in code.</summary>
    private Ty TaskContext() => Interner.Ref(Interner.Adt(_tcx.LangItem("Context"), Interner.Args([Interner.ReErased])), Mutability.Mut);
}
