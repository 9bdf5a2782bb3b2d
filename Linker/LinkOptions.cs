using Mirlink.Backend;

namespace Mirlink.Linker;

public enum StripMode : byte { None, DebugInfo, Symbols }

/// <summary>Everything that the final link is told from outside: what rustc's command line says about a binary.</summary>
public sealed record LinkOptions
{
    /// <summary>The root crate: MIR-only rlib or metadata file of the binary compiled as a library.</summary>
    public required string Root { get; init; }
    /// <summary>The executable; written beside itself first and then renamed.</summary>
    public required string Output { get; init; }
    /// <summary>-L: folders with dependencies and native libraries, in order.</summary>
    public IReadOnlyList<string> SearchDirs { get; init; } = [];
    /// <summary>--extern name=path.</summary>
    public IReadOnlyList<(string Name, string Path)> Externs { get; init; } = [];
    /// <summary>-l on the command line, as rustc writes it: [kind[:modifiers]=]name.</summary>
    public IReadOnlyList<string> NativeLibs { get; init; } = [];
    public IReadOnlyList<string> LinkArgs { get; init; } = [];
    public string? Sysroot { get; init; }
    /// <summary>"0", "1", "2", "3", "s", "z".</summary>
    public string OptLevel { get; init; } = "0";
    public PanicStrategy Panic { get; init; } = PanicStrategy.Unwind;
    /// <summary>0 none, 1 line tables, 2 full.</summary>
    public int DebugInfo { get; init; }
    public int? CodegenUnits { get; init; }
    public string TargetCpu { get; init; } = "x86-64";
    public string TargetFeatures { get; init; } = "";
    public StripMode Strip { get; init; }
    /// <summary>Null: as rustc, on without optimization only.</summary>
    public bool? DebugAssertions { get; init; }
    /// <summary>Null: as <see cref="DebugAssertions"/>.</summary>
    public bool? OverflowChecks { get; init; }
    /// <summary>Threads for lowering and code generation; null: all cores.</summary>
    public int? Jobs { get; init; }
    /// <summary>llvm or cranelift; $MIRLINK_BACKEND if nobody says, else llvm.</summary>
    public string Backend { get; init; } = BackendChoice.Chosen ?? BackendChoice.Llvm;
    /// <summary>Give functions with equal LIR one body.</summary>
    public bool Merge { get; init; } = true;
    /// <summary>Give instances that cannot tell their types apart one body, before they are made. Off: see docs/optimizer.md for what it pays.</summary>
    public bool Erase { get; init; }
    /// <summary>MIR passes turned on (+name) or off (-name).</summary>
    public IReadOnlyList<string> MirPasses { get; init; } = [];
    /// <summary>Number of changes that MIR passes may make; null: any.</summary>
    public long? OptFuel { get; init; }
    /// <summary>Check each body after each MIR pass.</summary>
    public bool ValidateMir { get; init; }
    public bool Timings { get; init; }
    /// <summary>Count what was reached, merged and compiled.</summary>
    public bool Statistics { get; init; }
    /// <summary>End when the objects are made: no executable is written.</summary>
    public bool CompileOnly { get; init; }
    public string? EmitBackendIrDir { get; init; }
    public bool Verify { get; init; }
    /// <summary>Keep the objects of this link in that folder.</summary>
    public string? SaveTemps { get; init; }
    /// <summary>An ELF linker to run instead of the one that is found.</summary>
    public string? LldPath { get; init; }

    public bool Optimize => OptLevel != "0";
    public bool EffectiveDebugAssertions => DebugAssertions ?? !Optimize;
    public bool EffectiveOverflowChecks => OverflowChecks ?? EffectiveDebugAssertions;
    /// <summary>With fuel one: which change is the last must not depend on timing.</summary>
    public int EffectiveJobs => OptFuel is not null ? 1 : Math.Max(1, Jobs ?? Environment.ProcessorCount);
}
