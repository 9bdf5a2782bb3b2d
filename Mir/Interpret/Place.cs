using Mirlink.Mir.Abi;

namespace Mirlink.Mir.Interpret;

/// <summary>Alignment that a pointer has and the one its type requires, in bytes.</summary>
public sealed record Misalignment(ulong Has, ulong Required);

/// <summary>A place in memory: pointer, metadata where its type is unsized, layout (a variant's after a downcast).</summary>
public readonly struct MPlace(Pointer ptr, TyAndLayout layout, Scalar? meta = null, Misalignment? misaligned = null)
{
    public Pointer Ptr { get; } = ptr;
    public TyAndLayout Layout { get; } = layout;
    /// <summary>Slice length or vtable pointer.</summary>
    public Scalar? Meta { get; } = meta;
    /// <summary>Reached through a pointer that was not aligned enough: using it is an error, taking its address is not.</summary>
    public Misalignment? Misaligned { get; } = misaligned;

    public MPlace WithLayout(TyAndLayout layout) => new(Ptr, layout, Meta, Misaligned);
    public Ty Ty => Layout.Ty;
}

public enum OpKind : byte { Memory, Scalar, Pair, ZeroSized }

/// <summary>A value to read: in memory, or one or two scalars as the layout's backend representation says.</summary>
public readonly struct Op
{
    public OpKind Kind { get; private init; }
    public TyAndLayout Layout { get; private init; }
    public MPlace Place { get; private init; }
    public Scalar A { get; private init; }
    public Scalar B { get; private init; }
    public Ty Ty => Layout.Ty;

    public static implicit operator Op(MPlace place) => new() { Kind = OpKind.Memory, Layout = place.Layout, Place = place };
    public static Op Scalar(Scalar a, TyAndLayout layout) => new() { Kind = OpKind.Scalar, Layout = layout, A = a };
    public static Op Pair(Scalar a, Scalar b, TyAndLayout layout) => new() { Kind = OpKind.Pair, Layout = layout, A = a, B = b };
    public static Op Zst(TyAndLayout layout) => new() { Kind = OpKind.ZeroSized, Layout = layout };
    public Op WithLayout(TyAndLayout layout) => this with { Layout = layout, Place = Kind == OpKind.Memory ? Place.WithLayout(layout) : default };
}
