namespace Mirlink.Backend.Lir;

/// <summary>Scalar machine types. <see cref="I1"/> is the value form of <c>bool</c>; in memory a bool is an <see cref="I8"/>.</summary>
public enum ScalarKind : byte { Void, I1, I8, I16, I32, I64, I128, F16, F32, F64, F128, Ptr }

/// <summary>A machine type: a scalar, or a SIMD vector of <see cref="Lanes"/> scalars (0 for a scalar).</summary>
public readonly record struct LirType(ScalarKind Scalar, ushort Lanes = 0)
{
    public static readonly LirType Void = new(ScalarKind.Void);
    public static readonly LirType I1 = new(ScalarKind.I1);
    public static readonly LirType I8 = new(ScalarKind.I8);
    public static readonly LirType I16 = new(ScalarKind.I16);
    public static readonly LirType I32 = new(ScalarKind.I32);
    public static readonly LirType I64 = new(ScalarKind.I64);
    public static readonly LirType I128 = new(ScalarKind.I128);
    public static readonly LirType F16 = new(ScalarKind.F16);
    public static readonly LirType F32 = new(ScalarKind.F32);
    public static readonly LirType F64 = new(ScalarKind.F64);
    public static readonly LirType F128 = new(ScalarKind.F128);
    public static readonly LirType Ptr = new(ScalarKind.Ptr);

    public bool IsVector => Lanes != 0;
    public bool IsVoid => Scalar == ScalarKind.Void;
    public bool IsInt => Lanes == 0 && Scalar is >= ScalarKind.I1 and <= ScalarKind.I128;
    public bool IsFloat => Lanes == 0 && Scalar is >= ScalarKind.F16 and <= ScalarKind.F128;
    public bool IsPtr => Lanes == 0 && Scalar == ScalarKind.Ptr;
    public LirType Element => new(Scalar);

    /// <summary>Width of one scalar in bits (1 for I1).</summary>
    public int ScalarBits => Scalar switch
    {
        ScalarKind.I1 => 1,
        ScalarKind.I8 => 8,
        ScalarKind.I16 or ScalarKind.F16 => 16,
        ScalarKind.I32 or ScalarKind.F32 => 32,
        ScalarKind.I64 or ScalarKind.F64 or ScalarKind.Ptr => 64,
        ScalarKind.I128 or ScalarKind.F128 => 128,
        _ => 0,
    };

    /// <summary>Bytes in memory (an I1 takes one byte).</summary>
    public int ByteSize => (ScalarBits + 7) / 8 * Math.Max(1, (int)Lanes);

    /// <summary>The integer type of that many bits (1, 8, 16, 32, 64, 128).</summary>
    public static LirType Int(int bits) => bits switch
    {
        1 => I1,
        8 => I8,
        16 => I16,
        32 => I32,
        64 => I64,
        128 => I128,
        _ => throw new ArgumentOutOfRangeException(nameof(bits), bits, "no LIR integer of that width"),
    };

    public override string ToString() => Lanes == 0 ? Scalar.ToString().ToLowerInvariant() : $"{Scalar.ToString().ToLowerInvariant()}x{Lanes}";
}
