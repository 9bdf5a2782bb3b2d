using System.Buffers.Binary;

namespace Mirlink.Mir.Interpret;

/// <summary>Where heap memory comes from.</summary>
public enum InterpAllocator : byte { None, Rust, C }

public enum InterpAllocKind : byte { Stack, Heap, Memory, Static, Function, VTable, TypeId }

/// <summary>
/// One allocation as the interpreter sees it: bytes, which of them are initialized, and the provenance of pointers in them. Either private to one
/// evaluation and mutable, or a read-only view of a <see cref="GlobalAlloc"/> (one per session: compared by reference, shared by all threads).
/// </summary>
public sealed class InterpAlloc
{
    private const int PointerSize = 8;

    private readonly record struct Fragment(InterpAlloc Target, byte Index);

    private byte[]? _bytes;
    private bool[]? _init;
    private bool _allInit;
    // Whole pointers by offset, ascending; fragments hold single bytes of pointers that were copied in part.
    private List<(int Offset, InterpAlloc Target)>? _pointers;
    private Dictionary<int, Fragment>? _fragments;
    private Relocation[]? _relocations;

    /// <summary>New uninitialized memory.</summary>
    public InterpAlloc(InterpAllocKind kind, int size, ulong align)
    {
        Kind = kind;
        _bytes = size == 0 ? [] : new byte[size];
        Align = align;
        Mutability = Mutability.Mut;
        IsLive = true;
    }

    /// <summary>What stands in a frame for the memory of a local that has none.</summary>
    public static readonly InterpAlloc DeadLocal = new(InterpAllocKind.Stack, 0, 1);

    /// <summary>A copy of a global's memory that can be changed.</summary>
    public InterpAlloc(InterpAllocKind kind, Allocation contents)
    {
        Kind = kind;
        _bytes = (byte[])contents.Bytes.Clone();
        _init = (bool[]?)contents.Init?.Clone();
        _allInit = contents.Init is null;
        if (contents.Relocations.Length > 0) _pointers = [.. contents.Relocations.Select(static r => (r.Offset, Of(r.Target)))];
        Align = contents.Align;
        Mutability = contents.Mutability;
        IsLive = true;
    }

    /// <summary>The address of code that is not MIR.</summary>
    public InterpAlloc(string nativeName)
    {
        Kind = InterpAllocKind.Function;
        NativeName = nativeName;
        IsLive = true;
        Align = 1;
        _bytes = [];
    }

    private InterpAlloc(GlobalAlloc global)
    {
        Global = global;
        IsLive = true;
        Kind = global switch
        {
            GlobalAlloc.Memory => InterpAllocKind.Memory,
            GlobalAlloc.Static => InterpAllocKind.Static,
            GlobalAlloc.Function => InterpAllocKind.Function,
            GlobalAlloc.VTable => InterpAllocKind.VTable,
            GlobalAlloc.TypeId => InterpAllocKind.TypeId,
            _ => throw new BugException("unknown kind of allocation"),
        };
    }

    /// <summary>The view of a global allocation: always the same object.</summary>
    public static InterpAlloc Of(GlobalAlloc global) => (InterpAlloc)(global.InterpreterView ?? Interlocked.CompareExchange(ref global.InterpreterView, new InterpAlloc(global), null) ?? global.InterpreterView!);

    public InterpAllocKind Kind { get; }
    public GlobalAlloc? Global { get; private set; }
    public ulong Align { get; private set; }
    public Mutability Mutability { get; private set; }
    public bool IsLive { get; private set; }
    /// <summary>Set for functions that are not MIR.</summary>
    public string? NativeName { get; }
    /// <summary>Where the memory is, 0 while nobody asked. Of memory of one evaluation only.</summary>
    public ulong Address { get; set; }
    /// <summary>Which functions free it.</summary>
    public InterpAllocator Allocator { get; init; }
    /// <summary>A heap allocation that const_make_global was called on.</summary>
    public bool MadeGlobal { get; set; }
    public bool IsMemoryLoaded => _bytes is not null;
    public int Size => _bytes!.Length;
    public byte[] Bytes => _bytes!;

    public void Kill() => IsLive = false;

    /// <summary>Fills the view of a global memory or static.</summary>
    public void Load(Allocation allocation)
    {
        lock (this)
        {
            if (_bytes is not null) return;
            _init = allocation.Init;
            _allInit = allocation.Init is null;
            _relocations = allocation.Relocations;
            Align = allocation.Align;
            Mutability = allocation.Mutability;
            Volatile.Write(ref _bytes, allocation.Bytes);
        }
    }

    // -- initialization ------------------------------------------------------------------------------------------------------------------------

    /// <summary>Index of the first uninitialized byte in a range, -1 for none.</summary>
    public int FirstUninit(int offset, int size)
    {
        if (_allInit) return -1;
        if (_init is null) return size == 0 ? -1 : offset;
        int at = _init.AsSpan(offset, size).IndexOf(false);
        return at < 0 ? -1 : offset + at;
    }

    private void SetInit(int offset, int size, bool value)
    {
        if (size == 0 || _allInit && value) return;
        if (value && offset == 0 && size == Size)
        {
            _allInit = true;
            _init = null;
            return;
        }
        if (_init is null)
        {
            if (!value && !_allInit) return;
            _init = new bool[Size];
            if (_allInit) _init.AsSpan().Fill(true);
        }
        _allInit = false;
        _init.AsSpan(offset, size).Fill(value);
    }

    // -- provenance ----------------------------------------------------------------------------------------------------------------------------

    private static int LowerBound(List<(int Offset, InterpAlloc Target)> list, int offset)
    {
        int lo = 0, hi = list.Count;
        while (lo < hi)
        {
            int mid = (lo + hi) >> 1;
            if (list[mid].Offset < offset) lo = mid + 1; else hi = mid;
        }
        return lo;
    }

    private static int LowerBound(Relocation[] list, int offset)
    {
        int lo = 0, hi = list.Length;
        while (lo < hi)
        {
            int mid = (lo + hi) >> 1;
            if (list[mid].Offset < offset) lo = mid + 1; else hi = mid;
        }
        return lo;
    }

    /// <summary>Does any byte of a range belong to a pointer?</summary>
    public bool HasProvenance(int offset, int size)
    {
        if (size == 0) return false;
        if (_relocations is { } r)
        {
            int at = LowerBound(r, offset - PointerSize + 1);
            return at < r.Length && r[at].Offset < offset + size;
        }
        if (_pointers is { Count: > 0 })
        {
            int at = LowerBound(_pointers, offset - PointerSize + 1);
            if (at < _pointers.Count && _pointers[at].Offset < offset + size) return true;
        }
        if (_fragments is not null)
            for (int i = 0; i < size; i++) if (_fragments.ContainsKey(offset + i)) return true;
        return false;
    }

    /// <summary>The allocation that the pointer stored at exactly <paramref name="offset"/> points into, null for none.</summary>
    public InterpAlloc? PointerAt(int offset)
    {
        if (_relocations is { } r)
        {
            int at = LowerBound(r, offset);
            return at < r.Length && r[at].Offset == offset ? Of(r[at].Target) : null;
        }
        if (_pointers is { Count: > 0 })
        {
            int at = LowerBound(_pointers, offset);
            if (at < _pointers.Count && _pointers[at].Offset == offset) return _pointers[at].Target;
        }
        if (_fragments is null || !_fragments.TryGetValue(offset, out var first) || first.Index != 0) return null;
        for (int i = 1; i < PointerSize; i++)
            if (!_fragments.TryGetValue(offset + i, out var f) || f.Index != i || !ReferenceEquals(f.Target, first.Target)) return null;
        return first.Target;
    }

    private void ClearProvenance(int offset, int size)
    {
        if (size == 0) return;
        if (_pointers is { Count: > 0 })
        {
            int from = LowerBound(_pointers, offset - PointerSize + 1), to = from;
            while (to < _pointers.Count && _pointers[to].Offset < offset + size)
            {
                var (at, target) = _pointers[to++];
                // The bytes of an overwritten pointer that stay keep their provenance one by one.
                for (int i = 0; i < PointerSize; i++)
                    if (at + i < offset || at + i >= offset + size) (_fragments ??= [])[at + i] = new Fragment(target, (byte)i);
            }
            _pointers.RemoveRange(from, to - from);
        }
        if (_fragments is { Count: > 0 })
            for (int i = 0; i < size; i++) _fragments.Remove(offset + i);
    }

    private void SetPointer(int offset, InterpAlloc target)
    {
        if ((_pointers ??= []).Count == 0 || _pointers[^1].Offset < offset) _pointers.Add((offset, target));
        else _pointers.Insert(LowerBound(_pointers, offset), (offset, target));
    }

    // -- access (ranges are in bounds) -------------------------------------------------------------------------------------------------------------

    public U128 ReadBits(int offset, int size)
    {
        var b = _bytes.AsSpan(offset, size);
        switch (size)
        {
            case 1: return b[0];
            case 2: return BinaryPrimitives.ReadUInt16LittleEndian(b);
            case 4: return BinaryPrimitives.ReadUInt32LittleEndian(b);
            case 8: return BinaryPrimitives.ReadUInt64LittleEndian(b);
            case 16: return U128.Read(b);
        }
        U128 v = 0;
        for (int i = size - 1; i >= 0; i--) v = v << 8 | b[i];
        return v;
    }

    public void WriteScalar(int offset, Scalar value)
    {
        int size = value.Size;
        ClearProvenance(offset, size);
        var b = _bytes.AsSpan(offset, size);
        var bits = value.RawBits;
        switch (size)
        {
            case 1: b[0] = (byte)bits; break;
            case 2: BinaryPrimitives.WriteUInt16LittleEndian(b, (ushort)bits); break;
            case 4: BinaryPrimitives.WriteUInt32LittleEndian(b, (uint)bits); break;
            case 8: BinaryPrimitives.WriteUInt64LittleEndian(b, (ulong)bits); break;
            case 16: bits.Write(b); break;
            default:
                for (int i = 0; i < size; i++) b[i] = (byte)(bits >> (8 * i));
                break;
        }
        SetInit(offset, size, true);
        if (value.Provenance is { } p) SetPointer(offset, p);
    }

    public void WriteUninit(int offset, int size)
    {
        ClearProvenance(offset, size);
        SetInit(offset, size, false);
    }

    public void WriteBytes(int offset, ReadOnlySpan<byte> bytes)
    {
        ClearProvenance(offset, bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(offset));
        SetInit(offset, bytes.Length, true);
    }

    public void Fill(int offset, int size, byte value)
    {
        ClearProvenance(offset, size);
        _bytes.AsSpan(offset, size).Fill(value);
        SetInit(offset, size, true);
    }

    /// <summary>Copies bytes with their initialization and provenance; the ranges may overlap.</summary>
    public static void Copy(InterpAlloc from, int fromOffset, InterpAlloc to, int toOffset, int size)
    {
        if (size == 0 || ReferenceEquals(from, to) && fromOffset == toOffset) return;
        List<(int Offset, InterpAlloc Target)>? pointers = null;
        List<(int Offset, Fragment Fragment)>? fragments = null;
        if (from.HasProvenance(fromOffset, size)) from.Collect(fromOffset, size, ref pointers, ref fragments);
        bool[]? init = null;
        bool allInit = from.FirstUninit(fromOffset, size) < 0;
        if (!allInit && from._init is not null) init = from._init.AsSpan(fromOffset, size).ToArray();

        to.ClearProvenance(toOffset, size);
        from._bytes.AsSpan(fromOffset, size).CopyTo(to._bytes.AsSpan(toOffset, size));
        to.SetInit(toOffset, size, allInit);
        if (init is not null)
            for (int i = 0; i < size; i++) if (init[i]) to.SetInit(toOffset + i, 1, true);
        if (pointers is not null) foreach (var (o, t) in pointers) to.SetPointer(o - fromOffset + toOffset, t);
        if (fragments is not null) foreach (var (o, f) in fragments) (to._fragments ??= [])[o - fromOffset + toOffset] = f;
    }

    private void Collect(int offset, int size, ref List<(int, InterpAlloc)>? pointers, ref List<(int, Fragment)>? fragments)
    {
        int end = offset + size;
        int count = _relocations?.Length ?? _pointers?.Count ?? 0;
        int first = count == 0 ? 0 : _relocations is { } r ? LowerBound(r, offset - PointerSize + 1) : LowerBound(_pointers!, offset - PointerSize + 1);
        for (int at = first; at < count; at++)
        {
            int o = _relocations is null ? _pointers![at].Offset : _relocations[at].Offset;
            if (o >= end) break;
            var target = _relocations is null ? _pointers![at].Target : Of(_relocations[at].Target);
            if (o >= offset && o + PointerSize <= end) (pointers ??= []).Add((o, target));
            else
                for (int i = 0; i < PointerSize; i++)
                    if (o + i >= offset && o + i < end) (fragments ??= []).Add((o + i, new Fragment(target, (byte)i)));
        }
        if (_fragments is { Count: > 0 })
            for (int i = offset; i < end; i++) if (_fragments.TryGetValue(i, out var f)) (fragments ??= []).Add((i, f));
    }

    /// <summary>Bytes as a program sees them: pointers as addresses.</summary>
    public void ReadAddresses(int offset, Span<byte> into, Func<InterpAlloc, ulong> baseAddress)
    {
        int size = into.Length;
        _bytes.AsSpan(offset, size).CopyTo(into);
        if (!HasProvenance(offset, size)) return;
        List<(int Offset, InterpAlloc Target)>? pointers = null;
        List<(int Offset, Fragment Fragment)>? fragments = null;
        // Whole pointers from a little before the range: those that begin there reach into it.
        int from = Math.Max(0, offset - PointerSize + 1);
        Collect(from, Math.Min(Size, offset + size + PointerSize - 1) - from, ref pointers, ref fragments);
        Span<byte> address = stackalloc byte[PointerSize];
        if (pointers is not null)
            foreach (var (at, target) in pointers)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(address, unchecked(baseAddress(target) + BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(at))));
                for (int i = 0; i < PointerSize; i++) if (at + i >= offset && at + i < offset + size) into[at + i - offset] = address[i];
            }
        if (fragments is not null) throw InterpError.Unsupported("reading parts of a pointer that is not whole as integers");
    }

    // -- interning ---------------------------------------------------------------------------------------------------------------------------------

    /// <summary>Joins the fragments of whole pointers; false if parts of pointers remain.</summary>
    public bool MergeFragments()
    {
        if (_fragments is not { Count: > 0 }) return true;
        var starts = new List<int>();
        foreach (var (o, f) in _fragments) if (f.Index == 0) starts.Add(o);
        starts.Sort();
        foreach (int o in starts)
        {
            if (PointerAt(o) is not { } target) return false;
            for (int i = 0; i < PointerSize; i++) _fragments.Remove(o + i);
            SetPointer(o, target);
        }
        return _fragments.Count == 0;
    }

    /// <summary>Pointers in ascending order of their offsets. Only for memory of this evaluation.</summary>
    public IReadOnlyList<(int Offset, InterpAlloc Target)> Pointers => _pointers ?? [];

    /// <summary>From now on this is the view of a global.</summary>
    public void BecomeGlobal(GlobalAlloc global, Mutability mutability)
    {
        Global = global;
        Mutability = mutability;
        if (global is GlobalAlloc.Memory) global.InterpreterView = this;
    }

    public Allocation ToAllocation(Func<InterpAlloc, GlobalAlloc> globalOf)
    {
        var relocations = new Relocation[_pointers?.Count ?? 0];
        for (int i = 0; i < relocations.Length; i++) relocations[i] = new Relocation(_pointers![i].Offset, globalOf(_pointers[i].Target));
        bool[]? init = _allInit || Size == 0 ? null : _init ?? new bool[Size];
        if (init is not null && Array.TrueForAll(init, b => b)) init = null;
        return new Allocation(_bytes!, relocations, init, Align, Mutability);
    }

    public override string ToString() => "alloc";
}
