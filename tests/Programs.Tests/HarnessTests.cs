using Xunit;

namespace Mirlink.Programs.Tests;

/// <summary>The harness itself: it must not pass by comparing nothing.</summary>
public sealed class HarnessTests
{
    [Fact]
    public void ThereAreManyPrograms() => Assert.True(Programs.Names.Count() >= 65);

    [Fact]
    public void HeadersAreRead()
    {
        var arguments = TestProgram.Load("env_args");
        Assert.Equal(["alpha", "beta=3", "--flag", "-x9"], arguments.Arguments);
        Assert.Equal(new KeyValuePair<string, string>("MIRLINK_TEST_VAR", "some-value"), Assert.Single(arguments.Environment));
        Assert.Equal(["-C", "panic=abort"], TestProgram.Load("panic_abort").CompileFlags);
        Assert.Equal("2024", TestProgram.Load("edition2024").Edition);
        Assert.StartsWith("3 4 5\nfirst line\n\nkey=", TestProgram.Load("stdin_lines").StandardInput);
    }

    [Fact]
    public void ReferenceRunsAreObserved()
    {
        var panic = ReferenceCompiler.Expect(TestProgram.Load("panic_exit_code"), 0);
        Assert.Equal(101, panic.ExitCode);
        Assert.Contains("drop inner\n", panic.Output);
        Assert.Contains("thread 'main' panicked at tests/programs/panic_exit_code.rs:", panic.Error);
        Assert.Equal(134, ReferenceCompiler.Expect(TestProgram.Load("panic_in_drop_aborts"), 2).ExitCode);
    }

    [Fact]
    public void DifferencesAreShown()
    {
        var expected = new Execution(0, "a\nb\nc\n", "");
        Assert.Null(Difference.Between(expected, expected with { }));
        string report = Difference.Between(expected, new Execution(139, "a\nB\nc\n", "oops"))!;
        Assert.Contains("expected 0, got 139 (signal 11)", report);
        Assert.Contains("stdout differs at line 2", report);
        Assert.Contains("  - b", report);
        Assert.Contains("  + oops", report);
    }
}
