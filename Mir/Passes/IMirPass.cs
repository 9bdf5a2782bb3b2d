namespace Mirlink.Mir.Passes;

/// <summary>A transformation of a concrete body, in place. What is shared between bodies (projections, rvalues, terminators) is replaced, never changed.</summary>
public interface IMirPass
{
    /// <summary>As in `--mir-pass -name`.</summary>
    string Name { get; }

    /// <summary>True if the body changed.</summary>
    bool Run(Body body, PassContext context);
}
