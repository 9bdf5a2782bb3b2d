using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

internal sealed partial class FunctionLowering
{
    private void LowerStatement(in Statement s)
    {
        switch (s.Kind)
        {
            case StatementKind.Assign:
                Assign(s.Place, s.Rvalue!);
                break;
            case StatementKind.SetDiscriminant:
                SetDiscriminant(LowerPlace(s.Place), s.Index);
                break;
            case StatementKind.StorageLive:
                StorageLive(s.Place.Local);
                break;
            case StatementKind.StorageDead:
                StorageDead(s.Place.Local);
                break;
            case StatementKind.Assume:
                if (Optimize) _b.Emit(LirOp.Assume, LirType.Void, LowerOperand(s.Operands![0]).Value);
                break;
            case StatementKind.CopyNonOverlapping:
            {
                var src = LowerOperand(s.Operands![0]);
                var dst = LowerOperand(s.Operands[1]);
                int count = LowerOperand(s.Operands[2]).Value;
                var pointee = _ctx.LayoutOf(dst.Layout.Ty.BuiltinDeref!);
                if (pointee.Size != 0) _b.MemCpy(dst.Value, (uint)pointee.Align, src.Value, (uint)pointee.Align, Scale(count, pointee.Size, LirOp.Mul));
                break;
            }
            case StatementKind.FakeRead or StatementKind.Retag or StatementKind.PlaceMention or StatementKind.AscribeUserType or StatementKind.Coverage
                or StatementKind.ConstEvalCounter or StatementKind.Nop or StatementKind.BackwardIncompatibleDropHint:
                break;
            default:
                throw new BugException($"unknown statement {s.Kind}");
        }
    }

    private void Assign(in Place place, Rvalue rvalue)
    {
        if (!place.IsLocal)
        {
            LowerInto(rvalue, LowerPlace(place));
            return;
        }
        ref var local = ref _locals[place.Local];
        switch (local.Kind)
        {
            case LocalKind.Unused or LocalKind.ZeroSized:
                break;
            case LocalKind.Memory:
                LowerInto(rvalue, local.Place);
                break;
            default:
                var value = LowerRvalue(rvalue, local.Layout);
                SetLocal(place.Local, value);
                break;
        }
    }

    /// <summary>Assigns an operand to a place: a call's or intrinsic's result.</summary>
    private void AssignOperand(in Place place, OperandRef value)
    {
        if (place.IsLocal) SetLocal(place.Local, value);
        else if (value.Kind != OperandValue.ZeroSized) Store(value, LowerPlace(place));
    }

    /// <summary>The layout of a place without its address.</summary>
    private TyAndLayout PlaceLayout(in Place place)
    {
        var layout = _locals[place.Local].Layout ?? _ctx.LayoutOf(_body.Locals[place.Local].Ty);
        foreach (var elem in place.Projection)
        {
            layout = elem.Kind switch
            {
                ProjectionKind.Deref => _ctx.LayoutOf(layout.Ty.BuiltinDeref ?? ((AdtTy)layout.Ty).Args.Type(0)),
                ProjectionKind.Field or ProjectionKind.OpaqueCast or ProjectionKind.UnwrapUnsafeBinder => _ctx.LayoutOf(elem.Ty!),
                ProjectionKind.Downcast => layout.ForVariant(elem.Index),
                ProjectionKind.Index or ProjectionKind.ConstantIndex => ElementLayout(layout),
                ProjectionKind.Subslice when layout.Ty is ArrayTy array =>
                    _ctx.LayoutOf(_tcx.Interner.Array(array.Element, (elem.FromEnd ? layout.Count - elem.MinLength : elem.MinLength) - elem.Offset)),
                _ => layout,
            };
        }
        return layout;
    }
}
