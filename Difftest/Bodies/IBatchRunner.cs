using Mirlink.Difftest.Run;

namespace Mirlink.Difftest.Bodies;

/// <summary>
/// What came of opening a batch, or of one variant of it. WithOracle: programs that the interpreter ran. Error: why nothing is known of any program: the batch could
/// not be linked, or who worked on it came to an end. Times: by what they were spent on.
/// </summary>
public sealed record BatchAnswer(IReadOnlyList<BodyFailure> Failures, int WithOracle, string? Error, IReadOnlyDictionary<string, TimeSpan> Times);

/// <summary>Builds and runs batches of programs.</summary>
public interface IBatchRunner : IDisposable
{
    /// <summary>Writes the programs of these seeds and runs them in the interpreter. What it does not accept are failures of the variant "interpreter".</summary>
    BatchAnswer Open(IReadOnlyList<ulong> seeds);

    /// <summary>Links the batch that was opened last in a variant, runs it and compares.</summary>
    BatchAnswer Run(BuildVariant variant);

    /// <summary>The text of a program that fails in the same way, made small for that long.</summary>
    string Reduce(BodyFailure failure, TimeSpan time);
}
