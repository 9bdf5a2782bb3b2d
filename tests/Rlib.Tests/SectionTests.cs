using Mirlink.Mir;

namespace Mirlink.Rlib.Tests;

/// <summary>What the format promises besides its contents: laziness, checks, content hashes.</summary>
public sealed class SectionTests : IDisposable
{
    private readonly CrateFiles _files = new();

    public void Dispose() => _files.Dispose();

    private const string Source = """
        pub struct Circle(pub f64);
        impl Circle { pub fn area(&self) -> f64 { self.0 * self.0 } }
        pub static TABLE: &[u8] = &[1, 2, 3];
        pub fn sum() -> u32 { TABLE.iter().map(|b| *b as u32).sum() }
        """;

    private static int Find(ICrateSource crate, string name)
    {
        for (int i = 0; i < crate.DefCount; i++) if (crate.DefKind(i) is not null && crate.DefKey(i).Name == name) return i;
        throw new InvalidOperationException($"no {name}");
    }

    private (string Rlib, ArMember Section) Damaged(string metadata, params ChunkKind[] kinds)
    {
        var (_, rlib) = _files.ToRlib(metadata);
        ArMember section;
        using (var archive = ArArchive.Open(rlib)) section = archive.Find(SectionFormat.SectionMember)!.Value;
        IReadOnlyList<Chunk> chunks;
        using (var crate = RlibCrate.Open(new TyCtxt(), rlib, section.Offset, section.Size)) chunks = crate.Chunks;
        byte[] bytes = File.ReadAllBytes(rlib);
        foreach (var c in chunks) if (kinds.Contains(c.Kind)) bytes[section.Offset + c.Offset + c.CompressedSize / 2] ^= 1;
        File.WriteAllBytes(rlib, bytes);
        return (rlib, section);
    }

    /// <summary>Nothing but the header was read, or opening would fail.</summary>
    [Fact]
    public void OpeningReadsNoChunk()
    {
        var (rlib, section) = Damaged(_files.CompileText(Source, "shapes"), Enum.GetValues<ChunkKind>());
        using var crate = RlibCrate.Open(new TyCtxt(), rlib, section.Offset, section.Size);
        Assert.Equal("shapes", crate.Info.Name);
        Assert.Contains(crate.Deps, d => d.Name == "core");
        Assert.Equal(5, crate.Chunks.Select(c => c.Kind).Distinct().Count());
        Assert.Contains("the checksum of section Definitions", Assert.Throws<MirlinkException>(() => crate.DefKind(0)).Message);
    }

    [Fact]
    public void ItemsAreReadWithoutBodies()
    {
        var (rlib, _) = Damaged(_files.CompileText(Source, "shapes"), ChunkKind.Bodies, ChunkKind.Allocations);
        var (tcx, number) = _files.Open(rlib);
        var crate = tcx.Crates[number];
        int area = Find(tcx.Crates[number], "area");
        Assert.NotNull(crate.FnSig(area));
        Assert.True(crate.HasOptimizedMir(area));
        Assert.Contains("the checksum of section Bodies", Assert.Throws<MirlinkException>(() => crate.OptimizedMir(area)).Message);
    }

    [Fact]
    public void BodiesAreReadWithoutAllocations()
    {
        var (rlib, _) = Damaged(_files.CompileText(Source, "shapes"), ChunkKind.Allocations);
        var (tcx, number) = _files.Open(rlib);
        Assert.NotNull(tcx.Crates[number].OptimizedMir(Find(tcx.Crates[number], "area")));
        Assert.Contains("the checksum of section Allocations", Assert.Throws<MirlinkException>(() => tcx.Crates[number].StaticInitializer(Find(tcx.Crates[number], "TABLE"))).Message);
    }

    [Fact]
    public void EqualCratesGiveEqualSections()
    {
        string metadata = _files.CompileText(Source, "shapes");
        Assert.Equal(_files.ToRlib(metadata).Section, _files.ToRlib(metadata).Section);
    }

    /// <summary>An item added before renumbers everything behind it, and means nothing to it.</summary>
    [Fact]
    public void ContentHashesAreOfMeaning()
    {
        var before = Hashes(Source);
        // Lines are part of a body's meaning: panics tell them.
        var renumbered = Hashes("pub fn unrelated() -> Option<u8> { None } " + Source);
        var changed = Hashes(Source.Replace("self.0 * self.0", "self.0 + self.0"));
        Assert.Equal(before["area"], renumbered["area"]);
        Assert.Equal(before["Circle"], renumbered["Circle"]);
        Assert.Equal(before["TABLE"], renumbered["TABLE"]);
        Assert.Equal(before["sum"], renumbered["sum"]);
        Assert.NotEqual(before["area"], changed["area"]);
        Assert.Equal(before["Circle"], changed["Circle"]);
        Assert.Equal(before["sum"], changed["sum"]);
    }

    private Dictionary<string, Hash128> Hashes(string source)
    {
        var (_, rlib) = _files.ToRlib(_files.CompileText(source, "shapes"));
        var (tcx, number) = _files.Open(rlib);
        var crate = (RlibCrate)tcx.Crates[number];
        var hashes = new Dictionary<string, Hash128>();
        for (int i = 0; i < crate.DefCount; i++)
            if (crate.DefKind(i) is DefKind.AssocFn or DefKind.Fn or DefKind.Static or DefKind.Struct) hashes[crate.DefKey(i).Name!] = crate.ContentHash(i);
        return hashes;
    }
}
