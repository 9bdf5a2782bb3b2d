using Mirlink.Mir;

namespace Mirlink.Difftest.Bodies;

/// <summary>Values with destructors, and what happens to them when a call unwinds.</summary>
internal sealed partial class FunctionWriter
{
    /// <summary>What a call does when it unwinds: all droppable locals that have a value are dropped.</summary>
    private UnwindAction Unwinding() => _live == 0 ? UnwindAction.Continue : UnwindAction.Cleanup(CleanupOf(_live));

    private int CleanupOf(ulong live)
    {
        if (_cleanups.TryGetValue(live, out int known)) return known;
        int here = _b.Current, block = _b.NewBlock(cleanup: true);
        _b.Current = block;
        for (int i = _droppables.Count - 1; i >= 0; i--)
            if ((live >> i & 1) != 0) _b.Drop(new Place(_droppables[i].Local), UnwindAction.Continue);
        _b.Resume();
        _b.Current = here;
        _cleanups.Add(live, block);
        return block;
    }

    private void DropLocal(int index)
    {
        _live &= ~(1UL << index);
        _b.Drop(new Place(_droppables[index].Local), Unwinding());
    }

    /// <summary>A new value with numbers to tell it by.</summary>
    private void Create(Place place, Ty ty)
    {
        var traits = _items.Traits;
        if (ReferenceEquals(ty, traits.DroppableTy))
        {
            _b.Assign(place, new Rvalue.Aggregate(AggregateKind.Adt, [Operand.Copy(new Place(1)), Value(_items.U64)]) { Def = traits.Droppable, Args = Interner.NoArgs });
            return;
        }
        switch (ty)
        {
            case TupleTy: _b.Assign(place, new Rvalue.Aggregate(AggregateKind.Tuple, [Value(_items.Scalar(Interner.U8)), Created()])); break;
            case ArrayTy: _b.Assign(place, new Rvalue.Aggregate(AggregateKind.Array, [Created(), Created()]) { Ty = traits.DroppableTy }); break;
            case AdtTy a when a.Def == _items.Maybe:
                {
                    bool some = _choices.Percent(70);
                    _b.Assign(place, new Rvalue.Aggregate(AggregateKind.Adt, some ? [Created()] : []) { Def = a.Def, Args = a.Args, Variant = some ? 1 : 0 });
                    break;
                }
            case AdtTy a: _b.Assign(place, new Rvalue.Aggregate(AggregateKind.Adt, [Value(_items.Scalar(Interner.U8)), Created()]) { Def = a.Def, Args = a.Args }); break;
        }
    }

    private Operand Created()
    {
        var temp = Temp(_items.Traits.DroppableTy);
        Create(temp, _items.Traits.DroppableTy);
        return Operand.Move(temp);
    }

    /// <summary>Drops what a local holds and gives it something new.</summary>
    private void Replace()
    {
        if (_droppables.Count == 0) return;
        int index = _choices.Below(_droppables.Count);
        DropLocal(index);
        Create(new Place(_droppables[index].Local), _droppables[index].Ty);
        _live |= 1UL << index;
    }

    /// <summary>A condition under which an exception is thrown, or a check fails.</summary>
    private void MayThrow()
    {
        if (!_program.Unwinds) return;
        int go = _b.NewBlock(), raise = _b.NewBlock();
        var t = _items.Ints[_choices.Below(_items.Ints.Length)];
        var low = Temp(t.Ty);
        _b.Assign(low, new Rvalue.BinaryOp(BinOp.BitAnd, Value(t), CommonItems.Int(7, t.Ty)));
        _b.Switch(Operand.Copy(low), [(U128)_choices.Below(8)], [raise, go]);
        _b.Current = raise;
        var never = Temp(Interner.Never);
        _b.CallNoReturn(_items.FunctionOperand(_items.Raise), [Operand.Copy(new Place(1))], never, Unwinding());
        _b.Current = go;
    }
}
