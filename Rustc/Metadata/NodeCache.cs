using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Mirlink.Mir;

namespace Mirlink.Rustc.Metadata.Raw;

/// <summary>Decoded nodes by position or number. Thread-safe.</summary>
readonly struct NodeCache<T>() where T : class
{
    readonly ConcurrentTable _nodes = new();

    public bool TryGetValue(uint key, [NotNullWhen(true)] out T? node)
    {
        var found = _nodes.TryGet(key + 1ul, out var value);
        node = Unsafe.As<T?>(value);
        return found;
    }

    /// <summary>The node that is there, else this one, which now is.</summary>
    public T GetOrAdd(uint key, T node) => Unsafe.As<T>(_nodes.Add(key + 1ul, node))!;
}
