using System.Collections;
using System.CommandLine;
using Mirlink.Mir;
using Mirlink.Mir.Interpret.Program;
using Mirlink.Rustc;

namespace Mirlink.Cli.Commands;

/// <summary>`mirlink interpret FILE`: a program in the interpreter, which tells undefined behaviour.</summary>
internal static class InterpretCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A Rust source file with `main`, or metadata (.rmeta, .rlib) compiled with `--sysroot` of --print-sysroot" };
        var arguments = new Argument<string[]>("ARGUMENTS") { Description = "The program's own, after `--`", Arity = ArgumentArity.ZeroOrMore };
        var flags = new Option<string[]>("--rustc-arg") { HelpName = "ARG", Description = "An argument for rustc, such as --rustc-arg=--edition=2024 (of a source file)" };
        var search = new Option<string[]>("-L") { HelpName = "PATH", Description = "Folders with the crates that FILE depends on" };
        var fuel = new Option<long>("--fuel") { HelpName = "N", Description = "Statements to run at most", DefaultValueFactory = static _ => 10_000_000_000 };
        var print = new Option<bool>("--print-sysroot") { Description = "Build the standard library that programs are compiled against, print where it is, and do nothing else" };
        file.Arity = ArgumentArity.ZeroOrOne;
        var command = new Command("interpret", "Run a program in the MIR interpreter, which finds undefined behaviour") { file, arguments, flags, search, fuel, print }.WithExamples(
            ("a source file", "mirlink interpret hello.rs"),
            ("with arguments for rustc and for the program", "mirlink interpret app.rs --rustc-arg=--edition=2024 -- --verbose"));
        command.SetAction(r =>
        {
            var toolchain = RustcToolchain.Find();
            var sysroot = InterpreterSysroot.Of(toolchain, progress: static crate => Console.Error.WriteLine($"compiling {crate} for the interpreter"));
            if (r.GetValue(print))
            {
                Console.WriteLine(sysroot.Path);
                return 0;
            }
            string path = r.GetValue(file) ?? throw new MirlinkException("`mirlink interpret` needs a program") { Help = "name a source file, such as hello.rs" };
            return Run(toolchain, sysroot, path, r.GetValue(arguments) ?? [], r.GetValue(flags) ?? [], r.GetValue(search) ?? [], r.GetValue(fuel));
        });
        return command;
    }

    private static int Run(RustcToolchain toolchain, InterpreterSysroot sysroot, string path, string[] arguments, string[] flags, string[] search, long fuel)
    {
        string? folder = null;
        try
        {
            string metadata = path;
            if (path.EndsWith(".rs", StringComparison.Ordinal))
            {
                folder = Directory.CreateTempSubdirectory("mirlink-interpret-").FullName;
                metadata = Path.Combine(folder, "program.rmeta");
                if (InterpretedProgram.Compile(toolchain, sysroot, path, metadata, [.. flags, .. search.SelectMany(static s => new[] { "-L", s })]) is { } errors)
                    throw new MirlinkException($"rustc does not accept `{path}`:\n{errors.TrimEnd()}");
            }
            using var program = new InterpretedProgram(sysroot, metadata, search, flags.Any(static f => f.EndsWith("panic=abort", StringComparison.Ordinal)));
            using var stdin = new MemoryStream();
            if (Console.IsInputRedirected)
                using (var input = Console.OpenStandardInput()) input.CopyTo(stdin);
            using Stream output = Console.OpenStandardOutput(), error = Console.OpenStandardError();
            var environment = new List<string>();
            foreach (DictionaryEntry e in Environment.GetEnvironmentVariables()) environment.Add($"{e.Key}={e.Value}");
            environment.Sort(StringComparer.Ordinal);
            var outcome = program.Run(new ProgramOptions
            {
                Args = [Path.GetFileNameWithoutExtension(path), .. arguments],
                Environment = environment,
                Stdin = stdin.ToArray(),
                Fuel = fuel,
                OverflowChecks = !flags.Any(static f => f is "-Coverflow-checks=off" or "-O" or "-Copt-level=2" or "-Copt-level=3"),
                Output = (fd, bytes) => (fd == 1 ? output : error).Write(bytes.Span),
            });
            if (outcome.End == ProgramEnd.Exited) return outcome.ExitCode;
            Console.Error.Write(outcome.Describe(program.Tcx));
            return 1;
        }
        finally
        {
            if (folder is not null) Directory.Delete(folder, recursive: true);
        }
    }
}
