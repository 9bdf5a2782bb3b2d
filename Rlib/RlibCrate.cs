using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Mirlink.Mir;
using Mirlink.Rlib.Records;

namespace Mirlink.Rlib;

/// <summary>
/// A crate read from our section of a MIR-only rlib. Opening reads the header; a chunk is read, checked and decompressed when the first record in it is asked
/// for. Thread-safe.
/// </summary>
public sealed partial class RlibCrate : ICrateSource, IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly long _start;
    private readonly Chunk[] _chunks;
    private readonly byte[]?[] _raw;
    private readonly DefEntry[]?[] _defs;
    private readonly ItemRecord?[] _items;
    private readonly ConcurrentMap<int, GlobalAlloc> _allocs = new();
    private readonly Lazy<MetaRecord> _meta;
    private int[] _sessionCrates = [];
    private int[] _sessionFiles = [];
    private static readonly ItemRecord s_empty = new();
    /// <summary>The allocations that this thread is in the middle of.</summary>
    [ThreadStatic]
    private static HashSet<int>? s_reading;
    /// <summary>Stands for a chunk that does not decompress.</summary>
    private static readonly byte[] s_damaged = new byte[1];

    private sealed record MetaRecord(TraitImpls[] TraitImpls, (string, DefId)[] LangItems, (string, DefId)[] DiagnosticItems, NativeLib[] NativeLibs, DefId? Main,
        string[] Files, RecordLocation[] Allocs);

    private RlibCrate(TyCtxt tcx, SafeFileHandle file, string path, long start, long size)
    {
        Tcx = tcx;
        _file = file;
        _start = start;
        Path = path;
        var prologue = Read(0, SectionFormat.PrologueSize, size);
        if (!prologue.AsSpan(0, 8).SequenceEqual(SectionFormat.Magic)) throw Corrupt($"`{SectionFormat.SectionMember}` does not begin with the magic number");
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(prologue.AsSpan(8));
        if (version != SectionFormat.Version)
            throw new MirlinkException($"`{path}` is a MIR-only rlib of format {version}; this Mirlink reads format {SectionFormat.Version}") { Help = "rebuild the crate with the Mirlink that links it" };
        int headerSize = BinaryPrimitives.ReadInt32LittleEndian(prologue.AsSpan(12));
        if (headerSize < 0) throw Corrupt("the header's length is negative");
        var header = Read(SectionFormat.PrologueSize, headerSize, size);
        if (XxHash3.HashToUInt64(header) != BinaryPrimitives.ReadUInt64LittleEndian(prologue.AsSpan(16))) throw Corrupt("the header's checksum is wrong");

        var r = new RecordReader(this, header);
        RustcVersion = r.String();
        Info = ReadInfo(r, path);
        Deps = r.Array(() => new CrateDep(r.String(), r.Fixed64(), r.Fixed128(), r.String()));
        DefCount = r.Int();
        if (DefCount < 0) throw Corrupt("the number of definitions does not fit the definition table");
        long at = SectionFormat.PrologueSize + headerSize;
        _chunks = r.Array(() =>
        {
            var kind = (ChunkKind)r.Byte();
            int compressed = r.Int(), raw = r.Int();
            if (compressed < 0 || raw is < 0 or > SectionFormat.MaxChunk || at + compressed > size) throw Corrupt("a chunk lies outside of the section");
            // What LZ4 can say in so many bytes: bad input cannot ask for much memory.
            if (raw > 255L * compressed + 64) throw Corrupt("a chunk is larger than its compressed bytes can say");
            var chunk = new Chunk(kind, at, compressed, raw, r.Fixed64());
            at += compressed;
            return chunk;
        });
        if (at != size) throw Corrupt("the section's length is not that of its chunks");
        int groups = 0;
        foreach (var c in _chunks) if (c.Kind == ChunkKind.Definitions) groups++;
        if (groups != (DefCount + (long)SectionFormat.DefsPerChunk - 1) / SectionFormat.DefsPerChunk) throw Corrupt("the number of definitions does not fit the definition table");
        _raw = new byte[_chunks.Length][];
        _defs = new DefEntry[groups][];
        _items = new ItemRecord[DefCount];
        _meta = new Lazy<MetaRecord>(ReadMeta);
    }

    /// <summary>Opens the section at <paramref name="start"/> of a file. <see cref="SetDependencies"/> must follow before any item is asked for.</summary>
    /// <exception cref="MirlinkException">Not a section of this format, or damaged.</exception>
    public static RlibCrate Open(TyCtxt tcx, string path, long start, long size)
    {
        var file = File.OpenHandle(path);
        try
        {
            return new RlibCrate(tcx, file, path, start, size);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public TyCtxt Tcx { get; }
    public string Path { get; }
    public string RustcVersion { get; }
    public CrateInfo Info { get; private set; }
    public int DefCount { get; }
    /// <summary>All crates that this one depends on, directly or not, in its own numbering (from 1).</summary>
    public CrateDep[] Deps { get; }

    /// <summary>The chunk directory, in file order.</summary>
    public IReadOnlyList<Chunk> Chunks => _chunks;

    /// <summary>Tells which crates of the session <see cref="Deps"/> are, and which one this is.</summary>
    public void SetDependencies(int self, ReadOnlySpan<int> deps)
    {
        _sessionCrates = [self, .. deps];
        Info = Info with { Deps = deps.ToArray() };
    }

    private Lazy<Mir.Text.ITextSource>? _text;

    /// <summary>Tells how to get at what the section leaves out, when it is asked for.</summary>
    public void SetText(Func<Mir.Text.ITextSource> open) => _text = new Lazy<Mir.Text.ITextSource>(open);

    public Mir.Text.ITextSource? Text => _text?.Value;

    /// <summary>Size of the section's chunks of a kind, compressed and raw, in bytes.</summary>
    public (long Compressed, long Raw, int Chunks) SizeOf(ChunkKind kind)
    {
        long compressed = 0, raw = 0;
        int n = 0;
        foreach (var c in _chunks)
            if (c.Kind == kind)
            {
                compressed += c.CompressedSize;
                raw += c.RawSize;
                n++;
            }
        return (compressed, raw, n);
    }

    /// <summary>Reads and checks every chunk.</summary>
    public void Verify() { for (int i = 0; i < _chunks.Length; i++) RawChunk(i); }

    /// <summary>The content hash of a definition's records.</summary>
    public Hash128 ContentHash(int index) => Entry(index).ContentHash;

    /// <summary>Encoded size in bytes of a definition's item record and bodies.</summary>
    public (int Item, int Bodies) RecordSizes(int index)
    {
        var e = Entry(index);
        return (Size(e.Item) + Size(e.Static), Size(e.OptimizedMir) + Size(e.CtfeMir) + Size(e.Promoted));
        int Size(RecordLocation l) => l.IsNone ? 0 : Record(l).Length;
    }

    internal MirlinkException Corrupt(string what) => new($"`{Path}` is damaged: {what}") { Help = "rebuild the crate; if it came from a cache, clear the cache" };

    internal int SessionCrate(int local) => (uint)local < (uint)_sessionCrates.Length ? _sessionCrates[local] : throw Corrupt("a definition belongs to a crate that is not a dependency");

    internal int SessionFile(int local)
    {
        var files = _meta.Value.Files;
        return (uint)local < (uint)files.Length ? _sessionFiles[local] : throw Corrupt("a span is in a file that is not in the file table");
    }

    internal GlobalAlloc AllocAt(int index)
    {
        if (_allocs.TryGetValue(index, out var a)) return a;
        var locations = _meta.Value.Allocs;
        if ((uint)index >= (uint)locations.Length) throw Corrupt("an allocation is not in the allocation table");
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw Corrupt("allocations point to one another without end");
        // Memory that leads back to itself does so through a static. An allocation refers to none of another crate.
        var reading = s_reading ??= [];
        if (!reading.Add(index)) throw Corrupt("an allocation points to itself");
        try
        {
            // One object per allocation whoever asks first: identity is what makes two pointers equal.
            return _allocs.GetOrAdd(index, new RecordReader(this, Record(locations[index])).GlobalAllocOf());
        }
        finally
        {
            reading.Remove(index);
        }
    }

    // -- file -------------------------------------------------------------------------------------------------------------------------------------

    private byte[] Read(long offset, int length, long size)
    {
        if (offset + length > size) throw Corrupt("it ends early");
        var buffer = new byte[length];
        for (int n = 0; n < length;)
        {
            int got = RandomAccess.Read(_file, buffer.AsSpan(n), _start + offset + n);
            if (got == 0) throw Corrupt("it ends early");
            n += got;
        }
        return buffer;
    }

    private byte[] RawChunk(int number)
    {
        if ((uint)number >= (uint)_chunks.Length) throw Corrupt("a record is in a chunk that does not exist");
        var c = _chunks[number];
        if (Volatile.Read(ref _raw[number]) is { } known) return known != s_damaged ? known : throw NotCompressed();
        var compressed = Read(c.Offset, c.CompressedSize, long.MaxValue);
        if (XxHash3.HashToUInt64(compressed) != c.Hash) throw Corrupt($"the checksum of section {c.Kind} (chunk {number}) is wrong");
        var raw = new byte[c.RawSize];
        if (!Lz4.TryDecompress(compressed, raw))
        {
            // Whoever asks again shall not pay again.
            Volatile.Write(ref _raw[number], s_damaged);
            throw NotCompressed();
        }
        return Interlocked.CompareExchange(ref _raw[number], raw, null) ?? raw;

        MirlinkException NotCompressed() => Corrupt($"section {c.Kind} (chunk {number}) does not decompress");
    }

    private ReadOnlyMemory<byte> Record(RecordLocation l)
    {
        var raw = RawChunk(l.Chunk);
        if (l.Offset < 0 || l.Offset > raw.Length - 4) throw Corrupt("a record lies outside of its chunk");
        int length = BinaryPrimitives.ReadInt32LittleEndian(raw.AsSpan(l.Offset));
        if ((uint)length > (uint)(raw.Length - 4 - l.Offset)) throw Corrupt("a record lies outside of its chunk");
        return raw.AsMemory(l.Offset + 4, length);
    }

    private RecordReader? At(RecordLocation l) => l.IsNone ? null : new RecordReader(this, Record(l));

    private static CrateInfo ReadInfo(RecordReader r, string path) => new()
    {
        Name = r.String(), StableCrateId = r.Fixed64(), Svh = r.Fixed128(), ExtraFilename = r.String(), Triple = r.String(), Path = path, Deps = [],
        IsProcMacro = r.Bool(), HasGlobalAllocator = r.Bool(), HasAllocErrorHandler = r.Bool(), HasPanicHandler = r.Bool(), NeedsAllocator = r.Bool(),
        NeedsPanicRuntime = r.Bool(), IsPanicRuntime = r.Bool(), IsCompilerBuiltins = r.Bool(), IsNoBuiltins = r.Bool(),
        RequiredPanicStrategy = r.OptString(), Edition = r.String(), HasMachineCode = false,
    };

    private MetaRecord ReadMeta()
    {
        int number = Array.FindIndex(_chunks, c => c.Kind == ChunkKind.Meta);
        if (number < 0) throw Corrupt("it has no section Meta");
        var r = new RecordReader(this, Record(new RecordLocation(number, 0)));
        var meta = new MetaRecord(
            r.Array(() => new TraitImpls(r.Def(), r.Array<(DefId, SimplifiedType?)>(() => (r.Def(), r.Bool() ? new SimplifiedType(r.Enum<SimplifiedTypeKind>(), r.Int(), r.Bool() ? r.Def() : default) : null)))),
            r.Array(() => (r.String(), r.Def())),
            r.Array(() => (r.String(), r.Def())),
            r.Array(() => new NativeLib(r.Enum<NativeLibKind>(), r.String(), r.OptString(), r.Tristate(), r.Tristate(), r.Tristate(), r.Tristate())),
            r.OptDef(),
            r.Array(r.String),
            r.Array(() => Location(r)));
        _sessionFiles = Array.ConvertAll(meta.Files, Tcx.InternSourceFile);
        return meta;
    }

    private static GlobalAsm ReadGlobalAsm(RecordReader r) => new(r.String(), r.Array(() => new GlobalAsmSymbol(r.String(), r.Bool() ? r.Instance() : null)));

    private static RecordLocation Location(RecordReader r)
    {
        int chunk = r.Index();
        return chunk < 0 ? RecordLocation.None : new RecordLocation(chunk, r.Int());
    }

    private DefEntry Entry(int index)
    {
        if ((uint)index >= (uint)DefCount) throw Corrupt("a definition is outside of the definition table");
        int group = index / SectionFormat.DefsPerChunk;
        var entries = Volatile.Read(ref _defs[group]);
        if (entries is null)
        {
            entries = ReadGroup(group);
            Volatile.Write(ref _defs[group], entries);
        }
        return entries[index % SectionFormat.DefsPerChunk];
    }

    private DefEntry[] ReadGroup(int group)
    {
        int number = 0;
        for (int seen = -1; number < _chunks.Length; number++)
            if (_chunks[number].Kind == ChunkKind.Definitions && ++seen == group) break;
        var r = new RecordReader(this, Record(new RecordLocation(number, 0)));
        var entries = new DefEntry[Math.Min(SectionFormat.DefsPerChunk, DefCount - group * SectionFormat.DefsPerChunk)];
        for (int i = 0; i < entries.Length; i++)
        {
            int kind = r.Index(), parent;
            if (kind >= 0 && !Enum.IsDefined((DefKind)kind)) throw Corrupt($"{kind} is no DefKind");
            entries[i] = new DefEntry
            {
                Kind = kind < 0 ? null : (DefKind)kind,
                // Parents come first: whoever walks up arrives at the root.
                Key = new DefKey((parent = r.Index()) < group * SectionFormat.DefsPerChunk + i ? parent : throw Corrupt("a definition's parent comes after it"), r.Enum<DefPathData>(), r.OptString(), (uint)r.Uint()),
                LocalHash = r.Fixed64(),
                Item = Location(r), OptimizedMir = Location(r), CtfeMir = Location(r), Promoted = Location(r), Static = Location(r),
                ContentHash = r.Fixed128(),
            };
        }
        return entries;
    }

    private ItemRecord Item(int index)
    {
        if ((uint)index >= (uint)DefCount) throw Corrupt("a definition is outside of the definition table");
        if (Volatile.Read(ref _items[index]) is { } known) return known;
        var item = At(Entry(index).Item)?.Item() ?? s_empty;
        return Interlocked.CompareExchange(ref _items[index], item, null) ?? item;
    }

    public void Dispose()
    {
        if (_text is { IsValueCreated: true, Value: IDisposable text }) text.Dispose();
        _file.Dispose();
    }
}
