using System.Numerics;

namespace Mirlink.Mir;

/// <summary>Makes types, regions, consts and argument lists, each structurally distinct one exactly once. Thread-safe.</summary>
public sealed class Interner
{
    private readonly struct Structural : IEqualityComparer<GenericArg>
    {
        public bool Equals(GenericArg? x, GenericArg? y) => ReferenceEquals(x, y) || x!.StructuralEquals(y!);
        public int GetHashCode(GenericArg x) => x.StructuralHash();
    }

    private readonly struct ListComparer : IEqualityComparer<GenericArgs>
    {
        public bool Equals(GenericArgs? x, GenericArgs? y) => ReferenceEquals(x, y) || x!.Span.SequenceEqual(y!.Span);
        public int GetHashCode(GenericArgs x)
        {
            uint h = (uint)x.Count;
            foreach (var a in x.Span) h = BitOperations.RotateLeft(h * 0x85EBCA6B, 13) ^ (uint)a.Id;
            return (int)h;
        }
    }

    private readonly ConcurrentMap<GenericArg, GenericArg, Structural> _args = new();
    private readonly ConcurrentMap<GenericArgs, GenericArgs, ListComparer> _lists = new();
    private int _nextId;

    public Interner()
    {
        Bool = Prim(TyKind.Bool, 0, "bool");
        Char = Prim(TyKind.Char, 0, "char");
        Str = Prim(TyKind.Str, 0, "str");
        Never = Prim(TyKind.Never, 0, "!");
        Ints = Prims(TyKind.Int, ["isize", "i8", "i16", "i32", "i64", "i128"]);
        Uints = Prims(TyKind.Uint, ["usize", "u8", "u16", "u32", "u64", "u128"]);
        Floats = Prims(TyKind.Float, ["f16", "f32", "f64", "f128"]);
        NoArgs = Args([]);
        Unit = Tuple([]);
        ReErased = Region(RegionKind.ReErased);
        ReStatic = Region(RegionKind.ReStatic);
        ErrorTy = Add(new VarTy(TyKind.Error, 0, 0));
        SelfParam = Param(0, "Self");
    }

    public PrimTy Bool { get; }
    public PrimTy Char { get; }
    public PrimTy Str { get; }
    public PrimTy Never { get; }
    public PrimTy[] Ints { get; }
    public PrimTy[] Uints { get; }
    public PrimTy[] Floats { get; }
    public GenericArgs NoArgs { get; }
    public TupleTy Unit { get; }
    public Region ReErased { get; }
    public Region ReStatic { get; }
    public Ty ErrorTy { get; }
    public ParamTy SelfParam { get; }

    public PrimTy Int(IntTy i) => Ints[(int)i];
    public PrimTy Uint(UintTy i) => Uints[(int)i];
    public PrimTy Float(FloatTy i) => Floats[(int)i];
    public PrimTy Usize => Uints[(int)UintTy.Usize];
    public PrimTy Isize => Ints[(int)IntTy.Isize];
    public PrimTy U8 => Uints[(int)UintTy.U8];
    public PrimTy U32 => Uints[(int)UintTy.U32];
    public PrimTy I32 => Ints[(int)IntTy.I32];

    private T Add<T>(T candidate) where T : GenericArg
    {
        return (T)_args.GetOrAdd(candidate, static (c, self) =>
        {
            c.Id = Interlocked.Increment(ref self._nextId);
            return c;
        }, this);
    }

    private PrimTy Prim(TyKind kind, int sub, string name) => Add(new PrimTy(kind, sub, name));

    /// <summary>By the numbers of <see cref="IntTy"/>, <see cref="UintTy"/> or <see cref="FloatTy"/>.</summary>
    private PrimTy[] Prims(TyKind kind, string[] names)
    {
        var types = new PrimTy[names.Length];
        for (int i = 0; i < types.Length; i++) types[i] = Prim(kind, i, names[i]);
        return types;
    }

    public GenericArgs Args(ReadOnlySpan<GenericArg> args)
    {
        var candidate = new GenericArgs(args.ToArray());
        return _lists.GetOrAdd(candidate, static (c, self) =>
        {
            c.Id = Interlocked.Increment(ref self._nextId);
            return c;
        }, this);
    }

    public AdtTy Adt(DefId def, GenericArgs args) => Add(new AdtTy(def, args));
    public ForeignTy Foreign(DefId def) => Add(new ForeignTy(def));
    public ArrayTy Array(Ty element, Const length) => Add(new ArrayTy(element, length));
    public ArrayTy Array(Ty element, ulong length) => Array(element, ConstUsize(length));
    public SliceTy Slice(Ty element) => Add(new SliceTy(element));
    public PatTy Pat(Ty @base, TyPattern pattern) => Add(new PatTy(@base, pattern));
    public RawPtrTy RawPtr(Ty pointee, Mutability mutbl) => Add(new RawPtrTy(pointee, mutbl));
    public RefTy Ref(Ty pointee, Mutability mutbl, Region? region = null) => Add(new RefTy(region ?? ReErased, pointee, mutbl));
    public FnDefTy FnDef(DefId def, GenericArgs args) => Add(new FnDefTy(def, args));
    public FnPtrTy FnPtr(Binder<FnSig> sig) => Add(new FnPtrTy(sig));
    public UnsafeBinderTy UnsafeBinder(Binder<Ty> inner) => Add(new UnsafeBinderTy(inner));
    public DynamicTy Dynamic(Binder<ExistentialPredicate>[] predicates, Region? region = null) => Add(new DynamicTy(predicates, region ?? ReErased));
    /// <param name="kind">Closure, Coroutine, CoroutineClosure or CoroutineWitness.</param>
    public ClosureTy Closure(TyKind kind, DefId def, GenericArgs args) => Add(new ClosureTy(kind, def, args));
    public TupleTy Tuple(ReadOnlySpan<Ty> elements) => Add(new TupleTy(elements.ToArray()));
    public AliasTy Alias(AliasTyKind kind, DefId def, GenericArgs args) => Add(new AliasTy(kind, def, args));
    public ParamTy Param(int index, string name) => Add(new ParamTy(index, name));
    public ErasedTy Erased(LayoutClass @class) => Add(new ErasedTy(@class));
    public VarTy BoundTy(int debruijn, int index) => Add(new VarTy(TyKind.Bound, debruijn, index));
    public VarTy Infer(int index) => Add(new VarTy(TyKind.Infer, 0, index));

    public Region Region(RegionKind kind, int debruijn = 0, int index = 0, string? name = null) => Add(new Region(kind, debruijn, index, name));

    public Const ConstParam(int index, string name) => Add(new Const(ConstKind.Param, index, name: name));
    public Const ConstBound(int debruijn, int index) => Add(new Const(ConstKind.Bound, index, debruijn));
    public Const ConstInfer(int index) => Add(new Const(ConstKind.Infer, index));
    public Const ConstError() => Add(new Const(ConstKind.Error));
    public Const ConstUnevaluated(DefId def, GenericArgs args) => Add(new Const(ConstKind.Unevaluated, def: def, args: args));
    /// <summary>A const expression of generic_const_exprs: only its operands are kept.</summary>
    public Const ConstExpr(int op, GenericArgs args) => Add(new Const(ConstKind.Expr, op, args: args));
    public Const ConstValue(Ty ty, ValTree value) => Add(new Const(ConstKind.Value, ty: ty, value: value));
    public Const ConstUsize(ulong value) => ConstValue(Usize, new ValTree.Leaf(new ScalarInt(value, 8)));
    public Const ConstBool(bool value) => ConstValue(Bool, new ValTree.Leaf(new ScalarInt(value ? 1u : 0u, 1)));
}
