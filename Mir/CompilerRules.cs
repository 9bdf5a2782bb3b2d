namespace Mirlink.Mir;

/// <summary>What supported releases of rustc decide differently, where a link must decide like the release that compiled std. The default is 1.96's way.</summary>
public sealed record CompilerRules
{
    /// <summary>An enum with a `repr(int)` and nothing but uninhabited variants without bytes is of size 0, like one without that repr (until 1.95).</summary>
    public bool AbsentVariantsDespiteReprInt { get; init; }

    /// <summary>Nothing is said of the bytes of a small aggregate that is passed as an integer (until 1.95), where since then it is said that all are initialized.</summary>
    public bool AggregatesAsIntegersMayBeUndefined { get; init; }
}
