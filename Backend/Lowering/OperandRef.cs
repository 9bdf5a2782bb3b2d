using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>How an operand's value is held, decided by its layout's representation.</summary>
internal enum OperandValue : byte
{
    /// <summary>No bytes.</summary>
    ZeroSized,
    /// <summary>One value A: scalars and vectors.</summary>
    Immediate,
    /// <summary>Two values A and B: scalar pairs.</summary>
    Pair,
    /// <summary>In memory at A (unsized: metadata B), aligned to Align: everything else. The memory stays unchanged while the operand is used.</summary>
    Ref,
}

/// <summary>A value of a layout: LIR values, or memory.</summary>
internal readonly record struct OperandRef(TyAndLayout Layout, OperandValue Kind, int A = -1, int B = -1, ulong Align = 0)
{
    public static OperandRef ZeroSized(TyAndLayout layout) => new(layout, OperandValue.ZeroSized);
    public static OperandRef Immediate(TyAndLayout layout, int value) => new(layout, OperandValue.Immediate, value);
    public static OperandRef Pair(TyAndLayout layout, int a, int b) => new(layout, OperandValue.Pair, a, b);
    public static OperandRef Ref(PlaceRef place) => new(place.Layout, OperandValue.Ref, place.Ptr, place.Meta, place.Align);

    public PlaceRef AsPlace => new(A, B, Layout, Align);
    /// <summary>The value of a scalar or vector.</summary>
    public int Value => Kind == OperandValue.Immediate ? A : throw new Mir.BugException($"a value of type {Layout.Ty} ({Kind}) is used as an immediate");
}

/// <summary>A typed place in memory: pointer, metadata of unsized types (-1: none), and known alignment in bytes.</summary>
internal readonly record struct PlaceRef(int Ptr, int Meta, TyAndLayout Layout, ulong Align)
{
    public PlaceRef(int ptr, TyAndLayout layout) : this(ptr, -1, layout, layout.Align) { }
    public PlaceRef(int ptr, TyAndLayout layout, ulong align) : this(ptr, -1, layout, align) { }
}
