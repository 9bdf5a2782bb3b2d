using Mirlink.Mir.Shims;

namespace Mirlink.Mir.Interpret.Program;

/// <summary>
/// The machine that runs programs: memory has addresses, statics can be changed, panics unwind, and what is not MIR is done by <see cref="ForeignFunctions"/>.
/// </summary>
internal sealed partial class ProgramMachine : Machine
{
    private readonly TyCtxt _tcx;
    private readonly ProgramOptions _options;
    private readonly ShimBuilder _shims;
    private readonly Dictionary<Instance, (Body Body, GenericArgs Args)> _bodies = [];
    private readonly Dictionary<DefId, Callee> _foreign = [];
    private Dictionary<string, DefId>? _definitions;

    /// <summary>What a declaration in an extern block stands for: an item of a crate, or one of our functions.</summary>
    private readonly record struct Callee(DefId? Definition, ForeignFunction? Native);

    public ProgramMachine(TyCtxt tcx, ProgramOptions options)
    {
        _tcx = tcx;
        _options = options;
        _shims = new ShimBuilder(tcx);
    }

    public Func<Instance, (Body Body, GenericArgs Args)?>? Bodies { get; init; }
    public ProgramOptions Options => _options;
    public MemoryStream Stdout { get; } = new();
    public MemoryStream Stderr { get; } = new();

    public override long Fuel => _options.Fuel;
    public override int StackLimit => _options.StackLimit;
    internal override int MaxCachedBodies => 4096;
    public override bool EnforcesValidity => true;
    internal override bool IsCompileTime => false;
    internal override bool HasAddresses => true;
    internal override Exception OutOfFuel() => new OutOfFuelException();
    // The instruction for it raises SIGILL.
    internal override Exception Abort() => new ProgramExit(128 + 4);

    // -- the run -----------------------------------------------------------------------------------------------------------------------------------

    /// <summary>What the C `main` does, and what happens before and after it.</summary>
    public int RunMain(InterpCx cx, Instance main)
    {
        var i = _tcx.Interner;
        var (argc, argv) = MakeArguments(cx);
        var u8Ptr = i.RawPtr(i.RawPtr(i.U8, Mutability.Not), Mutability.Not);
        int code;
        try
        {
            foreach (var init in InitArray(cx))
                cx.Run(init, [Op.Scalar(Scalar.Of((U128)argc, 4), cx.LayoutOf(i.I32)), Op.Scalar(argv.ToScalar(), cx.LayoutOf(u8Ptr)), Op.Scalar(Environ(cx).ToScalar(), cx.LayoutOf(u8Ptr))], cx.UnitPlace());

            var output = _tcx.Traits.NormalizeErasingRegions(_tcx.EraseBinder(_tcx.FnSig(main.Def)).Output);
            var start = _tcx.Traits.Resolve(_tcx.LangItem("start"), i.Args([output])) ?? throw new BugException("lang_start cannot be resolved");
            var fnPtr = cx.LayoutOf(_tcx.Traits.InstantiateAndNormalize(_tcx.EraseBinder(_tcx.FnSig(start.Def)).Inputs[0], start.Args));
            var result = cx.AllocatePlace(cx.LayoutOf(i.Isize));
            cx.Run(start,
            [
                Op.Scalar(new Pointer(InterpAlloc.Of(_tcx.FnAlloc(main)), 0).ToScalar(), fnPtr),
                Op.Scalar(Scalar.Usize((ulong)argc), cx.LayoutOf(i.Isize)),
                Op.Scalar(argv.ToScalar(), cx.LayoutOf(u8Ptr)),
                Op.Scalar(Scalar.Of(U128.Zero, 1), cx.LayoutOf(i.U8)),
            ], result);
            code = (int)((ulong)cx.ReadScalar(result).Bits & 0xff);
        }
        catch (ProgramExit e) when (e.Code < 128 && !e.Data.Contains("immediate"))
        {
            code = e.Code;
        }
        cx.Abandon();
        RunThreadLocalDestructors(cx);
        FlushC();
        return code;
    }

    /// <summary>Functions that the system calls before `main`: statics in `.init_array` sections.</summary>
    private IEnumerable<Instance> InitArray(InterpCx cx)
    {
        for (int k = 0; k < _tcx.Crates.Count; k++)
        {
            var crate = _tcx.Crates[k];
            for (int d = 0; d < crate.DefCount; d++)
            {
                if (crate.DefKind(d) != DefKind.Static || crate.CodegenFnAttrs(d).LinkSection?.StartsWith(".init_array", StringComparison.Ordinal) != true) continue;
                var value = cx.ReadScalar(new Pointer(InterpAlloc.Of(_tcx.StaticAlloc(new DefId(k, d))), 0), 8);
                if (value.Provenance?.Global is GlobalAlloc.Function f) yield return f.Instance;
            }
        }
    }

    // -- bodies ------------------------------------------------------------------------------------------------------------------------------------

    internal override (Body Body, GenericArgs Args)? FindBody(InterpCx cx, Instance instance, ReadOnlySpan<Op> args, in MPlace dest, int target, UnwindAction unwind)
    {
        if (_bodies.TryGetValue(instance, out var known)) return known;
        if (instance.Kind == InstanceKind.Item && _tcx.IsForeignItem(instance.Def))
        {
            if (!_foreign.TryGetValue(instance.Def, out var callee)) _foreign.Add(instance.Def, callee = Resolve(instance));
            if (callee.Native is { } native)
            {
                native(new ForeignCall(this, cx, args, dest, target, unwind));
                return null;
            }
            instance = Instance.Item(callee.Definition!.Value, _tcx.Interner.NoArgs);
            if (_bodies.TryGetValue(instance, out known)) return known;
        }
        if (instance.Kind == InstanceKind.Item && _tcx.DefKey(instance.Def).Name == "detect_features" && _tcx.CrateName(instance.Def) == "std_detect")
        {
            // It asks the processor by assembly: this one has no features beyond those that are always there.
            cx.Access(dest.Ptr, dest.Layout.Size, write: true).Fill((int)dest.Ptr.Offset, (int)dest.Layout.Size, 0);
            cx.ReturnToBlock(target);
            return null;
        }
        var found = Body(instance) ?? throw InterpError.Unsupported($"calling `{_tcx.DefPath(instance.Def)}`, which has no MIR");
        _bodies.Add(instance, found);
        return found;
    }

    private (Body, GenericArgs)? Body(Instance instance)
    {
        if (Bodies?.Invoke(instance) is { } replaced) return replaced;
        if (_shims.Build(instance) is { } shim) return (shim, _tcx.Interner.NoArgs);
        if (instance.Kind != InstanceKind.Item) return null;
        var body = _tcx.Traits.BodyOf(instance) ?? _tcx.OptimizedMir(instance.Def) ?? _tcx.MirForCtfe(instance.Def);
        return body is null ? null : (body, instance.Args);
    }

    private Callee Resolve(Instance declared)
    {
        string name = _tcx.CodegenFnAttrs(declared.Def).SymbolName ?? _tcx.DefKey(declared.Def).Name!;
        bool defined = Definitions.TryGetValue(name, out var def);
        // compiler_builtins has the functions of C that code generation relies on, in case that there is no C library.
        if (defined && _tcx.CrateName(def) != "compiler_builtins") return new Callee(def, null);
        if (ForeignFunctions.Find(name) is { } native) return new Callee(null, native);
        return defined ? new Callee(def, null) : throw InterpError.Unsupported($"can't call foreign function `{name}`");
    }

    /// <summary>Functions with a symbol of their own.</summary>
    private Dictionary<string, DefId> Definitions
    {
        get
        {
            if (_definitions is not null) return _definitions;
            _definitions = new(StringComparer.Ordinal);
            for (int k = 0; k < _tcx.Crates.Count; k++)
            {
                var crate = _tcx.Crates[k];
                for (int d = 0; d < crate.DefCount; d++)
                {
                    if (crate.DefKind(d) is not (DefKind.Fn or DefKind.AssocFn or DefKind.Static) || crate.IsForeignItem(d)) continue;
                    var attrs = crate.CodegenFnAttrs(d);
                    if (attrs.SymbolName is null && !attrs.Has(CodegenFnAttrFlags.NoMangle | CodegenFnAttrFlags.RustcStdInternalSymbol)) continue;
                    string name = attrs.SymbolName ?? crate.DefKey(d).Name!;
                    if (crate.Info.Name == "compiler_builtins") _definitions.TryAdd(name, new DefId(k, d));
                    else _definitions[name] = new DefId(k, d);
                }
            }
            return _definitions;
        }
    }

    internal override void CallNative(InterpCx cx, string name, ReadOnlySpan<Op> args, in MPlace dest, int target, UnwindAction unwind) =>
        ForeignFunctions.Find(name)!(new ForeignCall(this, cx, args, dest, target, unwind));

    // -- panics ------------------------------------------------------------------------------------------------------------------------------------

    internal override bool RuntimeChecks(RuntimeChecks kind) => kind switch
    {
        Mir.RuntimeChecks.OverflowChecks => _options.OverflowChecks,
        Mir.RuntimeChecks.UbChecks => _options.UbChecks,
        _ => false,
    };

    private void CallLangItem(InterpCx cx, string name, Op[] args, UnwindAction unwind) =>
        cx.Call(_tcx.Traits.Resolve(_tcx.LangItem(name), _tcx.Interner.NoArgs)!, args, cx.UnitPlace(), -1, unwind);

    internal override void PanicNounwind(InterpCx cx, string message)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(message);
        var text = new Pointer(InterpAlloc.Of(new GlobalAlloc.Memory(new Allocation(bytes, [], null, 1, Mutability.Not))), 0);
        var layout = cx.LayoutOf(_tcx.Interner.Ref(_tcx.Interner.Str, Mutability.Not, _tcx.Interner.ReErased));
        CallLangItem(cx, "panic_nounwind", [Op.Pair(text.ToScalar(), Scalar.Usize((ulong)bytes.Length), layout)], UnwindAction.Unreachable);
    }

    internal override void UnwindTerminate(InterpCx cx, UnwindTerminateReason reason) =>
        CallLangItem(cx, reason == UnwindTerminateReason.Abi ? "panic_cannot_unwind" : "panic_in_cleanup", [], UnwindAction.Unreachable);

    internal override void Catch(InterpCx cx, CatchUnwind handler, Scalar payload)
    {
        cx.WriteScalar(Scalar.Of(U128.One, 4), handler.Result);
        var pointer = cx.LayoutOf(_tcx.Interner.RawPtr(_tcx.Interner.U8, Mutability.Mut));
        cx.Call(handler.Handler, [handler.Data, Op.Scalar(payload, pointer)], cx.UnitPlace(), handler.Target, UnwindAction.Unreachable);
    }

    /// <summary>A failed assertion panics by calling a function of core, as rustc compiles it.</summary>
    internal override void AssertFailed(InterpCx cx, Terminator.Assert a)
    {
        // Those that check memory do not unwind.
        var unwind = a.Kind is AssertKind.MisalignedPointerDereference or AssertKind.NullPointerDereference or AssertKind.InvalidEnumConstruction ? UnwindAction.Unreachable : a.Unwind;
        CallLangItem(cx, a.PanicFunction(), Array.ConvertAll(a.PanicOperands(), o => cx.EvalOperand(o)), unwind);
    }
}
