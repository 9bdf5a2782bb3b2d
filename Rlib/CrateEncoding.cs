using System.Buffers.Binary;
using System.IO.Hashing;
using Mirlink.Mir;
using Mirlink.Rlib.Records;

namespace Mirlink.Rlib;

/// <summary>Numbers that one encoded crate uses for other crates, files and allocations.</summary>
internal sealed class CrateEncoding
{
    private readonly Dictionary<int, int> _localCrates = [];
    private readonly Dictionary<int, int> _localFiles = [];
    private readonly Dictionary<GlobalAlloc, (int Index, Hash128 Hash)> _allocs = new(ReferenceEqualityComparer.Instance);

    public CrateEncoding(TyCtxt tcx, int sessionCrate)
    {
        Tcx = tcx;
        SessionCrate = sessionCrate;
        _localCrates.Add(sessionCrate, 0);
        foreach (int dep in tcx.Crates[sessionCrate].Info.Deps)
        {
            if (!_localCrates.TryAdd(dep, _localCrates.Count)) continue;
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

    public int LocalCrate(int session) => _localCrates.TryGetValue(session, out int n)
        ? n
        : throw new BugException($"crate `{Tcx.CrateName(SessionCrate)}` refers to crate `{Tcx.CrateName(session)}`, which is not among its dependencies");

    public int FileIndex(int session)
    {
        if (!_localFiles.TryGetValue(session, out int n))
        {
            n = Files.Count;
            _localFiles.Add(session, n);
            Files.Add(Tcx.SourceFile(session));
        }
        return n;
    }

    public static Hash128 Current(XxHash128 hasher)
    {
        Span<byte> bytes = stackalloc byte[16];
        hasher.GetCurrentHash(bytes);
        return new Hash128(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
    }

    public int AllocIndex(GlobalAlloc alloc, out Hash128 hash)
    {
        if (_allocs.TryGetValue(alloc, out var known))
        {
            hash = known.Hash;
            return known.Index;
        }
        int index = Allocations.Count;
        Allocations.Add([]);
        // Memory that points back to itself does so through a static, so a hash that is not known yet is never asked for.
        _allocs.Add(alloc, (index, default));
        var w = new RecordWriter(this);
        w.GlobalAllocOf(alloc);
        Allocations[index] = w.Bytes.ToArray();
        var hasher = new XxHash128();
        hasher.Append(w.Identity);
        hash = Current(hasher);
        _allocs[alloc] = (index, hash);
        return index;
    }
}
