using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Linker;

/// <summary>The C `main`: calls the lang item `start` with the program's `main`, argc, argv and what to do about SIGPIPE (0: rustc's default).</summary>
internal static class EntryPoint
{
    /// <summary>`#![no_main]`: a crate exports the C `main` itself.</summary>
    public static bool DefinesMain(LinkSymbols names, List<Instance> exported)
    {
        foreach (var f in exported) if (names.NameOf(f) == "main") return true;
        return false;
    }

    /// <summary>The program's main function and the instance of lang_start for its result type.</summary>
    /// <exception cref="MirlinkException">The root crate has no main function.</exception>
    public static (Instance Main, Instance Start) Find(TyCtxt tcx, int root)
    {
        var crate = tcx.Crates[root];
        var main = crate.FindMain() ?? throw new MirlinkException($"`main` function not found in crate `{crate.Info.Name}`") { Help = "programs are compiled with `--crate-type bin`; libraries cannot be linked by themselves" };
        var output = tcx.EraseBinder(tcx.FnSig(main)).Output;
        output = tcx.Traits.NormalizeErasingRegions(output);
        var start = tcx.LangItem("start");
        var args = tcx.Interner.Args([output]);
        var startInstance = tcx.Traits.Resolve(start, args) ?? throw new BugException("lang_start cannot be resolved");
        return (tcx.Traits.ResolveForFnPtr(main, tcx.IdentityArgs(main)), startInstance);
    }

    public static LirFunction Build(LirSymbolTable symbols, LirSymbol main, LirSymbol start)
    {
        var c = new LirSignature { Params = [new(LirType.I32), new(LirType.Ptr)], Returns = [new(LirType.I32)] };
        var startSignature = start.Signature ?? new LirSignature
        {
            Params = [new(LirType.Ptr), new(LirType.I64), new(LirType.Ptr), new(LirType.I8, ParamFlags.ZExt)],
            Returns = [new(LirType.I64)],
        };
        var symbol = symbols.Get("main", LirSymbolKind.Function);
        symbol.Linkage = LirLinkage.Export;
        var b = new LirBuilder();
        b.SwitchTo(b.NewBlock());
        int argc = b.Convert(LirOp.SExt, LirType.I64, b.Param(0, LirType.I32));
        int argv = b.Param(1, LirType.Ptr);
        int status = b.Call(start, startSignature, [b.SymbolAddr(main), argc, argv, b.IConst(LirType.I8, 0L)]);
        b.Ret([b.Convert(LirOp.Trunc, LirType.I32, status)]);
        return b.Finish(symbol, c);
    }
}
