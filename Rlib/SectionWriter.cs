using System.Buffers.Binary;
using System.IO.Hashing;
using Mirlink.Mir;
using Mirlink.Mir.Passes;
using Mirlink.Rlib.Records;

namespace Mirlink.Rlib;

/// <summary>Encodes a crate as our section: see docs/rlib-format.md. The same crate always gives the same bytes.</summary>
public sealed class SectionWriter
{
    private sealed class OpenChunk(int number, ChunkKind kind)
    {
        public readonly int Number = number;
        public readonly ChunkKind Kind = kind;
        public readonly MemoryStream Raw = new();
        public int RawSize;
        /// <summary>Once it is closed.</summary>
        public byte[] Compressed = [];
    }

    private readonly CrateEncoding _crate;
    private readonly ICrateSource _source;
    private readonly List<OpenChunk> _chunks = [];
    // By kind.
    private readonly OpenChunk?[] _open = new OpenChunk?[(int)ChunkKind.GlobalAsm + 1];
    private readonly RecordWriter _w;

    private readonly GenericOptimizer? _optimizer;
    private readonly int _number;

    private SectionWriter(TyCtxt tcx, int crate, GenericOptimizer? optimizer)
    {
        (_number, _optimizer) = (crate, optimizer);
        _crate = new CrateEncoding(tcx, crate);
        _source = tcx.Crates[crate];
        _w = new RecordWriter(_crate);
    }

    /// <param name="rustcVersion">The version string in the header of the metadata that the crate was imported from.</param>
    /// <param name="optimizer">What bodies go through first; null: they are written as they are.</param>
    public static byte[] Write(TyCtxt tcx, int crate, string rustcVersion, GenericOptimizer? optimizer = null) => new SectionWriter(tcx, crate, optimizer).Run(rustcVersion);

    private byte[] Run(string rustcVersion)
    {
        var defs = new DefEntry[_source.DefCount];
        var identity = new XxHash128();
        for (int i = 0; i < defs.Length; i++) defs[i] = Definition(i, identity);

        // Definitions refer to records, so they come after them; what they add to the tables below is nothing.
        for (int start = 0; start < defs.Length; start += SectionFormat.DefsPerChunk)
        {
            _w.Reset();
            for (int i = start; i < Math.Min(start + SectionFormat.DefsPerChunk, defs.Length); i++) Entry(in defs[i]);
            AppendRecord(ChunkKind.Definitions, _w.Bytes);
            Close(ChunkKind.Definitions);
        }

        // Encoding the meta record first tells which files and allocations there are; allocations may name further ones.
        var allocs = new List<RecordLocation>();
        for (int i = 0; i < _crate.Allocations.Count; i++) allocs.Add(AppendRecord(ChunkKind.Allocations, _crate.Allocations[i]));
        if (_source.GlobalAsm is { } asm)
        {
            _w.Reset();
            _w.String(asm.Text);
            _w.Array(asm.Symbols, s =>
            {
                _w.String(s.Name);
                _w.Bool(s.Instance is not null);
                if (s.Instance is not null) _w.Instance(s.Instance);
            });
            AppendRecord(ChunkKind.GlobalAsm, _w.Bytes);
        }
        _w.Reset();
        Meta(allocs);
        AppendRecord(ChunkKind.Meta, _w.Bytes);
        for (int kind = 0; kind < _open.Length; kind++) Close((ChunkKind)kind);
        return Assemble(rustcVersion, defs.Length);
    }

    private DefEntry Definition(int i, XxHash128 identity)
    {
        var e = new DefEntry
        {
            Kind = _source.DefKind(i), Key = _source.DefKey(i), LocalHash = _source.DefPathHash(i).LocalHash,
            Item = RecordLocation.None, OptimizedMir = RecordLocation.None, CtfeMir = RecordLocation.None, Promoted = RecordLocation.None, Static = RecordLocation.None,
        };
        if (e.Kind is null) return e;
        identity.Reset();
        var item = ItemRecord.From(_source, i);
        if (!item.IsEmpty) e.Item = Record(ChunkKind.Items, identity, () => _w.Item(item));
        if (_source.OptimizedMir(i) is { } body)
        {
            _optimizer?.Optimize(new DefId(_number, i), body);
            e.OptimizedMir = Record(ChunkKind.Bodies, identity, () => _w.Body(body));
        }
        if (_source.MirForCtfe(i) is { } ctfe) e.CtfeMir = Record(ChunkKind.Bodies, identity, () => _w.Body(ctfe));
        if (_source.PromotedMir(i) is { Length: > 0 } promoted) e.Promoted = Record(ChunkKind.Bodies, identity, () => _w.Array(promoted, _w.Body));
        if (_source.StaticInitializer(i) is { } init) e.Static = Record(ChunkKind.Items, identity, () => _w.Allocation(init));
        e.ContentHash = CrateEncoding.Current(identity);
        return e;
    }

    private RecordLocation Record(ChunkKind kind, XxHash128 identity, Action write)
    {
        _w.Reset();
        write();
        identity.Append(_w.Identity);
        return AppendRecord(kind, _w.Bytes);
    }

    private RecordLocation AppendRecord(ChunkKind kind, ReadOnlySpan<byte> record)
    {
        if (_open[(int)kind] is not { } open)
        {
            _open[(int)kind] = open = new OpenChunk(_chunks.Count, kind);
            _chunks.Add(open);
        }
        int at = (int)open.Raw.Length;
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, record.Length);
        open.Raw.Write(length);
        open.Raw.Write(record);
        if (open.Raw.Length >= SectionFormat.ChunkTarget) Close(kind);
        return new RecordLocation(open.Number, at);
    }

    private void Close(ChunkKind kind)
    {
        if (_open[(int)kind] is not { } open) return;
        _open[(int)kind] = null;
        var raw = open.Raw.GetBuffer().AsSpan(0, (int)open.Raw.Length);
        open.Compressed = Lz4.Compress(raw);
        open.RawSize = raw.Length;
        open.Raw.Dispose();
    }

    private void Entry(in DefEntry e)
    {
        _w.Index(e.Kind is { } k ? (int)k : -1);
        _w.Index(e.Key.Parent);
        _w.Byte((byte)e.Key.Data);
        _w.OptString(e.Key.Name);
        _w.Uint(e.Key.Disambiguator);
        _w.Fixed64(e.LocalHash);
        Location(e.Item);
        Location(e.OptimizedMir);
        Location(e.CtfeMir);
        Location(e.Promoted);
        Location(e.Static);
        _w.Fixed128(e.ContentHash);
    }

    private void Location(RecordLocation l)
    {
        _w.Index(l.Chunk);
        if (!l.IsNone) _w.Int(l.Offset);
    }

    /// <summary>Lists of crates are arrays, which would be slow to ask as lists.</summary>
    private static T[] ArrayOf<T>(IReadOnlyList<T> list) => list as T[] ?? [.. list];

    private void Meta(List<RecordLocation> allocs)
    {
        _w.Array(ArrayOf(_source.TraitImpls), t =>
        {
            _w.Def(t.Trait);
            _w.Array(t.Impls, i =>
            {
                _w.Def(i.Impl);
                _w.Bool(i.SelfTy is not null);
                if (i.SelfTy is not { } s) return;
                _w.Byte((byte)s.Kind);
                _w.Int(s.Sub);
                bool nominal = s.Kind is SimplifiedTypeKind.Adt or SimplifiedTypeKind.Foreign or SimplifiedTypeKind.Trait or SimplifiedTypeKind.Closure
                    or SimplifiedTypeKind.Coroutine or SimplifiedTypeKind.CoroutineWitness;
                _w.Bool(nominal);
                if (nominal) _w.Def(s.Def);
            });
        });
        _w.Array(ArrayOf(_source.LangItems), l => { _w.String(l.Name); _w.Def(l.Def); });
        _w.Array(ArrayOf(_source.DiagnosticItems), l => { _w.String(l.Name); _w.Def(l.Def); });
        _w.Array(ArrayOf(_source.NativeLibs), n =>
        {
            _w.Byte((byte)n.Kind);
            _w.String(n.Name);
            _w.OptString(n.Filename);
            foreach (var b in (ReadOnlySpan<bool?>)[n.Bundle, n.WholeArchive, n.AsNeeded, n.Verbatim]) _w.Byte(b switch { null => 0, false => 1, true => 2 });
        });
        _w.OptDef(_source.FindMain());
        _w.Array(_crate.Files.ToArray(), _w.String);
        _w.Array(allocs.ToArray(), Location);
    }

    private byte[] Assemble(string rustcVersion, int defCount)
    {
        _w.Reset();
        var info = _source.Info;
        _w.String(rustcVersion);
        _w.String(info.Name);
        _w.Fixed64(info.StableCrateId);
        _w.Fixed128(info.Svh);
        _w.String(info.ExtraFilename);
        _w.String(info.Triple);
        foreach (bool b in new[] { info.IsProcMacro, info.HasGlobalAllocator, info.HasAllocErrorHandler, info.HasPanicHandler, info.NeedsAllocator, info.NeedsPanicRuntime,
                     info.IsPanicRuntime, info.IsCompilerBuiltins, info.IsNoBuiltins }) _w.Bool(b);
        _w.OptString(info.RequiredPanicStrategy);
        _w.String(info.Edition);
        _w.Array(_crate.Deps.ToArray(), d =>
        {
            _w.String(d.Name);
            _w.Fixed64(d.StableCrateId);
            _w.Fixed128(d.Svh);
            _w.String(d.ExtraFilename);
        });
        _w.Int(defCount);
        _w.Array(_chunks.ToArray(), c =>
        {
            _w.Byte((byte)c.Kind);
            _w.Int(c.Compressed.Length);
            _w.Int(c.RawSize);
            _w.Fixed64(XxHash3.HashToUInt64(c.Compressed));
        });

        int size = 0;
        foreach (var c in _chunks) size += c.Compressed.Length;
        var file = new byte[SectionFormat.PrologueSize + _w.Bytes.Length + size];
        SectionFormat.Magic.CopyTo(file);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(8), SectionFormat.Version);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(12), _w.Bytes.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(16), XxHash3.HashToUInt64(_w.Bytes));
        _w.Bytes.CopyTo(file.AsSpan(SectionFormat.PrologueSize));
        int at = SectionFormat.PrologueSize + _w.Bytes.Length;
        foreach (var c in _chunks)
        {
            c.Compressed.CopyTo(file.AsSpan(at));
            at += c.Compressed.Length;
        }
        return file;
    }
}
