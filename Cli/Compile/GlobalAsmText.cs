using Mirlink.Backend;
using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Mir.Mangling;
using Mirlink.Rustc;

namespace Mirlink.Cli.Compile;

/// <summary>
/// What `global_asm!` of a crate says. The metadata tells only that there is some, so rustc is run a second time, for LLVM IR without any optimization, and only
/// for crates that have some. That is done where rustc was run for the metadata: in the same folder, with the same environment.
/// </summary>
internal sealed class GlobalAsmText(RustcToolchain toolchain, RustcArgs args, bool isProgram, bool bootstrapped)
{
    public static bool IsIn(ICrateSource crate)
    {
        for (int i = 0; i < crate.DefCount; i++) if (crate.DefKind(i) == DefKind.GlobalAsm) return true;
        return false;
    }

    /// <exception cref="MirlinkException">rustc fails.</exception>
    public GlobalAsm Take(TyCtxt tcx, int crate)
    {
        var assembly = Run();
        if (tcx.Traits is null) SessionServices.Attach(tcx, optimize: false, PanicStrategy.Unwind);
        var resolver = new SymbolResolver(tcx);
        var naked = ExportedNaked(tcx, crate);
        string text = string.Join('\n', assembly.WithoutNaked(name =>
            naked.Contains(name) || resolver.Resolve(name) is { } f && tcx.CodegenFnAttrs(f.Def).Has(CodegenFnAttrFlags.Naked)));
        var symbols = new List<GlobalAsmSymbol>();
        foreach (string name in GlobalAsmNames.In(text))
            if (assembly.Used.Contains(name)) symbols.Add(new GlobalAsmSymbol(name, resolver.Resolve(name)));
        return new GlobalAsm(text, [.. symbols]);
    }

    /// <summary>Names of naked functions that attributes give.</summary>
    private static HashSet<string> ExportedNaked(TyCtxt tcx, int crate)
    {
        var names = new SymbolNames(tcx, "");
        var found = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < tcx.Crates[crate].DefCount; i++)
        {
            var def = new DefId(crate, i);
            if (tcx.Crates[crate].DefKind(i) is DefKind.Fn or DefKind.AssocFn && tcx.CodegenFnAttrs(def).Has(CodegenFnAttrFlags.Naked)
                && names.Fixed(Instance.Item(def, tcx.Interner.NoArgs)) is { } name) found.Add(name);
        }
        return found;
    }

    private ModuleAssembly Run()
    {
        var folder = Directory.CreateTempSubdirectory("mirlink-asm-");
        try
        {
            string ir = Path.Combine(folder.FullName, "crate.ll");
            int status = new FrontEnd(toolchain).PrintLlvmIr(args, ir, isProgram, bootstrapped, out string errors);
            if (status != 0 || !File.Exists(ir))
                throw new MirlinkException($"rustc cannot say what `global_asm!` of crate `{args.EffectiveCrateName}` is (its exit code for `--emit=llvm-ir` is {status}):\n{errors.Trim()}");
            using var text = new StreamReader(ir);
            return ModuleAssembly.Read(text);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
