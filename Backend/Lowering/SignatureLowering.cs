using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>Function ABIs as LIR signatures (what rustc_codegen_llvm's abi.rs makes of them).</summary>
internal static class SignatureLowering
{
    public static LirSignature Lower(TyCtxt tcx, FnAbi abi)
    {
        var parameters = new List<LirParam>(abi.Args.Length + 1);
        LirParam[] returns;
        switch (abi.Ret.Mode.Kind)
        {
            case PassModeKind.Ignore:
                returns = [];
                break;
            case PassModeKind.Indirect:
                returns = [];
                parameters.Add(Pointer(abi.Ret.Mode.A, ParamFlags.SRet | ParamFlags.NoAlias, abi.Ret.Layout));
                break;
            default:
                var list = new List<LirParam>(2);
                Add(tcx, abi.Ret, list);
                returns = [.. list];
                break;
        }
        int fixedCount = abi.CVariadic ? abi.FixedCount : abi.Args.Length;
        for (int i = 0; i < fixedCount; i++) Add(tcx, abi.Args[i], parameters);
        return new LirSignature { Params = [.. parameters], Returns = returns, CallConv = CallConv(abi.Conv), Variadic = abi.CVariadic };
    }

    private static void Add(TyCtxt tcx, ArgAbi arg, List<LirParam> into)
    {
        var mode = arg.Mode;
        switch (mode.Kind)
        {
            case PassModeKind.Ignore:
                break;
            case PassModeKind.Direct:
                into.Add(arg.Layout.Repr.IsScalar ? Scalar(arg.Layout.Repr.A, mode.A) : new LirParam(DirectType(arg.Layout), Flags(mode.A)));
                break;
            case PassModeKind.Pair:
                into.Add(Scalar(arg.Layout.Repr.A, mode.A));
                into.Add(Scalar(LengthInRange(tcx, arg.Layout), mode.B));
                break;
            case PassModeKind.Cast:
                foreach (var (reg, _) in mode.Cast!.Pieces()) into.Add(new LirParam(MachineTypes.OfReg(reg), Flags(mode.Cast.Attrs)));
                break;
            case PassModeKind.Indirect when mode.OnStack:
                into.Add(Pointer(mode.A, ParamFlags.ByVal, arg.Layout));
                break;
            case PassModeKind.Indirect:
                into.Add(new LirParam(LirType.Ptr, Flags(mode.A) | (mode.HasMeta ? ParamFlags.None : ParamFlags.DeadOnReturn), mode.A.PointeeSize, (uint)mode.A.PointeeAlign));
                if (mode.HasMeta) into.Add(new LirParam(MetadataType(arg.Layout), Flags(mode.B), mode.B.PointeeSize, (uint)mode.B.PointeeAlign));
                break;
        }
    }

    /// <summary>The second scalar of a pair; the length of a referenced slice is at most isize::MAX bytes' worth.</summary>
    private static Scalar LengthInRange(TyCtxt tcx, TyAndLayout pair)
    {
        var b = pair.Repr.B;
        if (!b.IsInt || b.Signed || pair.Ty is not RefTy { Pointee: SliceTy slice }) return b;
        ulong element = tcx.Layouts.LayoutOf(slice.Element).Size;
        return element == 0 ? b : b with { Start = 0, End = long.MaxValue / element };
    }

    /// <summary>Type of what is passed directly: a scalar, a vector, or (for "unadjusted" intrinsics) a scalar's worth of memory.</summary>
    internal static LirType DirectType(TyAndLayout layout) => layout.Repr.Kind switch
    {
        BackendReprKind.Scalar or BackendReprKind.SimdVector => MachineTypes.OfImmediate(layout),
        _ => throw new UnsupportedException($"passing `{layout.Ty}` directly"),
    };

    /// <summary>Metadata of an unsized argument: a length, or a vtable.</summary>
    internal static LirType MetadataType(TyAndLayout layout) => layout.Ty.Kind == TyKind.Dynamic ? LirType.Ptr : LirType.I64;

    private static LirParam Scalar(Scalar s, ArgAttributes a)
    {
        var type = MachineTypes.OfValue(s);
        if (type.IsPtr) return new LirParam(type, Flags(a), a.PointeeSize, (uint)a.PointeeAlign);
        var range = s.IsInt && !s.IsBool && !s.IsAlwaysValid ? new LirRange(s.Start, s.End) : (LirRange?)null;
        return new LirParam(type, Flags(a), Range: range);
    }

    private static LirParam Pointer(ArgAttributes a, ParamFlags flags, TyAndLayout pointee) =>
        new(LirType.Ptr, Flags(a) | flags, a.PointeeSize, (uint)(a.PointeeAlign != 0 ? a.PointeeAlign : pointee.Align), pointee.Size);

    private static ParamFlags Flags(ArgAttributes a)
    {
        var f = ParamFlags.None;
        if ((a.Regular & ArgAttribute.NoAlias) != 0) f |= ParamFlags.NoAlias;
        if ((a.Regular & ArgAttribute.NonNull) != 0) f |= ParamFlags.NonNull;
        if ((a.Regular & ArgAttribute.NoUndef) != 0) f |= ParamFlags.NoUndef;
        if ((a.Regular & ArgAttribute.ReadOnly) != 0) f |= ParamFlags.ReadOnly;
        if ((a.Regular & ArgAttribute.InReg) != 0) f |= ParamFlags.InReg;
        if ((a.Regular & ArgAttribute.CapturesNone) != 0) f |= ParamFlags.NoCapture;
        else if ((a.Regular & ArgAttribute.CapturesAddress) != 0) f |= ParamFlags.CapturesAddress;
        else if ((a.Regular & ArgAttribute.CapturesReadOnly) != 0) f |= ParamFlags.CapturesReadOnly;
        if (a.Ext == ArgExtension.Zext) f |= ParamFlags.ZExt;
        if (a.Ext == ArgExtension.Sext) f |= ParamFlags.SExt;
        return f;
    }

    private static LirCallConv CallConv(CanonAbi abi) => abi switch
    {
        CanonAbi.C or CanonAbi.Rust or CanonAbi.Custom => LirCallConv.C,
        CanonAbi.RustCold => LirCallConv.PreserveMost,
        CanonAbi.RustPreserveNone => LirCallConv.PreserveNone,
        CanonAbi.Win64 or CanonAbi.EfiApi => LirCallConv.Win64,
        CanonAbi.SysV64 => LirCallConv.SysV64,
        CanonAbi.X86Interrupt => LirCallConv.X86Interrupt,
        CanonAbi.Vectorcall => LirCallConv.VectorCall,
        CanonAbi.Fastcall => LirCallConv.FastCall,
        CanonAbi.Stdcall => LirCallConv.StdCall,
        CanonAbi.Thiscall => LirCallConv.ThisCall,
        _ => throw new UnsupportedException($"calling convention {abi}"),
    };
}
