using Mirlink.Backend;
using Mirlink.Backend.Lir;
using Mirlink.Backend.Llvm;
using Mirlink.Backend.Lowering;
using Mirlink.Mir;

namespace Mirlink.Linker;

/// <summary>
/// The `global_asm!` of a crate in a link: one object. rustc puts it into an object of the crate together with functions: of a program that is linked whatever happens, of a
/// library it is a member of an archive, linked when the program needs any of its symbols. Accordingly a program's is linked; a library's is where something that
/// only the library has code for (no generic, nothing inlined) is in the program, and else, as a member of an archive, where one of its own symbols is needed.
/// Linked is not kept: --gc-sections takes what nothing refers to, and with it what that needs.
/// </summary>
/// <param name="Crate">The session's number.</param>
internal sealed class CrateAssembly(int Crate, string name, GlobalAsm asm)
{
    /// <summary>Of object files: an error of lld's can be told by it.</summary>
    public const string FilePrefix = "global_asm.";

    private readonly HashSet<LirSymbol> _symbols = new(ReferenceEqualityComparer.Instance);
    private string _text = "";
    private string _path = "";
    private bool _whole;

    public int Crate { get; } = Crate;

    private static string Describe(string crate) => $"`global_asm!` of crate `{crate}`";

    /// <exception cref="MirlinkException">The text is not there.</exception>
    public static List<CrateAssembly> Find(TyCtxt tcx)
    {
        var found = new List<CrateAssembly>();
        for (int k = 0; k < tcx.Crates.Count; k++)
        {
            var crate = tcx.Crates[k];
            if (crate.Info.HasMachineCode || crate.Info.IsProcMacro) continue;
            bool any = false;
            for (int i = 0; i < crate.DefCount && !any; i++) any = crate.DefKind(i) == DefKind.GlobalAsm;
            if (any)
                found.Add(new CrateAssembly(k, crate.Info.Name, crate.GlobalAsm
                    ?? throw new MirlinkException($"`{crate.Info.Path}` does not hold the text of {Describe(crate.Info.Name)}") { Help = "rustc's metadata never does: make a MIR-only rlib of the crate, with this version of Mirlink" }));
        }
        return found;
    }

    /// <summary>Adds what `sym` operands refer to.</summary>
    public void AddRoots(TyCtxt tcx, List<Instance> functions, List<DefId> statics)
    {
        foreach (var s in asm.Symbols)
        {
            if (s.Instance is not { } instance) continue;
            if (tcx.DefKind(instance.Def) == DefKind.Static) statics.Add(instance.Def);
            else functions.Add(instance);
        }
    }

    /// <summary>Gives the operands their names in this link, once everything is collected.</summary>
    /// <param name="whole">It is part of the program even if no symbol of it is referred to.</param>
    /// <exception cref="MirlinkException">What an operand stands for is not known.</exception>
    public void Resolve(LoweringContext lowering, StandardLibrary std, bool whole)
    {
        _whole = whole;
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var s in asm.Symbols)
        {
            if (s.Instance is { } instance)
            {
                var symbol = lowering.Tcx.DefKind(instance.Def) == DefKind.Static ? lowering.SymbolOfStatic(instance.Def) : lowering.SymbolOf(instance);
                _symbols.Add(symbol);
                names[s.Name] = symbol.Name;
            }
            else if (!std.Defines(s.Name))
            {
                throw new MirlinkException($"the operand `sym {s.Name}` in {Describe(name)} is not supported: Mirlink does not know what this name stands for")
                {
                    Help = "name a function without generic arguments, or give it a name with `#[unsafe(no_mangle)]`",
                };
            }
        }
        _text = GlobalAsmNames.Replace(asm.Text, names);
    }

    /// <summary>Functions and statics that must be there under their names.</summary>
    public static HashSet<LirSymbol> Referred(List<CrateAssembly> all)
    {
        var symbols = new HashSet<LirSymbol>(ReferenceEqualityComparer.Instance);
        foreach (var a in all) symbols.UnionWith(a._symbols);
        return symbols;
    }

    /// <summary>Writes the object into a folder; the number of lines.</summary>
    /// <exception cref="MirlinkException">LLVM's assembler rejects the text, or there is no LLVM.</exception>
    public int Assemble(CodegenOptions options, string folder)
    {
        if (!LlvmLibrary.IsAvailable) throw new MirlinkException($"{Describe(name)} needs libLLVM's assembler, which was not found") { Help = "`mirlink doctor` says where it is looked for" };
        _path = Path.Combine(folder, $"{FilePrefix}{name}.{Crate}.o");
        File.WriteAllBytes(_path, LlvmBackend.Assemble(Describe(name), _text, options));
        return _text.AsSpan().Count('\n') + 1;
    }

    /// <summary>lld's arguments.</summary>
    public IEnumerable<string> LinkerArguments => _whole ? [_path] : ["--start-lib", _path, "--end-lib"];
}
