namespace Mirlink.Cli.Compile;

/// <summary>
/// MIRLINK_KEEP_LINK=DIR keeps, for each program that cargo builds, what its final link is given: the root crate, and an argument file with which `mirlink link`
/// or `mirlink stats` does it again.
/// </summary>
internal static class KeptLink
{
    public const string Variable = "MIRLINK_KEEP_LINK";

    /// <summary>Before the <see cref="ToolBuild.Id"/> of who made the crates: another build may not be able to link them.</summary>
    private const string Comment = "# mirlink ";

    public static void Keep(RustcArgs args, string crate, string backend)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } folder || !File.Exists(crate)) return;
        Directory.CreateDirectory(folder);
        string root = Path.Combine(Path.GetFullPath(folder), args.EffectiveCrateName + args.ExtraFilename + Path.GetExtension(crate));
        File.Copy(crate, root, overwrite: true);
        var lines = new List<string> { Comment + ToolBuild.Id, Quoted(root) };
        foreach (string dir in args.SearchPaths) lines.Add("-L " + Quoted(Absolute(dir)));
        foreach (var (name, path) in args.Externs) lines.Add("--extern " + Quoted($"{name}={Path.GetFullPath(path)}"));
        foreach (string lib in args.NativeLibs) lines.Add("-l " + Quoted(lib));
        if (args.WantsOptimization) lines.Add("-O3");
        if (args.WantsDebugInfo) lines.Add("-C debuginfo=2");
        foreach (var (name, value) in args.Codegen) lines.Add("-C " + Quoted(value is null ? name : $"{name}={value}"));
        lines.Add("--backend " + backend);
        File.WriteAllLines(Path.ChangeExtension(root, ".args"), lines);
    }

    /// <summary>[KIND=]PATH with an absolute path.</summary>
    private static string Absolute(string dir)
    {
        int at = dir.IndexOf('=', StringComparison.Ordinal);
        return dir[..(at + 1)] + Path.GetFullPath(dir[(at + 1)..]);
    }

    private static string Quoted(string argument) => argument.Contains(' ', StringComparison.Ordinal) ? $"\"{argument}\"" : argument;
}
