using Mirlink.Mir;
using Mirlink.Rustc.Import;

namespace Mirlink.Rustc.Tests;

/// <summary>`crates/dep.rs` and `crates/main.rs` compiled once, with rustc's own text of their bodies, and imported.</summary>
public sealed class CompiledCrates : IDisposable
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("mirlink-import").FullName;
    public TyCtxt Tcx { get; } = new();
    public ICrateSource Dep { get; }
    public ICrateSource Main { get; }
    public string MainText { get; }

    public CompiledCrates()
    {
        foreach (var name in (string[])["dep", "main"])
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, "crates", name + ".rs"), Path.Combine(Directory, name + ".rs"));
            Compile(name);
        }
        MainText = File.ReadAllText(Path.Combine(Directory, "main.mir"));
        var loader = new CrateLoader(Tcx, [Directory, Sysroot.LibDirectory]);
        Main = Tcx.Crates[loader.Load(Path.Combine(Directory, "libmain.rmeta"))];
        Dep = Tcx.Crates.First(c => c.Info.Name == "dep");
    }

    public void Compile(string name) => Sysroot.Run(Directory, "--edition=2021", "--crate-type=rlib", "--crate-name=" + name, "-Zalways-encode-mir", "--emit=metadata,mir", "-Zmir-include-spans=on",
        "--cap-lints=allow", "-L.", name + ".rs");

    /// <summary>The definition of a crate with that path inside of it.</summary>
    public int Find(ICrateSource krate, string path)
    {
        var number = Enumerable.Range(0, Tcx.Crates.Count).First(i => Tcx.Crates[i] == krate);
        for (var i = 0; i < krate.DefCount; i++) if (krate.DefKind(i) is not null && Tcx.DefPath(new DefId(number, i)) == krate.Info.Name + "::" + path) return i;
        throw new InvalidOperationException(path);
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
