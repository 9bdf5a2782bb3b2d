using Mirlink.Mir;
using Mirlink.Mir.Text;

namespace Mirlink.Rlib.Tests;

/// <summary>rustc's metadata, our section, the crate read from it: the same crate.</summary>
public sealed class RoundTripTests : IDisposable
{
    private readonly CrateFiles _files = new();

    public void Dispose() => _files.Dispose();

    public static TheoryData<string> Programs() => ["async_executor", "closures", "const_generics", "dyn_traits", "enums_niches", "gats_impl_trait", "global_asm", "inline_asm", "simd", "statics_consts", "traits"];

    [Theory]
    [MemberData(nameof(Programs))]
    public void AProgram(string name) => RoundTrip(_files.Compile(Path.Combine(CrateFiles.Repository, "tests/programs", name + ".rs"), name));

    [Fact]
    public void Alloc() => RoundTrip(Directory.GetFiles(CrateFiles.Toolchain.LibDir, "liballoc-*.rmeta").Single());

    private void RoundTrip(string metadata)
    {
        var (tcx, number) = _files.Open(metadata);
        byte[] section = SectionWriter.Write(tcx, number, CrateFiles.Toolchain.Version);
        var (again, copy) = _files.Open(_files.WriteRlib(section, Path.GetFileNameWithoutExtension(metadata) + ".rlib"));
        var from = tcx.Crates[number];
        var to = Assert.IsType<RlibCrate>(again.Crates[copy]);

        Assert.True(section.AsSpan().SequenceEqual(SectionWriter.Write(again, copy, to.RustcVersion)), "written again, the section is another one");
        Assert.Equal(from.DefCount, to.DefCount);
        int bodies = 0;
        for (int i = 0; i < from.DefCount; i++)
        {
            if (from.DefKind(i) is null)
            {
                Assert.Null(to.DefKind(i));
                continue;
            }
            foreach (var (name, ask) in CrateQueries.OfDefinition)
            {
                object? want = ask(from, i), have = ask(to, i);
                // What both have no word for is most of it.
                if (want is null && have is null) continue;
                Same($"{name} of {i}", Dump.Of(tcx, want), Dump.Of(again, have));
                if (want is not Body body) continue;
                Same($"{name} of {i} as text", MirPrinter.Print(tcx, body), MirPrinter.Print(again, (Body)have!));
                bodies++;
            }
        }
        foreach (var (name, ask) in CrateQueries.OfCrate) Same(name, Dump.Of(tcx, ask(from)), Dump.Of(again, ask(to)));
        Assert.True(bodies > 10, $"only {bodies} bodies were compared");
    }

    private static void Same(string what, string want, string have)
    {
        if (want == have) return;
        int at = want.AsSpan().CommonPrefixLength(have);
        string Around(string s) => s[Math.Max(0, at - 100)..Math.Min(s.Length, at + 200)];
        Assert.Fail($"{what} differs at {at}:\n  in rustc's metadata: {Around(want)}\n  in our section:      {Around(have)}");
    }
}
