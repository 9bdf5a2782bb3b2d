using Mirlink.Fidelity.Applications;

namespace Mirlink.Fidelity.Programs;

/// <summary>A program in one file, with the options that its first lines name; or one that cargo builds.</summary>
public sealed record CorpusProgram(string Set, string Name, string Source, string Edition, string[] Flags)
{
    public Application? Application { get; private init; }

    public static CorpusProgram Of(Application application) => new("applications", application.Name, "", "", []) { Application = application };

    /// <summary>rustc's arguments but for kinds and places of output.</summary>
    public string[] FrontEnd(string level) => Application is { } a ? a.Program.FrontEnd : [Source, "--crate-name=" + Name, "--edition=" + Edition, "-Copt-level=" + level, .. Flags];

    /// <summary>The programs of tests/programs; of the quick corpus every twentieth.</summary>
    public static List<CorpusProgram> All(Corpus corpus)
    {
        string? filter = Environment.GetEnvironmentVariable("FIDELITY_PROGRAM");
        var result = new List<CorpusProgram>();
        int number = 0;
        foreach (string file in Directory.GetFiles(Path.Combine(corpus.Repository, "tests", "programs"), "*.rs").Order(StringComparer.Ordinal))
        {
            bool taken = number++ % 20 == 3 || !corpus.Quick;
            if (filter is null ? !taken : !Path.GetFileNameWithoutExtension(file).Contains(filter, StringComparison.Ordinal)) continue;
            string edition = "2021";
            var flags = new List<string>();
            foreach (string line in File.ReadLines(file).TakeWhile(l => l.StartsWith("//", StringComparison.Ordinal)))
            {
                if (line.StartsWith("// edition:", StringComparison.Ordinal)) edition = line[11..].Trim();
                if (line.StartsWith("// compile-flags:", StringComparison.Ordinal)) flags.AddRange(line[17..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
            }
            result.Add(new CorpusProgram("tests/programs", Path.GetFileNameWithoutExtension(file), file, edition, [.. flags]));
        }
        return result;
    }
}
