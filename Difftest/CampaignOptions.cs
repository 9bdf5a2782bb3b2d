using Mirlink.Difftest.Run;
using Mirlink.Difftest.Workers;

namespace Mirlink.Difftest;

/// <summary>What a campaign shall do, whatever its programs are made of.</summary>
public sealed record CampaignOptions
{
    public required ulong Seed { get; init; }
    /// <summary>Programs; null: until the time is over.</summary>
    public int? Count { get; init; }
    public TimeSpan? Time { get; init; }
    /// <summary>The first program's number.</summary>
    public int First { get; init; }
    /// <summary>Only the program of this seed.</summary>
    public ulong? Program { get; init; }
    /// <summary>Null: <see cref="BuildVariant.Rotation"/>.</summary>
    public IReadOnlyList<BuildVariant>? Variants { get; init; }
    /// <summary>Cranelift takes part in the rotation.</summary>
    public bool Cranelift { get; init; }
    public int Jobs { get; init; } = 1;
    public KnownBugs KnownBugs { get; init; } = KnownBugs.None;
    /// <summary>Time for making one failing program small; zero: not at all.</summary>
    public TimeSpan ReduceFor { get; init; } = TimeSpan.FromMinutes(3);
    /// <summary>Where failing programs are kept, null for nowhere.</summary>
    public string? Failures { get; init; }
    /// <summary>Where the work is done, so that what ends a process does not end the campaign; null: in this process.</summary>
    public WorkerCommand? Worker { get; init; }
}
