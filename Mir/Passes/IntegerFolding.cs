namespace Mirlink.Mir.Passes;

/// <summary>Operators on integers, bool and char as bits of their size: what they give at run time, nothing where that is undefined or a panic.</summary>
public static class IntegerFolding
{
    private static int Bits(PrimTy ty) => ty.ByteSize * 8;

    public static UInt128 Truncate(UInt128 value, PrimTy ty)
    {
        int shift = 128 - Bits(ty);
        return value << shift >> shift;
    }

    private static Int128 Signed(UInt128 value, PrimTy ty)
    {
        int shift = 128 - Bits(ty);
        return (Int128)(value << shift) >> shift;
    }

    public static UInt128 Cast(UInt128 value, PrimTy from, PrimTy to) => Truncate(from.IsSigned ? (UInt128)Signed(value, from) : value, to);

    public static UInt128? Binary(BinOp op, PrimTy ty, UInt128 x, PrimTy rightTy, UInt128 y)
    {
        if (ty.Kind == TyKind.Float) return null;
        switch (op)
        {
            case BinOp.Add: return unchecked(Truncate(x + y, ty));
            case BinOp.Sub: return unchecked(Truncate(x - y, ty));
            case BinOp.Mul: return unchecked(Truncate(x * y, ty));
            case BinOp.BitAnd: return x & y;
            case BinOp.BitOr: return x | y;
            case BinOp.BitXor: return x ^ y;
            case BinOp.Eq: return x == y ? 1u : 0u;
            case BinOp.Ne: return x != y ? 1u : 0u;
            case BinOp.Shl or BinOp.Shr:
            {
                // The amount is taken modulo the size, whatever its type.
                int n = (int)(uint)(y & (UInt128)(uint)(Bits(ty) - 1));
                if (op == BinOp.Shl) return Truncate(x << n, ty);
                return ty.IsSigned ? Truncate((UInt128)(Signed(x, ty) >> n), ty) : x >> n;
            }
            case BinOp.Div or BinOp.Rem when !ty.IsSigned && y != 0: return op == BinOp.Div ? x / y : x % y;
            case BinOp.Lt or BinOp.Le or BinOp.Gt or BinOp.Ge:
            {
                int c = ty.IsSigned && !DeliberateFault.Is(Fault.FoldedSignedComparison) ? Signed(x, ty).CompareTo(Signed(y, rightTy)) : x.CompareTo(y);
                return op switch { BinOp.Lt => c < 0, BinOp.Le => c <= 0, BinOp.Gt => c > 0, _ => c >= 0 } ? 1u : 0u;
            }
            default: return null;
        }
    }
}
