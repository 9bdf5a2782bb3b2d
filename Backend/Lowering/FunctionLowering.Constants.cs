using System.Buffers.Binary;
using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>Evaluated constants as operands: immediates where the layout has any, addresses of data otherwise.</summary>
internal sealed partial class FunctionLowering
{
    private OperandRef LowerConstant(MirConst constant)
    {
        var layout = _ctx.LayoutOf(constant.Type);
        // Function items and the like: the type says it all. (That it evaluates was checked with the required constants.)
        if (layout.IsZst) return OperandRef.ZeroSized(layout);
        return LowerConstValue(constant is MirConst.Val v ? v.Value : _tcx.Eval.Evaluate(constant), layout);
    }

    private OperandRef LowerConstValue(ConstValue value, TyAndLayout layout)
    {
        switch (value)
        {
            case ConstValue.ZeroSized:
                return OperandRef.ZeroSized(layout);
            case ConstValue.Scalar s when layout.Repr.IsScalar:
                return OperandRef.Immediate(layout, ScalarConstant(layout.Repr.A, s.Int.Bits));
            case ConstValue.Pointer p when layout.Repr.IsScalar:
                return OperandRef.Immediate(layout, PointerConstant(layout.Repr.A, p.Alloc, p.Offset));
            case ConstValue.Slice s when layout.Repr.IsScalarPair:
                return OperandRef.Pair(layout, AddressOf(s.Alloc, 0), _b.IConst(LirType.I64, (U128)s.Meta));
            case ConstValue.Indirect i:
                return IndirectConstant(i.Alloc, i.Offset, layout);
            default:
                throw new BugException($"constant {value} of type {layout.Ty} ({layout.Repr.Kind})");
        }
    }

    private OperandRef IndirectConstant(GlobalAlloc alloc, ulong offset, TyAndLayout layout)
    {
        if (alloc is not GlobalAlloc.Memory memory) throw new BugException($"a constant of type {layout.Ty} lives in a {alloc.GetType().Name}");
        var allocation = memory.Allocation;
        switch (layout.Repr.Kind)
        {
            // Of a union (MaybeUninit) some bytes may be initialized: that is no immediate.
            case BackendReprKind.Scalar when !layout.Repr.A.IsUnion:
                return OperandRef.Immediate(layout, ReadScalar(allocation, offset, layout.Repr.A));
            case BackendReprKind.ScalarPair when !layout.Repr.A.IsUnion && !layout.Repr.B.IsUnion:
                return OperandRef.Pair(layout, ReadScalar(allocation, offset, layout.Repr.A), ReadScalar(allocation, offset + layout.Repr.PairOffset, layout.Repr.B));
            case BackendReprKind.SimdVector when IsNumericVector(layout) && VectorConstant(allocation, offset, layout) is { } vector:
                return OperandRef.Immediate(layout, vector);
            default:
                int address = AddressOf(alloc, offset);
                return LoadOperand(new PlaceRef(address, layout, AlignAt(Math.Max(allocation.Align, 1), offset)));
        }
    }

    /// <summary>A vector type itself, and no struct around one; lanes that are pointers have relocations.</summary>
    private bool IsNumericVector(TyAndLayout layout) => layout.Ty is AdtTy adt && _tcx.AdtDef(adt.Def).Repr.Simd && !layout.Repr.A.IsPointer;

    /// <summary>Null if it is not all initialized.</summary>
    private int? VectorConstant(Allocation allocation, ulong offset, TyAndLayout layout)
    {
        int start = checked((int)offset), size = layout.Repr.A.Size, end = start + size * checked((int)layout.Repr.Count);
        if (allocation.Init is { } init) for (int i = start; i < end; i++) if (!init[i]) return null;
        var type = MachineTypes.OfVector(layout.Repr);
        var bytes = allocation.Bytes.AsSpan(start, end - start);
        if (!bytes.ContainsAnyExcept((byte)0)) return _b.Zero(type);
        int vector = _b.Emit(LirOp.Splat, type, ReadScalar(allocation, offset, layout.Repr.A));
        for (int lane = 1; lane * size < bytes.Length; lane++)
            if (!bytes.Slice(lane * size, size).SequenceEqual(bytes[..size]))
                vector = _b.Emit(LirOp.InsertLane, type, vector, ReadScalar(allocation, offset + (ulong)(lane * size), layout.Repr.A), _b.IConst(LirType.I32, (U128)lane));
        return vector;
    }

    /// <summary>Nothing of the constant is initialized: storing it does nothing.</summary>
    private static bool IsUninitialized(ConstValue value, TyAndLayout layout)
    {
        if (value is not ConstValue.Indirect { Alloc: GlobalAlloc.Memory memory } i || memory.Allocation.Init is not { } init) return false;
        for (ulong at = i.Offset; at < i.Offset + layout.Size; at++) if (init[at]) return false;
        return true;
    }

    private int ReadScalar(Allocation allocation, ulong offset, Scalar s)
    {
        int at = checked((int)offset), size = s.Size;
        if (allocation.Init is { } init)
        {
            for (int i = at; i < at + size; i++) if (!init[i]) return _b.Undef(MachineTypes.OfValue(s));
        }
        var bytes = allocation.Bytes.AsSpan(at, size);
        if (allocation.RelocationAt(at) is { } target)
        {
            if (size != 8) throw new BugException("a pointer is read as part of a constant scalar");
            return PointerConstant(s, target, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }
        U128 bits = 0;
        for (int i = size - 1; i >= 0; i--) bits = bits << 8 | bytes[i];
        return ScalarConstant(s, bits);
    }

    private int ScalarConstant(Scalar s, U128 bits)
    {
        var type = MachineTypes.OfValue(s);
        if (type.IsFloat) return _b.FConst(type, bits);
        if (!type.IsPtr) return _b.IConst(type, bits);
        return bits == 0 ? _b.Zero(LirType.Ptr) : _b.Convert(LirOp.IntToPtr, LirType.Ptr, _b.IConst(LirType.I64, bits));
    }

    private int PointerConstant(Scalar s, GlobalAlloc alloc, ulong offset)
    {
        int address = AddressOf(alloc, offset);
        var type = MachineTypes.OfValue(s);
        if (type.IsPtr) return address;
        if (s.Size != 8) throw new BugException("a pointer constant that is not 8 bytes");
        int number = _b.Convert(LirOp.PtrToInt, LirType.I64, address);
        return type.IsFloat ? _b.Convert(LirOp.BitCast, type, number) : number;
    }

    /// <summary>The address of an allocation plus an offset; what it stands for is reported.</summary>
    private int AddressOf(GlobalAlloc alloc, ulong offset)
    {
        _scratchFunctions.Clear();
        _scratchStatics.Clear();
        _scratchData.Clear();
        var address = _ctx.AddressOf(alloc, offset, _scratchFunctions, _scratchStatics, _scratchData);
        foreach (var f in _scratchFunctions) Use(f);
        foreach (var s in _scratchStatics) UseStatic(s);
        foreach (var d in _scratchData) Use(d);
        if (address.Symbol is { } symbol)
        {
            if (symbol.Kind == LirSymbolKind.Tls) throw new BugException($"thread-local {symbol} in a constant");
            if (alloc is GlobalAlloc.Function f) symbol.Signature ??= _ctx.AbiOf(f.Instance).Signature;
            return _b.SymbolAddr(symbol, (long)address.Offset);
        }
        return address.Offset == 0 ? _b.Zero(LirType.Ptr) : _b.Convert(LirOp.IntToPtr, LirType.Ptr, _b.IConst(LirType.I64, (U128)address.Offset));
    }

    private readonly List<Instance> _scratchFunctions = [];
    private readonly List<DefId> _scratchStatics = [];
    private readonly List<DataItem> _scratchData = [];

    private int Usize(ulong value) => _b.IConst(LirType.I64, (U128)value);

    /// <summary>A &amp;'static str.</summary>
    private (int Pointer, int Length) StringConstant(string text) =>
        (_b.SymbolAddr(Use(_ctx.StringData(text))), Usize((ulong)System.Text.Encoding.UTF8.GetByteCount(text)));
}
