using System.Globalization;
using System.Text;
using Mirlink.Backend;
using Mirlink.Backend.Lir;
using Mirlink.Backend.Llvm;
using Mirlink.Backend.Lowering;
using Mirlink.Linker.Elf;
using Mirlink.Mir;
using Mirlink.Mir.Mangling;

namespace Mirlink.Linker;

/// <summary>
/// The `global_asm!` of a crate in a link: one object. In rustc's builds it is in an object of the crate together with functions. A program's objects are linked whatever
/// happens, a library's when the program needs any of their symbols. Accordingly a program's assembly is linked; a library's is if something that only the
/// library has code for (no generic, nothing inlined) is in the program, and otherwise, as a member of an archive, if one of the assembly's own symbols is needed.
/// Linked is not kept: --gc-sections takes what nothing refers to, and with it what that needs.
/// </summary>
/// <remarks>
/// Without `.globl` a symbol is rustc's object's own, and Rust code in the same object can still refer to it. Here what the crate itself declares in an extern block is made known to
/// the other objects of the link.
/// </remarks>
internal sealed class CrateAssembly
{
    /// <summary>Of object files: an error of lld's can be told by it.</summary>
    private const string FilePrefix = "global_asm.";

    private readonly string _name;
    private readonly GlobalAsm _asm;
    /// <summary>Symbols of what the crate declares in extern blocks.</summary>
    private readonly HashSet<string> _declared = new(StringComparer.Ordinal);
    private readonly HashSet<LirSymbol> _symbols = new(ReferenceEqualityComparer.Instance);
    private string _text = "";
    private string _path = "";
    private bool _whole;

    private CrateAssembly(TyCtxt tcx, int crate, GlobalAsm asm)
    {
        (Crate, _name, _asm) = (crate, tcx.CrateName(crate), asm);
        var names = new SymbolNames(tcx, "");
        var source = tcx.Crates[crate];
        for (int i = 0; i < source.DefCount; i++)
            if (source.DefKind(i) is DefKind.Fn or DefKind.Static && source.IsForeignItem(i) && names.Fixed(Instance.Item(new DefId(crate, i), tcx.Interner.NoArgs)) is { } name) _declared.Add(name);
    }

    /// <summary>The session's number.</summary>
    public int Crate { get; }

    private static string Describe(string crate) => $"`global_asm!` of crate `{crate}`";

    /// <exception cref="MirlinkException">The text is not there.</exception>
    public static CrateAssembly Of(TyCtxt tcx, int crate) => new(tcx, crate, tcx.Crates[crate].GlobalAsm
        ?? throw new MirlinkException($"`{tcx.Crates[crate].Info.Path}` does not hold the text of {Describe(tcx.CrateName(crate))}") { Help = "rustc's metadata never does: make a MIR-only rlib of the crate, with this version of Mirlink" });

    /// <summary>Adds what `sym` operands refer to.</summary>
    /// <exception cref="MirlinkException">An operand is no function or static with its arguments.</exception>
    public void AddRoots(TyCtxt tcx, List<Instance> functions, List<DefId> statics)
    {
        foreach (var s in _asm.Symbols)
        {
            if (s.Instance is not { } instance) continue;
            var kind = tcx.DefKind(instance.Def);
            if (instance is not { Kind: InstanceKind.Item, Ty: null, Index: 0 } || kind is not (DefKind.Fn or DefKind.AssocFn or DefKind.Static or DefKind.CtorStructFn or DefKind.CtorVariantFn)
                || instance.Args.Count != (tcx.GenericsOf(instance.Def)?.Count ?? 0) || instance.Args.HasAny(TypeFlags.NeedsSubst))
                throw new MirlinkException($"`{tcx.Crates[Crate].Info.Path}` is damaged: an operand of {Describe(_name)} is neither function nor static") { Help = "rebuild the crate; if it came from a cache, clear the cache" };
            if (kind == DefKind.Static) statics.Add(instance.Def);
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
        foreach (var s in _asm.Symbols)
        {
            if (s.Instance is { } instance)
            {
                var symbol = lowering.Tcx.DefKind(instance.Def) == DefKind.Static ? lowering.SymbolOfStatic(instance.Def) : lowering.SymbolOf(instance);
                _symbols.Add(symbol);
                names[s.Name] = symbol.Name;
            }
            else if (!std.Defines(s.Name))
            {
                throw new MirlinkException($"the operand `sym {s.Name}` in {Describe(_name)} is not supported: Mirlink does not know what this name stands for")
                {
                    Help = "name a function without generic arguments, or give it a name with `#[unsafe(no_mangle)]`",
                };
            }
        }
        _text = GlobalAsmNames.Replace(_asm.Text, names);
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
        if (!LlvmLibrary.IsAvailable) throw new MirlinkException($"{Describe(_name)} needs libLLVM's assembler, which was not found") { Help = "`mirlink doctor` says where it is looked for" };
        _path = Path.Combine(folder, $"{FilePrefix}{_name}.{Crate}.o");
        byte[] o = LlvmBackend.Assemble(Describe(_name), _text, options);
        var known = new StringBuilder();
        foreach (var s in new ElfFile(o, _path).Symbols)
            if (s is { IsLocal: true, Section: not 0 } && _declared.Contains(s.Name)) known.Append(CultureInfo.InvariantCulture, $"\n.globl \"{s.Name}\"\n.hidden \"{s.Name}\"");
        if (known.Length > 0) o = LlvmBackend.Assemble(Describe(_name), _text + known, options);
        File.WriteAllBytes(_path, o);
        return _text.AsSpan().Count('\n') + 1;
    }

    /// <summary>Whose object a file is that lld names; null if it is of another kind.</summary>
    public static string? Owner(string path)
    {
        string file = Path.GetFileName(path);
        return file.StartsWith(FilePrefix, StringComparison.Ordinal) ? Describe(file[FilePrefix.Length..file.IndexOf('.', FilePrefix.Length)]) : null;
    }

    /// <summary>lld's arguments.</summary>
    public IEnumerable<string> LinkerArguments => _whole ? [_path] : ["--start-lib", _path, "--end-lib"];
}
