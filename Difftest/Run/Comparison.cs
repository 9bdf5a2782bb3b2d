using System.Globalization;
using System.Text.RegularExpressions;
using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Mir.Interpret.Program;
using Mirlink.Rustc;

namespace Mirlink.Difftest.Run;

public enum Verdict : byte
{
    /// <summary>All variants behave as rustc's program.</summary>
    Agree,
    /// <summary>rustc does not accept the program, or its own program crashed: the generator's mistake.</summary>
    Rejected,
    /// <summary>Mirlink cannot build it.</summary>
    LinkError,
    /// <summary>It behaves differently.</summary>
    Different,
}

/// <summary>What came of a program. <see cref="Signature"/> is the same for what seems to be the same failure.</summary>
public sealed record Outcome(Verdict Verdict, string? Variant, string Detail)
{
    public string Signature => Verdict switch
    {
        Verdict.LinkError => "link error: " + Names().Replace(Detail.Split('\n')[0], "_"),
        Verdict.Different => $"different: {Variant}",
        _ => Verdict.ToString(),
    };

    /// <summary>Generated names and numbers.</summary>
    private static Regex Names() => s_names;
    private static readonly Regex s_names = new(@"\b[A-Za-z]{0,4}\d+\b|\{closure#\d+\}", RegexOptions.Compiled);
}

/// <summary>How rustc is called for a program: what changes its meaning is the same for both compilers, what does not is varied.</summary>
public sealed record FrontEndOptions(bool OverflowChecks, bool DebugAssertions, int ReferenceLevel, int FrontEndLevel)
{
    /// <summary>Chosen by the seed.</summary>
    public static FrontEndOptions For(ulong seed) => new(seed % 3 != 0, seed % 5 == 0, seed % 7 == 0 ? 2 : 0, seed % 2 == 0 ? 0 : 2);

    internal string[] Flags => ["--edition=2021", "-Coverflow-checks=" + OnOff(OverflowChecks), "-Cdebug-assertions=" + OnOff(DebugAssertions)];

    private static string OnOff(bool on) => on ? "on" : "off";
}

/// <summary>Builds a program with rustc and with Mirlink, in this process, and compares what they do.</summary>
public sealed class Comparison(RustcToolchain toolchain, IReadOnlyList<BuildVariant> variants)
{
    private const string FileName = "program.rs";
    private static readonly TimeSpan CompileTime = TimeSpan.FromSeconds(120), RunTime = TimeSpan.FromSeconds(20);

    /// <summary>Threads for one link.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Who links instead of <see cref="Link"/>.</summary>
    public Func<BuildVariant, FrontEndOptions, string, string?>? Linker { get; init; }

    /// <summary>What a program must do: rustc builds and runs it. Null, and why, when rustc rejects it.</summary>
    public Execution? Reference(string source, FrontEndOptions options, string directory, out string error)
    {
        File.WriteAllText(Path.Combine(directory, FileName), source);
        var compiled = Execution.Run(toolchain.Rustc,
            [.. options.Flags, "-Copt-level=" + options.ReferenceLevel.ToString(CultureInfo.InvariantCulture), "-Cprefer-dynamic", "-Crpath", "-Cdebuginfo=0", FileName, "-o", "reference"], directory, CompileTime);
        error = compiled.Error;
        return compiled.ExitCode == 0 ? Execution.Run(Path.Combine(directory, "reference"), [], directory, RunTime) : null;
    }

    /// <summary>rustc's front end only. Null when it is content.</summary>
    public string? FrontEnd(string source, FrontEndOptions options, string directory)
    {
        File.WriteAllText(Path.Combine(directory, FileName), source);
        var compiled = Execution.Run(toolchain.Rustc,
            [.. options.Flags, "-Copt-level=" + options.FrontEndLevel.ToString(CultureInfo.InvariantCulture), "--crate-type=rlib", "--crate-name=program", "-Zalways-encode-mir", "--emit=metadata=program.rmeta", FileName], directory, CompileTime, bootstrap: true);
        return compiled.ExitCode == 0 ? null : compiled.Error;
    }

    /// <summary>Builds and runs all variants and stops at the first that fails.</summary>
    /// <param name="reference">What rustc's program does, when that is known.</param>
    public Outcome Compare(string source, FrontEndOptions options, string directory, Execution? reference = null)
    {
        Directory.CreateDirectory(directory);
        if (FrontEnd(source, options, directory) is { } rejected) return new Outcome(Verdict.Rejected, null, rejected);
        // Linked first: an error of the link needs no reference, which makes reducing it cheap.
        foreach (var variant in variants)
            if ((Linker ?? Link)(variant, options, directory) is { } failed) return new Outcome(Verdict.LinkError, variant.Name, failed);
        string error = "";
        reference ??= Reference(source, options, directory, out error);
        if (reference is null) return new Outcome(Verdict.Rejected, null, error);
        if (reference.ExitCode is not (0 or 134)) return new Outcome(Verdict.Rejected, null, $"rustc's program ended with {reference.ExitCode}: {reference.Error}");
        foreach (var variant in variants)
        {
            var execution = variant == BuildVariant.Interpreter ? Interpret(options, directory) : Run(variant, directory);
            if (execution?.DifferenceFrom(reference) is { } difference) return new Outcome(Verdict.Different, variant.Name, difference);
        }
        return new Outcome(Verdict.Agree, null, "");
    }

    /// <summary>Runs a program in the interpreter. Null when it would take too long; what the interpreter finds wrong with it stands at the end of its standard error.</summary>
    private Execution? Interpret(FrontEndOptions options, string directory)
    {
        using var program = new InterpretedProgram(InterpreterSysroot.Of(toolchain), Path.Combine(directory, "interpreted.rmeta"), []);
        var outcome = program.Run(new ProgramOptions { Args = ["program"], Fuel = InterpreterFuel, OverflowChecks = options.OverflowChecks, UbChecks = options.DebugAssertions });
        return outcome.End == ProgramEnd.OutOfFuel ? null : Execution.Normalized(outcome.ExitCode, outcome.StdoutText, outcome.StderrText + outcome.Describe(program.Tcx));
    }

    private const long InterpreterFuel = 50_000_000;

    /// <summary>Runs what <see cref="Link"/> made.</summary>
    public static Execution Run(BuildVariant variant, string directory) => Execution.Run(Path.Combine(directory, variant.Name), [], directory, RunTime);

    /// <summary>Links what <see cref="FrontEnd"/> compiled. Null when it succeeds, else why not.</summary>
    public string? Link(BuildVariant variant, FrontEndOptions options, string directory)
    {
        if (variant == BuildVariant.Interpreter)
            return InterpretedProgram.Compile(toolchain, InterpreterSysroot.Of(toolchain), FileName, "interpreted.rmeta",
                [.. options.Flags, "-Copt-level=" + options.FrontEndLevel.ToString(CultureInfo.InvariantCulture), "--crate-name=program", "--cap-lints=allow"], directory);
        var link = variant.Apply(new LinkOptions
        {
            Root = Path.Combine(directory, "program.rmeta"),
            Output = Path.Combine(directory, variant.Name),
            Sysroot = toolchain.Sysroot,
            OverflowChecks = options.OverflowChecks,
            DebugAssertions = options.DebugAssertions,
            Jobs = Jobs,
        });
        try
        {
            new LinkDriver(new CrateOpener(), new SessionServices()).Link(link);
            return null;
        }
        catch (Exception e) when (e is MirlinkException or UnsupportedException or BugException)
        {
            return $"{e.GetType().Name}: {e.Message}";
        }
        catch (Exception e)
        {
            return $"{e.GetType().Name}: {e.Message}\n{e.StackTrace}";
        }
    }
}
