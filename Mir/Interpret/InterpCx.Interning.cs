using Mirlink.Mir.Abi;

namespace Mirlink.Mir.Interpret;

/// <summary>The end of an evaluation: private memory becomes global; values become trees and back.</summary>
public sealed partial class InterpCx
{
    /// <summary>Interns the allocation of a place and everything it points to.</summary>
    /// <param name="existing">What the root is, if it has an identity already.</param>
    internal GlobalAlloc Intern(in MPlace place, Mutability root, Mutability inner, GlobalAlloc? existing)
    {
        var order = new List<InterpAlloc>();
        var allocations = new Dictionary<InterpAlloc, Allocation>(ReferenceEqualityComparer.Instance);
        var rootAlloc = place.Ptr.Alloc!;
        Visit(rootAlloc, root);
        for (int at = 0; at < order.Count; at++)
            foreach (var (_, target) in order[at].Pointers) Visit(target, inner);
        foreach (var a in order) allocations[a] = a.ToAllocation(t => t.Global!);
        return rootAlloc.Global!;

        void Visit(InterpAlloc alloc, Mutability mutability)
        {
            if (alloc.Global is not null) return;
            if (!alloc.IsLive) throw InterpError.Ub("encountered dangling pointer in final value of constant");
            if (alloc.Kind == InterpAllocKind.Heap && !alloc.MadeGlobal) throw InterpError.Ub("encountered `const_allocate` pointer in final value that was not made global");
            if (!alloc.MergeFragments()) throw InterpError.Ub("encountered partial pointer in final value of constant");
            // Memory may point to itself in a circle: its contents are made when all identities are known.
            var global = ReferenceEquals(alloc, rootAlloc) && existing is not null ? existing : new GlobalAlloc.Memory(() => allocations[alloc]);
            alloc.BecomeGlobal(global, mutability);
            order.Add(alloc);
        }
    }

    /// <summary>Interns a static: its own memory is returned, pointers to it are to the static.</summary>
    internal Allocation InternStatic(in MPlace place, Mutability root, Mutability inner, GlobalAlloc.Static identity)
    {
        Intern(place, root, inner, identity);
        return place.Ptr.Alloc!.ToAllocation(t => t.Global!);
    }

    // -- value trees ---------------------------------------------------------------------------------------------------------------------------------

    /// <summary>A value as a tree, for type-level constants.</summary>
    /// <exception cref="UnsupportedException">A type that cannot be a const parameter's.</exception>
    internal ValTree ToValTree(in MPlace place)
    {
        switch (place.Ty)
        {
            case PrimTy { Kind: TyKind.Bool or TyKind.Int or TyKind.Uint or TyKind.Float or TyKind.Char }:
            case RawPtrTy:
                {
                    var s = ReadScalar(place);
                    if (s.Provenance is not null || place.Layout.Repr.IsScalarPair) break;
                    return new ValTree.Leaf(new ScalarInt(s.RawBits, (byte)s.Size));
                }
            case PatTy p: return ToValTree(place.WithLayout(LayoutOf(p.Base)));
            case FnDefTy: return new ValTree.Branch([]);
            case RefTy: return ToValTree(Deref(place));
            case ArrayTy or SliceTy or PrimTy { Kind: TyKind.Str }:
                {
                    ulong n = Length(place);
                    var elements = new Const[n];
                    for (ulong i = 0; i < n; i++) elements[i] = ToConst(Element(place, i));
                    return new ValTree.Branch(elements);
                }
            case TupleTy t: return new ValTree.Branch(Fields(place, t.Elements.Length, null));
            case AdtTy a:
                {
                    var def = Tcx.AdtDef(a.Def);
                    if (def.IsUnion) break;
                    if (!def.IsEnum) return new ValTree.Branch(Fields(place, def.NonEnumVariant.Fields.Length, null));
                    int variant = ReadVariant(place);
                    var index = Tcx.Interner.ConstValue(Tcx.Interner.U32, new ValTree.Leaf(new ScalarInt((uint)variant, 4)));
                    return new ValTree.Branch(Fields(Downcast(place, variant), def.Variants[variant].Fields.Length, index));
                }
        }
        throw new UnsupportedException($"a type-level constant of type {TypeName(place.Ty)}");
    }

    private Const ToConst(in MPlace place) => Tcx.Interner.ConstValue(place.Ty, ToValTree(place));

    private Const[] Fields(in MPlace place, int count, Const? first)
    {
        int skip = first is null ? 0 : 1;
        var fields = new Const[count + skip];
        if (first is not null) fields[0] = first;
        for (int i = 0; i < count; i++) fields[i + skip] = ToConst(Field(place, i));
        return fields;
    }

    /// <summary>Writes a tree's value to memory of its type.</summary>
    internal void WriteValTree(ValTree tree, in MPlace dest)
    {
        switch (dest.Ty)
        {
            case RefTy r:
                {
                    var pointee = LayoutOf(r.Pointee);
                    if (!pointee.IsUnsized)
                    {
                        var target = AllocatePlace(pointee);
                        WriteValTree(tree, target);
                        WritePointer(target.Ptr, dest);
                        return;
                    }
                    if (r.Pointee is not (SliceTy or PrimTy { Kind: TyKind.Str })) throw new UnsupportedException($"a type-level constant of type {TypeName(dest.Ty)}");
                    var children = ((ValTree.Branch)tree).Children;
                    var element = ElementLayout(pointee);
                    var memory = new Pointer(Allocate(InterpAllocKind.Stack, element.Size * (ulong)children.Length, element.Align), 0);
                    for (int i = 0; i < children.Length; i++) WriteValTree(children[i].Value!, new MPlace(memory.Add((ulong)i * element.Size), element));
                    WritePointer(memory, Scalar.Usize((ulong)children.Length), dest);
                    return;
                }
            case PatTy p: WriteValTree(tree, dest.WithLayout(LayoutOf(p.Base))); return;
        }
        switch (tree)
        {
            case ValTree.Leaf leaf: WriteScalar(new Scalar(leaf.Scalar.Bits, leaf.Scalar.Size), dest); return;
            case ValTree.Branch branch when dest.Ty is ArrayTy:
                for (int i = 0; i < branch.Children.Length; i++) WriteValTree(branch.Children[i].Value!, Element(dest, (ulong)i));
                return;
            case ValTree.Branch branch when dest.Ty is AdtTy a && Tcx.AdtDef(a.Def).IsEnum:
                {
                    int variant = (int)branch.Children[0].TryBits!.Value;
                    var inner = Downcast(dest, variant);
                    for (int i = 1; i < branch.Children.Length; i++) WriteValTree(branch.Children[i].Value!, Field(inner, i - 1));
                    WriteDiscriminant(variant, dest);
                    return;
                }
            case ValTree.Branch branch:
                for (int i = 0; i < branch.Children.Length; i++) WriteValTree(branch.Children[i].Value!, Field(dest, i));
                return;
        }
    }
}
