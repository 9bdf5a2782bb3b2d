namespace Mirlink.Backend.Lir;

/// <summary>
/// Operations of LIR. "t" is <see cref="LirInst.Type"/>, a/b/c the operand values A/B/C, imm <see cref="LirInst.Imm"/>, flags <see cref="LirInst.Flags"/>.
/// An instruction defines at most one value (its own number); further results of calls, overflow arithmetic, compare-exchange, landing pads and
/// asm are read with <see cref="Result"/>. Terminators end a block and occur nowhere else.
/// </summary>
public enum LirOp : ushort
{
    Nop,

    // -- constants and addresses -------------------------------------------------------------------------------------------------------
    /// <summary>Integer constant of type t: low 64 bits in imm; for I128 the high 64 bits are <see cref="LirFunction.WideHigh"/>[A] when A >= 0; with A = -1 the value is imm zero-extended (I128), or simply imm masked to the width.</summary>
    IConst,
    /// <summary>Float constant of type t from its bit pattern in imm (F128: high half as for IConst).</summary>
    FConst,
    /// <summary>Null pointer or all-zero value of type t (vectors included).</summary>
    Zero,
    /// <summary>An undefined value of type t.</summary>
    Undef,
    /// <summary>Address of stack slot A.</summary>
    SlotAddr,
    /// <summary>Address of symbol A (index into <see cref="LirFunction.Symbols"/>) plus imm bytes.</summary>
    SymbolAddr,
    /// <summary>Address of the current thread's instance of TLS symbol A.</summary>
    TlsAddr,
    /// <summary>The A-th parameter of the function (LIR parameter, after ABI lowering).</summary>
    Param,
    /// <summary>Result number imm (from 1) of multi-result instruction a.</summary>
    Result,
    /// <summary>Read register variable A.</summary>
    UseVar,
    /// <summary>Write value b to register variable A.</summary>
    DefVar,

    // -- integer arithmetic (t: int or int vector) ---------------------------------------------------------------------------------------
    Add, Sub, Mul, UDiv, SDiv, URem, SRem, And, Or, Xor,
    /// <summary>Shifts: amount b has the same type as a and is in range; out-of-range amounts are masked by the lowering.</summary>
    Shl, LShr, AShr,
    /// <summary>Unchecked forms: overflow is undefined (LLVM nsw / nuw).</summary>
    AddNsw, AddNuw, SubNsw, SubNuw, MulNsw, MulNuw,
    /// <summary>Exact division: a remainder is undefined.</summary>
    SDivExact, UDivExact,
    /// <summary>Two results: wrapped value, I1 "overflowed".</summary>
    SAddOverflow, UAddOverflow, SSubOverflow, USubOverflow, SMulOverflow, UMulOverflow,
    SAddSat, UAddSat, SSubSat, USubSat,
    SMin, SMax, UMin, UMax,
    /// <summary>Bit operations; ctlz/cttz of zero give the width, the NonZero flag makes zero undefined.</summary>
    CtPop, CtLz, CtTz, BSwap, BitReverse,
    /// <summary>Rotates: b taken modulo the width.</summary>
    RotL, RotR,
    /// <summary>Funnel shifts of a:b by c.</summary>
    FShl, FShr,
    Neg, Not,
    /// <summary>Compare a, b of equal type (int, ptr or vector thereof); <see cref="IntCond"/> in flags; result I1 (or vector of I1).</summary>
    ICmp,
    /// <summary>Compare floats; <see cref="FloatCond"/> in flags; result I1 (or vector of I1).</summary>
    FCmp,
    /// <summary>a ? b : c; a is I1 or a vector of I1.</summary>
    Select,

    // -- floats --------------------------------------------------------------------------------------------------------------------------
    /// <summary>Float arithmetic; flags hold <see cref="FastMath"/>.</summary>
    FAdd, FSub, FMul, FDiv, FRem, FNeg,
    /// <summary>Math function <see cref="FloatFn"/> in flags, operands a, b, c as the function needs.</summary>
    FCall,

    // -- conversions to t ------------------------------------------------------------------------------------------------------------------
    Trunc, ZExt, SExt, FpTrunc, FpExt,
    /// <summary>Saturating float to int, NaN to zero (Rust `as`).</summary>
    FpToSiSat, FpToUiSat,
    /// <summary>Float to int where out of range is undefined.</summary>
    FpToSi, FpToUi,
    SiToFp, UiToFp, PtrToInt, IntToPtr,
    /// <summary>Same bits, other type of the same size.</summary>
    BitCast,

    // -- memory -----------------------------------------------------------------------------------------------------------------------------
    /// <summary>Load t from a; imm = alignment in bytes; flags <see cref="MemFlags"/>; B = index into <see cref="LirFunction.Ranges"/> or -1.</summary>
    Load,
    /// <summary>Store b to a; imm = alignment; flags <see cref="MemFlags"/>.</summary>
    Store,
    /// <summary>a + imm bytes, inside the same object.</summary>
    PtrAddImm,
    /// <summary>a + b bytes (b I64), inside the same object; with <see cref="MemFlags.Wrapping"/> anywhere.</summary>
    PtrAdd,
    /// <summary>Copy c (I64) bytes from b to a; imm = dst align | src align &lt;&lt; 32; regions may not overlap (MemMove: may).</summary>
    MemCpy, MemMove,
    /// <summary>Fill c (I64) bytes at a with byte b; imm = align.</summary>
    MemSet,
    /// <summary>memcmp(a, b, c) as I32.</summary>
    MemCmp,
    /// <summary>Atomic load/store of t at a (store: value b): flags = <see cref="AtomicOrdering"/> | volatile &lt;&lt; 4; imm = align.</summary>
    AtomicLoad, AtomicStore,
    /// <summary>Atomic read-modify-write of t at a with b; flags = ordering | <see cref="AtomicRmwOp"/> &lt;&lt; 4. Result: old value.</summary>
    AtomicRmw,
    /// <summary>Compare-exchange at a, expected b, new c; flags = success ordering | failure ordering &lt;&lt; 4 | weak &lt;&lt; 8. Results: old value, I1 success.</summary>
    AtomicCas,
    /// <summary>Fence; flags = ordering | single-thread &lt;&lt; 4.</summary>
    Fence,
    /// <summary>Lifetime markers for stack slot A.</summary>
    SlotLive, SlotDead,
    /// <summary>Prefetch a; imm = rw | locality &lt;&lt; 1 | data &lt;&lt; 3.</summary>
    Prefetch,

    // -- vectors -----------------------------------------------------------------------------------------------------------------------------
    /// <summary>Vector of type t with every lane a.</summary>
    Splat,
    /// <summary>Lane b (a value, I32/I64) of vector a. t: element type.</summary>
    ExtractLane,
    /// <summary>Vector a with lane c (a value) replaced by b.</summary>
    InsertLane,
    /// <summary>Lanes of a:b selected by constant indices Pool[C .. C+t.Lanes) (-1: undefined).</summary>
    Shuffle,
    /// <summary>Reduction <see cref="VectorReduceOp"/> in flags of vector a, start value b for ordered float reductions or -1.</summary>
    VectorReduce,
    /// <summary>Masked load of t from a with mask b (vector of I1), pass-through c; imm = align.</summary>
    MaskedLoad,
    /// <summary>Masked store of b to a with mask c; imm = align.</summary>
    MaskedStore,
    /// <summary>Gather t from vector of pointers a, mask b, pass-through c; imm = align.</summary>
    Gather,
    /// <summary>Scatter b to vector of pointers a, mask c; imm = align.</summary>
    Scatter,

    // -- calls ---------------------------------------------------------------------------------------------------------------------------------
    /// <summary>Call symbol A; arguments Pool[B .. B+C); imm = index into <see cref="LirFunction.Signatures"/>; flags <see cref="CallFlags"/>. t: first result.</summary>
    Call,
    /// <summary>Call through pointer A (a value); otherwise as Call.</summary>
    CallIndirect,
    /// <summary>Call of the LLVM intrinsic (or platform intrinsic) named by <see cref="LirFunction.Strings"/>[A]; otherwise as Call.</summary>
    CallIntrinsic,
    /// <summary>Inline assembly <see cref="LirFunction.Asms"/>[A], inputs Pool[B .. B+C). Results in order of the outputs.</summary>
    InlineAsm,
    /// <summary>First instruction of an unwind target; flags = <see cref="LandingPadKind"/>. Results: exception pointer, I32 selector.</summary>
    LandingPad,

    // -- hints -----------------------------------------------------------------------------------------------------------------------------------
    /// <summary>a (I1) is true, else undefined.</summary>
    Assume,
    /// <summary>Value a, unknown to the optimizer.</summary>
    BlackBox,
    /// <summary>I1 a, expected to be imm (0/1).</summary>
    Expect,
    Breakpoint,
    /// <summary>Start/copy/end of C varargs: a = va_list pointer.</summary>
    VaStart, VaCopy, VaEnd,
    /// <summary>Cycle counter, return address (imm = depth), frame address.</summary>
    ReadCycleCounter,

    // -- terminators --------------------------------------------------------------------------------------------------------------------------------
    /// <summary>To block A.</summary>
    Br,
    /// <summary>If a (I1) to block B, else to block C.</summary>
    CondBr,
    /// <summary>Switch on a: Pool[B .. B+C) is pairs (index into <see cref="LirFunction.SwitchValues"/>, block); imm = default block.</summary>
    Switch,
    /// <summary>Return Pool[B .. B+C).</summary>
    Ret,
    Unreachable,
    /// <summary>Abort the process (ud2): only for what Rust defines as an abort.</summary>
    Trap,
    /// <summary>Call that may unwind: as Call, then to block Pool[B+C] (normal) or Pool[B+C+1] (unwind).</summary>
    Invoke,
    InvokeIndirect,
    /// <summary>Continue unwinding with exception pointer a and selector b.</summary>
    Resume,
    /// <summary>Tail call (musttail) of symbol A / pointer A, as Call.</summary>
    TailCall, TailCallIndirect,
}

/// <summary>Integer comparison conditions.</summary>
public enum IntCond : ushort { Eq, Ne, Ult, Ule, Ugt, Uge, Slt, Sle, Sgt, Sge }

/// <summary>Float comparison conditions: ordered (false on NaN) or unordered (true on NaN), as in LLVM.</summary>
public enum FloatCond : ushort { Oeq, One, Olt, Ole, Ogt, Oge, Ord, Ueq, Une, Ult, Ule, Ugt, Uge, Uno }

/// <summary>Math functions of <see cref="LirOp.FCall"/>; operand counts as in the C function or LLVM intrinsic of that name.</summary>
public enum FloatFn : ushort
{
    Sqrt, Floor, Ceil, Trunc, Rint, NearbyInt, Round, RoundEven, FAbs, CopySign, Fma, MulAdd,
    /// <summary>IEEE minNum/maxNum (a NaN operand loses) and minimum/maximum (a NaN operand wins).</summary>
    MinNum, MaxNum, Minimum, Maximum,
    Pow, PowI, Exp, Exp2, Log, Log2, Log10, Sin, Cos, LogB,
    Tan, Asin, Acos, Atan, Atan2, Sinh, Cosh, Tanh,
}

[Flags]
public enum FastMath : ushort { None = 0, NNan = 1, NInf = 2, Nsz = 4, Arcp = 8, Contract = 16, AFn = 32, Reassoc = 64, Fast = 127, Algebraic = 4 | 8 | 16 | 64 }

/// <summary>Facts about a memory access. NonNull/NoUndef/Range speak of the loaded value.</summary>
[Flags]
public enum MemFlags : ushort { None = 0, Volatile = 1, Invariant = 2, NonNull = 4, NoUndef = 8, NonTemporal = 16, Wrapping = 32, NonZero = 64, UnalignedVolatile = 128 }

public enum AtomicOrdering : ushort { Relaxed = 1, Acquire, Release, AcqRel, SeqCst }

public enum AtomicRmwOp : ushort { Xchg, Add, Sub, And, Nand, Or, Xor, Max, Min, UMax, UMin }

public enum VectorReduceOp : ushort { Add, Mul, And, Or, Xor, SMin, SMax, UMin, UMax, FMin, FMax, FAddOrdered, FMulOrdered, FAddRelaxed, FMulRelaxed }

[Flags]
public enum CallFlags : ushort { None = 0, NoUnwind = 1, Cold = 2, NoReturn = 4, NoInline = 8, ReadNone = 16 }

/// <summary>What a landing pad catches: nothing (cleanup), everything, or nothing at all with an empty filter (a frame that must not unwind).</summary>
public enum LandingPadKind : ushort { Cleanup, CatchAll, Filter }
