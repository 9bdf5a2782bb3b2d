using Mirlink.Mir;

namespace Mirlink.Rustc.Metadata.Raw;

/// <summary>What releases differ in beside their metadata.</summary>
public static partial class Releases
{
    static readonly CompilerRules s_model = new(), s_until1_95 = new() { AbsentVariantsDespiteReprInt = true, AggregatesAsIntegersMayBeUndefined = true };

    public static CompilerRules Rules(Release release) => release switch
    {
        Release.R1_95_0 => s_until1_95,
        _ => s_model,
    };
}
