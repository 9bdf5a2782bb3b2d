using Mirlink.Mir.Dataflow;

namespace Mirlink.Mir.Passes;

/// <summary>
/// Global value numbering: what is computed again is taken from where it was computed before, if that is on every way here. Values are those of locals
/// that are assigned once; reads of memory count as the same while nothing that could change it stands between, or while a shared reference to what has
/// no cells says that nothing does. Constants are propagated over the numbers, arithmetic with neutral elements and chains of casts are simplified.
/// </summary>
public sealed class Gvn : IMirPass
{
    public string Name => "gvn";

    public bool Run(Body body, PassContext context)
    {
        var ssa = PassHistory.SsaOf(body, out var cfg);
        var numbering = new Numbering(body, context, cfg, ssa);
        foreach (int b in cfg.ReversePostorder) numbering.Block(b);
        numbering.ExtendLifetimes();
        return numbering.Changed;
    }

    private enum ValueKind : byte { Constant, ZeroSized, Field, Downcast, Deref, Index, ConstantIndex, Binary, Unary, Cast, Discriminant, Aggregate, Address }

    /// <summary>A value by how it is made. A and B: numbers of values, or small numbers; C: a memory state, a third value, or a type's number.</summary>
    private readonly record struct Key(ValueKind Kind, int Op, int A, int B, long C);

    private sealed class Borrows(Body body) : PlaceVisitor
    {
        public readonly BitSet Locals = new(body.Locals.Length);
        public Borrows Run() { VisitBody(body); return this; }
        protected override void Visit(in Place place, PlaceUse use)
        {
            if (use is PlaceUse.Borrow or PlaceUse.Drop && !place.IsBehindPointer) Locals[place.Local] = true;
        }
    }

    private sealed class Numbering : BodyRewriter
    {
        private const int None = -1;

        private readonly Body _body;
        private readonly PassContext _context;
        private readonly TyCtxt _tcx;
        private readonly Cfg _cfg;
        private readonly SsaLocals _ssa;
        private readonly BitSet _borrowed;
        private readonly Dictionary<Key, int> _numbers = [];
        /// <summary>By local: its value's number, <see cref="None"/> for locals that are assigned several times.</summary>
        private readonly int[] _ofLocal;
        /// <summary>By number: the last local that got the value, and by local the one before it.</summary>
        private readonly List<int> _holder = [];
        private readonly int[] _previousHolder;
        private readonly int[] _definedIn;
        /// <summary>By number: what it is, if it is a constant; and the key it was made by.</summary>
        private readonly List<ConstOperand?> _constants = [];
        private readonly List<Key> _keys = [];
        private readonly List<Ty?> _types = [];
        private readonly BitSet _extended;
        private bool _anyExtended;
        /// <summary>The state of memory: equal numbers, equal contents.</summary>
        private int _memory, _nextMemory;
        private readonly int[] _memoryAfter;
        private int _block;

        public bool Changed { get; private set; }

        public Numbering(Body body, PassContext context, Cfg cfg, SsaLocals ssa)
        {
            (_body, _context, _tcx, _cfg) = (body, context, context.Tcx, cfg);
            _ssa = ssa;
            _borrowed = new Borrows(body).Run().Locals;
            int n = body.Locals.Length;
            _ofLocal = new int[n];
            Array.Fill(_ofLocal, None);
            _previousHolder = new int[n];
            _definedIn = new int[n];
            _extended = new BitSet(n);
            _memoryAfter = new int[body.Blocks.Length];
            _decision = new int[body.Blocks.Length];
            Array.Fill(_decision, None);
            _valuesAfter = new Dictionary<int, int>?[body.Blocks.Length];
            for (int i = 1; i <= body.ArgCount; i++) if (_ssa.IsSsa(i)) Define(i, Opaque(body.Locals[i].Ty), 0);
        }

        // -- numbers ------------------------------------------------------------------------------------------------------------------------------------

        private int New(in Key key, Ty? ty)
        {
            _holder.Add(None);
            _constants.Add(null);
            _keys.Add(key);
            _types.Add(ty);
            return _holder.Count - 1;
        }

        private static readonly Key s_opaque = new((ValueKind)255, 0, 0, 0, 0);

        private int Opaque(Ty? ty) => New(s_opaque, ty);

        private int Of(in Key key, Ty? ty)
        {
            if (!_numbers.TryGetValue(key, out int number)) _numbers.Add(key, number = New(key, ty));
            return number;
        }

        private int OfConstant(ConstOperand c)
        {
            var ty = c.Const.Type;
            switch (c.Const)
            {
                case MirConst.Val { Value: ConstValue.ZeroSized }: return Of(new Key(ValueKind.ZeroSized, 0, 0, 0, ty.Id), ty);
                case MirConst.Val { Value: ConstValue.Scalar s }:
                {
                    int number = Of(new Key(ValueKind.Constant, (int)(uint)(s.Int.Bits >> 64), (int)(uint)(s.Int.Bits >> 96), ty.Id, (long)(ulong)s.Int.Bits), ty);
                    _constants[number] ??= c;
                    return number;
                }
                // The length of an array in its type.
                case MirConst.OfTy when ty is PrimTy { Kind: not TyKind.Float } && _context.ConstantBits(new Operand(OperandKind.Constant, default, c)) is { } bits: return Scalar(bits, ty);
                default: return Opaque(ty);
            }
        }

        private void Define(int local, int number, int block)
        {
            _ofLocal[local] = number;
            _definedIn[local] = block;
            if (_tcx.Layouts.LayoutOf(_body.Locals[local].Ty) is not { Repr.IsMemory: false }) return;
            _previousHolder[local] = _holder[number];
            _holder[number] = local;
        }

        /// <summary>A local that has the value wherever this block is reached, and that type; null for none.</summary>
        private int? Holder(int number, Ty ty)
        {
            for (int l = _holder[number]; l != None; l = _previousHolder[l])
                if (_ssa.Dominators.Dominates(_definedIn[l], _block) && ReferenceEquals(_body.Locals[l].Ty, ty)) return l;
            return null;
        }

        // -- locals that change ---------------------------------------------------------------------------------------------------------------------------

        /// <summary>Values beyond which a block does not tell the next what its locals hold.</summary>
        private const int MaxKnown = 64;

        /// <summary>
        /// What locals that are assigned several times hold where the walk is. Such a number is like that of a local assigned where it was made: all that is said of
        /// it is said on the only way from there.
        /// </summary>
        private Dictionary<int, int> _values = [];
        /// <summary>By block: the values at its end, for those who come from nowhere else. Null for none.</summary>
        private readonly Dictionary<int, int>?[] _valuesAfter;

        /// <summary>The number of a local's value; <see cref="None"/> where it may change unseen.</summary>
        private int OfLocal(int local)
        {
            if (_ofLocal[local] != None || _borrowed[local] || _ssa.IsSsa(local)) return _ofLocal[local];
            if (!_values.TryGetValue(local, out int number)) _values.Add(local, number = Opaque(_body.Locals[local].Ty));
            return number;
        }

        private void Changes(int local, int number)
        {
            if (_ofLocal[local] != None || _borrowed[local] || _ssa.IsSsa(local)) return;
            if (number != None && ReferenceEquals(_types[number], _body.Locals[local].Ty)) _values[local] = number;
            else _values.Remove(local);
        }

        // -- what branches say ----------------------------------------------------------------------------------------------------------------------------

        /// <summary>By number: what the value is in the blocks that a block dominates, latest last.</summary>
        private readonly Dictionary<int, List<(int Block, U128 Bits)>> _facts = [];
        /// <summary>By block: the number of what its switch or assertion looks at.</summary>
        private readonly int[] _decision;

        /// <summary>On the only way into a block, a value was looked at.</summary>
        private void LearnFrom(int predecessor, int block)
        {
            int number = _decision[predecessor];
            if (number == None) return;
            switch (_body.Blocks[predecessor].Terminator)
            {
                case Terminator.Assert a when a.Target == block: Learn(number, a.Expected ? 1u : 0u, block); break;
                case Terminator.SwitchInt s:
                {
                    int target = Array.IndexOf(s.Targets, block);
                    if (Array.LastIndexOf(s.Targets, block) != target) return;
                    if (target < s.Values.Length) Learn(number, s.Values[target], block);
                    else if (s.Values.Length == 1 && _types[number] is PrimTy { IsBool: true }) Learn(number, (U128)s.Values[0] ^ 1, block);
                    break;
                }
            }
        }

        private void Learn(int number, U128 bits, int block)
        {
            if (_types[number] is not PrimTy { Kind: not TyKind.Float } ty) return;
            if (!_facts.TryGetValue(number, out var list)) _facts.Add(number, list = []);
            list.Add((block, bits));
            var key = _keys[number];
            if (key.Kind == ValueKind.Unary && key.Op == (int)UnOp.Not && ty.IsBool) Learn(key.A, bits ^ 1, block);
            if (key.Kind != ValueKind.Binary) return;
            // What equals a constant is one.
            if (key.Op == (int)BinOp.Eq && bits == 1)
            {
                if (Bits(key.A) is { } a) Learn(key.B, a, block);
                else if (Bits(key.B) is { } b) Learn(key.A, b, block);
            }
            if (key.Op == (int)BinOp.Lt) LearnOrder(key.A, key.B, bits == 1, block);
        }

        // -- ranges ---------------------------------------------------------------------------------------------------------------------------------------

        /// <summary>A bound of an unsigned value in the blocks that a block dominates.</summary>
        private readonly record struct Bound(int Block, U128 Low, U128 High);

        private readonly Dictionary<int, List<Bound>> _bounds = [];
        /// <summary>Values that were seen to be less than another one: not the largest of their type.</summary>
        private readonly Dictionary<int, List<int>> _notLargest = [];

        private void LearnOrder(int left, int right, bool less, int block)
        {
            if (_types[left] is not PrimTy { Kind: TyKind.Uint } ty) return;
            var largest = IntegerFolding.Truncate(U128.MaxValue, ty);
            if (less)
            {
                if (!_notLargest.TryGetValue(left, out var blocks)) _notLargest.Add(left, blocks = []);
                blocks.Add(block);
            }
            if (Bits(right) is { } r) AddBound(left, less ? new Bound(block, 0, r == 0 ? 0 : r - 1) : new Bound(block, r, largest));
            else if (Bits(left) is { } l) AddBound(right, less ? new Bound(block, l == largest ? l : l + 1, largest) : new Bound(block, 0, l));
        }

        private void AddBound(int number, Bound bound)
        {
            if (!_bounds.TryGetValue(number, out var list)) _bounds.Add(number, list = []);
            list.Add(bound);
        }

        /// <summary>What an unsigned value is not below and not above, where the walk is.</summary>
        private (U128 Low, U128 High) RangeOf(int number, PrimTy ty, int depth = 0)
        {
            if (Bits(number) is { } exact) return (exact, exact);
            U128 low = 0, high = IntegerFolding.Truncate(U128.MaxValue, ty);
            var key = _keys[number];
            if (depth < 4)
                switch (key.Kind)
                {
                    case ValueKind.Binary when key.Op == (int)BinOp.BitAnd && _types[key.A] is PrimTy { Kind: TyKind.Uint } p:
                        high = U128.Min(RangeOf(key.A, p, depth + 1).High, RangeOf(key.B, p, depth + 1).High);
                        break;
                    case ValueKind.Binary when key.Op == (int)BinOp.Rem && _types[key.A] is PrimTy { Kind: TyKind.Uint } p:
                        high = RangeOf(key.A, p, depth + 1).High;
                        if (Bits(key.B) is { } by && by > 0) high = U128.Min(high, by - 1);
                        break;
                    case ValueKind.Binary when key.Op == (int)BinOp.Div && _types[key.A] is PrimTy { Kind: TyKind.Uint } p && Bits(key.B) is { } divisor && divisor > 0:
                        high = RangeOf(key.A, p, depth + 1).High / divisor;
                        break;
                    case ValueKind.Binary when key.Op is (int)BinOp.Shr or (int)BinOp.ShrUnchecked && _types[key.A] is PrimTy { Kind: TyKind.Uint } p && Bits(key.B) is { } shift && shift < (uint)p.ByteSize * 8:
                        high = RangeOf(key.A, p, depth + 1).High >> (int)shift;
                        break;
                    case ValueKind.Cast when key.Op == (int)CastKind.IntToInt && _types[key.A] is PrimTy { Kind: TyKind.Uint } p && p.ByteSize <= ty.ByteSize:
                        (low, high) = RangeOf(key.A, p, depth + 1);
                        break;
                }
            if (_bounds.TryGetValue(number, out var list))
                foreach (var b in list)
                    if ((b.Low > low || b.High < high) && _ssa.Dominators.Dominates(b.Block, _block))
                    {
                        low = U128.Max(low, b.Low);
                        high = U128.Min(high, b.High);
                    }
            return (low, high);
        }

        /// <summary>A comparison of unsigned values, or an overflow, that their ranges decide.</summary>
        private bool? Decided(in Key key)
        {
            if (key.Kind == ValueKind.Binary && key.Op is (int)BinOp.Lt or (int)BinOp.Eq && _types[key.A] is PrimTy { Kind: TyKind.Uint } ty)
            {
                var (aLow, aHigh) = RangeOf(key.A, ty);
                var (bLow, bHigh) = RangeOf(key.B, ty);
                // Contradicting bounds: nobody comes here.
                if (aLow > aHigh || bLow > bHigh) return null;
                if (key.Op == (int)BinOp.Eq) return aHigh < bLow || bHigh < aLow || IsKnownLess(key.A, key.B) || IsKnownLess(key.B, key.A) ? false : null;
                if (aHigh < bLow) return true;
                return aLow >= bHigh || IsKnownLess(key.B, key.A) ? false : null;
            }
            // Of the sum and whether it overflowed, the latter.
            if (key.Kind == ValueKind.Field && key.Op == 1 && _keys[key.A] is { Kind: ValueKind.Binary } sum && _types[sum.A] is PrimTy { Kind: TyKind.Uint } of)
            {
                var (aLow, aHigh) = RangeOf(sum.A, of);
                var (bLow, bHigh) = RangeOf(sum.B, of);
                if (aLow > aHigh || bLow > bHigh) return null;
                var largest = IntegerFolding.Truncate(U128.MaxValue, of);
                switch ((BinOp)sum.Op)
                {
                    case BinOp.AddWithOverflow:
                        if (aHigh <= largest - bHigh) return false;
                        return bHigh == 1 && IsNotLargest(sum.A) || aHigh == 1 && IsNotLargest(sum.B) ? false : null;
                    case BinOp.SubWithOverflow: return aLow >= bHigh || Compared(sum.B, sum.A) == 1 || Compared(sum.A, sum.B) == 0 ? false : null;
                }
            }
            return null;
        }

        private bool IsNotLargest(int number)
        {
            if (_notLargest.TryGetValue(number, out var blocks))
                foreach (int b in blocks) if (_ssa.Dominators.Dominates(b, _block)) return true;
            return false;
        }

        /// <summary>Has a dominating branch found the one less than the other?</summary>
        private bool IsKnownLess(int left, int right) => Compared(left, right) == 1;

        /// <summary>What a dominating branch found out about one being less than the other: 1 that it is, 0 that it is not.</summary>
        private U128? Compared(int left, int right) =>
            _numbers.TryGetValue(new Key(ValueKind.Binary, (int)BinOp.Lt, left, right, _tcx.Interner.Bool.Id), out int less) ? FactOf(less) : null;

        /// <summary>What branches say that a value is, where the walk is.</summary>
        private U128? FactOf(int number)
        {
            if (_facts.TryGetValue(number, out var list))
                for (int i = list.Count - 1; i >= 0; i--) if (_ssa.Dominators.Dominates(list[i].Block, _block)) return list[i].Bits;
            return null;
        }

        /// <summary>The value as a constant, always or where the walk is.</summary>
        private ConstOperand? ConstantOf(int number)
        {
            if (_constants[number] is { } always) return always;
            if (_types[number] is PrimTy { IsBool: true } && Decided(_keys[number]) is { } decided) return Constant(decided ? 1u : 0u, _tcx.Interner.Bool);
            if (_facts.Count == 0) return null;
            if (_types[number] is PrimTy p && FactOf(number) is { } fact) return Constant(fact, p);
            return _keys[number] is { Kind: ValueKind.Unary, Op: (int)UnOp.Not } k && _types[number] is PrimTy { IsBool: true } t && _facts.ContainsKey(k.A) && ConstantOf(k.A) is { Const: MirConst.Val { Value: ConstValue.Scalar s } }
                ? new ConstOperand(new MirConst.Val(new ConstValue.Scalar(new ScalarInt(s.Int.Bits ^ 1, 1)), t), Span.Dummy)
                : null;
        }

        private static ConstOperand Constant(U128 bits, PrimTy ty) => new(new MirConst.Val(new ConstValue.Scalar(new ScalarInt(bits, (byte)ty.ByteSize)), ty), Span.Dummy);

        // -- operands -----------------------------------------------------------------------------------------------------------------------------------

        private int OfOperand(in Operand operand)
        {
            if (operand.Kind == OperandKind.RuntimeChecks) return Opaque(_tcx.Interner.Bool);
            if (operand.Kind == OperandKind.Constant) return OfConstant(operand.Constant!);
            return OfPlace(operand.Place, address: false);
        }

        /// <summary>The value in a place, or a number for the place's address. Opaque where it is not known to be the same at two times.</summary>
        private int OfPlace(in Place place, bool address)
        {
            int number = OfLocal(place.Local);
            if (number == None) return Opaque(null);
            var ty = _body.Locals[place.Local].Ty;
            for (int i = 0; i < place.Projection.Length; i++)
            {
                ref readonly var e = ref place.Projection[i];
                var next = ProjectedType(ty, e);
                if (next is null) return Opaque(null);
                switch (e.Kind)
                {
                    case ProjectionKind.Deref:
                    {
                        if (ty is not (RefTy or RawPtrTy) || !_tcx.Traits.IsSized(next) && !address) return Opaque(null);
                        if (address)
                        {
                            // Only the last one: through another pointer in between, the way itself may change.
                            for (int k = i + 1; k < place.Projection.Length; k++) if (place.Projection[k].Kind == ProjectionKind.Deref) return Opaque(null);
                            number = Of(new Key(ValueKind.Deref, 2, number, 0, next.Id), next);
                            break;
                        }
                        bool constant = ty is RefTy { Mutbl: Mutability.Not } && _tcx.Traits.IsFreeze(next);
                        number = Of(new Key(ValueKind.Deref, constant ? 1 : 0, number, constant ? 0 : _memory, next.Id), next);
                        break;
                    }
                    case ProjectionKind.Field:
                        number = Field(number, e.Index, next);
                        break;
                    case ProjectionKind.Downcast:
                        number = Of(new Key(ValueKind.Downcast, e.Index, number, 0, 0), next);
                        break;
                    case ProjectionKind.Index:
                        if (OfLocal(e.Index) is not (>= 0 and var index)) return Opaque(null);
                        number = Of(new Key(ValueKind.Index, 0, number, index, next.Id), next);
                        break;
                    case ProjectionKind.ConstantIndex when !e.FromEnd:
                        number = Of(new Key(ValueKind.ConstantIndex, 0, number, 0, (long)e.Offset), next);
                        break;
                    default:
                        return Opaque(null);
                }
                ty = next;
            }
            return number;
        }

        private Ty? ProjectedType(Ty ty, in ProjectionElem e) => e.Kind switch
        {
            ProjectionKind.Deref => ty.BuiltinDeref,
            ProjectionKind.Field => e.Ty,
            ProjectionKind.Downcast => ty,
            ProjectionKind.Index or ProjectionKind.ConstantIndex => ty switch { ArrayTy a => a.Element, SliceTy s => s.Element, _ => null },
            _ => null,
        };

        /// <summary>A field of what was just made of parts is that part.</summary>
        private int Field(int of, int index, Ty ty)
        {
            var key = _keys[of];
            int variant = 0, aggregate = of;
            if (key.Kind == ValueKind.Downcast)
            {
                variant = key.Op;
                aggregate = key.A;
                key = _keys[aggregate];
            }
            if (key.Kind == ValueKind.Aggregate && key.B == variant && _parts.TryGetValue(aggregate, out var parts) && index < parts.Length && ReferenceEquals(_types[parts[index]], ty)) return parts[index];
            return Of(new Key(ValueKind.Field, index, of, 0, ty.Id), ty);
        }

        /// <summary>By the number of an aggregate: the numbers of its operands.</summary>
        private readonly Dictionary<int, int[]> _parts = [];

        // -- rvalues ------------------------------------------------------------------------------------------------------------------------------------

        private int OfRvalue(Rvalue rvalue, Ty ty)
        {
            switch (rvalue)
            {
                case Rvalue.Use r: return OfOperand(r.Operand);
                case Rvalue.CopyForDeref r: return OfPlace(r.Place, address: false);
                case Rvalue.BinaryOp r: return Binary(r, ty);
                case Rvalue.UnaryOp r: return Unary(r, ty);
                case Rvalue.Cast r: return Cast(r);
                case Rvalue.Discriminant r:
                {
                    int of = OfPlace(r.Place, address: false);
                    if (_keys[of] is { Kind: ValueKind.Aggregate } k && _types[of] is AdtTy a && _tcx.AdtDef(a.Def).IsEnum) return Scalar(_tcx.Traits.DiscriminantFor(a, k.B), ty);
                    return Of(new Key(ValueKind.Discriminant, 0, of, 0, ty.Id), ty);
                }
                // Raw pointers to the same place are the same pointer. References are not: each says something of its own time.
                case Rvalue.RawPtr { Place: { Projection: [{ Kind: ProjectionKind.Deref }, ..] } p }: return Of(new Key(ValueKind.Address, 0, OfPlace(p, address: true), 0, ty.Id), ty);
                case Rvalue.Ref r: return Reborrow(r.Place, ty);
                case Rvalue.Aggregate r: return Aggregate(r, ty);
                default: return Opaque(ty);
            }
        }

        private int Scalar(U128 bits, Ty ty) => ty is PrimTy p ? OfConstant(new ConstOperand(new MirConst.Val(new ConstValue.Scalar(new ScalarInt(IntegerFolding.Truncate(bits, p), (byte)p.ByteSize)), p), Span.Dummy)) : Opaque(ty);

        private U128? Bits(int number) => _constants[number] is { Const: MirConst.Val { Value: ConstValue.Scalar s, Ty: PrimTy { Kind: not TyKind.Float } } } ? s.Int.Bits : null;

        private int Binary(Rvalue.BinaryOp r, Ty ty)
        {
            int left = OfOperand(r.Left), right = OfOperand(r.Right);
            var operandTy = _types[left];
            if (operandTy is PrimTy { Kind: not TyKind.Float } p)
            {
                if (Bits(left) is { } x && Bits(right) is { } y && _types[right] is PrimTy q && IntegerFolding.Binary(r.Op, p, x, q, y) is { } folded) return Scalar(folded, ty);
                if (Neutral(r.Op, p, left, right, ty) is { } simple) return simple;
                // Each comparison is "less" or "equal", or that it is not so.
                switch (r.Op)
                {
                    case BinOp.Gt: return Of(new Key(ValueKind.Binary, (int)BinOp.Lt, right, left, ty.Id), ty);
                    case BinOp.Ge: return Not(Of(new Key(ValueKind.Binary, (int)BinOp.Lt, left, right, ty.Id), ty));
                    case BinOp.Le: return Not(Of(new Key(ValueKind.Binary, (int)BinOp.Lt, right, left, ty.Id), ty));
                    case BinOp.Ne: return Not(Of(new Key(ValueKind.Binary, (int)BinOp.Eq, Math.Min(left, right), Math.Max(left, right), ty.Id), ty));
                }
                if (right < left && r.Op is BinOp.Add or BinOp.AddUnchecked or BinOp.AddWithOverflow or BinOp.Mul or BinOp.MulUnchecked or BinOp.MulWithOverflow or BinOp.BitAnd or BinOp.BitOr or BinOp.BitXor or BinOp.Eq)
                    (left, right) = (right, left);
            }
            return Of(new Key(ValueKind.Binary, (int)r.Op, left, right, ty.Id), ty);
        }

        private int? Neutral(BinOp op, PrimTy p, int left, int right, Ty ty)
        {
            if (Bits(right) is { } y)
                switch (op)
                {
                    case BinOp.Add or BinOp.AddUnchecked or BinOp.Sub or BinOp.SubUnchecked or BinOp.BitOr or BinOp.BitXor or BinOp.Shl or BinOp.ShlUnchecked or BinOp.Shr or BinOp.ShrUnchecked when y == 0: return left;
                    case BinOp.Mul or BinOp.MulUnchecked or BinOp.Div when y == 1: return left;
                    case BinOp.BitAnd or BinOp.Mul when y == 0: return Scalar(0, ty);
                    case BinOp.BitAnd when y == IntegerFolding.Truncate(U128.MaxValue, p) && !p.IsBool: return left;
                    case BinOp.Lt when y == 0 && !p.IsSigned: return Scalar(0, ty);
                    case BinOp.Ge when y == 0 && !p.IsSigned: return Scalar(1, ty);
                }
            if (Bits(left) is { } x && x == 0)
                switch (op)
                {
                    case BinOp.Add or BinOp.AddUnchecked or BinOp.BitOr or BinOp.BitXor: return right;
                    case BinOp.BitAnd or BinOp.Mul: return Scalar(0, ty);
                }
            if (left != right) return null;
            return op switch
            {
                BinOp.Eq or BinOp.Le or BinOp.Ge => Scalar(1, ty),
                BinOp.Ne or BinOp.Lt or BinOp.Gt => Scalar(0, ty),
                BinOp.BitXor or BinOp.Sub => Scalar(0, ty),
                BinOp.BitAnd or BinOp.BitOr => left,
                _ => null,
            };
        }

        private int Not(int of) => Of(new Key(ValueKind.Unary, (int)UnOp.Not, of, 0, _tcx.Interner.Bool.Id), _tcx.Interner.Bool);

        private int Unary(Rvalue.UnaryOp r, Ty ty)
        {
            int of = OfOperand(r.Operand);
            // The length that a slice was made of.
            if (r.Op == UnOp.PtrMetadata && MetadataOf(of) is { } metadata && ReferenceEquals(_types[metadata], ty)) return metadata;
            if (r.Op == UnOp.Not && _keys[of] is { Kind: ValueKind.Unary, Op: (int)UnOp.Not } k) return k.A;
            if (Bits(of) is { } x && _types[of] is PrimTy p && r.Op != UnOp.PtrMetadata) return Scalar(r.Op == UnOp.Neg ? 0 - x : p.IsBool ? x ^ 1 : ~x, ty);
            return Of(new Key(ValueKind.Unary, (int)r.Op, of, 0, ty.Id), ty);
        }

        /// <summary>By the number of a pointer: that of its metadata.</summary>
        private readonly Dictionary<int, int> _metadata = [];

        private int? MetadataOf(int pointer)
        {
            if (_keys[pointer] is { Kind: ValueKind.Aggregate, Op: -1 } made) return made.B;
            return _metadata.TryGetValue(pointer, out int known) ? known : null;
        }

        /// <summary>A reference to all that a pointer points to has the pointer's metadata.</summary>
        private int Reborrow(in Place place, Ty ty)
        {
            int number = Opaque(ty);
            if (place.Projection is not [{ Kind: ProjectionKind.Deref }] || OfLocal(place.Local) is not (>= 0 and var pointer)) return number;
            if (_body.Locals[place.Local].Ty.BuiltinDeref is not SliceTy) return number;
            _metadata.Add(number, MetadataOf(pointer) ?? Of(new Key(ValueKind.Unary, (int)UnOp.PtrMetadata, pointer, 0, _tcx.Interner.Usize.Id), _tcx.Interner.Usize));
            return number;
        }

        private int Cast(Rvalue.Cast r)
        {
            // What the address of a pointer is told to the world for is not taken back.
            if (r.Kind is CastKind.PointerExposeProvenance or CastKind.PointerWithExposedProvenance or CastKind.ReifyFnPointer or CastKind.ClosureFnPointer) return Opaque(r.Ty);
            int of = OfOperand(r.Operand);
            var from = _types[of];
            if (ReferenceEquals(from, r.Ty) && r.Kind is CastKind.Transmute or CastKind.PtrToPtr or CastKind.IntToInt or CastKind.Subtype or CastKind.MutToConstPointer) return of;
            if (r.Kind == CastKind.IntToInt && Bits(of) is { } bits && from is PrimTy p && r.Ty is PrimTy to) return Scalar(IntegerFolding.Cast(bits, p, to), to);
            // There and back again, with pointers staying pointers on the way.
            if (_keys[of] is { Kind: ValueKind.Cast } k && from is not PrimTy && ReferenceEquals(_types[k.A], r.Ty)
                && (r.Kind == CastKind.Transmute && k.Op == (int)CastKind.Transmute || r.Kind == CastKind.PtrToPtr && k.Op == (int)CastKind.PtrToPtr && IsThin(from) && IsThin(r.Ty)))
                return k.A;
            return Of(new Key(ValueKind.Cast, (int)r.Kind, of, 0, r.Ty.Id), r.Ty);
        }

        private bool IsThin(Ty? pointer) => pointer?.BuiltinDeref is { } pointee && _tcx.Traits.IsSized(pointee);

        private int Aggregate(Rvalue.Aggregate r, Ty ty)
        {
            if (r.ActiveField >= 0 || r.Kind is AggregateKind.Coroutine or AggregateKind.CoroutineClosure) return Opaque(ty);
            var parts = new int[r.Operands.Length];
            for (int i = 0; i < parts.Length; i++) parts[i] = OfOperand(r.Operands[i]);
            if (r.Kind == AggregateKind.RawPtr) return parts.Length == 2 ? Of(new Key(ValueKind.Aggregate, -1, parts[0], parts[1], ty.Id), ty) : Opaque(ty);
            if (r.Kind == AggregateKind.Array) return Opaque(ty);
            if (Whole(parts, r.Variant, ty) is { } whole) return whole;
            int number = parts.Length <= 1
                ? Of(new Key(ValueKind.Aggregate, parts.Length == 0 ? -2 : parts[0], 0, r.Variant, ty.Id), ty)
                : New(new Key(ValueKind.Aggregate, 0, 0, r.Variant, ty.Id), ty);
            if (parts.Length > 0) _parts[number] = parts;
            return number;
        }

        /// <summary>All the parts of something, put together as they were.</summary>
        private int? Whole(int[] parts, int variant, Ty ty)
        {
            int whole = None;
            for (int i = 0; i < parts.Length; i++)
            {
                var key = _keys[parts[i]];
                // What has no bytes can be anybody's.
                if (_types[parts[i]] is { } partTy && _tcx.Layouts.LayoutOf(partTy).IsZst) continue;
                if (key.Kind != ValueKind.Field || key.Op != i || whole != None && whole != key.A) return null;
                whole = key.A;
            }
            if (whole == None) return null;
            if (ty is AdtTy a && _tcx.AdtDef(a.Def).IsEnum)
            {
                if (_keys[whole] is not { Kind: ValueKind.Downcast } d || d.Op != variant) return null;
                whole = d.A;
            }
            return ReferenceEquals(_types[whole], ty) ? whole : null;
        }

        // -- the walk -----------------------------------------------------------------------------------------------------------------------------------

        public void Block(int b)
        {
            _block = b;
            _memory = _cfg.Predecessors[b] is [var only] && _cfg.Order[only] < _cfg.Order[b] ? _memoryAfter[only] : ++_nextMemory;
            // Who is the only one to go on from there needs no copy.
            if (_cfg.Predecessors[b] is [var way] && _cfg.Order[way] < _cfg.Order[b] && _valuesAfter[way] is { } known) _values = _cfg.Successors[way].Length == 1 ? known : new(known);
            else if (_values.Count > 0) _values = [];
            if (_cfg.Predecessors[b] is [var before] && before != b) LearnFrom(before, b);
            ref var block = ref _body.Blocks[b];
            for (int i = 0; i < block.Statements.Length; i++)
            {
                ref var s = ref block.Statements[i];
                switch (s.Kind)
                {
                    case StatementKind.Assign: Assignment(ref s); break;
                    case StatementKind.SetDiscriminant:
                        if (MayBeSeen(s.Place)) _memory = ++_nextMemory;
                        if (!s.Place.IsBehindPointer) Changes(s.Place.Local, None);
                        break;
                    case StatementKind.StorageLive or StatementKind.StorageDead: Changes(s.Place.Local, None); break;
                    case StatementKind.CopyNonOverlapping: _memory = ++_nextMemory; break;
                    case StatementKind.Assume: Reuse(ref s); break;
                }
            }
            _decision[b] = block.Terminator switch
            {
                Terminator.SwitchInt { Discr: { IsPlace: true } o } => OfOperand(o),
                Terminator.Assert { Cond: { IsPlace: true } o } => OfOperand(o),
                _ => None,
            };
            if (block.Terminator is Mir.Terminator.Call or Mir.Terminator.SwitchInt or Mir.Terminator.Assert) block.Terminator = ReuseIn(block.Terminator);
            switch (block.Terminator)
            {
                case Terminator.Call c:
                    _memory = ++_nextMemory;
                    if (!c.Destination.IsBehindPointer) Changes(c.Destination.Local, None);
                    if (c.Destination.IsLocal && _ssa.IsSsa(c.Destination.Local)) Define(c.Destination.Local, Opaque(_body.Locals[c.Destination.Local].Ty), DefiningBlock(b, c.Target));
                    break;
                case Mir.Terminator.Drop or Mir.Terminator.InlineAsm or Mir.Terminator.Yield or Mir.Terminator.TailCall:
                    _memory = ++_nextMemory;
                    _values.Clear();
                    break;
            }
            _memoryAfter[b] = _memory;
            if (_values.Count is > 0 and <= MaxKnown && _cfg.Successors[b].Length > 0) _valuesAfter[b] = _values;
        }

        /// <summary>A call's result is there where the call returns to, unless others come there too.</summary>
        private int DefiningBlock(int block, int target) => target >= 0 && _cfg.Predecessors[target] is [_] ? target : block;

        /// <summary>Could a pointer see a write to the place?</summary>
        private bool MayBeSeen(in Place place) => _borrowed[place.Local] || place.IsBehindPointer;

        private void Assignment(ref Statement s)
        {
            var ty = s.Place.IsLocal ? _body.Locals[s.Place.Local].Ty : _body.TypeOf(_tcx, s.Place);
            int number = OfRvalue(s.Rvalue!, ty);
            if (Replacement(s.Rvalue!, number, ty, s.Place.IsLocal ? s.Place.Local : None) is { } simple && _context.Consume())
            {
                s.Rvalue = simple;
                Changed = true;
            }
            else if (s.Rvalue is not Mir.Rvalue.Use)
            {
                Reuse(ref s);
            }
            if (!s.Place.IsBehindPointer) Changes(s.Place.Local, s.Place.IsLocal ? number : None);
            if (s.Place.IsLocal)
            {
                if (_borrowed[s.Place.Local]) _memory = ++_nextMemory;
                if (_ssa.IsSsa(s.Place.Local)) Define(s.Place.Local, number, _block);
                return;
            }
            if (!MayBeSeen(s.Place)) return;
            _memory = ++_nextMemory;
            // What was written is what is there now.
            if (s.Place.Projection[0].Kind != ProjectionKind.Deref || Array.FindLastIndex(s.Place.Projection, static e => e.Kind == ProjectionKind.Deref) != 0 || _tcx.Layouts.LayoutOf(ty).Repr.IsMemory || !ReferenceEquals(_types[number], ty)) return;
            int before = _holder.Count;
            int place = OfPlace(s.Place, address: false);
            if (place >= before && _keys[place].Kind != (ValueKind)255) _numbers[_keys[place]] = number;
        }

        private Rvalue.Use? Replacement(Rvalue rvalue, int number, Ty ty, int target)
        {
            if (rvalue is Rvalue.Use { Operand: { IsPlace: false } }) return null;
            if (ConstantOf(number) is { } c && ReferenceEquals(c.Const.Type, ty)) return new Rvalue.Use(new Operand(OperandKind.Constant, default, c));
            // Copies of locals are left to copy propagation.
            if (rvalue is Rvalue.Use { Operand: { IsPlace: true, Place.IsLocal: true } }) return null;
            if (Holder(number, ty) is not { } local || local == target) return null;
            Extend(local);
            return new Rvalue.Use(Mir.Operand.Copy(new Place(local)));
        }

        private void Extend(int local)
        {
            _extended[local] = true;
            _anyExtended = true;
        }

        private void Reuse(ref Statement s)
        {
            if (!HasCandidate(s)) return;
            s = Statement(s);
        }

        private bool HasCandidate(in Statement s) => s.Rvalue switch
        {
            null => true,
            Rvalue.BinaryOp r => IsCandidate(r.Left) || IsCandidate(r.Right),
            Rvalue.UnaryOp r => IsCandidate(r.Operand),
            Rvalue.Cast r => IsCandidate(r.Operand),
            Rvalue.Aggregate r => Array.Exists(r.Operands, o => IsCandidate(o)),
            _ => false,
        };

        /// <summary>Could anything but what it is stand for the operand? (Rewriting makes objects; most statements need none.)</summary>
        private bool IsCandidate(in Operand o) => o.IsPlace && OfLocal(o.Place.Local) is >= 0 and var number && (o.Place.Projection.Length > 0 || ConstantOf(number) is not null);

        private Terminator ReuseIn(Terminator t)
        {
            bool any = t switch
            {
                Terminator.Call c => Array.Exists(c.Args, o => IsCandidate(o)),
                Terminator.SwitchInt s => IsCandidate(s.Discr),
                Terminator.Assert a => IsCandidate(a.Cond) || Array.Exists(a.Operands, o => IsCandidate(o)),
                _ => false,
            };
            return any ? Terminator(t) : t;
        }

        protected override Place Place(in Place place, PlaceUse use) => place;

        protected override Operand Operand(in Operand operand)
        {
            if (!operand.IsPlace || operand.Place.IsLocal && OfLocal(operand.Place.Local) == None) return operand;
            int number = OfPlace(operand.Place, address: false);
            var ty = _body.TypeOf(_tcx, operand.Place);
            if (ConstantOf(number) is { } c && ReferenceEquals(c.Const.Type, ty) && _context.Consume())
            {
                Changed = true;
                return new Operand(OperandKind.Constant, default, c);
            }
            if (operand.Place.IsLocal || _tcx.Layouts.LayoutOf(ty).Repr.IsMemory || Holder(number, ty) is not { } local || !_context.Consume()) return operand;
            Changed = true;
            Extend(local);
            return Mir.Operand.Copy(new Place(local));
        }

        // -- lifetimes ----------------------------------------------------------------------------------------------------------------------------------

        private sealed class Demote(BitSet locals) : BodyRewriter
        {
            protected override Place Place(in Place place, PlaceUse use) => place;
            protected override Operand Operand(in Operand operand) => operand.Kind == OperandKind.Move && locals[operand.Place.Local] ? Mir.Operand.Copy(operand.Place) : operand;
        }

        /// <summary>What is read in more places than before neither ends nor is given away before them.</summary>
        public void ExtendLifetimes()
        {
            if (!_anyExtended) return;
            foreach (ref var block in _body.Blocks.AsSpan())
                foreach (ref var s in block.Statements.AsSpan())
                    if (s.Kind is StatementKind.StorageLive or StatementKind.StorageDead && _extended[s.Place.Local]) s = Mir.Statement.Nop;
            new Demote(_extended).RewriteBody(_body);
        }
    }
}
