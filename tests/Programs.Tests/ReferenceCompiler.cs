using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Mirlink.Programs.Tests;

/// <summary>
/// Stock rustc, the one under test: what a program must print. Results are kept under <c>artifacts/programs/reference</c>, keyed by the
/// hash of everything that decides them, so that only new or changed programs are compiled again.
/// </summary>
internal static class ReferenceCompiler
{
    /// <summary>Unless MIRLINK_RUSTC names a compiler, which may be of another release.</summary>
    private const string Release = "1.96.0";
    private static readonly Lazy<(string Path, string Version)> Rustc = new(Find);

    /// <summary>Path of the compiler Mirlink must be told to use as well.</summary>
    public static string Path => Rustc.Value.Path;

    public static Execution Expect(TestProgram program, int optLevel)
    {
        string directory = System.IO.Path.Combine(Repository.Artifacts, "reference");
        Directory.CreateDirectory(directory);
        string key = string.Join('\0', ["1", Rustc.Value.Version, program.SourcePath, program.Text, .. program.FrontEndArguments(optLevel)]);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..16];
        string cached = System.IO.Path.Combine(directory, $"{program.Name}-{hash}.json");
        if (File.Exists(cached))
        {
            return JsonSerializer.Deserialize<Execution>(File.ReadAllText(cached))!;
        }

        // Its own name, since two tests may ask for the same program at once.
        string executable = System.IO.Path.Combine(directory, $"{program.Name}-{Guid.NewGuid():N}");
        var compiled = Execution.Run(Path, [.. program.FrontEndArguments(optLevel), program.SourcePath, "-o", executable], Limits.Compile);
        if (compiled.ExitCode != 0)
        {
            throw new InvalidOperationException($"rustc rejects {program.SourcePath}:\n{compiled.Error}");
        }
        var result = Execution.Run(executable, program.Arguments, Limits.Run, program.StandardInput, program.Environment).Normalized();
        File.Delete(executable);
        string temporary = executable + ".tmp";
        File.WriteAllText(temporary, JsonSerializer.Serialize(result));
        File.Move(temporary, cached, overwrite: true);
        return result;
    }

    private static (string, string) Find()
    {
        string home = Environment.GetEnvironmentVariable("RUSTUP_HOME")
            ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".rustup");
        string?[] candidates =
        [
            Environment.GetEnvironmentVariable("MIRLINK_RUSTC"),
            "/usr/bin/rustc",
            $"{home}/toolchains/{Release}-x86_64-unknown-linux-gnu/bin/rustc",
        ];
        foreach (string? candidate in candidates)
        {
            if (candidate is null || !File.Exists(candidate))
            {
                continue;
            }
            string version = Execution.Run(candidate, ["-vV"], Limits.Compile).Output;
            if (candidate == candidates[0] || version.Contains($"release: {Release}\n", StringComparison.Ordinal))
            {
                return (candidate, version);
            }
        }
        throw new FileNotFoundException($"rustc {Release} not found: run ./setup.sh, or set MIRLINK_RUSTC");
    }
}
