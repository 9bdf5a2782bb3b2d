using System.Text.RegularExpressions;
using Mirlink.Difftest.Generate;
using Mirlink.Difftest.Run;
using Mirlink.Mir;

namespace Mirlink.Difftest;

/// <summary>
/// Bugs that are filed and not fixed, so that they hide no new ones. A line of the file is `avoid FEATURE`, for a construct that shall not be generated, or
/// `match REGEX`, for failures whose signature matches; after `#` comes which bug it is. Empty when all is well.
/// </summary>
public sealed class KnownBugs
{
    public static readonly KnownBugs None = new();

    private readonly List<Regex> _matches = [];
    private readonly HashSet<string> _avoid = new(StringComparer.Ordinal);

    public IReadOnlySet<string> Avoid => _avoid;

    public bool Explains(Outcome outcome) => Explains(outcome.Signature);
    public bool Explains(string signature) => _matches.Exists(m => m.IsMatch(signature));

    /// <exception cref="MirlinkException">A line is neither.</exception>
    public static KnownBugs Read(string file)
    {
        var known = new KnownBugs();
        foreach (string full in File.ReadLines(file))
        {
            string line = full.Split('#')[0].Trim();
            if (line.Length == 0) continue;
            if (line.StartsWith("match ", StringComparison.Ordinal)) known._matches.Add(new Regex(line[6..].Trim()));
            else if (line.StartsWith("avoid ", StringComparison.Ordinal) && ProgramGenerator.Features.Contains(line[6..].Trim())) known._avoid.Add(line[6..].Trim());
            else throw new MirlinkException($"{file}: `{full}` is neither `match REGEX` nor `avoid FEATURE`") { Help = "the features are: " + string.Join(", ", ProgramGenerator.Features) };
        }
        return known;
    }
}
