using System.Diagnostics;
using Mirlink.Mir.Traits;
using Mirlink.Rustc.Import;

namespace Mirlink.Mir.Tests;

/// <summary>The rustc that the tests ask (`MIRLINK_RUSTC`, else Debian's, else the one in PATH).</summary>
static class Toolchain
{
    public static string Rustc { get; } = Environment.GetEnvironmentVariable("MIRLINK_RUSTC") ?? (File.Exists("/usr/bin/rustc") ? "/usr/bin/rustc" : "rustc");
    public static string LibDirectory { get; } = Run(Rustc, Path.GetTempPath(), "--print", "target-libdir").Trim();

    public static string Run(string program, string directory, params string[] args)
    {
        var info = new ProcessStartInfo(program) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment["RUSTC_BOOTSTRAP"] = "1";
        foreach (var a in args) info.ArgumentList.Add(a);
        using var p = Process.Start(info)!;
        var errors = p.StandardError.ReadToEndAsync();
        var output = p.StandardOutput.ReadToEnd();
        p.WaitForExit();
        return p.ExitCode == 0 ? output : throw new InvalidOperationException(errors.Result);
    }

    /// <summary>A session with a source (text, or path of a crate's root, whose edition is in the flags) compiled as a library, std under it, and trait selection. </summary>
    public static (TyCtxt Tcx, int Krate, string Directory) Compile(string name, string source, params string[] flags)
    {
        var dir = Path.Combine(Path.GetTempPath(), "mirlink-mir-tests", name + "-" + Environment.ProcessId);
        Directory.CreateDirectory(dir);
        var file = source.EndsWith(".rs", StringComparison.Ordinal) ? Path.GetFullPath(source) : Path.Combine(dir, name + ".rs");
        if (file.StartsWith(dir, StringComparison.Ordinal)) File.WriteAllText(file, source);
        Run(Rustc, dir, [.. source.EndsWith(".rs", StringComparison.Ordinal) ? Array.Empty<string>() : ["--edition", "2024"], "--crate-name", name, "--crate-type", "rlib", "--emit", "metadata,obj,llvm-ir", "-Zalways-encode-mir", "-Csymbol-mangling-version=v0",
            "-Zshare-generics=no", "-Ccodegen-units=1", "-Cno-prepopulate-passes", "-Awarnings", .. flags, file]);
        var tcx = new TyCtxt();
        var krate = new CrateLoader(tcx, [LibDirectory]).Load(Path.Combine(dir, $"lib{name}.rmeta"));
        tcx.Traits = new TraitSelection(tcx);
        tcx.Layouts = new Mirlink.Mir.Abi.LayoutCx(tcx);
        tcx.Eval = new Mirlink.Mir.Interpret.ConstEvaluator(tcx);
        return (tcx, krate, dir);
    }
}
