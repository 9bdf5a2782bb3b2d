using Mirlink.Mir.Abi;

namespace Mirlink.Mir.Interpret;

/// <summary>Typed copies must copy values: what their bytes must be (see <see cref="Validity"/>).</summary>
public sealed partial class InterpCx
{
    private static ConstEvalException Invalid(string type, string path, string what) =>
        InterpError.Ub($"constructing invalid value of type {type}: {(path.Length == 0 ? "" : $"at {path}, ")}{what}");

    /// <summary>Checks that the memory of a place holds a value of its type.</summary>
    internal void CheckValue(in MPlace place)
    {
        var validity = Validity.Of(Tcx, place.Layout);
        if (!validity.IsEmpty) CheckValue(validity, place.Ptr, place.Layout.Ty, "");
    }

    private void CheckValue(Validity validity, Pointer at, Ty type, string prefix)
    {
        foreach (ref readonly var leaf in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(validity.Leaves)) CheckLeaf(leaf, at.Add(leaf.Offset), type, prefix);
        foreach (ref readonly var e in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(validity.Enums))
        {
            int variant;
            var place = new MPlace(at.Add(e.Offset), e.Layout);
            var tagAt = place.Ptr.Add(e.Layout.FieldOffset(e.Layout.TagField));
            if (Uninitialized(tagAt, e.Layout.Tag.Size)) throw Invalid(TypeName(type), prefix + e.Path + ".<enum-tag>", "encountered uninitialized memory, but expected a valid enum tag");
            try
            {
                variant = ReadVariant(place);
            }
            catch (ConstEvalException error) when (error.Message.StartsWith("enum value has invalid tag: ", StringComparison.Ordinal))
            {
                throw Invalid(TypeName(type), prefix + e.Path + ".<enum-tag>", $"encountered {error.Message["enum value has invalid tag: ".Length..]}, but expected a valid enum tag");
            }
            catch (ConstEvalException error) when (error.Message.Contains("uninhabited enum variant", StringComparison.Ordinal))
            {
                throw Invalid(TypeName(type), prefix + e.Path + ".<enum-tag>", "encountered an uninhabited enum variant");
            }
            var inner = e.Variants[variant];
            if (!inner.IsEmpty) CheckValue(inner, place.Ptr, type, prefix);
        }
        foreach (ref readonly var a in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(validity.Arrays))
            for (ulong i = 0; i < a.Count; i++)
                CheckValue(a.Element, at.Add(a.Offset + i * a.Stride), type, $"{prefix}{a.Path}[{i}]");
    }

    private bool Uninitialized(Pointer at, int size) => Access(at, (ulong)size, write: false).FirstUninit((int)at.Offset, size) >= 0;

    private void CheckLeaf(in Validity.Leaf leaf, Pointer at, Ty type, string prefix)
    {
        if (leaf.Kind == LeafKind.Never)
            throw Invalid(TypeName(type), prefix + leaf.Path, leaf.Ty is PrimTy { Kind: TyKind.Never } ? "encountered a value of the never type `!`" : $"encountered a value of uninhabited type `{TypeName(leaf.Ty)}`");
        if (Uninitialized(at, leaf.Size)) throw Invalid(TypeName(type), prefix + leaf.Path, "encountered uninitialized memory, but " + Expected(leaf.Kind, leaf.Ty));
        switch (leaf.Kind)
        {
            case LeafKind.Initialized: return;
            case LeafKind.Bool or LeafKind.Char or LeafKind.Scalar: CheckScalar(leaf, ToInt(ReadScalar(at, leaf.Range.Size)), type, prefix); return;
            case LeafKind.Function: CheckFunction(ReadScalar(at, 8), type, prefix + leaf.Path); return;
            default: CheckPointer(leaf, ReadScalar(at, 8), leaf.Size > 8 ? ReadScalar(at.Add(8), 8) : null, type, prefix); return;
        }
    }

    private static string Expected(LeafKind kind, Ty ty) => kind switch
    {
        LeafKind.Bool => "expected a boolean",
        LeafKind.Char => "expected a unicode scalar value",
        LeafKind.Reference => "expected a reference",
        LeafKind.Box => "expected a box",
        LeafKind.RawPointer => "expected a raw pointer",
        LeafKind.Function => "expected a function pointer",
        _ => ty.IsFloat ? "expected a floating point number" : "expected an integer",
    };

    private void CheckScalar(in Validity.Leaf leaf, Scalar s, Ty type, string prefix)
    {
        string Hexadecimal() => "0x" + s.RawBits.ToString("x" + 2 * s.Size, System.Globalization.CultureInfo.InvariantCulture);
        switch (leaf.Kind)
        {
            case LeafKind.Bool when s.RawBits > 1: throw Invalid(TypeName(type), prefix + leaf.Path, $"encountered {Hexadecimal()}, but expected a boolean");
            case LeafKind.Char when s.RawBits > 0x10ffff || s.RawBits >= 0xd800 && s.RawBits < 0xe000:
                throw Invalid(TypeName(type), prefix + leaf.Path, $"encountered {Hexadecimal()}, but expected a valid unicode scalar value (in `0..=0x10FFFF` but not in `0xD800..=0xDFFF`)");
            case LeafKind.Scalar when !leaf.Range.Contains(s.RawBits):
                throw Invalid(TypeName(type), prefix + leaf.Path, $"encountered {s.RawBits}, but expected something {InRange(leaf.Range)}");
        }
    }

    private static string InRange(in Abi.Scalar range)
    {
        if (range.Start > range.End) return $"less or equal to {range.End}, or greater or equal to {range.Start}";
        if (range.Start == range.End) return $"equal to {range.Start}";
        if (range.Start == 0) return $"less or equal to {range.End}";
        return range.End == range.Mask ? $"greater or equal to {range.Start}" : $"in the range {range.Start}..={range.End}";
    }

    private void CheckFunction(Scalar s, Ty type, string path)
    {
        if (s.Provenance is { Kind: InterpAllocKind.Function } && s.RawBits == 0) return;
        throw Invalid(TypeName(type), path, s.Provenance is null && s.RawBits == 0 ? "encountered a null function pointer" : $"encountered {s.ToPointer()}, but expected a function pointer");
    }

    private void CheckPointer(in Validity.Leaf leaf, Scalar address, Scalar? meta, Ty type, string prefix)
    {
        var pointee = leaf.Ty.BuiltinDeref ?? BoxedTy(leaf.Ty)!;
        var layout = LayoutOf(pointee);
        string path = prefix + leaf.Path;
        // What is not there yet is the trait object's own size: a genuine vtable is needed for that.
        if (meta is { } m && layout.IsUnsized && Tcx.Traits.StructTail(pointee) is DynamicTy)
        {
            if (m.Provenance is not { Kind: InterpAllocKind.VTable } || m.RawBits != 0) throw Invalid(TypeName(type), path, $"encountered {m.ToPointer()}, but expected a vtable pointer");
        }
        if (leaf.Kind == LeafKind.RawPointer) return;
        string kind = leaf.Kind == LeafKind.Box ? "box" : "reference";
        ulong size = layout.Size, align = layout.Align;
        if (layout.IsUnsized)
        {
            if (SizeAndAlignOf(layout, meta is { Provenance: not null } v && v.Provenance.Kind != InterpAllocKind.VTable ? ToInt(v) : meta) is var (s, a)) (size, align) = (s, a);
        }
        var ptr = address.ToPointer();
        if (!leaf.MayDangle && size > 0)
        {
            if (ptr.Alloc is not { } alloc)
            {
                throw Invalid(TypeName(type), path, ptr.Offset == 0 ? $"encountered a null {kind}" : $"encountered a dangling {kind} ({ptr} has no provenance)");
            }
            if (!alloc.IsLive) throw Invalid(TypeName(type), path, $"encountered a dangling {kind} (use-after-free)");
            ulong all = AllocInfo(alloc).Size;
            if (ptr.Offset > all || size > all - ptr.Offset) throw Invalid(TypeName(type), path, $"encountered a dangling {kind} (going beyond the bounds of its allocation)");
        }
        if (!IsAligned(ptr, align)) throw Invalid(TypeName(type), path, $"encountered an unaligned {kind} (required {align} byte alignment but found {AlignOf(ptr, align)})");
        if (ptr.Alloc is null && ptr.Offset == 0) throw Invalid(TypeName(type), path, $"encountered a null {kind}");
        if (layout.Uninhabited) throw Invalid(TypeName(type), path, $"encountered a {kind} pointing to uninhabited type {TypeName(pointee)}");
    }

    /// <summary>Checks a value that is not in memory.</summary>
    private void CheckImmediate(in Op op)
    {
        var validity = Validity.Of(Tcx, op.Layout);
        if (validity.IsEmpty) return;
        if (op.Kind == OpKind.Scalar && validity is { Enums.Count: 0, Arrays.Count: 0 })
        {
            foreach (ref readonly var leaf in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(validity.Leaves))
            {
                switch (leaf.Kind)
                {
                    case LeafKind.Initialized: break;
                    case LeafKind.Never: throw Invalid(TypeName(op.Ty), leaf.Path, "encountered a value of uninhabited type");
                    case LeafKind.Bool or LeafKind.Char or LeafKind.Scalar: CheckScalar(leaf, ToInt(op.A), op.Ty, ""); break;
                    case LeafKind.Function: CheckFunction(op.A, op.Ty, leaf.Path); break;
                    default: CheckPointer(leaf, op.A, null, op.Ty, ""); break;
                }
            }
            return;
        }
        CheckValue(Spill(op));
    }
}
