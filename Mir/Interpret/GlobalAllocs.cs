namespace Mirlink.Mir;

/// <summary>The one allocation of the session for each function, vtable, type id and caller location.</summary>
public sealed partial class TyCtxt
{
    private readonly ConcurrentMap<Instance, GlobalAlloc.Function> _fnAllocs = new();
    private readonly ConcurrentMap<(Ty, DynamicTy), GlobalAlloc.VTable> _vtableAllocs = new();
    private readonly ConcurrentMap<Ty, GlobalAlloc.TypeId, ById<Ty>> _typeIdAllocs = new();
    private readonly ConcurrentMap<Span, GlobalAlloc.Memory> _callerLocations = new();

    public GlobalAlloc.Function FnAlloc(Instance instance) => _fnAllocs.GetOrAdd(instance, static i => new GlobalAlloc.Function(i));
    public GlobalAlloc.VTable VTableAlloc(Ty ty, DynamicTy dyn) => _vtableAllocs.GetOrAdd((ty, EraseRegions(dyn)), static k => new GlobalAlloc.VTable(k.Item1, k.Item2));
    public GlobalAlloc.TypeId TypeIdAlloc(Ty ty) => _typeIdAllocs.GetOrAdd(ty, static t => new GlobalAlloc.TypeId(t));

    /// <summary>A core::panic::Location for a position (rustc's caller_location). The dummy span gives an empty file name.</summary>
    public GlobalAlloc.Memory CallerLocation(Span span) => _callerLocations.GetOrAdd(span, static (s, tcx) => tcx.MakeCallerLocation(s), this);

    private readonly ConcurrentMap<int, GlobalAlloc.Memory> _fileNames = new();

    private GlobalAlloc.Memory MakeCallerLocation(Span span)
    {
        // The file name ends with a NUL that is not part of the string, for C.
        var name = _fileNames.GetOrAdd(span.File, static (f, tcx) =>
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes((f < 0 ? "" : tcx.SourceFile(f)) + "\0");
            return new GlobalAlloc.Memory(new Allocation(bytes, [], null, 1, Mutability.Not));
        }, this);
        var ty = Interner.Adt(LangItem("panic_location"), Interner.Args([Interner.ReErased]));
        var layout = Layouts.LayoutOf(ty);
        var bytes = new byte[layout.Size];
        ulong fileAt = layout.FieldOffset(0), lineAt = layout.FieldOffset(1), columnAt = layout.FieldOffset(2);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan((int)fileAt + 8), (ulong)name.Allocation.Size - 1);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan((int)lineAt), span.Line);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan((int)columnAt), span.Column);
        return new GlobalAlloc.Memory(new Allocation(bytes, [new Relocation((int)fileAt, name)], null, layout.Align, Mutability.Not));
    }
}
