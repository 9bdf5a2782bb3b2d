using System.Diagnostics;
using Mirlink.Rlib;
using Mirlink.Rustc;

namespace Mirlink.Linker.Tests;

public sealed class ArArchiveTests
{
    [Fact]
    public void MembersAndSymbolsSurviveARoundTrip()
    {
        byte[] bytes = ArWriter.Write(
        [
            new ArEntry("lib.rmeta", new byte[] { 1, 2, 3 }),
            new ArEntry("a-member-with-quite-a-long-name.o", new byte[] { 4, 5 }, ["first", "second"]),
            new ArEntry("another-member-with-a-long-name.o", Array.Empty<byte>(), ["third"]),
        ]);
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, bytes);
            using var archive = ArArchive.Open(path);
            Assert.Equal(["lib.rmeta", "a-member-with-quite-a-long-name.o", "another-member-with-a-long-name.o"], archive.Members.Select(m => m.Name));
            Assert.Equal([1, 2, 3], archive.Read(archive.Members[0]));
            Assert.Equal([4, 5], archive.Read(archive.Members[1]));
            Assert.Equal(["first", "second", "third"], archive.ReadSymbolIndex());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void StdsArchivesAreRead()
    {
        var toolchain = RustcToolchain.Find();
        string std = Directory.GetFiles(toolchain.LibDir, "libstd-*.rlib").Single();
        using var archive = ArArchive.Open(std);
        Assert.NotNull(archive.Find(ArArchive.MetadataMember));
        var symbols = archive.ReadSymbolIndex();
        Assert.Contains(symbols, s => s.EndsWith("11___rdl_alloc", StringComparison.Ordinal));
        Assert.True(symbols.Count > 500);
    }

    [Fact]
    public void RustcAcceptsAnArchiveOfMetadataAsADependency()
    {
        var toolchain = RustcToolchain.Find();
        string dir = Directory.CreateTempSubdirectory("mirlink-ar").FullName;
        try
        {
            File.WriteAllText(Path.Combine(dir, "dep.rs"), "pub fn f() -> u32 { 7 }");
            File.WriteAllText(Path.Combine(dir, "user.rs"), "pub fn g() -> u32 { dep::f() }");
            Rustc(toolchain, dir, "--crate-type=rlib", "--emit=metadata=dep.rmeta", "-Zalways-encode-mir", "dep.rs");
            File.WriteAllBytes(Path.Combine(dir, "libdep.rlib"), ArWriter.Write([new ArEntry(ArArchive.MetadataMember, File.ReadAllBytes(Path.Combine(dir, "dep.rmeta")))]));
            Rustc(toolchain, dir, "--crate-type=rlib", "--emit=metadata=user.rmeta", "--extern", "dep=libdep.rlib", "--edition=2021", "user.rs");
        }
        finally
        {
            Directory.Delete(dir, recursive: true);
        }
    }

    private static void Rustc(RustcToolchain toolchain, string dir, params string[] args)
    {
        var start = new ProcessStartInfo(toolchain.Rustc, args) { WorkingDirectory = dir, RedirectStandardError = true };
        start.Environment["RUSTC_BOOTSTRAP"] = "1";
        using var process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }
}
