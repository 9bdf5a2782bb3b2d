using Mirlink.Backend.Lir;

namespace Mirlink.Backend.Llvm;

/// <summary>
/// A section for each function and data object, so that the linker can drop them one by one: what -ffunction-sections and -fdata-sections do, which
/// the C API does not reach. Done after optimization, because LLVM merges neither functions nor constants that have a section.
/// </summary>
internal sealed unsafe partial class ModuleEmitter
{
    public void AssignSections()
    {
        if (!Options.FunctionSections) return;
        uint cold = Kind("cold"u8);
        foreach (var f in Unit.Functions)
        {
            if (f.Section is not null) continue;
            nint v = LLVM.GetNamedFunction(Module, Text.Put(f.Symbol.Name));
            // Inlined everywhere and removed, or now an alias of an equal function.
            if (v == 0 || LLVM.IsDeclaration(v) != 0) continue;
            bool unlikely = LLVM.GetEnumAttributeAtIndex(v, FunctionIndex, cold) != 0;
            LLVM.SetSection(v, Text.Put(unlikely ? ".text.unlikely." : ".text.", f.Symbol.Name));
        }
        foreach (var d in Unit.Data)
        {
            if (d.Section is not null || d.Symbol.Linkage == LirLinkage.Common) continue;
            nint v = LLVM.GetNamedGlobal(Module, Text.Put(d.Symbol.Name));
            if (v == 0 || LLVM.IsDeclaration(v) != 0) continue;
            if (SectionPrefix(d, LLVM.IsGlobalConstant(v) != 0) is { } prefix) LLVM.SetSection(v, Text.Put(prefix, d.Symbol.Name));
        }
    }

    /// <summary>Section by content: LLVM derives the section's flags from its content, so constants without relocations must not be in .data.rel.ro.</summary>
    private string? SectionPrefix(LirData d, bool constant)
    {
        if (d.Kind == LirDataKind.Tls) return IsZero(d) ? ".tbss." : ".tdata.";
        if (!constant) return IsZero(d) ? ".bss." : ".data.";
        if (d.Relocs.Length != 0) return Options.RelocModel == RelocModel.Static ? ".rodata." : ".data.rel.ro.";
        // Without a section, LLVM puts these into .rodata.cstN, which the linker merges.
        if (d.UnnamedAddr && d.Bytes.Length is 4 or 8 or 16 or 32 && d.Align <= d.Bytes.Length) return null;
        return ".rodata.";
    }
}
