using Mirlink.Mir.Abi;

namespace Mirlink.Mir.Interpret;

/// <summary>Platform-independent vector intrinsics: element by element.</summary>
public sealed partial class InterpCx
{
    private (Ty Element, int Lanes) Lanes(Ty vector)
    {
        var layout = LayoutOf(vector);
        var field = FieldLayout(layout, 0, null);
        return field.Ty is ArrayTy a ? (a.Element, (int)field.Count) : (field.Ty, layout.FieldCount);
    }

    private Scalar Lane(in MPlace vector, TyAndLayout element, int i) => ReadScalar(vector.Ptr.Add((ulong)i * element.Size), (int)element.Size);

    private MPlace Spill(in Op op)
    {
        if (op.Kind == OpKind.Memory) return op.Place;
        var place = AllocatePlace(op.Layout);
        CopyOp(op, place);
        return place;
    }

    private bool VectorIntrinsic(string name, Instance instance, Op[] args, in MPlace dest)
    {
        if (!name.StartsWith("simd_", StringComparison.Ordinal)) return false;
        if (name is "simd_insert" or "simd_insert_dyn" or "simd_extract" or "simd_extract_dyn")
        {
            var v = Spill(args[0]);
            var (element, lanes) = Lanes(v.Ty);
            ulong index = ReadScalar(args[1]).U64;
            if (index >= (ulong)lanes) throw InterpError.Ub($"`{name}` index {index} is out-of-bounds of vector with length {lanes}");
            var layout = LayoutOf(element);
            if (name.StartsWith("simd_extract", StringComparison.Ordinal)) CopyOp(new MPlace(v.Ptr.Add(index * layout.Size), layout), dest);
            else
            {
                CopyOp(v, dest);
                CopyOp(args[2], new MPlace(dest.Ptr.Add(index * layout.Size), layout));
            }
            return true;
        }
        if (name == "simd_splat")
        {
            var (element, lanes) = Lanes(dest.Ty);
            var layout = LayoutOf(element);
            for (int i = 0; i < lanes; i++) CopyOp(args[0], new MPlace(dest.Ptr.Add((ulong)i * layout.Size), layout));
            return true;
        }
        if (ElementwiseIntrinsic(name, args, dest)) return true;
        BinOp? op = name switch
        {
            "simd_add" => BinOp.Add,
            "simd_sub" => BinOp.Sub,
            "simd_mul" => BinOp.Mul,
            "simd_div" => BinOp.Div,
            "simd_rem" => BinOp.Rem,
            "simd_shl" => BinOp.ShlUnchecked,
            "simd_shr" => BinOp.ShrUnchecked,
            "simd_and" => BinOp.BitAnd,
            "simd_or" => BinOp.BitOr,
            "simd_xor" => BinOp.BitXor,
            "simd_eq" => BinOp.Eq,
            "simd_ne" => BinOp.Ne,
            "simd_lt" => BinOp.Lt,
            "simd_le" => BinOp.Le,
            "simd_gt" => BinOp.Gt,
            "simd_ge" => BinOp.Ge,
            _ => null,
        };
        if (op is not { } binary) throw new UnsupportedException($"the intrinsic `{name}` in the interpreter");
        MPlace left = Spill(args[0]), right = Spill(args[1]);
        var (elementTy, count) = Lanes(left.Ty);
        TyAndLayout source = LayoutOf(elementTy), target = LayoutOf(Lanes(dest.Ty).Element);
        for (int i = 0; i < count; i++)
        {
            var value = BinaryOp(binary, Op.Scalar(Lane(left, source, i), source), Op.Scalar(Lane(right, source, i), source));
            // A comparison gives a mask: all bits or none.
            if (binary is >= BinOp.Eq and <= BinOp.Gt) value = Scalar.Of(value.Bits == 0 ? U128.Zero : U128.MaxValue, (int)target.Size);
            WriteScalar(dest.Ptr.Add((ulong)i * target.Size), value);
        }
        return true;
    }

    /// <summary>Those that are neither operators nor about one lane.</summary>
    private bool ElementwiseIntrinsic(string name, Op[] args, in MPlace dest)
    {
        switch (name)
        {
            case "simd_bitmask":
                {
                    // One bit per lane, the first lane's lowest: the sign of each.
                    var v = Spill(args[0]);
                    var (element, lanes) = Lanes(v.Ty);
                    var layout = LayoutOf(element);
                    U128 bits = 0;
                    for (int i = 0; i < lanes; i++) if (Lane(v, layout, i).Signed < 0) bits |= U128.One << i;
                    WriteVectorBits(bits, dest);
                    return true;
                }
            case "simd_select":
                {
                    MPlace mask = Spill(args[0]), yes = Spill(args[1]), no = Spill(args[2]);
                    var (maskElement, lanes) = Lanes(mask.Ty);
                    TyAndLayout maskLayout = LayoutOf(maskElement), layout = LayoutOf(Lanes(yes.Ty).Element);
                    for (int i = 0; i < lanes; i++) WriteScalar(dest.Ptr.Add((ulong)i * layout.Size), Lane(Lane(mask, maskLayout, i).Signed < 0 ? yes : no, layout, i));
                    return true;
                }
            case "simd_neg":
                {
                    var v = Spill(args[0]);
                    var (element, lanes) = Lanes(v.Ty);
                    var layout = LayoutOf(element);
                    for (int i = 0; i < lanes; i++)
                    {
                        var s = Lane(v, layout, i);
                        WriteScalar(dest.Ptr.Add((ulong)i * layout.Size), element.IsFloat ? new Scalar(s.Bits ^ (U128.One << (s.Size * 8 - 1)), s.Size) : Scalar.Of(unchecked(U128.Zero - s.Bits), s.Size));
                    }
                    return true;
                }
            case "simd_cast" or "simd_as":
                {
                    var v = Spill(args[0]);
                    var (element, lanes) = Lanes(v.Ty);
                    TyAndLayout from = LayoutOf(element), to = LayoutOf(Lanes(dest.Ty).Element);
                    if (from.Ty.IsFloat || to.Ty.IsFloat) return false;
                    for (int i = 0; i < lanes; i++) WriteScalar(dest.Ptr.Add((ulong)i * to.Size), IntToInt(Op.Scalar(Lane(v, from, i), from), to));
                    return true;
                }
            case "simd_reduce_and" or "simd_reduce_or" or "simd_reduce_xor" or "simd_reduce_any" or "simd_reduce_all":
                {
                    var v = Spill(args[0]);
                    var (element, lanes) = Lanes(v.Ty);
                    var layout = LayoutOf(element);
                    var r = Lane(v, layout, 0).Bits;
                    for (int i = 1; i < lanes; i++)
                    {
                        var x = Lane(v, layout, i).Bits;
                        r = name is "simd_reduce_and" or "simd_reduce_all" ? r & x : name == "simd_reduce_xor" ? r ^ x : r | x;
                    }
                    WriteScalar(name.EndsWith("any", StringComparison.Ordinal) || name.EndsWith("all", StringComparison.Ordinal) ? Scalar.Bool(r != 0) : new Scalar(r, (int)layout.Size), dest);
                    return true;
                }
            default: return false;
        }
    }

    /// <summary>A mask as an integer, or as an array of bytes.</summary>
    private void WriteVectorBits(U128 bits, in MPlace dest) => WriteScalar(dest.Ptr, Scalar.Of(bits, (int)dest.Layout.Size));
}
