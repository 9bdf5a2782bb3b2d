using System.Text;

namespace Mirlink.Bench.Measure;

/// <summary>
/// The last crate of a stock build once more, its objects and linker's command line kept: to count what is in the objects, and to link them again.
/// </summary>
internal static class StockLink
{
    /// <returns>The objects of the program itself, and the linker's arguments without the C compiler driver's name.</returns>
    public static (List<string> Objects, List<string> Linker) Repeat(Session s, Application app, Variant v)
    {
        string arguments = s.Folder(app, v.Name + ".link-args");
        string deps = Path.Combine(v.Units(s, app), "deps");
        var objects = () => Directory.EnumerateFiles(deps, app.Crate + "-*.o").Order(StringComparer.Ordinal).ToList();
        if (!File.Exists(arguments) || objects().Count == 0)
        {
            // Fresh for cargo, it would not be compiled: nothing of the earlier try may be left.
            foreach (string file in Directory.EnumerateFiles(deps, app.Crate + "-*")) File.Delete(file);
            string fingerprints = Path.Combine(v.Units(s, app), ".fingerprint");
            foreach (string unit in Directory.EnumerateDirectories(fingerprints)) if (Directory.EnumerateFiles(unit, "*bin-" + app.Executable + "*").Any()) Directory.Delete(unit, recursive: true);
            string log = s.Folder(app, v.Name + ".link.log");
            var usage = Meter.Run(v.Command(s, app, rustc: ["-C", "save-temps", $"--print=link-args={arguments}"]), log);
            if (usage.ExitCode != 0) throw new InvalidOperationException($"{app.Name}: {v.Name} cannot be linked once more: see {log}");
        }
        return (objects(), Split(File.ReadAllText(arguments)));
    }

    /// <summary>rustc prints a command for the shell: names of variables, the driver, arguments in double quotes.</summary>
    private static List<string> Split(string command)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        bool quoted = false, any = false;
        for (int i = 0; i < command.Length; i++)
        {
            char c = command[i];
            if (c == '"') { quoted = !quoted; any = true; }
            else if (c == '\\' && i + 1 < command.Length) { word.Append(command[++i]); any = true; }
            else if (char.IsWhiteSpace(c) && !quoted) { if (any) words.Add(word.ToString()); word.Clear(); any = false; }
            else { word.Append(c); any = true; }
        }
        if (any) words.Add(word.ToString());
        int driver = words.FindIndex(static w => w is "cc" or "gcc" or "clang" || w.EndsWith("/cc", StringComparison.Ordinal));
        return driver < 0 ? throw new InvalidDataException($"no C compiler driver in {command}") : words[(driver + 1)..];
    }
}
