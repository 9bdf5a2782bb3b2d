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
            if (args is ["rustc", ..] and not ["rustc", "--help" or "-h"]) return RustcCommand.Run(args[1..]);
            // As cargo's wrapper the first argument is the path of rustc.
            if (args.Length > 0 && args[0].Contains('/') && Environment.GetEnvironmentVariable(CargoCommand.WrapperVariable) is ("1" or CargoCommand.ImportOnly) and var part)
                return RustcCommand.ForCargo(args[0], args[1..], metadataIsThere: part == CargoCommand.ImportOnly);
            if (args is [("build" or "run" or "check") and var subcommand, .. var cargoArgs] && !cargoArgs.TakeWhile(static a => a != "--").Any(static a => a is "--help" or "-h"))
                return CargoCommand.Run(subcommand, cargoArgs);
            if (args is ["stats", .. var statsArgs] && StatsCommand.IsForCargo(statsArgs)) return StatsCommand.RunCargo(statsArgs);
            // `cargo mirlink build` runs `cargo-mirlink mirlink build`.
            if (args is ["mirlink", ..]) return Run(args[1..]);
            return Invoke(args);
        }
        catch (MirlinkException e)
        {
            Diagnostics.Error(e);
            return UserError;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file that nobody expected to fail: the system's words name it.
            Diagnostics.Error(new MirlinkException(e.Message.TrimEnd('.'), e));
            return UserError;
        }
        catch (Exception e)
        {
            Diagnostics.Bug(e);
            return InternalError;
        }
    }

    private static int Invoke(string[] args)
    {
        var root = new RootCommand("Builds Rust programs from MIR: libraries hold no machine code, all of it is made at the final link.")
        {
            CargoCommand.Describe("build", "Build the cargo package or workspace here", ("a workspace, optimized", "mirlink build --release"), ("one binary of another package", "mirlink build --manifest-path app/Cargo.toml --bin server")),
            CargoCommand.Describe("run", "Build and run a binary of the cargo package here", ("with arguments for the program after `--`", "mirlink run --release -- --port 8080")),
            CargoCommand.Describe("check", "As `cargo check`, sharing the build's target folder", ("the whole workspace", "mirlink check --workspace")),
            RustcCommand.Describe(),
            LinkCommand.Create(),
            InspectCommand.Create(),
            StatsCommand.Create(),
            DoctorCommand.Create(),
            DifftestCommand.Create(),
            InterpretCommand.Create(),
        };
        root.WithExamples(
            ("a cargo workspace, into target/mirlink", "mirlink build --release"),
            ("one file, by hand", "mirlink rustc hello.rs --edition 2024 --crate-type bin --emit=mir-rlib -o hello.rlib\nmirlink link hello.rlib -o hello -O2"),
            ("is everything there that mirlink needs?", "mirlink doctor"));
        if (args.Length == 0) args = ["--help"];
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            var command = parsed.CommandResult.Command;
            string name = command is RootCommand ? "mirlink" : $"mirlink {command.Name}";
            throw new MirlinkException(Reason(parsed)) { Help = $"`{name} --help` shows {(command is RootCommand ? "the commands" : "its options")}" };
        }
        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    /// <summary>What is wrong with a command line, as one sentence in rustc's style.</summary>
    private static string Reason(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is [var token, ..])
            return parsed.CommandResult.Command is RootCommand && !token.StartsWith('-') ? $"unknown command `{token}`" : token.StartsWith('-') ? $"unknown option `{token}`" : $"unexpected argument `{token}`";
        string text = parsed.Errors[0].Message;
        // The rest names a type of .NET.
        if (text.IndexOf(" as expected type", StringComparison.Ordinal) is > 0 and var at) text = text[..at];
        text = text.TrimEnd('.').Replace('\'', '`');
        return text.Length == 0 ? "the command line is not understood" : char.ToLowerInvariant(text[0]) + text[1..];
    }
}
