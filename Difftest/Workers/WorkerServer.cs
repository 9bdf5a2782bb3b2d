using Mirlink.Difftest.Bodies;
using Mirlink.Difftest.Run;
using Mirlink.Rustc;

namespace Mirlink.Difftest.Workers;

internal enum WorkerRequest : byte
{
    /// <summary><see cref="IBatchRunner.Open"/>.</summary>
    Open,
    /// <summary><see cref="IBatchRunner.Run"/>.</summary>
    Run,
    /// <summary><see cref="IBatchRunner.Reduce"/>.</summary>
    Reduce,
    /// <summary><see cref="Comparison.Link"/>.</summary>
    Link,
}

/// <summary>The other side of a <see cref="WorkerProcess"/>.</summary>
public static class WorkerServer
{
    /// <summary>Answers requests from standard input until there are no more.</summary>
    /// <param name="directory">For what is made on the way.</param>
    public static void Serve(string directory)
    {
        using var from = new BinaryReader(Console.OpenStandardInput());
        using var to = new BinaryWriter(Console.OpenStandardOutput());
        // Nothing else may come between the answers.
        Console.SetOut(Console.Error);
        var toolchain = RustcToolchain.Find();
        using var runner = new BodyComparison(toolchain, directory);
        while (Next(from) is { } request)
        {
            var answer = new MemoryStream();
            var text = new BinaryWriter(answer);
            switch (request)
            {
                case WorkerRequest.Open: WorkerFormat.Write(text, runner.Open(WorkerFormat.ReadSeeds(from))); break;
                case WorkerRequest.Run: WorkerFormat.Write(text, runner.Run(BuildVariant.ByName(from.ReadString()))); break;
                case WorkerRequest.Reduce:
                    {
                        var failure = WorkerFormat.ReadFailure(from);
                        var time = new TimeSpan(from.ReadInt64());
                        var known = new bool[from.ReadInt32()];
                        for (int i = 0; i < known.Length; i++) known[i] = from.ReadBoolean();
                        text.Write(BodyReducer.Reduce(toolchain, directory, failure, DateTime.UtcNow + time, new ReductionJournal(known, decision =>
                        {
                            to.Write(decision ? WorkerProcess.Yes : WorkerProcess.No);
                            to.Flush();
                        })));
                        break;
                    }
                default:
                    {
                        var variant = BuildVariant.ByName(from.ReadString());
                        var options = new FrontEndOptions(from.ReadBoolean(), from.ReadBoolean(), from.ReadInt32(), from.ReadInt32());
                        text.Write(new Comparison(toolchain, [variant]).Link(variant, options, from.ReadString()) ?? "");
                        break;
                    }
            }
            to.Write(WorkerProcess.Answer);
            to.Write((int)answer.Length);
            to.Write(answer.GetBuffer(), 0, (int)answer.Length);
            to.Flush();
        }
    }

    private static WorkerRequest? Next(BinaryReader from)
    {
        try
        {
            return (WorkerRequest)from.ReadByte();
        }
        catch (EndOfStreamException)
        {
            return null;
        }
    }
}
