namespace Mirlink.Mir;

/// <summary>An error that the user can act on: one paragraph, shown as <c>error: …</c> with a non-zero exit code.</summary>
public class MirlinkException : Exception
{
    public MirlinkException(string message) : base(message) { }
    public MirlinkException(string message, Exception inner) : base(message, inner) { }

    /// <summary>What to do about it, shown as <c>help: …</c>; null for none.</summary>
    public string? Help { get; init; }
}

/// <summary>A construct that is not supported yet. Whoever knows them adds the function and the crate (see <see cref="In"/>).</summary>
public sealed class UnsupportedException(string construct, string? function = null, string? crate = null)
    : MirlinkException(function is null
        ? $"{construct} is not supported"
        : $"{construct} is not supported (in function `{function}`{(crate is null ? "" : $" of crate `{crate}`")})")
{
    public string Construct { get; } = construct;
    public string? Function { get; } = function;
    public string? Crate { get; } = crate;

    /// <summary>The same error with its place, unless it already has one.</summary>
    public UnsupportedException In(string function, string? crate) => Function is null ? new UnsupportedException(Construct, function, crate) : this;
}

/// <summary>Something that cannot be: a mistake in Mirlink, not in its input.</summary>
public sealed class BugException : Exception
{
    public BugException(string message) : base("internal error: " + message) { }
    public BugException(string message, Exception inner) : base("internal error: " + message, inner) { }
}
