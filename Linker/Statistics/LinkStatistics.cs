namespace Mirlink.Linker.Statistics;

/// <summary>A part of the program's functions: how many, their LIR instructions, and their bytes of machine code, null for what has none.</summary>
public readonly record struct CodeSize(int Functions, long LirInstructions, long? CodeBytes = null)
{
    public static CodeSize operator +(CodeSize a, CodeSize b) =>
        new(a.Functions + b.Functions, a.LirInstructions + b.LirInstructions, a.CodeBytes is null ? b.CodeBytes : a.CodeBytes + (b.CodeBytes ?? 0));
}

/// <summary>All instances of one function.</summary>
/// <param name="Name">Its path with its own parameters, as `&lt;alloc::vec::Vec&lt;T, A&gt;&gt;::push`.</param>
/// <param name="Crate">The crate that defines it; for shims such as drop glue the one that defines what they are for.</param>
/// <param name="Copies">Instances that the program uses and that were made in this link: <paramref name="Compiled"/>, merged and erased ones.</param>
/// <param name="Compiled">What the backend got. Its bytes are those in the objects: 0 for a function that was inlined everywhere and dropped.</param>
/// <param name="Merged">Instances that an equal function stands for, this function's or another's, with the LIR that was saved.</param>
/// <param name="Erased">Instances that were never made since another one serves them.</param>
public sealed record FunctionStatistics(string Name, string Crate, int Copies, CodeSize Compiled, CodeSize Merged, int Erased);

/// <summary>What a link compiled and what it was spared.</summary>
/// <param name="Reached">Instances that the program uses, wherever their code comes from.</param>
/// <param name="Elsewhere">Those of them that are machine code already: in the standard library, or in native libraries.</param>
/// <param name="Lowered">Functions made in this link, before merging; the entry point and allocator shims, which are instances of nothing, included.</param>
/// <param name="Functions">By machine code, largest first.</param>
public sealed record LinkStatistics(string Crate, string Backend, string OptLevel, int Reached, int Elsewhere, CodeSize Lowered, CodeSize Merged, int Erased, CodeSize Compiled, int Units,
    IReadOnlyList<FunctionStatistics> Functions)
{
    /// <summary>Stages of the link; their times differ from run to run.</summary>
    public IReadOnlyList<LinkTimings.Stage> Stages { get; init; } = [];
}
