using Mirlink.Mir;

namespace Mirlink.Difftest.Bodies;

/// <summary>Calls, with arguments that do not alias where they must not.</summary>
internal sealed partial class FunctionWriter
{
    private void Call()
    {
        if (_program.GenericFunctions.Count > 0 && _choices.Percent(_program.Functions.Count == 0 ? 100 : 35)) { CallGeneric(); return; }
        if (Self is { } self && !IsSmall && _choices.Percent(12)) { Recurse(self); return; }
        if (_program.Functions.Count == 0) return;
        CallFunction(_choices.In(_program.Functions));
    }

    private void CallFunction(FunctionInfo f)
    {
        // Locals that a reference points to, or that receive the result, during this call.
        var busy = new HashSet<int>();
        var args = new List<Operand> { Operand.Copy(new Place(1)) };
        ulong moved = 0;
        foreach (var p in f.Params)
        {
            switch (p.Mode)
            {
                case ParamMode.Value:
                    {
                        // A whole variable more often than chance would have it: what the callee does to its argument must not show in it.
                        var whole = _variables.FindAll(v => ReferenceEquals(v.Type.Ty, p.Type!.Ty));
                        args.Add(whole.Count > 0 && _choices.Percent(50) ? Operand.Copy(new Place(_choices.In(whole).Local)) : Value(p.Type!));
                        break;
                    }
                case ParamMode.Shared or ParamMode.Exclusive: args.Add(Reference(p, busy)); break;
                case ParamMode.Raw: args.Add(RawPointer(p.Type!)); break;
                case ParamMode.Slice: args.Add(Slice(p.Type!, busy)); break;
                case ParamMode.Droppable:
                    {
                        int own = _droppables.FindIndex(d => ReferenceEquals(d.Ty, p.Ty));
                        if (own >= 0 && (moved >> own & 1) == 0 && _choices.Percent(60))
                        {
                            moved |= 1UL << own;
                            args.Add(Operand.Move(new Place(_droppables[own].Local)));
                            break;
                        }
                        var temp = Temp(p.Ty);
                        Create(temp, p.Ty);
                        args.Add(Operand.Move(temp));
                        break;
                    }
            }
        }
        // Values are read before the result is written, but the result must not be what a reference points to.
        var free = _variables.FindAll(v => !v.Exposed && v.Local > 1 + _params.Length && !busy.Contains(v.Local) && ReferenceEquals(v.Type.Ty, f.Ret.Ty) && !args.Exists(a => a.IsPlace && a.Place.Local == v.Local));
        var destination = free.Count > 0 ? new Place(_choices.In(free).Local) : Temp(f.Ret.Ty);
        Operand callee = _items.FunctionOperand(f.Def);
        if (_choices.Percent(25))
        {
            var ty = Interner.FnPtr(f.Sig);
            var pointer = Temp(ty);
            _b.Assign(pointer, new Rvalue.Cast(CastKind.ReifyFnPointer, callee, ty));
            callee = Operand.Copy(pointer);
        }
        _live &= ~moved;
        _b.Call(callee, [.. args], destination, Unwinding());
        for (int i = 0; i < _droppables.Count; i++)
        {
            if ((moved >> i & 1) == 0) continue;
            Create(new Place(_droppables[i].Local), _droppables[i].Ty);
            _live |= 1UL << i;
        }
        if (free.Count == 0)
        {
            if (TargetOf(f.Ret.Ty) is { } target) _b.Use(target, Operand.Copy(destination));
            else _program.EmitHash(_b, destination, f.Ret);
        }
    }

    /// <summary>A reference argument: to a local that nothing else in the call refers to, or one passed on.</summary>
    private Operand Reference(Param p, HashSet<int> busy)
    {
        bool exclusive = p.Mode == ParamMode.Exclusive;
        var type = p.Type!;
        var passed = exclusive ? _exclusiveArgs : [.. _sharedArgs, .. _exclusiveArgs];
        foreach (var (local, t) in passed)
        {
            if (!ReferenceEquals(t.Ty, type.Ty) || !_choices.Percent(50) || !busy.Add(local)) continue;
            var reborrowed = Temp(p.Ty);
            _b.Assign(reborrowed, new Rvalue.Ref(exclusive ? BorrowKind.MutDefault : BorrowKind.Shared, new Place(local, [ProjectionElem.Deref])));
            return Operand.Copy(reborrowed);
        }
        var variables = _variables.FindAll(v => !v.Exposed && v.Local != 0 && ReferenceEquals(v.Type.Ty, type.Ty) && !busy.Contains(v.Local));
        int target;
        if (variables.Count > 0 && _choices.Percent(80)) target = _choices.In(variables).Local;
        else
        {
            target = _b.NewLocal(type.Ty);
            Fill(new Place(target), type);
        }
        busy.Add(target);
        var reference = Temp(p.Ty);
        _b.Assign(reference, new Rvalue.Ref(exclusive ? _choices.Percent(50) ? BorrowKind.MutDefault : BorrowKind.MutTwoPhase : BorrowKind.Shared, new Place(target)));
        return exclusive ? Operand.Move(reference) : Operand.Copy(reference);
    }

    private Operand RawPointer(ValueType type)
    {
        var known = _pointers.FindAll(p => ReferenceEquals(p.Type.Ty, type.Ty));
        if (known.Count > 0 && _choices.Percent(70)) return Operand.Copy(new Place(_choices.In(known).Local));
        int target = _b.NewLocal(type.Ty);
        Fill(new Place(target), type);
        var pointer = Temp(Interner.RawPtr(type.Ty, Mutability.Mut));
        _b.Assign(pointer, new Rvalue.RawPtr(RawPtrKind.Mut, new Place(target)));
        return Operand.Copy(pointer);
    }

    private Operand Slice(ValueType element, HashSet<int> busy)
    {
        var known = _slices.FindAll(s => ReferenceEquals(s.Type.Ty, element.Ty));
        if (known.Count > 0 && _choices.Percent(40)) return Operand.Copy(new Place(_choices.In(known).Local));
        var arrays = _variables.FindAll(v => !v.Exposed && v.Local != 0 && v.Type.Kind == ValueKind.Array && ReferenceEquals(v.Type.Fields[0].Ty, element.Ty) && !busy.Contains(v.Local));
        Ty arrayTy;
        int local;
        if (arrays.Count > 0)
        {
            var v = _choices.In(arrays);
            (local, arrayTy) = (v.Local, v.Type.Ty);
        }
        else
        {
            int length = _choices.Between(0, 5);
            arrayTy = Interner.Array(element.Ty, (ulong)length);
            local = _b.NewLocal(arrayTy);
            _b.Assign(local, new Rvalue.Aggregate(AggregateKind.Array, Values(length, _ => element)) { Ty = element.Ty });
        }
        busy.Add(local);
        var reference = Temp(Interner.Ref(arrayTy, Mutability.Not));
        var slice = Temp(Interner.Ref(Interner.Slice(element.Ty), Mutability.Not));
        _b.Assign(reference, new Rvalue.Ref(BorrowKind.Shared, new Place(local)));
        _b.Assign(slice, new Rvalue.Cast(CastKind.Unsize, Operand.Copy(reference), Interner.Ref(Interner.Slice(element.Ty), Mutability.Not)));
        return Operand.Copy(slice);
    }

    private void CallGeneric()
    {
        var (def, arg, value) = _choices.In(_program.GenericFunctions);
        var copy = Temp(arg);
        Fill(copy, value);
        var reference = Temp(Interner.Ref(arg, Mutability.Not));
        var first = Value(value);
        var number = Value(_items.U64);
        _b.Assign(reference, new Rvalue.Ref(BorrowKind.Shared, copy));
        var result = Temp(arg);
        _b.Call(_items.FunctionOperand(def, arg), [Operand.Copy(new Place(1)), first, Operand.Copy(reference), number], result, Unwinding());
        if (TargetOf(arg) is { } target && _choices.Percent(60)) _b.Use(target, Operand.Copy(result));
        else _program.EmitHash(_b, result, value);
    }
}
