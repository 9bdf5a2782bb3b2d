using Mirlink.Rustc.Metadata.Raw;

namespace Mirlink.Rustc.Tests;

/// <summary>Decodes every node of a crate's metadata and records which bytes it consumed.</summary>
sealed class Tiling
{
    readonly CrateMetadata _crate;
    readonly List<(uint From, uint To, string Node)> _tiles = [];

    public int Nodes { get; private set; }

    public Tiling(CrateMetadata crate)
    {
        _crate = crate;
        var d = crate.Decoder(16);
        d.ReadStr();
        _tiles.Add((0, d.Position, "header"));
        _tiles.Add((crate.RootPosition, crate.Blob.Length, "root"));
        foreach (var t in TableList.All) Table(t.Name, t.Get(crate.Root.Tables), t);
        var root = crate.Root;
        Table("syntax_contexts", root.SyntaxContexts, null, Codec<(uint, ExpnId, Transparency)>.Decode!);
        Table("expn_data", root.ExpnData, null, Codec<ExpnData>.Decode!);
        Table("expn_hashes", root.ExpnHashes, null, Codec<ExpnHash>.Decode!);
        Table("source_map", root.SourceMap, null, Codec<SourceFile>.Decode!);
        Value("def_path_hash_map", root.DefPathHashMap);
        Array("externally_implementable_items", root.ExternallyImplementableItems);
        Array("crate_deps", root.CrateDeps);
        Array("dylib_dependency_formats", root.DylibDependencyFormats);
        Array("lib_features", root.LibFeatures);
        Array("stability_implications", root.StabilityImplications);
        Array("lang_items", root.LangItems);
        Array("lang_items_missing", root.LangItemsMissing);
        Array("stripped_cfg_items", root.StrippedCfgItems);
        Array("diagnostic_items", root.DiagnosticItems);
        Array("native_libraries", root.NativeLibraries);
        Array("foreign_modules", root.ForeignModules);
        Array("traits", root.Traits);
        foreach (var i in Array("impls", root.Impls)) Array("impls.impls", i.Impls);
        foreach (var i in Array("incoherent_impls", root.IncoherentImpls))
        {
            Value("incoherent_impls.self_ty", i.SelfTy);
            Array("incoherent_impls.impls", i.Impls);
        }
        Array("interpret_alloc_index", root.InterpretAllocIndex);
        if (root.ProcMacroData is { } macros) Array("proc_macro_data.macros", macros.Macros);
        Array("debugger_visualizers", root.DebuggerVisualizers);
        Array("exportable_items", root.ExportableItems);
        Array("stable_order_of_exportable_impls", root.StableOrderOfExportableImpls);
        Array("exported_non_generic_symbols", root.ExportedNonGenericSymbols);
        Array("exported_generic_symbols", root.ExportedGenericSymbols);
        Array("target_modifiers", root.TargetModifiers);
        foreach (var p in crate.AllocPositions) Node("allocation", p, static d => d.ReadGlobalAlloc());
    }

    void Node(string name, uint position, Action<MetadataDecoder> decode)
    {
        var d = _crate.Decoder(position);
        decode(d);
        _tiles.Add((position, d.Position, name));
        Nodes++;
    }

    void Value<T>(string name, LazyValue<T> v) => Node(name, v.Position, static d => Codec<T>.Decode!(d));

    T[] Array<T>(string name, LazyArray<T> a)
    {
        if (a.Length == 0) return [];
        var values = new T[a.Length];
        Node(name, a.Position, d =>
        {
            for (var i = 0; i < values.Length; i++) values[i] = Codec<T>.Decode!(d);
        });
        return values;
    }

    void Table<T>(string name, LazyTable table, TableInfo? info, Func<MetadataDecoder, T> decode) =>
        Table(name, table, info ?? new TableInfo(name, _ => table, RowKind.Lazy, d => decode(d)));

    void Table(string name, LazyTable table, TableInfo info)
    {
        if (table.Width * table.Length > 0) _tiles.Add((table.Position, table.Position + table.Width * table.Length, "table " + name));
        if (info.Decode is not { } decode) return;
        for (uint i = 0; i < table.Length; i++)
        {
            if (info.Row == RowKind.Lazy)
            {
                if (_crate.RowPosition(table, i) is var p and not 0) Node(name, p, decode);
                continue;
            }
            var (at, n) = _crate.RowArray(table, i);
            if (n == 0) continue;
            Node(name, at, d =>
            {
                for (uint k = 0; k < n; k++) decode(d);
            });
        }
    }

    /// <summary>
    /// Overlaps, and bytes nobody consumed. rustc writes two things twice and refers to the second copy only: the lists of the root module's
    /// children, and the layout of a coroutine's witnesses; those first copies are recognized by decoding them.
    /// </summary>
    public List<string> Problems()
    {
        var problems = new List<string>();
        _tiles.Sort();
        uint end = 0;
        foreach (var (from, to, node) in _tiles)
        {
            if (from < end) problems.Add($"{node} at {from} overlaps what ends at {end}");
            if (from > end && !IsKnownOrphan(end, from)) problems.Add($"bytes {end}..{from} belong to no node (before {node})");
            end = Math.Max(end, to);
        }
        if (end != _crate.Blob.Length) problems.Add($"bytes after {end} belong to no node");
        return problems;
    }

    bool IsKnownOrphan(uint at, uint to, int used = 0)
    {
        if (at == to) return true;
        string[] tables = ["module_children_non_reexports", "module_children_reexports", "ambig_module_children", "mir_coroutine_witnesses"];
        for (var k = 0; k < tables.Length; k++)
        {
            if ((used & 1 << k) != 0) continue;
            var name = tables[k];
            var info = TableList.All.First(t => t.Name == name);
            var n = info.Row == RowKind.Lazy ? 1 : _crate.RowArray(info.Get(_crate.Root.Tables), 0).Length;
            if (n == 0) continue;
            try
            {
                var d = _crate.Decoder(at);
                for (uint i = 0; i < n; i++) info.Decode!(d);
                if (d.Position <= to && IsKnownOrphan(d.Position, to, k < 3 ? used | 1 << k : used)) return true;
            }
            catch (Mir.MirlinkException)
            {
                // not this one
            }
        }
        return false;
    }
}
