using System.Text.RegularExpressions;
using Mirlink.Mir.Interpret.Program;
using Mirlink.Rustc;

namespace Mirlink.Mir.Tests.Interpret;

/// <summary>Runs where the source of the standard library is installed, and says that it is missing where it is not.</summary>
public sealed class InterpreterTheoryAttribute : TheoryAttribute
{
    private static readonly string? s_missing = InterpreterSysroot.Missing(RustcToolchain.Find());

    public InterpreterTheoryAttribute() => Skip = s_missing;
}

/// <summary>Whole programs in the interpreter. The standard library is compiled for it on first use.</summary>
public sealed class ProgramInterpreterTests : IDisposable
{
    private static readonly RustcToolchain s_toolchain = RustcToolchain.Find();
    private static readonly Lazy<InterpreterSysroot> s_sysroot = new(static () => InterpreterSysroot.Of(s_toolchain));

    private readonly string _directory = Directory.CreateTempSubdirectory("mirlink-interpret-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private ProgramOutcome Run(string source, ProgramOptions options, params string[] flags)
    {
        var sysroot = s_sysroot.Value;
        string metadata = Path.Combine(_directory, "program.rmeta");
        Assert.Null(InterpretedProgram.Compile(s_toolchain, sysroot, source, metadata, ["--cap-lints=allow", .. flags]));
        using var program = new InterpretedProgram(sysroot, metadata, []);
        return program.Run(options);
    }

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Interpret", "ub");

    public static TheoryData<string> Wrong => [.. Directory.GetFiles(Folder, "*.rs").Select(static f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    /// <summary>The first line says how the run ends and with which message.</summary>
    [InterpreterTheory]
    [MemberData(nameof(Wrong))]
    public void WhatIsWrongIsFound(string name)
    {
        string source = Path.Combine(Folder, name + ".rs");
        string[] lines = File.ReadAllLines(source);
        string[] flags = lines[1].StartsWith("// flags: ", StringComparison.Ordinal) ? lines[1][10..].Split(' ') : [];
        var outcome = Run(source, new ProgramOptions { Fuel = 3_000_000 }, ["--edition=2024", "--crate-name=" + name, "-Cdebug-assertions=off", .. flags]);
        Assert.Equal(lines[0][3..], Regex.Replace($"{outcome.End}: {outcome.Message}", @"0x[0-9a-f]+\[noalloc\]", "ADDRESS"));
        Assert.NotEmpty(outcome.Backtrace);
    }

    /// <summary>rustc's executable does the same.</summary>
    [InterpreterTheory]
    [InlineData("hello")]
    [InlineData("exit_process")]
    [InlineData("panic_exit_code")]
    [InlineData("panic_in_drop_aborts")]
    [InlineData("unwind_drops")]
    [InlineData("small_heap")]
    [InlineData("closures")]
    [InlineData("cells")]
    [InlineData("drop_order")]
    [InlineData("dyn_traits")]
    [InlineData("collections_hash")]
    [InlineData("async_executor")]
    public void ProgramsDoWhatTheyDoCompiled(string name)
    {
        string source = Path.Combine(AppContext.BaseDirectory, "Traits", name + ".rs");
        var outcome = Run(source, new ProgramOptions { Fuel = 20_000_000 }, "--edition=2021", "--crate-name=" + name);
        string executable = Path.Combine(_directory, name);
        RustcOracle.Check(source, "--edition=2021", "--cap-lints=allow", "-Cprefer-dynamic", "-Crpath", "-o", executable);
        // A process that a signal ended has that, and 128 more, as its exit code here.
        var (code, output, _) = RustcOracle.Execute(executable, []);
        Assert.Equal("", outcome.Message);
        Assert.Equal((code, output), (outcome.ExitCode, outcome.StdoutText));
    }
}
