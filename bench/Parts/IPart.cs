namespace Mirlink.Bench.Parts;

/// <summary>A part of the benchmarks that can be run alone: `bench/run.sh ripgrep NAME`.</summary>
internal interface IPart
{
    string Name { get; }
    /// <summary>Does a run of all parts have it? Those without must be named.</summary>
    bool InFullRun => true;
    void Run(Session session, Application app, Results results);
}
