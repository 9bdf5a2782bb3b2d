namespace Mirlink.Programs.Tests;

/// <summary>The way under test: rustc's front end to a MIR-only rlib, then machine code at the final link.</summary>
internal static class MirlinkCompiler
{
    private static readonly KeyValuePair<string, string>[] Environment = [new("MIRLINK_RUSTC", ReferenceCompiler.Path)];
    /// <summary>The tool; <c>MIRLINK</c> names another one.</summary>
    private static string Tool => System.Environment.GetEnvironmentVariable("MIRLINK") ?? Path.Combine(Repository.Root, "mirlink");

    public static readonly string[] Backends = ["llvm", "cranelift"];

    private static string Folder(string name) => Directory.CreateDirectory(Path.Combine(Repository.Artifacts, name)).FullName;

    /// <summary>The program as a MIR-only rlib.</summary>
    /// <exception cref="InvalidOperationException">The step failed; the message is what it printed.</exception>
    public static string FrontEnd(TestProgram program, int optLevel)
    {
        string rlib = Path.Combine(Folder($"O{optLevel}"), program.Name + ".rlib");
        Step("compile", ["rustc", .. program.FrontEndArguments(optLevel), "--crate-type", "bin", "--emit=mir-rlib", program.SourcePath, "-o", rlib]);
        return rlib;
    }

    /// <exception cref="InvalidOperationException">The link failed; the message is what it printed.</exception>
    public static Execution LinkAndRun(TestProgram program, string rlib, int optLevel, string backend)
    {
        // Under the same name: some programs print it.
        string executable = Path.Combine(Folder($"O{optLevel}-{backend}"), program.Name);
        File.Delete(executable);
        Step("link", ["link", rlib, "-o", executable, "--backend", backend, .. program.LinkArguments(optLevel)]);
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
