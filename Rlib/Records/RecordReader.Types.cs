using Mirlink.Mir;

namespace Mirlink.Rlib.Records;

internal sealed partial class RecordReader
{
    private int _depth;

    private object Typed()
    {
        EnterRecursion();
        // Deeper than any type that rustc accepts.
        if (++_depth > 2000) throw Corrupt("a type is nested too deeply");
        var tag = (TypeTag)Byte();
        object result;
        if (tag == TypeTag.BackReference)
        {
            int n = Int();
            result = (uint)n < (uint)_types.Count ? _types[n] : throw Corrupt("a type refers to one that does not exist");
        }
        else
        {
            result = tag == TypeTag.Args ? ArgsBody() : ArgBody(tag);
            _types.Add(result);
        }
        _depth--;
        return result;
    }

    public GenericArg Arg() => Typed() as GenericArg ?? throw Corrupt("an argument list stands where a type should");
    public Ty Ty() => Typed() as Ty ?? throw Corrupt("something stands where a type should");
    public Const Const() => Typed() as Const ?? throw Corrupt("something stands where a const should");
    private Region Region() => Typed() as Region ?? throw Corrupt("something stands where a region should");
    public GenericArgs Args() => Typed() as GenericArgs ?? throw Corrupt("something stands where an argument list should");

    private GenericArgs ArgsBody()
    {
        int n = Count();
        var args = new GenericArg[n];
        for (int i = 0; i < n; i++) args[i] = Arg();
        return Interner.Args(args);
    }

    private GenericArg ArgBody(TypeTag tag)
    {
        switch (tag)
        {
            case TypeTag.Prim: return Prim(Enum<TyKind>(), Byte());
            case TypeTag.Adt: { var d = Def(); return Interner.Adt(d, Args()); }
            case TypeTag.Foreign: return Interner.Foreign(Def());
            case TypeTag.Array: { var e = Ty(); return Interner.Array(e, Const()); }
            case TypeTag.Pat: { var b = Ty(); return Interner.Pat(b, Pattern()); }
            case TypeTag.Slice: return Interner.Slice(Ty());
            case TypeTag.RawPtr: { var m = Enum<Mutability>(); return Interner.RawPtr(Ty(), m); }
            case TypeTag.Ref: { var m = Enum<Mutability>(); var r = Region(); return Interner.Ref(Ty(), m, r); }
            case TypeTag.FnDef: { var d = Def(); return Interner.FnDef(d, Args()); }
            case TypeTag.FnPtr: { var v = BoundVars(); return Interner.FnPtr(new Binder<FnSig>(FnSig(), v)); }
            case TypeTag.UnsafeBinder: { var v = BoundVars(); return Interner.UnsafeBinder(new Binder<Ty>(Ty(), v)); }
            case TypeTag.Dynamic:
                {
                    var region = Region();
                    return Interner.Dynamic(Array(() => { var v = BoundVars(); return new Binder<ExistentialPredicate>(Existential(), v); }), region);
                }
            case TypeTag.Closure: { var k = Enum<TyKind>(); var d = Def(); return Interner.Closure(k, d, Args()); }
            case TypeTag.Tuple: return Interner.Tuple(Array(Ty));
            case TypeTag.Alias: { var k = Enum<AliasTyKind>(); var d = Def(); return Interner.Alias(k, d, Args()); }
            case TypeTag.Param: { int i = Int(); return Interner.Param(i, String()); }
            case TypeTag.Var:
                {
                    var kind = Enum<TyKind>();
                    int debruijn = Int(), index = Int();
                    return kind switch { TyKind.Bound => Interner.BoundTy(debruijn, index), TyKind.Infer => Interner.Infer(index), _ => Interner.ErrorTy };
                }
            case TypeTag.Region: { var k = Enum<RegionKind>(); int d = Int(), i = Int(); return Interner.Region(k, d, i, OptString()); }
            case TypeTag.Const: return ConstBody();
            default: throw Corrupt($"{(byte)tag} is no type");
        }
    }

    private PrimTy Prim(TyKind kind, int sub)
    {
        PrimTy[] of = kind switch
        {
            TyKind.Int => Interner.Ints,
            TyKind.Uint => Interner.Uints,
            TyKind.Float => Interner.Floats,
            TyKind.Bool => [Interner.Bool],
            TyKind.Char => [Interner.Char],
            TyKind.Str => [Interner.Str],
            TyKind.Never => [Interner.Never],
            _ => [],
        };
        return sub < of.Length ? of[sub] : throw Corrupt("a primitive type does not exist");
    }

    private BoundVariableKind[] BoundVars() => Array(Enum<BoundVariableKind>);

    private Const ConstBody()
    {
        switch (Enum<ConstKind>())
        {
            case ConstKind.Param: { int i = Int(); return Interner.ConstParam(i, String()); }
            case ConstKind.Bound: { int d = Int(); return Interner.ConstBound(d, Int()); }
            case ConstKind.Unevaluated: { var d = Def(); return Interner.ConstUnevaluated(d, Args()); }
            case ConstKind.Value: { var t = Ty(); return Interner.ConstValue(t, Tree()); }
            case ConstKind.Expr: { int op = Int(); return Interner.ConstExpr(op, Args()); }
            case ConstKind.Infer: return Interner.ConstInfer(Int());
            default: return Interner.ConstError();
        }
    }

    private ValTree Tree() => Byte() == 0 ? new ValTree.Leaf(ScalarInt()) : new ValTree.Branch(Array(Const));

    private ScalarInt ScalarInt()
    {
        byte size = Byte();
        if (size > 16) throw Corrupt("a scalar is larger than 16 bytes");
        return new ScalarInt(Uint128(), size);
    }

    private TyPattern Pattern()
    {
        EnterRecursion();
        switch (Byte())
        {
            case 0: { var s = Const(); return new TyPattern.Range(s, Const()); }
            case 1: return new TyPattern.Or(Array(Pattern));
            default: return new TyPattern.NotNull();
        }
    }

    public FnSig FnSig()
    {
        var inputs = Array(Ty);
        var output = Ty();
        return new FnSig(inputs, output, Bool(), Enum<Safety>(), Enum<ExternAbi>(), Bool());
    }

    private ExistentialPredicate Existential()
    {
        switch (Byte())
        {
            case 0: { var d = Def(); return new ExistentialPredicate.Trait(d, Args()); }
            case 1: { var d = Def(); var a = Args(); return new ExistentialPredicate.Projection(d, a, Arg()); }
            case 2: return new ExistentialPredicate.AutoTrait(Def());
            default: throw Corrupt("an existential predicate does not exist");
        }
    }

    public Binder<Clause>[] Clauses() => Array(() => { var v = BoundVars(); return new Binder<Clause>(Clause(), v); });

    private Clause Clause()
    {
        switch (Byte())
        {
            case 0: { var t = TraitRef(); return new Clause.Trait(t, Bool()); }
            case 1: { var d = Def(); var a = Args(); return new Clause.Projection(d, a, Arg()); }
            case 2: { var c = Const(); return new Clause.ConstArgHasType(c, Ty()); }
            case 3: return new Clause.HostEffect(TraitRef());
            default: return new Clause.Other();
        }
    }

    public TraitRef TraitRef() { var d = Def(); return new TraitRef(d, Args()); }

    public Instance Instance()
    {
        var kind = Enum<InstanceKind>();
        var def = Def();
        var args = Args();
        var ty = Bool() ? Ty() : null;
        return new Instance(kind, def, args, ty, Int());
    }
}
