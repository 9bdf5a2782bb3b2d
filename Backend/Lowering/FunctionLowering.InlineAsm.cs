using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>asm! blocks and naked functions.</summary>
internal sealed partial class FunctionLowering
{
    private void LowerInlineAsm(Terminator.InlineAsm asm)
    {
        foreach (var operand in asm.Operands) if (operand.Kind == InlineAsmOperandKind.Label) throw new UnsupportedException("`label` operands of asm!");
        if (UnwindTarget(asm.Unwind, (asm.Options & InlineAsmOptions.MayUnwind) != 0) >= 0) throw new UnsupportedException("asm! that may unwind");

        var operands = new List<LirAsmOperand>();
        var inputs = new List<int>();
        var outputs = new List<(Place Place, TyAndLayout Layout)>();
        var outputTypes = new List<LirType>();
        foreach (var operand in asm.Operands)
        {
            switch (operand.Kind)
            {
                case InlineAsmOperandKind.In:
                    operands.Add(new LirAsmOperand(LirAsmOperandKind.In, operand.Reg, operand.RegClass, Input(operand.In!.Value)));
                    break;
                case InlineAsmOperandKind.Out:
                {
                    var kind = operand.Late ? LirAsmOperandKind.LateOut : LirAsmOperandKind.Out;
                    operands.Add(new LirAsmOperand(kind, operand.Reg, operand.RegClass, operand.OutPlace is { } place ? Output(place) : LirType.Void));
                    break;
                }
                case InlineAsmOperandKind.InOut:
                {
                    var type = Input(operand.In!.Value);
                    var kind = operand.Late ? LirAsmOperandKind.InLateOut : LirAsmOperandKind.InOut;
                    if (operand.OutPlace is { } place)
                    {
                        if (Output(place) != type) throw new UnsupportedException("asm! operands that change their type between in and out");
                        operands.Add(new LirAsmOperand(kind, operand.Reg, operand.RegClass, type));
                    }
                    else
                    {
                        // The register's new value is not wanted: it is read, and clobbered by an output that goes nowhere.
                        operands.Add(new LirAsmOperand(kind, operand.Reg, operand.RegClass, type));
                        outputs.Add((default, _ctx.LayoutOf(_tcx.Interner.Unit)));
                        outputTypes.Add(type);
                    }
                    break;
                }
                case InlineAsmOperandKind.Const:
                    operands.Add(new LirAsmOperand(LirAsmOperandKind.Const, null, null, LirType.Void, AsmConstant(operand.Const!.Const)));
                    break;
                case InlineAsmOperandKind.SymFn:
                    operands.Add(new LirAsmOperand(LirAsmOperandKind.SymFn, null, null, LirType.Ptr, Symbol: _b.SymbolRef(AsmFunction(operand))));
                    break;
                case InlineAsmOperandKind.SymStatic:
                    operands.Add(new LirAsmOperand(LirAsmOperandKind.SymStatic, null, null, LirType.Ptr, Symbol: _b.SymbolRef(UseStatic(operand.StaticDef))));
                    break;
            }
        }

        var lir = new LirInlineAsm { Template = Array.ConvertAll(asm.Template, p => new LirAsmPiece(p.Text, p.Operand, p.Modifier)), Operands = [.. operands], Options = (LirAsmOptions)asm.Options };
        int result = _b.InlineAsm(lir, outputTypes.Count > 0 ? outputTypes[0] : LirType.Void, [.. inputs]);
        if (asm.Targets.Length == 0)
        {
            _b.Unreachable();
            return;
        }
        for (int i = 0; i < outputs.Count; i++)
        {
            if (outputs[i].Place.Projection is null) continue;
            int value = _b.Result(result, i, outputTypes[i]);
            var layout = outputs[i].Layout;
            AssignOperand(outputs[i].Place, OperandRef.Immediate(layout, layout.Repr.IsScalar && layout.Repr.A.IsBool ? _b.Convert(LirOp.Trunc, LirType.I1, value) : value));
        }
        _b.Br(BlockOf(asm.Targets[0]));

        LirType Input(in Operand operand)
        {
            var value = LowerOperand(operand);
            int v = value.Kind == OperandValue.Immediate ? value.A : AsmValue(value);
            if (_b.TypeOf(v) == LirType.I1) v = _b.Convert(LirOp.ZExt, LirType.I8, v);
            inputs.Add(v);
            return _b.TypeOf(v);
        }

        LirType Output(Place place)
        {
            var layout = PlaceLayout(place);
            var type = layout.Repr.Kind switch
            {
                BackendReprKind.Scalar => MachineTypes.InMemory(layout.Repr.A),
                BackendReprKind.SimdVector => MachineTypes.OfVector(layout.Repr),
                _ => throw new UnsupportedException($"an asm! output of type `{layout.Ty}`"),
            };
            outputs.Add((place, layout));
            outputTypes.Add(type);
            return type;
        }
    }

    /// <summary>MaybeUninit and other wrappers in memory, by size.</summary>
    private int AsmValue(OperandRef value)
    {
        if (value.Kind != OperandValue.Ref || value.Layout.Size is not (1 or 2 or 4 or 8 or 16)) throw new UnsupportedException($"an asm! operand of type `{value.Layout.Ty}`");
        return _b.Load(LirType.Int((int)value.Layout.Size * 8), value.A, (uint)value.Align);
    }

    private string AsmConstant(MirConst constant)
    {
        var layout = _ctx.LayoutOf(constant.Type);
        var bits = _tcx.Eval.EvaluateBits(constant);
        return constant.Type.IsSigned ? new ScalarInt(bits, (byte)layout.Size).Signed.ToString() : bits.ToString();
    }

    private LirSymbol AsmFunction(InlineAsmOperand operand)
    {
        if (operand.Const!.Const.Type is not FnDefTy f) throw new BugException("a `sym` operand that is not a function");
        return Use(_tcx.Traits.ResolveForFnPtr(f.Def, f.Args));
    }

    /// <summary>A #[naked] function: nothing but its assembly.</summary>
    private LirFunction Naked(CodegenFnAttrs attrs)
    {
        if (_body.Blocks[0].Terminator is not Terminator.InlineAsm asm) throw new BugException($"naked function {_symbol} is not an asm block");
        Analyze();
        _b.SwitchTo(_b.NewBlock());
        _currentBlock = 0;
        LowerInlineAsm(new Terminator.InlineAsm(asm.Template, asm.Operands, asm.Options | InlineAsmOptions.NoReturn, [], UnwindAction.Unreachable, true));
        return _b.Finish(_symbol, _signature, FunctionFlags(attrs) | LirFunctionFlags.Naked | LirFunctionFlags.NoInline, TargetFeatures(attrs), attrs.LinkSection, (uint)(attrs.Alignment ?? 0));
    }

    // -- platform intrinsics -----------------------------------------------------------------------------------------------------------------------

    /// <summary>A foreign function named "llvm.*": arguments and result as they are, no ABI.</summary>
    private void CallPlatformIntrinsic(string name, Terminator.Call call)
    {
        var values = new List<int>();
        var parameters = new List<LirParam>();
        foreach (var operand in call.Args)
        {
            var value = LowerOperand(operand);
            switch (value.Kind)
            {
                case OperandValue.ZeroSized: break;
                case OperandValue.Immediate: Add(value.A); break;
                case OperandValue.Pair: Add(value.A); Add(value.B); break;
                default: throw new UnsupportedException($"passing `{value.Layout.Ty}` to `{name}`");
            }
        }
        var result = PlaceLayout(call.Destination);
        LirParam[] returns = result.IsZst ? [] : result.Repr.Kind switch
        {
            BackendReprKind.Scalar or BackendReprKind.SimdVector => [new LirParam(MachineTypes.OfImmediate(result))],
            BackendReprKind.ScalarPair => [new LirParam(MachineTypes.OfValue(result.Repr.A)), new LirParam(MachineTypes.OfValue(result.Repr.B))],
            _ => throw new UnsupportedException($"`{name}` returning `{result.Ty}`"),
        };
        SetLocation(call.SourceInfo);
        var signature = new LirSignature { Params = [.. parameters], Returns = returns };
        int v = _b.CallIntrinsic(name, signature, [.. values], CallFlags.NoUnwind);
        if (call.Target < 0) { _b.Unreachable(); return; }
        if (returns.Length == 1) AssignOperand(call.Destination, OperandRef.Immediate(result, v));
        else if (returns.Length == 2) AssignOperand(call.Destination, OperandRef.Pair(result, v, _b.Result(v, 1, returns[1].Type)));
        _b.Br(BlockOf(call.Target));

        void Add(int value) { values.Add(value); parameters.Add(new LirParam(_b.TypeOf(value))); }
    }
}
