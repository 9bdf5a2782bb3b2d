using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Mirlink.Mir;

namespace Mirlink.Backend.Cranelift;

/// <summary>Relocation types of x86-64 that are used here.</summary>
internal static class ElfReloc
{
    public const uint Abs64 = 1, Pc32 = 2, Plt32 = 4, GotPcRel = 9, Abs32 = 10, TlsGd = 19, RexGotPcRelX = 42;
}

internal readonly record struct ElfRela(ulong Offset, int Symbol, uint Type, long Addend);

/// <summary>A section under construction.</summary>
internal sealed class ElfSection(string name, uint type, ulong flags, ulong entrySize = 0)
{
    public const uint ProgBits = 1, Note = 7, NoBits = 8, InitArray = 14, FiniArray = 15, PreinitArray = 16, X86Unwind = 0x70000001;
    public const ulong Write = 1, Alloc = 2, Exec = 4, Merge = 0x10, Strings = 0x20, Tls = 0x400;

    private const int PooledLength = 1 << 14;
    private byte[] _bytes = [];

    public string Name { get; } = name;
    public uint Type { get; } = type;
    public ulong Flags { get; } = flags;
    public ulong EntrySize { get; } = entrySize;
    public uint Align { get; private set; } = 1;
    public int Length { get; private set; }
    public List<ElfRela> Relocs { get; } = [];
    /// <summary>Number of the section's own symbol, -1 until somebody needs it.</summary>
    public int Symbol { get; set; } = -1;
    public ReadOnlySpan<byte> Bytes => Type == NoBits ? [] : _bytes.AsSpan(0, Length);

    /// <summary>Pads to an alignment, which becomes the section's at least. Returns the offset reached.</summary>
    public int AlignTo(uint align)
    {
        Align = Math.Max(Align, align);
        int padding = (int)(-Length & (align - 1));
        if (padding != 0) Reserve(padding).Fill((Flags & Exec) != 0 ? (byte)0x90 : (byte)0);
        return Length;
    }

    /// <summary>Room for more bytes, zeroed.</summary>
    public Span<byte> Reserve(int count)
    {
        int at = Length;
        Length = checked(Length + count);
        if (Type == NoBits) return [];
        if (Length > _bytes.Length) Grow();
        return _bytes.AsSpan(at, count);
    }

    private void Grow()
    {
        // From the pool only what is large: most sections are one small function's.
        int capacity = Math.Max(Length, _bytes.Length * 2);
        byte[] grown = capacity < PooledLength ? new byte[capacity] : ArrayPool<byte>.Shared.Rent(capacity);
        _bytes.CopyTo(grown, 0);
        grown.AsSpan(_bytes.Length).Clear();
        Release();
        _bytes = grown;
    }

    /// <summary>Gives memory back; the section is empty afterwards.</summary>
    public void Release()
    {
        if (_bytes.Length >= PooledLength) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    public void Append(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));
    public void Append8(byte v) => Reserve(1)[0] = v;
    public void Append32(uint v) => BinaryPrimitives.WriteUInt32LittleEndian(Reserve(4), v);

    public void AppendUleb(ulong v)
    {
        do
        {
            byte b = (byte)(v & 0x7f);
            v >>= 7;
            Append8(v != 0 ? (byte)(b | 0x80) : b);
        } while (v != 0);
    }

    public void AppendSleb(long v)
    {
        while (true)
        {
            byte b = (byte)(v & 0x7f);
            v >>= 7;
            bool last = (v == 0 && (b & 0x40) == 0) || (v == -1 && (b & 0x40) != 0);
            Append8(last ? b : (byte)(b | 0x80));
            if (last) return;
        }
    }

    public void Patch32(int at, uint v) => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(at), v);
    public Span<byte> At(int offset, int count) => _bytes.AsSpan(offset, count);
}

/// <summary>A relocatable ELF object for x86-64.</summary>
internal sealed class ElfObject
{
    public const byte Local = 0, Global = 1, Weak = 2;
    public const byte NoType = 0, Object = 1, Function = 2, Section = 3, Tls = 6;
    public const byte Default = 0, Hidden = 2;

    private struct Symbol { public string Name; public ElfSection? Section; public ulong Value, Size; public byte Bind, Type, Visibility; public bool Common; }

    private readonly List<ElfSection> _sections = [];
    private readonly Dictionary<string, ElfSection> _named = new(StringComparer.Ordinal);
    private readonly List<Symbol> _symbols = [];
    private readonly Dictionary<string, int> _symbolIndex = new(StringComparer.Ordinal);

    public ElfSection NewSection(string name, uint type, ulong flags, ulong entrySize = 0)
    {
        var s = new ElfSection(name, type, flags, entrySize);
        _sections.Add(s);
        return s;
    }

    /// <summary>The section of that name, made when first asked for.</summary>
    public ElfSection SharedSection(string name, uint type, ulong flags)
    {
        if (!_named.TryGetValue(name, out var s)) _named.Add(name, s = NewSection(name, type, flags));
        return s;
    }

    /// <summary>A symbol by name, undefined until <see cref="Define"/>.</summary>
    public int SymbolOf(string name)
    {
        if (_symbolIndex.TryGetValue(name, out int i)) return i;
        i = _symbols.Count;
        _symbols.Add(new Symbol { Name = name, Bind = Global });
        _symbolIndex.Add(name, i);
        return i;
    }

    public int SymbolOf(ElfSection section)
    {
        if (section.Symbol < 0)
        {
            section.Symbol = _symbols.Count;
            _symbols.Add(new Symbol { Name = "", Section = section, Bind = Local, Type = Section });
        }
        return section.Symbol;
    }

    /// <summary>A local symbol without a name in the table of names.</summary>
    public int NewLocal(string name, ElfSection section, ulong value, ulong size, byte type)
    {
        _symbols.Add(new Symbol { Name = name, Section = section, Value = value, Size = size, Bind = Local, Type = type });
        return _symbols.Count - 1;
    }

    public void Define(string name, ElfSection section, ulong value, ulong size, byte bind, byte type, byte visibility)
    {
        int i = SymbolOf(name);
        if (_symbols[i].Section is not null) throw new BugException($"{name} is defined twice in an object");
        _symbols[i] = new Symbol { Name = name, Section = section, Value = value, Size = size, Bind = bind, Type = type, Visibility = visibility };
    }

    public void DefineCommon(string name, ulong align, ulong size)
    {
        int i = SymbolOf(name);
        _symbols[i] = new Symbol { Name = name, Value = align, Size = size, Bind = Global, Type = Object, Common = true };
    }

    /// <summary>How a symbol that stays undefined is referred to.</summary>
    public void Declare(string name, byte bind, byte type, byte visibility)
    {
        int i = SymbolOf(name);
        var s = _symbols[i];
        if (s.Section is not null || s.Common) return;
        (s.Bind, s.Type, s.Visibility) = (bind, type, visibility);
        _symbols[i] = s;
    }

    public (ElfSection Section, ulong Value, ulong Size, byte Type)? DefinitionOf(string name) =>
        _symbolIndex.TryGetValue(name, out int i) && _symbols[i].Section is { } s ? (s, _symbols[i].Value, _symbols[i].Size, _symbols[i].Type) : null;

    // -- writing -------------------------------------------------------------------------------------------------------------------------------

    private sealed class Names
    {
        private readonly Dictionary<string, int> _at = new(StringComparer.Ordinal) { [""] = 0 };
        private byte[] _bytes = new byte[1 << 16];
        // The empty name comes first.
        private int _length = 1;

        public int Add(string name)
        {
            if (_at.TryGetValue(name, out int i)) return i;
            i = _length;
            int room = Encoding.UTF8.GetMaxByteCount(name.Length) + 1;
            if (_bytes.Length - _length < room) Array.Resize(ref _bytes, Math.Max(_length + room, _bytes.Length * 2));
            _length += Encoding.UTF8.GetBytes(name, _bytes.AsSpan(_length));
            _bytes[_length++] = 0;
            _at.Add(name, i);
            // ".rela.text.f" ends in ".text.f", and that in the symbol's name.
            if (name.StartsWith(".rela.", StringComparison.Ordinal)) Suffix(name, 5, i);
            else if (name.StartsWith(".text.", StringComparison.Ordinal)) Suffix(name, 6, i);
            return i;
        }

        private void Suffix(string name, int skip, int at)
        {
            string rest = name[skip..];
            _at.TryAdd(rest, at + skip);
            if (skip == 5 && rest.StartsWith(".text.", StringComparison.Ordinal)) _at.TryAdd(rest[6..], at + skip + 6);
        }

        public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);
    }

    private const int HeaderSize = 64, SectionHeaderSize = 64, SymbolSize = 24, RelaSize = 24;
    private const int ReservedIndex = 0xff00, ExtendedIndex = 0xffff, CommonIndex = 0xfff2;

    // Of the last object that the thread wrote.
    [ThreadStatic] private static MemoryStream? t_stream;

    /// <summary>The file's bytes. Contents of sections are gone afterwards.</summary>
    public byte[] Write()
    {
        var names = new Names();
        // Section numbers: null, the sections each followed by its relocations, then the tables.
        var number = new Dictionary<ElfSection, int>(ReferenceEqualityComparer.Instance);
        int next = 1;
        foreach (var s in _sections)
        {
            number.Add(s, next++);
            if (s.Relocs.Count != 0) { names.Add(".rela" + s.Name); next++; }
        }
        int symtab = next++, strtab = next++, shndx = -1;
        if (next >= ReservedIndex) shndx = next++;
        int sectionCount = next;

        // Locals come first.
        int[] order = new int[_symbols.Count];
        int at = 1;
        for (int i = 0; i < order.Length; i++) if (_symbols[i].Bind == Local) order[i] = at++;
        int locals = at;
        for (int i = 0; i < order.Length; i++) if (_symbols[i].Bind != Local) order[i] = at++;

        var w = t_stream ??= new MemoryStream();
        w.SetLength(HeaderSize);
        w.Position = HeaderSize;
        byte[] headers = new byte[sectionCount * SectionHeaderSize];
        foreach (var s in _sections)
        {
            int n = number[s];
            Pad(w, Math.Max(1, s.Align));
            Header(headers, n, names.Add(s.Name), s.Type, s.Flags, w.Position, s.Length, 0, 0, Math.Max(1, s.Align), s.EntrySize);
            w.Write(s.Bytes);
            s.Release();
            if (s.Relocs.Count == 0) continue;
            Pad(w, 8);
            Header(headers, n + 1, names.Add(".rela" + s.Name), 4, 0x40, w.Position, (long)s.Relocs.Count * RelaSize, symtab, n, 8, RelaSize);
            WriteRelocs(w, s, order);
        }
        Pad(w, 8);
        byte[] extended = shndx < 0 ? [] : new byte[at * 4];
        byte[] symbols = new byte[at * SymbolSize];
        for (int i = 0; i < order.Length; i++) WriteSymbol(symbols.AsSpan(order[i] * SymbolSize), extended, order[i], names, i, number);
        Header(headers, symtab, names.Add(".symtab"), 2, 0, w.Position, symbols.Length, strtab, locals, 8, SymbolSize);
        w.Write(symbols);
        if (shndx >= 0)
        {
            Header(headers, shndx, names.Add(".symtab_shndx"), 18, 0, w.Position, extended.Length, symtab, 0, 4, 4);
            w.Write(extended);
        }
        int strtabName = names.Add(".strtab");
        var text = names.Bytes;
        Header(headers, strtab, strtabName, 3, 0, w.Position, text.Length, 0, 0, 1, 0);
        w.Write(text);
        Pad(w, 8);
        long headersAt = w.Position;
        if (sectionCount >= ReservedIndex)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(headers.AsSpan(32), (ulong)sectionCount);
            BinaryPrimitives.WriteUInt32LittleEndian(headers.AsSpan(40), (uint)strtab);
        }
        w.Write(headers);
        byte[] file = w.ToArray();
        WriteFileHeader(file, headersAt, sectionCount, strtab);
        return file;
    }

    private static void Pad(MemoryStream w, uint align)
    {
        long n = -w.Position & (align - 1);
        for (; n > 0; n--) w.WriteByte(0);
    }

    private static void Header(byte[] headers, int number, int name, uint type, ulong flags, long offset, long size, int link, int info, ulong align, ulong entrySize)
    {
        var h = headers.AsSpan(number * SectionHeaderSize);
        BinaryPrimitives.WriteUInt32LittleEndian(h, (uint)name);
        BinaryPrimitives.WriteUInt32LittleEndian(h[4..], type);
        BinaryPrimitives.WriteUInt64LittleEndian(h[8..], flags);
        BinaryPrimitives.WriteInt64LittleEndian(h[24..], offset);
        BinaryPrimitives.WriteInt64LittleEndian(h[32..], size);
        BinaryPrimitives.WriteInt32LittleEndian(h[40..], link);
        BinaryPrimitives.WriteInt32LittleEndian(h[44..], info);
        BinaryPrimitives.WriteUInt64LittleEndian(h[48..], align);
        BinaryPrimitives.WriteUInt64LittleEndian(h[56..], entrySize);
    }

    private static void WriteRelocs(MemoryStream w, ElfSection s, int[] order)
    {
        Span<byte> r = stackalloc byte[RelaSize];
        foreach (var rela in s.Relocs)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(r, rela.Offset);
            BinaryPrimitives.WriteUInt64LittleEndian(r[8..], (ulong)order[rela.Symbol] << 32 | rela.Type);
            BinaryPrimitives.WriteInt64LittleEndian(r[16..], rela.Addend);
            w.Write(r);
        }
    }

    private void WriteSymbol(Span<byte> to, byte[] extended, int position, Names names, int index, Dictionary<ElfSection, int> number)
    {
        var s = _symbols[index];
        int section = s.Common ? CommonIndex : s.Section is null ? 0 : number[s.Section];
        if (section >= ReservedIndex && !s.Common)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(extended.AsSpan(position * 4), (uint)section);
            section = ExtendedIndex;
        }
        BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)names.Add(s.Name));
        to[4] = (byte)(s.Bind << 4 | s.Type);
        to[5] = s.Visibility;
        BinaryPrimitives.WriteUInt16LittleEndian(to[6..], (ushort)section);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], s.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(to[16..], s.Size);
    }

    private static void WriteFileHeader(Span<byte> file, long headersAt, int sectionCount, int strtab)
    {
        ((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]).CopyTo(file);
        BinaryPrimitives.WriteUInt16LittleEndian(file[16..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(file[18..], 62);
        BinaryPrimitives.WriteUInt32LittleEndian(file[20..], 1);
        BinaryPrimitives.WriteInt64LittleEndian(file[40..], headersAt);
        BinaryPrimitives.WriteUInt16LittleEndian(file[52..], HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(file[58..], SectionHeaderSize);
        bool many = sectionCount >= ReservedIndex;
        BinaryPrimitives.WriteUInt16LittleEndian(file[60..], many ? (ushort)0 : (ushort)sectionCount);
        BinaryPrimitives.WriteUInt16LittleEndian(file[62..], many ? (ushort)ExtendedIndex : (ushort)strtab);
    }
}
