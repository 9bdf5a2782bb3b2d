using System.Text;

namespace Mirlink.Programs.Tests;

/// <summary>
/// One file of <c>tests/programs</c> and the options in its header, which is the leading block of <c>//</c> lines:
/// <c>compile-flags:</c>, <c>edition:</c> (2021), <c>args:</c>, <c>env: K=V</c> (repeatable), <c>stdin:</c> (one line each, repeatable).
/// </summary>
internal sealed class TestProgram
{
    public required string Name { get; init; }
    /// <summary>Relative to the repository root.</summary>
    public required string SourcePath { get; init; }
    public required string Text { get; init; }
    public string Edition { get; private set; } = "2021";
    public List<string> CompileFlags { get; } = [];
    public List<string> Arguments { get; } = [];
    public List<KeyValuePair<string, string>> Environment { get; } = [];
    public string StandardInput { get; private set; } = "";

    public static TestProgram Load(string name)
    {
        string path = $"{Repository.Programs}/{name}.rs";
        var program = new TestProgram { Name = name, SourcePath = path, Text = File.ReadAllText(Path.Combine(Repository.Root, path)) };
        var input = new StringBuilder();
        foreach (string line in program.Text.Split('\n'))
        {
            if (!line.StartsWith("//", StringComparison.Ordinal))
            {
                break;
            }
            int colon = line.IndexOf(':');
            if (colon < 0)
            {
                continue;
            }
            string value = line[(colon + 1)..].Trim();
            switch (line[2..colon].Trim())
            {
                case "compile-flags": program.CompileFlags.AddRange(Words(value)); break;
                case "edition": program.Edition = value; break;
                case "args": program.Arguments.AddRange(Words(value)); break;
                case "stdin": input.Append(value).Append('\n'); break;
                case "env":
                    string[] pair = value.Split('=', 2);
                    program.Environment.Add(new(pair[0], pair[1]));
                    break;
            }
        }
        program.StandardInput = input.ToString();
        return program;
    }

    /// <summary>What both compilers are told besides input and output.</summary>
    public IEnumerable<string> FrontEndArguments(int optLevel)
        => ["--edition", Edition, "-A", "warnings", "-C", $"opt-level={optLevel}", .. CompileFlags];

    /// <summary>What the final link is told besides input and output: the optimization level and the file's codegen options.</summary>
    public IEnumerable<string> LinkArguments(int optLevel) => [$"-O{optLevel}", .. CompileFlags];

    private static string[] Words(string value) => value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
