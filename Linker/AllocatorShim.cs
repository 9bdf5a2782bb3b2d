using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Mangling;

namespace Mirlink.Linker;

/// <summary>
/// The functions behind `alloc::alloc::*` that only the final link can define: forwards to std's default allocator, unless a crate has a
/// `#[global_allocator]` (which then defines them itself), and the marker that tells that a Rust linker was here. As rustc's allocator module.
/// </summary>
internal static class AllocatorShim
{
    private static readonly LirParam Ptr = new(LirType.Ptr), Usize = new(LirType.I64);

    public static List<LirFunction> Build(TyCtxt tcx, SymbolNames names, LirSymbolTable symbols)
    {
        var functions = new List<LirFunction>();
        bool needsAllocator = false, hasGlobal = false;
        foreach (var c in tcx.Crates)
        {
            needsAllocator |= c.Info.NeedsAllocator;
            hasGlobal |= c.Info.HasGlobalAllocator;
        }
        if (!needsAllocator) return functions;
        if (!hasGlobal)
        {
            functions.Add(Forward(names, symbols, "alloc", [Usize, Usize], [Ptr], LirFunctionFlags.Alloc));
            functions.Add(Forward(names, symbols, "dealloc", [Ptr, Usize, Usize], [], LirFunctionFlags.Dealloc));
            functions.Add(Forward(names, symbols, "realloc", [Ptr, Usize, Usize, Usize], [Ptr], LirFunctionFlags.Realloc));
            functions.Add(Forward(names, symbols, "alloc_zeroed", [Usize, Usize], [Ptr], LirFunctionFlags.AllocZeroed));
        }
        functions.Add(Marker(names, symbols));
        return functions;
    }

    private static LirFunction Forward(SymbolNames names, LirSymbolTable symbols, string name, LirParam[] parameters, LirParam[] returns, LirFunctionFlags kind)
    {
        var signature = new LirSignature { Params = parameters, Returns = returns };
        var target = symbols.Get(names.Internal("__rdl_" + name), LirSymbolKind.Function);
        var symbol = Define(symbols, names.Internal("__rust_" + name));
        var b = new LirBuilder();
        b.SwitchTo(b.NewBlock());
        var args = new int[parameters.Length];
        for (int i = 0; i < args.Length; i++) args[i] = b.Param(i, parameters[i].Type);
        int result = b.Call(target, signature, args);
        b.Ret(returns.Length == 0 ? [] : [result]);
        return b.Finish(symbol, signature, kind);
    }

    private static LirFunction Marker(SymbolNames names, LirSymbolTable symbols)
    {
        var b = new LirBuilder();
        b.SwitchTo(b.NewBlock());
        b.Ret([]);
        return b.Finish(Define(symbols, names.Internal("__rust_no_alloc_shim_is_unstable_v2")), new LirSignature { Params = [], Returns = [] });
    }

    private static LirSymbol Define(LirSymbolTable symbols, string name)
    {
        var symbol = symbols.Get(name, LirSymbolKind.Function);
        symbol.Linkage = LirLinkage.Hidden;
        return symbol;
    }
}
