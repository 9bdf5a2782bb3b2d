using System.Globalization;

namespace Mirlink.Mir.Text;

/// <summary>
/// Paths by which the items of other crates can be named in one crate (rustc's visible_parent_map and try_print_visible_def_path): shortest first over
/// public modules and re-exports, those of crates nearer to the front of the dependency list before others.
/// </summary>
/// <remarks>
/// Which dependencies a crate names is told by its `extern crate` items (rustc injects those of std and core), the one with the shortest path first. What such an
/// item names under another name metadata says only of those in modules; elsewhere a name with underscores before that of a dependency is taken for it, as derive
/// macros write it. That a crate is named by a path of `--extern` is not recorded in metadata: who wants its paths exactly as that compilation had them must say so.
/// </remarks>
public sealed class VisiblePaths
{
    private readonly TyCtxt _tcx;
    private readonly int _local;
    private readonly string _edition;
    private readonly Dictionary<DefId, DefId> _parents = [];
    /// <summary>Path of each directly named crate as seen from the root of this one.</summary>
    private readonly Dictionary<int, string> _externCrates = [];
    private readonly ConcurrentMap<DefId, string?> _paths = new();
    private readonly ConcurrentMap<DefId, ModuleChild[]> _children = new();

    /// <param name="externs">Crates that are named through `--extern`, besides those of `extern crate` items: their names, or files where several have one name.</param>
    public VisiblePaths(TyCtxt tcx, int local, params ReadOnlySpan<string> externs)
    {
        _tcx = tcx;
        _local = local;
        _edition = Edition(tcx, local);
        var named = new List<int>();
        foreach (string name in externs)
            foreach (int d in tcx.Crates[local].Info.Deps)
                if (name.Contains('/', StringComparison.Ordinal) ? SameFile(name, tcx.Crates[d].Info.Path) : tcx.Crates[d].Info.Name == name) named.Add(d);
        FindExternCrates(named);
        foreach (int d in named) _externCrates.TryAdd(d, tcx.Crates[d].Info.Name);
        FindParents();
    }

    internal static string Edition(TyCtxt tcx, int crate) => crate >= 0 && crate < tcx.Crates.Count ? tcx.Crates[crate].Info.Edition : "";

    /// <summary>Metadata and archive of a crate are beside one another.</summary>
    private static bool SameFile(string a, string b) => System.IO.Path.GetFileNameWithoutExtension(a.AsSpan()).SequenceEqual(System.IO.Path.GetFileNameWithoutExtension(b.AsSpan()));

    private ModuleChild[] Children(DefId def) => _children.GetOrAdd(def, static (d, t) => t.Crate(d) is ITextSource s ? s.ModuleChildren(d.Index) : [], _tcx);

    private bool IsDocHidden(DefId def) => _tcx.Crate(def) is ITextSource s && s.IsDocHidden(def.Index);

    private void FindExternCrates(List<int> externs)
    {
        var krate = _tcx.Crates[_local];
        if (krate is not ITextSource) return;
        var lengths = new Dictionary<int, int>();
        var items = new List<(int Index, DefKey Key)>();
        for (int i = 0; i < krate.DefCount; i++) if (krate.DefKind(i) == DefKind.ExternCrate && krate.DefKey(i) is { Parent: >= 0, Name: not null } key) items.Add((i, key));
        foreach (var (i, key) in items)
        {
            string name = key.Name!;
            int named = -1, length = 1;
            // `extern crate std as core` hides the `core` that rustc injects.
            bool hidden = items.Exists(o => o.Key.Parent == key.Parent && o.Key.Name == name && o.Key.Disambiguator > key.Disambiguator);
            if (!hidden) foreach (var c in Children(new DefId(_local, key.Parent))) if (c.Name == name && c.Def is { Index: 0 } root) named = root.Krate;
            if (named < 0) named = Dependency(name, externs);
            if (named < 0) continue;
            for (int p = key.Parent; krate.DefKey(p).Parent is >= 0 and var above; p = above) length++;
            if (lengths.TryGetValue(named, out int known) && known <= length) continue;
            lengths[named] = length;
            _externCrates[named] = LocalPath(new DefId(_local, i));
        }
    }

    /// <summary>The dependency of that name, rather one of <paramref name="externs"/>; -1 for none.</summary>
    private int Dependency(string name, List<int> externs)
    {
        foreach (int d in externs) if (_tcx.Crates[d].Info.Name == name) return d;
        foreach (int d in _tcx.Crates[_local].Info.Deps) if (_tcx.Crates[d].Info.Name == name) return d;
        return name.StartsWith('_') ? Dependency(name[1..], externs) : -1;
    }

    private string LocalPath(DefId def)
    {
        var key = _tcx.DefKey(def);
        if (key.Parent < 0) return "";
        string parent = LocalPath(new DefId(def.Krate, key.Parent));
        return parent.Length == 0 ? PathSegment.Of(key, _edition) : parent + "::" + PathSegment.Of(key, _edition);
    }

    private void FindParents()
    {
        var queue = new Queue<DefId>();
        var fallback = new List<(DefId Child, DefId Parent)>();
        foreach (int d in _tcx.Crates[_local].Info.Deps) if (_externCrates.ContainsKey(d)) queue.Enqueue(new DefId(d, 0));
        while (queue.TryDequeue(out var parent))
        {
            bool hidden = IsDocHidden(parent);
            foreach (var child in Children(parent))
            {
                if (!child.IsPublic || child.Def is not { } def) continue;
                if (hidden || child.Name == "_") fallback.Add((def, parent));
                else if (_parents.TryAdd(def, parent) && child.IsModuleLike) queue.Enqueue(def);
            }
        }
        foreach (var (child, parent) in fallback) _parents.TryAdd(child, parent);
    }

    /// <summary>The path of an item of another crate, null if there is none; empty for the crate's own root.</summary>
    public string? Path(DefId def) => _paths.TryGetValue(def, out string? known) ? known : _paths.GetOrAdd(def, Find(def, []));

    private string? Find(DefId def, List<DefId> callers)
    {
        if (def.Index == 0)
        {
            if (def.Krate == _local) return "";
            if (_externCrates.TryGetValue(def.Krate, out string? name)) return name;
        }
        if (def.Krate == _local || !_parents.TryGetValue(def, out var parent) || callers.Contains(parent)) return null;
        var key = _tcx.DefKey(def);
        DefId? actual = key.Parent < 0 ? null : new DefId(def.Krate, key.Parent);
        if (key.Data == DefPathData.Ctor) key = _tcx.DefKey(actual!.Value);
        string segment = PathSegment.Of(key, _edition);
        if (key.Data == DefPathData.CrateRoot) segment = _tcx.CrateName(def);
        else if (key.Data == DefPathData.TypeNs && parent != actual)
        {
            string? reexport = null;
            foreach (var c in Children(parent)) if (c.Def == def && c.IsPublic && c.Name != "_") { reexport = c.Name; break; }
            if (reexport is null) return null;
            segment = PathSegment.Raw(reexport, _edition);
        }
        callers.Add(parent);
        string? prefix = Find(parent, callers);
        callers.RemoveAt(callers.Count - 1);
        return prefix is null ? null : prefix.Length == 0 ? segment : prefix + "::" + segment;
    }
}

/// <summary>One component of a printed path.</summary>
internal static class PathSegment
{
    /// <summary>Reserved in every edition, and allowed as raw identifiers.</summary>
    private static readonly HashSet<string> Keywords = new(StringComparer.Ordinal)
    {
        "as", "break", "const", "continue", "else", "enum", "extern", "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub",
        "ref", "return", "static", "struct", "trait", "true", "type", "unsafe", "use", "where", "while", "abstract", "become", "box", "do", "final", "macro",
        "override", "priv", "typeof", "unsized", "virtual", "yield",
    };

    /// <param name="edition">Of the crate that is printed, which decides what is reserved; "" for the newest.</param>
    public static string Raw(string name, string edition) => Keywords.Contains(name) || Since(name) is { } since && (edition.Length == 0 || string.CompareOrdinal(edition, since) >= 0) ? "r#" + name : name;

    /// <summary>The edition that reserved a word.</summary>
    private static string? Since(string name) => name switch { "async" or "await" or "dyn" or "try" => "2018", "gen" => "2024", _ => null };

    public static string Of(DefKey key, string edition) => key.Data switch
    {
        DefPathData.TypeNs or DefPathData.ValueNs or DefPathData.MacroNs or DefPathData.LifetimeNs or DefPathData.OpaqueLifetime when key.Name is { } name => Raw(name, edition),
        _ => string.Create(CultureInfo.InvariantCulture, $"{{{Kind(key.Data)}#{key.Disambiguator}}}"),
    };

    private static string Kind(DefPathData data) => data switch
    {
        DefPathData.CrateRoot => "crate",
        DefPathData.Impl => "impl",
        DefPathData.ForeignMod => "extern",
        DefPathData.Use => "use",
        DefPathData.GlobalAsm => "global_asm",
        DefPathData.Closure => "closure",
        DefPathData.Ctor => "constructor",
        DefPathData.AnonConst or DefPathData.LateAnonConst => "constant",
        DefPathData.OpaqueTy => "opaque",
        DefPathData.AnonAssocTy => "anon_assoc",
        DefPathData.SyntheticCoroutineBody => "synthetic",
        DefPathData.NestedStatic => "nested",
        _ => "misc",
    };
}
