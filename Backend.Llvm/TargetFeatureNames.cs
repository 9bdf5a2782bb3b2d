namespace Mirlink.Backend.Llvm;

/// <summary>LLVM's names of rustc's x86 target features (rustc_codegen_llvm's to_llvm_features), which differ for a few.</summary>
internal static class TargetFeatureNames
{
    /// <summary>A comma-separated list of rustc's features, each with + or -, as LLVM's.</summary>
    public static string ToLlvm(string features)
    {
        if (features.Length == 0) return features;
        var names = new List<string>();
        foreach (string feature in features.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            char sign = feature[0];
            string name = feature[1..];
            switch (name)
            {
                // Checksums are part of SSE 4.2 for rustc, and a feature of their own for LLVM.
                case "sse4.2": names.Add(sign + "sse4.2"); names.Add(sign + "crc32"); break;
                case "apxf": foreach (string part in (string[])["egpr", "push2pop2", "ppx", "ndd", "ccmp", "cf", "nf", "zu"]) names.Add(sign + part); break;
                case "crt-static": break;
                default: names.Add(sign + ToLlvmName(name)); break;
            }
        }
        return string.Join(',', names);
    }

    private static string ToLlvmName(string name) => name switch
    {
        "pclmulqdq" => "pclmul",
        "rdrand" => "rdrnd",
        "bmi1" => "bmi",
        "cmpxchg16b" => "cx16",
        "lahfsahf" => "sahf",
        _ => name,
    };
}
