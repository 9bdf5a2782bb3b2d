// One at a time: programs are built with all cores, and a deliberate fault is the whole process's.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Mirlink.Property;

internal static class Repository
{
    /// <summary>The nearest ancestor of the test assembly that holds the solution file.</summary>
    public static string Root { get; } = FindRoot();

    public static string Regressions => Path.Combine(Root, "tests", "regressions");

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "mirlink.slnx"))) return directory.FullName;
        throw new DirectoryNotFoundException($"no ancestor of {AppContext.BaseDirectory} holds mirlink.slnx");
    }
}
