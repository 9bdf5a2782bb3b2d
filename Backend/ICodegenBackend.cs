using Mirlink.Backend.Lir;

namespace Mirlink.Backend;

public enum RelocModel : byte { Static, Pic, Pie }
public enum PanicStrategy : byte { Unwind, Abort }

/// <summary>What a backend needs to know beside the LIR.</summary>
public sealed record CodegenOptions
{
    /// <summary>"0", "1", "2", "3", "s", "z" as in rustc's -C opt-level.</summary>
    public string OptLevel { get; init; } = "0";
    public string TargetTriple { get; init; } = "x86_64-unknown-linux-gnu";
    public string TargetCpu { get; init; } = "x86-64";
    /// <summary>-C target-feature, e.g. "+avx2".</summary>
    public string TargetFeatures { get; init; } = "";
    public RelocModel RelocModel { get; init; } = RelocModel.Pie;
    public string CodeModel { get; init; } = "default";
    public PanicStrategy Panic { get; init; } = PanicStrategy.Unwind;
    /// <summary>0 none, 1 line tables, 2 full.</summary>
    public int DebugInfo { get; init; }
    public bool FunctionSections { get; init; } = true;
    /// <summary>Verify the backend's own IR before optimizing: tests.</summary>
    public bool Verify { get; init; }
    /// <summary>When set, a folder that receives the backend's IR as text, one file per unit.</summary>
    public string? DumpFolder { get; init; }
    /// <summary>Name of the compile unit's working directory in debug info.</summary>
    public string WorkingDirectory { get; init; } = "";
}

/// <summary>LIR to object code. Compile is called from many threads at once.</summary>
public interface ICodegenBackend
{
    string Name { get; }

    /// <summary>Compiles a unit to a relocatable ELF object.</summary>
    /// <exception cref="Mir.UnsupportedException">The unit needs something this backend cannot do.</exception>
    byte[] Compile(LirUnit unit, CodegenOptions options);
}
