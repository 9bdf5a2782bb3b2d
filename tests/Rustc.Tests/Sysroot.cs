using System.Diagnostics;

namespace Mirlink.Rustc.Tests;

/// <summary>The rustc under test (`MIRLINK_RUSTC`, else Debian's, else the one in PATH) and its precompiled standard library.</summary>
static class Sysroot
{
    public static string Rustc { get; } = Environment.GetEnvironmentVariable("MIRLINK_RUSTC") ?? (File.Exists("/usr/bin/rustc") ? "/usr/bin/rustc" : "rustc");

    public static string LibDirectory { get; } = Run(Path.GetTempPath(), "--print", "target-libdir").Trim();

    /// <summary>The file of a crate of the standard library.</summary>
    public static string File_(string crate, string extension = ".rmeta")
    {
        var found = Directory.GetFiles(LibDirectory, $"lib{crate}-*{extension}");
        return found.Length == 1 ? found[0] : throw new FileNotFoundException($"{crate}{extension} in {LibDirectory}: {found.Length} files");
    }

    /// <summary>Runs rustc with nightly flags allowed; its standard output. Fails with its standard error.</summary>
    public static string Run(string directory, params string[] args)
    {
        var info = new ProcessStartInfo(Rustc) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment["RUSTC_BOOTSTRAP"] = "1";
        foreach (var a in args) info.ArgumentList.Add(a);
        using var p = Process.Start(info)!;
        var errors = p.StandardError.ReadToEndAsync();
        var output = p.StandardOutput.ReadToEnd();
        p.WaitForExit();
        return p.ExitCode == 0 ? output : throw new InvalidOperationException(errors.Result);
    }
}
