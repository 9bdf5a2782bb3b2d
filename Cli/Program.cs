using System.CommandLine;
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
            if (args is ["rustc", ..]) return RustcCommand.Run(args.AsSpan(1));
            var root = new RootCommand("Rust programs from MIR: libraries hold MIR only, machine code is made at the final link.")
            {
                LinkCommand.Create(),
                new Command("rustc", "Compile a crate with rustc's front end only: `mirlink rustc <rustc's arguments> --emit=mir-rlib`."),
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
