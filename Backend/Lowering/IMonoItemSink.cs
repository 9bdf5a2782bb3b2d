using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Lowering;

/// <summary>
/// Receives what a lowered function or static refers to: the edges of the mono item graph. Each item is reported at least once per function or
/// static that reaches it, in a deterministic order; what is behind anonymous data is reported with whoever reached the data.
/// </summary>
public interface IMonoItemSink
{
    /// <summary>A function's address is taken. The linker decides whether it is lowered or imported.</summary>
    void Use(Instance instance);

    /// <summary>A function is called, from code or through a vtable: nobody can tell it from another one that does the same.</summary>
    void UseCode(Instance instance);

    /// <summary>A static's address is used; its symbol is <see cref="LoweringContext.SymbolOfStatic"/>.</summary>
    void UseStatic(DefId def);

    /// <summary>Anonymous data (constants, vtables, caller locations): defined once per link, whoever uses it. Equal names mean equal contents.</summary>
    void UseData(LirData data);
}
