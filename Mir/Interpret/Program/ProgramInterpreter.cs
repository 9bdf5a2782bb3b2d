using System.Text;
using Mirlink.Mir.Text;

namespace Mirlink.Mir.Interpret.Program;

/// <summary>What a run is given.</summary>
public sealed record ProgramOptions
{
    /// <summary>Statements and terminators to run before giving up.</summary>
    public long Fuel { get; init; } = 500_000_000;
    /// <summary>Frames. Natively, a program with this many would have overflowed its stack long before.</summary>
    public int StackLimit { get; init; } = 1 << 16;
    /// <summary>argv, the program's name first.</summary>
    public IReadOnlyList<string> Args { get; init; } = ["program"];
    /// <summary>The environment, `NAME=value`.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];
    public ReadOnlyMemory<byte> Stdin { get; init; }
    /// <summary>-C overflow-checks and -C debug-assertions, for code that asks for them at run time (what rustc compiled into the MIR stays).</summary>
    public bool OverflowChecks { get; init; } = true;
    public bool UbChecks { get; init; }
    /// <summary>Told what the program writes, as it writes it, by file descriptor (1, 2). Null: only collected in the outcome.</summary>
    public Action<int, ReadOnlyMemory<byte>>? Output { get; init; }
}

public enum ProgramEnd : byte
{
    /// <summary>It ended by itself; exit codes as a shell gives them (128 + signal).</summary>
    Exited,
    UndefinedBehavior,
    OutOfFuel,
    /// <summary>More frames or memory than it may have.</summary>
    OutOfResources,
    /// <summary>It needs something that the interpreter does not have.</summary>
    Unsupported,
}

/// <summary>Where a frame of a run was.</summary>
public readonly record struct ProgramFrame(string Function, Span Span);

/// <summary>How a run ended. Message and Backtrace, innermost frame first: of everything but Exited.</summary>
public sealed record ProgramOutcome(ProgramEnd End, int ExitCode, byte[] Stdout, byte[] Stderr, string Message, IReadOnlyList<ProgramFrame> Backtrace, long Steps)
{
    public string StdoutText => Encoding.UTF8.GetString(Stdout);
    public string StderrText => Encoding.UTF8.GetString(Stderr);

    /// <summary>An error as rustc and Miri print theirs; empty if the program ended by itself.</summary>
    public string Describe(TyCtxt tcx)
    {
        if (End == ProgramEnd.Exited) return "";
        var o = new StringBuilder("error: ").Append(End switch
        {
            ProgramEnd.UndefinedBehavior => "Undefined Behavior: ",
            ProgramEnd.Unsupported => "unsupported operation: ",
            ProgramEnd.OutOfResources => "resource exhaustion: ",
            _ => "",
        }).Append(Message).Append('\n');
        int shown = 0;
        foreach (var f in Backtrace)
        {
            if (shown == 0) o.Append("  --> ").Append(Position(tcx, f.Span)).Append("\n   = note: inside `").Append(f.Function).Append("`\n");
            else o.Append("   = note: inside `").Append(f.Function).Append("` at ").Append(Position(tcx, f.Span)).Append('\n');
            if (++shown < 24) continue;
            o.Append($"   = note: and {Backtrace.Count - shown} more frames\n");
            break;
        }
        return o.ToString();
    }

    private static string Position(TyCtxt tcx, Span span) => span.IsDummy ? "an unknown position" : $"{tcx.SourceFile(span.File)}:{span.Line}:{span.Column}";
}

/// <summary>
/// Runs a whole program from its MIR, as Miri does: every function that it reaches must have MIR, those of the standard library too, so crates are to be opened with a
/// standard library that was built with `-Zalways-encode-mir`. What is not MIR is a short list of functions of the C library. One run on one thread;
/// any number of runs beside each other.
/// </summary>
public static class ProgramInterpreter
{
    /// <summary>Runs `main` of a crate as its executable would: std's runtime, `main`, destructors of thread-locals.</summary>
    /// <exception cref="MirlinkException">The crate has no `main`.</exception>
    public static ProgramOutcome Run(TyCtxt tcx, int crate, ProgramOptions options)
    {
        var main = tcx.Crates[crate].FindMain() ?? throw new MirlinkException($"`main` function not found in crate `{tcx.CrateName(crate)}`");
        return Run(tcx, tcx.Traits.ResolveForFnPtr(main, tcx.IdentityArgs(main)), options);
    }

    /// <param name="main">A function without parameters whose result is a `Termination`.</param>
    /// <param name="bodies">Bodies to run instead of those in the metadata: what passes made of them, or what a generator made. Null for an instance: as it is.</param>
    public static ProgramOutcome Run(TyCtxt tcx, Instance main, ProgramOptions options, Func<Instance, (Body Body, GenericArgs Args)?>? bodies = null)
    {
        var machine = new ProgramMachine(tcx, options) { Bodies = bodies };
        var cx = new InterpCx(tcx, machine, (ConstEvaluator)tcx.Eval);
        try
        {
            int code;
            try
            {
                code = machine.RunMain(cx, main);
            }
            catch (ProgramExit e)
            {
                code = e.Code;
            }
            return Outcome(ProgramEnd.Exited, code, "", []);
        }
        catch (OutOfFuelException)
        {
            return Outcome(ProgramEnd.OutOfFuel, -1, $"the program did not end within {options.Fuel} steps", Backtrace());
        }
        catch (ConstEvalException e)
        {
            var end = e.Kind switch
            {
                InterpErrorKind.UndefinedBehavior => ProgramEnd.UndefinedBehavior,
                InterpErrorKind.ResourceExhaustion => ProgramEnd.OutOfResources,
                _ => ProgramEnd.Unsupported,
            };
            return Outcome(end, -1, e.Message, Backtrace());
        }
        catch (UnsupportedException e)
        {
            return Outcome(ProgramEnd.Unsupported, -1, e.Message, Backtrace());
        }

        ProgramOutcome Outcome(ProgramEnd end, int code, string message, IReadOnlyList<ProgramFrame> backtrace) =>
            new(end, code, machine.Stdout.ToArray(), machine.Stderr.ToArray(), message, backtrace, cx.Steps);

        List<ProgramFrame> Backtrace()
        {
            var frames = new List<ProgramFrame>();
            foreach (var (span, instance) in cx.Backtrace())
                frames.Add(new ProgramFrame(instance is null ? "(constant)" : tcx.DefPath(instance.Def) + (instance.Args.Count == 0 ? "" : TypeNames.GenericArgs(tcx, instance.Args)), span));
            return frames;
        }
    }
}

/// <summary>The program called `exit`, or died of a signal.</summary>
internal sealed class ProgramExit(int code) : Exception
{
    public int Code { get; } = code;
}

internal sealed class OutOfFuelException : Exception;
