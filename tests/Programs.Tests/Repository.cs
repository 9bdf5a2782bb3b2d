namespace Mirlink.Programs.Tests;

/// <summary>Where things are: the repository root and the folders the tests read and write.</summary>
internal static class Repository
{
    /// <summary>The nearest ancestor of the test assembly that holds the solution file.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The programs' folder relative to <see cref="Root"/>: compilers see this path, so that messages name the same place.</summary>
    public const string Programs = "tests/programs";

    /// <summary>Everything the tests write goes below this folder.</summary>
    public static string Artifacts { get; } = Path.Combine(Root, "artifacts", "programs");

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "mirlink.slnx")))
            {
                return directory.FullName;
            }
        }
        throw new DirectoryNotFoundException($"no ancestor of {AppContext.BaseDirectory} holds mirlink.slnx");
    }
}
