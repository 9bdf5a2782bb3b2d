using Mirlink.Mir;
using Mirlink.Rustc;

namespace Mirlink.Linker;

/// <summary>Where crates are looked for: by name among the externs, then in the search folders, then in the standard library's.</summary>
public sealed record CrateSearch(IReadOnlyList<(string Name, string Path)> Externs, IReadOnlyList<string> Dirs, RustcToolchain Toolchain);

/// <summary>Opens a root crate and everything that it depends on, whatever they are stored in.</summary>
public interface ICrateOpener
{
    /// <summary>Adds the crates to the session, dependencies first, and returns the root's number.</summary>
    /// <exception cref="MirlinkException">A crate is missing, or not the one that its dependents were compiled against.</exception>
    int Open(TyCtxt tcx, string root, CrateSearch search);
}
