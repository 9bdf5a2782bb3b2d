using Mirlink.Mir;

namespace Mirlink.Difftest.Bodies;

/// <summary>Statements about less common things: niches of references, unions, orderings, comparison of pointers, volatile access, assumptions, recursion.</summary>
internal sealed partial class FunctionWriter
{
    private void Uncommon()
    {
        switch (_choices.Below(8))
        {
            case 0: MaybeReference(); break;
            case 1: Union(); break;
            case 2: Order(); break;
            case 3: ComparePointers(); break;
            case 4: Volatile(); break;
            case 5: Assume(); break;
            case 6: Subarray(); break;
            default: Fields(); break;
        }
    }

    /// <summary>An optional reference: none is a null pointer.</summary>
    private void MaybeReference()
    {
        var plain = _variables.FindAll(static v => !v.Exposed && v.Local != 0);
        if (plain.Count == 0) { Arithmetic(); return; }
        var v = _choices.In(plain);
        var reference = Interner.Ref(v.Type.Ty, Mutability.Not);
        var maybe = Interner.Adt(_items.Maybe, Interner.Args([reference]));
        Place m = Temp(maybe), r = Temp(reference), discr = Temp(Interner.Isize);
        int some = _b.NewBlock(), none = _b.NewBlock(), match = _b.NewBlock(), read = _b.NewBlock(), join = _b.NewBlock();
        _b.Switch(Condition(), [0], [none, some]);
        _b.Current = some;
        _b.Assign(r, new Rvalue.Ref(BorrowKind.Shared, new Place(v.Local)));
        _b.Assign(m, new Rvalue.Aggregate(AggregateKind.Adt, [Operand.Copy(r)]) { Def = _items.Maybe, Args = Interner.Args([reference]), Variant = 1 });
        _b.Goto(match);
        _b.Current = none;
        _b.Assign(m, new Rvalue.Aggregate(AggregateKind.Adt, []) { Def = _items.Maybe, Args = Interner.Args([reference]), Variant = 0 });
        _b.Goto(match);
        _b.Current = match;
        _b.Assign(discr, new Rvalue.Discriminant(m));
        _items.MixInt(_b, discr, Interner.Isize);
        _b.Switch(Operand.Copy(discr), [1], [read, join]);
        _b.Current = read;
        var to = Temp(v.Type.Ty);
        _b.Use(to, Operand.Copy(new Place(m.Local, [ProjectionElem.Downcast(1), ProjectionElem.Field(0, reference), ProjectionElem.Deref])));
        if (v.Type.Weight <= 6) _program.EmitHash(_b, to, v.Type);
        _b.Goto(join);
        _b.Current = join;
    }

    /// <summary>Written as one integer type, read as another of that size.</summary>
    private void Union()
    {
        var (ty, fields) = _program.UnionOf(KnownInt());
        var u = Temp(ty);
        int field = _choices.Below(fields.Length);
        _b.Assign(u, new Rvalue.Aggregate(AggregateKind.Adt, [Value(fields[field])]) { Def = ((AdtTy)ty).Def, Args = Interner.NoArgs, ActiveField = field });
        var other = fields[_choices.Below(fields.Length)];
        int at = Array.IndexOf(fields, other);
        if (_choices.Percent(30)) _b.Use(u.Project(ProjectionElem.Field(at, other.Ty)), Value(other));
        var copy = Temp(ty);
        _b.Use(copy, Operand.Copy(u));
        var from = fields[_choices.Below(fields.Length)];
        _b.Use(Target(from.Ty), Operand.Copy(copy.Project(ProjectionElem.Field(Array.IndexOf(fields, from), from.Ty))));
    }

    private void Order()
    {
        var t = _choices.Percent(15) ? _items.Char : KnownInt();
        var ordering = Interner.Adt(_items.Tcx.LangItem("Ordering"), Interner.NoArgs);
        Place o = Temp(ordering), discr = Temp(Interner.Int(IntTy.I8));
        _b.Assign(o, new Rvalue.BinaryOp(BinOp.Cmp, Value(t), Value(t)));
        _b.Assign(discr, new Rvalue.Discriminant(o));
        _b.Use(Target(Interner.Int(IntTy.I8)), Operand.Copy(discr));
    }

    private void ComparePointers()
    {
        var (local, t) = _pointers.Count > 0 ? _choices.In(_pointers) : (-1, _items.Bool);
        // What has no bytes may lie where something else does.
        if (local < 0 || !t.IsScalar) { Compare(Target(Interner.Bool)); return; }
        var others = _pointers.FindAll(p => ReferenceEquals(p.Type.Ty, t.Ty));
        _b.Assign(Target(Interner.Bool), new Rvalue.BinaryOp(_choices.Percent(50) ? BinOp.Eq : BinOp.Ne, Operand.Copy(new Place(local)), Operand.Copy(new Place(_choices.In(others).Local))));
    }

    private void Volatile()
    {
        if (_pointers.Count == 0) { Intrinsic(); return; }
        var (local, t) = _choices.In(_pointers);
        var pointer = Operand.Copy(new Place(local));
        switch (_choices.Below(4))
        {
            case 0:
                {
                    var constant = Temp(Interner.RawPtr(t.Ty, Mutability.Not));
                    _b.Assign(constant, new Rvalue.Cast(CastKind.MutToConstPointer, pointer, Interner.RawPtr(t.Ty, Mutability.Not)));
                    Emit(_items.Intrinsic("volatile_load", static i => ([i.RawPtr(i.Param(0, "T"), Mutability.Not)], i.Param(0, "T")), t.Ty), [Operand.Copy(constant)], t.Ty);
                    break;
                }
            case 1:
                _b.Call(_items.Intrinsic("volatile_store", static i => ([i.RawPtr(i.Param(0, "T"), Mutability.Mut), i.Param(0, "T")], i.Unit), t.Ty), [pointer, Value(t)], Temp(Interner.Unit), UnwindAction.Continue);
                break;
            case 2:
                // All bytes are valid for an integer only.
                if (t.Kind != ValueKind.Int) goto case 1;
                _b.Call(_items.Intrinsic("write_bytes", static i => ([i.RawPtr(i.Param(0, "T"), Mutability.Mut), i.U8, i.Usize], i.Unit), t.Ty),
                    [pointer, Value(_items.Scalar(Interner.U8)), CommonItems.Int(1, Interner.Usize)], Temp(Interner.Unit), UnwindAction.Continue);
                break;
            default:
                {
                    // Larger types are left to core's own body of the intrinsic.
                    if (!t.IsScalar) goto case 1;
                    var fresh = Temp(t.Ty);
                    var to = Temp(Interner.RawPtr(t.Ty, Mutability.Mut));
                    Fill(fresh, t);
                    _b.Assign(to, new Rvalue.RawPtr(RawPtrKind.Mut, fresh));
                    _b.Call(_items.Intrinsic("typed_swap_nonoverlapping", static i => ([i.RawPtr(i.Param(0, "T"), Mutability.Mut), i.RawPtr(i.Param(0, "T"), Mutability.Mut)], i.Unit), t.Ty),
                        [pointer, Operand.Copy(to)], Temp(Interner.Unit), UnwindAction.Continue);
                    if (TargetOf(t.Ty) is { } target) _b.Use(target, Operand.Copy(fresh));
                    break;
                }
        }
    }

    /// <summary>What is known after a branch is said again, as an assumption.</summary>
    private void Assume()
    {
        var flag = Temp(Interner.Bool);
        Compare(flag);
        int yes = _b.NewBlock(), join = _b.NewBlock();
        _b.Switch(Operand.Copy(flag), [0], [join, yes]);
        _b.Current = yes;
        _b.Add(new Statement { Kind = StatementKind.Assume, Operands = [Operand.Copy(flag)] });
        Arithmetic();
        Copy();
        _b.Goto(join);
        _b.Current = join;
    }

    /// <summary>The inner elements of an array as an array.</summary>
    private void Subarray()
    {
        var longer = _arrays.FindAll(static a => a.Type.Length >= 3);
        if (longer.Count == 0) { IndexArray(); return; }
        var (place, t) = _choices.In(longer);
        var element = t.Fields[0];
        var inner = Temp(Interner.Array(element.Ty, (ulong)t.Length - 2));
        // For arrays, the end counts from the start.
        _b.Use(inner, Operand.Copy(place.Project(new ProjectionElem(ProjectionKind.Subslice, Offset: 1, MinLength: (ulong)t.Length - 1))));
        var last = inner.Project(ProgramWriter.Element(t.Length - 3, t.Length - 2));
        if (TargetOf(element.Ty) is { } target) _b.Use(target, Operand.Copy(last));
    }

    /// <summary>An aggregate taken apart and put together again with its first field changed.</summary>
    private void Fields()
    {
        var structs = _variables.FindAll(static v => v.Type is { Kind: ValueKind.Struct or ValueKind.Tuple, Unwritten: [] });
        if (structs.Count == 0) { Copy(); return; }
        var v = _choices.In(structs);
        var operands = new Operand[v.Type.Fields.Length];
        for (int i = 0; i < operands.Length; i++)
        {
            var f = v.Type.Fields[i];
            var part = Temp(f.Ty);
            _b.Use(part, i == 0 ? Value(f) : Operand.Copy(new Place(v.Local, [ProjectionElem.Field(i, f.Ty)])));
            operands[i] = _choices.Percent(50) ? Operand.Move(part) : Operand.Copy(part);
        }
        _b.Assign(new Place(v.Local), ProgramWriter.Aggregate(v.Type, 0, operands));
    }

    /// <summary>A call of the function itself, while there is fuel.</summary>
    private void Recurse(FunctionInfo self)
    {
        var fuel = Temp(Interner.U32);
        var place = _items.ContextField(1, CommonItems.FuelField);
        int go = _b.NewBlock(), join = _b.NewBlock();
        _b.Use(fuel, Operand.Copy(place));
        _b.Switch(Operand.Copy(fuel), [0, 1, 2, 3], [join, join, join, join, go]);
        _b.Current = go;
        _b.Assign(place, new Rvalue.BinaryOp(BinOp.Sub, Operand.Copy(fuel), CommonItems.Int(3, Interner.U32)));
        CallFunction(self);
        _b.Goto(join);
        _b.Current = join;
    }
}
