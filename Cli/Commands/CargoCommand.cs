using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Mirlink.Cli.Compile;
using Mirlink.Cli.Serving;
using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Rustc;

namespace Mirlink.Cli.Commands;

/// <summary>
/// `mirlink build | run | check`: stock cargo with Mirlink as rustc's wrapper, a target folder of its own, and `--target`, so that cargo keeps what runs on the
/// host (build scripts, proc macros) apart: without debug information (<see cref="BuildOverride"/>).
/// </summary>
internal static class CargoCommand
{
    /// <summary>Set for the wrapper's calls: the executable is cargo's rustc wrapper then, not the tool that users call.</summary>
    public const string WrapperVariable = "MIRLINK_RUSTC_WRAPPER";

    /// <summary>Instead of "1", where the wrapper has run rustc for a library already.</summary>
    public const string ImportOnly = "import";

    private const string BackendOption = "--backend";

    /// <summary>The command for `--help`: its arguments are cargo's and are not parsed here.</summary>
    public static Command Describe(string name, string description, params (string What, string How)[] examples)
    {
        var command = new Command(name, description) { new Argument<string[]>("ARGUMENTS") { Description = $"cargo's own: see `cargo {name} --help`", Arity = ArgumentArity.ZeroOrMore } }.WithExamples(examples);
        command.Options.Add(new Option<string?>(BackendOption) { Description = "What generates machine code: llvm or cranelift (default: $MIRLINK_BACKEND, else cranelift without optimization, llvm with)", HelpName = "NAME" });
        command.SetAction(_ => Run(name, []));
        return command;
    }

    public static int Run(string subcommand, ReadOnlySpan<string> args)
    {
        var toolchain = RustcToolchain.Find();
        var start = Prepare(toolchain, subcommand, args);
        using var server = Serve(toolchain, start);
        using var process = Start(start);
        process.WaitForExit();
        return process.ExitCode;
    }

    public static Process Start(ProcessStartInfo start) => Process.Start(start) ?? throw new MirlinkException($"cannot start {start.FileName}");

    /// <summary>Starts what the wrapper's calls ask, until it is disposed; nothing where the user says MIRLINK_SERVER=off.</summary>
    public static ImportServer? Serve(RustcToolchain toolchain, ProcessStartInfo cargo)
    {
        var server = Environment.GetEnvironmentVariable(ImportServer.Variable) == "off" ? null : ImportServer.Start(toolchain);
        cargo.Environment.Remove(ImportServer.Variable);
        if (server is not null) cargo.Environment[ImportServer.Variable] = server.Address;
        return server;
    }

    /// <summary>cargo's command line and environment for a build through Mirlink.</summary>
    public static ProcessStartInfo Prepare(RustcToolchain toolchain, string subcommand, ReadOnlySpan<string> args)
    {
        string cargo = CargoOf(toolchain);
        var start = new ProcessStartInfo(cargo) { UseShellExecute = false };
        start.ArgumentList.Add(subcommand);

        bool target = false, targetDir = false;
        string? manifest = null, backend = null;
        int passThrough = args.IndexOf("--");
        var own = passThrough < 0 ? args : args[..passThrough];
        for (int i = 0; i < own.Length; i++)
        {
            target |= own[i] == "--target" || own[i].StartsWith("--target=", StringComparison.Ordinal);
            targetDir |= own[i] == "--target-dir" || own[i].StartsWith("--target-dir=", StringComparison.Ordinal);
            if (own[i] == BackendOption) backend = i + 1 < own.Length ? own[i + 1] : throw new MirlinkException($"`{BackendOption}` needs a backend's name");
            else if (own[i].StartsWith(BackendOption + "=", StringComparison.Ordinal)) backend = own[i][(BackendOption.Length + 1)..];
            if (own[i] == "--manifest-path" && i + 1 < own.Length) manifest = own[i + 1];
            else if (own[i].StartsWith("--manifest-path=", StringComparison.Ordinal)) manifest = own[i]["--manifest-path=".Length..];
        }
        if (!target) { start.ArgumentList.Add("--target"); start.ArgumentList.Add(RustcToolchain.HostTriple); }
        if (!targetDir)
        {
            start.ArgumentList.Add("--target-dir");
            start.ArgumentList.Add(Path.Combine(TargetDirectory(cargo, toolchain, manifest), "mirlink"));
        }
        for (int i = 0; i < args.Length; i++)
        {
            // Ours, not cargo's.
            if (i < own.Length && args[i] == BackendOption) i++;
            else if (i >= own.Length || !args[i].StartsWith(BackendOption + "=", StringComparison.Ordinal)) start.ArgumentList.Add(args[i]);
        }

        start.Environment["RUSTC"] = toolchain.Rustc;
        start.Environment["RUSTC_WRAPPER"] = Path.Combine(AppContext.BaseDirectory, "mirlink-rustc");
        start.Environment["MIRLINK_RUSTC"] = toolchain.Rustc;
        start.Environment[WrapperVariable] = "1";
        start.Environment[ToolBuild.Variable] = ToolBuild.Id;
        BuildOverride.Set(start.Environment, own, manifest);
        if (backend is not null) start.Environment[BackendChoice.Variable] = BackendChoice.Known(backend);
        return start;
    }

    /// <summary>The cargo beside rustc; MIRLINK_CARGO names another.</summary>
    public static string CargoOf(RustcToolchain toolchain)
    {
        if (Environment.GetEnvironmentVariable("MIRLINK_CARGO") is { Length: > 0 } named) return named;
        string beside = Path.Combine(Path.GetDirectoryName(toolchain.Rustc)!, "cargo");
        return File.Exists(beside) ? beside : throw new MirlinkException($"there is no cargo beside `{toolchain.Rustc}`") { Help = "install cargo of the same version, or name one in MIRLINK_CARGO" };
    }

    private static string TargetDirectory(string cargo, RustcToolchain toolchain, string? manifest)
    {
        var start = new ProcessStartInfo(cargo) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string a in (string[])["metadata", "--no-deps", "--format-version=1"]) start.ArgumentList.Add(a);
        if (manifest is not null) { start.ArgumentList.Add("--manifest-path"); start.ArgumentList.Add(manifest); }
        start.Environment["RUSTC"] = toolchain.Rustc;
        using var process = Start(start);
        var errors = process.StandardError.ReadToEndAsync();
        string json = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            string text = errors.Result.Trim();
            throw new MirlinkException(text.StartsWith("error: ", StringComparison.Ordinal) ? text["error: ".Length..] : text);
        }
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("target_directory").GetString() ?? "target";
    }
}
