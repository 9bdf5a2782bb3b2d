using System.CommandLine;
using Mirlink.Cli.Compile;
using Mirlink.Mir;
using Mirlink.Rustc;

namespace Mirlink.Cli.Commands;

/// <summary>`mirlink rustc`, and the same called by cargo: rustc's own command line, of which `--emit=mir-rlib` (from cargo: every target crate) is ours.</summary>
internal static class RustcCommand
{
    /// <summary>The command for `--help`: its arguments are rustc's and are not parsed here.</summary>
    public static Command Describe() =>
        new Command("rustc", "Compile one crate with rustc's own arguments: --emit=mir-rlib writes a MIR-only rlib, anything else goes to rustc as it is")
        {
            new Argument<string[]>("ARGUMENTS") { Description = "rustc's own: see `rustc --help`", Arity = ArgumentArity.ZeroOrMore },
        }.WithExamples(
            ("a library", "mirlink rustc shapes.rs --edition 2024 --crate-type rlib --emit=mir-rlib -o libshapes.rlib"),
            ("a program that uses it, and its executable", "mirlink rustc app.rs --edition 2024 --crate-type bin --emit=mir-rlib --extern shapes=libshapes.rlib -o app.rlib\nmirlink link app.rlib -L . -o app"),
            ("rustc itself", "mirlink rustc --version"));

    public static int Run(string[] args)
    {
        var line = RustcArgs.Parse(args);
        var toolchain = RustcToolchain.Find(line.Sysroot);
        if (!line.Emits("mir-rlib")) return FrontEnd.Forward(toolchain.Rustc, args);
        foreach (var (kind, _) in line.Emit)
            if (kind is not ("mir-rlib" or "dep-info")) throw new MirlinkException($"`--emit={kind}` cannot be combined with `--emit=mir-rlib`");
        return new CrateCompilation(toolchain, line).ToMirRlib();
    }

    /// <param name="metadataIsThere">rustc's part of a library is done.</param>
    public static int ForCargo(string rustc, string[] args, bool metadataIsThere)
    {
        var line = RustcArgs.Parse(args);
        // Queries come before anything else in a build and are many: nothing is looked for on their way.
        if (line.IsQuery) return FrontEnd.Forward(rustc, args);
        return new CrateCompilation(RustcToolchain.Find(line.Sysroot), line).ForCargo(args, metadataIsThere);
    }
}
