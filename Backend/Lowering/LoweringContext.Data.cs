using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Mirlink.Backend.Lir;
using Mirlink.Mir;
using Mirlink.Mir.Abi;

namespace Mirlink.Backend.Lowering;

/// <summary>A data object with what it refers to, so that whoever reaches it can report that.</summary>
internal sealed class DataItem
{
    public required LirData Data { get; init; }
    public List<Instance> Functions { get; } = [];
    /// <summary>Functions that are only called: a vtable's.</summary>
    public List<Instance> Code { get; init; } = [];
    public List<DefId> Statics { get; } = [];
    public List<DataItem> Children { get; } = [];
}

/// <summary>Allocations, statics, vtables and caller locations as data objects.</summary>
public sealed partial class LoweringContext
{
    private readonly ConcurrentMap<GlobalAlloc, DataItem, ByReference<GlobalAlloc>> _memory = new();
    private readonly ConcurrentMap<(Ty, DynamicTy), DataItem> _vtables = new();
    private readonly ConcurrentMap<Span, DataItem> _locations = new();
    private readonly ConcurrentMap<string, DataItem> _strings = new();
    private readonly ConcurrentMap<DefId, LirSymbol> _staticSymbols = new();

    /// <summary>An address in data or code: a symbol and an offset, or (Symbol null) an absolute number.</summary>
    internal readonly record struct Address(LirSymbol? Symbol, ulong Offset);

    // -- statics -----------------------------------------------------------------------------------------------------------------------------------

    /// <summary>The symbol through which code addresses a static (thread-local ones by TLS).</summary>
    public LirSymbol SymbolOfStatic(DefId def) => _staticSymbols.GetOrAdd(def, static (d, self) =>
    {
        var attrs = self.Tcx.CodegenFnAttrs(d);
        var kind = attrs.Has(CodegenFnAttrFlags.ThreadLocal) ? LirSymbolKind.Tls : LirSymbolKind.Data;
        string name = self.Names.NameOfStatic(d);
        // `#[linkage = "..."] static X: *const T` in an extern block is a variable of ours that holds the address of the symbol, or null.
        return self.Symbols.Get(attrs.ImportLinkage is null ? name : "_rust_extern_with_linkage_" + name, kind);
    }, this);

    /// <summary>The data object of a static that is defined here, or that stands for an extern static with a linkage.</summary>
    public LirData LowerStatic(DefId def, IMonoItemSink sink)
    {
        var attrs = Tcx.CodegenFnAttrs(def);
        var symbol = SymbolOfStatic(def);
        if (attrs.ImportLinkage is { } import)
        {
            var target = Symbols.Get(Names.NameOfStatic(def), LirSymbolKind.Data);
            target.Linkage = import == Linkage.ExternalWeak ? LirLinkage.ExternWeak : LirLinkage.Import;
            symbol.Linkage = LirLinkage.LinkOnceOdr;
            return new LirData { Symbol = symbol, Bytes = new byte[8], Relocs = [new LirReloc(0, target, 0)], Align = 8, Kind = LirDataKind.ReadOnly };
        }
        var allocation = Tcx.Eval.StaticInitializer(def);
        var item = new List<DataItem>();
        var functions = new List<Instance>();
        var statics = new List<DefId>();
        var relocs = Relocations(allocation, out byte[] bytes, functions, statics, item);
        bool tls = attrs.Has(CodegenFnAttrFlags.ThreadLocal);
        bool writable = Tcx.Crate(def).StaticMutability(def.Index) == Mutability.Mut || allocation.Mutability == Mutability.Mut
            || (!IsNestedStatic(def) && !Tcx.Traits.IsFreeze(Tcx.Traits.NormalizeErasingRegions(Tcx.TypeOf(def))));
        foreach (var f in functions) sink.Use(f);
        foreach (var s in statics) sink.UseStatic(s);
        var seen = new HashSet<LirSymbol>(ReferenceEqualityComparer.Instance);
        foreach (var child in item) Report(child, sink, seen);
        return new LirData
        {
            Symbol = symbol, Bytes = bytes, Relocs = relocs, Align = (uint)Math.Max(Math.Max(allocation.Align, attrs.Alignment ?? 1), 1),
            Kind = tls ? LirDataKind.Tls : writable ? LirDataKind.Writable : LirDataKind.ReadOnly,
            Section = attrs.LinkSection, Used = attrs.Has(CodegenFnAttrFlags.UsedCompiler) || attrs.Has(CodegenFnAttrFlags.UsedLinker),
        };
    }

    private bool IsNestedStatic(DefId def) => Tcx.DefKey(def).Data == DefPathData.NestedStatic;

    // -- addresses ---------------------------------------------------------------------------------------------------------------------------------

    /// <summary>The address that an allocation id stands for, plus an offset; what it refers to is appended to the lists.</summary>
    internal Address AddressOf(GlobalAlloc alloc, ulong offset, List<Instance> functions, List<DefId> statics, List<DataItem> data)
    {
        switch (alloc)
        {
            case GlobalAlloc.Function f:
                functions.Add(f.Instance);
                return new Address(SymbolOf(f.Instance), offset);
            case GlobalAlloc.Static s:
                statics.Add(s.Def);
                return new Address(SymbolOfStatic(s.Def), offset);
            case GlobalAlloc.VTable v:
            {
                var item = VtableOf(v.Ty, v.Dyn);
                data.Add(item);
                return new Address(item.Data.Symbol, offset);
            }
            case GlobalAlloc.Memory m:
            {
                // Nothing to point to: any aligned address does, as in rustc.
                if (m.Allocation.Size == 0) return new Address(null, m.Allocation.Align + offset);
                var item = MemoryOf(m);
                data.Add(item);
                return new Address(item.Data.Symbol, offset);
            }
            case GlobalAlloc.TypeId:
                return new Address(null, offset);
            default:
                throw new BugException($"unknown kind of allocation {alloc.GetType().Name}");
        }
    }

    private const string VtablePrefix = "vtable_";

    // -- anonymous memory ------------------------------------------------------------------------------------------------------------------------------

    /// <summary>The data object of an anonymous allocation, named by its contents.</summary>
    internal DataItem MemoryOf(GlobalAlloc.Memory memory)
    {
        if (_memory.TryGetValue(memory, out var known)) return known;
        var allocation = memory.Allocation;
        if (allocation.Mutability == Mutability.Mut) throw new UnsupportedException("a mutable anonymous allocation");
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return _memory.GetOrAdd(memory, Anonymous(allocation, "alloc_"));
    }

    private DataItem Anonymous(Allocation allocation, string prefix)
    {
        var functions = new List<Instance>();
        var statics = new List<DefId>();
        var children = new List<DataItem>();
        var relocs = Relocations(allocation, out byte[] bytes, functions, statics, children);
        return Anonymous(prefix, bytes, relocs, (uint)Math.Max(allocation.Align, 1), functions, statics, children);
    }

    private DataItem Anonymous(string prefix, byte[] bytes, LirReloc[] relocs, uint align, List<Instance> functions, List<DefId> statics, List<DataItem> children,
        List<Instance>? code = null)
    {
        var item = new DataItem
        {
            Code = code ?? [],
            Data = new LirData
            {
                Symbol = Symbols.Get(prefix + ContentHash(bytes, relocs, align), LirSymbolKind.Data),
                Bytes = bytes, Relocs = relocs, Align = align, Kind = LirDataKind.ReadOnly, UnnamedAddr = true, IsVtable = prefix == VtablePrefix,
            },
        };
        item.Functions.AddRange(functions);
        item.Statics.AddRange(statics);
        item.Children.AddRange(children);
        return item;
    }

    /// <summary>Bytes and relocations of an allocation; addresses that are plain numbers are written into the bytes.</summary>
    private LirReloc[] Relocations(Allocation allocation, out byte[] bytes, List<Instance> functions, List<DefId> statics, List<DataItem> data)
    {
        bytes = allocation.Bytes;
        if (allocation.Relocations.Length == 0) return [];
        bytes = (byte[])bytes.Clone();
        var relocs = new List<LirReloc>(allocation.Relocations.Length);
        foreach (var r in allocation.Relocations)
        {
            ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(r.Offset, 8));
            var address = AddressOf(r.Target, offset, functions, statics, data);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(r.Offset, 8), address.Symbol is null ? address.Offset : 0);
            if (address.Symbol is { } target) relocs.Add(new LirReloc(r.Offset, target, (long)address.Offset));
        }
        return [.. relocs];
    }

    private static string ContentHash(byte[] bytes, LirReloc[] relocs, uint align)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> header = stackalloc byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(header, bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], align);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], relocs.Length);
        hash.AppendData(header);
        hash.AppendData(bytes);
        Span<byte> entry = stackalloc byte[16];
        foreach (var r in relocs)
        {
            byte[] name = Encoding.UTF8.GetBytes(r.Target.Name);
            BinaryPrimitives.WriteInt32LittleEndian(entry, r.Offset);
            BinaryPrimitives.WriteInt32LittleEndian(entry[4..], name.Length);
            BinaryPrimitives.WriteInt64LittleEndian(entry[8..], r.Addend);
            hash.AppendData(entry);
            hash.AppendData(name);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    // -- vtables ---------------------------------------------------------------------------------------------------------------------------------------

    /// <summary>The vtable of a type for a trait object type: drop, size, align, then methods and supertrait vtables.</summary>
    internal DataItem VtableOf(Ty ty, DynamicTy dyn)
    {
        if (_vtables.TryGetValue((ty, dyn), out var known)) return known;
        var entries = Tcx.Traits.VtableEntries(ty, dyn);
        var layout = LayoutOf(ty);
        byte[] bytes = new byte[entries.Length * 8];
        var relocs = new List<LirReloc>();
        var functions = new List<Instance>();
        var children = new List<DataItem>();
        for (int i = 0; i < entries.Length; i++)
        {
            switch (entries[i])
            {
                case VtblEntry.DropInPlace:
                    if (!Tcx.Traits.NeedsDrop(ty)) break;
                    Function(i, Tcx.Traits.ResolveDropInPlace(ty));
                    break;
                case VtblEntry.Size:
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * 8), layout.Size);
                    break;
                case VtblEntry.Align:
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * 8), layout.Align);
                    break;
                case VtblEntry.Vacant:
                    break;
                case VtblEntry.Method m:
                    Function(i, m.Instance);
                    break;
                case VtblEntry.TraitVPtr v:
                {
                    var args = Tcx.Interner.Args(v.TraitRef.Args.Span[1..]);
                    var super = Tcx.Interner.Dynamic([new Binder<ExistentialPredicate>(new ExistentialPredicate.Trait(v.TraitRef.Def, args), [])]);
                    var child = VtableOf(ty, super);
                    children.Add(child);
                    relocs.Add(new LirReloc(i * 8, child.Data.Symbol, 0));
                    break;
                }
                default:
                    throw new BugException($"unknown vtable entry {entries[i]}");
            }
        }
        return _vtables.GetOrAdd((ty, dyn), Anonymous(VtablePrefix, bytes, [.. relocs], 8, [], [], children, functions));

        void Function(int slot, Instance instance)
        {
            functions.Add(instance);
            relocs.Add(new LirReloc(slot * 8, SymbolOf(instance), 0));
        }
    }

    // -- caller locations ------------------------------------------------------------------------------------------------------------------------------

    /// <summary>The static core::panic::Location of a source position.</summary>
    internal DataItem LocationOf(Span span) => _locations.GetOrAdd(span, static (s, self) =>
    {
        var interner = self.Tcx.Interner;
        var layout = self.LayoutOf(interner.Adt(self.Tcx.LangItem("panic_location"), interner.Args([interner.ReErased])));
        string file = s.IsDummy ? "<unknown>" : self.Tcx.SourceFile(s.File);
        // The file name is followed by a NUL that its length does not count.
        var name = self.StringData(file + "\0");
        byte[] bytes = new byte[layout.Size];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan((int)layout.FieldOffset(0) + 8), (ulong)Encoding.UTF8.GetByteCount(file));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan((int)layout.FieldOffset(1)), (uint)s.Line);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan((int)layout.FieldOffset(2)), (uint)s.Column);
        var relocs = new[] { new LirReloc((int)layout.FieldOffset(0), name.Data.Symbol, 0) };
        return self.Anonymous("alloc_", bytes, relocs, (uint)layout.Align, [], [], [name]);
    }, this);

    /// <summary>Bytes of a string, in UTF-8.</summary>
    internal DataItem StringData(string text) => _strings.GetOrAdd(text, static (t, self) => self.Anonymous("alloc_", Encoding.UTF8.GetBytes(t), [], 1, [], [], []), this);

    /// <summary>Reports data and everything that it reaches, each item once per <paramref name="seen"/>.</summary>
    internal static void Report(DataItem item, IMonoItemSink sink, HashSet<LirSymbol> seen)
    {
        if (!seen.Add(item.Data.Symbol)) return;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        sink.UseData(item.Data);
        foreach (var f in item.Functions) sink.Use(f);
        foreach (var f in item.Code) sink.UseCode(f);
        foreach (var s in item.Statics) sink.UseStatic(s);
        foreach (var c in item.Children) Report(c, sink, seen);
    }
}
