namespace Mirlink.Mir.Passes;

/// <summary>What of a link's settings the passes depend on.</summary>
public sealed record PassOptions
{
    /// <summary>
    /// Bodies are generic, as a library has them: types may be parameters, what a constant or a layout is may depend on them, and which checks a link wants is not
    /// known. The settings below say nothing then.
    /// </summary>
    public bool Generic { get; init; }
    /// <summary>opt-level other than 0: all passes, not only those that make later work smaller.</summary>
    public bool Optimize { get; init; }
    public bool OverflowChecks { get; init; }
    public bool UbChecks { get; init; }
    public bool ContractChecks { get; init; }
    /// <summary>-C panic=unwind: calls may unwind into cleanup blocks.</summary>
    public bool PanicUnwind { get; init; } = true;
    /// <summary>Passes turned off (-name, -all) or on (+name, +all) whatever the level says; the last one counts.</summary>
    public IReadOnlyList<string> Switches { get; init; } = [];
    /// <summary>Number of changes the passes may make in the whole link, to find the one that breaks a program; null: any. Means something with one thread only.</summary>
    public long? Fuel { get; init; }
    /// <summary>Check the body after every pass.</summary>
    public bool Validate { get; init; }
}
