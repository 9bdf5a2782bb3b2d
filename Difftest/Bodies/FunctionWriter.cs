using Mirlink.Difftest.Generate;
using Mirlink.Mir;

namespace Mirlink.Difftest.Bodies;

/// <summary>
/// One function body: a graph of labels with jumps from anywhere to anywhere. All that is read has a value from the start, so any order of blocks is fine; jumps
/// back use up fuel, which the context holds for the whole program, so it ends.
/// </summary>
/// <remarks>
/// Aliasing: raw pointers point into locals that are exposed, references only into others, and only for a few statements or one call, during which nothing else
/// touches them.
/// </remarks>
internal sealed partial class FunctionWriter
{
    /// <summary>A local that holds a value at any time, but for what a type leaves <see cref="ValueType.Unwritten"/>. Exposed: raw pointers may point to it.</summary>
    private sealed record Variable(int Local, ValueType Type, bool Exposed);

    private readonly ProgramWriter _program;
    private readonly CommonItems _items;
    private readonly Choices _choices;
    private readonly Param[] _params;
    private readonly ValueType? _ret;
    private readonly BodyDraft _b;
    private readonly List<Variable> _variables = [];
    private readonly Dictionary<Ty, List<Place>> _readable = new(ReferenceEqualityComparer.Instance), _writable = new(ReferenceEqualityComparer.Instance);
    private readonly List<(Ty Ty, ValueType Type)> _types = [];
    private readonly List<(int Local, ValueType Type)> _pointers = [], _slices = [];
    private readonly List<(int Local, ValueType Type)> _sharedArgs = [], _exclusiveArgs = [];
    private readonly List<(Place Place, ValueType Type)> _enums = [], _arrays = [];
    private readonly List<(int Local, Ty Ty)> _droppables = [];
    private readonly Dictionary<ulong, int> _cleanups = [];
    private ulong _live;
    /// <summary>The return place is assigned once, at the end; with what this place holds, which nothing changes and blocks before read, too.</summary>
    private bool _returnsLate;
    private Place? _returned;

    public bool MustCall { get; init; }
    /// <summary>A few statements: what is inlined.</summary>
    public bool IsSmall { get; init; }
    /// <summary>The function itself, when it may be recursive.</summary>
    public FunctionInfo? Self { get; init; }

    public FunctionWriter(ProgramWriter program, Param[] parameters, ValueType? ret)
    {
        (_program, _items, _choices, _params, _ret) = (program, program.Items, program.Choices, parameters, ret);
        _b = new BodyDraft(ret?.Ty ?? Interner.Unit, [_items.ContextPtr, .. parameters.Select(static p => p.Ty)]);
    }

    private Interner Interner => _items.Interner;

    public void Write(DefId def)
    {
        Enter();
        if (IsSmall)
        {
            // What is inlined changes its arguments, which may be variables of the caller.
            for (int i = 0; i < _params.Length; i++) if (_params[i] is { Mode: ParamMode.Value, Type.IsScalar: true } p && _choices.Percent(40)) Fill(new Place(i + 2), p.Type!);
            for (int s = _choices.Between(1, 4); s > 0; s--) Statement();
            Return();
            _items.Crate[def].Body = _b.Finish(def);
            return;
        }
        int labels = _choices.Weighted([25, 30, 25, 12, 8]) + 1;
        var starts = new int[labels + 1];
        for (int i = 0; i <= labels; i++) starts[i] = _b.NewBlock();
        int exit = starts[labels];
        // A function that is called without fuel left does nothing.
        var fuel = Temp(Interner.U32);
        _b.Use(fuel, Operand.Copy(_items.ContextField(1, CommonItems.FuelField)));
        _b.Switch(Operand.Copy(fuel), [0], [exit, starts[0]]);
        bool called = !MustCall;
        for (int i = 0; i < labels; i++)
        {
            _b.Current = starts[i];
            int statements = _choices.Between(2, 7);
            for (int s = 0; s < statements; s++) Statement();
            if (_returned is { } returned && _choices.Percent(60)) _b.Use(Target(_ret!.Ty), Operand.Copy(returned));
            if (!called || _choices.Percent(35)) Call();
            called = true;
            End(i, starts);
        }
        _b.Current = exit;
        Exit();
        _items.Crate[def].Body = _b.Finish(def);
    }

    // -- locals --------------------------------------------------------------------------------------------------------------------------------

    private Place Temp(Ty ty) => new(_b.NewLocal(ty));

    private void Enter()
    {
        for (int i = 0; i < _params.Length; i++)
        {
            var p = _params[i];
            int local = i + 2;
            switch (p.Mode)
            {
                case ParamMode.Value: Know(local, p.Type!, exposed: false); break;
                case ParamMode.Shared:
                    AddPlaces(new Place(local, [ProjectionElem.Deref]), p.Type!, writable: false, aligned: true);
                    _sharedArgs.Add((local, p.Type!));
                    break;
                case ParamMode.Exclusive:
                    AddPlaces(new Place(local, [ProjectionElem.Deref]), p.Type!, writable: true, aligned: true);
                    _exclusiveArgs.Add((local, p.Type!));
                    break;
                case ParamMode.Raw:
                    AddPlaces(new Place(local, [ProjectionElem.Deref]), p.Type!, writable: true, aligned: true);
                    break;
                case ParamMode.Slice: _slices.Add((local, p.Type!)); break;
                case ParamMode.Droppable:
                    _live |= 1UL << _droppables.Count;
                    _droppables.Add((local, p.Ty));
                    break;
            }
        }
        int count = IsSmall ? _choices.Between(_params.Length == 0 ? 1 : 0, 2) : _choices.Between(2, 7);
        for (int i = 0; i < count; i++)
        {
            var t = _program.AnyType();
            int local = _b.NewLocal(t.Ty);
            Fill(new Place(local), t);
            Know(local, t, exposed: _choices.Percent(40));
        }
        _returnsLate = _ret is not null && _variables.Count > 0 && _choices.Percent(40);
        if (_returnsLate && _readable.TryGetValue(_ret!.Ty, out var readable) && readable.FindIndex(p => _sharedArgs.Exists(a => a.Local == p.Local)) is >= 0 and var at) _returned = readable[at];
        if (_ret is not null && !_returnsLate)
        {
            Fill(new Place(0), _ret);
            Know(0, _ret, exposed: false);
        }
        foreach (var (reference, type) in _program.Statics)
        {
            if (_choices.Percent(50)) continue;
            int local = _b.NewLocal(Interner.Ref(type.Ty, Mutability.Not));
            _b.Use(local, reference);
            AddPlaces(new Place(local, [ProjectionElem.Deref]), type, writable: false, aligned: true);
        }
        foreach (var (pointer, type) in _program.MutableStatics)
        {
            if (_choices.Percent(40)) continue;
            int local = _b.NewLocal(Interner.RawPtr(type.Ty, Mutability.Mut));
            _b.Use(local, pointer);
            AddPlaces(new Place(local, [ProjectionElem.Deref]), type, writable: true, aligned: true);
        }
        foreach (var v in _variables.ToArray())
        {
            if (!v.Exposed) continue;
            int pointer = _b.NewLocal(Interner.RawPtr(v.Type.Ty, Mutability.Mut));
            _b.Assign(pointer, new Rvalue.RawPtr(RawPtrKind.Mut, new Place(v.Local)));
            _pointers.Add((pointer, v.Type));
            AddPlaces(new Place(pointer, [ProjectionElem.Deref]), v.Type, writable: true, aligned: true);
        }
        if (!_program.Drops) return;
        int droppables = _choices.Between(0, 2);
        for (int i = 0; i < droppables; i++)
        {
            var ty = _program.DroppableType();
            int local = _b.NewLocal(ty);
            Create(new Place(local), ty);
            _live |= 1UL << _droppables.Count;
            _droppables.Add((local, ty));
        }
    }

    private void Know(int local, ValueType t, bool exposed)
    {
        _variables.Add(new Variable(local, t, exposed));
        AddPlaces(new Place(local), t, writable: true, aligned: true);
    }

    private static void AddTo(Dictionary<Ty, List<Place>> lists, Ty ty, Place place)
    {
        if (!lists.TryGetValue(ty, out var list)) lists.Add(ty, list = []);
        list.Add(place);
    }

    /// <summary>A place and what is in it can be read, and written.</summary>
    private void AddPlaces(Place place, ValueType t, bool writable, bool aligned)
    {
        AddTo(_readable, t.Ty, place);
        if (!_types.Exists(k => ReferenceEquals(k.Ty, t.Ty))) _types.Add((t.Ty, t));
        if (writable) AddTo(_writable, t.Ty, place);
        switch (t.Kind)
        {
            case ValueKind.Enum:
                if (aligned) _enums.Add((place, t));
                break;
            case ValueKind.Array:
                if (aligned) _arrays.Add((place, t));
                for (int i = 0; i < t.Length; i++)
                    if (t.Length <= 6 || _choices.Percent(30)) AddPlaces(place.Project(ProgramWriter.Element(i, t.Length)), t.Fields[0], writable, aligned);
                break;
            case ValueKind.Tuple or ValueKind.Struct:
                for (int i = 0; i < t.Fields.Length; i++)
                    if (!t.IsUnwritten(i)) AddPlaces(place.Project(ProjectionElem.Field(i, t.Fields[i].Ty)), t.Fields[i], writable, aligned && !t.Packed);
                break;
        }
    }

    // -- operands ------------------------------------------------------------------------------------------------------------------------------

    private Place? PlaceOf(Ty ty) => _readable.TryGetValue(ty, out var list) ? _choices.In(list) : null;
    private Place? TargetOf(Ty ty) => _writable.TryGetValue(ty, out var list) ? _choices.In(list) : null;

    /// <summary>A value of a type: read from somewhere, a constant, or made in a temporary.</summary>
    private Operand Value(ValueType t)
    {
        if (_choices.Percent(80) && PlaceOf(t.Ty) is { } place) return Operand.Copy(place);
        foreach (var (operand, type) in _program.Constants) if (ReferenceEquals(type.Ty, t.Ty) && _choices.Percent(60)) return operand;
        if (t.IsScalar) return _program.Literal(t);
        if (PlaceOf(t.Ty) is { } any && _choices.Percent(70)) return Operand.Copy(any);
        var temp = Temp(t.Ty);
        Fill(temp, t);
        return Operand.Copy(temp);
    }

    private Operand[] Values(int count, Func<int, ValueType> type)
    {
        var r = new Operand[count];
        for (int i = 0; i < count; i++) r[i] = Value(type(i));
        return r;
    }

    /// <summary>Gives a place any value of its type.</summary>
    private void Fill(Place place, ValueType t)
    {
        if (t.IsScalar) { _b.Use(place, Value(t)); return; }
        if (_choices.Percent(25) && PlaceOf(t.Ty) is { } other) { _b.Use(place, Operand.Copy(other)); return; }
        switch (t.Kind)
        {
            case ValueKind.Array when _choices.Percent(35):
                _b.Assign(place, new Rvalue.Repeat(Value(t.Fields[0]), Interner.ConstUsize((ulong)t.Length)));
                break;
            case ValueKind.Array: _b.Assign(place, ProgramWriter.Aggregate(t, 0, Values(t.Length, _ => t.Fields[0]))); break;
            case ValueKind.Enum:
                {
                    int v = _choices.Below(t.Variants.Length);
                    _b.Assign(place, ProgramWriter.Aggregate(t, v, Values(t.Variants[v].Length, i => t.Variants[v][i])));
                    break;
                }
            case ValueKind.MaybeUninit:
                if (_choices.Percent(35)) _b.Assign(place, ProgramWriter.WrittenMaybeUninit(t, Value(t.Fields[0])));
                break;
            case ValueKind.Struct when t.Unwritten.Length > 0:
                for (int i = 0; i < t.Fields.Length; i++)
                    if (!t.IsUnwritten(i) || _choices.Percent(15)) _b.Use(place.Project(ProjectionElem.Field(i, t.Fields[i].Ty)), Value(t.Fields[i]));
                break;
            default: _b.Assign(place, ProgramWriter.Aggregate(t, 0, Values(t.Fields.Length, i => t.Fields[i]))); break;
        }
    }

    /// <summary>A place to write a scalar to that is not part of any operand: a temporary now and then.</summary>
    private Place Target(Ty ty) => _choices.Percent(85) && TargetOf(ty) is { } place ? place : Temp(ty);

    // -- jumps ---------------------------------------------------------------------------------------------------------------------------------

    /// <summary>A block to jump to: later labels directly, earlier ones by way of a block that uses up fuel.</summary>
    private int JumpTarget(int from, int[] starts)
    {
        int to = _choices.Percent(55) ? from + 1 : _choices.Below(starts.Length);
        if (to > from) return starts[to];
        int here = _b.Current, check = _b.NewBlock(), go = _b.NewBlock();
        _b.Current = check;
        var fuel = Temp(Interner.U32);
        var place = _items.ContextField(1, CommonItems.FuelField);
        _b.Use(fuel, Operand.Copy(place));
        _b.Switch(Operand.Copy(fuel), [0], [starts[^1], go]);
        _b.Current = go;
        _b.Assign(place, new Rvalue.BinaryOp(BinOp.Sub, Operand.Copy(fuel), CommonItems.Int(1, Interner.U32)));
        _b.Goto(starts[to]);
        _b.Current = here;
        return check;
    }

    private void End(int from, int[] starts)
    {
        int kind = _choices.Weighted([20, 35, 30, 15]);
        if (kind == 0)
        {
            _b.Goto(JumpTarget(from, starts));
            return;
        }
        if (kind == 1)
        {
            var flag = Condition();
            _b.Switch(flag, [0], [JumpTarget(from, starts), JumpTarget(from, starts)]);
            return;
        }
        var t = kind == 2 ? _items.Ints[_choices.Below(_items.Ints.Length)] : _choices.Percent(50) ? _items.Char : _items.Scalar(Interner.U8);
        var value = Value(t);
        if (_choices.Percent(60) && t.Kind == ValueKind.Int)
        {
            var small = Temp(t.Ty);
            _b.Assign(small, new Rvalue.BinaryOp(BinOp.BitAnd, value, CommonItems.Int((U128)_choices.Of(1, 3, 7, 15), t.Ty)));
            value = Operand.Copy(small);
        }
        var values = new SortedSet<U128>();
        int cases = _choices.Between(1, 6);
        for (int i = 0; i < cases; i++)
            values.Add(_choices.Percent(60) ? (U128)_choices.Below(12) : ((ConstValue.Scalar)((MirConst.Val)_program.Literal(t).Constant!.Const).Value).Int.Bits);
        var targets = new int[values.Count + 1];
        for (int i = 0; i < targets.Length; i++) targets[i] = JumpTarget(from, starts);
        _b.Switch(value, [.. values], targets);
    }

    /// <summary>A bool that nobody knows.</summary>
    private Operand Condition()
    {
        if (_choices.Percent(30) && PlaceOf(Interner.Bool) is { } place) return Operand.Copy(place);
        var flag = Temp(Interner.Bool);
        Compare(flag);
        return Operand.Copy(flag);
    }

    // -- the end -------------------------------------------------------------------------------------------------------------------------------

    private void Exit()
    {
        foreach (var v in _variables) if (v.Type.Weight <= 6 && _choices.Percent(75) || _choices.Percent(30)) _program.EmitHash(_b, new Place(v.Local), v.Type);
        Return();
    }

    private void Return()
    {
        if (_returned is { } returned && _choices.Percent(70)) _b.Use(new Place(0), Operand.Copy(returned));
        else if (_returnsLate) Fill(new Place(0), _ret!);
        for (int i = _droppables.Count - 1; i >= 0; i--) DropLocal(i);
        _b.Return();
    }
}
