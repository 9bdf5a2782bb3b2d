namespace Mirlink.Bench;

/// <summary>A program to build: a line of what run.sh writes, `name executable manifest options...`.</summary>
internal sealed record Application(string Name, string Executable, string Manifest, string[] Options)
{
    public static List<Application> Read(string path)
    {
        var all = new List<Application>();
        foreach (string line in File.ReadAllLines(path))
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var name, var executable, var manifest, .. var options]) all.Add(new Application(name, executable, manifest, options));
        return all;
    }

    /// <summary>As in the names of rustc's files.</summary>
    public string Crate => Executable.Replace('-', '_');
}
