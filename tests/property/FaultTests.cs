using Mirlink.Backend.Cranelift;
using Mirlink.Difftest;
using Mirlink.Mir;
using Mirlink.Rustc;
using Xunit.Abstractions;

namespace Mirlink.Property;

/// <summary>
/// Does the net catch fish? Each deliberate miscompilation is found. MIRLINK_MUTATION_CHECK=FILE looks for all of them and writes how long each took to the file,
/// MIRLINK_MUTATION_FAULTS=A,B for some; otherwise it is those that MIR programs show, and few of these are enough.
/// </summary>
public sealed class FaultTests(ITestOutputHelper output) : IDisposable
{
    private const int MirPrograms = 1900, RustPrograms = 100, FewMirPrograms = 440;

    /// <summary>Seen only where Mirlink's layout and lowering are not on both sides: by programs made of Rust, which take longer.</summary>
    private static readonly Fault[] s_rustOnly = [Fault.TagInsteadOfNiche, Fault.DropOrder];

    private readonly string _directory = Directory.CreateTempSubdirectory("mirlink-faults-").FullName;

    public void Dispose()
    {
        DeliberateFault.Active = Fault.None;
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Deliberate_faults_are_found() => DifferentialTests.OnDeepStack(() =>
    {
        bool cranelift = CraneliftLibrary.IsAvailable;
        string? report = Environment.GetEnvironmentVariable("MIRLINK_MUTATION_CHECK");
        string[]? chosen = Environment.GetEnvironmentVariable("MIRLINK_MUTATION_FAULTS")?.Split(',');
        var check = new MutationCheck(RustcToolchain.Find(), _directory, cranelift);
        var missed = new List<string>();
        int found = 0;
        foreach (var fault in Enum.GetValues<Fault>())
        {
            if (fault == Fault.None || !cranelift && fault.ToString().StartsWith("Cranelift", StringComparison.Ordinal)) continue;
            bool rustOnly = s_rustOnly.Contains(fault);
            if (chosen is not null ? !chosen.Contains(fault.ToString()) : report is null && rustOnly) continue;
            var result = rustOnly ? check.InRustPrograms(fault, RustPrograms) : check.InMirPrograms(fault, report is null ? FewMirPrograms : MirPrograms);
            if (report is not null && result.MirPrograms is null && result.RustPrograms is null) result = check.InRustPrograms(fault, RustPrograms);
            output.WriteLine(result.ToString());
            if (report is not null) File.AppendAllText(report, result + "\n");
            if (result.MirPrograms is null && result.RustPrograms is null) missed.Add(fault.ToString());
            else found++;
        }
        Assert.True(missed.Count == 0, $"not found: {string.Join(", ", missed)}");
        Assert.True(found > 0);
        return 0;
    });
}
