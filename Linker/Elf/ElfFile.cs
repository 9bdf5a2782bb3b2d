using System.Buffers.Binary;
using System.Text;
using Mirlink.Mir;

namespace Mirlink.Linker.Elf;

/// <summary>A section header, its name resolved.</summary>
public readonly record struct ElfSectionHeader(string Name, uint Type, ulong Flags, long Offset, long Size, int Link, int Info, int EntrySize)
{
    public const uint SymbolTable = 2, Rela = 4, NoBits = 8;
    public const ulong Alloc = 2, Exec = 4;

    public bool IsCode => (Flags & (Alloc | Exec)) == (Alloc | Exec);
}

/// <summary>An entry of the symbol table. <paramref name="Section"/> is 0 for what is defined elsewhere, 0xfff1 for absolute values.</summary>
public readonly record struct ElfSymbolEntry(string Name, byte Info, int Section, long Value, long Size)
{
    public bool IsFunction => (Info & 15) == 2;
    public bool IsSectionSymbol => (Info & 15) == 3;
    public bool IsLocal => Info >> 4 == 0;
}

/// <summary>An entry of a RELA section.</summary>
public readonly record struct ElfRelocation(long Offset, int Symbol, uint Type, long Addend);

/// <summary>Reads ELF files of x86-64, objects and executables: sections, the symbol table, relocations (System V ABI, chapters 4 and 5).</summary>
public sealed class ElfFile
{
    private const int HeaderSize = 64, SectionHeaderSize = 64, SymbolSize = 24, RelaSize = 24;
    private readonly ReadOnlyMemory<byte> _file;
    private ElfSymbolEntry[]? _symbols;

    public IReadOnlyList<ElfSectionHeader> Sections { get; }
    /// <summary>The entries of .symtab, the null entry first; empty in a stripped file.</summary>
    public IReadOnlyList<ElfSymbolEntry> Symbols => _symbols ??= ReadSymbols();

    /// <exception cref="MirlinkException">It is no 64-bit little-endian ELF file, or is damaged.</exception>
    public ElfFile(ReadOnlyMemory<byte> file, string name)
    {
        _file = file;
        try
        {
            Sections = ReadSections(name);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new MirlinkException($"`{name}` is a damaged ELF file", e);
        }
    }

    public static bool Is(ReadOnlySpan<byte> file) => file.Length >= HeaderSize && file.StartsWith("\u007fELF\u0002\u0001"u8);

    public static ElfFile Open(string path) => new(File.ReadAllBytes(path), path);

    /// <summary>A section's bytes; none for .bss and the like.</summary>
    public ReadOnlySpan<byte> Bytes(in ElfSectionHeader section) => section.Type == ElfSectionHeader.NoBits ? [] : _file.Span.Slice((int)section.Offset, (int)section.Size);

    /// <summary>The relocations of a RELA section; those of section n are in the one whose Info is n.</summary>
    public ElfRelocation[] Relocations(in ElfSectionHeader rela)
    {
        var bytes = Bytes(rela);
        var result = new ElfRelocation[bytes.Length / RelaSize];
        for (int i = 0; i < result.Length; i++)
        {
            var e = bytes.Slice(i * RelaSize, RelaSize);
            ulong info = BinaryPrimitives.ReadUInt64LittleEndian(e[8..]);
            result[i] = new ElfRelocation(BinaryPrimitives.ReadInt64LittleEndian(e), (int)(info >> 32), (uint)info, BinaryPrimitives.ReadInt64LittleEndian(e[16..]));
        }
        return result;
    }

    private ElfSectionHeader[] ReadSections(string name)
    {
        var file = _file.Span;
        if (!Is(file)) throw new MirlinkException($"`{name}` is no 64-bit ELF file");
        long table = BinaryPrimitives.ReadInt64LittleEndian(file[40..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(file[60..]), names = BinaryPrimitives.ReadUInt16LittleEndian(file[62..]);
        if (table == 0) return [];
        // More sections than 16 bits can say: the first header has the numbers.
        var first = file.Slice((int)table, SectionHeaderSize);
        if (count == 0) count = (int)BinaryPrimitives.ReadInt64LittleEndian(first[32..]);
        if (names == 0xffff) names = BinaryPrimitives.ReadInt32LittleEndian(first[40..]);
        var headers = new ElfSectionHeader[count];
        var nameAt = new int[count];
        for (int i = 0; i < count; i++)
        {
            var h = file.Slice((int)table + i * SectionHeaderSize, SectionHeaderSize);
            nameAt[i] = BinaryPrimitives.ReadInt32LittleEndian(h);
            headers[i] = new ElfSectionHeader("", BinaryPrimitives.ReadUInt32LittleEndian(h[4..]), BinaryPrimitives.ReadUInt64LittleEndian(h[8..]), BinaryPrimitives.ReadInt64LittleEndian(h[24..]),
                BinaryPrimitives.ReadInt64LittleEndian(h[32..]), BinaryPrimitives.ReadInt32LittleEndian(h[40..]), BinaryPrimitives.ReadInt32LittleEndian(h[44..]), (int)BinaryPrimitives.ReadInt64LittleEndian(h[56..]));
        }
        if (count == 0) return headers;
        var strings = file.Slice((int)headers[names].Offset, (int)headers[names].Size);
        for (int i = 0; i < count; i++) headers[i] = headers[i] with { Name = Text(strings, nameAt[i]) };
        return headers;
    }

    private ElfSymbolEntry[] ReadSymbols()
    {
        foreach (var section in Sections)
        {
            if (section.Type != ElfSectionHeader.SymbolTable) continue;
            var bytes = Bytes(section);
            var strings = Bytes(Sections[section.Link]);
            var result = new ElfSymbolEntry[bytes.Length / SymbolSize];
            for (int i = 0; i < result.Length; i++)
            {
                var e = bytes.Slice(i * SymbolSize, SymbolSize);
                result[i] = new ElfSymbolEntry(Text(strings, BinaryPrimitives.ReadInt32LittleEndian(e)), e[4], BinaryPrimitives.ReadUInt16LittleEndian(e[6..]),
                    BinaryPrimitives.ReadInt64LittleEndian(e[8..]), BinaryPrimitives.ReadInt64LittleEndian(e[16..]));
            }
            return result;
        }
        return [];
    }

    private static string Text(ReadOnlySpan<byte> strings, int at)
    {
        var rest = strings[at..];
        int end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }
}
