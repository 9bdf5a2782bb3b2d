namespace Mirlink.Mir.Interpret;

/// <summary>A thin pointer: an allocation and a byte offset in it, or (no allocation) an absolute address.</summary>
public readonly record struct Pointer(InterpAlloc? Alloc, ulong Offset)
{
    public static readonly Pointer Null = new(null, 0);
    public Pointer Add(ulong bytes) => new(Alloc, unchecked(Offset + bytes));
    public Scalar ToScalar() => new(Offset, 8, Alloc);
    public override string ToString() => Alloc is null ? $"0x{Offset:x}[noalloc]" : Offset == 0 ? Alloc.ToString() : $"{Alloc}+0x{Offset:x}";
}

/// <summary>A primitive value of <paramref name="Size"/> bytes. With a provenance it is a pointer and the bits are the offset in that allocation.</summary>
public readonly struct Scalar(U128 bits, int size, InterpAlloc? provenance = null)
{
    public U128 RawBits { get; } = bits;
    public InterpAlloc? Provenance { get; } = provenance;
    public int Size { get; } = size;

    public static Scalar Bool(bool b) => new(b ? U128.One : U128.Zero, 1);
    public static Scalar Usize(ulong v) => new(v, 8);
    public static Scalar Of(U128 bits, int size) => new(Truncate(bits, size), size);
    public static Scalar Of(I128 bits, int size) => new(Truncate(unchecked((U128)bits), size), size);

    public static U128 Truncate(U128 v, int size) => size >= 16 ? v : v & ((U128.One << (size * 8)) - 1);

    public static I128 SignExtend(U128 v, int size)
    {
        int shift = 128 - size * 8;
        return shift >= 128 ? 0 : unchecked((I128)(v << shift)) >> shift;
    }

    /// <summary>The value as an unsigned number.</summary>
    /// <exception cref="ConstEvalException">It is a pointer.</exception>
    public U128 Bits => Provenance is null ? RawBits : throw InterpError.Unsupported("unable to turn pointer into integer");
    public I128 Signed => SignExtend(Bits, Size);
    public ulong U64 => (ulong)Bits;
    public Pointer ToPointer() => new(Provenance, (ulong)RawBits);
    public override string ToString() => Provenance is null ? $"0x{RawBits:x}" : ToPointer().ToString();
}

/// <summary>Errors of interpreted code, with rustc's texts (rustc_middle::mir::interpret::error).</summary>
public static class InterpError
{
    public static ConstEvalException Ub(string message) => new(message);
    /// <summary>Something that compile-time evaluation does not do by definition (not a missing feature of this interpreter).</summary>
    public static ConstEvalException Unsupported(string message) => new(message) { Kind = InterpErrorKind.Unsupported };
    public static ConstEvalException Exhausted(string message) => new(message) { Kind = InterpErrorKind.ResourceExhaustion };
}
