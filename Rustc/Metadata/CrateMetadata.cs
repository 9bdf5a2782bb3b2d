using System.Text;
using Mirlink.Mir;

namespace Mirlink.Rustc.Metadata.Raw;

/// <summary>
/// One crate's metadata: the decoded root, O(1) access to the tables by item, everything else decoded on demand. Safe to use from many threads.
/// Ids and types are in the crate's own numbering.
/// </summary>
public sealed unsafe partial class CrateMetadata : IDisposable
{
    public MetadataBlob Blob { get; }
    public CrateRoot Root { get; }
    /// <summary>The full version text of the compiler that wrote the file.</summary>
    public string CompilerVersion { get; }
    /// <summary>Whose format the file has.</summary>
    public Release Release { get; }
    public uint RootPosition { get; }

    internal readonly NodeCache<TyKind> TyCache = new();
    internal readonly NodeCache<PredicateKind> PredicateCache = new();
    readonly NodeCache<string> _symbols = new();
    readonly NodeCache<GlobalAlloc> _allocs = new();
    readonly NodeCache<SourceFile> _files = new();
    readonly Lazy<uint[]> _allocIndex;

    CrateMetadata(MetadataBlob blob, string? compiler, bool headerOnly = false)
    {
        Blob = blob;
        CompilerVersion = new MetadataDecoder(this, 16).ReadStr();
        if (compiler is not null && CompilerVersion != compiler)
            throw new MirlinkException($"`{blob.Path}` was compiled by {CompilerVersion}, but this link is for {compiler}") { Help = "rebuild it with the rustc of this link" };
        Release = Releases.Of(CompilerVersion)
            ?? throw new MirlinkException($"`{blob.Path}` was compiled by {CompilerVersion}, but Mirlink reads the metadata of rustc {Releases.Listed} only") { Help = "rebuild it with one of these" };
        var p = *(ulong*)(blob.Start + 8);
        if (p < 16 || p >= blob.Length) throw new MirlinkException($"`{blob.Path}` is damaged: its root lies outside of the file") { Help = MetadataBlob.RebuildIt };
        RootPosition = (uint)p;
        Header = CrateHeader.Decode(new MetadataDecoder(this, RootPosition));
        _allocIndex = new(ReadAllocIndex);
        Root = null!;
        if (headerOnly || Header.IsStub) return;
        var d = new MetadataDecoder(this, RootPosition);
        Root = CrateRoot.Decode(d);
        if (d.Position != blob.Length) d.Corrupt("a root that does not end where the file ends");
    }

    public CrateHeader Header { get; }

    /// <summary>Opens a `.rmeta` or `.rlib`; a library whose metadata is a stub leads to the `.rmeta` with the rest (<see cref="MetadataOfStub"/>).</summary>
    /// <param name="compiler">The full version text of the only compiler that it may be of; null for any known release.</param>
    /// <exception cref="MirlinkException">No such file, no metadata in it, another compiler's, or corrupt.</exception>
    public static CrateMetadata Open(string path, string? compiler = null)
    {
        var blob = MetadataBlob.Open(path);
        string metadata;
        try
        {
            var crate = new CrateMetadata(blob, compiler);
            if (!crate.Header.IsStub) return crate;
            metadata = Rest(crate);
        }
        catch
        {
            blob.Dispose();
            throw;
        }
        blob.Dispose();
        blob = MetadataBlob.Open(metadata);
        try
        {
            var full = new CrateMetadata(blob, compiler);
            if (full.Header.IsStub) throw new MirlinkException($"`{metadata}` holds only a stub of its metadata");
            return full;
        }
        catch
        {
            blob.Dispose();
            throw;
        }
    }

    /// <summary>Whether a library has no metadata of its own but the `.rmeta` next to it. Nothing is said of files that cannot be read.</summary>
    public static bool IsStub(string path)
    {
        using var crate = OpenHeader(path);
        return crate is { Header.IsStub: true };
    }

    /// <summary>A crate of which nothing but the header is looked at; null for a file that cannot be read.</summary>
    static CrateMetadata? OpenHeader(string path)
    {
        MetadataBlob? blob = null;
        try
        {
            blob = MetadataBlob.Open(path);
            return new CrateMetadata(blob, null, headerOnly: true);
        }
        catch (MirlinkException)
        {
            blob?.Dispose();
            return null;
        }
    }

    /// <summary>The `.rmeta` with the metadata of a library that has only a stub; null for one that has its metadata itself, or cannot be read.</summary>
    /// <exception cref="MirlinkException">There is no such file.</exception>
    public static string? MetadataOfStub(string path)
    {
        using var crate = OpenHeader(path);
        return crate is { Header.IsStub: true } ? Rest(crate) : null;
    }

    /// <summary>
    /// Where the rest of a stub is: next to it; or in cargo's folder `deps`, which is next to what cargo links out of it under another name, and then of the same hash.
    /// </summary>
    static string Rest(CrateMetadata stub)
    {
        string path = stub.Blob.Path, sibling = Path.ChangeExtension(path, ".rmeta");
        if (sibling != path && File.Exists(sibling)) return sibling;
        string name = stub.Text(stub.Header.Name), deps = Path.Combine(Path.GetDirectoryName(path)!, "deps");
        if (Directory.Exists(deps))
            foreach (var file in Directory.EnumerateFiles(deps, $"lib{name}-*.rmeta"))
                if (HasHash(file, stub.Header.Hash.Hash)) return file;
        throw new MirlinkException($"`{path}` holds only a stub of its metadata, and `{sibling}` with the rest is not there")
        {
            Help = $"put the `.rmeta` of cargo's folder `deps` there, or build `{name}` by itself for a library with all of it: `mirlink build -p {name} --target-dir DIR`",
        };
    }

    static bool HasHash(string path, Fingerprint hash)
    {
        using var crate = OpenHeader(path);
        return crate is { Header.IsStub: false } && crate.Header.Hash.Hash == hash;
    }

    public void Dispose() => Blob.Dispose();

    /// <summary>Number of definitions.</summary>
    public uint DefCount => Root.Tables.DefKeys.Length;

    internal MetadataDecoder Decoder(uint position) => new(this, position);

    public T Decode<T>(LazyValue<T> lazy) => Codec<T>.Decode(Decoder(lazy.Position));

    public T[] Decode<T>(LazyArray<T> lazy)
    {
        if (lazy.Length == 0) return [];
        var d = Decoder(lazy.Position);
        if (lazy.Length > Blob.Length - lazy.Position) d.Corrupt("an array past the end");
        var a = new T[lazy.Length];
        var decode = Codec<T>.Decode;
        for (var i = 0; i < a.Length; i++) a[i] = decode(d);
        return a;
    }

    /// <summary>The value a row of a table of lazies leads to, if any.</summary>
    public bool TryDecode<T>(LazyTable table, uint index, out T value)
    {
        var p = RowPosition(table, index);
        value = p == 0 ? default! : Codec<T>.Decode(Decoder(p));
        return p != 0;
    }

    // ---- rows ----

    byte* Row(LazyTable t, uint index) => index < t.Length ? Blob.Start + t.Position + (ulong)index * t.Width : null;

    public uint RowPosition(LazyTable t, uint index)
    {
        var row = Row(t, index);
        if (row == null) return 0;
        ulong v = 0;
        for (var i = (int)t.Width - 1; i >= 0; i--) v = v << 8 | row[i];
        if (v >= Blob.Length) Decoder(t.Position).Corrupt("a row pointing past the end");
        return (uint)v;
    }

    /// <summary>Position bytes at even offsets, length bytes at odd ones.</summary>
    public (uint Position, uint Length) RowArray(LazyTable t, uint index)
    {
        var row = Row(t, index);
        if (row == null) return default;
        ulong p = 0, n = 0;
        for (var i = 0; i < (int)t.Width; i++)
        {
            if ((i & 1) == 0) p |= (ulong)row[i] << (i / 2 * 8);
            else n |= (ulong)row[i] << (i / 2 * 8);
        }
        if (n > 0 && (p >= Blob.Length || n > Blob.Length - p)) Decoder(t.Position).Corrupt("a row pointing past the end");
        return ((uint)p, (uint)n);
    }

    DefId? RowDefId(LazyTable t, uint index)
    {
        var row = Row(t, index);
        if (row == null) return null;
        uint def = 0, krate = 0;
        for (var i = 0; i < Math.Min(8, (int)t.Width); i++)
        {
            if ((i & 1) == 0) def |= (uint)row[i] << (i / 2 * 8);
            else krate |= (uint)row[i] << (i / 2 * 8);
        }
        return krate == 0 ? null : new DefId(krate - 1, def);
    }

    ulong RowU64(LazyTable t, uint index)
    {
        var row = Row(t, index);
        if (row == null) return 0;
        ulong v = 0;
        for (var i = Math.Min(8, (int)t.Width) - 1; i >= 0; i--) v = v << 8 | row[i];
        return v;
    }

    byte RowByte(LazyTable t, uint index, int limit = 256)
    {
        var row = Row(t, index);
        if (row == null || t.Width == 0) return 0;
        if (*row >= limit) Decoder(t.Position).Corrupt("an unknown code in a table");
        return *row;
    }

    // ---- symbols, spans, allocations ----

    /// <summary>A symbol's text.</summary>
    public string Text(Symbol s)
    {
        if ((s.Raw & Symbol.Predefined) != 0) return Releases.PredefinedSymbols(Release)[(int)(s.Raw & ~Symbol.Predefined)];
        if (_symbols.TryGetValue(s.Raw, out var known)) return known;
        return _symbols.GetOrAdd(s.Raw, string.Intern(Decoder(s.Raw).ReadStr()));
    }

    /// <summary>Spans are by far the most frequent thing to be looked up, so each thread keeps its decoder.</summary>
    [ThreadStatic]
    static MetadataDecoder? _spanDecoder;

    public SpanData DecodeSpan(Span span)
    {
        if (span.Position == 0) return new SpanData(true, 0, 0, 0, 0, 0);
        var d = _spanDecoder;
        if (d is null || d.Crate != this) _spanDecoder = d = Decoder(span.Position);
        else d.Seek(span.Position);
        return d.ReadSpanData();
    }

    /// <summary>A file of this crate's source map.</summary>
    public SourceFile SourceFile(uint index)
    {
        if (_files.TryGetValue(index, out var known)) return known;
        if (!TryDecode<SourceFile>(Root.SourceMap, index, out var file)) Decoder(RootPosition).Corrupt($"a span in source file {index}, which does not exist,");
        return _files.GetOrAdd(index, file);
    }

    public (uint Parent, ExpnId Expn, Transparency Transparency) SyntaxContext(uint index)
    {
        if (!TryDecode<(uint, ExpnId, Transparency)>(Root.SyntaxContexts, index, out var c)) Decoder(RootPosition).Corrupt($"syntax context {index}, which does not exist,");
        return c;
    }

    public ExpnData ExpnData(uint index)
    {
        if (!TryDecode<ExpnData>(Root.ExpnData, index, out var e)) Decoder(RootPosition).Corrupt($"expansion {index}, which does not exist,");
        return e;
    }

    uint[] ReadAllocIndex() => Array.ConvertAll(Decode(Root.InterpretAllocIndex), static p => (uint)p);

    /// <summary>Positions of the evaluated allocations.</summary>
    public ReadOnlySpan<uint> AllocPositions => _allocIndex.Value;

    /// <summary>What an allocation id stands for. The same object each time.</summary>
    public GlobalAlloc Alloc(AllocId id)
    {
        if (_allocs.TryGetValue(id.Index, out var known)) return known;
        var index = _allocIndex.Value;
        if (id.Index >= index.Length) Decoder(RootPosition).Corrupt($"allocation {id.Index}, which does not exist,");
        return _allocs.GetOrAdd(id.Index, Decoder(index[id.Index]).ReadGlobalAlloc());
    }
}
