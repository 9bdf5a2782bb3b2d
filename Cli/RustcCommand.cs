using System.Diagnostics;
using System.Globalization;
using Mirlink.Mir;
using Mirlink.Rlib;
using Mirlink.Rustc;

namespace Mirlink.Cli;

/// <summary>
/// `mirlink rustc`: rustc's front end on a crate, its metadata with all MIR packed into an rlib that rustc itself accepts as a dependency. A binary is
/// compiled twice: as itself for the user's diagnostics, as a library for `main`'s MIR.
/// </summary>
internal static class RustcCommand
{
    public static int Run(ReadOnlySpan<string> args)
    {
        var toolchain = RustcToolchain.Find();
        var line = RustcCommandLine.Parse(args);
        if (!line.EmitsMirRlib) return Spawn(toolchain, args.ToArray(), bootstrap: false);
        if (line.Source is null) throw new MirlinkException("`--emit=mir-rlib` needs a source file");

        string output = line.OutputPath();
        string rmeta = $"{output}.{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}.rmeta";
        try
        {
            if (line.CrateType is not ("lib" or "rlib"))
            {
                string discarded = rmeta + ".diag";
                int checkedStatus = Spawn(toolchain, [.. line.Rest, "--crate-type", line.CrateType, $"--emit=metadata={discarded}"], bootstrap: false);
                File.Delete(discarded);
                if (checkedStatus != 0) return checkedStatus;
            }
            List<string> mir = [.. line.Rest, "--crate-type", "rlib", $"--emit=metadata={rmeta}", "-Zalways-encode-mir"];
            if (line.CrateType is not ("lib" or "rlib")) mir.Add("--cap-lints=allow");
            int status = Spawn(toolchain, mir, bootstrap: true);
            if (status != 0) return status;

            byte[] archive = ArWriter.Write([new ArEntry(ArArchive.MetadataMember, File.ReadAllBytes(rmeta))]);
            string partial = rmeta + ".tmp";
            File.WriteAllBytes(partial, archive);
            File.Move(partial, output, overwrite: true);
            return 0;
        }
        finally
        {
            File.Delete(rmeta);
        }
    }

    private static int Spawn(RustcToolchain toolchain, IReadOnlyList<string> args, bool bootstrap)
    {
        var start = new ProcessStartInfo(toolchain.Rustc);
        foreach (string a in args) start.ArgumentList.Add(a);
        // For this process only: build scripts must not believe in a nightly compiler.
        if (bootstrap) start.Environment["RUSTC_BOOTSTRAP"] = "1";
        try
        {
            using var process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new MirlinkException($"cannot run {toolchain.Rustc}: {e.Message}", e);
        }
    }
}
