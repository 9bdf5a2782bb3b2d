using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>Storage of locals, and how arguments get into it.</summary>
internal sealed partial class FunctionLowering
{
    private PlaceRef NewTemporary(TyAndLayout layout) => new(_b.SlotAddr(_b.NewSlot(layout.Size, (uint)layout.Align)), layout);

    private PlaceRef NewTemporary(ulong size, ulong align, TyAndLayout layout) => new(_b.SlotAddr(_b.NewSlot(size, (uint)align)), layout, align);

    /// <summary>An address for what has no bytes: aligned and not null.</summary>
    private PlaceRef Dangling(TyAndLayout layout) => new(_b.Convert(LirOp.IntToPtr, LirType.Ptr, _b.IConst(LirType.I64, (U128)layout.Align)), layout);

    private void AllocateSlot(ref LocalState local)
    {
        local.Slot = _b.NewSlot(local.Layout.Size, (uint)local.Layout.Align);
        local.Place = new PlaceRef(_b.SlotAddr(local.Slot), local.Layout);
    }

    private void AllocateVariables(ref LocalState local)
    {
        if (local.Layout.Repr.IsScalarPair)
        {
            local.VarA = _b.NewVar(MachineTypes.OfValue(local.Layout.Repr.A));
            local.VarB = _b.NewVar(MachineTypes.OfValue(local.Layout.Repr.B));
        }
        else
        {
            local.VarA = _b.NewVar(MachineTypes.OfImmediate(local.Layout));
        }
    }

    /// <summary>In the entry block: storage for every local, and the arguments in theirs.</summary>
    private void LowerParameters()
    {
        int next = 0;
        if (_abi.Ret.Mode.Kind == PassModeKind.Indirect)
        {
            ref var ret = ref _locals[0];
            int pointer = _b.Param(next++, LirType.Ptr);
            _returnPointer = new PlaceRef(pointer, _abi.Ret.Layout);
            if (ret.Kind == LocalKind.Memory) { ret.Place = _returnPointer; ret.Slot = -1; }
        }
        for (int i = 0; i < _locals.Length; i++)
        {
            ref var local = ref _locals[i];
            if (local.Kind == LocalKind.Variable) AllocateVariables(ref local);
            bool isArgument = i >= 1 && i <= _body.ArgCount;
            if (local.Kind == LocalKind.Memory && !isArgument && local.Place.Layout is null) AllocateSlot(ref local);
        }

        int abiArg = 0;
        bool tracksCaller = _ctx.RequiresCallerLocation(_instance);
        for (int i = 1; i <= _body.ArgCount; i++)
        {
            if (i == _body.SpreadArg) { SpreadArgument(i, ref abiArg, ref next); continue; }
            if (_abi.CVariadic && abiArg == _abi.Args.Length)
            {
                // The argument after the declared ones is the list of the others.
                ref var list = ref _locals[i];
                if (list.Kind != LocalKind.Memory) throw new UnsupportedException("a C-variadic argument list that is not in memory");
                AllocateSlot(ref list);
                _b.Emit(LirOp.VaStart, LirType.Void, list.Place.Ptr);
                _vaList = list.Place.Ptr;
                continue;
            }
            Argument(i, _abi.Args[abiArg++], ref next);
        }
        if (tracksCaller) { _callerLocation = _b.Param(next++, LirType.Ptr); abiArg++; }
        if (abiArg != _abi.Args.Length) throw new BugException($"{_symbol} has {_abi.Args.Length} ABI arguments, its body takes {abiArg}");
    }

    /// <summary>Where the caller wants the result, for indirect returns.</summary>
    private PlaceRef _returnPointer;
    /// <summary>The list of C-variadic arguments to end before returning, -1 for none.</summary>
    private int _vaList = -1;

    private void Argument(int index, ArgAbi arg, ref int next)
    {
        ref var local = ref _locals[index];
        if (local.Kind == LocalKind.ZeroSized)
        {
            SkipParameters(arg, ref next);
            return;
        }
        if (local.Kind == LocalKind.Memory && arg.Mode.Kind == PassModeKind.Indirect)
        {
            // The callee owns what it is pointed to: the local lives there.
            int pointer = _b.Param(next++, LirType.Ptr);
            int meta = arg.Mode.HasMeta ? _b.Param(next++, SignatureLowering.MetadataType(arg.Layout)) : -1;
            local.Place = new PlaceRef(pointer, meta, local.Layout, local.Layout.Align);
            local.Slot = -1;
            return;
        }
        if (local.Kind == LocalKind.Memory)
        {
            AllocateSlot(ref local);
            ReceiveInto(arg, local.Place, ref next);
            return;
        }
        SetLocal(index, Receive(arg, ref next));
    }

    private static void SkipParameters(ArgAbi arg, ref int next)
    {
        next += arg.Mode.Kind switch
        {
            PassModeKind.Ignore => 0,
            PassModeKind.Pair => 2,
            PassModeKind.Cast => arg.Mode.Cast!.Pieces().Count(),
            PassModeKind.Indirect when arg.Mode.HasMeta => 2,
            _ => 1,
        };
    }

    /// <summary>An argument's value, from the next parameters.</summary>
    private OperandRef Receive(ArgAbi arg, ref int next)
    {
        switch (arg.Mode.Kind)
        {
            case PassModeKind.Ignore:
                return arg.Layout.IsZst ? OperandRef.ZeroSized(arg.Layout) : UndefOperand(arg.Layout);
            case PassModeKind.Direct:
                return OperandRef.Immediate(arg.Layout, _b.Param(next++, MachineTypes.OfImmediate(arg.Layout)));
            case PassModeKind.Pair:
                return OperandRef.Pair(arg.Layout, _b.Param(next++, MachineTypes.OfValue(arg.Layout.Repr.A)), _b.Param(next++, MachineTypes.OfValue(arg.Layout.Repr.B)));
            case PassModeKind.Indirect:
                return LoadOperand(new PlaceRef(_b.Param(next++, LirType.Ptr), arg.Layout));
            default:
                var temporary = NewTemporary(arg.Layout);
                ReceiveInto(arg, temporary, ref next);
                return LoadOperand(temporary);
        }
    }

    private void ReceiveInto(ArgAbi arg, PlaceRef place, ref int next)
    {
        if (arg.Mode.Kind != PassModeKind.Cast)
        {
            Store(Receive(arg, ref next), place);
            return;
        }
        var values = new List<int>();
        foreach (var (reg, _) in arg.Mode.Cast!.Pieces()) values.Add(_b.Param(next++, MachineTypes.OfReg(reg)));
        StoreCast(arg.Mode.Cast!, values, place);
    }

    /// <summary>A "rust-call" tuple whose elements are separate ABI arguments.</summary>
    private void SpreadArgument(int index, ref int abiArg, ref int next)
    {
        ref var local = ref _locals[index];
        if (local.Layout.Ty is not TupleTy tuple) throw new BugException($"the spread argument of {_symbol} is not a tuple");
        if (local.Kind == LocalKind.ZeroSized)
        {
            for (int i = 0; i < tuple.Elements.Length; i++) SkipParameters(_abi.Args[abiArg++], ref next);
            return;
        }
        PlaceRef place;
        if (local.Kind == LocalKind.Memory) { AllocateSlot(ref local); place = local.Place; }
        else place = NewTemporary(local.Layout);
        for (int i = 0; i < tuple.Elements.Length; i++)
        {
            var arg = _abi.Args[abiArg++];
            if (arg.Layout.IsZst) { SkipParameters(arg, ref next); continue; }
            ReceiveInto(arg, FieldPlace(place, i, arg.Layout), ref next);
        }
        if (local.Kind != LocalKind.Memory) SetLocal(index, LoadOperand(place));
    }

    /// <summary>Assigns a whole local that is not in memory, or stores to it where it is.</summary>
    private void SetLocal(int index, OperandRef value)
    {
        ref var local = ref _locals[index];
        switch (local.Kind)
        {
            case LocalKind.Unused or LocalKind.ZeroSized:
                break;
            case LocalKind.Value:
                local.Operand = value with { Layout = local.Layout };
                break;
            case LocalKind.Variable:
                _b.DefVar(local.VarA, value.A);
                if (local.VarB >= 0) _b.DefVar(local.VarB, value.B);
                break;
            case LocalKind.Memory:
                Store(value, local.Place);
                break;
        }
    }

    private OperandRef GetLocal(int index)
    {
        ref var local = ref _locals[index];
        switch (local.Kind)
        {
            case LocalKind.ZeroSized:
                return OperandRef.ZeroSized(local.Layout);
            case LocalKind.Value:
                if (local.Operand.Layout is null) throw new BugException($"local _{index} of {_symbol} is used before it is assigned");
                return local.Operand;
            case LocalKind.Variable:
                return local.VarB >= 0
                    ? OperandRef.Pair(local.Layout, _b.UseVar(local.VarA), _b.UseVar(local.VarB))
                    : OperandRef.Immediate(local.Layout, _b.UseVar(local.VarA));
            case LocalKind.Memory:
                return LoadOperand(local.Place);
            default:
                throw new BugException($"local _{index} of {_symbol} is used but was not seen");
        }
    }

    private void StorageLive(int index)
    {
        ref var local = ref _locals[index];
        if (Optimize && local.Kind == LocalKind.Memory && local.Slot >= 0) _b.Emit(LirOp.SlotLive, LirType.Void, local.Slot);
    }

    private void StorageDead(int index)
    {
        ref var local = ref _locals[index];
        if (Optimize && local.Kind == LocalKind.Memory && local.Slot >= 0) _b.Emit(LirOp.SlotDead, LirType.Void, local.Slot);
    }
}
