namespace Mirlink.Mir.Passes;

/// <summary>Operators on integers, bool and char as bits of their size: what they give at run time, nothing where that is undefined or a panic.</summary>
public static class IntegerFolding
{
    private static int Bits(PrimTy ty) => ty.ByteSize * 8;

    public static U128 Truncate(U128 value, PrimTy ty)
    {
        int shift = 128 - Bits(ty);
        return value << shift >> shift;
    }

    private static I128 Signed(U128 value, PrimTy ty)
    {
        int shift = 128 - Bits(ty);
        return (I128)(value << shift) >> shift;
    }

    public static U128 Cast(U128 value, PrimTy from, PrimTy to) => Truncate(from.IsSigned ? (U128)Signed(value, from) : value, to);

    public static U128? Binary(BinOp op, PrimTy ty, U128 x, PrimTy rightTy, U128 y)
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
                int n = (int)(uint)(y & (U128)(uint)(Bits(ty) - 1));
                if (op == BinOp.Shl) return Truncate(x << n, ty);
                return ty.IsSigned ? Truncate((U128)(Signed(x, ty) >> n), ty) : x >> n;
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
