using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Llvm;

/// <summary>One LIR unit as an LLVM module in a context of its own: types, symbols and attributes are made once and kept here.</summary>
internal sealed unsafe partial class ModuleEmitter : IDisposable
{
    public readonly CodegenOptions Options;
    public readonly LirUnit Unit;
    /// <summary>Facts for the optimizer are emitted at all.</summary>
    public readonly bool Optimize;
    public readonly nint Context, Module, Builder;
    public readonly NativeText Text = new();
    public readonly nint VoidType, I1, I8, I16, I32, I64, I128, F16, F32, F64, F128, Ptr;
    /// <summary>{ ptr, i32 }: what a landing pad gives.</summary>
    public readonly nint ExceptionType;

    private readonly Dictionary<LirSymbol, nint> _symbols = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<LirSymbol> _defined = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, LirSymbol> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, nint> _runtime = new(StringComparer.Ordinal);
    private readonly Dictionary<int, nint> _vectorTypes = [];
    private readonly Dictionary<LirSignature, SignatureInfo> _signatures = [];
    private nint _personality;

    /// <summary>The empty string, for value names.</summary>
    public static byte* NoName => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference("\0"u8));

    public ModuleEmitter(LirUnit unit, CodegenOptions options, nint context, nint module)
    {
        Unit = unit;
        Options = options;
        Optimize = options.OptLevel != "0";
        Context = context;
        Module = module;
        Builder = LLVM.CreateBuilderInContext(context);
        VoidType = LLVM.VoidTypeInContext(context);
        I1 = LLVM.Int1TypeInContext(context);
        I8 = LLVM.Int8TypeInContext(context);
        I16 = LLVM.Int16TypeInContext(context);
        I32 = LLVM.Int32TypeInContext(context);
        I64 = LLVM.Int64TypeInContext(context);
        I128 = LLVM.Int128TypeInContext(context);
        F16 = LLVM.HalfTypeInContext(context);
        F32 = LLVM.FloatTypeInContext(context);
        F64 = LLVM.DoubleTypeInContext(context);
        F128 = LLVM.FP128TypeInContext(context);
        Ptr = LLVM.PointerTypeInContext(context, 0);
        nint* exception = stackalloc nint[2] { Ptr, I32 };
        ExceptionType = LLVM.StructTypeInContext(context, exception, 2, 0);
        InitializeAttributes();
    }

    /// <summary>Fills the module.</summary>
    public void Emit()
    {
        AddModuleFlags();
        foreach (var f in Unit.Functions) Define(f.Symbol);
        foreach (var f in Unit.Inlinable) Define(f.Symbol);
        foreach (var d in Unit.Data) Define(d.Symbol);
        foreach (var (alias, _) in Unit.Aliases) Define(alias);
        foreach (var f in Unit.Functions) DeclareFunction(f);
        foreach (var f in Unit.Inlinable)
        {
            DeclareFunction(f);
            LLVM.SetLinkage(_symbols[f.Symbol], AvailableExternallyLinkage);
        }
        foreach (var d in Unit.Data) DeclareData(d);
        foreach (var (alias, target) in Unit.Aliases) EmitAlias(alias, target);
        EmitData();
        using var debug = Options.DebugInfo > 0 ? new DebugInfoEmitter(this) : null;
        var emitter = new FunctionEmitter(this, debug);
        foreach (var f in Unit.Functions) emitter.Emit(f, _symbols[f.Symbol]);
        foreach (var f in Unit.Inlinable) emitter.Emit(f, _symbols[f.Symbol]);
        debug?.Finish();
    }

    private void Define(LirSymbol symbol)
    {
        if (!_defined.Add(symbol)) throw new BugException($"{symbol} is defined twice in unit {Unit.Name}");
        CheckName(symbol);
        if (symbol.Linkage is LirLinkage.Import or LirLinkage.ExternWeak) throw new BugException($"{symbol} is defined in unit {Unit.Name}, but its linkage is {symbol.Linkage}");
    }

    /// <summary>LLVM would quietly rename the second of two globals with one name.</summary>
    private void CheckName(LirSymbol symbol)
    {
        if (!Options.Verify || _names.TryAdd(symbol.Name, symbol) || ReferenceEquals(_names[symbol.Name], symbol)) return;
        throw new BugException($"unit {Unit.Name} has two symbols with the name {symbol.Name}");
    }

    // -- types -----------------------------------------------------------------------------------------------------------------------------

    public nint Type(LirType type) => type.Lanes == 0 ? Scalar(type.Scalar) : Vector(type);

    private nint Scalar(ScalarKind kind) => kind switch
    {
        ScalarKind.Void => VoidType,
        ScalarKind.I1 => I1,
        ScalarKind.I8 => I8,
        ScalarKind.I16 => I16,
        ScalarKind.I32 => I32,
        ScalarKind.I64 => I64,
        ScalarKind.I128 => I128,
        ScalarKind.F16 => F16,
        ScalarKind.F32 => F32,
        ScalarKind.F64 => F64,
        ScalarKind.F128 => F128,
        ScalarKind.Ptr => Ptr,
        _ => throw new BugException($"no LLVM type for {kind}"),
    };

    private nint Vector(LirType type)
    {
        int key = (int)type.Scalar << 16 | type.Lanes;
        if (!_vectorTypes.TryGetValue(key, out nint v)) _vectorTypes.Add(key, v = LLVM.VectorType(Scalar(type.Scalar), type.Lanes));
        return v;
    }

    public nint ConstI32(long value) => LLVM.ConstInt(I32, (ulong)value, 0);
    public nint ConstI64(long value) => LLVM.ConstInt(I64, (ulong)value, 0);
    public nint ConstI1(bool value) => LLVM.ConstInt(I1, value ? 1u : 0u, 0);

    /// <summary>Integer constant of up to 128 bits.</summary>
    public nint ConstInt(nint type, ulong low, ulong high)
    {
        if (high == 0) return LLVM.ConstInt(type, low, 0);
        ulong* words = stackalloc ulong[2] { low, high };
        return LLVM.ConstIntOfArbitraryPrecision(type, 2, words);
    }

    // -- symbols ---------------------------------------------------------------------------------------------------------------------------

    /// <summary>The global of a symbol: its definition in this unit, or a declaration.</summary>
    public nint Global(LirSymbol symbol) => _symbols.TryGetValue(symbol, out nint v) ? v : Declare(symbol, null);

    /// <summary>The function of a symbol that is called, declared as called if nobody knows its signature.</summary>
    public nint Callee(LirSymbol symbol, LirSignature signature) => _symbols.TryGetValue(symbol, out nint v) ? v : Declare(symbol, signature);

    /// <summary>Whether a function is declared or defined with exactly this signature, so that its facts need not be repeated at calls.</summary>
    public static bool IsDeclaredAs(LirSymbol symbol, LirSignature signature) => ReferenceEquals(symbol.Signature, signature) || signature.Equals(symbol.Signature);

    private nint Declare(LirSymbol symbol, LirSignature? calledAs)
    {
        CheckName(symbol);
        if (symbol.Linkage == LirLinkage.Internal) throw new BugException($"internal symbol {symbol} is used in unit {Unit.Name}, but not defined there");
        nint v;
        if (symbol.Kind == LirSymbolKind.Function)
        {
            var known = symbol.Signature ?? calledAs;
            var sig = known is null ? null : Signature(known);
            v = _runtime.TryGetValue(symbol.Name, out nint runtime)
                ? runtime
                : LLVM.AddFunction(Module, Text.Put(symbol.Name), sig?.FunctionType ?? LLVM.FunctionType(VoidType, null, 0, 0));
            if (sig is not null) ApplySignature(v, sig);
            ApplyFunctionFlags(v, symbol.Flags, symbol.Name);
            // A PLT entry buys nothing where the dynamic linker binds at start anyway.
            if (symbol.MayBeDynamic) LLVM.AddAttributeAtIndex(v, FunctionIndex, NonLazyBind);
        }
        else
        {
            v = LLVM.AddGlobal(Module, I8, Text.Put(symbol.Name));
            if (symbol.Kind == LirSymbolKind.Tls) LLVM.SetThreadLocalMode(v, GeneralDynamicTls);
        }
        if (symbol.Linkage == LirLinkage.ExternWeak) LLVM.SetLinkage(v, ExternalWeakLinkage);
        else if (symbol.Linkage == LirLinkage.Hidden) LLVM.SetVisibility(v, HiddenVisibility);
        _symbols.Add(symbol, v);
        return v;
    }

    private void DeclareFunction(LirFunction f)
    {
        var sig = Signature(f.Signature);
        nint v = LLVM.AddFunction(Module, Text.Put(f.Symbol.Name), sig.FunctionType);
        _symbols.Add(f.Symbol, v);
        ApplySignature(v, sig);
        ApplyFunctionFlags(v, f.Flags | f.Symbol.Flags, f.Symbol.Name);
        ApplyDefinitionAttributes(v, f);
        ApplyLinkage(v, f.Symbol);
        LLVM.SetUnnamedAddress(v, GlobalUnnamedAddr);
        if (f.Align != 0) LLVM.SetAlignment(v, f.Align);
        if (f.Section is not null) LLVM.SetSection(v, Text.Put(f.Section));
        if (f.HasLandingPad) LLVM.SetPersonalityFn(v, Personality());
    }

    private void EmitAlias(LirSymbol alias, LirSymbol target)
    {
        if (!_defined.Contains(target) || !_symbols.TryGetValue(target, out nint aliasee))
            throw new BugException($"alias {alias} in unit {Unit.Name} is of {target}, which the unit does not define");
        nint v = LLVM.AddAlias2(Module, LLVM.GlobalGetValueType(aliasee), 0, aliasee, Text.Put(alias.Name));
        _symbols.Add(alias, v);
        ApplyLinkage(v, alias);
        if (alias.Kind == LirSymbolKind.Function) LLVM.SetUnnamedAddress(v, GlobalUnnamedAddr);
        if (target.Kind == LirSymbolKind.Tls) LLVM.SetThreadLocalMode(v, GeneralDynamicTls);
    }

    private void ApplyLinkage(nint v, LirSymbol symbol)
    {
        switch (symbol.Linkage)
        {
            case LirLinkage.Hidden: LLVM.SetVisibility(v, HiddenVisibility); break;
            case LirLinkage.Export: break;
            case LirLinkage.Weak: LLVM.SetLinkage(v, WeakAnyLinkage); break;
            case LirLinkage.LinkOnceOdr: LLVM.SetLinkage(v, LinkOnceOdrLinkage); break;
            case LirLinkage.WeakOdr: LLVM.SetLinkage(v, WeakOdrLinkage); break;
            case LirLinkage.Common: LLVM.SetLinkage(v, CommonLinkage); break;
            case LirLinkage.Internal: LLVM.SetLinkage(v, InternalLinkage); break;
            default: throw new BugException($"{symbol} is defined with linkage {symbol.Linkage}");
        }
    }

    /// <summary>A C function that the backend itself calls (memcmp, tanf); the program's own declaration or definition of it if there is one.</summary>
    public nint RuntimeFunction(string name, nint type)
    {
        if (_runtime.TryGetValue(name, out nint v)) return v;
        v = LLVM.GetNamedFunction(Module, Text.Put(name));
        if (v == 0) v = LLVM.AddFunction(Module, Text.Put(name), type);
        _runtime.Add(name, v);
        return v;
    }

    public nint Personality()
    {
        if (_personality == 0) _personality = RuntimeFunction("rust_eh_personality", LLVM.FunctionType(I32, null, 0, 1));
        return _personality;
    }

    private void AddModuleFlags()
    {
        if (Options.RelocModel != RelocModel.Static) Flag("PIC Level"u8, 2);
        if (Options.RelocModel == RelocModel.Pie) Flag("PIE Level"u8, 2);
        if (Options.DebugInfo == 0) return;
        Flag("Dwarf Version"u8, 4);
        Flag("Debug Info Version"u8, (int)LLVM.DebugMetadataVersion());

        void Flag(ReadOnlySpan<byte> name, int value)
        {
            fixed (byte* p = name) LLVM.AddModuleFlag(Module, ModuleFlagWarning, p, (nuint)name.Length, LLVM.ValueAsMetadata(ConstI32(value)));
        }
    }

    public void Dispose()
    {
        LLVM.DisposeBuilder(Builder);
        Text.Dispose();
    }

    private const int HiddenVisibility = 1;
    private const int AvailableExternallyLinkage = 1, ExternalWeakLinkage = 12, WeakAnyLinkage = 5, WeakOdrLinkage = 6, LinkOnceOdrLinkage = 3, CommonLinkage = 14, InternalLinkage = 8, AppendingLinkage = 7;
    private const int GeneralDynamicTls = 1;
    private const int GlobalUnnamedAddr = 2;
    private const int ModuleFlagWarning = 1;
}
