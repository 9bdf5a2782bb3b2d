using Mirlink.Mir;
using Mirlink.Rustc.Metadata.Raw;
using DefPathData = Mirlink.Rustc.Metadata.Raw.DefPathData;

namespace Mirlink.Rustc.Tests;

public class MetadataTests
{
    /// <summary>Three crates; every crate of the standard library if `MIRLINK_ALL_CRATES` is set.</summary>
    public static IEnumerable<object[]> Crates() => Environment.GetEnvironmentVariable("MIRLINK_ALL_CRATES") is null
        ? [["alloc"], ["hashbrown"], ["panic_unwind"]]
        : Directory.GetFiles(Sysroot.LibDirectory, "*.rmeta").Order(StringComparer.Ordinal).Select(f => new object[] { Path.GetFileName(f)[3..].Split('-')[0] });

    /// <summary>The strongest check of the schema there is: a wrong field anywhere shifts what follows it.</summary>
    [Theory]
    [MemberData(nameof(Crates))]
    public void Every_byte_belongs_to_exactly_one_node(string name)
    {
        using var crate = CrateMetadata.Open(Sysroot.File_(name));
        var tiling = new Tiling(crate);
        Assert.True(tiling.Nodes > 10);
        Assert.Empty(tiling.Problems());
    }

    [Theory]
    [InlineData("core")]
    [InlineData("std")]
    public void Every_body_of_std_decodes(string name)
    {
        using var crate = CrateMetadata.Open(Sysroot.File_(name, ".rlib"));
        Assert.Equal(name, crate.Text(crate.Header.Name));
        var bodies = 0;
        for (uint i = 0; i < crate.DefCount; i++)
        {
            if (crate.OptimizedMir(i) is not { } body) continue;
            bodies++;
            Assert.NotEmpty(body.BasicBlocks.BasicBlocks_);
            Assert.True(body.LocalDecls.Length > (int)body.ArgCount);
        }
        Assert.True(bodies > 2500);
    }

    [Fact]
    public void Predefined_symbols_are_those_of_this_compiler()
    {
        using var crate = CrateMetadata.Open(Sysroot.File_("core"));
        var names = new HashSet<string>();
        for (uint i = 0; i < crate.DefCount; i++)
        {
            if (crate.DefKeys(i)?.DisambiguatedData.Data is DefPathData.ValueNs v && (v.F0.Raw & Symbol.Predefined) != 0) names.Add(crate.Text(v.F0));
        }
        // from all over the compiler's alphabetical table, its end included
        foreach (var name in (string[])["add_assign", "black_box", "forget", "size_of_val", "transmute", "unlikely", "volatile_load", "wrapping_add", "write_bytes"])
        {
            Assert.Contains(name, names);
        }
        Assert.Equal(Releases.Versions[(int)crate.Release], Releases.PredefinedSymbols(crate.Release)[^1]);
    }

    [Fact]
    public void Lang_items_are_the_items_they_should_be()
    {
        using var crate = CrateMetadata.Open(Sysroot.File_("core"));
        var items = crate.Decode(crate.Root.LangItems).ToDictionary(l => l.Item2, l => l.Item1);
        string Name(LangItem item) => crate.DefKeys(items[item])!.Value.DisambiguatedData.Data switch
        {
            DefPathData.TypeNs t => crate.Text(t.F0),
            DefPathData.ValueNs v => crate.Text(v.F0),
            var other => other.GetType().Name,
        };
        Assert.Equal("Sized", Name(LangItem.Sized));
        Assert.Equal("FnOnce", Name(LangItem.FnOnce));
        Assert.Equal("drop_in_place", Name(LangItem.DropInPlace));
        Assert.Equal("ManuallyDrop", Name(LangItem.ManuallyDrop));
        Assert.Equal("Range", Name(LangItem.Range));
    }

    [Fact]
    public void A_stub_leads_to_the_full_metadata()
    {
        using var crate = CrateMetadata.Open(Sysroot.File_("alloc", ".rlib"));
        Assert.False(crate.Header.IsStub);
        Assert.True(crate.DefCount > 10_000);
    }

    [Fact]
    public void Damaged_files_are_user_errors()
    {
        var directory = Directory.CreateTempSubdirectory("mirlink-metadata").FullName;
        try
        {
            var good = File.ReadAllBytes(Sysroot.File_("cfg_if"));
            var path = Path.Combine(directory, "x.rmeta");
            File.WriteAllBytes(path, []);
            Assert.Contains("empty", Assert.Throws<MirlinkException>(() => CrateMetadata.Open(path)).Message);
            File.WriteAllBytes(path, good[..^20]);
            Assert.Contains("truncated", Assert.Throws<MirlinkException>(() => CrateMetadata.Open(path)).Message);
            var other = good.ToArray();
            other[16 + 1 + "rustc 1.9".Length] = (byte)'7';
            File.WriteAllBytes(path, other);
            var e = Assert.Throws<MirlinkException>(() => CrateMetadata.Open(path));
            Assert.Contains("rustc 1.96.0", e.Message);
            Assert.Contains("rustc 1.97.0", e.Message);
            var random = new Random(1);
            for (var round = 0; round < 300; round++)
            {
                var bad = good.ToArray();
                for (var k = 0; k < 3; k++) bad[random.Next(100, bad.Length)] = (byte)random.Next(256);
                File.WriteAllBytes(path, bad);
                try
                {
                    using var crate = CrateMetadata.Open(path);
                    _ = new Tiling(crate);
                }
                catch (MirlinkException)
                {
                    // what a damaged file should lead to, unless the damage makes no difference
                }
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
