namespace Mirlink.Mir;

/// <summary>
/// Bodies by definition, of which only those asked for lately are kept: in a link most generic bodies have served all their instances long before its end, and
/// all of them together are the largest thing that it would hold. Who asks for one that is gone has it decoded again. Two generations: what is found in the older one
/// moves to the younger one; when that is full, it becomes the older one, and what nobody asked for meanwhile is dropped. Readers take no lock.
/// </summary>
internal sealed class BodyCache<T>(int limit, Func<T, int> sizeOf) where T : class
{
    private sealed class Generation
    {
        public readonly ConcurrentTable Table = new();
        public int Size;
    }

    private volatile Generation _young = new(), _old = new();

    /// <summary>The cached result, or the one that <paramref name="make"/> gives. Two threads may both make it; they need not get the same one.</summary>
    public T? GetOrAdd(DefId def, Func<DefId, TyCtxt, T?> make, TyCtxt tcx)
    {
        // 0 is no key.
        ulong key = (ulong)(uint)(def.Krate + 1) << 32 | (uint)def.Index;
        var young = _young;
        if (young.Table.TryGet(key, out var known)) return (T?)known;
        var result = _old.Table.TryGet(key, out known) ? (T?)known : make(def, tcx);
        result = (T?)young.Table.Add(key, result);
        // A null is about as large as the table's slot for it.
        int size = result is null ? 1 : sizeOf(result);
        if (Interlocked.Add(ref young.Size, size) >= limit && Interlocked.CompareExchange(ref _young, new Generation(), young) == young) _old = young;
        return result;
    }
}

/// <summary>What <see cref="BodyCache{T}"/> counts: statements, blocks, locals, each some 80 bytes with what belongs to it.</summary>
internal static class BodySize
{
    public static int Of(Body body)
    {
        int size = 4 + body.Locals.Length + body.VarDebugInfo.Length + body.Scopes.Length;
        foreach (ref readonly var b in body.Blocks.AsSpan()) size += b.Statements.Length + 2;
        return size;
    }

    public static int Of(Body[] bodies)
    {
        int size = 1;
        foreach (var b in bodies) size += Of(b);
        return size;
    }
}
