namespace Mirlink.Backend.Cranelift;

/// <summary>
/// Operations of a blob. Up to <see cref="Last"/> they are Cranelift's, found by name (the lower-case member name) when a session starts;
/// from <see cref="SwitchToBlock"/> on they are the decoder's own (native/src/decode.rs).
/// </summary>
internal enum ClifOp : ushort
{
    Iconst, F32const, F64const, Vconst,
    Iadd, Isub, Imul, Udiv, Sdiv, Urem, Srem, Band, Bor, Bxor, Bnot, Ineg, Ishl, Ushr, Sshr, Rotl, Rotr, Iadd_imm, Band_imm, Umulhi,
    Sadd_overflow, Uadd_overflow, Ssub_overflow, Usub_overflow, Smul_overflow, Umul_overflow,
    Smin, Smax, Umin, Umax, Popcnt, Clz, Ctz, Bswap, Bitrev, Icmp, Fcmp, Select, Bitselect,
    Fadd, Fsub, Fmul, Fdiv, Fneg, Fabs, Fcopysign, Sqrt, Ceil, Floor, Trunc, Nearest, Fmin, Fmax,
    Ireduce, Uextend, Sextend, Fpromote, Fdemote, Fcvt_to_sint_sat, Fcvt_to_uint_sat, Fcvt_from_sint, Fcvt_from_uint, Bitcast, Iconcat, Isplit,
    Load, Store, Stack_addr, Symbol_value, Tls_value, Atomic_load, Atomic_store, Atomic_rmw, Atomic_cas, Fence,
    Splat, Extractlane, Insertlane, Shuffle, Vhigh_bits,
    Uadd_sat, Sadd_sat, Usub_sat, Ssub_sat,
    Call, Call_indirect, Try_call, Try_call_indirect, Jump, Brif, Return, Trap, Debugtrap, Nop, Get_frame_pointer,
    Last = Get_frame_pointer,

    SwitchToBlock = 0x8000, BlockParam, FunctionParams, DefVar, UseVar, SourceLocation, Cold, Seal, Switch,
}

/// <summary>Types of a blob, numbered as in the decoder.</summary>
internal enum ClifType : byte { None, I8, I16, I32, I64, I128, F16, F32, F64, F128, I8x16, I16x8, I32x4, I64x2, F32x4, F64x2 }
