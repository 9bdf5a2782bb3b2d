namespace Mirlink.Mir.Abi;

/// <summary>The signature that an instance is called by, environment argument included (rustc's fn_sig_for_fn_abi).</summary>
public sealed partial class LayoutCx
{
    private FnSig SignatureForAbi(Instance instance)
    {
        switch (instance.Kind)
        {
            case InstanceKind.ThreadLocalShim:
                {
                    var ty = tcx.Traits.NormalizeErasingRegions(tcx.TypeOf(instance.Def));
                    bool mutable = tcx.Crate(instance.Def).StaticMutability(instance.Def.Index) == Mutability.Mut;
                    Ty ptr = mutable ? Interner.RawPtr(ty, Mutability.Mut)
                        : tcx.IsForeignItem(instance.Def) ? Interner.RawPtr(ty, Mutability.Not)
                        : Interner.Ref(ty, Mutability.Not);
                    return new FnSig([], ptr, false, Safety.Safe, ExternAbi.Rust);
                }
            case InstanceKind.FutureDropPollShim: throw new UnsupportedException("async drop");
        }
        var sig = tcx.DefKind(instance.Def) is DefKind.Closure or DefKind.SyntheticCoroutineBody ? ClosureSignature(instance) : FnSignature(instance);
        return tcx.Traits.NormalizeErasingRegions(sig);
    }

    private FnSig FnSignature(Instance instance)
    {
        var sig = tcx.EraseBinder(tcx.Instantiate(tcx.FnSig(instance.Def), instance.Args));
        if (instance.Kind != InstanceKind.VTableShim) return sig;
        // fn(self, ...) is called with a pointer to self
        var inputs = (Ty[])sig.Inputs.Clone();
        inputs[0] = Interner.RawPtr(inputs[0], Mutability.Mut);
        return sig with { Inputs = inputs };
    }

    private FnSig ClosureSignature(Instance instance)
    {
        if (tcx.TryTypeOf(instance.Def) is not ClosureTy generic) throw new BugException($"the type of {tcx.DefPath(instance.Def)} is no closure");
        var ty = (ClosureTy)tcx.Instantiate<Ty>(generic, instance.Args);
        int n = ty.Args.Count;
        switch (ty.Kind)
        {
            case TyKind.Closure:
                {
                    var sig = tcx.EraseBinder(((FnPtrTy)ty.Args.Type(n - 2)).Sig);
                    return sig with { Inputs = [ClosureEnv(ty, ty.Args.Type(n - 3)), .. sig.Inputs] };
                }
            case TyKind.CoroutineClosure: return CoroutineClosureSignature(instance, ty);
            case TyKind.Coroutine: return CoroutineSignature(ty);
            default: throw new BugException($"no signature of {ty}");
        }
    }

    /// <summary>A closure's environment argument, by the type that stands for its kind: i8 Fn, i16 FnMut, i32 FnOnce.</summary>
    private Ty ClosureEnv(Ty closure, Ty kind) => kind is PrimTy { Kind: TyKind.Int } k
        ? k.Int switch
        {
            IntTy.I8 => Interner.Ref(closure, Mutability.Not),
            IntTy.I16 => Interner.Ref(closure, Mutability.Mut),
            IntTy.I32 => closure,
            _ => throw new BugException($"{kind} is no closure kind"),
        }
        : throw new BugException($"{kind} is no closure kind");

    private FnSig CoroutineSignature(ClosureTy ty)
    {
        int n = ty.Args.Count;
        Ty resume = ty.Args.Type(n - 4), yield = ty.Args.Type(n - 3), ret = ty.Args.Type(n - 2);
        Ty self = Interner.Ref(ty, Mutability.Mut);
        Ty pinned = Interner.Adt(tcx.LangItem("pin"), Interner.Args([self]));
        Ty Context() => Interner.Ref(Interner.Adt(tcx.LangItem("Context"), Interner.Args([Interner.ReErased])), Mutability.Mut);
        Ty Lang(string name, params ReadOnlySpan<GenericArg> args) => Interner.Adt(tcx.LangItem(name), Interner.Args(args));
        (Ty[] inputs, Ty output) = tcx.CoroutineKind(ty.Def) switch
        {
            CoroutineDesugaring.Async => (new[] { pinned, Context() }, Lang("Poll", ret)),
            CoroutineDesugaring.Gen => ([self], Lang("Option", yield)),
            CoroutineDesugaring.AsyncGen => ([pinned, Context()], yield), // Poll<Option<..>> already
            CoroutineDesugaring.None => ([pinned, resume], Lang("coroutine_state", yield, ret)),
            _ => throw new BugException($"{tcx.DefPath(ty.Def)} is no coroutine"),
        };
        return new FnSig(inputs, output, false, Safety.Safe, ExternAbi.Rust);
    }

    /// <summary>
    /// A coroutine-closure returns its coroutine. Its arguments: [kind, fn(resume, (inputs,)) -> (yield, return), (upvars,), fn() -> (upvars by reference,)].
    /// </summary>
    private FnSig CoroutineClosureSignature(Instance instance, ClosureTy ty)
    {
        int n = ty.Args.Count;
        var kind = ty.Args.Type(n - 4);
        Ty env;
        if (instance.Kind == InstanceKind.ConstructCoroutineInClosureShim)
        {
            // the by-value coroutine, also when the closure itself is borrowed
            kind = Interner.I32;
            env = instance.Index == 1 ? Interner.Ref(ty, Mutability.Not) : ty;
        }
        else
        {
            env = ClosureEnv(ty, kind);
        }
        var parts = tcx.EraseBinder(((FnPtrTy)ty.Args.Type(n - 3)).Sig);
        if (parts is not { Inputs: [var resume, TupleTy inputs], Output: TupleTy { Elements: [var yield, var ret] } }) throw new BugException($"the signature of {ty} is not made of its parts");
        var upvars = kind is PrimTy { Kind: TyKind.Int, Int: IntTy.I32 } ? ty.Args.Type(n - 2) : tcx.EraseBinder(((FnPtrTy)ty.Args.Type(n - 1)).Sig).Output;
        if (upvars is not TupleTy captured) throw new BugException($"the upvars of {ty} are no tuple");
        var coroutine = tcx.CoroutineForClosure(instance.Def) ?? throw new BugException($"{tcx.DefPath(instance.Def)} makes no coroutine");
        var args = Interner.Args([.. ty.Args.Span[..(n - 4)], kind, resume, yield, ret, Interner.Tuple([.. inputs.Elements, .. captured.Elements])]);
        return new FnSig([env, inputs], Interner.Closure(TyKind.Coroutine, coroutine, args), parts.CVariadic, parts.Safety, parts.Abi);
    }
}
