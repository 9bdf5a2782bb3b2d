using System.Text;

namespace Mirlink.Fidelity.Applications;

/// <summary>How cargo had a crate compiled, as rustc-wrapper.sh wrote it down, and what came of it.</summary>
/// <param name="File">Without its extension: .args, and for libraries .ll, .mir and .printed.</param>
/// <param name="Environment">Of programs only.</param>
public sealed record RecordedCrate(string File, string Package, string Version, string Directory, string[] Args, (string Name, string Value)[] Environment)
{
    public static RecordedCrate Read(string argsFile)
    {
        string[] parts = Encoding.UTF8.GetString(System.IO.File.ReadAllBytes(argsFile)).Split('\0');
        int end = Array.IndexOf(parts, "", 3);
        return new RecordedCrate(Path.ChangeExtension(argsFile, null), parts[0], parts[1], parts[2], parts[3..end],
            [.. parts[(end + 1)..].Select(static p => p.Split('=', 2)).Where(static p => p.Length == 2).Select(static p => (p[0], p[1]))]);
    }

    /// <summary>The record of the crate whose metadata that is; null if the corpus did not compile it.</summary>
    public static RecordedCrate? Of(string metadata)
    {
        string name = Path.GetFileNameWithoutExtension(metadata), args = Path.Combine(Path.GetDirectoryName(metadata)!, name["lib".Length..] + ".args");
        return System.IO.File.Exists(args) ? Read(args) : null;
    }

    public string Name => After("--crate-name").Single();
    public bool IsProgram => After("--crate-type").SequenceEqual(["bin"]);
    public string Level => After("-C").LastOrDefault(static a => a.StartsWith("opt-level=", StringComparison.Ordinal))?["opt-level=".Length..] ?? "0";
    public string Metadata => Path.Combine(Path.GetDirectoryName(File)!, $"lib{Path.GetFileName(File)}.rmeta");
    public string[] Printed => System.IO.File.ReadAllLines(File + ".printed");

    /// <summary>Files of its direct dependencies, procedural macros excepted.</summary>
    public IEnumerable<string> Externs => After("--extern").Select(static e => e[(e.IndexOf('=') + 1)..]).Where(static e => e.EndsWith(".rmeta", StringComparison.Ordinal) || e.EndsWith(".rlib", StringComparison.Ordinal));

    /// <summary>Everything that it depends on, in no order.</summary>
    public IEnumerable<RecordedCrate> Dependencies()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var queue = new Queue<RecordedCrate>([this]);
        while (queue.TryDequeue(out var crate))
            foreach (string file in crate.Externs)
            {
                if (!seen.Add(Path.ChangeExtension(file, null)) || Of(file) is not { } dependency) continue;
                yield return dependency;
                queue.Enqueue(dependency);
            }
    }

    /// <summary>What makes a difference for the crate itself: without kinds, places and forms of output.</summary>
    public string[] FrontEnd
    {
        get
        {
            var args = new List<string>();
            for (int i = 0; i < Args.Length; i++)
            {
                if (Args[i] is "--crate-type" or "--out-dir") i++;
                else if (!Args[i].StartsWith("--error-format", StringComparison.Ordinal) && !Args[i].StartsWith("--json", StringComparison.Ordinal)) args.Add(Args[i]);
            }
            return [.. args];
        }
    }

    IEnumerable<string> After(string option)
    {
        for (int i = 0; i + 1 < Args.Length; i++) if (Args[i] == option) yield return Args[i + 1];
    }
}
