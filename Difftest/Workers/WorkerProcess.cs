using System.Diagnostics;
using Mirlink.Mir;

namespace Mirlink.Difftest.Workers;

/// <summary>How to start a process that runs <see cref="WorkerServer.Serve"/>; the folder is its last argument.</summary>
public sealed record WorkerCommand(string File, IReadOnlyList<string> Arguments);

/// <summary>
/// A process that answers requests, because what they ask for can end a process: a fatal error of LLVM, an exhausted stack. It is started for the first request and
/// again after it ended; one request at a time.
/// </summary>
/// <remarks>
/// A request is a <see cref="WorkerRequest"/> and its data. A reply is any number of decisions (a byte each, <see cref="Yes"/> or <see cref="No"/>), then
/// <see cref="Answer"/>, the answer's length in bytes, and it.
/// </remarks>
/// <param name="directory">For what is made on the way.</param>
public sealed class WorkerProcess(WorkerCommand command, string directory) : IDisposable
{
    internal const byte No = 0, Yes = 1, Answer = 2;

    /// <summary>How what <see cref="Ended"/> says begins.</summary>
    public const string EndedPrefix = "the process ended: ";

    private const int KeptErrorLines = 20;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    private readonly List<string> _error = [];
    private Process? _process;

    /// <summary>How it ended on the last request.</summary>
    public string Ended { get; private set; } = "";

    /// <summary>Sends a request and waits for the answer. Null when the process ended instead, or when it took too long and was ended.</summary>
    internal BinaryReader? Ask(WorkerRequest kind, Action<BinaryWriter> write, Action<bool>? decided = null)
    {
        var process = _process ??= Start();
        lock (_error) _error.Clear();
        bool late = false;
        using var timer = new Timer(_ =>
        {
            late = true;
            process.Kill();
        }, null, Limit, Timeout.InfiniteTimeSpan);
        try
        {
            var to = new BinaryWriter(process.StandardInput.BaseStream);
            to.Write((byte)kind);
            write(to);
            to.Flush();
            var from = new BinaryReader(process.StandardOutput.BaseStream);
            while (from.ReadByte() is not Answer and var decision) decided?.Invoke(decision == Yes);
            byte[] answer = new byte[from.ReadInt32()];
            from.BaseStream.ReadExactly(answer);
            return new BinaryReader(new MemoryStream(answer));
        }
        catch (IOException)
        {
            process.WaitForExit();
            string[] said;
            lock (_error) said = [.. _error];
            // The first line says what; of an exhausted stack, all the others are frames.
            Ended = EndedPrefix + (late ? $"no answer in {Limit.TotalMinutes} minutes" : said is [var first, ..] ? first : "nothing was said") + $" (exit code {process.ExitCode})";
            process.Dispose();
            _process = null;
            return null;
        }
    }

    private Process Start()
    {
        var process = Process.Start(new ProcessStartInfo(command.File, [.. command.Arguments, directory]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new BugException("no process");
        process.ErrorDataReceived += (_, e) =>
        {
            if (string.IsNullOrWhiteSpace(e.Data)) return;
            lock (_error) if (_error.Count < KeptErrorLines) _error.Add(e.Data);
        };
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Without requests it ends by itself.</summary>
    public void Dispose()
    {
        if (_process is not { } process) return;
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
        _process = null;
    }
}
