using System.Numerics;

namespace Mirlink.Mir;

/// <summary>Rust's `i128`, wrapping, in place of <see cref="Int128"/> for the reason that <see cref="U128"/> gives.</summary>
public readonly struct I128(ulong high, ulong low) : IEquatable<I128>, IComparable<I128>
{
    public readonly ulong Low = low, High = high;

    public static I128 Zero => default;
    public static I128 One => new(0, 1);
    public static I128 MinValue => new(1UL << 63, 0);
    public static I128 MaxValue => new(ulong.MaxValue >> 1, ulong.MaxValue);
    private bool IsNegative => (long)High < 0;

    public static implicit operator I128(byte v) => new(0, v);
    public static implicit operator I128(sbyte v) => (long)v;
    public static implicit operator I128(short v) => (long)v;
    public static implicit operator I128(ushort v) => new(0, v);
    public static implicit operator I128(int v) => (long)v;
    public static implicit operator I128(uint v) => new(0, v);
    public static implicit operator I128(long v) => new((ulong)(v >> 63), (ulong)v);
    public static implicit operator I128(ulong v) => new(0, v);
    public static explicit operator I128(U128 v) => new(v.High, v.Low);

    public static explicit operator byte(I128 v) => unchecked((byte)v.Low);
    public static explicit operator int(I128 v) => unchecked((int)v.Low);
    public static explicit operator uint(I128 v) => unchecked((uint)v.Low);
    public static explicit operator long(I128 v) => unchecked((long)v.Low);
    public static explicit operator ulong(I128 v) => v.Low;

    // The edges: who needs the framework's type is compiled at run time.
    public static implicit operator Int128(I128 v) => new(v.High, v.Low);
    public static implicit operator I128(Int128 v) => new((ulong)(v >> 64), (ulong)v);
    public static implicit operator BigInteger(I128 v) => (BigInteger)(long)v.High << 64 | v.Low;

    public static I128 operator ~(I128 a) => new(~a.High, ~a.Low);
    public static I128 operator &(I128 a, I128 b) => new(a.High & b.High, a.Low & b.Low);
    public static I128 operator |(I128 a, I128 b) => new(a.High | b.High, a.Low | b.Low);
    public static I128 operator ^(I128 a, I128 b) => new(a.High ^ b.High, a.Low ^ b.Low);
    public static I128 operator <<(I128 a, int n) => (I128)((U128)a << n);

    public static I128 operator >>(I128 a, int n) => (n &= 127) switch
    {
        0 => a,
        < 64 => new((ulong)((long)a.High >> n), a.Low >> n | a.High << (64 - n)),
        _ => new((ulong)((long)a.High >> 63), (ulong)((long)a.High >> (n - 64))),
    };

    public static I128 operator +(I128 a, I128 b) => (I128)((U128)a + (U128)b);
    public static I128 operator -(I128 a, I128 b) => (I128)((U128)a - (U128)b);
    public static I128 operator -(I128 a) => (I128)(-(U128)a);
    public static I128 operator *(I128 a, I128 b) => (I128)((U128)a * (U128)b);

    /// <summary>Towards zero; the one quotient that does not fit is the smallest number.</summary>
    public static I128 operator /(I128 a, I128 b)
    {
        var q = (I128)(Magnitude(a) / Magnitude(b));
        return a.IsNegative != b.IsNegative ? -q : q;
    }

    /// <summary>With the sign of what is divided.</summary>
    public static I128 operator %(I128 a, I128 b)
    {
        var r = (I128)(Magnitude(a) % Magnitude(b));
        return a.IsNegative ? -r : r;
    }

    private static U128 Magnitude(I128 v) => (U128)(v.IsNegative ? -v : v);

    public static bool operator ==(I128 a, I128 b) => a.Low == b.Low && a.High == b.High;
    public static bool operator !=(I128 a, I128 b) => !(a == b);
    public static bool operator <(I128 a, I128 b) => (long)a.High < (long)b.High || a.High == b.High && a.Low < b.Low;
    public static bool operator >(I128 a, I128 b) => b < a;
    public static bool operator <=(I128 a, I128 b) => !(b < a);
    public static bool operator >=(I128 a, I128 b) => !(a < b);
    public static I128 Min(I128 a, I128 b) => b < a ? b : a;
    public static I128 Max(I128 a, I128 b) => a < b ? b : a;

    public bool Equals(I128 other) => this == other;
    public override bool Equals(object? o) => o is I128 other && this == other;
    public override int GetHashCode() => HashCode.Combine(Low, High);
    public int CompareTo(I128 other) => this < other ? -1 : this == other ? 0 : 1;
    public override string ToString() => IsNegative ? "-" + Magnitude(this) : ((U128)this).ToString();
}
