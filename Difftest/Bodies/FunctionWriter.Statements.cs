using Mirlink.Mir;

namespace Mirlink.Difftest.Bodies;

/// <summary>Statements, each of them free of undefined behaviour whatever the values are.</summary>
internal sealed partial class FunctionWriter
{
    private void Statement()
    {
        switch (_choices.Weighted([22, 8, 6, 14, 10, 8, 8, 5, 6, 8, 6, 6, 4, 5, _program.Drops ? 6 : 0, _program.Unwinds ? 4 : 0, 5, 9]))
        {
            case 0: Arithmetic(); break;
            case 1: Overflowing(); break;
            case 2: Unary(); break;
            case 3: Cast(); break;
            case 4: Copy(); break;
            case 5: Compare(Target(Interner.Bool)); break;
            case 6: Intrinsic(); break;
            case 7: Division(); break;
            case 8: Match(); break;
            case 9: Pointer(); break;
            case 10: IndexArray(); break;
            case 11: IndexSlice(); break;
            case 12: Transmute(); break;
            case 13: Mix(); break;
            case 14: Replace(); break;
            case 15: MayThrow(); break;
            case 16: Unwritten(); break;
            default: Uncommon(); break;
        }
    }

    private ValueType AnyInt() => _items.Ints[_choices.Below(_items.Ints.Length)];

    /// <summary>An integer type, more likely one of which there are variables.</summary>
    private ValueType KnownInt()
    {
        for (int i = 0; i < 4; i++)
        {
            var (_, t) = _choices.In(_types);
            if (t.Kind == ValueKind.Int) return t;
        }
        return AnyInt();
    }

    private void Arithmetic()
    {
        if (_choices.Percent(25))
        {
            var f = _items.Floats[_choices.Weighted([8, 42, 42, 8])];
            var l = Value(f);
            var r = Value(f);
            _b.Assign(Target(f.Ty), new Rvalue.BinaryOp(_choices.Of(BinOp.Add, BinOp.Sub, BinOp.Mul, BinOp.Div), l, r));
            return;
        }
        var t = _choices.Percent(8) ? _items.Bool : KnownInt();
        var op = t.Kind == ValueKind.Bool ? _choices.Of(BinOp.BitAnd, BinOp.BitOr, BinOp.BitXor)
            : _choices.Of(BinOp.Add, BinOp.Sub, BinOp.Mul, BinOp.BitAnd, BinOp.BitOr, BinOp.BitXor, BinOp.Shl, BinOp.Shr, BinOp.Shr);
        var left = Value(t);
        var right = Value(op is BinOp.Shl or BinOp.Shr && _choices.Percent(50) ? KnownInt() : t);
        _b.Assign(Target(t.Ty), new Rvalue.BinaryOp(op, left, right));
    }

    /// <summary>With overflow, and unchecked where it is known that there is none.</summary>
    private void Overflowing()
    {
        int kind = _choices.Below(3);
        bool edge = kind == 2 && _choices.Percent(50);
        var t = edge && _choices.Percent(40) ? _items.Scalar(_choices.Percent(50) ? Interner.Int(IntTy.I128) : Interner.Uint(UintTy.U128)) : KnownInt();
        var pair = Temp(Interner.Tuple([t.Ty, Interner.Bool]));
        // Read once: a pointer might change it in between.
        Place left = Temp(t.Ty), right = Temp(t.Ty);
        _b.Use(left, Value(t));
        _b.Use(right, Value(t));
        if (edge)
        {
            // So many bits together that some products just overflow; often a half and one more than that, where wide products are put together of halves.
            int bits = t.Size * 8, half = bits / 2, lost = _choices.Between(1, bits - 1);
            bool halves = _choices.Percent(60);
            Shorten(left, halves ? half - 1 : lost);
            Shorten(right, halves ? half : Math.Clamp(bits - lost - _choices.Below(3), 0, bits - 1));

            void Shorten(Place operand, int by)
            {
                _b.Assign(operand, new Rvalue.BinaryOp(BinOp.BitXor, Operand.Copy(operand), CommonItems.Int(new U128(_choices.NextBits(), _choices.NextBits()), t.Ty)));
                _b.Assign(operand, new Rvalue.BinaryOp(BinOp.Shr, Operand.Copy(operand), CommonItems.Int((U128)by, Interner.U32)));
            }
        }
        _b.Assign(pair, new Rvalue.BinaryOp(kind switch { 0 => BinOp.AddWithOverflow, 1 => BinOp.SubWithOverflow, _ => BinOp.MulWithOverflow }, Operand.Copy(left), Operand.Copy(right)));
        var value = pair.Project(ProjectionElem.Field(0, t.Ty));
        var flag = pair.Project(ProjectionElem.Field(1, Interner.Bool));
        if (_program.Unwinds && _choices.Percent(8))
        {
            _b.Assert(Operand.Copy(flag), false, AssertKind.Overflow, [Operand.Copy(left), Operand.Copy(right)], kind switch { 0 => BinOp.Add, 1 => BinOp.Sub, _ => BinOp.Mul }, Unwinding());
            _b.Use(Target(t.Ty), Operand.Copy(value));
            return;
        }
        if (_choices.Percent(50))
        {
            _b.Use(Target(t.Ty), Operand.Copy(value));
            if (TargetOf(Interner.Bool) is { } b) _b.Use(b, Operand.Copy(flag));
            return;
        }
        int fits = _b.NewBlock(), not = _b.NewBlock(), join = _b.NewBlock();
        var target = Target(t.Ty);
        _b.Switch(Operand.Copy(flag), [0], [fits, not]);
        _b.Current = fits;
        _b.Assign(target, new Rvalue.BinaryOp(kind switch { 0 => BinOp.AddUnchecked, 1 => BinOp.SubUnchecked, _ => BinOp.MulUnchecked }, Operand.Copy(left), Operand.Copy(right)));
        _b.Goto(join);
        _b.Current = not;
        _b.Use(target, _choices.Percent(50) ? Operand.Copy(value) : _program.Literal(t));
        _b.Goto(join);
        _b.Current = join;
    }

    private void Unary()
    {
        var t = _choices.Below(5) switch { 0 => _items.Bool, 1 => _items.Floats[_choices.Below(4)], _ => KnownInt() };
        var op = t.Kind == ValueKind.Float ? UnOp.Neg : t.Kind == ValueKind.Bool || !t.Signed || _choices.Percent(50) ? UnOp.Not : UnOp.Neg;
        _b.Assign(Target(t.Ty), new Rvalue.UnaryOp(op, Value(t)));
    }

    private void Cast()
    {
        ValueType from = _choices.Below(10) switch { 0 => _items.Bool, 1 => _items.Char, 2 or 3 => _items.Floats[_choices.Weighted([10, 40, 40, 10])], _ => KnownInt() };
        var to = _choices.Percent(60) ? KnownInt() : AnyInt();
        var kind = CastKind.IntToInt;
        if (from.Kind == ValueKind.Float)
        {
            if (_choices.Percent(40)) to = _items.Floats[_choices.Below(4)];
            if (ReferenceEquals(to, from)) to = AnyInt();
            kind = to.Kind == ValueKind.Float ? CastKind.FloatToFloat : CastKind.FloatToInt;
        }
        else if (from.Kind == ValueKind.Int && _choices.Percent(20)) (to, kind) = (_items.Floats[_choices.Weighted([10, 40, 40, 10])], CastKind.IntToFloat);
        else if (ReferenceEquals(from.Ty, Interner.U8) && _choices.Percent(50)) to = _items.Char;
        _b.Assign(Target(to.Ty), new Rvalue.Cast(kind, Value(from), to.Ty));
    }

    private void Copy()
    {
        var (_, t) = _choices.In(_types);
        if (_choices.Percent(70) && TargetOf(t.Ty) is { } target)
        {
            // An aggregate must not be built from parts of the place that it is assigned to.
            var value = Temp(t.Ty);
            if (_choices.Percent(50)) Fill(value, t);
            else _b.Use(value, Value(t));
            _b.Use(target, _choices.Percent(50) ? Operand.Move(value) : Operand.Copy(value));
            return;
        }
        Place a = Temp(t.Ty), b = Temp(t.Ty);
        // A detour through temporaries with storage.
        _b.Add(new Statement { Kind = StatementKind.StorageLive, Place = a });
        Fill(a, t);
        _b.Use(b, Operand.Copy(a));
        _b.Add(new Statement { Kind = StatementKind.StorageDead, Place = a });
        if (TargetOf(t.Ty) is { } to) _b.Use(to, Operand.Copy(b));
    }

    private void Compare(Place target)
    {
        var t = _choices.Below(10) switch { 0 => _items.Bool, 1 => _items.Char, 2 or 3 => _items.Floats[_choices.Weighted([10, 40, 40, 10])], _ => KnownInt() };
        var l = Value(t);
        var r = _choices.Percent(10) && l.IsPlace ? l : Value(t);
        _b.Assign(target, new Rvalue.BinaryOp(_choices.Of(BinOp.Eq, BinOp.Ne, BinOp.Lt, BinOp.Le, BinOp.Gt, BinOp.Ge), l, r));
    }

    private void Division()
    {
        var t = KnownInt();
        Place l = Temp(t.Ty), r = Temp(t.Ty);
        _b.Use(l, Value(t));
        // Never zero; for signed types not -1 either: odd, and its second bit differs from the sign.
        _b.Assign(r, new Rvalue.BinaryOp(BinOp.BitOr, Value(t), CommonItems.Int(1, t.Ty)));
        if (t.Signed)
        {
            var masked = Temp(t.Ty);
            _b.Assign(masked, new Rvalue.BinaryOp(BinOp.BitAnd, Operand.Copy(r), CommonItems.Int(~(U128)2, t.Ty)));
            r = masked;
        }
        _b.Assign(Target(t.Ty), new Rvalue.BinaryOp(_choices.Percent(50) ? BinOp.Div : BinOp.Rem, Operand.Copy(l), Operand.Copy(r)));
    }

    /// <summary>A switch on an enum's variant, with its fields read in the blocks; now and then the variant is changed.</summary>
    private void Match()
    {
        if (_enums.Count == 0) { Arithmetic(); return; }
        var (place, t) = _choices.In(_enums);
        if (t.Variants.Length > 12) { MixDiscriminant(place, t); return; }
        // A copy, so that writes through pointers do not change the variant while its fields are read.
        var copy = Temp(t.Ty);
        _b.Use(copy, Operand.Copy(place));
        var discr = Temp(_program.DiscriminantTy(t));
        _b.Assign(discr, new Rvalue.Discriminant(copy));
        var targets = _program.EmitMatch(_b, discr, t);
        int join = _b.NewBlock();
        for (int v = 0; v < targets.Length; v++)
        {
            _b.Current = targets[v];
            var variant = copy.Project(ProjectionElem.Downcast(v));
            for (int f = 0; f < t.Variants[v].Length; f++)
            {
                var field = t.Variants[v][f];
                var from = variant.Project(ProjectionElem.Field(f, field.Ty));
                if (TargetOf(field.Ty) is { } to) _b.Use(to, Operand.Copy(from));
                if (_choices.Percent(30)) Fill(from, field);
            }
            if (_choices.Percent(25))
            {
                int w = _choices.Below(t.Variants.Length);
                if (t.Variants[w].Length == 0) _b.Add(new Statement { Kind = StatementKind.SetDiscriminant, Place = copy, Index = w });
                else _b.Assign(copy, ProgramWriter.Aggregate(t, w, ValuesNotIn(copy.Local, t.Variants[w])));
            }
            _b.Goto(join);
        }
        _b.Current = join;
        if (TargetOf(t.Ty) is { } target) _b.Use(target, Operand.Copy(copy));
        else _program.EmitHash(_b, copy, t);
    }

    // The copy is no known place, so no value is taken from it.
    private Operand[] ValuesNotIn(int _, ValueType[] types) => Values(types.Length, i => types[i]);

    private void MixDiscriminant(Place place, ValueType t)
    {
        var discr = Temp(_program.DiscriminantTy(t));
        _b.Assign(discr, new Rvalue.Discriminant(place));
        _items.MixInt(_b, discr, _program.DiscriminantTy(t));
    }

    private void Mix()
    {
        var (_, t) = _choices.In(_types);
        if (PlaceOf(t.Ty) is { } place && t.Weight <= 8) _program.EmitHash(_b, place, t);
    }

    // -- memory --------------------------------------------------------------------------------------------------------------------------------

    private Place IndexBelow(int length)
    {
        var index = Temp(Interner.Usize);
        _b.Assign(index, new Rvalue.BinaryOp(BinOp.Rem, Value(_items.Scalar(Interner.Usize)), CommonItems.Int((U128)length, Interner.Usize)));
        return index;
    }

    private void IndexArray()
    {
        if (_arrays.Count == 0) { Overflowing(); return; }
        var (place, t) = _choices.In(_arrays);
        var element = t.Fields[0];
        var index = IndexBelow(t.Length);
        var at = place.Project(new ProjectionElem(ProjectionKind.Index, index.Local));
        bool canWrite = _writable.TryGetValue(t.Ty, out var list) && list.Contains(place);
        if (canWrite && _choices.Percent(50)) _b.Use(at, Value(element));
        else if (TargetOf(element.Ty) is { } target) _b.Use(target, Operand.Copy(at));
        else _program.EmitHash(_b, at, element);
    }

    private void IndexSlice()
    {
        if (_slices.Count == 0) { IndexArray(); return; }
        var (local, element) = _choices.In(_slices);
        var slice = new Place(local);
        var length = Temp(Interner.Usize);
        _b.Assign(length, new Rvalue.UnaryOp(UnOp.PtrMetadata, Operand.Copy(slice)));
        int some = _b.NewBlock(), join = _b.NewBlock();
        _b.Switch(Operand.Copy(length), [0], [join, some]);
        _b.Current = some;
        Place index = Temp(Interner.Usize), below = Temp(Interner.Bool);
        _b.Assign(index, new Rvalue.BinaryOp(BinOp.Rem, Value(_items.Scalar(Interner.Usize)), Operand.Copy(length)));
        _b.Assign(below, new Rvalue.BinaryOp(BinOp.Lt, Operand.Copy(index), Operand.Copy(length)));
        _b.Assert(Operand.Copy(below), true, AssertKind.BoundsCheck, [Operand.Copy(length), Operand.Copy(index)], BinOp.Add, Unwinding());
        var at = new Place(local, [ProjectionElem.Deref, _choices.Percent(25) ? new ProjectionElem(ProjectionKind.ConstantIndex, Offset: _choices.Percent(50) ? 0UL : 1, MinLength: 1, FromEnd: true) : new ProjectionElem(ProjectionKind.Index, index.Local)]);
        if (at.Projection[1] is { Kind: ProjectionKind.ConstantIndex, Offset: 0 }) at.Projection[1] = at.Projection[1] with { FromEnd = false };
        if (_choices.Percent(30))
        {
            // Without its first element.
            var rest = Temp(Interner.Ref(Interner.Slice(element.Ty), Mutability.Not));
            _b.Assign(rest, new Rvalue.Ref(BorrowKind.Shared, new Place(local, [ProjectionElem.Deref, new ProjectionElem(ProjectionKind.Subslice, Offset: 1, MinLength: 0, FromEnd: true)])));
            _b.Assign(length, new Rvalue.UnaryOp(UnOp.PtrMetadata, Operand.Copy(rest)));
            _items.MixInt(_b, length, Interner.Usize);
        }
        if (TargetOf(element.Ty) is { } target) _b.Use(target, Operand.Copy(at));
        else _program.EmitHash(_b, at, element);
        _b.Goto(join);
        _b.Current = join;
    }

    private void Pointer()
    {
        if (_pointers.Count == 0) { Copy(); return; }
        var (local, t) = _choices.In(_pointers);
        var place = new Place(local);
        switch (_choices.Below(6))
        {
            case 0:
                {
                    // To another local of that type.
                    var targets = _variables.FindAll(v => v.Exposed && ReferenceEquals(v.Type.Ty, t.Ty));
                    _b.Assign(place, new Rvalue.RawPtr(RawPtrKind.Mut, new Place(_choices.In(targets).Local)));
                    break;
                }
            case 1:
                {
                    // Into an array.
                    var arrays = _variables.FindAll(v => v.Exposed && v.Type.Kind == ValueKind.Array && ReferenceEquals(v.Type.Fields[0].Ty, t.Ty));
                    if (arrays.Count == 0) goto case 2;
                    var array = _choices.In(arrays);
                    var first = Temp(place.IsLocal ? Interner.RawPtr(t.Ty, Mutability.Mut) : t.Ty);
                    _b.Assign(first, new Rvalue.RawPtr(RawPtrKind.Mut, new Place(array.Local, [ProgramWriter.Element(0, array.Type.Length)])));
                    if (_choices.Percent(50))
                    {
                        // The whole array's provenance.
                        var whole = Temp(Interner.RawPtr(array.Type.Ty, Mutability.Mut));
                        _b.Assign(whole, new Rvalue.RawPtr(RawPtrKind.Mut, new Place(array.Local)));
                        _b.Assign(first, new Rvalue.Cast(CastKind.PtrToPtr, Operand.Copy(whole), Interner.RawPtr(t.Ty, Mutability.Mut)));
                        var offset = IndexBelow(array.Type.Length);
                        _b.Assign(place, new Rvalue.BinaryOp(BinOp.Offset, Operand.Copy(first), Operand.Copy(offset)));
                        break;
                    }
                    _b.Assign(place, new Rvalue.RawPtr(RawPtrKind.Mut, new Place(array.Local, [new ProjectionElem(ProjectionKind.Index, IndexBelow(array.Type.Length).Local)])));
                    break;
                }
            case 2:
                {
                    var value = Value(t);
                    if (value.IsPlace && value.Place.Local == local)
                    {
                        var temp = Temp(t.Ty);
                        _b.Use(temp, value);
                        value = Operand.Copy(temp);
                    }
                    _b.Use(new Place(local, [ProjectionElem.Deref]), value);
                    break;
                }
            case 3:
                {
                    // The bytes of an integer.
                    if (t.Kind != ValueKind.Int) goto case 2;
                    var bytes = Temp(Interner.RawPtr(Interner.U8, Mutability.Mut));
                    _b.Assign(bytes, new Rvalue.Cast(CastKind.PtrToPtr, Operand.Copy(place), Interner.RawPtr(Interner.U8, Mutability.Mut)));
                    var at = Temp(Interner.RawPtr(Interner.U8, Mutability.Mut));
                    _b.Assign(at, new Rvalue.BinaryOp(BinOp.Offset, Operand.Copy(bytes), Operand.Copy(IndexBelow(t.Size))));
                    if (_choices.Percent(50)) _b.Use(at.Project(ProjectionElem.Deref), Value(_items.Scalar(Interner.U8)));
                    else _items.MixInt(_b, at.Project(ProjectionElem.Deref), Interner.U8);
                    break;
                }
            case 4:
                {
                    // From one local to another, by the intrinsic or the statement.
                    var others = _pointers.FindAll(p => ReferenceEquals(p.Type.Ty, t.Ty));
                    var source = Temp(Interner.RawPtr(t.Ty, Mutability.Not));
                    _b.Assign(source, new Rvalue.Cast(CastKind.MutToConstPointer, Operand.Copy(new Place(_choices.In(others).Local)), Interner.RawPtr(t.Ty, Mutability.Not)));
                    _b.Call(_items.Intrinsic("copy", static i => ([i.RawPtr(i.Param(0, "T"), Mutability.Not), i.RawPtr(i.Param(0, "T"), Mutability.Mut), i.Usize], i.Unit), t.Ty),
                        [Operand.Copy(source), Operand.Copy(place), CommonItems.Int(1, Interner.Usize)], Temp(Interner.Unit), UnwindAction.Continue);
                    break;
                }
            default:
                {
                    // A copy of the whole into a fresh local, without overlap.
                    var fresh = Temp(t.Ty);
                    var to = Temp(Interner.RawPtr(t.Ty, Mutability.Mut));
                    Fill(fresh, t);
                    _b.Assign(to, new Rvalue.RawPtr(RawPtrKind.Mut, fresh));
                    _b.Add(new Statement { Kind = StatementKind.CopyNonOverlapping, Operands = [Operand.Copy(place), Operand.Copy(to), CommonItems.Int(1, Interner.Usize)] });
                    if (TargetOf(t.Ty) is { } target) _b.Use(target, Operand.Copy(fresh));
                    break;
                }
        }
    }

    private void Transmute()
    {
        var t = AnyInt();
        switch (_choices.Below(4))
        {
            case 0:
                {
                    var same = Array.FindAll(_items.Ints, o => o.Size == t.Size && !ReferenceEquals(o, t));
                    if (same.Length == 0) goto case 1;
                    var to = same[_choices.Below(same.Length)];
                    _b.Assign(Target(to.Ty), new Rvalue.Cast(CastKind.Transmute, Value(t), to.Ty));
                    break;
                }
            case 1:
                {
                    // To bytes and back in another order.
                    var bytesTy = Interner.Array(Interner.U8, (ulong)t.Size);
                    var bytes = Temp(bytesTy);
                    _b.Assign(bytes, new Rvalue.Cast(CastKind.Transmute, Value(t), bytesTy));
                    if (t.Size > 1) _b.Use(bytes.Project(ProgramWriter.Element(_choices.Below(t.Size), t.Size)), Operand.Copy(bytes.Project(ProgramWriter.Element(_choices.Below(t.Size), t.Size))));
                    _b.Assign(Target(t.Ty), new Rvalue.Cast(CastKind.Transmute, Operand.Copy(bytes), t.Ty));
                    break;
                }
            case 2:
                {
                    var bit = Temp(Interner.U8);
                    _b.Assign(bit, new Rvalue.BinaryOp(BinOp.BitAnd, Value(_items.Scalar(Interner.U8)), CommonItems.Int(1, Interner.U8)));
                    _b.Assign(Target(Interner.Bool), new Rvalue.Cast(CastKind.Transmute, Operand.Copy(bit), Interner.Bool));
                    break;
                }
            default:
                {
                    var code = Temp(Interner.U32);
                    _b.Assign(code, new Rvalue.BinaryOp(BinOp.Rem, Value(_items.Scalar(Interner.U32)), CommonItems.Int(0xD800, Interner.U32)));
                    _b.Assign(Target(Interner.Char), new Rvalue.Cast(CastKind.Transmute, Operand.Copy(code), Interner.Char));
                    break;
                }
        }
    }

    private static (Ty[], Ty) SameType(Interner i, int count) => ([.. Enumerable.Repeat<Ty>(i.Param(0, "T"), count)], i.Param(0, "T"));

    private void Intrinsic()
    {
        if (_choices.Percent(20)) { FloatIntrinsic(); return; }
        var t = KnownInt();
        var u32 = _items.Scalar(Interner.U32);
        string name = _choices.Of("rotate_left", "rotate_right", "saturating_add", "saturating_sub", "ctpop", "ctlz", "cttz", "bswap", "bitreverse", "wrapping_add", "wrapping_mul", "add_with_overflow", "mul_with_overflow", "black_box");
        switch (name)
        {
            case "rotate_left" or "rotate_right":
                Emit(_items.Intrinsic(name, static i => ([i.Param(0, "T"), i.U32], i.Param(0, "T")), t.Ty), [Value(t), Value(u32)], t.Ty);
                break;
            case "ctpop" or "ctlz" or "cttz":
                Emit(_items.Intrinsic(name, static i => ([i.Param(0, "T")], i.U32), t.Ty), [Value(t)], Interner.U32);
                break;
            case "bswap" or "bitreverse" or "black_box":
                Emit(_items.Intrinsic(name, static i => SameType(i, 1), t.Ty), [Value(t)], t.Ty);
                break;
            case "add_with_overflow" or "mul_with_overflow":
                {
                    var pair = Temp(Interner.Tuple([t.Ty, Interner.Bool]));
                    _b.Call(_items.Intrinsic(name, static i => ([i.Param(0, "T"), i.Param(0, "T")], i.Tuple([i.Param(0, "T"), i.Bool])), t.Ty), [Value(t), Value(t)], pair, UnwindAction.Continue);
                    _b.Use(Target(t.Ty), Operand.Copy(pair.Project(ProjectionElem.Field(0, t.Ty))));
                    _b.Use(Target(Interner.Bool), Operand.Copy(pair.Project(ProjectionElem.Field(1, Interner.Bool))));
                    break;
                }
            default:
                Emit(_items.Intrinsic(name, static i => SameType(i, 2), t.Ty), [Value(t), Value(t)], t.Ty);
                break;
        }
    }

    private void FloatIntrinsic()
    {
        var f = _items.Floats[_choices.Percent(50) ? 1 : 2];
        string suffix = f.Size == 4 ? "f32" : "f64";
        string name = _choices.Of("floor", "ceil", "trunc", "round", "fabs", "fma");
        var operand = name == "fabs"
            ? _items.Intrinsic("fabs", static i => SameType(i, 1), f.Ty)
            : _items.Intrinsic(name + suffix, _ => ([.. Enumerable.Repeat(f.Ty, name == "fma" ? 3 : 1)], f.Ty));
        Emit(operand, name == "fma" ? [Value(f), Value(f), Value(f)] : [Value(f)], f.Ty);
    }

    /// <summary>Calls into a temporary: a destination must not be what an argument is read from.</summary>
    private void Emit(Operand function, Operand[] args, Ty result)
    {
        var temp = Temp(result);
        _b.Call(function, args, temp, UnwindAction.Continue);
        _b.Use(Target(result), Operand.Copy(temp));
    }
}
