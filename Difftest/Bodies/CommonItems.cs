using Mirlink.Difftest.Generate;
using Mirlink.Mir;

namespace Mirlink.Difftest.Bodies;

/// <summary>What all programs of a batch share: the context with the running hash, intrinsics, C functions, a generic struct and enum, a trait, a type that is dropped.</summary>
internal sealed class CommonItems
{
    /// <summary>Fields of the context.</summary>
    public const int HashField = 0, FuelField = 1, ExceptionField = 2;

    private readonly Dictionary<string, DefId> _intrinsics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (DefId, Ty)> _foreign = new(StringComparer.Ordinal);
    private readonly Dictionary<Ty, ValueType> _scalars = new(ReferenceEqualityComparer.Instance);
    private readonly DefId _foreignMod;

    public CommonItems(TyCtxt tcx, MemoryCrate crate)
    {
        (Tcx, Crate) = (tcx, crate);
        var i = Interner;
        Ints = [.. i.Ints.Concat(i.Uints).Select(static t => new ValueType(t, ValueKind.Int))];
        Floats = [.. i.Floats.Select(static t => new ValueType(t, ValueKind.Float))];
        Bool = new ValueType(i.Bool, ValueKind.Bool);
        Char = new ValueType(i.Char, ValueKind.Char);
        foreach (var s in (ValueType[])[.. Ints, .. Floats, Bool, Char]) _scalars.Add(s.Ty, s);
        _foreignMod = crate.Add(new MemoryItem { Kind = DefKind.ForeignMod, Key = new DefKey(0, DefPathData.ForeignMod, null, 0) });

        var exception = AddStruct("Exception", [i.Array(U64.Ty, 4)], new ReprOptions(null, 16, null, ReprFlags.C, 0));
        ExceptionTy = exception.Ty;
        ContextTy = AddStruct("Context", [U64.Ty, Scalar(i.U32).Ty, ExceptionTy], Rust).Ty;
        ContextPtr = i.RawPtr(ContextTy, Mutability.Mut);

        var t = i.Param(0, "T");
        Wrapper = AddStruct("Wrapper", [i.U8, t], Rust, generic: true).Def;
        Maybe = AddEnum("Maybe", [[], [t]], Rust, [], generic: true);

        MaybeUninit = AddUnion("MaybeUninit", [i.Unit, t], Rust, generic: true).Def;
        TransparentMaybeUninit = AddUnion("TransparentMaybeUninit", [i.Unit, t], new ReprOptions(null, null, null, ReprFlags.Transparent, 0), generic: true).Def;

        Mix = AddFunction("mix", [ContextPtr, U64.Ty], i.Unit, InlineAttr.Never);
        WriteMix();
        foreach (var f in Floats)
        {
            f.Hasher = AddFunction($"hash_{f.Ty}", [ContextPtr, f.Ty], i.Unit, InlineAttr.None);
            WriteFloatHash(f);
        }
        Traits = new CommonTraits(this);
    }

    public static readonly ReprOptions Rust = new(null, null, null, ReprFlags.None, 0);

    public TyCtxt Tcx { get; }
    public MemoryCrate Crate { get; }
    public Interner Interner => Tcx.Interner;
    public ValueType[] Ints { get; }
    public ValueType[] Floats { get; }
    public ValueType Bool { get; }
    public ValueType Char { get; }
    public ValueType U64 => Scalar(Interner.Uint(UintTy.U64));
    public Ty ExceptionTy { get; }
    public Ty ContextTy { get; }
    public Ty ContextPtr { get; }
    public DefId Mix { get; }
    public DefId Wrapper { get; }
    public DefId Maybe { get; }
    /// <summary>Unions of nothing (field 0) and a T (field 1).</summary>
    public DefId MaybeUninit { get; }
    public DefId TransparentMaybeUninit { get; }
    public CommonTraits Traits { get; }

    public ValueType Scalar(Ty ty) => _scalars[ty];

    // -- items ---------------------------------------------------------------------------------------------------------------------------------

    private static readonly DefKey s_root = new(0, DefPathData.ValueNs, null, 0);

    private static AdtFlags FlagsOf(AdtKind kind) => kind switch { AdtKind.Struct => AdtFlags.IsStruct, AdtKind.Enum => AdtFlags.IsEnum, _ => AdtFlags.IsUnion };

    public Generics TypeParams(DefId owner, params string[] names) =>
        new(null, 0, [.. names.Select((n, i) => new GenericParamDef(n, new DefId(owner.Krate, owner.Index), i, GenericParamKind.Type, false))], false);

    private FieldDef[] AddFields(DefId parent, Ty[] fields)
    {
        var r = new FieldDef[fields.Length];
        for (int i = 0; i < r.Length; i++)
        {
            string name = FormattableString.Invariant($"{i}");
            r[i] = new FieldDef(Crate.Add(new MemoryItem { Kind = DefKind.Field, Key = new DefKey(parent.Index, DefPathData.ValueNs, name, 0), Ty = fields[i] }), name, null, Safety.Safe, null);
        }
        return r;
    }

    public (DefId Def, Ty Ty) AddStruct(string name, Ty[] fields, ReprOptions repr, bool generic = false)
    {
        var item = new MemoryItem { Kind = DefKind.Struct, Key = s_root with { Data = DefPathData.TypeNs, Name = name } };
        var def = Crate.Add(item);
        if (generic) item.Generics = TypeParams(def, "T");
        item.Adt = new AdtDef(def, AdtKind.Struct, [new VariantDef(def, name, null, false, null, 0, AddFields(def, fields), false)], FlagsOf(AdtKind.Struct), repr);
        return (def, Interner.Adt(def, Interner.NoArgs));
    }

    public (DefId Def, Ty Ty) AddUnion(string name, Ty[] fields, ReprOptions repr, bool generic = false)
    {
        var item = new MemoryItem { Kind = DefKind.Union, Key = s_root with { Data = DefPathData.TypeNs, Name = name } };
        var def = Crate.Add(item);
        if (generic) item.Generics = TypeParams(def, "T");
        item.Adt = new AdtDef(def, AdtKind.Union, [new VariantDef(def, name, null, false, null, 0, AddFields(def, fields), false)], FlagsOf(AdtKind.Union), repr);
        return (def, Interner.Adt(def, Interner.NoArgs));
    }

    public DefId AddEnum(string name, Ty[][] variants, ReprOptions repr, ulong[] discriminants, bool generic = false)
    {
        var item = new MemoryItem { Kind = DefKind.Enum, Key = s_root with { Data = DefPathData.TypeNs, Name = name } };
        var def = Crate.Add(item);
        if (generic) item.Generics = TypeParams(def, "T");
        var list = new VariantDef[variants.Length];
        for (int v = 0; v < list.Length; v++)
        {
            string variantName = FormattableString.Invariant($"V{v}");
            var variant = Crate.Add(new MemoryItem { Kind = DefKind.Variant, Key = new DefKey(def.Index, DefPathData.TypeNs, variantName, 0) });
            DefId? discr = null;
            if (discriminants.Length > 0)
            {
                var ty = repr.Int ?? Interner.Isize;
                var anon = new MemoryItem { Kind = DefKind.AnonConst, Key = new DefKey(variant.Index, DefPathData.AnonConst, null, 0), Ty = ty };
                discr = Crate.Add(anon);
                var draft = new BodyDraft(ty, []);
                draft.Use(0, Int(discriminants[v], ty));
                draft.Return();
                anon.ConstBody = draft.Finish(discr.Value);
            }
            list[v] = new VariantDef(variant, variantName, null, false, discr, discr is null ? (uint)v : 0, AddFields(variant, variants[v]), false);
        }
        item.Adt = new AdtDef(def, AdtKind.Enum, list, FlagsOf(AdtKind.Enum), repr);
        return def;
    }

    public DefId AddFunction(string name, Ty[] inputs, Ty output, InlineAttr inline, ExternAbi abi = ExternAbi.Rust, bool noMangle = false, string[]? typeParams = null)
    {
        var item = new MemoryItem
        {
            Kind = DefKind.Fn,
            Key = s_root with { Name = name },
            Sig = new Binder<FnSig>(new FnSig(inputs, output, false, Safety.Safe, abi, abi != ExternAbi.Rust), []),
            Attributes = CodegenFnAttrs.None with { Inline = inline, Flags = noMangle ? CodegenFnAttrFlags.NoMangle : 0, SymbolName = noMangle ? name : null },
        };
        var def = Crate.Add(item);
        if (typeParams is not null) item.Generics = TypeParams(def, typeParams);
        item.Ty = Interner.FnDef(def, Tcx.Interner.NoArgs);
        return def;
    }

    public Operand FunctionOperand(DefId def, params GenericArg[] args) => Operand.Const(new MirConst.Val(ConstValue.ZeroSized.Instance, Interner.FnDef(def, args.Length == 0 ? Interner.NoArgs : Interner.Args(args))));

    /// <summary>An intrinsic, generic over T, U: declared when first asked for.</summary>
    public Operand Intrinsic(string name, Func<Interner, (Ty[] Inputs, Ty Output)> signature, params Ty[] args)
    {
        if (!_intrinsics.TryGetValue(name, out var def))
        {
            var (inputs, output) = signature(Interner);
            var item = new MemoryItem
            {
                Kind = DefKind.Fn,
                Key = s_root with { Name = name },
                Intrinsic = new IntrinsicDef(name, true),
                Sig = new Binder<FnSig>(new FnSig(inputs, output, false, Safety.Unsafe, ExternAbi.Rust), []),
            };
            def = Crate.Add(item);
            if (args.Length > 0) item.Generics = TypeParams(def, args.Length == 1 ? ["T"] : ["T", "U"]);
            _intrinsics.Add(name, def);
        }
        return FunctionOperand(def, args);
    }

    public Operand Foreign(string name, Ty[] inputs, Ty output, bool variadic = false, bool unwinds = false)
    {
        if (!_foreign.TryGetValue(name, out var found))
        {
            var def = Crate.Add(new MemoryItem
            {
                Kind = DefKind.Fn,
                Key = new DefKey(_foreignMod.Index, DefPathData.ValueNs, name, 0),
                IsForeign = true,
                Sig = new Binder<FnSig>(new FnSig(inputs, output, variadic, Safety.Unsafe, ExternAbi.C, unwinds), []),
                Attributes = CodegenFnAttrs.None with { Flags = CodegenFnAttrFlags.ForeignItem | (unwinds ? 0 : CodegenFnAttrFlags.NeverUnwind) },
            });
            _foreign.Add(name, found = (def, Interner.FnDef(def, Interner.NoArgs)));
        }
        return Operand.Const(new MirConst.Val(ConstValue.ZeroSized.Instance, found.Item2));
    }

    /// <summary>Types that implement the trait already.</summary>
    public HashSet<Ty> Implemented { get; } = new(ReferenceEqualityComparer.Instance);

    // -- unwinding -----------------------------------------------------------------------------------------------------------------------------

    private DefId? _raise, _catch;

    private FnPtrTy CatchTy => Interner.FnPtr(new Binder<FnSig>(new FnSig([ContextPtr, Interner.RawPtr(Interner.U8, Mutability.Mut)], Interner.Unit, false, Safety.Safe, ExternAbi.Rust), []));

    public Operand CatchUnwind(FnPtrTy run) => Intrinsic("catch_unwind", _ => ([run, ContextPtr, CatchTy], Interner.I32));

    /// <summary>A pointer to the function that is told of a caught exception.</summary>
    public Operand CatchFunction(BodyDraft b)
    {
        if (_catch is null)
        {
            _catch = AddFunction("caught", [ContextPtr, Interner.RawPtr(Interner.U8, Mutability.Mut)], Interner.Unit, InlineAttr.None);
            var c = new BodyDraft(Interner.Unit, [ContextPtr, Interner.RawPtr(Interner.U8, Mutability.Mut)]);
            MixCall(c, Int(0xC0FFEE, U64.Ty));
            c.Return();
            Crate[_catch.Value].Body = c.Finish(_catch.Value);
        }
        int local = b.NewLocal(CatchTy);
        b.Assign(local, new Rvalue.Cast(CastKind.ReifyFnPointer, FunctionOperand(_catch.Value), CatchTy));
        return Operand.Copy(new Place(local));
    }

    /// <summary><c>fn raise(context) -> !</c>: throws the exception object in the context.</summary>
    public DefId Raise
    {
        get
        {
            if (_raise is { } known) return known;
            var def = AddFunction("raise", [ContextPtr], Interner.Never, InlineAttr.Never);
            _raise = def;
            var pointer = Interner.RawPtr(ExceptionTy, Mutability.Mut);
            var b = new BodyDraft(Interner.Never, [ContextPtr]);
            int p = b.NewLocal(pointer), r = b.NewLocal(Interner.I32);
            b.Assign(ContextField(1, ExceptionField).Project(ProjectionElem.Field(0, Interner.Array(U64.Ty, 4))), new Rvalue.Repeat(Int(0, U64.Ty), Interner.ConstUsize(4)));
            b.Assign(p, new Rvalue.RawPtr(RawPtrKind.Mut, ContextField(1, ExceptionField)));
            b.Call(Foreign("_Unwind_RaiseException", [pointer], Interner.I32, unwinds: true), [Operand.Copy(new Place(p))], new Place(r), UnwindAction.Continue);
            b.CallNoReturn(Intrinsic("abort", static i => ([], i.Never)), [], new Place(0), UnwindAction.Unreachable);
            Crate[def].Body = b.Finish(def);
            return def;
        }
    }

    // -- constants -----------------------------------------------------------------------------------------------------------------------------

    public static Operand Int(U128 bits, Ty ty)
    {
        int size = ((PrimTy)ty).ByteSize;
        if (size < 16) bits &= (U128.One << (size * 8)) - 1;
        return Operand.Const(new MirConst.Val(new ConstValue.Scalar(new ScalarInt(bits, (byte)size)), ty));
    }

    public Operand Bytes(byte[] bytes) => Operand.Const(new MirConst.Val(
        new ConstValue.Pointer(new GlobalAlloc.Memory(new Allocation(bytes, [], null, 1, Mutability.Not)), 0), Interner.RawPtr(Interner.U8, Mutability.Not)));

    // -- the hash ------------------------------------------------------------------------------------------------------------------------------

    public Place ContextField(int local, int field) => new(local, [ProjectionElem.Deref, ProjectionElem.Field(field, field == HashField ? U64.Ty : field == FuelField ? Interner.U32 : ExceptionTy)]);

    private void WriteMix()
    {
        var b = new BodyDraft(Interner.Unit, [ContextPtr, U64.Ty]);
        int h = b.NewLocal(U64.Ty), l = b.NewLocal(U64.Ty), r = b.NewLocal(U64.Ty);
        b.Assign(h, new Rvalue.BinaryOp(BinOp.BitXor, Operand.Copy(ContextField(1, HashField)), Operand.Copy(new Place(2))));
        b.Assign(h, new Rvalue.BinaryOp(BinOp.Mul, Operand.Copy(new Place(h)), Int(0x9E3779B97F4A7C15, U64.Ty)));
        b.Assign(l, new Rvalue.BinaryOp(BinOp.Shl, Operand.Copy(new Place(h)), Int(23, Interner.I32)));
        b.Assign(r, new Rvalue.BinaryOp(BinOp.Shr, Operand.Copy(new Place(h)), Int(41, Interner.I32)));
        b.Assign(ContextField(1, HashField), new Rvalue.BinaryOp(BinOp.BitOr, Operand.Copy(new Place(l)), Operand.Copy(new Place(r))));
        b.Return();
        Crate[Mix].Body = b.Finish(Mix);
    }

    /// <summary>The bits of a float, one value for all NaNs.</summary>
    private void WriteFloatHash(ValueType f)
    {
        var bits = Interner.Uint((UintTy)(f.Size switch { 2 => (int)UintTy.U16, 4 => (int)UintTy.U32, 8 => (int)UintTy.U64, _ => (int)UintTy.U128 }));
        var b = new BodyDraft(Interner.Unit, [ContextPtr, f.Ty]);
        int same = b.NewLocal(Interner.Bool), raw = b.NewLocal(bits);
        int number = b.NewBlock(), nan = b.NewBlock();
        b.Assign(same, new Rvalue.BinaryOp(BinOp.Eq, Operand.Copy(new Place(2)), Operand.Copy(new Place(2))));
        b.Switch(Operand.Copy(new Place(same)), [0], [nan, number]);
        b.Current = nan;
        MixCall(b, Int(0x7ff8, U64.Ty));
        b.Return();
        b.Current = number;
        b.Assign(raw, new Rvalue.Cast(CastKind.Transmute, Operand.Copy(new Place(2)), bits));
        MixInt(b, new Place(raw), bits);
        b.Return();
        Crate[f.Hasher!.Value].Body = b.Finish(f.Hasher.Value);
    }

    public void MixCall(BodyDraft b, Operand value)
    {
        int unit = b.NewLocal(Interner.Unit);
        b.Call(FunctionOperand(Mix), [Operand.Copy(new Place(1)), value], new Place(unit), UnwindAction.Continue);
    }

    /// <summary>Mixes an integer, bool or char; both halves of those with 128 bits.</summary>
    public void MixInt(BodyDraft b, Place place, PrimTy ty)
    {
        if (ReferenceEquals(ty, U64.Ty)) { MixCall(b, Operand.Copy(place)); return; }
        int low = b.NewLocal(U64.Ty);
        b.Assign(low, new Rvalue.Cast(CastKind.IntToInt, Operand.Copy(place), U64.Ty));
        MixCall(b, Operand.Copy(new Place(low)));
        if (ty.ByteSize < 16) return;
        int high = b.NewLocal(ty);
        b.Assign(high, new Rvalue.BinaryOp(BinOp.Shr, Operand.Copy(place), Int(64, Interner.U32)));
        b.Assign(low, new Rvalue.Cast(CastKind.IntToInt, Operand.Copy(new Place(high)), U64.Ty));
        MixCall(b, Operand.Copy(new Place(low)));
    }
}
