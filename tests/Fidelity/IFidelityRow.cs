namespace Mirlink.Fidelity;

/// <summary>One question that rustc answers, over a whole corpus. A row is one class; those in this assembly are found by themselves.</summary>
public interface IFidelityRow
{
    /// <summary>Where it stands in the table: lower first.</summary>
    int Order { get; }
    /// <summary>Short, as given on the command line.</summary>
    string Name { get; }
    /// <summary>What is compared with what.</summary>
    string How { get; }
    /// <summary>How much must be equal, in words.</summary>
    string MustBe { get; }
    /// <summary>Asks. May be given a part of the corpus only.</summary>
    RowResult Run(Corpus corpus);
}

/// <summary>What a row found for one member of the corpus.</summary>
public sealed record Count(string Corpus, long Equal, long Asked);

/// <summary>Differences of one kind: how many, the first one, and why they are there (null: not explained, hence to be fixed).</summary>
public sealed record Difference(string Kind, long Number, string Example, string? Why);

public sealed class RowResult
{
    public List<Count> Counts { get; } = [];
    public List<Difference> Differences { get; } = [];
    /// <summary>Further sentences for the report: speeds, versions, what was left out.</summary>
    public List<string> Notes { get; } = [];
    /// <summary>What must hold does.</summary>
    public bool Holds { get; set; } = true;
    public TimeSpan Cpu { get; set; }

    public long Equal => Counts.Sum(c => c.Equal);
    public long Asked => Counts.Sum(c => c.Asked);
}
