using System.Runtime.CompilerServices;

namespace Mirlink.Mir;

/// <summary>Keys that say themselves what equals them; strings by ordinals.</summary>
public readonly struct ByValue<TKey> : IEqualityComparer<TKey> where TKey : notnull, IEquatable<TKey>
{
    public bool Equals(TKey? x, TKey? y) => x!.Equals(y);
    public int GetHashCode(TKey x) => x.GetHashCode();
}

/// <summary>Interned arguments: equal means same.</summary>
public readonly struct ById<TKey> : IEqualityComparer<TKey> where TKey : GenericArg
{
    public bool Equals(TKey? x, TKey? y) => ReferenceEquals(x, y);
    public int GetHashCode(TKey x) => x.Id;
}

/// <summary>Objects that are equal to themselves only.</summary>
public readonly struct ByReference<TKey> : IEqualityComparer<TKey> where TKey : class
{
    public bool Equals(TKey? x, TKey? y) => ReferenceEquals(x, y);
    public int GetHashCode(TKey x) => RuntimeHelpers.GetHashCode(x);
}
