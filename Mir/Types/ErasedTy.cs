using Mirlink.Mir.Abi;

namespace Mirlink.Mir;

/// <summary>All that code may know of a type which it only moves: two types with equal classes give the same machine code there.</summary>
/// <param name="Freeze">No UnsafeCell outside of indirections.</param>
/// <param name="Unpin">Unpin, and UnsafeUnpin where the standard library has it.</param>
public sealed record LayoutClass(ulong Size, ulong Align, BackendRepr Repr, Niche? LargestNiche, bool Uninhabited, ulong? MaxReprAlign, ulong UnadjustedAbiAlign,
    bool NeedsDrop, bool Freeze, bool Unpin);

/// <summary>
/// Stands for any type of a <see cref="LayoutClass"/> (see <see cref="Erasure.TypeEraser"/>). It has a layout and no identity: trait selection refuses to
/// decide anything by it, so a body that needs more than it was said to need fails to link instead of being compiled for the wrong type.
/// </summary>
public sealed class ErasedTy : Ty
{
    internal ErasedTy(LayoutClass @class) { Class = @class; Flags = TypeFlags.HasErased; }
    public override TyKind Kind => TyKind.Erased;
    public LayoutClass Class { get; }
    internal override int StructuralHash() => HashCode.Combine(20, Class);
    internal override bool StructuralEquals(GenericArg o) => o is ErasedTy e && e.Class == Class;
    public override string ToString() => "_";
}
