using Mirlink.Mir;

namespace Mirlink.Cli;

/// <summary>Errors as rustc shows them: `error: …` and `help: …` on standard error, coloured where a person reads it.</summary>
internal static class Diagnostics
{
    private const string Red = "\e[1;31m", Cyan = "\e[1;36m", Bold = "\e[1m", Plain = "\e[0m";

    /// <summary>Is standard error a terminal that understands escapes, and colour not refused (no-color.org)?</summary>
    public static bool IsTerminal { get; } = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb";

    private static bool Coloured => IsTerminal && Environment.GetEnvironmentVariable("NO_COLOR") is not { Length: > 0 };

    public static void Error(MirlinkException e)
    {
        Line("error", Red, e.Message);
        if (e.Help is { } help) Line("help", Cyan, help);
        if (WantsBacktrace) Console.Error.WriteLine(e);
    }

    public static void Note(string text) => Line("note", Cyan, text);

    /// <summary>A mistake in Mirlink: what is needed to report it.</summary>
    public static void Bug(Exception e)
    {
        Line("error", Red, e is BugException ? e.Message : $"internal error: {e.GetType().Name}: {e.Message}");
        Line("note", Cyan, "this is a mistake in mirlink, not in the program; MIRLINK_BACKTRACE=1 shows where");
        if (WantsBacktrace) Console.Error.WriteLine(e);
    }

    private static bool WantsBacktrace => Environment.GetEnvironmentVariable("MIRLINK_BACKTRACE") == "1";

    private static void Line(string label, string colour, string text) =>
        Console.Error.WriteLine(!Coloured ? $"{label}: {text}" : label == "error" ? $"{colour}{label}{Plain}{Bold}: {text}{Plain}" : $"{colour}{label}{Plain}: {text}");
}
