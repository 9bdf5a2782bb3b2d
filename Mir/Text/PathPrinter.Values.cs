using System.Buffers.Binary;
using System.Globalization;
using Mirlink.Mir.Abi;

namespace Mirlink.Mir.Text;

/// <summary>Constants of bodies: values in memory, taken apart by their layout.</summary>
public sealed partial class PathPrinter
{
    /// <summary>Structs of such a constant have doubled braces: that is how rustc writes them.</summary>
    private bool _inMirConstant;

    public void MirConstant(MirConst constant)
    {
        switch (constant)
        {
            case MirConst.OfTy c:
                bool was = _inValue;
                _inValue = true;
                Constant(c.Const, withType: true);
                _inValue = was;
                break;
            case MirConst.Unevaluated c:
                DefPathStr(c.Def, c.Args.Span);
                if (c.Promoted is { } p) _out.Append("::promoted[").Append(p).Append(']');
                break;
            case MirConst.Val c:
                _inMirConstant = true;
                Value(c.Value, c.Ty);
                _inMirConstant = false;
                break;
        }
    }

    private void Value(ConstValue value, Ty ty)
    {
        if (value is ConstValue.Indirect { Alloc: GlobalAlloc.Memory { Allocation: { Init: { } init, Size: > 0 } } } && Array.TrueForAll(init, static b => !b))
        {
            _out.Append("<uninit>");
            return;
        }
        switch (ty)
        {
            case RefTy { Pointee: PrimTy { Kind: TyKind.Str } } when SliceBytes(value) is { } text: EscapedText.String(_out, text.Span); return;
            case RefTy { Pointee: SliceTy { Element: PrimTy { Name: "u8" } } } when SliceBytes(value) is { } bytes: EscapedText.Bytes(_out, bytes.Span); return;
            case ArrayTy { Element: PrimTy { Name: "u8" }, Length.TryBits: { } n } when value is ConstValue.Indirect { Alloc: GlobalAlloc.Memory m } at:
                _out.Append('*');
                EscapedText.Bytes(_out, m.Allocation.Bytes.AsSpan((int)at.Offset, (int)n));
                return;
            case ArrayTy or TupleTy or AdtTy when !ty.HasAny(TypeFlags.HasParam):
                if (!TryAggregate(value, ty)) Raw(value, ty);
                return;
        }
        bool was = _inValue;
        _inValue = true;
        switch (value)
        {
            case ConstValue.Scalar s: Scalar(s.Int, ty); break;
            case ConstValue.Pointer p: Pointer(p, ty); break;
            case ConstValue.ZeroSized when ty is FnDefTy f: ValuePath(f.Def, f.Args); break;
            default:
                _inValue = false;
                Raw(value, ty);
                break;
        }
        _inValue = was;
    }

    /// <summary>A value that has no better form, with its type.</summary>
    private void Raw(ConstValue value, Ty ty)
    {
        _out.Append(value switch
        {
            ConstValue.Scalar s => $"Scalar(0x{Hex(s.Int.Bits, s.Int.Size * 2)})",
            ConstValue.Pointer p => $"Scalar({PointerText(Name(p.Alloc), p.Offset, p.IsImmutable)})",
            ConstValue.ZeroSized => "ZeroSized",
            ConstValue.Slice s => string.Create(CultureInfo.InvariantCulture, $"Slice {{ alloc_id: {Name(s.Alloc)}, meta: {s.Meta} }}"),
            ConstValue.Indirect i => string.Create(CultureInfo.InvariantCulture, $"Indirect {{ alloc_id: {Name(i.Alloc)}, offset: Size({i.Offset} bytes) }}"),
            _ => throw new BugException("constant value"),
        }).Append(": ");
        Type(ty);
    }

    /// <summary>A definition as rustc's `Debug` has it: numbers, crate and path.</summary>
    internal string DebugId(DefId def)
    {
        int krate = IsLocal(def) ? 0 : Array.IndexOf(_tcx.Crates[_local].Info.Deps, def.Krate) + 1;
        var info = _tcx.Crates[def.Krate].Info;
        return string.Create(CultureInfo.InvariantCulture, $"DefId({krate}:{def.Index} ~ {info.Name}[{info.StableCrateId >> 48:x4}]{VerbosePath(def)[info.Name.Length..]})");
    }

    private string Name(GlobalAlloc alloc) => AllocName?.Invoke(alloc) ?? "&_";

    private void Pointer(ConstValue.Pointer p, Ty ty)
    {
        switch (ty)
        {
            case RefTy { Pointee: ArrayTy { Element: PrimTy { Name: "u8" }, Length.TryBits: { } n } }:
                switch (p.Alloc)
                {
                    case GlobalAlloc.Memory m when (U128)m.Allocation.Size < p.Offset + n: _out.Append("<too short allocation>"); break;
                    case GlobalAlloc.Memory m: EscapedText.Bytes(_out, m.Allocation.Bytes.AsSpan((int)p.Offset, (int)n)); break;
                    case GlobalAlloc.Function: _out.Append("<function>"); break;
                    case GlobalAlloc.VTable: _out.Append("<vtable>"); break;
                    case GlobalAlloc.TypeId: _out.Append("<typeid>"); break;
                    case GlobalAlloc.Static s: _out.Append("<static(").Append(DebugId(s.Def)).Append(")>"); break;
                }
                break;
            case FnPtrTy when p.Alloc is GlobalAlloc.Function f:
                _out.Append('{');
                ValuePath(f.Instance.Def, f.Instance.Args);
                _out.Append(" as ");
                _inValue = false;
                Type(ty);
                _inValue = true;
                _out.Append('}');
                break;
            default: Typed(PointerText(Name(p.Alloc), p.Offset, p.IsImmutable), ty); break;
        }
    }

    /// <summary>The bytes that a wide reference to text or bytes points to; null if they cannot be read.</summary>
    private static ReadOnlyMemory<byte>? SliceBytes(ConstValue value)
    {
        switch (value)
        {
            case ConstValue.Slice { Alloc: GlobalAlloc.Memory m } s when s.Meta <= (ulong)m.Allocation.Size: return m.Allocation.Bytes.AsMemory(0, (int)s.Meta);
            case ConstValue.Indirect { Alloc: GlobalAlloc.Memory m } i:
                {
                    var a = m.Allocation;
                    if ((ulong)a.Size < i.Offset + 16) return null;
                    ulong length = BinaryPrimitives.ReadUInt64LittleEndian(a.Bytes.AsSpan((int)i.Offset + 8));
                    if (length == 0) return ReadOnlyMemory<byte>.Empty;
                    ulong at = BinaryPrimitives.ReadUInt64LittleEndian(a.Bytes.AsSpan((int)i.Offset));
                    return a.RelocationAt((int)i.Offset) is GlobalAlloc.Memory target && at + length <= (ulong)target.Allocation.Size ? target.Allocation.Bytes.AsMemory((int)at, (int)length) : null;
                }
            default: return null;
        }
    }

    // -- aggregates -------------------------------------------------------------------------------------------------------------------------------

    private bool TryAggregate(ConstValue value, Ty ty)
    {
        if (_tcx.Layouts is null || _tcx.Traits is null) return false;
        try
        {
            var layout = _tcx.Layouts.LayoutOf(ty);
            var (memory, offset) = Memory(value, layout);
            if (memory.Size < offset + (int)layout.Size) return false;
            switch (ty)
            {
                case ArrayTy a when a.Length.TryBits is { } n:
                    _out.Append('[');
                    Elements((int)n, i => Field(memory, offset + i * (int)layout.Stride, a.Element, value));
                    _out.Append(']');
                    return true;
                case TupleTy t:
                    _out.Append('(');
                    Elements(t.Elements.Length, i => Field(memory, offset + (int)layout.FieldOffset(i), t.Elements[i], value));
                    _out.Append(t.Elements.Length == 1 ? ",)" : ")");
                    return true;
                case AdtTy a:
                    {
                        var def = _tcx.AdtDef(a.Def);
                        if (def.Variants.Length == 0 || layout.Uninhabited && !def.IsEnum) return false;
                        int v = def.IsEnum ? Discriminant(memory, offset, layout) : 0;
                        if (v < 0) return false;
                        var shape = def.IsEnum ? layout.ForVariant(v) : layout;
                        var variant = def.Variants[v];
                        ValuePath(variant.Def, a.Args);
                        VariantFields(variant, variant.Fields.Length, i => Field(memory, offset + (int)shape.FieldOffset(i), _tcx.Traits.FieldTy(a, v, i), value));
                        return true;
                    }
                default: return false;
            }
        }
        catch (MirlinkException)
        {
            // no layout, so nothing that could be taken apart
            return false;
        }
    }

    private void Elements(int count, Action<int> each)
    {
        for (int i = 0; i < count; i++)
        {
            if (i > 0) _out.Append(", ");
            each(i);
        }
    }

    /// <summary>A value as memory: where it is, or a copy.</summary>
    private static (Allocation Memory, int Offset) Memory(ConstValue value, TyAndLayout layout)
    {
        switch (value)
        {
            case ConstValue.Indirect { Alloc: GlobalAlloc.Memory m } i: return (m.Allocation, (int)i.Offset);
            case ConstValue.Scalar s:
                {
                    var bytes = new byte[16];
                    s.Int.Bits.Write(bytes);
                    return (new Allocation(bytes, [], null, 16, Mutability.Not), 0);
                }
            case ConstValue.Pointer p: return (Wide(p.Alloc, p.Offset, 0, p.IsImmutable), 0);
            case ConstValue.Slice s: return (Wide(s.Alloc, 0, s.Meta, immutable: true), 0);
            default: return (new Allocation(new byte[layout.Size], [], null, 1, Mutability.Not), 0);
        }
    }

    private static Allocation Wide(GlobalAlloc alloc, ulong offset, ulong meta, bool immutable)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, offset);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), meta);
        return new Allocation(bytes, [new Relocation(0, alloc) { IsImmutable = immutable }], null, 8, Mutability.Not);
    }

    private void Field(Allocation memory, int offset, Ty ty, ConstValue whole)
    {
        var layout = _tcx.Layouts.LayoutOf(ty);
        if (layout.IsZst)
        {
            Value(ConstValue.ZeroSized.Instance, ty);
            return;
        }
        if (layout.Repr is { IsScalar: true, A.IsUnion: false } && ReadScalar(memory, offset, (int)layout.Size) is { } scalar)
        {
            Value(scalar, ty);
            return;
        }
        Value(whole is ConstValue.Indirect i ? new ConstValue.Indirect(i.Alloc, (ulong)offset) : new ConstValue.Indirect(new GlobalAlloc.Memory(memory), (ulong)offset), ty);
    }

    /// <summary>An initialized scalar: a number, or a pointer that is wholly there.</summary>
    private static ConstValue? ReadScalar(Allocation memory, int offset, int size)
    {
        if (offset + size > memory.Size) return null;
        if (memory.Init is { } init && init.AsSpan(offset, size).Contains(false)) return null;
        U128 bits = 0;
        for (int i = size - 1; i >= 0; i--) bits = bits << 8 | memory.Bytes[offset + i];
        foreach (var r in memory.Relocations)
        {
            if (r.Offset == offset && size == 8) return new ConstValue.Pointer(r.Target, (ulong)bits) { IsImmutable = r.IsImmutable };
            if (r.Offset < offset + size && offset < r.Offset + 8) return null;
        }
        return new ConstValue.Scalar(new ScalarInt(bits, (byte)size));
    }

    /// <summary>The variant that an enum in memory is, -1 if it is none.</summary>
    private int Discriminant(Allocation memory, int offset, TyAndLayout layout)
    {
        if (layout.Variants == VariantsKind.Single) return layout.VariantIndex;
        if (layout.Variants == VariantsKind.Empty) return -1;
        var tag = ReadScalar(memory, offset + (int)layout.FieldOffset(layout.TagField), layout.Tag.Size);
        switch (tag)
        {
            case ConstValue.Pointer when layout.IsNicheEncoded: return layout.UntaggedVariant;
            case ConstValue.Scalar s when layout.IsNicheEncoded:
                {
                    var relative = (s.Int.Bits - layout.NicheStart) & layout.Tag.Mask;
                    return relative <= (U128)(layout.NicheVariantsEnd - layout.NicheVariantsStart) ? layout.NicheVariantsStart + (int)relative : layout.UntaggedVariant;
                }
            case ConstValue.Scalar s:
                for (int v = 0; v < layout.VariantLayouts.Length; v++)
                    if ((_tcx.Traits.DiscriminantFor(layout.Ty, v) & layout.Tag.Mask) == s.Int.Bits) return v;
                return -1;
            default: return -1;
        }
    }
}
