using Mirlink.Mir.Passes;

namespace Mirlink.Mir.Tests.Passes;

/// <summary>
/// Bodies without undefined behaviour, of everything that passes look at: branches on values, variants and flags, bounded loops (some with references that dangle
/// when there is no turn), aggregates made, copied, moved and taken apart, references and raw pointers to locals and their fields, storage, checked arithmetic,
/// calls. A body is a function (u32, u64, bool) -> u64 whose result depends on every local.
/// </summary>
internal sealed class BodyGenerator
{
    private readonly TyCtxt _tcx;
    private readonly Session _session;
    private readonly Random _random;
    private readonly BodyBuilder _b;
    private readonly Ty _u8, _u32, _u64, _i32, _bool, _usize;
    private readonly AdtTy _s, _e, _option, _w;
    private readonly TupleTy _pair, _checked, _two;
    private readonly ArrayTy _array;
    private readonly Ty _raw, _shared, _unique;
    private readonly Dictionary<Ty, List<int>> _locals = [];
    /// <summary>Locals that pointers may point to: they live from the beginning to the end.</summary>
    private readonly List<int> _pinned = [];
    private readonly List<int> _moved = [];
    /// <summary>A shared reference and where it points, while nothing was written since.</summary>
    private int _reference, _rawPointer;
    private bool _referenceIsGood;
    /// <summary>References that are assigned once, to what nobody writes to.</summary>
    private readonly List<int> _frozen = [];
    private int _block, _budget;

    public BodyGenerator(Session session, int seed, int size)
    {
        (_session, _tcx, _random, _budget) = (session, session.Tcx, new Random(seed), 4 + size);
        var i = _tcx.Interner;
        (_u8, _u32, _u64, _i32, _bool, _usize) = (i.U8, i.Uints.First(t => t.ByteSize == 4), i.Uints.Last(t => t.ByteSize == 8), i.Ints.First(t => t.ByteSize == 4), i.Bool, i.Usize);
        var shapes = ((TupleTy)_tcx.Traits.NormalizeErasingRegions(_tcx.EraseBinder(_tcx.FnSig(session.Item("shapes"))).Inputs[0])).Elements;
        (_s, _e, _option, _pair, _array, _w) = ((AdtTy)shapes[0], (AdtTy)shapes[1], (AdtTy)shapes[2], (TupleTy)shapes[3], (ArrayTy)shapes[4], (AdtTy)shapes[5]);
        (_raw, _shared, _checked, _unique, _two) = (shapes[6], shapes[7], (TupleTy)shapes[8], shapes[9], (TupleTy)shapes[10]);
        _b = new BodyBuilder(_u64, [_u32, _u64, _bool], Span.Dummy);
    }

    public Body Generate()
    {
        _block = _b.NewBlock();
        foreach (var (ty, count) in new (Ty, int)[] { (_u8, 2), (_u32, 5), (_u64, 2), (_i32, 2), (_bool, 3), (_s, 3), (_e, 3), (_option, 3), (_pair, 2), (_array, 1), (_w, 2), (_two, 2) })
        {
            _locals[ty] = [];
            for (int n = 0; n < count; n++)
            {
                int local = _b.NewLocal(ty);
                _locals[ty].Add(local);
                if (ty == _array || n == 0 && (ty == _u32 || ty == _s)) _pinned.Add(local);
            }
        }
        _reference = _b.NewLocal(_shared);
        _rawPointer = _b.NewLocal(_raw);
        // Some values come from outside.
        foreach (var (ty, list) in _locals) foreach (int local in list) Make(local, ty);
        Assign(new Place(_locals[_u32][1]), new Rvalue.Use(Operand.Copy(new Place(1))));
        Assign(new Place(_locals[_u64][0]), new Rvalue.Use(Operand.Copy(new Place(2))));
        Assign(new Place(_locals[_bool][0]), new Rvalue.Use(Operand.Copy(new Place(3))));
        Point();
        Statements(_budget, 0);
        Checksum();
        _b.Return(_block);
        var body = _b.Finish(_session.Item("shapes"));
        AddStorage(body);
        return body;
    }

    /// <summary>Where a whole local gets a constant, its storage may end and begin before.</summary>
    private void AddStorage(Body body)
    {
        var infos = body.Blocks[0].Terminator.SourceInfo;
        for (int b = 0; b < body.Blocks.Length; b++)
        {
            var statements = new List<Statement>();
            foreach (var s in body.Blocks[b].Statements)
            {
                if (s.Place.IsLocal && _gone.Exists(g => g.Local == s.Place.Local)) statements.Add(new Statement { Kind = StatementKind.StorageLive, Place = s.Place, SourceInfo = infos });
                if (b > 0 && s.Place.IsLocal && s.Place.Local > 3 && !_pinned.Contains(s.Place.Local) && s.Rvalue is Rvalue.Use { Operand.Kind: OperandKind.Constant } && Next(3) == 0)
                {
                    statements.Add(new Statement { Kind = StatementKind.StorageDead, Place = s.Place, SourceInfo = infos });
                    statements.Add(new Statement { Kind = StatementKind.StorageLive, Place = s.Place, SourceInfo = infos });
                }
                statements.Add(s);
            }
            foreach (var (block, local) in _gone) if (block == b) statements.Add(new Statement { Kind = StatementKind.StorageDead, Place = new Place(local), SourceInfo = infos });
            body.Blocks[b].Statements = [.. statements];
        }
    }

    // -- values -----------------------------------------------------------------------------------------------------------------------------------------

    private int Next(int n) => _random.Next(n);

    private Operand Constant(Ty ty)
    {
        U128 bits = ty == _bool ? (uint)Next(2) : Next(3) switch { 0 => (uint)Next(4), 1 => U128.MaxValue - (uint)Next(3), _ => (ulong)_random.NextInt64() };
        return PassContext.Scalar(IntegerFolding.Truncate(bits, (PrimTy)ty), (PrimTy)ty);
    }

    private int Local(Ty ty)
    {
        var list = _locals[ty];
        for (int i = 0; ; i++)
            if (list[Next(list.Count)] is var local && (i > 20 || !_moved.Contains(local))) return i > 20 ? list.First(l => !_moved.Contains(l)) : local;
    }

    /// <summary>A place of a primitive type that may be read.</summary>
    private Place Readable(Ty ty)
    {
        if (ty == _u32 && _frozen.Count > 0 && Next(4) == 0)
            return new Place(_frozen[Next(_frozen.Count)]).Project(ProjectionElem.Deref).Project(ProjectionElem.Field(Next(2), _u32));
        if (ty == _u32)
            switch (Next(9))
            {
                case 0: return new Place(Local(_s)).Project(ProjectionElem.Field(0, _u32));
                case 1: return new Place(Local(_s)).Project(ProjectionElem.Field(1, _pair)).Project(ProjectionElem.Field(1, _u32));
                case 2: return new Place(Local(_pair)).Project(ProjectionElem.Field(1, _u32));
                case 3: return new Place(Local(_w)).Project(ProjectionElem.Field(0, _u32));
                case 4: return new Place(Local(_array)).Project(new ProjectionElem(ProjectionKind.ConstantIndex, Offset: (ulong)Next(4), MinLength: 4));
                case 5 when _referenceIsGood: return new Place(_reference).Project(ProjectionElem.Deref);
                case 6: return new Place(_rawPointer).Project(ProjectionElem.Deref);
                case 7: return new Place(Local(_two)).Project(ProjectionElem.Field(Next(2), _u32));
            }
        if (ty == _u8 && Next(2) == 0) return new Place(Local(_pair)).Project(ProjectionElem.Field(0, _u8));
        if (ty == _u64 && Next(2) == 0) return new Place(Local(_s)).Project(ProjectionElem.Field(2, _u64));
        return new Place(Local(ty));
    }

    private Operand Value(Ty ty) => Next(4) == 0 ? Constant(ty) : Operand.Copy(Readable(ty));

    /// <summary>A place of a primitive type that may be written. Shared references are good no longer when it may be behind one.</summary>
    private Place Writable(Ty ty)
    {
        if (ty == _u32)
        {
            if (Next(3) == 0) _referenceIsGood = false;
            if (!_referenceIsGood)
                switch (Next(7))
                {
                    case 0: return new Place(Local(_s)).Project(ProjectionElem.Field(0, _u32));
                    case 1: return new Place(Local(_s)).Project(ProjectionElem.Field(1, _pair)).Project(ProjectionElem.Field(1, _u32));
                    case 2: return new Place(Local(_array)).Project(new ProjectionElem(ProjectionKind.ConstantIndex, Offset: (ulong)Next(4), MinLength: 4));
                    case 3: return new Place(_rawPointer).Project(ProjectionElem.Deref);
                    case 4: return new Place(_locals[_u32][0]);
                }
            if (Next(3) == 0) return new Place(Local(_pair)).Project(ProjectionElem.Field(1, _u32));
            if (Next(3) == 0) return new Place(Local(_two)).Project(ProjectionElem.Field(Next(2), _u32));
            return new Place(_locals[_u32][1 + Next(_locals[_u32].Count - 1)]);
        }
        return new Place(_locals[ty][Next(_locals[ty].Count)]);
    }

    private void Assign(Place place, Rvalue value)
    {
        // What is made of parts is no part of itself: its memory is written before all of them are read.
        if (value is Rvalue.Aggregate a)
            for (int i = 0; i < a.Operands.Length; i++)
                if (a.Operands[i] is { IsPlace: true } o && (o.Place.Local == place.Local || o.Place.IsIndirect && _pinned.Contains(place.Local)))
                    a.Operands[i] = Constant(o.Place.Projection is [.., { Ty: PrimTy field }] ? field : _u32);
        _b.Assign(_block, place, value);
        if (place.IsLocal) _moved.Remove(place.Local);
    }

    /// <summary>An aggregate's parts, or a constant.</summary>
    private void Make(int local, Ty ty)
    {
        var to = new Place(local);
        if (ty is PrimTy) Assign(to, new Rvalue.Use(Constant(ty)));
        else if (ty == _s) Assign(to, new Rvalue.Aggregate(AggregateKind.Adt, [Constant(_u32), Operand.Copy(new Place(FreshPair())), Constant(_u64)]) { Def = _s.Def, Args = _s.Args });
        else if (ty == _e) Enum(to, Constant, Next(3));
        else if (ty == _option) Option(to, Constant(_u32), Next(2));
        else if (ty == _pair) Assign(to, new Rvalue.Aggregate(AggregateKind.Tuple, [Constant(_u8), Constant(_u32)]));
        else if (ty == _two) Assign(to, new Rvalue.Aggregate(AggregateKind.Tuple, [Constant(_u32), Constant(_u32)]));
        else if (ty == _w) Assign(to, new Rvalue.Aggregate(AggregateKind.Adt, [Constant(_u32)]) { Def = _w.Def, Args = _w.Args });
        else Assign(to, new Rvalue.Aggregate(AggregateKind.Array, [Constant(_u32), Constant(_u32), Constant(_u32), Constant(_u32)]) { Ty = _u32 });
    }

    private int FreshPair()
    {
        int pair = _b.NewLocal(_pair);
        Assign(new Place(pair), new Rvalue.Aggregate(AggregateKind.Tuple, [Constant(_u8), Constant(_u32)]));
        return pair;
    }

    private void Enum(Place to, Func<Ty, Operand> value, int variant)
    {
        Operand[] operands = variant switch { 0 => [], 1 => [value(_u32)], _ => [value(_u8), Operand.Copy(new Place(Fresh(_two, value)))] };
        Assign(to, new Rvalue.Aggregate(AggregateKind.Adt, operands) { Def = _e.Def, Args = _e.Args, Variant = variant });
    }

    private int Fresh(TupleTy ty, Func<Ty, Operand> value)
    {
        int local = _b.NewLocal(ty);
        Assign(new Place(local), new Rvalue.Aggregate(AggregateKind.Tuple, Array.ConvertAll(ty.Elements, e => value(e))));
        return local;
    }

    private void Option(Place to, Operand some, int variant) =>
        Assign(to, new Rvalue.Aggregate(AggregateKind.Adt, variant == 0 ? [] : [some]) { Def = _option.Def, Args = _option.Args, Variant = variant });

    /// <summary>Both pointers point to something that lives all the time.</summary>
    private void Point()
    {
        Place Target()
        {
            int local = _pinned[Next(_pinned.Count)];
            if (_locals[_u32].Contains(local)) return new Place(local);
            if (_locals[_s].Contains(local)) return Next(2) == 0 ? new Place(local).Project(ProjectionElem.Field(0, _u32)) : new Place(local).Project(ProjectionElem.Field(1, _pair)).Project(ProjectionElem.Field(1, _u32));
            return new Place(local).Project(new ProjectionElem(ProjectionKind.ConstantIndex, Offset: (ulong)Next(4), MinLength: 4));
        }
        Assign(new Place(_rawPointer), new Rvalue.RawPtr(RawPtrKind.Mut, Target()));
        Assign(new Place(_reference), new Rvalue.Ref(BorrowKind.Shared, Target()));
        _referenceIsGood = true;
    }

    // -- statements -------------------------------------------------------------------------------------------------------------------------------------

    private void Statements(int budget, int depth)
    {
        while (budget > 0)
        {
            budget--;
            switch (Next(24))
            {
                case 0 or 1 when depth < 4: Branch(ref budget, depth); break;
                case 2 when depth < 4: Match(ref budget, depth); break;
                case 3 when depth < 3: Loop(ref budget, depth); break;
                case 4: Call(); break;
                case 5: Checked(); break;
                case 6: Point(); break;
                case 7: Assign(new Place(_locals[_u32][1 + Next(_locals[_u32].Count - 1)]), new Rvalue.Use(Constant(_u32))); break;
                case 8: MoveAggregate(); break;
                case 9: Assign(Writable(_u32), new Rvalue.Cast(CastKind.IntToInt, Value(_u8), _u32)); break;
                case 10: Assign(Writable(_i32), new Rvalue.Cast(Next(2) == 0 ? CastKind.IntToInt : CastKind.Transmute, Value(_u32), _i32)); break;
                case 11: Compare(); break;
                case 12: Enum(new Place(Local(_e)), Value, Next(3)); break;
                case 13: Option(new Place(Local(_option)), Value(_u32), Next(2)); break;
                case 14: Assign(new Place(Local(_pair)), new Rvalue.Aggregate(AggregateKind.Tuple, [Value(_u8), Value(_u32)])); break;
                case 15: Assign(new Place(Local(_w)), new Rvalue.Aggregate(AggregateKind.Adt, [Value(_u32)]) { Def = _w.Def, Args = _w.Args }); break;
                case 16:
                {
                    int part = Fresh(_pair, Value);
                    if (_referenceIsGood) _referenceIsGood = false;
                    Assign(new Place(Local(_s)), new Rvalue.Aggregate(AggregateKind.Adt, [Value(_u32), Next(2) == 0 ? Operand.Move(new Place(part)) : Operand.Copy(new Place(part)), Value(_u64)]) { Def = _s.Def, Args = _s.Args });
                    break;
                }
                case 17: Index(); break;
                case 18: Assign(Writable(_bool), new Rvalue.UnaryOp(UnOp.Not, Value(_bool))); break;
                case 19: Assign(Writable(_u64), new Rvalue.BinaryOp(Arithmetic(), Value(_u64), Value(_u64))); break;
                case 20: Assign(Writable(_u32), new Rvalue.Use(Value(_u32))); break;
                default: Assign(Writable(_u32), new Rvalue.BinaryOp(Arithmetic(), Value(_u32), Value(_u32))); break;
            }
        }
        Settle();
    }

    /// <summary>What was moved away gets a value again, so that any block may follow.</summary>
    private void Settle()
    {
        foreach (int local in _moved.ToArray()) Make(local, _locals.First(l => l.Value.Contains(local)).Key);
        _referenceIsGood = false;
    }

    private BinOp Arithmetic() => Next(6) switch { 0 => BinOp.Add, 1 => BinOp.Sub, 2 => BinOp.Mul, 3 => BinOp.BitXor, 4 => BinOp.BitAnd, _ => BinOp.BitOr };

    private void Compare()
    {
        var op = Next(6) switch { 0 => BinOp.Eq, 1 => BinOp.Ne, 2 => BinOp.Lt, 3 => BinOp.Le, 4 => BinOp.Gt, _ => BinOp.Ge };
        var ty = Next(3) switch { 0 => _i32, 1 => _u64, _ => _u32 };
        Assign(Writable(_bool), new Rvalue.BinaryOp(op, Value(ty), Value(ty)));
    }

    private void Branch(ref int budget, int depth)
    {
        Settle();
        bool isBool = Next(2) == 0;
        int on = _b.NewLocal(isBool ? _bool : _u32);
        Assign(new Place(on), new Rvalue.Use(isBool ? Value(_bool) : Value(_u32)));
        int after = _b.NewBlock();
        int arms = isBool ? 2 : 2 + Next(3), from = _block;
        var targets = new int[arms];
        var values = new U128[arms - 1];
        for (int i = 0; i < values.Length; i++) values[i] = (uint)i;
        // Some arms are nothing, and some go where others go.
        for (int i = 0; i < arms; i++) targets[i] = Next(5) == 0 ? after : _b.NewBlock();
        _b.Switch(from, Next(2) == 0 ? Operand.Copy(new Place(on)) : Operand.Move(new Place(on)), values, targets);
        foreach (int t in targets.Where(t => t != after).Distinct())
        {
            _block = t;
            int share = Next(Math.Min(budget, 6) + 1);
            budget -= share;
            Statements(share, depth + 1);
            _b.Goto(_block, after);
        }
        _block = after;
    }

    private void Match(ref int budget, int depth)
    {
        Settle();
        bool isEnum = Next(2) == 0;
        var ty = isEnum ? _e : _option;
        int e = Local(ty), d = _b.NewLocal(_tcx.Traits.DiscriminantTy(ty));
        Assign(new Place(d), new Rvalue.Discriminant(new Place(e)));
        int after = _b.NewBlock(), impossible = _b.NewBlock();
        _b.Unreachable(impossible);
        int variants = isEnum ? 3 : 2;
        var targets = new int[variants + 1];
        for (int v = 0; v < variants; v++) targets[v] = _b.NewBlock();
        targets[variants] = impossible;
        _b.Switch(_block, Operand.Move(new Place(d)), [.. Enumerable.Range(0, variants).Select(v => (U128)(ulong)v)], targets);
        for (int v = 0; v < variants; v++)
        {
            _block = targets[v];
            var payload = new Place(e).Project(ProjectionElem.Downcast(v, _tcx.AdtDef(ty.Def).Variants[v].Name));
            if (v == 1) Assign(Writable(_u32), new Rvalue.Use(Operand.Copy(payload.Project(ProjectionElem.Field(0, _u32)))));
            if (v == 2) Assign(new Place(Local(_two)), new Rvalue.Use(Operand.Copy(payload.Project(ProjectionElem.Field(1, _two)))));
            int share = Next(Math.Min(budget, 4) + 1);
            budget -= share;
            Statements(share, depth + 1);
            _b.Goto(_block, after);
        }
        _block = after;
    }

    private void Loop(ref int budget, int depth)
    {
        Settle();
        int counter = _b.NewLocal(_u32);
        // Some have no turn for some arguments: what is then read in front of them must be there.
        bool always = Next(3) > 0;
        if (always) Assign(new Place(counter), new Rvalue.Use(PassContext.Scalar((uint)(1 + Next(3)), (PrimTy)_u32)));
        else Assign(new Place(counter), new Rvalue.Cast(CastKind.IntToInt, Operand.Copy(new Place(3)), _u32));
        int frozen = _frozen.Count;
        if (Next(2) == 0) Freeze(always);
        int head = _b.NewBlock(), body = _b.NewBlock(), after = _b.NewBlock();
        _b.Goto(_block, head);
        _b.Switch(head, Operand.Copy(new Place(counter)), [0], [after, body]);
        _block = body;
        Assign(new Place(counter), new Rvalue.BinaryOp(BinOp.Sub, Operand.Copy(new Place(counter)), PassContext.Scalar(1, (PrimTy)_u32)));
        int share = 1 + Next(Math.Max(1, Math.Min(budget, 8)));
        budget -= share;
        if (_frozen.Count > frozen && Next(2) == 0) Assign(Writable(_u32), new Rvalue.BinaryOp(Arithmetic(), Value(_u32), Operand.Copy(new Place(_frozen[^1]).Project(ProjectionElem.Deref).Project(ProjectionElem.Field(Next(2), _u32)))));
        Statements(share, depth + 1);
        _b.Goto(_block, head);
        _block = after;
        _frozen.RemoveRange(frozen, _frozen.Count - frozen);
    }

    /// <summary>A reference to something new. Where nobody will read through it, there may be nothing left to read.</summary>
    private void Freeze(bool always)
    {
        int target = Fresh(_two, Value), reference = _b.NewLocal(_tcx.Interner.Ref(_two, Mutability.Not, ((RefTy)_shared).Region));
        Assign(new Place(reference), new Rvalue.Ref(BorrowKind.Shared, new Place(target)));
        if (Next(3) == 0) Assign(Writable(_u32), new Rvalue.Use(Operand.Copy(new Place(reference).Project(ProjectionElem.Deref).Project(ProjectionElem.Field(Next(2), _u32)))));
        if (!always)
        {
            int gone = _b.NewBlock(), after = _b.NewBlock();
            _b.Switch(_block, Operand.Copy(new Place(3)), [0], [gone, after]);
            _gone.Add((gone, target));
            _b.Goto(gone, after);
            _block = after;
        }
        _frozen.Add(reference);
    }

    /// <summary>Blocks in which a local's storage ends.</summary>
    private readonly List<(int Block, int Local)> _gone = [];

    private void Call()
    {
        Operand Function(string name) => Operand.Const(new MirConst.Val(ConstValue.ZeroSized.Instance, _tcx.Interner.FnDef(_session.Item(name), _tcx.Interner.NoArgs)));
        void Do(string name, Operand[] args, Place to)
        {
            int next = _b.NewBlock();
            _b.Call(_block, Function(name), args, to, next, UnwindAction.Continue);
            _block = next;
            if (to.IsLocal) _moved.Remove(to.Local);
        }
        switch (Next(6))
        {
            case 0: Do("mix", [Value(_u32), Value(_u32)], Writable(_u32)); break;
            case 1:
            {
                _referenceIsGood = false;
                int unique = _b.NewLocal(_unique);
                Assign(new Place(unique), new Rvalue.Ref(BorrowKind.MutDefault, new Place(_locals[_u32][0])));
                Do("poke", [Operand.Move(new Place(unique)), Constant(_u32)], new Place(_locals[_u32][1 + Next(_locals[_u32].Count - 1)]));
                // The unique reference has made the pointer to the same local useless.
                Point();
                break;
            }
            case 2: _referenceIsGood = false; Do("make", [Value(_u32)], new Place(Local(_s))); break;
            case 3:
            {
                int s = _locals[_s].First(l => !_pinned.Contains(l) && !_moved.Contains(l));
                bool moves = Next(2) == 0 && !_moved.Any(m => _locals[_s].Contains(m));
                Do("eat", [moves ? Operand.Move(new Place(s)) : Operand.Copy(new Place(s))], new Place(_locals[_u32][1]));
                if (moves) _moved.Add(s);
                break;
            }
            case 4: Do("choose", [Value(_u32)], new Place(Local(_e))); break;
            default: Do("option", [Value(_u32)], new Place(Local(_option))); break;
        }
    }

    private void Checked()
    {
        Settle();
        int sum = _b.NewLocal(_checked);
        var left = Value(_u32);
        // Mostly small, so that the check mostly holds.
        var right = PassContext.Scalar((uint)Next(3), (PrimTy)_u32);
        Assign(new Place(sum), new Rvalue.BinaryOp(BinOp.AddWithOverflow, left, right));
        int next = _b.NewBlock();
        var flag = new Place(sum).Project(ProjectionElem.Field(1, _bool));
        _b.Switch(_block, Operand.Copy(flag), [0], [next, next]);
        _block = next;
        Assign(Writable(_u32), new Rvalue.Use(Operand.Move(new Place(sum).Project(ProjectionElem.Field(0, _u32)))));
        Assign(Writable(_bool), new Rvalue.Use(Operand.Copy(flag)));
    }

    private void Index()
    {
        int index = _b.NewLocal(_usize), small = _b.NewLocal(_u32);
        Assign(new Place(small), new Rvalue.BinaryOp(BinOp.BitAnd, Value(_u32), PassContext.Scalar(3, (PrimTy)_u32)));
        Assign(new Place(index), new Rvalue.Cast(CastKind.IntToInt, Operand.Copy(new Place(small)), _usize));
        var element = new Place(_locals[_array][0]).Project(new ProjectionElem(ProjectionKind.Index, index));
        if (Next(2) == 0)
        {
            Assign(Writable(_u32), new Rvalue.Use(Operand.Copy(element)));
        }
        else
        {
            _referenceIsGood = false;
            Assign(element, new Rvalue.Use(Value(_u32)));
        }
    }

    private void MoveAggregate()
    {
        var ty = Next(5) switch { 0 => (Ty)_s, 1 => _e, 2 => _option, 3 => _two, _ => _pair };
        if (ty == _s) _referenceIsGood = false;
        int from = Local(ty), to = Local(ty);
        if (from == to || _pinned.Contains(from)) return;
        bool moves = Next(2) == 0 && !_moved.Any(m => _locals[ty].Contains(m));
        Assign(new Place(to), new Rvalue.Use(moves ? Operand.Move(new Place(from)) : Operand.Copy(new Place(from))));
        if (moves) _moved.Add(from);
    }

    // -- the result -------------------------------------------------------------------------------------------------------------------------------------

    private void Checksum()
    {
        Settle();
        int sum = _b.NewLocal(_u64), part = _b.NewLocal(_u64);
        Assign(new Place(sum), new Rvalue.Use(PassContext.Scalar(17, (PrimTy)_u64)));
        void Add(Operand value, Ty ty)
        {
            Assign(new Place(part), ty == _u64 ? new Rvalue.Use(value) : new Rvalue.Cast(CastKind.IntToInt, value, _u64));
            Assign(new Place(sum), new Rvalue.BinaryOp(BinOp.Mul, Operand.Copy(new Place(sum)), PassContext.Scalar(31, (PrimTy)_u64)));
            Assign(new Place(sum), new Rvalue.BinaryOp(BinOp.Add, Operand.Copy(new Place(sum)), Operand.Copy(new Place(part))));
        }
        void AddPlace(Place place, Ty ty)
        {
            switch (ty)
            {
                case PrimTy: Add(Operand.Copy(place), ty); break;
                case TupleTy t: for (int i = 0; i < t.Elements.Length; i++) AddPlace(place.Project(ProjectionElem.Field(i, t.Elements[i])), t.Elements[i]); break;
                case ArrayTy a: for (ulong i = 0; i < 4; i++) AddPlace(place.Project(new ProjectionElem(ProjectionKind.ConstantIndex, Offset: i, MinLength: 4)), a.Element); break;
                case AdtTy a when !_tcx.AdtDef(a.Def).IsEnum:
                    for (int i = 0; i < _tcx.AdtDef(a.Def).Variants[0].Fields.Length; i++) AddPlace(place.Project(ProjectionElem.Field(i, _tcx.Traits.FieldTy(a, 0, i))), _tcx.Traits.FieldTy(a, 0, i));
                    break;
                case AdtTy a:
                {
                    var dt = _tcx.Traits.DiscriminantTy(a);
                    int d = _b.NewLocal(dt), after = _b.NewBlock(), some = _b.NewBlock();
                    Assign(new Place(d), new Rvalue.Discriminant(place));
                    Add(Operand.Copy(new Place(d)), dt);
                    _b.Switch(_block, Operand.Move(new Place(d)), [1], [some, after]);
                    _block = some;
                    AddPlace(place.Project(ProjectionElem.Downcast(1, _tcx.AdtDef(a.Def).Variants[1].Name)).Project(ProjectionElem.Field(0, _u32)), _u32);
                    _b.Goto(_block, after);
                    _block = after;
                    break;
                }
            }
        }
        foreach (var (ty, list) in _locals) foreach (int local in list) AddPlace(new Place(local), ty);
        AddPlace(new Place(_rawPointer).Project(ProjectionElem.Deref), _u32);
        Assign(Place.Return, new Rvalue.Use(Operand.Move(new Place(sum))));
    }
}
