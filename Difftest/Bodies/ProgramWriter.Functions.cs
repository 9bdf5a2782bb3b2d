using Mirlink.Difftest.Generate;
using Mirlink.Mir;

namespace Mirlink.Difftest.Bodies;

internal sealed partial class ProgramWriter
{
    private Param NewParam()
    {
        var t = AnyType();
        switch (choices.Weighted([60, 10, 10, 10, 6, Drops ? 12 : 0]))
        {
            case 1: return new Param(ParamMode.Shared, t, Interner.Ref(t.Ty, Mutability.Not));
            case 2: return new Param(ParamMode.Exclusive, t, Interner.Ref(t.Ty, Mutability.Mut));
            case 3: return new Param(ParamMode.Raw, t, Interner.RawPtr(t.Ty, Mutability.Mut));
            case 4:
                {
                    var element = Element(6);
                    return new Param(ParamMode.Slice, element, Interner.Ref(Interner.Slice(element.Ty), Mutability.Not));
                }
            case 5: return new Param(ParamMode.Droppable, null, DroppableType());
            default: return new Param(ParamMode.Value, t, t.Ty);
        }
    }

    public Ty DroppableType()
    {
        var d = items.Traits.DroppableTy;
        return choices.Below(5) switch
        {
            0 => Interner.Tuple([Interner.U8, d]),
            1 => Interner.Adt(items.Maybe, Interner.Args([d])),
            2 => Interner.Array(d, 2),
            3 => Interner.Adt(items.Wrapper, Interner.Args([d])),
            _ => d,
        };
    }

    private void AddFunction()
    {
        var parameters = new Param[choices.Weighted([15, 25, 25, 15, 10, 5, 5])];
        for (int i = 0; i < parameters.Length; i++) parameters[i] = NewParam();
        var ret = AnyType();
        var abi = choices.Percent(15) ? ExternAbi.C : ExternAbi.Rust;
        Ty[] inputs = [items.ContextPtr, .. parameters.Select(static p => p.Ty)];
        var def = items.AddFunction(NewName("f"), inputs, ret.Ty, RandomInline(), abi);
        var info = new FunctionInfo(def, parameters, ret, items.Crate[def].Sig!);
        new FunctionWriter(this, parameters, ret) { IsSmall = choices.Percent(35), Self = info }.Write(def);
        Functions.Add(info);
    }

    /// <summary>Two functions that differ in a constant alone: what merging must tell apart.</summary>
    private void AddTwins()
    {
        var t = items.U64;
        for (int i = 0; i < 2; i++)
        {
            var def = items.AddFunction(NewName("twin"), [items.ContextPtr, t.Ty], t.Ty, InlineAttr.Never);
            var b = new BodyDraft(t.Ty, [items.ContextPtr, t.Ty]);
            b.Assign(new Place(0), new Rvalue.BinaryOp(BinOp.BitXor, Operand.Copy(new Place(2)), CommonItems.Int(choices.NextBits(), t.Ty)));
            b.Return();
            items.Crate[def].Body = b.Finish(def);
            Functions.Add(new FunctionInfo(def, [new Param(ParamMode.Value, t, t.Ty)], t, items.Crate[def].Sig!));
        }
    }

    /// <summary>A function of the context only: what is called first.</summary>
    private DefId AddThunk()
    {
        var def = items.AddFunction(NewName("run"), [items.ContextPtr], Interner.Unit, InlineAttr.Never);
        new FunctionWriter(this, [], null) { MustCall = true }.Write(def);
        return def;
    }

    private DefId AddEntry(List<DefId> thunks)
    {
        var u64 = items.U64.Ty;
        var def = items.AddFunction(name, [], u64, InlineAttr.Never);
        var b = new BodyDraft(u64, []);
        int context = b.NewLocal(items.ContextTy), exception = b.NewLocal(items.ExceptionTy), zeros = b.NewLocal(Interner.Array(u64, 4)), seed = b.NewLocal(u64), pointer = b.NewLocal(items.ContextPtr), unit = b.NewLocal(Interner.Unit);
        b.Assign(zeros, new Rvalue.Repeat(CommonItems.Int(0, u64), Interner.ConstUsize(4)));
        b.Assign(exception, new Rvalue.Aggregate(AggregateKind.Adt, [Operand.Copy(new Place(zeros))]) { Def = ((AdtTy)items.ExceptionTy).Def, Args = Interner.NoArgs });
        // Nobody who optimizes shall know what comes.
        b.Call(items.Intrinsic("black_box", static i => ([i.Param(0, "T")], i.Param(0, "T")), u64), [CommonItems.Int(choices.NextBits(), u64)], new Place(seed), UnwindAction.Continue);
        b.Assign(context, new Rvalue.Aggregate(AggregateKind.Adt, [Operand.Copy(new Place(seed)), CommonItems.Int((U128)choices.Between(10, 60), Interner.U32), Operand.Copy(new Place(exception))])
        { Def = ((AdtTy)items.ContextTy).Def, Args = Interner.NoArgs });
        b.Assign(pointer, new Rvalue.RawPtr(RawPtrKind.Mut, new Place(context)));
        foreach (var thunk in thunks)
        {
            if (!Unwinds)
            {
                b.Call(items.FunctionOperand(thunk), [Operand.Copy(new Place(pointer))], new Place(unit), UnwindAction.Continue);
                continue;
            }
            var run = Interner.FnPtr(new Binder<FnSig>(new FnSig([items.ContextPtr], Interner.Unit, false, Safety.Safe, ExternAbi.Rust), []));
            int function = b.NewLocal(run), caught = b.NewLocal(Interner.I32);
            b.Assign(function, new Rvalue.Cast(CastKind.ReifyFnPointer, items.FunctionOperand(thunk), run));
            b.Call(items.CatchUnwind(run), [Operand.Copy(new Place(function)), Operand.Copy(new Place(pointer)), items.CatchFunction(b)], new Place(caught), UnwindAction.Continue);
        }
        b.Use(0, Operand.Copy(new Place(context, [ProjectionElem.Field(CommonItems.HashField, u64)])));
        b.Return();
        items.Crate[def].Body = b.Finish(def);
        return def;
    }

    /// <summary>A union of an integer type with the others of its size, and with its bytes.</summary>
    public (Ty Ty, ValueType[] Fields) UnionOf(ValueType t)
    {
        if (_unions.TryGetValue(t.Size, out var known)) return known;
        ValueType[] fields = [.. Array.FindAll(items.Ints, i => i.Size == t.Size), ArrayOf(items.Scalar(Interner.U8), t.Size)];
        var union = (items.AddUnion(NewName("U"), Types(fields), new ReprOptions(null, null, null, ReprFlags.C, 0)).Ty, fields);
        _unions.Add(t.Size, union);
        return union;
    }

    private readonly Dictionary<int, (Ty, ValueType[])> _unions = [];

    // -- generics ------------------------------------------------------------------------------------------------------------------------------

    /// <summary>A function generic over T: Digest, and the types that it will be called with.</summary>
    private void AddGeneric()
    {
        var i = Interner;
        var t = i.Param(0, "T");
        var u64 = items.U64.Ty;
        var def = items.AddFunction(NewName("g"), [items.ContextPtr, t, i.Ref(t, Mutability.Not), u64], t, RandomInline(), typeParams: ["T"]);
        items.Crate[def].Predicates = [new Binder<Clause>(new Clause.Trait(new TraitRef(items.Traits.Trait, i.Args([t])), false), [])];
        var b = new BodyDraft(t, [items.ContextPtr, t, i.Ref(t, Mutability.Not), u64]);
        var maybe = i.Adt(items.Maybe, i.Args([t]));
        var wrapper = i.Adt(items.Wrapper, i.Args([t]));
        var pair = i.Tuple([t, u64]);
        var array = i.Array(t, 3);
        int m = b.NewLocal(maybe), w = b.NewLocal(wrapper), p = b.NewLocal(pair), a = b.NewLocal(array), x = b.NewLocal(t), n = b.NewLocal(u64);
        b.Use(x, Operand.Copy(new Place(2)));
        b.Use(n, Operand.Copy(new Place(4)));
        if (choices.Percent(70)) b.Assign(m, new Rvalue.Aggregate(AggregateKind.Adt, [Operand.Copy(new Place(x))]) { Def = items.Maybe, Args = i.Args([t]), Variant = 1 });
        else b.Assign(m, new Rvalue.Aggregate(AggregateKind.Adt, []) { Def = items.Maybe, Args = i.Args([t]), Variant = 0 });
        b.Assign(w, new Rvalue.Aggregate(AggregateKind.Adt, [CommonItems.Int(7, i.U8), Operand.Copy(new Place(x))]) { Def = items.Wrapper, Args = i.Args([t]) });
        b.Assign(p, new Rvalue.Aggregate(AggregateKind.Tuple, [Operand.Copy(new Place(x)), Operand.Copy(new Place(n))]));
        b.Assign(a, new Rvalue.Aggregate(AggregateKind.Array, [Operand.Copy(new Place(x)), Operand.Copy(new Place(3, [ProjectionElem.Deref])), Operand.Copy(new Place(x))]) { Ty = t });
        var places = new List<Place>
        {
            new(x), new(w, [ProjectionElem.Field(1, t)]), new(p, [ProjectionElem.Field(0, t)]), new(a, [Element(0, 3)]), new(a, [Element(1, 3)]), new(a, [Element(2, 3)]),
        };
        int steps = choices.Between(3, 9);
        for (int k = 0; k < steps; k++)
        {
            switch (choices.Below(6))
            {
                case 0: b.Use(choices.In(places), Operand.Copy(choices.In(places))); break;
                case 1: EmitDigest(b, choices.In(places), t, n); break;
                case 2: EmitDynamicDigest(b, choices.In(places), t, n); break;
                case 3:
                    {
                        int size = b.NewLocal(i.Usize), wide = b.NewLocal(u64);
                        b.Call(items.Intrinsic(choices.Percent(50) ? "size_of" : "align_of", static q => ([], q.Usize), choices.Of<Ty>(t, maybe, wrapper, pair)), [], new Place(size), UnwindAction.Continue);
                        b.Assign(wide, new Rvalue.Cast(CastKind.IntToInt, Operand.Copy(new Place(size)), u64));
                        items.MixCall(b, Operand.Copy(new Place(wide)));
                        break;
                    }
                case 4:
                    {
                        int d = b.NewLocal(i.Isize), other = b.NewBlock(), some = b.NewBlock(), join = b.NewBlock();
                        b.Assign(d, new Rvalue.Discriminant(new Place(m)));
                        b.Switch(Operand.Copy(new Place(d)), [1], [some, other]);
                        b.Current = some;
                        b.Use(choices.In(places), Operand.Copy(new Place(m, [ProjectionElem.Downcast(1), ProjectionElem.Field(0, t)])));
                        b.Goto(join);
                        b.Current = other;
                        b.Assign(m, new Rvalue.Aggregate(AggregateKind.Adt, [Operand.Copy(choices.In(places))]) { Def = items.Maybe, Args = i.Args([t]), Variant = 1 });
                        b.Goto(join);
                        b.Current = join;
                        break;
                    }
                default:
                    if (choices.Percent(50)) b.Assign(m, new Rvalue.Aggregate(AggregateKind.Adt, [Operand.Copy(choices.In(places))]) { Def = items.Maybe, Args = i.Args([t]), Variant = 1 });
                    else b.Assign(a, new Rvalue.Repeat(Operand.Copy(choices.In(places)), i.ConstUsize(3)));
                    break;
            }
        }
        items.MixCall(b, Operand.Copy(new Place(n)));
        b.Use(0, Operand.Copy(choices.In(places)));
        b.Return();
        items.Crate[def].Body = b.Finish(def);
        int instances = choices.Between(1, 3);
        for (int k = 0; k < instances; k++)
        {
            // Some go into an enum.
            var type = AnyType() is { HasUnwrittenNiche: false } any ? any : Scalar();
            Implement(type);
            GenericFunctions.Add((def, type.Ty, type));
        }
    }

    private void EmitDigest(BodyDraft b, Place value, Ty t, int n)
    {
        int r = b.NewLocal(Interner.Ref(t, Mutability.Not));
        b.Assign(r, new Rvalue.Ref(BorrowKind.Shared, value));
        b.Call(items.FunctionOperand(items.Traits.Method, t), [Operand.Copy(new Place(r)), Operand.Copy(new Place(1)), Operand.Copy(new Place(n))], new Place(n), UnwindAction.Continue);
    }

    private void EmitDynamicDigest(BodyDraft b, Place value, Ty t, int n)
    {
        var dyn = items.Traits.Object;
        int r = b.NewLocal(Interner.Ref(t, Mutability.Not)), wide = b.NewLocal(Interner.Ref(dyn, Mutability.Not));
        b.Assign(r, new Rvalue.Ref(BorrowKind.Shared, value));
        b.Assign(wide, new Rvalue.Cast(CastKind.Unsize, Operand.Copy(new Place(r)), Interner.Ref(dyn, Mutability.Not)));
        b.Call(items.FunctionOperand(items.Traits.Method, dyn), [Operand.Copy(new Place(wide)), Operand.Copy(new Place(1)), Operand.Copy(new Place(n))], new Place(n), UnwindAction.Continue);
    }

    /// <summary>An impl of Digest, unless the batch has one for the type.</summary>
    private void Implement(ValueType t)
    {
        // What is chosen must not depend on whether another program was first.
        if (!t.IsScalar) HasherOf(t);
        if (!items.Implemented.Add(t.Ty)) return;
        var u64 = items.U64.Ty;
        var method = items.Traits.AddImpl(t.Ty);
        // The hashing code expects the context in the first argument.
        var helper = items.AddFunction(NewName("digest"), [items.ContextPtr, Interner.Ref(t.Ty, Mutability.Not), u64], u64, InlineAttr.None);
        var b = new BodyDraft(u64, [items.ContextPtr, Interner.Ref(t.Ty, Mutability.Not), u64]);
        EmitHash(b, new Place(2, [ProjectionElem.Deref]), t);
        b.Assign(0, new Rvalue.BinaryOp(BinOp.Mul, Operand.Copy(new Place(3)), CommonItems.Int(0xD1342543DE82EF95, u64)));
        b.Return();
        items.Crate[helper].Body = b.Finish(helper);
        b = new BodyDraft(u64, [Interner.Ref(t.Ty, Mutability.Not), items.ContextPtr, u64]);
        b.Call(items.FunctionOperand(helper), [Operand.Copy(new Place(2)), Operand.Copy(new Place(1)), Operand.Copy(new Place(3))], new Place(0), UnwindAction.Continue);
        b.Return();
        items.Crate[method].Body = b.Finish(method);
    }
}
