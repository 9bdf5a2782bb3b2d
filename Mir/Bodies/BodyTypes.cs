namespace Mirlink.Mir;

/// <summary>Types of places, operands and rvalues of a concrete body.</summary>
public static class BodyTypes
{
    public static Ty TypeOf(this Body body, TyCtxt tcx, in Place place)
    {
        var ty = body.Locals[place.Local].Ty;
        foreach (ref readonly var e in place.Projection.AsSpan()) ty = Project(tcx, ty, e);
        return ty;
    }

    private static Ty Project(TyCtxt tcx, Ty ty, in ProjectionElem e)
    {
        switch (e.Kind)
        {
            case ProjectionKind.Deref:
                return ty.BuiltinDeref ?? (ty is AdtTy box && tcx.AdtDef(box.Def).IsBox ? box.Args.Type(0) : throw new BugException($"{ty} is dereferenced"));
            case ProjectionKind.Field or ProjectionKind.OpaqueCast or ProjectionKind.UnwrapUnsafeBinder: return e.Ty!;
            case ProjectionKind.Index or ProjectionKind.ConstantIndex:
                return ty switch { ArrayTy a => a.Element, SliceTy s => s.Element, _ => throw new BugException($"{ty} has no elements") };
            case ProjectionKind.Subslice when ty is ArrayTy array:
            {
                ulong length = (ulong)(array.Length.TryBits ?? throw new BugException($"the length of {array} is not evaluated"));
                return tcx.Interner.Array(array.Element, (e.FromEnd ? length - e.MinLength : e.MinLength) - e.Offset);
            }
            // A variant has its enum's type.
            default: return ty;
        }
    }

    public static Ty TypeOf(this Body body, TyCtxt tcx, in Operand operand) => operand.Kind switch
    {
        OperandKind.Constant => operand.Constant!.Const.Type,
        OperandKind.RuntimeChecks => tcx.Interner.Bool,
        _ => body.TypeOf(tcx, operand.Place),
    };

    /// <summary>The type of an rvalue; null where it is not worth computing (arithmetic on what is not a primitive).</summary>
    public static Ty? TypeOf(this Body body, TyCtxt tcx, Rvalue rvalue)
    {
        var interner = tcx.Interner;
        switch (rvalue)
        {
            case Rvalue.Use r: return body.TypeOf(tcx, r.Operand);
            case Rvalue.CopyForDeref r: return body.TypeOf(tcx, r.Place);
            case Rvalue.Cast r: return r.Ty;
            case Rvalue.WrapUnsafeBinder r: return r.Ty;
            case Rvalue.Ref r: return interner.Ref(body.TypeOf(tcx, r.Place), r.Kind >= BorrowKind.MutDefault ? Mutability.Mut : Mutability.Not);
            case Rvalue.RawPtr r: return interner.RawPtr(body.TypeOf(tcx, r.Place), r.Kind == RawPtrKind.Mut ? Mutability.Mut : Mutability.Not);
            case Rvalue.Discriminant r: return tcx.Traits.DiscriminantTy(body.TypeOf(tcx, r.Place));
            case Rvalue.BinaryOp { Op: BinOp.Eq or BinOp.Ne or BinOp.Lt or BinOp.Le or BinOp.Gt or BinOp.Ge }: return interner.Bool;
            case Rvalue.BinaryOp { Op: BinOp.AddWithOverflow or BinOp.SubWithOverflow or BinOp.MulWithOverflow } r: return interner.Tuple([body.TypeOf(tcx, r.Left), interner.Bool]);
            case Rvalue.BinaryOp { Op: BinOp.Cmp }: return null;
            case Rvalue.BinaryOp r: return body.TypeOf(tcx, r.Left);
            case Rvalue.UnaryOp { Op: not UnOp.PtrMetadata } r: return body.TypeOf(tcx, r.Operand);
            case Rvalue.Aggregate { Kind: AggregateKind.Adt } r: return interner.Adt(r.Def, r.Args!);
            case Rvalue.Aggregate { Kind: AggregateKind.Tuple } r: return interner.Tuple(Array.ConvertAll(r.Operands, o => body.TypeOf(tcx, o)));
            case Rvalue.Aggregate { Kind: AggregateKind.Array } r: return interner.Array(r.Ty!, (ulong)r.Operands.Length);
            case Rvalue.Aggregate { Kind: AggregateKind.RawPtr } r: return interner.RawPtr(r.Ty!, r.Mutability);
            case Rvalue.Aggregate r: return interner.Closure(r.Kind switch { AggregateKind.Closure => TyKind.Closure, AggregateKind.Coroutine => TyKind.Coroutine, _ => TyKind.CoroutineClosure }, r.Def, r.Args!);
            default: return null;
        }
    }
}
