using System.CommandLine;
using Mirlink.Cli.Commands;
using Mirlink.Mir;

namespace Mirlink.Cli;

internal static class Program
{
    private const int UserError = 1, InternalError = 101;

    private static int Main(string[] args)
    {
        // Deeply nested types recurse deeply; the main thread's stack is the system's default.
        int status = InternalError;
        var thread = new Thread(() => status = Run(args), 256 << 20);
        thread.Start();
        thread.Join();
        return status;
    }

    private static int Run(string[] args)
    {
        try
        {
            // rustc's own command line goes through as it is: nothing here may interpret it.
            if (args is ["rustc", ..]) return RustcCommand.Run(args[1..]);
            // As cargo's wrapper the first argument is the path of rustc.
            if (Environment.GetEnvironmentVariable(CargoCommand.WrapperVariable) == "1" && args.Length > 0 && args[0].Contains('/')) return RustcCommand.ForCargo(args[0], args[1..]);
            if (args is [("build" or "run" or "check") and var subcommand, .. var cargoArgs] && !cargoArgs.Contains("--help") && !cargoArgs.Contains("-h"))
                return CargoCommand.Run(subcommand, cargoArgs);
            // `cargo mirlink build` runs `cargo-mirlink mirlink build`.
            if (args is ["mirlink", ..]) return Run(args[1..]);
            var root = new RootCommand("Rust programs from MIR: libraries hold MIR only, machine code is made at the final link.")
            {
                CargoCommand.Describe("build", "Build the cargo package or workspace here: `mirlink build [cargo's arguments]`"),
                CargoCommand.Describe("run", "Build and run a binary of the package here: `mirlink run [cargo's arguments] [-- its arguments]`"),
                CargoCommand.Describe("check", "As `cargo check`, sharing the build's target folder"),
                RustcCommand.Describe(),
                LinkCommand.Create(),
                InspectCommand.Create(),
                DoctorCommand.Create(),
            };
            return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (MirlinkException e)
        {
            Console.Error.WriteLine($"error: {e.Message}");
            if (e.Help is { } help) Console.Error.WriteLine($"help: {help}");
            if (Environment.GetEnvironmentVariable("MIRLINK_BACKTRACE") == "1") Console.Error.WriteLine(e.StackTrace);
            return UserError;
        }
        catch (Exception e)
        {
            Console.Error.WriteLine($"error: {(e is BugException ? e.Message : $"internal error: {e.GetType().Name}: {e.Message}")}");
            Console.Error.WriteLine("note: this is a mistake in mirlink; MIRLINK_BACKTRACE=1 shows where");
            if (Environment.GetEnvironmentVariable("MIRLINK_BACKTRACE") == "1") Console.Error.WriteLine(e);
            return InternalError;
        }
    }
}
