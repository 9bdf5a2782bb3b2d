using System.Diagnostics;

namespace Mirlink.Cli;

/// <summary>
/// One line on the terminal about what is being done, for work that takes longer than a second, removed at its end. Where standard error is no terminal nothing
/// is written, so that logs and cargo see none of it.
/// </summary>
internal sealed class ProgressLine : IDisposable
{
    private const int ShowAfter = 1000, Every = 200;

    private readonly Lock _lock = new();
    private readonly Timer? _timer;
    private readonly string _what;
    private readonly long _start = Stopwatch.GetTimestamp();
    private string _stage = "";
    private bool _shown, _disposed;

    public ProgressLine(string what)
    {
        _what = what;
        if (Diagnostics.IsTerminal) _timer = new Timer(_ => Show(), null, ShowAfter, Every);
    }

    public void Stage(string name)
    {
        lock (_lock) _stage = name;
    }

    private void Show()
    {
        lock (_lock)
        {
            if (_disposed) return;
            // Erase to the end of the line: the last text may have been longer.
            Console.Error.Write($"\r{_what}: {_stage} ({Stopwatch.GetElapsedTime(_start).TotalSeconds:0} s)\e[K");
            _shown = true;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            if (_shown) Console.Error.Write("\r\e[K");
        }
        _timer?.Dispose();
    }
}
