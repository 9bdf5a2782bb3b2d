using System.CommandLine;
using System.Runtime.InteropServices;
using Mirlink.Backend.Cranelift;
using Mirlink.Backend.Llvm;
using Mirlink.Cli.Compile;
using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Rustc;
using Mirlink.Rustc.Metadata.Raw;

namespace Mirlink.Cli.Commands;

/// <summary>`mirlink doctor`: what the tool found of what it needs, and what is missing.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "Show which rustc, cargo, LLVM and linker are used, and what is missing");
        command.SetAction(_ => Run());
        return command;
    }

    private static int Run()
    {
        bool ok = true;
        Console.WriteLine($"{"mirlink",-10} {ToolBuild.Id}");
        RustcToolchain? toolchain = null;
        ok &= Check("rustc", () => $"{(toolchain = RustcToolchain.Find()).Rustc}: {toolchain.Version}");
        if (toolchain is not null) LlvmLibrary.SearchFolders = [toolchain.HostLibDir];
        Console.WriteLine($"{"releases",-10} rustc {Releases.Listed} can be used");
        foreach (var found in RustcToolchain.All())
            if (found.Rustc != toolchain?.Rustc) Console.WriteLine($"{"",-10} also here: {found.Rustc}: {found.Version}");
        ok &= Check("std", () => toolchain?.LibDir ?? throw new MirlinkException("not looked for: there is no rustc"));
        ok &= Check("cargo", () => CargoCommand.CargoOf(toolchain ?? throw new MirlinkException("not looked for: there is no rustc")));
        ok &= Check("libLLVM", () => LlvmLibrary.Path);
        ok &= Check("lld", () => SystemLinkage.Find(toolchain ?? throw new MirlinkException("not looked for: there is no rustc"), null).Lld);
        ok &= Check("liblz4", () => NativeLibrary.TryLoad("liblz4.so.1", out _) ? "liblz4.so.1" : throw new MirlinkException("liblz4.so.1 cannot be loaded") { Help = "install liblz4 (Debian: liblz4-1)" });
        // Nothing but --backend cranelift needs this one.
        Check("Cranelift", () => CraneliftLibrary.Path);
        Console.WriteLine(ok ? "everything that mirlink needs is there" : "something is missing");
        return ok ? 0 : 1;
    }

    private static bool Check(string what, Func<string> find)
    {
        try
        {
            Console.WriteLine($"{what,-10} {find()}");
            return true;
        }
        catch (MirlinkException e)
        {
            Console.WriteLine($"{what,-10} missing: {e.Message}");
            if (e.Help is { } help) Console.WriteLine($"{"",-10} help: {help}");
            return false;
        }
    }
}
