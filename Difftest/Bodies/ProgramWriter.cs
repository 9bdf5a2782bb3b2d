using System.Globalization;
using Mirlink.Difftest.Generate;
using Mirlink.Mir;

namespace Mirlink.Difftest.Bodies;

internal enum ParamMode : byte { Value, Shared, Exclusive, Raw, Slice, Droppable }

/// <summary>A parameter after the context. Type: the value, the pointee, or the element of a slice; null for a droppable one.</summary>
internal readonly record struct Param(ParamMode Mode, ValueType? Type, Ty Ty);

internal sealed record FunctionInfo(DefId Def, Param[] Params, ValueType Ret, Binder<FnSig> Sig);

/// <summary>One program of a batch: its types, constants and functions. Nothing in it mentions another program.</summary>
internal sealed partial class ProgramWriter(CommonItems items, Choices choices, string name)
{
    private readonly List<ValueType> _composites = [];
    private readonly Dictionary<Ty, ValueType> _byType = new(ReferenceEqualityComparer.Instance);
    private int _names;

    public CommonItems Items => items;
    public Choices Choices => choices;
    public List<FunctionInfo> Functions { get; } = [];
    public List<(Operand Operand, ValueType Type)> Constants { get; } = [];
    /// <summary>References to statics.</summary>
    public List<(Operand Operand, ValueType Type)> Statics { get; } = [];
    /// <summary>Raw pointers to statics that change.</summary>
    public List<(Operand Operand, ValueType Type)> MutableStatics { get; } = [];
    public List<(DefId Def, Ty Arg, ValueType Value)> GenericFunctions { get; } = [];
    public bool Unwinds { get; private set; }
    public bool Drops { get; private set; }
    private Interner Interner => items.Interner;

    private string NewName(string kind) => string.Create(CultureInfo.InvariantCulture, $"{name}_{kind}{_names++}");

    /// <summary>Writes the program and returns its entry, a function without arguments that returns the hash.</summary>
    public DefId Write()
    {
        Unwinds = choices.Percent(25);
        Drops = choices.Percent(Unwinds ? 80 : 20);
        int types = choices.Between(2, 6);
        for (int i = 0; i < types; i++) AddComposite();
        int constants = choices.Between(0, 3);
        for (int i = 0; i < constants; i++) AddConstant();
        if (choices.Percent(35)) AddGeneric();
        int functions = choices.Weighted([35, 35, 20, 10]) + 1;
        for (int i = 0; i < functions; i++) AddFunction();
        if (choices.Percent(20)) AddTwins();
        int entries = choices.Percent(80) ? 1 : 2;
        var thunks = new List<DefId>();
        for (int i = 0; i < entries; i++) thunks.Add(AddThunk());
        return AddEntry(thunks);
    }

    // -- types ---------------------------------------------------------------------------------------------------------------------------------

    public ValueType Scalar() => choices.Weighted([70, 14, 10, 6]) switch
    {
        0 => items.Ints[choices.Below(items.Ints.Length)],
        1 => items.Floats[choices.Weighted([10, 40, 40, 10])],
        2 => items.Bool,
        _ => items.Char,
    };

    public ValueType AnyType() => _composites.Count > 0 && choices.Percent(45) ? choices.In(_composites) : Scalar();

    private ValueType Element(int maxWeight, bool ofEnum = false)
    {
        var t = AnyType();
        return t.Weight <= maxWeight && !(ofEnum && t.HasUnwrittenNiche) ? t : Scalar();
    }

    private ValueType[] ElementList(int count, int maxWeight, bool ofEnum = false)
    {
        var r = new ValueType[count];
        for (int i = 0; i < count; i++) r[i] = Element(maxWeight, ofEnum);
        return r;
    }

    private static Ty[] Types(ValueType[] fields) => Array.ConvertAll(fields, static f => f.Ty);

    private void AddComposite()
    {
        var t = choices.Weighted([20, 20, 30, 30, 8, 8, 18, 8]) switch
        {
            0 => Tuple(ElementList(choices.Between(1, 4), 8)),
            1 => ArrayOf(Element(6), choices.Percent(15) ? choices.Between(9, 24) : choices.Between(1, 6)),
            2 => Struct(ElementList(choices.Between(1, 6), 8), []),
            3 => EnumType(),
            4 => MaybeOf(Element(8, ofEnum: true)),
            5 => WrapperOf(Element(8)),
            6 => PartlyWritten(),
            _ => MaybeUninitOf(Element(8)),
        };
        if (!_byType.TryAdd(t.Ty, t)) return;
        _composites.Add(t);
    }

    private ValueType Tuple(ValueType[] fields) => new(Interner.Tuple(Types(fields)), ValueKind.Tuple) { Fields = fields };

    private ValueType ArrayOf(ValueType element, int length)
    {
        if (length * element.Weight > 40) length = Math.Max(1, 40 / element.Weight);
        return new ValueType(Interner.Array(element.Ty, (ulong)length), ValueKind.Array) { Fields = [element], Length = length };
    }

    /// <summary>A struct of which some fields are never given a value. (No tuple: which type that is says nothing but its fields.)</summary>
    private ValueType PartlyWritten()
    {
        var fields = ElementList(choices.Between(3, 7), 8);
        if (fields.Count(static f => f.HasBytes) < 3) return Struct(fields, []);
        var unwritten = new bool[fields.Length];
        unwritten[choices.Below(fields.Length)] = true;
        for (int i = 0; i < fields.Length; i++) unwritten[i] |= choices.Percent(25);
        return Struct(fields, unwritten);
    }

    private ValueType Struct(ValueType[] fields, bool[] unwritten)
    {
        int form = choices.Weighted([60, 20, 12, 8]);
        // A packed struct must not hold one with an alignment of its own.
        if (form == 2 && Array.Exists(fields, static f => !f.IsScalar)) form = 1;
        ulong number = choices.Percent(50) ? 1UL : 2;
        var repr = form switch
        {
            1 => new ReprOptions(null, null, null, ReprFlags.C, 0),
            2 => new ReprOptions(null, null, number, choices.Percent(50) ? ReprFlags.C : 0, 0),
            3 => new ReprOptions(null, 8 * number, null, 0, 0),
            _ => CommonItems.Rust,
        };
        return new ValueType(items.AddStruct(NewName("S"), Types(fields), repr).Ty, ValueKind.Struct) { Fields = fields, Unwritten = unwritten, Packed = form == 2 };
    }

    private ValueType EnumType()
    {
        int count = choices.Weighted([5, 40, 30, 15, 10]) + 1;
        if (choices.Percent(2)) count = choices.Percent(75) ? choices.Between(14, 60) : choices.Between(120, 260);
        var variants = new ValueType[count][];
        for (int v = 0; v < count; v++) variants[v] = choices.Percent(count > 10 ? 97 : 35) ? [] : ElementList(choices.Between(1, 3), 6, ofEnum: true);
        var repr = CommonItems.Rust;
        ulong[] discriminants = [];
        if (choices.Percent(30))
        {
            var prims = Interner.Ints[..5].Concat(Interner.Uints[..5]).ToArray();
            var tag = prims[choices.Below(prims.Length)];
            if (count > 100 && tag.ByteSize == 1) tag = Interner.Int(IntTy.I16);
            repr = new ReprOptions(tag, null, null, choices.Percent(25) ? ReprFlags.C : 0, 0);
            if (choices.Percent(60)) discriminants = Discriminants(count, tag);
        }
        else if (Array.TrueForAll(variants, static v => v.Length == 0) && choices.Percent(50)) discriminants = Discriminants(count, Interner.Isize);
        return new ValueType(Interner.Adt(items.AddEnum(NewName("E"), Array.ConvertAll(variants, Types), repr, discriminants), Interner.NoArgs), ValueKind.Enum)
        {
            Variants = variants,
            Discriminants = discriminants.Length > 0 ? discriminants : [.. Enumerable.Range(0, count).Select(static v => (ulong)v)],
        };
    }

    private ulong[] Discriminants(int count, PrimTy tag)
    {
        var seen = new HashSet<ulong>();
        var list = new ulong[count];
        ulong mask = tag.ByteSize == 8 ? ulong.MaxValue : (1UL << (tag.ByteSize * 8)) - 1;
        for (int i = 0; i < count; i++)
        {
            do list[i] = (choices.Percent(40) ? (ulong)choices.Below(300) : (ulong)choices.Of<I128>(-1, -2, 127, 128, 255, -128, 32767, (I128)choices.NextBits())) & mask;
            while (!seen.Add(list[i]));
        }
        return list;
    }

    private ValueType MaybeOf(ValueType inner) => new(Interner.Adt(items.Maybe, Interner.Args([inner.Ty])), ValueKind.Enum) { Variants = [[], [inner]], Discriminants = [0, 1] };
    public ValueType MaybeUninitOf(ValueType inner) =>
        new(Interner.Adt(choices.Percent(50) ? items.MaybeUninit : items.TransparentMaybeUninit, Interner.Args([inner.Ty])), ValueKind.MaybeUninit) { Fields = [inner] };
    private ValueType WrapperOf(ValueType inner) =>
        new(Interner.Adt(items.Wrapper, Interner.Args([inner.Ty])), ValueKind.Struct) { Fields = [items.Scalar(Interner.U8), inner] };

    // -- hashing -------------------------------------------------------------------------------------------------------------------------------

    /// <summary>Emits code that mixes the value in a place into the hash; the context is local 1.</summary>
    public void EmitHash(BodyDraft b, Place place, ValueType t)
    {
        if (t.Kind is ValueKind.Int or ValueKind.Bool or ValueKind.Char) { items.MixInt(b, place, t.Prim); return; }
        int unit = b.NewLocal(Interner.Unit);
        var hasher = HasherOf(t);
        var argument = Operand.Copy(place);
        if (t.HashedByReference)
        {
            // A copy has an address that is aligned.
            int copy = b.NewLocal(t.Ty), r = b.NewLocal(Interner.Ref(t.Ty, Mutability.Not));
            b.Use(copy, argument);
            b.Assign(r, new Rvalue.Ref(BorrowKind.Shared, new Place(copy)));
            argument = Operand.Copy(new Place(r));
        }
        b.Call(items.FunctionOperand(hasher), [Operand.Copy(new Place(1)), argument], new Place(unit), UnwindAction.Continue);
    }

    private DefId HasherOf(ValueType t)
    {
        if (t.Hasher is { } known) return known;
        t.HashedByReference = choices.Percent(50);
        var def = items.AddFunction(NewName("hash"), [items.ContextPtr, t.HashedByReference ? Interner.Ref(t.Ty, Mutability.Not) : t.Ty], Interner.Unit, choices.Percent(75) ? InlineAttr.Never : RandomInline(),
            choices.Percent(20) ? ExternAbi.C : ExternAbi.Rust);
        t.Hasher = def;
        var b = new BodyDraft(Interner.Unit, [items.ContextPtr, t.HashedByReference ? Interner.Ref(t.Ty, Mutability.Not) : t.Ty]);
        var value = t.HashedByReference ? new Place(2, [ProjectionElem.Deref]) : new Place(2);
        switch (t.Kind)
        {
            case ValueKind.Tuple or ValueKind.Struct:
                for (int i = 0; i < t.Fields.Length; i++)
                    if (!t.IsUnwritten(i)) EmitHash(b, value.Project(ProjectionElem.Field(i, t.Fields[i].Ty)), t.Fields[i]);
                break;
            case ValueKind.Array:
                for (int i = 0; i < t.Length; i++) EmitHash(b, value.Project(Element(i, t.Length)), t.Fields[0]);
                break;
            case ValueKind.Enum:
                {
                    int discr = b.NewLocal(DiscriminantTy(t));
                    b.Assign(discr, new Rvalue.Discriminant(value));
                    items.MixInt(b, new Place(discr), DiscriminantTy(t));
                    var targets = EmitMatch(b, new Place(discr), t);
                    for (int v = 0; v < targets.Length; v++)
                    {
                        b.Current = targets[v];
                        for (int f = 0; f < t.Variants[v].Length; f++)
                            EmitHash(b, value.Project(ProjectionElem.Downcast(v)).Project(ProjectionElem.Field(f, t.Variants[v][f].Ty)), t.Variants[v][f]);
                        b.Return();
                    }
                    items.Crate[def].Body = b.Finish(def);
                    return def;
                }
        }
        b.Return();
        items.Crate[def].Body = b.Finish(def);
        return def;
    }

    public static ProjectionElem Element(int index, int length) => new(ProjectionKind.ConstantIndex, Offset: (ulong)index, MinLength: (ulong)length);

    public PrimTy DiscriminantTy(ValueType t) => items.Crate[((AdtTy)t.Ty).Def].Adt!.Repr.Int ?? Interner.Isize;

    /// <summary>A switch on a discriminant: a block for each variant, variants without fields may share one.</summary>
    public int[] EmitMatch(BodyDraft b, Place discr, ValueType t)
    {
        int n = t.Variants.Length;
        var targets = new int[n];
        for (int v = 0; v < n; v++) targets[v] = b.NewBlock();
        // The last variant is "otherwise", or that is unreachable.
        bool open = n > 1 && choices.Percent(30);
        int otherwise = open ? targets[n - 1] : b.NewBlock();
        int size = DiscriminantTy(t).ByteSize;
        var values = new U128[open ? n - 1 : n];
        for (int v = 0; v < values.Length; v++) values[v] = size == 8 ? t.Discriminants[v] : t.Discriminants[v] & ((1UL << (size * 8)) - 1);
        b.Switch(Operand.Copy(discr), values, [.. targets[..values.Length], otherwise]);
        if (!open)
        {
            b.Current = otherwise;
            b.Unreachable();
        }
        return targets;
    }

    // -- constants -----------------------------------------------------------------------------------------------------------------------------

    private void AddConstant()
    {
        var t = AnyType();
        bool isStatic = choices.Percent(60), changes = isStatic && choices.Percent(50);
        var item = new MemoryItem
        {
            Kind = isStatic ? DefKind.Static : DefKind.Const,
            Key = new DefKey(0, DefPathData.ValueNs, NewName("C"), 0),
            Ty = t.Ty,
            StaticMutability = isStatic ? changes ? Mutability.Mut : Mutability.Not : null,
        };
        var def = items.Crate.Add(item);
        var b = new BodyDraft(t.Ty, []);
        EmitLiteral(b, new Place(0), t);
        b.Return();
        item.ConstBody = b.Finish(def);
        if (changes) MutableStatics.Add((Operand.Const(new MirConst.Val(new ConstValue.Pointer(items.Tcx.StaticAlloc(def), 0), Interner.RawPtr(t.Ty, Mutability.Mut))), t));
        else if (isStatic) Statics.Add((Operand.Const(new MirConst.Val(new ConstValue.Pointer(items.Tcx.StaticAlloc(def), 0), Interner.Ref(t.Ty, Mutability.Not))), t));
        else Constants.Add((Operand.Const(new MirConst.Unevaluated(def, Interner.NoArgs, null, t.Ty)), t));
    }

    /// <summary>Writes a value made of literals.</summary>
    public void EmitLiteral(BodyDraft b, Place place, ValueType t)
    {
        if (t.IsScalar) { b.Use(place, Literal(t)); return; }
        if (t.Kind == ValueKind.Array && choices.Percent(30))
        {
            b.Assign(place, new Rvalue.Repeat(LiteralOperand(b, t.Fields[0]), Interner.ConstUsize((ulong)t.Length)));
            return;
        }
        if (t.Kind == ValueKind.MaybeUninit)
        {
            if (choices.Percent(40)) b.Assign(place, WrittenMaybeUninit(t, LiteralOperand(b, t.Fields[0])));
            return;
        }
        if (t.Unwritten.Length > 0)
        {
            for (int i = 0; i < t.Fields.Length; i++)
                if (!t.IsUnwritten(i)) EmitLiteral(b, place.Project(ProjectionElem.Field(i, t.Fields[i].Ty)), t.Fields[i]);
            return;
        }
        int variant = t.Kind == ValueKind.Enum ? choices.Below(t.Variants.Length) : 0;
        int count = t.Kind == ValueKind.Array ? t.Length : t.Kind == ValueKind.Enum ? t.Variants[variant].Length : t.Fields.Length;
        var operands = new Operand[count];
        for (int i = 0; i < count; i++) operands[i] = LiteralOperand(b, t.Kind == ValueKind.Array ? t.Fields[0] : t.Kind == ValueKind.Enum ? t.Variants[variant][i] : t.Fields[i]);
        b.Assign(place, Aggregate(t, variant, operands));
    }

    private Operand LiteralOperand(BodyDraft b, ValueType t)
    {
        if (t.IsScalar) return Literal(t);
        int temp = b.NewLocal(t.Ty);
        EmitLiteral(b, new Place(temp), t);
        return Operand.Copy(new Place(temp));
    }

    public static Rvalue.Aggregate Aggregate(ValueType t, int variant, Operand[] operands) => t.Kind switch
    {
        ValueKind.Array => new Rvalue.Aggregate(AggregateKind.Array, operands) { Ty = t.Fields[0].Ty },
        ValueKind.Tuple => new Rvalue.Aggregate(AggregateKind.Tuple, operands),
        _ => new Rvalue.Aggregate(AggregateKind.Adt, operands) { Def = ((AdtTy)t.Ty).Def, Args = ((AdtTy)t.Ty).Args, Variant = variant },
    };

    public static Rvalue.Aggregate WrittenMaybeUninit(ValueType t, Operand value) => new(AggregateKind.Adt, [value]) { Def = ((AdtTy)t.Ty).Def, Args = ((AdtTy)t.Ty).Args, ActiveField = 1 };

    public Operand Literal(ValueType t) => CommonItems.Int(LiteralBits(t), t.Ty);

    private U128 LiteralBits(ValueType t)
    {
        int bits = t.Size * 8;
        switch (t.Kind)
        {
            case ValueKind.Bool: return (uint)choices.Below(2);
            case ValueKind.Char: return (uint)choices.Of(0, 'a', 0x7f, 0x80, 0xD7FF, 0xE000, 0x10FFFF, 0xD7, choices.Below(0xD800));
            case ValueKind.Float: return FloatBits(t.Size);
        }
        U128 random = new(choices.NextBits(), choices.NextBits());
        return choices.Below(12) switch
        {
            0 => 0,
            1 => 1,
            2 => U128.MaxValue,
            3 => U128.One << (bits - 1),
            4 => (U128.One << (bits - 1)) - 1,
            5 => U128.One << choices.Below(bits),
            6 => (U128.One << choices.Below(bits)) + (choices.Percent(50) ? 1 : U128.MaxValue),
            7 => (U128)choices.Below(200),
            8 => ~(U128)choices.Below(200),
            // Of any length.
            9 => (bits == 128 ? random : random & ((U128.One << bits) - 1)) >> choices.Below(bits),
            _ => random,
        };
    }

    private U128 FloatBits(int size)
    {
        // Exponent bits, by size.
        int mantissa = size switch { 2 => 10, 4 => 23, 8 => 52, _ => 112 };
        U128 random = new(choices.NextBits(), choices.NextBits()), sign = U128.One << (size * 8 - 1), top = sign - (U128.One << mantissa), one = (U128.One << (size * 8 - 2)) - (U128.One << mantissa);
        U128 value = choices.Below(10) switch
        {
            0 => U128.Zero,
            1 => one,
            2 => top,
            3 => top | (U128.One << (mantissa - 1)),
            4 => U128.One,
            5 => top - 1,
            6 => one + ((U128)choices.Below(12) << mantissa),
            7 => random & (sign - 1),
            _ => one + ((U128)choices.Below(9) << mantissa) + (random & ((U128.One << mantissa) - 1)),
        };
        // A signalling NaN may become a quiet one anywhere: only quiet ones.
        if ((value & top) == top && (value & ((U128.One << mantissa) - 1)) != 0) value |= U128.One << (mantissa - 1);
        return (choices.Percent(35) ? sign : 0) | value;
    }

    public InlineAttr RandomInline() => choices.Weighted([50, 15, 8, 27]) switch { 0 => InlineAttr.None, 1 => InlineAttr.Hint, 2 => InlineAttr.Always, _ => InlineAttr.Never };
}
