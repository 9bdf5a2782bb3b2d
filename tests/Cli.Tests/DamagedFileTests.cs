using System.Buffers.Binary;
using Mirlink.Mir;
using Mirlink.Rlib;

namespace Mirlink.Cli.Tests;

/// <summary>Rlibs and metadata that were cut off, damaged, or written by another compiler. One program is compiled; each test damages a copy.</summary>
public sealed class DamagedFileTests : IClassFixture<DamagedFileTests.Compiled>, IDisposable
{
    public sealed class Compiled : IDisposable
    {
        internal Workspace Workspace { get; } = new();

        public Compiled() => Workspace.Compile("app.rlib", """
            static GREETING: &str = "hello";
            static TABLE: [u8; 4] = [1, 2, 3, 4];
            pub struct Circle(f64);
            impl Circle { fn area(&self) -> f64 { self.0 * self.0 } }
            fn main() { println!("{GREETING} {} {}", Circle(2.0).area(), TABLE[std::env::args().count()]); }
            """);

        public void Dispose() => Workspace.Dispose();
    }

    private const string Rebuild = "help: rebuild the crate; if it came from a cache, clear the cache";
    private readonly Workspace _w = new();
    private readonly byte[] _good;
    private readonly ArMember _metadata, _section;
    private readonly IReadOnlyList<Chunk> _chunks;

    public DamagedFileTests(Compiled compiled)
    {
        _good = compiled.Workspace.Read("app.rlib");
        _metadata = compiled.Workspace.Member("app.rlib", SectionFormat.MetadataMember);
        _section = compiled.Workspace.Member("app.rlib", SectionFormat.SectionMember);
        using var crate = RlibCrate.Open(new TyCtxt(), compiled.Workspace.PathOf("app.rlib"), _section.Offset, _section.Size);
        _chunks = crate.Chunks;
    }

    public void Dispose() => _w.Dispose();

    private ToolRun Link(byte[] bytes, string name = "app.rlib")
    {
        _w.Write(name, bytes);
        return _w.Run("link", name, "-o", "out");
    }

    [Fact]
    public void TheUndamagedFileLinks() => Workspace.Succeeds(Link(_good));

    // ---- cut off ----

    [Fact]
    public void NothingAtAll() => _w.Fails(Link([]), "error: `app.rlib` is not a usable archive: it does not start with `!<arch>`\nhelp: rebuild the crate");

    [Fact]
    public void CutInTheMagic() => _w.Fails(Link(_good[..5]), "error: `app.rlib` is not a usable archive: it does not start with `!<arch>`\nhelp: rebuild the crate");

    [Fact]
    public void CutInAMemberHeader() =>
        _w.Fails(Link(_good[..((int)_section.HeaderOffset + 31)]), "error: `app.rlib` is not a usable archive: it ends in the middle of a member's header\nhelp: rebuild the crate");

    [Fact]
    public void CutInTheMetadata() =>
        _w.Fails(Link(_good[..((int)_metadata.Offset + 100)]), "error: `app.rlib` is not a usable archive: it ends in the middle of a member\nhelp: rebuild the crate");

    [Fact]
    public void CutInTheSectionsHeader() =>
        _w.Fails(Link(_good[..((int)_section.Offset + 40)]), "error: `app.rlib` is not a usable archive: it ends in the middle of a member\nhelp: rebuild the crate");

    [Fact]
    public void CutInTheLastChunk() =>
        _w.Fails(Link(_good[..^10]), "error: `app.rlib` is not a usable archive: it ends in the middle of a member\nhelp: rebuild the crate");

    /// <summary>The archive agrees with itself, its member does not.</summary>
    [Fact]
    public void AMemberThatIsTooShort()
    {
        var bytes = (byte[])_good.Clone();
        long size = _section.Size - 10;
        System.Text.Encoding.ASCII.GetBytes($"{size,-10}").CopyTo(bytes, (int)_section.HeaderOffset + 48);
        _w.Fails(Link(bytes[..((int)_section.Offset + (int)size)]), $"error: `app.rlib` is damaged: a chunk lies outside of the section\n{Rebuild}");
    }

    // ---- a byte is wrong ----

    [Fact]
    public void FlippedInTheMagicOfTheSection() => _w.Fails(Link(Damage.Flipped(_good, _section.Offset)), $"error: `app.rlib` is damaged: `lib.mir` does not begin with the magic number\n{Rebuild}");

    [Fact]
    public void AnotherFormatVersion()
    {
        var bytes = (byte[])_good.Clone();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan((int)_section.Offset + 8), 77);
        _w.Fails(Link(bytes), "error: `app.rlib` is a MIR-only rlib of format 77; this Mirlink reads format 1\nhelp: rebuild the crate with the Mirlink that links it");
    }

    [Theory]
    [InlineData(12)]
    [InlineData(16)]
    [InlineData(SectionFormat.PrologueSize + 3)]
    public void FlippedInTheHeader(int at) => _w.Fails(Link(Damage.Flipped(_good, _section.Offset + at)), $"error: `app.rlib` is damaged: the header's checksum is wrong\n{Rebuild}");

    [Theory]
    [InlineData(ChunkKind.Meta)]
    [InlineData(ChunkKind.Definitions)]
    [InlineData(ChunkKind.Items)]
    [InlineData(ChunkKind.Bodies)]
    [InlineData(ChunkKind.Allocations)]
    public void FlippedInAChunk(ChunkKind kind)
    {
        int number = _chunks.Index().First(c => c.Item.Kind == kind).Index;
        var chunk = _chunks[number];
        _w.Fails(Link(Damage.Flipped(_good, _section.Offset + chunk.Offset + chunk.CompressedSize / 2)), $"error: `app.rlib` is damaged: the checksum of section {kind} (chunk {number}) is wrong\n{Rebuild}");
    }

    [Fact]
    public void FlippedInTheArchivesMagic() => _w.Fails(Link(Damage.Flipped(_good, 2)), "error: `app.rlib` is not a usable archive: it does not start with `!<arch>`\nhelp: rebuild the crate");

    [Fact]
    public void FlippedInAMembersSize() =>
        _w.Fails(Link(Damage.Flipped(_good, _section.HeaderOffset + 48)), $"error: `app.rlib` is not a usable archive: the member at offset {_section.HeaderOffset} has no valid size\nhelp: rebuild the crate");

    [Fact]
    public void FlippedInAMembersEndMark() =>
        _w.Fails(Link(Damage.Flipped(_good, _metadata.HeaderOffset + 58)), $"error: `app.rlib` is not a usable archive: no member header at offset {_metadata.HeaderOffset}\nhelp: rebuild the crate");

    [Fact]
    public void InspectVerifiesWhatTheLinkDidNotRead()
    {
        int number = _chunks.Index().First(c => c.Item.Kind == ChunkKind.Bodies).Index;
        _w.Write("app.rlib", Damage.Flipped(_good, _section.Offset + _chunks[number].Offset));
        _w.Fails(_w.Run("inspect", "app.rlib", "--verify"), $"error: `app.rlib` is damaged: the checksum of section Bodies (chunk {number}) is wrong\n{Rebuild}");
    }

    // ---- metadata by itself ----

    private byte[] Metadata => _good[(int)_metadata.Offset..(int)(_metadata.Offset + _metadata.Size)];

    [Fact]
    public void MetadataLinks() => Workspace.Succeeds(Link(Metadata, "app.rmeta"));

    [Fact]
    public void MetadataCutOff() => _w.Fails(Link(Metadata[..^30], "app.rmeta"), $"error: `app.rmeta` is truncated: rustc's end mark is missing\n{Rebuild}");

    [Fact]
    public void EmptyMetadata() =>
        _w.Fails(Link([], "app.rmeta"), "error: `app.rmeta` is empty: rustc writes no metadata for this crate type (executables, test harnesses, C libraries)");

    [Fact]
    public void MetadataFlippedInItsMagic() => _w.Fails(Link(Damage.Flipped(Metadata, 1), "app.rmeta"),
        "error: `app.rmeta` is not crate metadata\nhelp: crates are `.rlib` and `.rmeta` files; compile source with `mirlink rustc --emit=mir-rlib`");

    [Fact]
    public void MetadataFlippedInItsRootPosition() => _w.Fails(Link(Damage.Flipped(Metadata, 14), "app.rmeta"), $"error: `app.rmeta` is damaged: its root lies outside of the file\n{Rebuild}");

    [Fact]
    public void MetadataFlippedInItsRoot()
    {
        var bytes = Metadata;
        int root = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8));
        var run = Link(Damage.Flipped(bytes, root), "app.rmeta");
        Assert.StartsWith("error: crate metadata `app.rmeta` is damaged: ", run.Error);
        Assert.EndsWith($"\n{Rebuild}\n", run.Error);
        Assert.Equal(1, run.ExitCode);
        _w.NothingIsLeft();
    }

    [Fact]
    public void SourceIsNoCrate() => _w.Fails(Link("fn main() {}"u8.ToArray(), "app.rs"),
        "error: `app.rs` is not crate metadata\nhelp: crates are `.rlib` and `.rmeta` files; compile source with `mirlink rustc --emit=mir-rlib`");

    [Fact]
    public void NoSuchFile() => _w.Fails(_w.Run("link", "none.rlib", "-o", "out"), "error: there is no crate `none.rlib`");

    // ---- another compiler ----

    [Fact]
    public void AnRlibOfAnotherCompiler()
    {
        var bytes = Damage.Replaced(_good, "rustc 1.96.0", "rustc 1.95.0");
        Damage.Rehash(bytes, _section);
        _w.Fails(Link(bytes), $"error: `app.rlib` was compiled by {Tool.Toolchain.Version.Replace("1.96.0", "1.95.0")}, but this link is for $VERSION\nhelp: rebuild it with the rustc of this link");
    }

    [Fact]
    public void MetadataOfAnotherCompiler() => _w.Fails(Link(Damage.Replaced(Metadata, "rustc 1.96.0", "rustc 1.95.0"), "app.rmeta"),
        $"error: `app.rmeta` was compiled by {Tool.Toolchain.Version.Replace("1.96.0", "1.95.0")}, but this link is for $VERSION\nhelp: rebuild it with the rustc of this link");
}
