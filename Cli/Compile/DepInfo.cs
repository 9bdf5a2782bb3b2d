using System.Text;

namespace Mirlink.Cli.Compile;

/// <summary>rustc's dependency information, as far as Mirlink adds to it.</summary>
internal static class DepInfo
{
    /// <summary>
    /// Tells cargo, in rustc's way, which environment variables a crate was made of besides those that rustc knows. cargo compares them with its own environment before the
    /// next build; crates' hashes and file names do not depend on them. Done before cargo reads the file, which is when the wrapper ends.
    /// </summary>
    public static void Track(RustcArgs args, params ReadOnlySpan<(string Name, string? Value)> variables)
    {
        if (args.DepInfoPath is not { } path || !File.Exists(path)) return;
        var lines = new StringBuilder();
        foreach (var (name, value) in variables) lines.Append("# env-dep:").Append(name).Append(value is null ? "" : "=" + value).Append('\n');
        File.AppendAllText(path, lines.ToString());
    }
}
