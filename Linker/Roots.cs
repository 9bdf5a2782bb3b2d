using Mirlink.Mir;

namespace Mirlink.Linker;

/// <summary>What must be in the program whether or not something reaches it from `main`: exported and `#[used]` items of the crates without machine code.</summary>
internal static class Roots
{
    private const CodegenFnAttrFlags Kept = CodegenFnAttrFlags.NoMangle | CodegenFnAttrFlags.RustcStdInternalSymbol | CodegenFnAttrFlags.UsedCompiler | CodegenFnAttrFlags.UsedLinker;

    /// <summary>Also the crates that have `global_asm!`: <see cref="CrateAssembly"/> adds to the roots.</summary>
    public static (List<Instance> Functions, List<DefId> Statics, List<int> WithAssembly) Find(TyCtxt tcx)
    {
        var functions = new List<Instance>();
        var statics = new List<DefId>();
        var withAssembly = new List<int>();
        for (int k = 0; k < tcx.Crates.Count; k++)
        {
            var crate = tcx.Crates[k];
            if (crate.Info.HasMachineCode || crate.Info.IsProcMacro) continue;
            for (int i = 0; i < crate.DefCount; i++)
            {
                if (crate.DefKind(i) == DefKind.GlobalAsm && (withAssembly.Count == 0 || withAssembly[^1] != k)) withAssembly.Add(k);
                if (crate.DefKind(i) is not (DefKind.Fn or DefKind.AssocFn or DefKind.Static)) continue;
                var def = new DefId(k, i);
                if (crate.IsForeignItem(i)) continue;
                var attrs = tcx.CodegenFnAttrs(def);
                if ((attrs.Flags & Kept) == 0 && attrs.SymbolName is null) continue;
                if (crate.DefKind(i) == DefKind.Static) { statics.Add(def); continue; }
                if (RequiresMonomorphization(tcx, def)) continue;
                functions.Add(Instance.Item(def, tcx.IdentityArgs(def)));
            }
        }
        return (functions, statics, withAssembly);
    }

    public static bool RequiresMonomorphization(TyCtxt tcx, DefId def)
    {
        for (DefId? at = def; at is { } d && tcx.GenericsOf(d) is { } g; at = g.Parent)
            foreach (var p in g.OwnParams) if (p.Kind != GenericParamKind.Lifetime) return true;
        return false;
    }
}
