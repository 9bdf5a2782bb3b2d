using Mirlink.Rustc.Metadata.Raw;
using DefPathData = Mirlink.Rustc.Metadata.Raw.DefPathData;

namespace Mirlink.Rustc.Tests;

/// <summary>Metadata of every supported release that is installed; MIRLINK_METADATA names folders with more of them, separated by colons, whose rustc need not run.</summary>
public class ReleaseTests
{
    public static IEnumerable<object[]> Folders() => RustcToolchain.All().Select(static t => t.LibDir)
        .Concat((Environment.GetEnvironmentVariable("MIRLINK_METADATA") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)).Append(Sysroot.LibDirectory).Distinct().Select(static d => new object[] { d });

    [Theory]
    [MemberData(nameof(Folders))]
    public void Every_byte_and_every_name_is_understood(string folder)
    {
        foreach (string name in (string[])["alloc", "hashbrown", "panic_unwind"])
        {
            using var crate = CrateMetadata.Open(Directory.GetFiles(folder, $"lib{name}-*.rmeta").Single());
            Assert.Equal(name, crate.Text(crate.Header.Name));
            Assert.Empty(new Tiling(crate).Problems());
            Assert.Equal(Releases.Versions[(int)crate.Release], Releases.PredefinedSymbols(crate.Release)[^1]);
            if (name != "alloc") continue;
            // The lang item's number and the symbols' are right if the items are named as their lang items are.
            foreach (var (index, item) in crate.Decode(crate.Root.LangItems))
            {
                if (item is not (LangItem.OwnedBox or LangItem.GlobalAlloc)) continue;
                var data = crate.DefKeys(index)!.Value.DisambiguatedData.Data;
                Assert.Equal(item == LangItem.OwnedBox ? "Box" : "Global", crate.Text(((DefPathData.TypeNs)data).F0));
            }
        }
    }

    [Theory]
    [InlineData("rustc 1.96.0 (ac68faa20 2026-05-25)", true)]
    [InlineData("rustc 1.95.0", true)]
    [InlineData("rustc 1.95.0-beta.3 (0123456789 2026-03-01)", false)]
    [InlineData("rustc 1.96.01", false)]
    [InlineData("1.96.0", false)]
    public void Releases_are_known_by_their_number(string version, bool known) => Assert.Equal(known, Releases.Of(version) is not null);
}
