using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Cranelift;

/// <summary>The object of one unit: functions as they are compiled, then data, aliases and the symbols' properties.</summary>
internal sealed class UnitEmitter(LirUnit unit, CodegenOptions options)
{
    private readonly ElfObject _elf = new();
    private UnwindTables? _unwind;
    private DebugSections? _debug;
    private ElfSection? _text;
    private readonly Dictionary<uint, int> _library = [];

    public ElfObject Elf => _elf;
    private UnwindTables Unwind => _unwind ??= new UnwindTables(_elf);

    public unsafe void Add(LirFunction f, in Native.Compiled c, IReadOnlyList<string> names)
    {
        var section = CodeSection(f);
        int start = section.AlignTo(Math.Max(Math.Max(16, c.Alignment), f.Align));
        int size = checked((int)c.CodeLength);
        section.Append(new ReadOnlySpan<byte>(c.Code, size));
        var linkage = LinkageOf(f.Symbol);
        _elf.Define(f.Symbol.Name, section, (ulong)start, (ulong)size, linkage.Bind, ElfObject.Function, linkage.Visibility);
        for (nuint k = 0; k < c.RelocsLength; k++) Relocate(section, start, in c.Relocs[k], names);
        Unwind.Add(section, start, size, new ReadOnlySpan<byte>(c.Cfi, (int)c.CfiLength), new ReadOnlySpan<Native.CallSite>(c.Sites, (int)c.SitesLength));
        if (options.DebugInfo == 0) return;
        _debug ??= new DebugSections(_elf, unit.Name, options.WorkingDirectory);
        _debug.Add(f, section, start, size, new ReadOnlySpan<Native.Line>(c.Lines, (int)c.LinesLength));
    }

    private ElfSection CodeSection(LirFunction f)
    {
        const ulong flags = ElfSection.Alloc | ElfSection.Exec;
        if (f.Section is { } named) return _elf.SharedSection(named, ElfSection.ProgBits, flags);
        if (!options.FunctionSections) return _text ??= _elf.NewSection(".text", ElfSection.ProgBits, flags);
        bool cold = ((f.Flags | f.Symbol.Flags) & LirFunctionFlags.Cold) != 0;
        return _elf.NewSection((cold ? ".text.unlikely." : ".text.") + f.Symbol.Name, ElfSection.ProgBits, flags);
    }

    private void Relocate(ElfSection section, int start, in Native.Relocation r, IReadOnlyList<string> names)
    {
        int at = start + (int)r.Offset;
        uint type = r.ElfType;
        long addend = r.Addend;
        int symbol;
        switch (r.TargetKind)
        {
            case 0: symbol = _elf.SymbolOf(names[(int)r.Target]); break;
            case 1: symbol = LibraryFunction(r.Target); break;
            case 2: symbol = _elf.SymbolOf(section); addend += start + r.Target; break;
            default: throw new BugException($"relocation against kind {r.TargetKind}");
        }
        // A mov through the GOT, which the linker may turn into a lea.
        if (type == ElfReloc.GotPcRel && at >= 3 && section.At(at - 3, 2) is [0x48 or 0x4c, 0x8b]) type = ElfReloc.RexGotPcRelX;
        section.Relocs.Add(new ElfRela((ulong)at, symbol, type, addend));
    }

    private unsafe int LibraryFunction(uint index)
    {
        if (_library.TryGetValue(index, out int symbol)) return symbol;
        nuint length;
        byte* name = Native.LibraryName(index, &length);
        symbol = _elf.SymbolOf(CraneliftLibrary.Text(name, length));
        _library.Add(index, symbol);
        return symbol;
    }

    /// <summary>mov al, 8; jmp function: all of the eight vector registers may hold arguments.</summary>
    public void AddVariadicStub(string function)
    {
        string name = FunctionEncoder.VariadicStub(function);
        var section = _elf.NewSection(".text." + name, ElfSection.ProgBits, ElfSection.Alloc | ElfSection.Exec);
        section.Append([0xb0, 8, 0xe9, 0, 0, 0, 0]);
        section.Relocs.Add(new ElfRela(3, _elf.SymbolOf(function), ElfReloc.Plt32, -4));
        _elf.Define(name, section, 0, 7, ElfObject.Local, ElfObject.Function, ElfObject.Default);
    }

    public byte[] Finish()
    {
        foreach (var d in unit.Data) AddData(d);
        foreach (var (alias, target) in unit.Aliases)
        {
            var (section, value, size, type) = _elf.DefinitionOf(target.Name) ?? throw new BugException($"alias {alias} in unit {unit.Name} is of {target}, which the unit does not define");
            var (bind, visibility) = LinkageOf(alias);
            _elf.Define(alias.Name, section, value, size, bind, type, visibility);
        }
        var seen = new HashSet<LirSymbol>(ReferenceEqualityComparer.Instance);
        foreach (var f in unit.Functions) foreach (var s in f.Symbols) if (seen.Add(s)) Declare(s);
        foreach (var d in unit.Data) foreach (var r in d.Relocs) if (seen.Add(r.Target)) Declare(r.Target);
        _debug?.Finish();
        _elf.NewSection(".note.GNU-stack", ElfSection.ProgBits, 0);
        return _elf.Write();
    }

    private void Declare(LirSymbol s)
    {
        byte type = s.Kind == LirSymbolKind.Tls ? ElfObject.Tls : ElfObject.NoType;
        _elf.Declare(s.Name, s.Linkage == LirLinkage.ExternWeak ? ElfObject.Weak : ElfObject.Global, type, s.Linkage == LirLinkage.Hidden ? ElfObject.Hidden : ElfObject.Default);
    }

    internal static (byte Bind, byte Visibility) LinkageOf(LirSymbol s) => s.Linkage switch
    {
        LirLinkage.Hidden => (ElfObject.Global, ElfObject.Hidden),
        LirLinkage.Export => (ElfObject.Global, ElfObject.Default),
        LirLinkage.Weak or LirLinkage.LinkOnceOdr or LirLinkage.WeakOdr => (ElfObject.Weak, ElfObject.Default),
        LirLinkage.Common => (ElfObject.Global, ElfObject.Default),
        LirLinkage.Internal => (ElfObject.Local, ElfObject.Default),
        _ => throw new BugException($"{s} is defined with linkage {s.Linkage}"),
    };

    private void AddData(LirData d)
    {
        bool zero = d.Relocs.Length == 0 && !d.Bytes.AsSpan().ContainsAnyExcept((byte)0);
        if (d.Symbol.Linkage == LirLinkage.Common)
        {
            if (!zero) throw new BugException($"common symbol {d.Symbol} has content");
            _elf.DefineCommon(d.Symbol.Name, Math.Max(1, d.Align), (ulong)d.Bytes.Length);
            return;
        }
        var section = DataSection(d, zero);
        int start = section.AlignTo(Math.Max(1, d.Align));
        if (section.Type == ElfSection.NoBits) section.Reserve(d.Bytes.Length);
        else section.Append(d.Bytes);
        var (bind, visibility) = LinkageOf(d.Symbol);
        _elf.Define(d.Symbol.Name, section, (ulong)start, (ulong)d.Bytes.Length, bind, d.Kind == LirDataKind.Tls ? ElfObject.Tls : ElfObject.Object, visibility);
        foreach (var r in d.Relocs) section.Relocs.Add(new ElfRela((ulong)(start + r.Offset), _elf.SymbolOf(r.Target.Name), ElfReloc.Abs64, r.Addend));
    }

    private ElfSection DataSection(LirData d, bool zero)
    {
        const ulong alloc = ElfSection.Alloc, write = ElfSection.Write, tls = ElfSection.Tls;
        bool writable = d.Kind != LirDataKind.ReadOnly || d.Relocs.Length != 0;
        if (d.Section is { } name)
        {
            uint type = name switch
            {
                _ when Is(name, ".init_array") => ElfSection.InitArray,
                _ when Is(name, ".fini_array") => ElfSection.FiniArray,
                _ when Is(name, ".preinit_array") => ElfSection.PreinitArray,
                _ when Is(name, ".bss") => ElfSection.NoBits,
                _ when name.StartsWith(".note", StringComparison.Ordinal) => ElfSection.Note,
                _ => ElfSection.ProgBits,
            };
            ulong flags = alloc | (writable || type is ElfSection.InitArray or ElfSection.FiniArray or ElfSection.PreinitArray ? write : 0) | (d.Kind == LirDataKind.Tls ? tls : 0);
            return _elf.SharedSection(name, type, flags);
        }
        string symbol = d.Symbol.Name;
        return d.Kind switch
        {
            LirDataKind.Tls => zero ? _elf.NewSection(".tbss." + symbol, ElfSection.NoBits, alloc | write | tls) : _elf.NewSection(".tdata." + symbol, ElfSection.ProgBits, alloc | write | tls),
            LirDataKind.Writable => zero ? _elf.NewSection(".bss." + symbol, ElfSection.NoBits, alloc | write) : _elf.NewSection(".data." + symbol, ElfSection.ProgBits, alloc | write),
            _ => writable ? _elf.NewSection(".data.rel.ro." + symbol, ElfSection.ProgBits, alloc | write) : _elf.NewSection(".rodata." + symbol, ElfSection.ProgBits, alloc),
        };

        static bool Is(string name, string kind) => name == kind || (name.StartsWith(kind, StringComparison.Ordinal) && name[kind.Length] == '.');
    }
}
