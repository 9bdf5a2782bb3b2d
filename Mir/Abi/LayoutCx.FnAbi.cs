namespace Mirlink.Mir.Abi;

/// <summary>How functions are called (rustc_ty_utils::abi, rustc_target::callconv).</summary>
public sealed partial class LayoutCx
{
    private const ulong PointerSize = 8;
    private readonly ConcurrentMap<Instance, FnAbi> _instanceAbis = new();
    private readonly ConcurrentMap<FnSig, FnAbi> _fnPtrAbis = new();

    public FnAbi FnAbiOf(Instance instance) => _instanceAbis.TryGetValue(instance, out var abi) ? abi : _instanceAbis.GetOrAdd(instance, ComputeFnAbi(instance, []));

    public FnAbi FnAbiOfVariadicCall(Instance instance, ReadOnlySpan<Ty> variadicArgs) => variadicArgs.IsEmpty ? FnAbiOf(instance) : ComputeFnAbi(instance, variadicArgs);

    public FnAbi FnAbiOfFnPtr(FnSig sig, ReadOnlySpan<Ty> variadicArgs = default)
    {
        if (variadicArgs.IsEmpty && _fnPtrAbis.TryGetValue(sig, out var abi)) return abi;
        abi = ComputeFnAbi(tcx.Traits.NormalizeErasingRegions(EraseLateBound(sig)), variadicArgs, null, null, isVirtual: false);
        return variadicArgs.IsEmpty ? _fnPtrAbis.GetOrAdd(sig, abi) : abi;
    }

    /// <summary>For a signature whose binder the caller has taken off without erasing its variables.</summary>
    private FnSig EraseLateBound(FnSig sig) => tcx.EraseBinder(new Binder<FnSig>(sig, []));

    private FnAbi ComputeFnAbi(Instance instance, ReadOnlySpan<Ty> variadicArgs)
    {
        bool isVirtual = instance.Kind == InstanceKind.Virtual;
        return ComputeFnAbi(SignatureForAbi(instance), variadicArgs, isVirtual || instance.Kind == InstanceKind.ThreadLocalShim ? null : instance.Def,
            RequiresCallerLocation(instance) ? CallerLocationTy() : null, isVirtual);
    }

    /// <summary>A #[track_caller] function or closure called directly takes its caller's location as a last argument.</summary>
    public bool RequiresCallerLocation(Instance instance) => instance.Kind switch
    {
        InstanceKind.Item or InstanceKind.Virtual => tcx.CodegenFnAttrs(instance.Def).TrackCaller,
        InstanceKind.ClosureOnceShim => instance.Index == 1,
        _ => false,
    };

    /// <summary>&amp;'static core::panic::Location&lt;'static&gt;, regions erased.</summary>
    public Ty CallerLocationTy() => Interner.Ref(Interner.Adt(tcx.LangItem("panic_location"), Interner.Args([Interner.ReErased])), Mutability.Not);

    /// <param name="def">The function whose attributes hold for the call; null for calls through pointers and vtables.</param>
    private FnAbi ComputeFnAbi(FnSig sig, ReadOnlySpan<Ty> variadicArgs, DefId? def, Ty? callerLocation, bool isVirtual)
    {
        var inputs = new List<Ty>(sig.Inputs.Length + variadicArgs.Length + 1);
        inputs.AddRange(sig.Inputs);
        int fixedCount;
        if (sig.Abi == ExternAbi.RustCall)
        {
            if (inputs is not [.., TupleTy tupled]) throw new BugException($"the last argument of an extern \"rust-call\" function is no tuple: {sig}");
            inputs.RemoveAt(inputs.Count - 1);
            fixedCount = inputs.Count;
            inputs.AddRange(tupled.Elements);
        }
        else
        {
            if (!sig.CVariadic && !variadicArgs.IsEmpty) throw new BugException($"variadic arguments for a function that takes none: {sig}");
            fixedCount = inputs.Count;
            inputs.AddRange(variadicArgs);
        }
        if (callerLocation is not null) inputs.Add(callerLocation);

        bool isDropInPlace = def is { } d && tcx.LangItemName(d) is "drop_in_place" or "async_drop_in_place";
        var ret = NewArg(LayoutOf(sig.Output), isReturn: true, dropTarget: null);
        var args = new ArgAbi[inputs.Count];
        for (int i = 0; i < args.Length; i++)
        {
            var layout = LayoutOf(inputs[i]);
            if (isVirtual && i == 0) layout = ThinSelfPtr(layout);
            args[i] = NewArg(layout, isReturn: false, dropTarget: isDropInPlace && i == 0 ? ((RawPtrTy)inputs[0]).Pointee : null);
        }
        if (sig.Abi == ExternAbi.Unadjusted)
        {
            ret = Unadjusted(ret);
            for (int i = 0; i < args.Length; i++) args[i] = Unadjusted(args[i]);
        }
        else if (IsRustic(sig.Abi))
        {
            for (int i = 0; i < args.Length; i++) args[i] = AdjustForRust(args[i], isReturn: false);
            ret = AdjustForRust(ret, isReturn: true);
        }
        else
        {
            AdjustForForeign(sig.Abi, args, ref ret);
        }
        return new FnAbi(args, ret, sig.CVariadic, fixedCount, CanonAbiOf(sig.Abi), CanUnwind(def, sig));
    }

    private static bool IsRustic(ExternAbi abi) => abi is ExternAbi.Rust or ExternAbi.RustCall or ExternAbi.RustCold or ExternAbi.RustPreserveNone;

    private static CanonAbi CanonAbiOf(ExternAbi abi) => abi switch
    {
        ExternAbi.C or ExternAbi.System or ExternAbi.Cdecl or ExternAbi.Unadjusted => CanonAbi.C,
        ExternAbi.Rust or ExternAbi.RustCall => CanonAbi.Rust,
        ExternAbi.RustCold => CanonAbi.RustCold,
        ExternAbi.RustPreserveNone => CanonAbi.RustPreserveNone,
        ExternAbi.Custom => CanonAbi.Custom,
        ExternAbi.EfiApi or ExternAbi.Win64 => CanonAbi.Win64,
        ExternAbi.SysV64 => CanonAbi.SysV64,
        ExternAbi.Vectorcall => CanonAbi.Vectorcall,
        ExternAbi.X86Interrupt => CanonAbi.X86Interrupt,
        _ => throw new UnsupportedException($"the calling convention {abi} on x86-64"),
    };

    private bool CanUnwind(DefId? def, FnSig sig)
    {
        if (def is { } d)
        {
            if (tcx.CodegenFnAttrs(d).Has(CodegenFnAttrFlags.NeverUnwind)) return false;
            if (!_options.PanicUnwind && !tcx.IsForeignItem(d)) return false;
        }
        return IsRustic(sig.Abi) ? _options.PanicUnwind : sig.AbiUnwind;
    }

    private ArgAbi NewArg(TyAndLayout layout, bool isReturn, Ty? dropTarget)
    {
        var mode = layout.Repr.Kind switch
        {
            _ when layout.IsZst => PassMode.Ignore,
            BackendReprKind.Scalar => new PassMode(PassModeKind.Direct, ScalarAttributes(layout.Repr.A, layout, 0, isReturn, dropTarget)),
            BackendReprKind.ScalarPair => new PassMode(PassModeKind.Pair, ScalarAttributes(layout.Repr.A, layout, 0, isReturn, dropTarget),
                ScalarAttributes(layout.Repr.B, layout, layout.Repr.PairOffset, isReturn, null)),
            BackendReprKind.SimdVector => new PassMode(PassModeKind.Direct),
            _ => IndirectMode(layout),
        };
        return new ArgAbi(layout, mode);
    }

    /// <summary>By a hidden pointer to a copy that is the callee's own.</summary>
    private static PassMode IndirectMode(TyAndLayout layout, bool onStack = false) => new(PassModeKind.Indirect,
        new ArgAttributes(ArgAttribute.NoAlias | ArgAttribute.CapturesAddress | ArgAttribute.NonNull | ArgAttribute.NoUndef, PointeeSize: layout.Size, PointeeAlign: layout.Align),
        HasMeta: layout.IsUnsized, OnStack: onStack);

    private static ArgAbi MakeIndirect(ArgAbi arg) => arg.Mode.Kind is PassModeKind.Direct or PassModeKind.Pair ? arg with { Mode = IndirectMode(arg.Layout) } : arg;

    private static ArgAbi Unadjusted(ArgAbi arg) => arg.Mode.Kind == PassModeKind.Indirect ? arg with { Mode = new PassMode(PassModeKind.Direct) } : arg;

    /// <summary>What is known of a scalar that is passed or returned as such.</summary>
    /// <param name="dropTarget">The argument of drop_in_place points to this: it counts as a mutable reference.</param>
    private ArgAttributes ScalarAttributes(Scalar scalar, TyAndLayout layout, ulong offset, bool isReturn, Ty? dropTarget)
    {
        if (scalar.IsBool) return new ArgAttributes(ArgAttribute.NoUndef, ArgExtension.Zext);
        var regular = scalar.IsUnion ? ArgAttribute.None : ArgAttribute.NoUndef;
        if (scalar.IsUnion || !scalar.IsPointer) return new ArgAttributes(regular);
        if (!scalar.Contains(0) || dropTarget is not null) regular |= ArgAttribute.NonNull;

        PointeeInfo? pointee = null;
        if (dropTarget is not null) pointee = PointeeInfoAt(LayoutOf(Interner.Ref(dropTarget, Mutability.Mut)), 0);
        pointee ??= PointeeInfoAt(layout, offset);
        if (pointee is not { } p) return new ArgAttributes(regular);
        if (!isReturn && p.Exclusive) regular |= ArgAttribute.NoAlias;
        if (!isReturn && p is { Kind: PointerKind.SharedRef, Exclusive: true }) regular |= ArgAttribute.ReadOnly | ArgAttribute.CapturesReadOnly;
        return new ArgAttributes(regular, PointeeSize: isReturn ? 0 : p.Size, PointeeAlign: p.Align > 1 ? p.Align : 0);
    }

    private ArgAbi AdjustForRust(ArgAbi arg, bool isReturn)
    {
        var layout = arg.Layout;
        if (arg.Mode.Kind is PassModeKind.Ignore or PassModeKind.Cast) return arg;
        // more than two registers are returned in memory; vectors are in any case
        if (isReturn && layout.Size > 2 * PointerSize && !layout.Repr.IsVector) return MakeIndirect(arg);
        switch (layout.Repr.Kind)
        {
            case BackendReprKind.Memory when !layout.IsUnsized && layout.Size <= PointerSize:
                var attrs = new ArgAttributes(!tcx.Rules.AggregatesAsIntegersMayBeUndefined && IsNoUndef(layout) ? ArgAttribute.NoUndef : ArgAttribute.None);
                return arg with { Mode = new PassMode(PassModeKind.Cast, Cast: new CastTarget([], new Reg(RegKind.Integer, layout.Size), layout.Size, null, attrs)) };
            // caller and callee may differ in target features
            case BackendReprKind.SimdVector: return MakeIndirect(arg);
            default: return arg;
        }
    }

    /// <summary>No padding and no union in it, as far as the layout tells.</summary>
    private bool IsNoUndef(TyAndLayout layout)
    {
        switch (layout.Repr.Kind)
        {
            case BackendReprKind.Scalar: return !layout.Repr.A.IsUnion;
            case BackendReprKind.ScalarPair: return !layout.Repr.A.IsUnion && !layout.Repr.B.IsUnion && (ulong)(layout.Repr.A.Size + layout.Repr.B.Size) == layout.Size;
            case BackendReprKind.SimdVector: return false;
        }
        switch (layout.Fields)
        {
            case FieldsShapeKind.Array: return layout.Count == 0 || IsNoUndef(Field(layout, 0));
            case FieldsShapeKind.Arbitrary when layout.Variants == VariantsKind.Single:
                {
                    ulong at = 0;
                    foreach (int i in layout.InMemoryOrder)
                    {
                        var f = Field(layout, i);
                        if (f.Size == 0) continue;
                        if (layout.Offsets[i] != at || !IsNoUndef(f)) return false;
                        at += f.Size;
                    }
                    return at == layout.Size;
                }
            default: return false;
        }
    }

    /// <summary>
    /// The receiver of a virtual call is only its data pointer. It keeps the type of the wide pointer inside of it (through Rc, Pin and the like).
    /// </summary>
    private TyAndLayout ThinSelfPtr(TyAndLayout layout)
    {
        Ty wide;
        if (layout.IsUnsized) wide = Interner.RawPtr(layout.Ty, Mutability.Mut);
        else
        {
            var at = layout;
            while (at.Ty is not (RawPtrTy or RefTy)) at = NonZstField(at) ?? throw new BugException($"the receiver {layout.Ty} of a virtual call has no pointer");
            wide = at.Ty;
        }
        return WithTy(LayoutOf(Interner.RawPtr(Interner.Unit, Mutability.Mut)), wide);
    }

    private void AdjustForForeign(ExternAbi abi, ArgAbi[] args, ref ArgAbi ret)
    {
        switch (abi)
        {
            case ExternAbi.X86Interrupt:
                if (args.Length > 0) args[0] = args[0] with { Mode = IndirectMode(args[0].Layout, onStack: true) };
                break;
            case ExternAbi.Win64 or ExternAbi.Vectorcall:
                if (ret.Mode.Kind != PassModeKind.Ignore) ret = AdjustForWin64(ret, isReturn: true);
                for (int i = 0; i < args.Length; i++) args[i] = AdjustForWin64(args[i], isReturn: false);
                break;
            default: // "efiapi" too: only on Windows its arguments are classified as Windows does
                new SystemV(this).Classify(args, ref ret);
                break;
        }
    }

    /// <summary>Microsoft's x64 convention (rustc_target::callconv::x86_win64): what has not the size of an integer up to 8 bytes goes by pointer.</summary>
    private ArgAbi AdjustForWin64(ArgAbi arg, bool isReturn)
    {
        var layout = arg.Layout;
        if (!isReturn && arg.Mode.Kind == PassModeKind.Ignore) return arg with { Mode = IndirectMode(layout) };
        if (!isReturn && PassesIndirectly(layout)) return MakeIndirect(arg);
        static ArgAbi CastTo(ArgAbi a, Reg r) => a with { Mode = new PassMode(PassModeKind.Cast, Cast: new CastTarget([], r, r.Size, null, default)) };
        switch (layout.Repr.Kind)
        {
            case BackendReprKind.SimdVector: return arg;
            case BackendReprKind.ScalarPair or BackendReprKind.Memory:
                if (layout.IsUnsized) return arg;
                return layout.Size is 1 or 2 or 4 or 8 ? CastTo(arg, new Reg(RegKind.Integer, layout.Size)) : MakeIndirect(arg);
            default:
                if (isReturn && layout.Repr.A.Primitive == Primitive.Int128) return CastTo(arg, new Reg(RegKind.Vector, 16));
                return layout.Size > 8 && layout.Repr.A.Primitive != Primitive.F128 ? MakeIndirect(arg) : ExtendToInt(arg);
        }
    }

    /// <summary>Integers narrower than 32 bits are extended by the caller.</summary>
    private static ArgAbi ExtendToInt(ArgAbi arg) => arg is { Mode.Kind: PassModeKind.Direct, Layout.Repr: { IsScalar: true, A: { IsInt: true, Size: < 4 } a } }
        ? arg with { Mode = arg.Mode with { A = arg.Mode.A with { Ext = a.Signed ? ArgExtension.Sext : ArgExtension.Zext } } }
        : arg;

    /// <summary>#[rustc_pass_indirectly_in_non_rustic_abis] (VaList), also inside of transparent types.</summary>
    private bool PassesIndirectly(TyAndLayout layout)
    {
        while (layout.Ty is AdtTy a)
        {
            var repr = tcx.AdtDef(a.Def).Repr;
            if ((repr.Flags & ReprFlags.PassIndirectlyInNonRusticAbis) != 0) return true;
            if (!repr.Transparent || NonZstField(layout) is not { } inner) return false;
            layout = inner;
        }
        return false;
    }
}
