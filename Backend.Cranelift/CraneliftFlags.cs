using System.Text;

namespace Mirlink.Backend.Cranelift;

/// <summary>Cranelift's settings for rustc's options.</summary>
internal static class CraneliftFlags
{
    /// <summary>Each feature of Rust with the flags of Cranelift that it and what it implies switch on.</summary>
    private static readonly Dictionary<string, string[]> Features = new(StringComparer.Ordinal)
    {
        ["sse3"] = ["has_sse3"],
        ["ssse3"] = ["has_sse3", "has_ssse3"],
        ["sse4.1"] = ["has_sse3", "has_ssse3", "has_sse41"],
        ["sse4.2"] = ["has_sse3", "has_ssse3", "has_sse41", "has_sse42"],
        ["popcnt"] = ["has_popcnt"],
        ["avx"] = ["has_sse3", "has_ssse3", "has_sse41", "has_sse42", "has_avx"],
        ["avx2"] = ["has_sse3", "has_ssse3", "has_sse41", "has_sse42", "has_avx", "has_avx2"],
        ["fma"] = ["has_sse3", "has_ssse3", "has_sse41", "has_sse42", "has_avx", "has_fma"],
        ["bmi1"] = ["has_bmi1"],
        ["bmi2"] = ["has_bmi2"],
        ["lzcnt"] = ["has_lzcnt"],
        ["cmpxchg16b"] = ["has_cmpxchg16b"],
    };

    private static readonly string[] V2 = ["sse4.2", "popcnt", "cmpxchg16b"];
    private static readonly string[] V3 = [.. V2, "avx2", "fma", "bmi1", "bmi2", "lzcnt"];

    public static string Of(CodegenOptions options, string? functionFeatures)
    {
        var flags = new StringBuilder("opt_level=");
        flags.Append(options.OptLevel switch { "0" => "none", "s" or "z" => "speed_and_size", _ => "speed" });
        // Positions are relative to the GOT, which the linker resolves where it can; the frame pointer makes frames uniform.
        flags.Append(";is_pic=true;enable_llvm_abi_extensions=true;tls_model=elf_gd;preserve_frame_pointers=true;unwind_info=true;use_colocated_libcalls=true");
        flags.Append(";enable_probestack=true;probestack_strategy=inline;enable_table_access_spectre_mitigation=false;enable_heap_access_spectre_mitigation=false");
        flags.Append(";enable_verifier=").Append(options.Verify ? "true" : "false");
        var on = new SortedSet<string>(StringComparer.Ordinal);
        switch (options.TargetCpu)
        {
            case "x86-64-v2": Enable(V2); break;
            case "x86-64-v3" or "x86-64-v4": Enable(V3); break;
        }
        foreach (string f in $"{options.TargetFeatures},{functionFeatures}".Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            // What Cranelift does not know it does not use.
            if (f[0] == '+' && Features.TryGetValue(f[1..], out var names)) on.UnionWith(names);
        foreach (string name in on) flags.Append(";+").Append(name);
        return flags.ToString();

        void Enable(string[] features) { foreach (string f in features) on.UnionWith(Features[f]); }
    }
}
