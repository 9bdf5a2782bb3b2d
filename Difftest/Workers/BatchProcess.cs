using Mirlink.Difftest.Bodies;
using Mirlink.Difftest.Run;

namespace Mirlink.Difftest.Workers;

/// <summary>Batches in a process of their own: when it ends, that is the answer, and the next request gets another process.</summary>
public sealed class BatchProcess(WorkerCommand command, string directory) : IBatchRunner
{
    private static readonly SortedDictionary<string, TimeSpan> s_noTimes = [];

    /// <summary>How many one process is given: it keeps some 80 KB of each program.</summary>
    private const int BatchesPerProcess = 25;

    private readonly WorkerProcess _worker = new(command, directory);

    private int _opened;

    public BatchAnswer Open(IReadOnlyList<ulong> seeds)
    {
        if (++_opened % BatchesPerProcess == 0) _worker.Dispose();
        return AnswerTo(_worker.Ask(WorkerRequest.Open, to => WorkerFormat.Write(to, seeds)));
    }

    public BatchAnswer Run(BuildVariant variant) => AnswerTo(_worker.Ask(WorkerRequest.Run, to => to.Write(variant.Name)));

    private BatchAnswer AnswerTo(BinaryReader? answer) => answer is null ? new BatchAnswer([], 0, _worker.Ended, s_noTimes) : WorkerFormat.ReadAnswer(answer);

    public string Reduce(BodyFailure failure, TimeSpan time)
    {
        var until = DateTime.UtcNow + time;
        var journal = new List<bool>();
        while (true)
        {
            var left = until - DateTime.UtcNow;
            var answer = _worker.Ask(WorkerRequest.Reduce, to =>
            {
                WorkerFormat.Write(to, failure);
                to.Write(Math.Max(0, left.Ticks));
                to.Write(journal.Count);
                foreach (bool decision in journal.ToArray()) to.Write(decision);
            }, journal.Add);
            if (answer is not null) return answer.ReadString();
            // The program that was tested then is a smaller one if it is this that is looked for.
            journal.Add((failure with { Detail = _worker.Ended }).Signature == failure.Signature);
        }
    }

    public void Dispose() => _worker.Dispose();
}
