using System.Runtime.InteropServices;
using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Llvm;

/// <summary>An LLVM attribute and where it goes: 0 the result, 1.. the parameters, <see cref="ModuleEmitter.FunctionIndex"/> the function.</summary>
internal readonly record struct PlacedAttribute(uint Index, nint Attribute);

/// <summary>What a LIR signature is in LLVM. <paramref name="Abi"/> changes how values are passed, <paramref name="Facts"/> only helps the optimizer.</summary>
internal sealed record SignatureInfo(nint FunctionType, uint CallConv, PlacedAttribute[] Abi, PlacedAttribute[] Facts);

internal sealed unsafe partial class ModuleEmitter
{
    public const uint FunctionIndex = uint.MaxValue;

    private readonly List<PlacedAttribute> _abi = [], _facts = [];
    private nint _uwTable, _probeStack, _cold, _noReturn, _noInline, _alwaysInline, _inlineHint, _noUnwind, _naked, _optNone, _optSize, _minSize, _zext, _sext, _inReg, _noAlias,
        _nonNull, _noUndef, _readOnly, _writeOnly, _writable, _deadOnUnwind, _deadOnReturn, _noCapture, _capturesReadOnly, _capturesAddress, _readNone, _willReturn;
    public nint NonLazyBind { get; private set; }
    public nint NoUnwind => _noUnwind;
    public nint Cold => _cold;
    public nint NoReturn => _noReturn;
    public nint NoInline => _noInline;
    public nint ReadNone => _readNone;
    public nint WillReturn => _willReturn;

    private void InitializeAttributes()
    {
        _uwTable = Attribute("uwtable"u8, 2);
        _probeStack = StringAttribute("probe-stack"u8, "inline-asm"u8);
        _cold = Attribute("cold"u8);
        _noReturn = Attribute("noreturn"u8);
        _noInline = Attribute("noinline"u8);
        _alwaysInline = Attribute("alwaysinline"u8);
        _inlineHint = Attribute("inlinehint"u8);
        _noUnwind = Attribute("nounwind"u8);
        _naked = Attribute("naked"u8);
        _optNone = Attribute("optnone"u8);
        _optSize = Attribute("optsize"u8);
        _minSize = Attribute("minsize"u8);
        _zext = Attribute("zeroext"u8);
        _sext = Attribute("signext"u8);
        _inReg = Attribute("inreg"u8);
        _noAlias = Attribute("noalias"u8);
        _nonNull = Attribute("nonnull"u8);
        _noUndef = Attribute("noundef"u8);
        _readOnly = Attribute("readonly"u8);
        _writeOnly = Attribute("writeonly"u8);
        _writable = Attribute("writable"u8);
        _deadOnUnwind = Attribute("dead_on_unwind"u8);
        if (LlvmLibrary.Major >= 21) _deadOnReturn = Attribute("dead_on_return"u8);
        _willReturn = Attribute("willreturn"u8);
        NonLazyBind = Attribute("nonlazybind"u8);
        // CaptureInfo's bits: address 3 (null-ness 1), provenance 12 (read-only provenance 4); other uses in the high nibble, the return value in the low one.
        _noCapture = Attribute("captures"u8, 0);
        _capturesAddress = Attribute("captures"u8, 0x33);
        _capturesReadOnly = Attribute("captures"u8, 0x77);
        _readNone = Memory(MemoryEffects.None);
    }

    public enum MemoryEffects { None, ReadOnly, InaccessibleMemOnly, ReadOnlyOrInaccessible }

    /// <summary>memory(…): two bits (1 read, 2 write) per location: arguments, inaccessible memory, then others, whose number differs by version.</summary>
    public nint Memory(MemoryEffects effects)
    {
        uint read = LlvmLibrary.Major switch { <= 20 => 0x15u, 21 => 0x55u, _ => 0x555u };
        const uint inaccessible = 3 << 2;
        return Attribute("memory"u8, effects switch
        {
            MemoryEffects.None => 0,
            MemoryEffects.ReadOnly => read,
            MemoryEffects.InaccessibleMemOnly => inaccessible,
            _ => read | inaccessible,
        });
    }

    public nint Attribute(ReadOnlySpan<byte> name, ulong value = 0) => LLVM.CreateEnumAttribute(Context, Kind(name), value);

    private nint TypeAttribute(ReadOnlySpan<byte> name, nint type) => LLVM.CreateTypeAttribute(Context, Kind(name), type);

    private static uint Kind(ReadOnlySpan<byte> name)
    {
        fixed (byte* p = name)
        {
            uint kind = LLVM.GetEnumAttributeKindForName(p, (nuint)name.Length);
            return kind != 0 ? kind : throw new MirlinkException($"{LlvmLibrary.Path} does not know the attribute {System.Text.Encoding.UTF8.GetString(name)}; use a newer LLVM");
        }
    }

    private nint StringAttribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        fixed (byte* n = name, v = value) return LLVM.CreateStringAttribute(Context, n, (uint)name.Length, v, (uint)value.Length);
    }

    private nint StringAttribute(ReadOnlySpan<byte> name, string value)
    {
        byte* v = Text.Put(value);
        fixed (byte* n = name) return LLVM.CreateStringAttribute(Context, n, (uint)name.Length, v, (uint)Text.Length);
    }

    // -- signatures ------------------------------------------------------------------------------------------------------------------------

    public SignatureInfo Signature(LirSignature s)
    {
        if (!_signatures.TryGetValue(s, out var info)) _signatures.Add(s, info = MakeSignature(s));
        return info;
    }

    private SignatureInfo MakeSignature(LirSignature s)
    {
        nint result = s.Returns.Length switch
        {
            0 => VoidType,
            1 => Type(s.Returns[0].Type),
            _ => ResultStruct(s.Returns),
        };
        nint[] types = new nint[s.Params.Length];
        for (int i = 0; i < types.Length; i++) types[i] = Type(s.Params[i].Type);
        nint function;
        fixed (nint* p = types) function = LLVM.FunctionType(result, p, (uint)types.Length, s.Variadic ? 1 : 0);

        _abi.Clear();
        _facts.Clear();
        if (s.Returns.Length == 1) AddParamAttributes(0, s.Returns[0]);
        for (int i = 0; i < s.Params.Length; i++) AddParamAttributes((uint)i + 1, s.Params[i]);
        return new SignatureInfo(function, CallConvNumber(s.CallConv), [.. _abi], [.. _facts]);
    }

    private nint ResultStruct(LirParam[] returns)
    {
        nint* fields = stackalloc nint[returns.Length];
        for (int i = 0; i < returns.Length; i++) fields[i] = Type(returns[i].Type);
        return LLVM.StructTypeInContext(Context, fields, (uint)returns.Length, 0);
    }

    private void AddParamAttributes(uint index, in LirParam p)
    {
        var flags = p.Flags;
        bool pointer = p.Type.IsPtr;
        if ((flags & ParamFlags.ZExt) != 0) Abi(_zext);
        if ((flags & ParamFlags.SExt) != 0) Abi(_sext);
        if ((flags & ParamFlags.InReg) != 0) Abi(_inReg);
        if (!pointer)
        {
            if (!Optimize) return;
            if ((flags & ParamFlags.NoUndef) != 0) Fact(_noUndef);
            if (p.Range is { } range && p.Type.IsInt && RangeAttribute(p.Type, range) is not 0 and nint attribute) Fact(attribute);
            return;
        }
        bool buffer = (flags & (ParamFlags.SRet | ParamFlags.ByVal)) != 0;
        if ((flags & ParamFlags.SRet) != 0) Abi(TypeAttribute("sret"u8, LLVM.ArrayType2(I8, p.PointeeSize)));
        if ((flags & ParamFlags.ByVal) != 0) Abi(TypeAttribute("byval"u8, LLVM.ArrayType2(I8, p.PointeeSize)));
        if (buffer && p.Align != 0) Abi(Attribute("align"u8, p.Align));
        if (!buffer && p.Align > 1) Fact(Attribute("align"u8, p.Align));
        if (!Optimize) return;
        if ((flags & ParamFlags.NoAlias) != 0) Fact(_noAlias);
        if ((flags & ParamFlags.NonNull) != 0 && p.Dereferenceable == 0) Fact(_nonNull);
        if ((flags & ParamFlags.NoUndef) != 0) Fact(_noUndef);
        if ((flags & ParamFlags.ReadOnly) != 0) Fact(_readOnly);
        if ((flags & ParamFlags.WriteOnly) != 0) Fact(_writeOnly);
        if ((flags & ParamFlags.NoCapture) != 0) Fact(_noCapture);
        else if ((flags & ParamFlags.CapturesAddress) != 0) Fact(_capturesAddress);
        else if ((flags & ParamFlags.CapturesReadOnly) != 0) Fact(_capturesReadOnly);
        if ((flags & ParamFlags.SRet) != 0) Fact(_writable);
        if ((flags & (ParamFlags.SRet | ParamFlags.DeadOnUnwind)) != 0) Fact(_deadOnUnwind);
        if ((flags & ParamFlags.DeadOnReturn) != 0 && _deadOnReturn != 0) Fact(_deadOnReturn);
        if (p.Dereferenceable != 0)
            Fact((flags & ParamFlags.NonNull) != 0 || buffer ? Attribute("dereferenceable"u8, p.Dereferenceable) : Attribute("dereferenceable_or_null"u8, p.Dereferenceable));

        void Abi(nint a) => _abi.Add(new PlacedAttribute(index, a));
        void Fact(nint a) => _facts.Add(new PlacedAttribute(index, a));
    }

    /// <summary>range(lo, hi + 1); 0 when every value is in range.</summary>
    private nint RangeAttribute(LirType type, LirRange range)
    {
        U128 mask = type.ScalarBits == 128 ? U128.MaxValue : (U128.One << type.ScalarBits) - 1;
        U128 lo = range.Lo & mask, end = (range.Hi + 1) & mask;
        if (lo == end) return 0;
        ulong* low = stackalloc ulong[2] { (ulong)lo, (ulong)(lo >> 64) };
        ulong* high = stackalloc ulong[2] { (ulong)end, (ulong)(end >> 64) };
        return LLVM.CreateConstantRangeAttribute(Context, Kind("range"u8), (uint)type.ScalarBits, low, high);
    }

    private static uint CallConvNumber(LirCallConv cc) => cc switch
    {
        LirCallConv.C => 0,
        LirCallConv.Fast => 8,
        LirCallConv.Cold => 9,
        LirCallConv.PreserveMost => 14,
        LirCallConv.TailCC => 18,
        LirCallConv.PreserveNone => 21,
        LirCallConv.StdCall => 64,
        LirCallConv.FastCall => 65,
        LirCallConv.ThisCall => 70,
        LirCallConv.SysV64 => 78,
        LirCallConv.Win64 => 79,
        LirCallConv.VectorCall => 80,
        LirCallConv.X86Interrupt => 83,
        _ => throw new UnsupportedException($"calling convention {cc}"),
    };

    private static void ApplySignature(nint function, SignatureInfo sig)
    {
        if (sig.CallConv != 0) LLVM.SetFunctionCallConv(function, sig.CallConv);
        foreach (var a in sig.Abi) LLVM.AddAttributeAtIndex(function, a.Index, a.Attribute);
        foreach (var a in sig.Facts) LLVM.AddAttributeAtIndex(function, a.Index, a.Attribute);
    }

    // -- functions -------------------------------------------------------------------------------------------------------------------------

    private void ApplyFunctionFlags(nint f, LirFunctionFlags flags, string name)
    {
        if (flags == 0) return;
        if ((flags & LirFunctionFlags.Cold) != 0) Add(_cold);
        if ((flags & LirFunctionFlags.NoReturn) != 0) Add(_noReturn);
        if ((flags & (LirFunctionFlags.NoInline | LirFunctionFlags.OptNone)) != 0) Add(_noInline);
        else if ((flags & LirFunctionFlags.AlwaysInline) != 0) Add(_alwaysInline);
        else if ((flags & LirFunctionFlags.InlineHint) != 0) Add(_inlineHint);
        if ((flags & LirFunctionFlags.NoUnwind) != 0) Add(_noUnwind);
        if ((flags & LirFunctionFlags.Naked) != 0) Add(_naked);
        if ((flags & LirFunctionFlags.OptNone) != 0) Add(_optNone);
        if ((flags & LirFunctionFlags.ReadsNone) != 0) Add(_readNone);
        if ((flags & LirFunctionFlags.ReadsOnly) != 0) Add(Memory(MemoryEffects.ReadOnly));
        // As rustc's rustc_allocator, rustc_reallocator, rustc_deallocator and rustc_allocator_zeroed: (size, align), (ptr, old, align, new), (ptr, size, align).
        if ((flags & (LirFunctionFlags.Alloc | LirFunctionFlags.AllocZeroed)) != 0)
        {
            Add(Attribute("allockind"u8, AllocKindAlloc | AllocKindAligned | ((flags & LirFunctionFlags.AllocZeroed) != 0 ? AllocKindZeroed : AllocKindUninitialized)));
            Add(Attribute("allocsize"u8, AllocSize(0)));
            LLVM.AddAttributeAtIndex(f, 2, Attribute("allocalign"u8));
            // Allocating and then zeroing becomes the allocation of zeroed memory; its name differs as v0 mangles it.
            const string alloc = "12___rust_alloc";
            if ((flags & LirFunctionFlags.Alloc) != 0 && name.EndsWith(alloc, StringComparison.Ordinal))
                Add(StringAttribute("alloc-variant-zeroed"u8, name[..^alloc.Length] + "19___rust_alloc_zeroed"));
        }
        else if ((flags & LirFunctionFlags.Realloc) != 0)
        {
            Add(Attribute("allockind"u8, AllocKindRealloc | AllocKindAligned));
            Add(Attribute("allocsize"u8, AllocSize(3)));
            LLVM.AddAttributeAtIndex(f, 1, Attribute("allocptr"u8));
            LLVM.AddAttributeAtIndex(f, 3, Attribute("allocalign"u8));
        }
        else if ((flags & LirFunctionFlags.Dealloc) != 0)
        {
            Add(Attribute("allockind"u8, AllocKindFree));
            LLVM.AddAttributeAtIndex(f, 1, Attribute("allocptr"u8));
            LLVM.AddAttributeAtIndex(f, 1, _capturesAddress);
        }
        else return;
        Add(StringAttribute("alloc-family"u8, "__rust_alloc"u8));
        if ((flags & LirFunctionFlags.Dealloc) == 0) LLVM.AddAttributeAtIndex(f, 0, _noAlias);

        void Add(nint a) => LLVM.AddAttributeAtIndex(f, FunctionIndex, a);
    }

    private const ulong AllocKindAlloc = 1, AllocKindRealloc = 2, AllocKindFree = 4, AllocKindUninitialized = 8, AllocKindZeroed = 16, AllocKindAligned = 32;

    /// <summary>allocsize(parameter): the parameter in the high word, "no count parameter" in the low one.</summary>
    private static ulong AllocSize(uint parameter) => (ulong)parameter << 32 | uint.MaxValue;

    private void ApplyDefinitionAttributes(nint f, LirFunction function)
    {
        Add(_uwTable);
        Add(_probeStack);
        bool size = (function.Flags & LirFunctionFlags.OptSize) != 0;
        bool speed = (function.Flags & (LirFunctionFlags.OptSpeed | LirFunctionFlags.OptNone)) != 0;
        if (size || (!speed && Options.OptLevel is "s" or "z")) Add(_optSize);
        if (size || (!speed && Options.OptLevel is "z")) Add(_minSize);
        if (function.TargetFeatures is { Length: > 0 } features)
            Add(StringAttribute("target-features"u8, TargetFeatureNames.ToLlvm($"{Options.TargetFeatures},{features}")));

        void Add(nint a) => LLVM.AddAttributeAtIndex(f, FunctionIndex, a);
    }
}
