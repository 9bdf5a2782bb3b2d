using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mirlink.Linker.Statistics;
using Mirlink.Mir;

namespace Mirlink.Cli.Statistics;

/// <summary>A stage of the link: its times differ from run to run.</summary>
internal sealed record StageDocument(string Name, double WallMs, double CpuMs, long Items, long PeakBytes);

/// <summary>What `mirlink stats --json` prints; the names are those of <see cref="LinkStatistics"/> in snake case. README.md describes it.</summary>
internal sealed record StatisticsDocument(int Format, string Crate, string Backend, string OptLevel, int Reached, int Elsewhere, CodeSize Lowered, CodeSize Merged, int Erased, CodeSize Compiled, int Units,
    IReadOnlyList<FunctionStatistics> Functions, IReadOnlyList<StageDocument> Stages)
{
    /// <summary>Grows when a field changes its meaning or goes; new fields may appear without.</summary>
    public const int CurrentFormat = 1;

    public static StatisticsDocument Of(LinkStatistics s) => new(CurrentFormat, s.Crate, s.Backend, s.OptLevel, s.Reached, s.Elsewhere, s.Lowered, s.Merged, s.Erased, s.Compiled, s.Units, s.Functions,
        [.. s.Stages.Select(static t => new StageDocument(t.Name, Math.Round(t.Wall.TotalMilliseconds, 1), Math.Round(t.Cpu.TotalMilliseconds, 1), t.Items, t.PeakBytes))]);

    // Names are full of `<` and `>`, which are escaped by default for the sake of HTML.
    private static readonly StatisticsJson s_json = new(new JsonSerializerOptions(StatisticsJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public string ToJson() => JsonSerializer.Serialize(this, s_json.StatisticsDocument);

    /// <exception cref="MirlinkException">The file is not one that this version wrote.</exception>
    public static StatisticsDocument Read(string path)
    {
        try
        {
            if (JsonSerializer.Deserialize(File.ReadAllBytes(path), StatisticsJson.Default.StatisticsDocument) is { Format: CurrentFormat } document) return document;
        }
        catch (JsonException)
        {
        }
        throw new MirlinkException($"`{path}` does not hold statistics of this version of mirlink") { Help = "remove the file and edit or touch a source file of the program" };
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(StatisticsDocument))]
internal sealed partial class StatisticsJson : JsonSerializerContext;
