using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>Machine types of layouts: a value has one form in registers and one in memory, which differ for bool only.</summary>
internal static class MachineTypes
{
    /// <summary>The type of a scalar in memory.</summary>
    public static LirType InMemory(Scalar s) => s.Primitive switch
    {
        Primitive.Int8 => LirType.I8,
        Primitive.Int16 => LirType.I16,
        Primitive.Int32 => LirType.I32,
        Primitive.Int64 => LirType.I64,
        Primitive.Int128 => LirType.I128,
        Primitive.F16 => LirType.F16,
        Primitive.F32 => LirType.F32,
        Primitive.F64 => LirType.F64,
        Primitive.F128 => LirType.F128,
        _ => LirType.Ptr,
    };

    /// <summary>The type of a scalar as a value.</summary>
    public static LirType OfValue(Scalar s) => s.IsBool ? LirType.I1 : InMemory(s);

    public static LirType OfVector(BackendRepr repr)
    {
        if (repr.Count is 0 or > ushort.MaxValue) throw new UnsupportedException($"a SIMD vector of {repr.Count} lanes");
        return new LirType(InMemory(repr.A).Scalar, (ushort)repr.Count);
    }

    /// <summary>The value type of a scalar or vector layout.</summary>
    public static LirType OfImmediate(TyAndLayout layout) => layout.Repr.Kind switch
    {
        BackendReprKind.Scalar => OfValue(layout.Repr.A),
        BackendReprKind.SimdVector => OfVector(layout.Repr),
        _ => throw new BugException($"{layout.Ty} is not an immediate"),
    };

    /// <summary>
    /// The type that a register of a cast is passed in: integers of odd sizes (3, 5, 6, 7 bytes) travel in the next larger one, whose upper bits are
    /// unspecified, which is how LLVM passes i24 and the like.
    /// </summary>
    public static LirType OfReg(Reg reg) => reg.Kind switch
    {
        RegKind.Integer => LirType.Int(reg.Size switch { 1 => 8, 2 => 16, 3 or 4 => 32, <= 8 => 64, <= 16 => 128, _ => throw new UnsupportedException($"an integer register of {reg.Size} bytes") }),
        RegKind.Float => reg.Size switch
        {
            2 => LirType.F16,
            4 => LirType.F32,
            8 => LirType.F64,
            16 => LirType.F128,
            _ => throw new UnsupportedException($"a float register of {reg.Size} bytes"),
        },
        _ => new LirType(ScalarKind.I8, checked((ushort)reg.Size)),
    };

    public static bool IsSigned(Ty ty) => ty.Kind == TyKind.Int;
}
