namespace Mirlink.Programs.Tests;

/// <summary>The way under test: rustc's front end to a MIR-only rlib, then machine code at the final link.</summary>
internal static class MirlinkCompiler
{
    private static readonly KeyValuePair<string, string>[] Environment = [new("MIRLINK_RUSTC", ReferenceCompiler.Path)];
    /// <summary>The tool; <c>MIRLINK</c> names another one.</summary>
    private static string Tool => System.Environment.GetEnvironmentVariable("MIRLINK") ?? Path.Combine(Repository.Root, "mirlink");

    /// <exception cref="InvalidOperationException">A step failed; the message is what it printed.</exception>
    public static Execution Run(TestProgram program, int optLevel)
    {
        string directory = Path.Combine(Repository.Artifacts, $"O{optLevel}");
        Directory.CreateDirectory(directory);
        string executable = Path.Combine(directory, program.Name);
        string rlib = executable + ".rlib";
        File.Delete(executable);
        Step("compile", ["rustc", .. program.FrontEndArguments(optLevel), "--crate-type", "bin", "--emit=mir-rlib", program.SourcePath, "-o", rlib]);
        Step("link", ["link", rlib, "-o", executable, .. program.LinkArguments(optLevel)]);
        return Execution.Run(executable, program.Arguments, Limits.Run, program.StandardInput, program.Environment).Normalized();
    }

    private static void Step(string what, string[] arguments)
    {
        var result = Execution.Run(Tool, arguments, Limits.Compile, environment: Environment);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"mirlink failed to {what} (exit {result.ExitCode}): mirlink {string.Join(' ', arguments)}\n{result.Output}{result.Error}");
        }
    }
}

/// <summary>How long a step may take before it counts as hanging.</summary>
internal static class Limits
{
    public static readonly TimeSpan Compile = TimeSpan.FromSeconds(180);
    public static readonly TimeSpan Run = TimeSpan.FromSeconds(30);
}
