using Mirlink.Mir.Abi;

namespace Mirlink.Mir.Interpret;

/// <summary>Unary and binary operators.</summary>
public sealed partial class InterpCx
{
    private void EvalBinaryOp(Rvalue.BinaryOp b, in MPlace dest)
    {
        var left = EvalOperand(b.Left);
        var right = EvalOperand(b.Right);
        BinaryOp(b.Op, left, right, dest);
    }

    /// <summary>Writes the result of an operator; the operators with overflow write the pair of value and flag.</summary>
    internal void BinaryOp(BinOp op, in Op left, in Op right, in MPlace dest)
    {
        if (op is BinOp.AddWithOverflow or BinOp.SubWithOverflow or BinOp.MulWithOverflow)
        {
            var plain = op switch { BinOp.AddWithOverflow => BinOp.Add, BinOp.SubWithOverflow => BinOp.Sub, _ => BinOp.Mul };
            var (value, overflow) = IntArithmetic(plain, ReadScalar(left), ReadScalar(right), left.Layout.Repr.A.Signed);
            WriteScalar(dest.Ptr.Add(dest.Layout.FieldOffset(0)), value);
            WriteScalar(dest.Ptr.Add(dest.Layout.FieldOffset(1)), Scalar.Bool(overflow));
            return;
        }
        if (left.Layout.Repr.IsScalarPair)
        {
            WriteScalar(ComparePairs(op, left, right), dest);
            return;
        }
        if (left.Layout.IsZst)
        {
            WriteScalar(CompareResult(op, 0), dest);
            return;
        }
        WriteScalar(BinaryOp(op, left, right), dest);
    }

    internal Scalar BinaryOp(BinOp op, in Op left, in Op right)
    {
        var l = ReadScalar(left);
        var r = ReadScalar(right);
        if (op == BinOp.Offset) return PtrOffset(l, r, right, left.Ty.BuiltinDeref!).ToScalar();
        if (left.Ty is PrimTy { Kind: TyKind.Float } f) return FloatBinaryOp(op, f.Float, l.Bits, r.Bits);
        if (l.Provenance is not null || r.Provenance is not null) return Machine.BinaryPtrOp(this, op, l, r);
        bool signed = left.Layout.Repr.A.Signed;
        switch (op)
        {
            case BinOp.Shl or BinOp.ShlUnchecked or BinOp.Shr or BinOp.ShrUnchecked:
                {
                    bool left2right = op is BinOp.Shr or BinOp.ShrUnchecked;
                    var amount = right.Layout.Repr.A.Signed ? r.Signed : (I128)(r.Bits > (U128)I128.MaxValue ? (U128)I128.MaxValue : r.Bits);
                    int bits = l.Size * 8;
                    if (op is BinOp.ShlUnchecked or BinOp.ShrUnchecked && (amount < 0 || amount >= bits))
                        throw InterpError.Ub($"overflowing shift by {amount} in `{(left2right ? "unchecked_shr" : "unchecked_shl")}`");
                    int n = (int)(uint)(r.Bits & (U128)(uint)(bits - 1));
                    return left2right
                        ? signed ? Scalar.Of(l.Signed >> n, l.Size) : Scalar.Of(l.Bits >> n, l.Size)
                        : Scalar.Of(l.Bits << n, l.Size);
                }
            case BinOp.Eq or BinOp.Ne or BinOp.Lt or BinOp.Le or BinOp.Gt or BinOp.Ge or BinOp.Cmp:
                return CompareResult(op, signed ? l.Signed.CompareTo(r.Signed) : l.Bits.CompareTo(r.Bits));
            case BinOp.BitXor: return new Scalar(l.Bits ^ r.Bits, l.Size);
            case BinOp.BitAnd: return new Scalar(l.Bits & r.Bits, l.Size);
            case BinOp.BitOr: return new Scalar(l.Bits | r.Bits, l.Size);
            case BinOp.Div or BinOp.Rem:
                {
                    bool div = op == BinOp.Div;
                    if (r.Bits == 0) throw InterpError.Ub(div ? "dividing by zero" : "calculating the remainder with a divisor of zero");
                    if (!signed) return new Scalar(div ? l.Bits / r.Bits : l.Bits % r.Bits, l.Size);
                    if (r.Signed == -1 && l.Signed == MinValue(l.Size))
                        throw InterpError.Ub(div ? "overflow in signed division (dividing MIN by -1)" : "overflow in signed remainder (dividing MIN by -1)");
                    if (r.Signed == -1) return div ? Scalar.Of(-l.Signed, l.Size) : Scalar.Of(I128.Zero, l.Size);
                    return Scalar.Of(div ? l.Signed / r.Signed : l.Signed % r.Signed, l.Size);
                }
            case BinOp.Add or BinOp.Sub or BinOp.Mul: return IntArithmetic(op, l, r, signed).Value;
            case BinOp.AddUnchecked or BinOp.SubUnchecked or BinOp.MulUnchecked:
                {
                    var (plain, name) = op switch { BinOp.AddUnchecked => (BinOp.Add, "unchecked_add"), BinOp.SubUnchecked => (BinOp.Sub, "unchecked_sub"), _ => (BinOp.Mul, "unchecked_mul") };
                    var (value, overflow) = IntArithmetic(plain, l, r, signed);
                    return overflow ? throw InterpError.Ub($"arithmetic overflow in `{name}`") : value;
                }
            default: throw new BugException($"unknown operator {op}");
        }
    }

    internal static I128 MinValue(int size) => size == 16 ? I128.MinValue : -(I128.One << (size * 8 - 1));
    internal static I128 MaxValue(int size) => size == 16 ? I128.MaxValue : (I128.One << (size * 8 - 1)) - 1;

    /// <summary>Wrapping Add, Sub, Mul and whether they overflowed.</summary>
    internal static (Scalar Value, bool Overflow) IntArithmetic(BinOp op, Scalar left, Scalar right, bool signed)
    {
        int size = left.Size;
        U128 l = left.Bits, r = right.Bits;
        unchecked
        {
            if (!signed)
            {
                U128 v = op switch { BinOp.Add => l + r, BinOp.Sub => l - r, _ => l * r };
                var t = Scalar.Truncate(v, size);
                bool o = op switch
                {
                    BinOp.Add => size == 16 ? v < l : v != t,
                    BinOp.Sub => l < r,
                    _ => size > 8 ? l != 0 && v / l != r : v != t,
                };
                return (new Scalar(t, size), o);
            }
            I128 a = left.Signed, b = right.Signed;
            I128 s = op switch { BinOp.Add => a + b, BinOp.Sub => a - b, _ => a * b };
            var result = Scalar.Of(s, size);
            bool overflow;
            if (size < 16) overflow = result.Signed != s;
            else if (op == BinOp.Add) overflow = ((a ^ s) & (b ^ s)) < 0;
            else if (op == BinOp.Sub) overflow = ((a ^ b) & (a ^ s)) < 0;
            else overflow = a != 0 && (a == -1 ? b == I128.MinValue : b == -1 ? a == I128.MinValue : s / a != b);
            return (result, overflow);
        }
    }

    private static Scalar CompareResult(BinOp op, int c) => op switch
    {
        BinOp.Eq => Scalar.Bool(c == 0),
        BinOp.Ne => Scalar.Bool(c != 0),
        BinOp.Lt => Scalar.Bool(c < 0),
        BinOp.Le => Scalar.Bool(c <= 0),
        BinOp.Gt => Scalar.Bool(c > 0),
        BinOp.Ge => Scalar.Bool(c >= 0),
        // Ordering is an i8 of -1, 0, 1.
        BinOp.Cmp => Scalar.Of((I128)Math.Sign(c), 1),
        _ => throw new BugException($"{op} is not a comparison"),
    };

    /// <summary>Wide pointers: address first, then metadata.</summary>
    private Scalar ComparePairs(BinOp op, in Op left, in Op right)
    {
        var (la, lb) = ReadPair(left);
        var (ra, rb) = ReadPair(right);
        Scalar Compare(BinOp o, Scalar x, Scalar y) => x.Provenance is null && y.Provenance is null ? CompareResult(o, x.Bits.CompareTo(y.Bits)) : Machine.BinaryPtrOp(this, o, x, y);
        bool Eq(Scalar x, Scalar y) => Compare(BinOp.Eq, x, y).Bits == 1;
        switch (op)
        {
            case BinOp.Eq: return Scalar.Bool(Eq(la, ra) && Eq(lb, rb));
            case BinOp.Ne: return Scalar.Bool(!(Eq(la, ra) && Eq(lb, rb)));
            case BinOp.Lt or BinOp.Le or BinOp.Gt or BinOp.Ge or BinOp.Cmp:
                return Eq(la, ra) ? Compare(op, lb, rb) : Compare(op, la, ra);
            default: throw new BugException($"{op} on wide pointers");
        }
    }

    private Pointer PtrOffset(Scalar ptr, Scalar count, in Op countOp, Ty pointee)
    {
        ulong size = LayoutOf(pointee).Size;
        bool signed = countOp.Layout.Repr.A.Signed;
        I128 bytes = (signed ? count.Signed : (I128)count.Bits) * size;
        if (bytes > long.MaxValue || bytes < long.MinValue)
            throw InterpError.Ub("overflowing pointer arithmetic: the total offset in bytes does not fit in an `isize`");
        return PtrOffsetInbounds(ptr.ToPointer(), (long)bytes);
    }

    internal Pointer PtrOffsetInbounds(Pointer ptr, long bytes)
    {
        CheckPtrAccess(ptr, bytes, CheckInAllocMsg.InboundsPointerArithmetic);
        return ptr.Add(unchecked((ulong)bytes));
    }

    private void EvalUnaryOp(Rvalue.UnaryOp u, in MPlace dest)
    {
        var op = EvalOperand(u.Operand);
        switch (u.Op)
        {
            case UnOp.PtrMetadata:
                {
                    var (_, meta) = ReadPointerAndMeta(op);
                    if (dest.Layout.Size > 0) WriteScalar(meta!.Value, dest);
                    return;
                }
            case UnOp.Not:
                {
                    var s = ReadScalar(op);
                    WriteScalar(op.Ty.IsBool ? Scalar.Bool(!ReadBool(op)) : Scalar.Of(~s.Bits, s.Size), dest);
                    return;
                }
            case UnOp.Neg:
                {
                    var s = ReadScalar(op);
                    // A float's negation flips the sign bit, of NaNs too.
                    WriteScalar(op.Ty.IsFloat ? new Scalar(s.Bits ^ (U128.One << (s.Size * 8 - 1)), s.Size) : Scalar.Of(unchecked(U128.Zero - s.Bits), s.Size), dest);
                    return;
                }
            default: throw new BugException($"unknown operator {u.Op}");
        }
    }

    private static Scalar FloatBinaryOp(BinOp op, FloatTy ty, U128 l, U128 r)
    {
        switch (op)
        {
            case BinOp.Add or BinOp.Sub or BinOp.Mul or BinOp.Div or BinOp.Rem:
                return new Scalar(SoftFloat.Arithmetic(op, ty, l, r), 2 << (int)ty);
            case BinOp.Cmp: throw new BugException("three-way comparison of floats");
            default:
                return SoftFloat.Compare(ty, l, r) is { } c ? CompareResult(op, c) : Scalar.Bool(op == BinOp.Ne);
        }
    }
}
