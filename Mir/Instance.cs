using System.Numerics;

namespace Mirlink.Mir;

/// <summary>rustc_middle::ty::InstanceKind.</summary>
public enum InstanceKind : byte
{
    Item, Intrinsic, VTableShim, ReifyShim, FnPtrShim, Virtual, ClosureOnceShim, ConstructCoroutineInClosureShim, ThreadLocalShim, FutureDropPollShim, DropGlue,
    CloneShim, FnPtrAddrShim, AsyncDropGlueCtorShim, AsyncDropGlue,
}

/// <summary>A monomorphic function: what it is made from and its generic arguments (regions erased). Compared by value.</summary>
/// <param name="Ty">FnPtrShim, CloneShim, FnPtrAddrShim: the self type. DropGlue: the dropped type, null for "nothing to drop".</param>
/// <param name="Index">Virtual: the vtable slot. ReifyShim: 0 none, 1 for a fn pointer, 2 for a vtable. ClosureOnceShim: 1 if track_caller. ConstructCoroutineInClosureShim: 1 if by ref.</param>
public sealed record Instance(InstanceKind Kind, DefId Def, GenericArgs Args, Ty? Ty = null, int Index = 0)
{
    public static Instance Item(DefId def, GenericArgs args) => new(InstanceKind.Item, def, args);

    public bool Equals(Instance? o) => o is not null && Kind == o.Kind && Def == o.Def && ReferenceEquals(Args, o.Args) && ReferenceEquals(Ty, o.Ty) && Index == o.Index;
    public override int GetHashCode() => (int)(BitOperations.RotateLeft((uint)Args.Id * 0x85EBCA6B, 13) ^ (uint)Def.GetHashCode() * 0xC2B2AE35 ^ (uint)(Ty?.Id ?? -1) * 0x27D4EB2F ^ (uint)Kind << 24 ^ (uint)Index << 16);
    public override string ToString() => $"{Kind}({Def}{Args}{(Ty is null ? "" : $", {Ty}")}{(Index == 0 ? "" : $", {Index}")})";
}
