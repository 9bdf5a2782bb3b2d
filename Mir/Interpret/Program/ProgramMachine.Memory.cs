namespace Mirlink.Mir.Interpret.Program;

/// <summary>
/// Memory of a run. Every allocation gets an address when somebody asks for it, never used again for another. Addresses are odd multiples of the alignment, so that an
/// access that needs more is always found to be misaligned, and not only by chance.
/// </summary>
internal sealed partial class ProgramMachine
{
    private readonly Dictionary<InterpAlloc, InterpAlloc> _globals = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<InterpAlloc, ulong> _globalAddresses = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<DefId, InterpAlloc> _threadLocals = [];
    private readonly List<(ulong Address, InterpAlloc Alloc)> _exposed = [];
    private ulong _nextAddress = 0x10000;
    private InterpAlloc? _environ, _environVariable, _errno;
    private List<string> _environment = [];

    // -- addresses ---------------------------------------------------------------------------------------------------------------------------------

    internal override ulong BaseAddress(InterpCx cx, InterpAlloc alloc)
    {
        if (alloc.Global is null)
        {
            if (alloc.Address == 0) alloc.Address = Place((ulong)alloc.Size, alloc.Align);
            return alloc.Address;
        }
        // A type id's words are the hash itself.
        if (alloc.Kind == InterpAllocKind.TypeId) return 0;
        if (_globalAddresses.TryGetValue(alloc, out ulong known)) return known;
        var (size, align) = cx.AllocInfo(alloc);
        if (alloc.Kind == InterpAllocKind.Function) align = 16;
        ulong address = Place(size, align);
        _globalAddresses.Add(alloc, address);
        return address;
    }

    private ulong Place(ulong size, ulong align)
    {
        ulong address = InterpCx.AlignTo(_nextAddress, align);
        if ((address / align & 1) == 0) address += align;
        // One byte past the end is nobody else's address.
        _nextAddress = address + size + 1;
        return address;
    }

    internal override bool IsAligned(InterpCx cx, Pointer ptr, ulong align)
    {
        if (ptr.Alloc is not { } alloc) return ptr.Offset % align == 0;
        if (alloc.Global is null && alloc.Align >= align) return ptr.Offset % align == 0;
        return unchecked(BaseAddress(cx, alloc) + ptr.Offset) % align == 0;
    }

    internal override Scalar ExposeAddress(InterpCx cx, Pointer pointer)
    {
        ulong address = cx.AddressOf(pointer);
        if (pointer.Alloc is { } alloc && alloc.Kind != InterpAllocKind.TypeId)
        {
            ulong start = BaseAddress(cx, alloc);
            int at = LowerBound(start);
            if (at == _exposed.Count || _exposed[at].Address != start) _exposed.Insert(at, (start, alloc));
        }
        return Scalar.Usize(address);
    }

    private int LowerBound(ulong address)
    {
        int lo = 0, hi = _exposed.Count;
        while (lo < hi)
        {
            int mid = (lo + hi) >> 1;
            if (_exposed[mid].Address < address) lo = mid + 1; else hi = mid;
        }
        return lo;
    }

    internal override Pointer FromExposedAddress(InterpCx cx, ulong address)
    {
        int at = LowerBound(address + 1) - 1;
        if (at < 0) return new Pointer(null, address);
        var (start, alloc) = _exposed[at];
        return address - start <= cx.AllocInfo(alloc).Size ? new Pointer(alloc, address - start) : new Pointer(null, address);
    }

    internal override Scalar BinaryPtrOp(InterpCx cx, BinOp op, Scalar left, Scalar right)
    {
        var pointer = cx.LayoutOf(_tcx.Interner.Usize);
        return cx.BinaryOp(op, Op.Scalar(cx.ToInt(left), pointer), Op.Scalar(cx.ToInt(right), pointer));
    }

    // -- globals -----------------------------------------------------------------------------------------------------------------------------------

    internal override InterpAlloc MemoryOf(InterpCx cx, InterpAlloc global)
    {
        switch (global.Kind)
        {
            case InterpAllocKind.Static:
                {
                    if (_globals.TryGetValue(global, out var own)) return own;
                    own = MakeStatic(cx, ((GlobalAlloc.Static)global.Global!).Def);
                    _globals.Add(global, own);
                    return own;
                }
            case InterpAllocKind.Memory:
                {
                    if (!global.IsMemoryLoaded) global.Load(((GlobalAlloc.Memory)global.Global!).Allocation);
                    if (global.Mutability == Mutability.Not) return global;
                    if (_globals.TryGetValue(global, out var own)) return own;
                    own = new InterpAlloc(InterpAllocKind.Memory, ((GlobalAlloc.Memory)global.Global!).Allocation);
                    _globals.Add(global, own);
                    return own;
                }
            default: return global;
        }
    }

    private InterpAlloc MakeStatic(InterpCx cx, DefId def)
    {
        if (!_tcx.IsForeignItem(def)) return new InterpAlloc(InterpAllocKind.Static, cx.Consts.StaticInitializer(def));
        var attrs = _tcx.CodegenFnAttrs(def);
        string name = attrs.SymbolName ?? _tcx.DefKey(def).Name!;
        if (attrs.ImportLinkage is not null)
        {
            // The variable holds the address of the symbol, null where there is none.
            var word = cx.Allocate(InterpAllocKind.Static, 8, 8);
            Pointer value = Definitions.TryGetValue(name, out var defined) ? AddressOfDefinition(defined)
                : ForeignFunctions.IsWeaklyLinked(name) ? new Pointer(new InterpAlloc(name), 0) : Pointer.Null;
            word.WriteScalar(0, value.ToScalar());
            return word;
        }
        if (Definitions.TryGetValue(name, out var definition)) return MemoryOf(cx, InterpAlloc.Of(_tcx.StaticAlloc(definition)));
        if (name == "environ")
        {
            var word = cx.Allocate(InterpAllocKind.Static, 8, 8);
            word.WriteScalar(0, Environ(cx).ToScalar());
            return _environVariable = word;
        }
        throw InterpError.Unsupported($"`extern` static `{_tcx.DefPath(def)}`");
    }

    private Pointer AddressOfDefinition(DefId def) => _tcx.DefKind(def) == DefKind.Static
        ? new Pointer(InterpAlloc.Of(_tcx.StaticAlloc(def)), 0)
        : new Pointer(InterpAlloc.Of(_tcx.FnAlloc(Instance.Item(def, _tcx.Interner.NoArgs))), 0);

    internal override Allocation StaticInitializer(InterpCx cx, DefId def) => throw new BugException("statics of a program are its own");

    internal override Pointer ThreadLocalStatic(InterpCx cx, DefId def)
    {
        if (!_threadLocals.TryGetValue(def, out var alloc)) _threadLocals.Add(def, alloc = MakeStatic(cx, def));
        return new Pointer(alloc, 0);
    }

    internal override void BeforeGlobalRead(InterpCx cx, InterpAlloc alloc) { }
    internal override void BeforeGlobalWrite(InterpCx cx, InterpAlloc alloc) => throw InterpError.Ub($"writing to {alloc} which is read-only");

    // -- what the system gives a program -----------------------------------------------------------------------------------------------------------------

    private static Pointer Bytes(InterpCx cx, ReadOnlySpan<byte> bytes)
    {
        var alloc = cx.Allocate(InterpAllocKind.Stack, (ulong)bytes.Length + 1, 1);
        alloc.WriteBytes(0, bytes);
        alloc.WriteBytes(bytes.Length, [0]);
        return new Pointer(alloc, 0);
    }

    private static InterpAlloc Strings(InterpCx cx, IReadOnlyList<string> strings)
    {
        var array = cx.Allocate(InterpAllocKind.Stack, (ulong)(strings.Count + 1) * 8, 8);
        for (int i = 0; i < strings.Count; i++) array.WriteScalar(i * 8, Bytes(cx, System.Text.Encoding.UTF8.GetBytes(strings[i])).ToScalar());
        array.WriteScalar(strings.Count * 8, Scalar.Usize(0));
        return array;
    }

    private (int Count, Pointer Strings) MakeArguments(InterpCx cx) => (_options.Args.Count, new Pointer(Strings(cx, _options.Args), 0));

    public Pointer Environ(InterpCx cx) => new(_environ ??= Strings(cx, _environment = [.. _options.Environment]), 0);

    /// <summary>Sets (`NAME=value`) or unsets (null) a variable; `environ` then points to a new array.</summary>
    public void SetEnvironment(InterpCx cx, string name, string? entry)
    {
        Environ(cx);
        int at = _environment.FindIndex(e => e.StartsWith(name + "=", StringComparison.Ordinal));
        if (at >= 0 && entry is not null) _environment[at] = entry;
        else if (at >= 0) _environment.RemoveAt(at);
        else if (entry is not null) _environment.Add(entry);
        _environ = Strings(cx, _environment);
        _environVariable?.WriteScalar(0, new Pointer(_environ, 0).ToScalar());
    }

    public InterpAlloc Errno(InterpCx cx)
    {
        if (_errno is not null) return _errno;
        _errno = cx.Allocate(InterpAllocKind.Static, 4, 4);
        _errno.WriteScalar(0, Scalar.Of(U128.Zero, 4));
        return _errno;
    }

    // -- destructors of thread-locals ------------------------------------------------------------------------------------------------------------------

    private readonly Stack<(Instance Destructor, Scalar Argument)> _threadLocalDestructors = new();

    public void AddThreadLocalDestructor(Scalar function, Scalar argument) =>
        _threadLocalDestructors.Push((function.Provenance?.Global is GlobalAlloc.Function f ? f.Instance : throw InterpError.Ub($"using {function} as function pointer but it does not point to a function"), argument));

    private void RunThreadLocalDestructors(InterpCx cx)
    {
        var pointer = cx.LayoutOf(_tcx.Interner.RawPtr(_tcx.Interner.U8, Mutability.Mut));
        while (_threadLocalDestructors.TryPop(out var d)) cx.Run(d.Destructor, [Op.Scalar(d.Argument, pointer)], cx.UnitPlace());
    }
}
