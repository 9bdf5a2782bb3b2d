using Mirlink.Backend.Lir;

namespace Mirlink.Backend.Llvm;

/// <summary>Numbers of LLVM's intrinsics in the loaded library, looked up once.</summary>
internal sealed unsafe class IntrinsicIds
{
    public static readonly IntrinsicIds Instance = new();

    public readonly uint SAddOverflow = Id("llvm.sadd.with.overflow"u8), UAddOverflow = Id("llvm.uadd.with.overflow"u8), SSubOverflow = Id("llvm.ssub.with.overflow"u8),
        USubOverflow = Id("llvm.usub.with.overflow"u8), SMulOverflow = Id("llvm.smul.with.overflow"u8), UMulOverflow = Id("llvm.umul.with.overflow"u8);
    public readonly uint SAddSat = Id("llvm.sadd.sat"u8), UAddSat = Id("llvm.uadd.sat"u8), SSubSat = Id("llvm.ssub.sat"u8), USubSat = Id("llvm.usub.sat"u8);
    public readonly uint SMin = Id("llvm.smin"u8), SMax = Id("llvm.smax"u8), UMin = Id("llvm.umin"u8), UMax = Id("llvm.umax"u8);
    public readonly uint CtPop = Id("llvm.ctpop"u8), CtLz = Id("llvm.ctlz"u8), CtTz = Id("llvm.cttz"u8), BSwap = Id("llvm.bswap"u8), BitReverse = Id("llvm.bitreverse"u8);
    public readonly uint FShl = Id("llvm.fshl"u8), FShr = Id("llvm.fshr"u8);
    public readonly uint FpToSiSat = Id("llvm.fptosi.sat"u8), FpToUiSat = Id("llvm.fptoui.sat"u8), PowI = Id("llvm.powi"u8);
    public readonly uint Assume = Id("llvm.assume"u8), Expect = Id("llvm.expect"u8), Trap = Id("llvm.trap"u8), DebugTrap = Id("llvm.debugtrap"u8);
    public readonly uint VaStart = Id("llvm.va_start"u8), VaEnd = Id("llvm.va_end"u8), VaCopy = Id("llvm.va_copy"u8), ReadCycleCounter = Id("llvm.readcyclecounter"u8);
    public readonly uint LifetimeStart = Id("llvm.lifetime.start"u8), LifetimeEnd = Id("llvm.lifetime.end"u8), Prefetch = Id("llvm.prefetch"u8);
    public readonly uint ThreadLocalAddress = Id("llvm.threadlocal.address"u8);
    public readonly uint MaskedLoad = Id("llvm.masked.load"u8), MaskedStore = Id("llvm.masked.store"u8), MaskedGather = Id("llvm.masked.gather"u8), MaskedScatter = Id("llvm.masked.scatter"u8);

    private readonly uint[] _floatFns = new uint[(int)FloatFn.Tanh + 1];
    private readonly uint[] _reductions = new uint[(int)VectorReduceOp.FMulRelaxed + 1];

    /// <summary>0 for a function that is called in libm instead.</summary>
    public uint Of(FloatFn fn) => _floatFns[(int)fn];
    public uint Of(VectorReduceOp op) => _reductions[(int)op];

    private IntrinsicIds()
    {
        Fn(FloatFn.Sqrt, "llvm.sqrt"u8); Fn(FloatFn.Floor, "llvm.floor"u8); Fn(FloatFn.Ceil, "llvm.ceil"u8); Fn(FloatFn.Trunc, "llvm.trunc"u8);
        Fn(FloatFn.Rint, "llvm.rint"u8); Fn(FloatFn.NearbyInt, "llvm.nearbyint"u8); Fn(FloatFn.Round, "llvm.round"u8); Fn(FloatFn.RoundEven, "llvm.roundeven"u8);
        Fn(FloatFn.FAbs, "llvm.fabs"u8); Fn(FloatFn.CopySign, "llvm.copysign"u8); Fn(FloatFn.Fma, "llvm.fma"u8); Fn(FloatFn.MulAdd, "llvm.fmuladd"u8);
        // As rustc: the IEEE 754-2019 functions, which LLVM before 22 cannot always select.
        Fn(FloatFn.MinNum, LlvmLibrary.Major >= 22 ? "llvm.minimumnum"u8 : "llvm.minnum"u8); Fn(FloatFn.MaxNum, LlvmLibrary.Major >= 22 ? "llvm.maximumnum"u8 : "llvm.maxnum"u8);
        Fn(FloatFn.Minimum, "llvm.minimum"u8); Fn(FloatFn.Maximum, "llvm.maximum"u8);
        Fn(FloatFn.Pow, "llvm.pow"u8); Fn(FloatFn.Exp, "llvm.exp"u8); Fn(FloatFn.Exp2, "llvm.exp2"u8); Fn(FloatFn.Log, "llvm.log"u8);
        Fn(FloatFn.Log2, "llvm.log2"u8); Fn(FloatFn.Log10, "llvm.log10"u8); Fn(FloatFn.Sin, "llvm.sin"u8); Fn(FloatFn.Cos, "llvm.cos"u8);

        Red(VectorReduceOp.Add, "llvm.vector.reduce.add"u8); Red(VectorReduceOp.Mul, "llvm.vector.reduce.mul"u8);
        Red(VectorReduceOp.And, "llvm.vector.reduce.and"u8); Red(VectorReduceOp.Or, "llvm.vector.reduce.or"u8); Red(VectorReduceOp.Xor, "llvm.vector.reduce.xor"u8);
        Red(VectorReduceOp.SMin, "llvm.vector.reduce.smin"u8); Red(VectorReduceOp.SMax, "llvm.vector.reduce.smax"u8);
        Red(VectorReduceOp.UMin, "llvm.vector.reduce.umin"u8); Red(VectorReduceOp.UMax, "llvm.vector.reduce.umax"u8);
        Red(VectorReduceOp.FMin, "llvm.vector.reduce.fmin"u8); Red(VectorReduceOp.FMax, "llvm.vector.reduce.fmax"u8);
        Red(VectorReduceOp.FAddOrdered, "llvm.vector.reduce.fadd"u8); Red(VectorReduceOp.FAddRelaxed, "llvm.vector.reduce.fadd"u8);
        Red(VectorReduceOp.FMulOrdered, "llvm.vector.reduce.fmul"u8); Red(VectorReduceOp.FMulRelaxed, "llvm.vector.reduce.fmul"u8);

        void Fn(FloatFn fn, ReadOnlySpan<byte> name) => _floatFns[(int)fn] = Id(name);
        void Red(VectorReduceOp op, ReadOnlySpan<byte> name) => _reductions[(int)op] = Id(name);
    }

    private static uint Id(ReadOnlySpan<byte> name)
    {
        fixed (byte* p = name)
        {
            uint id = LLVM.LookupIntrinsicID(p, (nuint)name.Length);
            return id != 0 ? id : throw new Mir.MirlinkException($"{LlvmLibrary.Path} does not know {System.Text.Encoding.UTF8.GetString(name)}; use a newer LLVM");
        }
    }
}
