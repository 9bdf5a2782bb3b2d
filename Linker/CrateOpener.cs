using Mirlink.Mir;
using Mirlink.Rlib;
using Mirlink.Rustc;
using Mirlink.Rustc.Import;
using Mirlink.Rustc.Metadata.Raw;

namespace Mirlink.Linker;

/// <summary>
/// Opens crates in whatever they are stored: MIR-only rlibs by our section, everything else (std, crates whose rlib is not written yet) by rustc's metadata.
/// A dependency must have the very hash that its dependent was compiled against.
/// </summary>
public sealed class CrateOpener : ICrateOpener
{
    public int Open(TyCtxt tcx, string root, CrateSearch search) => new Run(tcx, search).Add(new Candidate(root, null));

    /// <summary>A file that holds a crate: an archive with our section, or anything with rustc's metadata.</summary>
    private readonly record struct Candidate(string Path, ArMember? Section);

    private readonly record struct Wanted(string Name, Hash128 Svh, string ExtraFilename, bool MacrosOnly);

    private sealed class Run(TyCtxt tcx, CrateSearch search)
    {
        private sealed record Loaded(string Name, ulong StableCrateId, int Number, Hash128 Svh, string Path);

        private readonly List<Loaded> _loaded = [];
        private readonly (string Name, string Path)[] _externs = search.Externs is List<(string Name, string Path)> list ? list.ToArray() : [.. search.Externs];
        private readonly string[] _dirs = [.. search.Dirs, search.Toolchain.LibDir];

        public int Add(Candidate file)
        {
            tcx.Rules = Releases.Rules(search.Toolchain.Release);
            string path = file.Path;
            if (file.Section is not { } section && SectionOf(path) is { } found) file = new Candidate(path, found);
            return file.Section is { } s ? AddRlib(path, s) : AddMetadata(CrateMetadata.Open(path, search.Toolchain.Version));
        }

        private int AddRlib(string path, ArMember section)
        {
            var crate = RlibCrate.Open(tcx, path, section.Offset, section.Size);
            if (crate.RustcVersion != search.Toolchain.Version)
                throw new MirlinkException($"`{path}` was compiled by {crate.RustcVersion}, but this link is for {search.Toolchain.Version}") { Help = "rebuild it with the rustc of this link" };
            var info = crate.Info;
            if (Known(info.Name, info.StableCrateId, info.Svh, path) is { } number)
            {
                crate.Dispose();
                return number;
            }
            var deps = new int[crate.Deps.Length];
            for (int i = 0; i < deps.Length; i++)
            {
                var d = crate.Deps[i];
                deps[i] = Dependency(info.Name, path, new Wanted(d.Name, d.Svh, d.ExtraFilename, MacrosOnly: false));
            }
            number = Register(info.Name, info.StableCrateId, info.Svh, path);
            crate.SetDependencies(number, deps);
            crate.SetText(() => TextOf(crate, path, number, deps));
            tcx.SetCrate(number, crate);
            return number;
        }

        /// <summary>rustc's own metadata in an rlib, which has what our section leaves out.</summary>
        private RustcCrate TextOf(RlibCrate crate, string path, int number, int[] deps)
        {
            var meta = CrateMetadata.Open(path, search.Toolchain.Version);
            var numbers = new List<int> { number };
            foreach (var d in meta.Decode(meta.Root.CrateDeps))
            {
                var svh = new Hash128(d.Hash.Hash.Low, d.Hash.Hash.High);
                int at = Array.FindIndex(crate.Deps, o => o.Svh == svh);
                numbers.Add(at < 0 ? -1 : deps[at]);
            }
            return new RustcCrate(tcx, meta, [.. numbers], crate.Info);
        }

        private int AddMetadata(CrateMetadata meta)
        {
            string name = meta.Text(meta.Header.Name), path = meta.Blob.Path;
            ulong id = meta.Root.StableCrateId.F0;
            if (Known(name, id, SvhOf(meta), path) is { } number)
            {
                meta.Dispose();
                return number;
            }
            var deps = meta.Decode(meta.Root.CrateDeps);
            var numbers = new int[deps.Length + 1];
            for (int i = 0; i < deps.Length; i++)
            {
                var d = deps[i];
                var hash = d.Hash.Hash;
                numbers[i + 1] = Dependency(name, path, new Wanted(meta.Text(d.Name), new Hash128(hash.Low, hash.High), d.ExtraFilename, d.Kind == CrateDepKind.MacrosOnly));
            }
            number = numbers[0] = Register(name, id, SvhOf(meta), path);
            tcx.SetCrate(number, new RustcCrate(tcx, meta, numbers, CrateLoader.Describe(meta, name, Array.FindAll(numbers[1..], static n => n >= 0))));
            return number;
        }

        private static Hash128 SvhOf(CrateMetadata meta)
        {
            var hash = meta.Header.Hash.Hash;
            return new Hash128(hash.Low, hash.High);
        }

        private int? Known(string name, ulong id, Hash128 svh, string path)
        {
            if (_loaded.Find(l => l.StableCrateId == id && l.Name == name) is not { } known) return null;
            if (known.Svh == svh) return known.Number;
            throw new MirlinkException($"two builds of crate `{name}` are needed: `{known.Path}` and `{path}` have the same identity but different contents") { Help = "rebuild what depends on the older one" };
        }

        private int Register(string name, ulong id, Hash128 svh, string path)
        {
            int number = tcx.ReserveCrate();
            _loaded.Add(new Loaded(name, id, number, svh, path));
            return number;
        }

        /// <summary>The session's number of a dependency, -1 for a proc macro (rustc ran it: nothing of it is linked).</summary>
        private int Dependency(string dependent, string dependentPath, Wanted wanted)
        {
            foreach (var known in _loaded)
                if (known.Name == wanted.Name && known.Svh == wanted.Svh) return known.Number;
            string? other = null;
            foreach (var file in Candidates(dependentPath, wanted))
            {
                if (file.Section is { } section)
                {
                    using var peek = RlibCrate.Open(tcx, file.Path, section.Offset, section.Size);
                    if (peek.Info.Name == wanted.Name && peek.Info.Svh == wanted.Svh) return AddRlib(file.Path, section);
                }
                else
                {
                    var meta = CrateMetadata.Open(file.Path, search.Toolchain.Version);
                    if (meta.Text(meta.Header.Name) == wanted.Name && SvhOf(meta) == wanted.Svh)
                    {
                        if (!meta.Header.IsProcMacroCrate) return AddMetadata(meta);
                        meta.Dispose();
                        return -1;
                    }
                    meta.Dispose();
                }
                other ??= file.Path;
            }
            if (wanted.MacrosOnly) return -1;
            if (other is not null)
                throw new MirlinkException($"crate `{dependent}` was compiled against another build of `{wanted.Name}` than `{other}`") { Help = $"rebuild `{dependent}`" };
            throw new MirlinkException($"cannot find crate `{wanted.Name}`, which `{dependent}` depends on: there is no lib{wanted.Name}{wanted.ExtraFilename}.rlib or .rmeta in {string.Join(", ", _dirs.Select(d => $"`{d}`"))}")
            {
                Help = "name its folder with -L, or the file with --extern",
            };
        }

        private IEnumerable<Candidate> Candidates(string dependent, Wanted wanted)
        {
            foreach (var (name, path) in _externs)
            {
                // rustc runs proc macros: nothing of them is linked.
                if (path.EndsWith(".so", StringComparison.Ordinal)) continue;
                // A renamed dependency goes by its file name.
                if (name != wanted.Name && !Path.GetFileName(path).StartsWith($"lib{wanted.Name}", StringComparison.Ordinal)) continue;
                // While a pipelined build runs, the .rmeta is there before the .rlib beside it.
                string rlib = Path.ChangeExtension(path, ".rlib");
                if (SectionOf(rlib) is { } s) yield return new Candidate(rlib, s);
                if (File.Exists(path)) yield return new Candidate(path, null);
            }
            for (int i = 0; i <= _dirs.Length; i++)
            {
                string dir = i < _dirs.Length ? _dirs[i] : Path.GetDirectoryName(Path.GetFullPath(dependent))!;
                string stem = Path.Combine(dir, $"lib{wanted.Name}{wanted.ExtraFilename}");
                var section = SectionOf(stem + ".rlib");
                if (section is not null) yield return new Candidate(stem + ".rlib", section);
                if (File.Exists(stem + ".rmeta")) yield return new Candidate(stem + ".rmeta", null);
                else if (section is null && File.Exists(stem + ".rlib")) yield return new Candidate(stem + ".rlib", null);
            }
        }

        private static ArMember? SectionOf(string path)
        {
            if (!path.EndsWith(".rlib", StringComparison.Ordinal) || !File.Exists(path)) return null;
            using var archive = ArArchive.Open(path);
            foreach (var m in archive.Members) if (m.Name == SectionFormat.SectionMember) return m;
            return null;
        }
    }
}
