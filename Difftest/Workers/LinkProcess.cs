using Mirlink.Difftest.Run;

namespace Mirlink.Difftest.Workers;

/// <summary>Links of programs made of Rust in a process of their own: when it ends, that is an error of the link.</summary>
public sealed class LinkProcess(WorkerCommand command, string directory) : IDisposable
{
    private readonly WorkerProcess _worker = new(command, directory);

    /// <summary><see cref="Comparison.Link"/>, there.</summary>
    public string? Link(BuildVariant variant, FrontEndOptions options, string directory)
    {
        var answer = _worker.Ask(WorkerRequest.Link, to =>
        {
            to.Write(variant.Name);
            to.Write(options.OverflowChecks);
            to.Write(options.DebugAssertions);
            to.Write(options.ReferenceLevel);
            to.Write(options.FrontEndLevel);
            to.Write(directory);
        });
        return answer is null ? _worker.Ended : answer.ReadString() is { Length: > 0 } error ? error : null;
    }

    public void Dispose() => _worker.Dispose();
}
