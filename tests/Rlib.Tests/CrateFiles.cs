using System.Diagnostics;
using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Rustc;

namespace Mirlink.Rlib.Tests;

/// <summary>A folder with crates compiled by rustc's front end and turned into MIR-only rlibs, as the tool does it.</summary>
internal sealed class CrateFiles : IDisposable
{
    public static RustcToolchain Toolchain { get; } = RustcToolchain.Find();
    public static string Repository { get; } = FindRoot();

    public string Folder { get; } = Directory.CreateTempSubdirectory("mirlink-rlib").FullName;

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Metadata with all MIR of a source file; the crate is named like the metadata.</summary>
    public string Compile(string source, string name, params string[] options)
    {
        string metadata = PathOf($"lib{name}.rmeta");
        var start = new ProcessStartInfo(Toolchain.Rustc, [source, "--crate-name", name, "--crate-type=rlib", "--edition=2024", "--cap-lints=allow", "-Zalways-encode-mir", $"--emit=metadata={metadata}", .. options])
        { RedirectStandardError = true, WorkingDirectory = Folder };
        start.Environment["RUSTC_BOOTSTRAP"] = "1";
        using var process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
        return metadata;
    }

    public string CompileText(string text, string name)
    {
        File.WriteAllText(PathOf(name + ".rs"), text);
        return Compile(name + ".rs", name);
    }

    public (TyCtxt Tcx, int Number) Open(string path)
    {
        var tcx = new TyCtxt();
        return (tcx, new CrateOpener().Open(tcx, path, new CrateSearch([], [], Toolchain)));
    }

    /// <summary>The section of a crate, and an archive with it and nothing else.</summary>
    public (byte[] Section, string Rlib) ToRlib(string metadata)
    {
        var (tcx, crate) = Open(metadata);
        byte[] section = SectionWriter.Write(tcx, crate, Toolchain.Version);
        return (section, WriteRlib(section, Path.GetFileNameWithoutExtension(metadata) + ".rlib"));
    }

    public string WriteRlib(byte[] section, string name)
    {
        // Not beside the metadata, whose rlib it would be.
        string rlib = Path.Combine(Directory.CreateDirectory(PathOf("rlibs")).FullName, name);
        File.WriteAllBytes(rlib, ArWriter.Write([new ArEntry(SectionFormat.SectionMember, section)]));
        return rlib;
    }

    private static string FindRoot()
    {
        for (var d = new DirectoryInfo(AppContext.BaseDirectory); d is not null; d = d.Parent)
            if (File.Exists(Path.Combine(d.FullName, "mirlink.slnx"))) return d.FullName;
        throw new DirectoryNotFoundException($"no ancestor of {AppContext.BaseDirectory} holds mirlink.slnx");
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
