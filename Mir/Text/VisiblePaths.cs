using System.Collections.Concurrent;
using System.Globalization;

namespace Mirlink.Mir.Text;

/// <summary>
/// Paths by which the items of other crates can be named in one crate (rustc's visible_parent_map and try_print_visible_def_path): shortest first over
/// public modules and re-exports, those of crates nearer to the front of the dependency list before others.
/// </summary>
/// <remarks>
/// Which dependencies a crate names is told by its `extern crate` items (rustc injects those of std and core). That a crate is used through `--extern` is not
/// recorded in metadata: who wants its paths exactly as that compilation had them must say so.
/// </remarks>
public sealed class VisiblePaths
{
    private readonly TyCtxt _tcx;
    private readonly int _local;
    private readonly Dictionary<DefId, DefId> _parents = [];
    /// <summary>Path of each directly named crate as seen from the root of this one.</summary>
    private readonly Dictionary<int, string> _externCrates = [];
    private readonly ConcurrentDictionary<DefId, string?> _paths = new();
    private readonly ConcurrentDictionary<DefId, ModuleChild[]> _children = new();

    /// <param name="externs">Crates that are named through `--extern`, besides those of `extern crate` items.</param>
    public VisiblePaths(TyCtxt tcx, int local, params ReadOnlySpan<string> externs)
    {
        _tcx = tcx;
        _local = local;
        FindExternCrates();
        foreach (string name in externs)
            foreach (int d in tcx.Crates[local].Info.Deps) if (tcx.Crates[d].Info.Name == name) _externCrates.TryAdd(d, name);
        FindParents();
    }

    private ModuleChild[] Children(DefId def) => _children.GetOrAdd(def, static (d, t) => t.Crate(d) is ITextSource s ? s.ModuleChildren(d.Index) : [], _tcx);

    private bool IsDocHidden(DefId def) => _tcx.Crate(def) is ITextSource s && s.IsDocHidden(def.Index);

    private void FindExternCrates()
    {
        var krate = _tcx.Crates[_local];
        if (krate is not ITextSource) return;
        for (int i = 0; i < krate.DefCount; i++)
        {
            if (krate.DefKind(i) != DefKind.ExternCrate || krate.DefKey(i) is not { Parent: >= 0, Name: { } name } key) continue;
            int? named = null;
            foreach (var c in Children(new DefId(_local, key.Parent))) if (c.Name == name && c.Def is { Index: 0 } root) named = root.Krate;
            if (named is null) foreach (int d in krate.Info.Deps) if (_tcx.Crates[d].Info.Name == name) named ??= d;
            if (named is { } n) _externCrates.TryAdd(n, LocalPath(new DefId(_local, i)));
        }
    }

    private string LocalPath(DefId def)
    {
        var key = _tcx.DefKey(def);
        if (key.Parent < 0) return "";
        string parent = LocalPath(new DefId(def.Krate, key.Parent));
        return parent.Length == 0 ? PathSegment.Of(key) : parent + "::" + PathSegment.Of(key);
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
        string segment = PathSegment.Of(key);
        if (key.Data == DefPathData.CrateRoot) segment = _tcx.CrateName(def);
        else if (key.Data == DefPathData.TypeNs && parent != actual)
        {
            string? reexport = null;
            foreach (var c in Children(parent)) if (c.Def == def && c.IsPublic && c.Name != "_") { reexport = c.Name; break; }
            if (reexport is null) return null;
            segment = PathSegment.Raw(reexport);
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
    /// <summary>Reserved in the 2024 edition or before, and allowed as raw identifiers.</summary>
    private static readonly HashSet<string> Keywords = new(StringComparer.Ordinal)
    {
        "as", "break", "const", "continue", "else", "enum", "extern", "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub",
        "ref", "return", "static", "struct", "trait", "true", "type", "unsafe", "use", "where", "while", "abstract", "become", "box", "do", "final", "macro",
        "override", "priv", "typeof", "unsized", "virtual", "yield", "async", "await", "dyn", "gen", "try",
    };

    public static string Raw(string name) => Keywords.Contains(name) ? "r#" + name : name;

    public static string Of(DefKey key) => key.Data switch
    {
        DefPathData.TypeNs or DefPathData.ValueNs or DefPathData.MacroNs or DefPathData.LifetimeNs or DefPathData.OpaqueLifetime when key.Name is { } name => Raw(name),
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
