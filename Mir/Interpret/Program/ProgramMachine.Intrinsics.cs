namespace Mirlink.Mir.Interpret.Program;

/// <summary>Intrinsics that only running programs have: catching panics, atomics, functions of floats whose results depend on the C library.</summary>
internal sealed partial class ProgramMachine
{
    internal override bool CallIntrinsic(InterpCx cx, string name, Instance instance, ReadOnlySpan<Op> args, in MPlace dest, int target)
    {
        if (name.StartsWith("atomic_", StringComparison.Ordinal))
        {
            if (!Atomic(cx, name, instance, args, dest)) return false;
            cx.ReturnToBlock(target);
            return true;
        }
        switch (name)
        {
            case "catch_unwind":
                {
                    cx.WriteScalar(Scalar.Of(U128.Zero, 4), dest);
                    cx.CallCatching(FunctionOf(cx, args[0]), [cx.ReadImmediate(args[1])], new CatchUnwind(FunctionOf(cx, args[2]), cx.ReadImmediate(args[1]), dest, target));
                    return true;
                }
            case "is_val_statically_known": cx.WriteScalar(Scalar.Bool(false), dest); break;
            case "const_allocate": cx.WritePointer(Pointer.Null, dest); break;
            case "const_deallocate": break;
            case "const_make_global": cx.CopyOp(args[0], dest); break;
            case "breakpoint": throw new ProgramExit(128 + 5);
            case "nontemporal_store":
                {
                    var ptr = cx.ReadPointer(args[0]);
                    cx.CheckPtrAlign(ptr, args[1].Layout.Align);
                    cx.CopyOp(args[1], new MPlace(ptr, args[1].Layout));
                    break;
                }
            case "prefetch_read_data" or "prefetch_write_data" or "prefetch_read_instruction" or "prefetch_write_instruction": break;
            case "pointer_address" or "ptr_mask":
                if (name == "pointer_address") return false;
                {
                    var p = cx.ReadPointer(args[0]);
                    ulong address = cx.AddressOf(p);
                    cx.WritePointer(p.Add(unchecked((address & cx.ReadUsize(args[1])) - address)), dest);
                    break;
                }
            case "vtable_for": return false;
            default:
                if (!LibraryFloat(cx, name, args, dest)) return false;
                break;
        }
        cx.ReturnToBlock(target);
        return true;
    }

    public Instance FunctionOf(InterpCx cx, in Op pointer)
    {
        var s = cx.ReadScalar(pointer);
        return s.Provenance?.Global is GlobalAlloc.Function f && s.RawBits == 0 ? f.Instance : throw InterpError.Ub($"using {s} as function pointer but it does not point to a function");
    }

    // -- atomics: there is one thread ----------------------------------------------------------------------------------------------------------------

    private bool Atomic(InterpCx cx, string name, Instance instance, ReadOnlySpan<Op> args, in MPlace dest)
    {
        string op = name["atomic_".Length..];
        if (op is "fence" or "singlethreadfence") return true;
        var pointer = args[0];
        var layout = cx.LayoutOf(instance.Args.Type(0));
        var ptr = cx.ReadPointer(pointer);
        // Atomic accesses need the alignment of their size.
        ulong align = Math.Max(layout.Align, layout.Size);
        cx.CheckPtrAlign(ptr, align);
        var place = new MPlace(ptr, layout);
        switch (op)
        {
            case "load": cx.CopyOp(place, dest); return true;
            case "store": cx.CopyOp(args[1], place); return true;
        }
        var old = cx.ReadScalar(place);
        switch (op)
        {
            case "cxchg" or "cxchgweak":
                {
                    bool equal = cx.ToInt(old).RawBits == cx.ToInt(cx.ReadScalar(args[1])).RawBits;
                    if (equal) cx.CopyOp(args[2], place);
                    cx.WriteScalar(old, cx.Field(dest, 0));
                    cx.WriteScalar(Scalar.Bool(equal), cx.Field(dest, 1));
                    return true;
                }
            case "xchg":
                {
                    var value = cx.ReadScalar(args[1]);
                    cx.WriteScalar(value, place);
                    cx.WriteScalar(old, dest);
                    return true;
                }
        }
        var operand = cx.ReadScalar(args[1]);
        Scalar result;
        if (old.Provenance is not null && op is "xadd" or "xsub" or "and" or "or" or "xor" && old.Provenance is not null)
        {
            // On pointers: the address changes, what it points into does not.
            ulong address = (ulong)cx.ToInt(old).RawBits;
            ulong changed = unchecked((ulong)Integer(op, new Scalar(address, 8), cx.ToInt(operand), false).RawBits);
            result = old.ToPointer().Add(unchecked(changed - address)).ToScalar();
        }
        else result = Integer(op, old, cx.ToInt(operand), op is "max" or "min");
        cx.WriteScalar(result, place);
        cx.WriteScalar(old, dest);
        return true;
    }

    private static Scalar Integer(string op, Scalar a, Scalar b, bool signed) => op switch
    {
        "xadd" => InterpCx.IntArithmetic(BinOp.Add, a, b, false).Value,
        "xsub" => InterpCx.IntArithmetic(BinOp.Sub, a, b, false).Value,
        "and" => new Scalar(a.Bits & b.Bits, a.Size),
        "nand" => Scalar.Of(~(a.Bits & b.Bits), a.Size),
        "or" => new Scalar(a.Bits | b.Bits, a.Size),
        "xor" => new Scalar(a.Bits ^ b.Bits, a.Size),
        "max" or "min" => (op == "max") == (a.Signed >= b.Signed) ? a : b,
        "umax" or "umin" => (op == "umax") == (a.Bits >= b.Bits) ? a : b,
        _ => throw InterpError.Unsupported($"the intrinsic `atomic_{op}`"),
    };

    // -- floats ------------------------------------------------------------------------------------------------------------------------------------------

    /// <summary>Functions that code generation calls in the C library: so does this.</summary>
    private static bool LibraryFloat(InterpCx cx, string name, ReadOnlySpan<Op> args, in MPlace dest)
    {
        int size;
        string stem;
        if (name.EndsWith("f64", StringComparison.Ordinal)) (size, stem) = (8, name[..^3]);
        else if (name.EndsWith("f32", StringComparison.Ordinal)) (size, stem) = (4, name[..^3]);
        else return false;
        if (stem is "powi")
        {
            int n = (int)(uint)cx.ReadScalar(args[1]).RawBits;
            Write(cx, size, LibM.PowI(Read(cx, size, args[0]), n, size == 4), dest);
            return true;
        }
        if (LibM.Unary(stem, size) is { } f) Write(cx, size, f(Read(cx, size, args[0])), dest);
        else if (stem == "pow") Write(cx, size, LibM.Pow(Read(cx, size, args[0]), Read(cx, size, args[1]), size), dest);
        else return false;
        return true;
    }

    public static double Read(InterpCx cx, int size, in Op op)
    {
        var bits = cx.ReadScalar(op).Bits;
        return size == 8 ? BitConverter.UInt64BitsToDouble((ulong)bits) : BitConverter.UInt32BitsToSingle((uint)bits);
    }

    public static void Write(InterpCx cx, int size, double value, in MPlace dest) =>
        cx.WriteScalar(size == 8 ? new Scalar(BitConverter.DoubleToUInt64Bits(value), 8) : new Scalar(BitConverter.SingleToUInt32Bits((float)value), 4), dest);
}
