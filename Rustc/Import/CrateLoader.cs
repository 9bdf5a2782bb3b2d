using Mirlink.Mir;
using Mirlink.Rustc.Metadata.Raw;
using Raw = Mirlink.Rustc.Metadata.Raw;

namespace Mirlink.Rustc.Import;

/// <summary>
/// Finds and opens crates with everything they depend on (rustc_metadata's creader and locator): a dependency is the file
/// `lib{name}{extra-filename}.rmeta` or `.rlib` in a search directory, or one named explicitly, and must have the very hash its dependent was compiled
/// against. Not thread-safe; load before the first query.
/// </summary>
/// <param name="searchDirectories">Where dependencies are looked for, in order: `-L dependency=…`, then the sysroot's library directory.</param>
public sealed class CrateLoader(TyCtxt tcx, IEnumerable<string> searchDirectories)
{
    readonly string[] _directories = [.. searchDirectories];
    readonly Dictionary<(string Name, ulong StableCrateId), (int Number, Fingerprint Hash, string Path)> _loaded = [];
    /// <summary>Files given with `--extern name=path`: what crate they are, if it was asked yet.</summary>
    readonly List<(string Path, string? Name, Fingerprint Hash)> _externs = [];

    /// <summary>A `.rmeta` or `.rlib` that may be a dependency, wherever it is and whatever it is called.</summary>
    public void AddExtern(string path)
    {
        // anything else is a proc macro, which rustc loads and nobody links
        if (Path.GetExtension(path) is ".rmeta" or ".rlib") _externs.Add((path, null, default));
    }

    /// <summary>Opens a crate and, first, its dependencies; the session's number of the crate. Opening one twice is the same crate.</summary>
    /// <exception cref="MirlinkException">A file is missing, corrupt, of another compiler, or not what its dependent was compiled against.</exception>
    public int Load(string path) => Add(CrateMetadata.Open(path));

    int Add(CrateMetadata meta)
    {
        var root = meta.Root;
        var name = meta.Text(meta.Header.Name);
        var key = (name, root.StableCrateId.F0);
        var hash = meta.Header.Hash.Hash;
        if (_loaded.TryGetValue(key, out var known))
        {
            var path = meta.Blob.Path;
            meta.Dispose();
            if (known.Hash != hash) throw new MirlinkException($"two builds of crate `{name}` are needed: `{known.Path}` and `{path}` have the same identity but different contents") { Help = "rebuild what depends on the older one" };
            return known.Number;
        }
        var deps = meta.Decode(root.CrateDeps);
        var numbers = new int[deps.Length + 1];
        for (var i = 0; i < deps.Length; i++) numbers[i + 1] = Dependency(meta, name, deps[i]);
        tcx.Rules = Releases.Rules(meta.Release);
        var number = numbers[0] = tcx.ReserveCrate();
        _loaded.Add(key, (number, hash, meta.Blob.Path));
        tcx.SetCrate(number, new RustcCrate(tcx, meta, numbers, Describe(meta, name, [.. numbers.Skip(1).Where(n => n >= 0)])));
        return number;
    }

    /// <summary>The session's number of a dependency; -1 for a macro-only one that is not there.</summary>
    int Dependency(CrateMetadata dependent, string dependentName, CrateDep dep)
    {
        var name = dependent.Text(dep.Name);
        foreach (var (key, known) in _loaded)
            if (key.Name == name && known.Hash == dep.Hash.Hash) return known.Number;
        string? other = null;
        foreach (var file in Candidates(dependent.Blob.Path, name, dep.ExtraFilename, dep.Hash.Hash))
        {
            if (!File.Exists(file)) continue;
            var meta = CrateMetadata.Open(file);
            if (meta.Text(meta.Header.Name) == name && meta.Header.Hash.Hash == dep.Hash.Hash)
            {
                // rustc runs proc macros, nothing of them is linked
                if (!meta.Header.IsProcMacroCrate) return Add(meta);
                meta.Dispose();
                return -1;
            }
            meta.Dispose();
            other ??= file;
        }
        if (dep.Kind == CrateDepKind.MacrosOnly) return -1;
        if (other is not null) throw new MirlinkException($"crate `{dependentName}` was compiled against another build of `{name}` than `{other}`") { Help = $"rebuild `{dependentName}`" };
        throw new MirlinkException($"cannot find crate `{name}`, which `{dependentName}` depends on: no lib{name}{dep.ExtraFilename}.rmeta or .rlib in {string.Join(", ", _directories.Select(d => $"`{d}`"))}");
    }

    IEnumerable<string> Candidates(string dependent, string name, string extra, Fingerprint wanted)
    {
        for (var i = 0; i < _externs.Count; i++)
        {
            var (path, known, hash) = _externs[i];
            if (known is null)
            {
                using var meta = CrateMetadata.Open(path);
                (known, hash) = (meta.Text(meta.Header.Name), meta.Header.Hash.Hash);
                _externs[i] = (path, known, hash);
            }
            if (known == name && hash == wanted) yield return path;
        }
        foreach (var directory in _directories.Append(Path.GetDirectoryName(Path.GetFullPath(dependent))!))
        {
            var stem = Path.Combine(directory, $"lib{name}{extra}");
            yield return stem + ".rmeta";
            yield return stem + ".rlib";
        }
    }

    /// <summary>What the root of a metadata file says about its crate; <paramref name="deps"/> are session numbers.</summary>
    public static CrateInfo Describe(CrateMetadata meta, string name, int[] deps)
    {
        var root = meta.Root;
        var hash = meta.Header.Hash.Hash;
        return new CrateInfo
        {
            Name = name,
            StableCrateId = root.StableCrateId.F0,
            Svh = new Hash128(hash.Low, hash.High),
            ExtraFilename = root.ExtraFilename,
            Triple = meta.Header.Triple,
            Path = meta.Blob.Path,
            Deps = deps,
            IsProcMacro = meta.Header.IsProcMacroCrate,
            HasGlobalAllocator = root.HasGlobalAllocator,
            HasAllocErrorHandler = root.HasAllocErrorHandler,
            HasPanicHandler = root.HasPanicHandler,
            NeedsAllocator = root.NeedsAllocator,
            NeedsPanicRuntime = root.NeedsPanicRuntime,
            IsPanicRuntime = root.PanicRuntime,
            IsCompilerBuiltins = root.CompilerBuiltins,
            IsNoBuiltins = root.NoBuiltins,
            RequiredPanicStrategy = root.RequiredPanicStrategy switch
            {
                null => null,
                PanicStrategy.Unwind => "unwind",
                PanicStrategy.Abort => "abort",
                _ => "immediate-abort",
            },
            Edition = root.Edition.ToString()["Edition".Length..].ToLowerInvariant(),
            HasMachineCode = MetadataBlob.HasObjects(Path.ChangeExtension(meta.Blob.Path, ".rlib")),
        };
    }
}
