using System.Buffers.Binary;
using System.IO.Hashing;
using Mirlink.Mir;
using Mirlink.Rlib.Records;

namespace Mirlink.Rlib;

/// <summary>Numbers that one encoded crate uses for other crates, files and allocations.</summary>
internal sealed class CrateEncoding
{
    // By the session's number, 0 for none: the crate's own number plus one.
    private readonly int[] _localCrates;
    private int[] _localFiles = [];
    private readonly Dictionary<object, int> _allocs = new(ReferenceEqualityComparer.Instance);
    private readonly List<AllocHash> _allocHashes = [];

    private sealed class AllocHash { public Hash128 Value; }

    public CrateEncoding(TyCtxt tcx, int sessionCrate)
    {
        Tcx = tcx;
        SessionCrate = sessionCrate;
        _localCrates = new int[tcx.Crates.Count];
        _localCrates[sessionCrate] = 1;
        foreach (int dep in tcx.Crates[sessionCrate].Info.Deps)
        {
            if (_localCrates[dep] != 0) continue;
            _localCrates[dep] = Deps.Count + 2;
            var info = tcx.Crates[dep].Info;
            Deps.Add(new CrateDep(info.Name, info.StableCrateId, info.Svh, info.ExtraFilename));
        }
    }

    public TyCtxt Tcx { get; }
    public int SessionCrate { get; }
    public List<CrateDep> Deps { get; } = [];
    public List<string> Files { get; } = [];
    /// <summary>Encoded allocations by index.</summary>
    public List<byte[]> Allocations { get; } = [];

    public int LocalCrate(int session) => _localCrates[session] is > 0 and var n
        ? n - 1
        : throw new BugException($"crate `{Tcx.CrateName(SessionCrate)}` refers to crate `{Tcx.CrateName(session)}`, which is not among its dependencies");

    public int FileIndex(int session)
    {
        if (session >= _localFiles.Length) Array.Resize(ref _localFiles, Math.Max(session + 1, 2 * _localFiles.Length));
        if (_localFiles[session] == 0)
        {
            Files.Add(Tcx.SourceFile(session));
            _localFiles[session] = Files.Count;
        }
        return _localFiles[session] - 1;
    }

    public static Hash128 Current(XxHash128 hasher)
    {
        Span<byte> bytes = stackalloc byte[16];
        hasher.GetCurrentHash(bytes);
        return new Hash128(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
    }

    public int AllocIndex(GlobalAlloc alloc, out Hash128 hash)
    {
        if (_allocs.TryGetValue(alloc, out int known))
        {
            hash = _allocHashes[known].Value;
            return known;
        }
        int index = Allocations.Count;
        Allocations.Add([]);
        // Memory that points back to itself does so through a static, so a hash that is not known yet is never asked for.
        _allocs.Add(alloc, index);
        _allocHashes.Add(new AllocHash());
        var w = new RecordWriter(this);
        w.GlobalAllocOf(alloc);
        Allocations[index] = w.Bytes.ToArray();
        var hasher = new XxHash128();
        hasher.Append(w.Identity);
        hash = Current(hasher);
        _allocHashes[index].Value = hash;
        return index;
    }
}
