using Mirlink.Mir;

namespace Mirlink.Difftest.Bodies;

/// <summary>Values of which a part, or all, was never written: they are copied, moved and handed on as wholes, and only what was written is read.</summary>
internal sealed partial class FunctionWriter
{
    private void Unwritten()
    {
        if (_choices.Percent(50)) WrittenLate();
        else WrittenInParts();
    }

    /// <summary>A MaybeUninit that gets its value under a condition, is handed on in any case, and read under the same condition.</summary>
    private void WrittenLate()
    {
        var (_, inner) = _choices.In(_types);
        var type = _program.MaybeUninitOf(inner);
        var place = Temp(type.Ty);
        bool storage = _choices.Percent(40);
        if (storage) _b.Add(new Statement { Kind = StatementKind.StorageLive, Place = place });
        var flag = Flag();
        When(flag, () =>
        {
            switch (_choices.Below(3))
            {
                case 0: _b.Assign(place, ProgramWriter.WrittenMaybeUninit(type, Value(inner))); break;
                case 1: _b.Use(place.Project(ProjectionElem.Field(1, inner.Ty)), Value(inner)); break;
                default:
                    {
                        Place whole = Temp(Interner.RawPtr(type.Ty, Mutability.Mut)), pointer = Temp(Interner.RawPtr(inner.Ty, Mutability.Mut));
                        _b.Assign(whole, new Rvalue.RawPtr(RawPtrKind.Mut, place));
                        _b.Assign(pointer, new Rvalue.Cast(CastKind.PtrToPtr, Operand.Copy(whole), Interner.RawPtr(inner.Ty, Mutability.Mut)));
                        _b.Use(pointer.Project(ProjectionElem.Deref), Value(inner));
                        break;
                    }
            }
        });
        var last = HandOn(place, type.Ty);
        if (storage) _b.Add(new Statement { Kind = StatementKind.StorageDead, Place = place });
        When(flag, () => Read(last.Project(ProjectionElem.Field(1, inner.Ty)), inner));
    }

    private enum PartState : byte { Written, Conditional, Unwritten, NeverRead }

    /// <summary>An aggregate that gets some of its parts, is handed on, and then gets the others.</summary>
    private void WrittenInParts()
    {
        var known = _types.FindAll(static k => k.Type.IsInMemory && (k.Type.Kind != ValueKind.Array || k.Type.Length <= 8));
        if (known.Count == 0) { WrittenLate(); return; }
        var t = _choices.In(known).Type;
        int count = t.Kind == ValueKind.Array ? t.Length : t.Fields.Length;
        var states = new PartState[count];
        for (int i = 0; i < count; i++) states[i] = t.IsUnwritten(i) ? PartState.NeverRead : (PartState)_choices.Below(3);
        var flag = Flag();
        var place = Temp(t.Ty);
        WriteParts(PartState.Written);
        When(flag, () => WriteParts(PartState.Conditional));
        place = HandOn(place, t.Ty);
        ReadParts(PartState.Written);
        When(flag, () => ReadParts(PartState.Conditional));
        WriteParts(PartState.Conditional);
        WriteParts(PartState.Unwritten);
        Read(place, t);

        ValueType TypeOf(int part) => t.Kind == ValueKind.Array ? t.Fields[0] : t.Fields[part];
        Place Part(int part) => place.Project(t.Kind == ValueKind.Array ? ProgramWriter.Element(part, count) : ProjectionElem.Field(part, t.Fields[part].Ty));

        void WriteParts(PartState state)
        {
            for (int i = 0; i < count; i++) if (states[i] == state) _b.Use(Part(i), Value(TypeOf(i)));
        }

        void ReadParts(PartState state)
        {
            for (int i = 0; i < count; i++) if (states[i] == state) Read(Part(i), TypeOf(i));
        }
    }

    private void Read(Place from, ValueType t)
    {
        if (TargetOf(t.Ty) is { } target) _b.Use(target, Operand.Copy(from));
        else _program.EmitHash(_b, from, t);
    }

    /// <summary>A bool that stays as it is.</summary>
    private Place Flag()
    {
        var flag = Temp(Interner.Bool);
        _b.Use(flag, Condition());
        return flag;
    }

    private void When(Place flag, Action write)
    {
        int yes = _b.NewBlock(), join = _b.NewBlock();
        _b.Switch(Operand.Copy(flag), [0], [join, yes]);
        _b.Current = yes;
        write();
        _b.Goto(join);
        _b.Current = join;
    }

    /// <summary>Copies a whole value on in some ways. Returns where it is then.</summary>
    private Place HandOn(Place place, Ty ty)
    {
        for (int steps = _choices.Between(1, 3); steps > 0; steps--)
        {
            switch (_choices.Below(7))
            {
                case 0:
                    {
                        var pair = Interner.Tuple([Interner.U8, ty]);
                        var whole = Temp(pair);
                        _b.Assign(whole, new Rvalue.Aggregate(AggregateKind.Tuple, [Value(_items.Scalar(Interner.U8)), Operand.Copy(place)]));
                        var moved = Temp(pair);
                        _b.Use(moved, Operand.Move(whole));
                        place = moved.Project(ProjectionElem.Field(1, ty));
                        break;
                    }
                case 1:
                    {
                        var array = Temp(Interner.Array(ty, 2));
                        _b.Assign(array, _choices.Percent(50) ? new Rvalue.Repeat(Operand.Copy(place), Interner.ConstUsize(2)) : new Rvalue.Aggregate(AggregateKind.Array, [Operand.Copy(place), Operand.Copy(place)]) { Ty = ty });
                        place = _choices.Percent(50) ? array.Project(ProgramWriter.Element(_choices.Below(2), 2)) : array.Project(new ProjectionElem(ProjectionKind.Index, IndexBelow(2).Local));
                        break;
                    }
                case 2:
                    {
                        var result = Temp(ty);
                        _b.Call(_items.Intrinsic("black_box", static i => SameType(i, 1), ty), [Operand.Copy(place)], result, UnwindAction.Continue);
                        place = result;
                        break;
                    }
                case 3:
                    {
                        Place from = Temp(Interner.RawPtr(ty, Mutability.Mut)), to = Temp(Interner.RawPtr(ty, Mutability.Mut)), copy = Temp(ty);
                        _b.Assign(from, new Rvalue.RawPtr(RawPtrKind.Mut, place));
                        _b.Assign(to, new Rvalue.RawPtr(RawPtrKind.Mut, copy));
                        if (_choices.Percent(50)) _b.Add(new Statement { Kind = StatementKind.CopyNonOverlapping, Operands = [Operand.Copy(from), Operand.Copy(to), CommonItems.Int(1, Interner.Usize)] });
                        else _b.Use(to.Project(ProjectionElem.Deref), Operand.Copy(from.Project(ProjectionElem.Deref)));
                        place = copy;
                        break;
                    }
                default:
                    {
                        var copy = Temp(ty);
                        _b.Use(copy, place.IsLocal && _choices.Percent(40) ? Operand.Move(place) : Operand.Copy(place));
                        place = copy;
                        break;
                    }
            }
        }
        return place;
    }
}
