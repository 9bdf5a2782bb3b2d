using System.Globalization;

namespace Mirlink.Cli.Tests;

/// <summary>
/// The same input gives the same bytes, objects and executable, whatever the number of threads and whatever the seed of .NET's string hashes, which is another one in
/// each process. MIRLINK_DETERMINISM_RUNS=50 makes that many runs of a larger program; MIRLINK_DETERMINISM_LINK names another one by the argument
/// file that MIRLINK_KEEP_LINK kept of a build.
/// </summary>
public sealed class DeterminismTests : IDisposable
{
    private static readonly int[] s_threads = [1, 2, 3, 8];

    private readonly Workspace _w = new();

    public void Dispose() => _w.Dispose();

    /// <summary>The Cranelift backend is optional.</summary>
    private bool HasCranelift() => _w.Run("doctor").Output.Contains("libmirlink_cranelift.so", StringComparison.Ordinal);

    [Theory]
    [InlineData("dyn_traits", "llvm", "0")]
    [InlineData("collections_hash", "llvm", "2")]
    [InlineData("iterators", "llvm", "3")]
    [InlineData("collections_hash", "cranelift", "0")]
    [InlineData("iterators", "cranelift", "0")]
    [InlineData("global_asm", "llvm", "2")]
    [InlineData("global_asm", "cranelift", "0")]
    [InlineData("iterators", "llvm", "0", "--erase")]
    [InlineData("collections_hash", "llvm", "2", "--erase")]
    public void TheNumberOfThreadsAndTheHashSeedDoNotMatter(string program, string backend, string level, string erase = "--no-erase")
    {
        if (backend == "cranelift" && !HasCranelift()) return;
        string source = Path.Combine(Tool.Root, "tests", "programs", program + ".rs");
        Workspace.Succeeds(Tool.Run(_w.Folder, ["rustc", source, "--edition=2021", "-Awarnings", "-g", "--crate-type=bin", "--emit=mir-rlib", "-o", "app.rlib"]));
        var first = Link(["app.rlib", "-C", "debuginfo=2", "-O" + level, "--backend", backend, erase], s_threads[0]);
        Assert.True(first.Count >= 3, $"only {string.Join(", ", first.Keys)} were compared");
        foreach (int threads in s_threads[1..]) AssertSame(first, Link(["app.rlib", "-C", "debuginfo=2", "-O" + level, "--backend", backend, erase], threads), $"{threads} threads");
    }

    [Fact]
    public void ManyRunsOfALargerProgram()
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable("MIRLINK_DETERMINISM_RUNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int runs)) return;
        string[] root;
        if (Environment.GetEnvironmentVariable("MIRLINK_DETERMINISM_LINK") is { Length: > 0 } arguments)
        {
            root = ["@" + Path.GetFullPath(arguments)];
        }
        else
        {
            root = ["app.rlib"];
            Workspace.Succeeds(Tool.Run(_w.Folder, ["rustc", Path.Combine(Tool.Root, "tests", "programs", "iterators.rs"), "--edition=2021", "-Awarnings", "-g", "--crate-type=bin", "--emit=mir-rlib", "-o", "app.rlib"]));
        }
        string[] backends = HasCranelift() ? ["llvm", "cranelift"] : ["llvm"];
        foreach (string backend in backends)
        {
            Dictionary<string, byte[]>? first = null;
            for (int i = 0; i < runs; i++)
            {
                var made = Link([.. root, "--backend", backend], s_threads[i % s_threads.Length]);
                AssertSame(first ??= made, made, $"run {i} with {s_threads[i % s_threads.Length]} threads by {backend}");
            }
        }
    }

    /// <summary>A process of its own, whose hash seed is random. Gives each file's bytes by its name.</summary>
    private Dictionary<string, byte[]> Link(string[] arguments, int threads)
    {
        string temps = _w.PathOf("temps"), output = _w.PathOf("app");
        Workspace.Succeeds(_w.Run(["link", .. arguments, "-o", output, "--save-temps", temps, "-j", threads.ToString(CultureInfo.InvariantCulture)]));
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["app"] = File.ReadAllBytes(output) };
        foreach (string o in Directory.GetFiles(temps, "*.o")) files.Add(Path.GetFileName(o), File.ReadAllBytes(o));
        Directory.Delete(temps, recursive: true);
        return files;
    }

    private static void AssertSame(Dictionary<string, byte[]> expected, Dictionary<string, byte[]> actual, string what)
    {
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, bytes) in expected) Assert.True(bytes.AsSpan().SequenceEqual(actual[name]), $"{name} differs: {what}");
    }
}
