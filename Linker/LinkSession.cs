using Mirlink.Mir;

namespace Mirlink.Linker;

/// <summary>The crates of a link and all that is known of them, until nobody needs it any more.</summary>
internal sealed class LinkSession(TyCtxt tcx) : IDisposable
{
    /// <summary>A heap below this size is left as it is: what would be given back is less than what a process needs anyway.</summary>
    private const long WorthCollecting = 64 << 20;

    private TyCtxt? _tcx = tcx;

    public TyCtxt Tcx => _tcx ?? throw new BugException("the session is closed");

    /// <summary>
    /// Closes the crates, which unmaps their files, and gives the memory back to the system. The caller keeps nothing that refers to them. One collection here costs less
    /// than those that would come later by themselves. The result is the number of crates.
    /// </summary>
    public long Close()
    {
        int crates = Tcx.Crates.Count;
        Dispose();
        if (GC.GetTotalMemory(forceFullCollection: false) >= WorthCollecting) GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return crates;
    }

    /// <summary>A process that links many times would run out of mappings.</summary>
    public void Dispose()
    {
        if (_tcx is null) return;
        foreach (var crate in _tcx.Crates) (crate as IDisposable)?.Dispose();
        _tcx = null;
    }
}
