using System.Globalization;

namespace Mirlink.Mir;

/// <summary>
/// A 128-bit number as two words, for storage and signatures on the way of every compiled crate: the ahead-of-time compiler leaves each method that touches
/// <see cref="UInt128"/> to the JIT. Arithmetic is done on <see cref="UInt128"/>.
/// </summary>
public readonly struct U128(ulong low, ulong high) : IEquatable<U128>
{
    public readonly ulong Low = low, High = high;

    public static implicit operator UInt128(U128 v) => new(v.High, v.Low);
    public static implicit operator U128(ulong v) => new(v, 0);
    public static explicit operator U128(UInt128 v) => new((ulong)v, (ulong)(v >> 64));

    public static bool operator ==(U128 a, U128 b) => a.Low == b.Low && a.High == b.High;
    public static bool operator !=(U128 a, U128 b) => !(a == b);
    public bool Equals(U128 other) => this == other;
    public override bool Equals(object? o) => o is U128 other && this == other;
    public override int GetHashCode() => HashCode.Combine(Low, High);
    public override string ToString() => High == 0 ? Low.ToString(CultureInfo.InvariantCulture) : ((UInt128)this).ToString(CultureInfo.InvariantCulture);
}
