using Mirlink.Mir;

namespace Mirlink.Backend.Lowering;

/// <summary>Names that must be the same in every object of a link: rustc's v0 mangling, and what attributes say instead of it. Thread-safe.</summary>
public interface ISymbolNames
{
    /// <summary>Linker symbol of a monomorphic function: #[no_mangle], #[export_name], #[link_name] and extern blocks first, v0 otherwise.</summary>
    string NameOf(Instance instance);

    /// <summary>Linker symbol of a static, local or foreign.</summary>
    string NameOfStatic(DefId def);

    /// <summary>Is the function compiled in this link (true), or machine code that exists elsewhere?</summary>
    bool IsCompiledHere(Instance instance);

    /// <summary>A type as core::any::type_name prints it: for errors.</summary>
    string TypeName(Ty ty);
}
